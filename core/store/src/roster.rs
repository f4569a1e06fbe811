//! The file of one roster: its own SQLCipher database under its own key, so that those whom a visit expects are never
//! in the desk file.
//!
//! It is written once and then only read. There is no copy of its key for the city: the city has the original.

use std::fmt;

use homon_domain::audit::{AuditEvent, Head};
use homon_domain::ids::{RosterId, VisitId};
use homon_domain::platform::KeyVault;
use rusqlite::{Row, Transaction, params};
use rusqlite_migration::{M, Migrations};

use crate::audit;
use crate::body::Body;
use crate::cipher_file::CipherFile;
use crate::desk::DeskFile;
use crate::desk::rosters::RosterState;
use crate::erase::roster::remove_traces;
use crate::error::Error;
use crate::keys::FileKey;
use crate::root::{Root, roster_alias};

const STEPS: &[M<'static>] = &[M::up(audit::SCHEMA), M::up(include_str!("migrations/roster-01.sql"))];
const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

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
        let alias = roster_alias(new.id);
        // The desk file has no key for what is there, so nobody can open it, and the roster itself is here again.
        remove_traces(root, vault, new.id)?;
        vault.create(&alias)?;
        let key = FileKey::make()?;
        let wrapped = vault.wrap(&alias, key.expose())?;
        let file = Self::make(root, &new, key, event)?;
        desk.add_roster(new.id, new.visit, count, &wrapped, event)?;
        Ok(file)
    }

    fn make(root: &Root, new: &NewRoster, key: FileKey, event: &AuditEvent) -> Result<Self, Error> {
        let path = root.roster(new.id);
        let chain = chain(new.id);
        let mut file = CipherFile::make(&path, key, &MIGRATIONS)?;
        let transaction = file.write()?;
        insert(&transaction, &new.entries)?;
        audit::append(&transaction, &chain, event)?;
        transaction.commit()?;
        Ok(Self { file: file.publish(&path)?, chain })
    }

    /// Opens a roster's file with the key that the desk file and the vault hold together.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::WrongStage`] when its erasure has begun; [`Error::Key`] when the vault does not
    /// give the key; [`Error::Quarantined`] when the file is damaged; [`Error::Missing`]; [`Error::TooNew`]; the
    /// storage's.
    pub fn open(root: &Root, desk: &DeskFile, vault: &dyn KeyVault, id: RosterId) -> Result<Self, Error> {
        if desk.roster(id)?.state != RosterState::Kept {
            return Err(Error::WrongStage);
        }
        let key = FileKey::unwrapped(vault, &roster_alias(id), &desk.wrapped_roster_key(id)?)?;
        let file = CipherFile::open_or_set_aside(root, &root.roster(id), key, &MIGRATIONS)?;
        Ok(Self { file, chain: chain(id) })
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

fn chain(id: RosterId) -> String {
    format!("roster/{id}")
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
    Ok(RosterEntry { round_order: row.get(0)?, search_key: row.get(1)?, body: Body::from_stored(row.get(2)?) })
}

#[cfg(test)]
mod tests;
