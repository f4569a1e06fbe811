//! What has been opened: one folder a package, with `opened.json` as the last file written into it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use homon_domain::case::Case;
use homon_domain::ids::{DeviceId, PartNumber, SealNumber, VisitId};
use homon_domain::tally::Tally;
use homon_domain::visit::Visit;
use homon_seal::{Manifest, PackageKey, Sha256Digest, Subject};
use serde::{Deserialize, Serialize};

use super::files::{self, FileError};
use super::folder::DeskFolder;

/// The record of an opened package: `opened.json`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Opened {
    /// What the device signed.
    pub manifest: Manifest,
    /// The digest of the sealed file.
    pub sha256: Sha256Digest,
    /// Since when the intake holds it.
    pub held_at: DateTime<Utc>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Set when the device was revoked after the package was held: look at it twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_revoked_at: Option<DateTime<Utc>>,
}

impl Opened {
    /// The name of the record in its folder.
    pub(super) const FILE: &str = "opened.json";

    /// Which package it was.
    #[must_use]
    pub fn key(&self) -> &PackageKey {
        &self.manifest.key
    }

    /// The record of a package, if it was opened.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(desk: &DeskFolder, key: &PackageKey) -> Result<Option<Self>, FileError> {
        match desk.place_of(key) {
            // Another tablet's package may lie in its place: two that both call themselves part 1.
            Some(place) => Ok(Self::read_in(&place)?.filter(|opened| opened.key() == key)),
            None => Ok(None),
        }
    }

    fn read_in(place: &Path) -> Result<Option<Self>, FileError> {
        match files::read_json(&place.join(Self::FILE)) {
            Ok(opened) => Ok(Some(opened)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// An opened part of a visit, where it lies.
#[derive(Clone, Debug)]
pub struct OpenedPart {
    /// Its record.
    pub opened: Opened,
    /// Its folder.
    pub place: PathBuf,
}

impl OpenedPart {
    /// The tablet that sealed it.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.opened.key().device
    }

    /// How often the part had been sealed.
    #[must_use]
    pub fn seal(&self) -> SealNumber {
        self.opened.key().seal
    }

    /// The visit itself.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn visit(&self) -> Result<Visit, FileError> {
        files::read_json(&self.place.join("visit.json"))
    }

    /// Its cases, in the order of their numbers.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn cases(&self) -> Result<Vec<Case>, FileError> {
        let folder = self.place.join("cases");
        let mut cases = Vec::new();
        for name in files::names_in(&folder)? {
            cases.push(files::read_json::<Case>(&folder.join(name))?);
        }
        cases.sort_by_key(|case| case.number);
        Ok(cases)
    }

    /// Its counts.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn tally(&self) -> Result<Tally, FileError> {
        Ok(Tally::of(&self.visit()?, &self.cases()?))
    }

    /// Where the photo of a case lies, if there is one.
    #[must_use]
    pub fn photo(&self, case: &Case) -> Option<PathBuf> {
        let path = self.place.join(format!("photos/{}.jpg", case.number));
        path.is_file().then_some(path)
    }
}

/// All opened parts, by visit and part; of each the highest seal, which alone counts.
///
/// # Errors
/// [`FileError`].
pub fn parts_that_count(desk: &DeskFolder) -> Result<BTreeMap<(VisitId, PartNumber), OpenedPart>, FileError> {
    let mut parts: BTreeMap<(VisitId, PartNumber), OpenedPart> = BTreeMap::new();
    for visit in files::names_in(&desk.visits())?.iter().filter_map(|name| name.parse().ok()) {
        for part in parts_of(desk, visit)? {
            let Subject::Visit { visit, part: number } = part.opened.key().subject else { continue };
            match parts.get(&(visit, number)) {
                Some(other) if other.seal() > part.seal() => {}
                _ => {
                    parts.insert((visit, number), part);
                }
            }
        }
    }
    Ok(parts)
}

/// Every package that was opened and whose record is still here.
pub(super) fn all(desk: &DeskFolder) -> Result<Vec<Opened>, FileError> {
    let mut opened = Vec::new();
    for kind in [desk.visits(), desk.notices(), desk.hellos()] {
        for group in files::names_in(&kind)? {
            for name in files::names_in(&kind.join(&group))? {
                opened.extend(Opened::read_in(&kind.join(&group).join(name))?);
            }
        }
    }
    Ok(opened)
}

/// Every opened part of a visit, whatever its seal.
pub(super) fn parts_of(desk: &DeskFolder, visit: VisitId) -> Result<Vec<OpenedPart>, FileError> {
    let visit = desk.visit(visit);
    let mut parts = Vec::new();
    for name in files::names_in(&visit)? {
        let place = visit.join(name);
        parts.extend(Opened::read_in(&place)?.map(|opened| OpenedPart { opened, place }));
    }
    Ok(parts)
}
