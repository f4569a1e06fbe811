//! The life of a tablet, stage by stage, each with the folder as it was before it.

use std::fs;
use std::path::{Path, PathBuf};

use homon_faults::day::{Day, short_visit};
use homon_support::city::Intake;
use homon_support::tablet_process::TabletProcess;

use crate::city::copy;
use crate::tablet::{
    Checked, accept, acknowledged, erased, expect_status, nothing_set_aside, on_folder, run, seal_greetings, stored,
    words,
};

/// One command of a tablet's life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    Accept,
    Work,
    Close,
    Seal,
    Send,
    Erase,
}

impl Stage {
    pub(crate) const ALL: [Self; 6] = [Self::Accept, Self::Work, Self::Close, Self::Seal, Self::Send, Self::Erase];
}

/// A tablet's life that can be taken up at every stage.
pub(crate) struct Stages {
    pub(crate) day: Day,
    accept: [String; 5],
    /// How many steps of the script write.
    steps: u64,
    /// The intake, which holds everything that the tablet sends.
    _intake: Intake,
}

impl Stages {
    /// Plays a short visit, and keeps the tablet's folder before each stage.
    pub(crate) fn play() -> Self {
        let day = Day::begin(short_visit().unwrap()).unwrap();
        let tablet = day.tablets[0].clone();
        let enrolment = day.answer(&tablet).unwrap();
        let accept = accept(&day, &enrolment).unwrap();
        fs::create_dir(day.at("before")).unwrap();
        let keep = |stage| copy(&tablet.folder, &before(&day, stage));
        keep(Stage::Accept);
        tablet.run(&words(&accept)).unwrap();
        keep(Stage::Work);
        let steps = tablet.run(&["work"]).unwrap().lines().filter_map(acknowledged).next_back().unwrap();
        keep(Stage::Close);
        tablet.run(&["close"]).unwrap();
        keep(Stage::Seal);
        tablet.run(&["seal"]).unwrap();
        seal_greetings(&tablet);
        keep(Stage::Send);
        let intake = day.serve().unwrap();
        tablet.run(&["sync"]).unwrap();
        day.open().unwrap();
        keep(Stage::Erase);
        Self { day, accept, steps, _intake: intake }
    }

    /// The tablet's folder as it was before a stage.
    pub(crate) fn before(&self, stage: Stage) -> PathBuf {
        before(&self.day, stage)
    }

    /// The tablet on a copy of its folder as it was before a stage.
    pub(crate) fn tablet(&self, stage: Stage, folder: &Path) -> TabletProcess {
        if folder.exists() {
            fs::remove_dir_all(folder).unwrap();
        }
        copy(&self.before(stage), folder);
        on_folder(&self.day.tablets[0], folder)
    }

    /// The command of a stage. While it works, the tablet tries again what was refused once.
    pub(crate) fn command(&self, stage: Stage) -> Vec<&str> {
        match stage {
            Stage::Accept => words(&self.accept),
            Stage::Work => vec!["work", "--patience", "2"],
            Stage::Close => vec!["close"],
            Stage::Seal => vec!["seal"],
            Stage::Send | Stage::Erase => vec!["sync"],
        }
    }

    /// Holds that a stage that was disturbed loses nothing, and works when it is no longer.
    pub(crate) fn works_again(&self, stage: Stage, tablet: &TabletProcess) -> Checked {
        let said = run(tablet, &self.command(stage))?;
        match stage {
            Stage::Accept => run(tablet, &["report"]).map(drop)?,
            Stage::Work => {
                let last = said.lines().filter_map(acknowledged).next_back();
                if last != Some(self.steps) || stored(tablet)? != self.steps {
                    return Err(format!("the work ended at {last:?}"));
                }
            }
            Stage::Close => {
                expect_status(tablet, &["closed"])?;
                stored(tablet).map(drop)?;
            }
            Stage::Seal => expect_status(tablet, &["sealed"])?,
            Stage::Send | Stage::Erase => erased(tablet)?,
        }
        // A visit that was just made when the fault came, and that nobody knew yet, may be set aside.
        if stage == Stage::Work { Ok(()) } else { nothing_set_aside(tablet) }
    }
}

fn before(day: &Day, stage: Stage) -> PathBuf {
    day.at("before").join(format!("{stage:?}"))
}

/// How a disturbed command ended.
#[derive(Debug)]
pub(crate) struct Disturbed {
    /// The last acknowledgement.
    pub(crate) acknowledged: Option<u64>,
    /// What it complained about at its end; `None` when it came to its end.
    pub(crate) error: Option<String>,
}

/// Runs a command that may fail. It must end by itself and say why.
pub(crate) fn disturb(tablet: &TabletProcess, command: &[&str]) -> Result<Disturbed, String> {
    let log = tablet.log.with_extension("disturbed");
    fs::write(&log, "").unwrap();
    let disturbed = TabletProcess { log: log.clone(), ..tablet.clone() };
    let mut running = disturbed.start(command).map_err(|error| error.to_string())?;
    let mut last = None;
    while let Some(said) = running.listen().map_err(|error| error.to_string())? {
        if let homon_support::tablet_process::Said::Acknowledged(number) = said {
            last = Some(number);
        }
    }
    let status = running.wait().map_err(|error| error.to_string())?;
    let log = fs::read_to_string(&log).unwrap();
    if status.success() {
        return Ok(Disturbed { acknowledged: last, error: None });
    }
    let complaint = log.lines().rev().find_map(|line| line.strip_prefix("homon-tablet: "));
    match complaint {
        Some(complaint) if status.code() == Some(1) => {
            Ok(Disturbed { acknowledged: last, error: Some(complaint.to_owned()) })
        }
        _ => {
            let end: Vec<&str> = log.lines().rev().take(3).collect();
            Err(format!("it ended with {status} and did not say why: {end:?}"))
        }
    }
}
