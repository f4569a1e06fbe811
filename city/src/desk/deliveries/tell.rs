//! Telling a tablet of a deficiency (不備): the application is marked as returned, and those who mend it learn whom to
//! ask, how to reach them, and why.

use chrono::NaiveDate;
use homon_domain::delivery::{Deficiency, Delivery};
use homon_domain::ids::{CaseNumber, Code, DeviceId, MailNumber, VisitId};
use homon_domain::mail::{DeficiencyNotice, MailContent};
use homon_domain::platform::Clock;
use homon_domain::visit::japan_time;

use super::marking::{MarkFault, Named, Outcome, Wish};
use super::shelf::{Shelf, Trial};
use super::{Deliveries, DeliveriesError, Marking};
use crate::desk::devices::Devices;
use crate::desk::files::FileError;
use crate::desk::folder::CityFolder;
use crate::desk::journal::{Journal, JournalError};
use crate::desk::mail::{self, PostError};
use crate::desk::programme::{self, ProgrammeError};

/// Why a tablet was not told.
#[derive(Debug, thiserror::Error)]
pub enum TellError {
    /// The application can't be marked as returned.
    #[error("the case can't be returned: {0}; nothing was sent")]
    Mark(MarkFault),
    /// The application is not marked as returned, and nobody says what is wrong with it.
    #[error("the application is not marked as returned: say what is wrong with it (--kind)")]
    NoDeficiency,
    /// The application was returned before, for another reason or on another day.
    #[error("the application is marked as returned on {0} already; leave out what is wrong and the day to tell that")]
    OtherDeficiency(NaiveDate),
    /// The newest seal of the visit has no name for the case.
    #[error("case {0} has no name to ask for; nothing was sent")]
    NoName(CaseNumber),
    /// The tablet is not enrolled, or was revoked.
    #[error("device {device} {fault}; nothing was sent. Name another with --to: {}", listed(.others))]
    Device {
        /// Which one.
        device: DeviceId,
        /// What is wrong with it.
        fault: &'static str,
        /// The tablets that could be told instead.
        others: Vec<(Code, DeviceId)>,
    },
    /// The mail could not be posted.
    #[error(transparent)]
    Post(#[from] PostError),
    /// The programme can't be used.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The marks can't be read or written.
    #[error(transparent)]
    Deliveries(#[from] DeliveriesError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

fn listed(others: &[(Code, DeviceId)]) -> String {
    if others.is_empty() {
        return "none is enrolled; enrol one".to_owned();
    }
    others.iter().map(|(label, device)| format!("{label} ({device})")).collect::<Vec<_>>().join(", ")
}

impl From<Trial> for TellError {
    fn from(trial: Trial) -> Self {
        match trial {
            Trial::Fault(fault) => Self::Mark(fault),
            Trial::File(error) => Self::File(error),
        }
    }
}

/// What a tablet is to be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tell {
    /// About which case.
    pub named: Named,
    /// What is wrong; `None` where it is marked as returned already.
    pub deficiency: Option<Deficiency>,
    /// On which day it was returned; today, or as it is marked, unless it is given.
    pub on: Option<NaiveDate>,
    /// Which tablet; the one that sealed the case unless it is given.
    pub to: Option<DeviceId>,
}

/// What came of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    /// About which visit.
    pub visit: VisitId,
    /// About which case.
    pub case: CaseNumber,
    /// Which tablet.
    pub device: DeviceId,
    /// By which mail.
    pub mail: MailNumber,
    /// Whether the application was marked as returned only now.
    pub marked: bool,
}

/// Marks an application as returned, unless it is, and posts the notice to a tablet.
///
/// # Errors
/// Any [`TellError`]. When only the post fails, the mark stays, and the command can be given again.
pub fn tell(folder: &CityFolder, tell: Tell, clock: &dyn Clock) -> Result<Told, TellError> {
    let route = programme::read(&folder.programme())?.submission;
    let desk = folder.desk();
    let lock = desk.lock()?;
    let mut journal = Journal::open(folder, &lock, clock)?;
    let deliveries = Deliveries::read(&desk)?;
    let mut shelf = Shelf::at(&desk)?;
    let found = shelf.find(&tell.named, &deliveries)?;
    let (case, sealed_by) = shelf.case(&found)?.ok_or(TellError::NoName(found.number))?;
    let name = case.applicant.name.clone().ok_or(TellError::NoName(found.number))?;
    let contact = case.applicant.contact.clone();
    let device = tell.to.unwrap_or(sealed_by);
    check_device(&Devices::read(&desk)?, device)?;

    let today = japan_time(clock.now()).date_naive();
    let standing = deliveries.stage_of(found.id).clone();
    let (on, deficiency, mark) = match (standing, tell.deficiency) {
        (Delivery::Returned { on, deficiency }, told) => {
            let other = told.is_some_and(|told| told != deficiency) || tell.on.is_some_and(|told| told != on);
            if other {
                return Err(TellError::OtherDeficiency(on));
            }
            (on, deficiency, None)
        }
        (_, None) => return Err(TellError::NoDeficiency),
        (_, Some(deficiency)) => {
            let (on, outcome) = (tell.on.unwrap_or(today), Outcome::Returned(deficiency.clone()));
            let wish = Wish { named: tell.named, on, outcome };
            (on, deficiency, deliveries.clone().try_one(wish, today, route, &mut shelf)?)
        }
    };
    let marked = mark.is_some();
    if let Some(mark) = mark {
        journal.append(&mark.deed())?;
        let marking = Marking { at: clock.now(), by: folder.actor().clone(), marks: vec![mark] };
        deliveries.append(&desk, &marking)?;
    }
    let notice = DeficiencyNotice { visit: found.visit, case: found.number, name, contact, deficiency, on };
    let mail = mail::post_within(&mut journal, folder, device, MailContent::Deficiency(notice), clock)?;
    Ok(Told { visit: found.visit, case: found.number, device, mail, marked })
}

fn check_device(devices: &Devices, device: DeviceId) -> Result<(), TellError> {
    let fault = match devices.get(device) {
        None => "was never enrolled",
        Some(known) if known.revoked_at.is_some() => "was revoked",
        Some(_) => return Ok(()),
    };
    let able = devices.iter().filter(|other| other.revoked_at.is_none());
    Err(TellError::Device { device, fault, others: able.map(|other| (other.label.clone(), other.device)).collect() })
}
