//! Photos with colour profiles: what is converted, what is left, what is told.

use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage};
use moxcms::ColorProfile;
use proptest::prelude::*;

use super::build::{self, exif, segment, with_segments};
use super::{FIXTURES, SMALL, pixels};
use crate::colour::{Colours, ProfileParts, to_srgb};
use crate::{Upright, accept_portrait};

/// Rows of a matrix from linear light in one set of primaries to linear light in those of sRGB.
type Primaries = [[f64; 3]; 3];
const FROM_P3: Primaries = [[1.22494, -0.22494, 0.0], [-0.042057, 1.042057, 0.0], [-0.019638, -0.078636, 1.098274]];
const FROM_ADOBE: Primaries = [[1.398356, -0.398356, 0.0], [0.0, 1.0, 0.0], [0.0, -0.042929, 1.042929]];

fn srgb_to_linear(value: f64) -> f64 {
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

fn linear_to_srgb(value: f64) -> f64 {
    if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 }
}

fn converted(colour: [u8; 3], linear: fn(f64) -> f64, primaries: Primaries) -> [u8; 3] {
    let light = colour.map(|value| linear(f64::from(value) / 255.0));
    primaries.map(|row| {
        let value: f64 = row.iter().zip(light).map(|(share, light)| share * light).sum();
        (linear_to_srgb(value.clamp(0.0, 1.0)) * 255.0).round() as u8
    })
}

/// The profile in segments of `length` bytes.
fn profile_segments(profile: &[u8], length: usize) -> Vec<Vec<u8>> {
    let count = u8::try_from(profile.len().div_ceil(length)).unwrap();
    let part =
        |(number, content): (u8, &[u8])| segment(0xE2, &[b"ICC_PROFILE\0", &[number, count][..], content].concat());
    (1..).zip(profile.chunks(length)).map(part).collect()
}

fn parts(profile: &[u8]) -> ProfileParts {
    let mut parts = ProfileParts::default();
    profile_segments(profile, 60_000).iter().for_each(|segment| parts.take(&segment[4..]));
    parts
}

fn display_p3() -> Vec<u8> {
    ColorProfile::new_display_p3().encode().unwrap()
}

#[test]
fn colours_are_converted_as_the_profile_says() {
    let cube = || (0..6).flat_map(|r| (0..6).flat_map(move |g| (0..6).map(move |b| [r * 51, g * 51, b * 51])));
    let adobe = ColorProfile::new_adobe_rgb().encode().unwrap();
    let adobe_to_linear: fn(f64) -> f64 = |value| value.powf(2.199_218_75);
    for (name, profile, linear, primaries) in
        [("P3", display_p3(), srgb_to_linear as fn(f64) -> f64, FROM_P3), ("Adobe", adobe, adobe_to_linear, FROM_ADOBE)]
    {
        let stored: Vec<[u8; 3]> = cube().collect();
        let picture = RgbImage::from_fn(18, 12, |x, y| Rgb(stored[(y * 18 + x) as usize]));
        let mut picture = DynamicImage::ImageRgb8(picture);
        assert_eq!(to_srgb(&mut picture, parts(&profile)), Colours::Converted);
        for (stored, seen) in stored.iter().zip(picture.to_rgb8().pixels()) {
            let expected = converted(*stored, linear, primaries);
            let near = expected.iter().zip(seen.0).all(|(expected, seen)| expected.abs_diff(seen) <= 2);
            assert!(near, "{name}: {stored:?} became {:?} instead of {expected:?}", seen.0);
        }
    }
}

#[test]
fn a_photo_in_another_space_is_converted_turned_and_rid_of_its_profile() {
    let corners = [[200, 100, 80], [90, 160, 90], [80, 90, 190], [230, 230, 230]];
    let profile = profile_segments(&display_p3(), 200);
    assert!(profile.len() > 1, "the profile is to come in several parts");
    let camera = with_segments(&build::corners(corners), &[profile, vec![exif(3, true, "")]].concat());
    let photo = accept_portrait(&camera, &SMALL).unwrap();
    assert_eq!((photo.colours, photo.turned), (Colours::Converted, true));
    assert!(!photo.jpeg.windows(11).any(|bytes| bytes == b"ICC_PROFILE"));
    let seen = pixels(&photo.jpeg).to_rgb8();
    // Turned upside down, the first corner is the last.
    for (corner, [x, y]) in corners.into_iter().zip([[55, 27], [8, 27], [55, 4], [8, 4]]) {
        let expected = converted(corner, srgb_to_linear, FROM_P3);
        let seen = seen.get_pixel(x, y).0;
        assert!(expected.iter().zip(seen).all(|(a, b)| a.abs_diff(b) <= 4), "{seen:?} instead of {expected:?}");
    }
    let again = accept_portrait(&photo.jpeg, &SMALL).unwrap();
    assert_eq!(again.colours, Colours::AsStored);
    assert!(again.jpeg == photo.jpeg, "what was accepted is accepted again as it is");
    let decoded = Upright::decode(&camera).unwrap();
    assert_eq!((decoded.colours(), decoded.width(), decoded.height()), (Colours::Converted, 64, 32));
}

#[test]
fn srgb_and_none_leave_the_pixels_bit_by_bit() {
    let srgb = ColorProfile::new_srgb().encode().unwrap();
    for (name, jpeg) in FIXTURES {
        let photo = accept_portrait(&with_segments(jpeg, &profile_segments(&srgb, 60_000)), &SMALL).unwrap();
        // An sRGB profile in a black-and-white picture belongs to another kind of picture.
        let told = if photo.grey { Colours::ProfileDamaged } else { Colours::AsStored };
        assert_eq!((photo.colours, pixels(&photo.jpeg)), (told, pixels(jpeg)), "{name}");
    }
}

#[test]
fn grey_follows_its_curve() {
    let linear = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    let mut picture = DynamicImage::ImageLuma8(GrayImage::from_fn(256, 1, |x, _| Luma([x as u8])));
    assert_eq!(to_srgb(&mut picture, parts(&linear)), Colours::Converted);
    for (stored, seen) in (0..=u8::MAX).zip(picture.to_luma8().pixels()) {
        let expected = (linear_to_srgb(f64::from(stored) / 255.0) * 255.0).round() as u8;
        assert!(expected.abs_diff(seen.0[0]) <= 2, "{stored} became {} instead of {expected}", seen.0[0]);
    }
}

#[test]
fn a_damaged_profile_is_told_and_changes_nothing() {
    let profile = display_p3();
    let jpeg = build::baseline(64, 48);
    let whole = profile_segments(&profile, 100);
    let swapped = |a: usize, b: usize| {
        let mut parts = whole.clone();
        parts.swap(a, b);
        parts
    };
    let cases: [(&str, Vec<Vec<u8>>); 6] = [
        ("cut", profile_segments(&profile[..90], 100)),
        ("a part missing", whole[1..].to_vec()),
        ("a part twice", [whole.clone(), whole[..1].to_vec()].concat()),
        ("no profile", profile_segments(b"CANARY", 100)),
        ("of a printer", profile_segments(&[&profile[..16], b"CMYK", &profile[20..]].concat(), 100)),
        ("too large", profile_segments(&vec![0; 5 * 1024 * 1024], 65_000)),
    ];
    for (name, parts) in cases {
        let photo = accept_portrait(&with_segments(&jpeg, &parts), &SMALL).unwrap();
        assert_eq!((photo.colours, pixels(&photo.jpeg)), (Colours::ProfileDamaged, pixels(&jpeg)), "{name}");
    }
    // The order in which the parts lie does not matter.
    assert_eq!(accept_portrait(&with_segments(&jpeg, &swapped(0, 1)), &SMALL).unwrap().colours, Colours::Converted);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_profile_makes_it_panic(hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), cut in any::<prop::sample::Index>()) {
        let mut profile = display_p3();
        for (at, byte) in hits {
            let at = at.index(profile.len());
            profile[at] = byte;
        }
        profile.truncate(cut.index(profile.len() * 4).max(1));
        let mut picture = DynamicImage::ImageRgb8(RgbImage::from_pixel(8, 8, Rgb([200, 100, 50])));
        to_srgb(&mut picture, parts(&profile));
    }
}
