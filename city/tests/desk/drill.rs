//! The yearly drill of the recovery key, with the right key, the wrong key, and one that opens nothing.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use homon_city::desk::drill::{self, DrillError};
use homon_city::desk::journal;
use homon_city::desk::status::{self, OVERDUE_DAYS};
use homon_seal::recipients::RecipientKind;
use homon_seal::{Identity, OpenError};

use crate::city::TestCity;

fn last_entry(city: &TestCity) -> (String, String) {
    let entry = journal::read(&city.folder.desk()).unwrap().entries.pop().unwrap();
    (entry.action.to_string(), entry.detail.map(|detail| detail.to_string()).unwrap_or_default())
}

fn opened_city(kind: RecipientKind) -> (TestCity, PathBuf) {
    let city = TestCity::found_with(kind);
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    city.deliver(&part.key, &tablet.seal(&part));
    assert_eq!(city.open().opened.len(), 1);
    let safe = city.root().with_file_name("safe");
    fs::rename(city.folder.recovery(), &safe).unwrap();
    (city, safe)
}

#[test]
fn the_key_from_the_safe_opens_the_newest_visit_and_a_copy() {
    for kind in [RecipientKind::Hybrid, RecipientKind::X25519] {
        let (city, safe) = opened_city(kind);
        for place in [safe.clone(), safe.join("recovery.key")] {
            let proven = drill::check(&city.folder, &place, &city.clock).unwrap();
            assert!(proven.package.unwrap().to_string().starts_with("visit/"));
            assert_eq!(proven.entries, 7);
            assert_eq!(last_entry(&city), ("recovery-drill".to_owned(), "passed".to_owned()));
        }
    }
}

#[test]
fn where_no_visit_lies_a_fresh_package_is_tried() {
    let city = TestCity::found();
    let proven = drill::check(&city.folder, &city.folder.recovery(), &city.clock).unwrap();
    assert_eq!((proven.package, proven.entries), (None, 0));
    assert_eq!(last_entry(&city).1, "passed");
}

#[test]
fn another_key_is_told_and_the_drill_counts_as_failed() {
    let (city, safe) = opened_city(RecipientKind::X25519);
    let wrong = city.root().with_file_name("wrong.key");
    fs::write(&wrong, format!("{}\n", *Identity::make_x25519().to_secret_string())).unwrap();
    for other in [&wrong, &city.folder.desk().work_key(), &city.folder.office_key()] {
        assert!(matches!(drill::check(&city.folder, other, &city.clock), Err(DrillError::OtherKey(_))));
        assert_eq!(last_entry(&city), ("recovery-drill".to_owned(), "failed".to_owned()));
    }
    assert_eq!(journal::state(&city.folder.desk()).unwrap().last_drill_at, None);
    let entries = journal::state(&city.folder.desk()).unwrap().entries;
    assert!(matches!(drill::check(&city.folder, &safe.join("nothing"), &city.clock), Err(DrillError::Key(_))));
    assert_eq!(journal::state(&city.folder.desk()).unwrap().entries, entries, "no key was tried");
}

#[test]
fn a_key_that_does_not_open_what_was_encrypted_to_it_is_told() {
    // The desk believes that packages go to this recovery key too, and they went to the work key alone.
    let (city, safe) = opened_city(RecipientKind::X25519);
    let desk = city.folder.desk();
    let mut record = fs::read_to_string(desk.city()).unwrap();
    let (old, new) = (key(&safe), Identity::make_x25519());
    record = record.replace(&old.recipient().to_string(), &new.recipient().to_string());
    fs::write(desk.city(), record).unwrap();
    fs::write(safe.join("recovery.key"), format!("{}\n", *new.to_secret_string())).unwrap();
    let fingerprint = city.city().recipients.work.fingerprint();
    let place = walk(&desk.visits());
    let opened = fs::read_to_string(&place).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&opened).unwrap();
    json["manifest"]["recipients"] = serde_json::to_value(fingerprint).unwrap();
    fs::write(&place, json.to_string()).unwrap();
    let failed = drill::check(&city.folder, &safe, &city.clock);
    assert!(matches!(failed, Err(DrillError::Package { problem: OpenError::NotForUs, .. })), "{failed:?}");
    assert_eq!(last_entry(&city).1, "failed");
}

fn key(safe: &std::path::Path) -> Identity {
    Identity::parse_file(&fs::read_to_string(safe.join("recovery.key")).unwrap()).unwrap()
}

fn walk(visits: &std::path::Path) -> PathBuf {
    let file = crate::city::files_below(visits).into_iter().find(|file| file.ends_with("opened.json")).unwrap();
    visits.join(file)
}

#[test]
fn after_a_year_status_asks_for_the_next() {
    let (city, safe) = opened_city(RecipientKind::X25519);
    let due = |city: &TestCity| status::status(&city.folder, OVERDUE_DAYS * 100, &city.clock).unwrap();
    assert!(!due(&city).desk.unwrap().drill_is_due);
    city.set_time("2027-09-25T00:30:00Z");
    let status = due(&city);
    assert!(status.desk.as_ref().unwrap().drill_is_due && status.is_outstanding());
    assert!(
        status.to_string().contains("- the recovery key was last proven more than a year ago: run `recover --check`")
    );
    drill::check(&city.folder, &safe, &city.clock).unwrap();
    assert!(!due(&city).desk.unwrap().drill_is_due);
}

#[test]
fn the_command_says_what_was_proven() {
    let (city, safe) = opened_city(RecipientKind::X25519);
    let run = |key: &std::path::Path| {
        Command::new(env!("CARGO_BIN_EXE_homon-city"))
            .args(["recover", "--check", "--dir", city.root().to_str().unwrap(), "--key", key.to_str().unwrap()])
            .output()
            .unwrap()
    };
    let proven = run(&safe);
    let said = String::from_utf8_lossy(&proven.stdout);
    assert!(
        proven.status.success() && said.contains("It opens visit/") && said.contains("copies of visit keys"),
        "{said}"
    );
    let other = run(&city.folder.desk().work_key());
    assert_eq!(other.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&other.stderr).contains("is not this city's recovery key"));
}
