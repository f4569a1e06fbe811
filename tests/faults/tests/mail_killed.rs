//! `kill -9` while the desk's mail is fetched, kept and given up: all of it comes, each once.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(clippy::print_stdout, reason = "whoever repeats the test needs the seed")]
#![cfg(unix)]

use std::time::Duration;

use homon_faults::chance::Chance;
use homon_faults::day::{Day, files_of, short_visit};
use homon_faults::kill::{Moment, kill_at};
use homon_support::canaries::files_below;
use homon_support::scenario::{RosterEncoding, RosterScript};
use serde_json::Value;

const MAILS: u64 = 6;
const KILLS: usize = 16;
/// A sync that takes all of it is over by then.
const SYNC: Duration = Duration::from_millis(600);

#[test]
fn killed_again_and_again_every_mail_comes_once() {
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let mut scenario = short_visit().unwrap();
    scenario.canaries.push("留目 みつゑ".to_owned());
    let day = Day::begin(scenario).unwrap();
    let _intake = day.serve().unwrap();
    let tablet = &day.tablets[0];
    day.enrol(tablet).unwrap();
    tablet.run(&["sync"]).unwrap();
    let roster = RosterScript {
        tablet: tablet.label.clone(),
        visit: day.scenario.visits[0].plan.id,
        encoding: RosterEncoding::Cp932,
        rows: [["氏名", "部屋"], ["留目 みつゑ", "101"]].map(|row| row.map(str::to_owned).to_vec()).to_vec(),
    };
    for _ in 0..MAILS {
        day.city.send_roster(&roster).unwrap();
    }
    let mut kills = 0;
    for _ in 0..KILLS {
        kills += usize::from(kill_at(tablet, &["sync"], Moment::SinceStart(chance.within(SYNC))).unwrap().killed);
        assert_eq!(day.in_clear(tablet).unwrap(), [], "a kill left personal data in clear");
    }
    assert!(kills > KILLS / 3, "only {kills} of {KILLS} came in time");
    let last: Value = serde_json::from_str(tablet.run(&["sync"]).unwrap().lines().last().unwrap()).unwrap();
    assert_eq!((&last["mail_refused"], &last["mail_missing"]), (&0.into(), &0.into()));
    let report: Value = serde_json::from_str(&tablet.run(&["report"]).unwrap()).unwrap();
    assert_eq!(report["rosters"], MAILS);
    assert_eq!(files_of(tablet, "rosters").unwrap().len() as u64, MAILS);
    assert_eq!(files_of(tablet, "quarantine").unwrap().len(), 0);
    let mail = files_below(&day.city.folder.join("store/mail")).unwrap();
    let taken = mail.iter().filter(|file| file.extension().is_some_and(|ending| ending == "taken")).count();
    assert_eq!((mail.len() as u64, taken as u64), (MAILS, MAILS), "the intake keeps nothing that is taken");
    println!("{kills} kills");
}
