//! Checkpoints: an open visit leaves as far as it has come, beside the work, and changes nothing on the tablet.

use std::sync::Arc;

use chrono::TimeDelta;
use homon_app::{CancellationToken, VisitStage};
use homon_domain::ids::{SealNumber, VisitId};
use homon_seal::receipt::{issue_held, issue_opened};
use homon_seal::{PackageKey, Sha256Digest, Subject};

use crate::tablet::{PART, Tablet};
use crate::world::{World, names_below};
use homon_city::intake::ReceiptKind;
use homon_domain::platform::Clock;

/// The interval within which a part is not sealed again.
const INTERVAL: TimeDelta = TimeDelta::minutes(10);

async fn checkpoint(tablet: &Tablet, visit: VisitId, number: u32) -> PackageKey {
    let subject = Subject::Checkpoint { visit, part: PART };
    PackageKey { device: tablet.device().await, subject, seal: SealNumber::new(number).unwrap() }
}

/// The checkpoints that lie on the tablet.
fn on_the_tablet(tablet: &Tablet) -> Vec<String> {
    let names = names_below(&tablet.path("files/sealed"));
    names.into_iter().filter(|name| name.starts_with("checkpoint")).collect()
}

#[tokio::test]
async fn an_open_visit_leaves_as_far_as_it_has_come_and_goes_on() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    // Nobody was received yet: hello and notice.
    assert_eq!(tablet.sync().await.unwrap().held, 2);
    tablet.receive_unwilling(visit).await;
    assert_eq!(tablet.sync().await.unwrap().held, 1);
    let first = checkpoint(&tablet, visit, 1).await;
    assert!(world.arrived(&first).is_some());
    assert_eq!(tablet.stage(visit).await, VisitStage::Open);
    assert_eq!(on_the_tablet(&tablet), [""; 0], "what the city holds is not kept twice");
    let line = tablet.homon.today().await.unwrap().visits.remove(0);
    assert!(line.checkpoint_at.is_some());
    // Nothing has changed, or not long enough ago.
    world.wait(INTERVAL);
    assert_eq!(tablet.sync().await.unwrap().held, 0);
    tablet.receive_unwilling(visit).await;
    assert_eq!(tablet.sync().await.unwrap().held, 1);
    tablet.receive_unwilling(visit).await;
    assert_eq!(tablet.sync().await.unwrap().held, 0);
    world.wait(INTERVAL);
    assert_eq!(tablet.sync().await.unwrap().held, 1);
    assert!(world.arrived(&checkpoint(&tablet, visit, 3).await).is_some());
    // The whole has numbers of its own.
    tablet.close_and_seal(visit).await;
    assert_eq!(tablet.sync().await.unwrap().held, 2);
    assert!(world.arrived(&tablet.package(tablet.device().await, visit, 1).await).is_some());
    assert_eq!(tablet.stage(visit).await, VisitStage::Held);
}

#[tokio::test]
async fn only_the_newest_waits_for_a_network() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    for number in 1..=3 {
        tablet.receive_unwilling(visit).await;
        // Stopped at once: sealed, and nothing is sent.
        tablet.only_fetch().await.unwrap_err();
        world.wait(INTERVAL);
        assert!(on_the_tablet(&tablet).contains(&format!("checkpoint-{visit}-1-{number}.age")));
    }
    let _server = world.serve().await;
    tablet.sync().await.unwrap();
    let arrived = names_below(&world.in_store("packages"));
    let arrived: Vec<_> = arrived.iter().filter(|name| name.contains("checkpoint")).collect();
    assert_eq!(arrived.len(), 1, "{arrived:?}");
    assert!(world.arrived(&checkpoint(&tablet, visit, 3).await).is_some());
    assert_eq!(on_the_tablet(&tablet), [""; 0]);
}

#[tokio::test]
async fn a_visit_that_was_sealed_needs_no_checkpoint() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    tablet.receive_unwilling(visit).await;
    tablet.only_fetch().await.unwrap_err();
    tablet.close_and_seal(visit).await;
    let _server = world.serve().await;
    tablet.sync().await.unwrap();
    assert_eq!(world.arrived(&checkpoint(&tablet, visit, 1).await), None);
    assert_eq!(on_the_tablet(&tablet), [""; 0]);
}

/// Whatever is signed for a checkpoint, by either key of the city: the visit is neither locked nor erased.
#[tokio::test]
async fn no_receipt_for_a_checkpoint_locks_or_erases_anything() {
    let world = World::found_with("erase_at = \"opened\"", "erase_at = \"held\"");
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    tablet.sync().await.unwrap();
    world.open();
    tablet.sync().await.unwrap();
    let visit = tablet.open_visit().await;
    tablet.receive_unwilling(visit).await;
    tablet.sync().await.unwrap();
    let package = checkpoint(&tablet, visit, 1).await;
    let sha256 = world.arrived(&package).unwrap();
    let held = issue_held(&world.held_key(), &package, sha256, world.clock.now()).unwrap();
    world.put_receipt(&package, ReceiptKind::Held, &held);
    let recipients = Sha256Digest::of(b"recipients");
    let opened = issue_opened(&world.opened_key(), &package, sha256, recipients, world.clock.now()).unwrap();
    world.put_receipt(&package, ReceiptKind::Opened, &opened);
    for _ in 0..2 {
        assert_eq!(tablet.sync().await.unwrap().erased, 0);
        assert_eq!(tablet.stage(visit).await, VisitStage::Open);
    }
    tablet.receive_unwilling(visit).await;
    tablet.homon.close_visit(visit, PART).await.unwrap();
    assert_eq!(tablet.sync().await.unwrap().erased, 0);
    assert_eq!(tablet.stage(visit).await, VisitStage::Closed);
}

/// Residents are received while the checkpoint is sealed: what it holds is one instant of the visit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_while_a_checkpoint_is_sealed() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    for _ in 0..40 {
        tablet.receive_unwilling(visit).await;
    }
    let working = async {
        for _ in 0..10 {
            tablet.receive_unwilling(visit).await;
        }
    };
    let (sent, ()) = tokio::join!(tablet.sync(), working);
    assert_eq!(sent.unwrap().held, 3);
    assert_eq!(tablet.homon.board(visit, PART).await.unwrap().len(), 50);
    assert!(world.open().refused.is_empty());
    tablet.homon.verify_audit(visit, PART).await.unwrap();
}

/// The platform suspends the app, or somebody signs out, while a checkpoint is sealed: the files are closed all the same,
/// and the next sync makes up for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_the_files_ends_a_checkpoint() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    for _ in 0..40 {
        tablet.receive_unwilling(visit).await;
    }
    let sync = tablet.homon.sync(Arc::new(|_| {}), CancellationToken::new());
    let (_, paused) = tokio::join!(sync, tablet.homon.pause());
    paused.unwrap();
    assert!(!names_below(&tablet.path("files/visits")).iter().any(|name| name.ends_with("-wal")), "a file is open");
    tablet.homon.resume().await.unwrap();
    tablet.sync().await.unwrap();
    assert_eq!(tablet.stage(visit).await, VisitStage::Open);
    let sync = tablet.homon.sync(Arc::new(|_| {}), CancellationToken::new());
    let (_, signed_out) = tokio::join!(sync, tablet.homon.sign_out());
    signed_out.unwrap();
    assert!(!names_below(&tablet.path("files")).iter().any(|name| name.ends_with("-wal")), "a file is open");
    tablet.sign_in().await;
    world.wait(INTERVAL);
    tablet.receive_unwilling(visit).await;
    tablet.sync().await.unwrap();
    assert!(tablet.homon.today().await.unwrap().visits[0].checkpoint_at.is_some());
}
