//! Amendments: a sealed visit is opened again and sealed under the next number; the highest number counts.

use homon_domain::visit::AmendmentReason;
use std::fs;
use std::sync::Arc;

use homon_app::{CancellationToken, Error, Later, Refusal, SyncProgress, VisitStage};
use homon_city::desk::export::{self, Template};
use homon_city::intake::{ReceiptKind, layout};
use homon_domain::ids::VisitId;
use homon_domain::platform::Clock;
use homon_seal::Sha256Digest;
use homon_seal::receipt::issue_held;

use crate::personal::refused;
use crate::sending::device;
use crate::tablet::{PART, Tablet};
use crate::world::{World, names_below};

fn sealed_file(tablet: &Tablet, visit: VisitId, number: u32) -> std::path::PathBuf {
    tablet.path(&format!("files/sealed/visit-{visit}-1-{number}.age"))
}

/// Receives one more resident and seals again.
async fn amend(tablet: &Tablet, visit: VisitId) {
    tablet.homon.reopen_visit(visit, PART, AmendmentReason::Correction).await.unwrap();
    tablet.receive_unwilling(visit).await;
    tablet.close_and_seal(visit).await;
}

/// The package reaches the intake, and its answer does not reach the tablet.
async fn arrive_unheard(world: &World, tablet: &Tablet, visit: VisitId, number: u32) {
    let package = tablet.package(device(world), visit, number).await;
    let bytes = fs::read(sealed_file(tablet, visit, number)).unwrap();
    world.put(&layout::package(&package), &bytes);
    let receipt = issue_held(&world.held_key(), &package, Sha256Digest::of(&bytes), world.clock.now()).unwrap();
    world.put_receipt(&package, ReceiptKind::Held, &receipt);
}

/// How many residents the desk exports.
fn exported(world: &World) -> usize {
    let out = tempfile::tempdir().unwrap();
    let to = out.path().join("export");
    export::export(&world.folder, &to, &Template::default(), &*world.clock).unwrap();
    let cases = names_below(&to).into_iter().find(|name| name.ends_with("cases.csv")).unwrap();
    fs::read_to_string(to.join(cases)).unwrap().lines().count() - 1
}

#[tokio::test]
async fn only_the_second_is_sent_when_the_first_never_left() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.seal_a_visit().await;
    amend(&tablet, visit).await;
    assert!(sealed_file(&tablet, visit, 2).exists());
    tablet.sync().await.unwrap();
    let (first, second) =
        (tablet.package(device(&world), visit, 1).await, tablet.package(device(&world), visit, 2).await);
    assert_eq!((world.arrived(&first).is_some(), world.arrived(&second).is_some()), (false, true));
    assert!(!sealed_file(&tablet, visit, 1).exists(), "a package that nobody needs is left");
    assert!(world.open().refused.is_empty());
    assert_eq!(exported(&world), 2);
    assert_eq!(tablet.sync().await.unwrap().erased, 1);
    assert_eq!(tablet.homon.erasure_certificates().await.unwrap()[0].seal, second.seal);
}

#[tokio::test]
async fn both_arrive_and_the_highest_counts() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.seal_a_visit().await;
    arrive_unheard(&world, &tablet, visit, 1).await;
    amend(&tablet, visit).await;
    let report = tablet.sync().await.unwrap();
    assert_eq!((report.rejected, tablet.stage(visit).await), (0, VisitStage::Held));
    let opened = world.open();
    assert!(opened.refused.is_empty(), "{:?}", opened.refused);
    let first = tablet.package(device(&world), visit, 1).await;
    assert_eq!(opened.superseded, [first]);
    assert_eq!(exported(&world), 2);
    assert_eq!(tablet.sync().await.unwrap().erased, 1);
}

#[tokio::test]
async fn what_the_desk_says_of_the_first_neither_locks_nor_erases_the_second() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.seal_a_visit().await;
    arrive_unheard(&world, &tablet, visit, 1).await;
    tablet.homon.reopen_visit(visit, PART, AmendmentReason::Correction).await.unwrap();
    tablet.receive_unwilling(visit).await;
    // While it is open for the amendment, the first is held and opened.
    assert!(world.open().refused.is_empty());
    assert_eq!(exported(&world), 1);
    let report = tablet.sync().await.unwrap();
    assert_eq!((report.erased, report.rejected), (0, 0));
    assert_eq!(tablet.stage(visit).await, VisitStage::Open);
    tablet.receive_unwilling(visit).await;
    tablet.homon.close_visit(visit, PART).await.unwrap();
    assert_eq!(tablet.sync().await.unwrap().erased, 0);
    assert_eq!(tablet.stage(visit).await, VisitStage::Closed);
    tablet.homon.seal_visit(visit, PART).await.unwrap();
    let report = tablet.sync().await.unwrap();
    assert_eq!((report.erased, tablet.stage(visit).await), (0, VisitStage::Held));
    assert!(world.open().refused.is_empty());
    assert_eq!(exported(&world), 3);
    assert_eq!(tablet.sync().await.unwrap().erased, 1);
}

#[tokio::test]
async fn once_the_tablet_knows_that_it_is_held_it_is_too_late() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.seal_a_visit().await;
    tablet.sync().await.unwrap();
    let refusal = tablet.unchanged(tablet.homon.reopen_visit(visit, PART, AmendmentReason::Correction)).await;
    assert_eq!(refusal, Refusal::VisitLocked.into());
}

/// The numbers of visit packages of which the intake keeps a record, complete or not.
fn uploads(world: &World) -> Vec<u64> {
    let names = names_below(&world.in_store("uploads")).into_iter().filter(|name| name.ends_with(".json"));
    let records = names.map(|name| fs::read(world.in_store("uploads").join(name)).unwrap());
    let records = records.map(|record| serde_json::from_slice::<serde_json::Value>(&record).unwrap());
    let visits = records.filter(|record| record["subject"]["kind"] == "visit");
    visits.map(|record| record["seal"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn what_had_arrived_of_a_replaced_package_is_removed() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.seal_a_visit().await;
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let observer = move |progress: SyncProgress| {
        if progress.package.subject.word() == "visit" {
            stop.cancel();
        }
    };
    let stopped = refused(tablet.homon.sync(Arc::new(observer), cancel).await);
    assert_eq!(stopped, Error::RetryLater { why: Later::Stopped });
    assert_eq!(uploads(&world), [1]);
    amend(&tablet, visit).await;
    tablet.sync().await.unwrap();
    assert_eq!(uploads(&world), [2]);
    assert!(world.open().refused.is_empty());
    assert_eq!(exported(&world), 2);
}
