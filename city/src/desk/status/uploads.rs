//! Uploads that have begun and not arrived: what the intake's records say, and how many bytes lie there.

use std::fs;

use chrono::{DateTime, Utc};
use homon_domain::ids::{DeviceId, SealNumber};
use homon_seal::{PackageKey, Subject};
use serde::{Deserialize, Serialize};

use crate::desk::arrivals::Arrivals;
use crate::desk::files::{self, FileError};
use crate::intake::ReceiptKind;

/// An upload that has not completely arrived.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Upload {
    /// Of which package.
    pub package: PackageKey,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// Bytes that lie there.
    pub received: u64,
    /// Bytes of the whole.
    pub length: u64,
}

/// The part of the intake's record that is of interest here.
#[derive(Deserialize)]
struct Record {
    device: DeviceId,
    subject: Subject,
    seal: SealNumber,
    length: u64,
    created_at: DateTime<Utc>,
}

/// Every upload whose package is not held, the oldest first.
pub(super) fn unfinished(arrivals: &Arrivals) -> Result<Vec<Upload>, FileError> {
    let shelf = arrivals.folder().join("uploads");
    let mut uploads = Vec::new();
    for slot in files::names_in(&shelf)? {
        let slot = shelf.join(slot);
        for name in files::names_in(&slot)? {
            let Some(upload) = name.strip_suffix(".json") else { continue };
            // The intake may be removing it just now.
            let Ok(record) = files::read_json::<Record>(&slot.join(&name)) else { continue };
            let package = PackageKey { device: record.device, subject: record.subject, seal: record.seal };
            if !arrivals.has_receipt(&package, ReceiptKind::Held) {
                let received = bytes_in(&slot.join(upload))?.min(record.length);
                uploads.push(Upload { package, began_at: record.created_at, received, length: record.length });
            }
        }
    }
    uploads.sort_by_key(|upload| (upload.began_at, upload.package));
    Ok(uploads)
}

/// The bytes of the pieces that were received, whose names are their offsets.
fn bytes_in(folder: &std::path::Path) -> Result<u64, FileError> {
    let pieces = files::names_in(folder)?.into_iter().filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    Ok(pieces.filter_map(|name| fs::metadata(folder.join(name)).ok()).map(|piece| piece.len()).sum())
}
