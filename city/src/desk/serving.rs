//! What the intake takes from a city's folder. It asks for nothing of the desk, which may be on another machine.

use std::sync::Arc;

use homon_domain::platform::Clock;
use homon_seal::PublicKey;
use zeroize::Zeroizing;

use super::files::{self, FileError};
use super::folder::CityFolder;
use super::key_files::{self, KeyFileError};
use crate::intake::{IntakeConfig, IntakeLimits};

/// Reads the intake's certificate and keys.
///
/// # Errors
/// Any [`KeyFileError`].
pub fn intake_config(folder: &CityFolder, clock: Arc<dyn Clock>) -> Result<IntakeConfig, KeyFileError> {
    Ok(IntakeConfig {
        store: folder.store().clone(),
        ca_pem: files::read_text(&folder.intake_ca())?,
        certificate_pem: files::read_text(&folder.server_certificate())?,
        key_pem: Zeroizing::new(files::read_text(&folder.server_key())?),
        receipt_key: key_files::signing_key(&folder.held_key())?,
        former_receipt_keys: former_receipt_keys(folder)?,
        clock,
        limits: IntakeLimits::default(),
    })
}

/// The public keys that signed *held* receipts before. None in a city that has exchanged none.
fn former_receipt_keys(folder: &CityFolder) -> Result<Vec<PublicKey>, FileError> {
    match files::read_json(&folder.former_held_keys()) {
        Err(error) if error.is_missing() => Ok(Vec::new()),
        keys => keys,
    }
}
