//! Signing in and out.

use chrono::{TimeDelta, Utc};
use homon_app::{Error, Field, KnownStaff, Later, Refusal, Rule, VisitStage};
use homon_domain::platform::Clock;
use homon_domain::visit::AmendmentReason;

use crate::personal::refused;
use crate::tablet::{MANAGER, PART, Tablet};
use crate::world::{World, names_below};

const WRONG: (&str, &str) = ("manager-01", "619372");

fn wrong(tries_before_wait: u32) -> Error {
    Error::FixInput { field: Field::Pin, rule: Rule::PinWrong { tries_before_wait } }
}

fn wait(until: chrono::DateTime<Utc>) -> Error {
    Error::RetryLater { why: Later::TooManyTries { until } }
}

/// What a wrong PIN may change: the count of tries, and that whoever was signed in is signed out.
async fn only_tries_change(tablet: &Tablet, attempt: impl Future<Output = Result<(), Error>>) -> Error {
    let files = |tablet: &Tablet| {
        let mut files = crate::tablet::digests(&tablet.path(""));
        files.remove("files/desk.slots").unwrap();
        files
    };
    tablet.homon.sign_out().await.unwrap();
    let before = files(tablet);
    let error = refused(attempt.await);
    assert_eq!(files(tablet), before);
    error
}

#[tokio::test]
async fn a_wrong_pin_says_how_many_tries_are_left_and_then_how_long_to_wait() {
    let world = World::found();
    let mut tablet = world.enrolled("tablet-1").await;
    for left in (0..5).rev() {
        assert_eq!(only_tries_change(&tablet, tablet.try_sign_in(WRONG)).await, wrong(left));
    }
    let until = world.clock.now() + TimeDelta::seconds(30);
    assert_eq!(tablet.unchanged(tablet.try_sign_in(WRONG)).await, wait(until));
    // The right one has to wait as well, also after a restart.
    assert_eq!(tablet.unchanged(tablet.try_sign_in(MANAGER)).await, wait(until));
    tablet = tablet.restart().await;
    assert_eq!(tablet.unchanged(tablet.try_sign_in(MANAGER)).await, wait(until));
    world.wait(TimeDelta::seconds(29));
    assert_eq!(tablet.unchanged(tablet.try_sign_in(MANAGER)).await, wait(until));
    world.wait(TimeDelta::seconds(1));
    tablet.sign_in().await;
    assert_eq!(only_tries_change(&tablet, tablet.try_sign_in(WRONG)).await, wrong(4));
}

#[tokio::test]
async fn waits_grow_and_one_person_does_not_wait_for_another() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    tablet.homon.add_staff("worker-01".into(), "73150942".into()).await.unwrap();
    for _ in 0..5 {
        refused(tablet.try_sign_in(WRONG).await);
    }
    world.wait(TimeDelta::seconds(30));
    assert_eq!(refused(tablet.try_sign_in(WRONG).await), wrong(0));
    let until = world.clock.now() + TimeDelta::seconds(60);
    assert_eq!(tablet.unchanged(tablet.try_sign_in(MANAGER)).await, wait(until));
    tablet.try_sign_in(("worker-01", "73150942")).await.unwrap();
    assert_eq!(refused(tablet.try_sign_in(("worker-01", "73150943")).await), wrong(4));
}

#[tokio::test]
async fn somebody_without_a_pin_or_with_no_code() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    tablet.homon.sign_out().await.unwrap();
    let unknown = tablet.unchanged(tablet.try_sign_in(("worker-02", "294018"))).await;
    assert_eq!(unknown, Refusal::UnknownStaff.into());
    let code = tablet.unchanged(tablet.try_sign_in(("辻󠄁本 榮三郎", "294018"))).await;
    assert_eq!(code, Error::FixInput { field: Field::Staff, rule: Rule::Code });
    let form = tablet.unchanged(tablet.try_sign_in((MANAGER.0, "508-261"))).await;
    assert_eq!(form, Error::FixInput { field: Field::Pin, rule: Rule::PinForm });
}

#[tokio::test]
async fn whoever_gets_a_pin_is_of_the_programme_and_gets_one() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let add = |staff: &str, pin: &str| tablet.homon.add_staff(staff.to_owned(), pin.to_owned());
    assert_eq!(tablet.unchanged(add("worker-09", "294018")).await, Refusal::UnknownStaff.into());
    assert_eq!(tablet.unchanged(add(MANAGER.0, "294018")).await, Refusal::StaffTwice.into());
    let trivial = tablet.unchanged(add("worker-02", "222222")).await;
    assert_eq!(trivial, Error::FixInput { field: Field::NewPin, rule: Rule::PinTrivial });
    add("worker-02", "294018").await.unwrap();
    tablet.try_sign_in(("worker-02", "294018")).await.unwrap();
    tablet.homon.sign_out().await.unwrap();
    assert_eq!(tablet.unchanged(add("worker-01", "73150942")).await, Error::SignInAgain);
}

#[tokio::test]
async fn a_changed_pin_is_the_only_one() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let change = |old: &str, new: &str| tablet.homon.change_pin(MANAGER.0.into(), old.into(), new.into());
    let trivial = tablet.unchanged(change(MANAGER.1, "000000")).await;
    assert_eq!(trivial, Error::FixInput { field: Field::NewPin, rule: Rule::PinTrivial });
    assert_eq!(refused(change("619372", "294018").await), wrong(4));
    change(MANAGER.1, "294018").await.unwrap();
    assert_eq!(refused(tablet.try_sign_in(MANAGER).await), wrong(4));
    tablet.try_sign_in((MANAGER.0, "294018")).await.unwrap();
}

#[tokio::test]
async fn signing_out_closes_every_file_and_ends_every_journey() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive(visit).await;
    let open = |tablet: &Tablet| names_below(&tablet.path("files")).iter().any(|name| name.ends_with("-wal"));
    assert!(open(&tablet), "the test looks for open files in the wrong place");
    tablet.homon.sign_out().await.unwrap();
    assert!(!open(&tablet), "a file is still open");
    let homon = &tablet.homon;
    let mut refusals = vec![
        refused(homon.today().await),
        refused(homon.programme().await),
        refused(homon.visit(visit, PART).await),
        refused(homon.board(visit, PART).await),
        refused(homon.case(visit, PART, case).await),
        refused(homon.portrait(visit, PART, case).await),
        refused(homon.search(visit, PART, "葛".into()).await),
        refused(homon.verify_audit(visit, PART).await),
        refused(homon.erasure_certificates().await),
    ];
    refusals.push(tablet.unchanged(homon.receive(visit, PART, Default::default())).await);
    refusals.push(tablet.unchanged(homon.add_consultation(visit, PART)).await);
    refusals.push(tablet.unchanged(homon.close_visit(visit, PART)).await);
    refusals.push(tablet.unchanged(homon.reopen_visit(visit, PART, AmendmentReason::Correction)).await);
    refusals.push(tablet.unchanged(homon.seal_visit(visit, PART)).await);
    refusals.push(tablet.unchanged(tablet.sync()).await);
    assert!(refusals.iter().all(|refusal| *refusal == Error::SignInAgain), "{refusals:?}");
    tablet.sign_in().await;
    assert_eq!((tablet.stage(visit).await, homon.board(visit, PART).await.unwrap().len()), (VisitStage::Open, 1));
}

#[tokio::test]
async fn while_suspended_nothing_is_open_and_nothing_is_lost() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    tablet.receive(visit).await;
    tablet.homon.pause().await.unwrap();
    assert!(!names_below(&tablet.path("files")).iter().any(|name| name.ends_with("-wal")), "a file is still open");
    let suspended = Error::RetryLater { why: Later::Suspended };
    assert_eq!(tablet.unchanged(tablet.homon.receive(visit, PART, Default::default())).await, suspended);
    assert_eq!(tablet.unchanged(tablet.homon.board(visit, PART)).await, suspended);
    tablet.homon.resume().await.unwrap();
    tablet.receive(visit).await;
    assert_eq!(tablet.homon.board(visit, PART).await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_names_of_those_who_can_sign_in_are_known_before_anybody_has() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    tablet.homon.add_staff("worker-02".into(), "294018".into()).await.unwrap();
    let known = |code: &str, name: Option<&str>| KnownStaff { code: code.parse().unwrap(), name: name.map(Into::into) };
    let name_of = |programme: &homon_domain::programme::Programme, code: &str| {
        programme.member(&code.parse().unwrap()).unwrap().name.clone()
    };
    let programme = tablet.homon.programme().await.unwrap();
    let [manager, worker] = [MANAGER.0, "worker-02"].map(|code| name_of(&programme, code));
    let tablet = tablet.restart().await;
    let expected = [known(MANAGER.0, Some(&manager)), known("worker-02", Some(&worker))];
    assert_eq!(tablet.homon.staff_with_pin().await.unwrap(), expected);
    // Of a tablet that has no such file yet, codes are known until somebody signs in.
    std::fs::remove_file(tablet.path("files/desk.names")).unwrap();
    let codes = [known(MANAGER.0, None), known("worker-02", None)];
    assert_eq!(tablet.homon.staff_with_pin().await.unwrap(), codes);
    tablet.sign_in().await;
    assert_eq!(tablet.homon.staff_with_pin().await.unwrap(), expected);
}
