//! AES-256-GCM under a random nonce, for short secrets. A blob is nonce (12 bytes), ciphertext, tag (16 bytes).

use std::io;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

/// Fills the buffer with bytes that nobody can guess.
pub(crate) fn fill_random(bytes: &mut [u8]) -> io::Result<()> {
    SystemRandom::new().fill(bytes).map_err(|_| io::Error::other("no randomness"))
}

/// Encrypts `secret`; `context` must be given again to open it.
pub(crate) fn seal(key: &[u8; 32], context: &[u8], secret: &[u8]) -> io::Result<Vec<u8>> {
    let mut nonce = [0; NONCE_LEN];
    fill_random(&mut nonce)?;
    let mut blob = Vec::with_capacity(NONCE_LEN + secret.len() + AES_256_GCM.tag_len());
    blob.extend_from_slice(&nonce);
    blob.extend_from_slice(secret);
    let tag = cipher(key)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut blob[NONCE_LEN..])
        .expect("AES-GCM seals short inputs");
    blob.extend_from_slice(tag.as_ref());
    Ok(blob)
}

/// Decrypts what [`seal`] gave; `None` when key, context or blob are not those.
pub(crate) fn open(key: &[u8; 32], context: &[u8], blob: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = blob.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut buffer = Zeroizing::new(sealed.to_vec());
    let length = cipher(key).open_in_place(nonce, Aad::from(context), &mut buffer).ok()?.len();
    buffer.truncate(length);
    Some(buffer)
}

fn cipher(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("AES-256 takes 32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_and_context_open_it() {
        let blob = seal(&[1; 32], b"context", b"secret").unwrap();
        assert_eq!(open(&[1; 32], b"context", &blob).unwrap().as_slice(), b"secret");
        assert!(open(&[2; 32], b"context", &blob).is_none());
        assert!(open(&[1; 32], b"another", &blob).is_none());
        assert!(open(&[1; 32], b"context", &blob[..blob.len() - 1]).is_none());
        assert!(open(&[1; 32], b"context", &[]).is_none());
        assert_ne!(blob, seal(&[1; 32], b"context", b"secret").unwrap());
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let blob = seal(&[1; 32], b"context", b"secret").unwrap();
        for bit in 0..blob.len() * 8 {
            let mut changed = blob.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&[1; 32], b"context", &changed).is_none(), "{bit}");
        }
    }
}
