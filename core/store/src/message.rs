//! The file of one message of the desk: its own SQLCipher database under its own key, so that those whom it names are
//! never in the desk file. It is written once and then only read.

use std::fmt;

use homon_domain::audit::{AuditEvent, Head};
use homon_domain::ids::{MailNumber, VisitId};
use homon_domain::platform::KeyVault;
use rusqlite_migration::{M, Migrations};

use crate::audit;
use crate::body::Body;
use crate::cipher_file::{Access, CipherFile, Form};
use crate::desk::DeskFile;
use crate::error::Error;
use crate::kept::{self, Kept};
use crate::root::Root;

const STEPS: &[M<'static>] = &[M::up(audit::SCHEMA), M::up(include_str!("migrations/message-01.sql"))];
const FORM: Form = Form { migrations: Migrations::from_slice(STEPS), access: Access::Alone };

/// A message as it was received.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The number of the mail in which it came.
    pub number: MailNumber,
    /// The visit that it is about, if it is about one.
    pub visit: Option<VisitId>,
    /// What it says.
    pub body: Body,
}

impl fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMessage").field("number", &self.number).finish_non_exhaustive()
    }
}

/// The open file of one message.
///
/// Drop it before the app is suspended: it holds a lock that iOS does not forgive.
pub struct MessageFile {
    file: CipherFile,
    chain: String,
}

impl MessageFile {
    /// Stores a message: makes its key, its vault key and its file, then tells the desk file. It was received at the
    /// event's instant.
    ///
    /// A crash before the last of these leaves no message; what was left of the file is removed when it comes again.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] when the desk file has it, erased or not; [`Error::Key`]; the storage's.
    pub fn create(
        root: &Root,
        desk: &mut DeskFile,
        vault: &dyn KeyVault,
        new: &NewMessage,
        event: &AuditEvent,
    ) -> Result<Self, Error> {
        match desk.message(new.number) {
            Err(Error::Unknown) => {}
            known => return known.and(Err(Error::AlreadyExists)),
        }
        let kept = Kept::Message(new.number);
        let (key, wrapped) = kept::new_key(root, vault, kept)?;
        let file = kept::make(root, kept, key, &FORM, event, |transaction| {
            transaction.execute("INSERT INTO message (id, body) VALUES (1, ?1)", [new.body.as_json()])?;
            Ok(())
        })?;
        desk.add_message(new.number, new.visit, &wrapped, event)?;
        Ok(Self { file, chain: kept.chain() })
    }

    /// Opens a message's file with the key that the desk file and the vault hold together.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::WrongStage`] when its erasure has begun; [`Error::Key`] when the vault does not
    /// give the key; [`Error::Quarantined`] when the file is damaged; [`Error::Missing`]; [`Error::TooNew`]; the
    /// storage's.
    pub fn open(root: &Root, desk: &DeskFile, vault: &dyn KeyVault, number: MailNumber) -> Result<Self, Error> {
        let kept = Kept::Message(number);
        Ok(Self { file: kept::open(root, desk, vault, kept, &FORM)?, chain: kept.chain() })
    }

    /// What it says.
    ///
    /// # Errors
    /// The storage's.
    pub fn body(&self) -> Result<Body, Error> {
        let body = self.file.connection()?.query_row("SELECT body FROM message", [], |row| row.get(0))?;
        Ok(Body::from_stored(body))
    }

    /// Verifies the whole audit log, whose chain is named `message/<number>`; answers its end.
    ///
    /// # Errors
    /// [`Error::AuditBroken`]; the storage's.
    pub fn verify_audit(&self) -> Result<Head, Error> {
        audit::verify_chain(self.file.connection()?, &self.chain)
    }
}
