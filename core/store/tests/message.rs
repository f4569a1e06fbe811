//! Messages of the desk: each in a file of its own key, once, until it is erased; and which mail was accepted.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use common::{Tablet, TestClock, event, message, number, staff};
use homon_domain::ids::MailNumber;
use homon_domain::platform::{Clock, KeyVault, VaultError};
use homon_store::{Error, KeptState, erase_message, message_alias};

#[test]
fn a_message_is_there_after_a_restart_and_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let new = message(7, "邉󠄂 﨑");
    let file = tablet.create_message(&new).unwrap();
    assert_eq!(file.body().unwrap(), new.body);
    drop(file);
    assert!(matches!(tablet.create_message(&message(7, "another")), Err(Error::AlreadyExists)));
    drop(tablet);
    let tablet = Tablet::start(folder.path());
    let file = tablet.open_message(number(7)).unwrap();
    assert_eq!((file.body().unwrap(), file.verify_audit().unwrap().seq), (new.body, 1));
    let row = tablet.desk.message(number(7)).unwrap();
    assert_eq!((row.visit, row.state, row.received_at), (new.visit, KeptState::Kept, event("message_received").at));
    assert_eq!((&row.handled, &row.erased_by), (&None, &None));
    assert_eq!(tablet.desk.messages().unwrap(), [row]);
    assert!(matches!(tablet.open_message(MailNumber::FIRST).map(|_| ()), Err(Error::Unknown)));
}

#[test]
fn what_was_handled_stays_so_and_what_is_erased_can_not_be() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    for number in [7, 8] {
        drop(tablet.create_message(&message(number, "山田")).unwrap());
    }
    let handled = event("message_handled");
    tablet.desk.handle_message(number(7), &handled).unwrap();
    let later = homon_store::AuditEvent { at: TestClock::new().now() + chrono::TimeDelta::days(1), ..handled.clone() };
    tablet.desk.handle_message(number(7), &later).unwrap();
    let row = tablet.desk.message(number(7)).unwrap();
    assert_eq!(row.handled, Some((handled.at, staff("staff-01"))), "the first time counts");
    assert!(matches!(tablet.desk.handle_message(number(9), &handled), Err(Error::Unknown)));
    let Tablet { root, vault, desk } = &mut tablet;
    erase_message(root, desk, vault, &TestClock::new(), &staff("staff-02"), number(8)).unwrap();
    assert!(matches!(desk.handle_message(number(8), &handled), Err(Error::WrongStage)));
    assert_eq!(desk.message(number(8)).unwrap().state, KeptState::Erased);
    desk.verify_audit().unwrap();
}

#[test]
fn damage_and_a_lost_key_are_told_and_touch_no_other_message() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    for number in [1, 2, 3] {
        drop(tablet.create_message(&message(number, "山田")).unwrap());
    }
    let path = |of: u32| tablet.root.path().join(format!("messages/{of:010}.homon"));
    let foreign = std::fs::read(path(1)).unwrap();
    std::fs::write(path(2), &foreign).unwrap();
    match tablet.open_message(number(2)) {
        Err(Error::Quarantined { name }) => assert_eq!(name, "0000000002~1.homon"),
        other => panic!("{:?}", other.map(|_| ())),
    }
    tablet.vault.destroy(&message_alias(number(3))).unwrap();
    assert!(matches!(tablet.open_message(number(3)).map(|_| ()), Err(Error::Key(VaultError::KeyMissing))));
    assert_eq!(tablet.open_message(number(1)).unwrap().body().unwrap(), message(1, "山田").body);
}

#[test]
fn whatever_is_flipped_or_cut_of_a_message_it_is_read_right_or_damage_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    for number in [1, 2] {
        drop(tablet.create_message(&message(number, "山田")).unwrap());
    }
    let path = tablet.root.path().join("messages/0000000001.homon");
    let whole = std::fs::read(&path).unwrap();
    let flips = (0..whole.len()).step_by(499).map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    });
    let cuts = [0, 1, 4095, 4096, whole.len() / 2, whole.len() - 1].map(|length| whole[..length].to_vec());
    let (mut tries, mut named) = (0, 0);
    for damaged in flips.chain(cuts) {
        std::fs::write(&path, &damaged).unwrap();
        tries += 1;
        match tablet.open_message(number(1)).and_then(|file| file.body()) {
            Ok(body) => assert_eq!(body, message(1, "山田").body),
            Err(Error::Damaged | Error::Quarantined { .. }) => named += 1,
            Err(other) => panic!("{other:?}"),
        }
        assert_eq!(tablet.open_message(number(2)).unwrap().body().unwrap(), message(2, "山田").body);
    }
    assert!(named > tries / 4, "{named} of {tries}");
    let aside = std::fs::read_dir(tablet.root.path().join("quarantine")).unwrap().count();
    assert!(aside > 0);
}

#[test]
fn mail_is_recorded_once_and_by_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let kind = "roster".parse().unwrap();
    for of in [12, 3] {
        tablet.desk.record_mail(number(of), &kind, [9; 32], &event("take_mail")).unwrap();
    }
    let again = tablet.desk.record_mail(number(3), &kind, [8; 32], &event("take_mail"));
    assert!(matches!(again, Err(Error::AlreadyExists)));
    let rows = tablet.desk.mail().unwrap();
    let facts: Vec<_> = rows.iter().map(|row| (row.number.get(), row.kind.as_str(), row.sha256)).collect();
    assert_eq!(facts, [(3, "roster", [9; 32]), (12, "roster", [9; 32])]);
    let log = tablet.desk.verify_audit().unwrap();
    assert_eq!(log.seq, 3, "what was refused is not in the log");
}

#[test]
fn debug_output_shows_nobody() {
    let shown = format!("{:?}", message(7, "やまだ"));
    assert!(shown.contains("number: MailNumber(7)") && !shown.contains("やまだ"), "{shown}");
}
