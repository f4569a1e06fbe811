//! The desk's journal (窓口端末の操作記録): what was done at the desk, by whom, in which order.
//!
//! One audit chain ([`homon_domain::audit`]) named for the city's desk: `journal.jsonl`, one entry a line, and the
//! signed head of that chain, `journal.head.jws`. A command writes its entry when everything has been checked and
//! before anything changes: a crash can leave an entry without a deed, never a deed without an entry. The entry is
//! durable before the head that vouches for it, so what a crash tore off lies beyond the signed head, and is cut away.
//! Damage below it was done by someone: then nothing is written until a person has set the journal aside, and
//! everything that only reads goes on.
//!
//! No entry can hold a name: codes, identifiers and counts only.

mod deed;
mod follow;
mod render;

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use homon_domain::audit::{AuditEntry, Head, instant};
use homon_domain::ids::{StaffCode, VisitId};
use homon_domain::platform::Clock;
use homon_domain::word::Word;
use homon_seal::jws::{self, SignError};
use homon_seal::{Sha256Digest, Signer, SigningKey};
use serde::{Deserialize, Serialize};

pub use self::deed::Deed;
use self::follow::Followed;
pub use self::follow::JournalFault;
use super::files::{self, FileError};
use super::folder::{CityFolder, DeskFolder, DeskLock};
use super::init::City;
use super::key_files::{self, KeyFileError};

/// The `typ` of the signed head of the journal.
pub const HEAD_TYP: &str = "homon-journal-head+jws";

/// Why the journal could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The journal does not hold. Nothing was changed.
    #[error(
        "{0}; keep a copy and find out why, then begin a new journal with `homon-city journal --set-aside` and give \
         this command again"
    )]
    Fault(#[from] JournalFault),
    /// The journal holds, so there is no reason to begin another.
    #[error("the desk's journal holds; only one that does not is set aside")]
    Holds,
    /// The key that signs the journal is not here.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The head could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What is signed of the journal after each entry: the claims of `journal.head.jws`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SignedHead {
    /// The name of the chain.
    pub chain: String,
    /// How many entries there are.
    pub seq: u64,
    /// The digest of the last of them.
    pub sha256: Sha256Digest,
    /// The desk's clock.
    pub at: DateTime<Utc>,
}

/// What the journal says when it is read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct JournalRead {
    /// The entries that hold, the oldest first.
    pub entries: Vec<AuditEntry>,
    /// The digest of the last of them, to be noted on paper.
    pub head: Sha256Digest,
    /// What is wrong, if it does not hold.
    #[serde(serialize_with = "in_words")]
    pub fault: Option<JournalFault>,
}

/// Whether the journal holds, in a few words, and what in it is waited for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct JournalState {
    /// How many entries hold.
    pub entries: u64,
    /// When the last of them was written.
    pub last_at: Option<DateTime<Utc>>,
    /// When the city was last backed up.
    pub last_backup_at: Option<DateTime<Utc>>,
    /// When the recovery key was last proven.
    pub last_drill_at: Option<DateTime<Utc>>,
    /// What is wrong, if it does not hold.
    #[serde(serialize_with = "in_words")]
    pub fault: Option<JournalFault>,
}

fn in_words<S: serde::Serializer>(fault: &Option<JournalFault>, serializer: S) -> Result<S::Ok, S::Error> {
    fault.map(|fault| fault.to_string()).serialize(serializer)
}

/// The name of the chain of a city's desk. Keys are exchanged over the years; the day of founding is not.
#[must_use]
pub fn chain_of(city: &City) -> String {
    format!("desk/{}", instant::text(city.founded_at))
}

/// Reads the whole journal. Changes nothing.
///
/// # Errors
/// [`FileError`]; a fault is part of the answer.
pub fn read(desk: &DeskFolder) -> Result<JournalRead, FileError> {
    let mut entries = Vec::new();
    let followed = follow(desk, |entry| entries.push(entry))?;
    Ok(JournalRead { entries, head: Sha256Digest(followed.head.hash), fault: followed.fault })
}

/// Follows the whole journal and says whether it holds. Changes nothing.
///
/// # Errors
/// [`FileError`]; a fault is part of the answer.
pub fn state(desk: &DeskFolder) -> Result<JournalState, FileError> {
    let mut state = JournalState::default();
    let followed = follow(desk, |entry| {
        state.last_at = Some(entry.at);
        if deed::is_backup(&entry) {
            state.last_backup_at = Some(entry.at);
        }
        if deed::is_passed_drill(&entry) {
            state.last_drill_at = Some(entry.at);
        }
    })?;
    Ok(JournalState { entries: followed.head.seq, fault: followed.fault, ..state })
}

/// Puts a journal that does not hold out of the way, under a name of its own, and begins another.
///
/// # Errors
/// [`JournalError::Holds`] when there is no reason; otherwise any [`JournalError`].
pub fn set_aside(folder: &CityFolder, clock: &dyn Clock) -> Result<JournalState, JournalError> {
    let desk = folder.desk();
    let lock = desk.lock()?;
    let broken = state(&desk)?;
    if broken.fault.is_none() {
        return Err(JournalError::Holds);
    }
    let aside = |number: u32| desk.journal_aside(number);
    let head_of = |aside: &Path| aside.with_extension("head.jws");
    let free = |aside: &PathBuf| !aside.exists() && !head_of(aside).exists();
    let aside = (1..).map(aside).find(free).expect("numbers never run out");
    // The head goes first: entries without one don't hold either, so that an interrupted command can be given again.
    for (from, to) in [(desk.journal_head(), head_of(&aside)), (desk.journal(), aside)] {
        if from.exists() {
            files::publish(&from, &to)?;
        }
    }
    Journal::open(folder, &lock, clock)?.append(&Deed::SetAside { entries: broken.entries })?;
    Ok(broken)
}

fn follow(desk: &DeskFolder, entry: impl FnMut(AuditEntry)) -> Result<Followed, FileError> {
    let chain = chain_of(&City::read(desk)?);
    match key_files::signing_key(&desk.journal_key()) {
        Ok(key) => Followed::read(desk, &chain, &key.public_key(), entry),
        Err(_) if !desk.journal_key().exists() && !desk.journal().exists() => Ok(Followed::nothing(&chain)),
        Err(_) => Ok(Followed { fault: Some(JournalFault::NoKey), ..Followed::nothing(&chain) }),
    }
}

/// The journal, ready to be written to, while the desk is locked.
pub struct Journal<'a> {
    desk: DeskFolder,
    chain: String,
    by: StaffCode,
    clock: &'a dyn Clock,
    key: SigningKey,
    head: Head,
    /// The bytes of the entries up to the head. What lies beyond was torn by a crash.
    len: u64,
    refused: BTreeSet<Refused>,
}

/// What is refused, and why.
type Refused = (Word, Option<VisitId>, Option<Word>);

impl<'a> Journal<'a> {
    /// Opens the desk's journal and follows all of it. Where there is none yet, it begins.
    ///
    /// # Errors
    /// Any [`JournalError`] but [`JournalError::Holds`].
    pub fn open(folder: &CityFolder, _lock: &'a DeskLock, clock: &'a dyn Clock) -> Result<Self, JournalError> {
        Self::open_alone(folder, clock)
    }

    /// As [`Journal::open`] where nobody else can be: in a city that is just being founded.
    pub(super) fn open_alone(folder: &CityFolder, clock: &'a dyn Clock) -> Result<Self, JournalError> {
        let desk = folder.desk();
        let chain = chain_of(&City::read(&desk)?);
        let key = own_key(&desk)?;
        let mut refused = BTreeSet::new();
        let followed = Followed::read(&desk, &chain, &key.public_key(), |entry| {
            if deed::is_refusal(&entry.action) {
                refused.insert((entry.action, entry.visit, entry.detail));
            }
        })?;
        if let Some(fault) = followed.fault {
            return Err(fault.into());
        }
        let Followed { head, len, unended, .. } = followed;
        let by = folder.actor().clone();
        let mut journal = Self { desk, chain, by, clock, key, head, len, refused };
        if unended {
            journal.write(b"\n")?;
        }
        if !journal.desk.journal_head().exists() {
            journal.sign(clock.now())?;
        }
        Ok(journal)
    }

    /// How many entries there are, and the digest of the last.
    #[must_use]
    pub fn head(&self) -> (u64, Sha256Digest) {
        (self.head.seq, Sha256Digest(self.head.hash))
    }

    /// Records a deed that is about to be done. It is durable when this returns.
    ///
    /// # Errors
    /// [`JournalError::Sign`], [`JournalError::File`]; then the deed must not be done.
    pub fn append(&mut self, deed: &Deed) -> Result<(), JournalError> {
        self.append_all(std::slice::from_ref(deed))
    }

    /// Records several deeds at once.
    ///
    /// # Errors
    /// As [`Journal::append`]; then none of the deeds must be done.
    pub fn append_all(&mut self, deeds: &[Deed]) -> Result<(), JournalError> {
        let (at, mut head, mut lines) = (self.clock.now(), self.head, Vec::new());
        for deed in deeds {
            let entry = head.append(&deed.event(at, &self.by));
            head = Head { seq: entry.seq, hash: entry.hash };
            lines.extend(serde_json::to_vec(&entry).expect("an entry has no map"));
            lines.push(b'\n');
        }
        self.write(&lines)?;
        self.head = head;
        self.sign(at)
    }

    /// Records a refusal, unless the same was refused before: a package that lies there is refused every day.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn append_refusal(&mut self, refusal: &Deed) -> Result<(), JournalError> {
        let event = refusal.event(self.clock.now(), &self.by);
        if self.refused.insert((event.action, event.visit, event.detail)) { self.append(refusal) } else { Ok(()) }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        files::write_from(&self.desk.journal(), self.len, bytes)?;
        self.len += bytes.len() as u64;
        Ok(())
    }

    fn sign(&self, at: DateTime<Utc>) -> Result<(), JournalError> {
        let Head { seq, hash } = self.head;
        let claims = SignedHead { chain: self.chain.clone(), seq, sha256: Sha256Digest(hash), at };
        let token = jws::sign(Signer::City(&self.key), HEAD_TYP, &claims)?;
        Ok(files::replace(&self.desk.journal_head(), format!("{token}\n").as_bytes())?)
    }
}

impl fmt::Debug for Journal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Journal({}, {} entries)", self.chain, self.head.seq)
    }
}

/// The key that signs the journal. A city that was founded before there were journals gets one.
fn own_key(desk: &DeskFolder) -> Result<SigningKey, KeyFileError> {
    let path = desk.journal_key();
    if !path.exists() && !desk.journal().exists() {
        key_files::write_signing_key(&path, &SigningKey::make())?;
    }
    key_files::signing_key(&path)
}

#[cfg(test)]
mod tests;
