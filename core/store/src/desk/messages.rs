//! The messages on this tablet: about which visit, whether someone has seen to it, whether they are still here. Nobody's
//! name.

use chrono::{DateTime, Utc};
use homon_domain::audit::{AuditEvent, instant};
use homon_domain::ids::{MailNumber, StaffCode, VisitId};
use rusqlite::{Row, params};

use super::kept::KeptState;
use super::visits::one_row;
use super::{DeskFile, columns};
use crate::error::Error;
use crate::kept::Kept;

/// A message in the desk file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageRow {
    /// The number of the mail in which it came.
    pub number: MailNumber,
    /// The visit that it is about, if it is about one.
    pub visit: Option<VisitId>,
    /// When it was received, by the tablet's clock.
    pub received_at: DateTime<Utc>,
    /// Whether it is still here.
    pub state: KeptState,
    /// When someone saw to it, and who.
    pub handled: Option<(DateTime<Utc>, StaffCode)>,
    /// Who asked for its erasure, if anyone did.
    pub erased_by: Option<StaffCode>,
}

const SELECT: &str = "SELECT number, visit, received_at, state, handled_at, handled_by, erased_by FROM messages";

impl DeskFile {
    /// All messages, erased ones too, by number.
    ///
    /// # Errors
    /// The storage's.
    pub fn messages(&self) -> Result<Vec<MessageRow>, Error> {
        let mut select = self.file.connection()?.prepare_cached(&format!("{SELECT} ORDER BY number"))?;
        select.query_and_then([], message_row)?.collect()
    }

    /// One message.
    ///
    /// # Errors
    /// [`Error::Unknown`]; the storage's.
    pub fn message(&self, number: MailNumber) -> Result<MessageRow, Error> {
        let mut select = self.file.connection()?.prepare_cached(&format!("{SELECT} WHERE number = ?1"))?;
        let mut rows = select.query_and_then([number.get()], message_row)?;
        rows.next().unwrap_or(Err(Error::Unknown))
    }

    /// Someone has seen to it, at the event's instant. Who says so again changes nothing.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::WrongStage`] when it is not kept any more; the storage's.
    pub fn handle_message(&mut self, number: MailNumber, event: &AuditEvent) -> Result<(), Error> {
        let row = self.message(number)?;
        if row.state == KeptState::Kept && row.handled.is_some() {
            return Ok(());
        }
        self.step_about_kept((Kept::Message(number), row.visit), event, |transaction| {
            let changed = transaction.execute(
                "UPDATE messages SET handled_at = ?2, handled_by = ?3 WHERE number = ?1 AND state = 'kept'",
                params![number.get(), instant::text(event.at), event.actor.as_str()],
            )?;
            one_row(changed, Error::WrongStage)
        })
    }

    /// The message's file is made: from here on the desk knows its key.
    pub(crate) fn add_message(
        &mut self,
        number: MailNumber,
        visit: Option<VisitId>,
        wrapped_key: &[u8],
        event: &AuditEvent,
    ) -> Result<(), Error> {
        self.step_about_kept((Kept::Message(number), visit), event, |transaction| {
            transaction.execute(
                "INSERT INTO messages (number, visit, received_at, state, wrapped_key) VALUES (?1, ?2, ?3, 'kept', ?4)",
                params![number.get(), visit.map(|visit| visit.to_string()), instant::text(event.at), wrapped_key],
            )?;
            Ok(())
        })
    }
}

fn message_row(row: &Row<'_>) -> Result<MessageRow, Error> {
    let handled_at = columns::optional_at(row, "handled_at")?;
    Ok(MessageRow {
        number: columns::mail_number(row, "number")?,
        visit: columns::optional_parsed(row, "visit")?,
        received_at: columns::at(row, "received_at")?,
        state: columns::variant(columns::text(row, "state")?)?,
        handled: handled_at.zip(columns::optional_parsed(row, "handled_by")?),
        erased_by: columns::optional_parsed(row, "erased_by")?,
    })
}
