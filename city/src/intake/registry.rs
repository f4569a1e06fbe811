//! The devices that may upload: one small file each, in the intake's folder.
//!
//! The desk's `enrol` writes them and `revoke` changes them; the intake reads one anew for every request, so that a
//! revocation works at once.

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use homon_domain::ids::DeviceId;
use homon_seal::{PublicKey, Sha256Digest};
use serde::{Deserialize, Serialize};

use super::layout;
use super::store::write_atomically;

/// One enrolled device.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeviceRecord {
    /// The device, as its client certificate names it.
    pub device: DeviceId,
    /// The digest of the client certificate's DER. Another certificate for the same device is not accepted.
    pub certificate_sha256: Sha256Digest,
    /// The device's key, which signs manifests too.
    pub public_key: PublicKey,
    /// The city's clock at enrolment.
    pub enrolled_at: DateTime<Utc>,
    /// Since when the device is refused, by the city's clock.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Why the registry could not answer.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// No such device was ever enrolled.
    #[error("the device is not enrolled")]
    NotEnrolled,
    /// The device's file is damaged: enrol the device again.
    #[error("the record of device {0} can't be read")]
    Damaged(DeviceId),
    /// The folder could not be read or written.
    #[error("the registry's folder failed: {0}")]
    Folder(#[from] io::Error),
}

/// The devices of one intake.
#[derive(Clone, Debug)]
pub struct Registry {
    folder: PathBuf,
}

impl Registry {
    /// The registry in an intake's folder.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Reads one device.
    ///
    /// # Errors
    /// Any [`RegistryError`].
    pub fn read(&self, device: DeviceId) -> Result<DeviceRecord, RegistryError> {
        let bytes = match std::fs::read(self.path(device)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(RegistryError::NotEnrolled),
            other => other?,
        };
        match serde_json::from_slice::<DeviceRecord>(&bytes) {
            Ok(record) if record.device == device => Ok(record),
            _ => Err(RegistryError::Damaged(device)),
        }
    }

    /// Writes one device, in place of what was known of it. A reader sees the old record or the new one.
    ///
    /// # Errors
    /// [`RegistryError::Folder`].
    pub fn write(&self, record: &DeviceRecord) -> Result<(), RegistryError> {
        let bytes = serde_json::to_vec_pretty(record).map_err(io::Error::other)?;
        Ok(write_atomically(&self.path(record.device), &bytes)?)
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
    /// [`RegistryError::Damaged`], [`RegistryError::Folder`].
    pub fn all(&self) -> Result<Vec<DeviceRecord>, RegistryError> {
        let entries = match std::fs::read_dir(self.folder.join("devices")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut records = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            // Drafts of interrupted writes have longer names.
            if let Some(Ok(device)) = name.to_str().and_then(|name| name.strip_suffix(".json")).map(str::parse) {
                records.push(self.read(device)?);
            }
        }
        records.sort_by_key(|record| record.device);
        Ok(records)
    }

    fn path(&self, device: DeviceId) -> PathBuf {
        self.folder.join(layout::device(device))
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
            public_key: SigningKey::make().public_key(),
            enrolled_at: "2026-06-01T00:00:00Z".parse().unwrap(),
            revoked_at: None,
        }
    }

    #[test]
    fn a_device_is_written_read_and_revoked_once() {
        let folder = tempfile::tempdir().unwrap();
        let registry = Registry::new(folder.path());
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
        let registry = Registry::new(folder.path());
        let (one, other) = (record(), record());
        registry.write(&one).unwrap();
        std::fs::copy(registry.path(one.device), registry.path(other.device)).unwrap();
        assert!(matches!(registry.read(other.device), Err(RegistryError::Damaged(_))));
        std::fs::write(registry.path(one.device), b"{").unwrap();
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
