//! JPEG files for the tests.

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

/// A baseline JPEG of gradients and noise.
pub(super) fn baseline(width: u32, height: u32) -> Vec<u8> {
    let noise = |x: u32, y: u32| u8::try_from((x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 27).unwrap();
    let shade = |at: u32, of: u32| u8::try_from(at * 200 / of).unwrap();
    let colour = |x, y| image::Rgb([shade(x, width) + noise(x, y), shade(y, height), 90 + noise(y, x)]);
    encoded(&RgbImage::from_fn(width, height, colour))
}

/// 64×32 pixels, each quarter in its colour: upper left, upper right, lower left, lower right.
pub(super) fn corners(colours: [[u8; 3]; 4]) -> Vec<u8> {
    let quarter = |x: u32, y: u32| usize::from(x >= 32) + 2 * usize::from(y >= 16);
    encoded(&RgbImage::from_fn(64, 32, |x, y| image::Rgb(colours[quarter(x, y)])))
}

/// The colours near the four corners, each channel rounded to 0 or 255.
pub(super) fn corners_of(picture: &RgbImage) -> [[u8; 3]; 4] {
    let (right, bottom) = (picture.width() - 4, picture.height() - 4);
    let at = |x, y| picture.get_pixel(x, y).0.map(|channel| if channel > 127 { 255 } else { 0 });
    [at(3, 3), at(right, 3), at(3, bottom), at(right, bottom)]
}

fn encoded(picture: &RgbImage) -> Vec<u8> {
    let mut jpeg = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 90)).unwrap();
    jpeg
}

pub(super) fn segment(code: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap();
    [&[0xFF, code], &length.to_be_bytes()[..], content].concat()
}

/// The segments stand right after the start of the image.
pub(super) fn with_segments(jpeg: &[u8], segments: &[Vec<u8>]) -> Vec<u8> {
    [&jpeg[..2], &segments.concat(), &jpeg[2..]].concat()
}

/// Where the frame header begins.
pub(super) fn frame_at(jpeg: &[u8]) -> usize {
    jpeg.windows(4).position(|bytes| bytes == [0xFF, 0xC0, 0x00, 0x11]).unwrap()
}

/// Exif with an orientation, a GPS directory and a text in it.
pub(super) fn exif(orientation: u16, big_endian: bool, text: &str) -> Vec<u8> {
    let two = |n: u16| if big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
    let four = |n: u32| if big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
    let entry = |tag, format, count, value: [u8; 4]| [&two(tag)[..], &two(format), &four(count), &value].concat();
    let orientation = [two(orientation), [0, 0]].concat().try_into().unwrap();
    let text_length = u32::try_from(text.len()).unwrap();
    // Header 8, first directory 2 + 2×12 + 4, GPS directory 2 + 12 + 4, then the text.
    let (gps_at, text_at) = (38, 56);
    let tiff = [
        if big_endian { b"MM".to_vec() } else { b"II".to_vec() },
        two(42).to_vec(),
        four(8).to_vec(),
        two(2).to_vec(),
        entry(0x0112, 3, 1, orientation),
        entry(0x8825, 4, 1, four(gps_at)),
        four(0).to_vec(),
        two(1).to_vec(),
        entry(0x001D, 2, text_length, four(text_at)),
        four(0).to_vec(),
        text.as_bytes().to_vec(),
    ];
    segment(0xE1, &[b"Exif\0\0".to_vec(), tiff.concat()].concat())
}

/// Everything that cameras and editors add, each with the text in it.
pub(super) fn metadata_of_every_kind(text: &str) -> Vec<Vec<u8>> {
    let named = |code, name: &[u8]| segment(code, &[name, text.as_bytes()].concat());
    vec![
        named(0xE0, b"JFXX\0\x10"),
        named(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01"),
        exif(1, true, text),
        named(0xE1, b"http://ns.adobe.com/xap/1.0/\0"),
        named(0xE2, b"ICC_PROFILE\0\x01\x01"),
        named(0xE2, b"MPF\0"),
        named(0xEB, b"JP"),
        named(0xED, b"Photoshop 3.0\08BIM"),
        named(0xFE, b""),
        vec![0xFF, 0xFF, 0xFF],
        named(0xEF, b""),
    ]
}
