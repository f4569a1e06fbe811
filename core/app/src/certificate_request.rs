//! The PKCS#10 request (RFC 2986) for the tablet's client certificate, signed by the key in the vault.

use std::sync::Arc;

use homon_domain::platform::KeyVault;
use rcgen::{
    CertificateParams, DistinguishedName, PKCS_ECDSA_P256_SHA256, PublicKeyData, SignatureAlgorithm, SigningKey,
};

use crate::error::{Error, Result};

/// The vault's key in the form in which rcgen asks for a key that cannot be read out.
struct VaultKey {
    vault: Arc<dyn KeyVault>,
    public_key: Vec<u8>,
}

impl PublicKeyData for VaultKey {
    fn der_bytes(&self) -> &[u8] {
        &self.public_key
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for VaultKey {
    fn sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, rcgen::Error> {
        self.vault.sign(message).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}

/// The request in PEM. It names nothing: the city decides what the certificate says.
pub(crate) fn certificate_request(vault: &Arc<dyn KeyVault>) -> Result<String> {
    let key = VaultKey { vault: Arc::clone(vault), public_key: vault.device_public_key()? };
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    let request = params.serialize_request(&key).map_err(Error::internal)?;
    request.pem().map_err(Error::internal)
}
