//! The city's objects: in a folder, or in a bucket of an S3-compatible store, through one interface.
//!
//! Every write is atomic and durable when it returns. A folder writes beside the target, syncs, and renames or links; a
//! bucket answers when it has the object. Objects are created, read and deleted; only the registry's are replaced, and
//! receipts that no key stands for any more.
//! What the two do differently is in this file and in [`place`].

mod drafts;
mod growing;
mod place;
mod proof;
mod waiting;

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectName;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use tokio::io::AsyncWriteExt;

pub(crate) use self::growing::{Growing, Mark};
pub use self::place::{Bucket, NotABucket, StorePlace};
pub(crate) use self::waiting::wait;

/// Bytes of one part of a large object: the least that S3 takes for a part.
pub(crate) const PART: usize = 5 << 20;
/// Parts of one object that are on their way at once. With the one being filled, memory for each object being written.
const PARTS_AT_ONCE: usize = 2;

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
    /// The endpoint of the bucket is plain HTTP and not on this machine.
    #[error(
        "the store's endpoint is plain http: use https, or set AWS_ALLOW_HTTP=true if the network between is yours"
    )]
    PlainHttp,
    /// There is no such bucket or folder.
    #[error("the store is not there: look at its name, and at the endpoint")]
    NotThere,
    /// The store lets a second writer of a name win.
    #[error(
        "the store does not keep conditional writes (If-None-Match on PUT), so two intakes could hold different bytes for \
         one package: use a store that does"
    )]
    NotConditional,
    /// Anything else: for the operator.
    #[error("the store failed: {0}")]
    Failed(#[source] object_store::Error),
    /// The folder could not be opened or synced: for the operator.
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

impl From<StoreError> for io::Error {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::Exists => io::ErrorKind::AlreadyExists,
            StoreError::Missing => io::ErrorKind::NotFound,
            StoreError::Full => io::ErrorKind::StorageFull,
            StoreError::Folder(inner) => inner.kind(),
            StoreError::NotThere => io::ErrorKind::NotFound,
            StoreError::PlainHttp | StoreError::NotConditional | StoreError::Failed(_) => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}

/// Whether anywhere in the chain of causes stands that no space is left.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let full = |kind| matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    std::iter::successors(Some(error), |error| error.source())
        .any(|error| error.downcast_ref::<io::Error>().is_some_and(|error| full(error.kind())))
}

/// Name, size in bytes and age of one object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) size: u64,
    /// The store's clock when the object was written.
    pub(crate) written_at: DateTime<Utc>,
}

/// The objects of one city.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    objects: Arc<dyn ObjectStore>,
    /// Where the objects are files: only there is anything to sync, and only there do interrupted writes leave drafts.
    folder: Option<PathBuf>,
}

impl Store {
    /// Opens the store. A folder must exist: an empty city has one, so a missing one is a wrong path.
    pub(crate) fn open(place: &StorePlace) -> Result<Self, StoreError> {
        match place {
            StorePlace::Folder(folder) => Self::at_folder(folder),
            StorePlace::Bucket(bucket) => Ok(Self { objects: bucket.open()?, folder: None }),
        }
    }

    /// Opens a folder.
    pub(crate) fn at_folder(folder: &Path) -> Result<Self, StoreError> {
        let folder = folder.canonicalize()?;
        let objects = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true);
        Ok(Self { objects: Arc::new(objects), folder: Some(folder) })
    }

    /// Whether the store is still there.
    pub(crate) async fn check(&self) -> Result<(), StoreError> {
        match self.folder.clone() {
            Some(folder) => blocking(move || std::fs::read_dir(folder).map(drop)).await,
            // One of the cheap questions that a missing bucket does not answer like an empty one.
            None => Ok(self.objects.list(Some(&object("checks"))).next().await.transpose().map(drop)?),
        }
    }

    /// Creates an object. [`StoreError::Exists`] when there is one of that name, whose bytes then stay.
    ///
    /// A bucket may also answer so when the writer itself was first and the answer got lost, or when it could not decide
    /// between two at the moment: whoever gets it looks what is there.
    pub(crate) async fn create(&self, name: &str, payload: impl Into<PutPayload>) -> Result<(), StoreError> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        self.objects.put_opts(&object(name), payload.into(), options).await?;
        Ok(())
    }

    /// Writes a small object, in place of one of that name. A reader finds the old one or the new one, whole.
    pub(crate) async fn replace(&self, name: &str, payload: impl Into<PutPayload>) -> Result<(), StoreError> {
        self.objects.put(&object(name), payload.into()).await?;
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
        let entry = |meta: object_store::ObjectMeta| Entry {
            name: meta.location.to_string(),
            size: meta.size,
            written_at: meta.last_modified,
        };
        let mut entries: Vec<Entry> = found.map_ok(entry).try_collect().await?;
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// The names of what lies directly below a prefix and has objects below itself.
    pub(crate) async fn folders(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let found = self.objects.list_with_delimiter(Some(&object(prefix))).await?;
        Ok(found.common_prefixes.iter().filter_map(|path| Some(path.filename()?.to_owned())).collect())
    }

    /// Begins a large object, which replaces one of that name and stands there whole, or not at all.
    pub(crate) fn write(&self, name: &str) -> Writing {
        let writer = BufWriter::with_capacity(Arc::clone(&self.objects), object(name), PART);
        Writing(writer.with_max_concurrency(PARTS_AT_ONCE))
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
        let Some(folder) = &self.folder else {
            return self.delete_each(self.list(prefix).await?).await;
        };
        let folder = folder.join(prefix);
        blocking(move || match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .await
    }

    /// Deletes these objects; those that are gone already are not missed.
    async fn delete_each(&self, entries: Vec<Entry>) -> Result<(), StoreError> {
        let names = stream::iter(entries.into_iter().map(|entry| Ok(object(&entry.name)))).boxed();
        let deleted = self.objects.delete_stream(names).map(|deleted| match deleted {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        });
        deleted.try_collect().await
    }

    /// Deletes what interrupted writes left in a folder before an instant, and folders of uploads that are empty since.
    ///
    /// In a bucket they can't be seen here: a rule of the bucket removes multipart uploads that were not completed.
    pub(crate) async fn remove_drafts(&self, before: DateTime<Utc>) -> Result<(), StoreError> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        blocking(move || drafts::remove(&folder, before.into())).await
    }

    /// Makes sure that an object found after a crash is durable, with every folder above it.
    ///
    /// Writes are durable when they return, but in a folder a crash can fall between the moment an object becomes visible
    /// and its sync. What is found must be synced before anyone is told that it is held. What a bucket shows is durable.
    pub(crate) async fn settle(&self, name: &str) -> Result<(), StoreError> {
        let Some(root) = self.folder.clone() else { return Ok(()) };
        let file = root.join(name);
        blocking(move || sync_up(&file, &root)).await
    }
}

/// Syncs a file and every folder above it, up to the root of the store.
fn sync_up(file: &Path, root: &Path) -> io::Result<()> {
    for path in file.ancestors().take_while(|path| path.starts_with(root)) {
        // Folders can be opened and synced on Unix only.
        if cfg!(unix) || path.is_file() {
            std::fs::File::open(path)?.sync_all()?;
        }
    }
    Ok(())
}

/// A large object that is being written. Dropping it leaves nothing under its name.
pub(crate) struct Writing(BufWriter);

impl Writing {
    /// Adds bytes. After an error the object must be given up.
    pub(crate) async fn add(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        Ok(self.0.put(bytes).await?)
    }

    /// Gives the object its name.
    pub(crate) async fn finish(mut self) -> Result<(), StoreError> {
        // The writer's interface is that of files; what the store has said is inside.
        let ended = self.0.shutdown().await.map_err(io::Error::downcast::<object_store::Error>);
        ended.map_err(|error| error.map_or_else(StoreError::from, StoreError::from))
    }

    /// Removes what was written of it. What cannot be removed now is a draft, which the store's own rules remove.
    pub(crate) async fn give_up(mut self) {
        if let Err(error) = self.0.abort().await {
            tracing::warn!(%error, "what was written of an object could not be removed");
        }
    }
}

fn object(name: &str) -> ObjectName {
    // Names come from `layout`, whose alphabet needs no escaping: a name is also the path below the folder.
    ObjectName::from(name)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(io::Error::other)??)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at_folder(folder.path()).unwrap();
        (folder, store)
    }

    #[tokio::test]
    async fn an_object_is_created_once_and_replaced_only_on_purpose() {
        let (folder, store) = store();
        store.create("a/b", Bytes::from_static(b"first")).await.unwrap();
        let again = store.create("a/b", Bytes::from_static(b"second")).await;
        assert!(matches!(again, Err(StoreError::Exists)), "{again:?}");
        assert_eq!(store.read("a/b").await.unwrap().unwrap(), "first");
        assert_eq!(std::fs::read(folder.path().join("a/b")).unwrap(), b"first");
        store.replace("a/b", Bytes::from_static(b"third")).await.unwrap();
        assert_eq!(store.read("a/b").await.unwrap().unwrap(), "third");
        assert_eq!(std::fs::read_dir(folder.path().join("a")).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn a_large_object_stands_there_whole_or_not_at_all() {
        let (_folder, store) = store();
        let piece = Bytes::from(vec![7; 2 << 20]);
        for (name, pieces) in [("small", 1), ("large", 4)] {
            let mut writing = store.write(name);
            for _ in 0..pieces {
                writing.add(piece.clone()).await.unwrap();
                assert_eq!(store.size(name).await.unwrap(), None);
            }
            writing.finish().await.unwrap();
            assert_eq!(store.size(name).await.unwrap(), Some(pieces * (2 << 20)));
            store.settle(name).await.unwrap();
            let mut writing = store.write("given-up");
            for _ in 0..pieces {
                writing.add(piece.clone()).await.unwrap();
            }
            writing.give_up().await;
            assert_eq!(store.size("given-up").await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn interrupted_writes_are_not_listed_and_go_with_the_rest() {
        let (folder, store) = store();
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
    fn a_full_disk_is_recognised_through_its_wrapping() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let wrapped = || object_store::Error::Generic { store: "local", source: Box::new(full()) };
        assert!(matches!(StoreError::from(wrapped()), StoreError::Full));
        assert!(matches!(StoreError::from(io::Error::from(wrapped())), StoreError::Full));
        let other = object_store::Error::Generic { store: "local", source: "no".into() };
        assert!(matches!(StoreError::from(other), StoreError::Failed(_)));
    }
}
