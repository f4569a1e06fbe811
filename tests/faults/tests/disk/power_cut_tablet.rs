//! The power of a tablet is cut at any moment of its life, from the request of its enrolment to the erasure of a visit.

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use homon_faults::chance::Chance;
use homon_faults::day::{Day, short_visit};
use homon_faults::effort;
use homon_faults::power_cut::{Fate, Forgotten, Image};
use homon_faults::tracer::Tracer;
use homon_faults::volume::{Volume, What};
use homon_support::city::Intake;
use homon_support::tablet_process::TabletProcess;

use crate::tablet::{Checked, accept, acknowledged, erased, expect_status, on_folder, run, status, stored, words};

/// So many power cuts at every change.
const CUTS: usize = 120;
/// With everything, so many ends of each by chance.
const ENDS: usize = 3;

/// The life of one tablet, recorded, and what is needed to go on with it from any moment.
struct Life {
    day: Day,
    volume: Volume,
    accept: [String; 5],
    /// How many steps of the script write.
    steps: u64,
    /// The intake, which has everything that the tablet ever sent and the desk's receipts.
    _intake: Intake,
}

/// What the tablet had said before the power was cut.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    /// Which of [`Life::COMMANDS`] ran last.
    command: usize,
    /// The last acknowledgement of it.
    acknowledged: Option<u64>,
    /// Whether it has said something else.
    answered: bool,
}

impl Life {
    const COMMANDS: [&str; 7] = ["request", "accept", "work", "close", "seal", "sync", "sync again"];

    fn record(tracer: &Tracer) -> Self {
        let day = Day::begin(short_visit().unwrap()).unwrap();
        let tablet = day.tablets[0].clone();
        fs::create_dir(&tablet.folder).unwrap();
        let mut volume = Volume::of(&tablet.folder).unwrap();
        let log = day.at("strace");
        let watched = |under| TabletProcess { under, ..tablet.clone() };
        let enrolment = volume.watch(tracer, &log, |under| day.answer(&watched(under))).unwrap();
        let accept = accept(&day, &enrolment).unwrap();
        let mut play = |command: &[&str]| volume.watch(tracer, &log, |under| watched(under).run(command)).unwrap();
        play(&words(&accept));
        let said = play(&["work"]);
        let steps = said.lines().filter_map(acknowledged).next_back().unwrap();
        play(&["close"]);
        play(&["seal"]);
        let intake = day.serve().unwrap();
        play(&["sync"]);
        day.open().unwrap();
        play(&["sync"]);
        Self { day, volume, accept, steps, _intake: intake }
    }

    /// What was told before the change with this index.
    fn told(&self, cut: usize) -> Told {
        let mut told = Told::default();
        for change in &self.volume.changes[..cut] {
            match &change.what {
                What::Begin(command) => told = Told { command: *command, ..Told::default() },
                What::Said(text) => match text.lines().filter_map(acknowledged).next_back() {
                    Some(number) => told.acknowledged = Some(number),
                    None => told.answered = true,
                },
                _ => {}
            }
        }
        told
    }

    /// Starts the tablet on what the power cut left, and holds that all it had said is true.
    fn check(&self, image: &Image, told: Told, folder: &Path) -> Checked {
        image.write(folder).unwrap();
        let tablet = on_folder(&self.day.tablets[0], folder);
        let checked = self.go_on(&tablet, told).and_then(|()| {
            let found = self.day.in_clear(&tablet).map_err(|error| error.to_string())?;
            if found.is_empty() { Ok(()) } else { Err(format!("in clear: {found:?}")) }
        });
        if checked.is_ok() {
            fs::remove_dir_all(folder).unwrap();
            fs::remove_file(&tablet.log).unwrap();
        }
        checked
    }

    fn go_on(&self, tablet: &TabletProcess, told: Told) -> Checked {
        match Self::COMMANDS[told.command] {
            // Whoever has no answer asks once more.
            "request" if !told.answered => run(tablet, &["request"]).map(drop),
            "request" | "accept" => {
                run(tablet, &words(&self.accept))?;
                run(tablet, &["report"]).map(drop)
            }
            "work" => self.go_on_working(tablet, told),
            "close" => {
                expect_status(tablet, &["open", "closed"])?;
                run(tablet, &["close"])?;
                expect_status(tablet, &["closed"])?;
                stored(tablet).map(drop)
            }
            "seal" => {
                expect_status(tablet, &["closed", "sealed"])?;
                run(tablet, &["seal"])?;
                expect_status(tablet, &["sealed"])
            }
            // Hello and notice may have to be sealed again, and the intake has those that this life sent.
            "sync" if !told.answered => expect_status(tablet, &["sealed"]),
            "sync" => {
                let before = status(tablet)?;
                run(tablet, &["sync"])?;
                if before == "sealed" || before == "held" { erased(tablet) } else { Err(format!("it was {before}")) }
            }
            _ => {
                expect_status(tablet, &["held", "erasing", "erased"])?;
                run(tablet, &["sync"])?;
                erased(tablet)
            }
        }
    }

    fn go_on_working(&self, tablet: &TabletProcess, told: Told) -> Checked {
        let known = told.acknowledged.unwrap_or_default();
        let found = stored(tablet)?;
        if !(known..=known + 1).contains(&found) {
            return Err(format!("{found} steps are stored, {known} were acknowledged"));
        }
        let said = run(tablet, &["work"])?;
        let last = said.lines().filter_map(acknowledged).next_back();
        if last == Some(self.steps) { stored(tablet).map(drop) } else { Err(format!("it ended at {last:?}")) }
    }
}

/// One power cut: before which change, and what becomes of what was not synced.
struct Cut {
    at: usize,
    end: End,
}

enum End {
    Lost,
    Chance(Chance),
}

impl Cut {
    fn image(&mut self, volume: &Volume) -> Image {
        let fate = match &mut self.end {
            End::Lost => Fate::Lost,
            End::Chance(chance) => Fate::Chance(chance),
        };
        volume.after_cut(self.at, Forgotten::Nothing, fate)
    }
}

fn cuts(life: &Life, chance: &mut Chance) -> Vec<Cut> {
    let moments = effort::share(chance, life.volume.changes.len() + 1, CUTS);
    let ends = if effort::everything() { ENDS } else { 1 };
    let mut cuts = Vec::new();
    for at in moments {
        if effort::everything() || chance.below(3) == 0 {
            cuts.push(Cut { at, end: End::Lost });
        }
        if effort::everything() || cuts.last().is_none_or(|cut: &Cut| cut.at != at) {
            cuts.extend((0..ends).map(|_| Cut { at, end: End::Chance(chance.split()) }));
        }
    }
    cuts
}

#[test]
fn a_power_cut_takes_nothing_that_was_acknowledged() {
    let Some(tracer) = Tracer::find() else { return };
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let life = Life::record(&tracer);
    let folders = life.day.at("cuts");
    fs::create_dir(&folders).unwrap();
    let all = cuts(&life, &mut chance);
    println!("{} power cuts in {} changes", all.len(), life.volume.changes.len());
    let waiting = Mutex::new(all.into_iter().enumerate());
    // A build machine has two cores at least.
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().next();
                    let Some((number, mut cut)) = next else { break };
                    let told = life.told(cut.at);
                    let checked = life.check(&cut.image(&life.volume), told, &folders.join(number.to_string()));
                    assert_eq!(checked, Ok(()), "seed {seed}: cut before change {}, {told:?}", cut.at);
                }
            });
        }
    });
    assert_forgotten_syncs_are_noticed(&life, &folders);
}

/// A program that forgot its syncs would lose what it acknowledged, and these checks would see it.
fn assert_forgotten_syncs_are_noticed(life: &Life, folders: &Path) {
    for command in ["accept", "work"] {
        for forgotten in [Forgotten::Files, Forgotten::Folders] {
            let index = Life::COMMANDS.iter().position(|name| *name == command).unwrap();
            let is_next = |change: &homon_faults::volume::Change| change.what == What::Begin(index + 1);
            let end = life.volume.changes.iter().position(is_next).unwrap();
            let image = life.volume.after_cut(end, forgotten, Fate::Lost);
            let folder = folders.join(format!("{command}-{forgotten:?}"));
            let told = Told { command: index + 1, ..Told::default() };
            assert!(life.check(&image, told, &folder).is_err(), "{command} without the syncs of {forgotten:?}");
            // With them, the same moment is no loss.
            let image = life.volume.after_cut(end, Forgotten::Nothing, Fate::Lost);
            assert_eq!(life.check(&image, told, &folder.with_extension("whole")), Ok(()));
        }
    }
}
