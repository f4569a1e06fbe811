//! The parts of each visit joined (分担の突き合わせ): which were announced, which have come, whether the whole is even, and
//! who seems to have been received on two of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use homon_domain::ids::{DeviceId, PartNumber, SealNumber, VisitId};
use homon_domain::joined::Joined;
use homon_domain::tally::Notice;
use homon_seal::{PackageKey, Subject};
use serde::Serialize;

use super::files::{self, FileError};
use super::folder::DeskFolder;
use super::open::Checkpoint;
use super::opened::{self, Opened, OpenedPart};

/// How far a part of a visit is at the desk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Arrival {
    /// A tablet said that it was opened; nothing else has come of it.
    OnTablet,
    /// Nobody has announced it, and a higher part has been.
    Unknown,
    /// A checkpoint is kept sealed.
    Checkpoint {
        /// The tablet that sealed it; the part may have gone on to another one since.
        from: DeviceId,
        /// Its number.
        seal: SealNumber,
        /// The tablet's clock when it was sealed.
        made_at: DateTime<Utc>,
        /// How many residents had been received.
        received: u32,
    },
    /// A checkpoint was laid open in its place, because people decided so.
    Adopted {
        /// Its number.
        seal: SealNumber,
    },
    /// It was opened.
    Opened {
        /// Under which number.
        seal: SealNumber,
    },
}

/// One part of a visit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct JoinedPart {
    /// Which one.
    pub part: PartNumber,
    /// The tablet that has it or sealed it, as far as it is known.
    pub device: Option<DeviceId>,
    /// The tablets that handed it over before, the first one first.
    pub came_from: Vec<DeviceId>,
    /// How far it is.
    pub arrival: Arrival,
}

/// A visit with all its parts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct JoinedVisit {
    /// Which one.
    pub visit: VisitId,
    /// On which day, if it is known.
    pub date: Option<NaiveDate>,
    /// Its parts, from 1 to the highest that is known of.
    pub parts: Vec<JoinedPart>,
    /// What has been opened, together.
    #[serde(flatten)]
    pub joined: Joined,
}

impl JoinedVisit {
    /// The parts that are waited for. One whose checkpoint people adopted is not: its tablet is gone.
    pub fn awaited(&self) -> impl Iterator<Item = &JoinedPart> {
        let here = |part: &&JoinedPart| matches!(part.arrival, Arrival::Opened { .. } | Arrival::Adopted { .. });
        self.parts.iter().filter(move |part| !here(part))
    }

    /// Whether some parts have come and others are waited for.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        (1..self.parts.len()).contains(&self.awaited().count())
    }
}

/// What a tablet said when it opened a part.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Announced {
    device: DeviceId,
    notice: Option<Notice>,
}

impl Announced {
    fn came_from(&self) -> &[DeviceId] {
        self.notice.as_ref().map(|notice| notice.taken_from.as_slice()).unwrap_or_default()
    }

    fn is_recovered(&self) -> bool {
        self.notice.as_ref().is_some_and(|notice| notice.recovered)
    }

    /// Whether the part came here after that tablet had it.
    fn is_after(&self, device: DeviceId) -> bool {
        self.device != device && (self.is_recovered() || self.came_from().contains(&device))
    }

    /// Whether it speaks of a part that `other` had announced before. A part can come back to a tablet that had it, and
    /// each then says that it came from the other: the longer way is the later one.
    fn follows(&self, other: &Self) -> bool {
        let way = |one: &Self| (one.came_from().len(), one.is_recovered());
        self.is_after(other.device) && way(self) > way(other)
    }
}

/// Joins the parts of every visit that the desk knows of. `held` are the packages in the store.
///
/// # Errors
/// [`FileError`].
pub fn joined(desk: &DeskFolder, held: &[PackageKey]) -> Result<Vec<JoinedVisit>, FileError> {
    let announced = announced(desk, held)?;
    let opened = opened::parts_that_count(desk)?;
    let checkpoints = Checkpoint::all(desk)?;
    let kept = checkpoints.iter().filter_map(Checkpoint::part);
    let parts: BTreeSet<(VisitId, PartNumber)> = opened.keys().chain(announced.keys()).copied().chain(kept).collect();
    let visits: BTreeSet<VisitId> = parts.iter().map(|(visit, _)| *visit).collect();
    let known = Known { announced: &announced, opened: &opened, checkpoints: &checkpoints, parts: &parts };
    visits.into_iter().map(|visit| known.join(visit)).collect()
}

/// The parts that a tablet announced and that went on to another one: nobody waits for them there.
pub(super) fn moved_on(
    desk: &DeskFolder,
    held: &[PackageKey],
) -> Result<BTreeSet<(VisitId, PartNumber, DeviceId)>, FileError> {
    let opened = opened::parts_that_count(desk)?;
    let mut moved = BTreeSet::new();
    for (key, all) in announced(desk, held)? {
        for one in &all {
            let gave = |opened: &OpenedPart| {
                let given = opened.opened.handed_on.iter().any(|given| given.key.device == one.device);
                given || opened.opened.recovered
            };
            let is_elsewhere = match opened.get(&key) {
                // What came from a tablet is there, whatever another one announces.
                Some(opened) if opened.device() == one.device => false,
                Some(opened) if gave(opened) => true,
                _ => all.iter().any(|other| other.follows(one)),
            };
            if is_elsewhere {
                moved.insert((key.0, key.1, one.device));
            }
        }
    }
    Ok(moved)
}

/// What was announced of each part, by tablet.
fn announced(
    desk: &DeskFolder,
    held: &[PackageKey],
) -> Result<BTreeMap<(VisitId, PartNumber), Vec<Announced>>, FileError> {
    let mut parts: BTreeMap<_, Vec<Announced>> = BTreeMap::new();
    for key in held {
        let Subject::Notice { visit, part } = key.subject else { continue };
        // One that is not opened yet says no more than its name.
        let notice = Opened::find(desk, key)?.and_then(|(_, place)| files::read_json(&place.join("notice.json")).ok());
        let all = parts.entry((visit, part)).or_default();
        all.retain(|one| one.device != key.device);
        all.push(Announced { device: key.device, notice });
    }
    Ok(parts)
}

/// What the desk knows of all visits.
struct Known<'a> {
    announced: &'a BTreeMap<(VisitId, PartNumber), Vec<Announced>>,
    opened: &'a BTreeMap<(VisitId, PartNumber), OpenedPart>,
    checkpoints: &'a [Checkpoint],
    parts: &'a BTreeSet<(VisitId, PartNumber)>,
}

impl Known<'_> {
    fn join(&self, visit: VisitId) -> Result<JoinedVisit, FileError> {
        let of_visit = (visit, PartNumber::FIRST)..=(visit, PartNumber::LAST);
        let highest = self.parts.range(of_visit.clone()).next_back().map_or(PartNumber::FIRST, |(_, part)| *part);
        let all = (1..=highest.get()).filter_map(PartNumber::new);
        let mut cases = Vec::new();
        let mut date = None;
        for (_, part) in self.opened.range(of_visit) {
            cases.extend(part.cases()?);
            date = date.or(Some(part.visit()?.plan.date));
        }
        let parts: Vec<JoinedPart> = all.map(|part| self.part((visit, part))).collect();
        let announced = || self.announced.iter().filter(|((of, _), _)| *of == visit).flat_map(|(_, all)| all);
        let told = announced().find_map(|one| one.notice.as_ref().map(|notice| notice.tally.date));
        Ok(JoinedVisit { visit, date: date.or(told), parts, joined: Joined::of(&cases) })
    }

    fn part(&self, key: (VisitId, PartNumber)) -> JoinedPart {
        let announced = self.announced.get(&key).map(Vec::as_slice).unwrap_or_default();
        // Of several tablets, the one that nobody goes on from.
        let last = announced.iter().find(|one| !announced.iter().any(|other| other.follows(one)));
        let kept = self.checkpoints.iter().filter(|checkpoint| checkpoint.part() == Some(key));
        let newest = kept.max_by_key(|checkpoint| (checkpoint.log.len(), checkpoint.key.seal));
        let (device, came_from, arrival) = match (self.opened.get(&key), newest, last) {
            (Some(opened), ..) => {
                let seal = opened.seal();
                let arrival = if opened.is_complete() { Arrival::Opened { seal } } else { Arrival::Adopted { seal } };
                let gave = opened.opened.handed_on.iter().map(|given| given.key.device).collect();
                (Some(opened.device()), gave, arrival)
            }
            (None, Some(kept), last) => {
                let (from, seal) = (kept.key.device, kept.key.seal);
                let (made_at, received) = (kept.made_at, kept.received());
                // The part may have gone on since then.
                let last = last.filter(|last| last.device == from || last.is_after(from));
                let came_from = last.map(|last| last.came_from().to_vec()).unwrap_or_default();
                let device = last.map_or(from, |last| last.device);
                (Some(device), came_from, Arrival::Checkpoint { from, seal, made_at, received })
            }
            (None, None, Some(last)) => (Some(last.device), last.came_from().to_vec(), Arrival::OnTablet),
            (None, None, None) => (None, Vec::new(), Arrival::Unknown),
        };
        JoinedPart { part: key.1, device, came_from, arrival }
    }
}
