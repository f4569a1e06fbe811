//! Checkpoints: verified to the last byte and kept sealed. The desk notes what they hold, in numbers; residents of a visit
//! that is not finished are not laid open here. Of each part only the newest stays in the store, until the part has come.

use std::collections::BTreeMap;
use std::fs;
use std::io::Seek;

use chrono::{DateTime, Utc};
use homon_domain::ids::{DeviceId, PartNumber, SealNumber, VisitId};
use homon_seal::{Limits, PackageKey, Sha256Digest, Subject, reader};
use serde::{Deserialize, Serialize};

use super::unpack::Source;
use super::{OpenReport, Opener, Refusal};
use crate::desk::audit::Trail;
use crate::desk::files::{self, At, FileError};
use crate::desk::folder::DeskFolder;
use crate::desk::journal::{Deed, Journal};
use crate::desk::opened::{self, Opened};

/// A checkpoint that was verified and stays sealed in the store: a file in the desk's folder `checkpoints`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Which package.
    pub key: PackageKey,
    /// The tablet's clock when it was sealed.
    pub made_at: DateTime<Utc>,
    /// Since when the intake holds it.
    pub held_at: DateTime<Utc>,
    /// The visit's counts so far, by name.
    pub counts: BTreeMap<String, u32>,
    /// The digests of the entries of the audit log, in order: by them the desk knows what goes on from here.
    pub log: Vec<Sha256Digest>,
}

/// Something about checkpoints that people should look at.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Warning {
    /// The later one does not go on from the earlier one, which is kept.
    #[error("it does not go on from checkpoint {earlier}: an older copy of the tablet's files may have been put back")]
    NotContinued {
        /// The number of the earlier one.
        earlier: SealNumber,
    },
    /// The part has been opened, and the checkpoint holds something else.
    #[error("it holds something that the opened part of device {device} lacks; `adopt` lays it open")]
    BesideThePart {
        /// Whose part was opened.
        device: DeviceId,
    },
}

impl Checkpoint {
    /// All checkpoints that are kept.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn all(desk: &DeskFolder) -> Result<Vec<Self>, FileError> {
        let mut found = Vec::new();
        for visit in files::names_in(&desk.checkpoints())? {
            let folder = desk.checkpoints().join(visit);
            for name in files::names_in(&folder)?.iter().filter(|name| !files::is_draft(name)) {
                found.push(files::read_json(&folder.join(name))?);
            }
        }
        found.sort_by_key(|checkpoint: &Self| checkpoint.key);
        Ok(found)
    }

    /// How many residents had been received.
    #[must_use]
    pub fn received(&self) -> u32 {
        self.counts.get("received").copied().unwrap_or(0)
    }

    /// The part that it is about.
    #[must_use]
    pub fn part(&self) -> Option<(VisitId, PartNumber)> {
        self.key.subject.visit()
    }

    /// Whether `log` goes on from this checkpoint, or is as long.
    fn is_within(&self, log: &[Sha256Digest]) -> bool {
        self.log.last().is_none_or(|head| log.contains(head))
    }
}

impl Opener<'_> {
    /// Verifies the checkpoints that came and removes those that are of no more use. `kept` are those that came before.
    pub(super) fn settle_checkpoints(
        &self,
        mut kept: Vec<Checkpoint>,
        held: &[PackageKey],
        journal: &mut Journal<'_>,
        report: &mut OpenReport,
    ) {
        let known: Vec<PackageKey> = kept.iter().map(|checkpoint| checkpoint.key).collect();
        for key in held.iter().filter(|key| matches!(key.subject, Subject::Checkpoint { .. })) {
            if known.contains(key) || Opened::read(&self.desk, key).is_ok_and(|adopted| adopted.is_some()) {
                continue;
            }
            match self.keep(key, journal) {
                Ok(checkpoint) => kept.extend(checkpoint),
                Err(refusal) => self.refuse(key, refusal, journal, report),
            }
        }
        for checkpoint in &kept {
            match self.settle_one(checkpoint, &kept, journal) {
                Ok(warnings) => report.warnings.extend(warnings.into_iter().map(|warning| (checkpoint.key, warning))),
                Err(refusal) => self.refuse(&checkpoint.key, refusal, journal, report),
            }
        }
    }

    /// Verifies one and notes what it holds; one of invented residents is removed from the store of a city in force.
    fn keep(&self, key: &PackageKey, journal: &mut Journal<'_>) -> Result<Option<Checkpoint>, Refusal> {
        let device = self.device(key)?;
        let mut file = self.arrivals.package(key)?;
        let path = self.arrivals.path_of(key);
        let (_, sha256) = Sha256Digest::of_reader(&mut file).at(&path)?;
        file.rewind().at(&path)?;
        let held_at = self.held_at(key, sha256, device)?;
        let key_of = |named: DeviceId| (named == key.device).then_some(device.key);
        let mut package = reader::open(file, &self.work, key_of, &Limits::default())?;
        let manifest = package.manifest().clone();
        self.check_manifest(&manifest, key, device)?;
        let read = self.read(&manifest, device, &mut Source::Sealed(&mut package))?;
        if self.is_practice(&manifest) {
            journal.append(&Deed::Discard(*key))?;
            self.arrivals.remove_package(key)?;
            return Ok(None);
        }
        let checkpoint = Checkpoint {
            key: *key,
            made_at: manifest.made_at,
            held_at,
            counts: manifest.counts,
            log: read.trail.digests().to_vec(),
        };
        let place = self.desk.checkpoint(key);
        let folder = place.parent().unwrap_or(self.desk.path());
        files::make_folders(folder)?;
        files::settle(folder, self.desk.path())?;
        journal.append(&Deed::Keep(*key))?;
        files::replace(&place, &files::to_json(&checkpoint))?;
        Ok(Some(checkpoint))
    }

    /// Removes a checkpoint that a later one or the opened part goes on from, or says what to look at.
    fn settle_one(
        &self,
        checkpoint: &Checkpoint,
        kept: &[Checkpoint],
        journal: &mut Journal<'_>,
    ) -> Result<Vec<Warning>, Refusal> {
        let part = checkpoint.part().ok_or(Refusal::OtherPackage)?;
        let others = || kept.iter().filter(|other| other.key != checkpoint.key && other.part() == Some(part));
        let opened = opened::part_that_counts(&self.desk, part)?;
        let is_opened = match &opened {
            Some(opened) => checkpoint.is_within(Trail::read(&opened.audit_log())?.digests()),
            None => false,
        };
        if is_opened || others().any(|other| is_later(other, checkpoint) && checkpoint.is_within(&other.log)) {
            self.discard(&checkpoint.key, journal)?;
            return Ok(Vec::new());
        }
        let beside = opened.map(|opened| Warning::BesideThePart { device: opened.device() });
        let earlier = others().filter(|other| {
            let same_tablet = other.key.device == checkpoint.key.device;
            same_tablet && other.key.seal < checkpoint.key.seal && !other.is_within(&checkpoint.log)
        });
        let broken = earlier.map(|other| Warning::NotContinued { earlier: other.key.seal });
        Ok(beside.into_iter().chain(broken).collect())
    }

    /// The store first: until the note is gone, this can be done again.
    fn discard(&self, key: &PackageKey, journal: &mut Journal<'_>) -> Result<(), Refusal> {
        journal.append(&Deed::Discard(*key))?;
        self.arrivals.remove_package(key)?;
        let place = self.desk.checkpoint(key);
        fs::remove_file(&place).at(&place)?;
        Ok(files::sync_folder(place.parent().unwrap_or(self.desk.path()))?)
    }
}

/// Two that hold the same log: the one with the higher number stays.
fn is_later(other: &Checkpoint, than: &Checkpoint) -> bool {
    let rank = |checkpoint: &Checkpoint| (checkpoint.log.len(), checkpoint.key.seal, checkpoint.key.device);
    rank(other) > rank(than)
}
