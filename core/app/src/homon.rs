//! The one object that shells hold.

use std::path::Path;
use std::sync::Arc;

use homon_domain::platform::{Clock, KeyVault};
use homon_store::{PinCost, Root};
use tokio::runtime::{self, Runtime};
use tokio::sync::Mutex;

use crate::beside::Beside;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::studio::{PhotoModels, Studio};
use crate::worker::Worker;

/// What the platform owns.
#[derive(Clone)]
pub struct Platform {
    /// Its key store.
    pub vault: Arc<dyn KeyVault>,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// The models of faces that are packed into the app. Without them the file of a portrait is checked, and its picture
    /// not, and no photo of an activity is taken.
    pub photo_models: Option<PhotoModels>,
}

/// Homon on one tablet. Every use case is a method; the files beside this one hold them, a journey each.
///
/// All are asynchronous. What they begin runs to its end in the core, also when the caller stops waiting.
pub struct Homon {
    pub(crate) platform: Platform,
    /// Before the worker, so that who still reads beside it has ended when the files are closed.
    pub(crate) beside: Beside,
    /// Before the worker too: what it has begun to store is stored.
    pub(crate) studio: Worker<Studio>,
    pub(crate) worker: Worker<Desk>,
    /// Two uploads of one package would interrupt each other.
    pub(crate) one_sync: Mutex<()>,
    runtime: Option<Runtime>,
}

impl Homon {
    /// Opens the tablet's folder; nobody is signed in yet. `pin_cost` is what a new PIN costs to try.
    ///
    /// # Errors
    /// [`Error::StorageFull`], [`Error::Internal`].
    pub fn open(folder: &Path, platform: Platform, pin_cost: PinCost) -> Result<Self> {
        let root = Root::open(folder)?;
        let worker = Worker::start("homon-desk", Desk::new(root, platform.clone(), pin_cost))?;
        let desk = worker.sender().ok_or_else(|| Error::internal("the desk thread has ended"))?;
        let studio = Worker::start("homon-studio", Studio::new(desk, platform.photo_models.clone()))?;
        let runtime =
            runtime::Builder::new_multi_thread().worker_threads(2).thread_name("homon-net").enable_all().build()?;
        let (beside, one_sync) = (Beside::default(), Mutex::new(()));
        Ok(Self { beside, studio, worker, platform, one_sync, runtime: Some(runtime) })
    }

    /// Whether an enrolment was accepted to its end.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn is_enrolled(&self) -> Result<bool> {
        self.worker.run(|desk| desk.is_enrolled()).await
    }

    /// Runs a use case to its end on the core's own runtime, also when the caller stops waiting for it: what it does in
    /// several steps is not left after the first of them.
    ///
    /// # Errors
    /// The use case's; [`Error::Internal`] when it panics.
    pub async fn to_its_end<T, F>(self: &Arc<Self>, use_case: impl FnOnce(Arc<Self>) -> F) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        self.on_network(use_case(Arc::clone(self))).await
    }

    /// Runs network work to its end on the core's own runtime, whoever polls the caller.
    pub(crate) async fn on_network<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let runtime = self.runtime.as_ref().ok_or_else(|| Error::internal("the runtime has ended"))?;
        runtime.spawn(work).await.map_err(|_| Error::internal("work on the runtime panicked"))?
    }

    /// Runs what takes long and reads files on a thread of its own.
    pub(crate) async fn on_its_own_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let runtime = self.runtime.as_ref().ok_or_else(|| Error::internal("the runtime has ended"))?;
        runtime.spawn_blocking(work).await.map_err(|_| Error::internal("work beside the worker panicked"))?
    }
}

impl Drop for Homon {
    fn drop(&mut self) {
        // A runtime must not be dropped where it would block a foreign async context.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Keeps panics from printing what they stumbled over, which could be a name: only the place is logged.
///
/// For the start of a process that holds residents' data.
pub fn hush_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(%place, "panic");
    }));
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::time::Duration;

    use homon_domain::platform::SystemClock;
    use homon_store::SoftwareVault;
    use tokio::sync::oneshot;

    use super::*;

    fn homon(folder: &Path) -> Arc<Homon> {
        let vault = Arc::new(SoftwareVault::open(&folder.join("vault")).unwrap());
        let platform = Platform { vault, clock: Arc::new(SystemClock), photo_models: None };
        Arc::new(Homon::open(&folder.join("files"), platform, PinCost::cheap()).unwrap())
    }

    #[tokio::test]
    async fn a_use_case_of_several_steps_is_not_left_after_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let homon = homon(folder.path());
        let (done, is_done) = oneshot::channel();
        let dropped = homon.to_its_end(async move |homon: Arc<Homon>| {
            homon.is_enrolled().await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
            homon.is_enrolled().await?;
            done.send(()).ok();
            Ok(())
        });
        // Polled once, so that it begins, then dropped.
        tokio::select! { biased; _ = dropped => {}, () = ready(()) => {} }
        is_done.await.unwrap();
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_fault() {
        let folder = tempfile::tempdir().unwrap();
        let fault: Result<()> = homon(folder.path()).to_its_end(|_| async { panic!("山田") }).await;
        assert!(matches!(fault, Err(Error::Internal { .. })));
    }
}
