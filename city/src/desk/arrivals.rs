//! What has arrived in the store, as the desk finds it there under the names of [`crate::intake::layout`].

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use homon_seal::PackageKey;

use super::files::{At, FileError};
use super::folder::CityFolder;
use super::store::DeskStore;
use crate::intake::layout::{self, ReceiptKind};
use crate::intake::{StoreError, UploadRecord, shelf};

mod package;

pub(super) use self::package::PackageFile;

/// The packages in a city's store, with the receipts that stood there when it was opened.
#[derive(Clone, Debug)]
pub(super) struct Arrivals {
    store: DeskStore,
    /// Listed once: a command looks for many, and a bucket takes its time over each question.
    receipts: BTreeSet<(PackageKey, ReceiptKind)>,
}

impl Arrivals {
    /// What has arrived in the store of a city.
    pub(super) fn of(folder: &CityFolder) -> Result<Self, FileError> {
        let store = DeskStore::of(folder)?;
        let names = store.names_below(layout::receipts())?;
        Ok(Self { receipts: names.iter().filter_map(|name| layout::read_any_receipt(name)).collect(), store })
    }

    /// The packages for which the intake's receipt stands, sorted. Others have not completely arrived.
    pub(super) fn held(&self) -> Result<Vec<PackageKey>, FileError> {
        let names = self.store.names_below(layout::packages())?;
        let keys = names.iter().filter_map(|name| layout::read_package(name));
        let mut keys: Vec<PackageKey> = keys.filter(|key| self.has_receipt(key, ReceiptKind::Held)).collect();
        keys.sort_unstable();
        Ok(keys)
    }

    /// The sealed file.
    pub(super) fn package(&self, key: &PackageKey) -> Result<PackageFile, FileError> {
        self.object(&layout::package(key))
    }

    /// Removes a package that is of no more use. Its receipt stays: the tablet is not to send it again.
    pub(super) fn remove_package(&self, key: &PackageKey) -> Result<(), FileError> {
        self.store.ask(&layout::package(key), |store, name| async move { store.delete(&name).await })
    }

    /// Whether a receipt stood when the store was opened.
    pub(super) fn has_receipt(&self, key: &PackageKey, kind: ReceiptKind) -> bool {
        self.receipts.contains(&(*key, kind))
    }

    /// A receipt's token.
    pub(super) fn receipt(&self, key: &PackageKey, kind: ReceiptKind) -> Result<String, FileError> {
        let name = layout::receipt(key, kind);
        let token = self.store.read(&name)?.ok_or(io::ErrorKind::NotFound.into());
        let text = token
            .and_then(|token| String::from_utf8(token.into()).map_err(|_| io::Error::from(io::ErrorKind::InvalidData)));
        Ok(text.at(&self.store.path_of(&name))?.trim_end().to_owned())
    }

    /// Puts the desk's receipt where the intake hands it out. It appears whole or not at all.
    pub(super) fn put_opened(&self, key: &PackageKey, token: &str) -> Result<(), FileError> {
        self.store.put(&layout::receipt(key, ReceiptKind::Opened), format!("{token}\n").into_bytes())
    }

    /// Puts a receipt in the place of one that counts no more.
    pub(super) fn replace_receipt(&self, key: &PackageKey, kind: ReceiptKind, token: &str) -> Result<(), FileError> {
        self.store.replace(&layout::receipt(key, kind), format!("{token}\n").into_bytes())
    }

    /// Every upload that the intake remembers, held or not, and how many bytes lie there of it.
    pub(super) fn uploads(&self) -> Result<Vec<(UploadRecord, u64)>, FileError> {
        self.store.ask(layout::UPLOADS, |store, _| async move { shelf::all(&store).await })
    }

    /// The names of all objects that can't be made anew: not the uploads under way, and not the packages that the desk
    /// has laid open.
    pub(super) fn worth_keeping(&self) -> Result<Vec<String>, FileError> {
        let mut names = Vec::new();
        for shelf in [layout::devices(), layout::CLAIMS, layout::packages(), layout::receipts(), layout::MAILS] {
            names.extend(self.store.names_below(shelf)?);
        }
        let opened = |key: &PackageKey| self.has_receipt(key, ReceiptKind::Opened);
        names.retain(|name| !layout::read_package(name).is_some_and(|key| opened(&key)));
        Ok(names)
    }

    /// One object, to be read from its beginning to its end.
    pub(super) fn object(&self, name: &str) -> Result<PackageFile, FileError> {
        self.store.ask(name, |store, name| async move {
            let size = store.size(&name).await?.ok_or(StoreError::Missing)?;
            Ok(PackageFile::new(store, name, size))
        })
    }

    /// Where a package lies, for messages.
    pub(super) fn path_of(&self, key: &PackageKey) -> PathBuf {
        self.store.path_of(&layout::package(key))
    }
}
