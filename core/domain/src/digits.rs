//! Reading digits as people type and paste them.

/// What people put between digits: blanks and everything that looks like a hyphen.
pub(crate) fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{3000}' | '\u{A0}' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' | '\u{30FC}' | '\u{FF70}'
    )
}

/// The ASCII digit that `c` stands for, full-width digits included.
pub(crate) fn ascii_digit(c: char) -> Option<u8> {
    match c {
        '0'..='9' => u8::try_from(c).ok(),
        '\u{FF10}'..='\u{FF19}' => u8::try_from(u32::from(c) - 0xFF10).ok().map(|value| b'0' + value),
        _ => None,
    }
}
