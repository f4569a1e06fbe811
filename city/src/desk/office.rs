//! The contractor's office: it owes the reports and must not keep the residents. Its key opens tallies, nothing else:
//! counts, and photos of activities in which nobody can be known.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use homon_domain::ids::{ActivityPhotoId, DeviceId, PartNumber, VisitId};
use homon_domain::programme::Programme;
use homon_domain::tally::Tally;
use homon_report::{TallyRow, tally_table, write_csv};
use homon_seal::{EntryPath, Identity, Limits, OpenError, OpenedPackage, PackageKey, PublicKey, Subject, reader};

use super::activity::{self, ActivityFault};
use super::arrivals::{Arrivals, PackageFile};
use super::devices::Devices;
use super::export::{activity_photo_name, short_names};
use super::files::{self, FileError};
use super::folder::CityFolder;
use super::key_files::{self, KeyFileError};
use super::programme::{self, ProgrammeError};
use crate::intake::{Registry, RegistryError};

/// Why no tally could be opened at all.
#[derive(Debug, thiserror::Error)]
pub enum OfficeNotReady {
    /// The office key is not here.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The programme can't be used.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// There is something already where photos should go.
    #[error("{} exists already; name a folder that does not", .0.display())]
    Exists(PathBuf),
    /// The desk's records or the store could not be read, or a photo not be written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Why one tally was not opened.
#[derive(Debug, thiserror::Error)]
pub enum TallyRefusal {
    /// Not encrypted to the office, not signed by the device, or damaged.
    #[error(transparent)]
    Package(#[from] OpenError),
    /// The file is the tally of another visit, part or seal than its name says.
    #[error("the file contains another tally than its name says")]
    OtherPackage,
    /// The tally is not of the shape that it should be.
    #[error("the tally can't be read")]
    Unreadable,
    /// A photo of an activity is not what its record says, or more than a picture.
    #[error(transparent)]
    Activity(#[from] ActivityFault),
    /// The device's key could not be read.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What the tallies say.
#[derive(Debug, Default)]
pub struct Counts {
    /// One row a part, of each the highest seal; by day, visit and part.
    pub rows: Vec<TallyRow>,
    /// Left out, because their residents are invented and the city's real.
    pub practice: usize,
    /// Not opened, with the reason.
    pub refused: Vec<(PackageKey, TallyRefusal)>,
}

impl Counts {
    /// Writes the counts as CSV for Excel.
    ///
    /// # Errors
    /// What the writer fails with.
    pub fn write(&self, out: impl io::Write) -> io::Result<()> {
        write_csv(out, &tally_table::COLUMNS, &self.rows)
    }
}

/// Opens every tally that arrived, with the office's key.
///
/// # Errors
/// [`OfficeNotReady`].
pub fn tally(folder: &CityFolder) -> Result<Counts, OfficeNotReady> {
    let key = key_files::identity(&folder.office_key())?;
    let programme = programme::read(&folder.programme())?;
    let arrivals = Arrivals::of(folder)?;
    let keys = DeviceKeys { desk: Devices::read(&folder.desk())?, registry: folder.registry() };
    let mut counts = Counts::default();
    for package in highest_tallies(arrivals.held()?) {
        match open_tally(&arrivals, &package, &key, &keys) {
            Ok((opened, _)) if opened.manifest().is_practice_at(programme.mode) => counts.practice += 1,
            Ok((_, tally)) => counts.rows.push(row(&package, tally, &programme)),
            Err(refusal) => counts.refused.push((package, refusal)),
        }
    }
    counts.rows.sort_by_key(|row| (row.tally.date, row.tally.visit, row.tally.part));
    Ok(counts)
}

/// What became of the photos of activities.
#[derive(Debug, Default)]
pub struct Photos {
    /// How many lie in the folder.
    pub written: usize,
    /// The packages of which none were taken, with the reason.
    pub refused: Vec<(PackageKey, TallyRefusal)>,
}

/// Writes the photos of activities that came with the tallies into a new folder, named by visit, part and their order. The
/// folder appears with all of them, or not at all.
///
/// # Errors
/// [`OfficeNotReady`].
pub fn activity_photos(folder: &CityFolder, out: &Path) -> Result<Photos, OfficeNotReady> {
    if fs::symlink_metadata(out).is_ok() {
        return Err(OfficeNotReady::Exists(out.to_owned()));
    }
    let draft = files::draft_of(out);
    files::make_folder(&draft)?;
    let written = write_photos(folder, &draft).and_then(|photos| {
        files::sync_folder(&draft)?;
        files::publish(&draft, out)?;
        Ok(photos)
    });
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_dir_all(&draft);
    }
    written
}

fn write_photos(folder: &CityFolder, draft: &Path) -> Result<Photos, OfficeNotReady> {
    let key = key_files::identity(&folder.office_key())?;
    let mode = programme::read(&folder.programme())?.mode;
    let arrivals = Arrivals::of(folder)?;
    let keys = DeviceKeys { desk: Devices::read(&folder.desk())?, registry: folder.registry() };
    let packages = highest_tallies(arrivals.held()?);
    let names = short_names(packages.iter().filter_map(|package| package.subject.visit()).map(|(visit, _)| visit));
    let mut shelf = Shelf { draft, names, taken: BTreeSet::new(), places: BTreeMap::new() };
    let mut refused = Vec::new();
    for package in packages {
        let taken = open_tally(&arrivals, &package, &key, &keys)
            .and_then(|(opened, _)| if opened.manifest().is_practice_at(mode) { Ok(()) } else { shelf.take(opened) });
        match taken {
            Ok(()) => {}
            Err(TallyRefusal::File(error)) => return Err(error.into()),
            Err(refusal) => refused.push((package, refusal)),
        }
    }
    Ok(Photos { written: shelf.taken.len(), refused })
}

/// The folder that is being filled.
struct Shelf<'a> {
    draft: &'a Path,
    /// What visits are called in it.
    names: BTreeMap<VisitId, String>,
    /// The photos in it. A part that changed tablets was perhaps sealed by both.
    taken: BTreeSet<ActivityPhotoId>,
    /// How many there are of each part.
    places: BTreeMap<(VisitId, PartNumber), usize>,
}

impl Shelf<'_> {
    /// Takes the photos of a tally: all of them, or none.
    fn take(&mut self, mut opened: OpenedPackage<PackageFile>) -> Result<(), TallyRefusal> {
        let manifest = opened.manifest().clone();
        let Some(part) = manifest.key.subject.visit() else { return Err(TallyRefusal::OtherPackage) };
        let mut read = |path| -> Result<Vec<u8>, TallyRefusal> { entry(&mut opened, path) };
        let mut photos = Vec::new();
        activity::each(&manifest, &mut read, |photo, _| -> Result<(), TallyRefusal> {
            photos.push((photo.taken_at, photo.id));
            Ok(())
        })?;
        photos.sort_unstable();
        // Read once more: all are known to be in order now, and one lies in memory at a time.
        for (_, id) in photos {
            if self.taken.insert(id) {
                let place = self.places.entry(part).or_default();
                *place += 1;
                let name = activity_photo_name(&self.names[&part.0], part.1, *place);
                files::write_new(&self.draft.join(name), &read(EntryPath::ActivityPhoto(id))?)?;
            }
        }
        Ok(())
    }
}

fn entry(opened: &mut OpenedPackage<PackageFile>, path: EntryPath) -> Result<Vec<u8>, TallyRefusal> {
    let mut bytes = Vec::new();
    opened.entry(path)?.read_to_end(&mut bytes).map_err(OpenError::from)?;
    Ok(bytes)
}

fn highest_tallies(held: Vec<PackageKey>) -> Vec<PackageKey> {
    let tallies = held.into_iter().filter(|key| matches!(key.subject, Subject::Tally { .. }));
    // Sorted by seal within a subject: the last one stays.
    let highest: BTreeMap<_, _> = tallies.map(|key| ((key.device, key.subject), key)).collect();
    highest.into_values().collect()
}

/// The devices' keys: from the desk's own records where they are here, otherwise as the intake knows them.
struct DeviceKeys {
    desk: Devices,
    registry: Registry,
}

impl DeviceKeys {
    fn of(&self, device: DeviceId) -> Result<PublicKey, RegistryError> {
        match self.desk.get(device) {
            Some(known) => Ok(known.key),
            None => Ok(self.registry.read(device)?.public_key),
        }
    }
}

fn open_tally(
    arrivals: &Arrivals,
    package: &PackageKey,
    office: &Identity,
    keys: &DeviceKeys,
) -> Result<(OpenedPackage<PackageFile>, Tally), TallyRefusal> {
    let file = arrivals.package(package)?;
    let key = keys.of(package.device)?;
    let key_of = |named: DeviceId| (named == package.device).then_some(key);
    let mut opened = reader::open(file, std::slice::from_ref(office), key_of, &Limits::default())?;
    if opened.manifest().key != *package {
        return Err(TallyRefusal::OtherPackage);
    }
    let json = entry(&mut opened, EntryPath::Tally)?;
    let tally: Tally = serde_json::from_slice(&json).map_err(|_| TallyRefusal::Unreadable)?;
    let named = package.subject == Subject::Tally { visit: tally.visit, part: tally.part };
    if named { Ok((opened, tally)) } else { Err(TallyRefusal::OtherPackage) }
}

fn row(package: &PackageKey, tally: Tally, programme: &Programme) -> TallyRow {
    let site = programme.site(&tally.site).and_then(|site| site.name.clone());
    TallyRow { seal: package.seal, site: site.unwrap_or_else(|| tally.site.to_string()), tally }
}
