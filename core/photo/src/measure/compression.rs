//! How strongly a JPEG was compressed, from its quantisation tables.

use crate::measure::{Assessment, Measure};
use crate::portrait::PhotoRefused;
use crate::segments::Input;

/// The sum of the luminance table of ITU-T T.81, annex K, which encoders scale to a quality.
const SUM_AT_50: f64 = 3688.0;
const START_OF_SCAN: u8 = 0xDA;
const QUANTISATION: u8 = 0xDB;

/// How strongly a JPEG was compressed: the quality, 1 to 100, at which libjpeg would have chosen tables as coarse.
///
/// A picture that was compressed strongly and then again gently counts as the gentle one. Nothing for what is no JPEG.
#[must_use]
pub fn jpeg_quality(jpeg: &[u8]) -> Option<u8> {
    let table = luminance_table(jpeg).ok().flatten()?;
    let scale = 100.0 * table / SUM_AT_50;
    let quality = if scale <= 100.0 { 100.0 - scale / 2.0 } else { 5000.0 / scale };
    Some(quality.round().clamp(1.0, 100.0) as u8)
}

/// As a measure.
pub(crate) fn measure(quality: u8) -> Assessment {
    Assessment::new(Measure::JpegQuality, f64::from(quality))
}

/// The sum of table 0, which is for luminance. The last one before the first scan counts.
fn luminance_table(jpeg: &[u8]) -> Result<Option<f64>, PhotoRefused> {
    let mut input = Input::new(jpeg.strip_prefix(&[0xFF, 0xD8]).ok_or(PhotoRefused::NotJpeg)?);
    let mut found = None;
    loop {
        match input.marker()? {
            START_OF_SCAN => return Ok(found),
            QUANTISATION => found = sum_of_first(input.segment()?).or(found),
            _ => drop(input.segment()?),
        }
    }
}

/// A segment holds tables of 64 numbers; each is one byte long, or two where the upper half of its head says so.
fn sum_of_first(mut segment: &[u8]) -> Option<f64> {
    let mut found = None;
    while let [head, rest @ ..] = segment {
        let wide = usize::from(head >> 4 != 0);
        let (table, others) = rest.split_at_checked(64 << wide)?;
        if head & 15 == 0 {
            let number = |bytes: &[u8]| bytes.iter().fold(0_u32, |high, low| high << 8 | u32::from(*low));
            found = Some(table.chunks(1 + wide).map(|bytes| f64::from(number(bytes))).sum());
        }
        segment = others;
    }
    found
}

#[cfg(test)]
mod tests {
    use image::RgbImage;
    use image::codecs::jpeg::JpegEncoder;

    use super::*;

    #[test]
    fn the_quality_that_was_asked_for_is_found() {
        for asked in [20, 30, 50, 70, 80, 90, 95] {
            let mut jpeg = Vec::new();
            let picture = RgbImage::from_fn(64, 64, |x, y| image::Rgb([x as u8, y as u8, 7]));
            JpegEncoder::new_with_quality(&mut jpeg, asked).encode_image(&picture).unwrap();
            let found = jpeg_quality(&jpeg).unwrap();
            assert!(found.abs_diff(asked) <= 2, "{found} for {asked}");
        }
    }

    #[test]
    fn what_is_no_jpeg_has_no_quality() {
        for bytes in
            [&b""[..], b"\x89PNG", b"\xFF\xD8", b"\xFF\xD8\xFF\xDB\x00\x43\x00\x01\x02", b"\xFF\xD8\xFF\xDB\x00\x01"]
        {
            assert_eq!(jpeg_quality(bytes), None);
        }
    }
}
