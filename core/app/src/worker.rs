//! The one writer: a thread of its own that owns the desk, so that no two things are ever written at once.
//!
//! A foreign future that is dropped must not drop a write: what was sent to the worker runs to its end, whether or not
//! anyone still waits for the answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;

use tokio::sync::oneshot;

use crate::error::{Error, Result};

type Job<S> = Box<dyn FnOnce(&mut S) + Send>;

/// A thread that owns `S`. It ends when its last handle is dropped.
pub(crate) struct Worker<S> {
    jobs: mpsc::Sender<Job<S>>,
}

impl<S: Send + 'static> Worker<S> {
    pub(crate) fn start(mut state: S) -> Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job<S>>();
        thread::Builder::new()
            .name("homon-desk".into())
            .spawn(move || queue.into_iter().for_each(|job| job(&mut state)))
            .map_err(|error| Error::internal(error.kind()))?;
        Ok(Self { jobs })
    }

    /// Runs `job` after all that was sent before it.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut S) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let guarded = move |state: &mut S| {
            // The message of a panic can quote what it stumbled over, so it goes nowhere.
            let outcome = catch_unwind(AssertUnwindSafe(|| job(state))).map_err(|_| ());
            answer.send(outcome).ok();
        };
        self.jobs.send(Box::new(guarded)).map_err(|_| Error::internal("the desk thread has ended"))?;
        match answered.await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(())) | Err(_) => Err(Error::internal("a use case panicked")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_internal_fault_and_the_worker_goes_on() {
        let worker = Worker::start(0_u32).unwrap();
        let fault: Result<()> = worker.run(|_| panic!("山田")).await;
        let Err(Error::Internal { .. }) = fault else { panic!("{fault:?}") };
        let next = worker
            .run(|count| {
                *count += 1;
                Ok(*count)
            })
            .await;
        assert_eq!(next, Ok(1));
    }

    #[tokio::test]
    async fn a_dropped_future_does_not_drop_its_write() {
        let worker = Worker::start(0_u32).unwrap();
        let dropped = worker.run(|count| {
            *count += 1;
            Ok(())
        });
        // Polled once, so that the job is sent, then dropped.
        tokio::select! { biased; _ = dropped => {}, () = std::future::ready(()) => {} }
        assert_eq!(worker.run(|count| Ok(*count)).await, Ok(1));
    }
}
