//! A tablet whose key store died: it begins anew, the city gives the keys of its visits back, and nobody is asked twice.

use std::fs;

use homon_app::{Error, Refusal, SoftwareVault, VisitStage};
use homon_domain::ids::VisitId;
use homon_seal::grant::FORMAT;
use homon_seal::recipients::decrypt_small;
use homon_seal::{Grant, Identity, Sha256Digest};
use homon_store::FileKey;

use crate::handing_over::hand_over;
use crate::tablet::{MANAGER, PART, Tablet};
use crate::world::World;

/// A tablet with one open visit of two residents, whose key store is emptied between two starts of the app.
async fn stricken(world: &World) -> (Tablet, VisitId) {
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    tablet.receive_unwilling(visit).await;
    tablet.receive(visit).await;
    let stopped = tablet.stop().await;
    fs::remove_dir_all(stopped.path("vault")).unwrap();
    (stopped.start(), visit)
}

/// As people do it: set up again, with a new request.
async fn begin_anew(world: &World, tablet: &Tablet) {
    tablet.homon.begin_anew().await.unwrap();
    let token = world.answer(&tablet.request().await);
    tablet.accept(&token, &world.fingerprint()).await.unwrap();
}

/// What `homon-city recover` does, with the recovery key at hand.
fn grant(world: &World, tablet_device: homon_domain::ids::DeviceId, copy: &[u8], visit: VisitId) -> Vec<u8> {
    let text = fs::read_to_string(world.folder.recovery_key()).unwrap();
    let recovery = Identity::parse_file(&text).unwrap();
    let key = decrypt_small(&[recovery], copy).unwrap();
    let desk = world.folder.desk();
    let device = homon_city::desk::devices::Devices::read(&desk).unwrap();
    let mailbox = &device.get(tablet_device).unwrap().mailbox;
    let grant = Grant {
        format: FORMAT,
        device: tablet_device,
        visit,
        part: PART,
        key_sha256: Sha256Digest::of(&key),
        seals_before: None,
        made_at: homon_domain::platform::Clock::now(&*world.clock),
    };
    let key = FileKey::from_bytes(&key).unwrap();
    grant.seal(&world.mail_key(), mailbox, key.expose()).unwrap()
}

#[tokio::test]
async fn a_part_that_came_from_another_tablet_is_sealed_above_the_number_of_its_handover() {
    let world = World::found();
    let _server = world.serve().await;
    let (first, second) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    let visit = first.open_visit().await;
    first.receive_unwilling(visit).await;
    second.homon.accept_handover(hand_over(&first, &second, visit).await).await.unwrap();
    let stopped = second.stop().await;
    fs::remove_dir_all(stopped.path("vault")).unwrap();
    let second = stopped.start();
    begin_anew(&world, &second).await;
    let (device, copy) = (second.device().await, second.homon.recovery_copy(visit, PART).await.unwrap());
    // The city has nothing of the part yet, so its grant names no number.
    second.homon.adopt_visit(grant(&world, device, &copy.bytes, visit)).await.unwrap();
    second.close_and_seal(visit).await;
    second.sync().await.unwrap();
    let report = world.open();
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    let sealed = second.package(device, visit, 2).await;
    assert!(report.opened.iter().any(|now| now.key == sealed), "{:?}", report.opened);
    // And the first is let go by the receipt for the handover.
    assert_eq!(first.sync().await.unwrap().erased, 1);
}

#[tokio::test]
async fn the_visit_goes_on_at_the_same_step_and_nothing_is_typed_again() {
    let world = World::found();
    let (tablet, visit) = stricken(&world).await;
    assert_eq!(tablet.try_sign_in(MANAGER).await, Err(Error::KeyUnavailable));
    begin_anew(&world, &tablet).await;
    assert!(tablet.homon.today().await.unwrap().visits.is_empty());
    let orphans = tablet.homon.orphaned_visits().await.unwrap();
    assert_eq!(orphans.len(), 1);
    assert_eq!((orphans[0].visit, orphans[0].part, orphans[0].has_copy), (visit, PART, true));
    let copy = tablet.homon.recovery_copy(visit, PART).await.unwrap();
    assert_eq!(copy.name, format!("{visit}-1.recovery"));
    let sealed = grant(&world, tablet.device().await, &copy.bytes, visit);
    let view = tablet.homon.adopt_visit(sealed.clone()).await.unwrap();
    assert_eq!((view.status, view.balance.people.received), (VisitStage::Open, 2));
    assert!(tablet.homon.orphaned_visits().await.unwrap().is_empty());
    assert_eq!(tablet.unchanged(tablet.homon.adopt_visit(sealed)).await, Refusal::PartTwice.into());
    tablet.homon.verify_audit(visit, PART).await.unwrap();
    let open = tablet.homon.board(visit, PART).await.unwrap()[1].id;
    let leave = serde_json::json!({"input": "leave", "leaving": {"outcome": "refused"}});
    tablet.step(visit, open, leave).await.unwrap();
    // The new key store holds it over a restart, and the copy is of the same key again.
    let tablet = tablet.restart().await;
    tablet.sign_in().await;
    tablet.close_and_seal(visit).await;
    assert_eq!(tablet.stage(visit).await, VisitStage::Sealed);
}

#[tokio::test]
async fn a_tablet_on_which_somebody_can_sign_in_does_not_begin_anew() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    assert_eq!(tablet.unchanged(tablet.homon.begin_anew()).await, Refusal::StillOpens.into());
    assert_eq!(tablet.stage(visit).await, VisitStage::Open);
    let empty = world.tablet("tablet-2");
    assert_eq!(empty.homon.begin_anew().await, Err(Refusal::NotEnrolled.into()));
}

#[tokio::test]
async fn what_lacks_its_slots_or_its_desk_file_begins_anew_too() {
    for lost in ["files/desk.slots", "files/desk.homon"] {
        let world = World::found();
        let tablet = world.enrolled("tablet-1").await;
        let visit = tablet.open_visit().await;
        tablet.receive_unwilling(visit).await;
        let stopped = tablet.stop().await;
        fs::remove_file(stopped.path(lost)).unwrap();
        let tablet = stopped.start();
        begin_anew(&world, &tablet).await;
        let copy = tablet.homon.recovery_copy(visit, PART).await.unwrap();
        let sealed = grant(&world, tablet.device().await, &copy.bytes, visit);
        assert_eq!(tablet.homon.adopt_visit(sealed).await.unwrap().balance.people.received, 1, "{lost}");
    }
}

#[tokio::test]
async fn the_same_part_is_not_opened_over_a_file_that_waits_for_its_key() {
    let world = World::found();
    let (tablet, visit) = stricken(&world).await;
    begin_anew(&world, &tablet).await;
    let plan = homon_domain::visit::VisitPlan { id: visit, ..crate::tablet::plan(&world.clock) };
    let open = tablet.homon.open_visit(plan.clone(), PART, crate::tablet::check_in(), Vec::new(), None);
    assert_eq!(tablet.unchanged(open).await, Refusal::OrphanFirst.into());
    // Another part may be opened meanwhile.
    tablet.homon.open_visit(plan, PART.next(), crate::tablet::check_in(), Vec::new(), None).await.unwrap();
    assert_eq!(tablet.homon.orphaned_visits().await.unwrap().len(), 1);
}

#[tokio::test]
async fn only_the_desks_grant_for_this_tablet_and_this_file_opens_it() {
    let world = World::found();
    let (tablet, visit) = stricken(&world).await;
    let bystander = world.enrolled("tablet-2").await;
    begin_anew(&world, &tablet).await;
    let copy = tablet.homon.recovery_copy(visit, PART).await.unwrap();
    let own = tablet.device().await;
    let sealed = grant(&world, own, &copy.bytes, visit);
    let other = bystander.device().await;
    let for_other = grant(&world, other, &copy.bytes, visit);
    assert_eq!(tablet.unchanged(tablet.homon.adopt_visit(for_other)).await, Refusal::GrantForAnother.into());
    let wrong = bystander.unchanged(bystander.homon.adopt_visit(sealed.clone())).await;
    assert_eq!(wrong, Refusal::GrantForAnother.into());
    assert_eq!(tablet.unchanged(tablet.homon.adopt_visit(Vec::new())).await, Refusal::GrantNotTrusted.into());
    let mut changed = sealed.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    assert_eq!(tablet.unchanged(tablet.homon.adopt_visit(changed)).await, Refusal::GrantNotTrusted.into());
    // A grant of another visit's key, and one of a visit that is not here.
    let theirs = bystander.open_visit().await;
    let theirs_copy = fs::read(bystander.path(&format!("files/visits/{theirs}-1.recovery"))).unwrap();
    let misfit = grant(&world, own, &theirs_copy, visit);
    assert_eq!(tablet.unchanged(tablet.homon.adopt_visit(misfit)).await, Refusal::GrantDoesNotFit.into());
    let absent = grant(&world, own, &copy.bytes, theirs);
    assert_eq!(tablet.unchanged(tablet.homon.adopt_visit(absent)).await, Refusal::NoSuchVisit.into());
    assert_eq!(refused_copy(&tablet, theirs).await, Refusal::NoSuchVisit.into());
    // Another city's desk.
    let stranger = World::found();
    let forged = forged(&stranger, &world, own, &copy.bytes, visit);
    assert_eq!(tablet.unchanged(tablet.homon.adopt_visit(forged)).await, Refusal::GrantNotTrusted.into());
    tablet.homon.adopt_visit(sealed).await.unwrap();
}

async fn refused_copy(tablet: &Tablet, visit: VisitId) -> Error {
    tablet.unchanged(tablet.homon.recovery_copy(visit, PART)).await
}

fn forged(by: &World, world: &World, device: homon_domain::ids::DeviceId, copy: &[u8], visit: VisitId) -> Vec<u8> {
    let text = fs::read_to_string(world.folder.recovery_key()).unwrap();
    let key = decrypt_small(&[Identity::parse_file(&text).unwrap()], copy).unwrap();
    let devices = homon_city::desk::devices::Devices::read(&world.folder.desk()).unwrap();
    let grant = Grant {
        format: FORMAT,
        device,
        visit,
        part: PART,
        key_sha256: Sha256Digest::of(&key),
        seals_before: None,
        made_at: homon_domain::platform::Clock::now(&*world.clock),
    };
    let key: [u8; 32] = key.as_slice().try_into().unwrap();
    grant.seal(&by.mail_key(), &devices.get(device).unwrap().mailbox, &key).unwrap()
}

/// Killed between setting aside and the new enrolment: done again, nothing is lost.
#[tokio::test]
async fn beginning_anew_can_be_cut_off_and_done_again() {
    let world = World::found();
    let (tablet, visit) = stricken(&world).await;
    let stopped = tablet.stop().await;
    // As it stands after the slots were set aside.
    fs::rename(stopped.path("files/desk.slots"), stopped.path("files/quarantine/desk~1.slots")).unwrap();
    let tablet = stopped.start();
    begin_anew(&world, &tablet).await;
    assert_eq!(tablet.homon.orphaned_visits().await.unwrap()[0].visit, visit);
    drop(SoftwareVault::open(&tablet.path("vault")).unwrap());
}
