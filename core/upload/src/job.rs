//! What is to be uploaded. The desk file remembers it from one process to the next.

use std::path::PathBuf;

use homon_seal::{PackageKey, Sha256Digest};

/// One sealed file on its way to the city. Says nothing about a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UploadJob {
    /// The sealed file.
    pub file: PathBuf,
    /// What it is.
    pub package: PackageKey,
    /// The digest of the file.
    pub sha256: Sha256Digest,
    /// The length of the file.
    pub bytes: u64,
}
