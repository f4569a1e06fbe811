//! 個人番号 leave encrypted, apart from everything else, and only where the programme asks for them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use homon_city::desk::journal;
use homon_city::desk::numbers::{self, NumbersError};
use homon_domain::applicant::RegisterNumber;
use homon_domain::case::Case;
use homon_domain::numbers::IndividualNumber;
use homon_seal::recipients::decrypt_small;
use homon_seal::{EntryPath, Identity};

use crate::city::{TestCity, files_below};
use crate::tablet::VISIT;

const INDIVIDUAL: &str = "123456789018";

/// One resident with a 個人番号, one with a 申請書ID, one to be visited again.
fn city() -> TestCity {
    let city = TestCity::found();
    let rules = fs::read_to_string(city.folder.programme()).unwrap();
    fs::write(city.folder.programme(), rules.replace("number = \"application_id\"", "number = \"either\"")).unwrap();
    let tablet = city.enrol("tablet-01");
    let mut part = tablet.usual_part(1, 1);
    let json = part.cases.get_mut(&EntryPath::Case("1-001".parse().unwrap())).unwrap();
    let mut case: Case = serde_json::from_slice(json).unwrap();
    case.applicant.number = Some(RegisterNumber::IndividualNumber(IndividualNumber::parse(INDIVIDUAL).unwrap()));
    *json = serde_json::to_vec(&case).unwrap();
    city.deliver(&part.key, &tablet.seal(&part));
    assert_eq!(city.open().opened.len(), 1);
    city
}

/// The receiving section's keys; the file of its recipients lies beside the city.
fn section(city: &TestCity, identities: &[&Identity]) -> PathBuf {
    let path = city.root().with_file_name("section.txt");
    let lines: String = identities.iter().map(|identity| format!("{}\n", identity.recipient())).collect();
    fs::write(&path, format!("# 市民課\n{lines}")).unwrap();
    path
}

fn table() -> String {
    format!("\u{feff}訪問ID,受付番号,個人番号\r\n\"=\"\"{VISIT}\"\"\",\"=\"\"1-001\"\"\",\"=\"\"{INDIVIDUAL}\"\"\"\r\n")
}

#[test]
fn the_section_opens_them_and_nothing_lies_there_in_the_clear() {
    let city = city();
    let (one, other) = (Identity::make_hybrid(), Identity::make_hybrid());
    let (to, out) = (section(&city, &[&one, &other]), city.root().with_file_name("numbers.age"));
    assert_eq!(numbers::hand_over(&city.folder, &to, &out, &city.clock).unwrap(), 1);
    let sealed = fs::read(&out).unwrap();
    for identity in [one, other] {
        assert_eq!(*decrypt_small(&[identity], &sealed).unwrap(), table().as_bytes());
    }
    let home = city.root().parent().unwrap();
    for file in files_below(home).iter().filter(|file| !file.contains("city/desk/visits")) {
        let bytes = fs::read(home.join(file)).unwrap();
        assert!(!bytes.windows(INDIVIDUAL.len()).any(|window| window == INDIVIDUAL.as_bytes()), "{file}");
    }
    let entry = journal::read(&city.folder.desk()).unwrap().entries.pop().unwrap();
    assert_eq!((entry.action.as_str(), entry.detail.unwrap().as_str()), ("numbers", "numbers-1"));
}

fn refused(city: &TestCity, to: &Path) -> NumbersError {
    let out = city.root().with_file_name("numbers.age");
    let entries = journal::state(&city.folder.desk()).unwrap().entries;
    let error = numbers::hand_over(&city.folder, to, &out, &city.clock).unwrap_err();
    assert!(!out.exists());
    assert_eq!(journal::state(&city.folder.desk()).unwrap().entries, entries);
    error
}

#[test]
fn they_are_refused_where_the_programme_does_not_ask_or_nobody_could_open_them() {
    let city = city();
    let good = section(&city, &[&Identity::make_x25519()]);
    let bad = city.root().with_file_name("bad.txt");
    for text in [
        "",
        "age1nobody\n",
        &format!("{}\n{}\n", Identity::make_x25519().recipient(), Identity::make_hybrid().recipient()),
    ] {
        fs::write(&bad, text).unwrap();
        assert!(matches!(refused(&city, &bad), NumbersError::Recipients { .. }), "{text}");
    }
    assert!(matches!(refused(&city, &bad.with_file_name("nowhere")), NumbersError::File(_)));
    let rules = fs::read_to_string(city.folder.programme()).unwrap();
    fs::write(city.folder.programme(), rules.replace("number = \"either\"", "number = \"application_id\"")).unwrap();
    assert!(matches!(refused(&city, &good), NumbersError::NotAsked));
    let empty = TestCity::found();
    let rules = fs::read_to_string(empty.folder.programme()).unwrap();
    fs::write(empty.folder.programme(), rules.replace("number = \"application_id\"", "number = \"either\"")).unwrap();
    assert!(matches!(refused(&empty, &good), NumbersError::Nothing));
}

#[test]
fn stock_age_opens_what_the_command_wrote() {
    let Some(age) = std::env::var_os("HOMON_AGE") else {
        writeln!(std::io::stderr(), "SKIPPED: HOMON_AGE names no stock age; `cargo xtask test` installs it").unwrap();
        return;
    };
    let city = city();
    let identity = Identity::make_hybrid();
    let (to, out) = (section(&city, &[&identity]), city.root().with_file_name("numbers.age"));
    let command = Command::new(env!("CARGO_BIN_EXE_homon-city"))
        .args(["numbers", "--dir", city.root().to_str().unwrap(), "--to", to.to_str().unwrap()])
        .args(["--out", out.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(command.status.success(), "{}", String::from_utf8_lossy(&command.stderr));
    let key = city.root().with_file_name("section.key");
    fs::write(&key, format!("{}\n", *identity.to_secret_string())).unwrap();
    let opened = Command::new(age).args(["-d", "-i"]).args([&key, &out]).output().unwrap();
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    assert_eq!(String::from_utf8(opened.stdout).unwrap(), table());
}
