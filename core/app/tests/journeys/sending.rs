//! Sending: to the right server only, and without a loss when it does not work out.

use std::sync::{Arc, Mutex};

use homon_app::{CancellationToken, Error, Later, Refusal, SyncProgress, SyncReport, VisitStage};
use homon_city::desk::revoke;
use homon_city::intake::ReceiptKind;
use homon_domain::ids::DeviceId;
use homon_domain::visit::AmendmentReason;
use homon_seal::Sha256Digest;

use crate::personal::refused;
use crate::tablet::{PART, Tablet};
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
    let case = tablet.homon.board(visit, PART).await.unwrap()[0].id;
    let locked = Error::from(Refusal::VisitLocked);
    let homon = &tablet.homon;
    let part = PART;
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
    assert_eq!(names_below(&other.folder.root().join("store")), [""; 0]);
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
    tablet.homon.reopen_visit(hurt, PART, AmendmentReason::Correction).await.unwrap();
    tablet.close_and_seal(hurt).await;
    tablet.sync().await.unwrap();
    assert_eq!(tablet.stage(hurt).await, VisitStage::Held);
}

#[tokio::test]
async fn an_intake_that_lost_a_held_visit_gets_it_again() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.seal_a_visit().await;
    tablet.sync().await.unwrap();
    let package = tablet.package(device(&world), visit, 1).await;
    let before = world.arrived(&package);
    std::fs::remove_dir_all(world.in_store("packages")).unwrap();
    std::fs::remove_dir_all(world.in_store("receipts")).unwrap();
    std::fs::remove_dir_all(world.in_store("uploads")).unwrap();
    assert_eq!(tablet.sync().await.unwrap(), SyncReport::default());
    assert_eq!((world.arrived(&package), tablet.stage(visit).await), (before, VisitStage::Held));
    assert!(world.open().refused.is_empty());
    assert_eq!(tablet.sync().await.unwrap().erased, 1);
}

#[tokio::test]
async fn a_greeting_that_was_lost_is_sealed_again_and_a_lost_visit_is_said() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.seal_a_visit().await;
    // Sealed and not sent.
    refused(tablet.only_fetch().await);
    let all = sealed(&tablet);
    assert_eq!(all.len(), 4, "{all:?}");
    std::fs::remove_dir_all(tablet.path("files/sealed")).unwrap();
    std::fs::create_dir(tablet.path("files/sealed")).unwrap();
    let _server = world.serve().await;
    assert_eq!(refused(tablet.sync().await), Refusal::SealedFileDamaged.into());
    let arrived = names_below(&world.in_store("packages").join(device(&world).to_string()));
    assert_eq!(arrived, ["hello/2.age".to_owned(), format!("notice/{visit}/1/2.age")]);
    tablet.homon.reopen_visit(visit, PART, AmendmentReason::Correction).await.unwrap();
    tablet.close_and_seal(visit).await;
    tablet.sync().await.unwrap();
    assert_eq!(tablet.stage(visit).await, VisitStage::Held);
}

#[tokio::test]
async fn two_syncs_at_once_send_everything_once() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    tablet.seal_a_visit().await;
    let (one, two) = tokio::join!(tablet.sync(), tablet.sync());
    assert_eq!(one.unwrap().held + two.unwrap().held, 4);
}

/// Lets something happen on the tablet while a visit is on its way: the sync waits for it.
async fn while_sending<T>(tablet: &Tablet, what: impl Future<Output = T>) -> (Result<SyncReport, Error>, T) {
    let (tell, told) = tokio::sync::oneshot::channel();
    let (go_on, wait) = std::sync::mpsc::channel();
    let once = Mutex::new(Some((tell, wait)));
    let observer = move |progress: SyncProgress| {
        if progress.package.subject.word() != "visit" {
            return;
        }
        if let Some((tell, wait)) = once.lock().unwrap().take() {
            tell.send(()).unwrap();
            wait.recv().unwrap();
        }
    };
    let happening = async {
        told.await.unwrap();
        let done = what.await;
        go_on.send(()).unwrap();
        done
    };
    tokio::join!(tablet.homon.sync(Arc::new(observer), CancellationToken::new()), happening)
}

#[tokio::test]
async fn a_visit_that_is_opened_again_while_it_is_sent_stays_open() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.seal_a_visit().await;
    let reopen = tablet.homon.reopen_visit(visit, PART, AmendmentReason::Correction);
    let (sent, reopened) = while_sending(&tablet, reopen).await;
    reopened.unwrap();
    assert_eq!(sent.unwrap().held, 4);
    assert_eq!(tablet.stage(visit).await, VisitStage::Open);
    tablet.receive_unwilling(visit).await;
    tablet.close_and_seal(visit).await;
    tablet.sync().await.unwrap();
    let opened = world.open();
    assert!(opened.refused.is_empty(), "{:?}", opened.refused);
    assert_eq!(opened.superseded, [tablet.package(device(&world), visit, 1).await]);
    assert_eq!(tablet.sync().await.unwrap().erased, 1);
}

#[tokio::test]
async fn whoever_is_signed_in_when_the_receipts_come_takes_them() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    tablet.homon.add_staff("worker-01".into(), "73150942".into()).await.unwrap();
    let visit = tablet.seal_a_visit().await;
    let (sent, signed_out) = while_sending(&tablet, tablet.homon.sign_out()).await;
    signed_out.unwrap();
    assert_eq!(refused(sent), Error::SignInAgain);
    tablet.sign_in().await;
    assert_eq!(tablet.stage(visit).await, VisitStage::Sealed);
    let (sent, changed) = while_sending(&tablet, tablet.try_sign_in(("worker-01", "73150942"))).await;
    changed.unwrap();
    assert_eq!(sent.unwrap().held, 4);
    assert_eq!(tablet.stage(visit).await, VisitStage::Held);
}
