//! Which mail of the desk this tablet has accepted. What it said is elsewhere.

use chrono::{DateTime, Utc};
use homon_domain::audit::{AuditEvent, instant};
use homon_domain::ids::MailNumber;
use homon_domain::word::Word;
use rusqlite::{Row, params};

use super::visits::one_row;
use super::{DeskFile, columns};
use crate::error::Error;

/// Mail that was accepted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailRow {
    /// Its number.
    pub number: MailNumber,
    /// Its kind, as the domain writes it.
    pub kind: Word,
    /// The digest of the sealed mail: by it the same mail is told from another under its number.
    pub sha256: [u8; 32],
    /// When, by the tablet's clock.
    pub received_at: DateTime<Utc>,
}

impl DeskFile {
    /// All mail that was accepted, by number.
    ///
    /// # Errors
    /// The storage's.
    pub fn mail(&self) -> Result<Vec<MailRow>, Error> {
        let mut select = self
            .file
            .connection()?
            .prepare_cached("SELECT number, kind, sha256, received_at FROM mail ORDER BY number")?;
        select.query_and_then([], mail_row)?.collect()
    }

    /// Mail was accepted at the event's instant, and what it says is durable. In the log the kind is the detail.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] when the number was accepted before; the storage's.
    pub fn record_mail(
        &mut self,
        number: MailNumber,
        kind: &Word,
        sha256: [u8; 32],
        event: &AuditEvent,
    ) -> Result<(), Error> {
        let event = AuditEvent { detail: Some(kind.clone()), ..event.clone() };
        self.step(&event, |transaction| {
            let added = transaction.execute(
                "INSERT INTO mail (number, kind, sha256, received_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                params![number.get(), kind.as_str(), sha256, instant::text(event.at)],
            )?;
            one_row(added, Error::AlreadyExists)
        })
    }
}

fn mail_row(row: &Row<'_>) -> Result<MailRow, Error> {
    Ok(MailRow {
        number: columns::mail_number(row, "number")?,
        kind: columns::parsed(row, "kind")?,
        sha256: row.get("sha256")?,
        received_at: columns::at(row, "received_at")?,
    })
}
