//! Evidence of identity (本人確認書類) for 申請時来庁方式: which papers were seen, and what is still missing.
//!
//! The lawful combinations are data of the programme, because municipalities count documents differently; the sum is
//! computed here. No image and no number of a document is ever kept, only its kind and the time.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{Code, StaffCode};

/// What a document counts as.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentClass {
    /// A書類: official, with a photograph.
    A,
    /// B書類: without a photograph.
    B,
    /// 照会書: the city's letter, sent to the address of the register.
    Letter,
    /// 通知カード.
    NotificationCard,
    /// 顔写真証明書, signed by the head of a facility.
    FacilityPhotoCertificate,
}

/// A document that the programme accepts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentKind {
    /// How records name it.
    pub code: Code,
    /// How staff and residents call it.
    pub name: String,
    /// What it counts as.
    pub class: DocumentClass,
}

/// One lawful combination: every slot must be filled by a document of its own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Route(pub Vec<DocumentClass>);

/// Which documents count, and which combinations suffice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRules {
    /// The documents that the programme accepts.
    pub documents: Vec<DocumentKind>,
    /// The combinations that suffice.
    #[serde(default = "EvidenceRules::usual_routes")]
    pub routes: Vec<Route>,
}

impl EvidenceRules {
    /// A+A, A+B, letter+A, notification card+B+B, and a facility head's photo certificate+B.
    ///
    /// The first four are Nagoya's (FAQ 3457). That the certificate stands in for A beside a B is our reading of
    /// Gamagōri's page; a city that counts it otherwise changes one line of its programme.
    #[must_use]
    pub fn usual_routes() -> Vec<Route> {
        use DocumentClass::{A, B, FacilityPhotoCertificate, Letter, NotificationCard};
        [vec![A, A], vec![A, B], vec![Letter, A], vec![NotificationCard, B, B], vec![FacilityPhotoCertificate, B]]
            .into_iter()
            .map(Route)
            .collect()
    }

    /// The accepted document of that code.
    #[must_use]
    pub fn document(&self, code: &Code) -> Option<&DocumentKind> {
        self.documents.iter().find(|document| document.code == *code)
    }

    /// How far the documents seen fill each combination, in the order of the programme.
    #[must_use]
    pub fn sums(&self, seen: &[SeenDocument]) -> Vec<RouteSum> {
        let classes: Vec<_> = seen.iter().filter_map(|s| self.document(&s.document)).map(|d| d.class).collect();
        self.routes.iter().map(|route| RouteSum::of(route, &classes)).collect()
    }
}

/// A document that was shown (提示).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SeenDocument {
    /// Which kind of document.
    pub document: Code,
    /// When it was seen.
    pub at: DateTime<Utc>,
    /// Who saw it.
    pub by: StaffCode,
}

/// One slot of a combination, and whether a document fills it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Slot {
    /// What the slot asks for.
    pub class: DocumentClass,
    /// Whether a document that was seen fills it.
    pub filled: bool,
}

/// One combination as an equation of slots.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RouteSum {
    /// The slots in the order of the programme.
    pub slots: Vec<Slot>,
}

impl RouteSum {
    fn of(route: &Route, seen: &[DocumentClass]) -> Self {
        let mut left = seen.to_vec();
        // A document fills one slot only. Slots of its own class come first, and an A書類 that is left over may stand
        // for a B書類, because it proves more.
        let mut slots: Vec<Slot> =
            route.0.iter().map(|&class| Slot { class, filled: take(&mut left, class) }).collect();
        for slot in slots.iter_mut().filter(|slot| !slot.filled && slot.class == DocumentClass::B) {
            slot.filled = take(&mut left, DocumentClass::A);
        }
        Self { slots }
    }

    /// What is still missing; empty when the combination suffices.
    pub fn missing(&self) -> impl Iterator<Item = DocumentClass> {
        self.slots.iter().filter(|slot| !slot.filled).map(|slot| slot.class)
    }

    /// Whether every slot is filled.
    #[must_use]
    pub fn suffices(&self) -> bool {
        self.slots.iter().all(|slot| slot.filled)
    }
}

fn take(left: &mut Vec<DocumentClass>, class: DocumentClass) -> bool {
    let found = left.iter().position(|&one| one == class);
    found.map(|index| left.swap_remove(index)).is_some()
}

/// City staff's word that the evidence suffices.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sufficient {
    /// Who said so; always a member of the city's staff.
    pub by: StaffCode,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was seen for one case, and whether city staff found it sufficient.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Evidence {
    /// The documents seen, each kind once.
    pub seen: Vec<SeenDocument>,
    /// Set by city staff only, and taken back when a document is withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sufficient: Option<Sufficient>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use DocumentClass::{A, B, FacilityPhotoCertificate, Letter, NotificationCard};

    fn suffices(seen: &[DocumentClass]) -> bool {
        EvidenceRules::usual_routes().iter().any(|route| RouteSum::of(route, seen).suffices())
    }

    #[test]
    fn the_lawful_combinations_suffice_and_their_parts_do_not() {
        for route in EvidenceRules::usual_routes() {
            assert!(suffices(&route.0), "{route:?}");
            for left_out in 0..route.0.len() {
                let mut part = route.0.clone();
                part.remove(left_out);
                assert!(!suffices(&part), "{part:?}");
            }
        }
        for not_enough in
            [vec![A], vec![B, B, B], vec![Letter, B], vec![NotificationCard, Letter], vec![FacilityPhotoCertificate]]
        {
            assert!(!suffices(&not_enough), "{not_enough:?}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let seen = [NotificationCard, B];
        let missing: Vec<Vec<_>> =
            EvidenceRules::usual_routes().iter().map(|r| RouteSum::of(r, &seen).missing().collect()).collect();
        assert_eq!(missing, [vec![A, A], vec![A], vec![Letter, A], vec![B], vec![FacilityPhotoCertificate]]);
    }

    fn any_class() -> impl Strategy<Value = DocumentClass> {
        prop_oneof![Just(A), Just(B), Just(Letter), Just(NotificationCard), Just(FacilityPhotoCertificate)]
    }

    proptest! {
        #[test]
        fn one_more_document_never_makes_evidence_worse(
            seen in prop::collection::vec(any_class(), 0..5), more in any_class()
        ) {
            let mut with_more = seen.clone();
            with_more.push(more);
            prop_assert!(!suffices(&seen) || suffices(&with_more));
        }

        #[test]
        fn the_order_of_showing_does_not_matter(seen in prop::collection::vec(any_class(), 0..5)) {
            let mut turned = seen.clone();
            turned.reverse();
            prop_assert_eq!(suffices(&seen), suffices(&turned));
        }

        #[test]
        fn a_document_fills_one_slot(seen in prop::collection::vec(any_class(), 0..5)) {
            for route in EvidenceRules::usual_routes() {
                let filled = RouteSum::of(&route, &seen).slots.iter().filter(|slot| slot.filled).count();
                prop_assert!(filled <= seen.len());
            }
        }
    }
}
