//! The desk file: what the tablet knows beside its visits, and nothing about any resident.
//!
//! Every change is one durable transaction together with its entry in the desk's own audit log.

mod columns;
pub(crate) mod handovers;
pub(crate) mod heads;
pub(crate) mod kept;
pub(crate) mod mail;
pub(crate) mod messages;
pub(crate) mod rosters;
#[cfg(test)]
mod schema_test;
pub(crate) mod seals;
pub(crate) mod settings;
pub(crate) mod tombstones;
pub(crate) mod visits;

use std::io::Write;

use homon_domain::audit::{AuditEntry, AuditEvent, Head};
use homon_domain::ids::VisitId;
use rusqlite::Transaction;
use rusqlite_migration::{M, Migrations};

use crate::audit;
use crate::cipher_file::{Access, CipherFile, Form};
use crate::error::Error;
use crate::keys::FileKey;
use crate::root::Root;

const STEPS: &[M<'static>] = &[
    M::up(audit::SCHEMA),
    M::up(include_str!("migrations/desk-01.sql")),
    M::up(include_str!("migrations/desk-02.sql")),
    M::up(include_str!("migrations/desk-03.sql")),
    M::up(include_str!("migrations/desk-04.sql")),
    M::up(include_str!("migrations/desk-05.sql")),
];
const FORM: Form = Form { migrations: Migrations::from_slice(STEPS), access: Access::Alone };

/// The name of the desk's audit chain.
pub const DESK_CHAIN: &str = "desk";

/// The open desk file of one tablet.
pub struct DeskFile {
    file: CipherFile,
}

impl DeskFile {
    /// Makes the desk file of a tablet that has none.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`]; [`Error::StorageFull`] and the other storage errors.
    pub fn create(root: &Root, key: FileKey, event: &AuditEvent) -> Result<Self, Error> {
        if root.desk().try_exists()? {
            return Err(Error::AlreadyExists);
        }
        let mut desk = Self { file: CipherFile::make(&root.desk(), key, &FORM)? };
        desk.record(event)?;
        Ok(Self { file: desk.file.publish(&root.desk())? })
    }

    /// Whether the tablet has a desk file.
    ///
    /// # Errors
    /// The storage's.
    pub fn exists(root: &Root) -> Result<bool, Error> {
        Ok(root.desk().try_exists()?)
    }

    /// Opens the desk file and brings it up to date.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Quarantined`] when it does not open with this key; [`Error::TooNew`]; storage errors.
    pub fn open(root: &Root, key: FileKey) -> Result<Self, Error> {
        Ok(Self { file: CipherFile::open_or_set_aside(root, &root.desk(), key, &FORM)? })
    }

    /// Closes the file while the app is suspended; until [`DeskFile::resume`] everything else gives [`Error::Paused`].
    ///
    /// # Errors
    /// The storage's; the file is then still open.
    pub fn pause(&mut self) -> Result<(), Error> {
        self.file.pause()
    }

    /// Opens the file again.
    ///
    /// # Errors
    /// The storage's.
    pub fn resume(&mut self) -> Result<(), Error> {
        self.file.resume()
    }

    /// Records an event that changes nothing else, such as a sign-in.
    ///
    /// # Errors
    /// The storage's.
    pub fn record(&mut self, event: &AuditEvent) -> Result<AuditEntry, Error> {
        let transaction = self.file.write()?;
        let entry = audit::append(&transaction, DESK_CHAIN, event)?;
        transaction.commit()?;
        Ok(entry)
    }

    /// The end of the desk's audit log.
    ///
    /// # Errors
    /// The storage's.
    pub fn audit_head(&self) -> Result<Head, Error> {
        audit::head(self.file.connection()?, DESK_CHAIN)
    }

    /// Verifies the whole of the desk's audit log.
    ///
    /// # Errors
    /// [`Error::AuditBroken`]; the storage's.
    pub fn verify_audit(&self) -> Result<Head, Error> {
        audit::verify_chain(self.file.connection()?, DESK_CHAIN)
    }

    /// Writes the desk's audit log, one JSON object a line.
    ///
    /// # Errors
    /// The storage's and the writer's.
    pub fn export_audit(&self, writer: impl Write) -> Result<(), Error> {
        audit::export_jsonl(self.file.connection()?, writer)
    }

    /// Commits what `change` does together with the event.
    fn step(
        &mut self,
        event: &AuditEvent,
        change: impl FnOnce(&Transaction<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let transaction = self.file.write()?;
        change(&transaction)?;
        audit::append(&transaction, DESK_CHAIN, event)?;
        Ok(transaction.commit()?)
    }

    /// As [`DeskFile::step`], with the visit named in the event.
    fn step_about(
        &mut self,
        visit: VisitId,
        event: &AuditEvent,
        change: impl FnOnce(&Transaction<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.step(&AuditEvent { visit: Some(visit), ..event.clone() }, change)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use chrono::DateTime;

    use super::*;

    pub(crate) fn event(action: &str) -> AuditEvent {
        let at = DateTime::from_timestamp(1_772_000_000, 0).unwrap();
        AuditEvent::new(at, &"staff-01".parse().unwrap(), action.parse().unwrap())
    }

    pub(crate) fn desk_in(folder: &std::path::Path) -> (Root, DeskFile) {
        let root = Root::open(folder).unwrap();
        let desk = DeskFile::create(&root, FileKey::from_bytes(&[1; 32]).unwrap(), &event("desk_made")).unwrap();
        (root, desk)
    }

    #[test]
    fn what_was_recorded_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let (root, mut desk) = desk_in(folder.path());
        desk.record(&event("signed_in")).unwrap();
        let head = desk.verify_audit().unwrap();
        drop(desk);
        let desk = DeskFile::open(&root, FileKey::from_bytes(&[1; 32]).unwrap()).unwrap();
        assert_eq!((desk.verify_audit().unwrap(), head.seq), (head, 2));
        let again = DeskFile::create(&root, FileKey::from_bytes(&[1; 32]).unwrap(), &event("desk_made"));
        assert!(matches!(again, Err(Error::AlreadyExists)));
    }

    #[test]
    fn a_paused_file_is_closed_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        desk.record(&event("signed_in")).unwrap();
        desk.pause().unwrap();
        desk.pause().unwrap();
        let names = crate::files::names_in(folder.path()).unwrap();
        assert_eq!(
            names,
            ["desk.homon", "messages", "quarantine", "rosters", "sealed", "visits"],
            "no journal is left open"
        );
        assert!(matches!(desk.record(&event("signed_in")), Err(Error::Paused)));
        assert!(matches!(desk.audit_head(), Err(Error::Paused)));
        desk.resume().unwrap();
        desk.resume().unwrap();
        desk.record(&event("signed_in")).unwrap();
        assert_eq!(desk.verify_audit().unwrap().seq, 3);
    }
}
