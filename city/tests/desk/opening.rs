//! Opening what is in order, interrupted or not, in one part or two, sealed once or twice.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use homon_city::desk::opened::{self, Opened};
use homon_city::intake::ReceiptKind;
use homon_city::intake::layout;
use homon_domain::ids::{PartNumber, VisitId};
use homon_seal::Sha256Digest;
use homon_seal::recipients::RecipientKind;
use uuid::Uuid;

use crate::city::{MORNING, TestCity, files_below};
use crate::people::{ADDRESS, COMPAT_NAME, IVS_NAME};
use crate::tablet::VISIT;

#[test]
fn a_visit_is_laid_open_as_it_was_sealed_and_receipted() {
    for kind in [RecipientKind::Hybrid, RecipientKind::X25519] {
        let city = TestCity::found_with(kind);
        let tablet = city.enrol("tablet-01");
        let part = tablet.usual_part(1, 1);
        let sha256 = city.deliver(&part.key, &tablet.seal(&part));
        assert!(city.opened_receipt(&part.key, sha256).is_none());
        let report = city.open();
        assert!(report.refused.is_empty(), "{:?}", report.refused);
        assert_eq!((report.opened.len(), report.opened[0].cases, report.before), (1, 3, 0));
        let place = city.folder.desk().place_of(&part.key).unwrap();
        assert_eq!(
            files_below(&place),
            [
                "audit.jsonl",
                "cases/1-001.json",
                "cases/1-002.json",
                "cases/1-003.json",
                "opened.json",
                "photos/1-001.jpg",
                "photos/1-002.jpg",
                "visit.json"
            ]
        );
        for (path, bytes) in part.cases.iter().chain(&part.photos) {
            assert_eq!(fs::read(place.join(path.to_string())).unwrap(), *bytes, "{path}");
        }
        for file in files_below(&place) {
            let mode = fs::metadata(place.join(&file)).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{file}");
        }
        let receipt = city.opened_receipt(&part.key, sha256).unwrap();
        assert_eq!(receipt.recipients(), tablet.enrolment().recipients.work.fingerprint());
        assert_eq!(receipt.at(), MORNING.parse::<chrono::DateTime<chrono::Utc>>().unwrap());
    }
}

#[test]
fn names_and_addresses_come_back_to_the_byte() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    city.deliver(&part.key, &tablet.seal(&part));
    city.open();
    let parts = opened::parts_that_count(&city.folder.desk()).unwrap();
    let cases = parts.values().next().unwrap().cases().unwrap();
    let names: Vec<&str> =
        cases.iter().filter_map(|case| case.applicant.name.as_ref()).map(|name| name.as_str()).collect();
    assert_eq!(names, [IVS_NAME, COMPAT_NAME]);
    assert_eq!(cases[0].applicant.address.as_ref().unwrap().as_str(), ADDRESS);
}

#[test]
fn a_hello_and_a_notice_are_recorded_and_receipted() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    for (key, sealed) in [tablet.hello(), tablet.notice(&part)] {
        let sha256 = city.deliver(&key, &sealed);
        let report = city.open();
        assert_eq!((report.opened.len(), report.refused.len()), (1, 0), "{:?}", report.refused);
        assert!(city.opened_receipt(&key, sha256).is_some());
        assert_eq!(*Opened::read(&city.folder.desk(), &key).unwrap().unwrap().key(), key);
    }
    let desk = files_below(city.folder.desk().path());
    assert!(desk.contains(&format!("notices/{VISIT}/1-1/notice.json")), "{desk:?}");
}

#[test]
fn opening_again_changes_nothing() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    let sha256 = city.deliver(&part.key, &tablet.seal(&part));
    city.open();
    let token = fs::read(city.in_store(&layout::receipt(&part.key, ReceiptKind::Opened))).unwrap();
    city.set_time("2026-10-01T00:00:00Z");
    let again = city.open();
    assert_eq!((again.opened.len(), again.before, again.refused.len()), (0, 1, 0));
    assert_eq!(fs::read(city.in_store(&layout::receipt(&part.key, ReceiptKind::Opened))).unwrap(), token);
    assert!(city.opened_receipt(&part.key, sha256).is_some());
}

#[test]
fn a_package_without_the_intakes_receipt_has_not_arrived() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    city.put(&layout::package(&part.key), &tablet.seal(&part));
    let report = city.open();
    assert_eq!((report.opened.len(), report.before, report.refused.len()), (0, 0, 0));
}

/// The command died while it wrote: a draft lies there, and no folder that looks whole.
#[test]
fn a_draft_of_an_interrupted_command_is_removed_and_the_work_finished() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    city.deliver(&part.key, &tablet.seal(&part));
    let draft = city.folder.desk().visits().join(".tmp-package-0c5ad1c7");
    fs::create_dir_all(draft.join("cases")).unwrap();
    fs::write(draft.join("cases/1-001.json"), b"{").unwrap();
    assert!(opened::parts_that_count(&city.folder.desk()).unwrap().is_empty());
    assert_eq!(city.open().opened.len(), 1);
    assert!(!draft.exists());
    assert_eq!(opened::parts_that_count(&city.folder.desk()).unwrap().len(), 1);
}

/// Killed again and again at any moment, the command leaves no folder that only looks whole, and no receipt without a
/// folder; in the end everything is open.
#[test]
fn a_command_killed_at_any_moment_leaves_nothing_half() {
    const VISITS: u128 = 12;
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    for visit in 1..=VISITS {
        let part = tablet.part_of_visit(VisitId(Uuid::from_u128(visit)));
        city.deliver(&part.key, &tablet.seal(&part));
    }
    let command = || {
        let mut open = Command::new(env!("CARGO_BIN_EXE_homon-city"));
        open.args(["open", "--dir", city.root().to_str().unwrap()]).stdout(Stdio::null());
        open
    };
    let mut killed = 0;
    let mut patience = Duration::from_millis(2);
    // A little longer each time, so that on any machine it dies at the beginning, in the middle and near the end.
    while whole_visits(&city) < VISITS as usize {
        let mut open = command().spawn().unwrap();
        std::thread::sleep(patience);
        killed += u32::from(open.try_wait().unwrap().is_none());
        open.kill().unwrap();
        open.wait().unwrap();
        patience += Duration::from_millis(3);
        assert!(patience < Duration::from_secs(5), "it gets nowhere");
    }
    assert!(killed > 0);
    assert!(command().status().unwrap().success());
    assert_eq!(whole_visits(&city), VISITS as usize);
    assert!(!files_below(city.folder.desk().path()).iter().any(|file| file.contains(".tmp-")));
    let receipts = files_below(&city.in_store("receipts"));
    assert_eq!(receipts.iter().filter(|name| name.ends_with(".opened.jws")).count(), VISITS as usize);
}

/// How many visits are open, each of them whole; and every receipt given is for one of them.
fn whole_visits(city: &TestCity) -> usize {
    let parts = opened::parts_that_count(&city.folder.desk()).unwrap();
    for part in parts.values() {
        for entry in &part.opened.manifest.entries {
            let bytes = fs::read(part.place.join(entry.path.to_string())).unwrap();
            assert_eq!(Sha256Digest::of(&bytes), entry.sha256, "{}", entry.path);
        }
    }
    let receipts = files_below(&city.in_store("receipts"));
    let given = receipts.iter().filter(|name| name.ends_with(".opened.jws")).count();
    assert!(given <= parts.len(), "a receipt without a visit");
    parts.len()
}

/// The command died between the folder and its receipt.
#[test]
fn a_folder_without_a_receipt_gets_it() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    let sha256 = city.deliver(&part.key, &tablet.seal(&part));
    city.open();
    let first = city.opened_receipt(&part.key, sha256).unwrap();
    fs::remove_file(city.in_store(&layout::receipt(&part.key, ReceiptKind::Opened))).unwrap();
    city.set_time("2026-10-01T00:00:00Z");
    let again = city.open();
    assert_eq!((again.opened.len(), again.before), (0, 1));
    assert_eq!(city.opened_receipt(&part.key, sha256).unwrap().at(), first.at());
}

/// The desk lost its folder after it had given the receipt, as after a restored backup.
#[test]
fn a_receipt_without_a_folder_is_opened_again() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    city.deliver(&part.key, &tablet.seal(&part));
    city.open();
    fs::remove_dir_all(city.folder.desk().place_of(&part.key).unwrap()).unwrap();
    assert_eq!(city.open().opened.len(), 1);
}

#[test]
fn two_tablets_make_one_visit() {
    let city = TestCity::found();
    let (first, second) = (city.enrol("tablet-01"), city.enrol("tablet-02"));
    let (one, two) = (first.usual_part(1, 1), second.usual_part(2, 1));
    city.deliver(&one.key, &first.seal(&one));
    city.deliver(&two.key, &second.seal(&two));
    assert_eq!(city.open().opened.len(), 2);
    let parts = opened::parts_that_count(&city.folder.desk()).unwrap();
    let numbers: Vec<PartNumber> = parts.keys().map(|(_, part)| *part).collect();
    assert_eq!(numbers, [PartNumber::FIRST, PartNumber::FIRST.next()]);
}

#[test]
fn an_amendment_counts_and_what_it_replaces_does_not() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let first = tablet.usual_part(1, 1);
    let mut second = tablet.usual_part(1, 2);
    second.reason = Some("photo-exchanged".parse().unwrap());
    city.deliver(&first.key, &tablet.seal(&first));
    assert_eq!(city.open().opened.len(), 1);
    let sha256 = city.deliver(&second.key, &tablet.seal(&second));
    let report = city.open();
    assert_eq!((report.opened.len(), report.superseded.len()), (1, 0));
    assert!(city.opened_receipt(&second.key, sha256).is_some());
    let parts = opened::parts_that_count(&city.folder.desk()).unwrap();
    let counting: Vec<u32> = parts.values().map(|part| part.seal().get()).collect();
    assert_eq!(counting, [2]);
}

#[test]
fn a_lower_seal_that_arrives_with_a_higher_one_is_not_opened() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let (first, second) = (tablet.usual_part(1, 1), tablet.usual_part(1, 2));
    city.deliver(&second.key, &tablet.seal(&second));
    let sha256 = city.deliver(&first.key, &tablet.seal(&first));
    let report = city.open();
    assert_eq!(report.opened.iter().map(|now| now.key).collect::<Vec<_>>(), [second.key]);
    assert_eq!(report.superseded, [first.key]);
    assert!(city.opened_receipt(&first.key, sha256).is_none());
    assert!(!city.folder.desk().place_of(&first.key).unwrap().exists());
}

#[test]
fn a_tally_is_not_the_desks_to_open() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    let (key, sealed) = tablet.tally(&part);
    let sha256 = city.deliver(&key, &sealed);
    let report = city.open();
    assert_eq!((report.opened.len(), report.refused.len()), (0, 0));
    assert!(city.opened_receipt(&key, sha256).is_none());
}

#[test]
fn the_record_of_an_opened_package_is_frozen() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    city.deliver(&part.key, &tablet.seal(&part));
    city.open();
    let opened = Opened::read(&city.folder.desk(), &part.key).unwrap().unwrap();
    insta::assert_json_snapshot!(opened, {
        ".sha256" => "[sha256]",
        ".manifest.key.device" => "[device]",
        ".manifest.recipients" => "[sha256]",
        ".manifest.entries[].size" => "[size]",
        ".manifest.entries[].sha256" => "[sha256]",
        ".manifest.audit_head" => "[sha256]",
    });
}
