//! The parts of a visit joined: what adds up, and who was received twice.

mod support;

use homon_domain::case::{Case, CaseStatus, Leaving};
use homon_domain::case_step::Step;
use homon_domain::custody::{ItemKind, Settlement};
use homon_domain::joined::{Joined, ReceivedTwice, SameBy};
use homon_domain::programme::ServiceKind;
use proptest::prelude::*;
use support::journey::{NAME, after, born, consent, fresh, name, ready};
use support::read;

const VISIT: ServiceKind = ServiceKind::VisitApplication;

fn numbered(case: Case, number: &str) -> Case {
    Case { number: read(number), ..case }
}

/// A resident who consented, and whose name and birth date were taken down.
fn named(number: &str, written: &str, birth: &str) -> Case {
    let case = after(&fresh(VISIT), "worker-1", consent());
    let case = after(&case, "worker-1", name(written));
    numbered(after(&case, "worker-1", born(birth)), number)
}

fn leave(case: &Case) -> Case {
    after(case, "worker-1", Step::Leave { leaving: Leaving::Withdrawn { note: None } })
}

fn twice(first: &str, second: &str, by: SameBy) -> ReceivedTwice {
    ReceivedTwice { first: read(first), second: read(second), by }
}

#[test]
fn the_whole_is_even_when_every_part_is() {
    let one = numbered(ready(VISIT), "1-001");
    let other = numbered(leave(&after(&fresh(VISIT), "worker-1", consent())), "2-001");
    let joined = Joined::of(&[one.clone(), other.clone()]);
    assert_eq!((joined.people.received, joined.people.ready, joined.people.withdrawn, joined.even), (2, 1, 1, true));
    let draft = named("2-002", "別人 花子", "1931-01-01");
    let joined = Joined::of(&[one.clone(), other, draft.clone()]);
    assert_eq!((joined.people.draft, joined.even), (1, false));
    // A paper that one part still holds makes the whole uneven, though nobody is a draft.
    let held =
        after(&after(&fresh(VISIT), "worker-1", consent()), "worker-1", Step::TakeItem { item: ItemKind::Letter });
    let held = numbered(leave(&held), "2-003");
    let joined = Joined::of(&[one.clone(), held.clone()]);
    assert_eq!((joined.papers.taken - joined.papers.returned, joined.people.draft), (1, 0));
    assert!(!joined.even);
    let back = Step::SettleItem { item: ItemKind::Letter, settlement: Settlement::Returned };
    assert!(Joined::of(&[one, after(&held, "manager-1", back)]).even);
}

#[test]
fn one_resident_on_two_parts_is_told_by_case_numbers() {
    let one = named("1-001", NAME, "1930-03-12");
    // Another variant of the same characters, without the blank.
    let other = named("2-004", "渡辺神福代", "1930-03-12");
    let same = named("2-003", NAME, "1930-03-12");
    assert_eq!(Joined::of(&[same.clone(), one.clone()]).twice, [twice("1-001", "2-003", SameBy::NameAndBirthDate)]);
    assert_eq!(Joined::of(&[other, one.clone()]).twice, []);
    let (first, second) = (numbered(ready(VISIT), "1-002"), numbered(ready(VISIT), "3-001"));
    assert_eq!(first.status(), CaseStatus::Ready);
    assert_eq!(Joined::of(&[second, first]).twice, [twice("1-002", "3-001", SameBy::Number)]);
}

#[test]
fn another_birth_date_a_case_that_ended_or_the_same_part_is_not_twice() {
    let one = named("1-001", NAME, "1930-03-12");
    for other in [
        named("2-001", NAME, "1930-03-13"),
        named("2-001", NAME, "1930-03"),
        leave(&named("2-001", NAME, "1930-03-12")),
        named("1-002", NAME, "1930-03-12"),
    ] {
        assert_eq!(Joined::of(&[one.clone(), other]).twice, []);
    }
}

proptest! {
    /// Whatever the order in which parts are read, the same is told.
    #[test]
    fn the_order_of_cases_does_not_matter(shuffled in Just((1..=6_u32).collect::<Vec<_>>()).prop_shuffle()) {
        let case = |at: u32| named(&format!("{}-{:03}", 1 + at % 2, at), NAME, &format!("19{:02}-03-12", 30 + at / 3));
        let ordered: Vec<Case> = (1..=6).map(case).collect();
        let mixed: Vec<Case> = shuffled.into_iter().map(case).collect();
        prop_assert_eq!(Joined::of(&mixed), Joined::of(&ordered));
    }
}
