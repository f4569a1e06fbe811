//! The contractor's office: it owes the reports and must not keep the residents. Its key opens tallies, nothing else.

use std::collections::BTreeMap;
use std::io::{self, Read};

use homon_domain::ids::DeviceId;
use homon_domain::programme::Programme;
use homon_domain::tally::Tally;
use homon_report::{TallyRow, tally_table, write_csv};
use homon_seal::{EntryPath, Identity, Limits, OpenError, PackageKey, PublicKey, Subject, reader};

use super::arrivals::Arrivals;
use super::devices::Devices;
use super::files::FileError;
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
    /// The desk's records or the store could not be read.
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
            Ok(tally) => counts.rows.push(row(&package, tally, &programme)),
            Err(refusal) => counts.refused.push((package, refusal)),
        }
    }
    counts.rows.sort_by_key(|row| (row.tally.date, row.tally.visit, row.tally.part));
    Ok(counts)
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
) -> Result<Tally, TallyRefusal> {
    let file = arrivals.package(package)?;
    let key = keys.of(package.device)?;
    let key_of = |named: DeviceId| (named == package.device).then_some(key);
    let mut opened = reader::open(file, std::slice::from_ref(office), key_of, &Limits::default())?;
    if opened.manifest().key != *package {
        return Err(TallyRefusal::OtherPackage);
    }
    let mut json = Vec::new();
    opened.entry(EntryPath::Tally)?.read_to_end(&mut json).map_err(OpenError::from)?;
    let tally: Tally = serde_json::from_slice(&json).map_err(|_| TallyRefusal::Unreadable)?;
    let named = package.subject == Subject::Tally { visit: tally.visit, part: tally.part };
    if named { Ok(tally) } else { Err(TallyRefusal::OtherPackage) }
}

fn row(package: &PackageKey, tally: Tally, programme: &Programme) -> TallyRow {
    let site = programme.site(&tally.site).and_then(|site| site.name.clone());
    TallyRow { seal: package.seal, site: site.unwrap_or_else(|| tally.site.to_string()), tally }
}
