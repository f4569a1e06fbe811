//! Packages that were sealed on this tablet, and what the city answered to each.

use chrono::{DateTime, Utc};
use homon_domain::audit::{AuditEvent, instant};
use homon_domain::ids::SealNumber;
use homon_domain::package::{Erasable, PackageName, Subject};
use rusqlite::{Connection, Row, Transaction, params};

use super::visits::{VisitStage, one_row, seals_before, set_stage, stage};
use super::{DeskFile, columns};
use crate::error::Error;

/// A package just sealed, in its place and durable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewSeal {
    /// Which package.
    pub id: PackageName,
    /// The digest of the sealed file.
    pub sha256: [u8; 32],
    /// Its length in bytes.
    pub bytes: u64,
    /// The end of the visit's audit log within it, where it has one.
    pub audit_head: Option<[u8; 32]>,
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

const SELECT: &str = "SELECT subject, visit, part, number, sha256, bytes, audit_head, sealed_at, held_receipt,
    opened_receipt FROM seals";
const ABOUT: &str = "subject = ?1 AND visit IS ?2 AND part IS ?3";

impl DeskFile {
    /// The number of the next package about `subject`. Visits and handovers of a part count in one row, over all
    /// tablets that had the part.
    ///
    /// # Errors
    /// The storage's.
    pub fn next_seal(&self, subject: Subject) -> Result<SealNumber, Error> {
        next_number(self.file.connection()?, subject)
    }

    /// Records a package. That of a closed visit moves the visit to [`VisitStage::Sealed`].
    ///
    /// # Errors
    /// [`Error::WrongNumber`] unless it is the next; [`Error::Unknown`] when the visit is; [`Error::WrongStage`] for a
    /// visit that is not closed, for a checkpoint of one that is no longer open or closed, and for a handover, which
    /// [`DeskFile::hand_over`] records; the storage's.
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

    /// The last package about `subject`, if there is one.
    ///
    /// # Errors
    /// The storage's.
    pub fn last_seal(&self, subject: Subject) -> Result<Option<SealRow>, Error> {
        last(self.file.connection()?, subject)
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

/// The last package with which a part left this tablet, as a visit or as a handover.
pub(super) fn last_of_part(connection: &Connection, subject: Erasable) -> Result<Option<SealRow>, Error> {
    let (visit, part) = subject.part();
    let both = [Subject::Visit { visit, part }, Subject::Handover { visit, part }];
    let rows: Vec<_> = both.into_iter().map(|subject| last(connection, subject)).collect::<Result<_, _>>()?;
    Ok(rows.into_iter().flatten().max_by_key(|row| row.seal.id.seal))
}

pub(super) fn next_number(connection: &Connection, subject: Subject) -> Result<SealNumber, Error> {
    let Some(erasable) = subject.erasable() else {
        return Ok(last(connection, subject)?.map_or(SealNumber::FIRST, |row| row.seal.id.seal.next()));
    };
    let before = seals_before(connection, erasable.part())?;
    let here = last_of_part(connection, erasable)?.map(|row| row.seal.id.seal);
    Ok(before.max(here).map_or(SealNumber::FIRST, SealNumber::next))
}

fn move_to_sealed(transaction: &Transaction<'_>, seal: &NewSeal) -> Result<(), Error> {
    let Some((visit, part)) = seal.id.subject.visit() else {
        return Ok(());
    };
    match (seal.id.subject, stage(transaction, visit, part)?) {
        (Subject::Visit { .. }, VisitStage::Closed | VisitStage::Sealed) => {
            set_stage(transaction, visit, part, VisitStage::Sealed)
        }
        (Subject::Checkpoint { .. }, VisitStage::Open | VisitStage::Closed) => Ok(()),
        (Subject::Visit { .. } | Subject::Checkpoint { .. } | Subject::Handover { .. }, _) => Err(Error::WrongStage),
        (Subject::Tally { .. } | Subject::Notice { .. } | Subject::Hello, _) => Ok(()),
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

pub(super) fn insert(transaction: &Transaction<'_>, seal: &NewSeal, at: DateTime<Utc>) -> Result<(), Error> {
    let (word, visit, part) = about(seal.id.subject);
    transaction.execute(
        "INSERT INTO seals (subject, visit, part, number, sha256, bytes, audit_head, sealed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            word,
            visit,
            part,
            seal.id.seal.get(),
            seal.sha256,
            i64::try_from(seal.bytes).map_err(|_| Error::Record)?,
            seal.audit_head,
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
        sha256: row.get("sha256")?,
        bytes: u64::try_from(row.get::<_, i64>("bytes")?).map_err(|_| Error::Record)?,
        audit_head: row.get("audit_head")?,
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

    pub(crate) fn seal(subject: Subject, number: u32) -> NewSeal {
        let id = PackageName { subject, seal: SealNumber::new(number).unwrap() };
        NewSeal { id, sha256: [number.to_le_bytes()[0]; 32], bytes: 4000, audit_head: None }
    }

    pub(crate) fn checkpoint_of(subject: Subject) -> Subject {
        let (visit, part) = subject.visit().unwrap();
        Subject::Checkpoint { visit, part }
    }

    pub(crate) fn open_visit(desk: &mut DeskFile) -> Subject {
        let planned = planned();
        desk.plan_visit(&planned, &event("visit_planned")).unwrap();
        desk.open_visit(planned.visit, planned.part, b"wrapped", &event("visit_opened")).unwrap();
        Subject::Visit { visit: planned.visit, part: planned.part }
    }

    pub(crate) fn stage_of(desk: &DeskFile, subject: Subject) -> VisitStage {
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
                desk.add_seal(&seal(subject, number), &event("sealed")).unwrap();
                let again = desk.add_seal(&seal(subject, number), &event("sealed"));
                assert!(matches!(again, Err(Error::WrongNumber)), "{again:?}");
            }
        }
        assert_eq!(desk.seals().unwrap().len(), 6);
        assert_eq!(desk.seal(seal(Subject::Hello, 2).id).unwrap().seal, seal(Subject::Hello, 2));
        assert!(matches!(desk.seal(seal(subject, 1).id), Err(Error::Unknown)));
        let stranger = Subject::Tally { visit: homon_domain::ids::VisitId::make(), part };
        assert!(matches!(desk.add_seal(&seal(stranger, 1), &event("sealed")), Err(Error::Unknown)));
    }

    #[test]
    fn two_hello_packages_of_one_number_are_refused_by_the_schema_itself() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        desk.add_seal(&seal(Subject::Hello, 1), &event("sealed")).unwrap();
        let copy = "INSERT INTO seals (subject, number, sha256, bytes, sealed_at)
                    SELECT subject, number, sha256, bytes, sealed_at FROM seals";
        assert!(desk.file.connection().unwrap().execute(copy, []).is_err());
    }

    #[test]
    fn only_the_last_seal_locks_the_visit() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        let subject = open_visit(&mut desk);
        let (visit, part) = subject.visit().unwrap();
        let early = desk.add_seal(&seal(subject, 1), &event("sealed"));
        assert!(matches!(early, Err(Error::WrongStage)));
        for number in 1..=2 {
            desk.move_visit(visit, part, VisitStage::Closed, &event("visit_closed")).unwrap();
            desk.add_seal(&seal(subject, number), &event("sealed")).unwrap();
            assert_eq!(stage_of(&desk, subject), VisitStage::Sealed);
        }
        desk.put_receipt(seal(subject, 1).id, Receipt::Opened("a.b.c"), &event("opened")).unwrap();
        assert_eq!(stage_of(&desk, subject), VisitStage::Sealed);
        desk.put_receipt(seal(subject, 2).id, Receipt::Held("d.e.f"), &event("held")).unwrap();
        assert_eq!(stage_of(&desk, subject), VisitStage::Held);
        let statuses: Vec<_> = desk.seals().unwrap().iter().map(SealRow::status).collect();
        assert_eq!(statuses, [SealStatus::Opened, SealStatus::Held]);
    }

    #[test]
    fn a_checkpoint_counts_for_itself_and_its_receipts_lock_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        let subject = open_visit(&mut desk);
        let (visit, part) = subject.visit().unwrap();
        let checkpoint = checkpoint_of(subject);
        let with_head = NewSeal { audit_head: Some([7; 32]), ..seal(checkpoint, 1) };
        desk.add_seal(&with_head, &event("checkpoint")).unwrap();
        assert_eq!(desk.last_seal(checkpoint).unwrap().unwrap().seal, with_head);
        for receipt in [Receipt::Held("a.b.c"), Receipt::Opened("a.b.c")] {
            desk.put_receipt(with_head.id, receipt, &event("held")).unwrap();
            assert_eq!(stage_of(&desk, subject), VisitStage::Open);
        }
        desk.move_visit(visit, part, VisitStage::Closed, &event("visit_closed")).unwrap();
        desk.add_seal(&seal(checkpoint, 2), &event("checkpoint")).unwrap();
        desk.add_seal(&seal(subject, 1), &event("sealed")).unwrap();
        desk.put_receipt(seal(checkpoint, 2).id, Receipt::Held("a.b.c"), &event("held")).unwrap();
        assert_eq!(stage_of(&desk, subject), VisitStage::Sealed);
        let late = desk.add_seal(&seal(checkpoint, 3), &event("checkpoint"));
        assert!(matches!(late, Err(Error::WrongStage)), "{late:?}");
    }
}
