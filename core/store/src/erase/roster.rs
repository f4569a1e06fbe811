//! Erasure of a roster: as of a visit part, without a receipt and a tombstone, because the city has the original.

use std::io;
use std::path::PathBuf;

use homon_domain::ids::{RosterId, StaffCode};
use homon_domain::platform::{Clock, KeyVault};

use super::{delete_files, destroy_key, event};
use crate::desk::DeskFile;
use crate::desk::rosters::RosterState;
use crate::error::Error;
use crate::root::{Root, roster_alias};
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
    desk.begin_roster_erasure(id, &event(clock, actor, "roster_erasure_begun"))?;
    finish(root, desk, vault, clock, (id, actor))
}

/// Finishes what a crash interrupted.
pub(super) fn resume(root: &Root, desk: &mut DeskFile, vault: &dyn KeyVault, clock: &dyn Clock) -> Result<(), Error> {
    for roster in desk.rosters()?.into_iter().filter(|roster| roster.state == RosterState::Erasing) {
        let actor = roster.erased_by.ok_or(Error::Record)?;
        finish(root, desk, vault, clock, (roster.id, &actor))?;
    }
    Ok(())
}

fn finish(
    root: &Root,
    desk: &mut DeskFile,
    vault: &dyn KeyVault,
    clock: &dyn Clock,
    (id, actor): (RosterId, &StaffCode),
) -> Result<(), Error> {
    destroy_key(vault, &roster_alias(id))?;
    desk.drop_roster_key(id)?;
    delete_files(belongings(root, id)?)?;
    desk.finish_roster_erasure(id, &event(clock, actor, "roster_erasure_done"))
}

/// Removes what a crash left of a roster that the desk file was never told of.
pub(crate) fn remove_traces(root: &Root, vault: &dyn KeyVault, id: RosterId) -> Result<(), Error> {
    destroy_key(vault, &roster_alias(id))?;
    delete_files(own_files(root, id)?)
}

/// Every file of a roster, damaged ones included.
fn belongings(root: &Root, id: RosterId) -> io::Result<Vec<PathBuf>> {
    let mut found = own_files(root, id)?;
    found.extend(quarantine::of_roster(root, id)?);
    Ok(found)
}

/// The file of a roster with its journals, and an unfinished one.
fn own_files(root: &Root, id: RosterId) -> io::Result<Vec<PathBuf>> {
    files::beginning_with(&root.rosters(), &format!("{id}."))
}

#[cfg(test)]
mod tests;
