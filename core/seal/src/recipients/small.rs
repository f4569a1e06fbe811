//! Short secrets, such as the key of a visit's file, each as one small age file in memory.

use std::io::{Read, Write};

use age::DecryptError;
use zeroize::Zeroizing;

use super::{Identity, Recipients};
use crate::header;

/// The most that [`decrypt_small`] gives, in bytes.
const SMALL_BYTES: u64 = 64 << 10;

/// Why a short secret could not be encrypted or decrypted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SmallError {
    /// It is longer than 64 KiB; of mail, longer than a token can be.
    #[error("too long to be read into memory")]
    TooLong,
    /// None of the identities is among the recipients.
    #[error("not encrypted to any of these keys")]
    NotForUs,
    /// The bytes are not an age file, or were changed.
    #[error("damaged, or not an age file")]
    Damaged,
}

/// Encrypts a short secret (at most 64 KiB), such as the key of a visit's file, as one age file.
///
/// # Errors
/// [`SmallError::TooLong`].
pub fn encrypt_small(recipients: &Recipients, secret: &[u8]) -> Result<Vec<u8>, SmallError> {
    if secret.len() as u64 > SMALL_BYTES { Err(SmallError::TooLong) } else { Ok(encrypt_in_memory(recipients, secret)) }
}

/// Encrypts as one age file, whatever the length.
pub(crate) fn encrypt_in_memory(recipients: &Recipients, plain: &[u8]) -> Vec<u8> {
    let write = || -> Result<Vec<u8>, age::EncryptError> {
        let mut writer = recipients.encryptor()?.wrap_output(Vec::new())?;
        writer.write_all(plain)?;
        Ok(writer.finish()?)
    };
    write().expect("recipients of one kind, and a writer that cannot fail")
}

/// Decrypts what [`encrypt_small`] gave, or any age file as short.
///
/// # Errors
/// Any [`SmallError`].
pub fn decrypt_small(identities: &[Identity], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SmallError> {
    decrypt_in_memory(identities, sealed, SMALL_BYTES)
}

/// Decrypts an age file that holds at most `limit` bytes.
pub(crate) fn decrypt_in_memory(
    identities: &[Identity],
    sealed: &[u8],
    limit: u64,
) -> Result<Zeroizing<Vec<u8>>, SmallError> {
    if !header::is_whole(&sealed[..sealed.len().min(header::MAX_HEADER)]) {
        return Err(SmallError::Damaged);
    }
    let decryptor = age::Decryptor::new_buffered(sealed).map_err(|_| SmallError::Damaged)?;
    let reader = decryptor.decrypt(identities.iter().map(|identity| identity as _)).map_err(|error| match error {
        DecryptError::NoMatchingKeys => SmallError::NotForUs,
        _ => SmallError::Damaged,
    })?;
    // Reserved at once, so that no half-grown copy of the secret is left behind on the heap.
    let most = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
    let mut secret = Zeroizing::new(Vec::with_capacity(sealed.len().min(most)));
    reader.take(limit.saturating_add(1)).read_to_end(&mut secret).map_err(|_| SmallError::Damaged)?;
    if secret.len() as u64 > limit { Err(SmallError::TooLong) } else { Ok(secret) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipients::RecipientKind;

    #[test]
    fn short_secrets_come_back_to_each_recipient_only() {
        for kind in [RecipientKind::Hybrid, RecipientKind::X25519] {
            let (work, recovery, stranger) = (Identity::make(kind), Identity::make(kind), Identity::make(kind));
            let to = Recipients::new(vec![work.recipient(), recovery.recipient()]).unwrap();
            let sealed = encrypt_small(&to, b"a key").unwrap();
            for identity in [&work, &recovery] {
                let opened = decrypt_small(std::slice::from_ref(identity), &sealed).unwrap();
                assert_eq!(opened.as_slice(), b"a key");
            }
            assert_eq!(decrypt_small(&[stranger], &sealed).unwrap_err(), SmallError::NotForUs);
            let mut damaged = sealed.clone();
            *damaged.last_mut().unwrap() ^= 1;
            assert_eq!(decrypt_small(std::slice::from_ref(&work), &damaged).unwrap_err(), SmallError::Damaged);
            let cut = &sealed[..sealed.len() - 1];
            assert_eq!(decrypt_small(std::slice::from_ref(&work), cut).unwrap_err(), SmallError::Damaged);
            assert_eq!(decrypt_small(&[work], b"no age file").unwrap_err(), SmallError::Damaged);
        }
    }

    #[test]
    fn a_short_secret_has_a_limit() {
        let identity = Identity::make_hybrid();
        let to = Recipients::new(vec![identity.recipient()]).unwrap();
        let largest = vec![1; 64 << 10];
        let sealed = encrypt_small(&to, &largest).unwrap();
        assert_eq!(*decrypt_small(&[identity], &sealed).unwrap(), largest);
        assert_eq!(encrypt_small(&to, &vec![1; (64 << 10) + 1]).unwrap_err(), SmallError::TooLong);
    }

    #[test]
    fn no_more_is_read_than_was_asked_for() {
        let identity = Identity::make_x25519();
        let sealed = encrypt_in_memory(&Recipients::new(vec![identity.recipient()]).unwrap(), b"12345");
        let decrypt = |limit| decrypt_in_memory(std::slice::from_ref(&identity), &sealed, limit);
        assert_eq!(decrypt(5).unwrap().as_slice(), b"12345");
        assert_eq!(decrypt(4).unwrap_err(), SmallError::TooLong);
    }
}
