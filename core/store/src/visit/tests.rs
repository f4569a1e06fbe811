use std::num::NonZeroU32;

use homon_domain::ids::{ActivityPhotoId, CaseId};
use zeroize::Zeroizing;

use super::step::{ActivityPhotoWrite, CaseRecord, PhotoWrite, StepWrite};
use super::*;
use crate::desk::tests::{desk_in, event};
use crate::desk::visits::tests::planned;
use crate::software_vault::SoftwareVault;

pub(crate) struct Opened {
    pub(crate) root: Root,
    pub(crate) desk: DeskFile,
    pub(crate) vault: SoftwareVault,
    pub(crate) visit: VisitId,
    pub(crate) part: PartNumber,
    pub(crate) file: VisitFile,
}

/// A tablet with one open visit.
pub(crate) fn opened_in(folder: &std::path::Path) -> Opened {
    std::fs::create_dir_all(folder).unwrap();
    let vault = SoftwareVault::open(&folder.join("vault")).unwrap();
    let (root, mut desk) = desk_in(&folder.join("tablet"));
    let planned = planned();
    let (visit, part) = (planned.visit, planned.part);
    desk.plan_visit(&planned, &event("visit_planned")).unwrap();
    let file = VisitFile::create(&root, &mut desk, &vault, new(visit, part), &event("visit_opened")).unwrap();
    Opened { root, desk, vault, visit, part, file }
}

fn new(visit: VisitId, part: PartNumber) -> NewVisitFile<'static> {
    static BODY: std::sync::OnceLock<Body> = std::sync::OnceLock::new();
    let body = BODY.get_or_init(|| Body::of(&"the visit").unwrap());
    NewVisitFile { visit, part, key: FileKey::make().unwrap(), recovery_copy: b"sealed to the city", body }
}

pub(crate) fn case(sequence: u32) -> CaseRecord {
    CaseRecord {
        id: CaseId::make(),
        sequence: NonZeroU32::new(sequence).unwrap(),
        round_order: sequence,
        status: "draft".parse().unwrap(),
        search_key: "やまだ".to_owned(),
        body: Body::of(&"山田").unwrap(),
    }
}

pub(crate) fn photo(case: CaseId, length: usize) -> PhotoWrite {
    PhotoWrite::Put {
        case,
        kind: "portrait".parse().unwrap(),
        meta: Body::of(&()).unwrap(),
        bytes: Zeroizing::new(vec![7; length]),
    }
}

pub(crate) fn activity_photo(id: ActivityPhotoId, length: usize) -> ActivityPhotoWrite {
    ActivityPhotoWrite::Put { id, meta: Body::of(&()).unwrap(), bytes: Zeroizing::new(vec![9; length]) }
}

#[test]
fn photos_of_an_activity_come_in_their_order_once_and_go_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let mut opened = opened_in(folder.path());
    let ids = [ActivityPhotoId::make(), ActivityPhotoId::make(), ActivityPhotoId::make()];
    let mut put = |photo: ActivityPhotoWrite| {
        opened.file.step(&StepWrite::new(event("activity")).activity_photo(photo)).map(|head| head.seq)
    };
    for (id, length) in ids.into_iter().zip([100, 90_000, 300]) {
        put(activity_photo(id, length)).unwrap();
    }
    assert!(matches!(put(activity_photo(ids[0], 5)), Err(Error::AlreadyExists)));
    put(ActivityPhotoWrite::Remove { id: ids[0] }).unwrap();
    assert!(matches!(put(ActivityPhotoWrite::Remove { id: ids[0] }), Err(Error::Unknown)));
    let reads = opened.file.reads().unwrap();
    let facts = reads.activity_photos().unwrap();
    assert_eq!(
        facts.iter().map(|facts| (facts.id, facts.length)).collect::<Vec<_>>(),
        [(ids[1], 90_000), (ids[2], 300)]
    );
    assert_eq!(reads.activity_photo_count().unwrap(), 2);
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut reads.activity_photo(ids[1]).unwrap(), &mut bytes).unwrap();
    assert_eq!(bytes, vec![9; 90_000]);
    assert!(matches!(reads.activity_photo(ids[0]).map(|_| ()), Err(Error::Unknown)));
    assert_eq!(reads.verify_audit().unwrap().seq, 5, "what was refused is in no log");
}

#[test]
fn a_full_storage_is_told_and_nothing_is_lost_or_half_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut opened = opened_in(folder.path());
    let first = case(1);
    opened.file.step(&StepWrite::new(event("case_received")).case(first.clone())).unwrap();
    let head = opened.file.reads().unwrap().audit_head().unwrap();
    let pages: i64 =
        opened.file.file.connection().unwrap().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    let set_quota = |file: &VisitFile, pages: i64| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        file.file.connection().unwrap().query_row(&sql, [], |_| Ok(())).unwrap();
    };
    set_quota(&opened.file, pages + 3);
    let second = case(2);
    let step = StepWrite::new(event("case_received")).case(second.clone()).photo(photo(second.id, 100_000));
    for _ in 0..3 {
        assert!(matches!(opened.file.step(&step), Err(Error::StorageFull)));
    }
    let reads = opened.file.reads().unwrap();
    assert_eq!(reads.cases_in_order().unwrap(), [first]);
    assert_eq!(reads.verify_audit().unwrap(), head);
    set_quota(&opened.file, 1_000_000);
    opened.file.step(&step).unwrap();
    assert_eq!(opened.file.reads().unwrap().photos().unwrap()[0].case, second.id);
    opened.file.check_whole().unwrap();
}

#[test]
fn a_search_scans_one_index_and_reads_the_bodies_of_matches_only() {
    let folder = tempfile::tempdir().unwrap();
    let opened = opened_in(folder.path());
    let connection = opened.file.file.connection().unwrap();
    let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", reads::SEARCH)).unwrap();
    let plan: Vec<String> =
        explain.query_map(("x", 10), |row| row.get("detail")).unwrap().map(Result::unwrap).collect();
    assert!(plan.iter().any(|line| line == "SCAN cases USING COVERING INDEX cases_search"), "{plan:?}");
    assert!(plan.iter().any(|line| line == "SEARCH cases USING INTEGER PRIMARY KEY (rowid=?)"), "{plan:?}");
}

#[test]
fn a_step_writes_the_pages_of_what_changed_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut opened = opened_in(folder.path());
    let mut record = case(1);
    opened.file.step(&StepWrite::new(event("case_received")).case(record.clone())).unwrap();
    let journal = files::with_suffix(&opened.root.visit(opened.visit, opened.part), "-wal");
    let mut pages = |record: &CaseRecord| {
        let before = std::fs::metadata(&journal).unwrap().len();
        opened.file.step(&StepWrite::new(event("set_name")).case(record.clone())).unwrap();
        (std::fs::metadata(&journal).unwrap().len() - before) / (24 + 4096)
    };
    // The case and the audit log; each index that knows the changed column.
    record.body = Body::of(&"みほん").unwrap();
    assert_eq!(pages(&record), 2);
    record.search_key = "みほんはなこ".into();
    assert_eq!(pages(&record), 3);
    record.round_order = 9;
    record.status = "ready".parse().unwrap();
    assert_eq!(pages(&record), 5);
    let reads = opened.file.reads().unwrap();
    assert_eq!(reads.case(record.id).unwrap(), record);
    assert_eq!(reads.search("はなこ", 10).unwrap(), [record]);
    assert_eq!(reads.search("やまだ", 10).unwrap(), []);
}

#[test]
fn every_connection_is_told_to_be_durable_and_leave_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let opened = opened_in(folder.path());
    let second = opened.file.file.second().unwrap();
    for connection in [opened.file.file.connection().unwrap(), &second] {
        let pragma =
            |name: &str| -> i64 { connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap() };
        for (name, value) in [
            ("synchronous", 2),
            ("fullfsync", 1),
            ("checkpoint_fullfsync", 1),
            ("secure_delete", 1),
            ("temp_store", 2),
            ("foreign_keys", 1),
            ("trusted_schema", 0),
            ("cell_size_check", 1),
        ] {
            assert_eq!(pragma(name), value, "{name}");
        }
        let wiped: String = connection.query_row("PRAGMA cipher_memory_security", [], |row| row.get(0)).unwrap();
        assert_eq!(wiped, "1");
        let text =
            |name: &str| -> String { connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap() };
        assert_eq!(text("journal_mode"), "wal");
        assert_eq!(text("cipher_hmac_algorithm"), "HMAC_SHA256");
        assert!(!connection.query_row("PRAGMA cipher_version", [], |row| row.get::<_, String>(0)).unwrap().is_empty());
    }
    let written = second.execute("UPDATE visit SET body = '{}'", []);
    assert!(written.is_err(), "the second connection is for reading");
}

#[test]
fn what_a_crash_left_of_an_opening_is_set_aside_and_the_visit_opens() {
    let folder = tempfile::tempdir().unwrap();
    let vault = SoftwareVault::open(&folder.path().join("vault")).unwrap();
    let (root, mut desk) = desk_in(&folder.path().join("tablet"));
    let planned = planned();
    let (visit, part) = (planned.visit, planned.part);
    desk.plan_visit(&planned, &event("visit_planned")).unwrap();
    // The file was made; the desk file was not told.
    vault.create(&visit_alias(visit, part)).unwrap();
    files::write_atomically(&root.recovery_copy(visit, part), b"torn").unwrap();
    drop(VisitFile::make(&root, new(visit, part), &event("visit_opened")).unwrap());
    assert!(matches!(VisitFile::open(&root, &desk, &vault, visit, part), Err(Error::WrongStage)));
    let file = VisitFile::create(&root, &mut desk, &vault, new(visit, part), &event("visit_opened")).unwrap();
    drop(file);
    let file = VisitFile::open(&root, &desk, &vault, visit, part).unwrap();
    assert_eq!(file.reads().unwrap().visit().unwrap().read::<String>().unwrap(), "the visit");
    let aside = files::names_in(&root.quarantine()).unwrap();
    assert_eq!(aside, [format!("{visit}-{part}~1.homon"), format!("{visit}-{part}~1.recovery")]);
}
