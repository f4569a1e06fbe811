//! A roster that was brought to the tablet as a file: read there and kept like one that came as mail.

use std::collections::BTreeSet;

use homon_domain::ids::{RosterId, VisitId};
use homon_domain::roster::{ExpectedResident, SameResident};
use homon_domain::visit::japan_time;
use homon_roster::{BadCell, BadRows, ColumnLetter, Duplicate, Form, Reading};
use homon_store::{NewRoster, Root, RosterFile};
use zeroize::Zeroizing;

use crate::desk::{Desk, Session};
use crate::error::{Error, Field, Result, Rule};
use crate::homon::{Homon, Platform};
use crate::rosters::{entries_of, kept_rosters, open};

/// What was read of a file, and whether it is a roster now. It says where, never what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RosterImport {
    /// What kind of file it was.
    pub form: Form,
    /// How many rows fit.
    pub fit: u32,
    /// Every cell that does not fit.
    pub bad: Vec<BadCell>,
    /// Residents who stand there twice, or on another roster of this tablet. They were taken.
    pub duplicates: Vec<Duplicate>,
    /// Rows in which nothing stands in any column that is read.
    pub passed_over: Vec<u32>,
    /// Columns that are not read.
    pub not_read: Vec<ColumnLetter>,
    /// The roster. `None` when rows do not fit and were not left out by decision: then nobody was taken.
    pub roster: Option<RosterId>,
}

impl Homon {
    /// Reads a roster from a file: CSV or an Excel workbook. Unless every row fits, or `bad` leaves the others out,
    /// nothing is kept. The file itself is the caller's to delete.
    ///
    /// # Errors
    /// [`Rule::Roster`] for a file that can't be read as a roster; [`Error::SignInAgain`], [`Error::StorageFull`],
    /// [`Error::KeyUnavailable`].
    pub async fn import_roster(&self, file: Vec<u8>, visit: Option<VisitId>, bad: BadRows) -> Result<RosterImport> {
        let file = Zeroizing::new(file);
        self.worker.run(move |desk| import(desk, &file, visit, bad)).await
    }
}

fn import(desk: &mut Desk, file: &[u8], visit: Option<VisitId>, bad: BadRows) -> Result<RosterImport> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    let reading = homon_roster::read(file, session.programme().number, japan_time(now).date_naive())
        .map_err(|fault| Error::FixInput { field: Field::Roster, rule: Rule::Roster(fault) })?;
    let mut import = report(&reading, &residents_here(session, root, platform)?);
    if let Ok(residents) = reading.residents(bad) {
        let id = RosterId::make();
        let event = session.event(now, "roster_imported");
        let new = NewRoster { id, visit, entries: entries_of(&residents)? };
        RosterFile::create(root, &mut session.file, platform.vault.as_ref(), new, &event)?;
        import.roster = Some(id);
    }
    Ok(import)
}

fn report(reading: &Reading, known: &BTreeSet<SameResident>) -> RosterImport {
    RosterImport {
        form: reading.form,
        fit: u32::try_from(reading.lines.len()).unwrap_or(u32::MAX),
        bad: reading.bad.clone(),
        duplicates: reading.duplicates(known),
        passed_over: reading.passed_over.clone(),
        not_read: reading.not_read.clone(),
        roster: None,
    }
}

/// Everyone on the rosters that are here. One that does not open keeps no other from being read.
fn residents_here(session: &Session, root: &Root, platform: &Platform) -> Result<BTreeSet<SameResident>> {
    let mut here = BTreeSet::new();
    for row in kept_rosters(session)? {
        let entries = match open(session, root, platform, row.id) {
            Ok(file) => file.entries()?,
            Err(error) if error.is_about_one_visit() => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            here.insert(entry.body.read::<ExpectedResident>()?.same());
        }
    }
    Ok(here)
}
