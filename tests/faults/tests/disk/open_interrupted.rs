//! `open` is killed at any of its calls, or refused one: the next one opens the rest, each package once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use homon_faults::chance::Chance;
use homon_faults::confined::Disk;
use homon_faults::effort;
use homon_faults::recording::{self, Argument, Call};
use homon_faults::tracer::{Fault, Spot, Tracer};
use homon_support::city::City;

use crate::city::{Opened, check_open, copy, kibibytes, on_folder, with_arrivals};

/// So many kills at every change.
const KILLS: usize = 70;
/// So many refused calls.
const REFUSALS: usize = 24;
/// So many sizes of a disk.
const FULL_DISKS: usize = 8;

/// What can fail, and how.
const CALLS: [(&str, &str); 6] = [
    ("openat", "EMFILE"),
    ("write", "ENOSPC"),
    ("fsync", "EIO"),
    ("mkdir", "ENOSPC"),
    ("rename", "EIO"),
    ("unlink", "EIO"),
];

/// A city with arrivals, kept as it was before the desk opened them.
struct Desk {
    day: homon_faults::day::Day,
    before: std::path::PathBuf,
    whole: Opened,
    /// The calls of `open` on the city's folder, with their errors.
    spots: Vec<(Spot, &'static str)>,
}

impl Desk {
    fn prepare(tracer: &Tracer) -> Self {
        let day = with_arrivals();
        let before = day.at("before");
        copy(&day.city.folder, &before);
        let log = day.at("strace");
        let under = tracer.recording(&log);
        City { under, ..day.city.clone() }.must(&["open", "--dir", day.city.dir()]).unwrap();
        let spots = spots(&recording::read(&log).unwrap(), &day.city.folder);
        fs::remove_file(log).unwrap();
        let whole = Opened::read(&day.city.folder);
        assert_eq!(whole.packages(), 3);
        Self { day, before, whole, spots }
    }

    /// The city as it was, on a folder of its own.
    fn fresh(&self) -> City {
        let folder = self.day.at("city-again");
        drop(fs::remove_dir_all(&folder));
        copy(&self.before, &folder);
        on_folder(&self.day.city, &folder)
    }
}

/// What `open` asks of the city's folder, as its threads count it. Numbers that stand for something else on another
/// thread, such as a program's start, are left out.
fn spots(calls: &[Call], folder: &Path) -> Vec<(Spot, &'static str)> {
    let mut numbers: BTreeMap<(u32, &str), usize> = BTreeMap::new();
    let (mut inside, mut outside, mut open) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
    for call in calls {
        let number = numbers.entry((call.thread, &call.name)).or_default();
        *number += 1;
        let named = call.arguments.iter().any(|argument| {
            matches!(argument, Argument::Bytes(bytes) if bytes.starts_with(folder.as_os_str().as_encoded_bytes()))
        });
        let descriptor = if let Some(Argument::Number(number)) = call.arguments.first() { Some(*number) } else { None };
        let is_inside = named || descriptor.is_some_and(|descriptor| open.contains(&descriptor));
        match call.name.as_str() {
            "openat" if named && call.answer >= 0 => drop(open.insert(call.answer)),
            "close" => drop(descriptor.map(|descriptor| open.remove(&descriptor))),
            _ => {}
        }
        let Some((_, error)) = CALLS.iter().find(|(name, _)| *name == call.name) else { continue };
        let spot = Spot { call: call.name.clone(), number: *number };
        if is_inside {
            inside.insert(spot, *error);
        } else {
            outside.insert(spot);
        }
    }
    inside.into_iter().filter(|(spot, _)| !outside.contains(spot)).collect()
}

#[test]
fn killed_at_any_call_each_package_is_opened_once() {
    let Some(tracer) = Tracer::find() else { return };
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let desk = Desk::prepare(&tracer);
    let chosen = effort::share(&mut chance, desk.spots.len(), KILLS);
    let mut kills = 0;
    for index in &chosen {
        let (spot, _) = &desk.spots[*index];
        let city = desk.fresh();
        let killed = City { under: tracer.faulting(spot, Fault::Kill, &[]), ..city.clone() };
        let (_, came_to_its_end) = killed.run(&["open", "--dir", city.dir()]).unwrap();
        kills += usize::from(!came_to_its_end);
        assert_eq!(check_open(&city, &desk.whole), Ok(()), "seed {seed}: killed at {spot:?}");
    }
    println!("{kills} kills of open at its {} calls", desk.spots.len());
    // Threads do not always share their work alike, so now and then a number is not reached.
    assert!(kills * 10 >= chosen.len() * 8, "only {kills} kills of {}", chosen.len());
}

#[test]
fn a_refused_call_is_told_and_each_package_is_opened_once() {
    let Some(tracer) = Tracer::find() else { return };
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let desk = Desk::prepare(&tracer);
    let mut told = 0;
    // Writes also wake threads, which must not fail; a full disk has a test of its own.
    let spots: Vec<_> = desk.spots.iter().filter(|(spot, _)| spot.call != "write").collect();
    for index in effort::share(&mut chance, spots.len(), REFUSALS) {
        let (spot, error) = spots[index];
        let city = desk.fresh();
        let refused = City { under: tracer.faulting(spot, Fault::Error(error), &[]), ..city.clone() };
        drop(fs::remove_file(&city.log));
        let (said, came_to_its_end) = refused.run(&["open", "--dir", city.dir()]).unwrap();
        if !came_to_its_end {
            let said = format!("{said}{}", fs::read_to_string(&city.log).unwrap_or_default());
            let words = ["No space left on device", "Too many open files", "Input/output error"];
            assert!(words.iter().any(|words| said.contains(words)), "seed {seed}: {spot:?} {error}: {said}");
            assert!(!said.contains("panicked"), "seed {seed}: {spot:?}: {said}");
            told += 1;
        }
        assert_eq!(check_open(&city, &desk.whole), Ok(()), "seed {seed}: {error} at {spot:?}");
    }
    println!("{told} refusals were told");
    assert!(told > 0);
}

#[test]
fn on_a_full_disk_each_package_is_opened_once_there_is_room() {
    let (Some(tracer), true) = (Tracer::find(), Disk::may_be_had()) else { return };
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let desk = Desk::prepare(&tracer);
    let first = kibibytes(&desk.before) + 8;
    let mut full = 0;
    for more in effort::share(&mut chance, 60, FULL_DISKS) {
        let size = first + 4 * more as u64;
        let [at, left] = ["disk", "left"].map(|name| desk.day.at(name));
        for folder in [&at, &left] {
            drop(fs::remove_dir_all(folder));
            fs::create_dir(folder).unwrap();
        }
        let city = on_folder(&desk.day.city, &at);
        drop(fs::remove_file(&city.log));
        let small = City { under: Disk::Small(size).for_program(&at, &desk.before, &left), ..city.clone() };
        let (said, came_to_its_end) = small.run(&["open", "--dir", city.dir()]).unwrap();
        if !came_to_its_end {
            let said = format!("{said}{}", fs::read_to_string(&city.log).unwrap_or_default());
            let told = ["No space left on device", "no space is left"].iter().any(|words| said.contains(words));
            assert!(told, "seed {seed}: {size} KiB: {said}");
            full += 1;
        }
        let checked = check_open(&on_folder(&desk.day.city, &left), &desk.whole);
        assert_eq!(checked, Ok(()), "seed {seed}: {size} KiB");
    }
    println!("{full} disks were full");
    assert!(full > 0);
}
