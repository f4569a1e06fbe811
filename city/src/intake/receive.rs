//! Receives the body of a PATCH and stores it as immutable objects by offset.

use std::ops::Range;
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use tokio::time::Instant;

use super::checksum::Checksum;
use super::problem::Problem;
use super::state::Intake;
use super::store::StoreError;
use super::turns::Turn;
use super::upload::UploadRecord;

/// Bytes of one object. Measured (docs/decisions/0006): smaller ones cost syncs, larger ones memory for each tablet.
const CHUNK: usize = 1 << 20;
/// How long a request that is asked to step aside goes on taking what has arrived. Whoever asked waits as long.
const STEP_ASIDE: Duration = Duration::from_millis(100);

/// Stores what arrives for that range of the upload until the body ends. Gives the offset reached.
///
/// The range ends where the upload does, or before, where the device's room in the store ends.
///
/// Whatever ends the body early, the bytes that arrived before are stored: the client resumes behind them. A checksum
/// speaks of the whole body, so it decides only once all of that is there. Nobody sees the bytes before: whoever asks
/// where the upload stands interrupts this request first.
///
/// # Errors
/// [`Problem::ChecksumMismatch`] when the whole body arrived and is another one: what was stored of it is removed.
pub(super) async fn receive(
    intake: &Intake,
    record: &UploadRecord,
    range: Range<u64>,
    body: Body,
    checksum: Option<Checksum>,
    turn: &mut Turn,
) -> Result<u64, Problem> {
    let (offset, until) = (range.start, range.end);
    let mut chunks = Chunks { intake, record, offset, until, checksum, buffer: BytesMut::new() };
    let ended = chunks.take_all(body, turn).await;
    if ended.is_ok() && chunks.are_wrong() {
        chunks.discard_from(offset).await?;
        tracing::warn!(offset, "the checksum does not match");
        return Err(Problem::ChecksumMismatch);
    }
    let kept = chunks.store().await;
    tracing::info!(
        bytes = chunks.offset - offset,
        offset = chunks.offset,
        length = record.length,
        ended = ended.err().map_or("complete", Problem::code),
        "received"
    );
    kept?;
    ended?;
    Ok(chunks.offset)
}

struct Chunks<'a> {
    intake: &'a Intake,
    record: &'a UploadRecord,
    /// Where the buffer begins.
    offset: u64,
    /// Where the range ends.
    until: u64,
    checksum: Option<Checksum>,
    buffer: BytesMut,
}

impl Chunks<'_> {
    async fn take_all(&mut self, mut body: Body, turn: &mut Turn) -> Result<(), Problem> {
        loop {
            let asked = tokio::select! {
                biased;
                () = turn.interrupted() => Problem::Superseded,
                () = self.intake.stopping.cancelled() => Problem::ShuttingDown,
                next = self.next(&mut body) => match next? {
                    Some(bytes) => {
                        self.take(bytes).await?;
                        continue;
                    }
                    None => return Ok(()),
                },
            };
            let ended = self.take_what_is_here(&mut body).await?;
            return if ended { Ok(()) } else { Err(asked) };
        }
    }

    /// Takes what has already arrived and was only not read yet: it need not come again. Whether the body ended with it.
    async fn take_what_is_here(&mut self, body: &mut Body) -> Result<bool, Problem> {
        let deadline = Instant::now() + STEP_ASIDE;
        while let Ok(next) = tokio::time::timeout_at(deadline, self.next(body)).await {
            match next? {
                Some(bytes) => self.take(bytes).await?,
                None => return Ok(true),
            }
        }
        Ok(false)
    }

    /// The next bytes; `None` at the end of the body.
    async fn next(&self, body: &mut Body) -> Result<Option<Bytes>, Problem> {
        match tokio::time::timeout(self.intake.limits.stall, body.frame()).await {
            Err(_) => Err(Problem::Stalled),
            Ok(None) => Ok(None),
            Ok(Some(Err(_))) => Err(Problem::Disconnected),
            // Trailers carry nothing for us.
            Ok(Some(Ok(frame))) => Ok(Some(frame.into_data().unwrap_or_default())),
        }
    }

    async fn take(&mut self, mut bytes: Bytes) -> Result<(), Problem> {
        let reached = self.offset + self.buffer.len() as u64 + bytes.len() as u64;
        if reached > self.record.length {
            return Err(Problem::BeyondLength);
        }
        if reached > self.until {
            return Err(Problem::TooMuchUnfinished);
        }
        self.intake.quotas.spend(self.record.device, bytes.len(), self.intake.clock.now())?;
        self.intake.metrics.received_bytes.inc_by(bytes.len() as u64);
        if let Some(checksum) = &mut self.checksum {
            checksum.update(&bytes);
        }
        while !bytes.is_empty() {
            self.buffer.reserve(CHUNK - self.buffer.len());
            let fits = bytes.len().min(CHUNK - self.buffer.len());
            self.buffer.extend_from_slice(&bytes.split_to(fits));
            if self.buffer.len() == CHUNK {
                self.store().await?;
            }
        }
        Ok(())
    }

    fn are_wrong(&self) -> bool {
        self.checksum.as_ref().is_some_and(|checksum| !checksum.matches())
    }

    /// Removes what was stored from `begin` on. From the end, so that a crash in between leaves no gap.
    async fn discard_from(&self, begin: u64) -> Result<(), StoreError> {
        let stored: Vec<u64> = (begin..self.offset).step_by(CHUNK).collect();
        for offset in stored.into_iter().rev() {
            self.intake.store.delete(&self.record.chunk_name(offset)).await?;
        }
        Ok(())
    }

    /// Stores the buffer, if there is anything in it. What could not be stored is forgotten, and comes again.
    async fn store(&mut self) -> Result<(), Problem> {
        let bytes = std::mem::take(&mut self.buffer).freeze();
        if bytes.is_empty() {
            return Ok(());
        }
        let length = bytes.len() as u64;
        match self.intake.store.create(&self.record.chunk_name(self.offset), bytes).await {
            Ok(()) => self.offset += length,
            // Another process received the same bytes: what it stored counts, and the client asks again.
            Err(StoreError::Exists) => return Err(Problem::Superseded),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}
