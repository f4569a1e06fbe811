//! Erasure of a visit part, a roster or a message: the key first, then what it opened.
//!
//! Deleting rows on flash memory proves nothing; a file whose key no longer exists is noise. So the order is: mark in
//! the desk file, destroy the vault's key, drop the wrapped key, delete the files, delete the packages, tombstone.
//! Each step can be done again. A crash after the mark is made good by [`resume_erasures`].

pub(crate) mod kept;

use std::io;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use homon_domain::audit::AuditEvent;
use homon_domain::ids::{PartNumber, SealNumber, StaffCode, VisitId};
use homon_domain::package::Erasable;
use homon_domain::platform::{Clock, KeyAlias, KeyVault, VaultError, VaultKind};

use crate::desk::DeskFile;
use crate::desk::tombstones::{Destroyed, Inventory, NotClaimed, Thing, Tombstone};
use crate::error::Error;
use crate::root::{Root, sealed_prefixes, visit_alias};
use crate::{files, quarantine};

/// Permission to erase one visit part. It names what it erases, so it cannot be used on anything else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ErasePermission {
    pub(crate) what: Erasable,
    pub(crate) number: SealNumber,
    pub(crate) sha256: [u8; 32],
    pub(crate) receipt: String,
    pub(crate) verified_at: DateTime<Utc>,
}

impl ErasePermission {
    /// From a receipt whose signature *has been verified* with the city's key, bound to this device.
    ///
    /// This crate knows no receipts, so it cannot check that. The one place that calls this is in the app, and takes
    /// the type of a verified receipt, which only verification makes. What is checked here: that the visit part was
    /// sealed or handed over, and that the receipt is for the number and the digest of what left this tablet last.
    ///
    /// `receipt` is the token as the city signed it.
    #[must_use]
    pub fn from_verified_receipt(
        what: Erasable,
        number: SealNumber,
        sha256: [u8; 32],
        receipt: &str,
        verified_at: DateTime<Utc>,
    ) -> Self {
        Self { what, number, sha256, receipt: receipt.to_owned(), verified_at }
    }
}

/// Erases a visit part. Its file must be closed. `actor` is who asked for it, and is recorded.
///
/// # Errors
/// Before anything is destroyed: [`Error::Unknown`], [`Error::WrongStage`], [`Error::ReceiptMismatch`].
/// Afterwards, with [`resume_erasures`] to go on: [`Error::Key`], the storage's.
pub fn erase_visit(
    root: &Root,
    desk: &mut DeskFile,
    vault: &dyn KeyVault,
    clock: &dyn Clock,
    actor: &StaffCode,
    permission: &ErasePermission,
) -> Result<Tombstone, Error> {
    begin(root, desk, vault, clock, actor, permission)?;
    let (visit, part) = permission.what.part();
    finish(root, desk, vault, clock, visit, part)
}

/// Finishes what a crash interrupted, of visits, rosters and messages. Call it whenever the desk file was opened.
///
/// Answers the tombstones of the visits; the others leave none.
///
/// # Errors
/// [`Error::Key`], the storage's; what is left is finished by the next call.
pub fn resume_erasures(
    root: &Root,
    desk: &mut DeskFile,
    vault: &dyn KeyVault,
    clock: &dyn Clock,
) -> Result<Vec<Tombstone>, Error> {
    kept::resume(root, desk, vault, clock)?;
    let begun = desk.tombstones()?.into_iter().filter(|tombstone| tombstone.erased_at.is_none());
    begun.map(|tombstone| finish(root, desk, vault, clock, tombstone.visit, tombstone.part)).collect()
}

fn begin(
    root: &Root,
    desk: &mut DeskFile,
    vault: &dyn KeyVault,
    clock: &dyn Clock,
    actor: &StaffCode,
    permission: &ErasePermission,
) -> Result<(), Error> {
    let (visit, part) = permission.what.part();
    let inventory = take_inventory(root, desk, vault, visit, part)?;
    desk.begin_erasure(permission, &inventory, &event(clock, actor, "erasure_begun"))
}

fn finish(
    root: &Root,
    desk: &mut DeskFile,
    vault: &dyn KeyVault,
    clock: &dyn Clock,
    visit: VisitId,
    part: PartNumber,
) -> Result<Tombstone, Error> {
    destroy_key(vault, &visit_alias(visit, part))?;
    desk.drop_wrapped_key(visit, part)?;
    delete_files(belongings(root, visit, part)?.into_iter().map(|(_, path)| path))?;
    let actor = desk.tombstone(visit, part)?.actor;
    desk.finish_erasure(visit, part, &event(clock, &actor, "erasure_done"))?;
    desk.tombstone(visit, part)
}

fn destroy_key(vault: &dyn KeyVault, alias: &KeyAlias) -> Result<(), Error> {
    vault.destroy(alias)?;
    // A key store that says yes and keeps the key would make the certificate a lie.
    if vault.contains(alias)? { Err(VaultError::Unavailable.into()) } else { Ok(()) }
}

fn delete_files(paths: impl IntoIterator<Item = PathBuf>) -> Result<(), Error> {
    for path in paths {
        files::remove_if_there(&path)?;
    }
    Ok(())
}

/// Every file of a visit part, unfinished ones included. The tally and the notice name nobody and stay.
/// The visit's own file comes first: the packages can be opened by the city only.
fn belongings(root: &Root, visit: VisitId, part: PartNumber) -> io::Result<Vec<(Thing, PathBuf)>> {
    let mut found = Vec::new();
    let own = format!("{visit}-{part}.");
    let recovery = files::beginning_with(&root.visits(), &format!("{own}recovery"))?;
    for path in files::beginning_with(&root.visits(), &own)? {
        let thing = if recovery.contains(&path) { Thing::RecoveryCopy } else { Thing::VisitFile };
        found.push((thing, path));
    }
    found.extend(quarantine::of_visit(root, visit, part)?.into_iter().map(|path| (Thing::SetAsideFile, path)));
    for prefix in sealed_prefixes(visit, part) {
        let sealed = files::beginning_with(&root.sealed_folder(), &prefix)?;
        found.extend(sealed.into_iter().map(|path| (Thing::SealedPackage, path)));
    }
    Ok(found)
}

fn take_inventory(
    root: &Root,
    desk: &DeskFile,
    vault: &dyn KeyVault,
    visit: VisitId,
    part: PartNumber,
) -> Result<Inventory, Error> {
    let key = visit_alias(visit, part);
    let wrapped = desk.wrapped_key(visit, part)?;
    let mut destroyed = vec![
        Destroyed { thing: Thing::WrappingKey, count: vault.contains(&key)?.into(), bytes: 0 },
        Destroyed { thing: Thing::WrappedKey, count: 1, bytes: wrapped.len() as u64 },
    ];
    let files = belongings(root, visit, part)?;
    for thing in [Thing::VisitFile, Thing::RecoveryCopy, Thing::SetAsideFile, Thing::SealedPackage] {
        let mut sum = Destroyed { thing, count: 0, bytes: 0 };
        for (_, path) in files.iter().filter(|(of, _)| *of == thing) {
            sum.count += 1;
            sum.bytes += std::fs::metadata(path)?.len();
        }
        destroyed.push(sum);
    }
    Ok(Inventory { vault: vault.kind(), key, destroyed, not_claimed: not_claimed(vault.kind()) })
}

fn not_claimed(kind: VaultKind) -> Vec<NotClaimed> {
    let of_keys = match kind {
        VaultKind::Hardware => NotClaimed::KeyStoreTraces,
        VaultKind::Software => NotClaimed::SoftwareKeyCopies,
    };
    vec![NotClaimed::FlashBlocks, of_keys, NotClaimed::CopiesElsewhere]
}

fn event(clock: &dyn Clock, actor: &StaffCode, action: &str) -> AuditEvent {
    AuditEvent::new(clock.now(), actor, action.parse().expect("a literal word"))
}

#[cfg(test)]
mod tests;
