//! The key of a visit's file goes back to a tablet whose key store died (再開の許可): the recovery key opens the copy that
//! the tablet kept, and a grant takes it to the tablet under its new name.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use homon_domain::ids::{DeviceId, PartNumber, SealNumber, VisitId};
use homon_domain::platform::Clock;
use homon_seal::grant::FORMAT;
use homon_seal::jws::SignError;
use homon_seal::recipients::{SmallError, decrypt_small};
use homon_seal::{Grant, Sha256Digest, Subject};

use super::arrivals::Arrivals;
use super::devices::Devices;
use super::files::{At, FileError};
use super::folder::CityFolder;
use super::journal::{Deed, Journal, JournalError};
use super::key_files::{self, KeyFileError};
use super::opened;

/// How the name of a copy ends that a tablet wrote.
const COPY: &str = ".recovery";
/// A copy of a key is far shorter.
const COPY_BYTES: u64 = 64 << 10;

/// Why no grant was made out.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The file does not have the name under which the tablet wrote it: from it the visit and the part are known.
    #[error("{} is not called <visit>-<part>.recovery; take the copy as the tablet wrote it", .0.display())]
    NotACopy(PathBuf),
    /// The copy does not open with this key, or is damaged.
    #[error("the recovery key does not open the copy: {0}")]
    Copy(#[from] SmallError),
    /// What lies in it is no key of a visit's file.
    #[error("the copy holds no key of a visit")]
    NotAKey,
    /// No such device was enrolled here.
    #[error("no device {0} was enrolled here; enrol the tablet anew first, `status` lists those that were")]
    NotEnrolled(DeviceId),
    /// The device is refused.
    #[error("device {0} was revoked; enrol the tablet anew and name its new identifier")]
    Revoked(DeviceId),
    /// A key is not here.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The grant could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// A grant that was made out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GrantedNow {
    /// The visit.
    pub visit: VisitId,
    /// The part.
    pub part: PartNumber,
    /// The highest number under which the city has the part already.
    pub seals_before: Option<SealNumber>,
    /// The age file for the tablet.
    pub sealed: Vec<u8>,
}

/// Opens a copy of a visit's key with the recovery key, and makes a grant of it out to one tablet. `recovery` is the key
/// or the folder in which it lies.
///
/// # Errors
/// Any [`RecoverError`].
pub fn recover(
    folder: &CityFolder,
    copy: &Path,
    recovery: &Path,
    to: DeviceId,
    clock: &dyn Clock,
) -> Result<GrantedNow, RecoverError> {
    let (visit, part) = read_name(copy).ok_or_else(|| RecoverError::NotACopy(copy.to_owned()))?;
    let identity = key_files::identity(&CityFolder::key_at(recovery))?;
    let mut sealed = Vec::new();
    fs::File::open(copy).and_then(|file| file.take(COPY_BYTES).read_to_end(&mut sealed)).at(copy)?;
    let key = decrypt_small(&[identity], &sealed)?;
    let key: &[u8; 32] = key.as_slice().try_into().map_err(|_| RecoverError::NotAKey)?;

    let desk = folder.desk();
    let lock = desk.lock()?;
    let mut journal = Journal::open(folder, &lock, clock)?;
    let devices = Devices::read(&desk)?;
    let device = devices.get(to).ok_or(RecoverError::NotEnrolled(to))?;
    if device.revoked_at.is_some() {
        return Err(RecoverError::Revoked(to));
    }
    let seals_before = highest_seal(folder, (visit, part))?;
    let grant = Grant {
        format: FORMAT,
        device: to,
        visit,
        part,
        key_sha256: Sha256Digest::of(key),
        seals_before,
        made_at: clock.now(),
    };
    let sealed = grant.seal(&key_files::signing_key(&desk.mail_key())?, &device.mailbox, key)?;
    journal.append(&Deed::Grant { device: to, visit })?;
    Ok(GrantedNow { visit, part, seals_before, sealed })
}

/// The visit and the part out of the name of a copy, in its one spelling.
fn read_name(copy: &Path) -> Option<(VisitId, PartNumber)> {
    let name = copy.file_name()?.to_str()?;
    let (visit, part) = name.strip_suffix(COPY)?.rsplit_once('-')?;
    let (visit, part) = (visit.parse().ok()?, PartNumber::new(part.parse().ok()?)?);
    (format!("{visit}-{part}{COPY}") == name).then_some((visit, part))
}

/// The highest number under which anything of the part has left a tablet, as far as the city knows.
fn highest_seal(folder: &CityFolder, part: (VisitId, PartNumber)) -> Result<Option<SealNumber>, FileError> {
    let held = Arrivals::of(folder)?.held()?.into_iter();
    let held = held.filter(|key| matches!(key.subject, Subject::Visit { .. }) && key.subject.visit() == Some(part));
    let opened = opened::parts_of(&folder.desk(), part.0)?.into_iter().filter(|opened| opened.is_complete());
    let opened = opened.filter(|opened| opened.opened.key().subject.visit() == Some(part));
    Ok(held.map(|key| key.seal).chain(opened.map(|opened| opened.seal())).max())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_known_by_its_one_name() {
        let id = "0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11";
        let read = |name: &str| read_name(Path::new(name));
        assert_eq!(read(&format!("carried/{id}-2.recovery")), Some((id.parse().unwrap(), PartNumber::new(2).unwrap())));
        for wrong in [
            format!("{id}-0.recovery"),
            format!("{id}-02.recovery"),
            format!("{id}.recovery"),
            format!("{id}-1.homon"),
            format!("{}-1.recovery", id.to_uppercase()),
            "recovery".to_owned(),
            String::new(),
        ] {
            assert_eq!(read(&wrong), None, "{wrong}");
        }
    }
}
