//! Reading a backup from its first byte to its last: every file is digested on the way, and the whole is then held
//! against its list.

use std::io::{self, Read};

use homon_seal::jws::{self, MAX_TOKEN, TokenError};
use homon_seal::recipients::LongError;
use homon_seal::{PublicKey, Sha256Digest};
use ring::digest::{Context, SHA256};

use super::content::is_at_home;
use super::{BACKUP_TYP, BackupClaims, Entry, FORMAT, LIST, TOKEN};
use crate::desk::files::FileError;

/// The longest list that is read, in bytes: room for some hundred thousands of files.
const LIST_BYTES: u64 = 256 << 20;

/// What is wrong with a backup. Names files by their paths, which hold codes and identifiers only.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    /// None of the keys opens it.
    #[error("the backup is not encrypted to this key")]
    NotForUs,
    /// Changed or cut off.
    #[error("the backup is damaged at {0}: it was changed or cut off; take another copy")]
    Damaged(String),
    /// A file that no backup has.
    #[error("the backup contains {0}, which is no file of a city")]
    NotAtHome(String),
    /// A file is not what the list says.
    #[error("{0} in the backup is not the file that its list names")]
    OtherFile(String),
    /// The list was not signed by the authority of the city in it.
    #[error("the backup's list is not signed by the city in it: {0}")]
    Token(#[from] TokenError),
    /// Made by a later version.
    #[error("the backup is of a format that this version does not know")]
    UnknownFormat,
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

impl From<LongError> for BackupFault {
    fn from(error: LongError) -> Self {
        match error {
            LongError::NotForUs => Self::NotForUs,
            LongError::Damaged | LongError::Io(_) => Self::Damaged("its beginning".to_owned()),
        }
    }
}

/// What was found in a backup, before anyone has asked who signed it.
pub(super) struct Walked {
    list_sha256: Sha256Digest,
    files: usize,
    token: String,
}

/// Reads all of a backup and gives every file to `put`, which must read it to its end.
pub(super) fn walk(
    content: impl Read,
    mut put: impl FnMut(&str, &mut dyn Read) -> Result<(), FileError>,
) -> Result<Walked, BackupFault> {
    let mut archive = tar::Archive::new(content);
    let (mut found, mut list, mut token) = (Vec::new(), None, None);
    let mut at = "its beginning".to_owned();
    let damaged = |at: &str| BackupFault::Damaged(at.to_owned());
    for entry in archive.entries().map_err(|_| damaged(&at))? {
        let mut entry = entry.map_err(|_| damaged(&at))?;
        let path = entry.path_bytes().into_owned();
        let path = String::from_utf8(path).map_err(|_| damaged(&at))?;
        let last = list.is_some() && path == TOKEN;
        if token.is_some() || list.is_some() && !last || !entry.header().entry_type().is_file() {
            return Err(BackupFault::NotAtHome(path));
        }
        if path == LIST {
            list = Some(read_up_to(&mut entry, LIST_BYTES).ok_or_else(|| damaged(LIST))?);
        } else if last {
            let bytes = read_up_to(&mut entry, MAX_TOKEN as u64).ok_or_else(|| damaged(TOKEN))?;
            token = Some(String::from_utf8(bytes).map_err(|_| damaged(TOKEN))?);
        } else if is_at_home(&path) {
            found.push(take(&path, entry, &mut put)?);
        } else {
            return Err(BackupFault::NotAtHome(path));
        }
        at = format!("what follows {path}");
    }
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(|_| damaged("its end"))?;
    let (list, token) = list.zip(token).ok_or_else(|| damaged(&at))?;
    compare(&found, &list)?;
    Ok(Walked { list_sha256: Sha256Digest::of(&list), files: found.len(), token })
}

fn take(
    path: &str,
    entry: impl Read,
    put: &mut impl FnMut(&str, &mut dyn Read) -> Result<(), FileError>,
) -> Result<Entry, BackupFault> {
    let mut reading = Digesting::new(entry);
    let written = put(path, &mut reading);
    if reading.failed {
        return Err(BackupFault::Damaged(path.to_owned()));
    }
    written?;
    let (size, sha256) = reading.finish();
    Ok(Entry { path: path.to_owned(), size, sha256 })
}

/// The files must be those of the list, in its order.
fn compare(found: &[Entry], list: &[u8]) -> Result<(), BackupFault> {
    let listed: Vec<Entry> = serde_json::from_slice(list).map_err(|_| BackupFault::Damaged(LIST.to_owned()))?;
    let other = found.iter().zip(&listed).find(|(found, listed)| found != listed);
    match (other, found.len().cmp(&listed.len())) {
        (Some((found, _)), _) => Err(BackupFault::OtherFile(found.path.clone())),
        (None, std::cmp::Ordering::Less) => Err(BackupFault::OtherFile(listed[found.len()].path.clone())),
        (None, std::cmp::Ordering::Greater) => Err(BackupFault::OtherFile(found[listed.len()].path.clone())),
        (None, std::cmp::Ordering::Equal) => Ok(()),
    }
}

impl Walked {
    /// What the authority has signed of it.
    pub(super) fn verify(self, authority: &PublicKey) -> Result<BackupClaims, BackupFault> {
        let claims: BackupClaims = jws::verify(self.token.trim_end(), BACKUP_TYP, authority)?;
        if claims.format != FORMAT {
            return Err(BackupFault::UnknownFormat);
        }
        let same = claims.list_sha256 == self.list_sha256 && claims.files == self.files;
        if same { Ok(claims) } else { Err(BackupFault::OtherFile(LIST.to_owned())) }
    }
}

fn read_up_to(entry: &mut impl Read, limit: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    entry.take(limit + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= limit).then_some(bytes)
}

/// Takes the digest of what passes, and remembers whether reading failed: then it is the backup's fault, not the disk's.
pub(super) struct Digesting<R> {
    inner: R,
    context: Context,
    size: u64,
    failed: bool,
}

impl<R: Read> Digesting<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, context: Context::new(&SHA256), size: 0, failed: false }
    }

    /// How many bytes there were, and their digest.
    pub(super) fn finish(self) -> (u64, Sha256Digest) {
        let digest = self.context.finish();
        (self.size, Sha256Digest(digest.as_ref().try_into().expect("SHA-256 gives 32 bytes")))
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(read) => {
                self.context.update(&buffer[..read]);
                self.size += read as u64;
                Ok(read)
            }
            Err(error) => {
                self.failed |= error.kind() != io::ErrorKind::Interrupted;
                Err(error)
            }
        }
    }
}
