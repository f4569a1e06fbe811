//! The header of an age file. The `age` crate makes it and takes it in; this looks at it before, and keeps the file key
//! for the payload behind it.
//!
//! The crate reads a header of any length into memory, and still accepts a form of stanza from before the
//! specification, whose body lacks its last short line. Neither is for files that come from elsewhere.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::io::{self, Read};

use age::{DecryptError, Decryptor, EncryptError, Encryptor};
use age_core::format::{FileKey, Stanza};
use age_core::secrecy::ExposeSecret;

use crate::recipients::{Identity, Recipients};
use crate::stream::{PayloadKey, STREAM_NONCE};

/// The longest header that is read, in bytes: room for some thirty hybrid recipients.
pub(crate) const MAX_HEADER: usize = 64 << 10;

/// A line of a stanza's body; the last one is shorter, if need be empty.
const FULL_LINE: usize = 64;

/// Whether `head` holds a whole header in which every stanza ends as the specification says. `head` is the file, or its
/// first [`MAX_HEADER`] bytes.
pub(crate) fn is_whole(head: &[u8]) -> bool {
    length(head).is_some()
}

/// The length of that header.
fn length(head: &[u8]) -> Option<usize> {
    let mut in_body = false;
    let mut length = 0;
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        length += line.len();
        let line = line.strip_suffix(b"\n")?;
        if line.starts_with(b"--- ") {
            return (!in_body).then_some(length);
        }
        if line.starts_with(b"-> ") {
            if in_body {
                return None;
            }
            in_body = true;
        } else if line.len() < FULL_LINE {
            in_body = false;
        }
    }
    None
}

/// What an age file to these recipients begins with, the nonce of its payload included, and the key of what follows.
pub(crate) fn make(recipients: &Recipients) -> Result<(Vec<u8>, PayloadKey), EncryptError> {
    let kept = OnceCell::new();
    let keeping: Vec<_> = recipients.as_age().map(|inner| Keeping { inner, kept: &kept }).collect();
    let encryptor = Encryptor::with_recipients(keeping.iter().map(|recipient| recipient as _))?;
    let mut head = Vec::new();
    drop(encryptor.wrap_output(&mut head)?);
    let file_key = kept.get().ok_or(EncryptError::MissingRecipients)?;
    let nonce = head.last_chunk().ok_or(io::Error::from(io::ErrorKind::UnexpectedEof))?;
    let key = PayloadKey::derive(file_key, nonce);
    Ok((head, key))
}

/// Reads a file up to its payload and proves the header. Answers where the payload begins, and its key.
pub(crate) fn read(file: &mut impl Read, identities: &[Identity]) -> Result<(u64, PayloadKey), DecryptError> {
    let mut head = Vec::new();
    file.take((MAX_HEADER + STREAM_NONCE) as u64).read_to_end(&mut head)?;
    let header = length(&head[..head.len().min(MAX_HEADER)]).ok_or(DecryptError::InvalidHeader)?;
    let nonce = head[header..].first_chunk().ok_or(DecryptError::InvalidHeader)?;
    let kept = OnceCell::new();
    let keeping: Vec<_> = identities.iter().map(|inner| Keeping { inner, kept: &kept }).collect();
    Decryptor::new_buffered(&head[..])?.decrypt(keeping.iter().map(|identity| identity as _))?;
    let file_key = kept.get().ok_or(DecryptError::NoMatchingKeys)?;
    Ok(((header + STREAM_NONCE) as u64, PayloadKey::derive(file_key, nonce)))
}

/// One of the age crate's keys that also keeps the file key which passes through it.
struct Keeping<'a, Key: ?Sized> {
    inner: &'a Key,
    kept: &'a OnceCell<FileKey>,
}

impl<Key: ?Sized> Keeping<'_, Key> {
    fn keep(&self, file_key: &FileKey) {
        self.kept.get_or_init(|| FileKey::init_with_mut(|copy| copy.copy_from_slice(file_key.expose_secret())));
    }
}

impl age::Recipient for Keeping<'_, dyn age::Recipient + '_> {
    fn wrap_file_key(&self, file_key: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        self.keep(file_key);
        self.inner.wrap_file_key(file_key)
    }
}

impl age::Identity for Keeping<'_, Identity> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        let unwrapped = self.inner.unwrap_stanza(stanza)?;
        Some(unwrapped.inspect(|file_key| self.keep(file_key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_ends_and_so_does_each_stanza() {
        let full = "A".repeat(64);
        for (right, rest) in [
            ("age-encryption.org/v1\n-> a b\nAAAA\n--- mac\n".to_owned(), "binary"),
            (format!("age-encryption.org/v1\n-> a\n{full}\n\n-> b\n{full}\nAA\n--- mac\n"), "--- \n"),
            ("age-encryption.org/v1\n-> a\n\n--- mac\n".to_owned(), ""),
        ] {
            assert_eq!(length(format!("{right}{rest}").as_bytes()), Some(right.len()), "{right}");
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
