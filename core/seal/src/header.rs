//! A look at the header of an age file before the age reader takes it in.
//!
//! The `age` crate reads a header of any length into memory, and still accepts a form of stanza from before the
//! specification, whose body lacks its last short line. Neither is for files that come from elsewhere.

/// The longest header that is read, in bytes: room for some thirty hybrid recipients.
pub(crate) const MAX_HEADER: usize = 64 << 10;

/// A line of a stanza's body; the last one is shorter, if need be empty.
const FULL_LINE: usize = 64;

/// Whether `head` holds a whole header in which every stanza ends as the specification says. `head` is the file, or its
/// first [`MAX_HEADER`] bytes.
pub(crate) fn is_whole(head: &[u8]) -> bool {
    let mut in_body = false;
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        let Some(line) = line.strip_suffix(b"\n") else {
            return false;
        };
        if line.starts_with(b"--- ") {
            return !in_body;
        }
        if line.starts_with(b"-> ") {
            if in_body {
                return false;
            }
            in_body = true;
        } else if line.len() < FULL_LINE {
            in_body = false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_ends_and_so_does_each_stanza() {
        let full = "A".repeat(64);
        for right in [
            "age-encryption.org/v1\n-> a b\nAAAA\n--- mac\nbinary".to_owned(),
            format!("age-encryption.org/v1\n-> a\n{full}\n\n-> b\n{full}\nAA\n--- mac\n"),
            "age-encryption.org/v1\n-> a\n\n--- mac\n".to_owned(),
        ] {
            assert!(is_whole(right.as_bytes()), "{right}");
        }
        for wrong in [
            String::new(),
            "age-encryption.org/v1\n-> a\nAAAA\n--- mac".to_owned(),
            "age-encryption.org/v1\n-> a\nAAAA\n".to_owned(),
            "age-encryption.org/v1\n-> a\n--- mac\n".to_owned(),
            "age-encryption.org/v1\n-> a\n-> b\nAA\n--- mac\n".to_owned(),
            format!("age-encryption.org/v1\n-> a\n{full}\n--- mac\n"),
        ] {
            assert!(!is_whole(wrong.as_bytes()), "{wrong}");
        }
    }
}
