//! Uploads that have begun and not arrived: what the intake's records say, and how many bytes lie there.

use chrono::{DateTime, Utc};
use homon_seal::PackageKey;
use serde::Serialize;

use crate::desk::arrivals::Arrivals;
use crate::desk::files::FileError;
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

/// Every upload whose package is not held, the oldest first.
pub(super) fn unfinished(arrivals: &Arrivals) -> Result<Vec<Upload>, FileError> {
    let begun = arrivals.uploads()?.into_iter().map(|(record, received)| Upload {
        package: record.package(),
        began_at: record.created_at,
        received: received.min(record.length),
        length: record.length,
    });
    let mut uploads: Vec<Upload> =
        begun.filter(|upload| !arrivals.has_receipt(&upload.package, ReceiptKind::Held)).collect();
    uploads.sort_by_key(|upload| (upload.began_at, upload.package));
    Ok(uploads)
}
