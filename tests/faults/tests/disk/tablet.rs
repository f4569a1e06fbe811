//! A tablet on some folder, and what it says of itself.

use std::io;
use std::path::Path;

use homon_faults::day::Day;
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
