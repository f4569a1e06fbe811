//! One upload: its name, its record, and how far it has come. All of it lies in the store.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use homon_domain::ids::DeviceId;
use homon_domain::ids::SealNumber;
use homon_seal::{PackageKey, Sha256Digest, Subject};
use serde::{Deserialize, Serialize};

use super::layout;
use super::store::{Entry, Store, StoreError};

/// The name of an upload in its URL: `<slot>-<upload>`, 32 hexadecimal digits each.
///
/// The slot comes from device and package, the rest from the digest as well. So the same creation gives the same
/// upload, other bytes for the same package are found by their slot, and there is nothing to guess.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct UploadId {
    slot: String,
    upload: String,
}

impl UploadId {
    pub(super) fn of(package: &PackageKey, sha256: &Sha256Digest) -> Self {
        let slot = format!("homon upload slot\n{}\n{}", package.device, package.name());
        let upload = format!("homon upload\n{}\n{}\n{sha256}", package.device, package.name());
        Self { slot: half_digest(&slot), upload: half_digest(&upload) }
    }

    /// What all uploads of one package share.
    pub(super) fn slot(&self) -> &str {
        &self.slot
    }

    fn record_name(&self, device: DeviceId) -> String {
        format!("{}.json", self.prefix(device))
    }

    /// Removes the bytes received of a device's upload.
    pub(super) async fn discard_bytes(&self, store: &Store, device: DeviceId) -> Result<(), StoreError> {
        store.delete_all(&self.prefix(device)).await
    }

    /// Where the bytes lie.
    fn prefix(&self, device: DeviceId) -> String {
        format!("{}/{}/{}", layout::uploads_of(device), self.slot, self.upload)
    }
}

/// What an object is to its upload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Record,
    Bytes,
}

/// Reads the name of an object of a device's upload.
pub(super) fn place_of(device: DeviceId, name: &str) -> Option<(UploadId, Place)> {
    let (slot, rest) = name.strip_prefix(&layout::uploads_of(device))?.strip_prefix('/')?.split_once('/')?;
    let (upload, place) = match (rest.strip_suffix(".json"), rest.split_once('/')) {
        (Some(upload), None) => (upload, Place::Record),
        (None, Some((upload, chunk))) if chunk_offset(chunk).is_some() => (upload, Place::Bytes),
        _ => return None,
    };
    Some((format!("{slot}-{upload}").parse().ok()?, place))
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.slot, self.upload)
    }
}

/// The text is not the name of an upload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct NotAnUploadId;

impl FromStr for UploadId {
    type Err = NotAnUploadId;

    fn from_str(text: &str) -> Result<Self, NotAnUploadId> {
        let is_half =
            |text: &str| text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        match text.split_once('-') {
            Some((slot, upload)) if is_half(slot) && is_half(upload) => {
                Ok(Self { slot: slot.to_owned(), upload: upload.to_owned() })
            }
            _ => Err(NotAnUploadId),
        }
    }
}

/// Half a digest is as hard to meet by chance as an identifier, and halves the URL.
fn half_digest(text: &str) -> String {
    let mut digest = Sha256Digest::of(text.as_bytes()).to_string();
    digest.truncate(32);
    digest
}

/// What an upload will be. Written at its creation, never changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct UploadRecord {
    pub(super) device: DeviceId,
    pub(super) subject: Subject,
    pub(super) seal: SealNumber,
    /// The digest of the whole.
    pub(super) sha256: Sha256Digest,
    /// Of the whole, in bytes.
    pub(crate) length: u64,
    pub(crate) created_at: DateTime<Utc>,
}

impl UploadRecord {
    /// Which package it will be.
    pub(crate) fn package(&self) -> PackageKey {
        PackageKey { device: self.device, subject: self.subject, seal: self.seal }
    }

    pub(super) fn id(&self) -> UploadId {
        UploadId::of(&self.package(), &self.sha256)
    }

    /// Reads the record of an upload. `None` when there is none, or none of this device.
    pub(super) async fn find(store: &Store, id: &UploadId, device: DeviceId) -> Result<Option<Self>, StoreError> {
        let Some(bytes) = store.read(&id.record_name(device)).await? else { return Ok(None) };
        match serde_json::from_slice::<Self>(&bytes) {
            Ok(record) if record.device == device => Ok(Some(record)),
            Ok(_) => Ok(None),
            Err(error) => {
                tracing::error!(upload = %id, %error, "an upload's record can't be read");
                Ok(None)
            }
        }
    }

    /// Every upload of one package: the present one, and what a crash left of a former one.
    pub(super) async fn all_in_slot(store: &Store, id: &UploadId, device: DeviceId) -> Result<Vec<Self>, StoreError> {
        let mut records = Vec::new();
        for entry in store.list(&format!("{}/{}", layout::uploads_of(device), id.slot())).await? {
            if let Some((id, Place::Record)) = place_of(device, &entry.name) {
                records.extend(Self::find(store, &id, device).await?);
            }
        }
        Ok(records)
    }

    pub(super) async fn create(&self, store: &Store) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(self).expect("a record has no map with keys other than text");
        match store.create(&self.id().record_name(self.device), Bytes::from(bytes)).await {
            // Another process was as fast; it wrote the same.
            Err(StoreError::Exists) => Ok(()),
            other => other,
        }
    }

    /// Removes the bytes received. The record stays.
    pub(super) async fn discard_bytes(&self, store: &Store) -> Result<(), StoreError> {
        self.id().discard_bytes(store, self.device).await
    }

    /// Removes the upload. The record goes last, so that a crash leaves nothing that nobody names.
    pub(super) async fn discard(&self, store: &Store) -> Result<(), StoreError> {
        self.discard_bytes(store).await?;
        store.delete(&self.id().record_name(self.device)).await
    }

    /// The objects that hold the bytes received so far without a gap, in order. The caller has the turn.
    pub(super) async fn received(&self, store: &Store) -> Result<Received, StoreError> {
        let prefix = self.prefix();
        store.recover(&prefix).await?;
        Ok(Received::from_entries(&prefix, self.created_at, store.list(&prefix).await?))
    }

    /// The name of the object for bytes that begin at `offset`. Zeros in front make names sort as numbers.
    pub(super) fn chunk_name(&self, offset: u64) -> String {
        format!("{}/{offset:020}", self.prefix())
    }

    /// Where the bytes lie.
    fn prefix(&self) -> String {
        self.id().prefix(self.device)
    }
}

/// The bytes received without a gap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Received {
    /// Names of the objects, in order.
    pub(super) chunks: Vec<String>,
    /// How many bytes they hold together: where the upload continues.
    pub(super) offset: u64,
    /// When the last of the upload's objects was written.
    pub(super) changed_at: DateTime<Utc>,
}

impl Received {
    /// `entries` are sorted by name. What lies behind a gap was never acknowledged.
    fn from_entries(prefix: &str, created_at: DateTime<Utc>, entries: Vec<Entry>) -> Self {
        let mut received = Self { chunks: Vec::new(), offset: 0, changed_at: created_at };
        for entry in entries {
            received.changed_at = received.changed_at.max(entry.written_at);
            let begins = entry.name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/')).and_then(chunk_offset);
            if begins == Some(received.offset) && entry.size > 0 {
                received.offset += entry.size;
                received.chunks.push(entry.name);
            }
        }
        received
    }

    /// The one object, when there is no other.
    pub(super) fn only(&self) -> Option<&str> {
        if let [only] = self.chunks.as_slice() { Some(only) } else { None }
    }
}

fn chunk_offset(name: &str) -> Option<u64> {
    if name.len() == 20 && name.bytes().all(|byte| byte.is_ascii_digit()) { name.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use homon_seal::PackageName;

    use super::*;

    fn record() -> UploadRecord {
        let device = "7f0e1c1e-5a5b-4f3a-8d3c-1f2e3d4c5b6a".parse().unwrap();
        let name: PackageName = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/2".parse().unwrap();
        UploadRecord {
            device,
            subject: name.subject,
            seal: name.seal,
            sha256: Sha256Digest::of(b"x"),
            length: 12_345,
            created_at: "2026-06-10T01:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn the_record_and_its_names_are_frozen() {
        let record = record();
        let id = record.id();
        let name = id.record_name(record.device);
        insta::assert_json_snapshot!((&record, id.to_string(), &name, record.chunk_name(1 << 20)));
        assert_eq!(id.to_string().parse(), Ok(id.clone()));
        assert_eq!(place_of(DeviceId::make(), &name), None);
        assert_eq!(place_of(record.device, &record.chunk_name(7)), Some((id.clone(), Place::Bytes)));
        assert_eq!(place_of(record.device, &name), Some((id, Place::Record)));
    }

    #[test]
    fn device_package_and_digest_each_change_the_name() {
        let record = record();
        let (package, id) = (record.package(), record.id());
        let other_digest = UploadId::of(&package, &Sha256Digest::of(b"y"));
        assert_eq!(other_digest.slot(), id.slot());
        assert_ne!(other_digest, id);
        let other_seal = PackageKey { seal: package.seal.next(), ..package };
        let other_device = PackageKey { device: DeviceId::make(), ..package };
        for other in [other_seal, other_device] {
            assert_ne!(UploadId::of(&other, &record.sha256).slot(), id.slot());
        }
    }

    #[test]
    fn a_name_that_is_no_upload_is_refused() {
        let good = record().id().to_string();
        let wrong = ["", "..", "-", &good.to_uppercase(), &good[1..], &format!("{good}0"), &good.replace('-', "/")];
        for text in wrong {
            assert_eq!(text.parse::<UploadId>(), Err(NotAnUploadId), "{text}");
        }
    }

    #[test]
    fn only_bytes_without_a_gap_count() {
        let written_at = record().created_at;
        let entry = |offset: u64, size| Entry { name: format!("p/{offset:020}"), size, written_at };
        let offset = |entries| Received::from_entries("p", written_at, entries).offset;
        assert_eq!(offset(vec![]), 0);
        assert_eq!(offset(vec![entry(0, 10), entry(10, 5)]), 15);
        assert_eq!(offset(vec![entry(0, 10), entry(11, 5)]), 10);
        assert_eq!(offset(vec![entry(10, 5)]), 0);
        assert_eq!(offset(vec![entry(0, 0), entry(0, 7)]), 7);
        // An object inside another one, left by a crash of two processes: the first one that fits is taken.
        assert_eq!(offset(vec![entry(0, 10), entry(5, 5), entry(10, 1)]), 11);
        let other = Entry { name: "p/whole".to_owned(), size: 15, written_at };
        assert_eq!(offset(vec![entry(0, 10), entry(10, 5), other]), 15);
        let only = |entries| Received::from_entries("p", written_at, entries).only().map(str::to_owned);
        assert_eq!(only(vec![entry(0, 10), entry(11, 5)]), Some(format!("p/{:020}", 0)));
        assert_eq!(only(vec![entry(0, 10), entry(10, 5)]), None);
    }
}
