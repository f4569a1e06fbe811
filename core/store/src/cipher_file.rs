//! One SQLCipher file: made whole, opened with its raw key, closed while the app is suspended.

use std::fs::{self, File};
use std::io;
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

/// What kind of file it is.
pub(crate) struct Form {
    /// How its tables came to be what they are.
    pub(crate) migrations: Migrations<'static>,
    /// Who has it open at once.
    pub(crate) access: Access,
}

/// Who has a file open at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    /// One connection. SQLite then keeps the index of the journal to itself, and takes no lock but the first.
    Alone,
    /// A reader beside the writer: [`CipherFile::second`].
    Shared,
}

/// What each page is authenticated with. Both are SQLCipher's own; the file does not say which it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Pages {
    /// HMAC-SHA-256, for which nearly every processor has instructions.
    Sha256,
    /// HMAC-SHA-512, SQLCipher's default: files that were made before.
    Sha512,
}

/// How a file is opened.
#[derive(Clone, Copy)]
struct Manner {
    access: Access,
    pages: Pages,
}

/// An open file and what it takes to open it again.
pub(crate) struct CipherFile {
    path: PathBuf,
    key: FileKey,
    manner: Manner,
    /// `None` while paused.
    connection: Option<Connection>,
}

impl CipherFile {
    /// Makes a new file beside `path`, to be filled and then put in its place by [`CipherFile::publish`].
    pub(crate) fn make(path: &Path, key: FileKey, form: &Form) -> Result<Self, Error> {
        let path = files::unfinished(path);
        for ending in ["", "-wal", "-shm", "-journal"] {
            files::remove_if_there(&files::with_suffix(&path, ending))?;
        }
        drop(files::create_private(&path)?);
        let manner = Manner { access: form.access, pages: Pages::Sha256 };
        let mut connection = connect(&path, &key, manner)?;
        form.migrations.to_latest(&mut connection)?;
        Ok(Self { path, key, manner, connection: Some(connection) })
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
    pub(crate) fn open(path: &Path, key: FileKey, form: &Form) -> Result<Self, Error> {
        // SQLite takes a file that is too short for a new database, and would write to it. Ours are made whole.
        if fs::metadata(path)?.len() < PAGE {
            return Err(Error::Damaged);
        }
        let (mut connection, manner) = connect_as_made(path, &key, form.access)?;
        if version(&connection)? == 0 {
            return Err(Error::Damaged);
        }
        form.migrations.to_latest(&mut connection)?;
        Ok(Self { path: path.to_owned(), key, manner, connection: Some(connection) })
    }

    /// As [`CipherFile::open`]; a damaged file is set aside and named in the error.
    pub(crate) fn open_or_set_aside(root: &Root, path: &Path, key: FileKey, form: &Form) -> Result<Self, Error> {
        match Self::open(path, key.clone(), form) {
            Err(Error::Damaged | Error::Io(_)) if is_damaged(path, &key, form.access)? => {
                match quarantine::set_aside(root, path)? {
                    Some(name) => Err(Error::Quarantined { name }),
                    None => Err(Error::Missing),
                }
            }
            // Memory that runs out looks the same at first, and so does a page that the disk did not give once.
            Err(Error::Damaged) => Err(Error::Io(io::ErrorKind::Other)),
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

    /// A second connection, for reading beside the writer. Only of a file that is [`Access::Shared`].
    pub(crate) fn second(&self) -> Result<Connection, Error> {
        self.connection()?;
        let connection = connect(&self.path, &self.key, self.manner)?;
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
            self.connection = Some(connect(&self.path, &self.key, self.manner)?);
        }
        Ok(())
    }

    /// Empties the write-ahead log, so that what was overwritten in the file is in no journal either.
    pub(crate) fn empty_journal(&self) -> Result<(), Error> {
        let busy: bool = self.connection()?.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        // Only where somebody still reads: a sealing, or another program that has nothing to do here.
        if busy { Err(Error::Io(io::ErrorKind::ResourceBusy)) } else { Ok(()) }
    }

    /// Reads every page in use, each of which is authenticated as it comes, and checks that they fit together. Slow: for
    /// when damage is suspected.
    ///
    /// SQLCipher's own `cipher_integrity_check` never ends where the system does not tell it the length of the file.
    pub(crate) fn check_whole(&self) -> Result<(), Error> {
        let structure: String = self.connection()?.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if structure == "ok" { Ok(()) } else { Err(Error::Damaged) }
    }
}

/// Looks again at a file that seemed damaged: only what does not authenticate or does not fit together is set aside.
///
/// SQLite calls a page damaged that the disk does not give. So the disk is asked for every byte without SQLite, before
/// and after: one that gives now and then would mislead a single reading. What cannot be read is the disk's fault, and
/// the file stays where it is.
fn is_damaged(path: &Path, key: &FileKey, access: Access) -> Result<bool, Error> {
    let whole = || {
        if fs::metadata(path)?.len() < PAGE {
            return Err(Error::Damaged);
        }
        let (connection, manner) = connect_as_made(path, key, access)?;
        let file = CipherFile { path: path.to_owned(), key: key.clone(), manner, connection: Some(connection) };
        let version = version(file.connection()?)?;
        file.check_whole()?;
        if version == 0 { Err(Error::Damaged) } else { Ok(()) }
    };
    read_every_byte(path)?;
    let is_damaged = matches!(whole(), Err(Error::Damaged));
    if is_damaged {
        read_every_byte(path)?;
    }
    Ok(is_damaged)
}

/// Reads the file and its journals to their ends.
fn read_every_byte(path: &Path) -> Result<(), Error> {
    for ending in ["", "-wal", "-journal"] {
        let path = files::with_suffix(path, ending);
        if path.try_exists()? {
            io::copy(&mut File::open(path)?, &mut io::sink())?;
        }
    }
    Ok(())
}

/// Opens a file whichever way it was made. A wrong key or a damaged file opens neither way.
fn connect_as_made(path: &Path, key: &FileKey, access: Access) -> Result<(Connection, Manner), Error> {
    let manner = |pages| Manner { access, pages };
    match connect(path, key, manner(Pages::Sha256)) {
        Err(Error::Damaged) => Ok((connect(path, key, manner(Pages::Sha512))?, manner(Pages::Sha512))),
        connected => Ok((connected?, manner(Pages::Sha256))),
    }
}

fn version(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

fn connect(path: &Path, key: &FileKey, manner: Manner) -> Result<Connection, Error> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Before the key, so that it holds for all that follows: SQLCipher writes nothing to the platform's log by itself,
    // and wipes what it frees.
    connection.execute_batch("PRAGMA cipher_log_level = NONE; PRAGMA cipher_memory_security = ON;")?;
    connection.execute_batch(&key.pragma())?;
    if manner.pages == Pages::Sha256 {
        connection.execute_batch("PRAGMA cipher_hmac_algorithm = HMAC_SHA256")?;
    }
    if manner.access == Access::Alone {
        connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE")?;
    }
    // The first read: a wrong key shows here, before anything is written. The header alone would be read for less.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.execute_batch(include_str!("connection.sql"))?;
    write_ahead(&connection)?;
    Ok(connection)
}

fn write_ahead(connection: &Connection) -> Result<(), Error> {
    let mut statement = connection.prepare("PRAGMA journal_mode = WAL")?;
    // To its end: that the change could not be written, on a full disk for one, is said after the answer.
    let modes: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if modes == ["wal"] { Ok(()) } else { Err(Error::Io(io::ErrorKind::Unsupported)) }
}

#[cfg(test)]
mod tests {
    use rusqlite_migration::M;

    use super::*;
    use crate::audit;

    const STEPS: &[M<'static>] = &[M::up(audit::SCHEMA), M::up("CREATE TABLE notes (note TEXT NOT NULL) STRICT;")];

    fn form(access: Access) -> Form {
        Form { migrations: Migrations::from_slice(STEPS), access }
    }

    fn key(byte: u8) -> FileKey {
        FileKey::from_bytes(&[byte; 32]).unwrap()
    }

    fn notes(file: &CipherFile) -> i64 {
        file.connection().unwrap().query_row("SELECT count(*) FROM notes", [], |row| row.get(0)).unwrap()
    }

    /// What a crash left of a file that an earlier version made: the file, and a journal that is not in it yet.
    fn left_by_an_earlier_version(path: &Path) {
        let made = path.with_extension("made");
        drop(files::create_private(&made).unwrap());
        let manner = Manner { access: Access::Shared, pages: Pages::Sha512 };
        let mut connection = connect(&made, &key(1), manner).unwrap();
        form(Access::Shared).migrations.to_latest(&mut connection).unwrap();
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        connection.execute("INSERT INTO notes VALUES ('not in the file yet')", []).unwrap();
        for ending in ["", "-wal"] {
            fs::copy(files::with_suffix(&made, ending), files::with_suffix(path, ending)).unwrap();
        }
    }

    #[test]
    fn what_an_earlier_version_made_opens_with_its_journal_and_goes_on() {
        for access in [Access::Alone, Access::Shared] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("file");
            left_by_an_earlier_version(&path);
            assert!(matches!(CipherFile::open(&path, key(2), &form(access)), Err(Error::Damaged)), "a wrong key");
            let mut file = CipherFile::open(&path, key(1), &form(access)).unwrap();
            assert_eq!((file.manner.pages, notes(&file)), (Pages::Sha512, 1));
            file.connection().unwrap().execute("INSERT INTO notes VALUES ('another')", []).unwrap();
            file.pause().unwrap();
            file.resume().unwrap();
            file.check_whole().unwrap();
            assert_eq!(notes(&file), 2);
        }
    }

    #[test]
    fn a_file_that_is_open_alone_has_no_index_beside_it_and_lets_nobody_else_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let file = CipherFile::make(&path, key(1), &form(Access::Alone)).unwrap().publish(&path).unwrap();
        file.connection().unwrap().execute("INSERT INTO notes VALUES ('one')", []).unwrap();
        assert!(files::with_suffix(&path, "-wal").exists() && !files::with_suffix(&path, "-shm").exists());
        let second = CipherFile::open(&path, key(1), &form(Access::Alone));
        assert!(matches!(second, Err(Error::Io(io::ErrorKind::ResourceBusy))));
        drop(file);
        assert_eq!(notes(&CipherFile::open(&path, key(1), &form(Access::Alone)).unwrap()), 1);
    }

    /// Locking would keep memory out of a swap file, which tablets do not have, and is most of what opening a file costs.
    #[cfg(target_os = "linux")]
    #[test]
    fn memory_is_wiped_and_not_locked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let file = CipherFile::make(&path, key(1), &form(Access::Alone)).unwrap();
        let wiped: String =
            file.connection().unwrap().query_row("PRAGMA cipher_memory_security", [], |row| row.get(0)).unwrap();
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let locked = status.lines().find(|line| line.starts_with("VmLck:")).unwrap();
        assert_eq!(wiped, "1");
        assert!(locked.ends_with(" 0 kB"), "{locked}: was this built without the flags of .cargo/config.toml?");
    }
}
