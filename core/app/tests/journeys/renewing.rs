//! A newer enrolment of an enrolled tablet: new rules by the same city, or none.

use std::fs;

use homon_app::{Error, Field, KnownStaff, Refusal, Rule, VisitStage};

use crate::enrolling::signed_anew;
use crate::tablet::{MANAGER, PART, Tablet};
use crate::world::World;

const NOT_TRUSTED: Error = Error::FixInput { field: Field::Enrolment, rule: Rule::EnrolmentNotTrusted };

/// Changes a line of the city's programme.
fn change(world: &World, line: &str, instead: &str) {
    let file = world.folder.programme();
    let rules = fs::read_to_string(&file).unwrap();
    assert!(rules.contains(line), "the programme has no such line");
    fs::write(file, rules.replace(line, instead)).unwrap();
}

async fn answer(world: &World, tablet: &Tablet) -> String {
    world.answer(&tablet.homon.renewal_request("tablet-1".into()).await.unwrap())
}

async fn fresh_days(tablet: &Tablet) -> u16 {
    tablet.homon.programme().await.unwrap().retention.opened_receipt_fresh_days
}

#[tokio::test]
async fn new_rules_hold_at_once_and_visits_go_on() {
    let world = World::found();
    let _server = world.serve().await;
    let mut tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    tablet.receive_unwilling(visit).await;
    change(&world, "opened_receipt_fresh_days = 14", "opened_receipt_fresh_days = 3");
    let token = answer(&world, &tablet).await;
    assert_eq!(fresh_days(&tablet).await, 14);
    tablet.homon.accept_renewal(token).await.unwrap();
    assert_eq!(fresh_days(&tablet).await, 3);
    tablet = tablet.restart().await;
    tablet.sign_in().await;
    assert_eq!((fresh_days(&tablet).await, tablet.homon.board(visit, PART).await.unwrap().len()), (3, 1));
    tablet.close_and_seal(visit).await;
    tablet.sync().await.unwrap();
    assert!(world.open().refused.is_empty());
    tablet.sync().await.unwrap();
    assert_eq!(tablet.stage(visit).await, VisitStage::Erased);
}

#[tokio::test]
async fn what_is_not_newer_or_not_for_this_tablet_by_this_city_is_not_taken() {
    let (world, other) = (World::found(), World::found());
    let (tablet, neighbour) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    let renew = |token: &str| tablet.homon.accept_renewal(token.to_owned());
    let first = answer(&world, &tablet).await;
    let second = answer(&world, &tablet).await;
    renew(&second).await.unwrap();
    let elsewhere = other.answer(&tablet.homon.renewal_request("tablet-1".into()).await.unwrap());
    for token in [first.as_str(), &second, &elsewhere, &second[..second.len() - 9], ""] {
        assert_eq!(tablet.unchanged(renew(token)).await, NOT_TRUSTED);
    }
    let theirs = answer(&world, &neighbour).await;
    assert_eq!(tablet.unchanged(renew(&theirs)).await, Refusal::OtherDevice.into());
    neighbour.homon.accept_renewal(theirs).await.unwrap();
}

#[tokio::test]
async fn a_programme_that_the_tablet_cannot_work_under_is_not_taken() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let renew = |token: &str| tablet.homon.accept_renewal(token.to_owned());
    let token = answer(&world, &tablet).await;
    let faulty = signed_anew(&world, &token, |claims| claims["programme"]["services"] = serde_json::json!([]));
    assert_eq!(tablet.unchanged(renew(&faulty)).await, Refusal::ProgrammeFaulty.into());
    let strangers = signed_anew(&world, &token, |claims| {
        claims["programme"]["staff"].as_array_mut().unwrap().retain(|member| member["code"] != MANAGER.0);
    });
    assert_eq!(tablet.unchanged(renew(&strangers)).await, Refusal::UnknownStaff.into());
    let real = signed_anew(&world, &token, |claims| claims["programme"]["mode"] = "real".into());
    assert_eq!(tablet.unchanged(renew(&real)).await, Refusal::HardwareNeeded.into());
    tablet.homon.sign_out().await.unwrap();
    assert_eq!(tablet.unchanged(renew(&token)).await, Error::SignInAgain);
    assert_eq!(tablet.unchanged(tablet.homon.renewal_request("tablet-1".into())).await, Error::SignInAgain);
    tablet.sign_in().await;
    renew(&token).await.unwrap();
}

/// Someone who is no longer of the programme has a PIN and still cannot sign in.
#[tokio::test]
async fn who_left_the_programme_does_not_get_in() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    tablet.homon.add_staff("worker-02".into(), "294018".into()).await.unwrap();
    let token = answer(&world, &tablet).await;
    let without = signed_anew(&world, &token, |claims| {
        claims["programme"]["staff"].as_array_mut().unwrap().retain(|member| member["code"] != "worker-02");
    });
    tablet.homon.accept_renewal(without).await.unwrap();
    let refusal = crate::personal::refused(tablet.try_sign_in(("worker-02", "294018")).await);
    assert_eq!(refusal, Refusal::UnknownStaff.into());
    let left = KnownStaff { code: "worker-02".parse().unwrap(), name: None };
    assert!(tablet.homon.staff_with_pin().await.unwrap().contains(&left));
    tablet.sign_in().await;
}

#[tokio::test]
async fn what_was_practised_keeps_real_residents_waiting_until_it_has_left() {
    let world = World::found();
    let (tablet, empty) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    tablet.homon.make_practice_roster().await.unwrap();
    let visit = tablet.open_visit().await;
    change(&world, r#"mode = "training""#, r#"mode = "real""#);
    let token = answer(&world, &tablet).await;
    let renewed = async |tablet: &Tablet| tablet.homon.accept_renewal(token.clone()).await;
    let mixed = Err(Error::Refused { reason: Refusal::ModeChanges });
    assert_eq!(renewed(&tablet).await, mixed, "a visit and a roster are here");
    let roster = tablet.homon.rosters().await.unwrap()[0].roster;
    tablet.homon.erase_roster(roster).await.unwrap();
    assert_eq!(renewed(&tablet).await, mixed, "the visit is here");
    assert_eq!(tablet.homon.board(visit, PART).await.unwrap().len(), 0, "it goes on as it was");

    let token = answer(&world, &empty).await;
    // Nothing is in the way any more but the software vault of this test, which no real programme takes.
    let refused = empty.homon.accept_renewal(token).await;
    assert_eq!(refused, Err(Error::Refused { reason: Refusal::HardwareNeeded }));
}
