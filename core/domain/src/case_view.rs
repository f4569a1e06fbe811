//! What a screen is told of a case: it shows, the core has decided.

use serde::{Deserialize, Serialize};

use crate::case::{Case, CaseStatus, RoundPlace};
use crate::case_step::StepKind;
use crate::evidence::RouteSum;
use crate::ids::{CaseId, CaseNumber};
use crate::photo_exception::ExceptionToDeclare;
use crate::problems::Problem;
use crate::programme::Programme;

/// One line of the board: enough to find the resident, no more of the name than the first characters.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CaseRow {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Where it stands.
    pub status: CaseStatus,
    /// First character of each part of the name, then ○.
    pub masked_name: Option<String>,
    /// Where the resident is found.
    pub place: RoundPlace,
    /// What comes next in the journey, while it is open.
    pub next: Option<Problem>,
}

/// The whole of a case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CaseView {
    /// Where it stands.
    pub status: CaseStatus,
    /// What is missing or wrong, in the order of the journey; empty once it is ready or has left.
    pub problems: Vec<Problem>,
    /// What may be done now.
    pub allowed_actions: Vec<StepKind>,
    /// How far each combination of evidence is filled; empty where identity is checked at pickup.
    pub evidence: Vec<RouteSum>,
    /// Exceptions of the photo, and what has to be done about each.
    pub declarations: Vec<ExceptionToDeclare>,
    /// What to look at, though it keeps nothing from being done.
    pub warnings: Vec<Warning>,
    /// The record itself.
    pub case: Case,
}

/// Something that is probably wrong, and may be right.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "warning")]
pub enum Warning {
    /// The address begins with the municipality and with none of its towns.
    TownUnknown,
    /// The photo looks like that of other cases of the visit: the same file, or the same moment.
    SamePhoto {
        /// The other cases.
        cases: Vec<CaseNumber>,
    },
}

impl Case {
    /// The case as a line of the board.
    #[must_use]
    pub fn row(&self, programme: &Programme) -> CaseRow {
        let next = (self.status() == CaseStatus::Draft).then(|| self.problems(programme).into_iter().next()).flatten();
        CaseRow {
            id: self.id,
            number: self.number,
            status: self.status(),
            masked_name: self.applicant.name.as_ref().map(crate::text::ReceivedText::masked),
            place: self.place.clone(),
            next,
        }
    }

    fn town_warning(&self, programme: &Programme) -> Option<Warning> {
        let open = matches!(self.status(), CaseStatus::Draft | CaseStatus::Ready);
        let unknown = self.applicant.address.as_ref().is_some_and(|address| programme.lacks_town(address));
        (open && unknown).then_some(Warning::TownUnknown)
    }

    /// The case as its own screen.
    #[must_use]
    pub fn view(&self, programme: &Programme) -> CaseView {
        let status = self.status();
        let on_site = self.method == Some(crate::programme::Method::OnSiteApplication);
        CaseView {
            status,
            problems: if status == CaseStatus::Draft { self.problems(programme) } else { Vec::new() },
            allowed_actions: self.allowed_actions(programme),
            declarations: self.exceptions_to_declare(programme),
            warnings: self.town_warning(programme).into_iter().collect(),
            evidence: if on_site { programme.evidence.sums(&self.evidence.seen) } else { Vec::new() },
            case: self.clone(),
        }
    }
}
