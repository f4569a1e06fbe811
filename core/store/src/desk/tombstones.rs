//! What stays of an erased visit part: counts, what was destroyed, and the receipt that allowed it.

use chrono::{DateTime, Utc};
use homon_domain::audit::{AuditEvent, instant};
use homon_domain::ids::{PartNumber, SealNumber, StaffCode, VisitId};
use homon_domain::package::{Erasable, PackageName};
use homon_domain::platform::{KeyAlias, VaultKind};
use rusqlite::{Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::seals::last_of_part;
use super::visits::{VisitStage, one_row, set_stage, stage};
use super::{DeskFile, columns};
use crate::body::Facts;
use crate::erase::ErasePermission;
use crate::error::Error;

/// A thing that is destroyed in erasure.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    /// The vault's key around the visit's key. Its destruction is what erases the visit.
    WrappingKey,
    /// The visit's key, wrapped, in the desk file.
    WrappedKey,
    /// The visit's encrypted file with its journals.
    VisitFile,
    /// The copy of the visit's key that was sealed to the city's recovery key.
    RecoveryCopy,
    /// Damaged files of the visit, from quarantine.
    SetAsideFile,
    /// Packages of the visit, sealed to the city.
    SealedPackage,
}

/// What an erasure does not promise.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotClaimed {
    /// That no old block of the flash memory still holds ciphertext.
    FlashBlocks,
    /// That the platform's key store keeps no trace of a key that it deleted.
    KeyStoreTraces,
    /// That a key from a software vault was never copied.
    SoftwareKeyCopies,
    /// Anything of what the city received, or of copies made outside this tablet.
    CopiesElsewhere,
}

/// How much of a thing there was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destroyed {
    /// What.
    pub thing: Thing,
    /// How many.
    pub count: u32,
    /// Their length in bytes, together; 0 for a key inside a vault.
    pub bytes: u64,
}

/// What an erasure destroys, measured when it begins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// What guarded the wrapping key.
    pub vault: VaultKind,
    /// The name of the wrapping key.
    pub key: KeyAlias,
    /// What was there.
    pub destroyed: Vec<Destroyed>,
    /// What the erasure does not promise.
    pub not_claimed: Vec<NotClaimed>,
}

/// An erasure, begun or done. The facts of its certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tombstone {
    /// The visit.
    pub visit: VisitId,
    /// The part.
    pub part: PartNumber,
    /// The seal number whose receipt allowed it.
    pub number: SealNumber,
    /// The counts of the part.
    pub counts: Option<Facts>,
    /// Who asked for it.
    pub actor: StaffCode,
    /// The receipt, as the city signed it.
    pub receipt: String,
    /// When the receipt was verified.
    pub verified_at: DateTime<Utc>,
    /// What was destroyed.
    pub inventory: Inventory,
    /// When it was done; `None` while it is under way.
    pub erased_at: Option<DateTime<Utc>>,
    /// The erasure certificate, once it was issued.
    pub certificate: Option<Facts>,
}

const SELECT: &str = "SELECT visit, part, number, counts, actor, receipt, verified_at, destroyed, erased_at,
    certificate FROM tombstones";

impl DeskFile {
    /// All erasures, begun or done.
    ///
    /// # Errors
    /// The storage's.
    pub fn tombstones(&self) -> Result<Vec<Tombstone>, Error> {
        let mut select = self.file.connection()?.prepare_cached(&format!("{SELECT} ORDER BY visit, part"))?;
        select.query_and_then([], tombstone)?.collect()
    }

    /// The erasure of one visit part.
    ///
    /// # Errors
    /// [`Error::Unknown`]; the storage's.
    pub fn tombstone(&self, visit: VisitId, part: PartNumber) -> Result<Tombstone, Error> {
        let connection = self.file.connection()?;
        let mut select = connection.prepare_cached(&format!("{SELECT} WHERE visit = ?1 AND part = ?2"))?;
        let mut rows = select.query_and_then(params![visit.to_string(), part.get()], tombstone)?;
        rows.next().unwrap_or(Err(Error::Unknown))
    }

    /// Keeps the certificate of an erasure that is done.
    ///
    /// # Errors
    /// [`Error::WrongStage`] when none is done; the storage's.
    pub fn put_certificate(
        &mut self,
        visit: VisitId,
        part: PartNumber,
        certificate: &Facts,
        event: &AuditEvent,
    ) -> Result<(), Error> {
        self.step_about(visit, event, |transaction| {
            let changed = transaction.execute(
                "UPDATE tombstones SET certificate = ?3
                 WHERE visit = ?1 AND part = ?2 AND erased_at IS NOT NULL",
                params![visit.to_string(), part.get(), certificate.as_json()],
            )?;
            one_row(changed, Error::WrongStage)
        })
    }

    /// From here on there is no way back: the erasure is finished even if the app dies now.
    pub(crate) fn begin_erasure(
        &mut self,
        permission: &ErasePermission,
        inventory: &Inventory,
        event: &AuditEvent,
    ) -> Result<(), Error> {
        let (visit, part) = permission.what.part();
        self.step_about(visit, event, |transaction| {
            check(transaction, permission)?;
            transaction.execute(
                "INSERT INTO tombstones (visit, part, number, counts, actor, receipt, verified_at, destroyed)
                 SELECT visit, part, ?3, counts, ?4, ?5, ?6, ?7 FROM visits WHERE visit = ?1 AND part = ?2",
                params![
                    visit.to_string(),
                    part.get(),
                    permission.number.get(),
                    event.actor.as_str(),
                    permission.receipt,
                    instant::text(permission.verified_at),
                    Facts::of(inventory)?.as_json(),
                ],
            )?;
            set_stage(transaction, visit, part, VisitStage::Erasing)
        })
    }

    /// Forgets the wrapped key: in the file, and in the journal.
    pub(crate) fn drop_wrapped_key(&mut self, visit: VisitId, part: PartNumber) -> Result<(), Error> {
        self.file.connection()?.execute(
            "UPDATE visits SET wrapped_key = NULL WHERE visit = ?1 AND part = ?2 AND stage = 'erasing'",
            params![visit.to_string(), part.get()],
        )?;
        self.file.empty_journal()
    }

    pub(crate) fn finish_erasure(&mut self, visit: VisitId, part: PartNumber, event: &AuditEvent) -> Result<(), Error> {
        self.step_about(visit, event, |transaction| {
            transaction.execute(
                "UPDATE tombstones SET erased_at = ?3 WHERE visit = ?1 AND part = ?2 AND erased_at IS NULL",
                params![visit.to_string(), part.get(), instant::text(event.at)],
            )?;
            set_stage(transaction, visit, part, VisitStage::Erased)
        })
    }
}

/// The receipt must be for the bytes that left this tablet last, and nothing may have been received since.
fn check(transaction: &Transaction<'_>, permission: &ErasePermission) -> Result<(), Error> {
    let (visit, part) = permission.what.part();
    let stage = stage(transaction, visit, part)?;
    let fits = match permission.what {
        Erasable::Visit(..) => matches!(stage, VisitStage::Sealed | VisitStage::Held),
        Erasable::Handover(..) => stage == VisitStage::HandedOver,
    };
    if !fits {
        return Err(Error::WrongStage);
    }
    let last = last_of_part(transaction, permission.what)?.ok_or(Error::ReceiptMismatch)?.seal;
    let name = PackageName { subject: permission.what.into(), seal: permission.number };
    if last.id == name && last.sha256 == permission.sha256 { Ok(()) } else { Err(Error::ReceiptMismatch) }
}

fn tombstone(row: &Row<'_>) -> Result<Tombstone, Error> {
    Ok(Tombstone {
        visit: columns::parsed(row, "visit")?,
        part: columns::part(row, "part")?,
        number: SealNumber::new(row.get("number")?).ok_or(Error::Record)?,
        counts: columns::optional_facts(row, "counts")?,
        actor: columns::parsed(row, "actor")?,
        receipt: row.get("receipt")?,
        verified_at: columns::at(row, "verified_at")?,
        inventory: columns::facts(row, "destroyed")?.read()?,
        erased_at: columns::optional_at(row, "erased_at")?,
        certificate: columns::optional_facts(row, "certificate")?,
    })
}
