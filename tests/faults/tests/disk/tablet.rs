//! A tablet on some folder, and what it says of itself.

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use homon_faults::day::{Day, files_of, has_key};
use homon_support::tablet_process::TabletProcess;
use serde_json::Value;

/// What every check of a fault answers: nothing, or what is wrong.
pub(crate) type Checked = Result<(), String>;

/// The same tablet on another folder, with its log beside it.
pub(crate) fn on_folder(tablet: &TabletProcess, folder: &Path) -> TabletProcess {
    TabletProcess { folder: folder.to_owned(), log: folder.with_extension("log"), ..tablet.clone() }
}

/// Runs one of its commands, which must not fail.
pub(crate) fn run(tablet: &TabletProcess, command: &[&str]) -> Result<String, String> {
    tablet.run(command).map_err(|error| format!("{}: {error}", command[0]))
}

/// Holds that what is stored is what the script led to, and that the audit chain verifies; answers how many steps are
/// stored.
pub(crate) fn stored(tablet: &TabletProcess) -> Result<u64, String> {
    let said = run(tablet, &["compare"])?;
    acknowledged(said.trim()).ok_or_else(|| format!("compare said {said}"))
}

/// The number in `acknowledged 7`.
pub(crate) fn acknowledged(line: &str) -> Option<u64> {
    line.strip_prefix("acknowledged ")?.parse().ok()
}

/// How far the first visit has come.
pub(crate) fn status(tablet: &TabletProcess) -> Result<String, String> {
    let report: Value = serde_json::from_str(&run(tablet, &["report"])?).map_err(|error| error.to_string())?;
    Ok(report["visits"][0]["status"].as_str().unwrap_or("none").to_owned())
}

/// Holds that the first visit stands at one of these.
pub(crate) fn expect_status(tablet: &TabletProcess, expected: &[&str]) -> Checked {
    let status = status(tablet)?;
    if expected.contains(&status.as_str()) { Ok(()) } else { Err(format!("the visit is {status}, not {expected:?}")) }
}

/// The arguments with which a tablet accepts its enrolment.
pub(crate) fn accept(day: &Day, enrolment: &str) -> io::Result<[String; 5]> {
    let fingerprint = day.city.fingerprint()?;
    Ok(["accept", "--enrolment", enrolment, "--fingerprint", &fingerprint].map(str::to_owned))
}

/// Arguments as they are passed on.
pub(crate) fn words(owned: &[String]) -> Vec<&str> {
    owned.iter().map(String::as_str).collect()
}

/// Lets the tablet seal what it greets with, as before every first sync, while no intake listens.
pub(crate) fn seal_greetings(tablet: &TabletProcess) {
    let mut running = tablet.start(&["sync"]).unwrap();
    let packages = || files_of(tablet, "sealed").unwrap();
    while packages().iter().filter(|file| file.extension() == Some("age".as_ref())).count() < 4 {
        thread::sleep(Duration::from_millis(20));
    }
    // The desk file learns of the last one a moment later; until then the same number would be sealed once more.
    thread::sleep(Duration::from_secs(2));
    running.kill().unwrap();
}

/// The visit's key is gone, and its files with it.
pub(crate) fn erased(tablet: &TabletProcess) -> Checked {
    expect_status(tablet, &["erased"])?;
    let left = fs::read_dir(tablet.folder.join("files/visits")).unwrap().count();
    let alias = "visit/0d5c7a52-3f0e-4b1c-8f57-6a1be1f20917/1";
    if left > 0 || has_key(tablet, alias) { Err("something of the visit is left".to_owned()) } else { Ok(()) }
}

/// Nothing was taken for damaged that is not.
pub(crate) fn nothing_set_aside(tablet: &TabletProcess) -> Checked {
    let aside = files_of(tablet, "quarantine").map_err(|error| error.to_string())?;
    if aside.is_empty() { Ok(()) } else { Err(format!("set aside: {aside:?}")) }
}
