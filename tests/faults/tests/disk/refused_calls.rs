//! Every call with which a tablet reads or writes its folder fails once, or from some moment on: the tablet says what is
//! wrong, loses nothing, and works when the disk does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use homon_faults::chance::Chance;
use homon_faults::effort;
use homon_faults::tracer::{self, Fault, Spot, Tracer};
use homon_support::tablet_process::TabletProcess;

use crate::stages::{Disturbed, Stage, Stages, disturb};
use crate::tablet::{Checked, run, stored};

/// So many refused calls of each stage at every change; `HOMON_FAULTS=all` refuses all five thousand, each on its own.
const SHARES: [(Stage, usize); 6] = [
    (Stage::Accept, 16),
    (Stage::Work, 32),
    (Stage::Close, 8),
    (Stage::Seal, 14),
    (Stage::Send, 8),
    (Stage::Erase, 16),
];

/// So many moments from which on nothing is read.
const DISKS_THAT_END: usize = 12;

/// Calls that read or write, and how each can fail.
const CALLS: [(&str, &[&str]); 19] = [
    ("openat", &["EIO", "EMFILE", "EACCES"]),
    ("read", &["EIO"]),
    ("pread64", &["EIO"]),
    ("getdents64", &["EIO"]),
    ("newfstatat", &["EIO"]),
    ("fstat", &["EIO"]),
    ("statx", &["EIO"]),
    ("access", &["EACCES"]),
    ("lseek", &["EIO"]),
    ("mmap", &["ENOMEM"]),
    ("fcntl", &["EIO"]),
    ("write", &["ENOSPC", "EIO"]),
    ("pwrite64", &["ENOSPC", "EIO"]),
    ("ftruncate", &["EIO"]),
    ("fsync", &["EIO"]),
    ("fdatasync", &["EIO"]),
    ("mkdir", &["ENOSPC", "EROFS"]),
    ("rename", &["ENOSPC", "EIO", "EROFS"]),
    ("unlink", &["EIO", "EROFS"]),
];

/// One call that is refused.
#[derive(Clone, Debug)]
struct Trial {
    stage: Stage,
    spot: Spot,
    fault: Fault,
    /// How the call was written down.
    text: String,
}

impl Trial {
    /// Every one of these is tried at every change: a check of all pages went on for ever when one was refused.
    fn asks_for_a_length(&self) -> bool {
        let asks = ["newfstatat", "fstat"].contains(&self.spot.call.as_str());
        self.stage == Stage::Seal && asks && self.text.contains(".homon>")
    }
}

/// A folder in which one tablet after the other is disturbed, and the paths below it.
struct Bench<'a> {
    stages: &'a Stages,
    tracer: &'a Tracer,
    folder: PathBuf,
}

impl Bench<'_> {
    /// The paths that a stage uses, and its calls on them.
    fn survey(&self, stage: Stage) -> (Vec<PathBuf>, BTreeMap<Spot, String>) {
        let log = self.stages.day.at("strace");
        let command = self.stages.command(stage);
        let under = self.tracer.naming(&log);
        TabletProcess { under, ..self.stages.tablet(stage, &self.folder) }.run(&command).unwrap();
        let paths = tracer::paths(&log, &self.folder).unwrap();
        let names: Vec<&str> = CALLS.iter().map(|(name, _)| *name).collect();
        let under = self.tracer.counting(&log, &names, &paths);
        TabletProcess { under, ..self.stages.tablet(stage, &self.folder) }.run(&command).unwrap();
        (paths, tracer::spots(&log).unwrap())
    }

    fn check(&self, trial: &Trial, paths: &[PathBuf]) -> Result<Disturbed, String> {
        let tablet = self.stages.tablet(trial.stage, &self.folder);
        let under = self.tracer.faulting(&trial.spot, trial.fault, paths);
        let ended = disturb(&TabletProcess { under, ..tablet.clone() }, &self.stages.command(trial.stage))?;
        if let Some(error) = &ended.error {
            check_error(error, trial)?;
        }
        if trial.stage == Stage::Work {
            check_stored(&tablet, &ended)?;
        }
        self.stages.works_again(trial.stage, &tablet)?;
        Ok(ended)
    }
}

/// What was answered is stored, and not more than the step under way beside it.
fn check_stored(tablet: &TabletProcess, ended: &Disturbed) -> Checked {
    let known = ended.acknowledged.unwrap_or_default();
    let found = stored(tablet)?;
    if (known..=known + 1).contains(&found) { Ok(()) } else { Err(format!("{found} are stored of {known}")) }
}

/// The error names what a person does next. A full disk is called so, and nothing is called a fault of the app.
fn check_error(error: &str, trial: &Trial) -> Checked {
    let (Fault::Error(number) | Fault::ErrorFromThereOn(number)) = trial.fault else { return Ok(()) };
    let full = error.contains("StorageFull");
    let device = ["DeviceFails", "KeyUnavailable"].iter().any(|word| error.contains(word));
    // The index of the write-ahead log grows by single bytes, which fails only where there is no room.
    let index = trial.text.contains("-shm");
    let clear = if number == "ENOSPC" { full } else { device || (index && full) };
    if clear { Ok(()) } else { Err(format!("{number} is told as: {error}")) }
}

fn trials(stage: Stage, spots: BTreeMap<Spot, String>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (spot, text) in spots {
        let errors = CALLS.iter().find(|(name, _)| *name == spot.call).map_or(&[][..], |(_, errors)| *errors);
        // Only what makes a file can find no room for it. SQLite does not say why it cannot make a journal.
        let journal = ["-wal", "-shm", "-journal"].iter().any(|ending| text.contains(ending));
        let made = spot.call == "openat" && text.contains("O_CREAT") && !journal;
        for error in errors.iter().chain(made.then_some(&"ENOSPC")) {
            let trial = |fault| Trial { stage, spot: spot.clone(), fault, text: text.clone() };
            trials.push(trial(Fault::Error(error)));
            if *error == "ENOSPC" {
                trials.push(trial(Fault::ErrorFromThereOn(error)));
            }
        }
    }
    trials
}

#[test]
fn a_refused_call_is_told_and_loses_nothing() {
    let Some(tracer) = Tracer::find() else { return };
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let stages = Stages::play();
    let (refused, survived) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let wrongs = Mutex::new(Vec::new());
    for (stage, wanted) in SHARES {
        let benches =
            ["left", "right"].map(|name| Bench { stages: &stages, tracer: &tracer, folder: stages.day.at(name) });
        let (paths, spots) = benches[0].survey(stage);
        let all = trials(stage, spots);
        let mut chosen: BTreeSet<usize> = effort::share(&mut chance, all.len(), wanted).into_iter().collect();
        chosen.extend((0..all.len()).filter(|index| all[*index].asks_for_a_length()));
        println!("{stage:?}: {} of {} refused calls", chosen.len(), all.len());
        let waiting = Mutex::new(chosen.into_iter().map(|index| all[index].clone()));
        thread::scope(|scope| {
            for bench in &benches {
                let paths = moved(&paths, &benches[0].folder, &bench.folder);
                let (waiting, refused, survived, wrongs) = (&waiting, &refused, &survived, &wrongs);
                scope.spawn(move || {
                    loop {
                        let next = waiting.lock().unwrap().next();
                        let Some(trial) = next else { break };
                        match bench.check(&trial, &paths) {
                            Ok(Disturbed { error: Some(_), .. }) => drop(refused.fetch_add(1, Ordering::Relaxed)),
                            Ok(_) => drop(survived.fetch_add(1, Ordering::Relaxed)),
                            Err(wrong) => {
                                println!("{trial:?}: {wrong}");
                                wrongs.lock().unwrap().push(trial);
                            }
                        }
                    }
                });
            }
        });
    }
    let wrongs = wrongs.into_inner().unwrap();
    assert!(wrongs.is_empty(), "seed {seed}: {wrongs:#?}");
    let (refused, survived) = (refused.into_inner(), survived.into_inner());
    println!("{refused} were told, {survived} were survived");
    assert!(refused > 10 && survived > 10, "the faults do not reach the tablet");
}

/// SQLite calls a page damaged that the disk does not give; a healthy file must not be set aside for that.
#[test]
fn a_disk_that_gives_nothing_any_more_has_no_file_set_aside() {
    let Some(tracer) = Tracer::find() else { return };
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let stages = Stages::play();
    let bench = Bench { stages: &stages, tracer: &tracer, folder: stages.day.at("left") };
    let (paths, _) = bench.survey(Stage::Close);
    // The app reads these through SQLite alone, until it looks whether the disk gives them at all.
    let is_database = |path: &&PathBuf| [".homon", "-wal"].iter().any(|end| path.to_string_lossy().ends_with(end));
    let databases: Vec<PathBuf> = paths.iter().filter(is_database).cloned().collect();
    let log = stages.day.at("strace");
    let under = tracer.counting(&log, &["pread64"], &databases);
    TabletProcess { under, ..stages.tablet(Stage::Close, &bench.folder) }.run(&["close"]).unwrap();
    let spots: Vec<Spot> = tracer::spots(&log).unwrap().into_keys().collect();
    let mut told = 0;
    for index in effort::share(&mut chance, spots.len(), DISKS_THAT_END) {
        let tablet = stages.tablet(Stage::Close, &bench.folder);
        let under = tracer.faulting(&spots[index], Fault::NothingIsRead, &databases);
        let ended = disturb(&TabletProcess { under, ..tablet.clone() }, &["close"]).unwrap();
        let clear = ended.error.as_ref().is_none_or(|error| error.contains("DeviceFails"));
        assert!(clear, "seed {seed}: {:?}: {ended:?}", spots[index]);
        told += usize::from(ended.error.is_some());
        assert_eq!(stages.works_again(Stage::Close, &tablet), Ok(()), "seed {seed}: {:?}", spots[index]);
    }
    println!("{told} disks that gave nothing any more were told");
    assert!(told > 0);
}

fn moved(paths: &[PathBuf], from: &Path, to: &Path) -> Vec<PathBuf> {
    paths.iter().map(|path| to.join(path.strip_prefix(from).unwrap())).collect()
}

/// The same by hand: the folder cannot be read at all, and the tablet says so instead of taking it for a new one.
#[test]
fn a_folder_that_cannot_be_read_is_not_taken_for_an_empty_one() {
    let stages = Stages::play();
    let tablet = stages.tablet(Stage::Close, &stages.day.at("left"));
    let files = tablet.folder.join("files");
    let aside = tablet.folder.join("aside");
    fs::rename(&files, &aside).unwrap();
    // A file in the place of the folder fails every call below it, for every user.
    fs::write(&files, "").unwrap();
    let ended = disturb(&tablet, &["report"]).unwrap();
    assert!(ended.error.as_deref().is_some_and(|error| error.contains("DeviceFails")), "{ended:?}");
    fs::remove_file(&files).unwrap();
    fs::rename(&aside, &files).unwrap();
    run(&tablet, &["report"]).unwrap();
}
