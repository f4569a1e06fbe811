//! What interrupted writes leave in a folder.

use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// Removes drafts and empty folders that were there before an instant and have not changed since.
///
/// Drafts are named after their object, with a `#` behind it that no object's name has.
pub(super) fn remove(folder: &Path, before: SystemTime) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let done = if kind.is_dir() {
            // The folder's own time is that of its last change from outside: emptying it here must not renew it.
            let is_old = is_older(&entry, before);
            remove(&entry.path(), before).and_then(|()| if is_old? { remove_empty(&entry.path()) } else { Ok(()) })
        } else if kind.is_file() && entry.file_name().to_string_lossy().contains('#') && is_older(&entry, before)? {
            fs::remove_file(entry.path())
        } else {
            Ok(())
        };
        // Others may be tidying up as well.
        done.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })?;
    }
    Ok(())
}

fn is_older(entry: &DirEntry, before: SystemTime) -> io::Result<bool> {
    match entry.metadata() {
        Ok(metadata) => Ok(metadata.modified()? < before),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes the folder if there is nothing in it.
fn remove_empty(folder: &Path) -> io::Result<()> {
    match fs::remove_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::Duration;

    use super::*;

    #[test]
    fn old_drafts_and_empty_folders_go_and_everything_else_stays() {
        let root = tempfile::tempdir().unwrap();
        let (now, day) = (SystemTime::now(), Duration::from_secs(86_400));
        let at = |path: &str| root.path().join(path);
        for folder in ["packages/a", "uploads/old/older", "uploads/new"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        let file = |path: &str, age: Duration| {
            fs::write(at(path), b"x").unwrap();
            File::options().write(true).open(at(path)).unwrap().set_modified(now - age).unwrap();
        };
        file("packages/a/1.age", 9 * day);
        file("packages/a/1.age#1", 9 * day);
        file("packages/a/2.age#1", day / 2);
        for folder in ["uploads/old/older", "uploads/old", "uploads"] {
            File::open(at(folder)).unwrap().set_modified(now - 9 * day).unwrap();
        }
        remove(root.path(), now - day).unwrap();
        for stays in ["packages/a/1.age", "packages/a/2.age#1", "uploads/new"] {
            assert!(at(stays).exists(), "{stays}");
        }
        for goes in ["packages/a/1.age#1", "uploads/old"] {
            assert!(!at(goes).exists(), "{goes}");
        }
        remove(root.path(), now - day).unwrap();
    }
}
