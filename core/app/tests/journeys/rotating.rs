//! Keys of the city are exchanged while tablets are at work, away, and between a seal and its receipt. No visit is lost.

use std::fs;

use chrono::TimeDelta;
use homon_app::{Refusal, VisitStage};
use homon_city::desk::devices::Devices;
use homon_city::desk::key_files;
use homon_city::desk::rotate::{self, AuthorityStep, CityKey, Former, RotateError};
use homon_city::intake::ReceiptKind;
use homon_domain::ids::DeviceId;
use homon_domain::platform::Clock;
use homon_seal::receipt::{issue_held, issue_opened};

use crate::tablet::Tablet;
use crate::world::{Server, World};

/// Synchronises, lets the desk open, and synchronises again, until the receipts are in.
async fn bring_in(world: &World, tablet: &Tablet) {
    tablet.sync().await.unwrap();
    let report = world.open();
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    tablet.sync().await.unwrap();
}

/// The tablet takes its mail, and what it says counts from the next time on.
async fn told(tablet: &Tablet) {
    for _ in 0..2 {
        tablet.sync().await.unwrap();
    }
}

/// The tablet takes its mail, and does what it allows.
async fn synchronised(tablet: &Tablet) {
    tablet.sync().await.unwrap();
    tablet.sync().await.unwrap();
}

/// The only tablet.
fn device(world: &World) -> DeviceId {
    Devices::read(&world.folder.desk()).unwrap().iter().next().unwrap().device
}

fn exchange(world: &World, key: CityKey) {
    world.wait(TimeDelta::seconds(1));
    assert_eq!(rotate::exchange(&world.folder, key, Former::Trusted, &*world.clock).unwrap(), 1);
}

fn opened_by_the_work_key(world: &World) -> usize {
    key_files::work_identities(&world.folder.desk()).unwrap().len()
}

#[tokio::test]
async fn a_visit_sealed_before_a_new_work_key_is_opened_after_it() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    bring_in(&world, &tablet).await;
    assert!(tablet.homon.today().await.unwrap().chain_proven);
    let before = tablet.seal_a_visit().await;
    exchange(&world, CityKey::Work);
    assert_eq!(opened_by_the_work_key(&world), 2);
    bring_in(&world, &tablet).await;
    assert_eq!(tablet.stage(before).await, VisitStage::Erased);
    told(&tablet).await;
    // The new keys count as unproven until the desk has opened something that was encrypted to them.
    assert!(!tablet.homon.today().await.unwrap().chain_proven);
    bring_in(&world, &tablet).await;
    assert!(tablet.homon.today().await.unwrap().chain_proven, "no hello went to the new keys");
    let after = tablet.seal_a_visit().await;
    bring_in(&world, &tablet).await;
    assert_eq!(tablet.stage(after).await, VisitStage::Erased);
}

#[tokio::test]
async fn a_tablet_that_was_away_delivers_to_the_keys_that_it_knows() {
    let world = World::found();
    let mut server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    bring_in(&world, &tablet).await;
    let visit = tablet.seal_a_visit().await;
    for key in [CityKey::Work, CityKey::Held, CityKey::Opened, CityKey::Mail, CityKey::Server, CityKey::Work] {
        world.wait(TimeDelta::seconds(1));
        rotate::exchange(&world.folder, key, Former::Trusted, &*world.clock).unwrap();
        server = restarted(&world, server).await;
    }
    bring_in(&world, &tablet).await;
    told(&tablet).await;
    assert_eq!(tablet.stage(visit).await, VisitStage::Erased);
    server.stop().await;
}

async fn restarted(world: &World, server: Server) -> Server {
    server.stop().await;
    world.serve().await
}

#[tokio::test]
async fn a_held_receipt_of_the_former_key_goes_on_to_count_at_tablet_intake_and_desk() {
    let world = World::found();
    let server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    bring_in(&world, &tablet).await;
    let visit = tablet.seal_a_visit().await;
    tablet.sync().await.unwrap();
    assert_eq!(tablet.stage(visit).await, VisitStage::Held);
    exchange(&world, CityKey::Held);
    let server = restarted(&world, server).await;
    told(&tablet).await;
    bring_in(&world, &tablet).await;
    assert_eq!(tablet.stage(visit).await, VisitStage::Erased);
    server.stop().await;
}

#[tokio::test]
async fn a_receipt_by_a_leaked_key_erases_nothing_and_is_given_anew() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    bring_in(&world, &tablet).await;
    let leaked = world.opened_key();
    world.wait(TimeDelta::seconds(1));
    rotate::exchange(&world.folder, CityKey::Opened, Former::Leaked, &*world.clock).unwrap();
    told(&tablet).await;
    let visit = tablet.seal_a_visit().await;
    tablet.sync().await.unwrap();
    let package = tablet.package(device(&world), visit, 1).await;
    let sha256 = world.arrived(&package).unwrap();
    let forged = issue_opened(&leaked, &package, sha256, sha256, "2026-09-16T01:00:00Z".parse().unwrap()).unwrap();
    world.put_receipt(&package, ReceiptKind::Opened, &forged);
    assert_eq!(tablet.sync().await.unwrap().rejected, 1);
    assert_eq!(tablet.stage(visit).await, VisitStage::Held);
    fs::remove_file(world.in_store(&homon_city::intake::layout::receipt(&package, ReceiptKind::Opened))).unwrap();
    bring_in(&world, &tablet).await;
    assert_eq!(tablet.stage(visit).await, VisitStage::Erased);
}

#[tokio::test]
async fn what_a_leaked_key_of_the_intake_signed_is_signed_again_where_the_package_is_whole() {
    let world = World::found();
    let server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    bring_in(&world, &tablet).await;
    let visit = tablet.seal_a_visit().await;
    tablet.sync().await.unwrap();
    let leaked = world.held_key();
    world.wait(TimeDelta::seconds(1));
    rotate::exchange(&world.folder, CityKey::Held, Former::Leaked, &*world.clock).unwrap();
    let package = tablet.package(device(&world), visit, 1).await;
    let again = world.receipt(&package, ReceiptKind::Held).unwrap();
    let forged = issue_held(&leaked, &package, world.arrived(&package).unwrap(), world.clock.now()).unwrap();
    world.put_receipt(&package, ReceiptKind::Held, &forged);
    let server = restarted(&world, server).await;
    assert_eq!(world.open().refused.len(), 1, "the desk believed the leaked key");
    // The tablet offers what was not opened, and the intake looks at the bytes before it vouches for them again.
    told(&tablet).await;
    assert_ne!(world.receipt(&package, ReceiptKind::Held).unwrap(), forged);
    assert_ne!(again, forged);
    bring_in(&world, &tablet).await;
    assert_eq!(tablet.stage(visit).await, VisitStage::Erased);
    server.stop().await;
}

#[tokio::test]
async fn the_authority_changes_in_three_steps_and_no_tablet_is_left_behind() {
    let world = World::found();
    let mut server = world.serve().await;
    let (present, away) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    for tablet in [&present, &away] {
        bring_in(&world, tablet).await;
    }
    let visit = away.seal_a_visit().await;
    let former = world.fingerprint();
    for step in [AuthorityStep::Announced, AuthorityStep::HandedOver, AuthorityStep::Finished] {
        world.wait(TimeDelta::seconds(1));
        assert_eq!(rotate::next_step(&world.folder, &*world.clock).unwrap(), step);
        server = restarted(&world, server).await;
        synchronised(&present).await;
        if step != AuthorityStep::Finished {
            let waiting = rotate::next_step(&world.folder, &*world.clock);
            assert!(matches!(waiting, Err(RotateError::NotAllTold(labels)) if labels == ["tablet-2".parse().unwrap()]));
        }
        synchronised(&away).await;
    }
    assert_ne!(world.fingerprint(), former);
    bring_in(&world, &away).await;
    assert_eq!(away.stage(visit).await, VisitStage::Erased);
    // A tablet that is enrolled now knows the new authority alone, and one that signs in again finds its enrolment.
    let _newcomer = world.enrolled("tablet-3").await;
    let away = away.restart().await;
    away.sign_in().await;
    bring_in(&world, &away).await;
    server.stop().await;
}

#[tokio::test]
async fn a_tablet_that_never_comes_back_is_revoked_and_holds_up_nothing() {
    let world = World::found();
    let _server = world.serve().await;
    let lost = world.enrolled("tablet-1").await;
    assert_eq!(rotate::next_step(&world.folder, &*world.clock).unwrap(), AuthorityStep::Announced);
    assert!(matches!(rotate::next_step(&world.folder, &*world.clock), Err(RotateError::NotAllTold(_))));
    homon_city::desk::revoke::revoke(&world.folder, device(&world), &*world.clock).unwrap();
    assert_eq!(rotate::next_step(&world.folder, &*world.clock).unwrap(), AuthorityStep::HandedOver);
    assert_eq!(rotate::next_step(&world.folder, &*world.clock).unwrap(), AuthorityStep::Finished);
    assert_eq!(crate::personal::refused(lost.sync().await), Refusal::Revoked.into());
}

#[test]
fn the_recovery_key_is_exchanged_only_when_the_former_one_is_away() {
    let world = World::found();
    let here = rotate::exchange(&world.folder, CityKey::Recovery, Former::Trusted, &*world.clock);
    assert!(matches!(here, Err(RotateError::RecoveryStillHere(_))));
    let safe = tempfile::tempdir().unwrap();
    let former = key_files::identity(&world.folder.recovery_key()).unwrap().recipient();
    fs::rename(world.folder.recovery_key(), safe.path().join("recovery.key")).unwrap();
    rotate::exchange(&world.folder, CityKey::Recovery, Former::Trusted, &*world.clock).unwrap();
    assert_ne!(key_files::identity(&world.folder.recovery_key()).unwrap().recipient(), former);
    let nothing = rotate::exchange(&world.folder, CityKey::Work, Former::Leaked, &*world.clock);
    assert!(matches!(nothing, Err(RotateError::NothingToGiveUp)));
}
