//! From bytes received to a package held: compose, verify, claim the name, give it, sign, tidy up.
//!
//! Each step can be done again, and the order of the steps makes a crash between any two of them harmless: what counts
//! is the receipt, it is written after the package is durable, and the bytes go only after the receipt. Whoever asks
//! for an upload next finishes what a crash left.
//!
//! Two intakes may do all of it at once. The claim decides whose bytes get the name, so writing the package needs no
//! condition: whoever writes it writes the same bytes, in one piece.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use homon_seal::receipt::{ReceiptError, issue_held};
use homon_seal::{HeldReceipt, PackageKey, Sha256Digest};
use ring::digest::{Context, SHA256};

use super::layout::{self, ReceiptKind};
use super::metrics::Ended;
use super::problem::Problem;
use super::state::Intake;
use super::store::{PART, Store, StoreError, Writing};
use super::upload::{Received, UploadRecord};

/// How far an upload has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    /// Bytes are missing.
    Receiving {
        /// From this offset on.
        offset: u64,
        /// When the last bytes were stored, or the upload began.
        changed_at: DateTime<Utc>,
    },
    /// Complete, verified, durable, and receipted.
    Held,
}

/// How far an upload has come, after finishing what can be finished. The caller has the turn.
///
/// # Errors
/// [`Problem::DigestMismatch`] when all bytes were there and were wrong: they are removed, and the upload starts again.
pub(super) async fn standing(intake: &Intake, record: &UploadRecord) -> Result<Standing, Problem> {
    standing_with(intake, record, None).await
}

/// The same for whoever knows the digest of all bytes received.
pub(super) async fn standing_with(
    intake: &Intake,
    record: &UploadRecord,
    sha256: Option<Sha256Digest>,
) -> Result<Standing, Problem> {
    match held(intake, &record.package(), record.sha256).await? {
        Some(Same::Bytes) => {
            record.discard_bytes(&intake.store).await?;
            return Ok(Standing::Held);
        }
        Some(Same::PackageOnly) => {
            // These bytes can never be held any more.
            record.discard(&intake.store).await?;
            return Err(Problem::AlreadyHeldOtherBytes);
        }
        Some(Same::Unsigned) if is_whole(intake, record).await? => {
            vouch(intake, record).await?;
            return Ok(Standing::Held);
        }
        Some(Same::Unsigned) | None => {}
    }
    let received = record.received(&intake.store).await?;
    if received.offset < record.length {
        return Ok(Standing::Receiving { offset: received.offset, changed_at: received.changed_at });
    }
    finish(intake, record, &received, sha256).await?;
    Ok(Standing::Held)
}

/// What a *held* receipt has in common with an upload.
pub(super) enum Same {
    Bytes,
    PackageOnly,
    /// Nobody knows: no key of this intake signed it. It is damaged, or of a key that was given up because it leaked.
    Unsigned,
}

/// Whether the package is held, and with these bytes.
pub(super) async fn held(intake: &Intake, package: &PackageKey, sha256: Sha256Digest) -> Result<Option<Same>, Problem> {
    let Some(token) = intake.store.read(&layout::receipt(package, ReceiptKind::Held)).await? else { return Ok(None) };
    let token = String::from_utf8_lossy(&token);
    match HeldReceipt::verify(&token, &intake.receipt_keys(), package, sha256) {
        Ok(_) => Ok(Some(Same::Bytes)),
        Err(ReceiptError::OtherPackage) => Ok(Some(Same::PackageOnly)),
        Err(ReceiptError::Token(error)) => {
            tracing::warn!(%error, "a held receipt counts for nothing");
            Ok(Some(Same::Unsigned))
        }
    }
}

async fn finish(
    intake: &Intake,
    record: &UploadRecord,
    received: &Received,
    sha256: Option<Sha256Digest>,
) -> Result<(), Problem> {
    let (store, name) = (&intake.store, layout::package(&record.package()));
    let is_verified = match (store.size(&name).await?, received.only()) {
        (Some(_), _) => false,
        (None, Some(object)) if store.can_grow() => name_it(intake, record, object, sha256, &name).await?,
        (None, _) => {
            compose(intake, record, received, &name).await?;
            false
        }
    };
    if !is_verified {
        // The package may be a crash's, or another process's: only its own bytes say what is held.
        if digest_of(intake, &name).await? != record.sha256 {
            tracing::error!("an unreceipted package has other bytes");
            return Err(Problem::AlreadyHeldOtherBytes);
        }
        store.settle(&name).await?;
    }
    vouch(intake, record).await
}

/// Gives the one object that holds all bytes the package's name, if they are the ones announced. Its bytes stay where they
/// are. False when the name was given meanwhile.
async fn name_it(
    intake: &Intake,
    record: &UploadRecord,
    object: &str,
    sha256: Option<Sha256Digest>,
    name: &str,
) -> Result<bool, Problem> {
    let _place = intake.composing.acquire().await;
    let sha256 = match sha256 {
        Some(sha256) => sha256,
        None => digest_of(intake, object).await?,
    };
    decide(intake, record, sha256).await?;
    match intake.store.name_also(object, name).await {
        Ok(()) => Ok(true),
        Err(StoreError::Exists) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether the package that lies in the store has the very bytes of the upload.
async fn is_whole(intake: &Intake, record: &UploadRecord) -> Result<bool, Problem> {
    match digest_of(intake, &layout::package(&record.package())).await {
        Ok(digest) => Ok(digest == record.sha256),
        Err(StoreError::Missing) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Signs that the package is held. It lies in the store, whole and durable.
async fn vouch(intake: &Intake, record: &UploadRecord) -> Result<(), Problem> {
    let (store, package) = (&intake.store, record.package());
    let receipt = layout::receipt(&package, ReceiptKind::Held);
    let token = issue_held(&intake.receipt_key, &package, record.sha256, intake.clock.now()).map_err(|error| {
        tracing::error!(%error, "a held receipt could not be signed");
        Problem::Internal
    })?;
    let token = Bytes::from(token);
    match store.create(&receipt, token.clone()).await {
        Ok(()) => {
            intake.metrics.receipts.inc();
            intake.metrics.ended(Ended::Held);
        }
        // Another process was faster. Its word must be for the same bytes.
        Err(StoreError::Exists) => match held(intake, &package, record.sha256).await? {
            Some(Same::Bytes) => {}
            Some(Same::PackageOnly) => return Err(Problem::AlreadyHeldOtherBytes),
            Some(Same::Unsigned) => store.replace(&receipt, token).await?,
            // A bucket that could not decide between two: neither was first, so it comes again.
            None => return Err(Problem::Superseded),
        },
        Err(error) => return Err(error.into()),
    }
    record.discard_bytes(store).await?;
    tracing::info!(package = %package.name(), bytes = record.length, "held");
    Ok(())
}

/// Puts the bytes received together under the package's name, if they are the ones announced.
async fn compose(intake: &Intake, record: &UploadRecord, received: &Received, name: &str) -> Result<(), Problem> {
    let _place = intake.composing.acquire().await;
    let store = &intake.store;
    let mut writing = store.write(name);
    let decided = match fill(&mut writing, store, received).await {
        Ok(digest) => decide(intake, record, digest).await,
        Err(error) => Err(error.into()),
    };
    match decided {
        Ok(()) => Ok(writing.finish().await?),
        Err(problem) => {
            writing.give_up().await;
            Err(problem)
        }
    }
}

/// Writes the bytes received, one after the other; gives their digest.
async fn fill(writing: &mut Writing, store: &Store, received: &Received) -> Result<Sha256Digest, StoreError> {
    let mut context = Context::new(&SHA256);
    for chunk in &received.chunks {
        let bytes = store.read(chunk).await?.ok_or(StoreError::Missing)?;
        context.update(&bytes);
        writing.add(bytes).await?;
    }
    Ok(finish_digest(context))
}

/// Whether bytes of this digest get the package's name.
async fn decide(intake: &Intake, record: &UploadRecord, digest: Sha256Digest) -> Result<(), Problem> {
    let store = &intake.store;
    if digest != record.sha256 {
        record.discard_bytes(store).await?;
        intake.metrics.ended(Ended::WrongBytes);
        tracing::warn!(package = %record.package().name(), "the digest does not match");
        return Err(Problem::DigestMismatch);
    }
    if claim(store, &record.package(), digest).await? {
        return Ok(());
    }
    record.discard(store).await?;
    Err(Problem::AlreadyHeldOtherBytes)
}

/// Reserves the package's name for bytes of this digest, for ever. False when it is reserved for others.
async fn claim(store: &Store, package: &PackageKey, digest: Sha256Digest) -> Result<bool, StoreError> {
    let (name, text) = (layout::claim(package), format!("{digest}\n"));
    match store.create(&name, text.clone()).await {
        Ok(()) => Ok(true),
        Err(StoreError::Exists) => Ok(store.read(&name).await?.ok_or(StoreError::Missing)? == text),
        Err(error) => Err(error),
    }
}

async fn digest_of(intake: &Intake, name: &str) -> Result<Sha256Digest, StoreError> {
    let size = intake.store.size(name).await?.ok_or(StoreError::Missing)?;
    let mut context = Context::new(&SHA256);
    for from in (0..size).step_by(PART) {
        context.update(&intake.store.read_range(name, from..size.min(from + PART as u64)).await?);
    }
    Ok(finish_digest(context))
}

fn finish_digest(context: Context) -> Sha256Digest {
    Sha256Digest(context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes"))
}
