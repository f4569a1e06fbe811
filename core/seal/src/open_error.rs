//! Why a package is not opened.

use std::io;

use age::DecryptError;
use homon_domain::ids::DeviceId;
use zip::result::ZipError;

use crate::entry::EntryPath;
use crate::jws::TokenError;

/// Why a package was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// None of the identities is among the recipients.
    #[error("the package is not encrypted to any of these keys")]
    NotForUs,
    /// Not a package, cut short, or changed.
    #[error("the package is damaged")]
    Damaged,
    /// No key is known for the device that the manifest names.
    #[error("the package comes from the unknown device {0}")]
    UnknownDevice(DeviceId),
    /// The manifest is not signed by the key of the device that it names.
    #[error("the package's signature is wrong")]
    BadSignature,
    /// Sealed by a later version.
    #[error("the package is of a format that this version does not know")]
    UnknownFormat,
    /// The zip contains something that the manifest does not list, or that no such package may contain.
    #[error("the package contains an entry that it should not")]
    UnlistedEntry,
    /// The manifest lists something that the zip does not contain.
    #[error("the package lacks the entry {0}")]
    MissingEntry(EntryPath),
    /// More than the limits allow, as it stands or inflated.
    #[error("the package is too large")]
    TooLarge,
    /// The file could not be read.
    #[error("the package could not be read")]
    Io(#[source] io::Error),
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => Self::Damaged,
            _ => Self::Io(error),
        }
    }
}

impl From<ZipError> for OpenError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => error.into(),
            _ => Self::Damaged,
        }
    }
}

impl From<DecryptError> for OpenError {
    fn from(error: DecryptError) -> Self {
        match error {
            DecryptError::NoMatchingKeys => Self::NotForUs,
            DecryptError::Io(error) => error.into(),
            _ => Self::Damaged,
        }
    }
}

impl From<TokenError> for OpenError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::OtherKey | TokenError::BadSignature => Self::BadSignature,
            TokenError::TooLong => Self::TooLarge,
            TokenError::Malformed | TokenError::WrongAlgorithm | TokenError::WrongType => Self::Damaged,
        }
    }
}
