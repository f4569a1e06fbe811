//! The one object that shells hold, and the one way in which a use case is run.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};

use homon_app::{PinCost, Platform, Result, hush_panics};

use crate::changes::{Change, Listener, StateListener};
use crate::guarded;
use crate::platform::{Clock, KeyVault, PhotoModels, PlatformClock, PlatformVault};

static HUSHED: Once = Once::new();

/// Homon on one tablet. Every use case is a method; all but `open` are asynchronous.
///
/// What a use case begins runs to its end in the core, also when the caller stops waiting for it: a cancelled coroutine or
/// task takes nothing back.
#[derive(uniffi::Object)]
pub struct Homon {
    core: Arc<homon_app::Homon>,
    listener: Listener,
}

#[uniffi::export]
impl Homon {
    /// Opens the tablet's folder; nobody is signed in yet. It reads little, but it reads: not on the thread that draws.
    ///
    /// `photo_models` are packed into the app; without them the file of a photo is checked, and its picture not. `clock`
    /// is the tablet's when there is none. `listener` hears of every change. One tablet's folder is open once at a time.
    ///
    /// # Errors
    /// `HomonError::StorageFull`, `HomonError::Internal`.
    #[uniffi::constructor]
    pub fn open(
        folder: String,
        vault: Arc<dyn KeyVault>,
        clock: Option<Arc<dyn Clock>>,
        photo_models: Option<PhotoModels>,
        listener: Option<Arc<dyn StateListener>>,
    ) -> Result<Self> {
        HUSHED.call_once(hush_panics);
        guarded(|| {
            let platform = Platform {
                vault: Arc::new(PlatformVault(vault)),
                clock: Arc::new(PlatformClock(clock)),
                photo_models: photo_models.map(Into::into),
            };
            let core = Arc::new(homon_app::Homon::open(Path::new(&folder), platform, PinCost::default())?);
            Ok(Self { core, listener: Listener(listener) })
        })
    }
}

impl Homon {
    /// Runs a use case that writes nothing that a screen shows.
    pub(crate) async fn ask<T, F>(&self, use_case: impl FnOnce(Arc<homon_app::Homon>) -> F) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        self.core.to_its_end(use_case).await
    }

    /// Runs a use case that writes, and tells the listener after it.
    pub(crate) async fn change<T, F>(
        &self,
        change: Change,
        use_case: impl FnOnce(Arc<homon_app::Homon>) -> F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let listener = self.listener.clone();
        let told = |homon| {
            let work = use_case(homon);
            async move {
                let outcome = work.await;
                listener.tell(change);
                outcome
            }
        };
        self.core.to_its_end(told).await
    }
}

/// A path as the other languages have it. The folders of both platforms are Unicode.
pub(crate) fn path_text(path: PathBuf) -> String {
    path.to_string_lossy().into_owned()
}
