//! What reads a visit's file beside the worker, so that residents are received meanwhile. It must have ended before the
//! files are closed: iOS kills an app that is suspended with a lock held, and a key must not outlive the sign-out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::error::{Error, Later, Result};

/// Asked between two entries whether to go on.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Refuses to go on when the files are to be closed.
    pub(crate) fn check(&self) -> Result<()> {
        if self.0.load(Ordering::SeqCst) { Err(Error::RetryLater { why: Later::Suspended }) } else { Ok(()) }
    }
}

/// At most one reader at a time.
#[derive(Default)]
pub(crate) struct Beside {
    one: Arc<Mutex<()>>,
    stop: Stop,
}

/// The right to read beside the worker, or to keep everyone from it.
pub(crate) struct Turn {
    _turn: OwnedMutexGuard<()>,
    pub(crate) stop: Stop,
}

impl Beside {
    /// A turn to read.
    pub(crate) async fn turn(&self) -> Turn {
        Turn { _turn: Arc::clone(&self.one).lock_owned().await, stop: self.stop.clone() }
    }

    /// Ends whoever reads. Nobody reads while the turn lives.
    pub(crate) async fn end(&self) -> Turn {
        self.stop.0.store(true, Ordering::SeqCst);
        let turn = self.turn().await;
        self.stop.0.store(false, Ordering::SeqCst);
        turn
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.stop.0.store(true, Ordering::SeqCst);
        // A reader looks after each entry, and holds a connection until then.
        while self.one.try_lock().is_err() {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_closes_the_files_ends_the_reader_and_waits_for_it() {
        let beside = Beside::default();
        let turn = beside.turn().await;
        let done = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&done);
        let reader = tokio::task::spawn_blocking(move || {
            while turn.stop.check().is_ok() {
                thread::sleep(Duration::from_millis(1));
            }
            told.store(true, Ordering::SeqCst);
            drop(turn);
        });
        drop(beside.end().await);
        assert!(done.load(Ordering::SeqCst), "the files were closed under the reader");
        reader.await.unwrap();
        assert_eq!(beside.turn().await.stop.check(), Ok(()), "the next one may read again");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn dropping_waits_for_the_reader_too() {
        let beside = Beside::default();
        let turn = beside.turn().await;
        let done = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&done);
        let reader = tokio::task::spawn_blocking(move || {
            while turn.stop.check().is_ok() {
                thread::sleep(Duration::from_millis(1));
            }
            told.store(true, Ordering::SeqCst);
            drop(turn);
        });
        drop(beside);
        assert!(done.load(Ordering::SeqCst));
        reader.await.unwrap();
    }
}
