//! The file of one roster: its own SQLCipher database under its own key, so that those whom a visit expects are never
//! in the desk file.
//!
//! The residents are written once and then only read; beside them stands who of them was received.

use std::fmt;

use homon_domain::audit::{AuditEvent, Head};
use homon_domain::ids::{CaseId, PartNumber, RosterId, VisitId};
use homon_domain::platform::KeyVault;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use rusqlite_migration::{M, Migrations};

use crate::audit;
use crate::body::Body;
use crate::cipher_file::{Access, CipherFile, Form};
use crate::desk::DeskFile;
use crate::error::Error;
use crate::kept::{self, Kept};
use crate::keys::FileKey;
use crate::root::Root;

const STEPS: &[M<'static>] = &[
    M::up(audit::SCHEMA),
    M::up(include_str!("migrations/roster-01.sql")),
    M::up(include_str!("migrations/roster-02.sql")),
];
const FORM: Form = Form { migrations: Migrations::from_slice(STEPS), access: Access::Alone };

/// A resident whom a visit expects.
#[derive(Clone, PartialEq, Eq)]
pub struct RosterEntry {
    /// The place in the round.
    pub round_order: u32,
    /// The folded text by which the resident is found.
    pub search_key: String,
    /// What the city wrote of the resident.
    pub body: Body,
}

impl fmt::Debug for RosterEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RosterEntry").field("round_order", &self.round_order).finish_non_exhaustive()
    }
}

/// As which case a resident of a roster was received.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Received {
    /// In which visit.
    pub visit: VisitId,
    /// In which part of it.
    pub part: PartNumber,
    /// As which case.
    pub case: CaseId,
}

/// A resident of a roster with the place in it, and as which cases they were received, one a visit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RosterLine {
    /// The place in the list as the city sent it, from 1: by it the line is named.
    pub position: u32,
    /// The resident.
    pub entry: RosterEntry,
    /// In which visits they were received.
    pub received: Vec<Received>,
}

/// A roster as it was received.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewRoster {
    /// The roster. A corrected one is another, with another identifier.
    pub id: RosterId,
    /// The visit that it is for, if the city named one.
    pub visit: Option<VisitId>,
    /// The residents, in the order in which the city wrote them.
    pub entries: Vec<RosterEntry>,
}

/// The open file of one roster.
///
/// Drop it before the app is suspended: it holds a lock that iOS does not forgive.
pub struct RosterFile {
    file: CipherFile,
    chain: String,
}

impl RosterFile {
    /// Stores a roster: makes its key, its vault key and its file, then tells the desk file. It was received at the
    /// event's instant. In the desk's log the event names the visit, and the roster as its detail.
    ///
    /// A crash before the last of these leaves no roster; what was left of the file is removed when it comes again.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] when the desk file has it, erased or not; [`Error::Key`]; the storage's.
    pub fn create(
        root: &Root,
        desk: &mut DeskFile,
        vault: &dyn KeyVault,
        new: NewRoster,
        event: &AuditEvent,
    ) -> Result<Self, Error> {
        match desk.roster(new.id) {
            Err(Error::Unknown) => {}
            known => return known.and(Err(Error::AlreadyExists)),
        }
        let count = u32::try_from(new.entries.len()).map_err(|_| Error::Record)?;
        let (key, wrapped) = kept::new_key(root, vault, Kept::Roster(new.id))?;
        let file = Self::make(root, &new, key, event)?;
        desk.add_roster(new.id, new.visit, count, &wrapped, event)?;
        Ok(file)
    }

    fn make(root: &Root, new: &NewRoster, key: FileKey, event: &AuditEvent) -> Result<Self, Error> {
        let kept = Kept::Roster(new.id);
        let file = kept::make(root, kept, key, &FORM, event, |transaction| insert(transaction, &new.entries))?;
        Ok(Self { file, chain: kept.chain() })
    }

    /// Opens a roster's file with the key that the desk file and the vault hold together.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::WrongStage`] when its erasure has begun; [`Error::Key`] when the vault does not
    /// give the key; [`Error::Quarantined`] when the file is damaged; [`Error::Missing`]; [`Error::TooNew`]; the
    /// storage's.
    pub fn open(root: &Root, desk: &DeskFile, vault: &dyn KeyVault, id: RosterId) -> Result<Self, Error> {
        let kept = Kept::Roster(id);
        Ok(Self { file: kept::open(root, desk, vault, kept, &FORM)?, chain: kept.chain() })
    }

    /// The residents, by place in the round; those of one place as the city wrote them.
    ///
    /// # Errors
    /// The storage's.
    pub fn entries(&self) -> Result<Vec<RosterEntry>, Error> {
        let mut select = self
            .file
            .connection()?
            .prepare_cached("SELECT round_order, search_key, body FROM entries ORDER BY round_order, position")?;
        select.query_and_then([], entry)?.collect()
    }

    /// The residents in the same order, each with the place in the list and as which cases they were received.
    ///
    /// # Errors
    /// The storage's.
    pub fn lines(&self) -> Result<Vec<RosterLine>, Error> {
        let connection = self.file.connection()?;
        let mut select = connection.prepare_cached(
            "SELECT position, round_order, search_key, body FROM entries ORDER BY round_order, position",
        )?;
        let mut of_line = connection
            .prepare_cached("SELECT visit, part, case_id FROM received WHERE position = ?1 ORDER BY visit")?;
        let mut lines = Vec::new();
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let position = row.get("position")?;
            let received = of_line.query_and_then([position], received)?.collect::<Result<_, _>>()?;
            lines.push(RosterLine { position, entry: entry(row)?, received });
        }
        Ok(lines)
    }

    /// One resident by the place in the list.
    ///
    /// # Errors
    /// [`Error::Unknown`]; the storage's.
    pub fn line(&self, position: u32) -> Result<RosterLine, Error> {
        self.lines()?.into_iter().find(|line| line.position == position).ok_or(Error::Unknown)
    }

    /// The resident who is or was to be received as that case; `None` when nobody of this roster is.
    ///
    /// # Errors
    /// The storage's.
    pub fn behind(&self, case: CaseId) -> Result<Option<RosterEntry>, Error> {
        let mut select = self.file.connection()?.prepare_cached(
            "SELECT round_order, search_key, body FROM entries JOIN received USING (position) WHERE case_id = ?1",
        )?;
        select.query_row([case.to_string()], |row| Ok(entry(row))).optional()?.transpose()
    }

    /// Writes down as which case a resident is to be received, before the case is made: so that a case never lacks its
    /// line. A line whose case a crash has kept from being made is received as the same case again.
    ///
    /// # Errors
    /// [`Error::Unknown`] for no line; [`Error::AlreadyExists`] when the line has a case in that visit; the storage's.
    pub fn receive(&mut self, position: u32, as_case: Received, event: &AuditEvent) -> Result<(), Error> {
        self.line(position)?;
        let transaction = self.file.write()?;
        let Received { visit, part, case } = as_case;
        let added = transaction.execute(
            "INSERT INTO received (position, visit, part, case_id) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            params![position, visit.to_string(), part.get(), case.to_string()],
        )?;
        if added == 0 {
            return Err(Error::AlreadyExists);
        }
        audit::append(&transaction, &self.chain, event)?;
        Ok(transaction.commit()?)
    }

    /// How many residents there are.
    ///
    /// # Errors
    /// The storage's.
    pub fn count(&self) -> Result<u32, Error> {
        Ok(self.file.connection()?.query_row("SELECT count(*) FROM entries", [], |row| row.get(0))?)
    }

    /// Verifies the whole audit log, whose chain is named `roster/<roster>`; answers its end.
    ///
    /// # Errors
    /// [`Error::AuditBroken`]; the storage's.
    pub fn verify_audit(&self) -> Result<Head, Error> {
        audit::verify_chain(self.file.connection()?, &self.chain)
    }
}

fn insert(transaction: &Transaction<'_>, entries: &[RosterEntry]) -> Result<(), Error> {
    let mut insert = transaction
        .prepare_cached("INSERT INTO entries (position, round_order, search_key, body) VALUES (?1, ?2, ?3, ?4)")?;
    for (position, entry) in (1_u32..).zip(entries) {
        insert.execute(params![position, entry.round_order, entry.search_key, entry.body.as_json()])?;
    }
    Ok(())
}

fn entry(row: &Row<'_>) -> Result<RosterEntry, Error> {
    Ok(RosterEntry {
        round_order: row.get("round_order")?,
        search_key: row.get("search_key")?,
        body: Body::from_stored(row.get("body")?),
    })
}

fn received(row: &Row<'_>) -> Result<Received, Error> {
    Ok(Received {
        visit: row.get::<_, String>("visit")?.parse().map_err(|_| Error::Record)?,
        part: PartNumber::new(row.get("part")?).ok_or(Error::Record)?,
        case: row.get::<_, String>("case_id")?.parse().map_err(|_| Error::Record)?,
    })
}

#[cfg(test)]
mod tests;
