//! Erasure: what a verified receipt allows, and the certificate of what was destroyed.

use chrono::{DateTime, TimeDelta, Utc};
use homon_domain::ids::{DeviceId, PartNumber, SealNumber, VisitId};
use homon_domain::package::Erasable;
use homon_domain::programme::{EraseAt, Retention};
use homon_seal::{HeldReceipt, OpenedReceipt, Sha256Digest};
use homon_store::{ErasePermission, Facts, Inventory, Root, Tombstone, erase_visit};
use serde::{Deserialize, Serialize};

use crate::desk::Session;
use crate::error::Result;
use crate::homon::{Homon, Platform};

/// What was destroyed and what is not claimed. Holds no personal data; it stays when the visit is gone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ErasureCertificate {
    /// The visit.
    pub visit: VisitId,
    /// The part.
    pub part: PartNumber,
    /// The seal number whose receipt allowed it.
    pub seal: SealNumber,
    /// The tablet that the part had been handed over to, if it was: the city has it from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_to: Option<DeviceId>,
    /// What was destroyed, how it was guarded, and what is not claimed.
    pub inventory: Inventory,
    /// When it was done.
    pub erased_at: DateTime<Utc>,
    /// When the certificate was issued.
    pub issued_at: DateTime<Utc>,
}

impl Homon {
    /// The certificates of all erasures on this tablet.
    ///
    /// # Errors
    /// [`crate::Error::SignInAgain`].
    pub async fn erasure_certificates(&self) -> Result<Vec<ErasureCertificate>> {
        self.worker
            .run(|desk| {
                let tombstones = desk.session()?.file.tombstones()?;
                let issued = tombstones.iter().filter_map(|tombstone| tombstone.certificate.as_ref());
                Ok(issued.map(Facts::read).collect::<Result<_, _>>()?)
            })
            .await
    }
}

/// That the whole chain of keys worked, last: under which recipients, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct ChainProof {
    pub(crate) recipients: Sha256Digest,
    pub(crate) at: DateTime<Utc>,
}

/// What a receipt erases under the programme's rule. Only verification makes the types that it is made from, and what
/// is no [`Erasable`] has no way in.
pub(crate) struct Allowed {
    what: Erasable,
    seal: SealNumber,
    sha256: Sha256Digest,
}

impl Allowed {
    /// The desk opened and reconciled the part: from this tablet, or from the one that it went to.
    pub(crate) fn by_opened(receipt: &OpenedReceipt) -> Option<Self> {
        let key = receipt.key();
        Some(Self { what: key.subject.erasable()?, seal: key.seal, sha256: receipt.sha256() })
    }

    /// The intake holds a visit, the programme erases at that, and the chain was proven lately.
    pub(crate) fn by_held(
        receipt: &HeldReceipt,
        retention: Retention,
        proof: Option<ChainProof>,
        recipients: Sha256Digest,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let proof = proof.filter(|proof| proof.recipients == recipients)?;
        let fresh = now - proof.at <= TimeDelta::days(i64::from(retention.opened_receipt_fresh_days));
        let key = receipt.key();
        let what = key.subject.erasable().filter(|what| matches!(what, Erasable::Visit(..)))?;
        let allowed = Self { what, seal: key.seal, sha256: receipt.sha256() };
        (retention.erase_at == EraseAt::Held && fresh).then_some(allowed)
    }
}

/// Erases the visit part of a receipt: the vault's key first, then the files.
///
/// # Errors
/// [`crate::Error::KeyUnavailable`] and the storage's; what was begun is finished at the next sign-in.
pub(crate) fn erase(
    session: &mut Session,
    root: &Root,
    platform: &Platform,
    allowed: &Allowed,
    token: &str,
) -> Result<()> {
    session.let_go(allowed.what.part());
    let now = platform.clock.now();
    let Allowed { what, seal, sha256 } = allowed;
    let permission = ErasePermission::from_verified_receipt(*what, *seal, sha256.0, token, now);
    let actor = session.staff.code.clone();
    let (vault, clock) = (platform.vault.as_ref(), platform.clock.as_ref());
    erase_visit(root, &mut session.file, vault, clock, &actor, &permission)?;
    issue_missing_certificates(session, now)
}

/// Issues the certificates of erasures that are done and have none.
pub(crate) fn issue_missing_certificates(session: &mut Session, now: DateTime<Utc>) -> Result<()> {
    let bare: Vec<Tombstone> =
        session.file.tombstones()?.into_iter().filter(|tombstone| tombstone.certificate.is_none()).collect();
    for tombstone in bare {
        let Some(erased_at) = tombstone.erased_at else { continue };
        let handed_to = session.file.visit(tombstone.visit, tombstone.part)?.handed_to;
        let certificate = ErasureCertificate {
            visit: tombstone.visit,
            part: tombstone.part,
            seal: tombstone.number,
            handed_to,
            inventory: tombstone.inventory,
            erased_at,
            issued_at: now,
        };
        let event = session.event(now, "issue_certificate");
        session.file.put_certificate(tombstone.visit, tombstone.part, &Facts::of(&certificate)?, &event)?;
    }
    Ok(())
}
