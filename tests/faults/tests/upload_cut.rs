//! The upload of a large visit, with both ends killed on the way: it goes on at the byte, and is held once.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(clippy::print_stdout, reason = "whoever repeats the test needs the seed")]
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use homon_faults::chance::Chance;
use homon_faults::day::{Day, care_home, files_of};
use homon_support::canaries::files_below;
use homon_support::scenario::{Scenario, ScriptStep};
use homon_support::tablet_process::RunningTablet;

/// How often each end is killed.
const ROUNDS: u64 = 3;
/// Bytes in a second, so that there is time to kill.
const PACE: u64 = 4 << 20;
/// The first bytes after which a kill comes lie within so many.
const STEP: u64 = 700 << 10;
/// What an intake that is killed has in its memory and its sockets, and what handshakes cost.
const LOST_AT_MOST: u64 = 2 << 20;
/// The notice and the tally.
const OTHERS: u64 = 200 << 10;

/// The second tablet's part of the care-home day, with photos of several megabytes.
fn large_day() -> Scenario {
    let mut day = care_home().unwrap();
    day.tablets.retain(|tablet| tablet.label == "tablet-2");
    for visit in &mut day.visits {
        visit.parts.retain(|part| part.tablet == "tablet-2");
        for step in visit.parts.iter_mut().flat_map(|part| &mut part.steps) {
            if let ScriptStep::Portrait { photo, .. } = step {
                (photo.width, photo.height, photo.kilobytes) = (2400, 3200, 5000);
            }
        }
    }
    day
}

/// How many bytes of the visit the intake has.
fn arrived(store: &Path) -> u64 {
    let uploads = files_below(&store.join("uploads")).unwrap_or_default();
    // The bytes of an upload lie in files named after the offset at which they begin, the last of them in a draft.
    let offset = |file: &PathBuf| {
        let name = file.file_name()?.to_str()?;
        name.strip_suffix("#0").unwrap_or(name).parse::<u64>().ok()
    };
    let ends = uploads.iter().filter_map(|file| Some(offset(file)? + fs::metadata(file).ok()?.len()));
    ends.max().unwrap_or_default()
}

/// Waits until the intake has so many bytes.
fn wait_for(store: &Path, bytes: u64) {
    for _ in 0..2000 {
        if arrived(store) >= bytes {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("the upload does not go on");
}

/// How many bytes the intake has when it has taken all that was on its way.
fn settled(store: &Path) -> u64 {
    let mut before = arrived(store);
    loop {
        thread::sleep(Duration::from_millis(400));
        let now = arrived(store);
        if now == before {
            return now;
        }
        before = now;
    }
}

#[test]
fn both_ends_killed_on_the_way() {
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let day = Day::begin(large_day()).unwrap();
    let tablet = &day.tablets[0];
    let mut intake = day.serve().unwrap();
    day.enrol(tablet).unwrap();
    tablet.run(&["sync"]).unwrap();
    for command in ["work", "close", "seal"] {
        tablet.run(&[&[command][..], if command == "work" { &["--survived", "9"] } else { &[] }].concat()).unwrap();
    }
    let sealed = files_of(tablet, "sealed").unwrap();
    let sealed = sealed.iter().find(|file| file.file_name().unwrap().to_str().unwrap().starts_with("visit-")).unwrap();
    let bytes = fs::read(sealed).unwrap();
    assert!(bytes.len() > 8_000_000, "only {} bytes", bytes.len());
    let store = day.city.folder.join("store");
    let before = day.line.carried();
    day.line.slow_down(PACE);

    let mut known = 0;
    for _ in 0..ROUNDS {
        // The tablet is killed …
        let mut running = tablet.start(&["sync"]).unwrap();
        wait_for(&store, known + 1 + chance.below(STEP));
        kill(&day, &mut running);
        known = no_less_than(known, settled(&store));
        // … and the intake, while the tablet sends; it waits and goes on.
        let mut running = tablet.start(&["sync"]).unwrap();
        wait_for(&store, known + 1 + chance.below(STEP));
        intake.kill().unwrap();
        known = no_less_than(known, arrived(&store));
        intake = day.serve().unwrap();
        wait_for(&store, known + 1);
        kill(&day, &mut running);
        known = no_less_than(known, settled(&store));
    }
    assert!(known < bytes.len() as u64, "it was all there before the last try");
    day.line.slow_down(0);
    tablet.run(&["sync"]).unwrap();
    let carried = day.line.carried() - before;
    let most = bytes.len() as u64 + ROUNDS * LOST_AT_MOST + OTHERS;
    assert!(carried < most, "{carried} bytes were carried for {}: it did not go on at the byte", bytes.len());
    assert_held_once(&store, &bytes);
    tablet.run(&["sync"]).unwrap();
    assert_held_once(&store, &bytes);
    day.open().unwrap();
    tablet.run(&["sync"]).unwrap();
    assert!(!sealed.exists(), "the desk has opened it and the tablet still has it");
    drop(intake);
}

/// Kills the tablet, and what it had given to the line with it: a connection buffers megabytes.
fn kill(day: &Day, running: &mut RunningTablet) {
    running.kill().unwrap();
    day.line.cut_after([0]);
}

fn no_less_than(known: u64, now: u64) -> u64 {
    assert!(now >= known, "{known} bytes had arrived, {now} are left");
    now
}

/// The intake has the very bytes, once, and nothing else of them.
fn assert_held_once(store: &Path, bytes: &[u8]) {
    let below = |folder: &str| files_below(&store.join(folder)).unwrap();
    let visits = |folder: &str| below(folder).into_iter().filter(|file| file.iter().any(|part| part == "visit"));
    let packages: Vec<PathBuf> = visits("packages").collect();
    assert_eq!(packages.len(), 1);
    assert!(fs::read(&packages[0]).unwrap() == bytes, "other bytes arrived");
    assert_eq!(visits("receipts").filter(|file| file.to_str().unwrap().ends_with(".held.jws")).count(), 1);
    assert_eq!(arrived(store), 0, "bytes of the upload are left");
}
