//! Erasure: by the receipt that the programme names, finished whatever comes between, and told in a certificate.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use homon_app::{Error, SoftwareVault, VisitStage};
use homon_city::desk::opened::parts_that_count;
use homon_domain::ids::VisitId;
use homon_domain::platform::{KeyAlias, KeyVault, VaultError, VaultKind};
use zeroize::Zeroizing;

use crate::personal::refused;
use crate::sending::device;
use crate::tablet::Tablet;
use crate::world::{World, names_below};

/// Erasure at *held*, as a programme may order it.
fn at_held() -> World {
    World::found_with(r#"erase_at = "opened""#, r#"erase_at = "held""#)
}

/// Nothing of the visit is left but its tombstone.
async fn assert_erased(tablet: &Tablet, visit: VisitId) {
    assert_eq!(tablet.stage(visit).await, VisitStage::Erased);
    let alias = homon_seal::Sha256Digest::of(format!("visit/{visit}/1").as_bytes());
    assert!(!tablet.path(&format!("vault/{alias}.key")).exists(), "the key of the visit is still there");
    let named = |name: &String| name.contains(&visit.to_string());
    let left: Vec<String> = names_below(&tablet.path("files")).into_iter().filter(named).collect();
    assert_eq!(left, [""; 0], "files of the visit are left");
    let certificates = tablet.homon.erasure_certificates().await.unwrap();
    let certificate = certificates.iter().find(|certificate| certificate.visit == visit).unwrap();
    assert_eq!(certificate.inventory.vault, VaultKind::Software);
    assert!(certificate.inventory.destroyed.iter().all(|thing| thing.count == 1 || thing.bytes == 0));
    let today = tablet.homon.today().await.unwrap();
    let line = today.visits.iter().find(|line| line.visit == visit).unwrap();
    assert_eq!(line.tally.as_ref().unwrap().counts()["received"], 1);
}

#[tokio::test]
async fn what_the_city_holds_is_erased_while_the_chain_is_freshly_proven() {
    let world = at_held();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    tablet.sync().await.unwrap();
    // Never proven: held does not erase.
    let early = tablet.seal_a_visit().await;
    assert_eq!(tablet.sync().await.unwrap().erased, 0);
    assert_eq!(tablet.stage(early).await, VisitStage::Held);
    world.open();
    assert_eq!(tablet.sync().await.unwrap().erased, 1);
    assert_erased(&tablet, early).await;
    world.wait(TimeDelta::days(14));
    let visit = tablet.seal_a_visit().await;
    assert_eq!(tablet.sync().await.unwrap().erased, 1);
    assert_erased(&tablet, visit).await;
    assert_eq!(tablet.homon.erasure_certificates().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_stale_proof_keeps_it_until_the_desk_has_opened() {
    let world = at_held();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    tablet.sync().await.unwrap();
    world.open();
    assert_eq!(tablet.sync().await.unwrap().opened, 1);
    world.wait(TimeDelta::days(14) + TimeDelta::seconds(1));
    let visit = tablet.seal_a_visit().await;
    assert_eq!(tablet.sync().await.unwrap().erased, 0);
    assert_eq!(tablet.sync().await.unwrap().erased, 0);
    assert_eq!(tablet.stage(visit).await, VisitStage::Held);
    world.open();
    assert_eq!(tablet.sync().await.unwrap().erased, 1);
    assert_erased(&tablet, visit).await;
}

#[tokio::test]
async fn a_programme_that_waits_for_the_desk_does_not_erase_before() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    tablet.sync().await.unwrap();
    world.open();
    assert_eq!(tablet.sync().await.unwrap().opened, 1);
    assert!(tablet.homon.today().await.unwrap().chain_proven);
    let visit = tablet.seal_a_visit().await;
    assert_eq!(tablet.sync().await.unwrap().erased, 0);
    assert_eq!(tablet.stage(visit).await, VisitStage::Held);
}

/// A key store that answers as the tablet's own, until it stops to.
struct Failing {
    vault: SoftwareVault,
    /// Does not destroy.
    keeps: AtomicBool,
    /// Does not even say what it has.
    is_mute: AtomicBool,
}

impl Failing {
    fn check(flag: &AtomicBool) -> Result<(), VaultError> {
        if flag.load(Ordering::SeqCst) { Err(VaultError::Unavailable) } else { Ok(()) }
    }
}

impl KeyVault for Failing {
    fn kind(&self) -> VaultKind {
        self.vault.kind()
    }
    fn create(&self, alias: &KeyAlias) -> Result<(), VaultError> {
        self.vault.create(alias)
    }
    fn wrap(&self, alias: &KeyAlias, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.vault.wrap(alias, secret)
    }
    fn unwrap(&self, alias: &KeyAlias, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.vault.unwrap(alias, wrapped)
    }
    fn destroy(&self, alias: &KeyAlias) -> Result<(), VaultError> {
        Self::check(&self.keeps)?;
        self.vault.destroy(alias)
    }
    fn contains(&self, alias: &KeyAlias) -> Result<bool, VaultError> {
        Self::check(&self.is_mute)?;
        self.vault.contains(alias)
    }
    fn device_public_key(&self) -> Result<Vec<u8>, VaultError> {
        self.vault.device_public_key()
    }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.vault.sign(message)
    }
}

/// A tablet whose visit the desk has opened, and which is stopped when its key store fails.
async fn interrupted(world: &World, keeps: bool) -> (Tablet, VisitId) {
    let mut tablet = world.enrolled("tablet-1").await;
    let visit = tablet.seal_a_visit().await;
    tablet.sync().await.unwrap();
    world.open();
    let failing = |vault| Failing { vault, keeps: keeps.into(), is_mute: (!keeps).into() };
    tablet = tablet.restart_with(|vault| Arc::new(failing(vault))).await;
    tablet.sign_in().await;
    assert_eq!(refused(tablet.sync().await), Error::KeyUnavailable);
    (tablet, visit)
}

#[tokio::test]
async fn an_erasure_that_was_begun_is_finished_at_the_next_sign_in() {
    let world = World::found();
    let server = world.serve().await;
    let (tablet, visit) = interrupted(&world, true).await;
    assert_eq!(tablet.stage(visit).await, VisitStage::Erasing);
    let board = refused(tablet.homon.board(visit, crate::tablet::PART).await);
    assert_eq!(board, homon_app::Refusal::NoSuchVisit.into());
    // While the key store fails, nobody gets in: what is half erased must not be forgotten.
    assert_eq!(refused(tablet.try_sign_in(crate::tablet::MANAGER).await), Error::KeyUnavailable);
    server.stop().await;
    let tablet = tablet.restart().await;
    tablet.sign_in().await;
    assert_erased(&tablet, visit).await;
}

#[tokio::test]
async fn a_receipt_that_was_kept_before_anything_was_erased_erases_with_the_next_sync() {
    let world = World::found();
    let _server = world.serve().await;
    let (tablet, visit) = interrupted(&world, false).await;
    assert_eq!(tablet.stage(visit).await, VisitStage::Held);
    assert_eq!(tablet.homon.board(visit, crate::tablet::PART).await.unwrap().len(), 1);
    let tablet = tablet.restart().await;
    tablet.sign_in().await;
    let report = tablet.sync().await.unwrap();
    assert_eq!((report.erased, report.rejected), (1, 0));
    assert_erased(&tablet, visit).await;
    assert_eq!(device(&world), world.folder.registry().all().unwrap()[0].device);
}

#[tokio::test]
async fn what_was_practised_is_erased_when_the_city_is_in_force() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.seal_a_visit().await;
    tablet.sync().await.unwrap();
    let rules = fs::read_to_string(world.folder.programme()).unwrap();
    fs::write(world.folder.programme(), rules.replace(r#"mode = "training""#, r#"mode = "real""#)).unwrap();
    let report = world.open();
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    let practice = report.opened.iter().filter(|now| now.is_practice).count();
    assert_eq!(practice, 2, "the notice and the visit");
    tablet.sync().await.unwrap();
    assert_erased(&tablet, visit).await;
    assert!(parts_that_count(&world.folder.desk()).unwrap().is_empty());
}
