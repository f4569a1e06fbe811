//! Following the journal from its first entry to its last, and telling what a crash tore from what someone did.

use std::fs::File;
use std::io::{BufRead, BufReader};

use homon_domain::audit::{AuditEntry, ChainBroken, Head};
use homon_seal::{PublicKey, jws};

use super::{HEAD_TYP, SignedHead};
use crate::desk::files::{self, At, FileError};
use crate::desk::folder::DeskFolder;

/// How the journal does not hold. No crash does any of this.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JournalFault {
    /// An entry was changed, left out, added or moved.
    #[error("the desk's journal is broken at entry {}", .0.seq)]
    Broken(ChainBroken),
    /// Entries that were signed are gone, or others stand in their place.
    #[error("the desk's journal was signed with {signed} entries, and they are not those that it holds")]
    NotAsSigned {
        /// How many entries the signed head vouches for.
        signed: u64,
    },
    /// The signed head is gone, or the desk's key did not sign it.
    #[error("the signed head of the desk's journal is missing or not the desk's")]
    NoHead,
    /// The key with which the desk signed the head is gone.
    #[error("the key of the desk's journal, journal.key.pem, is missing; bring it back from the last backup")]
    NoKey,
}

/// How far the journal holds.
pub(super) struct Followed {
    /// The last entry that holds.
    pub(super) head: Head,
    /// The bytes of all entries that hold.
    pub(super) len: u64,
    /// Whether the last of them lacks its line feed.
    pub(super) unended: bool,
    /// What is wrong beyond it.
    pub(super) fault: Option<JournalFault>,
}

impl Followed {
    /// A journal that has not begun.
    pub(super) fn nothing(chain: &str) -> Self {
        Self { head: Head::start(chain), len: 0, unended: false, fault: None }
    }

    /// Reads entry by entry, and gives each that holds.
    pub(super) fn read(
        desk: &DeskFolder,
        chain: &str,
        key: &PublicKey,
        mut entry: impl FnMut(AuditEntry),
    ) -> Result<Self, FileError> {
        let signed = SignedTo::read(desk, chain, key)?;
        let mut followed = Self::nothing(chain);
        let mut as_signed = signed.vouches_for(&followed.head);
        let path = desk.journal();
        let mut lines = match File::open(&path).at(&path) {
            Err(error) if error.is_missing() => return Ok(followed.judged(&signed, as_signed)),
            file => BufReader::new(file?),
        };
        loop {
            let mut line = Vec::new();
            if lines.read_until(b'\n', &mut line).at(&path)? == 0 {
                return Ok(followed.judged(&signed, as_signed));
            }
            match followed.step(&line) {
                Some(next) => entry(next),
                // An entry is signed once it is durable: what was never signed may have been torn by a crash.
                None if !signed.reaches_beyond(&followed.head) => return Ok(followed.judged(&signed, as_signed)),
                None => {
                    followed.fault = Some(JournalFault::Broken(ChainBroken { seq: followed.head.seq + 1 }));
                    return Ok(followed);
                }
            }
            as_signed |= signed.vouches_for(&followed.head);
        }
    }

    /// Moves on by a line; `None` when it is not the next entry.
    fn step(&mut self, line: &[u8]) -> Option<AuditEntry> {
        let entry: AuditEntry = serde_json::from_slice(line).ok()?;
        self.head.follow(&entry).ok()?;
        self.len += line.len() as u64;
        self.unended = !line.ends_with(b"\n");
        Some(entry)
    }

    fn judged(mut self, signed: &SignedTo, as_signed: bool) -> Self {
        self.fault = match signed {
            SignedTo::Nothing if self.head.seq == 0 => None,
            SignedTo::Nothing | SignedTo::Forged => Some(JournalFault::NoHead),
            SignedTo::Entry(_) if as_signed => None,
            SignedTo::Entry(head) => Some(JournalFault::NotAsSigned { signed: head.seq }),
        };
        self
    }
}

/// Up to where the desk's key vouches for the journal.
enum SignedTo {
    /// No head lies there, as before the first entry.
    Nothing,
    /// A head lies there that the desk did not sign for this journal.
    Forged,
    /// Up to this entry.
    Entry(Head),
}

impl SignedTo {
    fn read(desk: &DeskFolder, chain: &str, key: &PublicKey) -> Result<Self, FileError> {
        let token = match files::read_text(&desk.journal_head()) {
            Err(error) if error.is_missing() => return Ok(Self::Nothing),
            Err(error) if error.source.kind() == std::io::ErrorKind::InvalidData => return Ok(Self::Forged),
            token => token?,
        };
        match jws::verify::<SignedHead>(token.trim_end(), HEAD_TYP, key) {
            Ok(head) if head.chain == chain => Ok(Self::Entry(Head { seq: head.seq, hash: head.sha256.0 })),
            _ => Ok(Self::Forged),
        }
    }

    fn vouches_for(&self, head: &Head) -> bool {
        matches!(self, Self::Entry(signed) if signed == head)
    }

    /// Whether an entry after `head` was signed: then that entry was durable, and no crash can have torn it.
    fn reaches_beyond(&self, head: &Head) -> bool {
        matches!(self, Self::Entry(signed) if signed.seq > head.seq)
    }
}
