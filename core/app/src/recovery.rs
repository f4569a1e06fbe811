//! When the tablet's key store has died: nobody can sign in, and no visit opens. The tablet begins anew under another name;
//! its visit files stay, and the city gives their keys back, one by one, so that nobody is asked twice.

use homon_domain::ids::{PartNumber, SealNumber, VisitId};
use homon_domain::visit::{Visit, VisitStatus};
use homon_seal::grant::GrantError;
use homon_seal::recipients::encrypt_small;
use homon_seal::{Granted, Provenance};
use homon_store::{
    Facts, FileKey, OrphanedFile, OrphanedVisit, TakenPart, VisitReads, VisitStage, begin_anew, orphaned_visits,
};

use crate::desk::{Desk, PartKey};
use crate::error::{Error, Refusal, Result};
use crate::homon::Homon;
use crate::visits::{VisitView, planned, tally, view};

/// A copy of a visit's key that only the city's recovery key opens, to be taken to the city desk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecoveryCopy {
    /// What the file must be called: `homon-city recover` reads the visit and the part from it.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Homon {
    /// Makes a tablet ready to be enrolled again on which nobody can ever sign in: its key store was emptied, or what
    /// the sign-in needs is damaged. Visits stay; everything else is set aside, nothing deleted.
    ///
    /// # Errors
    /// [`Refusal::StillOpens`] while somebody can sign in; [`Refusal::NotEnrolled`] when there is nothing to begin anew;
    /// [`Error::StorageFull`].
    pub async fn begin_anew(&self) -> Result<()> {
        let _nobody_reads = self.beside.end().await;
        self.worker.run(anew).await
    }

    /// The visit files on this tablet whose keys only the city has: identifiers and parts, no names, because nobody here
    /// can read them.
    ///
    /// # Errors
    /// [`Error::SignInAgain`].
    pub async fn orphaned_visits(&self) -> Result<Vec<OrphanedVisit>> {
        self.worker
            .run(|desk| {
                let (session, root, _) = desk.parts()?;
                Ok(orphaned_visits(root, &session.file)?)
            })
            .await
    }

    /// The copy of an orphaned visit's key, for the city desk.
    ///
    /// # Errors
    /// [`Refusal::NoSuchVisit`] when no such file or no copy is here; [`Error::SignInAgain`].
    pub async fn recovery_copy(&self, visit: VisitId, part: PartNumber) -> Result<RecoveryCopy> {
        self.worker.run(move |desk| copy(desk, (visit, part))).await
    }

    /// Opens an orphaned visit with the grant that the desk made out to this tablet, and goes on with it at the same
    /// step.
    ///
    /// # Errors
    /// [`Refusal::GrantNotTrusted`], [`Refusal::GrantForAnother`], [`Refusal::GrantDoesNotFit`], [`Refusal::NoSuchVisit`],
    /// [`Refusal::PartTwice`]; [`Error::SignInAgain`], [`Error::KeyUnavailable`], [`Error::StorageFull`]. The file stays
    /// as it is then.
    pub async fn adopt_visit(&self, grant: Vec<u8>) -> Result<VisitView> {
        self.worker.run(move |desk| adopt(desk, &grant)).await
    }
}

fn anew(desk: &mut Desk) -> Result<()> {
    if !desk.is_enrolled()? {
        return Err(Refusal::NotEnrolled.into());
    }
    match begin_anew(&desk.root, desk.platform.vault.as_ref()) {
        Ok(()) => {
            desk.session = None;
            Ok(())
        }
        Err(homon_store::Error::AlreadyExists) => Err(Refusal::StillOpens.into()),
        Err(error) => Err(error.into()),
    }
}

fn copy(desk: &mut Desk, key: PartKey) -> Result<RecoveryCopy> {
    let (session, root, _) = desk.parts()?;
    let orphans = orphaned_visits(root, &session.file)?;
    let found = orphans.iter().any(|orphan| (orphan.visit, orphan.part) == key && orphan.has_copy);
    if !found {
        return Err(Refusal::NoSuchVisit.into());
    }
    let path = root.recovery_copy(key.0, key.1);
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| Error::internal("no name"))?.to_owned();
    let bytes = std::fs::read(&path).map_err(homon_store::Error::from)?;
    Ok(RecoveryCopy { name, bytes })
}

fn adopt(desk: &mut Desk, sealed: &[u8]) -> Result<VisitView> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    let mailbox = session.mailbox()?;
    let granted = Granted::open(sealed, &mailbox, &session.enrolment.mail_keys(), session.device()).map_err(refused)?;
    let key = (granted.grant.visit, granted.grant.part);
    if session.file.stage(key.0, key.1).is_ok() {
        return Err(Refusal::PartTwice.into());
    }
    let file_key = FileKey::from_bytes(&granted.key).ok_or(Refusal::GrantDoesNotFit)?;
    let file = match OrphanedFile::open(root, key.0, key.1, file_key.clone()) {
        Err(homon_store::Error::Damaged) => return Err(Refusal::GrantDoesNotFit.into()),
        Err(homon_store::Error::Missing) => return Err(Refusal::NoSuchVisit.into()),
        opened => opened?,
    };
    let reads = file.reads()?;
    reads.verify_audit()?;
    let visit: Visit = reads.visit()?.read()?;
    if (visit.plan.id, visit.part) != key {
        return Err(Refusal::GrantDoesNotFit.into());
    }
    let (stage, counts) = match visit.status {
        VisitStatus::Open => (VisitStage::Open, None),
        VisitStatus::Closed => (VisitStage::Closed, Some(Facts::of(&tally(&visit, reads)?)?)),
    };
    // The city hears of a handover only when the part arrives, so the file may know a higher number than the grant.
    let seals_before = granted.grant.seals_before.max(last_handover(reads)?);
    let taken = TakenPart { planned: planned(&visit)?, stage, counts, seals_before };
    let copy = encrypt_small(&session.enrolment.recipients.recovery, file_key.expose()).map_err(Error::internal)?;
    let line = Provenance::Recovery { grant: granted.token }.to_line();
    let event = session.event(now, "adopt_visit");
    let vault = platform.vault.as_ref();
    let file = file.adopt(root, &mut session.file, vault, &taken, (&copy, &line), &event)?;
    session.keep_open(key, file);
    view(desk, key)
}

/// The highest number under which the part came from another tablet.
fn last_handover(reads: VisitReads<'_>) -> Result<Option<SealNumber>> {
    let mut last = None;
    for line in reads.handovers()? {
        let line: Provenance = line.parse().map_err(Error::internal)?;
        last = last.max(line.claimed_key().map(|given| given.seal));
    }
    Ok(last)
}

fn refused(error: GrantError) -> Refusal {
    match error {
        GrantError::NotForUs | GrantError::OtherDevice => Refusal::GrantForAnother,
        GrantError::UnknownFormat => Refusal::AppTooOld,
        GrantError::Damaged | GrantError::Token(_) => Refusal::GrantNotTrusted,
    }
}
