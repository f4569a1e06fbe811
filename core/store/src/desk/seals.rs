//! Packages that were sealed on this tablet, and what the city answered to each.

use chrono::{DateTime, Utc};
use homon_domain::audit::{AuditEvent, instant};
use homon_domain::ids::SealNumber;
use homon_domain::package::{PackageName, Subject};
use rusqlite::{Connection, Row, Transaction, params};

use super::visits::{VisitStage, one_row, set_stage, stage};
use super::{DeskFile, columns};
use crate::error::Error;

/// A package just sealed, in its place and durable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewSeal {
    /// Which package.
    pub id: PackageName,
    /// `false` for a visit that is sealed while it is still open (a checkpoint).
    pub complete: bool,
    /// The digest of the sealed file.
    pub sha256: [u8; 32],
    /// Its length in bytes.
    pub bytes: u64,
}

/// A package in the desk file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SealRow {
    /// What was sealed.
    pub seal: NewSeal,
    /// When, by the tablet's clock.
    pub sealed_at: DateTime<Utc>,
    /// The intake's receipt: complete, digest verified, durable.
    pub held_receipt: Option<String>,
    /// The desk's receipt: decrypted and reconciled.
    pub opened_receipt: Option<String>,
}

/// How far a package has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SealStatus {
    /// On its way.
    Sealed,
    /// The intake holds it.
    Held,
    /// The desk has opened it.
    Opened,
}

/// A verified receipt, as the token that the city signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Receipt<'a> {
    /// By the intake's key.
    Held(&'a str),
    /// By the desk's key.
    Opened(&'a str),
}

impl SealRow {
    /// How far it has come.
    #[must_use]
    pub fn status(&self) -> SealStatus {
        match (&self.held_receipt, &self.opened_receipt) {
            (_, Some(_)) => SealStatus::Opened,
            (Some(_), None) => SealStatus::Held,
            (None, None) => SealStatus::Sealed,
        }
    }
}

const SELECT: &str =
    "SELECT subject, visit, part, number, complete, sha256, bytes, sealed_at, held_receipt, opened_receipt FROM seals";
const ABOUT: &str = "subject = ?1 AND visit IS ?2 AND part IS ?3";

impl DeskFile {
    /// The number of the next package about `subject`.
    ///
    /// # Errors
    /// The storage's.
    pub fn next_seal(&self, subject: Subject) -> Result<SealNumber, Error> {
        next_number(self.file.connection()?, subject)
    }

    /// Records a package. A complete one of a closed visit moves the visit to [`VisitStage::Sealed`].
    ///
    /// # Errors
    /// [`Error::WrongNumber`] unless it is the next; [`Error::Unknown`] when the visit is; [`Error::WrongStage`] when
    /// a complete one is of a visit not closed, or a checkpoint of one that is sealed; the storage's.
    pub fn add_seal(&mut self, seal: &NewSeal, event: &AuditEvent) -> Result<(), Error> {
        let subject = seal.id.subject;
        let event = AuditEvent { visit: subject.visit().map(|(visit, _)| visit), ..event.clone() };
        self.step(&event, |transaction| {
            if seal.id.seal != next_number(transaction, subject)? {
                return Err(Error::WrongNumber);
            }
            move_to_sealed(transaction, seal)?;
            insert(transaction, seal, event.at)
        })
    }

    /// All packages, in the order in which they were sealed.
    ///
    /// # Errors
    /// The storage's.
    pub fn seals(&self) -> Result<Vec<SealRow>, Error> {
        let mut select = self.file.connection()?.prepare_cached(&format!("{SELECT} ORDER BY id"))?;
        select.query_and_then([], seal_row)?.collect()
    }

    /// One package.
    ///
    /// # Errors
    /// [`Error::Unknown`]; the storage's.
    pub fn seal(&self, id: PackageName) -> Result<SealRow, Error> {
        let connection = self.file.connection()?;
        let mut select = connection.prepare_cached(&format!("{SELECT} WHERE {ABOUT} AND number = ?4"))?;
        let (word, visit, part) = about(id.subject);
        let mut rows = select.query_and_then(params![word, visit, part, id.seal.get()], seal_row)?;
        rows.next().unwrap_or(Err(Error::Unknown))
    }

    /// Keeps a receipt. *Held* for the last package of a sealed visit locks the visit: [`VisitStage::Held`].
    ///
    /// # Errors
    /// [`Error::Unknown`]; the storage's.
    pub fn put_receipt(&mut self, id: PackageName, receipt: Receipt<'_>, event: &AuditEvent) -> Result<(), Error> {
        let event = AuditEvent { visit: id.subject.visit().map(|(visit, _)| visit), ..event.clone() };
        self.step(&event, |transaction| {
            let (column, token) = match receipt {
                Receipt::Held(token) => ("held_receipt", token),
                Receipt::Opened(token) => ("opened_receipt", token),
            };
            let (word, visit, part) = about(id.subject);
            let changed = transaction.execute(
                &format!("UPDATE seals SET {column} = ?5 WHERE {ABOUT} AND number = ?4"),
                params![word, visit, part, id.seal.get(), token],
            )?;
            one_row(changed, Error::Unknown)?;
            lock_if_sealed(transaction, id)
        })
    }
}

/// The last package about `subject`.
pub(super) fn last(connection: &Connection, subject: Subject) -> Result<Option<SealRow>, Error> {
    let mut select = connection.prepare_cached(&format!("{SELECT} WHERE {ABOUT} ORDER BY number DESC LIMIT 1"))?;
    let (word, visit, part) = about(subject);
    let mut rows = select.query_and_then(params![word, visit, part], seal_row)?;
    rows.next().transpose()
}

fn next_number(connection: &Connection, subject: Subject) -> Result<SealNumber, Error> {
    Ok(last(connection, subject)?.map_or(SealNumber::FIRST, |row| row.seal.id.seal.next()))
}

fn move_to_sealed(transaction: &Transaction<'_>, seal: &NewSeal) -> Result<(), Error> {
    let Some((visit, part)) = seal.id.subject.visit() else {
        return Ok(());
    };
    let stage = stage(transaction, visit, part)?;
    if !matches!(seal.id.subject, Subject::Visit { .. }) {
        return Ok(());
    }
    match (stage, seal.complete) {
        (VisitStage::Closed | VisitStage::Sealed, true) => set_stage(transaction, visit, part, VisitStage::Sealed),
        (VisitStage::Open | VisitStage::Closed, false) => Ok(()),
        _ => Err(Error::WrongStage),
    }
}

fn lock_if_sealed(transaction: &Transaction<'_>, id: PackageName) -> Result<(), Error> {
    let Subject::Visit { visit, part } = id.subject else {
        return Ok(());
    };
    let is_last = last(transaction, id.subject)?.is_some_and(|row| row.seal.id == id);
    if is_last && stage(transaction, visit, part)? == VisitStage::Sealed {
        set_stage(transaction, visit, part, VisitStage::Held)?;
    }
    Ok(())
}

fn insert(transaction: &Transaction<'_>, seal: &NewSeal, at: DateTime<Utc>) -> Result<(), Error> {
    let (word, visit, part) = about(seal.id.subject);
    transaction.execute(
        "INSERT INTO seals (subject, visit, part, number, complete, sha256, bytes, sealed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            word,
            visit,
            part,
            seal.id.seal.get(),
            seal.complete,
            seal.sha256,
            i64::try_from(seal.bytes).map_err(|_| Error::Record)?,
            instant::text(at),
        ],
    )?;
    Ok(())
}

/// The three columns that say what a package is about.
fn about(subject: Subject) -> (&'static str, Option<String>, Option<u8>) {
    let visit = subject.visit();
    (subject.word(), visit.map(|(visit, _)| visit.to_string()), visit.map(|(_, part)| part.get()))
}

fn seal_row(row: &Row<'_>) -> Result<SealRow, Error> {
    let subject = match row.get::<_, String>("subject")?.as_str() {
        "hello" => Subject::Hello,
        word => {
            let (visit, part) = (columns::parsed(row, "visit")?, columns::part(row, "part")?);
            match word {
                "visit" => Subject::Visit { visit, part },
                "checkpoint" => Subject::Checkpoint { visit, part },
                "handover" => Subject::Handover { visit, part },
                "tally" => Subject::Tally { visit, part },
                "notice" => Subject::Notice { visit, part },
                _ => return Err(Error::Record),
            }
        }
    };
    let seal = NewSeal {
        id: PackageName { subject, seal: SealNumber::new(row.get("number")?).ok_or(Error::Record)? },
        complete: row.get("complete")?,
        sha256: row.get("sha256")?,
        bytes: u64::try_from(row.get::<_, i64>("bytes")?).map_err(|_| Error::Record)?,
    };
    Ok(SealRow {
        seal,
        sealed_at: columns::at(row, "sealed_at")?,
        held_receipt: row.get("held_receipt")?,
        opened_receipt: row.get("opened_receipt")?,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::desk::tests::{desk_in, event};
    use crate::desk::visits::tests::planned;

    pub(crate) fn seal(subject: Subject, number: u32, complete: bool) -> NewSeal {
        let id = PackageName { subject, seal: SealNumber::new(number).unwrap() };
        NewSeal { id, complete, sha256: [number.to_le_bytes()[0]; 32], bytes: 4000 }
    }

    fn open_visit(desk: &mut DeskFile) -> Subject {
        let planned = planned();
        desk.plan_visit(&planned, &event("visit_planned")).unwrap();
        desk.open_visit(planned.visit, planned.part, b"wrapped", &event("visit_opened")).unwrap();
        Subject::Visit { visit: planned.visit, part: planned.part }
    }

    fn stage_of(desk: &DeskFile, subject: Subject) -> VisitStage {
        let (visit, part) = subject.visit().unwrap();
        desk.visit(visit, part).unwrap().stage
    }

    #[test]
    fn each_subject_counts_for_itself_and_hello_too() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        let subject = open_visit(&mut desk);
        let (visit, part) = subject.visit().unwrap();
        for subject in [Subject::Hello, Subject::Notice { visit, part }, Subject::Tally { visit, part }] {
            for number in 1..=2 {
                assert_eq!(desk.next_seal(subject).unwrap().get(), number);
                desk.add_seal(&seal(subject, number, true), &event("sealed")).unwrap();
                let again = desk.add_seal(&seal(subject, number, true), &event("sealed"));
                assert!(matches!(again, Err(Error::WrongNumber)), "{again:?}");
            }
        }
        assert_eq!(desk.seals().unwrap().len(), 6);
        assert_eq!(desk.seal(seal(Subject::Hello, 2, true).id).unwrap().seal, seal(Subject::Hello, 2, true));
        assert!(matches!(desk.seal(seal(subject, 1, true).id), Err(Error::Unknown)));
        let stranger = Subject::Tally { visit: homon_domain::ids::VisitId::make(), part };
        assert!(matches!(desk.add_seal(&seal(stranger, 1, true), &event("sealed")), Err(Error::Unknown)));
    }

    #[test]
    fn two_hello_packages_of_one_number_are_refused_by_the_schema_itself() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        desk.add_seal(&seal(Subject::Hello, 1, true), &event("sealed")).unwrap();
        let copy = "INSERT INTO seals (subject, number, complete, sha256, bytes, sealed_at)
                    SELECT subject, number, complete, sha256, bytes, sealed_at FROM seals";
        assert!(desk.file.connection().unwrap().execute(copy, []).is_err());
    }

    #[test]
    fn only_the_last_complete_seal_locks_the_visit() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        let subject = open_visit(&mut desk);
        let (visit, part) = subject.visit().unwrap();
        let early = desk.add_seal(&seal(subject, 1, true), &event("sealed"));
        assert!(matches!(early, Err(Error::WrongStage)));
        desk.add_seal(&seal(subject, 1, false), &event("checkpoint")).unwrap();
        assert_eq!(stage_of(&desk, subject), VisitStage::Open);
        desk.put_receipt(seal(subject, 1, false).id, Receipt::Held("a.b.c"), &event("held")).unwrap();
        assert_eq!(stage_of(&desk, subject), VisitStage::Open);
        desk.move_visit(visit, part, VisitStage::Closed, &event("visit_closed")).unwrap();
        desk.add_seal(&seal(subject, 2, true), &event("sealed")).unwrap();
        assert_eq!(stage_of(&desk, subject), VisitStage::Sealed);
        desk.put_receipt(seal(subject, 1, false).id, Receipt::Opened("a.b.c"), &event("opened")).unwrap();
        assert_eq!(stage_of(&desk, subject), VisitStage::Sealed);
        desk.put_receipt(seal(subject, 2, true).id, Receipt::Held("d.e.f"), &event("held")).unwrap();
        assert_eq!(stage_of(&desk, subject), VisitStage::Held);
        let statuses: Vec<_> = desk.seals().unwrap().iter().map(SealRow::status).collect();
        assert_eq!(statuses, [SealStatus::Opened, SealStatus::Held]);
    }
}
