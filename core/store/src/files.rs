//! Private files that are whole or absent: made beside their place, synchronised, then renamed into it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Makes a folder that only this user may enter. Does nothing when it exists.
pub(crate) fn make_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Ok(()) => sync_parent(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes an empty file that only this user may read.
///
/// SQLite gives its journals the permissions of the main file, so this is done before SQLite sees the path.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Where a file is made before it is renamed to `path`.
pub(crate) fn unfinished(path: &Path) -> PathBuf {
    with_suffix(path, ".new")
}

/// `path` with text appended to the file name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Replaces or makes a file. After a crash at any point, the old content or the new is there, whole.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = unfinished(path);
    remove_if_there(&unfinished)?;
    let mut file = create_private(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    rename(&unfinished, path)
}

/// Renames and makes the new name durable. Both names are in folders that exist.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    sync_parent(to)?;
    if from.parent() == to.parent() { Ok(()) } else { sync_parent(from) }
}

/// Removes a file durably; answers its length in bytes, or `None` when there was none.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<Option<u64>> {
    let length = match fs::symlink_metadata(path) {
        Ok(facts) => facts.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    fs::remove_file(path)?;
    sync_parent(path)?;
    Ok(Some(length))
}

/// The names of the files of a folder, sorted. Names that are not UTF-8 are not ours and are left out.
pub(crate) fn names_in(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.extend(entry?.file_name().into_string().ok());
    }
    names.sort();
    Ok(names)
}

/// The files of a folder whose names begin with `prefix`, sorted.
pub(crate) fn beginning_with(folder: &Path, prefix: &str) -> io::Result<Vec<PathBuf>> {
    let names = names_in(folder)?;
    Ok(names.into_iter().filter(|name| name.starts_with(prefix)).map(|name| folder.join(name)).collect())
}

/// Makes the names in the folder of `path` durable.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sync_dir(folder)
}

#[cfg(unix)]
fn sync_dir(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere folders cannot be opened as files; those systems are for training only.
#[cfg(not(unix))]
fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    #[cfg(unix)]
    fn files_and_folders_are_private() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("folder");
        make_private_dir(&folder).unwrap();
        make_private_dir(&folder).unwrap();
        write_atomically(&folder.join("file"), b"text").unwrap();
        assert_eq!((mode(&folder), mode(&folder.join("file"))), (0o700, 0o600));
    }

    #[test]
    fn a_write_that_was_torn_before_its_rename_is_replaced() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("file");
        write_atomically(&path, b"old").unwrap();
        fs::write(unfinished(&path), b"ne").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        write_atomically(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names_in(place.path()).unwrap(), ["file"]);
    }

    #[test]
    fn removing_tells_what_was_there() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("file");
        write_atomically(&path, b"four").unwrap();
        assert_eq!(remove_if_there(&path).unwrap(), Some(4));
        assert_eq!(remove_if_there(&path).unwrap(), None);
    }
}
