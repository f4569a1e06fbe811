//! Bringing a city back: everything is read, written beside its place and verified, and then appears at once.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use homon_domain::platform::Clock;
use homon_seal::recipients::decrypt_long;
use homon_seal::{Identity, Sha256Digest};

use super::BackupClaims;
use super::walk::{BackupFault, walk};
use crate::desk::authority::{Authority, AuthorityError};
use crate::desk::files::{self, At, FileError};
use crate::desk::folder::CityFolder;
use crate::desk::journal::{Deed, Journal, JournalError};
use crate::desk::key_files::{self, KeyFileError};

/// Why a city was not brought back. Nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// There is something already: a city is never brought back over another.
    #[error("{} is not empty; name a folder that does not exist", .0.display())]
    NotEmpty(PathBuf),
    /// Something is wrong with the backup.
    #[error(transparent)]
    Fault(#[from] BackupFault),
    /// The key that opens it is not here.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The authority in the backup is none.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The journal in the backup can't be continued.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// A city that was brought back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restored {
    /// What its authority had signed of the backup.
    pub claims: BackupClaims,
    /// The fingerprint of that authority. Anyone can encrypt to a recovery key: people compare it with a tablet's.
    pub ca_fingerprint: Sha256Digest,
}

/// Brings a city back into its folder, which must not exist or be empty, with a key that opens packages: the recovery
/// key, in a file or in a folder under its usual name, or a work key that was kept.
///
/// # Errors
/// Any [`RestoreError`].
pub fn restore(folder: &CityFolder, from: &Path, key: &Path, clock: &dyn Clock) -> Result<Restored, RestoreError> {
    let root = folder.root();
    let taken = fs::symlink_metadata(root).is_ok_and(|what| !what.is_dir()) || !files::names_in(root)?.is_empty();
    if taken {
        return Err(RestoreError::NotEmpty(root.to_owned()));
    }
    let identity = key_files::identity(&CityFolder::key_at(key))?;
    let draft = files::draft_of(root);
    let place = CityFolder::new(&draft).with_actor(folder.actor().clone());
    files::make_folder(&draft)?;
    let restored = unpack(&place, from, &identity)
        .and_then(|restored| {
            let restore = Deed::Restore { files: restored.claims.files };
            Journal::open_alone(&place, clock)?.append(&restore)?;
            Ok(restored)
        })
        .and_then(|restored| {
            files::publish(&draft, root)?;
            Ok(restored)
        });
    if restored.is_err() {
        // Residents' data must not lie about in a draft; the first error is the one to report.
        let _ = fs::remove_dir_all(&draft);
    }
    restored
}

fn unpack(place: &CityFolder, from: &Path, identity: &Identity) -> Result<Restored, RestoreError> {
    let (root, desk) = (place.root(), place.desk());
    let mut folders = BTreeSet::new();
    // Those that may be empty, and so in no backup.
    for needed in [desk.devices(), desk.visits(), place.own_store()] {
        files::make_folders(&needed)?;
        folders.insert(needed);
    }
    let file = File::open(from).at(from)?;
    let content = decrypt_long(std::slice::from_ref(identity), file).map_err(BackupFault::from)?;
    let walked = walk(content, |path, entry| {
        let path = root.join(path);
        let folder = path.parent().unwrap_or(root).to_owned();
        if folders.insert(folder.clone()) {
            files::make_folders(&folder)?;
        }
        put(&path, entry)
    })?;
    for folder in folders.iter().flat_map(|folder| folder.ancestors().take_while(|above| *above != root)) {
        files::sync_folder(folder)?;
    }
    files::sync_folder(root)?;
    let authority = Authority::read(&desk)?;
    let claims = walked.verify(&authority.key().public_key())?;
    Ok(Restored { claims, ca_fingerprint: authority.fingerprint()? })
}

fn put(path: &Path, entry: &mut dyn Read) -> Result<(), FileError> {
    let mut file = files::create(path)?;
    io::copy(entry, &mut file).and_then(|_| file.sync_all()).at(path)
}
