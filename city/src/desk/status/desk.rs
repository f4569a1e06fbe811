//! The desk's own duties: its journal, its backups, the yearly drill of the recovery key.

use chrono::{DateTime, Days, Utc};
use homon_domain::platform::Clock;
use serde::Serialize;

use crate::desk::DeskFolder;
use crate::desk::files::FileError;
use crate::desk::init::City;
use crate::desk::journal::{self, JournalState};

/// How many days a proof of the recovery key is good for.
const DRILL_DAYS: Days = Days::new(365);

/// What the desk owes to itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DeskStatus {
    /// Its journal, with the last backup and the last drill.
    pub journal: JournalState,
    /// When the recovery key must be proven again: a year after the last drill, or after the founding.
    pub drill_due_at: DateTime<Utc>,
    /// Whether that is past.
    pub drill_is_due: bool,
}

impl DeskStatus {
    pub(super) fn read(desk: &DeskFolder, clock: &dyn Clock) -> Result<Self, FileError> {
        let journal = journal::state(desk)?;
        let proven = journal.last_drill_at.unwrap_or(City::read(desk)?.founded_at);
        let drill_due_at = proven.checked_add_days(DRILL_DAYS).unwrap_or(DateTime::<Utc>::MAX_UTC);
        Ok(Self { drill_is_due: drill_due_at < clock.now(), drill_due_at, journal })
    }

    /// Whether the desk owes something.
    #[must_use]
    pub fn is_outstanding(&self) -> bool {
        self.drill_is_due || self.journal.fault.is_some()
    }
}
