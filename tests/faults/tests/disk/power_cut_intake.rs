//! The power of the intake is cut while it receives: what it said it has is there, and no receipt stands for less than
//! the whole.

use std::fs;
use std::path::{Path, PathBuf};

use homon_faults::chance::Chance;
use homon_faults::day::{Day, files_of, short_visit};
use homon_faults::effort;
use homon_faults::power_cut::{Fate, Forgotten, Image};
use homon_faults::tracer::Tracer;
use homon_faults::volume::{Volume, What};
use homon_support::canaries::files_below;
use homon_support::city::City;
use homon_support::scenario::{Scenario, ScriptStep};
use serde_json::Value;

use crate::city::copy;
use crate::tablet::{Checked, on_folder, run, seal_greetings};

/// So many power cuts at every change.
const CUTS: usize = 30;
/// After so many bytes the line breaks, so that the upload comes in pieces.
const BREAKS: [u64; 3] = [400_000, 900_000, 1_300_000];
/// Hello, notice, tally, and the handshakes of some connections.
const OTHERS: u64 = 100_000;

/// A visit of some megabytes, so that it is received as several objects.
fn large_visit() -> Scenario {
    let mut day = short_visit().unwrap();
    for step in day.visits.iter_mut().flat_map(|visit| &mut visit.parts).flat_map(|part| &mut part.steps) {
        if let ScriptStep::Portrait { photo, .. } = step {
            (photo.width, photo.height, photo.kilobytes) = (1800, 2400, 2400);
        }
    }
    day
}

/// An evening's reception, recorded at the intake.
struct Evening {
    day: Day,
    volume: Volume,
    /// The tablet as it was before anything of it was sent.
    before: PathBuf,
    /// The sealed visit.
    visit: Vec<u8>,
    /// What the rest of the city's folder is.
    city: PathBuf,
}

/// What the intake had said of the visit.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    offset: u64,
    held: bool,
}

impl Evening {
    fn record(tracer: &Tracer) -> Self {
        let day = Day::begin(large_visit()).unwrap();
        let tablet = &day.tablets[0];
        day.enrol(tablet).unwrap();
        for command in ["work", "close", "seal"] {
            tablet.run(&[command]).unwrap();
        }
        seal_greetings(tablet);
        let before = day.at("before");
        copy(&tablet.folder, &before);
        let sealed = files_of(tablet, "sealed").unwrap();
        let visit = sealed.iter().find(|path| path.to_string_lossy().contains("/visit-")).unwrap();
        let visit = fs::read(visit).unwrap();
        assert!(visit.len() > 1_600_000, "only {} bytes", visit.len());
        let city = day.at("city-before");
        copy(&day.city.folder, &city);
        let mut volume = Volume::of(&day.city.folder.join("store")).unwrap();
        let log = day.at("strace");
        volume
            .watch(tracer, &log, |under| {
                let mut intake = day.serve_with(&City { under, ..day.city.clone() })?;
                day.line.cut_after(BREAKS);
                tablet.run(&["sync"])?;
                intake.end()
            })
            .unwrap();
        Self { day, volume, before, visit, city }
    }

    /// What the log of the intake had said before the change with this index: it says it when it is durable.
    fn told(&self, cut: usize) -> Told {
        let mut told = Told::default();
        let whole = self.visit.len();
        for change in &self.volume.changes[..cut] {
            let What::Logged(text) = &change.what else { continue };
            for fields in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
                let fields = &fields["fields"];
                match fields["message"].as_str() {
                    Some("received") if fields["length"] == whole => told.offset = fields["offset"].as_u64().unwrap(),
                    Some("held") if fields["bytes"] == whole => told.held = true,
                    _ => {}
                }
            }
        }
        told
    }

    fn check(&self, image: &Image, told: Told, folder: &Path) -> Checked {
        copy(&self.city, folder);
        let store = folder.join("store");
        fs::remove_dir_all(&store).unwrap();
        image.write(&store).unwrap();
        if told.held {
            self.check_held(&store)?;
        }
        let tablet = on_folder(&self.day.tablets[0], &folder.with_extension("tablet"));
        copy(&self.before, &tablet.folder);
        let intake = self.day.serve_with(&crate::city::on_folder(&self.day.city, folder)).map_err(|e| e.to_string())?;
        let carried = self.day.line.carried();
        run(&tablet, &["sync"])?;
        let carried = self.day.line.carried() - carried;
        let missing = if told.held { 0 } else { self.visit.len() as u64 - told.offset };
        if carried > missing + OTHERS {
            return Err(format!("{carried} bytes were sent, {missing} were missing"));
        }
        self.check_held(&store)?;
        drop(intake);
        fs::remove_dir_all(folder).unwrap();
        fs::remove_dir_all(&tablet.folder).unwrap();
        Ok(())
    }

    /// The visit lies there with its very bytes and a receipt, once.
    fn check_held(&self, store: &Path) -> Checked {
        let of_visits = |inner: &str| -> Vec<PathBuf> {
            let files = files_below(&store.join(inner)).unwrap_or_default();
            files.into_iter().filter(|file| file.iter().any(|part| part == "visit")).collect()
        };
        // What an interrupted write left beside it has another ending, and the store lists no such name.
        let packages: Vec<_> =
            of_visits("packages").into_iter().filter(|file| file.extension() == Some("age".as_ref())).collect();
        let receipts: Vec<_> =
            of_visits("receipts").into_iter().filter(|file| file.to_string_lossy().ends_with(".held.jws")).collect();
        let [package] = packages.as_slice() else { return Err(format!("{} packages of the visit", packages.len())) };
        if fs::read(package).unwrap() != self.visit {
            return Err("other bytes are held".to_owned());
        }
        let [receipt] = receipts.as_slice() else { return Err(format!("{} receipts for the visit", receipts.len())) };
        let dots = fs::read_to_string(receipt).unwrap().matches('.').count();
        if dots == 2 { Ok(()) } else { Err("the receipt is no token".to_owned()) }
    }
}

#[test]
fn a_power_cut_of_the_intake_takes_no_byte_that_it_said_it_has() {
    let Some(tracer) = Tracer::find() else { return };
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let evening = Evening::record(&tracer);
    let end = evening.volume.changes.len();
    let told = evening.told(end);
    assert!(told.held, "the recording does not say that the visit is held");
    let moments = effort::share(&mut chance, end + 1, CUTS);
    println!("{} power cuts of serve in {end} changes", moments.len());
    for cut in moments {
        let fate = if chance.below(3) == 0 { Fate::Lost } else { Fate::Chance(&mut chance) };
        let image = evening.volume.after_cut(cut, Forgotten::Nothing, fate);
        let told = evening.told(cut);
        let checked = evening.check(&image, told, &evening.day.at(&format!("cut-{cut}")));
        assert_eq!(checked, Ok(()), "seed {seed}: before change {cut}, {told:?}");
    }
    // An intake that forgot its syncs would have said more than it has.
    for forgotten in [Forgotten::Files, Forgotten::Folders] {
        let image = evening.volume.after_cut(end, forgotten, Fate::Lost);
        let folder = evening.day.at(&format!("forgotten-{forgotten:?}"));
        assert!(evening.check(&image, told, &folder).is_err(), "serve without the syncs of {forgotten:?}");
    }
}
