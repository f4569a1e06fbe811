//! Damaged files and a key store without its keys: it is said, nothing is deleted, and the rest goes on.

use std::fs;
use std::path::Path;

use homon_app::{Error, Refusal, VisitStage};

use crate::personal::refused;
use crate::tablet::{MANAGER, PART, Stopped, Tablet, digests};
use crate::world::{World, names_below};

/// An enrolled tablet with two open visits of a resident each, not running.
async fn two_visits(world: &World) -> (Stopped, [homon_domain::ids::VisitId; 2]) {
    let tablet = world.enrolled("tablet-1").await;
    let visits = [tablet.open_visit().await, tablet.open_visit().await];
    for visit in visits {
        tablet.receive_unwilling(visit).await;
    }
    (tablet.stop().await, visits)
}

/// Changes one byte.
fn hurt(file: &Path, at: usize) -> Vec<u8> {
    let mut bytes = fs::read(file).unwrap();
    bytes[at] ^= 1;
    fs::write(file, &bytes).unwrap();
    bytes
}

fn quarantine(tablet: &Tablet) -> Vec<String> {
    names_below(&tablet.path("files/quarantine"))
}

#[tokio::test]
async fn a_damaged_visit_is_put_aside_and_the_other_goes_on() {
    let world = World::found();
    let _server = world.serve().await;
    let (stopped, [bad, good]) = two_visits(&world).await;
    let damaged = hurt(&stopped.path(&format!("files/visits/{bad}-1.homon")), 100);
    let tablet = stopped.start();
    tablet.sign_in().await;
    assert_eq!(refused(tablet.homon.board(bad, PART).await), Refusal::Quarantined.into());
    assert_eq!(quarantine(&tablet), [format!("{bad}-1~1.homon")]);
    let aside = tablet.path("files/quarantine").join(format!("{bad}-1~1.homon"));
    assert!(fs::read(&aside).unwrap() == damaged, "the damaged file was changed");
    // It is said each time, and the copy of its key stays for the city.
    assert_eq!(tablet.unchanged(tablet.homon.board(bad, PART)).await, Refusal::Quarantined.into());
    assert_eq!(tablet.unchanged(tablet.homon.close_visit(bad, PART)).await, Refusal::Quarantined.into());
    assert!(tablet.path(&format!("files/visits/{bad}-1.recovery")).exists());
    // The list of the day still opens, and the other visit reaches the city.
    let today = tablet.homon.today().await.unwrap();
    assert_eq!(today.only_here, 1);
    for line in today.visits {
        let problem = (line.visit == bad).then(|| Refusal::Quarantined.into());
        assert_eq!((line.status, line.problem), (VisitStage::Open, problem));
    }
    tablet.receive_unwilling(good).await;
    tablet.close_and_seal(good).await;
    tablet.sync().await.unwrap();
    assert_eq!(tablet.stage(good).await, VisitStage::Held);
    assert!(fs::read(&aside).unwrap() == damaged, "the damaged file was changed");
}

/// Its file is gone, but what it counted when it was closed is known.
#[tokio::test]
async fn a_lost_visit_still_counts_its_residents() {
    let world = World::found();
    let (stopped, [bad, _]) = two_visits(&world).await;
    let tablet = stopped.start();
    tablet.sign_in().await;
    tablet.homon.close_visit(bad, PART).await.unwrap();
    let stopped = tablet.stop().await;
    fs::remove_file(stopped.path(&format!("files/visits/{bad}-1.homon"))).unwrap();
    let tablet = stopped.start();
    tablet.sign_in().await;
    assert_eq!(tablet.unchanged(tablet.homon.seal_visit(bad, PART)).await, Refusal::Quarantined.into());
    assert_eq!(tablet.homon.today().await.unwrap().only_here, 2);
}

#[tokio::test]
async fn a_damaged_desk_is_put_aside_and_said_each_time() {
    let world = World::found();
    let (stopped, _) = two_visits(&world).await;
    let damaged = hurt(&stopped.path("files/desk.homon"), 100);
    let mut others = digests(&stopped.folder);
    others.remove("files/desk.homon").unwrap();
    let mut tablet = stopped.start();
    for _ in 0..2 {
        assert_eq!(refused(tablet.try_sign_in(MANAGER).await), Refusal::Quarantined.into());
        assert_eq!(quarantine(&tablet), ["desk~1.homon"]);
        assert!(fs::read(tablet.path("files/quarantine/desk~1.homon")).unwrap() == damaged);
        tablet = tablet.restart().await;
    }
    let mut left = digests(&tablet.path(""));
    left.remove("files/quarantine/desk~1.homon").unwrap();
    // The right PIN is counted as a try and then not.
    assert_eq!(left, others);
}

#[tokio::test]
async fn damaged_slots_are_said() {
    let world = World::found();
    let (stopped, _) = two_visits(&world).await;
    fs::write(stopped.path("files/desk.slots"), "{").unwrap();
    let tablet = stopped.start();
    assert_eq!(tablet.unchanged(tablet.try_sign_in(MANAGER)).await, Refusal::Quarantined.into());
}

#[tokio::test]
async fn an_emptied_key_store_is_said_and_nothing_is_deleted() {
    let world = World::found();
    let (stopped, _) = two_visits(&world).await;
    let vault = stopped.path("vault");
    let kept = stopped.path("kept");
    fs::rename(&vault, &kept).unwrap();
    let tablet = stopped.start();
    for _ in 0..7 {
        // No try of the PIN is used up: nobody has to wait on top of it.
        assert_eq!(tablet.unchanged(tablet.try_sign_in(MANAGER)).await, Error::KeyUnavailable);
    }
    let stopped = tablet.stop().await;
    fs::remove_dir_all(&vault).unwrap();
    fs::rename(&kept, &vault).unwrap();
    let tablet = stopped.start();
    tablet.sign_in().await;
    assert_eq!(tablet.homon.today().await.unwrap().only_here, 2);
}

#[tokio::test]
async fn without_the_device_key_nobody_signs_in() {
    let world = World::found();
    let (stopped, _) = two_visits(&world).await;
    fs::remove_file(stopped.path("vault/device.p8")).unwrap();
    let before = digests(&stopped.path("files/visits"));
    let tablet = stopped.start();
    assert_eq!(refused(tablet.try_sign_in(MANAGER).await), Error::KeyUnavailable);
    assert_eq!(digests(&tablet.path("files/visits")), before);
    assert_eq!(refused(tablet.homon.today().await), Error::SignInAgain);
}

#[tokio::test]
async fn without_the_key_of_one_visit_the_other_goes_on() {
    let world = World::found();
    let _server = world.serve().await;
    let (stopped, [bad, good]) = two_visits(&world).await;
    let alias = homon_seal::Sha256Digest::of(format!("visit/{bad}/1").as_bytes());
    fs::remove_file(stopped.path(&format!("vault/{alias}.key"))).unwrap();
    let tablet = stopped.start();
    tablet.sign_in().await;
    assert_eq!(tablet.unchanged(tablet.homon.board(bad, PART)).await, Error::KeyUnavailable);
    assert_eq!(tablet.unchanged(tablet.homon.receive(bad, PART, Default::default())).await, Error::KeyUnavailable);
    let today = tablet.homon.today().await.unwrap();
    assert_eq!(today.only_here, 1);
    let problems: Vec<_> = today.visits.into_iter().filter_map(|line| Some((line.visit, line.problem?))).collect();
    assert_eq!(problems, [(bad, Error::KeyUnavailable)]);
    tablet.close_and_seal(good).await;
    tablet.sync().await.unwrap();
    assert_eq!(tablet.stage(good).await, VisitStage::Held);
    assert_eq!(quarantine(&tablet), [""; 0]);
}

#[tokio::test]
async fn the_list_of_the_day_needs_no_key_of_what_is_sealed() {
    let world = World::found();
    let (stopped, [sealed, open]) = two_visits(&world).await;
    let tablet = stopped.start();
    tablet.sign_in().await;
    tablet.close_and_seal(sealed).await;
    let stopped = tablet.stop().await;
    for visit in [sealed, open] {
        let alias = homon_seal::Sha256Digest::of(format!("visit/{visit}/1").as_bytes());
        fs::remove_file(stopped.path(&format!("vault/{alias}.key"))).unwrap();
    }
    let tablet = stopped.start();
    tablet.sign_in().await;
    let today = tablet.homon.today().await.unwrap();
    assert_eq!(today.only_here, 1);
    let problems: Vec<_> = today.visits.into_iter().filter_map(|line| Some((line.visit, line.problem?))).collect();
    assert_eq!(problems, [(open, Error::KeyUnavailable)]);
}

#[tokio::test]
async fn lost_key_slots_do_not_make_a_new_tablet_of_it() {
    let world = World::found();
    let (stopped, _) = two_visits(&world).await;
    fs::remove_file(stopped.path("files/desk.slots")).unwrap();
    let before = digests(&stopped.path("files"));
    let tablet = stopped.start();
    assert!(tablet.homon.is_enrolled().await.unwrap());
    assert_eq!(refused(tablet.homon.enrolment_request("tablet-1".into()).await), Refusal::AlreadyEnrolled.into());
    assert_eq!(refused(tablet.try_sign_in(MANAGER).await), Refusal::Quarantined.into());
    assert_eq!(digests(&tablet.path("files")), before);
}
