//! Sends one part of a file, and watches that it moves.

use std::io::SeekFrom;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt;
use reqwest::{Body, Url};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::time::Instant;
use tokio_util::io::ReaderStream;

use crate::error::UploadError;
use crate::job::UploadJob;
use crate::part::Part;
use crate::trouble::Trouble;
use crate::tus::{ANSWER, Server};

/// Bytes read from the file at a time.
const READ: usize = 64 << 10;
/// How often the caller hears of progress.
const TICK: Duration = Duration::from_millis(200);
/// How long nothing may leave before the connection is taken for dead.
const STALL: Duration = Duration::from_secs(30);

/// Sends a part in one request. Gives the offset reached.
pub(crate) async fn send(
    server: &Server,
    job: &UploadJob,
    location: &Url,
    part: &Part,
    progress: &(impl Fn(u64) + Sync),
) -> Result<u64, Trouble> {
    let left = Arc::new(AtomicU64::new(part.offset));
    let body = body(job, part, Arc::clone(&left)).await?;
    let mut request = std::pin::pin!(server.send(location, part, body));
    let mut watch = Watch { left: part.offset, since: Instant::now() };
    let mut ticks = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            answer = &mut request => return answer,
            _ = ticks.tick() => {
                let left = left.load(Ordering::Relaxed);
                if watch.is_dead(left, part.end()) {
                    return Err(Trouble::BROKEN);
                }
                progress(left);
            }
        }
    }
}

async fn body(job: &UploadJob, part: &Part, left: Arc<AtomicU64>) -> Result<Body, Trouble> {
    let mut file = File::open(&job.file).await.map_err(unreadable)?;
    file.seek(SeekFrom::Start(part.offset)).await.map_err(unreadable)?;
    let bytes = ReaderStream::with_capacity(file.take(part.bytes), READ);
    Ok(Body::wrap_stream(bytes.inspect_ok(move |bytes| {
        left.fetch_add(bytes.len() as u64, Ordering::Relaxed);
    })))
}

pub(crate) fn unreadable(error: std::io::Error) -> Trouble {
    Trouble::Final(UploadError::FileUnreadable(error.kind()))
}

/// Since when nothing has moved.
struct Watch {
    left: u64,
    since: Instant,
}

impl Watch {
    fn is_dead(&mut self, left: u64, end: u64) -> bool {
        if left != self.left {
            *self = Self { left, since: Instant::now() };
        }
        // With the last byte gone, it is the intake that is at work.
        let patience = if left == end { ANSWER } else { STALL };
        self.since.elapsed() > patience
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_dead_when_nothing_leaves() {
        let mut watch = Watch { left: 0, since: Instant::now() };
        tokio::time::advance(STALL).await;
        assert!(!watch.is_dead(0, 10));
        tokio::time::advance(TICK).await;
        assert!(watch.is_dead(0, 10));
        assert!(!watch.is_dead(1, 10), "a byte left");
        tokio::time::advance(STALL).await;
        assert!(!watch.is_dead(10, 10), "the last byte left");
        tokio::time::advance(ANSWER).await;
        assert!(!watch.is_dead(10, 10), "the intake is at work");
        tokio::time::advance(TICK).await;
        assert!(watch.is_dead(10, 10));
    }
}
