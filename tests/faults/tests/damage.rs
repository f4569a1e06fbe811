//! Every file of a tablet's folder flipped, cut and swapped with an older copy: what is damaged is named and set aside
//! unchanged, everything else goes on, and nothing is ever taken for what it is not.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(clippy::print_stdout, reason = "whoever repeats the test needs the seed")]
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use homon_faults::chance::Chance;
use homon_faults::day::{Day, has_key, short_visit};
use homon_faults::effort;
use homon_faults::kill::{Moment, kill_at};
use homon_seal::Sha256Digest;
use homon_support::canaries::files_below;
use homon_support::scenario::Scenario;
use homon_support::tablet::{ScriptError, ScriptedTablet};
use homon_support::tablet_process::TabletProcess;
use tokio::runtime::Runtime;

/// So many flipped bytes of each file at every change, and a quarter as many cuts.
const CHANGES: usize = 8;
const VISITS: [&str; 2] = ["0d5c7a52-3f0e-4b1c-8f57-6a1be1f20917", "0d5c7a52-3f0e-4b1c-8f57-6a1be1f20918"];

/// Two short visits of one tablet.
fn two_visits() -> Scenario {
    let mut scenario = short_visit().unwrap();
    let mut second = scenario.visits[0].clone();
    second.plan.id = VISITS[1].parse().unwrap();
    scenario.visits.push(second);
    scenario
}

/// A tablet that has worked, and its folder as it was then.
struct Bench {
    day: Day,
    runtime: Runtime,
    before: PathBuf,
    folder: PathBuf,
}

/// What the tablet says of each of its visits.
type States = [Result<(), String>; 2];

impl Bench {
    fn prepare() -> Self {
        let day = Day::begin(two_visits()).unwrap();
        day.enrol(&day.tablets[0]).unwrap();
        day.tablets[0].run(&["work"]).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (before, folder) = (day.tablets[0].folder.clone(), day.at("damaged"));
        let bench = Self { day, runtime, before, folder };
        // Looking notes how far the visits have come.
        assert_eq!(bench.states(&bench.before), [Ok(()), Ok(())]);
        bench
    }

    /// Opens the folder in this process and compares each visit with its script.
    fn states(&self, folder: &Path) -> States {
        let tablet = match ScriptedTablet::open(folder, self.day.scenario.clone(), "tablet-1", true) {
            Ok(tablet) => tablet,
            Err(error) => return [0, 1].map(|_| Err(error.to_string())),
        };
        let parts = tablet.parts();
        [0, 1].map(|index| {
            let (visit, part) = &parts[index];
            let look = async {
                tablet.sign_in(&part.staff).await?;
                let audit = tablet.homon.verify_audit(visit.plan.id, part.part).await;
                let head = audit.map_err(|error| ScriptError::Core { index: 0, error })?;
                tablet.compare(visit, part, head.seq - 1).await?;
                let all = part.steps.iter().filter(|step| step.writes()).count() as u64;
                Ok::<_, ScriptError>(head.seq - 1 == all)
            };
            match self.runtime.block_on(look) {
                Ok(true) => Ok(()),
                Ok(false) => Err("steps are missing".to_owned()),
                Err(error) => Err(error.to_string()),
            }
        })
    }

    fn fresh(&self) {
        drop(fs::remove_dir_all(&self.folder));
        copy(&self.before, &self.folder);
    }

    fn quarantined(&self) -> Vec<PathBuf> {
        files_below(&self.folder.join("files/quarantine")).unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

/// What a file is for, and so what its damage may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Of one visit; the other goes on.
    Visit(usize),
    /// The key of one visit in the software vault.
    Key(usize),
    /// Whatever all visits need.
    Desk,
    /// The key slots of the staff.
    Slots,
    /// The key for the city, which the tablet cannot read.
    Recovery,
    /// The names on the sign-in page, which are written anew when somebody signs in.
    Names,
}

fn kind(name: &str) -> Kind {
    let of_visit = VISITS.iter().position(|visit| name.contains(visit));
    let key = |visit: &&str| name.contains(&Sha256Digest::of(format!("visit/{visit}/1").as_bytes()).to_string());
    match (of_visit, VISITS.iter().position(key)) {
        (Some(_), _) if name.ends_with(".recovery") => Kind::Recovery,
        (Some(visit), _) => Kind::Visit(visit),
        (None, Some(visit)) => Kind::Key(visit),
        (None, None) if name.ends_with("desk.slots") => Kind::Slots,
        (None, None) if name.ends_with("desk.names") => Kind::Names,
        (None, None) => Kind::Desk,
    }
}

/// Whether these answers are right for damage of this kind.
fn is_right(kind: Kind, states: &States) -> bool {
    let named = |state: &Result<(), String>, words: &[&str]| match state {
        Ok(()) => true,
        Err(error) => words.iter().any(|word| error.contains(word)),
    };
    let damaged = ["Quarantined", "AppTooOld", "DeviceFails"];
    match kind {
        Kind::Visit(visit) => named(&states[visit], &damaged) && states[1 - visit].is_ok(),
        Kind::Key(visit) => named(&states[visit], &["KeyUnavailable"]) && states[1 - visit].is_ok(),
        Kind::Desk => states.iter().all(|state| named(state, &[&damaged[..], &["KeyUnavailable"]].concat())),
        // Someone who rewrites the slots can lock out whom they like; they open nothing by it.
        Kind::Slots => {
            let words = ["Quarantined", "AppTooOld", "KeyUnavailable", "PinWrong", "UnknownStaff", "TooManyTries"];
            states.iter().all(|state| named(state, &words))
        }
        Kind::Recovery | Kind::Names => states.iter().all(Result::is_ok),
    }
}

/// Damages one file of a fresh copy and holds everything against it. Answers whether anything was noticed.
fn try_damage(bench: &Bench, name: &Path, what: &str, damage: impl FnOnce(&mut Vec<u8>)) -> bool {
    bench.fresh();
    let path = bench.folder.join(name);
    let whole = fs::read(&path).unwrap();
    let mut bytes = whole.clone();
    damage(&mut bytes);
    fs::write(&path, &bytes).unwrap();
    let kind = kind(name.to_str().unwrap());
    let states = bench.states(&bench.folder);
    assert!(is_right(kind, &states), "{} {what}: {states:?}", name.display());
    let aside = bench.quarantined();
    // What was set aside is what was there. Slots are written while they are used.
    if !path.exists() {
        assert!(aside.iter().any(|file| fs::read(file).unwrap() == bytes), "{} {what} is gone", name.display());
    } else if matches!(kind, Kind::Visit(_) | Kind::Key(_) | Kind::Recovery) {
        assert!(aside.is_empty(), "{} {what}: {aside:?}", name.display());
    } else if kind == Kind::Names {
        assert_ne!(fs::read(&path).unwrap(), bytes, "{} {what} stays as it is", name.display());
    }
    // Put right, everything is there again.
    fs::write(&path, whole).unwrap();
    assert_eq!(bench.states(&bench.folder), [Ok(()), Ok(())], "{} {what}, and put right", name.display());
    states.iter().any(Result::is_err)
}

fn names(bench: &Bench) -> Vec<PathBuf> {
    let files = files_below(&bench.before).unwrap();
    files.into_iter().map(|file| file.strip_prefix(&bench.before).unwrap().to_owned()).collect()
}

#[test]
fn every_flipped_and_every_cut_file_is_named_and_harms_no_other() {
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let bench = Bench::prepare();
    let names = names(&bench);
    assert!(names.len() >= 9, "{names:?}");
    for name in names {
        let length = fs::metadata(bench.before.join(&name)).unwrap().len();
        let length = usize::try_from(length).unwrap();
        let mut noticed = 0;
        let flips = effort::share(&mut chance, length, CHANGES);
        for at in &flips {
            let bit = 1 << chance.below(8);
            noticed += usize::from(try_damage(&bench, &name, &format!("flipped at {at}"), |bytes| bytes[*at] ^= bit));
        }
        let cuts = effort::share(&mut chance, length, CHANGES / 4);
        for at in &cuts {
            noticed += usize::from(try_damage(&bench, &name, &format!("cut to {at}"), |bytes| bytes.truncate(*at)));
        }
        println!("{}: {noticed} of {} changes were noticed", name.display(), flips.len() + cuts.len());
        if !matches!(kind(name.to_str().unwrap()), Kind::Recovery | Kind::Names) {
            assert!(noticed > 0, "no damage of {} is ever noticed", name.display());
        }
    }
}

#[test]
fn an_older_copy_of_a_visit_is_set_aside_and_the_other_visit_goes_on() {
    let day = Day::begin(two_visits()).unwrap();
    let tablet = &day.tablets[0];
    day.enrol(tablet).unwrap();
    tablet.run(&["work", "--open-only"]).unwrap();
    let file = tablet.folder.join("files/visits").join(format!("{}-1.homon", VISITS[0]));
    let older = fs::read(&file).unwrap();
    tablet.run(&["work"]).unwrap();
    // The next session looks at both visits.
    tablet.run(&["compare"]).unwrap();
    let newer = fs::read(&file).unwrap();
    fs::write(&file, &older).unwrap();
    let refused = tablet.run(&["compare"]).unwrap_err().to_string();
    assert!(refused.contains("Quarantined"), "{refused}");
    let aside = files_below(&tablet.folder.join("files/quarantine")).unwrap();
    assert!(aside.iter().any(|file| fs::read(file).unwrap() == older), "{aside:?}");
    assert!(has_key(tablet, &format!("visit/{}/1", VISITS[0])), "a key was destroyed");
    // The tablet itself goes on, and the right copy is taken again.
    tablet.run(&["report"]).unwrap();
    fs::write(&file, &newer).unwrap();
    tablet.run(&["compare"]).unwrap();
}

#[test]
fn a_visit_without_its_write_ahead_log_is_set_aside() {
    let day = Day::begin(short_visit().unwrap()).unwrap();
    let tablet = &day.tablets[0];
    day.enrol(tablet).unwrap();
    // Killed at work: the last steps are in the log alone.
    let ended = kill_at(tablet, &["work"], Moment::SinceAcknowledgement(9, Duration::ZERO)).unwrap();
    assert!(ended.killed);
    let log = |folder: &Path| folder.join("files/visits").join(format!("{}-1.homon-wal", VISITS[0]));
    assert!(fs::metadata(log(&tablet.folder)).unwrap().len() > 0);
    // The next session notes how far the visit has come. It is cut off too, before it writes the log back.
    let cut_off = day.at("cut-off");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let open = ScriptedTablet::open(&tablet.folder, day.scenario.clone(), "tablet-1", true).unwrap();
    let (visit, part) = &open.parts()[0];
    runtime.block_on(open.sign_in(&part.staff)).unwrap();
    runtime.block_on(open.homon.verify_audit(visit.plan.id, part.part)).unwrap();
    copy(&tablet.folder, &cut_off);
    drop(open);
    let tablet = TabletProcess { folder: cut_off, ..tablet.clone() };
    fs::remove_file(log(&tablet.folder)).unwrap();
    let refused = tablet.run(&["compare"]).unwrap_err().to_string();
    assert!(refused.contains("Quarantined"), "{refused}");
}
