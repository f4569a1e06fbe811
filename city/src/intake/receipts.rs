//! The receipts that wait for a device.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use homon_domain::ids::DeviceId;
use serde::Serialize;

use super::layout::{self, ReceiptKind};
use super::store::{Store, StoreError};

/// Receipts that are read at once. A bucket answers each in its own time, and a tablet has many after a year.
const READ_AT_ONCE: usize = 16;

/// The answer to `GET /v1/receipts`.
#[derive(Serialize, Debug)]
pub(super) struct Receipts {
    receipts: Vec<Tokens>,
}

/// The signed tokens for one package.
#[derive(Serialize, Default, Debug)]
struct Tokens {
    /// The package's name among those of the device.
    package: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opened: Option<String>,
}

/// All receipts for the packages of one device, in the order of their names.
pub(super) async fn list(store: &Store, device: DeviceId) -> Result<Receipts, StoreError> {
    let named = store.list(&layout::receipts_of(device)).await?.into_iter().filter_map(|entry| {
        let named = layout::read_receipt(device, &entry.name);
        if named.is_none() {
            tracing::warn!("an object among the receipts is none");
        }
        named.map(|named| (entry.name, named))
    });
    let reading = named.map(|(name, named)| async move { Ok::<_, StoreError>((named, store.read(&name).await?)) });
    let mut reading = stream::iter(reading).buffered(READ_AT_ONCE);
    let mut found: BTreeMap<String, Tokens> = BTreeMap::new();
    while let Some(((package, kind), token)) = reading.try_next().await? {
        // The desk may remove a receipt between the listing and here.
        let Some(token) = token else { continue };
        let package = package.to_string();
        let tokens = found.entry(package.clone()).or_insert_with(|| Tokens { package, ..Tokens::default() });
        let token = Some(String::from_utf8_lossy(&token).trim_end().to_owned());
        match kind {
            ReceiptKind::Held => tokens.held = token,
            ReceiptKind::Opened => tokens.opened = token,
        }
    }
    Ok(Receipts { receipts: found.into_values().collect() })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use homon_seal::PackageName;

    use super::*;

    #[tokio::test]
    async fn receipts_are_listed_by_package_and_device() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at_folder(folder.path()).unwrap();
        let device = DeviceId::make();
        let name: PackageName = "hello/1".parse().unwrap();
        let visit: PackageName = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/2".parse().unwrap();
        for (key, kind, token) in [
            (name.of(device), ReceiptKind::Held, "held-1"),
            (name.of(device), ReceiptKind::Opened, "opened-1\n"),
            (visit.of(device), ReceiptKind::Held, "held-2"),
            (visit.of(DeviceId::make()), ReceiptKind::Held, "another device's"),
        ] {
            store.create(&layout::receipt(&key, kind), Bytes::from(token)).await.unwrap();
        }
        std::fs::write(folder.path().join(layout::receipts_of(device)).join("notes.txt"), "x").unwrap();
        insta::assert_json_snapshot!(list(&store, device).await.unwrap());
        assert!(list(&store, DeviceId::make()).await.unwrap().receipts.is_empty());
    }
}
