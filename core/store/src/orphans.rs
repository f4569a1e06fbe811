//! Visit files of which the desk file knows nothing: what is left when the platform's key store has died and the tablet
//! has begun anew. The city's recovery key still has their keys.

use std::fs;

use homon_domain::audit::{AuditEvent, visit_chain};
use homon_domain::ids::{PartNumber, VisitId};
use homon_domain::platform::KeyVault;

use crate::cipher_file::CipherFile;
use crate::desk::DeskFile;
use crate::desk::handovers::TakenPart;
use crate::error::Error;
use crate::keys::FileKey;
use crate::root::{Root, desk_alias, visit_alias};
use crate::slots::{KeySlots, SignInError};
use crate::visit::reads::VisitReads;
use crate::visit::taking::add_handover;
use crate::visit::{FORM, VisitFile};
use crate::{audit, files, quarantine};

const FILE: &str = ".homon";

/// A visit part's file whose key only the city has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OrphanedVisit {
    /// The visit.
    pub visit: VisitId,
    /// The part.
    pub part: PartNumber,
    /// The file's length in bytes.
    pub bytes: u64,
    /// Whether the copy of its key lies beside it that the city's recovery key opens.
    pub has_copy: bool,
}

/// All visit files that the desk file does not know, by visit and part.
///
/// # Errors
/// The storage's.
pub fn orphaned_visits(root: &Root, desk: &DeskFile) -> Result<Vec<OrphanedVisit>, Error> {
    let mut found = Vec::new();
    for name in files::names_in(&root.visits())? {
        let Some((visit, part)) = read_name(&name) else { continue };
        if matches!(desk.visit(visit, part), Err(Error::Unknown)) {
            let bytes = fs::metadata(root.visit(visit, part))?.len();
            let has_copy = root.recovery_copy(visit, part).try_exists()?;
            found.push(OrphanedVisit { visit, part, bytes, has_copy });
        }
    }
    Ok(found)
}

/// Reads `<visit>-<part>.homon`, in the one spelling that it has.
fn read_name(name: &str) -> Option<(VisitId, PartNumber)> {
    let (visit, part) = name.strip_suffix(FILE)?.rsplit_once('-')?;
    let (visit, part) = (visit.parse().ok()?, PartNumber::new(part.parse().ok()?)?);
    (format!("{visit}-{part}{FILE}") == name).then_some((visit, part))
}

/// Sets everything aside that only the dead key store opened, so that the tablet can be enrolled anew: key slots, desk
/// file, rosters, messages, packages under the old name. Visit files stay where they are: the city's recovery key opens them.
///
/// Can be done again after a crash, until the tablet is enrolled.
///
/// # Errors
/// [`Error::AlreadyExists`] while somebody can still sign in; [`Error::TooNew`], [`Error::Key`], the storage's.
pub fn begin_anew(root: &Root, vault: &dyn KeyVault) -> Result<(), Error> {
    if still_opens(root, vault)? {
        return Err(Error::AlreadyExists);
    }
    for name in files::names_in(&root.sealed_folder())? {
        quarantine::set_aside(root, &root.sealed_folder().join(name))?;
    }
    for folder in [root.rosters(), root.messages()] {
        for name in files::names_in(&folder)?.iter().filter(|name| name.ends_with(FILE)) {
            quarantine::set_aside(root, &folder.join(name))?;
        }
    }
    files::remove_if_there(&root.names())?;
    // These two go last: while either is there, the tablet counts as enrolled and this can be done again.
    quarantine::set_aside(root, &root.slots())?;
    quarantine::set_aside(root, &root.desk())?;
    Ok(())
}

/// Whether the slots, the desk file and the key around the slots are all there. A PIN may be forgotten; that is no
/// reason to give up what a colleague's opens.
fn still_opens(root: &Root, vault: &dyn KeyVault) -> Result<bool, Error> {
    let slots = match KeySlots::of(root).staff() {
        Ok(staff) => !staff.is_empty(),
        // What the disk does not give now, or what a newer version wrote, is not lost.
        Err(SignInError::Store(error)) if !matches!(error, Error::Missing) => return Err(error),
        Err(_) => false,
    };
    Ok(slots && DeskFile::exists(root)? && vault.contains(&desk_alias())?)
}

/// The open file of an orphaned part, to be looked at and adopted.
pub struct OrphanedFile {
    file: CipherFile,
    chain: String,
}

impl OrphanedFile {
    /// Opens it with the key that the city gave back. A file that does not open stays where it is: the key may be
    /// another's.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Damaged`] also for a wrong key; [`Error::TooNew`]; the storage's.
    pub fn open(root: &Root, visit: VisitId, part: PartNumber, key: FileKey) -> Result<Self, Error> {
        let file = CipherFile::open(&root.visit(visit, part), key, &FORM)?;
        Ok(Self { file, chain: visit_chain(visit, part) })
    }

    /// What is in it.
    ///
    /// # Errors
    /// The storage's.
    pub fn reads(&self) -> Result<VisitReads<'_>, Error> {
        Ok(VisitReads::new(self.file.connection()?, &self.chain))
    }

    /// Wraps the key under a new key of the vault and tells the desk file: the visit goes on at the same step.
    ///
    /// `copy` is the key sealed to the city's present recovery key, `line` what `handovers.jsonl` is to say.
    ///
    /// # Errors
    /// [`Error::WrongStage`] when the desk file knows the part; [`Error::Key`]; the storage's. It can be done again.
    pub fn adopt(
        mut self,
        root: &Root,
        desk: &mut DeskFile,
        vault: &dyn KeyVault,
        taken: &TakenPart,
        (copy, line): (&[u8], &str),
        event: &AuditEvent,
    ) -> Result<VisitFile, Error> {
        let (visit, part) = (taken.planned.visit, taken.planned.part);
        if !matches!(desk.visit(visit, part), Err(Error::Unknown)) {
            return Err(Error::WrongStage);
        }
        let alias = visit_alias(visit, part);
        vault.create(&alias)?;
        let wrapped = vault.wrap(&alias, self.file.key().expose())?;
        files::write_atomically(&root.recovery_copy(visit, part), copy)?;
        self.record(line, event)?;
        desk.take_part(taken, &wrapped, event)?;
        Ok(VisitFile { file: self.file, chain: self.chain })
    }

    /// A crash before the desk file was told leaves the line there already.
    fn record(&mut self, line: &str, event: &AuditEvent) -> Result<(), Error> {
        let recorded = self.reads()?.handovers()?.last().is_some_and(|last| last == line);
        if recorded {
            return Ok(());
        }
        let transaction = self.file.write()?;
        add_handover(&transaction, line)?;
        audit::append(&transaction, &self.chain, event)?;
        Ok(transaction.commit()?)
    }
}

#[cfg(test)]
mod tests;
