//! What belongs in a backup, and which paths may stand in one.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::desk::arrivals::Arrivals;
use crate::desk::files::{self, At, FileError};
use crate::desk::folder::CityFolder;
use crate::intake::StorePlace;

/// The folders of which a backup has files; beside them stands the programme.
const SHELVES: [&str; 3] = ["desk", "intake", "store"];
const PROGRAMME: &str = "programme.toml";
const LOCK: &str = ".lock";

/// One file to be backed up.
pub(super) struct Item {
    /// Its path in the backup.
    pub(super) path: String,
    source: Source,
}

enum Source {
    File(PathBuf),
    Object(String),
}

/// A file, opened, and its size in bytes.
type Opened = (u64, Box<dyn Read>);

/// Everything that is to be backed up, in the order of the paths.
pub(super) struct Content {
    pub(super) items: Vec<Item>,
    /// `None` where the store lies in a bucket.
    store: Option<Arrivals>,
}

impl Content {
    /// Lists a city. The desk must be locked; the intake may go on working.
    pub(super) fn of(folder: &CityFolder) -> Result<Self, FileError> {
        let mut items = vec![Item { path: PROGRAMME.to_owned(), source: Source::File(folder.programme()) }];
        for (shelf, place) in [("desk", folder.desk().path()), ("intake", &folder.intake())] {
            list(place, shelf, &mut items)?;
        }
        let mut store = None;
        if let StorePlace::Folder(_) = folder.store() {
            let arrivals = Arrivals::of(folder)?;
            let names = arrivals.worth_keeping()?.into_iter();
            items.extend(names.map(|name| Item { path: format!("store/{name}"), source: Source::Object(name) }));
            store = Some(arrivals);
        }
        items.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(Self { items, store })
    }

    /// Whether the store is in it.
    pub(super) fn has_store(&self) -> bool {
        self.store.is_some()
    }

    /// Opens one file; `None` when the intake has removed it since: mail that was taken.
    pub(super) fn open(&self, item: &Item) -> Result<Option<Opened>, FileError> {
        let opened: Result<Opened, FileError> = match (&item.source, &self.store) {
            (Source::File(path), _) => {
                let file = File::open(path).at(path)?;
                Ok((file.metadata().at(path)?.len(), Box::new(file)))
            }
            (Source::Object(name), Some(store)) => {
                store.object(name).map(|object| (object.size(), Box::new(object) as Box<dyn Read>))
            }
            (Source::Object(_), None) => return Ok(None),
        };
        match (opened, &item.source) {
            (Err(error), Source::Object(_)) if error.is_missing() => Ok(None),
            (opened, _) => opened.map(Some),
        }
    }
}

/// All files below a folder but the lock and what interrupted commands left.
fn list(folder: &Path, path: &str, items: &mut Vec<Item>) -> Result<(), FileError> {
    for name in files::names_in(folder)? {
        let (place, path) = (folder.join(&name), format!("{path}/{name}"));
        if files::is_draft(&name) || name == LOCK {
            continue;
        }
        if place.is_dir() {
            list(&place, &path, items)?;
        } else {
            items.push(Item { path, source: Source::File(place) });
        }
    }
    Ok(())
}

/// Whether a path may stand in a backup: at home in a city, and leading nowhere else.
pub(super) fn is_at_home(path: &str) -> bool {
    let names: Vec<&str> = path.split('/').collect();
    let plain = |name: &&str| {
        !name.is_empty() && !name.starts_with('.') && !name.contains(['\\', ':', '\0']) && name.len() < 200
    };
    match names[..] {
        [PROGRAMME] => true,
        [shelf, _, ..] => SHELVES.contains(&shelf) && names.iter().all(plain),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_citys_own_paths_are_at_home() {
        for right in ["programme.toml", "desk/city.json", "store/packages/x/hello/1.age", "intake/ca.pem"] {
            assert!(is_at_home(right), "{right}");
        }
        for wrong in [
            "",
            "desk",
            "desk/",
            "/desk/x",
            "desk//x",
            "desk/../x",
            "../desk/x",
            "desk/./x",
            "desk/.lock",
            "recovery/recovery.key",
            "office/office.key",
            "programme.toml/x",
            "desk\\x",
            "desk/a\\..\\b",
            "desk/c:x",
            "backup.json",
        ] {
            assert!(!is_at_home(wrong), "{wrong}");
        }
    }
}
