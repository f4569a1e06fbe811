//! The app killed without warning, again and again: what was acknowledged is there, the rest is not even half there.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![cfg(unix)]

mod common;

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use common::{Tablet, activity_photo, case, entry, event, photo, roster};
use homon_domain::ids::{ActivityPhotoId, CaseId, PartNumber};
use homon_store::{Body, CaseRecord, StepWrite, VisitFile};

/// Set in the process that is to be killed.
const FOLDER: &str = "HOMON_TEST_KILL_FOLDER";
const STEPS: &str = "a_kill_loses_nothing_that_was_acknowledged";
const ROSTERS: &str = "a_kill_leaves_each_roster_whole_or_absent";

#[test]
fn a_kill_loses_nothing_that_was_acknowledged() {
    if let Some(folder) = env::var_os(FOLDER) {
        receive_until_killed(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let (visit, part, _) = Tablet::set_up(folder.path()).open_new_visit(&Body::of(&0).unwrap());
    let mut acknowledged = 0;
    for round in 0..10_u64 {
        let delay = Duration::from_micros(round * round * 1500 + 200);
        acknowledged = acknowledged.max(kill_after(STEPS, folder.path(), delay));
        let tablet = Tablet::start(folder.path());
        let file = tablet.open_visit(visit, part).unwrap();
        let stored = assert_whole(&file);
        assert!((acknowledged..=acknowledged + 1).contains(&stored), "{stored} of {acknowledged}");
        acknowledged = stored;
    }
    assert!(acknowledged >= 10);
}

#[test]
fn a_kill_leaves_each_roster_whole_or_absent() {
    if let Some(folder) = env::var_os(FOLDER) {
        store_rosters_until_killed(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    drop(Tablet::set_up(folder.path()));
    let mut acknowledged = 0;
    for round in 0..10_u64 {
        acknowledged += kill_after(ROSTERS, folder.path(), Duration::from_micros(round * round * 700 + 200));
        let tablet = Tablet::start(folder.path());
        let listed = tablet.desk.rosters().unwrap();
        for row in &listed {
            let file = tablet.open_roster(row.id).unwrap();
            assert_eq!((file.entries().unwrap().len(), file.count().unwrap()), (50, row.count));
            assert_eq!(file.verify_audit().unwrap().seq, 1);
        }
        let stored = u32::try_from(listed.len()).unwrap();
        assert!((acknowledged..=acknowledged + 1).contains(&stored), "{stored} of {acknowledged}");
        assert_eq!(tablet.desk.verify_audit().unwrap().seq, 1 + u64::from(stored));
        acknowledged = stored;
    }
    assert!(acknowledged >= 10);
}

/// Starts the other process, which is the test named `test`, waits for its first acknowledgement and then `delay`, kills it; answers the last
/// acknowledgement that it gave.
fn kill_after(test: &str, folder: &Path, delay: Duration) -> u32 {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = lines.by_ref().find_map(|line| acknowledgement(&line.unwrap())).unwrap();
    let killer = thread::spawn(move || {
        thread::sleep(delay);
        child.kill().unwrap();
        child.wait().unwrap();
    });
    for line in lines {
        last = line.ok().and_then(|line| acknowledgement(&line)).unwrap_or(last);
    }
    killer.join().unwrap();
    last
}

fn acknowledgement(line: &str) -> Option<u32> {
    line.strip_prefix("acknowledged ")?.strip_suffix('.')?.parse().ok()
}

/// Each step receives a resident, stores a photo and one of an activity, changes the resident before and the visit.
fn receive_until_killed(folder: &Path) -> ! {
    let tablet = Tablet::start(folder);
    let visit = tablet.desk.visits().unwrap()[0].planned.visit;
    let mut file = tablet.open_visit(visit, PartNumber::FIRST).unwrap();
    loop {
        let sequence = file.reads().unwrap().next_sequence().unwrap().get();
        let one = case(sequence, "やまだ");
        let bytes = vec![sequence.to_le_bytes()[0]; 5_000 + (sequence as usize * 7919) % 90_000];
        let mut step = StepWrite::new(event("received")).photo(photo(one.id, bytes.clone())).case(one);
        step = step.activity_photo(activity_photo(ActivityPhotoId::make(), bytes));
        if let Some(before) = file.reads().unwrap().cases_in_order().unwrap().pop() {
            step = step.case(CaseRecord { status: "ready".parse().unwrap(), ..before });
        }
        file.step(&step.visit(Body::of(&sequence).unwrap())).unwrap();
        acknowledge(sequence);
    }
}

fn store_rosters_until_killed(folder: &Path) -> ! {
    let mut tablet = Tablet::start(folder);
    let mut stored = 0;
    loop {
        drop(tablet.create_roster(roster(&vec![entry(1, "やまだ"); 50])).unwrap());
        stored += 1;
        acknowledge(stored);
    }
}

fn acknowledge(number: u32) {
    writeln!(std::io::stdout().lock(), "\nacknowledged {number}.").unwrap();
}

/// Every part of every step is there; answers how many steps.
fn assert_whole(file: &VisitFile) -> u32 {
    file.check_whole().unwrap();
    let reads = file.reads().unwrap();
    let cases = reads.cases_in_order().unwrap();
    let steps = u32::try_from(cases.len()).unwrap();
    assert_eq!(reads.verify_audit().unwrap().seq, u64::from(steps) + 1);
    assert_eq!(reads.visit().unwrap().read::<u32>().unwrap(), steps);
    assert_eq!(reads.activity_photo_count().unwrap(), steps);
    for (sequence, case) in (1..).zip(&cases) {
        assert_eq!(
            (case.sequence.get(), case.status.as_str()),
            (sequence, if sequence < steps { "ready" } else { "draft" })
        );
        assert_photo(file, case.id, sequence);
    }
    steps
}

fn assert_photo(file: &VisitFile, case: CaseId, sequence: u32) {
    let mut photo = file.reads().unwrap().photo(case, &"portrait".parse().unwrap()).unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut photo, &mut bytes).unwrap();
    let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
    assert_eq!(digest.as_ref(), photo.facts.sha256);
    assert_eq!(bytes[0], sequence.to_le_bytes()[0]);
}
