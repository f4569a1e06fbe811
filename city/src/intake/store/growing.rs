//! An object in a folder whose bytes are written as they arrive: once, without waiting in memory.
//!
//! Until it is whole and synced it is a draft, which no listing shows. Beside the draft lie marks: after each piece, the
//! length and the digest of all that was written so far. What a crash leaves of a draft is believed as far as a mark
//! vouches for it. So a process that is killed loses what it had not marked, a power cut loses what it had not synced, and
//! neither can pass off other bytes as those that arrived.
//!
//! In a bucket there are no drafts: there bytes come as objects of their own.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use homon_seal::Sha256Digest;
use ring::digest::{Context, SHA256};

use super::{Store, StoreError, blocking, sync_up};

/// Behind the object's name. No listing shows a `#` and digits, and after a day they are tidied away.
const DRAFT: &str = "#0";
const MARKS: &str = "#00";
/// A length in eight bytes, and a digest.
const MARK: usize = 8 + 32;

/// A draft that this process, and no other, is writing.
pub(crate) struct Growing {
    draft: Arc<File>,
    marks: Arc<File>,
    object: PathBuf,
    root: PathBuf,
}

/// What has been written of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Mark {
    /// Bytes.
    pub(crate) length: u64,
    /// Their digest.
    pub(crate) sha256: Sha256Digest,
}

impl Store {
    /// Whether objects can grow: in a folder they can.
    pub(crate) fn can_grow(&self) -> bool {
        self.folder.is_some()
    }

    /// Begins an object.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when it is there, or another process is writing it.
    pub(crate) async fn grow(&self, name: &str) -> Result<Growing, StoreError> {
        let root = self.folder.clone().ok_or_else(cannot)?;
        let object = root.join(name);
        blocking(move || begin(object, root)).await.map_err(exists)
    }

    /// Makes objects of the drafts that crashes have left directly below a prefix, as far as their marks reach.
    pub(crate) async fn recover(&self, prefix: &str) -> Result<(), StoreError> {
        let Some(root) = self.folder.clone() else { return Ok(()) };
        let folder = root.join(prefix);
        blocking(move || recover_all(&folder, &root)).await
    }

    /// Gives an object a second name, and makes it durable under that.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is one of that name.
    pub(crate) async fn name_also(&self, object: &str, name: &str) -> Result<(), StoreError> {
        let root = self.folder.clone().ok_or_else(cannot)?;
        let (object, name) = (root.join(object), root.join(name));
        let named = move || {
            if let Some(folder) = name.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::hard_link(&object, &name)?;
            sync_up(&name, &root)
        };
        blocking(named).await.map_err(exists)
    }
}

impl Growing {
    /// Adds bytes; the mark says what has been written with them.
    pub(crate) async fn add(&self, bytes: Vec<Bytes>, mark: Mark) -> Result<(), StoreError> {
        let (draft, marks) = (Arc::clone(&self.draft), Arc::clone(&self.marks));
        let added = move || {
            bytes.iter().try_for_each(|bytes| (&*draft).write_all(bytes))?;
            (&*marks).write_all(&mark.to_bytes())
        };
        blocking(added).await
    }

    /// Makes the draft an object of that many bytes, durable.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is one of that name.
    pub(crate) async fn finish(self, length: u64) -> Result<(), StoreError> {
        blocking(move || publish(&self.draft, &self.object, length, &self.root)).await.map_err(exists)
    }

    /// Removes the draft.
    pub(crate) async fn give_up(self) -> Result<(), StoreError> {
        blocking(move || remove(&self.object)).await
    }
}

impl Mark {
    fn to_bytes(self) -> [u8; MARK] {
        let mut bytes = [0; MARK];
        bytes[..8].copy_from_slice(&self.length.to_be_bytes());
        bytes[8..].copy_from_slice(&self.sha256.0);
        bytes
    }

    fn from_bytes(bytes: &[u8; MARK]) -> Self {
        let (mut length, mut sha256) = ([0; 8], [0; 32]);
        length.copy_from_slice(&bytes[..8]);
        sha256.copy_from_slice(&bytes[8..]);
        Self { length: u64::from_be_bytes(length), sha256: Sha256Digest(sha256) }
    }
}

fn cannot() -> StoreError {
    StoreError::Folder(io::ErrorKind::Unsupported.into())
}

fn exists(error: StoreError) -> StoreError {
    match error {
        StoreError::Folder(inner) if inner.kind() == io::ErrorKind::AlreadyExists => StoreError::Exists,
        other => other,
    }
}

fn beside(object: &Path, suffix: &str) -> PathBuf {
    let mut name = object.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn begin(object: PathBuf, root: PathBuf) -> io::Result<Growing> {
    if object.try_exists()? {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    if let Some(folder) = object.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let draft = OpenOptions::new().write(true).create_new(true).open(beside(&object, DRAFT))?;
    if !is_ours(&draft)? {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let marks = File::create(beside(&object, MARKS))?;
    Ok(Growing { draft: Arc::new(draft), marks: Arc::new(marks), object, root })
}

/// Whether no other process is writing the draft. The lock goes with the process that has it.
fn is_ours(draft: &File) -> io::Result<bool> {
    match draft.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        // Without locks there is one process for the folder, as the handbook wants it anyway.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn publish(draft: &File, object: &Path, length: u64, root: &Path) -> io::Result<()> {
    draft.set_len(length)?;
    // Before it has its name: what is found under it after a crash must be whole.
    draft.sync_all()?;
    std::fs::hard_link(beside(object, DRAFT), object)?;
    sync_up(object, root)?;
    remove(object)
}

/// Removes the draft. The marks go first: a draft without them is worth nothing, marks without a draft harm nobody.
fn remove(object: &Path) -> io::Result<()> {
    for suffix in [MARKS, DRAFT] {
        match std::fs::remove_file(beside(object, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn recover_all(folder: &Path, root: &Path) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let name = entry?.file_name();
        if let Some(object) = name.to_str().and_then(|name| name.strip_suffix(DRAFT)).filter(|name| !name.contains('#'))
        {
            recover(&folder.join(object), root)?;
        }
    }
    Ok(())
}

fn recover(object: &Path, root: &Path) -> io::Result<()> {
    let draft = OpenOptions::new().read(true).write(true).open(beside(object, DRAFT))?;
    if !is_ours(&draft)? {
        return Ok(());
    }
    let length = marked(&draft, &beside(object, MARKS))?;
    tracing::info!(bytes = length, "a draft was left by a crash");
    // An object of that name stands for itself.
    if length == 0 || object.try_exists()? { remove(object) } else { publish(&draft, object, length, root) }
}

/// How many bytes from the beginning of a draft its marks vouch for.
fn marked(mut draft: &File, marks: &Path) -> io::Result<u64> {
    let marks = match std::fs::read(marks) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        marks => marks?,
    };
    let (mut context, mut believed) = (Context::new(&SHA256), 0);
    for mark in marks.as_chunks::<MARK>().0.iter().map(Mark::from_bytes) {
        let Some(more) = mark.length.checked_sub(believed) else { break };
        let read = hash(Read::by_ref(&mut draft).take(more), &mut context)?;
        if read != more || context.clone().finish().as_ref() != mark.sha256.0 {
            break;
        }
        believed = mark.length;
    }
    Ok(believed)
}

fn hash(mut from: impl Read, context: &mut Context) -> io::Result<u64> {
    let (mut buffer, mut bytes) = (vec![0; 64 << 10], 0);
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(bytes),
            read => {
                context.update(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PIECES: [&str; 3] = ["one", "zwei-zwei", "san"];

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at_folder(folder.path()).unwrap();
        (folder, store)
    }

    async fn grown(store: &Store) -> Growing {
        let growing = store.grow("u/a").await.unwrap();
        let mut all = Vec::new();
        for piece in PIECES {
            all.extend_from_slice(piece.as_bytes());
            let (first, rest) = piece.split_at(1);
            let bytes = [first, rest].map(|part| Bytes::from_static(part.as_bytes())).to_vec();
            let mark = Mark { length: all.len() as u64, sha256: Sha256Digest::of(&all) };
            growing.add(bytes, mark).await.unwrap();
        }
        growing
    }

    async fn names(store: &Store) -> Vec<String> {
        store.list("u").await.unwrap().into_iter().map(|entry| entry.name).collect()
    }

    #[tokio::test]
    async fn a_draft_becomes_an_object_when_it_is_finished() {
        let (folder, store) = store();
        let growing = grown(&store).await;
        assert_eq!(names(&store).await, Vec::<String>::new());
        assert!(matches!(store.grow("u/a").await, Err(StoreError::Exists)), "somebody is writing it");
        store.recover("u").await.unwrap();
        assert_eq!(names(&store).await, Vec::<String>::new(), "what is being written is left alone");
        growing.finish(12).await.unwrap();
        assert_eq!(store.read("u/a").await.unwrap().unwrap(), "onezwei-zwei");
        assert_eq!(std::fs::read_dir(folder.path().join("u")).unwrap().count(), 1);
        assert!(matches!(store.grow("u/a").await, Err(StoreError::Exists)));
        store.grow("u/b").await.unwrap().give_up().await.unwrap();
        assert_eq!(std::fs::read_dir(folder.path().join("u")).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn an_object_that_came_meanwhile_is_not_replaced() {
        let (_folder, store) = store();
        let growing = grown(&store).await;
        store.create("u/a", Bytes::from_static(b"other")).await.unwrap();
        assert!(matches!(growing.finish(15).await, Err(StoreError::Exists)));
        store.recover("u").await.unwrap();
        assert_eq!(store.read("u/a").await.unwrap().unwrap(), "other");
    }

    #[tokio::test]
    async fn a_second_name_stays_when_the_first_goes_and_replaces_nothing() {
        let (_folder, store) = store();
        store.create("u/a", Bytes::from_static(b"whole")).await.unwrap();
        store.name_also("u/a", "p/q/a").await.unwrap();
        store.delete_all("u").await.unwrap();
        assert_eq!(store.read("p/q/a").await.unwrap().unwrap(), "whole");
        store.create("u/b", Bytes::from_static(b"other")).await.unwrap();
        assert!(matches!(store.name_also("u/b", "p/q/a").await, Err(StoreError::Exists)));
        assert_eq!(store.read("p/q/a").await.unwrap().unwrap(), "whole");
    }

    /// What a crash may do to a file: cut it, lengthen it with zeros, blot out a part.
    fn spoil(path: &Path, cut: usize, zeros: usize, blot: usize) {
        let mut bytes = std::fs::read(path).unwrap();
        bytes.truncate(bytes.len().saturating_sub(cut));
        bytes.resize(bytes.len() + zeros, 0);
        if let Some(byte) = bytes.get_mut(blot) {
            *byte = 0;
        }
        std::fs::write(path, bytes).unwrap();
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn after_any_crash_there_is_a_beginning_of_what_arrived(
            (draft_cut, draft_zeros, draft_blot) in (0usize..20, 0usize..20, 0usize..30),
            (marks_cut, marks_zeros, marks_blot) in (0usize..130, 0usize..50, 0usize..240),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (folder, store) = store();
            let whole: String = PIECES.concat();
            let kept = runtime.block_on(async {
                // Dropped as by a kill: nothing is tidied up.
                drop(grown(&store).await);
                spoil(&folder.path().join("u/a#0"), draft_cut, draft_zeros, draft_blot);
                spoil(&folder.path().join("u/a#00"), marks_cut, marks_zeros, marks_blot);
                store.recover("u").await.unwrap();
                store.read("u/a").await.unwrap().unwrap_or_default()
            });
            prop_assert!(whole.as_bytes().starts_with(&kept), "{kept:?}");
            prop_assert!([0, 3, 12, 15].contains(&kept.len()), "{kept:?}");
            let untouched = draft_cut == 0 && draft_blot >= whole.len() && marks_cut == 0 && marks_blot >= 3 * MARK;
            prop_assert!(!untouched || kept.len() == whole.len());
            let files = std::fs::read_dir(folder.path().join("u")).unwrap().count();
            prop_assert_eq!(files, usize::from(!kept.is_empty()), "drafts are left");
        }
    }
}
