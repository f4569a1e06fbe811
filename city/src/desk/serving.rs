//! What the intake takes from a city's folder. It asks for nothing of the desk, which may be on another machine.

use std::path::PathBuf;
use std::sync::Arc;

use homon_domain::platform::Clock;
use homon_seal::PublicKey;
use zeroize::Zeroizing;

use super::files::{self, FileError};
use super::folder::CityFolder;
use super::key_files::{self, KeyFileError};
use crate::intake::{IntakeConfig, IntakeLimits, LimitsError};

/// Why the intake can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum NotReadyToServe {
    /// A certificate or a key is not here.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The limits can't be used.
    #[error("{}: {source}", path.display())]
    Limits {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: LimitsError,
    },
    /// A file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Reads the intake's certificate and keys, and its limits.
///
/// # Errors
/// Any [`NotReadyToServe`].
pub fn intake_config(folder: &CityFolder, clock: Arc<dyn Clock>) -> Result<IntakeConfig, NotReadyToServe> {
    let key_text = |path: PathBuf| files::read_text(&path).map_err(KeyFileError::from);
    Ok(IntakeConfig {
        store: folder.store().clone(),
        ca_pem: key_text(folder.intake_ca())?,
        certificate_pem: key_text(folder.server_certificate())?,
        key_pem: Zeroizing::new(key_text(folder.server_key())?),
        receipt_key: key_files::signing_key(&folder.held_key())?,
        former_receipt_keys: former_receipt_keys(folder)?,
        clock,
        limits: limits(folder)?,
    })
}

/// The public keys that signed *held* receipts before. None in a city that has exchanged none.
fn former_receipt_keys(folder: &CityFolder) -> Result<Vec<PublicKey>, FileError> {
    match files::read_json(&folder.former_held_keys()) {
        Err(error) if error.is_missing() => Ok(Vec::new()),
        keys => keys,
    }
}

/// As the file says, or as by default where there is none.
fn limits(folder: &CityFolder) -> Result<IntakeLimits, NotReadyToServe> {
    let path = folder.intake_limits();
    match files::read_text(&path) {
        Ok(text) => IntakeLimits::parse(&text).map_err(|source| NotReadyToServe::Limits { path, source }),
        Err(error) if error.is_missing() => Ok(IntakeLimits::default()),
        Err(error) => Err(error.into()),
    }
}
