//! Which device is calling: only its client certificate says so.

use homon_domain::ids::DeviceId;
use homon_seal::Sha256Digest;
pub use homon_seal::{device_of_certificate, device_uri};
use rustls::pki_types::CertificateDer;

use super::problem::Problem;
use super::registry::{DeviceRecord, RegistryError};
use super::store::Store;

/// The client certificate of a connection, which the handshake has verified against the city's CA.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    device: Option<DeviceId>,
    certificate_sha256: Sha256Digest,
}

impl Peer {
    pub(super) fn new(certificate: &CertificateDer<'_>) -> Self {
        Self { device: device_of_certificate(certificate), certificate_sha256: Sha256Digest::of(certificate) }
    }

    /// The device that the certificate names, admitted or not.
    pub(super) fn device(&self) -> Option<DeviceId> {
        self.device
    }

    /// The device, if the registry knows this very certificate and has not revoked it.
    pub(super) async fn admit(&self, store: &Store) -> Result<DeviceId, Problem> {
        let device = self.device.ok_or(Problem::UnknownDevice)?;
        match DeviceRecord::find(store, device).await {
            Ok(record) if !record.admits(self.certificate_sha256) => Err(Problem::UnknownDevice),
            Ok(DeviceRecord { revoked_at: Some(_), .. }) => Err(Problem::Revoked),
            Ok(_) => Ok(device),
            Err(RegistryError::NotEnrolled) => Err(Problem::UnknownDevice),
            Err(error) => {
                tracing::error!(%error, "the registry failed");
                Err(Problem::Internal)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use homon_seal::SigningKey;
    use rcgen::string::Ia5String;
    use rcgen::{CertificateParams, KeyPair, SanType};

    use super::*;
    use crate::intake::registry::Registry;
    use crate::intake::store::StorePlace;

    fn certificate(uris: &[String]) -> CertificateDer<'static> {
        let mut params = CertificateParams::default();
        params.subject_alt_names =
            uris.iter().map(|uri| SanType::URI(Ia5String::try_from(uri.as_str()).unwrap())).collect();
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().into()
    }

    #[test]
    fn a_certificate_names_exactly_one_device() {
        let (one, other) = (DeviceId::make(), DeviceId::make());
        let named = |uris: &[String]| device_of_certificate(&certificate(uris));
        assert_eq!(named(&[device_uri(one)]), Some(one));
        assert_eq!(named(&["https://city.example/".to_owned(), device_uri(one)]), Some(one));
        assert_eq!(named(&[]), None);
        assert_eq!(named(&[device_uri(one), device_uri(other)]), None);
        assert_eq!(named(&["urn:uuid:../x".to_owned()]), None);
        assert_eq!(device_of_certificate(b"no certificate"), None);
    }

    #[tokio::test]
    async fn only_the_enrolled_certificate_is_admitted() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at_folder(folder.path()).unwrap();
        let registry = Registry::new(StorePlace::Folder(folder.path().to_owned()));
        let device = DeviceId::make();
        let (enrolled, former) = (certificate(&[device_uri(device)]), certificate(&[device_uri(device)]));
        assert_eq!(Peer::new(&enrolled).admit(&store).await, Err(Problem::UnknownDevice));
        let record = DeviceRecord {
            device,
            certificate_sha256: Sha256Digest::of(&enrolled),
            former_certificate_sha256: None,
            public_key: SigningKey::make().public_key(),
            enrolled_at: chrono::Utc::now(),
            revoked_at: None,
        };
        registry.write(&record).unwrap();
        assert_eq!(Peer::new(&enrolled).admit(&store).await, Ok(device));
        assert_eq!(Peer::new(&former).admit(&store).await, Err(Problem::UnknownDevice));
        assert_eq!(Peer::new(&certificate(&[])).admit(&store).await, Err(Problem::UnknownDevice));
        registry.revoke(device, chrono::Utc::now()).unwrap();
        assert_eq!(Peer::new(&enrolled).admit(&store).await, Err(Problem::Revoked));
    }
}
