//! Real portraits of residents who do not exist: the one portrait that `cargo xtask assets` fetches, cut out and set before
//! a plain wall, for each resident a little otherwise, so that the checks of a tablet have a face to look at.
//!
//! It is one face, so the tablet may say that two photos look the same.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs, io};

use homon_app::PhotoModels;
use homon_photo::face::{Finders, ModelFiles};
use homon_photo::geometry::Point;
use homon_photo::landmarks::Landmarks;
use homon_photo::picture::Picture;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{ImageError, Rgb, RgbImage, Rgba, RgbaImage};

use crate::chance::Xorshift;
use crate::scenario::{Flaw, PhotoRecipe};

/// No camera takes smaller pictures; nor would the print that is cut out of one have pixels enough.
const LEAST_HEIGHT: u32 = 1200;
/// The print's height as a share of the picture's: as a worker leaves room around a head.
const PRINT: f32 = 0.55;
/// From the eyes to the chin, as a share of the print's height.
const EYES_TO_CHIN: f32 = 34.0 / 45.0 / 2.0;
/// The cut-out is enlarged before it is turned, so that turning costs no detail.
const FINER: u32 = 3;
const QUALITY: u8 = 92;

/// The models of faces, and who stands before the camera.
pub struct Faces {
    models: PhotoModels,
    person: Person,
}

/// A person cut out of their picture.
struct Person {
    /// Transparent where the person ends.
    pixels: RgbaImage,
    /// Between the eyes.
    eyes: Point,
    /// From there to the chin, in pixels.
    unit: f32,
}

impl Faces {
    /// Reads what `HOMON_MODELS` and `HOMON_PORTRAITS` name.
    ///
    /// # Errors
    /// When a variable is not set, a file is not there, or a model or the portrait is damaged.
    pub fn fetched() -> io::Result<Self> {
        let models = folder("HOMON_MODELS")?;
        let read = |name: &str| fs::read(models.join(name)).map(Arc::from);
        let models = PhotoModels {
            detector: read("face_detection_short_range.tflite")?,
            landmarks: read("face_landmark.tflite")?,
            segmentation: read("selfie_segmentation.tflite")?,
            frontal: read("seeta_fd_frontal_v1.0.bin")?,
        };
        let mut finders = finders(&models)?;
        let person = Person::cut_out(&mut finders, &folder("HOMON_PORTRAITS")?.join("astronaut.png"))?;
        Ok(Self { models, person })
    }

    /// The models.
    #[must_use]
    pub fn models(&self) -> &PhotoModels {
        &self.models
    }

    /// What finds faces by these models.
    ///
    /// # Panics
    /// Never: the same models have been read before.
    #[must_use]
    pub fn finders(&self) -> Finders {
        finders(&self.models).expect("they were read before")
    }

    /// A photo as a camera takes it, as a JPEG; the same recipe and flaw give the same bytes.
    ///
    /// # Errors
    /// The encoder's, which a recipe within the file rules never meets.
    pub fn photograph(&self, recipe: PhotoRecipe, flaw: Option<Flaw>) -> Result<Vec<u8>, ImageError> {
        let mut jpeg = Vec::new();
        let picture = Scene::of(recipe, flaw).show(&self.person);
        JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&picture)?;
        Ok(jpeg)
    }
}

fn folder(variable: &str) -> io::Result<PathBuf> {
    let missing = || {
        let reason = format!("{variable} is not set: run `cargo xtask rehearse`, or with --drawn to do without faces");
        io::Error::new(io::ErrorKind::NotFound, reason)
    };
    env::var_os(variable).map(PathBuf::from).ok_or_else(missing)
}

fn finders(models: &PhotoModels) -> io::Result<Finders> {
    let PhotoModels { detector, landmarks, segmentation, .. } = models;
    Finders::read(ModelFiles { detector, landmarks, segmentation }).map_err(io::Error::other)
}

impl Person {
    fn cut_out(finders: &mut Finders, file: &Path) -> io::Result<Self> {
        let portrait = image::open(file).map_err(io::Error::other)?.into_rgb8();
        let (width, height) = portrait.dimensions();
        let picture = Picture::rgb(&portrait, width as usize, height as usize).map_err(io::Error::other)?;
        let face = finders.faces.find(&picture).into_iter().next();
        let face = face.ok_or_else(|| io::Error::other("the portrait shows no face"))?;
        let landmarks = Landmarks::of(&finders.mesh.find(&picture, &face));
        let mask = finders.person.find(&picture);
        let pixels = RgbaImage::from_fn(width, height, |x, y| {
            let Rgb([red, green, blue]) = *portrait.get_pixel(x, y);
            // The mask fades out over some pixels; half of that is wall.
            let surely = ((mask.at(x as usize, y as usize) - 0.4) / 0.4).clamp(0.0, 1.0);
            Rgba([red, green, blue, (surely * 255.0) as u8])
        });
        let enlarged = imageops::resize(&pixels, width * FINER, height * FINER, FilterType::CatmullRom);
        let (eyes, finer) = (landmarks.eyes(), FINER as f32);
        Ok(Self {
            pixels: enlarged,
            eyes: Point::new(eyes.x * finer, eyes.y * finer),
            unit: landmarks.eyes_to_chin() * finer,
        })
    }
}

/// How a person sits before the camera.
struct Scene {
    width: u32,
    height: u32,
    /// Between the eyes.
    eyes: Point,
    /// From the eyes to the chin, in pixels.
    unit: f32,
    /// Clockwise, in radians.
    tilt: f32,
    /// One half of the residents look into a mirror.
    mirrored: bool,
    /// As a share of the light in the portrait.
    light: f32,
    wall: [f32; 3],
    grain: Xorshift,
}

impl Scene {
    fn of(recipe: PhotoRecipe, flaw: Option<Flaw>) -> Self {
        let mut random = Xorshift::of(recipe.seed);
        let mut between = |low: f32, high: f32| low + (high - low) * (random.next() % 1000) as f32 / 1000.0;
        let larger = (LEAST_HEIGHT as f32 / recipe.height as f32).max(1.0);
        let [width, height] = [recipe.width, recipe.height].map(|side| side as f32 * larger);
        let eyes = Point::new(width * between(0.48, 0.52), height * between(0.43, 0.47));
        let (size, tilt, light) = (between(0.95, 1.1), between(-3.0, 3.0), between(0.92, 1.04));
        let (bright, mirrored) = (between(200.0, 222.0), between(0.0, 1.0) < 0.5);
        let wall = [bright + between(-3.0, 3.0), bright, bright + between(-3.0, 3.0)];
        let (size, tilt, light) = match flaw {
            None => (size, tilt, light),
            Some(Flaw::Dark) => (size, tilt, light * 0.2),
            Some(Flaw::Small) => (size * 0.4, tilt, light),
            Some(Flaw::Lying) => (size * 0.95, 36.0, light),
        };
        let unit = height * PRINT * EYES_TO_CHIN * size;
        let wall = wall.map(|value| value * light);
        let [width, height] = [width as u32, height as u32];
        Self { width, height, eyes, unit, tilt: tilt.to_radians(), mirrored, light, wall, grain: random }
    }

    fn show(mut self, person: &Person) -> RgbImage {
        let scale = person.unit / self.unit;
        let (sin, cos) = self.tilt.sin_cos();
        let sideways = if self.mirrored { -scale } else { scale };
        RgbImage::from_fn(self.width, self.height, |x, y| {
            let (x, y) = (x as f32 - self.eyes.x, y as f32 - self.eyes.y);
            let (across, down) = (x * cos + y * sin, y * cos - x * sin);
            let at = Point::new(person.eyes.x + across * sideways, person.eyes.y + down * scale);
            let pixel = imageops::interpolate_bilinear(&person.pixels, at.x, at.y).unwrap_or(Rgba([0; 4]));
            let (opaque, grain) = (f32::from(pixel.0[3]) / 255.0, self.grain.between(-2, 2) as f32);
            Rgb([0, 1, 2].map(|channel: usize| {
                let lit = f32::from(pixel.0[channel]) * self.light;
                (lit * opaque + self.wall[channel] * (1.0 - opaque) + grain) as u8
            }))
        })
    }
}

#[cfg(test)]
mod tests {
    use homon_photo::Upright;
    use homon_photo::check::{Found, check_still};
    use homon_photo::crop::crop;
    use homon_photo::finding::{Exception, Exceptions, Finding, Weight};
    use homon_photo::profile::Profile;

    use super::*;

    /// What was fetched, or a line that says why a test is skipped; in CI that is a failure.
    #[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
    fn fetched(test: &str) -> Option<Faces> {
        if env::var_os("HOMON_MODELS").is_none() {
            let reason = "HOMON_MODELS is not set: run `cargo xtask test`";
            assert!(env::var_os("CI").is_none(), "{test} must not be skipped here: {reason}");
            eprintln!("SKIPPED {test}: {reason}");
            return None;
        }
        Some(Faces::fetched().unwrap())
    }

    #[test]
    fn every_resident_has_a_portrait_that_is_taken() {
        let Some(faces) = fetched("every_resident_has_a_portrait_that_is_taken") else { return };
        let (mut finders, profile) = (faces.finders(), Profile::default());
        let mut check = |seed, flaw, exceptions| {
            let recipe = PhotoRecipe { width: 900, height: 1200, kilobytes: 0, seed };
            let jpeg = faces.photograph(recipe, flaw).unwrap();
            assert_eq!(jpeg, faces.photograph(recipe, flaw).unwrap());
            let picture = Upright::decode(&jpeg).unwrap();
            let report = check_still(&mut finders, &picture.picture(), None, &profile, exceptions);
            (picture, report)
        };
        let lying = Exceptions { lying: true, ..Exceptions::default() };
        for seed in 1..6 {
            let (picture, report) = check(seed, None, Exceptions::default());
            assert!(report.is_good(), "{seed}: {:?}", report.findings);
            crop(&picture, &report.face.unwrap().head, &profile.geometry, &profile.file).unwrap();
            for (flaw, finding) in [(Flaw::Dark, Finding::TooDark), (Flaw::Small, Finding::HeadTooSmall)] {
                let (_, report) = check(seed, Some(flaw), lying);
                assert_eq!(report.findings[0], Found { weight: Weight::Decides, finding }, "{seed}");
            }
            let (_, report) = check(seed, Some(Flaw::Lying), lying);
            let is_noted = |found: &Found| found.weight == Weight::Noted(Exception::Lying);
            assert!(report.is_good() && report.findings.iter().any(is_noted), "{seed}: {:?}", report.findings);
            let (_, report) = check(seed, Some(Flaw::Lying), Exceptions::default());
            assert!(!report.is_good(), "{seed}: {:?}", report.findings);
        }
    }
}
