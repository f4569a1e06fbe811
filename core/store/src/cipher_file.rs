//! One SQLCipher file: made whole, opened with its raw key, closed while the app is suspended.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use rusqlite_migration::Migrations;

use crate::error::Error;
use crate::files;
use crate::keys::FileKey;
use crate::quarantine;
use crate::root::Root;

/// SQLCipher's size of a page in bytes.
const PAGE: u64 = 4096;

/// An open file and what it takes to open it again.
pub(crate) struct CipherFile {
    path: PathBuf,
    key: FileKey,
    /// `None` while paused.
    connection: Option<Connection>,
}

impl CipherFile {
    /// Makes a new file beside `path`, to be filled and then put in its place by [`CipherFile::publish`].
    pub(crate) fn make(path: &Path, key: FileKey, migrations: &Migrations<'_>) -> Result<Self, Error> {
        let path = files::unfinished(path);
        for ending in ["", "-wal", "-shm", "-journal"] {
            files::remove_if_there(&files::with_suffix(&path, ending))?;
        }
        drop(files::create_private(&path)?);
        let mut connection = connect(&path, &key)?;
        migrations.to_latest(&mut connection)?;
        Ok(Self { path, key, connection: Some(connection) })
    }

    /// Gives the finished file its name. Before this nothing of it is there, after this all of it is.
    pub(crate) fn publish(mut self, path: &Path) -> Result<Self, Error> {
        // SQLite says nothing when it cannot write the journal back as it closes, and leaves it where the new name does
        // not take it along.
        self.empty_journal()?;
        self.pause()?;
        files::rename(&self.path, path)?;
        self.path = path.to_owned();
        self.resume()?;
        Ok(self)
    }

    /// Opens a file and brings it up to date.
    pub(crate) fn open(path: &Path, key: FileKey, migrations: &Migrations<'_>) -> Result<Self, Error> {
        // SQLite takes a file that is too short for a new database, and would write to it. Ours are made whole.
        if fs::metadata(path)?.len() < PAGE {
            return Err(Error::Damaged);
        }
        let mut connection = connect(path, &key)?;
        if version(&connection)? == 0 {
            return Err(Error::Damaged);
        }
        migrations.to_latest(&mut connection)?;
        Ok(Self { path: path.to_owned(), key, connection: Some(connection) })
    }

    /// As [`CipherFile::open`]; a damaged file is set aside and named in the error.
    pub(crate) fn open_or_set_aside(
        root: &Root,
        path: &Path,
        key: FileKey,
        migrations: &Migrations<'_>,
    ) -> Result<Self, Error> {
        match Self::open(path, key.clone(), migrations) {
            Err(Error::Damaged | Error::Io(_)) if is_damaged(path, &key) => match quarantine::set_aside(root, path)? {
                Some(name) => Err(Error::Quarantined { name }),
                None => Err(Error::Missing),
            },
            // Memory that runs out looks the same at first.
            Err(Error::Damaged) => Err(Error::Io(std::io::ErrorKind::OutOfMemory)),
            opened => opened,
        }
    }

    pub(crate) fn key(&self) -> &FileKey {
        &self.key
    }

    pub(crate) fn connection(&self) -> Result<&Connection, Error> {
        self.connection.as_ref().ok_or(Error::Paused)
    }

    /// A transaction that holds the write lock from its start; dropped without a commit, it changes nothing.
    pub(crate) fn write(&mut self) -> Result<rusqlite::Transaction<'_>, Error> {
        let connection = self.connection.as_mut().ok_or(Error::Paused)?;
        Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    /// A second connection, for reading beside the writer.
    pub(crate) fn second(&self) -> Result<Connection, Error> {
        self.connection()?;
        let connection = connect(&self.path, &self.key)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }

    /// Writes the journal back into the file and closes it. iOS kills an app that is suspended with a lock held.
    pub(crate) fn pause(&mut self) -> Result<(), Error> {
        match self.connection.take().map(Connection::close) {
            None | Some(Ok(())) => Ok(()),
            Some(Err((connection, error))) => {
                self.connection = Some(connection);
                Err(error.into())
            }
        }
    }

    /// Opens the file again after [`CipherFile::pause`].
    pub(crate) fn resume(&mut self) -> Result<(), Error> {
        if self.connection.is_none() {
            self.connection = Some(connect(&self.path, &self.key)?);
        }
        Ok(())
    }

    /// Empties the write-ahead log, so that what was overwritten in the file is in no journal either.
    pub(crate) fn empty_journal(&self) -> Result<(), Error> {
        let busy: bool = self.connection()?.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        // Only where somebody still reads: a sealing, or another program that has nothing to do here.
        if busy { Err(Error::Io(std::io::ErrorKind::ResourceBusy)) } else { Ok(()) }
    }

    /// Reads every page and checks its authentication code, then the structure. Slow: for when damage is suspected.
    pub(crate) fn check_whole(&self) -> Result<(), Error> {
        let connection = self.connection()?;
        let bad_pages = connection.prepare("PRAGMA cipher_integrity_check")?.exists([])?;
        let structure: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if !bad_pages && structure == "ok" { Ok(()) } else { Err(Error::Damaged) }
    }
}

/// Looks again at a file that seemed damaged: only what does not authenticate or does not fit together is set aside.
fn is_damaged(path: &Path, key: &FileKey) -> bool {
    let whole = || {
        if fs::metadata(path)?.len() < PAGE {
            return Err(Error::Damaged);
        }
        let file = CipherFile { path: path.to_owned(), key: key.clone(), connection: Some(connect(path, key)?) };
        let version = version(file.connection()?)?;
        file.check_whole()?;
        if version == 0 { Err(Error::Damaged) } else { Ok(()) }
    };
    matches!(whole(), Err(Error::Damaged))
}

fn connect(path: &Path, key: &FileKey) -> Result<Connection, Error> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Before the key, so that it holds for all that follows: SQLCipher writes nothing to the platform's log by itself,
    // and wipes what it frees. The latter costs less than measurements differ from each other.
    connection.execute_batch("PRAGMA cipher_log_level = NONE; PRAGMA cipher_memory_security = ON;")?;
    connection.execute_batch(&key.pragma())?;
    // The first read: a wrong key shows here, before anything is written.
    version(&connection)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.execute_batch(include_str!("connection.sql"))?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode == "wal" { Ok(connection) } else { Err(Error::Io(std::io::ErrorKind::Unsupported)) }
}

fn version(connection: &Connection) -> Result<i64, Error> {
    // The schema's version alone would be read from the header; counting tables reads them.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}
