//! A tablet is refused from now on: lost, stolen, or given back.

use homon_domain::ids::DeviceId;
use homon_domain::platform::Clock;

use super::devices::{Device, Devices};
use super::files::FileError;
use super::folder::CityFolder;
use super::journal::{Deed, Journal, JournalError};
use crate::intake::RegistryError;

/// Why a tablet was not revoked.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// No such device was enrolled here.
    #[error("no device {0} was enrolled here; `status` lists those that were")]
    NotEnrolled(DeviceId),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The intake's registry could not be changed: the device may still upload.
    #[error("the intake could not be told, so the device may still upload: {0}")]
    Registry(#[from] RegistryError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Refuses a device from now on. Revoking it again changes nothing.
///
/// # Errors
/// Any [`RevokeError`].
pub fn revoke(folder: &CityFolder, device: DeviceId, clock: &dyn Clock) -> Result<Device, RevokeError> {
    let desk = folder.desk();
    let lock = desk.lock()?;
    let mut journal = Journal::open(folder, &lock, clock)?;
    let devices = Devices::read(&desk)?;
    let mut device = devices.get(device).ok_or(RevokeError::NotEnrolled(device))?.clone();
    journal.append(&Deed::Revoke(device.device))?;
    // The desk remembers first: if the intake can't be told now, the command says so and can be given again.
    let at = *device.revoked_at.get_or_insert_with(|| clock.now());
    device.write(&desk)?;
    folder.registry().revoke(device.device, at)?;
    Ok(device)
}
