//! The segments of a JPEG file (ITU-T T.81, annex B): what the picture needs is copied, everything else is left out.
//!
//! Copied: tables, one frame header, scans with their entropy-coded data. Written anew: the JFIF header without
//! thumbnail, and the Adobe marker, which says how colours are coded. Left out: Exif, XMP, IPTC, colour profiles,
//! comments, further pictures, and whatever follows the end of the image. Of what is left out, the orientation and the
//! colour profile are handed on.

use image::metadata::Orientation;

use crate::colour::ProfileParts;
use crate::portrait::PhotoRefused;

/// A JPEG that holds only its picture.
#[derive(Debug)]
pub(crate) struct Stripped {
    pub(crate) jpeg: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// 1 for black-and-white, 3 for colours.
    pub(crate) components: u8,
    /// How the camera says the picture is to be turned.
    pub(crate) orientation: Orientation,
    /// What the colours mean, where the file says so.
    pub(crate) profile: ProfileParts,
}

/// Encoders write about ten scans. More only keep a decoder busy.
const MOST_SCANS: u32 = 32;

const JFIF: &[u8] = b"\xFF\xE0\x00\x10JFIF\0\x01\x01\x00\x00\x01\x00\x01\x00\x00";

mod marker {
    pub(super) const START_OF_IMAGE: u8 = 0xD8;
    pub(super) const END_OF_IMAGE: u8 = 0xD9;
    pub(super) const START_OF_SCAN: u8 = 0xDA;
    pub(super) const APP_0_JFIF: u8 = 0xE0;
    pub(super) const APP_1_EXIF: u8 = 0xE1;
    pub(super) const APP_2_PROFILE: u8 = 0xE2;
    pub(super) const APP_14_ADOBE: u8 = 0xEE;
    pub(super) const COMMENT: u8 = 0xFE;
}

/// Copies the picture out of `bytes`. `admit` is asked about width and height before any scan is read.
///
/// # Errors
/// What `admit` refuses; [`PhotoRefused::NotJpeg`], [`PhotoRefused::UnsupportedKind`], [`PhotoRefused::Cmyk`],
/// [`PhotoRefused::Truncated`], [`PhotoRefused::Damaged`].
pub(crate) fn strip(
    bytes: &[u8],
    admit: impl Fn(u32, u32) -> Result<(), PhotoRefused>,
) -> Result<Stripped, PhotoRefused> {
    let rest = bytes.strip_prefix(&[0xFF, marker::START_OF_IMAGE]).ok_or(PhotoRefused::NotJpeg)?;
    if rest.first() != Some(&0xFF) {
        return Err(PhotoRefused::NotJpeg);
    }
    let mut copy = Copy::default();
    let mut input = Input::new(rest);
    loop {
        match input.marker()? {
            marker::END_OF_IMAGE => return copy.finish(),
            marker::START_OF_SCAN => copy.scan(&mut input)?,
            code @ (0xC4 | 0xDB | 0xDD) => copy.segment(code, input.segment()?),
            code @ (0xC0..=0xC2) => copy.frame(code, input.segment()?, &admit)?,
            // Lossless, hierarchical and arithmetic frames; number of lines after the scan.
            0xC3 | 0xC5..=0xCF | 0xDC | 0xDE | 0xDF => return Err(PhotoRefused::UnsupportedKind),
            marker::APP_0_JFIF => copy.has_jfif |= input.segment()?.starts_with(b"JFIF\0"),
            marker::APP_1_EXIF => copy.exif(input.segment()?),
            marker::APP_2_PROFILE => copy.profile.take(input.segment()?),
            marker::APP_14_ADOBE => copy.adobe(input.segment()?),
            0xE3..=0xEF | marker::COMMENT => drop(input.segment()?),
            _ => return Err(PhotoRefused::Damaged),
        }
    }
}

/// The bytes still to be read.
pub(crate) struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    /// `rest` follows the start of the image.
    pub(crate) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], PhotoRefused> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(PhotoRefused::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The code of the next marker, after any fill bytes.
    pub(crate) fn marker(&mut self) -> Result<u8, PhotoRefused> {
        if self.take(1)? != [0xFF] {
            return Err(PhotoRefused::Damaged);
        }
        loop {
            match self.take(1)? {
                [0xFF] => {}
                [code] => return Ok(*code),
                _ => return Err(PhotoRefused::Truncated),
            }
        }
    }

    /// The content of a segment, without its length.
    pub(crate) fn segment(&mut self) -> Result<&'a [u8], PhotoRefused> {
        let length = self.take(2)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        self.take(length.checked_sub(2).ok_or(PhotoRefused::Damaged)?)
    }

    /// Entropy-coded data, up to the next marker that is not a restart marker.
    pub(crate) fn entropy_coded(&mut self) -> Result<&'a [u8], PhotoRefused> {
        let ends = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7);
        let length = self.rest.windows(2).position(ends).ok_or(PhotoRefused::Truncated)?;
        self.take(length)
    }
}

/// What was copied so far.
#[derive(Default)]
struct Copy {
    body: Vec<u8>,
    /// Width, height, components.
    frame: Option<(u32, u32, u8)>,
    scans: u32,
    has_jfif: bool,
    /// The Adobe marker's colour transform.
    adobe_transform: Option<u8>,
    orientation: Option<Orientation>,
    profile: ProfileParts,
}

impl Copy {
    fn segment(&mut self, code: u8, content: &[u8]) {
        let length = u16::try_from(content.len() + 2).expect("it was read behind a length of two bytes");
        self.body.extend([0xFF, code]);
        self.body.extend(length.to_be_bytes());
        self.body.extend(content);
    }

    fn frame(
        &mut self,
        code: u8,
        content: &[u8],
        admit: impl Fn(u32, u32) -> Result<(), PhotoRefused>,
    ) -> Result<(), PhotoRefused> {
        let [bits, h1, h0, w1, w0, components, specified @ ..] = content else { return Err(PhotoRefused::Damaged) };
        if self.frame.is_some() || specified.len() != usize::from(*components) * 3 {
            return Err(PhotoRefused::Damaged);
        }
        match (bits, components) {
            (8, 1 | 3) => {}
            (8, 4) => return Err(PhotoRefused::Cmyk),
            _ => return Err(PhotoRefused::UnsupportedKind),
        }
        let (width, height) = (u16::from_be_bytes([*w1, *w0]).into(), u16::from_be_bytes([*h1, *h0]).into());
        admit(width, height)?;
        self.frame = Some((width, height, *components));
        self.segment(code, content);
        Ok(())
    }

    fn scan(&mut self, input: &mut Input<'_>) -> Result<(), PhotoRefused> {
        let header = input.segment()?;
        let data = input.entropy_coded()?;
        self.scans += 1;
        if self.frame.is_none() {
            return Err(PhotoRefused::Damaged);
        }
        if self.scans > MOST_SCANS {
            return Err(PhotoRefused::UnsupportedKind);
        }
        self.segment(marker::START_OF_SCAN, header);
        self.body.extend(data);
        Ok(())
    }

    /// The first orientation counts. Anything else in Exif is of no use here.
    fn exif(&mut self, content: &[u8]) {
        if let Some(tiff) = content.strip_prefix(b"Exif\0\0") {
            self.orientation = self.orientation.or_else(|| Orientation::from_exif_chunk(tiff));
        }
    }

    fn adobe(&mut self, content: &[u8]) {
        if let [b'A', b'd', b'o', b'b', b'e', _, _, _, _, _, _, transform, ..] = content {
            self.adobe_transform = Some(*transform);
        }
    }

    fn finish(self) -> Result<Stripped, PhotoRefused> {
        let (width, height, components) = self.frame.ok_or(PhotoRefused::Damaged)?;
        if self.scans == 0 {
            return Err(PhotoRefused::Damaged);
        }
        let mut jpeg = Vec::with_capacity(self.body.len() + 64);
        jpeg.extend([0xFF, marker::START_OF_IMAGE]);
        if self.has_jfif {
            jpeg.extend(JFIF);
        }
        if let Some(transform) = self.adobe_transform {
            jpeg.extend(b"\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00");
            jpeg.push(transform);
        }
        jpeg.extend(self.body);
        jpeg.extend([0xFF, marker::END_OF_IMAGE]);
        let orientation = self.orientation.unwrap_or(Orientation::NoTransforms);
        Ok(Stripped { jpeg, width, height, components, orientation, profile: self.profile })
    }
}
