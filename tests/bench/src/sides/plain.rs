//! The peer: the same library without a key, so plain SQLite, with the durability of ours and nothing else.

use std::path::{Path, PathBuf};

use homon_domain::case::Case;
use homon_domain::case_view::CaseRow;
use homon_domain::programme::Programme;
use rusqlite::{Connection, OpenFlags, Params, params};

use super::residents::{Residents, record};
use crate::Result;

/// Makes a database with the tables in it.
pub(crate) fn make(folder: &Path) -> Result<PathBuf> {
    let path = folder.join("plain.db");
    drop(std::fs::File::create(&path)?);
    open(&path)?.execute_batch(include_str!("plain.sql"))?;
    Ok(path)
}

/// Opens it as ours is opened, down to the first page: a writer's connection, WAL, durable commits.
pub(crate) fn open(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch("PRAGMA synchronous = FULL")?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    if mode == "wal" { Ok(connection) } else { Err("no write-ahead log here".into()) }
}

/// Puts the residents' cases into it.
pub(crate) fn fill(path: &Path, residents: &Residents, count: usize) -> Result<Vec<Case>> {
    let mut connection = open(path)?;
    let cases = residents.cases(count)?;
    let transaction = connection.transaction()?;
    for case in &cases {
        let record = record(case)?;
        transaction
            .prepare_cached(
                "INSERT INTO cases (sequence, id, round_order, status, search_key, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                record.sequence.get(),
                record.id.to_string(),
                record.round_order,
                record.status.as_str(),
                record.search_key,
                record.body.as_json(),
            ])?;
    }
    transaction.commit()?;
    Ok(cases)
}

/// A row of `cases` as text.
pub(crate) type Texts = (u32, String, u32, String, String, String);

/// The rows of a statement that selects all columns of `cases`.
pub(crate) fn select(connection: &Connection, sql: &str, parameters: impl Params) -> Result<Vec<Texts>> {
    let mut select = connection.prepare_cached(sql)?;
    let rows = select.query_map(parameters, |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The lines that a screen shows, from the JSON of the cases.
pub(crate) fn lines(rows: &[Texts], programme: &Programme) -> Result<Vec<CaseRow>> {
    rows.iter().map(|row| Ok(serde_json::from_str::<Case>(&row.5)?.row(programme))).collect()
}
