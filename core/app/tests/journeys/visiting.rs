//! A visit from its opening to its seal.

use homon_domain::visit::AmendmentReason;
use std::future::poll_fn;
use std::task::Poll;

use chrono::TimeDelta;
use homon_app::{DeviationInput, Error, Field, PlaceInput, Refusal, Rule, VisitAction, VisitStage};
use homon_domain::balance::Blocker;
use homon_domain::custody::ItemKind;
use homon_domain::ids::VisitId;
use homon_domain::text::TextFault;
use homon_domain::visit::{CheckItem, Departure, OpenRefused};
use homon_photo::{FileRules, accept_portrait};
use homon_support::portraits::draw;
use homon_support::scenario::PhotoRecipe;
use serde_json::json;

use crate::personal::refused;
use crate::tablet::{PART, check_in, plan};
use crate::world::World;

#[tokio::test]
async fn a_rule_that_is_not_kept_needs_a_reason() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let (plan, mut there) = (plan(&world.clock), check_in());
    there.checked.retain(|item| *item != CheckItem::Disinfection);
    there.staff.retain(|staff| staff.as_str() != "city-01");
    let departures = tablet.homon.departures(plan.clone(), there.clone()).await.unwrap();
    let expected = [Departure::NoCityStaff, Departure::NotChecked { item: CheckItem::Disinfection }];
    assert_eq!(departures, expected);
    let open = |reasons: Vec<(Departure, &str)>| {
        let input = |(departure, reason): (Departure, &str)| DeviationInput { departure, reason: reason.to_owned() };
        tablet.homon.open_visit(plan.clone(), PART, there.clone(), reasons.into_iter().map(input).collect(), None)
    };
    let missing = |left: &[Departure]| Error::from(Refusal::Visit(OpenRefused::ReasonsMissing(left.to_vec())));
    assert_eq!(tablet.unchanged(open(vec![])).await, missing(&expected));
    let one = vec![(Departure::NoCityStaff, "職員が途中で役所に戻ったため")];
    assert_eq!(tablet.unchanged(open(one.clone())).await, missing(&expected[1..]));
    let blank = one.iter().cloned().chain([(expected[1].clone(), " ")]).collect();
    let blank = tablet.unchanged(open(blank)).await;
    assert_eq!(blank, Error::FixInput { field: Field::Reason, rule: Rule::Text(TextFault::Blank) });
    let both = one.into_iter().chain([(expected[1].clone(), "消毒用アルコールが足りないため")]).collect();
    let opened = open(both).await.unwrap();
    assert_eq!((opened.status, opened.visit.deviations.len()), (VisitStage::Open, 2));
}

#[tokio::test]
async fn a_private_home_is_opened_with_its_address_and_no_other_site_keeps_one() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let facility = plan(&world.clock);
    let home =
        homon_domain::visit::VisitPlan { id: VisitId::make(), site: "home-01".parse().unwrap(), ..facility.clone() };
    let open = |plan: &homon_domain::visit::VisitPlan, address: Option<&str>| {
        tablet.homon.open_visit(plan.clone(), PART, check_in(), Vec::new(), address.map(str::to_owned))
    };
    let blank = Error::FixInput { field: Field::PrivateAddress, rule: Rule::Text(TextFault::Blank) };
    for nothing in [None, Some(" ")] {
        assert_eq!(tablet.unchanged(open(&home, nothing)).await, blank);
    }
    let kept = |view: homon_app::VisitView| view.visit.private_address.map(String::from);
    assert_eq!(kept(open(&home, Some("下関市見本町1-2 ")).await.unwrap()).as_deref(), Some("下関市見本町1-2"));
    assert_eq!(kept(open(&facility, Some("下関市見本町1-2")).await.unwrap()), None);
}

#[tokio::test]
async fn what_the_programme_does_not_know_is_not_opened() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let good = plan(&world.clock);
    let open = async |plan, there| tablet.unchanged(tablet.homon.open_visit(plan, PART, there, Vec::new(), None)).await;
    let mut plan = good.clone();
    plan.site = "nowhere".parse().unwrap();
    assert_eq!(open(plan, check_in()).await, Refusal::Visit(OpenRefused::NoSuchSite).into());
    let mut plan = good.clone();
    plan.service = homon_domain::programme::ServiceKind::PortalSupport;
    assert_eq!(open(plan, check_in()).await, Refusal::Visit(OpenRefused::NoSuchService).into());
    let mut plan = good.clone();
    (plan.from, plan.until) = (plan.until, plan.from);
    assert_eq!(open(plan, check_in()).await, Refusal::Visit(OpenRefused::TimesReversed).into());
    let mut there = check_in();
    there.staff.push("worker-09".parse().unwrap());
    let unknown = Refusal::Visit(OpenRefused::NoSuchStaff("worker-09".parse().unwrap()));
    assert_eq!(open(good.clone(), there).await, unknown.into());
    tablet.homon.open_visit(good.clone(), PART, check_in(), Vec::new(), None).await.unwrap();
    assert_eq!(open(good, check_in()).await, Refusal::PartTwice.into());
    let stranger = tablet.unchanged(tablet.homon.visit(VisitId::make(), PART)).await;
    assert_eq!(stranger, Refusal::NoSuchVisit.into());
}

#[tokio::test]
async fn a_visit_is_closed_when_everyone_and_everything_is_accounted_for() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let draft = tablet.receive(visit).await;
    let number = tablet.homon.case(visit, PART, draft).await.unwrap().case.number;
    let close = || tablet.homon.close_visit(visit, PART);
    let uneven = |blockers: &[Blocker]| Error::from(Refusal::NotEven { blockers: blockers.to_vec() });
    assert_eq!(tablet.unchanged(close()).await, uneven(&[Blocker::Draft { case: number }]));
    let case = tablet.receive_willing(visit).await;
    let paper = Blocker::StillHeld {
        case: tablet.homon.case(visit, PART, case).await.unwrap().case.number,
        item: ItemKind::NotificationCard,
    };
    tablet.step(visit, case, json!({"input": "take_item", "item": "notification_card"})).await.unwrap();
    for case in [draft, case] {
        let leaving = json!({"input": "leave", "leaving": {"outcome": "refused"}});
        tablet.step(visit, case, leaving).await.unwrap();
    }
    assert_eq!(tablet.unchanged(close()).await, uneven(&[paper]));
    let view = tablet.homon.visit(visit, PART).await.unwrap();
    assert_eq!(
        (view.allowed_actions, view.balance.blockers),
        (vec![VisitAction::Receive, VisitAction::Photograph, VisitAction::HandOver], vec![paper])
    );
    let back = json!({"input": "settle_item", "item": "notification_card", "settlement": {"how": "returned"}});
    tablet.step(visit, case, back).await.unwrap();
    let closed = close().await.unwrap();
    assert_eq!((closed.status, closed.visit.closed_at.is_some()), (VisitStage::Closed, true));
}

#[tokio::test]
async fn after_closing_nothing_is_received_and_after_sealing_neither() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_unwilling(visit).await;
    let open = tablet.unchanged(tablet.homon.seal_visit(visit, PART)).await;
    assert_eq!(open, Refusal::VisitStillOpen.into());
    let open = tablet.unchanged(tablet.homon.reopen_visit(visit, PART, AmendmentReason::Correction)).await;
    assert_eq!(open, Refusal::VisitStillOpen.into());
    tablet.homon.close_visit(visit, PART).await.unwrap();
    let closed = Error::from(Refusal::VisitClosed);
    for stage in [VisitStage::Closed, VisitStage::Sealed] {
        assert_eq!(tablet.stage(visit).await, stage);
        assert_eq!(tablet.unchanged(tablet.homon.receive(visit, PART, PlaceInput::default())).await, closed);
        assert_eq!(tablet.unchanged(tablet.step(visit, case, json!({"input": "reopen"}))).await, closed);
        assert_eq!(tablet.unchanged(tablet.homon.add_consultation(visit, PART)).await, closed);
        assert_eq!(tablet.unchanged(tablet.homon.set_remarks(visit, PART, "遅れ".into())).await, closed);
        assert_eq!(tablet.unchanged(tablet.homon.close_visit(visit, PART)).await, closed);
        if stage == VisitStage::Closed {
            tablet.homon.seal_visit(visit, PART).await.unwrap();
        }
    }
    let twice = tablet.unchanged(tablet.homon.seal_visit(visit, PART)).await;
    assert_eq!(twice, Refusal::VisitLocked.into());
}

#[tokio::test]
async fn a_reopened_visit_goes_on() {
    let world = World::found();
    let mut tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    tablet.receive_unwilling(visit).await;
    tablet.homon.close_visit(visit, PART).await.unwrap();
    let view = tablet.homon.reopen_visit(visit, PART, AmendmentReason::Correction).await.unwrap();
    let open = [VisitAction::Receive, VisitAction::Photograph, VisitAction::Close, VisitAction::HandOver];
    assert_eq!(view.allowed_actions, open);
    tablet.receive_unwilling(visit).await;
    tablet.close_and_seal(visit).await;
    tablet = tablet.restart().await;
    tablet.sign_in().await;
    let today = tablet.homon.today().await.unwrap();
    let tally = today.visits[0].tally.as_ref().unwrap();
    assert_eq!((today.visits[0].status, tally.counts()["received"]), (VisitStage::Sealed, 2));
}

#[tokio::test]
async fn the_board_the_search_and_the_portrait_give_back_what_was_taken() {
    let world = World::found();
    let mut tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let names = [("葛\u{e0100}原\u{3000}ハツヱ", "カツハラ ハツヱ"), ("\u{fa19}\u{fa11} 千鶴子", "カンザキ チヅコ")];
    let mut cases = Vec::new();
    for ((name, kana), order) in names.into_iter().zip([2, 1]) {
        let case = tablet.receive_willing(visit).await;
        tablet.step(visit, case, json!({"input": "place", "place": {"order": order, "room": "101"}})).await.unwrap();
        let view = tablet.step(visit, case, json!({"input": "name", "name": name, "kana": kana})).await.unwrap();
        assert_eq!(view.case.applicant.name.unwrap().as_str(), name);
        cases.push(case);
    }
    let jpeg = draw(PhotoRecipe { width: 600, height: 800, kilobytes: 120, seed: 5 }).unwrap();
    assert_eq!(tablet.homon.portrait(visit, PART, cases[0]).await.unwrap(), None);
    tablet.homon.attach_portrait(visit, PART, cases[0], jpeg.clone()).await.unwrap();
    tablet = tablet.restart().await;
    tablet.sign_in().await;
    let board: Vec<_> = tablet.homon.board(visit, PART).await.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(board, [cases[1], cases[0]], "not in the order of the round");
    for (typed, found) in [("かつはら", &cases[..1]), ("神崎", &cases[1..]), ("ﾁﾂﾞｺ", &cases[1..]), ("該当なし", &[])]
    {
        let rows = tablet.homon.search(visit, PART, typed.into()).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), found, "{typed}");
    }
    let accepted = accept_portrait(&jpeg, &FileRules::default()).unwrap().jpeg;
    assert!(tablet.homon.portrait(visit, PART, cases[0]).await.unwrap() == Some(accepted), "another photo");
    assert_eq!(tablet.homon.portrait(visit, PART, cases[1]).await.unwrap(), None);
}

#[tokio::test]
async fn a_caller_that_stops_waiting_does_not_stop_the_write() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let mut dropped = 0;
    for received in 1..=5 {
        let mut begun = Box::pin(tablet.homon.receive(visit, PART, PlaceInput::default()));
        // Asked once, so that it begins, and then forgotten.
        dropped += poll_fn(|context| Poll::Ready(usize::from(begun.as_mut().poll(context).is_pending()))).await;
        drop(begun);
        assert_eq!(tablet.homon.board(visit, PART).await.unwrap().len(), received);
    }
    assert!(dropped > 0, "each was done at once, so that nothing was dropped");
    assert_eq!(tablet.homon.verify_audit(visit, PART).await.unwrap().seq, 6);
}

#[tokio::test]
async fn another_day_is_a_departure_and_people_only_here_are_counted() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let yesterday = plan(&world.clock);
    world.wait(TimeDelta::days(1));
    let refusal = refused(tablet.homon.open_visit(yesterday, PART, check_in(), Vec::new(), None).await);
    assert_eq!(refusal, Refusal::Visit(OpenRefused::ReasonsMissing(vec![Departure::AnotherDay])).into());
    let visit = tablet.open_visit().await;
    tablet.receive(visit).await;
    tablet.receive_unwilling(visit).await;
    assert_eq!(tablet.homon.today().await.unwrap().only_here, 2);
}

#[tokio::test]
async fn cards_in_custody_are_counted_until_they_are_settled() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_willing(visit).await;
    for item in ["card", "notification_card"] {
        tablet.step(visit, case, json!({"input": "take_item", "item": item})).await.unwrap();
    }
    assert_eq!(tablet.homon.today().await.unwrap().held_cards, 1);
    let back = json!({"input": "settle_item", "item": "card", "settlement": {"how": "returned"}});
    tablet.step(visit, case, back).await.unwrap();
    assert_eq!(tablet.homon.today().await.unwrap().held_cards, 0);
}
