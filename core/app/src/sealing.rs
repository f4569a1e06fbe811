//! Sealing: one part of a visit becomes one file that only the city can open, and its tally one without identities.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use homon_domain::case::Case;
use homon_domain::ids::{Code, DeviceId, PartNumber, VisitId};
use homon_domain::platform::KeyVault;
use homon_domain::programme::Mode;
use homon_domain::tally::{Notice, Tally};
use homon_domain::visit::{Visit, VisitStatus};
use homon_domain::word::Word;
use homon_seal::{
    Closing, EntryPath, HandedOver, PackageName, PackageWriter, Provenance, Recipients, SealError, Sealed,
    Sha256Digest, Signer, Subject,
};
use homon_store::{NewSeal, Root, SealedFile, VisitReads, VisitStage};
use serde::Serialize;

use crate::activity_photos::add_activity_photos;
use crate::beside::Stop;
use crate::desk::{Desk, PartKey, Session};
use crate::error::{Error, Refusal, Result};
use crate::homon::{Homon, Platform};
use crate::portraits::portrait_kind;
use crate::visits::{VisitView, tally, view};

impl Homon {
    /// Seals a closed visit part, and its tally for the contractor's office with the photos of the activity. Sealing again after
    /// [`Homon::reopen_visit`] is an amendment under the next number.
    ///
    /// # Errors
    /// [`Refusal::VisitStillOpen`], [`Refusal::VisitLocked`], [`Refusal::HandedOver`], [`Refusal::NoSuchVisit`],
    /// [`Error::StorageFull`], [`Error::SignInAgain`], [`Error::KeyUnavailable`]. The visit stays closed then, and can be
    /// sealed again.
    pub async fn seal_visit(&self, visit: VisitId, part: PartNumber) -> Result<VisitView> {
        self.worker.run(move |desk| seal_visit(desk, (visit, part))).await
    }
}

fn seal_visit(desk: &mut Desk, key: PartKey) -> Result<VisitView> {
    let (session, root, platform) = desk.parts()?;
    match session.file.stage(key.0, key.1)? {
        VisitStage::Closed => {}
        VisitStage::Open => return Err(Refusal::VisitStillOpen.into()),
        VisitStage::Sealed | VisitStage::Held => return Err(Refusal::VisitLocked.into()),
        VisitStage::HandedOver => return Err(Refusal::HandedOver.into()),
        VisitStage::Planned | VisitStage::Erasing | VisitStage::Erased => return Err(Refusal::NoSuchVisit.into()),
    }
    let file = session.visit_file(root, platform, key)?;
    file.check_whole()?;
    let (visit, part) = key;
    if file.reads()?.visit()?.read::<Visit>()?.status == VisitStatus::Open {
        // A crash came in the middle of reopening it: it is open, and the desk file did not hear of it.
        let event = session.event(platform.clock.now(), "reopen_visit");
        session.file.move_visit(visit, part, VisitStage::Open, &event)?;
        return Err(Refusal::VisitStillOpen.into());
    }
    let recipients = session.enrolment.recipients.clone();
    if let Some(office) = &recipients.office {
        seal(session, root, platform, Subject::Tally { visit, part }, office, add_tally)?;
    }
    let add = |writer: &mut Writer, reads: VisitReads<'_>| add_visit(writer, reads, &Stop::default());
    seal(session, root, platform, Subject::Visit { visit, part }, &recipients.work, add)?;
    session.note_head(key, platform.clock.now());
    view(desk, key)
}

/// Seals the first package of a tablet, or the notice that a visit was opened.
pub(crate) fn seal_greeting(session: &mut Session, root: &Root, platform: &Platform, subject: Subject) -> Result<()> {
    let work = session.enrolment.recipients.work.clone();
    if let Subject::Notice { .. } = subject {
        return seal(session, root, platform, subject, &work, add_notice);
    }
    let id = PackageName { subject, seal: session.file.next_seal(subject)? };
    let sealing = Sealing::of(session, platform);
    let sealed = sealing.write(root, id, &work, |_| Ok(Contents::default()))?;
    Ok(session.file.add_seal(&sealed, &session.event(sealing.at, "seal"))?)
}

/// Seals what `add` takes out of a visit's file, and records it.
fn seal(
    session: &mut Session,
    root: &Root,
    platform: &Platform,
    subject: Subject,
    recipients: &Recipients,
    add: impl FnOnce(&mut Writer, VisitReads<'_>) -> Result<Contents>,
) -> Result<()> {
    let sealing = Sealing::of(session, platform);
    let id = PackageName { subject, seal: session.file.next_seal(subject)? };
    let key = subject.visit().ok_or_else(|| Error::internal("no visit in this subject"))?;
    let reads = session.visit_file(root, platform, key)?.reads()?;
    let sealed = sealing.write(root, id, recipients, |writer| add(writer, reads))?;
    Ok(session.file.add_seal(&sealed, &session.event(sealing.at, "seal"))?)
}

pub(crate) type Writer = PackageWriter<File>;

/// What the manifest says beside the entries.
#[derive(Default)]
pub(crate) struct Contents {
    counts: BTreeMap<String, u32>,
    audit_head: Option<Sha256Digest>,
    reason: Option<Code>,
    pub(crate) handover: Option<HandedOver>,
}

/// Who seals, under which programme, and when. Knows nothing of open files, so that it can seal on any thread.
pub(crate) struct Sealing {
    vault: Arc<dyn KeyVault>,
    device: DeviceId,
    programme: Code,
    mode: Mode,
    pub(crate) at: DateTime<Utc>,
}

impl Sealing {
    pub(crate) fn of(session: &Session, platform: &Platform) -> Self {
        Self {
            vault: Arc::clone(&platform.vault),
            device: session.device(),
            programme: session.programme().code.clone(),
            mode: session.programme().mode,
            at: platform.clock.now(),
        }
    }

    /// Writes a package to its place, durably. Until the desk file is told, the same number writes over it.
    pub(crate) fn write(
        &self,
        root: &Root,
        id: PackageName,
        recipients: &Recipients,
        fill: impl FnOnce(&mut Writer) -> Result<Contents>,
    ) -> Result<NewSeal> {
        let (draft, file) = SealedFile::begin(root, id)?;
        let (sealed, audit_head) = match self.fill(file, id, recipients, fill) {
            Ok(written) => written,
            Err(error) => {
                draft.abandon()?;
                return Err(error);
            }
        };
        draft.publish(sealed.out)?;
        let audit_head = audit_head.map(|head| head.0);
        Ok(NewSeal { id, sha256: sealed.sha256.0, bytes: sealed.bytes, audit_head })
    }

    fn fill(
        &self,
        file: File,
        id: PackageName,
        recipients: &Recipients,
        fill: impl FnOnce(&mut Writer) -> Result<Contents>,
    ) -> Result<(Sealed<File>, Option<Sha256Digest>)> {
        let mut writer = PackageWriter::new(file, recipients, id.of(self.device), self.at)?;
        let contents = fill(&mut writer)?;
        let audit_head = contents.audit_head;
        let closing = Closing {
            handover: contents.handover,
            programme: self.programme.clone(),
            mode: self.mode,
            counts: contents.counts,
            audit_head,
            reason: contents.reason,
        };
        Ok((writer.finish(Signer::Device(self.vault.as_ref()), closing)?, audit_head))
    }
}

pub(crate) fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(|_| Error::internal("a record cannot be written as JSON"))
}

fn counted(reads: VisitReads<'_>) -> Result<(Visit, Tally)> {
    let visit: Visit = reads.visit()?.read()?;
    let tally = tally(&visit, reads)?;
    Ok((visit, tally))
}

fn add_notice(writer: &mut Writer, reads: VisitReads<'_>) -> Result<Contents> {
    let visit: Visit = reads.visit()?.read()?;
    let mut notice = Notice { tally: Tally::begin(&visit), taken_from: Vec::new(), recovered: false };
    for line in reads.handovers()? {
        let line: Provenance = line.parse().map_err(Error::internal)?;
        notice.taken_from.extend(line.claimed_key().map(|given| given.device));
        notice.recovered |= matches!(line, Provenance::Recovery { .. });
    }
    writer.add_bytes(EntryPath::Notice, &json(&notice)?)?;
    Ok(Contents { counts: notice.tally.counts(), ..Contents::default() })
}

fn add_tally(writer: &mut Writer, reads: VisitReads<'_>) -> Result<Contents> {
    let (_, tally) = counted(reads)?;
    writer.add_bytes(EntryPath::Tally, &json(&tally)?)?;
    add_activity_photos(writer, &reads, &Stop::default())?;
    Ok(Contents { counts: tally.counts(), ..Contents::default() })
}

/// Adds all of a visit: for the city, as far as it has come, or for another tablet.
pub(crate) fn add_visit(writer: &mut Writer, reads: VisitReads<'_>, stop: &Stop) -> Result<Contents> {
    let (visit, tally) = counted(reads)?;
    writer.add_bytes(EntryPath::Visit, &json(&visit)?)?;
    writer.add_bytes(EntryPath::Tally, &json(&tally)?)?;
    let handovers = reads.handovers()?;
    if !handovers.is_empty() {
        let lines: String = handovers.into_iter().map(|line| line + "\n").collect();
        writer.add_bytes(EntryPath::Handovers, lines.as_bytes())?;
    }
    let mut audit = Vec::new();
    reads.export_audit(&mut audit)?;
    writer.add_bytes(EntryPath::Audit, &audit)?;
    for record in reads.all_cases() {
        stop.check()?;
        add_case(writer, &reads, &record?.body.read()?)?;
    }
    add_activity_photos(writer, &reads, stop)?;
    let reason = visit.amendment.map(|reason| Word::of(&reason)).transpose().map_err(Error::internal)?;
    Ok(Contents {
        counts: tally.counts(),
        audit_head: Some(Sha256Digest(reads.audit_head()?.hash)),
        reason: reason.map(|word| word.as_str().parse()).transpose().map_err(Error::internal)?,
        handover: None,
    })
}

fn add_case(writer: &mut Writer, reads: &VisitReads<'_>, case: &Case) -> Result<()> {
    writer.add_bytes(EntryPath::Case(case.number), &json(case)?)?;
    if case.portrait.is_some() {
        // The file keeps the digest beside the bytes, written together when the photo was taken, and authenticates both.
        let mut photo = reads.photo(case.id, &portrait_kind())?;
        writer.add_digested(EntryPath::Photo(case.number), Sha256Digest(photo.facts.sha256), &mut photo)?;
    }
    Ok(())
}

impl From<SealError> for Error {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Io(io) => homon_store::Error::from(io).into(),
            SealError::Sign(homon_seal::jws::SignError::Vault(_)) => Self::KeyUnavailable,
            other => Self::internal(other),
        }
    }
}
