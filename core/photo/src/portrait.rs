//! Accepting a portrait (顔写真) for an application.

use std::fmt;

use image::metadata::Orientation;

use crate::colour::{self, Colours};
use crate::{complete, pixels, segments};

/// What the issuing body takes as a file. The default is the online route's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileRules {
    /// Smallest file, in bytes.
    pub min_bytes: u32,
    /// Largest file, in bytes.
    pub max_bytes: u32,
    /// Shortest allowed side, in pixels.
    pub min_side: u32,
    /// Longest allowed side, in pixels.
    pub max_side: u32,
}

impl Default for FileRules {
    fn default() -> Self {
        Self { min_bytes: 20 * 1024, max_bytes: 7 * 1024 * 1024, min_side: 480, max_side: 6000 }
    }
}

/// A portrait that keeps the file rules: a JPEG with the picture and nothing about camera, place or time.
#[derive(Clone, PartialEq, Eq)]
pub struct AcceptedPhoto {
    /// The file, baseline or progressive, without metadata.
    pub jpeg: Vec<u8>,
    /// Width in pixels, as it is looked at.
    pub width: u32,
    /// Height in pixels, as it is looked at.
    pub height: u32,
    /// Black-and-white.
    pub grey: bool,
    /// The camera had noted that the picture is to be turned, so it was turned and compressed again.
    pub turned: bool,
    /// What was done about its colour profile; a converted picture was compressed again. A picture that was neither
    /// turned nor converted has the pixels of the camera, bit by bit.
    pub colours: Colours,
}

impl fmt::Debug for AcceptedPhoto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { jpeg, width, height, .. } = self;
        write!(f, "AcceptedPhoto({} bytes, {width}×{height})", jpeg.len())
    }
}

/// Why a portrait was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PhotoRefused {
    /// Another kind of file.
    #[error("the file is not a JPEG")]
    NotJpeg,
    /// A JPEG of a rare kind: lossless, arithmetic, hierarchical, or with more than 8 bits a sample.
    #[error("this kind of JPEG is not taken")]
    UnsupportedKind,
    /// Four inks instead of three colours.
    #[error("CMYK is not taken")]
    Cmyk,
    /// The file ends too early. Transfer it again.
    #[error("the file is cut off")]
    Truncated,
    /// The file is broken inside.
    #[error("the file is damaged")]
    Damaged,
    /// The file without metadata is too small.
    #[error("{bytes} bytes are fewer than {min}")]
    TooFewBytes {
        /// How many there are.
        bytes: u64,
        /// How many are needed.
        min: u32,
    },
    /// The file without metadata is too large.
    #[error("{bytes} bytes are more than {max}")]
    TooManyBytes {
        /// How many there are.
        bytes: u64,
        /// How many are allowed.
        max: u32,
    },
    /// A side is too short.
    #[error("{width}×{height} pixels: each side needs {min}")]
    TooFewPixels {
        /// Width as stored.
        width: u32,
        /// Height as stored.
        height: u32,
        /// Pixels that each side needs.
        min: u32,
    },
    /// A side is too long, or the whole too large to decode on a tablet.
    #[error("{width}×{height} pixels: no side may have more than {max}")]
    TooManyPixels {
        /// Width as stored.
        width: u32,
        /// Height as stored.
        height: u32,
        /// Pixels that no side may exceed.
        max: u32,
    },
}

/// Nothing longer is looked at. Phones append films and second pictures, which are dropped, so this lies far above
/// what a portrait may have.
const LONGEST_INPUT: u32 = 64 * 1024 * 1024;

/// Nothing larger is decoded, whatever the rules allow: a progressive picture takes some nine bytes a pixel.
const MOST_PIXELS: u64 = 36_000_000;

/// No longer side is decoded: panoramas are neither portraits nor proof of what was done.
const LONGEST_SIDE: u32 = 12_000;

/// Checks a portrait and takes everything out of it but the picture.
///
/// It is read and decoded once from beginning to end, so what is accepted here is whole. A colour profile is removed
/// too, once the colours are those of sRGB.
///
/// # Errors
/// Any [`PhotoRefused`].
pub fn accept_portrait(bytes: &[u8], rules: &FileRules) -> Result<AcceptedPhoto, PhotoRefused> {
    check_input(bytes)?;
    let stripped = segments::strip(bytes, |width, height| check_pixels(width, height, rules))?;
    check_bytes(&stripped.jpeg, rules)?;
    complete::check(&stripped.jpeg)?;
    let mut picture = pixels::decode(&stripped)?;
    let (grey, orientation) = (stripped.components == 1, stripped.orientation);
    let colours = colour::to_srgb(&mut picture, stripped.profile);
    let turned = orientation != Orientation::NoTransforms;
    if !turned && colours != Colours::Converted {
        let (jpeg, width, height) = (stripped.jpeg, stripped.width, stripped.height);
        return Ok(AcceptedPhoto { jpeg, width, height, grey, turned, colours });
    }
    let picture = pixels::turned(picture, orientation);
    let encoded = pixels::encode_within(&picture, rules.max_bytes)?;
    // The encoder's own header goes too: what was accepted is accepted again as it is, byte for byte.
    let jpeg = segments::strip(&encoded, |_, _| Ok(()))?.jpeg;
    check_bytes(&jpeg, rules)?;
    Ok(AcceptedPhoto { jpeg, width: picture.width(), height: picture.height(), grey, turned, colours })
}

/// Whether there are not too many bytes to look at.
///
/// # Errors
/// [`PhotoRefused::TooManyBytes`].
pub(crate) fn check_input(bytes: &[u8]) -> Result<(), PhotoRefused> {
    let (bytes, max) = (bytes.len() as u64, LONGEST_INPUT);
    if bytes > u64::from(max) { Err(PhotoRefused::TooManyBytes { bytes, max }) } else { Ok(()) }
}

/// Whether a picture of that size can be decoded, whatever it is for.
///
/// # Errors
/// [`PhotoRefused::TooFewPixels`] for none, [`PhotoRefused::TooManyPixels`].
pub(crate) fn check_decodable(width: u32, height: u32) -> Result<(), PhotoRefused> {
    if width.min(height) == 0 {
        return Err(PhotoRefused::TooFewPixels { width, height, min: 1 });
    }
    let many = width.max(height) > LONGEST_SIDE || u64::from(width) * u64::from(height) > MOST_PIXELS;
    if many { Err(PhotoRefused::TooManyPixels { width, height, max: LONGEST_SIDE }) } else { Ok(()) }
}

fn check_pixels(width: u32, height: u32, rules: &FileRules) -> Result<(), PhotoRefused> {
    let FileRules { min_side: min, max_side: max, .. } = *rules;
    if width.max(height) > max {
        return Err(PhotoRefused::TooManyPixels { width, height, max });
    }
    if width.min(height) < min {
        return Err(PhotoRefused::TooFewPixels { width, height, min });
    }
    check_decodable(width, height)
}

fn check_bytes(jpeg: &[u8], rules: &FileRules) -> Result<(), PhotoRefused> {
    let bytes = jpeg.len() as u64;
    let FileRules { min_bytes: min, max_bytes: max, .. } = *rules;
    if bytes < u64::from(min) {
        return Err(PhotoRefused::TooFewBytes { bytes, min });
    }
    if bytes > u64::from(max) { Err(PhotoRefused::TooManyBytes { bytes, max }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
