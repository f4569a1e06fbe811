//! Copies of one shot are told from other shots.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod support;

use homon_photo::picture::Picture;
use homon_photo::same::Appearance;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use support::{Models, portraits};

fn appearance(picture: &RgbImage) -> Appearance {
    Appearance::of(&Picture::rgb(picture, picture.width() as usize, picture.height() as usize).unwrap())
}

fn compressed(picture: &RgbImage, quality: u8) -> RgbImage {
    let mut jpeg = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, quality)).unwrap();
    image::load_from_memory(&jpeg).unwrap().into_rgb8()
}

/// Without so many hundredths of each side.
fn trimmed(picture: &RgbImage, [left, top, right, bottom]: [u32; 4]) -> RgbImage {
    let (width, height) = picture.dimensions();
    let (x, y) = (width * left / 100, height * top / 100);
    imageops::crop_imm(picture, x, y, width - x - width * right / 100, height - y - height * bottom / 100).to_image()
}

fn brighter(picture: &RgbImage, by: i32) -> RgbImage {
    imageops::brighten(picture, by)
}

/// What becomes of a shot on its way through editors.
fn copies(picture: &RgbImage) -> Vec<(String, RgbImage)> {
    let (width, height) = picture.dimensions();
    let resized = |by: f32| {
        let side = |side: u32| (side as f32 * by) as u32;
        imageops::resize(picture, side(width), side(height), FilterType::CatmullRom)
    };
    let mut copies = vec![("itself".to_owned(), picture.clone())];
    copies.extend([95, 60, 20].map(|quality| (format!("quality {quality}"), compressed(picture, quality))));
    copies.extend([0.3, 0.7, 1.6].map(|by| (format!("{by}× as large"), resized(by))));
    copies.extend([-25, 25].map(|by| (format!("brighter by {by}"), brighter(picture, by))));
    copies.extend(
        [[1, 1, 1, 1], [2, 0, 0, 2], [0, 2, 2, 0], [2, 2, 2, 2]]
            .map(|hundredths| (format!("without {hundredths:?}"), trimmed(picture, hundredths))),
    );
    copies.push((
        "small, dark, and trimmed".to_owned(),
        compressed(&brighter(&trimmed(&resized(0.5), [1, 2, 1, 0]), -15), 50),
    ));
    copies
}

/// Another shot of the same scene: a step aside and nearer.
fn other_shots(picture: &RgbImage) -> Vec<(String, RgbImage)> {
    let moved = [[15, 10, 0, 5], [0, 12, 15, 0], [12, 12, 12, 12]];
    let mut shots: Vec<_> =
        moved.map(|hundredths| (format!("moved by {hundredths:?}"), trimmed(picture, hundredths))).into();
    shots.push(("mirrored".to_owned(), imageops::flip_horizontal(picture)));
    shots
}

#[test]
fn copies_are_the_same_shot_and_other_shots_are_not() {
    let Some(portraits) = portraits("copies_are_the_same_shot_and_other_shots_are_not") else { return };
    for (name, portrait) in &portraits {
        let original = appearance(portrait);
        for (how, copy) in copies(portrait) {
            let copy = appearance(&copy);
            assert!(original.is_same_shot(copy), "{name}, {how}: {} bits differ", original.distance(copy));
        }
        for (how, shot) in other_shots(portrait) {
            let shot = appearance(&shot);
            assert!(!original.is_same_shot(shot), "{name}, {how}: only {} bits differ", original.distance(shot));
        }
    }
}

/// Heads before a plain wall, cut to one measure: what portraits of two residents have in common.
#[test]
fn two_people_cut_to_the_same_measures_are_two_shots() {
    let test = "two_people_cut_to_the_same_measures_are_two_shots";
    let (Some(models), Some(portraits)) = (Models::find(test), portraits(test)) else { return };
    let mut finders = models.finders();
    let heads: Vec<RgbImage> = portraits
        .iter()
        .map(|(_, portrait)| {
            let picture = Picture::rgb(portrait, portrait.width() as usize, portrait.height() as usize).unwrap();
            let face = finders.faces.find(&picture)[0].bounds;
            let (left, top) = ((face.left - 0.3 * face.width).max(0.0), (face.top - 0.5 * face.height).max(0.0));
            let side = |length: f32| (length * 1.6) as u32;
            imageops::crop_imm(portrait, left as u32, top as u32, side(face.width), side(face.height)).to_image()
        })
        .collect();
    for (number, head) in heads.iter().enumerate() {
        for other in &heads[..number] {
            let distance = appearance(head).distance(appearance(other));
            assert!(distance > 14, "only {distance} bits differ");
        }
    }
}

#[test]
fn pictures_without_anything_in_them_are_no_trouble() {
    for (width, height) in [(1, 1), (5, 3), (3000, 2), (31, 33)] {
        let flat = RgbImage::from_pixel(width, height, Rgb([90; 3]));
        let appearance = appearance(&flat);
        assert!(appearance.is_same_shot(appearance));
        assert_eq!(Appearance::from_bits(appearance.bits()), appearance);
        assert_eq!(format!("{appearance:?}"), "Appearance(…)");
    }
}
