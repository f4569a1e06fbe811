//! Erasure of a roster or a message: as of a visit part, without a receipt and a tombstone, because the city has the
//! original.

use std::io;
use std::path::PathBuf;

use homon_domain::ids::{MailNumber, RosterId, StaffCode};
use homon_domain::platform::{Clock, KeyVault};

use super::{delete_files, destroy_key, event};
use crate::desk::DeskFile;
use crate::error::Error;
use crate::kept::Kept;
use crate::root::Root;
use crate::{files, quarantine};

/// Erases a roster. Its file must be closed. `actor` is who asked for it, and is recorded.
///
/// # Errors
/// Before anything is destroyed: [`Error::Unknown`]; [`Error::WrongStage`] when it is being erased or is erased.
/// Afterwards, with [`super::resume_erasures`] to go on: [`Error::Key`], the storage's.
pub fn erase_roster(
    root: &Root,
    desk: &mut DeskFile,
    vault: &dyn KeyVault,
    clock: &dyn Clock,
    actor: &StaffCode,
    id: RosterId,
) -> Result<(), Error> {
    erase(root, desk, vault, clock, (Kept::Roster(id), actor))
}

/// Erases a message. Its file must be closed. `actor` is who asked for it, and is recorded.
///
/// # Errors
/// As [`erase_roster`].
pub fn erase_message(
    root: &Root,
    desk: &mut DeskFile,
    vault: &dyn KeyVault,
    clock: &dyn Clock,
    actor: &StaffCode,
    number: MailNumber,
) -> Result<(), Error> {
    erase(root, desk, vault, clock, (Kept::Message(number), actor))
}

fn erase(
    root: &Root,
    desk: &mut DeskFile,
    vault: &dyn KeyVault,
    clock: &dyn Clock,
    (kept, actor): (Kept, &StaffCode),
) -> Result<(), Error> {
    desk.begin_erasure_of(kept, &event(clock, actor, kept.erasure()[0]))?;
    finish(root, desk, vault, clock, (kept, actor))
}

/// Finishes what a crash interrupted.
pub(super) fn resume(root: &Root, desk: &mut DeskFile, vault: &dyn KeyVault, clock: &dyn Clock) -> Result<(), Error> {
    for (kept, actor) in desk.being_erased()? {
        finish(root, desk, vault, clock, (kept, &actor))?;
    }
    Ok(())
}

fn finish(
    root: &Root,
    desk: &mut DeskFile,
    vault: &dyn KeyVault,
    clock: &dyn Clock,
    (kept, actor): (Kept, &StaffCode),
) -> Result<(), Error> {
    destroy_key(vault, &kept.alias())?;
    desk.drop_key_of(kept)?;
    delete_files(belongings(root, kept)?)?;
    desk.finish_erasure_of(kept, &event(clock, actor, kept.erasure()[1]))
}

/// Removes what a crash left of something that the desk file was never told of.
pub(crate) fn remove_traces(root: &Root, vault: &dyn KeyVault, kept: Kept) -> Result<(), Error> {
    destroy_key(vault, &kept.alias())?;
    delete_files(own_files(root, kept)?)
}

/// Every file of it, damaged ones included.
fn belongings(root: &Root, kept: Kept) -> io::Result<Vec<PathBuf>> {
    let mut found = own_files(root, kept)?;
    found.extend(quarantine::of_kept(root, kept)?);
    Ok(found)
}

/// Its file with its journals, and an unfinished one.
fn own_files(root: &Root, kept: Kept) -> io::Result<Vec<PathBuf>> {
    files::beginning_with(&kept.folder(root), &format!("{}.", kept.stem()))
}

#[cfg(test)]
mod tests;
