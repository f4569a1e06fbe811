//! Marking: cases are found, every mark is tried, and then all of them are written or none.

use std::fmt;

use chrono::NaiveDate;
use homon_domain::case::CaseStatus;
use homon_domain::delivery::{Deficiency, Delivery, DeliveryEvent, DeliveryRefused};
use homon_domain::ids::CaseNumber;
use homon_domain::numbers::ApplicationId;
use homon_domain::platform::Clock;
use homon_domain::programme::SubmissionRoute;
use homon_domain::visit::japan_time;

use super::shelf::{Found, Shelf, Trial};
use super::{Deliveries, DeliveriesError, Mark, Marking};
use crate::desk::files::FileError;
use crate::desk::folder::CityFolder;
use crate::desk::journal::{Deed, Journal, JournalError};
use crate::desk::programme::{self, ProgrammeError};

/// Which case somebody means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Named {
    /// By its visit and number.
    Case {
        /// The visit's identifier, or at least its first eight digits, as exports name it.
        visit: String,
        /// The number.
        number: CaseNumber,
    },
    /// By its 申請書ID.
    Application(ApplicationId),
}

/// What happened to an application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was passed on, by the programme's route.
    Submitted,
    /// It was accepted.
    Accepted,
    /// It was returned (不備).
    Returned(Deficiency),
    /// The card was issued (交付).
    Issued,
}

/// One mark that somebody wishes for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wish {
    /// For which case.
    pub named: Named,
    /// On which day it happened.
    pub on: NaiveDate,
    /// What happened.
    pub outcome: Outcome,
}

/// Where somebody wished for a mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In this row of a table, as Excel counts them, or line of a file.
    Row(usize),
    /// For this case, by hand.
    Case(CaseNumber),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row(row) => write!(f, "row {row}"),
            Self::Case(number) => write!(f, "case {number}"),
        }
    }
}

/// Marks that somebody wishes for, each with its place, and with what is wrong there already.
pub type Wishes = Vec<(Place, Result<Wish, MarkFault>)>;

/// Why one mark can't be made. Holds nothing of a person.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MarkFault {
    /// A cell is empty that must not be.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// A cell can't be read.
    #[error("{0} can't be read as {1}")]
    Unreadable(&'static str, &'static str),
    /// No opened visit has this identifier.
    #[error("no opened visit has this identifier")]
    NoSuchVisit,
    /// The digits are the beginning of several visits.
    #[error("several visits begin with these digits; write the whole identifier")]
    SeveralVisits,
    /// The visit has no such case.
    #[error("the visit has no case of this number")]
    NoSuchCase,
    /// The case is not an application.
    #[error("the case is not complete ({}), so there is no application to mark", .0.name())]
    NotComplete(CaseStatus),
    /// No application has this number.
    #[error("no opened application has this 申請書ID")]
    NobodysNumber,
    /// Several applications have this number.
    #[error("several applications have this 申請書ID; name the visit and the number instead")]
    SeveralCases,
    /// The day has not come yet.
    #[error("the day lies in the future")]
    Future,
    /// It cannot follow on where the application stands.
    #[error("{0}")]
    Refused(#[from] DeliveryRefused),
}

/// Why nothing was marked.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    /// There is nothing to mark.
    #[error("no case is named; nothing was marked")]
    Nothing,
    /// These marks can't be made, so none was.
    #[error("nothing was marked{}", Listed(.0))]
    Faults(Vec<(Place, MarkFault)>),
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

struct Listed<'a>(&'a [(Place, MarkFault)]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(place, fault)| write!(f, "\n  {place}: {fault}"))
    }
}

/// What came of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Marked {
    /// Marks that were made.
    pub made: usize,
    /// Marks that were there already.
    pub before: usize,
}

/// Makes all of these marks, or none.
///
/// # Errors
/// Any [`MarkError`]; [`MarkError::Faults`] with every mark that can't be made.
pub fn mark(folder: &CityFolder, wishes: Wishes, clock: &dyn Clock) -> Result<Marked, MarkError> {
    if wishes.is_empty() {
        return Err(MarkError::Nothing);
    }
    let route = programme::read(&folder.programme())?.submission;
    let desk = folder.desk();
    let lock = desk.lock()?;
    let mut journal = Journal::open(folder, &lock, clock)?;
    let deliveries = Deliveries::read(&desk)?;
    let (now, mut trial, mut shelf) = (clock.now(), deliveries.clone(), Shelf::at(&desk)?);
    let (mut marks, mut faults, mut marked) = (Vec::new(), Vec::new(), Marked::default());
    for (place, wish) in wishes {
        let tried = wish.map_err(Trial::Fault).and_then(|wish| {
            let today = japan_time(now).date_naive();
            trial.try_one(wish, today, route, &mut shelf)
        });
        match tried {
            Ok(Some(mark)) => marks.push(mark),
            Ok(None) => marked.before += 1,
            Err(Trial::Fault(fault)) => faults.push((place, fault)),
            Err(Trial::File(error)) => return Err(error.into()),
        }
    }
    if !faults.is_empty() {
        return Err(MarkError::Faults(faults));
    }
    marked.made = marks.len();
    if !marks.is_empty() {
        journal.append_all(&marks.iter().map(Mark::deed).collect::<Vec<_>>())?;
        let marking = Marking { at: now, by: folder.actor().clone(), marks };
        deliveries.append(&desk, &marking)?;
    }
    Ok(marked)
}

impl Deliveries {
    /// `None` when the application stands there already, since that day.
    pub(super) fn try_one(
        &mut self,
        wish: Wish,
        today: NaiveDate,
        route: SubmissionRoute,
        shelf: &mut Shelf,
    ) -> Result<Option<Mark>, Trial> {
        let Wish { named, on, outcome } = wish;
        let Found { visit, number: case, id } = shelf.find(&named, self)?;
        if on > today {
            return Err(MarkFault::Future.into());
        }
        let event = outcome.event(route);
        if *self.stage_of(id) == stage_that(&event, on) {
            return Ok(None);
        }
        let mark = Mark { visit, case, id, on, event };
        self.follow(mark.clone())?;
        Ok(Some(mark))
    }
}

impl Outcome {
    fn event(self, route: SubmissionRoute) -> DeliveryEvent {
        match self {
            Self::Submitted => DeliveryEvent::Submit { route },
            Self::Accepted => DeliveryEvent::Accept,
            Self::Returned(deficiency) => DeliveryEvent::Return { deficiency },
            Self::Issued => DeliveryEvent::Issue,
        }
    }
}

/// Where an application stands once the event has happened.
fn stage_that(event: &DeliveryEvent, on: NaiveDate) -> Delivery {
    match event.clone() {
        DeliveryEvent::Submit { route } => Delivery::Submitted { route, on },
        DeliveryEvent::Accept => Delivery::Accepted { on },
        DeliveryEvent::Return { deficiency } => Delivery::Returned { on, deficiency },
        DeliveryEvent::Issue => Delivery::Issued { on },
    }
}

impl Mark {
    /// Its entry in the journal.
    pub(super) fn deed(&self) -> Deed {
        Deed::Mark { visit: self.visit, case: self.case, event: self.event.clone() }
    }
}
