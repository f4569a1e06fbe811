//! Lower-case hexadecimal.

use std::fmt::Write;

/// Two characters a byte.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    push(&mut text, bytes);
    text
}

/// Appends two characters a byte; does not reallocate where the capacity suffices.
pub(crate) fn push(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_two_lower_case_digits() {
        assert_eq!(encode(&[0, 0x0a, 0xf0, 0xff]), "000af0ff");
    }
}
