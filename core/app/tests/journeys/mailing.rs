//! The desk's mail reaches the tablet once, whatever happens on the way; what is not the desk's changes nothing.

use std::fs;
use std::path::PathBuf;

use homon_app::{Error, Homon, Later, SyncReport};
use homon_city::desk::mail::{self, MailLine};
use homon_city::desk::rotate::{self, CityKey, Former};
use homon_city::intake::layout::{self, MailState};
use homon_domain::applicant::{Contact, ContactOf};
use homon_domain::delivery::{Deficiency, DeficiencyKind};
use homon_domain::ids::{DeviceId, MailNumber, RosterId, VisitId};
use homon_domain::mail::{DeficiencyNotice, MailContent};
use homon_domain::numbers::Phone;
use homon_domain::roster::{ExpectedResident, Roster};
use homon_domain::text::ReceivedText;
use homon_seal::mail::{FORMAT, MAX_SEALED};
use homon_seal::{Identity, Mail, Recipient, SigningKey};

use crate::tablet::Tablet;
use crate::world::World;

pub(crate) const NAME: &str = "渡\u{9089}\u{e0101}　神\u{fe00}";

pub(crate) fn text(text: &str) -> ReceivedText {
    ReceivedText::from_register(text, ReceivedText::LONG).unwrap()
}

pub(crate) fn number(number: u32) -> MailNumber {
    MailNumber::new(number).unwrap()
}

pub(crate) fn expected(name: &str) -> ExpectedResident {
    let written = serde_json::json!({ "name": name, "place": {"order": 2, "room": "203"} });
    serde_json::from_value(written).unwrap()
}

pub(crate) fn roster(visit: Option<VisitId>, residents: Vec<ExpectedResident>) -> MailContent {
    MailContent::Roster(Roster { id: RosterId::make(), visit, residents })
}

pub(crate) fn returned() -> DeficiencyNotice {
    DeficiencyNotice {
        visit: VisitId::make(),
        case: "1-004".parse().unwrap(),
        name: text(NAME),
        contact: Some(Contact {
            whose: ContactOf::Relation { name: text("渡邉　花") },
            phone: Phone::parse("083-000-1234").unwrap(),
            hours: None,
        }),
        deficiency: Deficiency { kind: DeficiencyKind::Photo, note: Some(text("背景に影")) },
        on: "2026-09-15".parse().unwrap(),
    }
}

impl World {
    /// Posts as the desk does.
    pub(crate) async fn post(&self, tablet: &Tablet, content: MailContent) -> MailNumber {
        mail::post(&self.folder, tablet.device().await, content, &*self.clock).unwrap()
    }

    pub(crate) async fn posted(&self, tablet: &Tablet) -> Vec<MailLine> {
        mail::posted(&self.folder, tablet.device().await).unwrap()
    }

    fn waiting(&self, device: DeviceId, of: u32) -> PathBuf {
        self.in_store(&layout::mail(device, number(of), MailState::Waiting))
    }

    fn mailbox_of(&self, device: DeviceId) -> Recipient {
        let devices = homon_city::desk::devices::Devices::read(&self.folder.desk()).unwrap();
        devices.get(device).unwrap().mailbox.clone()
    }
}

async fn kept(homon: &Homon) -> (usize, usize) {
    (homon.rosters().await.unwrap().len(), homon.messages().await.unwrap().len())
}

#[tokio::test]
async fn mail_is_kept_once_and_given_up_by_the_intake() {
    let world = World::found();
    let _server = world.serve().await;
    let (tablet, neighbour) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    tablet.sync().await.unwrap();
    world.post(&tablet, roster(None, vec![expected(NAME)])).await;
    world.post(&tablet, MailContent::Deficiency(returned())).await;
    world.post(&neighbour, MailContent::Deficiency(returned())).await;
    let report = tablet.sync().await.unwrap();
    assert_eq!(report, SyncReport { mail: 2, ..SyncReport::default() });
    assert_eq!(kept(&tablet.homon).await, (1, 1));
    assert!(world.posted(&tablet).await.iter().all(|line| line.taken_at.is_some()));
    assert!(world.posted(&neighbour).await.iter().all(|line| line.taken_at.is_none()));
    assert_eq!(tablet.sync().await.unwrap(), SyncReport::default());
    let tablet = tablet.restart().await;
    tablet.sign_in().await;
    assert_eq!(kept(&tablet.homon).await, (1, 1));
}

/// Whatever was done and whatever was not when the app or the line died, the next sync makes it whole, and nothing comes
/// twice.
#[tokio::test]
async fn mail_that_comes_again_does_nothing_twice() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    tablet.sync().await.unwrap();
    let device = tablet.device().await;
    world.post(&tablet, roster(None, vec![expected(NAME)])).await;
    world.post(&tablet, MailContent::Deficiency(returned())).await;
    let sealed = [1, 2].map(|of| fs::read(world.waiting(device, of)).unwrap());
    tablet.sync().await.unwrap();
    // The intake was never told that the tablet has it.
    for (of, sealed) in [1, 2].into_iter().zip(&sealed) {
        fs::remove_file(world.in_store(&layout::mail(device, number(of), MailState::Taken))).unwrap();
        fs::write(world.waiting(device, of), sealed).unwrap();
    }
    assert_eq!(tablet.sync().await.unwrap(), SyncReport::default());
    assert!(!world.waiting(device, 1).exists() && !world.waiting(device, 2).exists());
    assert_eq!(kept(&tablet.homon).await, (1, 1));
    // Nor does it come again when it was erased meanwhile.
    tablet.homon.erase_message(number(2)).await.unwrap();
    fs::remove_file(world.in_store(&layout::mail(device, number(2), MailState::Taken))).unwrap();
    fs::write(world.waiting(device, 2), &sealed[1]).unwrap();
    tablet.sync().await.unwrap();
    assert_eq!(kept(&tablet.homon).await, (1, 0));
}

#[tokio::test]
async fn what_is_not_the_desks_is_refused_counted_and_left() {
    let world = World::found();
    let _server = world.serve().await;
    let (tablet, neighbour) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    tablet.sync().await.unwrap();
    let (device, other) = (tablet.device().await, neighbour.device().await);
    world.post(&tablet, MailContent::Deficiency(returned())).await;
    let first = fs::read(world.waiting(device, 1)).unwrap();
    assert_eq!(tablet.sync().await.unwrap().mail, 1);
    world.post(&neighbour, MailContent::Deficiency(returned())).await;

    let made = |of: u32, to: DeviceId, key: &SigningKey, mailbox: &Recipient| {
        let content = MailContent::Deficiency(returned());
        let mail = Mail {
            format: FORMAT,
            device: to,
            number: number(of),
            made_at: "2026-09-16T00:00:00Z".parse().unwrap(),
            content,
        };
        mail.seal(key, mailbox).unwrap()
    };
    let (key, mailbox) = (world.mail_key(), world.mailbox_of(device));
    let mut flipped = made(2, device, &key, &mailbox);
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let forged: [(&str, u32, Vec<u8>); 9] = [
        ("another's key", 2, made(2, device, &SigningKey::make(), &mailbox)),
        ("the receipt key of the intake", 2, made(2, device, &world.held_key(), &mailbox)),
        ("for another tablet", 2, made(2, other, &key, &mailbox)),
        ("another tablet's", 2, fs::read(world.waiting(other, 1)).unwrap()),
        ("encrypted to nobody here", 2, made(2, device, &key, &Identity::make_x25519().recipient())),
        ("an old one under a new number", 2, first),
        ("a flipped bit", 2, flipped),
        ("no age file", 2, b"no age file".to_vec()),
        ("another one under a number that is here", 1, made(1, device, &key, &mailbox)),
    ];
    let files = |tablet: &Tablet| crate::tablet::digests(&tablet.path("files/messages"));
    let before = files(&tablet);
    for (what, of, sealed) in forged {
        fs::create_dir_all(world.waiting(device, of).parent().unwrap()).unwrap();
        let _ = fs::remove_file(world.in_store(&layout::mail(device, number(of), MailState::Taken)));
        fs::write(world.waiting(device, of), sealed).unwrap();
        let report = tablet.sync().await.unwrap();
        assert_eq!(report, SyncReport { mail_refused: 1, ..SyncReport::default() }, "{what}");
        assert!(world.waiting(device, of).exists(), "{what}: the city sees that it did not arrive");
        fs::remove_file(world.waiting(device, of)).unwrap();
        assert_eq!((kept(&tablet.homon).await, files(&tablet)), ((0, 1), before.clone()), "{what}");
    }
    // One that is longer than mail can be is not even offered.
    fs::write(world.waiting(device, 2), vec![0; MAX_SEALED + 1]).unwrap();
    assert_eq!(tablet.sync().await.unwrap(), SyncReport::default());
    fs::remove_file(world.waiting(device, 2)).unwrap();
    // And the true one comes through after all of them.
    world.post(&tablet, MailContent::Deficiency(returned())).await;
    assert_eq!(tablet.sync().await.unwrap(), SyncReport { mail: 1, ..SyncReport::default() });
    assert_eq!(kept(&tablet.homon).await, (0, 2));
}

#[tokio::test]
async fn a_gap_in_the_numbers_is_told_and_keeps_nothing_back() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    tablet.sync().await.unwrap();
    let device = tablet.device().await;
    for _ in 0..4 {
        world.post(&tablet, MailContent::Deficiency(returned())).await;
    }
    let [first, third] = [1, 3].map(|of| fs::read(world.waiting(device, of)).unwrap());
    fs::remove_file(world.waiting(device, 1)).unwrap();
    fs::write(world.waiting(device, 3), b"spoiled").unwrap();
    let report = tablet.sync().await.unwrap();
    let expected = SyncReport { mail: 2, mail_refused: 1, mail_missing: 1, ..SyncReport::default() };
    assert_eq!(report, expected, "the first never came, the third is refused");
    for (of, sealed) in [(1, first), (3, third)] {
        fs::write(world.waiting(device, of), sealed).unwrap();
    }
    assert_eq!(tablet.sync().await.unwrap(), SyncReport { mail: 2, ..SyncReport::default() });
}

/// A letter that brings a new mail key is signed by the old one, and all that follow by the new.
#[tokio::test]
async fn mail_after_an_exchange_of_its_key_is_believed_in_order() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    tablet.sync().await.unwrap();
    world.post(&tablet, MailContent::Deficiency(returned())).await;
    world.wait(chrono::TimeDelta::seconds(1));
    rotate::exchange(&world.folder, CityKey::Mail, Former::Trusted, &*world.clock).unwrap();
    world.post(&tablet, roster(None, vec![expected(NAME)])).await;
    let report = tablet.sync().await.unwrap();
    assert_eq!((report.mail, report.mail_refused), (3, 0));
    assert_eq!(kept(&tablet.homon).await, (1, 1));
}

/// New rules that do not know who is signed in wait at the intake for someone whom they know.
#[tokio::test]
async fn rules_that_would_lock_someone_out_wait_for_the_next() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    tablet.sync().await.unwrap();
    tablet.homon.add_staff("worker-01".into(), "294018".into()).await.unwrap();
    let file = world.folder.programme();
    let rules = fs::read_to_string(&file).unwrap();
    let left = rules.replace("code = \"manager-01\"", "code = \"manager-09\"");
    assert_ne!(left, rules);
    fs::write(&file, left).unwrap();
    world.wait(chrono::TimeDelta::seconds(1));
    rotate::exchange(&world.folder, CityKey::Held, Former::Trusted, &*world.clock).unwrap();
    world.post(&tablet, MailContent::Deficiency(returned())).await;
    let report = tablet.sync().await.unwrap();
    assert_eq!((report.mail, report.mail_refused, report.mail_missing), (1, 0, 0), "the message came, the rules wait");
    assert!(world.waiting(tablet.device().await, 1).exists());
    tablet.try_sign_in(("worker-01", "294018")).await.unwrap();
    assert_eq!(tablet.sync().await.unwrap().mail, 1);
    assert!(tablet.try_sign_in(crate::tablet::MANAGER).await.is_err());
}

#[tokio::test]
async fn without_a_network_or_when_it_is_stopped_the_mail_stays_where_it_is() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let server = world.serve().await;
    tablet.sync().await.unwrap();
    world.post(&tablet, MailContent::Deficiency(returned())).await;
    assert_eq!(tablet.only_fetch().await, Err(Error::RetryLater { why: Later::Stopped }));
    server.stop().await;
    assert_eq!(tablet.sync().await, Err(Error::RetryLater { why: Later::Offline }));
    let _server = world.serve().await;
    assert_eq!(tablet.sync().await.unwrap().mail, 1);
}
