//! A tablet is lost (紛失): it is refused, and the city is told by count what was on it and what is safe.
//!
//! Nothing here names a resident: visits and parts by their identifiers, residents by how many. What the desk cannot know
//! it does not guess: how many were received since the last checkpoint, and what the tablet had erased already.

mod render;

use chrono::{DateTime, NaiveDate, Utc};
use homon_domain::ids::{Code, DeviceId, PartNumber, SealNumber, VisitId};
use homon_domain::mail::MailKind;
use homon_domain::platform::Clock;
use homon_seal::{PackageKey, Subject};
use serde::Serialize;

use super::arrivals::Arrivals;
use super::devices::Devices;
use super::files::FileError;
use super::folder::CityFolder;
use super::joined::{self, Arrival, JoinedPart, JoinedVisit};
use super::journal::{Deed, Journal, JournalError};
use super::mail::{self, MailLine};
use super::opened;
use super::revoke::{self, RevokeError};

/// Why a lost tablet could not be answered for.
#[derive(Debug, thiserror::Error)]
pub enum LostError {
    /// No such device was enrolled, or it could not be refused.
    #[error(transparent)]
    Revoke(#[from] RevokeError),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What is known of a lost tablet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Lost {
    /// Which one.
    pub device: DeviceId,
    /// What people call it.
    pub label: Code,
    /// Since when it is refused; `None` in a drill with a tablet that is not lost.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Parts of visits that are on it and that the city does not have whole.
    pub on_it: Vec<OnIt>,
    /// Parts of visits that the city has.
    pub safe: Vec<Safe>,
    /// What the desk had sent to it.
    pub mail: MailOnIt,
}

/// A part of a visit that only the tablet has.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OnIt {
    /// The visit.
    pub visit: VisitId,
    /// The part.
    pub part: PartNumber,
    /// On which day, if the desk knows.
    pub date: Option<NaiveDate>,
    /// Up to where the city has it all the same.
    pub checkpoint: Option<Until>,
    /// Whether a later checkpoint is held that the desk has not looked at: `open` does.
    pub checkpoint_waits: bool,
}

/// How far a checkpoint (途中保存) reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Until {
    /// The tablet that sealed it: the part may have gone on since.
    pub from: DeviceId,
    /// Its number.
    pub seal: SealNumber,
    /// The tablet's clock when it was sealed.
    pub made_at: DateTime<Utc>,
    /// How many residents had been received.
    pub received: u32,
}

/// A part of a visit that the city has.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Safe {
    /// The visit.
    pub visit: VisitId,
    /// The part.
    pub part: PartNumber,
    /// How.
    #[serde(flatten)]
    pub how: HowSafe,
}

/// How the city has a part.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum HowSafe {
    /// The intake holds it; `open` lays it open.
    Held {
        /// Under which number.
        seal: SealNumber,
    },
    /// It was opened.
    Opened {
        /// Under which number.
        seal: SealNumber,
    },
    /// Its checkpoint was laid open in its place, because people decided so.
    Adopted {
        /// Its number.
        seal: SealNumber,
    },
    /// It went on to another tablet before.
    HandedOn {
        /// To which one.
        to: DeviceId,
    },
}

/// What the desk had sent to the tablet, and how many residents that spoke of: at most so much was on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct MailOnIt {
    /// Rosters (名簿) that it took.
    pub rosters: usize,
    /// Residents on them.
    pub expected_residents: usize,
    /// Deficiencies (不備) that it took, each about one resident.
    pub deficiencies: usize,
    /// Mail that it did not take; no other tablet can open it.
    pub not_taken: usize,
}

impl Lost {
    /// Whether residents' data was on the tablet that the city does not have.
    #[must_use]
    pub fn is_loss(&self) -> bool {
        !self.on_it.is_empty()
    }
}

/// Refuses a lost tablet and says what was on it; a drill refuses nothing.
///
/// # Errors
/// Any [`LostError`].
pub fn lost(folder: &CityFolder, device: DeviceId, is_drill: bool, clock: &dyn Clock) -> Result<Lost, LostError> {
    let desk = folder.desk();
    if is_drill {
        let lock = desk.lock()?;
        let mut journal = Journal::open(folder, &lock, clock)?;
        Devices::read(&desk)?.get(device).ok_or(RevokeError::NotEnrolled(device))?;
        journal.append(&Deed::LostDrill(device))?;
    } else {
        revoke::revoke(folder, device, clock)?;
    }
    let devices = Devices::read(&desk)?;
    let known = devices.get(device).ok_or(RevokeError::NotEnrolled(device))?;
    let held = opened::without_practice(&desk, Arrivals::of(folder)?.held()?);
    let mut told = Lost {
        device,
        label: known.label.clone(),
        revoked_at: known.revoked_at,
        on_it: Vec::new(),
        safe: Vec::new(),
        mail: MailOnIt::of(&mail::posted(folder, device)?),
    };
    for visit in joined::joined(&desk, &held)? {
        for part in &visit.parts {
            told.place(&visit, part, &held);
        }
    }
    Ok(told)
}

impl Lost {
    fn place(&mut self, visit: &JoinedVisit, part: &JoinedPart, held: &[PackageKey]) {
        let (id, number) = (visit.visit, part.part);
        let safe = |how| Safe { visit: id, part: number, how };
        match part.device {
            Some(device) if device == self.device => {}
            Some(to) if part.came_from.contains(&self.device) => return self.safe.push(safe(HowSafe::HandedOn { to })),
            _ => return,
        }
        let own =
            |key: &&PackageKey| key.device == self.device && key.subject == Subject::Visit { visit: id, part: number };
        let highest = held.iter().filter(own).map(|key| key.seal).max();
        let checkpoint = match part.arrival {
            Arrival::Opened { seal } if highest.is_none_or(|highest| highest <= seal) => {
                return self.safe.push(safe(HowSafe::Opened { seal }));
            }
            Arrival::Checkpoint { from, seal, made_at, received } => Some(Until { from, seal, made_at, received }),
            Arrival::Opened { .. } | Arrival::Adopted { .. } | Arrival::OnTablet | Arrival::Unknown => None,
        };
        match (highest, part.arrival) {
            (Some(seal), _) => self.safe.push(safe(HowSafe::Held { seal })),
            (None, Arrival::Adopted { seal }) => self.safe.push(safe(HowSafe::Adopted { seal })),
            (None, _) => {
                let subject = Subject::Checkpoint { visit: id, part: number };
                let later =
                    |key: &PackageKey| checkpoint.is_none_or(|kept| kept.from != key.device || key.seal > kept.seal);
                let waits = |key: &PackageKey| key.device == self.device && key.subject == subject && later(key);
                let checkpoint_waits = held.iter().any(waits);
                self.on_it.push(OnIt { visit: id, part: number, date: visit.date, checkpoint, checkpoint_waits });
            }
        }
    }
}

impl MailOnIt {
    fn of(lines: &[MailLine]) -> Self {
        let mut told = Self::default();
        for line in lines {
            match (line.taken_at, line.posted.kind) {
                (None, _) => told.not_taken += 1,
                (Some(_), MailKind::Roster) => {
                    told.rosters += 1;
                    told.expected_residents += line.posted.residents;
                }
                (Some(_), MailKind::Deficiency) => told.deficiencies += 1,
                (Some(_), MailKind::Enrolment) => {}
            }
        }
        told
    }
}
