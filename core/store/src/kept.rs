//! What came from the city and is kept in a file of its own: a roster or a message. It dies with the key of that file.
//!
//! There is no copy of these keys for the city: the city has the original.

use std::path::PathBuf;

use homon_domain::audit::AuditEvent;
use homon_domain::ids::{MailNumber, RosterId};
use homon_domain::platform::{KeyAlias, KeyVault};
use homon_domain::word::Word;
use rusqlite::Transaction;
use rusqlite::types::Value;

use crate::audit;
use crate::cipher_file::{CipherFile, Form};
use crate::desk::DeskFile;
use crate::desk::kept::KeptState;
use crate::erase::kept::remove_traces;
use crate::error::Error;
use crate::keys::FileKey;
use crate::root::{Root, message_alias, roster_alias};

/// Which one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kept {
    Roster(RosterId),
    Message(MailNumber),
}

impl Kept {
    pub(crate) fn alias(self) -> KeyAlias {
        match self {
            Self::Roster(id) => roster_alias(id),
            Self::Message(number) => message_alias(number),
        }
    }

    pub(crate) fn path(self, root: &Root) -> PathBuf {
        match self {
            Self::Roster(id) => root.roster(id),
            Self::Message(number) => root.message(number),
        }
    }

    /// The folder of its file.
    pub(crate) fn folder(self, root: &Root) -> PathBuf {
        match self {
            Self::Roster(_) => root.rosters(),
            Self::Message(_) => root.messages(),
        }
    }

    /// The name of its file, without the ending.
    pub(crate) fn stem(self) -> String {
        match self {
            Self::Roster(id) => id.to_string(),
            Self::Message(number) => format!("{number:010}"),
        }
    }

    /// The name of its audit chain.
    pub(crate) fn chain(self) -> String {
        match self {
            Self::Roster(id) => format!("roster/{id}"),
            Self::Message(number) => format!("message/{number}"),
        }
    }

    /// What the desk's log calls it.
    pub(crate) fn word(self) -> Result<Word, Error> {
        let word = match self {
            Self::Roster(id) => id.to_string(),
            Self::Message(number) => format!("message-{number}"),
        };
        Ok(word.parse()?)
    }

    /// What the desk's log calls its erasure.
    pub(crate) fn erasure(self) -> [&'static str; 2] {
        match self {
            Self::Roster(_) => ["roster_erasure_begun", "roster_erasure_done"],
            Self::Message(_) => ["message_erasure_begun", "message_erasure_done"],
        }
    }

    /// Its table in the desk file, and the column and value of its key there.
    pub(crate) fn row(self) -> (&'static str, &'static str, Value) {
        match self {
            Self::Roster(id) => ("rosters", "roster", Value::Text(id.to_string())),
            Self::Message(number) => ("messages", "number", Value::Integer(number.get().into())),
        }
    }
}

/// A new key for its file, and the same key wrapped by the vault. What a crash left of an earlier try is removed: the
/// desk file has no key for it, so nobody can open it, and the original is here again.
pub(crate) fn new_key(root: &Root, vault: &dyn KeyVault, kept: Kept) -> Result<(FileKey, Vec<u8>), Error> {
    remove_traces(root, vault, kept)?;
    vault.create(&kept.alias())?;
    let key = FileKey::make()?;
    let wrapped = vault.wrap(&kept.alias(), key.expose())?;
    Ok((key, wrapped))
}

/// Makes its file with everything in it.
pub(crate) fn make(
    root: &Root,
    kept: Kept,
    key: FileKey,
    form: &Form,
    event: &AuditEvent,
    fill: impl FnOnce(&Transaction<'_>) -> Result<(), Error>,
) -> Result<CipherFile, Error> {
    let path = kept.path(root);
    let mut file = CipherFile::make(&path, key, form)?;
    let transaction = file.write()?;
    fill(&transaction)?;
    audit::append(&transaction, &kept.chain(), event)?;
    transaction.commit()?;
    file.publish(&path)
}

/// Opens its file with the key that the desk file and the vault hold together.
pub(crate) fn open(
    root: &Root,
    desk: &DeskFile,
    vault: &dyn KeyVault,
    kept: Kept,
    form: &Form,
) -> Result<CipherFile, Error> {
    if desk.state_of(kept)? != KeptState::Kept {
        return Err(Error::WrongStage);
    }
    let key = FileKey::unwrapped(vault, &kept.alias(), &desk.wrapped_key_of(kept)?)?;
    CipherFile::open_or_set_aside(root, &kept.path(root), key, form)
}
