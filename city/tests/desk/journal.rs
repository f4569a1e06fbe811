//! The desk's journal: every command that changes something is in it, by whom, and no name is.

use std::fs;
use std::process::{Command, Output};

use homon_city::desk::export::{self, Template};
use homon_city::desk::{journal, revoke};
use homon_domain::platform::Clock;

use crate::city::TestCity;
use crate::people::{ADDRESS, IVS_NAME, NUMBER};

fn homon_city(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_homon-city")).args(arguments).env_remove("HOMON_BY").output().unwrap()
}

/// Enrolled, delivered, opened, exported, revoked; and a package that nobody can open.
fn busy_city() -> TestCity {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let (part, spoiled) = (tablet.usual_part(1, 1), tablet.usual_part(2, 1));
    let (hello, greeting) = tablet.hello();
    city.deliver(&hello, &greeting);
    city.deliver(&part.key, &tablet.seal(&part));
    city.deliver(&spoiled.key, b"no package");
    for _ in 0..2 {
        assert_eq!(city.open().refused.len(), 1);
    }
    export::export(&city.folder, &city.root().with_file_name("export"), &Template::default(), &city.clock).unwrap();
    revoke::revoke(&city.folder, part.key.device, &city.clock).unwrap();
    city
}

#[test]
fn what_was_done_is_there_in_order_and_no_name_is() {
    let city = busy_city();
    let read = journal::read(&city.folder.desk()).unwrap();
    assert_eq!(read.fault, None);
    let said: Vec<String> = read.entries.iter().map(|entry| format!("{} {}", entry.actor, entry.action)).collect();
    let expected = ["found", "enrol", "open-hello", "open", "refuse-damaged", "export", "revoke"];
    assert_eq!(said, expected.map(|action| format!("desk {action}")));
    let text = fs::read_to_string(city.folder.desk().journal()).unwrap();
    for personal in [IVS_NAME, ADDRESS, NUMBER, "083-000-0000"] {
        assert!(!text.contains(personal));
    }
}

#[test]
fn the_command_shows_verifies_and_names_who_did_it() {
    let city = busy_city();
    let dir = city.root().to_str().unwrap();
    let out = city.root().with_file_name("second");
    let exported = homon_city(&["export", "--dir", dir, "--out", out.to_str().unwrap(), "--by", "city-01"]);
    assert!(exported.status.success(), "{}", String::from_utf8_lossy(&exported.stderr));
    let shown = String::from_utf8(homon_city(&["journal", "--dir", dir]).stdout).unwrap();
    let last = shown.lines().last().unwrap().split_whitespace().collect::<Vec<_>>();
    assert_eq!((last[0], &last[3..]), ("8", &["city-01", "export", "cases-3"][..]));
    let read = journal::read(&city.folder.desk()).unwrap();
    let verified = String::from_utf8(homon_city(&["journal", "--dir", dir, "--verify"]).stdout).unwrap();
    assert!(verified.starts_with("The journal holds: 8 entries."), "{verified}");
    let head = homon_seal::enrolment::fingerprint_groups(&read.head);
    assert!(verified.ends_with(&format!("  8  {head}\n")), "{verified}");
    let json: serde_json::Value =
        serde_json::from_slice(&homon_city(&["journal", "--dir", dir, "--json"]).stdout).unwrap();
    assert_eq!((json["entries"].as_array().unwrap().len(), json["fault"].is_null()), (8, true));
    assert_eq!(homon_city(&["journal", "--dir", dir, "--set-aside"]).status.code(), Some(1));
    assert_eq!(homon_city(&["open", "--dir", dir, "--by", "見本"]).status.code(), Some(2));
}

#[test]
fn who_is_at_the_desk_may_stand_in_the_environment() {
    let city = busy_city();
    let dir = city.root().to_str().unwrap();
    let tablet = crate::tablet::Tablet::new("tablet-02");
    let request = city.root().with_file_name("request.jws");
    fs::write(&request, tablet.request(city.clock.now())).unwrap();
    let enrolled = Command::new(env!("CARGO_BIN_EXE_homon-city"))
        .args(["enrol", "--dir", dir, request.to_str().unwrap(), "--out", &format!("{dir}.enrolment")])
        .env("HOMON_BY", "city-02")
        .output()
        .unwrap();
    assert!(enrolled.status.success(), "{}", String::from_utf8_lossy(&enrolled.stderr));
    let last = journal::read(&city.folder.desk()).unwrap().entries.pop().unwrap();
    assert_eq!((last.actor.as_str(), last.action.as_str()), ("city-02", "enrol"));
}

#[test]
fn a_broken_journal_is_named_and_stops_only_what_would_write_over_it() {
    let city = busy_city();
    let dir = city.root().to_str().unwrap();
    let path = city.folder.desk().journal();
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("enrol", "renew")).unwrap();
    let verified = homon_city(&["journal", "--dir", dir, "--verify"]);
    assert_eq!(verified.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&verified.stdout).contains("broken at entry 2"));
    let opened = homon_city(&["open", "--dir", dir]);
    assert_eq!(opened.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&opened.stderr).contains("homon-city journal --set-aside"));
    assert!(!homon_city(&["status", "--dir", dir]).stdout.is_empty());
    assert!(homon_city(&["journal", "--dir", dir, "--set-aside", "--by", "city-01"]).status.success());
    assert!(homon_city(&["journal", "--dir", dir, "--verify"]).status.success());
    // What had been refused is told anew in the new journal.
    assert_eq!(city.open().refused.len(), 1);
    assert_eq!(journal::read(&city.folder.desk()).unwrap().entries.len(), 2);
}
