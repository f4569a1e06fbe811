//! Sending what is sealed and settling what comes back: held locks, opened erases.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use homon_domain::package::Erasable;
use homon_domain::platform::KeyVault;
use homon_seal::{HeldReceipt, OpenedReceipt, PackageName, Sha256Digest, Subject};
use homon_store::{Receipt, Root, SealRow, SealStatus, SealedFile, Setting, VisitRow, VisitStage};
use homon_upload::{Budget, CancellationToken, Endpoint, Progress, ReceiptTokens, UploadError, UploadJob, Uploader};

use crate::checkpoint::is_unfinished;
use crate::desk::{Desk, PartKey, Session};
use crate::erasure::{Allowed, ChainProof, erase};
use crate::error::{Error, Later, Refusal, Result};
use crate::homon::Homon;
use crate::rosters::erase_spent;
use crate::sealing::seal_greeting;
use crate::today::is_proven;

/// How long one upload is tried before the caller is told to try again later: six failures in a row without one more byte
/// at the intake take half a minute.
const BUDGET: Budget = Budget { within: Duration::from_secs(30 * 60), failures: 6 };

/// How far the upload of one package has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SyncProgress {
    /// Which package.
    pub package: PackageName,
    /// Bytes that the intake has.
    pub sent: u64,
    /// Bytes of the package.
    pub total: u64,
}

/// Who is told of progress.
pub type SyncObserver = Arc<dyn Fn(SyncProgress) + Send + Sync>;

/// What a sync did.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct SyncReport {
    /// Packages that the city holds now and did not before.
    pub held: u32,
    /// Packages that the desk has opened now and had not before.
    pub opened: u32,
    /// Visit parts erased from this tablet.
    pub erased: u32,
    /// Receipts that were not believed: forged, for another package, or by another key. They changed nothing.
    pub rejected: u32,
    /// Packages that the city does not hold yet.
    pub outstanding: u32,
    /// Mail of the desk that is here now and was not before.
    pub mail: u32,
    /// Mail that was not believed: forged, replayed, for another tablet, damaged; or that this version can't read. It
    /// changed nothing, and lies where it lay.
    pub mail_refused: u32,
    /// Mail that the desk has sent and that never came, as far as the numbers of later mail tell. Call the city desk.
    pub mail_missing: u32,
}

/// What is to be sent, and to whom.
struct Plan {
    endpoint: Endpoint,
    jobs: Vec<UploadJob>,
    /// Packages that were on their way when a later number took their place.
    replaced: Vec<UploadJob>,
}

/// What came of sending, and what came back.
struct Exchanged {
    sent: Result<()>,
    tokens: Vec<ReceiptTokens>,
    uploader: Uploader,
}

impl Homon {
    /// Seals the checkpoints that are due, sends everything that is sealed, fetches the receipts and does what they
    /// allow, and takes the desk's mail. May be called again at any time; what was sent stays sent, and a cut connection
    /// goes on at the byte.
    ///
    /// # Errors
    /// [`Later::Offline`], [`Later::Stopped`], [`Refusal::Revoked`], [`Refusal::WrongServer`],
    /// [`Refusal::CertificateRefused`], [`Refusal::DateWrong`], [`Refusal::IntakeRefused`],
    /// [`Refusal::SealedFileDamaged`], [`Error::SignInAgain`], [`Error::KeyUnavailable`].
    pub async fn sync(&self, observer: SyncObserver, cancel: CancellationToken) -> Result<SyncReport> {
        let _alone = self.one_sync.lock().await;
        self.seal_checkpoints().await?;
        let plan = self.worker.run(prepare).await?;
        let vault: Arc<dyn KeyVault> = Arc::clone(&self.platform.vault);
        let Exchanged { sent, tokens, uploader } =
            self.on_network(exchange(plan, vault, observer, cancel.clone())).await?;
        let mut report = self.worker.run(move |desk| settle(desk, &tokens)).await?;
        let mail = self.take_mail(&uploader, &cancel).await;
        self.worker.run(erase_spent).await?;
        sent?;
        let mail = mail?;
        (report.mail, report.mail_refused, report.mail_missing) = (mail.received, mail.refused, mail.missing);
        Ok(report)
    }
}

fn prepare(desk: &mut Desk) -> Result<Plan> {
    let (session, root, platform) = desk.parts()?;
    for subject in missing_greetings(session, root)? {
        match seal_greeting(session, root, platform, subject) {
            // A visit that does not open must not keep the others from the city. Who opens it is told.
            Err(error) if error.is_about_one_visit() => {
                tracing::warn!(%subject, %error, "a notice could not be sealed");
            }
            sealed => sealed?,
        }
    }
    let rows = session.file.seals()?;
    let job = |row: &SealRow| UploadJob {
        file: root.sealed(row.seal.id),
        package: row.seal.id.of(session.device()),
        sha256: Sha256Digest(row.seal.sha256),
        bytes: row.seal.bytes,
    };
    let waiting = |row: &&SealRow| is_last(row, &rows) && (is_waiting(session, row) || is_locked(session, row));
    let jobs = rows.iter().filter(waiting).map(job).collect();
    // Its file goes at the end of this sync, so the intake is told once.
    let is_replaced =
        |row: &&SealRow| is_waiting(session, row) && !is_last(row, &rows) && root.sealed(row.seal.id).exists();
    let replaced = rows.iter().filter(is_replaced).map(job).collect();
    let enrolment = &session.enrolment;
    let endpoint = Endpoint {
        base_url: enrolment.intake_url.clone(),
        server_name: enrolment.server_name.clone(),
        ca_pem: enrolment.pinned_pem(),
        client_certificate_pem: enrolment.client_certificate_pem.clone(),
    };
    Ok(Plan { endpoint, jobs, replaced })
}

/// A hello that proves the present keys, and the notice of every visit that the city has not been told of, or not since it
/// came back from another tablet. One whose file was lost on the way is sealed again.
fn missing_greetings(session: &Session, root: &Root) -> Result<Vec<Subject>> {
    let proven = is_proven(session)?;
    let (rows, visits) = (session.file.seals()?, session.file.visits()?);
    let mut sealed = Vec::new();
    for row in &rows {
        let (subject, status) = (row.seal.id.subject, row.status());
        // A hello that was opened says nothing about keys that came after it.
        let still_speaks = proven || subject != Subject::Hello || status != SealStatus::Opened;
        let still_true = !came_back_since(row, &rows, &visits);
        if still_speaks && still_true && (status != SealStatus::Sealed || root.sealed(row.seal.id).try_exists()?) {
            sealed.push(subject);
        }
    }
    let open = visits.iter().filter(|row| row.stage.has_file());
    let notices = open.map(|row| Subject::Notice { visit: row.planned.visit, part: row.planned.part });
    Ok([Subject::Hello].into_iter().chain(notices).filter(|subject| !sealed.contains(subject)).collect())
}

/// Whether a notice is of a part that was handed over after it and is here again: the city looks for it elsewhere.
fn came_back_since(notice: &SealRow, rows: &[SealRow], visits: &[VisitRow]) -> bool {
    let Subject::Notice { visit, part } = notice.seal.id.subject else { return false };
    let is_it = |row: &VisitRow| (row.planned.visit, row.planned.part) == (visit, part);
    let is_here = visits.iter().any(|row| is_it(row) && row.stage != VisitStage::HandedOver);
    let mut later = rows.iter().skip_while(|row| row.seal.id != notice.seal.id);
    is_here && later.any(|row| row.seal.id.subject == Subject::Handover { visit, part })
}

/// A handover goes to another tablet, and a checkpoint is of no use once its visit leaves as a whole.
fn is_waiting(session: &Session, row: &SealRow) -> bool {
    row.status() == SealStatus::Sealed
        && match row.seal.id.subject {
            Subject::Handover { .. } => false,
            Subject::Checkpoint { visit, part } => is_unfinished_part(session, (visit, part)),
            Subject::Visit { .. } | Subject::Tally { .. } | Subject::Notice { .. } | Subject::Hello => true,
        }
}

fn is_unfinished_part(session: &Session, (visit, part): PartKey) -> bool {
    session.file.visit(visit, part).is_ok_and(|row| is_unfinished(row.stage))
}

/// A visit that is said to be held and was not opened yet is offered again: an intake that has it says so at once, and
/// one that lost it, or never had it, takes it.
fn is_locked(session: &Session, row: &SealRow) -> bool {
    row.status() == SealStatus::Held && waits_for_erasure(session, row.seal.id)
}

/// A later number takes the place of an earlier one.
fn is_last(row: &SealRow, rows: &[SealRow]) -> bool {
    !rows.iter().any(|other| other.seal.id.subject == row.seal.id.subject && other.seal.id.seal > row.seal.id.seal)
}

/// Sends, then fetches the receipts, also when sending stopped half-way: what is held is worth knowing.
async fn exchange(
    plan: Plan,
    vault: Arc<dyn KeyVault>,
    observer: SyncObserver,
    cancel: CancellationToken,
) -> Result<Exchanged> {
    let uploader = Uploader::new(&plan.endpoint, vault).map_err(Error::internal)?;
    let sent = send_all(&uploader, &plan.jobs, &observer, &cancel).await;
    if sent.is_ok() {
        terminate_all(&uploader, &plan.replaced).await;
    }
    match uploader.receipts().await {
        Ok(tokens) => Ok(Exchanged { sent, tokens, uploader }),
        Err(error) => Err(sent.err().unwrap_or_else(|| error.into())),
    }
}

/// Sends every package. What is wrong with one of them does not keep the others; what is wrong with the line or the
/// tablet ends it. Answers the first error.
async fn send_all(
    uploader: &Uploader,
    jobs: &[UploadJob],
    observer: &SyncObserver,
    cancel: &CancellationToken,
) -> Result<()> {
    let mut first = Ok(());
    for job in jobs {
        let package = job.package.name();
        let report = |Progress { sent, total }| observer(SyncProgress { package, sent, total });
        match uploader.upload(job, BUDGET, report, cancel).await {
            Ok(()) => {}
            Err(error @ (UploadError::FileChanged | UploadError::FileUnreadable(_) | UploadError::Refused { .. })) => {
                tracing::warn!(package = %package, %error, "a package was not sent");
                first = first.and(Err(error.into()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    first
}

/// Lets the intake remove what arrived of packages that will never be completed. What it can't be told now expires there.
async fn terminate_all(uploader: &Uploader, replaced: &[UploadJob]) {
    for job in replaced {
        if let Err(error) = uploader.terminate(job).await {
            tracing::warn!(package = %job.package.name(), %error, "a replaced package was not removed");
        }
    }
}

fn settle(desk: &mut Desk, tokens: &[ReceiptTokens]) -> Result<SyncReport> {
    let mut report = SyncReport::default();
    for tokens in tokens {
        settle_one(desk, tokens, &mut report)?;
    }
    remove_spent(desk)?;
    let session = desk.session()?;
    let rows = session.file.seals()?;
    let outstanding = rows.iter().filter(|row| is_waiting(session, row) && is_last(row, &rows)).count();
    report.outstanding = u32::try_from(outstanding).unwrap_or(u32::MAX);
    Ok(report)
}

fn settle_one(desk: &mut Desk, tokens: &ReceiptTokens, report: &mut SyncReport) -> Result<()> {
    let id = tokens.package;
    // A package that this tablet does not know of is none of its business.
    let Ok(row) = desk.session()?.file.seal(id) else { return Ok(()) };
    if let Some(token) = &tokens.held {
        settle_held(desk, &row, token, report)?;
    }
    if let Some(token) = &tokens.opened {
        settle_opened(desk, &row, token, report)?;
    }
    Ok(())
}

fn settle_held(desk: &mut Desk, row: &SealRow, token: &str, report: &mut SyncReport) -> Result<()> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    let (id, sha256) = (row.seal.id, Sha256Digest(row.seal.sha256));
    let verified = HeldReceipt::verify(token, &session.enrolment.held_keys(), &id.of(session.device()), sha256);
    let Ok(receipt) = verified else { return reject(id, "held", report) };
    if row.held_receipt.is_none() {
        let event = session.event(now, "held");
        session.file.put_receipt(id, Receipt::Held(token), &event)?;
        report.held += 1;
    }
    let recipients = session.enrolment.recipients.work.fingerprint();
    let retention = session.programme().retention;
    let proof = chain_proof(session)?;
    if waits_for_erasure(session, id)
        && let Some(allowed) = Allowed::by_held(&receipt, retention, proof, recipients, now)
    {
        erase(session, root, platform, &allowed, token)?;
        report.erased += 1;
    }
    Ok(())
}

fn settle_opened(desk: &mut Desk, row: &SealRow, token: &str, report: &mut SyncReport) -> Result<()> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    let (id, sha256) = (row.seal.id, Sha256Digest(row.seal.sha256));
    let verified = OpenedReceipt::verify(token, &session.enrolment.opened_keys(), &id.of(session.device()), sha256);
    let Ok(receipt) = verified else { return reject(id, "opened", report) };
    if row.opened_receipt.is_none() {
        let event = session.event(now, "opened");
        // The proof comes first: a receipt that is kept already is not looked at for it again.
        if receipt.recipients() == session.enrolment.recipients.work.fingerprint() {
            let proof = ChainProof { recipients: receipt.recipients(), at: receipt.at() };
            let proof = serde_json::to_vec(&proof).map_err(Error::internal)?;
            session.file.put_settings(&[(Setting::ChainProven, &proof)], &event)?;
        }
        session.file.put_receipt(id, Receipt::Opened(token), &event)?;
        report.opened += 1;
    }
    if waits_for_erasure(session, id)
        && let Some(allowed) = Allowed::by_opened(&receipt)
    {
        erase(session, root, platform, &allowed, token)?;
        report.erased += 1;
    }
    Ok(())
}

fn reject(id: PackageName, kind: &str, report: &mut SyncReport) -> Result<()> {
    tracing::warn!(seal = %id.seal, kind, "a receipt was not believed");
    report.rejected += 1;
    Ok(())
}

/// Only the last package with which a part left may erase it: a visit that the city holds, or a handover.
fn waits_for_erasure(session: &Session, id: PackageName) -> bool {
    let Some(erasable) = id.subject.erasable() else { return false };
    let (visit, part) = erasable.part();
    let left_by = match erasable {
        Erasable::Visit(..) => VisitStage::Held,
        Erasable::Handover(..) => VisitStage::HandedOver,
    };
    let is_last = session.file.next_seal(id.subject).is_ok_and(|next| next == id.seal.next());
    is_last && session.file.visit(visit, part).is_ok_and(|row| row.stage == left_by)
}

pub(crate) fn chain_proof(session: &Session) -> Result<Option<ChainProof>> {
    let stored = session.file.setting(Setting::ChainProven)?;
    stored.map(|json| serde_json::from_slice(&json).map_err(|_| Refusal::Quarantined.into())).transpose()
}

/// Removes packages that the city holds and that no visit waits for, and those that a later number replaced.
fn remove_spent(desk: &mut Desk) -> Result<()> {
    let (session, root, _) = desk.parts()?;
    let rows = session.file.seals()?;
    for row in &rows {
        let is_spent = match row.seal.id.subject {
            Subject::Visit { .. } | Subject::Handover { .. } => false,
            Subject::Checkpoint { .. } => !is_waiting(session, row),
            Subject::Tally { .. } | Subject::Notice { .. } | Subject::Hello => row.status() != SealStatus::Sealed,
        };
        if is_spent || !is_last(row, &rows) {
            SealedFile::remove(root, row.seal.id)?;
        }
    }
    Ok(())
}

impl From<UploadError> for Error {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Offline | UploadError::RetryLater { .. } => Self::RetryLater { why: Later::Offline },
            UploadError::Cancelled => Self::RetryLater { why: Later::Stopped },
            UploadError::Revoked => Refusal::Revoked.into(),
            UploadError::PinMismatch => Refusal::WrongServer.into(),
            UploadError::Refused { code } => Refusal::IntakeRefused { code }.into(),
            UploadError::NotEnrolled => Refusal::CertificateRefused.into(),
            UploadError::CertificateDate => Refusal::DateWrong.into(),
            UploadError::FileChanged | UploadError::FileUnreadable(ErrorKind::NotFound) => {
                Refusal::SealedFileDamaged.into()
            }
            UploadError::FileUnreadable(kind) => std::io::Error::from(kind).into(),
            UploadError::KeyUnavailable(error) => error.into(),
        }
    }
}
