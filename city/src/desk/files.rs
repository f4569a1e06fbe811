//! Files that only their owner may read, and that are whole or not there at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// A file or folder of the city could not be read or written. Paths hold codes and identifiers, never a name.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct FileError {
    /// Which one.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

impl FileError {
    /// Whether there is no such file.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.source.kind() == io::ErrorKind::NotFound
    }
}

pub(super) trait At<T> {
    /// Names the path at which it went wrong.
    fn at(self, path: &Path) -> Result<T, FileError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, FileError> {
        self.map_err(|source| FileError { path: path.to_owned(), source })
    }
}

/// Beside `path`, under a name that nothing else has and that says what it is.
pub(super) fn draft_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".tmp-{name}-{}", Uuid::new_v4()))
}

/// Whether the name is that of a [`draft_of`] something: what an interrupted command left behind.
pub(super) fn is_draft(name: &str) -> bool {
    name.starts_with(".tmp-")
}

/// Makes a folder that only its owner may enter; its parents must exist.
pub(super) fn make_folder(path: &Path) -> Result<(), FileError> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).at(path)
}

/// As [`make_folder`], with its parents, unless they exist.
pub(super) fn make_folders(path: &Path) -> Result<(), FileError> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path).at(path)
}

/// Creates a file that only its owner may read. It must not exist.
pub(super) fn create(path: &Path) -> Result<File, FileError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).at(path)
}

/// Writes a new private file and makes its content durable; its name becomes so with [`sync_folder`].
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut file = create(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).at(path)
}

/// Writes bytes at an offset of a private file, over whatever a crash left beyond it, and makes them durable.
pub(super) fn write_from(path: &Path, offset: u64, bytes: &[u8]) -> Result<(), FileError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).at(path)?;
    let written = file.set_len(offset).and_then(|()| file.seek(SeekFrom::Start(offset)));
    written.and_then(|_| file.write_all(bytes)).and_then(|()| file.sync_all()).at(path)?;
    // A file that just came to be needs its name too.
    if offset == 0 { sync_folder(path.parent().unwrap_or(Path::new("."))) } else { Ok(()) }
}

/// Writes a private file so that a reader finds the old one or the new one, whole, even after a power cut.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let draft = draft_of(path);
    let written = write_new(&draft, bytes).and_then(|()| publish(&draft, path));
    if written.is_err() {
        // The draft is of no use; the first error is the one to report.
        let _ = fs::remove_file(&draft);
    }
    written
}

/// Writes a file that somebody asked for: whole or not at all, and never over another.
///
/// # Errors
/// [`FileError`]; `AlreadyExists` when there is something at `path`.
pub fn save_new(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists)).at(path);
    }
    replace(path, bytes)
}

/// Gives a draft its name, durably.
pub(super) fn publish(draft: &Path, path: &Path) -> Result<(), FileError> {
    fs::rename(draft, path).at(path)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(path: &Path) -> Result<(), FileError> {
    // A bare file name has the empty path for its folder.
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    // Folders can be opened and synced on Unix only.
    if cfg!(unix) { File::open(path).and_then(|folder| folder.sync_all()).at(path) } else { Ok(()) }
}

/// Makes the names of a folder and of those above it durable, up to `root`: those that were just made, and those that an
/// interrupted command had made and not synced.
pub(super) fn settle(folder: &Path, root: &Path) -> Result<(), FileError> {
    folder.ancestors().take_while(|folder| folder.starts_with(root)).try_for_each(sync_folder)
}

/// The names in a folder, sorted; none when there is no such folder. Names that are no UTF-8 are not ours.
pub(super) fn names_in(folder: &Path) -> Result<Vec<String>, FileError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.at(folder)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry.at(folder)?.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}

/// Removes what interrupted commands left in a folder.
pub(super) fn remove_drafts(folder: &Path) -> Result<(), FileError> {
    for name in names_in(folder)?.iter().filter(|name| is_draft(name)) {
        let path = folder.join(name);
        if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }.at(&path)?;
    }
    Ok(())
}

/// The whole of a text file.
pub(super) fn read_text(path: &Path) -> Result<String, FileError> {
    fs::read_to_string(path).at(path)
}

/// A file that holds JSON of a known shape.
pub(super) fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, FileError> {
    let bytes = fs::read(path).at(path)?;
    // The parser's own words may quote what it stumbled over.
    serde_json::from_slice(&bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidData)).at(path)
}

/// JSON as it stands in files that people may read: indented, with a line feed at the end.
pub(super) fn to_json(value: &impl serde::Serialize) -> Vec<u8> {
    let mut json = serde_json::to_vec_pretty(value).expect("keys of maps are text");
    json.push(b'\n');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions()) & 0o777
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, file) = (folder.path().join("a/b"), folder.path().join("a/b/c"));
        make_folders(&inner).unwrap();
        replace(&file, b"x").unwrap();
        assert_eq!((mode(&inner), mode(inner.parent().unwrap()), mode(&file)), (0o700, 0o700, 0o600));
    }

    #[test]
    fn a_file_is_replaced_whole_and_drafts_go() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("city.json");
        replace(&file, b"one").unwrap();
        replace(&file, b"two").unwrap();
        assert_eq!(read_text(&file).unwrap(), "two");
        write_new(&draft_of(&file), b"half").unwrap();
        make_folder(&draft_of(&file)).unwrap();
        assert_eq!(names_in(folder.path()).unwrap().len(), 3);
        remove_drafts(folder.path()).unwrap();
        assert_eq!(names_in(folder.path()).unwrap(), ["city.json"]);
        assert!(write_new(&file, b"three").is_err() && save_new(&file, b"three").is_err());
        assert_eq!(read_text(&file).unwrap(), "two");
    }

    #[test]
    fn what_a_crash_left_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lines");
        write_from(&file, 0, b"one\n").unwrap();
        write_from(&file, 4, b"half of a long line").unwrap();
        write_from(&file, 4, b"two\n").unwrap();
        assert_eq!(read_text(&file).unwrap(), "one\ntwo\n");
    }

    #[test]
    fn errors_name_the_path_and_not_the_content() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.json");
        assert!(read_text(&file).unwrap_err().is_missing());
        replace(&file, br#"{"name":"secret""#).unwrap();
        let error = read_json::<u8>(&file).unwrap_err().to_string();
        assert!(error.contains("x.json") && !error.contains("secret"), "{error}");
    }
}
