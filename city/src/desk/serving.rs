//! What the intake takes from a city's folder. It asks for nothing of the desk, which may be on another machine.

use std::sync::Arc;

use homon_domain::platform::Clock;
use zeroize::Zeroizing;

use super::files;
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
        clock,
        limits: IntakeLimits::default(),
    })
}
