//! What a visit's file promises: whole steps, the day's order, searches, photos as streams, a view of one instant.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use std::collections::BTreeMap;
use std::io::Read;

use common::{Tablet, case, event, photo};
use homon_domain::ids::CaseId;
use homon_store::{Body, CaseRecord, Error, PhotoWrite, StepWrite, VisitFile};
use proptest::prelude::*;

fn step(file: &mut VisitFile, case: &CaseRecord) {
    file.step(&StepWrite::new(event("case_changed")).case(case.clone())).unwrap();
}

#[test]
fn a_case_is_stored_changed_and_found_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let (visit, part, mut file) = tablet.open_new_visit(&Body::of(&"visit").unwrap());
    assert_eq!(file.reads().unwrap().next_sequence().unwrap().get(), 1);
    let mut first = case(1, "やまだ");
    let second = CaseRecord { round_order: 0, ..case(2, "さとう") };
    step(&mut file, &first);
    step(&mut file, &second);
    first.status = "ready".parse().unwrap();
    first.body = Body::of(&"邉󠄂").unwrap();
    step(&mut file, &first);
    file.step(&StepWrite::new(event("visit_changed")).visit(Body::of(&"changed").unwrap())).unwrap();
    drop((file, tablet));
    let tablet = Tablet::start(folder.path());
    let file = tablet.open_visit(visit, part).unwrap();
    let reads = file.reads().unwrap();
    assert_eq!(reads.cases_in_order().unwrap(), [second.clone(), first.clone()]);
    assert_eq!(reads.case(first.id).unwrap(), first);
    assert!(matches!(reads.case(CaseId::make()), Err(Error::Unknown)));
    assert_eq!(reads.visit().unwrap().read::<String>().unwrap(), "changed");
    assert_eq!(reads.next_sequence().unwrap().get(), 3);
    let counts = BTreeMap::from([("draft".parse().unwrap(), 1), ("ready".parse().unwrap(), 1)]);
    assert_eq!(reads.counts_by_status().unwrap(), counts);
    assert_eq!(reads.verify_audit().unwrap().seq, 5);
}

#[test]
fn a_step_is_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let (.., mut file) = tablet.open_new_visit(&Body::of(&"visit").unwrap());
    let first = case(1, "a");
    step(&mut file, &first);
    let before = file.reads().unwrap().audit_head().unwrap();
    let changed = CaseRecord { search_key: "changed".to_owned(), ..first.clone() };
    let refused = [
        StepWrite::new(event("x")).case(changed.clone()).case(case(3, "not the next")),
        StepWrite::new(event("x")).case(changed.clone()).case(case(1, "taken")),
        StepWrite::new(event("x")).case(CaseRecord { sequence: case(2, "").sequence, ..changed.clone() }),
    ];
    for step in refused {
        assert!(matches!(file.step(&step), Err(Error::WrongNumber)));
    }
    let of_nobody = StepWrite::new(event("x")).case(changed).photo(photo(CaseId::make(), vec![1]));
    assert!(matches!(file.step(&of_nobody), Err(Error::Unknown)));
    let reads = file.reads().unwrap();
    assert_eq!(reads.cases_in_order().unwrap(), [first]);
    assert_eq!(reads.verify_audit().unwrap(), before);
}

#[test]
fn several_cases_and_events_make_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let (.., mut file) = tablet.open_new_visit(&Body::of(&"visit").unwrap());
    let write = StepWrite::new(event("received")).case(case(1, "a")).case(case(2, "b")).event(event("received"));
    let head = file.step(&write).unwrap();
    assert_eq!((head.seq, head), (3, file.reads().unwrap().verify_audit().unwrap()));
}

#[test]
fn a_photo_is_replaced_streamed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let (.., mut file) = tablet.open_new_visit(&Body::of(&"visit").unwrap());
    let one = case(1, "a");
    let kind = "portrait".parse().unwrap();
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|index| index.to_le_bytes()[index as usize % 3]).collect();
    file.step(&StepWrite::new(event("photo")).case(one.clone()).photo(photo(one.id, vec![1; 100]))).unwrap();
    file.step(&StepWrite::new(event("photo")).photo(photo(one.id, bytes.clone()))).unwrap();
    let reads = file.reads().unwrap();
    let facts = reads.photos().unwrap();
    assert_eq!((facts.len(), facts[0].length, facts[0].case), (1, 3_000_000, one.id));
    let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
    assert_eq!(facts[0].sha256, digest.as_ref());
    let mut photo = reads.photo(one.id, &kind).unwrap();
    assert_eq!(photo.facts, facts[0]);
    let mut read = Vec::new();
    let mut buffer = [0; 60_000];
    loop {
        match photo.read(&mut buffer).unwrap() {
            0 => break,
            length => read.extend_from_slice(&buffer[..length]),
        }
    }
    assert!(read == bytes);
    drop(photo);
    let remove = PhotoWrite::Remove { case: one.id, kind: "portrait".parse().unwrap() };
    file.step(&StepWrite::new(event("photo_removed")).photo(remove)).unwrap();
    assert!(matches!(file.reads().unwrap().photo(one.id, &kind), Err(Error::Unknown)));
}

#[test]
fn a_search_finds_any_part_of_a_key_and_beginnings_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let (.., mut file) = tablet.open_new_visit(&Body::of(&"visit").unwrap());
    for (sequence, key) in (1..).zip(["こやまだ", "やまだ", "100%_やま", "𠮷野家", "やまもと"]) {
        step(&mut file, &case(sequence, key));
    }
    let reads = file.reads().unwrap();
    let found = |query: &str, limit: u32| -> Vec<u32> {
        reads.search(query, limit).unwrap().iter().map(|case| case.sequence.get()).collect()
    };
    assert_eq!(found("やま", 10), [2, 5, 1, 3]);
    assert_eq!(found("やま", 2), [2, 5]);
    assert_eq!(found("野", 10), [4]);
    assert_eq!(found("%_", 10), [3], "no wildcards");
    assert_eq!(found("'\"", 10), [0_u32; 0]);
    assert_eq!(found("", 10), [1, 2, 3, 4, 5]);
}

#[test]
fn all_cases_come_in_the_order_of_reception() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let (.., mut file) = tablet.open_new_visit(&Body::of(&"visit").unwrap());
    for count in [0, 1, 16, 17, 40] {
        let mut write = StepWrite::new(event("received"));
        for sequence in file.reads().unwrap().next_sequence().unwrap().get()..=count {
            write = write.case(CaseRecord { round_order: 100 - sequence, ..case(sequence, "a") });
        }
        file.step(&write).unwrap();
        let sequences: Vec<u32> = file.reads().unwrap().all_cases().map(|case| case.unwrap().sequence.get()).collect();
        assert_eq!(sequences, (1..=count).collect::<Vec<_>>());
    }
}

#[test]
fn a_snapshot_does_not_see_what_comes_after_it_and_holds_up_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let (.., mut file) = tablet.open_new_visit(&Body::of(&"visit").unwrap());
    let first = case(1, "a");
    step(&mut file, &first);
    let snapshot = file.snapshot().unwrap();
    step(&mut file, &case(2, "b"));
    let reader = std::thread::spawn(move || {
        let reads = snapshot.reads();
        (reads.cases_in_order().unwrap(), reads.verify_audit().unwrap().seq)
    });
    assert_eq!(reader.join().unwrap(), (vec![first], 2));
    assert_eq!(file.reads().unwrap().cases_in_order().unwrap().len(), 2);
}

#[test]
fn a_paused_visit_is_closed_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let (visit, part, mut file) = tablet.open_new_visit(&Body::of(&"visit").unwrap());
    step(&mut file, &case(1, "a"));
    file.pause().unwrap();
    let names: Vec<_> = std::fs::read_dir(tablet.root.path().join("visits"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != &format!("{visit}-{part}.recovery"))
        .collect();
    assert_eq!(names, [format!("{visit}-{part}.homon")]);
    let write = StepWrite::new(event("case_changed")).case(case(2, "b"));
    assert!(matches!(file.step(&write), Err(Error::Paused)));
    assert!(matches!(file.reads().map(|_| ()), Err(Error::Paused)));
    assert!(matches!(file.snapshot().map(|_| ()), Err(Error::Paused)));
    file.resume().unwrap();
    file.step(&write).unwrap();
    assert_eq!(file.reads().unwrap().verify_audit().unwrap().seq, 3);
}

#[test]
fn two_visits_share_neither_key_nor_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let (one, part, first) = tablet.open_new_visit(&Body::of(&"one").unwrap());
    let (two, _, second) = tablet.open_new_visit(&Body::of(&"two").unwrap());
    let heads = [&first, &second].map(|file| file.reads().unwrap().verify_audit().unwrap());
    assert_ne!(heads[0].hash, heads[1].hash);
    drop((first, second));
    let path = |visit| tablet.root.path().join(format!("visits/{visit}-{part}.homon"));
    std::fs::copy(path(one), path(two)).unwrap();
    assert!(matches!(tablet.open_visit(two, part), Err(Error::Quarantined { .. })));
    tablet.open_visit(one, part).unwrap();
}

/// What a test does next.
#[derive(Clone, Debug)]
enum Act {
    Receive { order: u32 },
    Change { which: usize, order: u32, ready: bool },
    Refused,
    Restart,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        3 => (0..20_u32).prop_map(|order| Act::Receive { order }),
        3 => (0..8_usize, 0..20_u32, any::<bool>()).prop_map(|(which, order, ready)| Act::Change { which, order, ready }),
        1 => Just(Act::Refused),
        1 => Just(Act::Restart),
    ];
    proptest::collection::vec(act, 1..15)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is done in whatever order, the file holds what a plain list would, and the log tells of each step.
    #[test]
    fn the_file_is_a_durable_list(acts in acts()) {
        let folder = tempfile::tempdir().unwrap();
        let mut tablet = Tablet::set_up(folder.path());
        let (visit, part, mut file) = tablet.open_new_visit(&Body::of(&"visit").unwrap());
        let mut model: Vec<CaseRecord> = Vec::new();
        let mut steps = 1;
        for act in acts {
            match act {
                Act::Receive { order } => {
                    let new = CaseRecord { round_order: order, ..case(model.len() as u32 + 1, "a") };
                    step(&mut file, &new);
                    model.push(new);
                    steps += 1;
                }
                Act::Change { which, order, ready } if which < model.len() => {
                    model[which].round_order = order;
                    model[which].status = if ready { "ready" } else { "draft" }.parse().unwrap();
                    step(&mut file, &model[which]);
                    steps += 1;
                }
                Act::Change { .. } => {}
                Act::Refused => {
                    let wrong = StepWrite::new(event("x")).case(case(model.len() as u32 + 2, "a"));
                    prop_assert!(matches!(file.step(&wrong), Err(Error::WrongNumber)));
                }
                Act::Restart => {
                    drop((file, tablet));
                    tablet = Tablet::start(folder.path());
                    file = tablet.open_visit(visit, part).unwrap();
                }
            }
        }
        let reads = file.reads().unwrap();
        let mut in_order = model.clone();
        in_order.sort_by_key(|case| (case.round_order, case.sequence));
        prop_assert_eq!(reads.cases_in_order().unwrap(), in_order);
        prop_assert_eq!(reads.all_cases().map(Result::unwrap).collect::<Vec<_>>(), model);
        prop_assert_eq!(reads.verify_audit().unwrap().seq, steps);
    }
}
