use image::{Rgb, RgbImage};
use proptest::prelude::*;

use super::*;
use crate::geometry::Point;
use crate::landmarks::{HeadPose, Landmarks};

/// Rules for small pictures.
const SMALL: FileRules = FileRules { min_bytes: 100, max_bytes: 5_000_000, min_side: 100, max_side: 6000 };

/// A head whose eyes are at a place, `face` pixels from crown to chin, tilted clockwise.
fn head(x: f32, y: f32, face: f32, degrees: f32) -> Head {
    let roll = degrees.to_radians();
    let on_axis = |up: f32| Point::new(x + up * roll.sin(), y - up * roll.cos());
    Head {
        crown: on_axis(0.5 * face),
        chin: on_axis(-0.5 * face),
        eyes: Point::new(x, y),
        roll,
        crown_from: CrownFrom::Mask,
    }
}

/// A grey picture with a red spot at the crown, a green one at the chin, and a blue one between the eyes.
fn picture(width: u32, height: u32, head: &Head) -> Upright {
    let spots = [(head.crown, 0), (head.chin, 1), (head.eyes, 2)];
    let colour = |x: u32, y: u32| {
        let near = |at: Point| (x as f32 - at.x).hypot(y as f32 - at.y) < 4.0;
        let mut colour = [60 + ((x * 7 + y * 13) % 16) as u8; 3];
        spots.iter().filter(|(at, _)| near(*at)).for_each(|(_, channel)| colour[*channel] = 255);
        colour
    };
    let pixels = RgbImage::from_fn(width, height, |x, y| Rgb(colour(x, y)));
    Upright::from_rgb(pixels.into_raw(), width, height).unwrap()
}

/// The middle of a spot.
fn spot(picture: &RgbImage, channel: usize) -> [f32; 2] {
    let is_spot =
        |pixel: &Rgb<u8>| (0..3).all(|other| if other == channel { pixel[other] > 180 } else { pixel[other] < 140 });
    let found: Vec<_> = picture.enumerate_pixels().filter(|(.., pixel)| is_spot(pixel)).collect();
    assert!(!found.is_empty(), "no spot of channel {channel}");
    let mean = |of: fn(&(u32, u32, &Rgb<u8>)) -> u32| found.iter().map(of).sum::<u32>() as f32 / found.len() as f32;
    [mean(|(x, ..)| *x), mean(|(_, y, _)| *y)]
}

fn cropped(photo: &Upright, head: &Head) -> Result<CroppedPhoto, CropRefused> {
    crop(photo, head, &CropGeometry::default(), &SMALL)
}

#[test]
fn the_head_comes_to_its_measures_however_it_is_tilted() {
    for degrees in [0.0, 0.8, -4.0, 11.0, -25.0] {
        let head = head(600.0, 500.0, 400.0, degrees);
        let photo = cropped(&picture(1200, 1200, &head), &head).unwrap();
        let seen = image::load_from_memory(&photo.jpeg).unwrap().into_rgb8();
        assert_eq!(seen.dimensions(), (photo.width, photo.height));
        let millimetre = seen.height() as f32 / 45.0;
        assert!((seen.width() as f32 / millimetre - 35.0).abs() < 0.2);
        let ([crown_x, crown_y], [chin_x, chin_y], [eyes_x, _]) = (spot(&seen, 0), spot(&seen, 1), spot(&seen, 2));
        let near = |found: f32, wanted: f32| (found / millimetre - wanted).abs() < 0.3;
        assert!(near(chin_y - crown_y, 34.0) && near(crown_y, 4.0) && near(eyes_x, 17.5), "tilted {degrees}°");
        let upright = ((chin_x - crown_x) / (chin_y - crown_y)).atan().to_degrees();
        assert!(upright.abs() <= 1.0, "tilted {degrees}°: still {upright}°");
        assert_eq!((photo.face, photo.above, photo.shrunk), (34.0, 4.0, false));
        let turned = if degrees.abs() <= 1.0 { 0.0 } else { -degrees };
        assert!((photo.turned - turned).abs() < 1e-3);
    }
}

#[test]
fn each_missing_side_is_named() {
    let refused = |head: Head| cropped(&picture(1000, 1000, &head), &head).err();
    assert_eq!(refused(head(500.0, 480.0, 400.0, 0.0)), None);
    // 400 pixels for 36 mm: two millimetres above the crown are 23 pixels.
    assert_eq!(refused(head(500.0, 225.0, 400.0, 0.0)), None);
    assert_eq!(refused(head(500.0, 215.0, 400.0, 0.0)), Some(CropRefused::CutOffAbove));
    // Below the chin there are then 45 − 6 − 36 = 3 mm, 34 pixels.
    assert_eq!(refused(head(500.0, 760.0, 400.0, 0.0)), None);
    assert_eq!(refused(head(500.0, 775.0, 400.0, 0.0)), Some(CropRefused::CutOffBelow));
    assert_eq!(refused(head(190.0, 480.0, 400.0, 0.0)), None);
    assert_eq!(refused(head(170.0, 480.0, 400.0, 0.0)), Some(CropRefused::CutOffAside));
    assert_eq!(refused(head(830.0, 480.0, 400.0, 0.0)), Some(CropRefused::CutOffAside));
    // Turned, a corner reaches out.
    assert_eq!(refused(head(500.0, 250.0, 400.0, 30.0)), Some(CropRefused::CutOffAbove));
    let nonsense = [
        Head { chin: Point::new(500.0, 100.0), ..head(500.0, 480.0, 400.0, 0.0) },
        Head { crown: Point::new(f32::NAN, 0.0), ..head(500.0, 480.0, 400.0, 0.0) },
        head(500.0, 480.0, 0.0, 0.0),
    ];
    for head in nonsense {
        assert_eq!(cropped(&picture(50, 50, &head), &head), Err(CropRefused::NoHead));
    }
}

#[test]
fn nothing_is_enlarged() {
    let head = head(300.0, 250.0, 150.0, 0.0);
    let picture = picture(600, 600, &head);
    let rules = FileRules { min_side: 480, ..SMALL };
    let refused = crop(&picture, &head, &CropGeometry::default(), &rules);
    assert_eq!(refused, Err(CropRefused::TooFewPixels { width: 154, height: 199, min: 480 }));
    // A little too few at 34 mm are enough at 32.
    let rules = FileRules { min_side: 160, ..SMALL };
    let photo = crop(&picture, &head, &CropGeometry::default(), &rules).unwrap();
    assert!(photo.width >= 160 && photo.face < 34.0 && photo.face >= 32.0);
}

#[test]
fn the_file_keeps_the_rules() {
    let head = head(600.0, 500.0, 500.0, 0.0);
    let picture = picture(1200, 1100, &head);
    let geometry = CropGeometry::default();
    let best = crop(&picture, &head, &geometry, &SMALL).unwrap();
    assert!(!best.shrunk);
    let few_pixels = crop(&picture, &head, &geometry, &FileRules { max_side: 400, ..SMALL }).unwrap();
    assert!(few_pixels.shrunk && few_pixels.height <= 400 && few_pixels.height > 390);
    let few_bytes = FileRules { max_bytes: 10_000, ..SMALL };
    let small = crop(&picture, &head, &geometry, &few_bytes).unwrap();
    assert!(small.jpeg.len() <= 10_000 && small.shrunk && small.width < best.width, "{small:?}");
    let many_bytes = FileRules { min_bytes: u32::try_from(best.jpeg.len()).unwrap() + 1, ..SMALL };
    assert!(crop(&picture, &head, &geometry, &many_bytes).unwrap().jpeg.len() > best.jpeg.len());
    let impossible = crop(&picture, &head, &geometry, &FileRules { min_bytes: 4_000_000, ..SMALL });
    assert!(matches!(impossible, Err(CropRefused::File(PhotoRefused::TooFewBytes { .. }))));
    let impossible = crop(&picture, &head, &geometry, &FileRules { max_bytes: 500, ..SMALL });
    assert!(matches!(impossible, Err(CropRefused::File(PhotoRefused::TooManyBytes { .. }))));
}

#[test]
fn what_is_not_cut_keeps_the_rules_all_the_same() {
    let photo = picture(1200, 1600, &head(600.0, 700.0, 500.0, 0.0));
    let rules = FileRules { max_side: 1000, ..FileRules::default() };
    let (jpeg, size) = uncut(&photo, &rules).unwrap();
    assert_eq!(size, [750, 1000]);
    let accepted = crate::accept_portrait(&jpeg, &rules).unwrap();
    assert_eq!((accepted.width, accepted.height), (750, 1000));
    let few = FileRules { min_side: 1300, ..FileRules::default() };
    let refused = PhotoRefused::TooFewPixels { width: 1200, height: 1600, min: 1300 };
    assert_eq!(uncut(&photo, &few), Err(refused));
}

/// Eyes at (100, 100), 40 pixels apart; 100 pixels from the hairline at 60 to the chin at 160.
fn landmarks(degrees: f32) -> Landmarks {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let at = |x: f32, y: f32| Point::new(100.0 + x * cos - y * sin, 100.0 + x * sin + y * cos);
    Landmarks {
        left_eye: at(-20.0, 0.0),
        right_eye: at(20.0, 0.0),
        chin: at(0.0, 60.0),
        brow: at(0.0, -40.0),
        lid_gap: 4.0,
        lip_gap: 0.0,
        pose: HeadPose { yaw: 0.0, pitch: 0.0, roll: degrees },
    }
}

#[test]
fn the_crown_is_where_the_mask_ends_within_what_heads_have() {
    for degrees in [0.0f32, 20.0, -35.0] {
        let (sin, cos) = degrees.to_radians().sin_cos();
        // How far above the hairline a place lies, along the head.
        let above_hairline = |at: Point| (at.x - 100.0) * sin - (at.y - 100.0) * cos - 40.0;
        let crown = |until: f32| {
            let head = Head::with_mask(&landmarks(degrees), |at| above_hairline(at) <= until);
            (above_hairline(head.crown), head.crown_from)
        };
        for (until, expected, from) in [
            (30.4, 30.0, CrownFrom::Mask),
            (22.4, 22.0, CrownFrom::Mask),
            (90.0, 42.0, CrownFrom::HighestHead),
            (5.0, 27.0, CrownFrom::UsualHead),
            (-30.0, 27.0, CrownFrom::UsualHead),
        ] {
            let (found, found_from) = crown(until);
            assert!((found - expected).abs() < 1.1, "mask until {until}: {found} instead of {expected}");
            assert_eq!(found_from, from, "mask until {until}");
        }
    }
}

#[test]
fn a_head_found_in_a_shrunk_copy_is_found_in_the_picture() {
    let small = head(99.5, 79.5, 60.0, 5.0);
    let large = small.scaled(4.0);
    // The middle of a pixel of the copy is the middle of four by four pixels.
    assert_eq!(large.eyes, Point::new(399.5, 319.5));
    assert!((large.chin.distance(large.crown) - 240.0).abs() < 1e-3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_cut_out_lies_in_the_picture_and_in_the_tolerances(
        x in -50.0f32..450.0, y in -50.0f32..450.0, face in 40.0f32..400.0, degrees in -40.0f32..40.0,
        width in 1u32..400, height in 1u32..400,
    ) {
        let head = head(x, y, face, degrees);
        let geometry = CropGeometry::default();
        if let Ok(frame) = Frame::find([width, height], &head, &geometry, 20) {
            prop_assert!((32.0..=36.0).contains(&frame.face) && (2.0..=6.0).contains(&frame.above));
            let (right, bottom) = (frame.width as f32 - 1.0, frame.height as f32 - 1.0);
            for corner in [(0.0, 0.0), (right, 0.0), (0.0, bottom), (right, bottom)].map(|(x, y)| frame.place(x, y)) {
                prop_assert!(corner.x > -0.02 && corner.x < width as f32 - 0.98);
                prop_assert!(corner.y > -0.02 && corner.y < height as f32 - 0.98);
            }
        }
    }
}
