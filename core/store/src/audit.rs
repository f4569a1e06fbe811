//! The audit chain of `homon-domain` in a table of an SQLite database. Any connection will do whose schema began with
//! [`SCHEMA`].

use std::io::{BufWriter, Write};

use homon_domain::audit::{AuditEntry, AuditEvent, ChainBroken, Head, instant};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::error::Error;

/// The table and the triggers that keep it append-only.
pub(crate) const SCHEMA: &str = include_str!("migrations/audit-01.sql");

const ENTRY: &str = "SELECT seq, at, actor, action, visit, case_number, detail, prev, hash FROM audit";

/// Records an event, within the transaction that does what it tells of.
///
/// # Errors
/// [`Error::StorageFull`] and the other storage errors.
pub(crate) fn append(transaction: &Transaction<'_>, chain: &str, event: &AuditEvent) -> Result<AuditEntry, Error> {
    let entry = head(transaction, chain)?.append(event);
    insert(transaction, &entry)?;
    Ok(entry)
}

/// Adds an entry as it is. Whether it continues the chain is for [`verify_chain`] to say.
///
/// # Errors
/// The storage's.
pub(crate) fn insert(transaction: &Transaction<'_>, entry: &AuditEntry) -> Result<(), Error> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO audit (seq, at, actor, action, visit, case_number, detail, prev, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    insert.execute(params![
        i64::try_from(entry.seq).map_err(|_| Error::Record)?,
        instant::text(entry.at),
        entry.actor.as_str(),
        entry.action.as_str(),
        entry.visit.map(|visit| visit.to_string()),
        entry.case.map(|case| case.to_string()),
        entry.detail.as_ref().map(|detail| detail.as_str()),
        entry.prev,
        entry.hash,
    ])?;
    Ok(())
}

/// The end of the chain, as the table says; [`verify_chain`] proves it.
///
/// # Errors
/// The storage's.
pub(crate) fn head(connection: &Connection, chain: &str) -> Result<Head, Error> {
    let mut last = connection.prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?;
    let found = last.query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?))).optional()?;
    match found {
        Some((seq, hash)) => Ok(Head { seq: u64::try_from(seq).map_err(|_| Error::Record)?, hash }),
        None => Ok(Head::start(chain)),
    }
}

/// Whether the log holds the entry that was its end once. An older copy of a file does not.
///
/// # Errors
/// The storage's.
pub(crate) fn holds(connection: &Connection, head: &Head) -> Result<bool, Error> {
    let mut found = connection.prepare_cached("SELECT 1 FROM audit WHERE seq = ?1 AND hash = ?2")?;
    Ok(found.exists(params![i64::try_from(head.seq).map_err(|_| Error::Record)?, head.hash])?)
}

/// The last entry, as the table says; `None` when there is none.
///
/// # Errors
/// [`Error::Record`] when it cannot be read; the storage's.
pub(crate) fn last(connection: &Connection) -> Result<Option<AuditEntry>, Error> {
    let mut last = connection.prepare_cached(&format!("{ENTRY} ORDER BY seq DESC LIMIT 1"))?;
    let found = last.query_row([], |row| Ok(entry(row))).optional()?;
    found.map(|entry| entry.ok_or(Error::Record)).transpose()
}

/// Recomputes every digest from the first entry on. Holds one entry in memory at a time.
///
/// # Errors
/// [`Error::AuditBroken`] with the first entry that does not fit; the storage's.
pub(crate) fn verify_chain(connection: &Connection, chain: &str) -> Result<Head, Error> {
    let mut head = Head::start(chain);
    for_each(connection, |entry| {
        let seq = head.seq + 1;
        Ok(head.follow(&entry.ok_or(ChainBroken { seq })?)?)
    })?;
    Ok(head)
}

/// Writes the log as it is sealed and exported: one JSON object a line.
///
/// # Errors
/// [`Error::Record`] when an entry cannot be read; the storage's and the writer's.
pub(crate) fn export_jsonl(connection: &Connection, writer: impl Write) -> Result<(), Error> {
    let mut writer = BufWriter::new(writer);
    for_each(connection, |entry| {
        serde_json::to_writer(&mut writer, &entry.ok_or(Error::Record)?).map_err(std::io::Error::from)?;
        Ok(writer.write_all(b"\n")?)
    })?;
    Ok(writer.flush()?)
}

/// `None` stands for a row that no code of ours wrote.
fn for_each(
    connection: &Connection,
    mut visit: impl FnMut(Option<AuditEntry>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut all = connection.prepare_cached(&format!("{ENTRY} ORDER BY seq"))?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        visit(entry(row))?;
    }
    Ok(())
}

fn entry(row: &Row<'_>) -> Option<AuditEntry> {
    let text = |column| row.get::<_, String>(column).ok();
    let optional = |column| row.get::<_, Option<String>>(column).ok();
    Some(AuditEntry {
        seq: row.get::<_, i64>(0).ok()?.try_into().ok()?,
        at: instant::read(&text(1)?)?,
        actor: text(2)?.parse().ok()?,
        action: text(3)?.parse().ok()?,
        visit: optional(4)?.map(|text| text.parse()).transpose().ok()?,
        case: optional(5)?.map(|text| text.parse()).transpose().ok()?,
        detail: optional(6)?.map(|text| text.parse()).transpose().ok()?,
        prev: row.get(7).ok()?,
        hash: row.get(8).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use homon_domain::audit::verify_jsonl;

    use super::*;

    fn log(length: u32) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        for number in 0..length {
            let at = DateTime::from_timestamp(1_772_000_000 + i64::from(number), 0).unwrap();
            let event = AuditEvent::new(at, &"staff-03".parse().unwrap(), "case_received".parse().unwrap());
            let transaction = connection.transaction().unwrap();
            append(&transaction, "test", &event).unwrap();
            transaction.commit().unwrap();
        }
        connection
    }

    #[test]
    fn the_table_verifies_and_so_does_its_export() {
        let connection = log(5);
        let head = verify_chain(&connection, "test").unwrap();
        assert_eq!(head.seq, 5);
        assert_eq!(super::head(&connection, "test").unwrap(), head);
        let mut exported = Vec::new();
        export_jsonl(&connection, &mut exported).unwrap();
        assert_eq!(verify_jsonl(exported.as_slice(), "test").unwrap(), head);
        assert_eq!(verify_chain(&log(0), "test").unwrap(), Head::start("test"));
    }

    #[test]
    fn entries_are_only_ever_added() {
        let connection = log(3);
        let again = "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = ";
        for refused in [
            "UPDATE audit SET actor = 'staff-04' WHERE seq = 2",
            "DELETE FROM audit WHERE seq = 3",
            "DELETE FROM audit",
            &format!("{again}2"),
            &format!("{again}3"),
            "INSERT INTO audit SELECT 5, at, actor, action, visit, case_number, detail, hash, prev FROM audit WHERE seq = 3",
            "INSERT INTO audit SELECT 4, at, actor, action, visit, case_number, detail, prev, hash FROM audit WHERE seq = 3",
        ] {
            assert!(connection.execute_batch(refused).is_err(), "{refused}");
        }
        assert_eq!(verify_chain(&connection, "test").unwrap().seq, 3);
    }

    #[test]
    fn a_hand_that_drops_the_triggers_is_noticed() {
        let tampered = |sql: &str| {
            let connection = log(5);
            connection
                .execute_batch(
                    "DROP TRIGGER audit_is_not_updated; DROP TRIGGER audit_is_not_deleted; DROP TRIGGER audit_goes_on",
                )
                .unwrap();
            connection.execute_batch(sql).unwrap();
            match verify_chain(&connection, "test") {
                Err(Error::AuditBroken { seq }) => seq,
                other => panic!("{sql}: {other:?}"),
            }
        };
        assert_eq!(tampered("UPDATE audit SET actor = 'staff-04' WHERE seq = 2"), 2);
        assert_eq!(tampered("UPDATE audit SET at = '2026-02-25T06:13:20.1230' WHERE seq = 3"), 3);
        assert_eq!(tampered("UPDATE audit SET detail = 'refused' WHERE seq = 5"), 5);
        assert_eq!(tampered("DELETE FROM audit WHERE seq = 1"), 1);
        assert_eq!(tampered("DELETE FROM audit WHERE seq = 4"), 4);
        assert_eq!(tampered("UPDATE audit SET hash = zeroblob(32) WHERE seq = 4"), 4);
    }

    #[test]
    fn no_column_takes_a_name() {
        let connection = log(0);
        for column in ["at", "actor", "action", "visit", "case_number", "detail"] {
            let mut values = vec![
                ("at", "'2026-02-25T06:13:20.123Z'"),
                ("actor", "'staff-03'"),
                ("action", "'case_received'"),
                ("visit", "NULL"),
                ("case_number", "NULL"),
                ("detail", "NULL"),
            ];
            let insert = |values: &[(&str, &str)]| {
                let (names, literals): (Vec<_>, Vec<_>) = values.iter().copied().unzip();
                let (names, literals) = (names.join(", "), literals.join(", "));
                format!(
                    "INSERT INTO audit (seq, prev, hash, {names}) VALUES (1, zeroblob(32), zeroblob(32), {literals})"
                )
            };
            for (name, value) in &mut values {
                if *name == column {
                    *value = "'山田 太郎'";
                }
            }
            assert!(connection.execute_batch(&insert(&values)).is_err(), "{column}");
        }
    }
}
