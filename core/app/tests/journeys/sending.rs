//! Sending: to the right server only, and without a loss when it does not work out.

use homon_app::{Error, Later, Refusal, SyncReport, VisitStage};
use homon_city::desk::revoke;
use homon_city::intake::ReceiptKind;
use homon_domain::ids::DeviceId;
use homon_domain::visit::AmendmentReason;
use homon_seal::Sha256Digest;

use crate::personal::refused;
use crate::tablet::Tablet;
use crate::world::{World, names_below};

/// The device of the one tablet of a world.
pub(crate) fn device(world: &World) -> DeviceId {
    let all = world.folder.registry().all().unwrap();
    assert_eq!(all.len(), 1);
    all[0].device
}

fn sealed(tablet: &Tablet) -> Vec<String> {
    names_below(&tablet.path("files/sealed"))
}

#[tokio::test]
async fn what_arrives_is_what_was_sealed_and_is_held_once() {
    let world = World::found();
    let server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.seal_a_visit().await;
    let package = tablet.package(device(&world), visit, 1).await;
    let file = tablet.path("files/sealed").join(format!("visit-{visit}-1-1.age"));
    let bytes = std::fs::read(&file).unwrap();
    // Hello, notice, tally, visit.
    let first = tablet.sync().await.unwrap();
    assert_eq!(first, SyncReport { held: 4, ..SyncReport::default() });
    assert_eq!(world.arrived(&package), Some(Sha256Digest::of(&bytes)));
    assert_eq!(tablet.stage(visit).await, VisitStage::Held);
    assert_eq!(tablet.sync().await.unwrap(), SyncReport::default());
    assert_eq!(sealed(&tablet), [format!("visit-{visit}-1-1.age")]);
    assert_eq!(tablet.homon.today().await.unwrap().only_here, 0);
    server.stop().await;
}

#[tokio::test]
async fn a_locked_visit_is_changed_by_nothing() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.seal_a_visit().await;
    tablet.sync().await.unwrap();
    let case = tablet.homon.board(visit, crate::tablet::PART).await.unwrap()[0].id;
    let locked = Error::from(Refusal::VisitLocked);
    let homon = &tablet.homon;
    let part = crate::tablet::PART;
    assert_eq!(tablet.unchanged(homon.receive(visit, part, Default::default())).await, locked);
    assert_eq!(tablet.unchanged(tablet.step(visit, case, serde_json::json!({"input": "reopen"}))).await, locked);
    assert_eq!(tablet.unchanged(homon.reopen_visit(visit, part, AmendmentReason::Correction)).await, locked);
    assert_eq!(tablet.unchanged(homon.close_visit(visit, part)).await, locked);
    assert_eq!(tablet.unchanged(homon.seal_visit(visit, part)).await, locked);
    assert_eq!(tablet.unchanged(homon.add_consultation(visit, part)).await, locked);
}

#[tokio::test]
async fn a_revoked_tablet_is_told_and_keeps_what_it_has() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    tablet.sync().await.unwrap();
    let visit = tablet.seal_a_visit().await;
    revoke::revoke(&world.folder, device(&world), &*world.clock).unwrap();
    let before = sealed(&tablet);
    assert_eq!(refused(tablet.sync().await), Refusal::Revoked.into());
    assert_eq!(tablet.stage(visit).await, VisitStage::Sealed);
    // The notice of the visit was sealed to be sent, nothing is gone.
    assert!(before.iter().all(|name| sealed(&tablet).contains(name)));
    assert_eq!(tablet.unchanged(tablet.sync()).await, Refusal::Revoked.into());
    let package = tablet.package(device(&world), visit, 1).await;
    assert_eq!((world.arrived(&package), world.receipt(&package, ReceiptKind::Held)), (None, None));
}

#[tokio::test]
async fn a_server_of_another_city_gets_nothing() {
    let (world, other) = (World::found(), World::found());
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.seal_a_visit().await;
    let impostor = other.serve_at(world.intake_at).await;
    assert_eq!(refused(tablet.sync().await), Refusal::WrongServer.into());
    assert_eq!(tablet.unchanged(tablet.sync()).await, Refusal::WrongServer.into());
    assert_eq!(names_below(&other.folder.store()), [""; 0]);
    impostor.stop().await;
    let _server = world.serve().await;
    tablet.sync().await.unwrap();
    assert_eq!(tablet.stage(visit).await, VisitStage::Held);
}

#[tokio::test]
async fn without_a_network_people_are_told_and_it_goes_on_later() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.seal_a_visit().await;
    let error = refused(tablet.only_fetch().await);
    assert_eq!(error, Error::RetryLater { why: Later::Stopped });
    assert_eq!(tablet.stage(visit).await, VisitStage::Sealed);
    let _server = world.serve().await;
    assert_eq!(tablet.sync().await.unwrap().held, 4);
}

#[tokio::test]
async fn a_sealed_file_that_was_changed_is_not_sent_and_the_others_are() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let (hurt, other) = (tablet.seal_a_visit().await, tablet.seal_a_visit().await);
    let file = tablet.path("files/sealed").join(format!("visit-{hurt}-1-1.age"));
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    refused(tablet.sync().await);
    assert_eq!((tablet.stage(hurt).await, tablet.stage(other).await), (VisitStage::Sealed, VisitStage::Held));
    let package = tablet.package(device(&world), hurt, 1).await;
    assert_eq!(world.arrived(&package), None);
    // The way out: sealed again, from the visit's own file.
    tablet.homon.reopen_visit(hurt, crate::tablet::PART, AmendmentReason::Correction).await.unwrap();
    tablet.close_and_seal(hurt).await;
    tablet.sync().await.unwrap();
    assert_eq!(tablet.stage(hurt).await, VisitStage::Held);
}
