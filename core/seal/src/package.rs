//! How large a package may be, and the names of packages, which the domain gives.

pub use homon_domain::package::{NotAPackageName, PackageKey, PackageName, Subject};

/// How large a package may be. The writer keeps to it so that it seals nothing that the reader refuses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Entries beside the manifest.
    pub entries: usize,
    /// Bytes of one entry, inflated.
    pub entry_bytes: u64,
    /// Bytes of all entries together, inflated. Keep it below 4 GiB: a package has no zip64 records.
    pub total_bytes: u64,
}

impl Limits {
    /// Bytes of the manifest: one signed token.
    pub(crate) const MANIFEST_BYTES: u64 = crate::jws::MAX_TOKEN as u64;
}

impl Default for Limits {
    /// 4,000 entries of at most 64 MiB, 3 GiB in all: several times a venue day of 130 applicants.
    fn default() -> Self {
        Self { entries: 4_000, entry_bytes: 64 << 20, total_bytes: 3 << 30 }
    }
}
