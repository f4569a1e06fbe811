//! Requests and answers as QR codes that follow each other: from a tablet's screen through a code reader, and back as a
//! picture that moves, which every browser shows.

use std::borrow::Cow;

use gif::{EncodingError, Frame, Repeat};
use homon_seal::moving_code;
use homon_seal::{Code, CodeError, CodeReader, Reading};

/// Pixels of a module. The picture is some 650 pixels wide then.
const SCALE: usize = 7;

/// Light modules around a code (ISO/IEC 18004 section 5.3.8).
const QUIET: usize = 4;

/// Hundredths of a second that a code is shown.
const SHOWN: u16 = 20;

/// Why there are no codes, or no text was read.
#[derive(Debug, thiserror::Error)]
pub enum CodesError {
    /// The answer has no codes.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The picture could not be made.
    #[error("the codes can't be drawn: {0}")]
    Drawing(#[from] EncodingError),
    /// Too few codes were read.
    #[error("the codes were read to {0} of 100; let the reader go on and run this again")]
    Unfinished(u8),
}

/// The codes of an answer as a GIF that goes round.
///
/// # Errors
/// [`CodesError::Code`], [`CodesError::Drawing`].
pub fn picture(token: &str) -> Result<Vec<u8>, CodesError> {
    let codes = moving_code::codes(token)?;
    let side = codes.first().map_or(0, across);
    let mut picture = Vec::new();
    // Colour 0 is white, 1 is black.
    let mut encoder = gif::Encoder::new(&mut picture, side, side, &[255, 255, 255, 0, 0, 0])?;
    encoder.set_repeat(Repeat::Infinite)?;
    for code in &codes {
        let frame =
            Frame { width: side, height: side, delay: SHOWN, buffer: Cow::Owned(pixels(code)), ..Frame::default() };
        encoder.write_frame(&frame)?;
    }
    drop(encoder);
    Ok(picture)
}

/// Pixels across a code and its quiet zone.
fn across(code: &Code) -> u16 {
    u16::try_from((code.side + 2 * QUIET) * SCALE).unwrap_or(u16::MAX)
}

fn pixels(code: &Code) -> Vec<u8> {
    let side = usize::from(across(code));
    let module = |pixel: usize| (pixel / SCALE).checked_sub(QUIET).filter(|at| *at < code.side);
    let dark = |at: usize| {
        let (row, column) = (module(at / side), module(at % side));
        row.zip(column).is_some_and(|(row, column)| code.dark[row * code.side + column])
    };
    (0..side * side).map(|at| u8::from(dark(at))).collect()
}

/// The request in a file: as the tablet wrote it, or put together from what a code reader typed.
///
/// # Errors
/// [`CodesError::Unfinished`].
pub fn unread(file: &str) -> Result<Cow<'_, str>, CodesError> {
    let mut reader = CodeReader::default();
    let mut read = None;
    for line in file.lines() {
        match reader.read(line.trim()) {
            Reading::Whole(token) => return Ok(Cow::Owned(token)),
            Reading::Part(hundredths) => read = Some(hundredths),
            Reading::Other => {}
        }
    }
    read.map_or(Ok(Cow::Borrowed(file)), |hundredths| Err(CodesError::Unfinished(hundredths)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> String {
        // Nothing that packing could shorten.
        let noise =
            std::iter::successors(Some(1u32), |last| Some(last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)));
        let claims: String = noise.map(|value| char::from(b'A' + (value >> 24) as u8 % 26)).take(4000).collect();
        format!("e30.{claims}.{}", "A".repeat(86))
    }

    #[test]
    fn the_picture_shows_each_code_with_its_quiet_zone() {
        let picture = picture(&token()).unwrap();
        let mut decoder = gif::DecodeOptions::new().read_info(picture.as_slice()).unwrap();
        let codes = moving_code::codes(&token()).unwrap();
        let side = usize::from(decoder.width());
        let mut shown = 0;
        while let Some(frame) = decoder.read_next_frame().unwrap() {
            assert_eq!(frame.delay, SHOWN);
            let code = &codes[shown];
            let middle = |module: usize| (module + QUIET) * SCALE + SCALE / 2;
            let dark = |row, column| frame.buffer[middle(row) * side + middle(column)] == 1;
            assert!((0..code.side * code.side).all(|at| dark(at / code.side, at % code.side) == code.dark[at]));
            assert!(frame.buffer[..side * QUIET * SCALE].iter().all(|pixel| *pixel == 0), "nothing but light around");
            shown += 1;
        }
        assert_eq!(shown, codes.len());
    }

    #[test]
    fn a_request_is_read_as_a_file_or_as_scanned_lines() {
        let token = token();
        assert_eq!(unread(&token).unwrap(), token);
        let lines: Vec<String> = moving_code::codes(&token).unwrap().into_iter().map(|code| code.text).collect();
        assert_eq!(unread(&lines[3..].join("\r\n")).unwrap(), token);
        assert!(matches!(unread(&lines[..2].join("\n")), Err(CodesError::Unfinished(1..=99))));
        // A reader that types small letters reads the same.
        assert_eq!(unread(&lines.join("\n").to_ascii_lowercase()).unwrap(), token);
    }
}
