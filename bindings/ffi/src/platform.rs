//! What the platform owns: its key store and its clock. The shells implement these; here they become the core's traits.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use homon_app::Result;
use homon_app::model::{self, KeyAlias, SystemClock, VaultKind};
use uniffi::UnexpectedUniFFICallbackError;
use zeroize::Zeroizing;

/// Why a key vault could not do what was asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error, uniffi::Error)]
pub enum VaultError {
    /// No key of that alias exists: destroyed, or the key store was emptied.
    #[error("the key does not exist")]
    KeyMissing,
    /// The bytes were not wrapped by this key, or were changed.
    #[error("the wrapped key was not made by this vault or has been changed")]
    Rejected,
    /// The key store does not answer now; trying again later may help. Whatever else is thrown counts as this.
    #[error("the key store is not available")]
    Unavailable,
    /// The key store has no room for what it was to keep. Free some and do the same again.
    #[error("the key store has no room left")]
    Full,
}

impl From<UnexpectedUniFFICallbackError> for VaultError {
    fn from(_: UnexpectedUniFFICallbackError) -> Self {
        // Its reason is the text of an exception, which can quote anything.
        tracing::error!("the platform's key vault threw what it should not");
        Self::Unavailable
    }
}

impl From<VaultError> for model::VaultError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::KeyMissing => Self::KeyMissing,
            VaultError::Rejected => Self::Rejected,
            VaultError::Unavailable => Self::Unavailable,
            VaultError::Full => Self::Full,
        }
    }
}

impl From<model::VaultError> for VaultError {
    fn from(error: model::VaultError) -> Self {
        match error {
            model::VaultError::KeyMissing => Self::KeyMissing,
            model::VaultError::Rejected => Self::Rejected,
            model::VaultError::Unavailable => Self::Unavailable,
            model::VaultError::Full => Self::Full,
        }
    }
}

/// The platform's key store: Android's Keystore, Apple's Secure Enclave, or the software vault, which says what it is.
///
/// Called on the core's threads, never on the one that draws. Wrapping keys must not be bound to biometrics or the lock
/// screen: such keys die when it is changed, and an unsent visit with them. The staff PIN guards instead.
#[uniffi::export(with_foreign)]
pub trait KeyVault: Send + Sync {
    /// What guards the keys. A vault that fails to answer is taken for a software vault.
    ///
    /// # Errors
    /// `VaultError::Unavailable`.
    fn kind(&self) -> Result<VaultKind, VaultError>;

    /// Makes the wrapping key `alias`; does nothing when it exists.
    ///
    /// # Errors
    /// `VaultError::Unavailable`, `VaultError::Full`.
    fn create(&self, alias: KeyAlias) -> Result<(), VaultError>;

    /// Encrypts a short secret under `alias`, with authentication (AES-GCM or ECIES).
    ///
    /// # Errors
    /// `VaultError::KeyMissing`, `VaultError::Unavailable`.
    fn wrap(&self, alias: KeyAlias, secret: Vec<u8>) -> Result<Vec<u8>, VaultError>;

    /// Decrypts what `wrap` gave.
    ///
    /// # Errors
    /// Any `VaultError`.
    fn unwrap(&self, alias: KeyAlias, wrapped: Vec<u8>) -> Result<Vec<u8>, VaultError>;

    /// Destroys the wrapping key, as far as the platform's key store deletes. Does nothing when there is none.
    ///
    /// # Errors
    /// `VaultError::Unavailable`.
    fn destroy(&self, alias: KeyAlias) -> Result<(), VaultError>;

    /// Whether a key of that alias exists.
    ///
    /// # Errors
    /// `VaultError::Unavailable`.
    fn contains(&self, alias: KeyAlias) -> Result<bool, VaultError>;

    /// The device's P-256 public key as an uncompressed SEC 1 point (65 bytes, first byte 4). Made at first use.
    ///
    /// # Errors
    /// `VaultError::Unavailable`, `VaultError::Full`.
    fn device_public_key(&self) -> Result<Vec<u8>, VaultError>;

    /// An ECDSA signature over SHA-256 of `message` with the device's P-256 key, in ASN.1 DER.
    ///
    /// # Errors
    /// `VaultError::KeyMissing`, `VaultError::Unavailable`.
    fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>, VaultError>;
}

/// A vault in files, for desks, training and tests. It says what it is, and a tablet with it refuses a programme in force.
///
/// # Errors
/// `HomonError::StorageFull`; `Refusal::DeviceFails`.
#[uniffi::export]
pub fn software_vault(folder: String) -> Result<Arc<dyn KeyVault>> {
    crate::guarded(|| {
        Ok(Arc::new(SoftwareVault(homon_app::SoftwareVault::open(Path::new(&folder))?)) as Arc<dyn KeyVault>)
    })
}

struct SoftwareVault(homon_app::SoftwareVault);

impl KeyVault for SoftwareVault {
    fn kind(&self) -> Result<VaultKind, VaultError> {
        Ok(model::KeyVault::kind(&self.0))
    }

    fn create(&self, alias: KeyAlias) -> Result<(), VaultError> {
        Ok(model::KeyVault::create(&self.0, &alias)?)
    }

    fn wrap(&self, alias: KeyAlias, secret: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        Ok(model::KeyVault::wrap(&self.0, &alias, &Zeroizing::new(secret))?)
    }

    fn unwrap(&self, alias: KeyAlias, wrapped: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        Ok(model::KeyVault::unwrap(&self.0, &alias, &wrapped)?.to_vec())
    }

    fn destroy(&self, alias: KeyAlias) -> Result<(), VaultError> {
        Ok(model::KeyVault::destroy(&self.0, &alias)?)
    }

    fn contains(&self, alias: KeyAlias) -> Result<bool, VaultError> {
        Ok(model::KeyVault::contains(&self.0, &alias)?)
    }

    fn device_public_key(&self) -> Result<Vec<u8>, VaultError> {
        Ok(model::KeyVault::device_public_key(&self.0)?)
    }

    fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        Ok(model::KeyVault::sign(&self.0, &message)?)
    }
}

/// The platform's vault as the core asks for it.
pub(crate) struct PlatformVault(pub(crate) Arc<dyn KeyVault>);

impl model::KeyVault for PlatformVault {
    fn kind(&self) -> VaultKind {
        // In doubt the weaker: a real programme is refused then.
        self.0.kind().unwrap_or(VaultKind::Software)
    }

    fn create(&self, alias: &KeyAlias) -> Result<(), model::VaultError> {
        Ok(self.0.create(alias.clone())?)
    }

    fn wrap(&self, alias: &KeyAlias, secret: &[u8]) -> Result<Vec<u8>, model::VaultError> {
        Ok(self.0.wrap(alias.clone(), secret.to_vec())?)
    }

    fn unwrap(&self, alias: &KeyAlias, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, model::VaultError> {
        Ok(Zeroizing::new(self.0.unwrap(alias.clone(), wrapped.to_vec())?))
    }

    fn destroy(&self, alias: &KeyAlias) -> Result<(), model::VaultError> {
        Ok(self.0.destroy(alias.clone())?)
    }

    fn contains(&self, alias: &KeyAlias) -> Result<bool, model::VaultError> {
        Ok(self.0.contains(alias.clone())?)
    }

    fn device_public_key(&self) -> Result<Vec<u8>, model::VaultError> {
        Ok(self.0.device_public_key()?)
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, model::VaultError> {
        Ok(self.0.sign(message.to_vec())?)
    }
}

/// A callback of the shell that failed. Nothing depends on it, and the core goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error, uniffi::Error)]
pub enum CallbackError {
    /// It threw.
    #[error("the callback failed")]
    Failed,
}

impl From<UnexpectedUniFFICallbackError> for CallbackError {
    fn from(_: UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// The time. For training, demonstration and tests, which stand on a day of their own; an app takes the tablet's.
#[uniffi::export(with_foreign)]
pub trait Clock: Send + Sync {
    /// The present instant.
    ///
    /// # Errors
    /// `CallbackError`; the tablet's clock is asked then.
    fn now(&self) -> Result<DateTime<Utc>, CallbackError>;
}

/// The platform's clock as the core asks for it.
pub(crate) struct PlatformClock(pub(crate) Option<Arc<dyn Clock>>);

impl model::Clock for PlatformClock {
    fn now(&self) -> DateTime<Utc> {
        let given = self.0.as_ref().and_then(|clock| clock.now().ok());
        given.unwrap_or_else(|| model::Clock::now(&SystemClock))
    }
}

/// The models of faces, as they are packed into the app: the files by content.
#[derive(Clone, uniffi::Record)]
pub struct PhotoModels {
    /// `face_detection_short_range.tflite`.
    pub detector: Vec<u8>,
    /// `face_landmark.tflite`.
    pub landmarks: Vec<u8>,
    /// `selfie_segmentation.tflite`.
    pub segmentation: Vec<u8>,
    /// `seeta_fd_frontal_v1.0.bin`, the second detector for photos of an activity.
    pub frontal: Vec<u8>,
}

impl From<PhotoModels> for homon_app::PhotoModels {
    fn from(models: PhotoModels) -> Self {
        let PhotoModels { detector, landmarks, segmentation, frontal } = models;
        Self {
            detector: detector.into(),
            landmarks: landmarks.into(),
            segmentation: segmentation.into(),
            frontal: frontal.into(),
        }
    }
}
