//! Writing a backup, and reading it again before it gets its name.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use homon_domain::platform::Clock;
use homon_seal::jws::{self, SignError};
use homon_seal::recipients::{LongWriter, decrypt_long};
use homon_seal::{Identity, Recipients, Sha256Digest, Signer};

use super::content::Content;
use super::walk::{BackupFault, Digesting, walk};
use super::{BACKUP_TYP, BackupClaims, Entry, FORMAT, LIST, TOKEN};
use crate::desk::authority::{Authority, AuthorityError};
use crate::desk::files::{self, At, FileError};
use crate::desk::folder::CityFolder;
use crate::desk::init::City;
use crate::desk::journal::{Deed, Journal, JournalError};
use crate::desk::key_files::{self, KeyFileError};
use crate::desk::programme::{self, ProgrammeError};

/// Why there is no backup. Nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something already.
    #[error("{} exists already; name a file that does not", .0.display())]
    Exists(PathBuf),
    /// What was written could not be read again.
    #[error("the backup was written but does not read back: {0}; try another medium")]
    ReadsBack(BackupFault),
    /// A key of the desk is not here.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The authority is not here.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The list could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The programme can't be used.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// A backup that was written and read again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BackedUp {
    /// Where it lies.
    pub path: PathBuf,
    /// How large it is, in bytes.
    pub bytes: u64,
    /// Its digest, to be noted: `sha256sum` tells it from a copy that went bad, without any key.
    pub sha256: Sha256Digest,
    /// What was signed of it.
    pub claims: BackupClaims,
}

/// Backs up a city into a new file, or into a folder under the name of the day. The desk stands still meanwhile; the
/// intake does not.
///
/// # Errors
/// Any [`BackupError`].
pub fn backup(folder: &CityFolder, to: &Path, clock: &dyn Clock) -> Result<BackedUp, BackupError> {
    let now = clock.now();
    let path =
        if to.is_dir() { to.join(format!("homon-backup-{}.age", now.format("%Y%m%dT%H%M%SZ"))) } else { to.into() };
    if fs::symlink_metadata(&path).is_ok() {
        return Err(BackupError::Exists(path));
    }
    let desk = folder.desk();
    let work = key_files::identity(&desk.work_key())?;
    let programme = programme::read(&folder.programme())?.code;
    let lock = desk.lock()?;
    let mut journal = Journal::open(folder, &lock, clock)?;
    let (city, authority) = (City::read(&desk)?, Authority::read(&desk)?);
    let (journal_entries, journal_head) = journal.head();
    let content = Content::of(folder)?;
    let claims = BackupClaims {
        format: FORMAT,
        programme,
        founded_at: city.founded_at,
        made_at: now,
        files: 0,
        list_sha256: Sha256Digest::of(b""),
        journal_entries,
        journal_head,
        with_store: content.has_store(),
    };
    let draft = files::draft_of(&path);
    let written = write(&draft, &city.recipients.work, &content, claims, &authority)
        .and_then(|claims| read_back(&draft, &work, &authority, claims))
        .and_then(|(bytes, sha256, claims)| {
            journal.append(&Deed::Backup { files: claims.files })?;
            files::publish(&draft, &path)?;
            Ok(BackedUp { path, bytes, sha256, claims })
        });
    if written.is_err() {
        // Half a backup is of no use; the first error is the one to report.
        let _ = fs::remove_file(&draft);
    }
    written
}

fn write(
    draft: &Path,
    recipients: &Recipients,
    content: &Content,
    mut claims: BackupClaims,
    authority: &Authority,
) -> Result<BackupClaims, BackupError> {
    let file = files::create(draft)?;
    let encrypting = LongWriter::begin(BufWriter::new(&file), recipients).at(draft)?;
    let mut tape = Tape { tar: tar::Builder::new(encrypting), draft, made_at: claims.made_at, entries: Vec::new() };
    for item in &content.items {
        if let Some((size, reader)) = content.open(item)? {
            tape.add(&item.path, size, reader)?;
        }
    }
    let list = serde_json::to_vec(&tape.entries).expect("entries have no map");
    (claims.files, claims.list_sha256) = (tape.entries.len(), Sha256Digest::of(&list));
    let token = jws::sign(Signer::City(authority.key()), BACKUP_TYP, &claims)?;
    tape.add(LIST, list.len() as u64, &list[..])?;
    tape.add(TOKEN, token.len() as u64, token.as_bytes())?;
    tape.finish().and_then(|()| file.sync_all()).at(draft)?;
    Ok(claims)
}

/// The tar stream under way.
struct Tape<'a, W: Write> {
    tar: tar::Builder<LongWriter<W>>,
    draft: &'a Path,
    made_at: DateTime<Utc>,
    entries: Vec<Entry>,
}

impl<W: Write> Tape<'_, W> {
    fn add(&mut self, path: &str, size: u64, content: impl io::Read) -> Result<(), FileError> {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.made_at.timestamp()).unwrap_or(0));
        header.set_size(size);
        let mut content = Digesting::new(content);
        self.tar.append_data(&mut header, path, &mut content).at(self.draft)?;
        let (read, sha256) = content.finish();
        if read != size {
            return Err(io::Error::other("a file changed while it was backed up")).at(Path::new(path));
        }
        self.entries.push(Entry { path: path.to_owned(), size, sha256 });
        Ok(())
    }

    fn finish(self) -> io::Result<()> {
        self.tar.into_inner()?.finish()?.flush()
    }
}

/// Reads the whole file from the disk, with the work key, as a restore would.
fn read_back(
    draft: &Path,
    work: &Identity,
    authority: &Authority,
    written: BackupClaims,
) -> Result<(u64, Sha256Digest, BackupClaims), BackupError> {
    let open = || File::open(draft).at(draft);
    let content = decrypt_long(std::slice::from_ref(work), open()?);
    let content = content.map_err(|error| BackupError::ReadsBack(error.into()))?;
    let walked = walk(content, |path, entry| io::copy(entry, &mut io::sink()).map(drop).at(Path::new(path)));
    let claims = walked.and_then(|walked| walked.verify(&authority.key().public_key()));
    let claims = claims.map_err(BackupError::ReadsBack)?;
    if claims != written {
        return Err(BackupError::ReadsBack(BackupFault::OtherFile(TOKEN.to_owned())));
    }
    let (bytes, sha256) = Sha256Digest::of_reader(&mut open()?).at(draft)?;
    Ok((bytes, sha256, claims))
}
