//! The power of the desk's machine is cut: while the city is founded, while a tablet is enrolled, while packages are
//! opened.

use std::fs;
use std::path::{Path, PathBuf};

use homon_faults::chance::Chance;
use homon_faults::day::{Day, short_visit, text};
use homon_faults::effort;
use homon_faults::power_cut::{Fate, Forgotten, Image};
use homon_faults::tracer::Tracer;
use homon_faults::volume::{Volume, What};
use homon_support::city::City;

use crate::city::{Opened, check_open, on_folder, with_arrivals};
use crate::tablet::Checked;

/// So many power cuts of `open` at every change.
const CUTS_OF_OPEN: usize = 30;
/// And of the founding and the enrolment.
const CUTS_BEFORE: usize = 16;

/// Some moments of a recording, each with a fate of what was not synced.
fn images(volume: &Volume, chance: &mut Chance, wanted: usize) -> Vec<(usize, Image)> {
    let mut chance = chance.split();
    let moments = effort::share(&mut chance, volume.changes.len() + 1, wanted);
    let image = |cut: usize, chance: &mut Chance| {
        let fate = if chance.below(3) == 0 { Fate::Lost } else { Fate::Chance(chance) };
        (cut, volume.after_cut(cut, Forgotten::Nothing, fate))
    };
    moments.into_iter().map(|cut| image(cut, &mut chance)).collect()
}

/// Holds it on a folder of its own, which goes when all is well.
fn on_image(image: &Image, folder: &Path, check: impl FnOnce(&Path) -> Checked) -> Checked {
    image.write(folder).unwrap();
    let checked = check(folder);
    if checked.is_ok() {
        fs::remove_dir_all(folder).unwrap();
    }
    checked
}

#[test]
fn a_power_cut_of_the_desk_opens_each_package_once_and_whole() {
    let Some(tracer) = Tracer::find() else { return };
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let day = with_arrivals();
    let mut volume = Volume::of(&day.city.folder).unwrap();
    let opening = |under| City { under, ..day.city.clone() }.must(&["open", "--dir", day.city.dir()]);
    volume.watch(&tracer, &day.at("strace"), opening).unwrap();
    let whole = Opened::read(&day.city.folder);
    assert_eq!(whole.packages(), 3);
    let check = |folder: &Path| check_open(&on_folder(&day.city, folder), &whole);
    let images = images(&volume, &mut chance, CUTS_OF_OPEN);
    println!("{} power cuts of open in {} changes", images.len(), volume.changes.len());
    for (cut, image) in images {
        let checked = on_image(&image, &day.at(&format!("cut-{cut}")), check);
        assert_eq!(checked, Ok(()), "seed {seed}: before change {cut}");
    }
    // A desk that forgot its syncs would sign for what a power cut then takes away.
    for forgotten in [Forgotten::Files, Forgotten::Folders] {
        let end = volume.changes.len();
        let caught = (0..4).any(|number| {
            let image = volume.after_cut(end, forgotten, Fate::Chance(&mut chance));
            on_image(&image, &day.at(&format!("forgotten-{forgotten:?}-{number}")), check).is_err()
        });
        assert!(caught, "open without the syncs of {forgotten:?}");
    }
}

/// A city that was founded in a folder, and a tablet that was enrolled there.
struct Beginning {
    day: Day,
    volume: Volume,
    /// The folder that holds the city and the enrolment.
    folder: PathBuf,
}

impl Beginning {
    fn record(tracer: &Tracer) -> Self {
        let day = Day::begin(short_visit().unwrap()).unwrap();
        let folder = day.at("beginning");
        fs::create_dir(&folder).unwrap();
        let request = day.at("request");
        fs::write(&request, day.tablets[0].run(&["request"]).unwrap().trim()).unwrap();
        let mut volume = Volume::of(&folder).unwrap();
        let mut play = |arguments: &[&str]| {
            let run = |under| City { under, ..day.city.clone() }.must(arguments);
            drop(volume.watch(tracer, &day.at("strace"), run).unwrap());
        };
        let (city, enrolment) = (text(&folder.join("city")).unwrap(), text(&folder.join("enrolment")).unwrap());
        let programme = text(&day.at("programme.toml")).unwrap();
        let url = format!("https://{}", day.line.address);
        play(&["init", "--dir", &city, "--programme", &programme, "--intake-url", &url]);
        play(&["enrol", "--dir", &city, &text(&request).unwrap(), "--out", &enrolment]);
        Self { day, volume, folder }
    }

    /// Which command ran last before a change, and whether it had answered.
    fn told(&self, cut: usize) -> (usize, bool) {
        self.volume.changes[..cut].iter().fold((0, false), |told, change| match change.what {
            What::Begin(command) => (command, false),
            What::Said(_) => (told.0, true),
            _ => told,
        })
    }

    /// What was answered is there: a city that can enrol, a tablet that the intake knows.
    fn check(&self, folder: &Path, told: (usize, bool)) -> Checked {
        let founded = told != (0, false);
        let city = on_folder(&self.day.city, &folder.join("city"));
        if !founded {
            // All of it or nothing.
            return if city.folder.exists() { self.enrol(&city, folder).map(drop) } else { Ok(()) };
        }
        if told != (1, true) {
            return self.enrol(&city, folder);
        }
        let kept = fs::read(folder.join("enrolment")).map_err(|error| format!("the enrolment: {error}"))?;
        let given = fs::read(self.folder.join("enrolment")).unwrap();
        let known = fs::read_dir(city.folder.join("store/devices")).map_or(0, Iterator::count);
        let listed = city.run(&["status", "--dir", city.dir()]).map_err(|error| error.to_string())?.0;
        if kept == given && known == 1 && listed.contains("tablet-1") {
            Ok(())
        } else {
            Err(format!("{known} devices are known to the intake, the desk says: {listed}"))
        }
    }

    /// A tablet that was not answered asks once more, perhaps with the same request.
    fn enrol(&self, city: &City, folder: &Path) -> Checked {
        let (request, out) = (text(&self.day.at("request")).unwrap(), text(&folder.join("again")).unwrap());
        match city.run(&["enrol", "--dir", city.dir(), &request, "--out", &out]) {
            Ok((_, true)) => Ok(()),
            _ => {
                let log = fs::read_to_string(&city.log).unwrap_or_default();
                // The answer was kept where the desk says.
                let last = log.lines().last().unwrap_or_default();
                if last.contains("answered") { Ok(()) } else { Err(format!("enrol: {last}")) }
            }
        }
    }
}

#[test]
fn a_power_cut_leaves_a_city_or_none_and_a_tablet_that_was_answered_is_known() {
    let Some(tracer) = Tracer::find() else { return };
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let beginning = Beginning::record(&tracer);
    let images = images(&beginning.volume, &mut chance, CUTS_BEFORE);
    println!("{} power cuts of init and enrol in {} changes", images.len(), beginning.volume.changes.len());
    let last = beginning.volume.changes.len();
    let end = (last, beginning.volume.after_cut(last, Forgotten::Nothing, Fate::Lost));
    for (cut, image) in images.into_iter().chain([end]) {
        let folder = beginning.day.at(&format!("cut-{cut}"));
        let checked = on_image(&image, &folder, |folder| beginning.check(folder, beginning.told(cut)));
        assert_eq!(checked, Ok(()), "seed {seed}: before change {cut}");
    }
    for forgotten in [Forgotten::Files, Forgotten::Folders] {
        let image = beginning.volume.after_cut(last, forgotten, Fate::Lost);
        let folder = beginning.day.at(&format!("forgotten-{forgotten:?}"));
        let checked = on_image(&image, &folder, |folder| beginning.check(folder, beginning.told(last)));
        assert!(checked.is_err(), "init and enrol without the syncs of {forgotten:?}");
    }
}
