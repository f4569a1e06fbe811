//! `kill -9` at random moments of a day: what was acknowledged is there, what was not is not even half there.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(clippy::print_stdout, reason = "whoever repeats the test needs the seed")]
#![cfg(unix)]

use std::fs;
use std::io;
use std::thread;
use std::time::Duration;

use homon_faults::chance::Chance;
use homon_faults::day::{Day, care_home, files_of, has_key};
use homon_faults::kill::{self, Moment, kill_at};
use homon_support::scenario::ScriptStep;
use homon_support::tablet_process::TabletProcess;
use serde_json::Value;

/// So many kills of receiving residents at least, over both tablets.
const KILLS: usize = 50;
/// And so many over everything that the tablets do. Those of `open` and of the intake come on top, in tests of their own.
const KILLS_IN_ALL: usize = 260;
/// A step takes a few milliseconds, most of them for making it durable.
const STEP: Duration = Duration::from_millis(8);
/// More than the script holds.
const KILLS_OF_THE_SCRIPT: &str = "1000";

#[test]
fn killed_again_and_again_a_day_loses_nothing() {
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let day = Day::begin(care_home().unwrap()).unwrap();
    let intake = day.serve().unwrap();
    // Nobody's PIN gets lost: everyone signs in while they work.
    on_each_tablet(&day, &mut chance, enrol);
    let kills: usize = on_each_tablet(&day, &mut chance, work).into_iter().sum();
    assert!(kills >= KILLS, "only {kills} kills");
    on_each_tablet(&day, &mut chance, |day, tablet, chance| {
        assert_comparison_can_fail(day, tablet);
        killed_until_done(day, tablet, &["close"], chance);
        assert!(compare(tablet) > all_steps(day, tablet), "closing is not in the audit chain");
        killed_until_done(day, tablet, &["seal"], chance);
        assert_eq!(report(tablet)["visits"][0]["status"], "sealed");
        killed_until_done(day, tablet, &["sync"], chance);
        assert_eq!(report(tablet)["visits"][0]["status"], "held");
    });
    day.open().unwrap();
    on_each_tablet(&day, &mut chance, |day, tablet, chance| {
        killed_until_done(day, tablet, &["sync"], chance);
        assert_erased(tablet);
    });
    let export = day.at("export");
    let said = day.city.must(&["export", "--dir", day.city.dir(), "--out", export.to_str().unwrap()]).unwrap();
    assert!(said.starts_with("1 visits, 12 cases and 8 photos"), "{said}");
    println!("{} kills of tablets in all", kill::kills());
    assert!(kill::kills() >= KILLS_IN_ALL, "only {} kills", kill::kills());
    drop(intake);
}

/// Runs `work` for every tablet at once, each with a chance of its own.
fn on_each_tablet<T: Send>(
    day: &Day,
    chance: &mut Chance,
    work: impl Fn(&Day, &TabletProcess, &mut Chance) -> T + Sync,
) -> Vec<T> {
    thread::scope(|scope| {
        let work = &work;
        let threads = day.tablets.iter().map(|tablet| {
            let mut chance = chance.split();
            scope.spawn(move || work(day, tablet, &mut chance))
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn enrol(day: &Day, tablet: &TabletProcess, chance: &mut Chance) {
    let enrolment = day.answer(tablet).unwrap();
    let fingerprint = day.city.fingerprint().unwrap();
    let accept = ["accept", "--enrolment", &enrolment, "--fingerprint", &fingerprint];
    killed_until_done(day, tablet, &accept, chance);
}

/// Answers how often the tablet was killed while residents were received.
fn work(day: &Day, tablet: &TabletProcess, chance: &mut Chance) -> usize {
    let (mut kills, mut inside) = (0, 0);
    let mut known = None;
    loop {
        let moment = match chance.below(6) {
            0 => Moment::SinceStart(chance.within(STEP * 8)),
            _ => Moment::SinceAcknowledgement(1 + chance.below(3), chance.within(STEP)),
        };
        let ended = kill_at(tablet, &["work", "--survived", KILLS_OF_THE_SCRIPT], moment).unwrap();
        if let Some(first) = ended.first {
            assert_eq!(known.unwrap_or(0), first, "a restart found something else than before");
        }
        let stored = compare(tablet);
        let last = ended.last.or(known).unwrap_or(0);
        assert!((last..=last + 1).contains(&stored), "{stored} steps are stored, {last} were acknowledged");
        assert_eq!(day.in_clear(tablet).unwrap(), [], "a kill left personal data in clear");
        known = Some(stored);
        if !ended.killed {
            assert_eq!(last, all_steps(day, tablet), "steps are missing");
            println!("{}: {kills} kills, {inside} of them between a commit and its answer", tablet.label);
            return kills;
        }
        kills += 1;
        inside += usize::from(stored > last);
    }
}

/// How many steps of the tablet's script write.
fn all_steps(day: &Day, tablet: &TabletProcess) -> u64 {
    let parts = day.scenario.visits.iter().flat_map(|visit| &visit.parts);
    let mine = parts.filter(|part| part.tablet == tablet.label);
    mine.flat_map(|part| &part.steps).filter(|step| step.writes()).count() as u64
}

/// Holds that what is stored is what the script led to, to the last step, and that the audit chain verifies. Answers
/// how many steps that are.
fn compare(tablet: &TabletProcess) -> u64 {
    let said = tablet.run(&["compare"]).unwrap();
    said.trim().strip_prefix("acknowledged ").and_then(|number| number.parse().ok()).unwrap()
}

/// A script in which one resident was found in another room is not what is stored.
fn assert_comparison_can_fail(day: &Day, tablet: &TabletProcess) {
    let mut other = day.scenario.clone();
    let parts = other.visits.iter_mut().flat_map(|visit| &mut visit.parts);
    let steps = parts.filter(|part| part.tablet == tablet.label).flat_map(|part| &mut part.steps);
    let last =
        steps.filter_map(|step| if let ScriptStep::Receive { place } = step { Some(place) } else { None }).last();
    last.unwrap().room = Some("999".into());
    let scenario = day.at(&format!("{}-other.json", tablet.label));
    fs::write(&scenario, serde_json::to_vec(&other).unwrap()).unwrap();
    let other = TabletProcess { scenario, ..tablet.clone() };
    assert!(other.run(&["compare"]).is_err(), "the comparison sees no difference");
}

/// Kills a command later and later in its life, until it comes to its end before it is killed. So the kills sweep over
/// everything that it does.
fn killed_until_done(day: &Day, tablet: &TabletProcess, command: &[&str], chance: &mut Chance) {
    let mut delay = STEP;
    let mut kills = 0;
    while kill_at(tablet, command, Moment::SinceStart(delay + chance.within(STEP))).unwrap().killed {
        assert_eq!(day.in_clear(tablet).unwrap(), [], "a kill left personal data in clear");
        delay += (STEP / 4).max(delay / 17);
        kills += 1;
    }
    println!("{}: {kills} kills of {}", tablet.label, command[0]);
    // Once more, for what was done already.
    tablet.run(command).unwrap();
}

fn report(tablet: &TabletProcess) -> Value {
    serde_json::from_str(&tablet.run(&["report"]).unwrap()).unwrap()
}

/// The key is gone, then the files; counts and a certificate stay.
fn assert_erased(tablet: &TabletProcess) {
    let report = report(tablet);
    let visit = &report["visits"][0];
    assert_eq!((&visit["status"], &report["people_only_here"]), (&"erased".into(), &0.into()));
    assert!(visit["counts"]["received"].as_u64().unwrap() >= 4);
    assert_eq!(report["certificates"].as_array().map(Vec::len), Some(1));
    let alias = format!("visit/{}/{}", visit["visit"].as_str().unwrap(), visit["part"]);
    assert!(!has_key(tablet, &alias), "the key of the visit is still there");
    assert!(has_key(tablet, "desk"), "the test looks for keys in the wrong place");
    let left: io::Result<Vec<_>> = ["visits", "quarantine"].into_iter().map(|inner| files_of(tablet, inner)).collect();
    assert!(left.unwrap().concat().is_empty(), "files of the visit are left");
    let packages = files_of(tablet, "sealed").unwrap();
    let of_visits = packages.iter().filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("visit-"));
    assert_eq!(of_visits.count(), 0, "packages of the visit are left");
}
