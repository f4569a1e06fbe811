//! The parts of a visit joined (分担の突き合わせ): whether the whole is even, and who was received on two of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::applicant::RegisterNumber;
use crate::balance::{Balance, Held, People};
use crate::case::{Case, CaseStatus};
use crate::folding::fold;
use crate::ids::CaseNumber;

/// By what two cases seem to be one resident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameBy {
    /// The same 申請書ID, or the same 個人番号.
    Number,
    /// The same name, but for its writing, and the same birth date.
    NameAndBirthDate,
}

/// Two cases of different parts that seem to be one resident (二重受付の疑い). Names nobody: people look the cases up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct ReceivedTwice {
    /// The case with the lower number.
    pub first: CaseNumber,
    /// The other.
    pub second: CaseNumber,
    /// By what.
    pub by: SameBy,
}

/// All parts of a visit together.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Joined {
    /// Residents of all parts by outcome.
    pub people: People,
    /// Papers of all parts.
    pub papers: Held,
    /// Cards of all parts.
    pub cards: Held,
    /// Whether everyone and everything is accounted for.
    pub even: bool,
    /// Residents who seem to have been received on two parts.
    pub twice: Vec<ReceivedTwice>,
}

impl Joined {
    /// Joins the cases of all parts.
    #[must_use]
    pub fn of(cases: &[Case]) -> Self {
        let balance: Balance = cases.iter().collect();
        Self {
            people: balance.people,
            papers: balance.papers,
            cards: balance.cards,
            even: balance.is_even(),
            twice: twice(cases),
        }
    }
}

/// Cases that lead to an application, or still may, on two parts. Each is told once, with the first that it is like.
fn twice(cases: &[Case]) -> Vec<ReceivedTwice> {
    let mut cases: Vec<&Case> =
        cases.iter().filter(|case| matches!(case.status(), CaseStatus::Draft | CaseStatus::Ready)).collect();
    cases.sort_by_key(|case| case.number);
    let mut seen: BTreeMap<(SameBy, String), CaseNumber> = BTreeMap::new();
    let mut found = Vec::new();
    for case in cases {
        let mut like = None;
        for (by, sign) in signs(case) {
            let first = *seen.entry((by, sign)).or_insert(case.number);
            if first.part != case.number.part {
                like = like.or(Some(ReceivedTwice { first, second: case.number, by }));
            }
        }
        found.extend(like);
    }
    found
}

/// What a resident is known by, the surest first.
fn signs(case: &Case) -> impl Iterator<Item = (SameBy, String)> {
    let applicant = &case.applicant;
    let number = match &applicant.number {
        Some(number @ (RegisterNumber::ApplicationId(_) | RegisterNumber::IndividualNumber(_))) => {
            serde_json::to_string(number).ok()
        }
        Some(RegisterNumber::Unfinished(_)) | None => None,
    };
    let name = applicant.name.as_ref().map(|name| fold(name.as_str()));
    let person =
        name.zip(applicant.birth_date).map(|(name, birth_date)| format!("{name} {}", String::from(birth_date)));
    let numbered = number.map(|number| (SameBy::Number, number));
    numbered.into_iter().chain(person.map(|person| (SameBy::NameAndBirthDate, person)))
}
