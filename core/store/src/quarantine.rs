//! Damaged files are set aside, unchanged: what cannot be read here may be read elsewhere. Only erasure deletes them.

use std::io;
use std::path::{Path, PathBuf};

use homon_domain::ids::{PartNumber, VisitId};

use crate::files;
use crate::kept::Kept;
use crate::root::{Root, sealed_prefixes};

/// What belongs to one database and moves with it. The main file moves last: until it is gone, the whole can be
/// set aside again, and no journal is left behind that a new file of the same name would take for its own.
const ENDINGS: [&str; 4] = ["-wal", "-shm", "-journal", ""];

/// Moves a file, with its journals, into the quarantine folder. Answers its name there, or `None` when there was
/// nothing to move.
///
/// The name is the old one with `~1`, `~2` … before the ending: unique, and without a time, because clocks lie.
pub(crate) fn set_aside(root: &Root, path: &Path) -> io::Result<Option<String>> {
    let mut present = Vec::new();
    for ending in ENDINGS {
        if files::with_suffix(path, ending).try_exists()? {
            present.push(ending);
        }
    }
    if present.is_empty() {
        return Ok(None);
    }
    let (name, place) = free_place(root, path, &present)?;
    for ending in present {
        files::rename(&files::with_suffix(path, ending), &files::with_suffix(&place, ending))?;
    }
    tracing::warn!(name, "a file was set aside");
    Ok(Some(name))
}

fn free_place(root: &Root, path: &Path, endings: &[&str]) -> io::Result<(String, PathBuf)> {
    let file_name = path.file_name().and_then(|name| name.to_str()).ok_or(io::ErrorKind::InvalidInput)?;
    let (stem, ending) = file_name.rsplit_once('.').unwrap_or((file_name, ""));
    for number in 1_u32.. {
        let name = format!("{stem}~{number}.{ending}");
        let place = root.quarantine().join(&name);
        if is_free(&place, endings)? {
            return Ok((name, place));
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn is_free(place: &Path, endings: &[&str]) -> io::Result<bool> {
    for ending in endings {
        if files::with_suffix(place, ending).try_exists()? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What lies in quarantine of one visit part: its file, and packages of it.
pub(crate) fn of_visit(root: &Root, visit: VisitId, part: PartNumber) -> io::Result<Vec<PathBuf>> {
    let prefixes = sealed_prefixes(visit, part).into_iter().chain([format!("{visit}-{part}~")]);
    let found: Vec<_> =
        prefixes.map(|prefix| files::beginning_with(&root.quarantine(), &prefix)).collect::<io::Result<_>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// What lies in quarantine of one roster or message.
pub(crate) fn of_kept(root: &Root, kept: Kept) -> io::Result<Vec<PathBuf>> {
    files::beginning_with(&root.quarantine(), &format!("{}~", kept.stem()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn each_damaged_file_gets_a_name_of_its_own_and_keeps_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        for number in 1..=3 {
            fs::write(root.desk(), [number; 3]).unwrap();
            let name = set_aside(&root, &root.desk()).unwrap().unwrap();
            assert_eq!(name, format!("desk~{number}.homon"));
            assert_eq!(fs::read(root.quarantine().join(name)).unwrap(), [number; 3]);
        }
        assert_eq!(set_aside(&root, &root.desk()).unwrap(), None);
    }

    #[test]
    fn a_move_that_was_interrupted_is_finished_under_the_same_name() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        fs::write(root.desk(), b"main").unwrap();
        fs::write(root.quarantine().join("desk~1.homon-wal"), b"journal").unwrap();
        assert_eq!(set_aside(&root, &root.desk()).unwrap().unwrap(), "desk~1.homon");
        // A journal that appeared again must not overwrite the first.
        fs::write(root.desk(), b"main").unwrap();
        fs::write(files::with_suffix(&root.desk(), "-wal"), b"journal").unwrap();
        assert_eq!(set_aside(&root, &root.desk()).unwrap().unwrap(), "desk~2.homon");
    }

    #[test]
    fn parts_of_a_visit_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let visit = VisitId::make();
        let part = |number| PartNumber::new(number).unwrap();
        for number in [1, 11] {
            fs::write(root.visit(visit, part(number)), b"main").unwrap();
            set_aside(&root, &root.visit(visit, part(number))).unwrap();
        }
        assert_eq!(of_visit(&root, visit, part(1)).unwrap().len(), 1);
        assert!(of_visit(&root, visit, part(2)).unwrap().is_empty());
    }
}
