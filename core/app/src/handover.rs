//! Handing a part to another tablet (引き継ぎ), as when the battery runs low: offline, across a table. The other tablet's
//! side is in `taking.rs`.

use std::path::PathBuf;

use homon_domain::ids::{DeviceId, PartNumber, VisitId};
use homon_domain::visit::{TakeBackReason, Visit, VisitStatus};
use homon_domain::word::Word;
use homon_seal::handover::FORMAT;
use homon_seal::{HandedOver, HandoverRequest, PackageName, Recipients, Signer, Subject};
use homon_store::{AuditEntry, AuditEvent, Body, SealedFile, StepWrite, VisitStage};

use crate::beside::Stop;
use crate::desk::{Desk, PartKey};
use crate::enrolment::hex_digits;
use crate::error::{Error, Field, Refusal, Result, Rule};
use crate::homon::Homon;
use crate::sealing::{Sealing, add_visit};
use crate::visits::{VisitView, view};

/// A tablet's request for a part, or what another tablet's request says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HandoverAsk {
    /// The tablet that is to go on with the part.
    pub device: DeviceId,
    /// What people compare on the two screens.
    pub fingerprint: String,
    /// The request itself, to be carried over by nearby share, cable or stick.
    pub token: String,
}

impl Homon {
    /// Asks for a part of another tablet. Nothing is kept of it; asking again is as good.
    ///
    /// # Errors
    /// [`Error::SignInAgain`], [`Error::KeyUnavailable`].
    pub async fn ask_for_handover(&self) -> Result<HandoverAsk> {
        self.worker.run(ask).await
    }

    /// What another tablet's request says, before anything is handed over: people compare the fingerprint.
    ///
    /// # Errors
    /// [`Rule::HandoverNotTrusted`], [`Refusal::SameTablet`], [`Error::SignInAgain`].
    pub async fn preview_handover(&self, token: String) -> Result<HandoverAsk> {
        self.worker.run(move |desk| preview(desk, &token)).await
    }

    /// Hands a part over to the tablet whose request it is and whose fingerprint people have compared. Answers the file
    /// to be carried there. The part is locked here from now on.
    ///
    /// # Errors
    /// [`Rule::HandoverNotTrusted`], [`Rule::FingerprintDiffers`]; [`Refusal::SameTablet`], [`Refusal::VisitLocked`],
    /// [`Refusal::HandedOver`], [`Refusal::NoSuchVisit`]; [`Error::StorageFull`], [`Error::KeyUnavailable`],
    /// [`Error::SignInAgain`]. The part goes on here then.
    pub async fn hand_over(
        &self,
        visit: VisitId,
        part: PartNumber,
        token: String,
        fingerprint: String,
    ) -> Result<PathBuf> {
        // A checkpoint that is under way would be of a part that has left.
        let _nobody_reads = self.beside.end().await;
        self.worker.run(move |desk| hand_over(desk, (visit, part), &token, &fingerprint)).await
    }

    /// The file of a part that was handed over, to carry it once more.
    ///
    /// # Errors
    /// [`Refusal::NoSuchVisit`] when the part is not handed over; [`Error::SignInAgain`].
    pub async fn handover_file(&self, visit: VisitId, part: PartNumber) -> Result<PathBuf> {
        self.worker.run(move |desk| file_of(desk, (visit, part)).map(|(path, _)| path)).await
    }

    /// Goes on here with a part that was handed over, because the other tablet has not taken it or is lost. Should it go
    /// on there all the same, the desk finds out and lets people decide; nothing is lost.
    ///
    /// # Errors
    /// [`Refusal::NoSuchVisit`] when the part is not handed over; [`Error::SignInAgain`], [`Error::StorageFull`].
    pub async fn take_back(&self, visit: VisitId, part: PartNumber, reason: TakeBackReason) -> Result<VisitView> {
        self.worker.run(move |desk| take_back(desk, (visit, part), reason)).await
    }
}

fn ask(desk: &mut Desk) -> Result<HandoverAsk> {
    let now = desk.now();
    let (session, _, platform) = desk.parts()?;
    let request = HandoverRequest {
        format: FORMAT,
        device: session.device(),
        certificate_pem: session.enrolment.client_certificate_pem.clone(),
        mailbox: session.mailbox()?.recipient(),
        made_at: now,
    };
    let token = request.sign(Signer::Device(platform.vault.as_ref())).map_err(|_| Error::KeyUnavailable)?;
    Ok(HandoverAsk { device: request.device, fingerprint: HandoverRequest::fingerprint(&token), token })
}

fn verified(desk: &mut Desk, token: &str) -> Result<HandoverRequest> {
    let session = desk.session()?;
    let not_trusted = |_| Error::FixInput { field: Field::Handover, rule: Rule::HandoverNotTrusted };
    let request = HandoverRequest::verify(token.trim(), &session.enrolment.pinned_pem()).map_err(not_trusted)?;
    if request.device == session.device() { Err(Refusal::SameTablet.into()) } else { Ok(request) }
}

fn preview(desk: &mut Desk, token: &str) -> Result<HandoverAsk> {
    let token = token.trim();
    let request = verified(desk, token)?;
    let fingerprint = HandoverRequest::fingerprint(token);
    Ok(HandoverAsk { device: request.device, fingerprint, token: token.to_owned() })
}

fn hand_over(desk: &mut Desk, key: PartKey, token: &str, compared: &str) -> Result<PathBuf> {
    let request = verified(desk, token)?;
    if hex_digits(compared) != hex_digits(&HandoverRequest::fingerprint(token.trim())) {
        return Err(Error::FixInput { field: Field::Fingerprint, rule: Rule::FingerprintDiffers });
    }
    let (session, root, platform) = desk.parts()?;
    match session.file.stage(key.0, key.1)? {
        VisitStage::Open | VisitStage::Closed => {}
        VisitStage::Sealed | VisitStage::Held => return Err(Refusal::VisitLocked.into()),
        VisitStage::HandedOver => return Err(Refusal::HandedOver.into()),
        VisitStage::Planned | VisitStage::Erasing | VisitStage::Erased => return Err(Refusal::NoSuchVisit.into()),
    }
    let to = Recipients::new(vec![request.mailbox]).map_err(Error::internal)?;
    let handed_over =
        HandedOver { to: request.device, certificate_pem: session.enrolment.client_certificate_pem.clone() };
    let sealing = Sealing::of(session, platform);
    let event = AuditEvent { detail: Some(device_word(request.device)?), ..session.event(sealing.at, "hand_over") };
    let subject = Subject::Handover { visit: key.0, part: key.1 };
    let id = PackageName { subject, seal: session.file.next_seal(subject)? };
    let file = session.visit_file(root, platform, key)?;
    file.check_whole()?;
    // In the log before it is sealed, so that the other tablet goes on from here; once, however often it is tried.
    let is_in_the_log = |last: AuditEntry| last.action == event.action && last.detail == event.detail;
    if !file.reads()?.last_entry()?.is_some_and(is_in_the_log) {
        file.step(&StepWrite::new(event.clone()))?;
    }
    let reads = file.reads()?;
    let sealed = sealing.write(root, id, &to, |writer| {
        let mut contents = add_visit(writer, reads, &Stop::default())?;
        contents.handover = Some(handed_over);
        Ok(contents)
    })?;
    session.file.hand_over(&sealed, request.device, &event)?;
    Ok(root.sealed(id))
}

fn file_of(desk: &mut Desk, (visit, part): PartKey) -> Result<(PathBuf, PackageName)> {
    let (session, root, _) = desk.parts()?;
    let handed_over = session.file.stage(visit, part)? == VisitStage::HandedOver;
    let last = session.file.last_seal(Subject::Handover { visit, part })?;
    let row = last.filter(|_| handed_over).ok_or(Refusal::NoSuchVisit)?;
    Ok((root.sealed(row.seal.id), row.seal.id))
}

fn take_back(desk: &mut Desk, key: PartKey, reason: TakeBackReason) -> Result<VisitView> {
    let (_, id) = file_of(desk, key)?;
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    let detail = Some(Word::of(&reason).map_err(Error::internal)?);
    let event = AuditEvent { detail, ..session.event(now, "take_back") };
    // The file that nobody is to take any more goes first.
    SealedFile::remove(root, id)?;
    let file = session.visit_file(root, platform, key)?;
    let mut visit: Visit = file.reads()?.visit()?.read()?;
    visit.status = VisitStatus::Open;
    file.step(&StepWrite::new(event.clone()).visit(Body::of(&visit)?))?;
    session.file.take_back(key.0, key.1, &event)?;
    view(desk, key)
}

/// A device's identifier as a word of the audit chain.
pub(crate) fn device_word(device: DeviceId) -> Result<Word> {
    device.to_string().parse().map_err(Error::internal)
}
