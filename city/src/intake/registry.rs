//! The devices that may upload: one small object each, in the intake's store.
//!
//! The desk's `enrol` writes them and `revoke` changes them; the intake reads one anew for every request, so that a
//! revocation works at once.

use std::io;
use std::sync::OnceLock;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use homon_domain::ids::DeviceId;
use homon_seal::{PublicKey, Sha256Digest};
use serde::{Deserialize, Serialize};

use super::layout;
use super::store::{Store, StoreError, StorePlace, wait};

/// One enrolled device.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeviceRecord {
    /// The device, as its client certificate names it.
    pub device: DeviceId,
    /// The digest of the client certificate's DER. Another certificate for the same device is not accepted.
    pub certificate_sha256: Sha256Digest,
    /// The digest of the certificate that this one has taken the place of, while the tablet may still have that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former_certificate_sha256: Option<Sha256Digest>,
    /// The device's key, which signs manifests too.
    pub public_key: PublicKey,
    /// The city's clock at enrolment.
    pub enrolled_at: DateTime<Utc>,
    /// Since when the device is refused, by the city's clock.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl DeviceRecord {
    /// Whether a certificate of this digest is the device's, or the one that it had before and may still have.
    pub(super) fn admits(&self, certificate_sha256: Sha256Digest) -> bool {
        self.certificate_sha256 == certificate_sha256 || self.former_certificate_sha256 == Some(certificate_sha256)
    }

    /// Reads one device from the store.
    pub(super) async fn find(store: &Store, device: DeviceId) -> Result<Self, RegistryError> {
        let bytes = store.read(&layout::device(device)).await?.ok_or(RegistryError::NotEnrolled)?;
        match serde_json::from_slice::<Self>(&bytes) {
            Ok(record) if record.device == device => Ok(record),
            _ => Err(RegistryError::Damaged(device)),
        }
    }
}

/// Why the registry could not answer.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// No such device was ever enrolled.
    #[error("the device is not enrolled")]
    NotEnrolled,
    /// The device's record is damaged: enrol the device again.
    #[error("the record of device {0} can't be read")]
    Damaged(DeviceId),
    /// The store could not be read or written.
    #[error("the registry can't be reached: {0}")]
    Store(#[from] StoreError),
}

/// The devices of one store, for those who wait for each answer.
#[derive(Clone, Debug)]
pub struct Registry {
    place: StorePlace,
    /// Opened with the first question.
    store: OnceLock<Store>,
}

impl Registry {
    /// The registry in a store.
    #[must_use]
    pub fn new(place: StorePlace) -> Self {
        Self { place, store: OnceLock::new() }
    }

    /// Reads one device.
    ///
    /// # Errors
    /// Any [`RegistryError`].
    pub fn read(&self, device: DeviceId) -> Result<DeviceRecord, RegistryError> {
        self.ask(move |store| async move { DeviceRecord::find(&store, device).await })
    }

    /// Writes one device, in place of what was known of it. A reader sees the old record or the new one.
    ///
    /// # Errors
    /// [`RegistryError::Store`].
    pub fn write(&self, record: &DeviceRecord) -> Result<(), RegistryError> {
        let bytes = serde_json::to_vec_pretty(record).map_err(|error| StoreError::from(io::Error::other(error)))?;
        let name = layout::device(record.device);
        self.ask(move |store| async move { Ok(store.replace(&name, Bytes::from(bytes)).await?) })
    }

    /// Refuses the device from now on. A device revoked before keeps its first instant.
    ///
    /// # Errors
    /// Any [`RegistryError`].
    pub fn revoke(&self, device: DeviceId, at: DateTime<Utc>) -> Result<DeviceRecord, RegistryError> {
        let mut record = self.read(device)?;
        record.revoked_at.get_or_insert(at);
        self.write(&record)?;
        Ok(record)
    }

    /// All devices, in the order of their identifiers.
    ///
    /// # Errors
    /// [`RegistryError::Damaged`], [`RegistryError::Store`].
    pub fn all(&self) -> Result<Vec<DeviceRecord>, RegistryError> {
        self.ask(|store| async move {
            let mut records = Vec::new();
            for entry in store.list(layout::devices()).await? {
                if let Some(device) = layout::read_device(&entry.name) {
                    records.push(DeviceRecord::find(&store, device).await?);
                }
            }
            records.sort_by_key(|record| record.device);
            Ok(records)
        })
    }

    fn ask<T, F>(&self, question: impl FnOnce(Store) -> F) -> Result<T, RegistryError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, RegistryError>> + Send + 'static,
    {
        let store = match self.store.get() {
            Some(store) => store.clone(),
            None => {
                let opened = Store::open(&self.place)?;
                self.store.get_or_init(|| opened).clone()
            }
        };
        wait(question(store)).map_err(StoreError::from)?
    }
}

#[cfg(test)]
mod tests {
    use homon_seal::SigningKey;

    use super::*;

    fn record() -> DeviceRecord {
        DeviceRecord {
            device: DeviceId::make(),
            certificate_sha256: Sha256Digest::of(b"certificate"),
            former_certificate_sha256: None,
            public_key: SigningKey::make().public_key(),
            enrolled_at: "2026-06-01T00:00:00Z".parse().unwrap(),
            revoked_at: None,
        }
    }

    fn registry(folder: &tempfile::TempDir) -> Registry {
        Registry::new(StorePlace::Folder(folder.path().to_owned()))
    }

    #[test]
    fn a_device_is_written_read_and_revoked_once() {
        let folder = tempfile::tempdir().unwrap();
        let registry = registry(&folder);
        let record = record();
        assert!(matches!(registry.read(record.device), Err(RegistryError::NotEnrolled)));
        assert!(matches!(registry.revoke(record.device, Utc::now()), Err(RegistryError::NotEnrolled)));
        assert!(registry.all().unwrap().is_empty());
        registry.write(&record).unwrap();
        assert_eq!(registry.read(record.device).unwrap(), record);
        let first = "2026-07-01T00:00:00Z".parse().unwrap();
        registry.revoke(record.device, first).unwrap();
        let again = registry.revoke(record.device, Utc::now()).unwrap();
        assert_eq!(again.revoked_at, Some(first));
        assert_eq!(registry.all().unwrap(), [again]);
    }

    #[test]
    fn a_damaged_or_exchanged_record_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let registry = registry(&folder);
        let (one, other) = (record(), record());
        registry.write(&one).unwrap();
        let path = |record: &DeviceRecord| folder.path().join(layout::device(record.device));
        std::fs::copy(path(&one), path(&other)).unwrap();
        assert!(matches!(registry.read(other.device), Err(RegistryError::Damaged(_))));
        std::fs::write(path(&one), b"{").unwrap();
        assert!(matches!(registry.read(one.device), Err(RegistryError::Damaged(_))));
    }

    #[test]
    fn the_file_is_frozen() {
        let mut record = record();
        record.device = "7f0e1c1e-5a5b-4f3a-8d3c-1f2e3d4c5b6a".parse().unwrap();
        record.revoked_at = Some("2026-07-01T00:00:00Z".parse().unwrap());
        insta::assert_json_snapshot!(record, { ".public_key.x" => "[x]", ".public_key.y" => "[y]" });
    }
}
