//! Every tablet that an earlier version left must still open, by PIN and vault, and hold what it held.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use common::{Tablet, activity_photo, case, entry, event, message, number, roster};
use homon_domain::ids::{ActivityPhotoId, CaseId, PartNumber, RosterId, VisitId};
use homon_domain::package::Subject;
use homon_domain::platform::{KeyVault, VaultError};
use homon_store::{
    Error, KeptState, SealStatus, Setting, StepWrite, Thing, VisitReads, VisitStage, message_alias, roster_alias,
    visit_alias,
};

const PART: PartNumber = PartNumber::FIRST;

fn frozen() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/frozen");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn visit(number: u8) -> VisitId {
    format!("00000000-0000-4000-8000-00000000000{number}").parse().unwrap()
}

#[test]
fn every_frozen_tablet_opens_and_goes_on() {
    let all = frozen();
    for version in ["v1", "v2", "v3", "v4", "v5"] {
        assert!(all.iter().any(|path| path.ends_with(version)), "{version}");
    }
    for path in all {
        // The first version knew no rosters, the second no mail, the fourth no photos of an activity.
        let with_activity = !(1..=4).any(|version| path.ends_with(format!("v{version}")));
        let (with_rosters, with_mail) = (!path.ends_with("v1"), !path.ends_with("v1") && !path.ends_with("v2"));
        let folder = tempfile::tempdir().unwrap();
        copy(&path, folder.path());
        let mut tablet = Tablet::start(folder.path());
        let entries = if with_mail {
            28
        } else if with_rosters {
            20
        } else {
            16
        };
        assert_eq!(tablet.desk.verify_audit().unwrap().seq, entries);
        assert_desk(&tablet);
        assert_rosters(&tablet, with_rosters, with_mail);
        assert_mail(&tablet, with_mail);
        let mut file = tablet.open_visit(visit(1), PART).unwrap();
        file.check_whole().unwrap();
        assert_visit(&file.reads().unwrap(), if with_activity { 4 } else { 3 });
        assert_activity(&file.reads().unwrap(), with_activity);
        let id = ActivityPhotoId::make();
        let step = StepWrite::new(event("case_received")).case(case(3, "みほん3"));
        file.step(&step.activity_photo(activity_photo(id, vec![7; 100]))).unwrap();
        assert_eq!(file.reads().unwrap().activity_photos().unwrap().last().unwrap().id, id);
        assert_eq!(file.reads().unwrap().search("みほん", 10).unwrap().len(), 3);
        assert_eq!(file.reads().unwrap().verify_audit().unwrap().seq, if with_activity { 5 } else { 4 });
        tablet.desk.move_visit(visit(1), PART, VisitStage::Closed, &event("visit_closed")).unwrap();
        let new = roster(&[entry(1, "みほん")]);
        let id = new.id;
        drop(tablet.create_roster(new).unwrap());
        assert_eq!(tablet.open_roster(id).unwrap().count().unwrap(), 1);
        drop(tablet.create_message(&message(9, "みほん")).unwrap());
        tablet.desk.record_mail(number(9), &"deficiency".parse().unwrap(), [9; 32], &event("take_mail")).unwrap();
        tablet.desk.verify_audit().unwrap();
    }
}

fn assert_desk(tablet: &Tablet) {
    let desk = &tablet.desk;
    assert_eq!(desk.setting(Setting::CaFingerprint).unwrap().unwrap().as_slice(), b"fingerprint");
    let stages: Vec<_> = desk.visits().unwrap().iter().map(|row| (row.planned.visit, row.stage)).collect();
    assert_eq!(stages, [(visit(1), VisitStage::Open), (visit(2), VisitStage::Erased)]);
    let planned = desk.visit(visit(1), PART).unwrap().planned;
    assert_eq!((planned.site.as_str(), planned.plan.as_json()), ("site-07", r#"["13:00","16:00"]"#));
    let seals = desk.seals().unwrap();
    let statuses: Vec<_> = seals.iter().map(|row| (row.seal.id.subject, row.status())).collect();
    let visit_seal = (Subject::Visit { visit: visit(2), part: PART }, SealStatus::Opened);
    assert_eq!(statuses, [(Subject::Hello, SealStatus::Held), visit_seal]);
    let tombstone = desk.tombstone(visit(2), PART).unwrap();
    assert_eq!((tombstone.receipt.as_str(), tombstone.certificate.unwrap().as_json()), ("o.pene.d", "\"certificate\""));
    assert_eq!(tombstone.counts.unwrap().as_json(), r#"[["ready",1],["draft",1]]"#);
    assert_eq!(tombstone.inventory.destroyed[0].thing, Thing::WrappingKey);
    assert!(matches!(tablet.open_visit(visit(2), PART), Err(Error::WrongStage)));
    let unwrapped = KeyVault::unwrap(&tablet.vault, &visit_alias(visit(2), PART), &[0; 60]);
    assert_eq!(unwrapped.unwrap_err(), VaultError::KeyMissing);
}

fn assert_mail(tablet: &Tablet, there: bool) {
    let [rows, mail] = [tablet.desk.messages().unwrap().len(), tablet.desk.mail().unwrap().len()];
    if !there {
        assert_eq!((rows, mail), (0, 0));
        return;
    }
    let rows: Vec<_> = tablet.desk.messages().unwrap().iter().map(|row| (row.number, row.visit, row.state)).collect();
    assert_eq!(rows, [(number(1), Some(visit(1)), KeptState::Kept), (number(3), None, KeptState::Erased)]);
    let kept = tablet.desk.message(number(1)).unwrap();
    assert_eq!(kept.handled, Some((kept.received_at, "staff-01".parse().unwrap())));
    let file = tablet.open_message(number(1)).unwrap();
    assert_eq!(file.body().unwrap().read::<String>().unwrap(), "見本 1 邉󠄂");
    assert_eq!(file.verify_audit().unwrap().seq, 1);
    assert!(matches!(tablet.open_message(number(3)).map(|_| ()), Err(Error::WrongStage)));
    assert!(!tablet.vault.contains(&message_alias(number(3))).unwrap());
    let mail: Vec<_> = tablet.desk.mail().unwrap().iter().map(|row| (row.number, row.sha256)).collect();
    assert_eq!(mail, [(number(1), [1; 32]), (number(3), [3; 32])]);
}

fn assert_rosters(tablet: &Tablet, there: bool, received: bool) {
    let rows = tablet.desk.rosters().unwrap();
    if !there {
        assert_eq!(rows, []);
        return;
    }
    let [kept, erased] =
        ["201", "202"].map(|number| format!("00000000-0000-4000-8000-000000000{number}").parse::<RosterId>().unwrap());
    let facts: Vec<_> = rows.iter().map(|row| (row.id, row.visit, row.count, row.state)).collect();
    let expected = [(kept, Some(visit(1)), 3, KeptState::Kept), (erased, None, 3, KeptState::Erased)];
    assert_eq!(facts, expected);
    let file = tablet.open_roster(kept).unwrap();
    assert_eq!(file.verify_audit().unwrap().seq, if received { 2 } else { 1 });
    let behind = file.behind("00000000-0000-4000-8000-000000000101".parse().unwrap()).unwrap();
    assert_eq!(behind.map(|entry| entry.search_key), received.then(|| "みほん二".to_owned()));
    let entries = file.entries().unwrap();
    let keys: Vec<_> = entries.iter().map(|entry| (entry.round_order, entry.search_key.as_str())).collect();
    assert_eq!(keys, [(1, "みほん二"), (2, "みほん一"), (2, "みほん三")]);
    assert_eq!(entries[1].body.read::<String>().unwrap(), "見本 一 邉󠄂");
    assert!(matches!(tablet.open_roster(erased).map(|_| ()), Err(Error::WrongStage)));
    assert!(!tablet.vault.contains(&roster_alias(erased)).unwrap());
}

fn assert_visit(reads: &VisitReads<'_>, entries: u64) {
    assert_eq!(reads.verify_audit().unwrap().seq, entries);
    assert_eq!(reads.visit().unwrap().read::<String>().unwrap(), "見本の訪問");
    let cases = reads.cases_in_order().unwrap();
    let bodies: Vec<String> = cases.iter().map(|case| case.body.read().unwrap()).collect();
    assert_eq!(bodies, ["見本 2 邉󠄂", "見本 1 邉󠄂"]);
    assert_eq!((cases[1].sequence.get(), cases[1].status.as_str()), (1, "ready"));
    let first: CaseId = "00000000-0000-4000-8000-000000000101".parse().unwrap();
    let mut photo = reads.photo(first, &"portrait".parse().unwrap()).unwrap();
    let mut bytes = Vec::new();
    photo.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, vec![0xd8; 5000]);
    assert_eq!(photo.facts.meta.read::<String>().unwrap(), "見本");
}

fn assert_activity(reads: &VisitReads<'_>, there: bool) {
    let photos = reads.activity_photos().unwrap();
    assert_eq!(photos.len(), usize::from(there));
    let Some(facts) = photos.first() else { return };
    assert_eq!(facts.id.to_string(), "00000000-0000-4000-8000-000000000301");
    assert_eq!(facts.meta.read::<String>().unwrap(), "見本");
    let mut bytes = Vec::new();
    reads.activity_photo(facts.id).unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, vec![0xd9; 7000]);
}
