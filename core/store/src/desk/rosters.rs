//! The rosters on this tablet: for which visit, how many residents, whether they are still here. Nobody's name.

use chrono::{DateTime, Utc};
use homon_domain::audit::{AuditEvent, instant};
use homon_domain::ids::{RosterId, StaffCode, VisitId};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::Deserialize;

use super::visits::one_row;
use super::{DeskFile, columns};
use crate::error::Error;

/// Whether a roster is still on this tablet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterState {
    /// Its file is there and its key is known.
    Kept,
    /// Being erased. The only way on is [`RosterState::Erased`].
    Erasing,
    /// Erased.
    Erased,
}

/// A roster in the desk file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RosterRow {
    /// The roster.
    pub id: RosterId,
    /// The visit that it is for, if the city named one.
    pub visit: Option<VisitId>,
    /// How many residents are in it.
    pub count: u32,
    /// When it was received, by the tablet's clock.
    pub received_at: DateTime<Utc>,
    /// Whether it is still here.
    pub state: RosterState,
    /// Who asked for its erasure, if anyone did.
    pub erased_by: Option<StaffCode>,
}

const SELECT: &str = "SELECT roster, visit, count, received_at, state, erased_by FROM rosters";

impl DeskFile {
    /// All rosters, erased ones too, as they were received.
    ///
    /// # Errors
    /// The storage's.
    pub fn rosters(&self) -> Result<Vec<RosterRow>, Error> {
        let mut select = self.file.connection()?.prepare_cached(&format!("{SELECT} ORDER BY received_at, roster"))?;
        select.query_and_then([], roster_row)?.collect()
    }

    /// One roster.
    ///
    /// # Errors
    /// [`Error::Unknown`]; the storage's.
    pub fn roster(&self, id: RosterId) -> Result<RosterRow, Error> {
        let mut select = self.file.connection()?.prepare_cached(&format!("{SELECT} WHERE roster = ?1"))?;
        let mut rows = select.query_and_then([id.to_string()], roster_row)?;
        rows.next().unwrap_or(Err(Error::Unknown))
    }

    /// The roster's file is made: from here on the desk knows its key.
    pub(crate) fn add_roster(
        &mut self,
        id: RosterId,
        visit: Option<VisitId>,
        count: u32,
        wrapped_key: &[u8],
        event: &AuditEvent,
    ) -> Result<(), Error> {
        self.step_about_roster((id, visit), event, |transaction| {
            transaction.execute(
                "INSERT INTO rosters (roster, visit, count, received_at, state, wrapped_key)
                 VALUES (?1, ?2, ?3, ?4, 'kept', ?5)",
                params![
                    id.to_string(),
                    visit.map(|visit| visit.to_string()),
                    count,
                    instant::text(event.at),
                    wrapped_key,
                ],
            )?;
            Ok(())
        })
    }

    /// The key of a roster's file, wrapped by the vault.
    pub(crate) fn wrapped_roster_key(&self, id: RosterId) -> Result<Vec<u8>, Error> {
        let mut select = self.file.connection()?.prepare_cached("SELECT wrapped_key FROM rosters WHERE roster = ?1")?;
        let found: Option<Option<Vec<u8>>> = select.query_row([id.to_string()], |row| row.get(0)).optional()?;
        found.ok_or(Error::Unknown)?.ok_or(Error::WrongStage)
    }

    /// From here on there is no way back: the erasure is finished even if the app dies now.
    pub(crate) fn begin_roster_erasure(&mut self, id: RosterId, event: &AuditEvent) -> Result<(), Error> {
        let visit = self.roster(id)?.visit;
        self.step_about_roster((id, visit), event, |transaction| {
            let changed = transaction.execute(
                "UPDATE rosters SET state = 'erasing', erased_by = ?2 WHERE roster = ?1 AND state = 'kept'",
                params![id.to_string(), event.actor.as_str()],
            )?;
            one_row(changed, Error::WrongStage)
        })
    }

    /// Forgets the wrapped key: in the file, and in the journal.
    pub(crate) fn drop_roster_key(&mut self, id: RosterId) -> Result<(), Error> {
        self.file.connection()?.execute(
            "UPDATE rosters SET wrapped_key = NULL WHERE roster = ?1 AND state = 'erasing'",
            [id.to_string()],
        )?;
        self.file.empty_journal()
    }

    pub(crate) fn finish_roster_erasure(&mut self, id: RosterId, event: &AuditEvent) -> Result<(), Error> {
        let visit = self.roster(id)?.visit;
        self.step_about_roster((id, visit), event, |transaction| {
            let changed = transaction.execute(
                "UPDATE rosters SET state = 'erased' WHERE roster = ?1 AND state = 'erasing'",
                [id.to_string()],
            )?;
            one_row(changed, Error::WrongStage)
        })
    }

    /// As [`DeskFile::step`], with the roster named in the event as its detail.
    fn step_about_roster(
        &mut self,
        (id, visit): (RosterId, Option<VisitId>),
        event: &AuditEvent,
        change: impl FnOnce(&Transaction<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let detail = Some(id.to_string().parse()?);
        self.step(&AuditEvent { visit, detail, ..event.clone() }, change)
    }
}

fn roster_row(row: &Row<'_>) -> Result<RosterRow, Error> {
    Ok(RosterRow {
        id: columns::parsed(row, "roster")?,
        visit: columns::optional_parsed(row, "visit")?,
        count: row.get("count")?,
        received_at: columns::at(row, "received_at")?,
        state: columns::variant(&row.get::<_, String>("state")?)?,
        erased_by: columns::optional_parsed(row, "erased_by")?,
    })
}
