//! A device's key as others want to have it: in a file.

use homon_domain::platform::{KeyAlias, KeyVault, VaultError, VaultKind};
use homon_seal::SigningKey;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use zeroize::Zeroizing;

/// Signs, and can do nothing else.
pub struct SigningVault(EcdsaKeyPair);

impl SigningVault {
    /// A vault around a key.
    ///
    /// # Errors
    /// When ring does not take the key.
    pub fn new(key: &SigningKey) -> crate::Result<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.to_pkcs8_der(), &SystemRandom::new());
        Ok(Self(pair.map_err(|refused| refused.to_string())?))
    }
}

impl KeyVault for SigningVault {
    fn kind(&self) -> VaultKind {
        VaultKind::Software
    }

    fn create(&self, _: &KeyAlias) -> Result<(), VaultError> {
        Err(VaultError::Unavailable)
    }

    fn wrap(&self, _: &KeyAlias, _: &[u8]) -> Result<Vec<u8>, VaultError> {
        Err(VaultError::Unavailable)
    }

    fn unwrap(&self, _: &KeyAlias, _: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        Err(VaultError::Unavailable)
    }

    fn destroy(&self, _: &KeyAlias) -> Result<(), VaultError> {
        Err(VaultError::Unavailable)
    }

    fn contains(&self, _: &KeyAlias) -> Result<bool, VaultError> {
        Err(VaultError::Unavailable)
    }

    fn device_public_key(&self) -> Result<Vec<u8>, VaultError> {
        Ok(self.0.public_key().as_ref().to_vec())
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, VaultError> {
        let signature = self.0.sign(&SystemRandom::new(), message).map_err(|_| VaultError::Unavailable)?;
        Ok(signature.as_ref().to_vec())
    }
}
