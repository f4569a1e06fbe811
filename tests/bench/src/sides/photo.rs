//! Networks, frames and portraits, ours and those of LiteRT and MediaPipe.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

use homon_photo::Upright;
use homon_photo::check::check_still;
use homon_photo::crop;
use homon_photo::face::Finders;
use homon_photo::finding::Exceptions;
use homon_photo::live::{Guide, LiveLimits};
use homon_photo::measure::compression;
use homon_photo::network::Network;
use homon_photo::picture::{Picture, Plane, Rotation, Samples};
use homon_photo::profile::Profile;
use homon_photo_tools::{MODELS, Models, portraits};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use super::Operation;
use crate::Result;

/// Pixels of a camera's still.
const STILL: [u32; 2] = [3024, 4032];
/// Pixels of a preview frame.
const FRAME: [u32; 2] = [1280, 960];

/// The model file with this number.
pub(super) fn model(number: usize) -> Result<PathBuf> {
    let folder = env::var_os("HOMON_MODELS").ok_or("HOMON_MODELS is not set")?;
    Ok(Path::new(&folder).join(MODELS[number]).with_extension("tflite"))
}

/// One run of a network.
pub(super) fn network(number: usize) -> Result<Operation> {
    let network = Network::read(&fs::read(model(number)?)?)?;
    let mut scratch = network.scratch();
    network.input(&mut scratch).iter_mut().enumerate().for_each(|(place, value)| *value = (place % 251) as f32 / 251.0);
    let given = network.input(&mut scratch).to_vec();
    Ok(Box::new(move |_| {
        network.input(&mut scratch).copy_from_slice(&given);
        timed(|| network.run(&mut scratch))
    }))
}

fn timed(work: impl FnOnce()) -> Result<Vec<Duration>> {
    let begin = Instant::now();
    work();
    Ok(vec![begin.elapsed()])
}

/// A program of others that speaks as a side does.
pub(super) fn python(arguments: &[&str]) -> Result<Command> {
    let python = env::var_os("HOMON_PHOTO_PYTHON").ok_or("HOMON_PHOTO_PYTHON is not set")?;
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../photo/python/side.py");
    let mut command = Command::new(python);
    command.arg(program).args(arguments).stderr(std::process::Stdio::null());
    Ok(command)
}

/// A portrait of twelve megapixels, made once.
pub(super) fn still(folder: &Path) -> Result<PathBuf> {
    let file = folder.with_file_name("still.jpg");
    if !file.is_file() {
        let portrait = image::open(portraits()?.last().ok_or("there is no portrait")?)?.into_rgb8();
        let [width, height] = STILL;
        let large = on_a_wall(&portrait, width, height, FilterType::CatmullRom);
        let mut jpeg = Vec::new();
        large.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 92))?;
        fs::write(&file, jpeg)?;
    }
    Ok(file)
}

/// The portrait as large as it goes, before a plain wall.
fn on_a_wall(portrait: &RgbImage, width: u32, height: u32, filter: FilterType) -> RgbImage {
    let scale =
        f64::min(f64::from(width) / f64::from(portrait.width()), f64::from(height) / f64::from(portrait.height()));
    let size = |side: u32| (f64::from(side) * scale) as u32;
    let scaled = imageops::resize(portrait, size(portrait.width()), size(portrait.height()), filter);
    let mut whole = RgbImage::from_pixel(width, height, Rgb([205, 208, 212]));
    let middle = |outer: u32, inner: u32| i64::from((outer - inner) / 2);
    imageops::overlay(&mut whole, &scaled, middle(width, scaled.width()), middle(height, scaled.height()));
    whole
}

/// One preview frame in camera planes, person and all.
pub(super) fn frame() -> Result<Operation> {
    let models = Models::find()?;
    let mut guide = Guide::new(models.files(), LiveLimits::default())?;
    let portrait = image::open(portraits()?.last().ok_or("there is no portrait")?)?.into_rgb8();
    let [width, height] = FRAME;
    let frame = on_a_wall(&portrait, width, height, FilterType::Triangle);
    let (mut luma, mut chroma) = (Vec::new(), vec![128_u8; (width * height / 2) as usize]);
    for (x, y, Rgb([red, green, blue])) in frame.enumerate_pixels() {
        let [red, green, blue] = [red, green, blue].map(|value| f32::from(*value));
        luma.push((0.299 * red + 0.587 * green + 0.114 * blue).round() as u8);
        if x % 2 == 0 && y % 2 == 0 {
            let at = (y / 2 * width + x) as usize;
            chroma[at] = (128.0 - 0.168_736 * red - 0.331_264 * green + 0.5 * blue).round() as u8;
            chroma[at + 1] = (128.0 + 0.5 * red - 0.418_688 * green - 0.081_312 * blue).round() as u8;
        }
    }
    let [width, height] = FRAME.map(|side| side as usize);
    Ok(Box::new(move |round| {
        let plane = |bytes, pixel_stride| Plane { bytes, row_stride: width, pixel_stride };
        let samples = Samples::Yuv420 { y: plane(&luma, 1), u: plane(&chroma, 2), v: plane(&chroma[1..], 2) };
        let picture = Picture::new(samples, width, height, Rotation::None)?;
        let mut guidance = None;
        let time = timed(|| guidance = Some(guide.check_frame(&picture, Duration::from_millis(round as u64 * 33))))?;
        guidance.and_then(|guidance| guidance.face).map(|_| time).ok_or_else(|| "no face was found in the frame".into())
    }))
}

/// A portrait: decoded, checked, and the photo for the card cut out of it; how long all of it takes, and how long until the
/// findings are there.
pub(super) fn homon(folder: &Path) -> Result<Operation> {
    let jpeg = fs::read(still(folder)?)?;
    let models = Models::find()?;
    let mut finders = Finders::read(models.files())?;
    let profile = Profile::default();
    Ok(Box::new(move |_| {
        let begin = Instant::now();
        let photo = Upright::decode(&jpeg)?;
        let quality = compression::jpeg_quality(&jpeg);
        let report = check_still(&mut finders, &photo.picture(), quality, &profile, Exceptions::default());
        let found = begin.elapsed();
        let face = report.face.ok_or("no face was found in the portrait")?;
        crop::crop(&photo, &face.head, &profile.geometry, &profile.file)?;
        Ok(vec![begin.elapsed(), found])
    }))
}
