//! `kill -9` while the desk's mail is fetched, kept and given up: all of it comes, each once.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(clippy::print_stdout, reason = "whoever repeats the test needs the seed")]
#![cfg(unix)]

use std::time::Duration;

use homon_faults::chance::Chance;
use homon_faults::day::{Day, files_of, short_visit};
use homon_faults::kill::{Moment, kill_at, kills};
use homon_support::canaries::files_below;
use homon_support::scenario::{RosterEncoding, RosterScript};
use serde_json::Value;

const KILLS: usize = 14;
/// How many mails wait when the tablet next asks.
const WAITING: u64 = 2;
/// A sync that takes all of it is over by then, on a machine that has nothing else to do.
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
    let mut sync = SYNC;
    let mut sent = 0;
    while kills() < KILLS {
        while sent < taken(&day).unwrap() + WAITING {
            day.city.send_roster(&roster).unwrap();
            sent += 1;
        }
        let killed = kill_at(tablet, &["sync"], Moment::SinceStart(chance.within(sync))).unwrap().killed;
        // It was over before, so the next kill comes sooner.
        sync = if killed { sync } else { sync.mul_f64(0.8) };
        assert_eq!(day.in_clear(tablet).unwrap(), [], "a kill left personal data in clear");
    }
    let last: Value = serde_json::from_str(tablet.run(&["sync"]).unwrap().lines().last().unwrap()).unwrap();
    assert_eq!((&last["mail_refused"], &last["mail_missing"]), (&0.into(), &0.into()));
    let report: Value = serde_json::from_str(&tablet.run(&["report"]).unwrap()).unwrap();
    assert_eq!(report["rosters"], sent);
    assert_eq!(files_of(tablet, "rosters").unwrap().len() as u64, sent);
    assert_eq!(files_of(tablet, "quarantine").unwrap().len(), 0);
    let mail = files_below(&day.city.folder.join("store/mail")).unwrap();
    let taken = taken(&day).unwrap();
    assert_eq!((mail.len() as u64, taken), (sent, sent), "the intake keeps nothing that is taken");
    println!("{sent} mails, {} kills", kills());
}

/// How many mails the tablet has given up at the intake.
fn taken(day: &Day) -> std::io::Result<u64> {
    let folder = day.city.folder.join("store/mail");
    let mail = if folder.is_dir() { files_below(&folder)? } else { Vec::new() };
    Ok(mail.iter().filter(|file| file.extension().is_some_and(|ending| ending == "taken")).count() as u64)
}
