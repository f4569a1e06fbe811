//! What lies under `uploads/`, told from listings alone: whose it is, how much, and since when it has not changed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use homon_domain::ids::DeviceId;

use super::layout;
use super::store::{Entry, Store, StoreError};
use super::upload::{Place, UploadId, UploadRecord, place_of};

/// An upload as a listing shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Begun {
    /// Which one.
    pub(super) id: UploadId,
    /// Whether its record is there. Without it nobody can go on with the upload.
    pub(super) has_record: bool,
    /// Objects that hold bytes received.
    pub(super) chunks: usize,
    /// Bytes in them.
    pub(super) bytes: u64,
    /// When the last of its objects was written, by the store's clock.
    pub(super) changed_at: DateTime<Utc>,
}

/// The devices under whose names uploads lie, and folders that are no device's.
pub(super) async fn folders(store: &Store) -> Result<Vec<String>, StoreError> {
    store.folders(layout::UPLOADS).await
}

/// Every upload of one device of which anything is there, in the order of their names.
pub(super) async fn of_device(store: &Store, device: DeviceId) -> Result<Vec<Begun>, StoreError> {
    Ok(gather(device, store.list(&layout::uploads_of(device)).await?))
}

fn gather(device: DeviceId, entries: Vec<Entry>) -> Vec<Begun> {
    let mut uploads: BTreeMap<String, Begun> = BTreeMap::new();
    for entry in entries {
        let Some((id, place)) = place_of(device, &entry.name) else { continue };
        let nothing =
            Begun { id: id.clone(), has_record: false, chunks: 0, bytes: 0, changed_at: DateTime::<Utc>::MIN_UTC };
        let begun = uploads.entry(id.to_string()).or_insert(nothing);
        begun.changed_at = begun.changed_at.max(entry.written_at);
        match place {
            Place::Record => begun.has_record = true,
            Place::Bytes => {
                begun.chunks += 1;
                begun.bytes += entry.size;
            }
        }
    }
    uploads.into_values().collect()
}

/// Every upload that has a record, and how many bytes lie there of it. Those that are held are among them.
pub(crate) async fn all(store: &Store) -> Result<Vec<(UploadRecord, u64)>, StoreError> {
    let mut found = Vec::new();
    for device in folders(store).await?.iter().filter_map(|name| name.parse().ok()) {
        for begun in of_device(store, device).await?.into_iter().filter(|begun| begun.has_record) {
            // The intake may be removing it just now.
            let record = UploadRecord::find(store, &begun.id, device).await?;
            found.extend(record.map(|record| (record, begun.bytes)));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_gathered_by_upload() {
        let device: DeviceId = "7f0e1c1e-5a5b-4f3a-8d3c-1f2e3d4c5b6a".parse().unwrap();
        let (slot, one, other) = ("a".repeat(32), "b".repeat(32), "c".repeat(32));
        let at = |minute: u32| format!("2026-06-10T01:{minute:02}:00Z").parse::<DateTime<Utc>>().unwrap();
        let entry = |name: String, size, minute| Entry {
            name: format!("uploads/{device}/{slot}/{name}"),
            size,
            written_at: at(minute),
        };
        let begun = |upload: &str, has_record, chunks, bytes, minute| Begun {
            id: format!("{slot}-{upload}").parse().unwrap(),
            has_record,
            chunks,
            bytes,
            changed_at: at(minute),
        };
        let entries = vec![
            entry(format!("{one}.json"), 300, 1),
            entry(format!("{one}/{:020}", 0), 1_000, 5),
            entry(format!("{one}/{:020}", 1_000), 24, 3),
            entry(format!("{other}/{:020}", 7), 5, 2),
            entry("stray.txt".to_owned(), 9, 9),
        ];
        let expected = [begun(&one, true, 2, 1_024, 5), begun(&other, false, 1, 5, 2)];
        assert_eq!(gather(device, entries), expected);
    }
}
