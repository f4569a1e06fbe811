//! The rehearsal, stage by stage: what it leaves where, and that nothing outside the desk tells of a resident.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use homon_faults::day::{care_home, text};
use homon_photo::Upright;
use homon_photo::landmarks::Landmarks;
use homon_support::canaries::{files_below, search};
use homon_support::faces::Faces;
use homon_support::programs;
use homon_support::scenario::{Scenario, ScriptStep};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Holds what a stage leaves against what it should, by its `DIR` and its summary.
type Check = fn(&Path, &Value);

/// Rehearses the care-home day with further arguments; the folder is its `DIR`.
fn rehearse(arguments: &[&str]) -> (TempDir, Value) {
    let folder = tempfile::tempdir().unwrap();
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/care-home-day.json");
    let mut command = Command::new(&programs::built().rehearse);
    command.arg("--scenario").arg(scenario).arg("--out").arg(folder.path().join("day"));
    let output = command.args(arguments).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    let summary = fs::read(folder.path().join("day/summary.json")).unwrap();
    (folder, serde_json::from_slice(&summary).unwrap())
}

/// What must hold after a stage, whichever it is.
fn assert_clean(dir: &Path, summary: &Value, stage: &str) {
    assert_eq!(summary["reached"], stage);
    let searches = summary["canaries"].as_array().unwrap();
    assert_eq!(searches.last().unwrap()["stage"], stage);
    assert!(searches.iter().all(|search| search["found"] == 0 && search["files"].as_u64() > Some(10)), "{searches:?}");
    // Searched once more, from outside.
    let canaries = care_home().unwrap().canaries;
    for folder in ["tablet", "logs", "tmp", "city/store", "city/intake"] {
        assert_eq!(search(&dir.join(folder), &canaries).unwrap(), [], "{stage}");
    }
    assert!(files_below(&dir.join("logs")).unwrap().len() >= 3);
    for folder in ["tablet/tablet-1", "tablet/tablet-2", "city/store/devices", "city/desk/devices"] {
        assert!(dir.join(folder).is_dir(), "{folder} is missing");
    }
}

/// The files of both tablets below one of their inner folders.
fn on_tablets(dir: &Path, inner: &str) -> Vec<PathBuf> {
    let of = |label: &str| files_below(&dir.join("tablet").join(label).join("files").join(inner)).unwrap();
    [of("tablet-1"), of("tablet-2")].concat()
}

fn named(files: &[PathBuf], start: &str, end: &str) -> usize {
    let names = files.iter().map(|file| file.file_name().unwrap().to_str().unwrap());
    names.filter(|name| name.starts_with(start) && name.ends_with(end)).count()
}

#[test]
fn each_stage_leaves_what_it_should_and_no_name_in_clear() {
    let stages: [(&str, Check); 5] =
        [("opened-visit", opened_visit), ("closed", closed), ("sealed", sealed), ("held", held), ("opened", opened)];
    let waiting = Mutex::new(stages.iter());
    // A build machine has two cores at least.
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().next();
                    let Some((stage, check)) = next else { break };
                    let (folder, summary) = rehearse(&["--drawn", "--until", stage]);
                    let dir = folder.path().join("day");
                    assert_clean(&dir, &summary, stage);
                    assert_eq!(summary["photos"], Value::Null, "nothing looks at drawings");
                    assert!(!dir.join("export").exists(), "{stage}");
                    check(&dir, &summary);
                }
            });
        }
    });
}

fn opened_visit(dir: &Path, summary: &Value) {
    assert_eq!(named(&on_tablets(dir, "visits"), "", ".homon"), 2);
    assert_eq!(summary["kills"], 2);
    assert_eq!(summary["on_the_tablets"]["people_only_here"], 12);
    assert_eq!(summary["on_the_tablets"]["visits"]["open"], 2);
    assert_eq!(summary["mail"], json!({"received": 2, "refused": 0, "missing": 0}));
    assert_eq!(summary["on_the_tablets"]["rosters"], 2, "each came once, as mail");
    assert_eq!(named(&on_tablets(dir, "rosters"), "", ".homon"), 2);
    let mail = files_below(&dir.join("city/store/mail")).unwrap();
    assert_eq!((mail.len(), named(&mail, "0000000001", ".taken")), (2, 2));
}

fn closed(_: &Path, summary: &Value) {
    assert_eq!(summary["on_the_tablets"]["visits"]["closed"], 2);
    assert_eq!(summary["counts"]["received"], 12);
}

fn sealed(dir: &Path, summary: &Value) {
    assert_eq!(summary["on_the_tablets"]["visits"]["sealed"], 2);
    assert_eq!(summary["on_the_tablets"]["people_only_here"], 12);
    assert_eq!(named(&on_tablets(dir, "sealed"), "visit-", ".age"), 2);
    assert_eq!(named(&on_tablets(dir, "sealed"), "tally-", ".age"), 2);
    assert_eq!(named(&files_below(&dir.join("city/store")).unwrap(), "", ".age"), 2, "only the hellos have left");
}

fn held(dir: &Path, summary: &Value) {
    assert_eq!(summary["on_the_tablets"]["visits"]["held"], 2);
    assert_eq!(summary["on_the_tablets"]["people_only_here"], 0);
    assert!(summary["connections_cut"].as_u64() >= Some(1));
    let packages = files_below(&dir.join("city/store/packages")).unwrap();
    assert_eq!(packages.len(), 8, "a hello, a notice, a tally and a visit of each tablet");
    for sealed in on_tablets(dir, "sealed") {
        let bytes = fs::read(sealed).unwrap();
        assert!(packages.iter().any(|package| fs::read(package).unwrap() == bytes), "other bytes arrived");
    }
    assert_eq!(named(&on_tablets(dir, "visits"), "", ".homon"), 2, "nothing is erased before the desk has opened");
}

fn opened(dir: &Path, summary: &Value) {
    assert_eq!(summary["on_the_tablets"]["visits"]["erased"], 2);
    assert_eq!(summary["on_the_tablets"]["erasure_certificates"], 2);
    assert_eq!(on_tablets(dir, "visits"), [""; 0].map(PathBuf::from));
    assert_eq!(on_tablets(dir, "quarantine"), [""; 0].map(PathBuf::from));
    assert_eq!(named(&on_tablets(dir, "sealed"), "visit-", ""), 0);
    // The rosters went with their visits, the message once it was read and seen to.
    assert_eq!(summary["mail"], json!({"received": 3, "refused": 0, "missing": 0, "messages_read": 1}));
    assert_eq!(on_tablets(dir, "rosters"), [""; 0].map(PathBuf::from));
    assert_eq!(on_tablets(dir, "messages"), [""; 0].map(PathBuf::from));
    let searched: Vec<_> = summary["canaries"].as_array().unwrap().iter().map(|search| &search["stage"]).collect();
    assert!(searched.contains(&&json!("rosters-sent")) && searched.contains(&&json!("returned")), "{searched:?}");
}

#[test]
fn the_whole_day_reaches_the_export_byte_for_byte() {
    let Some(faces) = faces("the_whole_day_reaches_the_export_byte_for_byte") else { return };
    let (folder, summary) = rehearse(&[]);
    let dir = folder.path().join("day");
    assert_clean(&dir, &summary, "exported");
    assert_eq!(summary["tablets"], 2);
    assert_eq!((&summary["receipts"]["held"], &summary["receipts"]["opened"]), (&8.into(), &6.into()));
    let counts = &summary["counts"];
    for (count, expected) in
        [("received", 12), ("ready", 8), ("refused", 1), ("withdrawn", 1), ("ineligible", 1), ("revisit", 1)]
    {
        assert_eq!(counts[count], expected, "{count}");
    }
    assert_export(&dir.join("export"));
    assert_photos(&summary["photos"], &dir.join("export/photos"), &faces);
    // The search can find: where the city keeps what it opened, it does.
    let scenario = care_home().unwrap();
    for inside in ["export", "city/desk"] {
        let found = search(&dir.join(inside), &scenario.canaries).unwrap();
        let mut canaries: Vec<usize> = found.into_iter().map(|found| found.canary).collect();
        canaries.sort_unstable();
        canaries.dedup();
        let most = scenario.canaries.len() * 3 / 4;
        assert!(canaries.len() > most, "only {} of {} canaries in {inside}", canaries.len(), scenario.canaries.len());
    }
}

/// The models and the portrait, or a line that says why a test is skipped; in CI that is a failure.
#[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
fn faces(test: &str) -> Option<Faces> {
    if std::env::var_os("HOMON_MODELS").is_none() {
        let reason = "HOMON_MODELS is not set: run `cargo xtask test`";
        assert!(std::env::var_os("CI").is_none(), "{test} must not be skipped here: {reason}");
        eprintln!("SKIPPED {test}: {reason}");
        return None;
    }
    Some(Faces::fetched().unwrap())
}

/// What the script spoils is found, and what was exported are prints: upright, of their shape, a face in the middle.
fn assert_photos(photos: &Value, folder: &Path, faces: &Faces) {
    assert_eq!((&photos["taken"], &photos["retaken"]), (&8.into(), &3.into()));
    let findings = &photos["findings"];
    assert_eq!(findings["TooDark"]["refused"], 1);
    assert_eq!(findings["HeadTooSmall"]["refused"], 1);
    assert_eq!(findings["Tilted"], json!({"refused": 1, "excused": 1}));
    let mut finders = faces.finders();
    for file in files_below(folder).unwrap() {
        let photo = Upright::decode(&fs::read(file).unwrap()).unwrap();
        let (width, height) = (photo.width() as f32, photo.height() as f32);
        assert!((width / height - 35.0 / 45.0).abs() < 0.005, "{width}×{height}");
        let face = finders.faces.find(&photo.picture())[0];
        let landmarks = Landmarks::of(&finders.mesh.find(&photo.picture(), &face));
        assert!((landmarks.eyes().x / width - 0.5).abs() < 0.05 && landmarks.pose.roll.abs() < 5.0, "{landmarks:?}");
    }
}

/// One row a case, with every name as it was typed, and a photo for each that was taken of those who are ready.
fn assert_export(export: &Path) {
    let table = fs::read(export.join("cases.csv")).unwrap();
    let table = std::str::from_utf8(table.strip_prefix(b"\xef\xbb\xbf").expect("a BOM, for Excel")).unwrap();
    let rows: Vec<&str> = table.lines().skip(1).filter(|row| !row.is_empty()).collect();
    assert_eq!(rows.len(), 12);
    for name in names(&care_home().unwrap()) {
        assert_eq!(rows.iter().filter(|row| row.contains(&name)).count(), 1, "a name changed on its way");
    }
    let photos = files_below(&export.join("photos")).unwrap();
    assert_eq!(named(&photos, "5b0f6f0e-", ".jpg"), photos.len());
    assert!(photos.iter().all(|photo| fs::read(photo).unwrap().starts_with(&[0xff, 0xd8, 0xff])));
    assert_eq!(photos.len(), 8);
    assert!(text(export).is_ok());
}

/// The name that each case ends with, as it was typed but for the blanks around it, or as it stood on a roster.
fn names(scenario: &Scenario) -> Vec<String> {
    let mut names = std::collections::BTreeMap::new();
    for part in scenario.visits.iter().flat_map(|visit| &visit.parts) {
        for step in &part.steps {
            let ScriptStep::Case { case, input } = step else { continue };
            let input = serde_json::to_value(input).unwrap();
            if let Some(name) = input["name"].as_str() {
                names.insert((part.part, *case), name.trim_matches([' ', '\u{3000}']).to_owned());
            }
        }
    }
    let mut names: Vec<String> = names.into_values().collect();
    for roster in &scenario.rosters {
        let heading = |cell: &String| cell.replace(' ', "") == "氏名";
        let column = roster.rows.iter().find_map(|row| row.iter().position(heading)).unwrap();
        let below = roster.rows.iter().skip_while(|row| !row.iter().any(heading)).skip(1);
        names.extend(below.map(|row| row[column].clone()));
    }
    assert!(names.len() >= 10);
    names
}
