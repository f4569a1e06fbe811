//! The journal as a person reads it on a terminal.

use std::fmt;

use homon_domain::audit::AuditEntry;
use homon_domain::visit::japan_time;

use super::JournalRead;
use crate::desk::text_table::aligned;

impl fmt::Display for JournalRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headings = ["", "when", "who", "did", "to", "visit", "case"].map(str::to_owned);
        let rows: Vec<_> = std::iter::once(headings).chain(self.entries.iter().map(row)).collect();
        f.write_str(&aligned(&rows))?;
        self.fault.map_or(Ok(()), |fault| writeln!(f, "\nTHE JOURNAL DOES NOT HOLD: {fault}."))
    }
}

fn row(entry: &AuditEntry) -> [String; 7] {
    let or_nothing = |text: Option<String>| text.unwrap_or_default();
    [
        entry.seq.to_string(),
        japan_time(entry.at).format("%Y-%m-%d %H:%M:%S").to_string(),
        entry.actor.to_string(),
        entry.action.to_string(),
        or_nothing(entry.detail.as_ref().map(ToString::to_string)),
        or_nothing(entry.visit.map(|visit| visit.to_string())),
        or_nothing(entry.case.map(|case| case.to_string())),
    ]
}
