//! What lies in the store, as the desk finds it there under the names of [`crate::intake::layout`].

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use homon_domain::ids::{DeviceId, MailNumber};
use homon_seal::PackageKey;
use uuid::Uuid;

use super::files::{self, At, FileError};
use crate::intake::MailTaken;
use crate::intake::layout::{self, MailState, ReceiptKind};

/// The store of one city: a folder.
#[derive(Clone, Debug)]
pub(super) struct Arrivals {
    folder: PathBuf,
}

impl Arrivals {
    /// The store in that folder, which must exist: an empty city has one, so a missing one is a wrong path.
    pub(super) fn at(folder: &Path) -> Result<Self, FileError> {
        fs::read_dir(folder).at(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// The packages for which the intake's receipt stands, sorted. Others have not completely arrived.
    pub(super) fn held(&self) -> Result<Vec<PackageKey>, FileError> {
        let mut keys = Vec::new();
        let mut folders = vec![layout::packages().to_owned()];
        while let Some(folder) = folders.pop() {
            for name in files::names_in(&self.folder.join(&folder))? {
                let name = format!("{folder}/{name}");
                match layout::read_package(&name) {
                    Some(key) if self.has_receipt(&key, ReceiptKind::Held) => keys.push(key),
                    Some(_) => {}
                    None if self.folder.join(&name).is_dir() => folders.push(name),
                    None => {}
                }
            }
        }
        keys.sort_unstable();
        Ok(keys)
    }

    /// The sealed file.
    pub(super) fn package(&self, key: &PackageKey) -> Result<File, FileError> {
        let path = self.folder.join(layout::package(key));
        File::open(&path).at(&path)
    }

    /// Whether a receipt stands.
    pub(super) fn has_receipt(&self, key: &PackageKey, kind: ReceiptKind) -> bool {
        self.folder.join(layout::receipt(key, kind)).is_file()
    }

    /// A receipt's token.
    pub(super) fn receipt(&self, key: &PackageKey, kind: ReceiptKind) -> Result<String, FileError> {
        let token = files::read_text(&self.folder.join(layout::receipt(key, kind)))?;
        Ok(token.trim_end().to_owned())
    }

    /// Puts the desk's receipt where the intake hands it out. It appears whole or not at all.
    pub(super) fn put_opened(&self, key: &PackageKey, token: &str) -> Result<(), FileError> {
        self.put(&layout::receipt(key, ReceiptKind::Opened), format!("{token}\n").as_bytes())
    }

    /// Puts mail where the intake hands it out. It appears whole or not at all.
    pub(super) fn put_mail(&self, device: DeviceId, number: MailNumber, sealed: &[u8]) -> Result<(), FileError> {
        self.put(&layout::mail(device, number, MailState::Waiting), sealed)
    }

    /// Whether there is mail of that number, or was.
    pub(super) fn has_mail(&self, device: DeviceId, number: MailNumber) -> bool {
        let stands = |state| self.folder.join(layout::mail(device, number, state)).is_file();
        stands(MailState::Waiting) || stands(MailState::Taken)
    }

    /// Since when the device has its mail of that number. What is there but can't be read says nothing.
    pub(super) fn mail_taken(&self, device: DeviceId, number: MailNumber) -> Option<DateTime<Utc>> {
        let sign = self.folder.join(layout::mail(device, number, MailState::Taken));
        files::read_json::<MailTaken>(&sign).ok().map(|taken| taken.at)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), FileError> {
        let path = self.folder.join(name);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).at(folder)?;
        // The intake's store lists no name that ends like this, and the desk knows none.
        let draft = self.folder.join(format!("{name}#{}", Uuid::new_v4().as_u128()));
        let written = write_shared(&draft, bytes).at(&draft).and_then(|()| files::publish(&draft, &path));
        if written.is_err() {
            // The draft is of no use; the first error is the one to report.
            let _ = fs::remove_file(&draft);
        }
        written
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// The intake may run as another user, receipts are nobody's secret and mail is sealed: the system's usual mode.
fn write_shared(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
