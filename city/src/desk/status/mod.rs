//! What is outstanding: by device, by visit and part, by upload, and against the contract's targets.
//!
//! Most of it follows from names and receipts in the store, so it can be asked where no key is. Where the desk's folder
//! is here too, labels, sites and counts are added.

mod render;
mod uploads;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use homon_domain::balance::People;
use homon_domain::ids::{Code, DeviceId, PartNumber, SealNumber, VisitId};
use homon_domain::programme::{Mode, Programme, ServiceKind};
use homon_domain::tally::{Progress, Tally};
use homon_seal::{PackageKey, Subject};
use serde::Serialize;

use super::arrivals::Arrivals;
use super::devices::Devices;
use super::files::{self, FileError};
use super::folder::{CityFolder, DeskFolder};
use super::opened::{self, OpenedPart};
use super::programme::{self, ProgrammeError};
use crate::intake::{ReceiptKind, RegistryError};

pub use self::uploads::Upload;

/// Why the status could not be told.
#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    /// The programme can't be used.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// The intake's registry could not be read.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// How far a tablet's first package has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hello {
    /// It has not arrived.
    Missing,
    /// It is held; the desk has not opened it.
    Held,
    /// The desk opened it: the whole chain from tablet to desk works.
    Proven,
}

/// An enrolled tablet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DeviceStatus {
    /// Which one.
    pub device: DeviceId,
    /// What people call it, where the desk's records are here.
    pub label: Option<Code>,
    /// Since when.
    pub enrolled_at: DateTime<Utc>,
    /// Since when it is refused.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Whether its way to the desk is proven.
    pub hello: Hello,
}

/// How far a part of a visit has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The tablet said that it was opened; no package has arrived.
    OnTablet,
    /// A package is held that the desk has not opened.
    Held,
    /// The highest package that is held has been opened.
    Opened,
}

/// One part of a visit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PartStatus {
    /// The visit.
    pub visit: VisitId,
    /// The part.
    pub part: PartNumber,
    /// Whose tablet.
    pub device: DeviceId,
    /// How far it has come.
    pub stage: Stage,
    /// The highest seal that is held.
    pub seal: Option<SealNumber>,
    /// The seals below the highest one opened; they count no more.
    pub superseded: Vec<SealNumber>,
    /// On which day, where the desk knows.
    pub date: Option<NaiveDate>,
    /// The public name of the site or its code, where the desk knows.
    pub site: Option<String>,
    /// Residents by outcome, of the highest seal opened, where the desk knows.
    pub people: Option<People>,
}

/// How far one service's target is met.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ServiceProgress {
    /// The service.
    pub service: ServiceKind,
    /// Its target and what was reached.
    #[serde(flatten)]
    pub progress: Progress,
    /// Whether the target is met; work goes on all the same.
    pub met: bool,
}

/// What is outstanding in a city.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Status {
    /// The programme.
    pub programme: Code,
    /// Whether real residents are received.
    pub mode: Mode,
    /// The tablets.
    pub devices: Vec<DeviceStatus>,
    /// The parts of visits.
    pub parts: Vec<PartStatus>,
    /// Uploads that have not completely arrived.
    pub uploads: Vec<Upload>,
    /// The targets; none where the desk's folder is not here.
    pub progress: Vec<ServiceProgress>,
}

impl Status {
    /// Whether anything waits for someone: a tablet that has not proven its way, a part not arrived or not opened, an
    /// upload not complete. A revoked tablet's hello is not waited for.
    #[must_use]
    pub fn is_outstanding(&self) -> bool {
        let unproven = |device: &DeviceStatus| device.hello != Hello::Proven && device.revoked_at.is_none();
        !self.uploads.is_empty()
            || self.devices.iter().any(unproven)
            || self.parts.iter().any(|part| part.stage != Stage::Opened)
    }
}

/// Asks what is outstanding. Changes nothing.
///
/// # Errors
/// Any [`StatusError`].
pub fn status(folder: &CityFolder) -> Result<Status, StatusError> {
    let programme = programme::read(&folder.programme())?;
    let arrivals = Arrivals::of(folder)?;
    let desk = folder.desk();
    let held = arrivals.held()?;
    let opened = opened::parts_that_count(&desk)?;
    Ok(Status {
        devices: devices(folder, &arrivals, &held)?,
        parts: parts(&desk, &arrivals, &held, &opened, &programme)?,
        uploads: uploads::unfinished(&arrivals)?,
        progress: progress(&programme, &desk, &opened)?,
        programme: programme.code,
        mode: programme.mode,
    })
}

fn devices(folder: &CityFolder, arrivals: &Arrivals, held: &[PackageKey]) -> Result<Vec<DeviceStatus>, StatusError> {
    let known = Devices::read(&folder.desk())?;
    let registered = folder.registry().all()?.into_iter().map(|record| {
        let own = known.get(record.device);
        DeviceStatus {
            device: record.device,
            label: own.map(|device| device.label.clone()),
            enrolled_at: record.enrolled_at,
            // The desk remembers a revocation of which the intake could not be told.
            revoked_at: own.and_then(|device| device.revoked_at).or(record.revoked_at),
            hello: hello(record.device, arrivals, held),
        }
    });
    Ok(registered.collect())
}

fn hello(device: DeviceId, arrivals: &Arrivals, held: &[PackageKey]) -> Hello {
    let mut hellos = held.iter().filter(|key| key.device == device && key.subject == Subject::Hello).peekable();
    if hellos.peek().is_none() {
        Hello::Missing
    } else if hellos.any(|key| arrivals.has_receipt(key, ReceiptKind::Opened)) {
        Hello::Proven
    } else {
        Hello::Held
    }
}

type PartKey = (VisitId, PartNumber, DeviceId);

fn parts(
    desk: &DeskFolder,
    arrivals: &Arrivals,
    held: &[PackageKey],
    opened: &BTreeMap<(VisitId, PartNumber), OpenedPart>,
    programme: &Programme,
) -> Result<Vec<PartStatus>, FileError> {
    let mut keys: BTreeMap<PartKey, Vec<&PackageKey>> = BTreeMap::new();
    let mut announced: BTreeMap<PartKey, &PackageKey> = BTreeMap::new();
    for key in held {
        match key.subject {
            Subject::Visit { visit, part } => keys.entry((visit, part, key.device)).or_default().push(key),
            Subject::Notice { visit, part } => {
                announced.insert((visit, part, key.device), key);
            }
            Subject::Hello | Subject::Checkpoint { .. } | Subject::Handover { .. } | Subject::Tally { .. } => {}
        }
    }
    let all: BTreeSet<PartKey> = keys.keys().chain(announced.keys()).copied().collect();
    let mut parts = Vec::new();
    for key @ (visit, part, device) in all {
        let packages = keys.get(&key).map(Vec::as_slice).unwrap_or_default();
        let mut status = part_status(key, packages, arrivals);
        let laid_open = opened.get(&(visit, part)).filter(|opened| opened.device() == device);
        match (laid_open, announced.get(&key)) {
            (Some(opened), _) => status.tell_of(opened, programme)?,
            (None, Some(notice)) => status.tell_of_notice(desk, notice, programme),
            (None, None) => {}
        }
        parts.push(status);
    }
    parts.sort_by_key(|part| (part.date.is_none(), part.date, part.visit, part.part));
    Ok(parts)
}

/// `packages` are sorted by seal.
fn part_status((visit, part, device): PartKey, packages: &[&PackageKey], arrivals: &Arrivals) -> PartStatus {
    let opened = |key: &&PackageKey| arrivals.has_receipt(key, ReceiptKind::Opened);
    let highest_opened = packages.iter().copied().filter(opened).map(|key| key.seal).max();
    let seal = packages.last().map(|key| key.seal);
    let stage = match seal {
        None => Stage::OnTablet,
        Some(_) if highest_opened == seal => Stage::Opened,
        Some(_) => Stage::Held,
    };
    let below =
        packages.iter().map(|key| key.seal).filter(|seal| highest_opened.is_some_and(|highest| *seal < highest));
    PartStatus { visit, part, device, stage, seal, superseded: below.collect(), date: None, site: None, people: None }
}

impl PartStatus {
    fn tell_of(&mut self, opened: &OpenedPart, programme: &Programme) -> Result<(), FileError> {
        let tally = opened.tally()?;
        self.date = Some(tally.date);
        self.site = Some(site_name(programme, tally.site.as_str()));
        self.people = Some(tally.people);
        Ok(())
    }

    /// A notice says where and when, if it was opened here.
    fn tell_of_notice(&mut self, desk: &DeskFolder, notice: &PackageKey, programme: &Programme) {
        let path = desk.place_of(notice).map(|place| place.join("notice.json"));
        let Some(notice) = path.and_then(|path| files::read_json::<serde_json::Value>(&path).ok()) else { return };
        let plan = notice.get("plan").unwrap_or(&notice);
        let text = |name: &str| plan.get(name).and_then(serde_json::Value::as_str);
        self.date = text("date").and_then(|date| date.parse().ok());
        self.site = text("site").map(|site| site_name(programme, site));
    }
}

fn site_name(programme: &Programme, code: &str) -> String {
    let named = programme.sites.iter().find(|site| site.code.as_str() == code).and_then(|site| site.name.clone());
    named.unwrap_or_else(|| code.to_owned())
}

fn progress(
    programme: &Programme,
    desk: &DeskFolder,
    opened: &BTreeMap<(VisitId, PartNumber), OpenedPart>,
) -> Result<Vec<ServiceProgress>, FileError> {
    if !desk.is_here() {
        return Ok(Vec::new());
    }
    let tallies: Vec<Tally> = opened.values().map(OpenedPart::tally).collect::<Result<_, _>>()?;
    let services = programme.services.iter().filter_map(|terms| {
        let progress = Progress::of(terms.target?, terms.kind, &tallies);
        Some(ServiceProgress { service: terms.kind, progress, met: progress.is_met() })
    });
    Ok(services.collect())
}
