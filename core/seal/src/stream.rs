//! The payload of an age file: STREAM, chunk by chunk (<https://c2sp.org/age#payload>).
//!
//! The `age` crate makes and reads headers; ring ciphers what follows them. Both ends of the stream are beside this file:
//! [`crate::sealing`] writes it, [`crate::plaintext`] reads it in any order and [`crate::pass`] from its beginning to its
//! end.

use age_core::format::FileKey;
use age_core::primitives::hkdf;
use age_core::secrecy::ExposeSecret;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// The length of every chunk but the last, which is no longer.
pub(crate) const CHUNK: usize = 64 << 10;
/// What a chunk grows by when it is sealed.
pub(crate) const TAG: usize = 16;
/// The length of every sealed chunk but the last.
pub(crate) const SEALED_CHUNK: usize = CHUNK + TAG;
/// The length of the nonce between the header and the first chunk, from which the payload's key is derived.
pub(crate) const STREAM_NONCE: usize = 16;

/// Where a chunk stands. No two chunks of a file have the same place, so no nonce is used twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// How many chunks are before it.
    pub(crate) index: u64,
    /// Whether none is after it.
    pub(crate) last: bool,
}

impl Place {
    /// Eleven bytes of counter, of which eight are in use, and one that says whether it is the last.
    fn nonce(self) -> Nonce {
        let mut nonce = [0; NONCE_LEN];
        nonce[3..11].copy_from_slice(&self.index.to_be_bytes());
        nonce[11] = self.last.into();
        Nonce::assume_unique_for_key(nonce)
    }
}

/// The bytes of a chunk were changed, or stand in another place than where they were sealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Changed;

/// The key of one file's payload.
pub(crate) struct PayloadKey(LessSafeKey);

impl PayloadKey {
    pub(crate) fn derive(file_key: &FileKey, nonce: &[u8; STREAM_NONCE]) -> Self {
        let key = Zeroizing::new(hkdf(nonce, b"payload", file_key.expose_secret()));
        Self(LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &*key).expect("a key of 32 bytes")))
    }

    /// Seals the chunk that begins at `from` and ends with the buffer, and appends its tag.
    pub(crate) fn seal(&self, place: Place, buffer: &mut Vec<u8>, from: usize) {
        let tag = self.0.seal_in_place_separate_tag(place.nonce(), Aad::empty(), &mut buffer[from..]);
        buffer.extend_from_slice(tag.expect("a chunk is shorter than what one nonce allows").as_ref());
    }

    /// Opens a sealed chunk where it lies; its content is the beginning of it.
    pub(crate) fn open<'a>(&self, place: Place, sealed: &'a mut [u8]) -> Result<&'a [u8], Changed> {
        let opened = self.0.open_in_place(place.nonce(), Aad::empty(), sealed);
        opened.map(|content| &*content).map_err(|_| Changed)
    }
}

/// How a payload is cut into chunks, as its length alone says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Chunks {
    sealed_bytes: u64,
}

impl Chunks {
    /// `None` when no payload has this length: it has at least one chunk, and the last is empty only where it is the
    /// only one.
    pub(crate) fn of(sealed_bytes: u64) -> Option<Self> {
        let chunks = Self { sealed_bytes };
        let last = sealed_bytes.checked_sub(1)? % SEALED_CHUNK as u64 + 1;
        let least = if chunks.count() == 1 { TAG } else { TAG + 1 };
        (last >= least as u64).then_some(chunks)
    }

    /// How many there are.
    pub(crate) fn count(self) -> u64 {
        self.sealed_bytes.div_ceil(SEALED_CHUNK as u64)
    }

    /// The length of all of them.
    pub(crate) fn sealed_bytes(self) -> u64 {
        self.sealed_bytes
    }

    /// The length of one of them.
    pub(crate) fn sealed_bytes_of(self, index: u64) -> u64 {
        (self.sealed_bytes - index * SEALED_CHUNK as u64).min(SEALED_CHUNK as u64)
    }

    /// The length of what was sealed.
    pub(crate) fn content_bytes(self) -> u64 {
        self.sealed_bytes - self.count() * TAG as u64
    }

    pub(crate) fn place(self, index: u64) -> Place {
        Place { index, last: index + 1 == self.count() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> PayloadKey {
        PayloadKey::derive(&FileKey::new(Box::new([1; 16])), &[2; STREAM_NONCE])
    }

    #[test]
    fn a_chunk_opens_only_where_it_was_sealed() {
        let place = Place { index: 3, last: false };
        let mut buffer = b"before, chunk".to_vec();
        key().seal(place, &mut buffer, 8);
        assert!(buffer.starts_with(b"before, "));
        let sealed = &buffer[8..];
        assert_eq!(key().open(place, &mut sealed.to_vec()), Ok(b"chunk".as_slice()));
        for other in [Place { index: 2, ..place }, Place { index: 4, ..place }, Place { last: true, ..place }] {
            assert_eq!(key().open(other, &mut sealed.to_vec()), Err(Changed));
        }
        assert_eq!(key().open(place, &mut sealed[1..].to_vec()), Err(Changed));
        assert_eq!(key().open(place, &mut []), Err(Changed));
    }

    #[test]
    fn a_payload_is_cut_as_its_length_says() {
        let (tag, chunk) = (TAG as u64, SEALED_CHUNK as u64);
        for (bytes, count, content) in [
            (tag, 1, 0),
            (tag + 1, 1, 1),
            (chunk, 1, CHUNK as u64),
            (chunk + tag + 1, 2, CHUNK as u64 + 1),
            (2 * chunk, 2, 2 * CHUNK as u64),
        ] {
            let chunks = Chunks::of(bytes).unwrap();
            assert_eq!((chunks.count(), chunks.content_bytes()), (count, content), "{bytes}");
            assert!(chunks.place(count - 1).last && (count == 1 || !chunks.place(0).last), "{bytes}");
        }
        for no_payload in [0, 1, tag - 1, chunk + 1, chunk + tag, 2 * chunk + tag] {
            assert_eq!(Chunks::of(no_payload), None, "{no_payload}");
        }
    }
}
