//! What has been opened: one folder a package, with `opened.json` as the last file written into it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use homon_domain::activity_photo::ActivityPhoto;
use homon_domain::case::Case;
use homon_domain::ids::{DeviceId, PartNumber, SealNumber, VisitId};
use homon_domain::tally::Tally;
use homon_domain::visit::Visit;
use homon_seal::{Manifest, PackageKey, Sha256Digest, Subject};
use serde::{Deserialize, Serialize};

use super::files::{self, FileError};
use super::folder::DeskFolder;
use super::open::Adoption;

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
    /// The handovers by which the part came to its tablet, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handed_on: Vec<HandedOn>,
    /// Whether the city gave the key of the part back on the way, so that its tablet had another name before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recovered: bool,
    /// Set when people decided that it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adopted: Option<Adoption>,
}

/// A handover that the desk has verified.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandedOn {
    /// The package that went from one tablet to another.
    pub key: PackageKey,
    /// The digest of the file, as the tablet that took it says.
    pub sha256: Sha256Digest,
    /// The fingerprint of that tablet's mailbox.
    pub recipients: Sha256Digest,
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
        Ok(Self::find(desk, key)?.map(|(opened, _)| opened))
    }

    /// The record of a package and where it lies, if it was opened.
    pub(super) fn find(desk: &DeskFolder, key: &PackageKey) -> Result<Option<(Self, PathBuf)>, FileError> {
        for place in desk.places_of(key).into_iter().chain([desk.practised(key)]) {
            if let Some(opened) = Self::read_in(&place)?.filter(|opened| opened.key() == key) {
                return Ok(Some((opened, place)));
            }
        }
        Ok(None)
    }

    /// What the desk gives *opened* receipts for: the package, with its digest and the fingerprint of its recipients, and
    /// each handover on its way. A checkpoint has none of its own.
    pub fn receipted(&self) -> impl Iterator<Item = (PackageKey, Sha256Digest, Sha256Digest)> {
        let is_checkpoint = matches!(self.key().subject, Subject::Checkpoint { .. });
        let own = (!is_checkpoint).then_some((*self.key(), self.sha256, self.manifest.recipients));
        own.into_iter().chain(self.handed_on.iter().map(|given| (given.key, given.sha256, given.recipients)))
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

    /// Where its audit log lies.
    #[must_use]
    pub fn audit_log(&self) -> PathBuf {
        self.place.join("audit.jsonl")
    }

    /// Whether the part came whole, closed and sealed; otherwise it is a checkpoint that people adopted.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        matches!(self.opened.key().subject, Subject::Visit { .. })
    }

    /// Where the photo of a case lies, if there is one.
    #[must_use]
    pub fn photo(&self, case: &Case) -> Option<PathBuf> {
        let path = self.place.join(format!("photos/{}.jpg", case.number));
        path.is_file().then_some(path)
    }
}

impl OpenedPart {
    /// Its photos of the activity, the first one first, with where each lies.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn activity_photos(&self) -> Result<Vec<(ActivityPhoto, PathBuf)>, FileError> {
        let folder = self.place.join("activity");
        let mut photos = Vec::new();
        for name in files::names_in(&folder)?.iter().filter(|name| name.ends_with(".json")) {
            let photo: ActivityPhoto = files::read_json(&folder.join(name))?;
            let path = folder.join(format!("{}.jpg", photo.id));
            photos.push((photo, path));
        }
        photos.sort_by_key(|(photo, _)| (photo.taken_at, photo.id));
        Ok(photos)
    }
}

/// All opened parts, by visit and part; of each the one that counts.
///
/// # Errors
/// [`FileError`].
pub fn parts_that_count(desk: &DeskFolder) -> Result<BTreeMap<(VisitId, PartNumber), OpenedPart>, FileError> {
    let mut parts = BTreeMap::new();
    for visit in files::names_in(&desk.visits())?.iter().filter_map(|name| name.parse().ok()) {
        parts.extend(that_count(parts_of(desk, visit)?));
    }
    Ok(parts)
}

/// The package of a part that counts, if any was opened.
pub(super) fn part_that_counts(
    desk: &DeskFolder,
    part: (VisitId, PartNumber),
) -> Result<Option<OpenedPart>, FileError> {
    Ok(that_count(parts_of(desk, part.0)?).remove(&part))
}

/// Of each part the highest seal, a complete one before a checkpoint. What people adopted another package over counts
/// no more.
fn that_count(all: Vec<OpenedPart>) -> BTreeMap<(VisitId, PartNumber), OpenedPart> {
    let over: Vec<PackageKey> =
        all.iter().filter_map(|part| part.opened.adopted.as_ref()).flat_map(|adopted| adopted.over.clone()).collect();
    let rank = |part: &OpenedPart| (part.is_complete(), part.seal());
    let mut parts: BTreeMap<(VisitId, PartNumber), OpenedPart> = BTreeMap::new();
    for part in all.into_iter().filter(|part| !over.contains(part.opened.key())) {
        let Some(key) = part.opened.key().subject.visit() else { continue };
        match parts.get(&key) {
            Some(other) if rank(other) > rank(&part) => {}
            _ => {
                parts.insert(key, part);
            }
        }
    }
    parts
}

/// Every package that was opened and whose record is still here.
pub(super) fn all(desk: &DeskFolder) -> Result<Vec<Opened>, FileError> {
    let mut opened = Vec::new();
    for kind in [desk.visits(), desk.notices(), desk.hellos(), desk.practice()] {
        for group in files::names_in(&kind)? {
            for name in files::names_in(&kind.join(&group))? {
                opened.extend(Opened::read_in(&kind.join(&group).join(name))?);
            }
        }
    }
    Ok(opened)
}

/// The packages that are not practice, as far as they were opened.
pub(super) fn without_practice(desk: &DeskFolder, mut held: Vec<PackageKey>) -> Vec<PackageKey> {
    held.retain(|key| !desk.practised(key).exists());
    held
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
