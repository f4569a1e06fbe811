//! A day of mishaps, with `kill -9` on top: one tablet is destroyed after a checkpoint, one hands its part over, one loses
//! its keys. Nobody the city had heard of is lost, nobody is there twice, and nothing lies in clear.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(clippy::print_stdout, reason = "whoever repeats the test needs the seed")]
#![cfg(unix)]

use std::fs;
use std::time::Duration;

use homon_city::desk::folder::CityFolder;
use homon_faults::chance::Chance;
use homon_faults::day::{Day, files_of, text, two_tablets};
use homon_faults::kill::{self, Moment, kill_at};
use homon_support::scenario::{PartScript, ScriptStep};
use homon_support::tablet_process::TabletProcess;
use serde_json::Value;

/// So many kills at least, over everything.
const KILLS: usize = 40;
const STEP: Duration = Duration::from_millis(9);

#[test]
fn mishaps_and_kills_lose_nobody_and_nobody_is_there_twice() {
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let day = Day::begin(two_tablets().unwrap()).unwrap();
    let intake = day.serve().unwrap();
    let [first, second, third] = &day.tablets[..] else { panic!("three tablets") };
    for tablet in &day.tablets {
        day.enrol(tablet).unwrap();
    }
    killed_around_the_checkpoint(&day, first, &mut chance);
    day.open().unwrap();
    fs::remove_dir_all(&first.folder).unwrap();
    second.run(&["work"]).unwrap();
    hand_over(&day, second, third, &mut chance);
    third.run(&["work"]).unwrap();
    killed_until_done(&day, third, &["sync"], &mut chance);
    day.open().unwrap();
    lose_the_keys(&day, third, &mut chance);
    third.run(&["work"]).unwrap();
    assert_eq!(compare(third), written_by(&day.scenario.visits[0].parts[1], |_| false));
    for command in ["close", "seal", "sync"] {
        killed_until_done(&day, third, &[command], &mut chance);
    }
    day.open().unwrap();
    adopt_the_checkpoint(&day);
    assert_joined(&day);
    // The part is at the city from the third tablet: the second may let go of it. Nothing lets go of the first.
    for tablet in [second, third] {
        tablet.run(&["sync"]).unwrap();
        assert_eq!(report(tablet)["visits"][0]["status"], "erased", "{}", tablet.label);
        assert!(files_of(tablet, "visits").unwrap().is_empty());
        assert_eq!(day.in_clear(tablet).unwrap(), [], "{}", tablet.label);
    }
    println!("{} kills in all", kill::kills());
    assert!(kill::kills() >= KILLS, "only {} kills", kill::kills());
    drop(intake);
}

/// The first tablet is killed while it sends its checkpoint, sooner and later.
fn killed_around_the_checkpoint(day: &Day, tablet: &TabletProcess, chance: &mut Chance) {
    let before = written_by(&day.scenario.visits[0].parts[0], |step| matches!(step, ScriptStep::Checkpoint));
    kill_at(tablet, &["work"], Moment::SinceAcknowledgement(before + 1, Duration::ZERO)).unwrap();
    let mut delay = Duration::ZERO;
    while kill_at(tablet, &["work"], Moment::SinceAcknowledgement(1, delay + chance.within(STEP))).unwrap().killed {
        assert!(compare(tablet) >= before);
        assert_eq!(day.in_clear(tablet).unwrap(), []);
        delay += STEP / 2;
    }
    tablet.run(&["work"]).unwrap();
    assert_eq!(compare(tablet), written_by(&day.scenario.visits[0].parts[0], |_| false));
}

fn hand_over(day: &Day, giver: &TabletProcess, taker: &TabletProcess, chance: &mut Chance) {
    let before = compare(giver);
    let ask = text(&day.at("ask.txt")).unwrap();
    let asked: Value = serde_json::from_str(&taker.run(&["ask", "--out", &ask]).unwrap()).unwrap();
    let compared = asked["fingerprint"].as_str().unwrap();
    let give = ["hand-over", "--ask", &ask, "--fingerprint", compared];
    let file = killed_until_done(day, giver, &give, chance);
    assert_eq!(compare(giver), before + 1, "handing over is in the log once");
    assert_eq!(report(giver)["visits"][0]["status"], "handed_over");
    assert!(report(taker)["visits"].as_array().unwrap().is_empty());
    killed_until_done(day, taker, &["take", "--file", file.trim()], chance);
    assert_eq!(compare(taker), before + 2, "taking is in the log once");
    assert_eq!(report(taker)["visits"].as_array().map(Vec::len), Some(1));
}

/// The key store is emptied. The tablet begins anew under another name, and the city gives back the key of the visit.
fn lose_the_keys(day: &Day, tablet: &TabletProcess, chance: &mut Chance) {
    let before = compare(tablet);
    let files = files_of(tablet, "visits").unwrap();
    for key in fs::read_dir(tablet.folder.join("vault")).unwrap() {
        fs::remove_file(key.unwrap().path()).unwrap();
    }
    assert!(tablet.run(&["compare"]).is_err(), "nobody can sign in");
    killed_until_done(day, tablet, &["anew"], chance);
    for ending in ["request", "enrolment"] {
        fs::remove_file(day.at(&format!("{}.{ending}", tablet.label))).unwrap();
    }
    day.enrol(tablet).unwrap();
    assert_eq!(files_of(tablet, "visits").unwrap(), files);
    let copies = tablet.run(&["copies", "--out", &text(&day.at("tmp")).unwrap()]).unwrap();
    assert_eq!(copies.lines().count(), 1);
    let asked = tablet.run(&["ask", "--out", &text(&day.at("again.txt")).unwrap()]).unwrap();
    let asked: Value = serde_json::from_str(&asked).unwrap();
    let grant = text(&day.at("grant.age")).unwrap();
    let key = text(&CityFolder::new(&day.city.folder).recovery()).unwrap();
    let to = asked["device"].as_str().unwrap();
    day.city
        .must(&["recover", copies.trim(), "--dir", day.city.dir(), "--key", &key, "--to", to, "--out", &grant])
        .unwrap();
    killed_until_done(day, tablet, &["adopt", "--grant", &grant], chance);
    assert_eq!(compare(tablet), before + 1, "going on is in the log once");
}

fn adopt_the_checkpoint(day: &Day) {
    let status = status(day);
    let (visit, part) = (&status["visits"][0]["visit"], &status["visits"][0]["parts"][0]);
    assert_eq!((&part["arrival"]["is"], &part["arrival"]["received"]), (&"checkpoint".into(), &2.into()), "{part}");
    let [device, visit] = [&part["device"], visit].map(|id| id.as_str().unwrap());
    let name = format!("{device}/checkpoint/{visit}/1/{}", part["arrival"]["seal"]);
    day.city.must(&["adopt", &name, "--dir", day.city.dir(), "--reason", "端末1が床に落ちて壊れた"]).unwrap();
}

/// Two cases of the destroyed tablet, four of the others; the tally is even, and nobody was received twice.
fn assert_joined(day: &Day) {
    let status = status(day);
    let visit = &status["visits"][0];
    assert_eq!((&visit["people"]["received"], &visit["even"]), (&6.into(), &true.into()), "{visit}");
    assert_eq!(visit["twice"].as_array().map(Vec::len), Some(0), "{visit}");
    assert_eq!(visit["parts"][1]["came_from"].as_array().map(Vec::len), Some(1), "{visit}");
    let export = day.at("export");
    let said = day.city.must(&["export", "--dir", day.city.dir(), "--out", &text(&export).unwrap()]).unwrap();
    assert!(said.starts_with("1 visits, 6 cases and 3 photos"), "{said}");
    let table = fs::read_to_string(export.join("cases.csv")).unwrap();
    for name in ["渡邉", "元\u{3000}宗一", "濵 いそ", "とみゑ"] {
        assert_eq!(table.matches(name).count(), 1, "{name}");
    }
}

fn status(day: &Day) -> Value {
    serde_json::from_str(&day.city.run(&["status", "--dir", day.city.dir(), "--json"]).unwrap().0).unwrap()
}

fn report(tablet: &TabletProcess) -> Value {
    serde_json::from_str(&tablet.run(&["report"]).unwrap()).unwrap()
}

/// Holds that what is stored is what the script led to, and answers how many entries its log has.
fn compare(tablet: &TabletProcess) -> u64 {
    let said = tablet.run(&["compare"]).unwrap();
    said.trim().strip_prefix("acknowledged ").and_then(|number| number.parse().ok()).unwrap()
}

/// How many entries the steps leave before the first of this kind.
fn written_by(part: &PartScript, is_it: impl Fn(&ScriptStep) -> bool) -> u64 {
    part.steps.iter().take_while(|step| !is_it(step)).map(ScriptStep::entries).sum()
}

/// Kills a command later and later in its life, until it comes to its end; answers what it says when it is done already.
fn killed_until_done(day: &Day, tablet: &TabletProcess, command: &[&str], chance: &mut Chance) -> String {
    let mut delay = STEP;
    let before = kill::kills();
    while kill_at(tablet, command, Moment::SinceStart(delay + chance.within(STEP))).unwrap().killed {
        assert_eq!(day.in_clear(tablet).unwrap(), [], "a kill left personal data in clear");
        delay += (STEP / 2).max(delay / 6);
    }
    println!("{}: {} kills of {}", tablet.label, kill::kills() - before, command[0]);
    tablet.run(command).unwrap()
}
