//! Nothing that names a resident is in the raw bytes of any file, at any time.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{PIN, Tablet, TestClock, activity_photo, case, entry, event, message, photo, roster, staff};
use homon_domain::ids::{ActivityPhotoId, CaseId, PartNumber, VisitId};
use homon_store::{
    Body, CaseRecord, DeskFile, FileKey, MessageFile, Received, Root, RosterFile, SoftwareVault, StepWrite,
    erase_message,
};

const CANARIES: [&str; 5] = ["山田 太郎", "ヤマダタロウ", "下関市南部町1番1号", "123456789018", "Canary-Value-774"];

/// The ways in which text reaches a disk: UTF-8, UTF-16 both ways, JSON escapes.
fn spellings(text: &str) -> Vec<Vec<u8>> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
    vec![
        text.as_bytes().to_vec(),
        units.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        escaped.to_uppercase().replace("\\U", "\\u").into_bytes(),
        escaped.into_bytes(),
    ]
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_under(&path)) } else { found.push(path) }
    }
    found
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn find_canaries(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for path in files_under(folder) {
        let bytes = fs::read(&path).unwrap();
        let name = path.to_string_lossy().into_owned().into_bytes();
        for canary in CANARIES.iter().chain([&PIN]) {
            let somewhere =
                spellings(canary).iter().any(|spelling| contains(&bytes, spelling) || contains(&name, spelling));
            if somewhere {
                found.push((path.clone(), (*canary).to_owned()));
            }
        }
    }
    found
}

#[test]
fn the_search_itself_finds_every_spelling() {
    let folder = tempfile::tempdir().unwrap();
    for (index, spelling) in spellings(CANARIES[0]).into_iter().enumerate() {
        let inner = folder.path().join(index.to_string());
        fs::create_dir(&inner).unwrap();
        fs::write(inner.join("file"), [b"before".to_vec(), spelling, b"after".to_vec()].concat()).unwrap();
        assert_eq!(find_canaries(&inner).len(), 1, "{index}");
    }
}

#[test]
fn no_canary_is_on_disk_while_a_visit_is_open_paused_or_closed() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let (.., mut file) = tablet.open_new_visit(&Body::of(&CANARIES).unwrap());
    // Enough cases that pages spill, are sorted and are written back from the journal.
    for sequence in 1..=60 {
        let all = CANARIES.join("\n");
        let one = CaseRecord { body: Body::of(&all.repeat(20)).unwrap(), ..case(sequence, &all) };
        let bytes = all.repeat(if sequence % 10 == 0 { 1_500 } else { 10 }).into_bytes();
        let step =
            StepWrite::new(event("received")).activity_photo(activity_photo(ActivityPhotoId::make(), bytes.clone()));
        file.step(&step.photo(photo(one.id, bytes)).case(one)).unwrap();
    }
    file.reads().unwrap().search(CANARIES[0], 100).unwrap();
    let snapshot = file.snapshot().unwrap();
    snapshot.reads().cases_in_order().unwrap();
    let names: Vec<String> =
        files_under(folder.path()).iter().map(|path| path.to_string_lossy().into_owned()).collect();
    for open in ["-wal", "-shm"] {
        assert!(names.iter().any(|name| name.contains("/visits/") && name.ends_with(open)), "{open} is searched too");
    }
    assert_eq!(find_canaries(folder.path()), []);
    drop(snapshot);
    file.pause().unwrap();
    assert_eq!(find_canaries(folder.path()), []);
    file.resume().unwrap();
    assert_eq!(file.reads().unwrap().cases_in_order().unwrap().len(), 60);
    drop((file, tablet));
    assert_eq!(find_canaries(folder.path()), []);
}

#[test]
fn no_canary_of_a_roster_is_on_disk_while_it_is_kept_and_when_it_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let all = CANARIES.join("\n");
    let new = roster(&vec![entry(1, &all.repeat(20)); 200]);
    let file = tablet.create_roster(new).unwrap();
    file.entries().unwrap();
    let names: Vec<String> =
        files_under(folder.path()).iter().map(|path| path.to_string_lossy().into_owned()).collect();
    for ending in [".homon", "-wal"] {
        assert!(names.iter().any(|name| name.contains("/rosters/") && name.ends_with(ending)), "{ending} is searched");
    }
    assert_eq!(find_canaries(folder.path()), []);
    drop((file, tablet));
    assert_eq!(find_canaries(folder.path()), []);
}

#[test]
fn no_canary_of_a_message_is_on_disk_while_it_is_kept_read_and_erased() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let new = message(7, &CANARIES.join("\n").repeat(200));
    let file = tablet.create_message(&new).unwrap();
    file.body().unwrap();
    let names: Vec<String> =
        files_under(folder.path()).iter().map(|path| path.to_string_lossy().into_owned()).collect();
    for ending in [".homon", "-wal"] {
        assert!(names.iter().any(|name| name.contains("/messages/") && name.ends_with(ending)), "{ending} is searched");
    }
    assert_eq!(find_canaries(folder.path()), []);
    drop(file);
    assert_eq!(find_canaries(folder.path()), []);
    let Tablet { root, vault, desk } = &mut tablet;
    erase_message(root, desk, vault, &TestClock::new(), &staff("staff-01"), new.number).unwrap();
    assert_eq!(find_canaries(folder.path()), []);
}

#[test]
fn the_desk_file_in_clear_knows_rosters_and_messages_and_nobody_in_them() {
    let folder = tempfile::tempdir().unwrap();
    let (root, key) = (Root::open(&folder.path().join("tablet")).unwrap(), FileKey::from_bytes(&[7; 32]).unwrap());
    let vault = SoftwareVault::open(&folder.path().join("vault")).unwrap();
    let mut desk = DeskFile::create(&root, key, &event("desk_made")).unwrap();
    let new = roster(&CANARIES.map(|canary| entry(1, canary)));
    let id = new.id.to_string();
    let mut file = RosterFile::create(&root, &mut desk, &vault, new, &event("roster_received")).unwrap();
    let received = Received { visit: VisitId::make(), part: PartNumber::FIRST, case: CaseId::make() };
    file.receive(1, received, &event("receive")).unwrap();
    let said = message(7, CANARIES[0]);
    drop(MessageFile::create(&root, &mut desk, &vault, &said, &event("message_received")).unwrap());
    desk.handle_message(said.number, &event("message_handled")).unwrap();
    desk.record_mail(said.number, &"deficiency".parse().unwrap(), [7; 32], &event("take_mail")).unwrap();
    drop((file, desk));
    let clear = folder.path().join("clear");
    fs::create_dir(&clear).unwrap();
    let connection = rusqlite::Connection::open(root.path().join("desk.homon")).unwrap();
    let unlock = format!("PRAGMA key = \"x'{}'\"; PRAGMA cipher_hmac_algorithm = HMAC_SHA256;", "07".repeat(32));
    connection.execute_batch(&unlock).unwrap();
    let attach = format!("ATTACH DATABASE '{}' AS clear KEY ''", clear.join("desk").display());
    connection.execute_batch(&attach).unwrap();
    connection.query_row("SELECT sqlcipher_export('clear')", [], |_| Ok(())).unwrap();
    connection.execute_batch("DETACH DATABASE clear").unwrap();
    for known in [id.as_bytes(), said.visit.unwrap().to_string().as_bytes(), b"deficiency"] {
        assert!(contains(&fs::read(clear.join("desk")).unwrap(), known), "it is in clear");
    }
    assert_eq!(find_canaries(&clear), []);
}

#[test]
#[cfg(unix)]
fn every_file_and_folder_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let (.., mut file) = tablet.open_new_visit(&Body::of(&"visit").unwrap());
    file.step(&StepWrite::new(event("received")).case(case(1, "a"))).unwrap();
    let _roster = tablet.create_roster(roster(&[entry(1, "a")])).unwrap();
    let _message = tablet.create_message(&message(7, "a")).unwrap();
    let files = files_under(folder.path());
    assert!(files.iter().filter(|path| path.to_string_lossy().ends_with("-wal")).count() >= 2);
    for folder in ["/rosters/", "/messages/"] {
        assert!(files.iter().any(|path| path.to_string_lossy().contains(folder)));
    }
    for path in files {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn debug_output_shows_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let (.., mut file) = tablet.open_new_visit(&Body::of(&CANARIES).unwrap());
    let one = CaseRecord { body: Body::of(&CANARIES).unwrap(), ..case(1, CANARIES[0]) };
    let write = StepWrite::new(event("received")).photo(photo(one.id, CANARIES[1].into())).case(one);
    file.step(&write).unwrap();
    let shown = format!(
        "{write:?} {:?} {:?} {:?}",
        file.reads().unwrap().cases_in_order().unwrap(),
        file.reads().unwrap().photos().unwrap(),
        file.step(&StepWrite::new(event("received")).case(case(1, CANARIES[2]))).unwrap_err(),
    );
    for canary in CANARIES {
        assert!(!shown.contains(canary), "{shown}");
    }
}
