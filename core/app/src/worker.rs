//! The one writer: a thread of its own that owns the desk, so that no two things are ever written at once.
//!
//! A foreign future that is dropped must not drop a write: what was sent to the worker runs to its end, whether or not
//! anyone still waits for the answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use crate::error::{Error, Result};

type Job<S> = Box<dyn FnOnce(&mut S) + Send>;

/// A thread that owns `S`. Dropping it waits until all that was sent is done and `S` is dropped: a process that ended
/// before would tear SQLCipher's ciphers away from files that are still being closed.
pub(crate) struct Worker<S> {
    // Taken in drop, so that the thread sees the end of its queue before it is joined.
    jobs: Option<mpsc::Sender<Job<S>>>,
    thread: Option<JoinHandle<()>>,
}

impl<S: Send + 'static> Worker<S> {
    pub(crate) fn start(name: &str, mut state: S) -> Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job<S>>();
        let thread = thread::Builder::new()
            .name(name.into())
            .spawn(move || queue.into_iter().for_each(|job| job(&mut state)))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Runs `job` after all that was sent before it.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut S) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let answered = self.jobs.as_ref().map(|jobs| send(jobs, job)).ok_or_else(ended)??;
        outcome(answered.await)
    }

    /// A way to the worker for another worker's thread.
    pub(crate) fn sender(&self) -> Option<Sender<S>> {
        self.jobs.clone().map(Sender)
    }
}

/// Sends work from a thread that may wait. The worker does not end while this lives, so the one that holds it is to be
/// dropped first.
pub(crate) struct Sender<S>(mpsc::Sender<Job<S>>);

impl<S: Send + 'static> Sender<S> {
    /// Runs `job` after all that was sent before it, and waits for it.
    pub(crate) fn run_now<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut S) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        outcome(send(&self.0, job)?.blocking_recv())
    }
}

/// What a job answers: its outcome, or that it panicked.
type Answer<T> = Result<Result<T>, ()>;

fn send<S: 'static, T: Send + 'static>(
    jobs: &mpsc::Sender<Job<S>>,
    job: impl FnOnce(&mut S) -> Result<T> + Send + 'static,
) -> Result<oneshot::Receiver<Answer<T>>> {
    let (answer, answered) = oneshot::channel();
    let guarded = move |state: &mut S| {
        // The message of a panic can quote what it stumbled over, so it goes nowhere.
        let outcome = catch_unwind(AssertUnwindSafe(|| job(state))).map_err(|_| ());
        answer.send(outcome).ok();
    };
    jobs.send(Box::new(guarded)).map_err(|_| ended())?;
    Ok(answered)
}

fn ended() -> Error {
    Error::internal("the worker's thread has ended")
}

fn outcome<T>(answer: Result<Answer<T>, oneshot::error::RecvError>) -> Result<T> {
    match answer {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(())) | Err(_) => Err(Error::internal("a use case panicked")),
    }
}

impl<S> Drop for Worker<S> {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic was answered where it happened; dropping must not panic too.
            thread.join().ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_internal_fault_and_the_worker_goes_on() {
        let worker = Worker::start("count", 0_u32).unwrap();
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
        let worker = Worker::start("count", 0_u32).unwrap();
        let dropped = worker.run(|count| {
            *count += 1;
            Ok(())
        });
        // Polled once, so that the job is sent, then dropped.
        tokio::select! { biased; _ = dropped => {}, () = std::future::ready(()) => {} }
        assert_eq!(worker.run(|count| Ok(*count)).await, Ok(1));
    }

    #[tokio::test]
    async fn a_worker_waits_for_another_and_is_done_before_it_ends() {
        let desk = Worker::start("desk", 0_u32).unwrap();
        let other = Worker::start("other", desk.sender().unwrap()).unwrap();
        let add = |desk: &mut Sender<u32>| {
            desk.run_now(|count| {
                *count += 1;
                Ok(*count)
            })
        };
        assert_eq!(other.run(add).await, Ok(1));
        let dropped = other.run(add);
        tokio::select! { biased; _ = dropped => {}, () = std::future::ready(()) => {} }
        drop(other);
        assert_eq!(desk.run(|count| Ok(*count)).await, Ok(2));
    }

    #[tokio::test]
    async fn when_the_worker_is_gone_so_is_what_it_owned() {
        struct Slow(std::sync::Arc<std::sync::atomic::AtomicBool>);
        impl Drop for Slow {
            fn drop(&mut self) {
                std::thread::sleep(std::time::Duration::from_millis(50));
                self.0.store(true, std::sync::atomic::Ordering::SeqCst);
            }
        }
        let closed = std::sync::Arc::default();
        let worker = Worker::start("slow", Slow(std::sync::Arc::clone(&closed))).unwrap();
        worker.run(|_| Ok(())).await.unwrap();
        drop(worker);
        assert!(closed.load(std::sync::atomic::Ordering::SeqCst));
    }
}
