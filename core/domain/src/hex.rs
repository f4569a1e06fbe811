//! Lower-case hexadecimal.

use std::fmt::Write;

/// Two characters a byte.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    push(&mut text, bytes);
    text
}

/// Appends two characters a byte; does not reallocate where the capacity suffices.
pub fn push(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
    }
}

/// `None` unless the text is 64 lower-case hexadecimal digits.
#[must_use]
pub fn decode_32(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_in_one_spelling() {
        let bytes: [u8; 32] = std::array::from_fn(|index| u8::try_from(index * 8).unwrap());
        let text = encode(&bytes);
        assert_eq!(decode_32(&text), Some(bytes));
        for wrong in
            [text.to_uppercase(), text[2..].to_owned(), text.replacen('0', "+", 1), text.replacen("00", "あ", 1)]
        {
            assert_eq!(decode_32(&wrong), None);
        }
    }
}
