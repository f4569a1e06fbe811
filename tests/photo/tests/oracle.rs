//! Our networks against LiteRT on the same files, and our points against MediaPipe's on the same pictures.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]
#![allow(clippy::print_stderr, clippy::print_stdout, reason = "a test says what it measured, and when it is skipped")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use homon_photo::face::Finders;
use homon_photo::geometry::Point;
use homon_photo::network::Network;
use homon_photo::picture::Picture;
use homon_photo_tools::{MODELS, Models, portraits};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

/// Greatest difference of any number that comes out.
const CLOSE: f32 = 1e-4;
/// Mean distance between two points, as a share of the distance between the eyes.
const SAME_POINTS: f32 = 0.02;
/// How many versions of each portrait are looked at.
const VERSIONS: u32 = 40;

/// Python with the programs of others; where it is not set up, says so.
fn python(test: &str) -> Option<PathBuf> {
    let found = std::env::var_os("HOMON_PHOTO_PYTHON").map(PathBuf::from);
    if found.is_none() {
        let reason = "HOMON_PHOTO_PYTHON is not set: run `cargo xtask test`";
        assert!(std::env::var_os("CI").is_none(), "{test} must not be skipped here: {reason}");
        eprintln!("SKIPPED {test}: {reason}");
    }
    found
}

fn run(python: &Path, program: &str, arguments: &[&Path]) -> String {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("python").join(program);
    let output = Command::new(python).arg(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_network_computes_what_litert_computes() {
    let Some(python) = python("each_network_computes_what_litert_computes") else { return };
    let folder = tempfile::tempdir().unwrap();
    let models = PathBuf::from(std::env::var_os("HOMON_MODELS").unwrap());
    for (model, side) in MODELS.into_iter().zip([128, 192, 256]) {
        let file = models.join(model).with_extension("tflite");
        let network = Network::read(&fs::read(&file).unwrap()).unwrap();
        let mut scratch = network.scratch();
        for portrait in portraits().unwrap() {
            let picture = image::open(portrait).unwrap().into_rgb8();
            let small = imageops::resize(&picture, side, side, FilterType::Triangle);
            let lowest = if side == 128 { -1.0 } else { 0.0 };
            let numbers = small.iter().map(|value| lowest + f32::from(*value) / 255.0 * (1.0 - lowest));
            network.input(&mut scratch).iter_mut().zip(numbers).for_each(|(to, from)| *to = from);
            let (given, wanted) = (folder.path().join("given"), folder.path().join("wanted"));
            let bytes: Vec<u8> = network.input(&mut scratch).iter().flat_map(|value| value.to_le_bytes()).collect();
            fs::write(&given, bytes).unwrap();
            run(&python, "litert.py", &[&file, &given, &wanted]);
            network.run(&mut scratch);
            let ours = (0..network.output_lens().len()).flat_map(|index| network.output(&scratch, index).to_vec());
            let theirs = fs::read(&wanted).unwrap();
            let theirs = theirs.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
            assert_eq!(theirs.len(), network.output_lens().iter().sum::<usize>(), "{model}");
            let furthest = ours.zip(theirs).map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f32::max);
            println!("{model}: greatest difference {furthest:e}");
            assert!(furthest <= CLOSE, "{model}: {furthest}");
        }
    }
}

/// Numbers between 0 and 1 that are the same in each run.
struct Dice(u32);

impl Dice {
    fn roll(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / (1 << 24) as f32
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.roll()
    }
}

/// Turned by up to 20 degrees, larger or smaller, brighter or darker, blurred, and compressed.
fn version(portrait: &RgbImage, dice: &mut Dice) -> RgbImage {
    let turned = turned(portrait, dice.between(-20.0, 20.0));
    let scale = dice.between(0.5, 1.3);
    let size = |side: u32| (side as f32 * scale) as u32;
    let scaled = imageops::resize(&turned, size(turned.width()), size(turned.height()), FilterType::Triangle);
    let mut lit = imageops::blur(&scaled, dice.between(0.3, 2.0));
    let light = dice.between(0.6, 1.4);
    lit.iter_mut().for_each(|value| *value = (f32::from(*value) * light) as u8);
    let mut jpeg = Vec::new();
    let quality = dice.between(30.0, 95.0) as u8;
    lit.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, quality)).unwrap();
    image::load_from_memory(&jpeg).unwrap().into_rgb8()
}

fn turned(portrait: &RgbImage, degrees: f32) -> RgbImage {
    let (width, height) = portrait.dimensions();
    let picture = Picture::rgb(portrait.as_raw(), width as usize, height as usize).unwrap();
    let (middle, (sin, cos)) = ([width as f32 / 2.0, height as f32 / 2.0], degrees.to_radians().sin_cos());
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32 - middle[0], y as f32 - middle[1]);
        Rgb(picture.between(middle[0] + x * cos + y * sin, middle[1] - x * sin + y * cos).map(|value| value as u8))
    })
}

#[test]
fn the_points_of_a_face_are_those_of_mediapipe() {
    let Some(python) = python("the_points_of_a_face_are_those_of_mediapipe") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(7);
    let mut pictures = Vec::new();
    for portrait in portraits().unwrap() {
        let whole = image::open(portrait).unwrap();
        let portrait = whole.thumbnail(1200, 1200).into_rgb8();
        pictures.extend((0..VERSIONS).map(|_| version(&portrait, &mut dice)));
        pictures.push(portrait);
    }
    let files: Vec<PathBuf> = (0..pictures.len()).map(|number| folder.path().join(format!("{number}.png"))).collect();
    pictures.iter().zip(&files).for_each(|(picture, file)| picture.save(file).unwrap());
    let answer = run(&python, "mesh.py", &files.iter().map(PathBuf::as_path).collect::<Vec<_>>());

    let models = Models::find().unwrap();
    let mut finders = Finders::read(models.files()).unwrap();
    let (mut sum, mut furthest) = (0.0, 0.0_f32);
    assert_eq!(answer.lines().count(), pictures.len());
    for (picture, line) in pictures.iter().zip(answer.lines()) {
        let theirs: Vec<[f32; 2]> = serde_json::from_str(line).unwrap();
        let picture = Picture::rgb(picture.as_raw(), picture.width() as usize, picture.height() as usize).unwrap();
        let faces = finders.faces.find(&picture);
        let ours = finders.mesh.find(&picture, &faces[0]);
        let theirs: Vec<Point> = theirs.iter().map(|[x, y]| Point::new(*x, *y)).collect();
        let unit = theirs[33].middle(theirs[133]).distance(theirs[263].middle(theirs[362]));
        let distances = ours.points().iter().zip(&theirs).map(|(ours, theirs)| ours.distance(*theirs));
        let error = distances.sum::<f32>() / theirs.len() as f32 / unit;
        sum += error;
        furthest = furthest.max(error);
    }
    let mean = sum / pictures.len() as f32;
    println!(
        "{} pictures: mean {:.3} %, worst {:.3} % of the distance between the eyes",
        pictures.len(),
        mean * 100.0,
        furthest * 100.0
    );
    assert!(mean <= SAME_POINTS, "{mean}");
}
