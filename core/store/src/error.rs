//! What can go wrong with stored things. No variant carries a path, a query or a stored value.

use std::io;

use homon_domain::audit::ChainBroken;
use homon_domain::platform::VaultError;
use homon_domain::word::NotAWord;
use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_ERROR, SQLITE_IOERR_SHMSIZE};
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
        // A photo is read as a stream, out of the database.
        let error = match error.downcast::<rusqlite::Error>() {
            Ok(error) => return error.into(),
            Err(error) => error,
        };
        let error = match error.downcast::<Self>() {
            Ok(error) => return error,
            Err(error) => error,
        };
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
            (ErrorCode::ReadOnly, _) => Self::Io(io::ErrorKind::ReadOnlyFilesystem),
            (ErrorCode::PermissionDenied, _) => Self::Io(io::ErrorKind::PermissionDenied),
            // Nobody else has the files open, so a lock that stays is one that the system did not give back.
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed, _) => {
                Self::Io(io::ErrorKind::ResourceBusy)
            }
            // SQLite does not say why a file cannot be opened: no descriptor is left, no right, a defect.
            (ErrorCode::SystemIoFailure | ErrorCode::CannotOpen, _) => Self::Io(io::ErrorKind::Other),
            (ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt, _) => Self::Damaged,
            // So SQLCipher says that a page does not authenticate, where SQLite has no word for it.
            (ErrorCode::OutOfMemory, _) => Self::Damaged,
            // The statements are ours and tried: what is wrong with one is that its tables cannot be read.
            (_, SQLITE_ERROR) => Self::Io(io::ErrorKind::Other),
            (_, code) => Self::Database { code },
        }
    }
}

impl From<rusqlite_migration::Error> for Error {
    fn from(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => match err.sqlite_error() {
                // A mistake in a migration must not pass for damage of the file.
                Some(failure) if failure.extended_code == SQLITE_ERROR => Self::Database { code: SQLITE_ERROR },
                _ => err.into(),
            },
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
