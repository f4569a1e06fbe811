//! The rosters on this tablet: for which visit, how many residents, whether they are still here. Nobody's name.

use chrono::{DateTime, Utc};
use homon_domain::audit::{AuditEvent, instant};
use homon_domain::ids::{RosterId, StaffCode, VisitId};
use rusqlite::{Row, params};

use super::kept::KeptState;
use super::{DeskFile, columns};
use crate::error::Error;
use crate::kept::Kept;

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
    pub state: KeptState,
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
        self.step_about_kept((Kept::Roster(id), visit), event, |transaction| {
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
}

fn roster_row(row: &Row<'_>) -> Result<RosterRow, Error> {
    Ok(RosterRow {
        id: columns::parsed(row, "roster")?,
        visit: columns::optional_parsed(row, "visit")?,
        count: row.get("count")?,
        received_at: columns::at(row, "received_at")?,
        state: columns::variant(columns::text(row, "state")?)?,
        erased_by: columns::optional_parsed(row, "erased_by")?,
    })
}
