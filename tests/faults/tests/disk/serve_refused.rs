//! The intake is refused each of its calls in turn, or has few descriptors: it says so, the tablet tries again, and what
//! was sealed is there once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use homon_faults::chance::Chance;
use homon_faults::confined::with_descriptors;
use homon_faults::day::{Day, files_of, short_visit};
use homon_faults::effort;
use homon_faults::tracer::{self, Fault, Spot, Tracer};
use homon_support::canaries::files_below;
use homon_support::city::City;
use homon_support::tablet_process::TabletProcess;

use crate::city::copy;
use crate::tablet::{Checked, expect_status, on_folder, run, seal_greetings};

/// So many refused calls at every change: `HOMON_FAULTS=all` refuses every one.
const REFUSALS: usize = 8;

/// Calls that read or write, and how each can fail.
const CALLS: [(&str, &[&str]); 15] = [
    ("openat", &["EIO", "EMFILE"]),
    ("read", &["EIO"]),
    ("pread64", &["EIO"]),
    ("getdents64", &["EIO"]),
    ("statx", &["EIO"]),
    ("lseek", &["EIO"]),
    ("write", &["ENOSPC", "EIO"]),
    ("ftruncate", &["ENOSPC"]),
    ("fsync", &["EIO"]),
    ("fdatasync", &["EIO"]),
    ("mkdir", &["ENOSPC", "EROFS"]),
    ("rename", &["ENOSPC", "EIO"]),
    ("link", &["ENOSPC", "EIO"]),
    ("linkat", &["ENOSPC", "EIO"]),
    ("unlink", &["EIO"]),
];

/// More descriptors than the intake wants for one tablet.
const PLENTY: u32 = 60;
/// How long a tablet tries while the intake is disturbed, before it is killed: what has not arrived then comes later.
const PATIENCE: Duration = Duration::from_secs(4);
const PAUSE: Duration = Duration::from_millis(50);

/// A tablet that has everything sealed, and a city that has nothing of it.
struct Evening {
    day: Day,
    tablet: PathBuf,
    city: PathBuf,
    /// What was sealed: hello, notice, tally and visit.
    sealed: Vec<Vec<u8>>,
}

impl Evening {
    fn prepare() -> Self {
        let day = Day::begin(short_visit().unwrap()).unwrap();
        let tablet = &day.tablets[0];
        day.enrol(tablet).unwrap();
        for command in ["work", "close", "seal"] {
            tablet.run(&[command]).unwrap();
        }
        seal_greetings(tablet);
        let packages = files_of(tablet, "sealed").unwrap();
        let sealed: Vec<_> = packages
            .iter()
            .filter(|file| file.extension() == Some("age".as_ref()))
            .map(|file| fs::read(file).unwrap())
            .collect();
        assert_eq!(sealed.len(), 4);
        let [before, city] = ["tablet-before", "city-before"].map(|name| day.at(name));
        copy(&tablet.folder, &before);
        copy(&day.city.folder, &city);
        Self { tablet: before, city, sealed, day }
    }

    /// City and tablet as they were, on folders of their own and with new logs.
    fn fresh(&self) -> (City, TabletProcess) {
        let [city, tablet] = ["city-again", "tablet-again"].map(|name| self.day.at(name));
        for (from, to) in [(&self.city, &city), (&self.tablet, &tablet)] {
            drop(fs::remove_dir_all(to));
            drop(fs::remove_file(to.with_extension("log")));
            copy(from, to);
        }
        (crate::city::on_folder(&self.day.city, &city), on_folder(&self.day.tablets[0], &tablet))
    }

    /// Serves one sync that nothing disturbs.
    fn serve(&self, city: &City, under: Vec<OsString>, tablet: &TabletProcess) {
        let mut intake = self.day.serve_with(&City { under, ..city.clone() }).unwrap();
        tablet.run(&["sync"]).unwrap();
        intake.end().unwrap();
    }

    /// The paths that the intake uses, and its calls on them.
    fn survey(&self, tracer: &Tracer) -> (Vec<PathBuf>, BTreeMap<Spot, String>) {
        let log = self.day.at("strace");
        let (city, tablet) = self.fresh();
        self.serve(&city, tracer.naming(&log), &tablet);
        let paths = tracer::paths(&log, &city.folder).unwrap();
        let names: Vec<&str> = CALLS.iter().map(|(name, _)| *name).collect();
        let (city, tablet) = self.fresh();
        self.serve(&city, tracer.counting(&log, &names, &paths), &tablet);
        (paths, tracer::spots(&log).unwrap())
    }

    /// Answers whether everything arrived at once, in spite of the fault.
    fn check_refused(&self, under: Vec<OsString>) -> Result<bool, String> {
        let (city, tablet) = self.fresh();
        let arrived = match self.day.serve_with(&City { under, ..city.clone() }) {
            Err(_) => {
                check_start(&city)?;
                false
            }
            Ok(mut intake) => {
                let arrived = sync_for_a_while(&tablet).map_err(|error| error.to_string())?;
                intake.end().map_err(|error| format!("the intake did not stay: {error}"))?;
                arrived
            }
        };
        self.check_afterwards(&city, &tablet)?;
        Ok(arrived)
    }

    /// Without the fault, everything arrives once, the desk opens it, and the tablet erases the visit.
    fn check_afterwards(&self, city: &City, tablet: &TabletProcess) -> Checked {
        if fs::read_to_string(&city.log).unwrap_or_default().contains("internal fault") {
            return Err("the intake stumbled".to_owned());
        }
        let intake = self.day.serve_with(city).map_err(|error| error.to_string())?;
        run(tablet, &["sync"])?;
        expect_status(tablet, &["held"])?;
        self.check_held(&city.folder.join("store"))?;
        let said = city.must(&["open", "--dir", city.dir()]).map_err(|error| error.to_string())?;
        if !said.trim_end().ends_with("3 opened now, 0 before, 0 not opened.") {
            return Err(format!("the desk says {said}"));
        }
        run(tablet, &["sync"])?;
        drop(intake);
        expect_status(tablet, &["erased"])
    }

    /// Each package lies there with its very bytes, once, and has one receipt.
    fn check_held(&self, store: &Path) -> Checked {
        let with_ending = |inner: &str, ending: &str| -> Vec<PathBuf> {
            let files = files_below(&store.join(inner)).unwrap_or_default();
            // What an interrupted write left beside them has another ending, and the store lists no such name.
            files.into_iter().filter(|file| file.to_string_lossy().ends_with(ending)).collect()
        };
        let mut missing = self.sealed.clone();
        for package in with_ending("packages", ".age") {
            let bytes = fs::read(&package).unwrap();
            let Some(at) = missing.iter().position(|sealed| *sealed == bytes) else {
                return Err(format!("{} is twice or another", package.display()));
            };
            missing.swap_remove(at);
        }
        let receipts = with_ending("receipts", ".held.jws").len();
        if missing.is_empty() && receipts == self.sealed.len() {
            Ok(())
        } else {
            Err(format!("{} packages are missing, {receipts} receipts are there", missing.len()))
        }
    }
}

/// Answers whether the tablet came to its end within [`PATIENCE`], and well.
fn sync_for_a_while(tablet: &TabletProcess) -> io::Result<bool> {
    let mut running = tablet.start(&["sync"])?;
    let mut waited = Duration::ZERO;
    while !running.has_ended()? && waited < PATIENCE {
        thread::sleep(PAUSE);
        waited += PAUSE;
    }
    let arrived = running.has_ended()? && running.wait()?.success();
    running.kill()?;
    Ok(arrived)
}

/// An intake that does not start says what the system refused.
fn check_start(city: &City) -> Checked {
    let said = fs::read_to_string(&city.log).unwrap_or_default();
    let words = ["Input/output error", "Too many open files", "o space", "Read-only file system"];
    if words.iter().any(|words| said.contains(words)) { Ok(()) } else { Err(format!("it does not start: {said}")) }
}

fn faults(spots: &BTreeMap<Spot, String>) -> Vec<(&Spot, &'static str)> {
    let errors = |spot: &Spot| CALLS.iter().find(|(name, _)| *name == spot.call).map_or(&[][..], |(_, errors)| *errors);
    spots.keys().flat_map(|spot| errors(spot).iter().map(move |error| (spot, *error))).collect()
}

#[test]
fn a_call_refused_to_the_intake_loses_and_doubles_nothing() {
    let Some(tracer) = Tracer::find() else { return };
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let evening = Evening::prepare();
    let (paths, spots) = evening.survey(&tracer);
    let faults = faults(&spots);
    let chosen = effort::share(&mut chance, faults.len(), REFUSALS);
    println!("{} of {} refused calls of serve", chosen.len(), faults.len());
    let (mut at_once, mut wrongs) = (0, Vec::new());
    for index in &chosen {
        let (spot, error) = faults[*index];
        match evening.check_refused(tracer.faulting(spot, Fault::Error(error), &paths)) {
            Ok(arrived) => at_once += usize::from(arrived),
            Err(wrong) => {
                println!("{error} at {spot:?} ({}): {wrong}", spots[spot]);
                wrongs.push((spot, error));
            }
        }
    }
    println!("in spite of {at_once} of them, everything arrived at once");
    assert!(wrongs.is_empty(), "seed {seed}: {wrongs:#?}");
}

#[test]
fn an_intake_with_few_descriptors_stays_and_what_it_could_not_take_comes_later() {
    let evening = Evening::prepare();
    let (mut too_few, mut starts) = (0, None);
    for limit in 10..PLENTY {
        let (city, tablet) = evening.fresh();
        let limited = City { under: with_descriptors(limit), ..city.clone() };
        let Ok(mut intake) = evening.day.serve_with(&limited) else {
            check_start(&city).unwrap_or_else(|wrong| panic!("{limit} descriptors: {wrong}"));
            too_few += 1;
            continue;
        };
        let starts = *starts.get_or_insert(limit);
        let arrived = sync_for_a_while(&tablet).unwrap();
        intake.end().unwrap_or_else(|error| panic!("with {limit} descriptors the intake did not stay: {error}"));
        let checked = evening.check_afterwards(&city, &tablet);
        assert_eq!(checked, Ok(()), "{limit} descriptors");
        if arrived {
            println!("serve starts with {starts} descriptors and receives with {limit}");
            assert!(too_few > 0, "no intake had too few");
            return;
        }
    }
    panic!("{PLENTY} descriptors are not enough");
}
