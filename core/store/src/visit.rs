//! The file of one visit part: its own SQLCipher database under its own key.
//!
//! One step of a case is one transaction with one synchronisation of the medium. When [`VisitFile::step`] has
//! answered, the step survives the loss of power; until then nothing of it exists.

pub(crate) mod reads;
pub(crate) mod step;
pub(crate) mod taking;

use homon_domain::audit::{AuditEvent, visit_chain};
use homon_domain::ids::{PartNumber, VisitId};
use homon_domain::platform::KeyVault;
use rusqlite::{Connection, params};
use rusqlite_migration::{M, Migrations};

use crate::audit;
use crate::body::Body;
use crate::cipher_file::{Access, CipherFile, Form};
use crate::desk::DeskFile;
use crate::desk::visits::VisitStage;
use crate::error::Error;
use crate::keys::FileKey;
use crate::root::{Root, visit_alias};
use crate::visit::reads::VisitReads;
use crate::{files, quarantine};

const STEPS: &[M<'static>] = &[
    M::up(audit::SCHEMA),
    M::up(include_str!("migrations/visit-01.sql")),
    M::up(include_str!("migrations/visit-02.sql")),
    M::up(include_str!("migrations/visit-03.sql")),
];
pub(crate) const FORM: Form = Form { migrations: Migrations::from_slice(STEPS), access: Access::Shared };

/// What a visit part's file begins with.
#[derive(Debug)]
pub struct NewVisitFile<'a> {
    /// The visit; the desk file has it as planned.
    pub visit: VisitId,
    /// The part.
    pub part: PartNumber,
    /// A new key, made for this file.
    pub key: FileKey,
    /// That key, sealed to the city's recovery key, so that a dead key store loses no visit.
    pub recovery_copy: &'a [u8],
    /// The visit as it is opened.
    pub body: &'a Body,
}

/// The open file of one visit part.
pub struct VisitFile {
    pub(crate) file: CipherFile,
    pub(crate) chain: String,
}

/// A second connection that sees the file as it was at one instant, for sealing while residents are received.
///
/// Drop it before the app is suspended: it holds a lock that iOS does not forgive.
pub struct VisitSnapshot {
    connection: Connection,
    chain: String,
}

impl VisitFile {
    /// Opens a planned visit: makes its vault key, its file and its recovery copy, then tells the desk file.
    ///
    /// A crash before the last of these leaves the visit planned; what was left of the file is set aside next time.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::WrongStage`] unless the desk file has it as planned; [`Error::Key`]; the storage's.
    pub fn create(
        root: &Root,
        desk: &mut DeskFile,
        vault: &dyn KeyVault,
        new: NewVisitFile<'_>,
        event: &AuditEvent,
    ) -> Result<Self, Error> {
        let (visit, part) = (new.visit, new.part);
        if desk.stage(visit, part)? != VisitStage::Planned {
            return Err(Error::WrongStage);
        }
        let alias = visit_alias(visit, part);
        vault.create(&alias)?;
        let wrapped = vault.wrap(&alias, new.key.expose())?;
        // A copy of the key is worth keeping only beside what it opens: tries on a full disk must not fill it further.
        if root.visit(visit, part).try_exists()? {
            for path in [root.recovery_copy(visit, part), root.visit(visit, part)] {
                quarantine::set_aside(root, &path)?;
            }
        }
        files::write_atomically(&root.recovery_copy(visit, part), new.recovery_copy)?;
        let file = Self::make(root, new, event)?;
        desk.open_visit(visit, part, &wrapped, event)?;
        Ok(file)
    }

    fn make(root: &Root, new: NewVisitFile<'_>, event: &AuditEvent) -> Result<Self, Error> {
        let path = root.visit(new.visit, new.part);
        let chain = visit_chain(new.visit, new.part);
        let mut file = CipherFile::make(&path, new.key, &FORM)?;
        let transaction = file.write()?;
        transaction.execute(
            "INSERT INTO visit (id, visit, part, body) VALUES (1, ?1, ?2, ?3)",
            params![new.visit.to_string(), new.part.get(), new.body.as_json()],
        )?;
        audit::append(&transaction, &chain, event)?;
        transaction.commit()?;
        Ok(Self { file: file.publish(&path)?, chain })
    }

    /// Opens a visit's file with the key that the desk file and the vault hold together.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::WrongStage`] when the visit has no file; [`Error::Key`] when the vault does not
    /// give the key; [`Error::Quarantined`] when the file is damaged, or older than the desk file knows; [`Error::Missing`]; [`Error::TooNew`]; the
    /// storage's.
    pub fn open(
        root: &Root,
        desk: &DeskFile,
        vault: &dyn KeyVault,
        visit: VisitId,
        part: PartNumber,
    ) -> Result<Self, Error> {
        if !desk.stage(visit, part)?.has_file() {
            return Err(Error::WrongStage);
        }
        let key = FileKey::unwrapped(vault, &visit_alias(visit, part), &desk.wrapped_key(visit, part)?)?;
        let path = root.visit(visit, part);
        let file = CipherFile::open_or_set_aside(root, &path, key, &FORM)?;
        let noted = desk.noted_head(visit, part)?;
        let is_older = match &noted {
            Some(head) => !audit::holds(file.connection()?, head)?,
            None => false,
        };
        if is_older {
            drop(file);
            let name = quarantine::set_aside(root, &path)?.ok_or(Error::Missing)?;
            return Err(Error::Quarantined { name });
        }
        Ok(Self { file, chain: visit_chain(visit, part) })
    }

    /// Closes the file while the app is suspended; until [`VisitFile::resume`] everything else gives [`Error::Paused`].
    ///
    /// # Errors
    /// The storage's; the file is then still open.
    pub fn pause(&mut self) -> Result<(), Error> {
        self.file.pause()
    }

    /// Opens the file again.
    ///
    /// # Errors
    /// The storage's.
    pub fn resume(&mut self) -> Result<(), Error> {
        self.file.resume()
    }

    /// What is in the file.
    ///
    /// # Errors
    /// [`Error::Paused`].
    pub fn reads(&self) -> Result<VisitReads<'_>, Error> {
        Ok(VisitReads::new(self.file.connection()?, &self.chain))
    }

    /// The file as it is now, on a connection of its own that another thread can read from.
    ///
    /// # Errors
    /// [`Error::Paused`]; the storage's.
    pub fn snapshot(&self) -> Result<VisitSnapshot, Error> {
        let connection = self.file.second()?;
        // The instant is fixed by the first read.
        connection.execute_batch("BEGIN; SELECT count(*) FROM visit;")?;
        Ok(VisitSnapshot { connection, chain: self.chain.clone() })
    }

    /// Authenticates every page in use and checks that they fit together: for when damage is suspected, or before sealing.
    ///
    /// # Errors
    /// [`Error::Damaged`]; the storage's.
    pub fn check_whole(&self) -> Result<(), Error> {
        self.file.check_whole()
    }
}

impl VisitSnapshot {
    /// What was in the file.
    #[must_use]
    pub fn reads(&self) -> VisitReads<'_> {
        VisitReads::new(&self.connection, &self.chain)
    }
}

#[cfg(test)]
pub(crate) mod tests;
