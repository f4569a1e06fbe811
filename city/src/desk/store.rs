//! The store as the desk asks it: one question, one answer, with the name of what was asked for in the error.

use std::io;
use std::path::PathBuf;

use bytes::Bytes;

use super::files::{At, FileError};
use super::folder::CityFolder;
use crate::intake::{Store, StoreError, wait};

/// The store of one city.
#[derive(Clone, Debug)]
pub(super) struct DeskStore {
    store: Store,
    /// Where it is, for messages.
    place: PathBuf,
}

impl DeskStore {
    /// The store of a city. A folder must exist: an empty city has one, so a missing one is a wrong path.
    pub(super) fn of(folder: &CityFolder) -> Result<Self, FileError> {
        let place = PathBuf::from(folder.store().to_string());
        let store = Store::open(folder.store()).map_err(io::Error::from).at(&place)?;
        Ok(Self { store, place })
    }

    /// All bytes of a small object; `None` when there is none.
    pub(super) fn read(&self, name: &str) -> Result<Option<Bytes>, FileError> {
        self.ask(name, |store, name| async move { store.read(&name).await })
    }

    /// The size of an object in bytes; `None` when there is none.
    pub(super) fn size(&self, name: &str) -> Result<Option<u64>, FileError> {
        self.ask(name, |store, name| async move { store.size(&name).await })
    }

    /// The names of all objects below a prefix, sorted.
    pub(super) fn names_below(&self, prefix: &str) -> Result<Vec<String>, FileError> {
        let entries = self.ask(prefix, |store, prefix| async move { store.list(&prefix).await })?;
        Ok(entries.into_iter().map(|entry| entry.name).collect())
    }

    /// Puts an object where there is none. It appears whole or not at all.
    ///
    /// # Errors
    /// [`FileError`], also when another one stands there, which then stays.
    pub(super) fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), FileError> {
        let bytes = Bytes::from(bytes);
        self.ask(name, |store, name| async move {
            match store.create(&name, bytes.clone()).await {
                // A bucket answers so as well when it has these very bytes and its first answer got lost.
                Err(StoreError::Exists) if store.read(&name).await?.as_ref() == Some(&bytes) => Ok(()),
                other => other,
            }
        })
    }

    /// Puts an object in the place of whatever stands there.
    pub(super) fn replace(&self, name: &str, bytes: Vec<u8>) -> Result<(), FileError> {
        let bytes = Bytes::from(bytes);
        self.ask(name, |store, name| async move { store.replace(&name, bytes).await })
    }

    /// Waits for the store's answer about one name.
    ///
    /// # Errors
    /// [`FileError`] with that name.
    pub(super) fn ask<T, F>(&self, name: &str, question: impl FnOnce(Store, String) -> F) -> Result<T, FileError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let asked = wait(question(self.store.clone(), name.to_owned()));
        asked.and_then(|answer| Ok(answer?)).at(&self.path_of(name))
    }

    /// Where an object lies, for messages.
    pub(super) fn path_of(&self, name: &str) -> PathBuf {
        self.place.join(name)
    }
}
