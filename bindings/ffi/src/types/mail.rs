//! What the desk sends back: applications that were returned.

use chrono::NaiveDate;
use homon_app::model::{CaseNumber, Contact, Deficiency, DeficiencyKind, DeficiencyNotice, ReceivedText, VisitId};

/// An application that was returned (不備), for those who mend it with the applicant.
#[uniffi::remote(Record)]
pub struct DeficiencyNotice {
    /// The visit in which the resident was received.
    pub visit: VisitId,
    /// The case in it.
    pub case: CaseNumber,
    /// 氏名: the tablet has erased the visit, and the person must be asked for.
    pub name: ReceivedText,
    /// Whom to reach.
    pub contact: Option<Contact>,
    /// What is wrong.
    pub deficiency: Deficiency,
    /// The day on which it was returned.
    pub on: NaiveDate,
}

/// Why an application was returned (不備).
#[uniffi::remote(Record)]
pub struct Deficiency {
    /// What is wrong.
    pub kind: DeficiencyKind,
    /// In the words of the issuing body.
    pub note: Option<ReceivedText>,
}

/// What is wrong with a returned application.
#[uniffi::remote(Enum)]
pub enum DeficiencyKind {
    /// The photo; about four of five.
    Photo,
    /// The number is stale or wrong: name or address changed since the form was printed.
    Number,
    /// An attribute differs from the register.
    Attribute,
    /// Something else.
    Other,
}
