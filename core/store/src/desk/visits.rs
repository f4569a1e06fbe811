//! This tablet's parts of visits: what is planned, open, on its way, erased.

use chrono::{DateTime, NaiveDate, Utc};
use homon_domain::audit::{AuditEvent, instant};
use homon_domain::ids::{DeviceId, PartNumber, SealNumber, SiteCode, VisitId};
use homon_domain::word::Word;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::heads::forget_head;
use super::{DeskFile, columns};
use crate::body::Facts;
use crate::error::Error;

/// How far a visit part has come on this tablet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitStage {
    /// Known; no file yet.
    Planned,
    /// Residents are received. Also while what was sealed is amended.
    Open,
    /// The counts balance; nothing more is received.
    Closed,
    /// Sealed completely; on its way.
    Sealed,
    /// The city holds it; locked here.
    Held,
    /// It went to another tablet; locked here until the city has it from there.
    HandedOver,
    /// Being erased. The only way on is [`VisitStage::Erased`].
    Erasing,
    /// Erased; a tombstone tells of it.
    Erased,
}

impl VisitStage {
    /// Whether the visit's file is there and its key is known.
    #[must_use]
    pub fn has_file(self) -> bool {
        matches!(self, Self::Open | Self::Closed | Self::Sealed | Self::Held | Self::HandedOver)
    }
}

/// A visit part before it is opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlannedVisit {
    /// The visit, shared by all tablets.
    pub visit: VisitId,
    /// This tablet's part of it.
    pub part: PartNumber,
    /// What is offered, as the domain writes it.
    pub service: Word,
    /// Where.
    pub site: SiteCode,
    /// On which day, in Japan.
    pub date: NaiveDate,
    /// What was agreed, without any person.
    pub plan: Facts,
}

/// A visit part in the desk file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VisitRow {
    /// What was planned.
    pub planned: PlannedVisit,
    /// How far it has come.
    pub stage: VisitStage,
    /// Its counts, as last stored.
    pub counts: Option<Facts>,
    /// When its file was made.
    pub opened_at: Option<DateTime<Utc>>,
    /// When it was last closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// The tablet that it was handed over to, if it was.
    pub handed_to: Option<DeviceId>,
}

const SELECT: &str =
    "SELECT visit, part, service, site, date, stage, plan, counts, opened_at, closed_at, handed_to FROM visits";

impl DeskFile {
    /// Stores a planned visit part, or changes one that is not open yet.
    ///
    /// # Errors
    /// [`Error::WrongStage`] when it was opened already; the storage's.
    pub fn plan_visit(&mut self, planned: &PlannedVisit, event: &AuditEvent) -> Result<(), Error> {
        self.step_about(planned.visit, event, |transaction| plan(transaction, planned))
    }

    /// All visit parts, by day.
    ///
    /// # Errors
    /// The storage's.
    pub fn visits(&self) -> Result<Vec<VisitRow>, Error> {
        let connection = self.file.connection()?;
        let mut rows =
            connection.prepare_cached(SELECT)?.query_and_then([], visit_row)?.collect::<Result<Vec<_>, _>>()?;
        // SQLite would write every row into a sorter and wipe that afterwards.
        rows.sort_by_key(|row| (row.planned.date, row.planned.visit, row.planned.part));
        Ok(rows)
    }

    /// One visit part.
    ///
    /// # Errors
    /// [`Error::Unknown`]; the storage's.
    pub fn visit(&self, visit: VisitId, part: PartNumber) -> Result<VisitRow, Error> {
        let connection = self.file.connection()?;
        let mut select = connection.prepare_cached(&format!("{SELECT} WHERE visit = ?1 AND part = ?2"))?;
        let mut rows = select.query_and_then(params![visit.to_string(), part.get()], visit_row)?;
        rows.next().unwrap_or(Err(Error::Unknown))
    }

    /// How far a visit part has come.
    ///
    /// # Errors
    /// [`Error::Unknown`]; the storage's.
    pub fn stage(&self, visit: VisitId, part: PartNumber) -> Result<VisitStage, Error> {
        stage(self.file.connection()?, visit, part)
    }

    /// Moves a visit part between the stages in which it has a file and is this tablet's to change. Closing it keeps the
    /// event's instant.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::WrongStage`] from or to any other stage; the storage's.
    pub fn move_visit(
        &mut self,
        visit: VisitId,
        part: PartNumber,
        to: VisitStage,
        event: &AuditEvent,
    ) -> Result<(), Error> {
        self.step_about(visit, event, |transaction| {
            let is_here = |stage: VisitStage| stage.has_file() && stage != VisitStage::HandedOver;
            if !is_here(to) || !is_here(stage(transaction, visit, part)?) {
                return Err(Error::WrongStage);
            }
            set_stage(transaction, visit, part, to)?;
            if to == VisitStage::Closed {
                transaction.execute(
                    "UPDATE visits SET closed_at = ?3 WHERE visit = ?1 AND part = ?2",
                    params![visit.to_string(), part.get(), instant::text(event.at)],
                )?;
            }
            Ok(())
        })
    }

    /// Stores the counts of a visit part, which stay when the visit is erased.
    ///
    /// # Errors
    /// [`Error::Unknown`]; the storage's.
    pub fn put_counts(
        &mut self,
        visit: VisitId,
        part: PartNumber,
        counts: &Facts,
        event: &AuditEvent,
    ) -> Result<(), Error> {
        self.step_about(visit, event, |transaction| {
            let changed = transaction.execute(
                "UPDATE visits SET counts = ?3 WHERE visit = ?1 AND part = ?2",
                params![visit.to_string(), part.get(), counts.as_json()],
            )?;
            one_row(changed, Error::Unknown)
        })
    }

    /// The visit's file is made: from here on the desk knows its key.
    pub(crate) fn open_visit(
        &mut self,
        visit: VisitId,
        part: PartNumber,
        wrapped_key: &[u8],
        event: &AuditEvent,
    ) -> Result<(), Error> {
        self.step_about(visit, event, |transaction| {
            let changed = transaction.execute(
                "UPDATE visits SET stage = 'open', wrapped_key = ?3, opened_at = ?4
                 WHERE visit = ?1 AND part = ?2 AND stage = 'planned'",
                params![visit.to_string(), part.get(), wrapped_key, instant::text(event.at)],
            )?;
            one_row(changed, Error::WrongStage)?;
            forget_head(transaction, visit, part)
        })
    }

    /// The key of a visit's file, wrapped by the vault.
    pub(crate) fn wrapped_key(&self, visit: VisitId, part: PartNumber) -> Result<Vec<u8>, Error> {
        let mut select =
            self.file.connection()?.prepare_cached("SELECT wrapped_key FROM visits WHERE visit = ?1 AND part = ?2")?;
        let found: Option<Option<Vec<u8>>> =
            select.query_row(params![visit.to_string(), part.get()], |row| row.get(0)).optional()?;
        found.ok_or(Error::Unknown)?.ok_or(Error::WrongStage)
    }
}

/// Stores a planned visit part, or changes one that is not open yet.
pub(super) fn plan(transaction: &Transaction<'_>, planned: &PlannedVisit) -> Result<(), Error> {
    let changed = transaction.execute(
        "INSERT INTO visits (visit, part, service, site, date, stage, plan)
         VALUES (?1, ?2, ?3, ?4, ?5, 'planned', ?6)
         ON CONFLICT (visit, part) DO UPDATE
         SET service = excluded.service, site = excluded.site, date = excluded.date, plan = excluded.plan
         WHERE stage = 'planned'",
        params![
            planned.visit.to_string(),
            planned.part.get(),
            planned.service.as_str(),
            planned.site.as_str(),
            planned.date.to_string(),
            planned.plan.as_json(),
        ],
    )?;
    one_row(changed, Error::WrongStage)
}

/// The highest number under which a part was sealed before this tablet had it.
pub(super) fn seals_before(
    connection: &Connection,
    (visit, part): (VisitId, PartNumber),
) -> Result<Option<SealNumber>, Error> {
    let mut select = connection.prepare_cached("SELECT seals_before FROM visits WHERE visit = ?1 AND part = ?2")?;
    let found: Option<u32> = select.query_row(params![visit.to_string(), part.get()], |row| row.get(0)).optional()?;
    Ok(found.and_then(SealNumber::new))
}

/// The stage, within a transaction.
pub(super) fn stage(connection: &Connection, visit: VisitId, part: PartNumber) -> Result<VisitStage, Error> {
    let mut select = connection.prepare_cached("SELECT stage FROM visits WHERE visit = ?1 AND part = ?2")?;
    let mut rows = select
        .query_and_then(params![visit.to_string(), part.get()], |row| columns::variant(columns::text(row, 0)?))?;
    rows.next().unwrap_or(Err(Error::Unknown))
}

pub(super) fn set_stage(
    transaction: &Transaction<'_>,
    visit: VisitId,
    part: PartNumber,
    to: VisitStage,
) -> Result<(), Error> {
    let changed = transaction.execute(
        "UPDATE visits SET stage = ?3 WHERE visit = ?1 AND part = ?2",
        params![visit.to_string(), part.get(), Word::of(&to)?.as_str()],
    )?;
    one_row(changed, Error::Unknown)
}

pub(super) fn one_row(changed: usize, otherwise: Error) -> Result<(), Error> {
    if changed == 1 { Ok(()) } else { Err(otherwise) }
}

/// Columns by their place in [`SELECT`].
fn visit_row(row: &Row<'_>) -> Result<VisitRow, Error> {
    let planned = PlannedVisit {
        visit: columns::parsed(row, 0)?,
        part: columns::part(row, 1)?,
        service: columns::parsed(row, 2)?,
        site: columns::parsed(row, 3)?,
        date: columns::date(row, 4)?,
        plan: columns::facts(row, 6)?,
    };
    Ok(VisitRow {
        planned,
        stage: columns::variant(columns::text(row, 5)?)?,
        counts: columns::optional_facts(row, 7)?,
        opened_at: columns::optional_at(row, 8)?,
        closed_at: columns::optional_at(row, 9)?,
        handed_to: columns::optional_parsed(row, 10)?,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::desk::tests::{desk_in, event};

    pub(crate) fn planned() -> PlannedVisit {
        PlannedVisit {
            visit: VisitId::make(),
            part: PartNumber::FIRST,
            service: "on_site".parse().unwrap(),
            site: "site-07".parse().unwrap(),
            date: NaiveDate::from_ymd_opt(2026, 3, 4).unwrap(),
            plan: Facts::of(&serde_json::json!({"from": "13:00:00"})).unwrap(),
        }
    }

    #[test]
    fn a_visit_part_goes_through_its_stages_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        let mut planned = planned();
        let (visit, part) = (planned.visit, planned.part);
        desk.plan_visit(&planned, &event("visit_planned")).unwrap();
        planned.site = "site-08".parse().unwrap();
        desk.plan_visit(&planned, &event("visit_planned")).unwrap();
        let early = desk.move_visit(visit, part, VisitStage::Open, &event("visit_opened"));
        assert!(matches!(early, Err(Error::WrongStage)));
        desk.open_visit(visit, part, b"wrapped", &event("visit_opened")).unwrap();
        assert!(matches!(desk.open_visit(visit, part, b"other", &event("visit_opened")), Err(Error::WrongStage)));
        assert!(matches!(desk.plan_visit(&planned, &event("visit_planned")), Err(Error::WrongStage)));
        desk.move_visit(visit, part, VisitStage::Closed, &event("visit_closed")).unwrap();
        let skipped = desk.move_visit(visit, part, VisitStage::Erased, &event("visit_erased"));
        assert!(matches!(skipped, Err(Error::WrongStage)));
        let counts = Facts::of(&serde_json::json!({"ready": 3})).unwrap();
        desk.put_counts(visit, part, &counts, &event("visit_counted")).unwrap();
        let row = desk.visit(visit, part).unwrap();
        assert_eq!((&row.planned, row.stage, &row.counts), (&planned, VisitStage::Closed, &Some(counts)));
        assert!(row.opened_at.is_some() && row.closed_at.is_some());
        assert_eq!(desk.visits().unwrap(), [row]);
        assert_eq!(desk.wrapped_key(visit, part).unwrap(), b"wrapped");
        // What was refused is not in the log either.
        assert_eq!(desk.verify_audit().unwrap().seq, 6);
    }

    #[test]
    fn an_unknown_visit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        let visit = VisitId::make();
        let moved = desk.move_visit(visit, PartNumber::FIRST, VisitStage::Closed, &event("visit_closed"));
        assert!(matches!(moved, Err(Error::Unknown)));
        assert!(matches!(desk.visit(visit, PartNumber::FIRST), Err(Error::Unknown)));
        assert!(matches!(desk.wrapped_key(visit, PartNumber::FIRST), Err(Error::Unknown)));
    }
}
