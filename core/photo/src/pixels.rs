//! Decoding a checked JPEG, turning it, and compressing it again.

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use crate::portrait::PhotoRefused;
use crate::segments::Stripped;

/// Tried one after the other until the file is small enough. At 95 a portrait shows no loss.
const QUALITIES: [u8; 4] = [95, 90, 85, 80];

/// Decodes every pixel of a file that [`crate::complete`] has found whole.
///
/// # Errors
/// [`PhotoRefused::Damaged`].
pub(crate) fn decode(file: &Stripped) -> Result<DynamicImage, PhotoRefused> {
    let colours = if file.components == 1 { ColorSpace::Luma } else { ColorSpace::RGB };
    let side = |pixels: u32| usize::try_from(pixels).map_err(|_| PhotoRefused::Damaged);
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(side(file.width)?)
        .set_max_height(side(file.height)?)
        .jpeg_set_out_colorspace(colours);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file.jpeg.as_slice()), options);
    let samples = decoder.decode().map_err(|_| PhotoRefused::Damaged)?;
    let picture = if file.components == 1 {
        GrayImage::from_raw(file.width, file.height, samples).map(DynamicImage::ImageLuma8)
    } else {
        RgbImage::from_raw(file.width, file.height, samples).map(DynamicImage::ImageRgb8)
    };
    picture.ok_or(PhotoRefused::Damaged)
}

/// The picture as it is to be looked at.
pub(crate) fn turned(mut picture: DynamicImage, orientation: Orientation) -> DynamicImage {
    picture.apply_orientation(orientation);
    picture
}

/// The best quality that fits in `max_bytes`.
///
/// # Errors
/// [`PhotoRefused::TooManyBytes`] where none does.
pub(crate) fn encode_within(picture: &DynamicImage, max_bytes: u32) -> Result<Vec<u8>, PhotoRefused> {
    let mut smallest = 0;
    for quality in QUALITIES {
        let jpeg = encode(picture, quality)?;
        smallest = jpeg.len() as u64;
        if smallest <= u64::from(max_bytes) {
            return Ok(jpeg);
        }
    }
    Err(PhotoRefused::TooManyBytes { bytes: smallest, max: max_bytes })
}

/// The best quality that there is: larger than anyone needs, unless a file has to have so many bytes.
///
/// # Errors
/// [`PhotoRefused::Damaged`] for a picture without pixels.
pub(crate) fn encode_best(picture: &DynamicImage) -> Result<Vec<u8>, PhotoRefused> {
    encode(picture, 100)
}

fn encode(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, PhotoRefused> {
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
    picture.write_with_encoder(encoder).map_err(|_| PhotoRefused::Damaged)?;
    Ok(jpeg)
}
