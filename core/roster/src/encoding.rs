//! The text of a file that does not say how it is encoded.
//!
//! A mark at the beginning decides; without one it is UTF-8 or CP932, which Excel in Japan saves as "CSV". UTF-8 is hard
//! to meet by chance, so it is tried first, and a heading in Japanese must be found before either is believed. Bytes
//! that are no character become U+FFFD, which no field takes: so the row is named, and nothing is lost silently.

use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

/// A text, and how it was read.
pub(crate) struct Decoded {
    pub(crate) encoding: &'static Encoding,
    pub(crate) text: String,
}

/// The texts that a file may be, the likeliest first.
pub(crate) fn decode(bytes: &[u8]) -> Vec<Decoded> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return vec![read_as(encoding, &bytes[mark..])];
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => vec![read_as(UTF_8, bytes)],
        Ok(_) => vec![read_as(UTF_8, bytes), read_as(SHIFT_JIS, bytes)],
        Err(_) => vec![read_as(SHIFT_JIS, bytes), read_as(UTF_8, bytes)],
    }
}

fn read_as(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Decoded { encoding, text: text.into_owned() }
}

/// The name by which people know an encoding.
pub(crate) fn name(encoding: &'static Encoding) -> &'static str {
    match encoding {
        _ if encoding == SHIFT_JIS => "CP932",
        _ if encoding == UTF_16LE || encoding == UTF_16BE => "UTF-16",
        _ => "UTF-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(bytes: &[u8]) -> (&'static str, String) {
        let decoded = decode(bytes).swap_remove(0);
        (name(decoded.encoding), decoded.text)
    }

    #[test]
    fn a_mark_decides_and_without_one_utf_8_or_cp932() {
        let text = "氏名,髙﨑①〜";
        let utf16 = |to: fn(u16) -> [u8; 2]| "\u{feff}氏名".encode_utf16().flat_map(to).collect::<Vec<u8>>();
        assert_eq!(first(text.as_bytes()), ("UTF-8", text.into()));
        assert_eq!(first(format!("\u{feff}{text}").as_bytes()), ("UTF-8", text.into()));
        assert_eq!(first(&utf16(u16::to_le_bytes)), ("UTF-16", "氏名".into()));
        assert_eq!(first(&utf16(u16::to_be_bytes)), ("UTF-16", "氏名".into()));
        // 髙 and 﨑 are of those that IBM and NEC added: CP932 has them, plain Shift_JIS does not.
        assert_eq!(first(b"\x8e\x81\x96\xbc,\xfb\xfc\xed\x95\x87\x40"), ("CP932", "氏名,髙﨑①".into()));
    }

    #[test]
    fn bytes_that_are_no_character_are_marked_where_they_stand() {
        assert_eq!(first(b"\x8e\x81\x96\xbc,\xff\xfe\n\x8e\x81").1, "氏名,\u{fffd}\u{fffd}\n氏");
        // A lead byte before a comma or a line feed does not eat it.
        assert_eq!(first(b"\x8e\x81,\x96,\x96\n").1, "氏,\u{fffd},\u{fffd}\n");
        assert_eq!(first(b"\xef\xbb\xbf\xe6\xb0,a").1, "\u{fffd},a");
    }
}
