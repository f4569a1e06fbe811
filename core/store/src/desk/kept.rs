//! What the desk file knows alike of rosters and of messages: whether they are still here, and under which key.

use homon_domain::audit::AuditEvent;
use homon_domain::ids::{StaffCode, VisitId};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, Transaction};
use serde::Deserialize;

use super::visits::one_row;
use super::{DeskFile, columns};
use crate::error::Error;
use crate::kept::Kept;

/// Whether a roster or a message is still on this tablet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptState {
    /// Its file is there and its key is known.
    Kept,
    /// Being erased. The only way on is [`KeptState::Erased`].
    Erasing,
    /// Erased.
    Erased,
}

impl DeskFile {
    pub(crate) fn state_of(&self, kept: Kept) -> Result<KeptState, Error> {
        self.about(kept, "state", |row| columns::variant(columns::text(row, 0)?))
    }

    /// The key of its file, wrapped by the vault.
    pub(crate) fn wrapped_key_of(&self, kept: Kept) -> Result<Vec<u8>, Error> {
        self.about(kept, "wrapped_key", |row| row.get::<_, Option<Vec<u8>>>(0)?.ok_or(Error::WrongStage))
    }

    /// From here on there is no way back: the erasure is finished even if the app dies now.
    pub(crate) fn begin_erasure_of(&mut self, kept: Kept, event: &AuditEvent) -> Result<(), Error> {
        self.change_kept(kept, event, "state = 'erasing', erased_by = ?2", "kept")
    }

    /// Forgets the wrapped key: in the file, and in the journal.
    pub(crate) fn drop_key_of(&mut self, kept: Kept) -> Result<(), Error> {
        let (table, key, value) = kept.row();
        let forget = format!("UPDATE {table} SET wrapped_key = NULL WHERE {key} = ?1 AND state = 'erasing'");
        self.file.connection()?.execute(&forget, [value])?;
        self.file.empty_journal()
    }

    pub(crate) fn finish_erasure_of(&mut self, kept: Kept, event: &AuditEvent) -> Result<(), Error> {
        self.change_kept(kept, event, "state = 'erased', erased_by = ?2", "erasing")
    }

    /// Everything whose erasure was interrupted, and who had asked for it.
    pub(crate) fn being_erased(&self) -> Result<Vec<(Kept, StaffCode)>, Error> {
        let mut found = Vec::new();
        for roster in self.rosters()?.into_iter().filter(|roster| roster.state == KeptState::Erasing) {
            found.push((Kept::Roster(roster.id), roster.erased_by.ok_or(Error::Record)?));
        }
        for message in self.messages()?.into_iter().filter(|message| message.state == KeptState::Erasing) {
            found.push((Kept::Message(message.number), message.erased_by.ok_or(Error::Record)?));
        }
        Ok(found)
    }

    fn change_kept(&mut self, kept: Kept, event: &AuditEvent, change: &str, from: &str) -> Result<(), Error> {
        let visit = self.about(kept, "visit", |row| columns::optional_parsed(row, 0))?;
        let (table, key, value) = kept.row();
        let change = format!("UPDATE {table} SET {change} WHERE {key} = ?1 AND state = '{from}'");
        let by = Value::Text(event.actor.to_string());
        self.step_about_kept((kept, visit), event, |transaction| {
            one_row(transaction.execute(&change, [value, by])?, Error::WrongStage)
        })
    }

    fn about<T>(&self, kept: Kept, column: &str, read: impl FnOnce(&Row<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let (table, key, value) = kept.row();
        let mut select =
            self.file.connection()?.prepare_cached(&format!("SELECT {column} FROM {table} WHERE {key} = ?1"))?;
        let found = select.query_row([value], |row| Ok(read(row))).optional()?;
        found.ok_or(Error::Unknown)?
    }

    /// As [`DeskFile::step`], with the visit that it is about, and itself as the detail.
    pub(super) fn step_about_kept(
        &mut self,
        (kept, visit): (Kept, Option<VisitId>),
        event: &AuditEvent,
        change: impl FnOnce(&Transaction<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let detail = Some(kept.word()?);
        self.step(&AuditEvent { visit, detail, ..event.clone() }, change)
    }
}
