//! The photo for the card: cut out at the programme's measures, the head upright, nothing else altered.

mod crown;
mod cut;
mod frame;

use image::DynamicImage;
use image::imageops::{self, FilterType};

use crate::pixels;
use crate::portrait::{FileRules, PhotoRefused};
use crate::upright::Upright;

pub use crown::{CrownFrom, Head};

use frame::Frame;

/// Measures of the printed photo in millimetres.
///
/// The default is a card photo of 4.5 × 3.5 cm. Its face measures come from one secondary source, so a programme sets
/// its own.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CropGeometry {
    /// Width of the photo.
    pub width: f32,
    /// Height of the photo.
    pub height: f32,
    /// From the crown to the chin.
    pub face: f32,
    /// How much more or less that may be.
    pub face_tolerance: f32,
    /// From the upper edge to the crown.
    pub above: f32,
    /// How much more or less that may be.
    pub above_tolerance: f32,
    /// How far the eyes' middle may lie from the middle of the photo. No rule names it; so much is not seen.
    pub aside_tolerance: f32,
}

impl Default for CropGeometry {
    fn default() -> Self {
        Self {
            width: 35.0,
            height: 45.0,
            face: 34.0,
            face_tolerance: 2.0,
            above: 4.0,
            above_tolerance: 2.0,
            aside_tolerance: 1.5,
        }
    }
}

/// Why no photo for the card can be cut out of a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CropRefused {
    /// The points are not those of a head.
    #[error("there is no head to cut out")]
    NoHead,
    /// There is not enough picture above the head. Take it again with more room there.
    #[error("there is too little above the head")]
    CutOffAbove,
    /// There is not enough picture below the chin.
    #[error("there is too little below the chin")]
    CutOffBelow,
    /// There is not enough picture on the left or the right.
    #[error("there is too little beside the head")]
    CutOffAside,
    /// The head is too small in the picture, and enlarging it would invent pixels. Go closer.
    #[error("{width}×{height} pixels are left: each side needs {min}")]
    TooFewPixels {
        /// Width of what would be cut out.
        width: u32,
        /// Its height.
        height: u32,
        /// Pixels that each side needs.
        min: u32,
    },
    /// No file that keeps the rules comes out of it.
    #[error(transparent)]
    File(PhotoRefused),
}

/// A photo for the card.
#[derive(Clone, PartialEq)]
pub struct CroppedPhoto {
    /// The file: a JPEG in sRGB, without metadata, of the best quality that fits.
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// How far the picture was turned so that the eyes are level, in degrees clockwise. At 0 no pixel was computed anew.
    pub turned: f32,
    /// Larger than the rules allow, so there are fewer pixels than were taken.
    pub shrunk: bool,
    /// From the crown to the chin, in millimetres of the printed photo.
    pub face: f32,
    /// From the upper edge to the crown, in millimetres of the printed photo.
    pub above: f32,
    /// Where the crown was known from.
    pub crown: CrownFrom,
}

impl std::fmt::Debug for CroppedPhoto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { jpeg, width, height, turned, face, above, .. } = self;
        let bytes = jpeg.len();
        write!(f, "CroppedPhoto({bytes} bytes, {width}×{height}, turned {turned}°, face {face} mm, above {above} mm)")
    }
}

/// Whether the photo for the card could be cut out of a picture of that width and height.
///
/// # Errors
/// [`CropRefused`], but for what only the file shows.
pub fn fits(picture: [u32; 2], head: &Head, geometry: &CropGeometry, rules: &FileRules) -> Result<(), CropRefused> {
    Frame::find(picture, head, geometry, rules.min_side).map(drop)
}

/// Cuts the photo for the card out of a picture; `head` is in that picture's pixels.
///
/// Measures as asked for are preferred, those within the tolerances taken where there is not picture enough.
///
/// # Errors
/// [`CropRefused`].
pub fn crop(
    photo: &Upright,
    head: &Head,
    geometry: &CropGeometry,
    rules: &FileRules,
) -> Result<CroppedPhoto, CropRefused> {
    let frame = Frame::find([photo.width(), photo.height()], head, geometry, rules.min_side)?;
    let picture = DynamicImage::ImageRgb8(cut::cut(&photo.pixels, &frame));
    let (picture, jpeg) = encode(picture, rules).map_err(CropRefused::File)?;
    Ok(CroppedPhoto {
        jpeg,
        width: picture.width(),
        height: picture.height(),
        turned: if frame.angle == 0.0 { 0.0 } else { -frame.angle.to_degrees() },
        shrunk: picture.width() < frame.width,
        face: frame.face,
        above: frame.above,
        crown: head.crown_from,
    })
}

/// The whole picture as a file that keeps the rules, where there is no head to cut out: a JPEG without metadata, never
/// enlarged, and smaller only as far as the rules ask for it. Width and height stand behind it.
///
/// # Errors
/// [`PhotoRefused::TooFewPixels`], [`PhotoRefused::TooFewBytes`], [`PhotoRefused::TooManyBytes`].
pub fn uncut(photo: &Upright, rules: &FileRules) -> Result<(Vec<u8>, [u32; 2]), PhotoRefused> {
    let (picture, jpeg) = encode(DynamicImage::ImageRgb8(photo.pixels.clone()), rules)?;
    let (width, height, min) = (picture.width(), picture.height(), rules.min_side);
    let enough = width.min(height) >= min;
    if enough { Ok((jpeg, [width, height])) } else { Err(PhotoRefused::TooFewPixels { width, height, min }) }
}

/// The largest picture whose file keeps the rules, and the file.
fn encode(mut picture: DynamicImage, rules: &FileRules) -> Result<(DynamicImage, Vec<u8>), PhotoRefused> {
    let longest = picture.width().max(picture.height());
    if longest > rules.max_side {
        picture = shrunk(&picture, rules.max_side as f32 / longest as f32);
    }
    loop {
        match pixels::encode_within(&picture, rules.max_bytes) {
            Err(PhotoRefused::TooManyBytes { .. }) if can_shrink(&picture, rules) => picture = shrunk(&picture, SHRINK),
            Err(refused) => return Err(refused),
            Ok(jpeg) => {
                let jpeg = if jpeg.len() < rules.min_bytes as usize { pixels::encode_best(&picture)? } else { jpeg };
                let (bytes, min) = (jpeg.len() as u64, rules.min_bytes);
                let enough = bytes >= u64::from(min);
                return if enough { Ok((picture, jpeg)) } else { Err(PhotoRefused::TooFewBytes { bytes, min }) };
            }
        }
    }
}

/// What is left of a side when a file is too large.
const SHRINK: f32 = 0.85;

fn can_shrink(picture: &DynamicImage, rules: &FileRules) -> bool {
    picture.width().min(picture.height()) as f32 * SHRINK >= rules.min_side.max(1) as f32
}

fn shrunk(picture: &DynamicImage, by: f32) -> DynamicImage {
    let side = |pixels: u32| ((pixels as f32 * by) as u32).max(1);
    let (width, height) = (side(picture.width()), side(picture.height()));
    // Its kernel grows with the factor, so that fine patterns do not become coarse ones.
    imageops::resize(&picture.to_rgb8(), width, height, FilterType::CatmullRom).into()
}

#[cfg(test)]
mod tests;
