//! The intake's objects: a local folder today, through an interface that object stores offer as well.
//!
//! Every write is atomic and durable when it returns: the local store writes beside the target, syncs, and renames or
//! links. Objects are created, read and deleted, never changed.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectName;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};

/// The store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// An object of that name exists already.
    #[error("the object exists already")]
    Exists,
    /// There is no object of that name.
    #[error("there is no such object")]
    Missing,
    /// The disk is full, or a quota is reached.
    #[error("no space is left")]
    Full,
    /// Anything else: for the operator.
    #[error("the store failed: {0}")]
    Failed(#[source] object_store::Error),
    /// The folder could not be made, opened or synced: for the operator.
    #[error("the folder failed: {0}")]
    Folder(#[source] io::Error),
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::AlreadyExists { .. } => Self::Exists,
            object_store::Error::NotFound { .. } => Self::Missing,
            other if is_full(&other) => Self::Full,
            other => Self::Failed(other),
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        if is_full(&error) { Self::Full } else { Self::Folder(error) }
    }
}

/// Whether anywhere in the chain of causes stands that no space is left.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let full = |kind| matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    std::iter::successors(Some(error), |error| error.source())
        .any(|error| error.downcast_ref::<io::Error>().is_some_and(|error| full(error.kind())))
}

/// Name and size in bytes of one object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) size: u64,
}

/// The objects of one intake.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    objects: LocalFileSystem,
    folder: PathBuf,
}

impl Store {
    /// Opens the folder, which must exist.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let objects = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { objects, folder: folder.canonicalize()? })
    }

    /// Whether the folder is still there.
    pub(crate) async fn check(&self) -> Result<(), StoreError> {
        let folder = self.folder.clone();
        blocking(move || std::fs::read_dir(folder).map(drop)).await
    }

    /// Creates an object. [`StoreError::Exists`] when there is one of that name, whose bytes then stay.
    pub(crate) async fn create(&self, name: &str, payload: impl Into<PutPayload>) -> Result<(), StoreError> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        self.objects.put_opts(&object(name), payload.into(), options).await?;
        Ok(())
    }

    /// All bytes of a small object; `None` when there is none.
    pub(crate) async fn read(&self, name: &str) -> Result<Option<Bytes>, StoreError> {
        match self.objects.get(&object(name)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Some bytes of a large object.
    pub(crate) async fn read_range(&self, name: &str, range: Range<u64>) -> Result<Bytes, StoreError> {
        Ok(self.objects.get_range(&object(name), range).await?)
    }

    /// The size in bytes; `None` when there is no such object.
    pub(crate) async fn size(&self, name: &str) -> Result<Option<u64>, StoreError> {
        match self.objects.head(&object(name)).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// All objects below a prefix, sorted by name.
    pub(crate) async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StoreError> {
        let found = self.objects.list(Some(&object(prefix)));
        let mut entries: Vec<Entry> =
            found.map_ok(|meta| Entry { name: meta.location.to_string(), size: meta.size }).try_collect().await?;
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// Begins an object that is written in parts and stands there whole, or not at all.
    pub(crate) async fn begin(&self, name: &str) -> Result<Box<dyn MultipartUpload>, StoreError> {
        Ok(self.objects.put_multipart(&object(name)).await?)
    }

    /// Gives an object its final name. [`StoreError::Exists`] when that is taken; both objects then stay.
    pub(crate) async fn publish(&self, from: &str, to: &str) -> Result<(), StoreError> {
        Ok(self.objects.rename_if_not_exists(&object(from), &object(to)).await?)
    }

    /// Deletes an object, if there is one.
    pub(crate) async fn delete(&self, name: &str) -> Result<(), StoreError> {
        match self.objects.delete(&object(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes everything below a prefix, leftovers of interrupted writes included.
    pub(crate) async fn delete_all(&self, prefix: &str) -> Result<(), StoreError> {
        let folder = self.folder.join(prefix);
        blocking(move || match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .await
    }

    /// Syncs an object found after a crash, and every folder above it.
    ///
    /// Writes are durable when they return, but a crash can fall between the moment an object becomes visible and its
    /// sync. What is found must be synced before anyone is told that it is held.
    pub(crate) async fn settle(&self, name: &str) -> Result<(), StoreError> {
        let (file, root) = (self.folder.join(name), self.folder.clone());
        blocking(move || {
            for path in file.ancestors().take_while(|path| path.starts_with(&root)) {
                // Folders can be opened and synced on Unix only.
                if cfg!(unix) || path.is_file() {
                    std::fs::File::open(path)?.sync_all()?;
                }
            }
            Ok(())
        })
        .await
    }
}

fn object(name: &str) -> ObjectName {
    // Names come from `layout`, whose alphabet needs no escaping: a name is also the path below the folder.
    ObjectName::from(name)
}

async fn blocking(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> Result<(), StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(io::Error::other)??)
}

/// Writes a small file so that a reader sees the old one or the new one, whole, even after a power cut.
///
/// # Errors
/// Any error of the file system.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    let draft = path.with_extension(format!("{}.draft", uuid::Uuid::new_v4()));
    let written = write_and_sync(&draft, bytes).and_then(|()| std::fs::rename(&draft, path));
    if written.is_err() {
        // The draft is of no use, and its leftover of no harm: the first error is the one to report.
        let _ = std::fs::remove_file(&draft);
    }
    written?;
    if cfg!(unix) { std::fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

fn write_and_sync(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = std::fs::File::create_new(path)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_object_is_created_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.create("a/b", Bytes::from_static(b"first")).await.unwrap();
        let again = store.create("a/b", Bytes::from_static(b"second")).await;
        assert!(matches!(again, Err(StoreError::Exists)), "{again:?}");
        assert_eq!(store.read("a/b").await.unwrap().unwrap(), "first");
        assert_eq!(std::fs::read(folder.path().join("a/b")).unwrap(), b"first");
    }

    #[tokio::test]
    async fn publishing_never_replaces() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.create("a", Bytes::from_static(b"held")).await.unwrap();
        store.create("b", Bytes::from_static(b"other")).await.unwrap();
        assert!(matches!(store.publish("b", "a").await, Err(StoreError::Exists)));
        assert_eq!(store.read("a").await.unwrap().unwrap(), "held");
        store.publish("b", "c/d").await.unwrap();
        assert_eq!(store.read("c/d").await.unwrap().unwrap(), "other");
        assert_eq!(store.size("b").await.unwrap(), None);
        store.settle("c/d").await.unwrap();
    }

    #[tokio::test]
    async fn interrupted_writes_are_not_listed_and_go_with_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.create("u/2", Bytes::from_static(b"22")).await.unwrap();
        store.create("u/1", Bytes::from_static(b"1")).await.unwrap();
        std::fs::write(folder.path().join("u/3#1"), b"half").unwrap();
        let names: Vec<_> = store.list("u").await.unwrap().into_iter().map(|entry| (entry.name, entry.size)).collect();
        assert_eq!(names, [("u/1".to_owned(), 1), ("u/2".to_owned(), 2)]);
        store.delete_all("u").await.unwrap();
        assert!(!folder.path().join("u").exists());
        store.delete_all("u").await.unwrap();
    }

    #[test]
    fn a_small_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("devices/x.json");
        write_atomically(&path, b"one").unwrap();
        write_atomically(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_full_disk_is_recognised_through_its_wrapping() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let wrapped = object_store::Error::Generic { store: "local", source: Box::new(full) };
        assert!(matches!(StoreError::from(wrapped), StoreError::Full));
        let other = object_store::Error::Generic { store: "local", source: "no".into() };
        assert!(matches!(StoreError::from(other), StoreError::Failed(_)));
    }
}
