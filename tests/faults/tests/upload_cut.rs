//! The upload of a large visit, with both ends killed on the way: it goes on at the byte, and is held once.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use homon_faults::chance::Chance;
use homon_faults::day::{Day, care_home, files_of};
use homon_support::canaries::files_below;
use homon_support::scenario::{Scenario, ScriptStep};
use homon_support::tablet_process::{RunningTablet, Said, TabletProcess, check};
use serde_json::Value;

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

/// What a sync says of the upload of the visit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Progress {
    sent: u64,
    total: u64,
}

/// The next word about the upload of the visit; `None` when the sync has ended.
fn progress(running: &mut RunningTablet) -> Option<Progress> {
    while let Some(said) = running.listen().unwrap() {
        let Said::Line(line) = said else { continue };
        let Ok(value) = serde_json::from_str::<Value>(&line) else { continue };
        if value["package"].as_str().is_some_and(|package| package.starts_with("visit/")) {
            return Some(Progress { sent: value["sent"].as_u64()?, total: value["total"].as_u64()? });
        }
    }
    None
}

/// Follows the upload until so many bytes have left. Answers the first word about it.
fn until(running: &mut RunningTablet, bytes: u64) -> Progress {
    let first = progress(running).expect("the upload begins");
    let mut now = first;
    while now.sent < bytes {
        now = progress(running).expect("the upload goes on");
    }
    assert!(now.sent < now.total, "the upload was over before it was cut");
    first
}

/// How many bytes of the visit the intake has.
fn arrived(store: &Path) -> u64 {
    let uploads = files_below(&store.join("uploads")).unwrap_or_default();
    // The bytes of an upload lie in files named after the offset at which they begin.
    let offset = |file: &PathBuf| file.file_name().and_then(|name| name.to_str()?.parse::<u64>().ok());
    let ends = uploads.iter().filter_map(|file| Some(offset(file)? + fs::metadata(file).ok()?.len()));
    ends.max().unwrap_or_default()
}

/// Waits until the intake has taken what was on its way when the tablet was killed.
fn settled(store: &Path) -> u64 {
    let mut before = arrived(store);
    loop {
        thread::sleep(Duration::from_millis(150));
        let now = arrived(store);
        if now == before {
            return now;
        }
        before = now;
    }
}

fn sync_to_the_end(tablet: &TabletProcess, running: &mut RunningTablet) {
    while running.listen().unwrap().is_some() {}
    check(running.wait().unwrap(), &tablet.log).unwrap();
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
    let step = bytes.len() as u64 / 10;

    let mut known = 0;
    for round in 0..4 {
        // The tablet is killed …
        let mut running = tablet.start(&["sync"]).unwrap();
        let first = until(&mut running, known + 1 + chance.below(step));
        assert!(first.sent >= known, "{} bytes had arrived, and it began again at {}", known, first.sent);
        running.kill().unwrap();
        let now = settled(&store);
        assert!(now >= known, "round {round}: bytes were lost");
        known = now;
        // … and the intake, while the tablet waits for it.
        let mut running = tablet.start(&["sync"]).unwrap();
        let first = until(&mut running, known + 1 + chance.below(step));
        assert!(first.sent >= known, "{} bytes had arrived, and it began again at {}", known, first.sent);
        intake.kill().unwrap();
        let now = arrived(&store);
        assert!(now >= known, "round {round}: bytes were lost");
        known = now;
        intake = day.serve().unwrap();
        if round == 3 {
            sync_to_the_end(tablet, &mut running);
        } else {
            running.kill().unwrap();
            known = settled(&store);
        }
    }
    assert!(known > step, "hardly a byte had arrived before the last round");
    assert_held_once(&store, &bytes);
    tablet.run(&["sync"]).unwrap();
    assert_held_once(&store, &bytes);
    day.open().unwrap();
    tablet.run(&["sync"]).unwrap();
    assert!(!sealed.exists(), "the desk has opened it and the tablet still has it");
    drop(intake);
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
