//! Backup and restore of a city (控え): one age file that holds what cannot be made anew.
//!
//! It is a tar stream: the programme, the desk (keys, devices, journal, marks, opened visits, mail), the intake's keys
//! where they are here, and of the store all but the uploads under way and the packages that were opened, which lie
//! open at the desk. Last come the list of all files with their digests and a token of the city's authority about that
//! list. The recovery key and the office's are in none: they are elsewhere for a reason.
//!
//! It is encrypted to those who open packages, so the work key can prove a backup as soon as it is written, and the
//! recovery key alone brings the city back. `age -d -i recovery.key backup.age | tar -x` reads it too.

mod content;
mod restore;
mod walk;
mod write;

use chrono::{DateTime, Utc};
use homon_domain::ids::Code;
use homon_seal::Sha256Digest;
use serde::{Deserialize, Serialize};

pub use self::restore::{RestoreError, Restored, restore};
pub use self::walk::BackupFault;
pub use self::write::{BackedUp, BackupError, backup};

/// The `typ` of the token in a backup.
pub const BACKUP_TYP: &str = "homon-backup+jws";

/// The number of the format of backups.
const FORMAT: u16 = 1;

/// The list of files: the last entry but one.
const LIST: &str = "backup.json";
/// The token about the list: the last entry.
const TOKEN: &str = "backup.jws";

/// One file in a backup.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Entry {
    path: String,
    /// In bytes.
    size: u64,
    sha256: Sha256Digest,
}

/// What the city's authority signs of a backup.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BackupClaims {
    /// The number of the format.
    pub format: u16,
    /// The programme.
    pub programme: Code,
    /// When the city was founded.
    pub founded_at: DateTime<Utc>,
    /// When the backup was made.
    pub made_at: DateTime<Utc>,
    /// How many files are in it.
    pub files: usize,
    /// The digest of their list.
    pub list_sha256: Sha256Digest,
    /// How many entries the desk's journal had.
    pub journal_entries: u64,
    /// The digest of the last of them.
    pub journal_head: Sha256Digest,
    /// Whether the store is in it. One that lies in a bucket is not.
    pub with_store: bool,
}
