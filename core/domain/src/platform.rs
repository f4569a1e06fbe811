//! What the platform owns and the core asks for: the time and the keys. The card's radio link is in `homon-card`.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The time. Everything takes it from here, so that a scenario can stand on any day of a contract.
///
/// A tablet's clock can be wrong by years: order comes from the audit chain, never from these instants.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The name of one wrapping key in a vault: `desk`, `visit/<visit id>/<part>`, `roster/<roster id>` or
/// `message/<mail number>`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyAlias(pub String);

impl fmt::Display for KeyAlias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What guards the keys of a vault.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VaultKind {
    /// A secure element or trusted execution environment: keys cannot be read out.
    Hardware,
    /// A file: for desks, training and tests. It refuses a real programme.
    Software,
}

/// Why a vault could not do what was asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum VaultError {
    /// No key of that alias exists: destroyed, or the key store was emptied.
    #[error("the key does not exist")]
    KeyMissing,
    /// The bytes were not wrapped by this key, or were changed.
    #[error("the wrapped key was not made by this vault or has been changed")]
    Rejected,
    /// The key store does not answer now; trying again later may help.
    #[error("the key store is not available")]
    Unavailable,
    /// The key store has no room for what it was to keep. Free some and do the same again.
    #[error("the key store has no room left")]
    Full,
}

/// The platform's key store: Android's Keystore, Apple's Secure Enclave, or a software vault that says what it is.
///
/// Wrapping keys are never bound to biometrics or the lock screen: such keys die when it is changed, and an unsent
/// visit with them. The staff PIN guards instead.
pub trait KeyVault: Send + Sync {
    /// What guards the keys.
    fn kind(&self) -> VaultKind;

    /// Makes the wrapping key `alias`; does nothing when it exists.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`], [`VaultError::Full`].
    fn create(&self, alias: &KeyAlias) -> Result<(), VaultError>;

    /// Encrypts a short secret under `alias`, with authentication.
    ///
    /// # Errors
    /// [`VaultError::KeyMissing`], [`VaultError::Unavailable`].
    fn wrap(&self, alias: &KeyAlias, secret: &[u8]) -> Result<Vec<u8>, VaultError>;

    /// Decrypts what [`KeyVault::wrap`] gave.
    ///
    /// # Errors
    /// Any [`VaultError`].
    fn unwrap(&self, alias: &KeyAlias, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError>;

    /// Destroys the wrapping key, as far as the platform's key store deletes. Does nothing when there is none.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    fn destroy(&self, alias: &KeyAlias) -> Result<(), VaultError>;

    /// Whether a key of that alias exists.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    fn contains(&self, alias: &KeyAlias) -> Result<bool, VaultError>;

    /// The device's P-256 public key as an uncompressed SEC 1 point (65 bytes, first byte 4). Made at first use.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`], [`VaultError::Full`].
    fn device_public_key(&self) -> Result<Vec<u8>, VaultError>;

    /// An ECDSA signature over SHA-256 of `message` with the device's P-256 key, in ASN.1 DER, as TLS wants it.
    ///
    /// # Errors
    /// [`VaultError::KeyMissing`], [`VaultError::Unavailable`].
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, VaultError>;
}
