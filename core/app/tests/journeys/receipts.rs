//! Receipts that are not the city's word for this very package are counted, and do nothing.

use homon_app::{Error, Later, SyncReport, VisitStage};
use homon_city::intake::{ReceiptKind, layout};
use homon_domain::ids::{DeviceId, VisitId};
use homon_domain::platform::Clock;
use homon_seal::jws::{sign, unverified_claims};
use homon_seal::receipt::{HELD_TYP, OPENED_TYP, issue_held, issue_opened};
use homon_seal::{PackageKey, Sha256Digest, Signer, SigningKey, Subject};
use serde_json::Value;

use crate::sending::device;
use crate::tablet::{PART, Tablet};
use crate::world::{Server, World};

/// A tablet whose visit the city holds and has not opened.
struct Sent {
    world: World,
    server: Server,
    tablet: Tablet,
    package: PackageKey,
    sha256: Sha256Digest,
}

impl Sent {
    async fn by(world: World) -> Self {
        let server = world.serve().await;
        let tablet = world.enrolled("tablet-1").await;
        let visit = tablet.seal_a_visit().await;
        tablet.sync().await.unwrap();
        let package = tablet.package(device(&world), visit, 1).await;
        let sha256 = world.arrived(&package).unwrap();
        Self { world, server, tablet, package, sha256 }
    }

    fn visit(&self) -> VisitId {
        self.package.subject.visit().unwrap().0
    }

    fn opened_by(&self, key: &SigningKey, package: &PackageKey, sha256: Sha256Digest) -> String {
        issue_opened(key, package, sha256, Sha256Digest::of(b"recipients"), self.world.clock.now()).unwrap()
    }

    /// Puts a token in the place of an *opened* receipt and holds that it is not believed and does nothing.
    async fn assert_rejected(&self, token: &str) {
        self.world.put_receipt(&self.package, ReceiptKind::Opened, token);
        let before = self.tablet.held().await;
        assert_eq!(self.tablet.sync().await.unwrap(), SyncReport { rejected: 1, ..SyncReport::default() });
        assert_eq!(self.tablet.held().await, before, "a forged receipt changed something");
        assert!(!self.tablet.homon.today().await.unwrap().chain_proven);
    }

    /// The true receipt, after all the others, does what it should.
    async fn assert_the_true_one_erases(self) {
        std::fs::remove_file(self.world.in_store(&layout::receipt(&self.package, ReceiptKind::Opened))).unwrap();
        let opened = self.world.open();
        assert!(opened.refused.is_empty(), "{:?}", opened.refused);
        let report = self.tablet.sync().await.unwrap();
        assert_eq!((report.erased, report.rejected), (1, 0));
        assert_eq!(self.tablet.stage(self.visit()).await, VisitStage::Erased);
        self.server.stop().await;
    }
}

#[tokio::test]
async fn the_intake_cannot_say_that_the_desk_has_opened() {
    let sent = Sent::by(World::found()).await;
    let held_key = sent.world.held_key();
    sent.assert_rejected(&sent.opened_by(&held_key, &sent.package, sent.sha256)).await;
    let stranger = SigningKey::make();
    sent.assert_rejected(&sent.opened_by(&stranger, &sent.package, sent.sha256)).await;
    sent.assert_rejected(&sent.world.receipt(&sent.package, ReceiptKind::Held).unwrap()).await;
    sent.assert_the_true_one_erases().await;
}

#[tokio::test]
async fn a_receipt_for_something_else_is_not_one_for_this() {
    let sent = Sent::by(World::found()).await;
    let desk = sent.world.opened_key();
    let PackageKey { device, subject, seal } = sent.package;
    let (visit, part) = subject.visit().unwrap();
    let others = [
        PackageKey { seal: seal.next(), ..sent.package },
        PackageKey { device: DeviceId::make(), ..sent.package },
        PackageKey { subject: Subject::Visit { visit: VisitId::make(), part }, ..sent.package },
        PackageKey { subject: Subject::Visit { visit, part: part.next() }, ..sent.package },
        PackageKey { subject: Subject::Tally { visit, part }, ..sent.package },
        PackageKey { device, subject: Subject::Hello, seal },
    ];
    for other in others {
        sent.assert_rejected(&sent.opened_by(&desk, &other, sent.sha256)).await;
    }
    sent.assert_rejected(&sent.opened_by(&desk, &sent.package, Sha256Digest::of(b"other bytes"))).await;
    sent.assert_the_true_one_erases().await;
}

#[tokio::test]
async fn a_receipt_of_another_tablet_or_another_city() {
    let sent = Sent::by(World::found()).await;
    let elsewhere = Sent::by(World::found()).await;
    elsewhere.world.open();
    let theirs = elsewhere.world.receipt(&elsewhere.package, ReceiptKind::Opened).unwrap();
    sent.assert_rejected(&theirs).await;
    sent.assert_rejected(&sent.opened_by(&elsewhere.world.opened_key(), &sent.package, sent.sha256)).await;
    sent.assert_the_true_one_erases().await;
}

#[tokio::test]
async fn a_receipt_that_was_changed() {
    let sent = Sent::by(World::found()).await;
    let desk = sent.world.opened_key();
    let token = sent.opened_by(&desk, &sent.package, sent.sha256);
    let claims: Value = unverified_claims(&token, OPENED_TYP).unwrap();
    // The right claims by the right key, under the name of the other kind.
    sent.assert_rejected(&sign(Signer::City(&desk), HELD_TYP, &claims).unwrap()).await;
    let parts: Vec<&str> = token.split('.').collect();
    sent.assert_rejected(&format!("{}.{}.", parts[0], parts[1])).await;
    sent.assert_rejected(&format!("{}.{}.{}", parts[0], parts[1], "A".repeat(parts[2].len()))).await;
    sent.assert_rejected("葛原 ハツヱ").await;
    sent.assert_the_true_one_erases().await;
}

#[tokio::test]
async fn a_held_receipt_that_is_not_true_does_not_lock_the_visit() {
    let world = World::found();
    let server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    tablet.sync().await.unwrap();
    let visit = tablet.seal_a_visit().await;
    let package = tablet.package(device(&world), visit, 1).await;
    let sha256 = Sha256Digest::of(&std::fs::read(tablet.path(&format!("files/sealed/visit-{visit}-1-1.age"))).unwrap());
    let now = world.clock.now();
    let forged = [
        issue_held(&world.opened_key(), &package, sha256, now).unwrap(),
        issue_held(&SigningKey::make(), &package, sha256, now).unwrap(),
        issue_held(&world.held_key(), &PackageKey { seal: package.seal.next(), ..package }, sha256, now).unwrap(),
        issue_held(&world.held_key(), &PackageKey { device: DeviceId::make(), ..package }, sha256, now).unwrap(),
        issue_held(&world.held_key(), &package, Sha256Digest::of(b"other bytes"), now).unwrap(),
    ];
    // The notice is sealed now, so that it is not what changes below.
    crate::personal::refused(tablet.only_fetch().await);
    for token in &forged {
        world.put_receipt(&package, ReceiptKind::Held, token);
        // Nothing is sent, so the intake's own word does not come in between.
        let error = tablet.unchanged(tablet.only_fetch()).await;
        assert_eq!(error, Error::RetryLater { why: Later::Stopped });
        assert_eq!(tablet.stage(visit).await, VisitStage::Sealed);
    }
    std::fs::remove_file(world.in_store(&layout::receipt(&package, ReceiptKind::Held))).unwrap();
    let report = tablet.sync().await.unwrap();
    assert_eq!((report.rejected, tablet.stage(visit).await), (0, VisitStage::Held));
    // The same for a package that nothing is waited for any more: they are counted.
    let notice = PackageKey { subject: Subject::Notice { visit, part: PART }, ..package };
    for token in &forged {
        world.put_receipt(&notice, ReceiptKind::Held, token);
        let report = tablet.sync().await.unwrap();
        assert_eq!(report, SyncReport { rejected: 1, ..SyncReport::default() });
    }
    server.stop().await;
}

#[tokio::test]
async fn receipts_are_taken_once_and_again_do_nothing() {
    let sent = Sent::by(World::found()).await;
    sent.world.open();
    let first = sent.tablet.sync().await.unwrap();
    assert_eq!((first.opened, first.erased, first.rejected), (3, 1, 0));
    let before = sent.tablet.held().await;
    assert_eq!(sent.tablet.sync().await.unwrap(), SyncReport::default());
    assert_eq!(sent.tablet.held().await, before);
    // A receipt from before for a new seal of a new visit: replayed, it is for another package.
    let old = sent.world.receipt(&sent.package, ReceiptKind::Opened).unwrap();
    let visit = sent.tablet.seal_a_visit().await;
    let package = sent.tablet.package(sent.package.device, visit, 1).await;
    sent.world.put_receipt(&package, ReceiptKind::Opened, &old);
    let report = sent.tablet.sync().await.unwrap();
    assert_eq!((report.rejected, report.erased), (1, 0));
    assert_eq!(sent.tablet.stage(visit).await, VisitStage::Held);
    assert_eq!(sent.tablet.homon.board(visit, PART).await.unwrap().len(), 1);
}
