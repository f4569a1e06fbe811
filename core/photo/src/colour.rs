//! Colours of a photo as sRGB (IEC 61966-2-1), whatever profile (ICC.1) the camera wrote beside it.
//!
//! Without its profile a photo in Display P3 looks paler than the person. So the profile is not only left out: the
//! pixels are converted by it first.

use std::sync::Arc;

use image::DynamicImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, ParsingOptions, Transform8BitExecutor, TransformOptions};

/// What was done about a photo's colour profile.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Colours {
    /// There was none, or one that says sRGB: the colours are those that were stored.
    #[default]
    AsStored,
    /// There was another one: the colours were converted to sRGB.
    Converted,
    /// There was one that cannot be read or belongs to another kind of picture: the colours are those that were stored,
    /// and may look a little paler or stronger than they were.
    ProfileDamaged,
}

/// What stands before each part of a profile, with its number and their count behind.
const SIGNATURE: &[u8] = b"ICC_PROFILE\0";
/// A camera's profile has half a kilobyte, a printer's a megabyte.
const LARGEST_PROFILE: usize = 4 * 1024 * 1024;
/// Steps of 255 by which a profile may move a colour and still be called sRGB: makers round its curve differently.
const SAME_COLOUR: u8 = 2;

/// The parts of a profile, as they lie in a JPEG's APP2 segments.
#[derive(Debug, Default)]
pub(crate) struct ProfileParts {
    /// Number, count, content.
    parts: Vec<(u8, u8, Vec<u8>)>,
    bytes: usize,
}

impl ProfileParts {
    /// Keeps the content of an APP2 segment where it is part of a profile.
    pub(crate) fn take(&mut self, segment: &[u8]) {
        let Some([number, count, content @ ..]) = segment.strip_prefix(SIGNATURE) else { return };
        self.bytes += content.len();
        if self.bytes <= LARGEST_PROFILE {
            self.parts.push((*number, *count, content.to_vec()));
        }
    }

    /// Nothing, the whole profile, or parts that are none.
    fn join(mut self) -> Option<Result<Vec<u8>, Damaged>> {
        self.parts.sort_by_key(|(number, ..)| *number);
        let count = self.parts.first()?.1;
        let complete = self.bytes <= LARGEST_PROFILE
            && self.parts.len() == usize::from(count)
            && self.parts.iter().zip(1..).all(|((number, each, _), expected)| *number == expected && *each == count);
        Some(if complete {
            Ok(self.parts.into_iter().flat_map(|(.., content)| content).collect())
        } else {
            Err(Damaged)
        })
    }
}

/// The profile cannot be used.
struct Damaged;

/// How colours become sRGB.
enum Conversion {
    Grey(Box<[u8; 256]>),
    Rgb(Arc<Transform8BitExecutor>),
}

/// Converts the picture where its profile asks for it.
pub(crate) fn to_srgb(picture: &mut DynamicImage, parts: ProfileParts) -> Colours {
    let Some(profile) = parts.join() else { return Colours::AsStored };
    let grey = matches!(picture, DynamicImage::ImageLuma8(_));
    match profile.and_then(|profile| conversion(&profile, grey)) {
        Err(Damaged) => Colours::ProfileDamaged,
        Ok(None) => Colours::AsStored,
        Ok(Some(conversion)) => {
            let done = apply(picture, &conversion);
            if done.is_ok() { Colours::Converted } else { Colours::ProfileDamaged }
        }
    }
}

/// What the profile asks for; nothing when it is sRGB.
fn conversion(profile: &[u8], grey: bool) -> Result<Option<Conversion>, Damaged> {
    let options = ParsingOptions { max_profile_size: LARGEST_PROFILE + 1, ..ParsingOptions::default() };
    let profile = ColorProfile::new_from_slice_with_options(profile, options).map_err(|_| Damaged)?;
    match (profile.color_space, grey) {
        (DataColorSpace::Gray, true) => {
            let curve = grey_curve(&profile)?;
            let moves = (0..=u8::MAX).zip(curve.iter()).any(|(before, after)| before.abs_diff(*after) > SAME_COLOUR);
            Ok(moves.then_some(Conversion::Grey(curve)))
        }
        (DataColorSpace::Rgb, false) => {
            let transform = transform(&profile, Layout::Rgb)?;
            Ok(moves_colours(&*transform)?.then_some(Conversion::Rgb(transform)))
        }
        _ => Err(Damaged),
    }
}

fn transform(profile: &ColorProfile, layout: Layout) -> Result<Arc<Transform8BitExecutor>, Damaged> {
    let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    profile.create_transform_8bit(layout, &srgb, Layout::Rgb, options).map_err(|_| Damaged)
}

fn grey_curve(profile: &ColorProfile) -> Result<Box<[u8; 256]>, Damaged> {
    let shades: Vec<u8> = (0..=u8::MAX).collect();
    let mut colours = [0; 3 * 256];
    transform(profile, Layout::Gray)?.transform(&shades, &mut colours).map_err(|_| Damaged)?;
    let mut curve = Box::new([0; 256]);
    curve.iter_mut().zip(colours.as_chunks::<3>().0).for_each(|(shade, [_, green, _])| *shade = *green);
    Ok(curve)
}

/// Asks for colours all over the cube.
fn moves_colours(transform: &Transform8BitExecutor) -> Result<bool, Damaged> {
    const STEPS: u8 = 16;
    let shade = |step: u8| step * (u8::MAX / (STEPS - 1));
    let cube = (0..STEPS).flat_map(|r| (0..STEPS).flat_map(move |g| (0..STEPS).map(move |b| [r, g, b])));
    let before: Vec<u8> = cube.flatten().map(shade).collect();
    let mut after = vec![0; before.len()];
    transform.transform(&before, &mut after).map_err(|_| Damaged)?;
    Ok(before.iter().zip(&after).any(|(before, after)| before.abs_diff(*after) > SAME_COLOUR))
}

/// Row by row, so that twelve megapixels need no second picture.
fn apply(picture: &mut DynamicImage, conversion: &Conversion) -> Result<(), Damaged> {
    match (picture, conversion) {
        (DynamicImage::ImageLuma8(picture), Conversion::Grey(curve)) => {
            picture.iter_mut().for_each(|shade| *shade = curve[usize::from(*shade)]);
        }
        (DynamicImage::ImageRgb8(picture), Conversion::Rgb(transform)) => {
            let row = picture.width() as usize * 3;
            let mut before = vec![0; row];
            for after in picture.chunks_exact_mut(row.max(1)) {
                before.copy_from_slice(after);
                transform.transform(&before, after).map_err(|_| Damaged)?;
            }
        }
        _ => return Err(Damaged),
    }
    Ok(())
}
