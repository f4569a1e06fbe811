//! Sealing: one part of a visit becomes one file that only the city can open, and its tally one without identities.

use std::collections::BTreeMap;
use std::fs::File;

use chrono::{DateTime, Utc};
use homon_domain::case::Case;
use homon_domain::ids::{Code, PartNumber, VisitId};
use homon_domain::tally::Tally;
use homon_domain::visit::Visit;
use homon_domain::word::Word;
use homon_seal::{
    Closing, EntryPath, PackageKey, PackageName, PackageWriter, Recipients, SealError, Sha256Digest, Signer, Subject,
};
use homon_store::{NewSeal, Root, SealedFile, VisitFile, VisitReads, VisitStage};
use serde::Serialize;

use crate::cases::portrait_kind;
use crate::desk::{Desk, PartKey, Session};
use crate::error::{Error, Refusal, Result};
use crate::homon::{Homon, Platform};
use crate::visits::{VisitView, tally, view};

impl Homon {
    /// Seals a closed visit part, and its tally for the contractor's office. Sealing again after
    /// [`Homon::reopen_visit`] is an amendment under the next number.
    ///
    /// # Errors
    /// [`Refusal::VisitStillOpen`], [`Refusal::VisitLocked`], [`Refusal::NoSuchVisit`], [`Error::StorageFull`],
    /// [`Error::SignInAgain`], [`Error::KeyUnavailable`]. The visit stays closed then, and can be sealed again.
    pub async fn seal_visit(&self, visit: VisitId, part: PartNumber) -> Result<VisitView> {
        self.worker.run(move |desk| seal_visit(desk, (visit, part))).await
    }
}

fn seal_visit(desk: &mut Desk, key: PartKey) -> Result<VisitView> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    match session.file.visit(key.0, key.1)?.stage {
        VisitStage::Closed => {}
        VisitStage::Open => return Err(Refusal::VisitStillOpen.into()),
        VisitStage::Sealed | VisitStage::Held => return Err(Refusal::VisitLocked.into()),
        VisitStage::Planned | VisitStage::Erasing | VisitStage::Erased => return Err(Refusal::NoSuchVisit.into()),
    }
    session.visit_file(root, platform, key)?.check_whole()?;
    let (visit, part) = key;
    let sealing = Sealing { root, platform, at: now };
    let recipients = session.enrolment.recipients.clone();
    if let Some(office) = &recipients.office {
        sealing.seal(session, Subject::Tally { visit, part }, office, add_tally)?;
    }
    sealing.seal(session, Subject::Visit { visit, part }, &recipients.work, add_visit)?;
    view(desk, key)
}

/// Seals the first package of a tablet, or the notice that a visit was opened.
pub(crate) fn seal_greeting(session: &mut Session, root: &Root, platform: &Platform, subject: Subject) -> Result<()> {
    let work = session.enrolment.recipients.work.clone();
    let sealing = Sealing { root, platform, at: platform.clock.now() };
    match subject {
        Subject::Notice { .. } => sealing.seal(session, subject, &work, add_notice),
        _ => sealing.seal_with(session, subject, &work, |_| Ok(Contents::default())),
    }
}

type Writer = PackageWriter<File>;

/// What the manifest says beside the entries.
#[derive(Default)]
struct Contents {
    counts: BTreeMap<String, u32>,
    audit_head: Option<Sha256Digest>,
    reason: Option<Code>,
}

/// Where and when something is sealed.
struct Sealing<'a> {
    root: &'a Root,
    platform: &'a Platform,
    at: DateTime<Utc>,
}

impl Sealing<'_> {
    /// Seals what `add` takes out of a visit's file.
    fn seal(
        &self,
        session: &mut Session,
        subject: Subject,
        recipients: &Recipients,
        add: impl FnOnce(&mut Writer, &VisitFile) -> Result<Contents>,
    ) -> Result<()> {
        let (visit, part) = subject.visit().ok_or_else(|| Error::internal("no visit in this subject"))?;
        session.visit_file(self.root, self.platform, (visit, part))?;
        let file = session.take_file((visit, part))?;
        let sealed = self.seal_with(session, subject, recipients, |writer| add(writer, &file));
        session.keep_open((visit, part), file);
        sealed
    }

    fn seal_with(
        &self,
        session: &mut Session,
        subject: Subject,
        recipients: &Recipients,
        fill: impl FnOnce(&mut Writer) -> Result<Contents>,
    ) -> Result<()> {
        let id = PackageName { subject, seal: session.file.next_seal(subject)? };
        let package = id.of(session.device());
        let (draft, file) = SealedFile::begin(self.root, id)?;
        let (file, sha256, bytes) = match self.write(file, package, recipients, session, fill) {
            Ok(written) => written,
            Err(error) => {
                draft.abandon()?;
                return Err(error);
            }
        };
        // Durable first, known second: a crash in between leaves a file that the same number writes over.
        draft.publish(file)?;
        let event = session.event(self.at, "seal");
        session.file.add_seal(&NewSeal { id, complete: true, sha256: sha256.0, bytes }, &event)?;
        Ok(())
    }

    fn write(
        &self,
        file: File,
        package: PackageKey,
        recipients: &Recipients,
        session: &Session,
        fill: impl FnOnce(&mut Writer) -> Result<Contents>,
    ) -> Result<(File, Sha256Digest, u64)> {
        let mut writer = PackageWriter::new(file, recipients, package, self.at)?;
        let contents = fill(&mut writer)?;
        let closing = Closing {
            to: None,
            programme: session.programme().code.clone(),
            counts: contents.counts,
            audit_head: contents.audit_head,
            reason: contents.reason,
        };
        let sealed = writer.finish(Signer::Device(self.platform.vault.as_ref()), closing)?;
        Ok((sealed.out, sealed.sha256, sealed.bytes))
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(|_| Error::internal("a record cannot be written as JSON"))
}

fn counted(file: &VisitFile) -> Result<(Visit, Tally)> {
    let visit: Visit = file.reads()?.visit()?.read()?;
    let tally = tally(&visit, file)?;
    Ok((visit, tally))
}

fn add_notice(writer: &mut Writer, file: &VisitFile) -> Result<Contents> {
    let visit: Visit = file.reads()?.visit()?.read()?;
    let tally = Tally::begin(&visit);
    writer.add_bytes(EntryPath::Notice, &json(&tally)?)?;
    Ok(Contents { counts: tally.counts(), ..Contents::default() })
}

fn add_tally(writer: &mut Writer, file: &VisitFile) -> Result<Contents> {
    let (_, tally) = counted(file)?;
    writer.add_bytes(EntryPath::Tally, &json(&tally)?)?;
    Ok(Contents { counts: tally.counts(), ..Contents::default() })
}

fn add_visit(writer: &mut Writer, file: &VisitFile) -> Result<Contents> {
    let (visit, tally) = counted(file)?;
    let reads = file.reads()?;
    writer.add_bytes(EntryPath::Visit, &json(&visit)?)?;
    writer.add_bytes(EntryPath::Tally, &json(&tally)?)?;
    let mut audit = Vec::new();
    reads.export_audit(&mut audit)?;
    writer.add_bytes(EntryPath::Audit, &audit)?;
    for record in reads.all_cases() {
        add_case(writer, &reads, &record?.body.read()?)?;
    }
    let reason = visit.amendment.map(|reason| Word::of(&reason)).transpose().map_err(Error::internal)?;
    Ok(Contents {
        counts: tally.counts(),
        audit_head: Some(Sha256Digest(reads.audit_head()?.hash)),
        reason: reason.map(|word| word.as_str().parse()).transpose().map_err(Error::internal)?,
    })
}

fn add_case(writer: &mut Writer, reads: &VisitReads<'_>, case: &Case) -> Result<()> {
    writer.add_bytes(EntryPath::Case(case.number), &json(case)?)?;
    if case.portrait.is_some() {
        writer.add(EntryPath::Photo(case.number), &mut reads.photo(case.id, &portrait_kind())?)?;
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
