//! Faces in scenes made of real portraits: found by the detectors, and gone when they are covered.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod support;

use homon_photo::activity::{ActivityFinders, ActivityModelsError, FaceBox, FoundBy, Proposed, find_faces};
use homon_photo::geometry::Bounds;
use homon_photo::picture::Picture;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use support::{Models, portraits};

fn finders(models: &Models) -> ActivityFinders {
    let [blaze, seeta] = models.of_activity();
    ActivityFinders::read(blaze, seeta).unwrap()
}

/// Both detectors and the astronaut.
fn all(test: &str) -> Option<(ActivityFinders, RgbImage)> {
    let models = Models::find(test)?;
    let (_, portrait) = portraits(test)?.into_iter().find(|(name, _)| *name == "astronaut").unwrap();
    Some((finders(&models), portrait))
}

/// A room: walls of soft shades and a few edges.
fn room(width: u32, height: u32) -> RgbImage {
    let shade = |x: u32, y: u32| {
        let panel = ((x / 300 + y / 400) % 2) as u8 * 20;
        let light = (x * 60 / width + y * 40 / height) as u8;
        Rgb([110 + panel + light, 105 + panel + light, 95 + panel + light / 2])
    };
    RgbImage::from_fn(width, height, shade)
}

/// The head of the portrait, 180 pixels wide and 200 high, and the face in it.
fn head(portrait: &RgbImage) -> (RgbImage, Bounds) {
    let head = imageops::crop_imm(portrait, 130, 0, 180, 200).to_image();
    (head, Bounds { left: 55.0, top: 50.0, width: 75.0, height: 90.0 })
}

struct Placed {
    left: u32,
    top: u32,
    scale: f32,
    /// Quarters of a turn, clockwise.
    turned: u32,
}

/// Puts the head into the room and says where the face is.
fn place(room: &mut RgbImage, portrait: &RgbImage, placed: &Placed) -> Bounds {
    let (head, face) = head(portrait);
    let (width, height) = ((180.0 * placed.scale) as u32, (200.0 * placed.scale) as u32);
    let head = imageops::resize(&head, width, height, FilterType::CatmullRom);
    let scaled = [face.left, face.top, face.width, face.height].map(|length| length * placed.scale);
    let [left, top, wide, high] = scaled;
    let (head, [left, top, wide, high]) = match placed.turned {
        0 => (head, [left, top, wide, high]),
        1 => (imageops::rotate90(&head), [height as f32 - top - high, left, high, wide]),
        3 => (imageops::rotate270(&head), [top, width as f32 - left - wide, high, wide]),
        _ => (imageops::rotate180(&head), [width as f32 - left - wide, height as f32 - top - high, wide, high]),
    };
    imageops::replace(room, &head, placed.left.into(), placed.top.into());
    Bounds { left: left + placed.left as f32, top: top + placed.top as f32, width: wide, height: high }
}

fn is_found(face: &Bounds, found: &[FaceBox]) -> bool {
    let middle = face.middle();
    let holds = |area: &Bounds| {
        (area.left..area.left + area.width).contains(&middle.x)
            && (area.top..area.top + area.height).contains(&middle.y)
    };
    found.iter().any(|found| holds(&found.bounds) && (0.3..6.0).contains(&(found.bounds.area() / face.area())))
}

const LARGE: [Placed; 9] = [
    Placed { left: 100, top: 100, scale: 4.0, turned: 0 },
    Placed { left: 1000, top: 200, scale: 2.0, turned: 0 },
    Placed { left: 1600, top: 700, scale: 1.4, turned: 0 },
    Placed { left: 2100, top: 150, scale: 1.0, turned: 0 },
    Placed { left: 2500, top: 900, scale: 1.0, turned: 0 },
    Placed { left: 3600, top: 100, scale: 1.8, turned: 0 },
    Placed { left: 300, top: 1600, scale: 3.0, turned: 1 },
    Placed { left: 1800, top: 1500, scale: 3.0, turned: 3 },
    Placed { left: 3000, top: 1800, scale: 3.0, turned: 2 },
];

#[test]
fn every_face_of_a_large_scene_is_found() {
    let Some((mut finders, portrait)) = all("every_face_of_a_large_scene_is_found") else { return };
    let mut scene = room(4000, 3000);
    let faces = LARGE.each_ref().map(|placed| place(&mut scene, &portrait, placed));
    let found = find_faces(&mut finders, &Picture::rgb(&scene, 4000, 3000).unwrap());
    for (face, placed) in faces.iter().zip(&LARGE) {
        assert!(is_found(face, &found), "not found: {}× at {}, {}; {found:?}", placed.scale, placed.left, placed.top);
    }
    assert!(found.len() <= faces.len() + 2, "{} boxes for {} faces: {found:?}", found.len(), faces.len());
    assert!(found.iter().any(|face| face.found_by == FoundBy::Both), "{found:?}");
    assert_eq!(found, find_faces(&mut finders, &Picture::rgb(&scene, 4000, 3000).unwrap()), "twice the same");
}

#[test]
fn an_empty_room_has_no_face() {
    let Some(models) = Models::find("an_empty_room_has_no_face") else { return };
    let mut finders = finders(&models);
    let scene = room(1600, 1200);
    assert_eq!(find_faces(&mut finders, &Picture::rgb(&scene, 1600, 1200).unwrap()), []);
    for (width, height) in [(1, 1), (39, 41), (3000, 2)] {
        let bytes = vec![120; width * height * 3];
        assert_eq!(find_faces(&mut finders, &Picture::rgb(&bytes, width, height).unwrap()), []);
    }
}

#[test]
fn covered_faces_are_found_no_more() {
    let Some((mut finders, portrait)) = all("covered_faces_are_found_no_more") else { return };
    let mut scene = room(1600, 1200);
    for placed in
        [Placed { left: 100, top: 100, scale: 3.0, turned: 0 }, Placed { left: 1000, top: 300, scale: 1.2, turned: 0 }]
    {
        place(&mut scene, &portrait, &placed);
    }
    let mut jpeg = Vec::new();
    scene.write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 92)).unwrap();
    let camera = [&jpeg[..2], b"\xFF\xFE\x00\x08CANARY", &jpeg[2..]].concat();
    let proposed = Proposed::find(&camera, &mut finders).unwrap();
    assert!(proposed.faces().len() >= 2);
    let confirmed = proposed.confirm().unwrap();
    assert!(!confirmed.jpeg().windows(6).any(|bytes| bytes == b"CANARY"), "what the camera wrote is gone");
    let again = Proposed::find(confirmed.jpeg(), &mut finders).unwrap();
    assert_eq!(again.faces(), []);
}

#[test]
fn other_model_files_are_refused() {
    let Some(models) = Models::find("other_model_files_are_refused") else { return };
    let [blaze, seeta] = models.of_activity();
    let mut damaged = seeta.to_vec();
    damaged[600_000] ^= 1;
    for other in [damaged.as_slice(), blaze, &seeta[1..], &[]] {
        assert_eq!(ActivityFinders::read(blaze, other).err(), Some(ActivityModelsError::SeetaFace));
    }
    assert!(matches!(ActivityFinders::read(seeta, seeta).err(), Some(ActivityModelsError::BlazeFace(_))));
}
