//! A city on some folder, and what must hold for it after a fault.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use homon_faults::day::{Day, short_visit};
use homon_support::canaries::files_below;
use homon_support::city::City;

use crate::tablet::Checked;

/// The same city on another folder, with its log beside it.
pub(crate) fn on_folder(city: &City, folder: &Path) -> City {
    City { folder: folder.to_owned(), log: folder.with_extension("log"), ..city.clone() }
}

/// A day on which the desk has everything to open: hello, notice and visit of one tablet, all held.
pub(crate) fn with_arrivals() -> Day {
    let day = Day::begin(short_visit().unwrap()).unwrap();
    let intake = day.serve().unwrap();
    let tablet = &day.tablets[0];
    day.enrol(tablet).unwrap();
    for command in ["work", "close", "seal", "sync"] {
        tablet.run(&[command]).unwrap();
    }
    drop(intake);
    day
}

/// Copies a folder that holds files and folders only.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

/// KiB of the files below a folder, each in whole pages.
pub(crate) fn kibibytes(folder: &Path) -> u64 {
    let files = files_below(folder).unwrap();
    files.iter().map(|file| fs::metadata(file).unwrap().len().div_ceil(4096) * 4).sum()
}

/// What the desk has laid open, and the receipts for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Opened {
    /// Every file of every package, but for the instants in its record.
    files: BTreeMap<PathBuf, Vec<u8>>,
    /// The records: they name the digest of what was opened.
    records: BTreeMap<PathBuf, Vec<u8>>,
    /// The *opened* receipts.
    receipts: BTreeMap<PathBuf, Vec<u8>>,
}

impl Opened {
    pub(crate) fn read(city: &Path) -> Self {
        let mut opened = Self { files: BTreeMap::new(), records: BTreeMap::new(), receipts: BTreeMap::new() };
        for inner in ["desk/visits", "desk/hellos", "desk/notices"] {
            for file in files_below(&city.join(inner)).unwrap_or_default() {
                let name = file.strip_prefix(city).unwrap().to_owned();
                let bytes = fs::read(&file).unwrap();
                let is_record = name.ends_with("opened.json");
                if is_record { &mut opened.records } else { &mut opened.files }.insert(name, bytes);
            }
        }
        for file in files_below(&city.join("store/receipts")).unwrap_or_default() {
            if file.to_str().is_some_and(|name| name.ends_with(".opened.jws")) {
                opened.receipts.insert(file.strip_prefix(city).unwrap().to_owned(), fs::read(&file).unwrap());
            }
        }
        opened
    }

    pub(crate) fn packages(&self) -> usize {
        self.records.len()
    }

    /// Whether each file of `other` is here with the same bytes, the records and receipts but for their instants.
    fn has_all_of(&self, other: &Self) -> Checked {
        let missing = other.files.iter().find(|(name, bytes)| self.files.get(*name) != Some(bytes));
        if let Some((name, _)) = missing {
            return Err(format!("{} is missing or another", name.display()));
        }
        let same_names = self.files.len() == other.files.len()
            && self.records.keys().eq(other.records.keys())
            && self.receipts.keys().eq(other.receipts.keys());
        if same_names { Ok(()) } else { Err("there are other files than those of the packages".to_owned()) }
    }
}

/// Holds that whatever has a receipt is laid open whole, that the next `open` opens the rest, each once, and changes
/// nothing that a tablet may have been told.
pub(crate) fn check_open(city: &City, whole: &Opened) -> Checked {
    let before = Opened::read(&city.folder);
    check_receipted(&before, whole)?;
    let said = city.must(&["open", "--dir", city.dir()]).map_err(|error| error.to_string())?;
    let after = Opened::read(&city.folder);
    after.has_all_of(whole)?;
    if before.receipts.iter().any(|(name, token)| after.receipts.get(name) != Some(token)) {
        return Err(format!("a receipt was issued twice: {said}"));
    }
    let said = city.must(&["open", "--dir", city.dir()]).map_err(|error| error.to_string())?;
    let nothing = format!("0 opened now, {} before, 0 not opened.", whole.packages());
    if Opened::read(&city.folder) != after || said.trim() != nothing {
        return Err(format!("opening once more changed something: {said}"));
    }
    check_no_drafts(&city.folder)
}

/// A tablet erases on a receipt, so what it is for must be there whole.
fn check_receipted(before: &Opened, whole: &Opened) -> Checked {
    for receipt in before.receipts.keys() {
        let place = place_of(receipt).ok_or_else(|| format!("{} is no receipt", receipt.display()))?;
        let of_package = |files: &BTreeMap<PathBuf, Vec<u8>>| -> BTreeMap<PathBuf, Vec<u8>> {
            files.iter().filter(|(name, _)| name.starts_with(&place)).map(|(n, b)| (n.clone(), b.clone())).collect()
        };
        if of_package(&before.files) != of_package(&whole.files) || of_package(&before.records).len() != 1 {
            return Err(format!("{} stands, and the package is not there whole", receipt.display()));
        }
    }
    Ok(())
}

/// Where the package of a receipt is laid open, as `DeskFolder::place_of` has it.
fn place_of(receipt: &Path) -> Option<PathBuf> {
    let name = receipt.strip_prefix("store/receipts").ok()?.to_str()?.strip_suffix(".opened.jws")?;
    let parts: Vec<&str> = name.split('/').collect();
    Some(PathBuf::from(match *parts.as_slice() {
        [device, "hello", seal] => format!("desk/hellos/{device}/{seal}"),
        [_, "visit", visit, part, seal] => format!("desk/visits/{visit}/{part}-{seal}"),
        [_, "notice", visit, part, seal] => format!("desk/notices/{visit}/{part}-{seal}"),
        _ => return None,
    }))
}

fn check_no_drafts(folder: &Path) -> Checked {
    let files = files_below(&folder.join("desk")).map_err(|error| error.to_string())?;
    let draft = files.iter().find(|file| file.to_string_lossy().contains(".tmp-"));
    draft.map_or(Ok(()), |draft| Err(format!("a draft is left: {}", draft.display())))
}
