//! What is outstanding: by device, by visit and part, by upload, and against the contract's targets.
//!
//! Most of it follows from names and receipts in the store, so it can be asked where no key is. Where the desk's folder
//! is here too, labels, sites and counts are added.

mod applications;
mod desk;
mod render;
mod uploads;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use homon_domain::balance::People;
use homon_domain::case::CaseStatus;
use homon_domain::ids::{CaseId, CaseNumber, Code, DeviceId, PartNumber, SealNumber, VisitId};
use homon_domain::platform::Clock;
use homon_domain::programme::{Mode, Programme, ServiceKind};
use homon_domain::tally::{Progress, Tally};
use homon_seal::{PackageKey, Subject};
use serde::Serialize;

use super::arrivals::Arrivals;
use super::deliveries::DeliveriesError;
use super::devices::Devices;
use super::files::{self, FileError};
use super::folder::{CityFolder, DeskFolder};
use super::joined::{self, JoinedVisit};
use super::mail::{self, WaitingMail};
use super::opened::{self, Opened, OpenedPart};
use super::programme::{self, ProgrammeError};
use crate::intake::{ReceiptKind, RegistryError};

pub use self::applications::{Application, Applications, Waiting};
pub use self::desk::DeskStatus;
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
    /// What became of the applications can't be read.
    #[error(transparent)]
    Deliveries(#[from] DeliveriesError),
    /// A file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// After how many days an application that has come no further is overdue, unless another number is asked for.
pub const OVERDUE_DAYS: u16 = 30;

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
    /// The visits with all their parts; none where the desk's folder is not here.
    pub visits: Vec<JoinedVisit>,
    /// Uploads that have not completely arrived.
    pub uploads: Vec<Upload>,
    /// The targets; none where the desk's folder is not here.
    pub progress: Vec<ServiceProgress>,
    /// What became of the applications, where the desk knows.
    pub applications: Option<Applications>,
    /// Mail (便) that tablets have not taken; none where the desk's folder is not here. What waits for a tablet that is
    /// refused is left out.
    pub mail: Vec<WaitingMail>,
    /// The desk's own duties, where its folder is here.
    pub desk: Option<DeskStatus>,
}

impl Status {
    /// Whether anything waits for someone: a tablet that has not proven its way, a part not arrived or not opened, an
    /// upload not complete, a visit of which parts are missing, mail not taken, an application that has come no further, a
    /// duty of the desk. A revoked tablet's hello is not
    /// waited for.
    #[must_use]
    pub fn is_outstanding(&self) -> bool {
        let unproven = |device: &DeviceStatus| device.hello != Hello::Proven && device.revoked_at.is_none();
        !self.uploads.is_empty()
            || self.devices.iter().any(unproven)
            || self.parts.iter().any(|part| part.stage != Stage::Opened)
            || !self.mail.is_empty()
            || self.visits.iter().any(JoinedVisit::is_incomplete)
            || self.applications.as_ref().is_some_and(Applications::is_outstanding)
            || self.desk.as_ref().is_some_and(DeskStatus::is_outstanding)
    }
}

/// Asks what is outstanding. Changes nothing.
///
/// # Errors
/// Any [`StatusError`].
pub fn status(folder: &CityFolder, overdue_days: u16, clock: &dyn Clock) -> Result<Status, StatusError> {
    let programme = programme::read(&folder.programme())?;
    let arrivals = Arrivals::of(folder)?;
    let desk = folder.desk();
    let held = opened::without_practice(&desk, arrivals.held()?);
    let opened = read_parts(&desk)?;
    let here = desk.is_here();
    let devices = devices(folder, &arrivals, &held)?;
    Ok(Status {
        mail: if here { mail(folder, &devices)? } else { Vec::new() },
        devices,
        parts: parts(&desk, &arrivals, &held, &opened, &programme)?,
        visits: if here { joined::joined(&desk, &held)? } else { Vec::new() },
        uploads: uploads::unfinished(&arrivals)?,
        progress: if here { progress(&programme, &opened) } else { Vec::new() },
        applications: if here { Some(Applications::read(&desk, &opened, overdue_days, clock)?) } else { None },
        desk: if here { Some(DeskStatus::read(&desk, clock)?) } else { None },
        programme: programme.code,
        mode: programme.mode,
    })
}

fn mail(folder: &CityFolder, devices: &[DeviceStatus]) -> Result<Vec<WaitingMail>, FileError> {
    let mut waiting = mail::waiting(folder)?;
    let refused = |id: DeviceId| devices.iter().any(|device| device.device == id && device.revoked_at.is_some());
    waiting.retain(|waiting| !refused(waiting.device));
    Ok(waiting)
}

/// An opened part with what is told of it. Its cases are read once.
struct ReadPart {
    opened: OpenedPart,
    tally: Tally,
    /// The applications in it.
    ready: Vec<(CaseId, CaseNumber)>,
}

type ReadParts = BTreeMap<(VisitId, PartNumber), ReadPart>;

fn read_parts(desk: &DeskFolder) -> Result<ReadParts, FileError> {
    let mut parts = BTreeMap::new();
    for (key, opened) in opened::parts_that_count(desk)? {
        let cases = opened.cases()?;
        let ready = cases.iter().filter(|case| case.status() == CaseStatus::Ready);
        let ready = ready.map(|case| (case.id, case.number)).collect();
        parts.insert(key, ReadPart { tally: Tally::of(&opened.visit()?, &cases), ready, opened });
    }
    Ok(parts)
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
    opened: &ReadParts,
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
    // A store need not keep the packages that were opened: they lie at the desk.
    let laid_open = opened.iter().map(|(&(visit, part), read)| (visit, part, read.opened.device()));
    let all: BTreeSet<PartKey> = keys.keys().chain(announced.keys()).copied().chain(laid_open).collect();
    let mut parts = Vec::new();
    let moved = joined::moved_on(desk, held)?;
    for key @ (visit, part, device) in all.into_iter().filter(|key| !moved.contains(key)) {
        let packages = keys.get(&key).map(Vec::as_slice).unwrap_or_default();
        let mut status = part_status(key, packages, arrivals);
        let laid_open = opened.get(&(visit, part)).filter(|read| read.opened.device() == device);
        match (laid_open, announced.get(&key)) {
            (Some(read), _) => status.tell_of(read, programme),
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
    fn tell_of(&mut self, read: &ReadPart, programme: &Programme) {
        let tally = &read.tally;
        if self.seal.is_none() {
            (self.seal, self.stage) = (Some(read.opened.seal()), Stage::Opened);
        }
        self.date = Some(tally.date);
        self.site = Some(site_name(programme, tally.site.as_str()));
        self.people = Some(tally.people);
    }

    /// A notice says where and when, if it was opened here.
    fn tell_of_notice(&mut self, desk: &DeskFolder, notice: &PackageKey, programme: &Programme) {
        let place = Opened::find(desk, notice).ok().flatten().map(|(_, place)| place.join("notice.json"));
        let Some(notice) = place.and_then(|place| files::read_json::<serde_json::Value>(&place).ok()) else { return };
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

fn progress(programme: &Programme, opened: &ReadParts) -> Vec<ServiceProgress> {
    let tallies = || opened.values().map(|read| &read.tally);
    let services = programme.services.iter().filter_map(|terms| {
        let progress = Progress::of(terms.target?, terms.kind, tallies());
        Some(ServiceProgress { service: terms.kind, progress, met: progress.is_met() })
    });
    services.collect()
}
