use std::fs;

use chrono::DateTime;
use homon_domain::platform::KeyAlias;
use zeroize::Zeroizing;

use super::*;
use crate::body::Facts;
use crate::desk::seals::NewSeal;
use crate::desk::seals::tests::{checkpoint_of, seal};
use crate::desk::tests::event;
use crate::desk::visits::VisitStage;
use crate::keys::FileKey;
use crate::software_vault::SoftwareVault;
use crate::visit::VisitFile;
use crate::visit::tests::opened_in;
use homon_domain::package::{PackageName, Subject};

pub(super) struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_772_100_000, 0).unwrap()
    }
}

struct Tablet {
    root: Root,
    desk: DeskFile,
    vault: SoftwareVault,
    visit: VisitId,
    part: PartNumber,
}

impl Tablet {
    /// A visit that was sealed twice; a damaged copy of its file lies in quarantine; a tally is on its way.
    fn sealed(folder: &std::path::Path) -> Self {
        let opened = opened_in(folder);
        let (visit, part, root) = (opened.visit, opened.part, opened.root.clone());
        drop(opened.file);
        let mut desk = opened.desk;
        fs::copy(root.visit(visit, part), root.quarantine().join(format!("{visit}-{part}~1.homon"))).unwrap();
        let subject = Subject::Visit { visit, part };
        let tally = Subject::Tally { visit, part };
        desk.add_seal(&seal(checkpoint_of(subject), 1), &event("checkpoint")).unwrap();
        desk.move_visit(visit, part, VisitStage::Closed, &event("visit_closed")).unwrap();
        desk.put_counts(visit, part, &Facts::of(&serde_json::json!({"ready": 3})).unwrap(), &event("counted")).unwrap();
        desk.add_seal(&seal(subject, 1), &event("sealed")).unwrap();
        desk.add_seal(&seal(tally, 1), &event("sealed")).unwrap();
        for id in [seal(checkpoint_of(subject), 1).id, seal(subject, 1).id, seal(tally, 1).id] {
            fs::write(root.sealed(id), b"sealed").unwrap();
        }
        let torn = PackageName { subject, seal: SealNumber::new(2).unwrap() };
        fs::write(files::unfinished(&root.sealed(torn)), b"torn").unwrap();
        Self { root, desk, vault: opened.vault, visit, part }
    }

    /// As if the app had been killed and started again.
    fn restarted(self, folder: &std::path::Path) -> Self {
        let Self { root, desk, vault, visit, part } = self;
        drop((desk, vault));
        let vault = SoftwareVault::open(&folder.join("vault")).unwrap();
        let desk = DeskFile::open(&root, FileKey::from_bytes(&[1; 32]).unwrap()).unwrap();
        Self { root, desk, vault, visit, part }
    }

    fn permission(&self) -> ErasePermission {
        self.permission_of(&seal(Subject::Visit { visit: self.visit, part: self.part }, 1))
    }

    fn permission_of(&self, seal: &NewSeal) -> ErasePermission {
        let what = seal.id.subject.erasable().unwrap();
        ErasePermission::from_verified_receipt(what, seal.id.seal, seal.sha256, "h.p.s", FixedClock.now())
    }

    fn erase(&mut self, permission: &ErasePermission) -> Result<Tombstone, Error> {
        let actor = "staff-02".parse().unwrap();
        erase_visit(&self.root, &mut self.desk, &self.vault, &FixedClock, &actor, permission)
    }

    fn resume(&mut self) -> Result<Vec<Tombstone>, Error> {
        resume_erasures(&self.root, &mut self.desk, &self.vault, &FixedClock)
    }

    fn assert_erased(&self) {
        let (visit, part) = (self.visit, self.part);
        assert!(belongings(&self.root, visit, part).unwrap().is_empty());
        assert!(!self.vault.contains(&visit_alias(visit, part)).unwrap());
        assert!(matches!(self.desk.wrapped_key(visit, part), Err(Error::WrongStage)));
        assert_eq!(self.desk.visit(visit, part).unwrap().stage, VisitStage::Erased);
        let left = files::names_in(&self.root.sealed_folder()).unwrap();
        assert_eq!(left, [format!("tally-{visit}-{part}-1.age")], "the tally is still on its way");
        let tombstone = self.desk.tombstone(visit, part).unwrap();
        assert_eq!(tombstone.counts.unwrap().as_json(), r#"{"ready":3}"#);
        assert_eq!((tombstone.receipt.as_str(), tombstone.actor.as_str()), ("h.p.s", "staff-02"));
        assert!(tombstone.erased_at.is_some());
        self.desk.verify_audit().unwrap();
    }
}

#[test]
fn an_erased_visit_leaves_counts_and_an_inventory() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::sealed(folder.path());
    let tombstone = tablet.erase(&tablet.permission()).unwrap();
    tablet.assert_erased();
    let mut inventory = tombstone.inventory;
    assert_eq!(inventory.key, visit_alias(tablet.visit, tablet.part));
    inventory.key = KeyAlias("visit/the-visit/1".to_owned());
    let lengths_vary = |item: &&mut Destroyed| matches!(item.thing, Thing::VisitFile | Thing::SetAsideFile);
    for item in inventory.destroyed.iter_mut().filter(lengths_vary) {
        assert!(item.bytes > 10_000);
        item.bytes = 0;
    }
    insta::assert_json_snapshot!(inventory);
    let certificate = Facts::of(&serde_json::json!({"vault": "software"})).unwrap();
    tablet.desk.put_certificate(tablet.visit, tablet.part, &certificate, &event("certified")).unwrap();
    assert_eq!(tablet.desk.tombstones().unwrap()[0].certificate, Some(certificate));
    assert!(tablet.resume().unwrap().is_empty());
}

/// One stage of an erasure.
type Stage = fn(&mut Tablet);

#[test]
fn an_erasure_goes_on_after_a_crash_at_any_point() {
    let stages: [Stage; 5] = [
        |tablet| {
            let actor = "staff-02".parse().unwrap();
            let permission = tablet.permission();
            begin(&tablet.root, &mut tablet.desk, &tablet.vault, &FixedClock, &actor, &permission).unwrap();
        },
        |tablet| destroy_key(&tablet.vault, &visit_alias(tablet.visit, tablet.part)).unwrap(),
        |tablet| tablet.desk.drop_wrapped_key(tablet.visit, tablet.part).unwrap(),
        |tablet| {
            let first = belongings(&tablet.root, tablet.visit, tablet.part).unwrap().remove(0);
            files::remove_if_there(&first.1).unwrap();
        },
        |tablet| {
            let all = belongings(&tablet.root, tablet.visit, tablet.part).unwrap();
            delete_files(all.into_iter().map(|(_, path)| path)).unwrap();
        },
    ];
    for done in 1..=stages.len() {
        let folder = tempfile::tempdir().unwrap();
        let mut tablet = Tablet::sealed(folder.path());
        for stage in &stages[..done] {
            stage(&mut tablet);
        }
        let mut tablet = tablet.restarted(folder.path());
        let opened = VisitFile::open(&tablet.root, &tablet.desk, &tablet.vault, tablet.visit, tablet.part);
        assert!(matches!(opened, Err(Error::WrongStage)), "no way back after {done} stages");
        assert_eq!(tablet.resume().unwrap().len(), 1);
        tablet.assert_erased();
        assert!(tablet.resume().unwrap().is_empty());
    }
}

#[test]
fn nothing_is_erased_without_a_receipt_for_what_was_sealed_last() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::sealed(folder.path());
    let subject = Subject::Visit { visit: tablet.visit, part: tablet.part };
    let other_digest = NewSeal { sha256: [9; 32], ..seal(subject, 1) };
    for wrong in [seal(subject, 2), other_digest] {
        let permission = tablet.permission_of(&wrong);
        assert!(matches!(tablet.erase(&permission), Err(Error::ReceiptMismatch)));
    }
    let handover = seal(Subject::Handover { visit: tablet.visit, part: tablet.part }, 1);
    let permission = tablet.permission_of(&handover);
    assert!(matches!(tablet.erase(&permission), Err(Error::WrongStage)), "it was never handed over");
    let what = Erasable::Visit(VisitId::make(), tablet.part);
    let permission = ErasePermission { what, ..tablet.permission() };
    assert!(matches!(tablet.erase(&permission), Err(Error::Unknown)));
    // Opened again for an amendment: what is in it now has not been sealed.
    tablet.desk.move_visit(tablet.visit, tablet.part, VisitStage::Open, &event("amended")).unwrap();
    assert!(matches!(tablet.erase(&tablet.permission()), Err(Error::WrongStage)));
    tablet.desk.move_visit(tablet.visit, tablet.part, VisitStage::Sealed, &event("amended")).unwrap();
    assert!(tablet.desk.tombstones().unwrap().is_empty());
    VisitFile::open(&tablet.root, &tablet.desk, &tablet.vault, tablet.visit, tablet.part).unwrap();
    tablet.erase(&tablet.permission()).unwrap();
    tablet.assert_erased();
}

#[test]
fn a_part_that_was_handed_over_is_erased_by_a_receipt_for_that_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::sealed(folder.path());
    let (visit, part) = (tablet.visit, tablet.part);
    let (sealed, handover) = (Subject::Visit { visit, part }, Subject::Handover { visit, part });
    tablet.desk.move_visit(visit, part, VisitStage::Open, &event("amended")).unwrap();
    let to = homon_domain::ids::DeviceId::make();
    tablet.desk.hand_over(&seal(handover, 2), to, &event("hand_over")).unwrap();
    fs::write(tablet.root.sealed(seal(handover, 2).id), b"sealed").unwrap();
    for (wrong, because) in [(seal(sealed, 1), "sealed before"), (seal(handover, 1), "another number")] {
        assert!(tablet.erase(&tablet.permission_of(&wrong)).is_err(), "{because}");
    }
    // Taken back, its last handover erases nothing.
    tablet.desk.take_back(visit, part, &event("take_back")).unwrap();
    assert!(matches!(tablet.erase(&tablet.permission_of(&seal(handover, 2))), Err(Error::WrongStage)));
    tablet.desk.hand_over(&seal(handover, 3), to, &event("hand_over")).unwrap();
    assert!(matches!(tablet.erase(&tablet.permission_of(&seal(handover, 2))), Err(Error::ReceiptMismatch)));
    tablet.erase(&tablet.permission_of(&seal(handover, 3))).unwrap();
    tablet.assert_erased();
}

/// A key store that says that it destroyed a key, and keeps it.
pub(super) struct Hoarder(pub(super) SoftwareVault);

impl KeyVault for Hoarder {
    fn kind(&self) -> VaultKind {
        self.0.kind()
    }
    fn create(&self, alias: &KeyAlias) -> Result<(), VaultError> {
        self.0.create(alias)
    }
    fn wrap(&self, alias: &KeyAlias, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.0.wrap(alias, secret)
    }
    fn unwrap(&self, alias: &KeyAlias, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.0.unwrap(alias, wrapped)
    }
    fn destroy(&self, _: &KeyAlias) -> Result<(), VaultError> {
        Ok(())
    }
    fn contains(&self, alias: &KeyAlias) -> Result<bool, VaultError> {
        self.0.contains(alias)
    }
    fn device_public_key(&self) -> Result<Vec<u8>, VaultError> {
        self.0.device_public_key()
    }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.0.sign(message)
    }
}

#[test]
fn a_key_that_is_still_there_is_not_certified_as_destroyed() {
    let folder = tempfile::tempdir().unwrap();
    let tablet = Tablet::sealed(folder.path());
    let permission = tablet.permission();
    let Tablet { root, mut desk, vault, visit, part } = tablet;
    let vault = Hoarder(vault);
    let actor = "staff-02".parse().unwrap();
    let erased = erase_visit(&root, &mut desk, &vault, &FixedClock, &actor, &permission);
    assert!(matches!(erased, Err(Error::Key(VaultError::Unavailable))));
    assert_eq!(desk.tombstone(visit, part).unwrap().erased_at, None);
    let mut tablet = Tablet { root, desk, vault: vault.0, visit, part };
    tablet.resume().unwrap();
    tablet.assert_erased();
}
