use std::fs;

use homon_domain::audit::verify_jsonl;
use homon_domain::delivery::{Deficiency, DeficiencyKind, DeliveryEvent};
use homon_domain::mail::MailKind;
use homon_domain::platform::SystemClock;
use homon_domain::programme::SubmissionRoute;
use homon_seal::recipients::RecipientKind;

use super::*;
use crate::desk::init;
use crate::desk::programme::Example;

/// A founded city, whose journal has one entry.
fn city() -> (tempfile::TempDir, CityFolder) {
    let home = tempfile::tempdir().unwrap();
    let rules = home.path().join("rules.toml");
    fs::write(&rules, Example::Shimonoseki.text()).unwrap();
    let folder = CityFolder::new(&home.path().join("city")).with_actor("city-01".parse().unwrap());
    init::init(&folder, &rules, "https://127.0.0.1:8443", RecipientKind::X25519, &SystemClock).unwrap();
    (home, folder)
}

fn deed(cases: usize) -> Deed {
    Deed::Export { cases }
}

fn write(folder: &CityFolder, deeds: usize) -> Result<(), JournalError> {
    let lock = folder.desk().lock()?;
    let mut journal = Journal::open(folder, &lock, &SystemClock)?;
    (0..deeds).try_for_each(|cases| journal.append(&deed(cases)))
}

fn fault_of(folder: &CityFolder) -> Option<JournalFault> {
    read(&folder.desk()).unwrap().fault
}

fn lines(folder: &CityFolder) -> Vec<String> {
    fs::read_to_string(folder.desk().journal()).unwrap().lines().map(str::to_owned).collect()
}

fn put(folder: &CityFolder, lines: &[String]) {
    fs::write(folder.desk().journal(), lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
}

/// What a crash left is no fault, and the next entry follows on the last whole one.
fn heals_to(folder: &CityFolder, entries: usize) {
    assert_eq!(fault_of(folder), None);
    assert_eq!(read(&folder.desk()).unwrap().entries.len(), entries);
    write(folder, 1).unwrap();
    assert_eq!(fault_of(folder), None);
    assert_eq!(lines(folder).len(), entries + 1);
}

#[test]
fn stock_tools_follow_the_journal_and_its_head_is_signed() {
    let (_home, folder) = city();
    write(&folder, 2).unwrap();
    let desk = folder.desk();
    let chain = chain_of(&City::read(&desk).unwrap());
    let head = verify_jsonl(fs::read(desk.journal()).unwrap().as_slice(), &chain).unwrap();
    assert_eq!(head.seq, 3);
    let key = key_files::signing_key(&desk.journal_key()).unwrap().public_key();
    let token = fs::read_to_string(desk.journal_head()).unwrap();
    let signed: SignedHead = jws::verify(token.trim_end(), HEAD_TYP, &key).unwrap();
    assert_eq!((signed.chain, signed.seq, signed.sha256), (chain, 3, Sha256Digest(head.hash)));
    let read = read(&desk).unwrap();
    assert_eq!(read.head, Sha256Digest(head.hash));
    assert!(read.entries.iter().all(|entry| entry.actor.as_str() == "city-01"));
}

#[test]
fn a_torn_last_line_is_cut_away_and_no_whole_entry_with_it() {
    let (_home, folder) = city();
    write(&folder, 2).unwrap();
    let journal = folder.desk().journal();
    let head = fs::read(folder.desk().journal_head()).unwrap();
    let whole = fs::read(&journal).unwrap();
    write(&folder, 1).unwrap();
    let more = fs::read(&journal).unwrap();
    // The crash came before the head was signed; nothing of the last entry, a byte, half, all but the line feed, all.
    for length in [whole.len(), whole.len() + 1, usize::midpoint(whole.len(), more.len()), more.len() - 1, more.len()] {
        fs::write(&journal, &more[..length]).unwrap();
        fs::write(folder.desk().journal_head(), &head).unwrap();
        heals_to(&folder, if length < more.len() - 1 { 3 } else { 4 });
    }
    // Space was given to the file, and the bytes never came; or a part of them.
    for tail in [vec![0; 300], [vec![0; 200], more[whole.len() + 200..].to_vec()].concat()] {
        fs::write(&journal, [whole.clone(), tail].concat()).unwrap();
        fs::write(folder.desk().journal_head(), &head).unwrap();
        heals_to(&folder, 3);
    }
}

#[test]
fn a_journal_that_does_not_hold_takes_no_entry_until_it_is_set_aside() {
    let (_home, folder) = city();
    write(&folder, 3).unwrap();
    let mut spoiled = lines(&folder);
    spoiled[1] = spoiled[1].replace("city-01", "city-02");
    put(&folder, &spoiled);
    let before = fs::read(folder.desk().journal()).unwrap();
    let refused = write(&folder, 1).unwrap_err();
    assert!(matches!(refused, JournalError::Fault(JournalFault::Broken(broken)) if broken.seq == 2), "{refused}");
    assert!(refused.to_string().contains("journal --set-aside"), "{refused}");
    assert_eq!(fs::read(folder.desk().journal()).unwrap(), before);
    assert_eq!(state(&folder.desk()).unwrap().entries, 1);

    assert_eq!(set_aside(&folder, &SystemClock).unwrap().entries, 1);
    assert_eq!(fs::read(folder.desk().journal_aside(1)).unwrap(), before);
    let read = read(&folder.desk()).unwrap();
    assert_eq!((read.fault, read.entries.len()), (None, 1));
    assert_eq!(read.entries[0].detail.as_ref().unwrap().as_str(), "entries-1");
    write(&folder, 1).unwrap();
    assert!(matches!(set_aside(&folder, &SystemClock), Err(JournalError::Holds)));
}

#[test]
fn entries_cut_off_at_the_end_are_missed() {
    let (_home, folder) = city();
    write(&folder, 3).unwrap();
    put(&folder, &lines(&folder)[..3]);
    assert_eq!(fault_of(&folder), Some(JournalFault::NotAsSigned { signed: 4 }));
    fs::remove_file(folder.desk().journal()).unwrap();
    assert_eq!(fault_of(&folder), Some(JournalFault::NotAsSigned { signed: 4 }));
    set_aside(&folder, &SystemClock).unwrap();
    assert_eq!(fault_of(&folder), None);
}

#[test]
fn a_chain_written_anew_is_not_the_one_that_was_signed() {
    let (_home, folder) = city();
    write(&folder, 3).unwrap();
    let chain = chain_of(&City::read(&folder.desk()).unwrap());
    let mut head = Head::start(&chain);
    let anew = read(&folder.desk()).unwrap().entries.into_iter().map(|old| {
        let event = Deed::Found.event(old.at, &"city-02".parse().unwrap());
        let entry = head.append(&event);
        head.follow(&entry).unwrap();
        serde_json::to_string(&entry).unwrap()
    });
    put(&folder, &anew.collect::<Vec<_>>());
    assert_eq!(fault_of(&folder), Some(JournalFault::NotAsSigned { signed: 4 }));
    assert!(write(&folder, 1).is_err());
}

#[test]
fn a_head_that_is_missing_or_another_citys_is_told() {
    let ((_home, folder), (_elsewhere, other)) = (city(), city());
    let foreign = fs::read(other.desk().journal_head()).unwrap();
    for spoil in [&foreign[..], b"", b"\xff\xfe"] {
        fs::write(folder.desk().journal_head(), spoil).unwrap();
        assert_eq!(fault_of(&folder), Some(JournalFault::NoHead));
    }
    fs::remove_file(folder.desk().journal_head()).unwrap();
    assert_eq!(fault_of(&folder), Some(JournalFault::NoHead));
    assert!(matches!(write(&folder, 1), Err(JournalError::Fault(JournalFault::NoHead))));
}

#[test]
fn a_city_founded_before_there_were_journals_begins_one() {
    let (_home, folder) = city();
    let desk = folder.desk();
    for path in [desk.journal(), desk.journal_head(), desk.journal_key()] {
        fs::remove_file(path).unwrap();
    }
    assert_eq!(state(&desk).unwrap(), JournalState::default());
    write(&folder, 1).unwrap();
    assert_eq!(state(&desk).unwrap().entries, 1);
    fs::remove_file(desk.journal_key()).unwrap();
    assert!(matches!(write(&folder, 1), Err(JournalError::Key(KeyFileError::NotHere(_)))));
    assert_eq!(fault_of(&folder), Some(JournalFault::NoKey));
}

#[test]
fn the_same_refusal_is_recorded_once() {
    let (_home, folder) = city();
    let device = "7f0e1c1e-5a5b-4f3a-8d3c-1f2e3d4c5b6a".parse().unwrap();
    let name = |name: &str| name.parse::<homon_seal::PackageName>().unwrap().of(device);
    let visit = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1";
    for _ in 0..2 {
        let lock = folder.desk().lock().unwrap();
        let mut journal = Journal::open(&folder, &lock, &SystemClock).unwrap();
        for (package, reason) in [("1", "damaged"), ("1", "damaged"), ("2", "damaged"), ("2", "not-for-us")] {
            let package = name(&format!("{visit}/{package}"));
            journal.append_refusal(&Deed::Refuse { package, reason }).unwrap();
        }
    }
    assert_eq!(lines(&folder).len(), 4);
}

#[test]
fn the_words_of_the_journal_are_frozen() {
    let device = "7f0e1c1e-5a5b-4f3a-8d3c-1f2e3d4c5b6a".parse().unwrap();
    let name = |name: &str| name.parse::<homon_seal::PackageName>().unwrap().of(device);
    let visit = name("visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/2");
    let checkpoint = name("checkpoint/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/3");
    let mark = |event| Deed::Mark { visit: visit.subject.visit().unwrap().0, case: "1-004".parse().unwrap(), event };
    let deeds = [
        Deed::Found,
        Deed::SetAside { entries: 12 },
        Deed::Enrol(device),
        Deed::Renew(device),
        Deed::Revoke(device),
        Deed::Open(name("hello/1")),
        Deed::Open(visit),
        Deed::Refuse { package: visit, reason: "damaged" },
        Deed::Export { cases: 3 },
        Deed::Post { device, kind: MailKind::Roster, visit: visit.subject.visit().map(|(visit, _)| visit) },
        Deed::Post { device, kind: MailKind::Enrolment, visit: None },
        mark(DeliveryEvent::Submit { route: SubmissionRoute::Paper }),
        mark(DeliveryEvent::Accept),
        mark(DeliveryEvent::Return { deficiency: Deficiency { kind: DeficiencyKind::Photo, note: None } }),
        mark(DeliveryEvent::Issue),
        Deed::Numbers { numbers: 2 },
        Deed::Backup { files: 60 },
        Deed::Restore { files: 60 },
        Deed::Drill { passed: true },
        Deed::Drill { passed: false },
        Deed::LostDrill(device),
        Deed::Keep(checkpoint),
        Deed::Discard(checkpoint),
        Deed::Adopt(checkpoint),
        Deed::Grant { device, visit: visit.subject.visit().unwrap().0 },
    ];
    let mut head = Head::start("desk/2026-09-24T00:30:00.000Z");
    let entries = deeds.map(|deed| {
        let event = deed.event("2026-09-24T00:30:00Z".parse().unwrap(), &"city-01".parse().unwrap());
        let entry = head.append(&event);
        head.follow(&entry).unwrap();
        serde_json::to_string(&entry).unwrap() + "\n"
    });
    insta::assert_snapshot!(entries.concat());
}

#[test]
fn any_byte_changed_below_the_signed_head_is_noticed() {
    let (_home, folder) = city();
    write(&folder, 3).unwrap();
    let whole = fs::read(folder.desk().journal()).unwrap();
    // The last line feed is the one byte that says nothing: without it the last entry is still whole.
    for at in 0..whole.len() - 1 {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(folder.desk().journal(), &bytes).unwrap();
        assert!(fault_of(&folder).is_some(), "byte {at}");
    }
}
