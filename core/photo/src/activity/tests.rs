use std::collections::HashSet;

use image::{Rgb, RgbImage};

use super::cover::cover;
use super::*;

/// Every pixel differs from its neighbours.
fn detailed(width: u32, height: u32) -> RgbImage {
    let noise = |x: u32, y: u32, salt: u32| (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503_001) ^ salt) >> 9;
    RgbImage::from_fn(width, height, |x, y| Rgb([1, 77, 4099].map(|salt| noise(x, y, salt).wrapping_mul(97) as u8)))
}

fn face(left: f32, top: f32, width: f32, height: f32) -> FaceBox {
    FaceBox { bounds: Bounds { left, top, width, height }, found_by: FoundBy::BlazeFace }
}

fn proposed(pixels: RgbImage, faces: Vec<FaceBox>) -> Proposed {
    let (width, height) = pixels.dimensions();
    let photo = Upright::from_rgb(pixels.into_raw(), width, height).unwrap();
    Proposed { photo, faces, texts: Vec::new() }
}

/// The colours of all pixels that covering has touched.
fn touched(before: &RgbImage, after: &RgbImage) -> HashSet<[u8; 3]> {
    before.pixels().zip(after.pixels()).filter(|(before, after)| before != after).map(|(_, after)| after.0).collect()
}

#[test]
fn of_a_head_at_most_sixteen_colours_are_left_whatever_its_size() {
    for side in [8, 64, 400, 2000] {
        let before = detailed(side, side);
        let third = side as f32 / 3.0;
        let mut after = before.clone();
        cover(&mut after, &[face(third, third, third, third)], &[]);
        let colours = touched(&before, &after);
        assert!((1..=16).contains(&colours.len()), "{} colours of {side} pixels", colours.len());
        assert!(colours.iter().flatten().all(|value| value % 16 == 8), "a channel has sixteen steps");
        // All of the box, and what is around it, is gone.
        let share = before.pixels().zip(after.pixels()).filter(|(before, after)| before != after).count();
        assert!(share as f32 > 3.0 * third * third, "only {share} pixels are covered");
        let corner = |picture: &RgbImage, x, y| *picture.get_pixel(x, y);
        for (x, y) in [(0.0, 0.0), (0.98, 0.0), (0.0, 0.98), (0.98, 0.98)] {
            let (x, y) = ((third * (1.0 + x)) as u32, (third * (1.0 + y)) as u32);
            assert!(colours.contains(&corner(&after, x, y).0), "the corner of the box at {x}, {y} is seen");
        }
    }
}

#[test]
fn two_faces_with_the_same_sixteen_means_become_the_same_picture() {
    // Stripes one pixel wide, and the same stripes moved by one: the means are the same, everything else differs.
    let stripes = |by: u32| {
        RgbImage::from_fn(640, 640, |x, _| if (x + by).is_multiple_of(2) { Rgb([40; 3]) } else { Rgb([200; 3]) })
    };
    let whole = [face(160.0, 160.0, 320.0, 320.0)];
    let [mut one, mut other] = [stripes(0), stripes(1)];
    assert_ne!(one, other);
    cover(&mut one, &whole, &[]);
    cover(&mut other, &whole, &[]);
    for (x, y) in [(320, 300), (200, 200), (450, 450), (320, 120)] {
        assert_eq!(one.get_pixel(x, y), other.get_pixel(x, y), "{x}, {y}");
    }
}

#[test]
fn of_a_text_nothing_is_left() {
    let before = detailed(300, 200);
    let mut after = before.clone();
    cover(&mut after, &[], &[Bounds { left: 10.4, top: 20.6, width: 100.0, height: 30.0 }]);
    assert_eq!(touched(&before, &after), HashSet::from([[128; 3]]));
    let covered = |x, y| after.get_pixel(x, y).0 == [128; 3];
    assert!(covered(10, 20) && covered(110, 50) && !covered(112, 50) && !covered(110, 52) && !covered(8, 20));
}

#[test]
fn faces_beyond_the_border_and_without_area_are_no_trouble() {
    let mut picture = detailed(50, 40);
    let odd = [
        face(-500.0, -500.0, 100.0, 100.0),
        face(40.0, 30.0, 500.0, 500.0),
        face(10.0, 10.0, 0.0, 0.0),
        face(f32::NAN, 0.0, 10.0, 10.0),
        face(0.0, 0.0, f32::INFINITY, f32::INFINITY),
        face(20.0, 20.0, -10.0, -10.0),
    ];
    cover(&mut picture, &odd, &odd.map(|face| face.bounds));
    assert_eq!(picture.dimensions(), (50, 40));
}

#[test]
fn a_person_adds_and_takes_away_before_it_is_confirmed() {
    let original = detailed(400, 300);
    let mut proposed = proposed(original.clone(), vec![face(40.0, 40.0, 50.0, 50.0), face(300.0, 200.0, 30.0, 30.0)]);
    assert_eq!(proposed.remove_face(1).map(|face| face.found_by), Some(FoundBy::BlazeFace));
    assert_eq!(proposed.remove_face(1), None);
    proposed.add_face(Bounds { left: 200.0, top: -20.0, width: 60.0, height: 80.0 }).unwrap();
    proposed.add_text(Bounds { left: 20.0, top: 200.0, width: 100.0, height: 40.0 }).unwrap();
    assert_eq!(proposed.faces()[1].found_by, FoundBy::Person);
    assert_eq!(proposed.faces()[1].bounds, Bounds { left: 200.0, top: 0.0, width: 60.0, height: 60.0 });
    for nowhere in
        [[500.0, 0.0, 10.0, 10.0], [10.0, 10.0, 0.0, 5.0], [f32::NAN, 0.0, 9.0, 9.0], [-50.0, 0.0, 50.0, 50.0]]
    {
        let [left, top, width, height] = nowhere;
        let area = Bounds { left, top, width, height };
        assert_eq!((proposed.add_face(area), proposed.add_text(area)), (Err(NotInPicture), Err(NotInPicture)));
    }
    assert_eq!(proposed.photo().rgb(), original.as_raw().as_slice(), "the photo on the screen is the one taken");
    let preview = proposed.preview();
    let seen = proposed.preview_jpeg().unwrap();
    let confirmed = proposed.confirm().unwrap();
    assert_eq!((confirmed.width(), confirmed.height(), confirmed.faces(), confirmed.texts()), (400, 300, 2, 1));
    assert_eq!(confirmed.jpeg(), seen, "what was seen is what is written, to the byte");
    // And that is what was covered: apart from the compression, which is measured on what is flat.
    let written = image::load_from_memory(confirmed.jpeg()).unwrap().into_rgb8();
    let same = |x: u32, y: u32| {
        let seen = preview.pixels.get_pixel(x, y).0;
        seen.iter().zip(written.get_pixel(x, y).0).all(|(seen, written)| seen.abs_diff(written) < 12)
    };
    assert!(same(65, 65) && same(70, 220) && same(230, 30));
    assert_eq!(
        format!("{confirmed:?}"),
        format!("Confirmed({} bytes, 400×300, 2 faces, 1 areas of text)", confirmed.jpeg().len())
    );
}

#[test]
fn no_side_is_longer_than_what_the_detectors_look_at() {
    for (width, height, small) in [(4000, 3000, (2048, 1536)), (30, 4096, (15, 2048)), (2048, 9, (2048, 9))] {
        let photo = Upright::from_rgb(detailed(width, height).into_raw(), width, height).unwrap();
        let photo = photo.at_most(LONGEST_SIDE as u32);
        assert_eq!((photo.width(), photo.height()), small);
    }
    let strip = Upright::from_rgb(vec![90; 3 * 9000], 9000, 1).unwrap().at_most(2048);
    assert_eq!((strip.width(), strip.height()), (2048, 1));
}

#[test]
fn the_written_file_says_nothing_but_the_picture() {
    let confirmed = proposed(detailed(64, 64), Vec::new()).confirm().unwrap();
    let mut at = 2;
    while confirmed.jpeg()[at + 1] != 0xDA {
        let code = confirmed.jpeg()[at + 1];
        assert!(matches!(code, 0xC0 | 0xC4 | 0xDB | 0xE0), "segment {code:02X}");
        at += 2 + usize::from(u16::from_be_bytes([confirmed.jpeg()[at + 2], confirmed.jpeg()[at + 3]]));
    }
}
