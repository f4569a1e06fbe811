//! Real portraits cut to the card's measures, upright and tilted.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod support;

use homon_photo::crop::{CropGeometry, CropRefused, CroppedPhoto, Head, crop};
use homon_photo::face::Finders;
use homon_photo::landmarks::Landmarks;
use homon_photo::picture::Picture;
use homon_photo::{FileRules, Upright};
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use support::{Models, portraits};

/// Finds the head in a copy whose longer side is a quarter, as the app does.
fn found(finders: &mut Finders, photo: &RgbImage) -> (Landmarks, Head) {
    let (width, height) = (photo.width() / 4, photo.height() / 4);
    let small = imageops::resize(photo, width, height, FilterType::Triangle);
    let picture = Picture::rgb(&small, width as usize, height as usize).unwrap();
    let face = finders.faces.find(&picture)[0];
    let landmarks = Landmarks::of(&finders.mesh.find(&picture, &face));
    let mask = finders.person.find(&picture);
    (landmarks, Head::find(&landmarks, &mask).scaled(4.0))
}

/// Turned clockwise about its middle, with room around: there the nearest pixel of the portrait stands.
fn tilted(photo: &RgbImage, degrees: f32) -> RgbImage {
    let picture = Picture::rgb(photo, photo.width() as usize, photo.height() as usize).unwrap();
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (width, height) = (photo.width() * 5 / 4, photo.height() * 5 / 4);
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32 - width as f32 / 2.0, y as f32 - height as f32 / 2.0);
        let (x, y) = (x * cos + y * sin + photo.width() as f32 / 2.0, y * cos - x * sin + photo.height() as f32 / 2.0);
        Rgb(picture.between(x, y).map(|value| value.round() as u8))
    })
}

fn cropped(photo: RgbImage, head: &Head) -> Result<CroppedPhoto, CropRefused> {
    let (width, height) = photo.dimensions();
    let photo = Upright::from_rgb(photo.into_raw(), width, height).unwrap();
    crop(&photo, head, &CropGeometry::default(), &FileRules::default())
}

#[test]
fn portraits_come_to_the_cards_measures() {
    let test = "portraits_come_to_the_cards_measures";
    let (Some(models), Some(portraits)) = (Models::find(test), portraits(test)) else { return };
    let mut finders = models.finders();
    for (name, portrait) in portraits {
        // Large enough to be cut: the test is about where, not about pixels.
        let by = 2048 / portrait.width();
        let (width, height) = (portrait.width() * by, portrait.height() * by);
        let large = imageops::resize(&portrait, width, height, FilterType::CatmullRom);
        for degrees in [0.0, -7.0, 12.0] {
            let photo = tilted(&large, degrees);
            let (landmarks, head) = found(&mut finders, &photo);
            let cut = cropped(photo, &head).unwrap_or_else(|refused| panic!("{name} tilted {degrees}°: {refused}"));
            let seen = image::load_from_memory(&cut.jpeg).unwrap().into_rgb8();
            let (again, head_again) = found(&mut finders, &seen);
            let millimetre = seen.height() as f32 / 45.0;
            let place = format!("{name} tilted {degrees}°, roll {}: {cut:?} {:?}", landmarks.pose.roll, cut.crown);
            assert!(head_again.roll.to_degrees().abs() < 1.5, "{place}: still {}", head_again.roll.to_degrees());
            let chin = again.chin.y * 4.0 / millimetre;
            assert!((chin - cut.above - cut.face).abs() < 1.0, "{place}: chin at {chin} mm");
            let crown = head_again.crown.y / millimetre;
            // Two looks at high hair differ by up to two millimetres.
            assert!((crown - cut.above).abs() < 2.5, "{place}: crown at {crown} mm");
            let middle = head_again.eyes.x / millimetre;
            assert!((middle - 17.5).abs() < 2.0, "{place}: eyes at {middle} mm");
            assert!(cut.jpeg.len() >= 20 * 1024 && cut.jpeg.len() <= 7 * 1024 * 1024);
        }
    }
}

#[test]
fn a_portrait_with_too_few_pixels_is_not_enlarged() {
    let test = "a_portrait_with_too_few_pixels_is_not_enlarged";
    let (Some(models), Some(portraits)) = (Models::find(test), portraits(test)) else { return };
    let mut finders = models.finders();
    let (_, astronaut) = portraits.into_iter().find(|(name, _)| *name == "astronaut").unwrap();
    let (_, head) = found(&mut finders, &astronaut);
    let refused = cropped(astronaut, &head);
    assert!(matches!(refused, Err(CropRefused::TooFewPixels { min: 480, .. })), "{refused:?}");
}
