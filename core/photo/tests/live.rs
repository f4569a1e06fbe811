//! Guidance over frames that show a portrait as a camera would.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod support;

use std::time::Duration;

use homon_photo::crop::CropGeometry;
use homon_photo::geometry::Bounds;
use homon_photo::live::{Guidance, Guide, Hint, LiveLimits};
use homon_photo::picture::{Picture, Plane, Rotation, Samples};
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use support::{Models, portraits};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;

/// A frame with the portrait's face so many pixels high between eyes and chin, its eyes at a place.
struct Scene {
    face: RgbImage,
    /// Eyes and eyes-to-chin in `face`.
    eyes: [f32; 2],
    unit: f32,
}

impl Scene {
    /// The official portrait has a plain background and room on all sides; so has the astronaut's head, cut out.
    fn all(test: &str) -> Option<(Models, Vec<Self>)> {
        let models = Models::find(test)?;
        let mut finders = models.finders();
        let scenes = portraits(test)?.into_iter().map(|(_, face)| {
            let picture = Picture::rgb(face.as_raw(), face.width() as usize, face.height() as usize).unwrap();
            let found = finders.faces.find(&picture)[0];
            let landmarks = homon_photo::landmarks::Landmarks::of(&finders.mesh.find(&picture, &found));
            let eyes = landmarks.eyes();
            Self { eyes: [eyes.x, eyes.y], unit: landmarks.eyes_to_chin(), face }
        });
        let scenes: Vec<_> = scenes.collect();
        Some((models, scenes))
    }

    fn frame(&self, unit: f32, eyes: [f32; 2]) -> RgbImage {
        let scale = unit / self.unit;
        let size = |side: u32| (side as f32 * scale).round().max(1.0) as u32;
        let scaled =
            imageops::resize(&self.face, size(self.face.width()), size(self.face.height()), FilterType::Triangle);
        let mut frame = RgbImage::from_pixel(WIDTH, HEIGHT, Rgb([205, 208, 212]));
        let left = (eyes[0] - self.eyes[0] * scale).round() as i64;
        let top = (eyes[1] - self.eyes[1] * scale).round() as i64;
        imageops::overlay(&mut frame, &scaled, left, top);
        frame
    }

    fn good(&self) -> RgbImage {
        self.frame(100.0, [320.0, 220.0])
    }
}

fn guide(models: &Models) -> Guide {
    // The test portraits stand before a wall with things on it, and smile.
    let limits = LiveLimits { background: None, mouth: None, least_inter_eye_distance: 40.0, ..LiveLimits::default() };
    Guide::new(models.files(), limits).unwrap()
}

/// Shows the same frame for a while.
fn watch(guide: &mut Guide, frame: &RgbImage) -> Guidance {
    let picture = Picture::rgb(frame.as_raw(), WIDTH as usize, HEIGHT as usize).unwrap();
    let mut last = None;
    for number in 0..40 {
        last = Some(guide.check_frame(&picture, Duration::from_millis(number * 33)));
    }
    last.unwrap()
}

fn hint(models: &Models, frame: &RgbImage) -> Hint {
    watch(&mut guide(models), frame).hint
}

#[test]
fn the_one_most_useful_thing_is_said() {
    let Some((models, scenes)) = Scene::all("the_one_most_useful_thing_is_said") else { return };
    for scene in scenes {
        let good = scene.good();
        assert_eq!(hint(&models, &good), Hint::Ready);
        assert_eq!(hint(&models, &RgbImage::from_pixel(WIDTH, HEIGHT, Rgb([200, 200, 200]))), Hint::FindFace);
        assert_eq!(hint(&models, &scene.frame(60.0, [320.0, 200.0])), Hint::MoveCloser);
        assert_eq!(hint(&models, &scene.frame(200.0, [320.0, 220.0])), Hint::MoveBack);
        assert_eq!(hint(&models, &scene.frame(100.0, [90.0, 220.0])), Hint::AimLeft);
        assert_eq!(hint(&models, &scene.frame(100.0, [560.0, 220.0])), Hint::AimRight);
        assert_eq!(hint(&models, &scene.frame(100.0, [320.0, 90.0])), Hint::AimUp);
        assert_eq!(hint(&models, &scene.frame(100.0, [320.0, 360.0])), Hint::AimDown);
        let mut dark = good.clone();
        dark.iter_mut().for_each(|value| *value /= 5);
        assert_eq!(hint(&models, &dark), Hint::MoreLight);
        let mut bright = good.clone();
        bright.iter_mut().for_each(|value| *value = 255 - (255 - *value) / 6);
        assert_eq!(hint(&models, &bright), Hint::LessLight);
        let mut side = good.clone();
        for (x, _, pixel) in side.enumerate_pixels_mut() {
            let light = 1.0 - 0.85 * (x as f32 - 260.0).clamp(0.0, 120.0) / 120.0;
            pixel.0 = pixel.0.map(|value| (f32::from(value) * light) as u8);
        }
        assert_eq!(hint(&models, &side), Hint::LightFromFront);
        let mut two = good.clone();
        imageops::overlay(&mut two, &imageops::crop_imm(&good, 220, 60, 200, 300).to_image(), 0, 60);
        assert_eq!(hint(&models, &two), Hint::OnePersonOnly);
        let tilted = turned(&good, 15.0);
        assert_eq!(hint(&models, &tilted), Hint::HoldHeadUpright);
    }
}

#[test]
fn another_print_is_framed_otherwise() {
    let Some((models, scenes)) = Scene::all("another_print_is_framed_otherwise") else { return };
    let usual = CropGeometry::default();
    let prints = [
        (usual, Hint::Ready),
        // Where the head fills the print, the print takes less of the frame.
        (CropGeometry { height: 36.0, above: 1.0, ..usual }, Hint::MoveCloser),
        (CropGeometry { height: 65.0, above: 24.0, ..usual }, Hint::AimUp),
        (CropGeometry { height: 90.0, ..usual }, Hint::AimDown),
        (CropGeometry { width: 120.0, ..usual }, Hint::MoveBack),
    ];
    for scene in scenes {
        for (geometry, expected) in prints {
            let limits = LiveLimits {
                geometry,
                background: None,
                mouth: None,
                least_inter_eye_distance: 40.0,
                ..LiveLimits::default()
            };
            let guidance = watch(&mut Guide::new(models.files(), limits).unwrap(), &scene.good());
            assert_eq!(guidance.hint, expected, "{geometry:?}");
            let photo = guidance.photo.unwrap();
            assert!((photo.width / photo.height - geometry.width / geometry.height).abs() < 1e-3);
        }
    }
}

/// The frame turned around its middle.
fn turned(frame: &RgbImage, degrees: f32) -> RgbImage {
    let picture = Picture::rgb(frame.as_raw(), WIDTH as usize, HEIGHT as usize).unwrap();
    let (sin, cos) = degrees.to_radians().sin_cos();
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let (x, y) = (x as f32 - 320.0, y as f32 - 240.0);
        Rgb(picture.between(320.0 + x * cos + y * sin, 240.0 - x * sin + y * cos).map(|value| value as u8))
    })
}

#[test]
fn a_pattern_behind_the_person_is_told_and_a_wall_is_not() {
    let Some((models, scenes)) = Scene::all("a_pattern_behind_the_person_is_told_and_a_wall_is_not") else { return };
    let scene = scenes.last().unwrap();
    let mut finders = models.finders();
    let good = scene.good();
    let person = finders.person.find(&Picture::rgb(good.as_raw(), WIDTH as usize, HEIGHT as usize).unwrap());
    for (grey, expected) in [(false, Hint::Ready), (true, Hint::PlainBackground)] {
        let mut frame = good.clone();
        for (x, y, pixel) in frame.enumerate_pixels_mut() {
            if person.at(x as usize, y as usize) < 0.5 {
                let is_dark = grey && (x / 24 + y / 24) % 2 == 0;
                *pixel = if is_dark { Rgb([60, 90, 160]) } else { Rgb([205, 208, 212]) };
            }
        }
        let limits = LiveLimits { mouth: None, least_inter_eye_distance: 40.0, ..LiveLimits::default() };
        assert_eq!(watch(&mut Guide::new(models.files(), limits).unwrap(), &frame).hint, expected);
    }
}

#[test]
fn what_moves_is_not_taken() {
    let Some((models, scenes)) = Scene::all("what_moves_is_not_taken") else { return };
    let scene = &scenes[0];
    let mut guide = guide(&models);
    let mut hints = Vec::new();
    for number in 0..40_u64 {
        let frame = scene.frame(100.0, [300.0 + (number % 2) as f32 * 20.0, 220.0]);
        let picture = Picture::rgb(frame.as_raw(), WIDTH as usize, HEIGHT as usize).unwrap();
        hints.push(guide.check_frame(&picture, Duration::from_millis(number * 33)).hint);
    }
    assert!(hints.iter().skip(15).all(|hint| *hint == Hint::HoldStill), "{hints:?}");
}

#[test]
fn exceptions_are_not_spoken_of() {
    let Some((models, scenes)) = Scene::all("exceptions_are_not_spoken_of") else { return };
    for scene in &scenes {
        let tilted = turned(&scene.good(), 15.0);
        let limits = LiveLimits {
            background: None,
            mouth: None,
            tilt: None,
            turn: None,
            least_inter_eye_distance: 40.0,
            ..LiveLimits::default()
        };
        assert_eq!(watch(&mut Guide::new(models.files(), limits).unwrap(), &tilted).hint, Hint::Ready);
    }
}

#[test]
fn planes_with_strides_and_every_rotation_say_the_same() {
    let Some((models, scenes)) = Scene::all("planes_with_strides_and_every_rotation_say_the_same") else { return };
    let upright = scenes[0].good();
    let expected = watch(&mut guide(&models), &upright);
    let stored = [
        (Rotation::None, upright.clone()),
        (Rotation::Quarter, imageops::rotate270(&upright)),
        (Rotation::Half, imageops::rotate180(&upright)),
        (Rotation::ThreeQuarters, imageops::rotate90(&upright)),
    ];
    for (rotation, stored) in stored {
        let yuv = Yuv::of(&stored);
        let picture = yuv.picture(rotation);
        assert_eq!([picture.width(), picture.height()], [WIDTH as usize, HEIGHT as usize]);
        let mut guide = guide(&models);
        let mut last = None;
        for number in 0..40 {
            last = Some(guide.check_frame(&picture, Duration::from_millis(number * 33)));
        }
        let last = last.unwrap();
        assert_eq!(last.hint, expected.hint, "{rotation:?}");
        let apart = |a: Bounds, b: Bounds| a.middle().distance(b.middle());
        assert!(apart(last.face.unwrap(), expected.face.unwrap()) < 2.0, "{rotation:?}");
    }
}

/// A frame as Android gives it: rows longer than the picture, chroma woven.
struct Yuv {
    luma: Vec<u8>,
    chroma: Vec<u8>,
    width: usize,
    height: usize,
}

impl Yuv {
    fn of(frame: &RgbImage) -> Self {
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let stride = width + 16;
        let (mut luma, mut chroma) = (vec![0; stride * height], vec![0; stride * height / 2]);
        for (x, y, Rgb([red, green, blue])) in frame.enumerate_pixels() {
            let (x, y) = (x as usize, y as usize);
            let [red, green, blue] = [red, green, blue].map(|value| f32::from(*value));
            luma[y * stride + x] = (0.299 * red + 0.587 * green + 0.114 * blue).round() as u8;
            if x % 2 == 0 && y % 2 == 0 {
                let at = y / 2 * stride + x;
                chroma[at] = (128.0 - 0.168_736 * red - 0.331_264 * green + 0.5 * blue).round().min(255.0) as u8;
                chroma[at + 1] = (128.0 + 0.5 * red - 0.418_688 * green - 0.081_312 * blue).round().min(255.0) as u8;
            }
        }
        Self { luma, chroma, width, height }
    }

    fn picture(&self, rotation: Rotation) -> Picture<'_> {
        let row_stride = self.width + 16;
        let plane = |bytes, pixel_stride| Plane { bytes, row_stride, pixel_stride };
        let samples =
            Samples::Yuv420 { y: plane(&self.luma, 1), u: plane(&self.chroma, 2), v: plane(&self.chroma[1..], 2) };
        Picture::new(samples, self.width, self.height, rotation).unwrap()
    }
}
