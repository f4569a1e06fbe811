//! Clocks that are wrong by years, on the tablet and on the intake: told, and nothing is lost.

use std::ffi::OsString;
use std::process::{Command, Stdio};

use homon_faults::day::{Day, short_visit};
use homon_support::canaries::files_below;
use homon_support::city::City;
use homon_support::tablet_process::TabletProcess;

use crate::stages::disturb;
use crate::tablet::{expect_status, stored};

/// Before anything was certified, and when every certificate has run out.
const WRONG: [&str; 2] = ["2001-01-01 00:00:00", "2099-12-31 00:00:00"];

/// Runs a program on which the clock stands there; timers go on as they are. Set-up installs `faketime`.
fn at(instant: &str) -> Vec<OsString> {
    ["env", "DONT_FAKE_MONOTONIC=1", "faketime", instant].map(OsString::from).into()
}

fn clocks_can_be_set() -> bool {
    let mut command = Command::new("faketime");
    command.args([WRONG[0], "true"]).stdin(Stdio::null()).stderr(Stdio::null());
    let there = command.status().is_ok_and(|status| status.success());
    assert!(there || std::env::var_os("HOMON_STRACE").is_none(), "faketime is missing, which set-up installs");
    if !there {
        println!("SKIPPED: faketime is not installed; `cargo xtask test` installs it");
    }
    there
}

#[test]
fn a_clock_that_is_wrong_by_years_is_told_and_loses_nothing() {
    if !clocks_can_be_set() {
        return;
    }
    let day = Day::begin(short_visit().unwrap()).unwrap();
    let tablet = &day.tablets[0];
    day.enrol(tablet).unwrap();
    for command in ["work", "close", "seal"] {
        tablet.run(&[command]).unwrap();
    }
    let steps = stored(tablet).unwrap();
    let packages = || files_below(&day.city.folder.join("store/packages")).unwrap_or_default().len();
    let intake = day.serve().unwrap();
    for wrong in WRONG {
        let late = TabletProcess { under: at(wrong), ..tablet.clone() };
        let ended = disturb(&late, &["sync"]).unwrap();
        assert!(ended.error.as_deref().is_some_and(|error| error.contains("DateWrong")), "{wrong}: {ended:?}");
        assert_eq!(packages(), 0, "{wrong}");
    }
    drop(intake);
    for wrong in WRONG {
        let intake = day.serve_with(&City { under: at(wrong), ..day.city.clone() }).unwrap();
        let ended = disturb(tablet, &["sync"]).unwrap();
        // To an intake that lives in another time the tablet's certificate is not valid.
        let told = ended.error.as_deref().unwrap_or_default();
        let clear = ["CertificateRefused", "DateWrong", "Offline"].iter().any(|word| told.contains(word));
        assert!(clear, "{wrong}: {ended:?}");
        assert_eq!(packages(), 0, "{wrong}");
        drop(intake);
    }
    assert_eq!(expect_status(tablet, &["sealed"]), Ok(()));
    assert_eq!(stored(tablet), Ok(steps));
    let intake = day.serve().unwrap();
    tablet.run(&["sync"]).unwrap();
    assert_eq!(expect_status(tablet, &["held"]), Ok(()));
    assert_eq!(packages(), 4, "hello, notice, tally and visit, each once");
    drop(intake);
}
