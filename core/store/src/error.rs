//! What can go wrong with stored things. No variant carries a path, a query or a stored value.

use std::io;

use homon_domain::audit::ChainBroken;
use homon_domain::platform::VaultError;
use homon_domain::word::NotAWord;
use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;
use rusqlite_migration::MigrationDefinitionError;

/// Why a stored thing could not be read or written. Nothing was changed, unless the variant says so.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no room. Free some and do the same again.
    #[error("the storage of the device is full")]
    StorageFull,
    /// The device's storage failed.
    #[error("the storage of the device failed: {0}")]
    Io(io::ErrorKind),
    /// There is no such file.
    #[error("the file does not exist")]
    Missing,
    /// What was to be made exists already.
    #[error("it exists already")]
    AlreadyExists,
    /// The file does not decrypt, or its pages do not fit together. A wrong key looks the same.
    #[error("the file is damaged")]
    Damaged,
    /// The file was damaged; it now lies in the quarantine folder under this name, unchanged.
    #[error("the file is damaged and was set aside as {name}")]
    Quarantined {
        /// The name in the quarantine folder.
        name: String,
    },
    /// A newer version of the app wrote the file.
    #[error("a newer version of the app wrote this file")]
    TooNew,
    /// The files are closed while the app is suspended.
    #[error("the store is paused")]
    Paused,
    /// The key that opens it cannot be had.
    #[error(transparent)]
    Key(#[from] VaultError),
    /// A stored record does not have the form that this version writes.
    #[error("a stored record has an unexpected form")]
    Record,
    /// The audit log is not the chain that it claims to be, from this entry on.
    #[error("the audit log is broken at entry {seq}")]
    AuditBroken {
        /// The first entry that does not fit.
        seq: u64,
    },
    /// The facts hold text that could name a person.
    #[error("only codes, numbers and dates may be stored here")]
    NotFacts,
    /// The desk file does not know this visit part, this roster, or this seal.
    #[error("it is not known to the desk file")]
    Unknown,
    /// The visit part or the roster is not in a stage in which this may be done.
    #[error("it is not in a stage in which this may be done")]
    WrongStage,
    /// The number is not the next one.
    #[error("the number is not the next one")]
    WrongNumber,
    /// The receipt is not for the last sealing of this visit part.
    #[error("the receipt is not for what was sealed last")]
    ReceiptMismatch,
    /// SQLite refused for another reason.
    #[error("the database refused: code {code}")]
    Database {
        /// SQLite's extended result code.
        code: i32,
    },
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::StorageFull,
            io::ErrorKind::NotFound => Self::Missing,
            kind => Self::Io(kind),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error() {
            Some(failure) => Self::from_sqlite(failure),
            None => Self::Record,
        }
    }
}

impl Error {
    fn from_sqlite(failure: &rusqlite::ffi::Error) -> Self {
        match (failure.code, failure.extended_code) {
            // The index of the write-ahead log grows by single bytes: that fails only where there is no room.
            (ErrorCode::DiskFull, _) | (_, SQLITE_IOERR_SHMSIZE) => Self::StorageFull,
            (ErrorCode::SystemIoFailure, _) => Self::Io(io::ErrorKind::Other),
            (ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt, _) => Self::Damaged,
            (_, code) => Self::Database { code },
        }
    }
}

impl From<rusqlite_migration::Error> for Error {
    fn from(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
            rusqlite_migration::Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
                Self::TooNew
            }
            _ => Self::Damaged,
        }
    }
}

impl From<ChainBroken> for Error {
    fn from(broken: ChainBroken) -> Self {
        Self::AuditBroken { seq: broken.seq }
    }
}

impl From<NotAWord> for Error {
    fn from(_: NotAWord) -> Self {
        Self::Record
    }
}

impl From<serde_json::Error> for Error {
    fn from(_: serde_json::Error) -> Self {
        Self::Record
    }
}
