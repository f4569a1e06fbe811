//! Receives the body of a PATCH and stores it as immutable objects by offset: in a folder as one, which grows as bytes
//! arrive; in a bucket as several.

use std::ops::Range;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use homon_seal::Sha256Digest;
use http_body_util::BodyExt;
use object_store::PutPayload;
use tokio::time::Instant;

use super::checksum::{Checksum, Running};
use super::memory::Share;
use super::problem::Problem;
use super::state::Intake;
use super::store::{Growing, Mark, StoreError};
use super::turns::Turn;
use super::upload::UploadRecord;

/// How long a request that is asked to step aside goes on taking what has arrived. Whoever asked waits as long.
const STEP_ASIDE: Duration = Duration::from_millis(100);

/// How far an upload has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Reached {
    /// Bytes that are stored without a gap.
    pub(super) offset: u64,
    /// Their digest, where one request brought them all: whoever completes the upload need not read it again.
    pub(super) sha256: Option<Sha256Digest>,
}

/// Stores what arrives for that range of the upload until the body ends.
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
) -> Result<Reached, Problem> {
    let begin = range.start;
    let running = Running::new(checksum.as_ref());
    let share = intake.memory.share();
    let mut arriving =
        Arriving { intake, record, range, stored: begin, running, sink: None, share, waiting: Vec::new(), bytes: 0 };
    let ended = arriving.take_all(body, turn).await;
    if ended.is_ok() && checksum.is_some_and(|checksum| !checksum.matches(&arriving.running)) {
        if let Some(sink) = arriving.sink {
            sink.discard(intake, record).await?;
        }
        tracing::warn!(offset = begin, "the checksum does not match");
        return Err(Problem::ChecksumMismatch);
    }
    let waiting = arriving.store().await;
    let (offset, sha256) = (arriving.stored, arriving.running.sha256());
    let kept = match arriving.sink {
        Some(sink) => sink.finish(offset - begin).await,
        None => Ok(()),
    };
    tracing::info!(
        bytes = offset - begin,
        offset,
        length = record.length,
        ended = ended.err().map_or("complete", Problem::code),
        "received"
    );
    kept.map_err(stored_by_another)?;
    waiting?;
    ended?;
    Ok(Reached { offset, sha256: (begin == 0).then_some(sha256) })
}

struct Arriving<'a> {
    intake: &'a Intake,
    record: &'a UploadRecord,
    range: Range<u64>,
    /// Where the bytes that wait begin.
    stored: u64,
    running: Running,
    /// Opened with the first bytes.
    sink: Option<Sink>,
    share: Share<'a>,
    waiting: Vec<Bytes>,
    /// How many bytes wait.
    bytes: usize,
}

impl Arriving<'_> {
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

    async fn take(&mut self, bytes: Bytes) -> Result<(), Problem> {
        let reached = self.stored + (self.bytes + bytes.len()) as u64;
        if reached > self.record.length {
            return Err(Problem::BeyondLength);
        }
        if reached > self.range.end {
            return Err(Problem::TooMuchUnfinished);
        }
        self.intake.quotas.spend(self.record.device, bytes.len(), self.intake.clock.now())?;
        self.intake.metrics.received_bytes.inc_by(bytes.len() as u64);
        self.running.update(&bytes);
        self.bytes += bytes.len();
        self.waiting.push(bytes);
        if self.bytes >= self.share.bytes() { self.store().await } else { Ok(()) }
    }

    /// Stores what waits. What could not be stored is forgotten, and comes again.
    async fn store(&mut self) -> Result<(), Problem> {
        let (waiting, bytes) = (std::mem::take(&mut self.waiting), std::mem::take(&mut self.bytes));
        if bytes == 0 {
            return Ok(());
        }
        match self.add(waiting, bytes).await {
            Ok(()) => {
                self.stored += bytes as u64;
                Ok(())
            }
            Err(error) => Err(stored_by_another(error)),
        }
    }

    async fn add(&mut self, bytes: Vec<Bytes>, many: usize) -> Result<(), StoreError> {
        let mut sink = match self.sink.take() {
            Some(sink) => sink,
            None => Sink::open(self.intake, self.record, self.stored).await?,
        };
        let length = self.stored - self.range.start + many as u64;
        let mark = Mark { length, sha256: self.running.sha256() };
        let added = sink.add(self.intake, self.record, self.stored, bytes, mark).await;
        self.sink = Some(sink);
        added
    }
}

/// Another process received the same bytes: what it stored counts, and the client asks again.
fn stored_by_another(error: StoreError) -> Problem {
    if let StoreError::Exists = error { Problem::Superseded } else { error.into() }
}

/// Where the bytes go.
enum Sink {
    /// Into one object.
    One(Growing),
    /// Into several, which begin at these offsets.
    Several(Vec<u64>),
}

impl Sink {
    async fn open(intake: &Intake, record: &UploadRecord, offset: u64) -> Result<Self, StoreError> {
        if intake.store.can_grow() {
            Ok(Self::One(intake.store.grow(&record.chunk_name(offset)).await?))
        } else {
            Ok(Self::Several(Vec::new()))
        }
    }

    async fn add(
        &mut self,
        intake: &Intake,
        record: &UploadRecord,
        offset: u64,
        bytes: Vec<Bytes>,
        mark: Mark,
    ) -> Result<(), StoreError> {
        match self {
            Self::One(object) => object.add(bytes, mark).await,
            Self::Several(offsets) => {
                let payload: PutPayload = bytes.into_iter().collect();
                intake.store.create(&record.chunk_name(offset), payload).await?;
                offsets.push(offset);
                Ok(())
            }
        }
    }

    /// Removes what was added. From the end, so that a crash in between leaves no gap.
    async fn discard(self, intake: &Intake, record: &UploadRecord) -> Result<(), StoreError> {
        match self {
            Self::One(object) => object.give_up().await,
            Self::Several(offsets) => {
                for offset in offsets.into_iter().rev() {
                    intake.store.delete(&record.chunk_name(offset)).await?;
                }
                Ok(())
            }
        }
    }

    /// Keeps that many bytes of what was added.
    async fn finish(self, bytes: u64) -> Result<(), StoreError> {
        match self {
            Self::One(object) if bytes > 0 => object.finish(bytes).await,
            Self::One(object) => object.give_up().await,
            // What a bucket has taken is durable.
            Self::Several(_) => Ok(()),
        }
    }
}
