//! Every program at its most talkative: a visit is played from its opening to its erasure with `RUST_LOG=trace`, and
//! nothing of a resident and no PIN is in what the programs wrote.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![cfg(unix)]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;

use homon_faults::day::{Day, care_home};
use homon_support::canaries::Search;
use homon_support::city::City;

#[test]
fn no_log_at_trace_level_tells_of_a_resident() {
    let mut scenario = care_home().unwrap();
    scenario.tablets.retain(|tablet| tablet.label == "tablet-2");
    let day = Day::begin(scenario).unwrap();
    let tablet = &day.tablets[0];
    let city = City { under: ["env", "RUST_LOG=trace"].map(OsString::from).into(), ..day.city.clone() };
    day.enrol(tablet).unwrap();
    let mut intake = day.serve_with(&city).unwrap();
    let mut said = tablet.run(&["work", "--survived", "9"]).unwrap();
    for command in ["close", "seal", "sync"] {
        said += &tablet.run(&[command]).unwrap();
    }
    said += &city.must(&["open", "--dir", city.dir()]).unwrap();
    said += &tablet.run(&["sync"]).unwrap();
    said += &tablet.run(&["report"]).unwrap();
    // What cannot be opened is told as well.
    let package = day.city.folder.join("store/packages");
    let broken = homon_support::canaries::files_below(&package).unwrap();
    for file in &broken {
        let mut bytes = fs::read(file).unwrap();
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        fs::write(file, bytes).unwrap();
    }
    drop(fs::remove_dir_all(day.city.folder.join("desk/visits")));
    let (refused, _) = city.run(&["open", "--dir", city.dir()]).unwrap();
    said += &refused;
    said += &city.run(&["status", "--dir", city.dir()]).unwrap().0;
    intake.end().unwrap();

    let [of_city, of_tablet] = [&city.log, &tablet.log].map(|log| fs::read(log).unwrap());
    // What the intake is built on writes nothing below what it says itself.
    for (log, word) in [(&of_city, "\"held\""), (&of_tablet, "TRACE")] {
        assert!(String::from_utf8_lossy(log).contains(word), "{word} is in no log");
    }
    let pins = day.scenario.pins.values().filter(|pin| pin.len() >= 8).cloned();
    let canaries: Vec<String> = day.scenario.canaries.iter().cloned().chain(pins).collect();
    let search = Search::of(&canaries, &[]).unwrap();
    for (written, name) in [(said.into_bytes(), "what was printed"), (of_city, "the city"), (of_tablet, "the tablet")] {
        assert_eq!(search.in_bytes(&written), BTreeSet::new(), "{name} tells of a resident");
        assert_eq!(
            search.in_bytes(&[&written[..], canaries[0].as_bytes()].concat()).len(),
            1,
            "the search finds nothing"
        );
    }
}
