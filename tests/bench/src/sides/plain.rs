//! The peer: the same library without a key, which is plain SQLite, with the durability of ours and nothing else. With a
//! key it is SQLCipher and nothing else: the limit of what we can come to.

use std::path::{Path, PathBuf};

use homon_domain::case::Case;
use homon_domain::case_view::CaseRow;
use homon_domain::programme::Programme;
use homon_store::CaseRecord;
use rusqlite::{Connection, OpenFlags, Params, params};

use super::residents::{Residents, record};
use crate::Result;

/// A raw key, and pages authenticated as ours are. Nothing is secret here.
const KEY: &str = "PRAGMA key = \"x'0707070707070707070707070707070707070707070707070707070707070707'\";
    PRAGMA cipher_hmac_algorithm = HMAC_SHA256";

/// Whether the peer's database is encrypted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encrypted {
    /// SQLCipher.
    Yes,
    /// Plain SQLite.
    No,
}

/// Whether the peer's connection is the only one, and takes no locks after its first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alone {
    /// Then the index of its journal is its own.
    Yes,
    /// As SQLite is unless it is told otherwise.
    No,
}

/// A database with the tables in it.
pub(crate) struct Database {
    path: PathBuf,
    encrypted: Encrypted,
    alone: Alone,
}

impl Database {
    /// Makes one without rows.
    pub(crate) fn make(folder: &Path, encrypted: Encrypted, alone: Alone) -> Result<Self> {
        let database = Self { path: folder.join("plain.db"), encrypted, alone };
        drop(std::fs::File::create(&database.path)?);
        database.open()?.execute_batch(include_str!("plain.sql"))?;
        Ok(database)
    }

    /// Opens it as ours is opened, down to the first page: a writer's connection, WAL, durable commits.
    pub(crate) fn open(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        if self.encrypted == Encrypted::Yes {
            connection.execute_batch(KEY)?;
        }
        if self.alone == Alone::Yes {
            connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE")?;
        }
        connection.execute_batch("PRAGMA synchronous = FULL")?;
        let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        if mode == "wal" { Ok(connection) } else { Err("no write-ahead log here".into()) }
    }

    /// Puts the residents' cases into it.
    pub(crate) fn fill(&self, residents: &Residents, count: usize) -> Result<Vec<Case>> {
        let mut connection = self.open()?;
        let cases = residents.cases(count)?;
        let transaction = connection.transaction()?;
        for case in &cases {
            insert(&transaction, &record(case)?)?;
        }
        transaction.commit()?;
        Ok(cases)
    }
}

fn insert(connection: &Connection, record: &CaseRecord) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO cases (sequence, id, round_order, status, search_key, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    insert.execute(params![
        record.sequence.get(),
        record.id.to_string(),
        record.round_order,
        record.status.as_str(),
        record.search_key,
        record.body.as_json(),
    ])?;
    Ok(())
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
