//! Custody, the balance, what the reports count, and how far the targets are met.

mod support;

use std::collections::BTreeMap;

use homon_domain::balance::{Balance, Blocker, Held, People};
use homon_domain::calendar::Closed;
use homon_domain::case::{Case, CaseStatus, IneligibleReason, Leaving, RevisitReason};
use homon_domain::case_step::{Step, StepRefused};
use homon_domain::custody::{Item, ItemKind, Settlement};
use homon_domain::ids::VisitId;
use homon_domain::programme::{ServiceKind, Target};
use homon_domain::tally::{Progress, Tally};
use homon_domain::visit::{Departure, Deviation, Visit};
use proptest::prelude::*;
use support::journey::{after, completed, consent, fresh, on_paper, ready};
use support::{PROGRAMME, doing, read, received, visit};

const VISIT: ServiceKind = ServiceKind::VisitApplication;

fn take(case: &Case, item: ItemKind) -> Case {
    after(case, "worker-1", Step::TakeItem { item })
}

fn settle(case: &Case, item: ItemKind, settlement: Settlement) -> Case {
    after(case, "manager-1", Step::SettleItem { item, settlement })
}

fn explained() -> Settlement {
    Settlement::Explained { reason: received("面会中のため後日お返しする") }
}

/// A resident who consented and from whom something may be taken.
fn willing() -> Case {
    after(&fresh(VISIT), "worker-1", consent())
}

fn left(case: &Case, leaving: Leaving) -> Case {
    after(case, "worker-1", Step::Leave { leaving })
}

fn revisit(reason: RevisitReason) -> Leaving {
    Leaving::Revisit { reason, on: None }
}

fn numbered(case: Case, number: &str) -> Case {
    Case { number: read(number), ..case }
}

fn non_resident() -> Leaving {
    Leaving::Ineligible { reason: IneligibleReason::NonResident }
}

// Custody.

#[test]
fn what_is_taken_is_signed_for_and_settled() {
    let case = take(&willing(), ItemKind::Letter);
    let held =
        Item { kind: ItemKind::Letter, received_at: case.received_at, received_by: read("worker-1"), settled: None };
    assert_eq!(case.custody, [held]);
    for settlement in [Settlement::Returned, Settlement::HandedToCity, explained()] {
        let case = settle(&case, ItemKind::Letter, settlement.clone());
        let settled = case.custody[0].settled.as_ref().expect("it was settled");
        assert_eq!((&settled.settlement, &settled.by), (&settlement, &read("manager-1")));
    }
}

#[test]
fn one_of_a_kind_is_held_and_settled_once() {
    let case = take(&willing(), ItemKind::Card);
    let again = Step::TakeItem { item: ItemKind::Card };
    assert_eq!(case.after(again, doing("worker-1")), Err(StepRefused::ItemTwice));
    let give_back = |item| Step::SettleItem { item, settlement: Settlement::Returned };
    let of_another_kind = case.after(give_back(ItemKind::Letter), doing("worker-1"));
    assert_eq!(of_another_kind, Err(StepRefused::NoSuchItem));
    let case = settle(&case, ItemKind::Card, Settlement::Returned);
    assert_eq!(case.after(give_back(ItemKind::Card), doing("worker-1")), Err(StepRefused::NoSuchItem));
}

#[test]
fn custody_is_settled_after_the_resident_left() {
    let case = left(&take(&willing(), ItemKind::Letter), Leaving::Withdrawn { note: None });
    assert_eq!(Balance::from_iter([&case]).blockers.len(), 1);
    let case = settle(&case, ItemKind::Letter, Settlement::Returned);
    assert_eq!(case.status(), CaseStatus::Withdrawn);
    assert!(Balance::from_iter([&case]).is_even());
}

// Balance.

#[test]
fn a_blocker_names_the_case_and_the_item() {
    let draft = numbered(take(&willing(), ItemKind::Letter), "1-001");
    let done = take(&take(&ready(VISIT), ItemKind::Card), ItemKind::NotificationCard);
    let done = numbered(settle(&done, ItemKind::NotificationCard, Settlement::HandedToCity), "1-002");
    let balance = Balance::from_iter([&draft, &done]);
    let case = |number| read(number);
    let expected = [
        Blocker::Draft { case: case("1-001") },
        Blocker::StillHeld { case: case("1-001"), item: ItemKind::Letter },
        Blocker::StillHeld { case: case("1-002"), item: ItemKind::Card },
    ];
    assert_eq!(balance.blockers, expected);
    assert!(!balance.is_even());
    assert_eq!((balance.people.difference(), balance.papers.difference(), balance.cards.difference()), (1, 1, 1));
}

#[test]
fn cards_are_counted_apart_from_papers() {
    let all = [ItemKind::Letter, ItemKind::ApplicationForm, ItemKind::Certificate, ItemKind::Card];
    let case = all.into_iter().fold(ready(VISIT), |case, item| take(&case, item));
    let case = settle(&case, ItemKind::Letter, Settlement::Returned);
    let case = settle(&case, ItemKind::ApplicationForm, Settlement::HandedToCity);
    let case = settle(&case, ItemKind::Certificate, explained());
    let case = settle(&case, ItemKind::Card, Settlement::Returned);
    let balance = Balance::from_iter([&case]);
    assert_eq!(balance.papers, Held { taken: 3, returned: 1, handed_to_city: 1, explained: 1 });
    assert_eq!(balance.cards, Held { taken: 1, returned: 1, handed_to_city: 0, explained: 0 });
    assert!(balance.is_even() && balance.blockers.is_empty());
}

/// A case at each end that the journey has, with what is held at that end.
fn any_case() -> impl Strategy<Value = Case> {
    let stages =
        [None, Some(Leaving::Refused { note: None }), Some(non_resident()), Some(revisit(RevisitReason::Unwell))];
    let settled = [None, Some(Settlement::Returned), Some(Settlement::HandedToCity), Some(explained())];
    let item = prop::sample::select(&[ItemKind::Letter, ItemKind::Certificate, ItemKind::Card][..]);
    let items = prop::collection::btree_map(item, prop::sample::select(settled.to_vec()), 0..3);
    (prop::sample::select(stages.to_vec()), items).prop_map(|(stage, items)| {
        let mut case = willing();
        for (item, settlement) in items {
            case = take(&case, item);
            case = settlement.map_or(case.clone(), |settlement| settle(&case, item, settlement));
        }
        stage.map_or(case.clone(), |leaving| left(&case, leaving))
    })
}

proptest! {
    #[test]
    fn a_visit_is_even_exactly_when_nothing_blocks_it(cases in prop::collection::vec(any_case(), 0..12)) {
        let balance = Balance::from_iter(&cases);
        prop_assert_eq!(balance.is_even(), balance.blockers.is_empty());
        let differences = [balance.people.difference(), balance.papers.difference(), balance.cards.difference()];
        prop_assert_eq!(differences.into_iter().sum::<i64>(), i64::try_from(balance.blockers.len()).expect("a few"));
    }

    #[test]
    fn a_tally_and_the_balance_count_the_same(cases in prop::collection::vec(any_case(), 0..12)) {
        let (tally, balance) = (Tally::of(&visit("1"), &cases), Balance::from_iter(&cases));
        prop_assert_eq!((tally.people, tally.papers, tally.cards), (balance.people, balance.papers, balance.cards));
        prop_assert_eq!(tally.ineligible.values().sum::<u32>(), tally.people.ineligible);
        prop_assert_eq!(tally.revisit.values().sum::<u32>(), tally.people.revisit);
        prop_assert_eq!(tally.counts()["received"], tally.people.received);
    }
}

// Tallies.

/// One resident at each end, and one in whose name paper was filled in.
fn a_mornings_cases() -> Vec<Case> {
    let paper = completed(after(&ready(VISIT), "worker-1", on_paper()));
    vec![
        ready(VISIT),
        settle(&paper, ItemKind::ApplicationForm, Settlement::HandedToCity),
        left(&willing(), Leaving::Refused { note: Some(received("必要ない")) }),
        left(&willing(), Leaving::Withdrawn { note: None }),
        left(&willing(), non_resident()),
        left(&willing(), revisit(RevisitReason::Isolation)),
        left(&willing(), revisit(RevisitReason::Isolation)),
        left(&willing(), revisit(RevisitReason::Unwell)),
    ]
}

#[test]
fn a_tally_counts_outcomes_and_reasons() {
    let at_noon = Visit { consultations: 3, ..visit("2") };
    let tally = Tally::of(&at_noon, &a_mornings_cases());
    let people = People { received: 8, ready: 2, refused: 1, withdrawn: 1, ineligible: 1, revisit: 3, draft: 0 };
    assert_eq!(tally.people, people);
    assert_eq!(tally.ineligible, BTreeMap::from([("non_resident".to_owned(), 1)]));
    assert_eq!(tally.revisit, BTreeMap::from([("isolation".to_owned(), 2), ("unwell".to_owned(), 1)]));
    assert_eq!((tally.on_site, tally.pickup, tally.on_paper, tally.consultations), (2, 0, 1, 3));
    assert_eq!((tally.visit, tally.part, tally.date), (at_noon.plan.id, at_noon.part, at_noon.plan.date));
    assert_eq!(tally.papers, Held { taken: 1, handed_to_city: 1, ..Held::default() });
    assert_eq!(tally.counts()["on_paper"], 1);
}

#[test]
fn a_venue_counts_as_identity_checked_at_pickup() {
    let cases = [ready(ServiceKind::VenueApplication), ready(ServiceKind::VenueApplication)];
    let tally = Tally::of(&visit("1"), &cases);
    assert_eq!((tally.on_site, tally.pickup), (0, 2));
}

#[test]
fn a_tally_names_rules_that_were_not_kept_and_no_reason_in_words() {
    let departure = Departure::OutsideHours { closed: Closed::Weekend };
    let reason = received("施設長 渡邉様の依頼");
    let deviation = Deviation { departure: departure.clone(), reason: reason.clone(), by: read("manager-1") };
    let tally = Tally::of(&Visit { deviations: vec![deviation], ..visit("1") }, &a_mornings_cases());
    assert_eq!(tally.departures, [departure]);
    let written = serde_json::to_string(&tally).expect("a tally is plain data");
    let of_residents = [reason.as_str(), "必要ない", support::journey::NAME, support::journey::ADDRESS];
    for words in of_residents.into_iter().chain([support::journey::APPLICATION_ID, support::journey::ROOM]) {
        assert!(!written.contains(words));
    }
}

// Progress.

fn target(service: ServiceKind) -> Target {
    PROGRAMME.service(service).and_then(|terms| terms.target).expect("the contract plans something")
}

/// A tally of the visit of that number with so many complete applications.
fn tally(visit_number: u32, part: &str, ready: u32) -> Tally {
    let base = Tally::of(&visit(part), &[]);
    let id = VisitId(read(&format!("00000000-0000-4000-8000-{visit_number:012}")));
    Tally { visit: id, people: People { received: ready, ready, ..base.people }, ..base }
}

#[test]
fn the_targets_are_those_of_the_contract() {
    let planned = |service| (target(service).visits, target(service).applicants);
    assert_eq!(planned(VISIT), (80, 130));
    assert_eq!(planned(ServiceKind::VenueApplication), (15, 450));
    assert_eq!(planned(ServiceKind::VisitRenewal), (10, 20));
}

#[test]
fn either_count_meets_the_target_and_work_goes_on() {
    let progress = |visits: u32, each: u32| {
        let tallies: Vec<_> = (0..visits).map(|number| tally(number, "1", each)).collect();
        Progress::of(target(VISIT), VISIT, &tallies)
    };
    assert!(!progress(0, 0).is_met());
    assert!(!progress(79, 1).is_met());
    assert!(progress(80, 0).is_met());
    assert!(!progress(1, 129).is_met());
    assert!(progress(1, 130).is_met());
    let beyond = progress(81, 3);
    assert_eq!((beyond.visits, beyond.applicants, beyond.is_met()), (81, 243, true));
}

#[test]
fn the_parts_of_a_visit_are_one_visit_and_all_its_applicants() {
    let tallies = [tally(1, "1", 4), tally(1, "2", 5), tally(2, "1", 1)];
    let progress = Progress::of(target(VISIT), VISIT, &tallies);
    assert_eq!((progress.visits, progress.applicants), (2, 10));
}

#[test]
fn a_visit_of_another_service_does_not_count() {
    let venue = Tally { service: ServiceKind::VenueApplication, ..tally(1, "1", 450) };
    let tallies = [venue, tally(2, "1", 1)];
    let visits = Progress::of(target(VISIT), VISIT, &tallies);
    assert_eq!((visits.visits, visits.applicants), (1, 1));
    let venue = ServiceKind::VenueApplication;
    assert!(Progress::of(target(venue), venue, &tallies).is_met());
}

#[test]
fn whoever_lives_elsewhere_never_counts() {
    let elsewhere: Vec<_> = (0..200).map(|_| left(&willing(), non_resident())).collect();
    let tallies = [Tally::of(&visit("1"), elsewhere.iter().chain([&ready(VISIT)]))];
    let progress = Progress::of(target(VISIT), VISIT, &tallies);
    assert_eq!((progress.visits, progress.applicants, progress.is_met()), (1, 1, false));
}

#[test]
fn a_draft_is_not_an_application() {
    let tallies = [Tally::of(&visit("1"), [&willing()])];
    assert_eq!(Progress::of(target(VISIT), VISIT, &tallies).applicants, 0);
}
