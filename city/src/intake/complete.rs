//! From bytes received to a package held: compose, verify, give the final name, sign, tidy up.
//!
//! Each step can be done again, and the order of the steps makes a crash between any two of them harmless: what counts
//! is the receipt, it is written after the package is durable, and the bytes go only after the receipt. Whoever asks
//! for an upload next finishes what a crash left.

use bytes::Bytes;
use homon_seal::receipt::{ReceiptError, issue_held};
use homon_seal::{HeldReceipt, PackageKey, Sha256Digest};
use object_store::{MultipartUpload, PutPayload};
use ring::digest::{Context, SHA256};

use super::layout::{self, ReceiptKind};
use super::problem::Problem;
use super::state::Intake;
use super::store::StoreError;
use super::upload::{Received, UploadRecord};

/// Bytes of one part of a composed object: the least that S3 takes for a part.
const PART: usize = 5 << 20;

/// How far an upload has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    /// Bytes are missing from this offset on.
    Receiving(u64),
    /// Complete, verified, durable, and receipted.
    Held,
}

/// How far an upload has come, after finishing what can be finished. The caller has the turn.
///
/// # Errors
/// [`Problem::DigestMismatch`] when all bytes were there and were wrong: they are removed, and the upload starts again.
pub(super) async fn standing(intake: &Intake, record: &UploadRecord) -> Result<Standing, Problem> {
    match held(intake, &record.package(), record.sha256).await? {
        Some(Same::Bytes) => {
            record.discard_bytes(&intake.store).await?;
            return Ok(Standing::Held);
        }
        Some(Same::PackageOnly) => return Err(Problem::AlreadyHeldOtherBytes),
        None => {}
    }
    let received = record.received(&intake.store).await?;
    if received.offset < record.length {
        return Ok(Standing::Receiving(received.offset));
    }
    finish(intake, record, &received).await?;
    Ok(Standing::Held)
}

/// What a *held* receipt has in common with an upload.
pub(super) enum Same {
    Bytes,
    PackageOnly,
}

/// Whether the package is held, and with these bytes.
pub(super) async fn held(intake: &Intake, package: &PackageKey, sha256: Sha256Digest) -> Result<Option<Same>, Problem> {
    let Some(token) = intake.store.read(&layout::receipt(package, ReceiptKind::Held)).await? else { return Ok(None) };
    let token = String::from_utf8_lossy(&token);
    match HeldReceipt::verify(&token, &[intake.receipt_key.public_key()], package, sha256) {
        Ok(_) => Ok(Some(Same::Bytes)),
        Err(ReceiptError::OtherPackage) => Ok(Some(Same::PackageOnly)),
        Err(ReceiptError::Token(error)) => {
            tracing::error!(%error, "a held receipt is damaged");
            Err(Problem::Internal)
        }
    }
}

async fn finish(intake: &Intake, record: &UploadRecord, received: &Received) -> Result<(), Problem> {
    let (store, package) = (&intake.store, record.package());
    let name = layout::package(&package);
    if store.size(&name).await?.is_none() {
        compose(intake, record, received, &name).await?;
    }
    // The package may be a crash's, or another process's: only its own bytes say what is held.
    if digest_of(intake, &name).await? != record.sha256 {
        tracing::error!("an unreceipted package has other bytes");
        return Err(Problem::AlreadyHeldOtherBytes);
    }
    store.settle(&name).await?;
    let token = issue_held(&intake.receipt_key, &package, record.sha256, intake.clock.now()).map_err(|error| {
        tracing::error!(%error, "a held receipt could not be signed");
        Problem::Internal
    })?;
    match store.create(&layout::receipt(&package, ReceiptKind::Held), Bytes::from(token)).await {
        Ok(()) => {}
        // Another process was faster. Its word must be for the same bytes.
        Err(StoreError::Exists) => match held(intake, &package, record.sha256).await? {
            Some(Same::Bytes) => {}
            _ => return Err(Problem::AlreadyHeldOtherBytes),
        },
        Err(error) => return Err(error.into()),
    }
    record.discard_bytes(store).await?;
    tracing::info!(package = %package.name(), bytes = record.length, "held");
    Ok(())
}

/// Puts the bytes received together under the package's name, if they are the ones announced.
async fn compose(intake: &Intake, record: &UploadRecord, received: &Received, name: &str) -> Result<(), Problem> {
    let store = &intake.store;
    let whole = format!("{}/whole", record.id().prefix());
    let mut writing = store.begin(&whole).await?;
    let mut parts = Parts { writing: &mut *writing, pending: Vec::new(), bytes: 0 };
    let mut context = Context::new(&SHA256);
    for chunk in &received.chunks {
        let bytes = store.read(chunk).await?.ok_or(StoreError::Missing)?;
        context.update(&bytes);
        parts.add(bytes).await?;
    }
    parts.put().await?;
    if context.finish().as_ref() != record.sha256.0 {
        writing.abort().await.map_err(StoreError::from)?;
        record.discard_bytes(store).await?;
        tracing::warn!(package = %record.package().name(), "the digest does not match");
        return Err(Problem::DigestMismatch);
    }
    writing.complete().await.map_err(StoreError::from)?;
    match store.publish(&whole, name).await {
        Ok(()) | Err(StoreError::Exists) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Gathers bytes into parts of the size that object stores want.
struct Parts<'a> {
    writing: &'a mut dyn MultipartUpload,
    pending: Vec<Bytes>,
    bytes: usize,
}

impl Parts<'_> {
    async fn add(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        self.bytes += bytes.len();
        self.pending.push(bytes);
        if self.bytes >= PART { self.put().await } else { Ok(()) }
    }

    async fn put(&mut self) -> Result<(), StoreError> {
        self.bytes = 0;
        let payload: PutPayload = std::mem::take(&mut self.pending).into_iter().collect();
        if payload.content_length() > 0 {
            self.writing.put_part(payload).await?;
        }
        Ok(())
    }
}

async fn digest_of(intake: &Intake, name: &str) -> Result<Sha256Digest, StoreError> {
    let size = intake.store.size(name).await?.ok_or(StoreError::Missing)?;
    let mut context = Context::new(&SHA256);
    for from in (0..size).step_by(PART) {
        context.update(&intake.store.read_range(name, from..size.min(from + PART as u64)).await?);
    }
    let digest = context.finish();
    Ok(Sha256Digest(digest.as_ref().try_into().expect("SHA-256 has 32 bytes")))
}
