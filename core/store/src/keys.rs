//! The key of one encrypted file.

use std::fmt;

use homon_domain::hex;
use homon_domain::platform::{KeyAlias, KeyVault, VaultError};
use zeroize::Zeroizing;

use crate::aead;
use crate::error::Error;

/// The random 256-bit key of one encrypted file. Wiped from memory when dropped.
#[derive(Clone)]
pub struct FileKey(Zeroizing<[u8; 32]>);

impl FileKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`Error::Io`] when the system gives no randomness.
    pub fn make() -> Result<Self, Error> {
        let mut key = Zeroizing::new([0; 32]);
        aead::fill_random(key.as_mut())?;
        Ok(Self(key))
    }

    /// A key that was made before, of exactly 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut key = Zeroizing::new([0; 32]);
        if bytes.len() != key.len() {
            return None;
        }
        key.copy_from_slice(bytes);
        Some(Self(key))
    }

    /// A key that `alias` wrapped.
    pub(crate) fn unwrapped(vault: &dyn KeyVault, alias: &KeyAlias, wrapped: &[u8]) -> Result<Self, VaultError> {
        Self::from_bytes(&vault.unwrap(alias, wrapped)?).ok_or(VaultError::Rejected)
    }

    /// The key itself, for wrapping it: to the vault, or to the city's recovery key.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The statement that gives a raw key to SQLCipher, which then derives nothing by PBKDF2.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        const BEFORE: &str = "PRAGMA key = \"x'";
        const AFTER: &str = "'\";";
        // Full capacity at once: a String that grows leaves copies behind.
        let mut text = Zeroizing::new(String::with_capacity(BEFORE.len() + 64 + AFTER.len()));
        text.push_str(BEFORE);
        hex::push(&mut text, self.0.as_ref());
        text.push_str(AFTER);
        text
    }
}

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_is_built_in_one_allocation_and_never_shown() {
        let key = FileKey::from_bytes(&[0xa5; 32]).unwrap();
        let pragma = key.pragma();
        assert_eq!(pragma.as_str(), format!("PRAGMA key = \"x'{}'\";", "a5".repeat(32)));
        assert_eq!(pragma.capacity(), pragma.len());
        assert_eq!(format!("{key:?}"), "FileKey(..)");
        assert!(FileKey::from_bytes(&[0; 31]).is_none());
    }
}
