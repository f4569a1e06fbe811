//! Balance (つり合い): whether everyone who was received and everything that was taken is accounted for.
//!
//! received = ready + refused + withdrawn + ineligible + revisit, and every paper and card is returned, handed to the
//! city, or explained. A difference names what causes it, because that is what staff must mend before they leave.

use serde::{Deserialize, Serialize};

use crate::case::{Case, CaseStatus};
use crate::custody::{ItemKind, Settlement};
use crate::ids::CaseNumber;

/// Residents by where their cases stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct People {
    /// All who were received.
    pub received: u32,
    /// 完了.
    pub ready: u32,
    /// 辞退.
    pub refused: u32,
    /// 取下げ.
    pub withdrawn: u32,
    /// 対象外.
    pub ineligible: u32,
    /// 再訪問.
    pub revisit: u32,
    /// 入力中: keeps the visit open.
    pub draft: u32,
}

impl People {
    /// Counts one more case.
    pub fn add(&mut self, status: CaseStatus) {
        self.received += 1;
        *match status {
            CaseStatus::Draft => &mut self.draft,
            CaseStatus::Ready => &mut self.ready,
            CaseStatus::Refused => &mut self.refused,
            CaseStatus::Withdrawn => &mut self.withdrawn,
            CaseStatus::Ineligible => &mut self.ineligible,
            CaseStatus::Revisit => &mut self.revisit,
        } += 1;
    }

    /// Received less all outcomes; zero when it balances.
    #[must_use]
    pub fn difference(&self) -> i64 {
        let outcomes = [self.ready, self.refused, self.withdrawn, self.ineligible, self.revisit];
        i64::from(self.received) - outcomes.into_iter().map(i64::from).sum::<i64>()
    }

    /// The sum of two counts, as when parts are joined.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            received: self.received + other.received,
            ready: self.ready + other.ready,
            refused: self.refused + other.refused,
            withdrawn: self.withdrawn + other.withdrawn,
            ineligible: self.ineligible + other.ineligible,
            revisit: self.revisit + other.revisit,
            draft: self.draft + other.draft,
        }
    }
}

/// Items by what became of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Held {
    /// All that were taken.
    pub taken: u32,
    /// Given back.
    pub returned: u32,
    /// Handed to the city.
    pub handed_to_city: u32,
    /// Neither, for a reason.
    pub explained: u32,
}

impl Held {
    fn add(&mut self, settlement: Option<&Settlement>) {
        self.taken += 1;
        match settlement {
            Some(Settlement::Returned) => self.returned += 1,
            Some(Settlement::HandedToCity) => self.handed_to_city += 1,
            Some(Settlement::Explained { .. }) => self.explained += 1,
            None => {}
        }
    }

    /// Taken less all that is settled; zero when it balances.
    #[must_use]
    pub fn difference(&self) -> i64 {
        i64::from(self.taken)
            - [self.returned, self.handed_to_city, self.explained].into_iter().map(i64::from).sum::<i64>()
    }

    /// The sum of two counts, as when parts are joined.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            taken: self.taken + other.taken,
            returned: self.returned + other.returned,
            handed_to_city: self.handed_to_city + other.handed_to_city,
            explained: self.explained + other.explained,
        }
    }
}

/// Something that keeps a visit from being closed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "because")]
pub enum Blocker {
    /// The case is still a draft.
    Draft {
        /// Which case.
        case: CaseNumber,
    },
    /// The item is still held.
    StillHeld {
        /// Whose.
        case: CaseNumber,
        /// What.
        item: ItemKind,
    },
}

/// The balance of a visit part.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Balance {
    /// Residents.
    pub people: People,
    /// Papers.
    pub papers: Held,
    /// Cards.
    pub cards: Held,
    /// What keeps the visit open; empty when it balances.
    pub blockers: Vec<Blocker>,
}

impl Balance {
    /// Counts one more case.
    pub fn add(&mut self, case: &Case) {
        self.people.add(case.status());
        if case.status() == CaseStatus::Draft {
            self.blockers.push(Blocker::Draft { case: case.number });
        }
        for item in &case.custody {
            let held = if item.kind == ItemKind::Card { &mut self.cards } else { &mut self.papers };
            held.add(item.settled.as_ref().map(|settled| &settled.settlement));
            if item.settled.is_none() {
                self.blockers.push(Blocker::StillHeld { case: case.number, item: item.kind });
            }
        }
    }

    /// Whether everyone and everything is accounted for.
    #[must_use]
    pub fn is_even(&self) -> bool {
        self.people.difference() == 0 && self.papers.difference() == 0 && self.cards.difference() == 0
    }
}

impl<'a> FromIterator<&'a Case> for Balance {
    fn from_iter<I: IntoIterator<Item = &'a Case>>(cases: I) -> Self {
        let mut balance = Self::default();
        cases.into_iter().for_each(|case| balance.add(case));
        balance
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn people_balance_exactly_when_nobody_is_a_draft(picks in prop::collection::vec(0..6_usize, 0..40)) {
            let mut people = People::default();
            picks.iter().for_each(|&pick| people.add(CaseStatus::ALL[pick]));
            prop_assert_eq!(people.difference(), i64::from(people.draft));
            prop_assert_eq!(people.received as usize, picks.len());
        }

        #[test]
        fn joining_parts_adds_up(left in prop::collection::vec(0..6_usize, 0..20), right in prop::collection::vec(0..6_usize, 0..20)) {
            let count = |picks: &[usize]| {
                let mut people = People::default();
                picks.iter().for_each(|&pick| people.add(CaseStatus::ALL[pick]));
                people
            };
            let whole: Vec<_> = left.iter().chain(&right).copied().collect();
            prop_assert_eq!(count(&left).plus(count(&right)), count(&whole));
        }
    }
}
