//! Mail (便): what the desk sends back to one tablet.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::applicant::Contact;
use crate::delivery::Deficiency;
use crate::ids::{CaseNumber, VisitId};
use crate::roster::Roster;
use crate::text::ReceivedText;

/// What one message (便) of the desk says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MailContent {
    /// 名簿: whom a visit expects.
    Roster(Roster),
    /// 不備: an application was returned, and somebody must be asked again.
    Deficiency(DeficiencyNotice),
    /// 登録: newer rules of the work, as the signed enrolment that they come in.
    Enrolment {
        /// The token, which the tablet verifies like one from a file.
        token: String,
    },
}

/// The kind of a message, without what it says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// 名簿.
    Roster,
    /// 不備.
    Deficiency,
    /// 登録.
    Enrolment,
}

/// An application that was returned (不備), for those who mend it with the applicant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeficiencyNotice {
    /// The visit in which the resident was received.
    pub visit: VisitId,
    /// The case in it.
    pub case: CaseNumber,
    /// 氏名: the tablet has erased the visit, and the person must be asked for.
    pub name: ReceivedText,
    /// Whom to reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// What is wrong.
    pub deficiency: Deficiency,
    /// The day on which it was returned.
    pub on: NaiveDate,
}

impl MailContent {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> MailKind {
        match self {
            Self::Roster(_) => MailKind::Roster,
            Self::Deficiency(_) => MailKind::Deficiency,
            Self::Enrolment { .. } => MailKind::Enrolment,
        }
    }

    /// How many residents it speaks of.
    #[must_use]
    pub fn residents(&self) -> usize {
        match self {
            Self::Roster(roster) => roster.residents.len(),
            Self::Deficiency(_) => 1,
            Self::Enrolment { .. } => 0,
        }
    }

    /// The visit that it is about, if any.
    #[must_use]
    pub fn visit(&self) -> Option<VisitId> {
        match self {
            Self::Roster(roster) => roster.visit,
            Self::Deficiency(notice) => Some(notice.visit),
            Self::Enrolment { .. } => None,
        }
    }
}

/// The rules of the work name staff, so an enrolment is shown no more than a resident is.
impl fmt::Debug for MailContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailContent::{:?}(…)", self.kind())
    }
}
