//! The two encodings of tables in a Japanese office: UTF-8, and CP932, which Excel writes and older programs expect.

use std::borrow::Cow;

use encoding_rs::SHIFT_JIS;

/// Without it Excel reads a CSV file as CP932.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// How the characters of a table are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Encoding {
    /// UTF-8 with a byte order mark: holds every name.
    #[default]
    Utf8,
    /// CP932 (Shift_JIS as Windows has it): lacks variation sequences and many characters of names.
    Cp932,
}

impl Encoding {
    /// What stands before the first character.
    pub(crate) fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 => BYTE_ORDER_MARK,
            Self::Cp932 => b"",
        }
    }

    /// The text in this encoding; `None` when it would not come back to the character.
    pub(crate) fn encode(self, text: &str) -> Option<Cow<'_, [u8]>> {
        match self {
            Self::Utf8 => Some(Cow::Borrowed(text.as_bytes())),
            Self::Cp932 => {
                let (bytes, _, lacking) = SHIFT_JIS.encode(text);
                // The web's encoder turns ¥ into a backslash and a minus sign into a full-width hyphen.
                let comes_back = !lacking && SHIFT_JIS.decode_without_bom_handling(&bytes).0 == text;
                comes_back.then_some(bytes)
            }
        }
    }
}

/// The text of a file that an office made, without its byte order mark: UTF-8, or else CP932. `None` when it is neither.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(_) => SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cp932_holds_what_windows_has_and_nothing_else() {
        for held in ["見本 花子", "髙﨑", "①㈱", "\u{fa11}", "ﾐﾎﾝ", "～", "表ソ\\"] {
            let bytes = Encoding::Cp932.encode(held).unwrap_or_else(|| panic!("{held}"));
            assert_eq!(decode(&bytes).unwrap(), held);
        }
        for lacking in ["\u{20bb7}", "葛\u{e0100}", "¥", "‾", "\u{2212}", "\u{301c}", "한", "é"] {
            assert_eq!(Encoding::Cp932.encode(lacking), None, "{lacking}");
        }
    }

    #[test]
    fn a_file_is_read_with_and_without_its_mark() {
        for bytes in ["見本".as_bytes(), "\u{feff}見本".as_bytes(), b"\x8c\xa9\x96\x7b"] {
            assert_eq!(decode(bytes).unwrap(), "見本");
        }
        assert_eq!(decode(b"\x8c\xa9\x96"), None);
        assert_eq!(decode(b"\xff\xfe\x8b\x89"), None, "UTF-16 is neither");
    }

    proptest! {
        #[test]
        fn what_cp932_holds_comes_back(text in "\\PC{0,30}|[ｦ-ﾟ一-龠ぁ-ヶ]{0,20}") {
            if let Some(bytes) = Encoding::Cp932.encode(&text) {
                let back = SHIFT_JIS.decode_without_bom_handling(&bytes).0;
                prop_assert_eq!(back, text.as_str());
            }
        }

        #[test]
        fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode(&bytes);
        }
    }
}
