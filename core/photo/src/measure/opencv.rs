//! The classical steps against OpenCV, run beside on the same pictures: each step of OpenCV begins with what our step before gave, so
//! that a difference names the step in which it arises.

#![allow(clippy::print_stderr, clippy::print_stdout, reason = "a test says what it measured, and when it is skipped")]

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};

use crate::face::{Finders, ModelFiles};
use crate::geometry::Point;
use crate::landmarks::Landmarks;
use crate::measure::align::{AlignedFace, SIDE};
use crate::measure::grey::Grey;
use crate::measure::region::Region;
use crate::measure::{background, colour, light};
use crate::picture::Picture;
use crate::rgb::Pixels;

/// No picture is larger, as in the check.
const LONGEST: u32 = 1200;

/// Where something was fetched or set up; where it was not, says so. In CI that is a failure.
fn fetched(variable: &str) -> Option<PathBuf> {
    let found = env::var_os(variable).map(PathBuf::from);
    if found.is_none() {
        let reason = format!("{variable} is not set: run `cargo xtask test`");
        assert!(env::var_os("CI").is_none(), "OpenCV must not be skipped here: {reason}");
        eprintln!("SKIPPED each_step_is_that_of_opencv: {reason}");
    }
    found
}

/// The portraits that are on this machine, whole and spoilt in the ways that the measures are for.
fn pictures(folder: &Path) -> Vec<(String, RgbImage)> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/faces/official-portrait.jpg");
    let files = [("astronaut", folder.join("astronaut.png")), ("official", beside)];
    let there = files.into_iter().filter(|(_, file)| file.is_file());
    there
        .flat_map(|(name, file)| versions(name, &image::open(file).unwrap().thumbnail(LONGEST, LONGEST).into_rgb8()))
        .collect()
}

fn versions(name: &str, portrait: &RgbImage) -> Vec<(String, RgbImage)> {
    let each = |change: &dyn Fn([u8; 3]) -> [f32; 3]| {
        let mut changed = portrait.clone();
        changed.pixels_mut().for_each(|pixel| pixel.0 = change(pixel.0).map(|value| value as u8));
        changed
    };
    let half = [portrait.width() / 2, portrait.height() / 2];
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 25).encode_image(portrait).unwrap();
    let versions = [
        ("as it is", portrait.clone()),
        ("dark", each(&|rgb| rgb.map(|value| f32::from(value) * 0.3))),
        ("bright", each(&|rgb| rgb.map(|value| 255.0 - f32::from(255 - value) * 0.4))),
        ("blue", each(&|[red, green, blue]| [f32::from(red) * 0.6, f32::from(green) * 0.8, f32::from(blue)])),
        ("green", each(&|[red, green, blue]| [f32::from(red) * 0.7, f32::from(green), f32::from(blue) * 0.7])),
        ("blurred", imageops::blur(portrait, 3.0)),
        ("small", imageops::resize(portrait, half[0], half[1], FilterType::Triangle)),
        ("compressed", image::load_from_memory(&jpeg).unwrap().into_rgb8()),
        ("tilted", tilted(portrait)),
    ];
    versions.into_iter().map(|(version, picture)| (format!("{name}, {version}"), picture)).collect()
}

/// By twelve degrees around the middle.
fn tilted(portrait: &RgbImage) -> RgbImage {
    let (width, height) = portrait.dimensions();
    let picture = Picture::rgb(portrait, width as usize, height as usize).unwrap();
    let (middle, (sin, cos)) = ([width as f32 / 2.0, height as f32 / 2.0], 12_f32.to_radians().sin_cos());
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32 - middle[0], y as f32 - middle[1]);
        image::Rgb(
            picture.between(middle[0] + x * cos + y * sin, middle[1] - x * sin + y * cos).map(|value| value as u8),
        )
    })
}

/// What our steps give for one picture.
struct Ours {
    picture: Pixels,
    found: [Point; 5],
    aligned: AlignedFace,
    luminance: Grey,
    luma: Grey,
    small: Grey,
    face: Region,
    background: Vec<bool>,
    cheeks: [f64; 3],
}

impl Ours {
    fn of(finders: &mut Finders, picture: &RgbImage) -> Self {
        let picture = Pixels::new(picture.as_raw().clone(), picture.width() as usize);
        let largest = finders.faces.find(&picture.picture())[0];
        let mesh = finders.mesh.find(&picture.picture(), &largest);
        let landmarks = Landmarks::of(&mesh);
        let aligned = AlignedFace::of(&picture, &mesh, &landmarks);
        let person = finders.person.find(&aligned.pixels.picture());
        let [nose, left, right] = [4, 61, 291].map(|number| mesh.point(number));
        Self {
            found: [landmarks.left_eye, landmarks.right_eye, nose, left, right],
            luminance: aligned.luminance(),
            luma: aligned.luma(),
            small: background::small(&aligned),
            face: light::face(&aligned),
            background: background::background(&aligned, &person),
            cheeks: colour::mean(&aligned, &light::cheeks(&aligned)),
            aligned,
            picture,
        }
    }

    /// In the order in which `opencv.py` reads.
    fn bytes(&self) -> Vec<u8> {
        let points = |points: &[Point]| points.iter().flat_map(|at| [at.x, at.y]).flat_map(f32::to_le_bytes).collect();
        let all = |grey: &Grey| places(grey).map(|(x, y)| grey.at(x, y)).collect();
        let outline = light::FACE.map(|number| self.aligned.points[number]);
        let parts: [Vec<u8>; 10] = [
            self.picture.size().map(|side| (side as u32).to_le_bytes()).concat(),
            self.picture.all().concat(),
            points(&self.found),
            self.aligned.pixels.all().concat(),
            points(&outline),
            all(&self.luminance),
            all(&self.luma),
            self.face_mask(),
            self.background.iter().map(|is_background| u8::from(*is_background)).collect(),
            self.cheeks.iter().flat_map(|value| (*value as f32).to_le_bytes()).collect(),
        ];
        parts.concat()
    }

    fn face_mask(&self) -> Vec<u8> {
        let mut mask = vec![0; SIDE * SIDE];
        self.face.pixels().for_each(|(x, y)| mask[y * SIDE + x] = 1);
        mask
    }
}

fn places(grey: &Grey) -> impl Iterator<Item = (usize, usize)> + use<> {
    let (width, height) = (grey.width(), grey.height());
    (0..width * height).map(move |place| (place % width, place / width))
}

/// What OpenCV gives, to be taken step by step.
struct Theirs(std::vec::IntoIter<f32>);

impl Theirs {
    fn of(python: &Path, given: &[u8]) -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/photo/python/opencv.py");
        let mut command = Command::new(python);
        let piped = command.arg(program).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        // It answers while it still reads nothing more: all is read there before the first step.
        child.stdin.take().unwrap().write_all(given).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "what OpenCV said stands above");
        let numbers = output.stdout.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
        Self(numbers.collect::<Vec<_>>().into_iter())
    }

    /// The greatest and the mean difference of a step.
    fn apart(&mut self, ours: impl Iterator<Item = f64>) -> [f64; 2] {
        self.apart_where(ours, |_| true)
    }

    /// The same of those numbers that count.
    fn apart_where(&mut self, ours: impl Iterator<Item = f64>, counts: impl Fn(usize) -> bool) -> [f64; 2] {
        let (mut furthest, mut sum, mut count) = (0.0_f64, 0.0, 0.0_f64);
        for (index, ours) in ours.enumerate() {
            let theirs = self.0.next().expect("OpenCV gave too little");
            if !counts(index) {
                continue;
            }
            let apart = (ours - f64::from(theirs)).abs();
            furthest = furthest.max(apart);
            sum += apart;
            count += 1.0;
        }
        [furthest, sum / count.max(1.0)]
    }
}

/// A step: its name, the differences, and the greatest and the mean one that may be.
type Step = (&'static str, [f64; 2], [f64; 2]);

fn compare(ours: &Ours, theirs: &mut Theirs) -> Vec<Step> {
    // Between pixels both count in whole steps, and round otherwise.
    let between = [2.0, 0.05];
    // Where the picture has ended, ours is black.
    let aligned = ours.aligned.pixels.all().concat().into_iter().map(f64::from);
    let in_picture = |index: usize| {
        let place = index / 3;
        ours.aligned.is_in_picture((place % SIDE) as f32, (place / SIDE) as f32)
    };
    let exact = [0.0; 2];
    let values = |grey: &Grey| places(grey).map(|(x, y)| f64::from(grey.at(x, y))).collect::<Vec<_>>();
    let (luminance, luma) = (&ours.luminance, &ours.luma);
    let histogram = luminance.histogram(&ours.face);
    let [_, _, mean, variance, ..] = light::measure(luminance, &ours.face, &[ours.face.clone(), ours.face.clone()]);
    let sobel = |axis: usize| places(luminance).map(move |(x, y)| f64::from(luminance.sobel(x, y)[axis]));
    let bend = |direction| places(luma).map(move |(x, y)| f64::from(luma.bend(x, y, direction)));
    let laplacian = bend([1, 0]).zip(bend([0, 1])).map(|(across, down)| across + down);
    let clear = places(&ours.small).map(|(x, y)| f64::from(u8::from(background::is_clear(&ours.background, x, y))));
    let [a, b] = colour::cielab(ours.cheeks);
    vec![
        ("aligned", theirs.apart_where(aligned, in_picture), between),
        // Ours is rounded, the small picture's twice; and OpenCV weighs red, green and blue with a digit less for the luma.
        ("luminance", theirs.apart(values(luminance).into_iter()), [0.51, 0.3]),
        ("luma", theirs.apart(values(luma).into_iter()), [1.0, 0.005]),
        ("the small picture", theirs.apart(values(&ours.small).into_iter()), [3.0, 0.4]),
        // OpenCV's outline runs through whole pixels.
        ("face", theirs.apart(ours.face_mask().into_iter().map(f64::from)), [1.0, 0.002]),
        ("histogram", theirs.apart(histogram.into_iter().map(f64::from)), exact),
        ("mean and variance", theirs.apart([mean.native, variance.native].into_iter()), [1e-6; 2]),
        ("Sobel across", theirs.apart(sobel(0)), exact),
        ("Sobel down", theirs.apart(sobel(1)), exact),
        ("Laplacian", theirs.apart(laplacian), exact),
        ("second difference across", theirs.apart(bend([3, 0])), exact),
        ("second difference down", theirs.apart(bend([0, 3])), exact),
        ("second difference, falling", theirs.apart(bend([2, 2])), exact),
        ("second difference, rising", theirs.apart(bend([2, -2])), exact),
        ("clear background", theirs.apart(clear), exact),
        // The white is D65 there and D50 here, as in OFIQ; the lightness is not asked.
        ("CIELAB", theirs.apart_where([0.0, a, b].into_iter(), |axis| axis > 0), [3.0; 2]),
    ]
}

#[test]
fn each_step_is_that_of_opencv() {
    let variables = ["HOMON_PHOTO_PYTHON", "HOMON_MODELS", "HOMON_PORTRAITS"];
    let [Some(python), Some(models), Some(portraits)] = variables.map(fetched) else { return };
    let read = |name: &str| fs::read(models.join(name)).unwrap();
    let files = ["face_detection_short_range.tflite", "face_landmark.tflite", "selfie_segmentation.tflite"].map(read);
    let [detector, landmarks, segmentation] = &files;
    let mut finders = Finders::read(ModelFiles { detector, landmarks, segmentation }).unwrap();
    for (name, picture) in pictures(&portraits) {
        let ours = Ours::of(&mut finders, &picture);
        let mut theirs = Theirs::of(&python, &ours.bytes());
        for (step, apart, most) in compare(&ours, &mut theirs) {
            println!("{name}: {step}: greatest difference {:.3e}, mean {:.3e}", apart[0], apart[1]);
            assert!(apart[0] <= most[0] && apart[1] <= most[1], "{name}: {step}: {apart:?} is more than {most:?}");
        }
        assert_eq!(theirs.0.len(), 0, "OpenCV gave too much");
    }
}
