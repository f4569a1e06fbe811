//! Sending what is sealed, and settling what comes back.

use std::sync::Arc;

use homon_app::{CancellationToken, Result, SyncProgress, SyncReport};

use crate::changes::Change;
use crate::homon::Homon;
use crate::platform::CallbackError;

/// Who is told how far an upload has come.
#[uniffi::export(with_foreign)]
pub trait SyncObserver: Send + Sync {
    /// Called on a thread of the core, often. The upload waits until it answers.
    ///
    /// # Errors
    /// `CallbackError`; the upload goes on.
    fn progressed(&self, progress: SyncProgress) -> Result<(), CallbackError>;
}

/// Stops a sync on purpose: hand the same to `Homon.sync`.
#[derive(uniffi::Object)]
pub struct SyncStop(CancellationToken);

#[uniffi::export]
impl SyncStop {
    /// One that has not been used.
    #[uniffi::constructor]
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it is for the other languages")]
    pub fn new() -> Self {
        Self(CancellationToken::new())
    }

    /// Ends the sync after what it is at. It answers `Later::Stopped`; what was sent stays sent.
    pub fn stop(&self) {
        self.0.cancel();
    }
}

#[uniffi::export]
impl Homon {
    /// Seals the checkpoints that are due, sends everything that is sealed, fetches the receipts and does what they
    /// allow, and takes the desk's mail. May be called again at any time; what was sent stays sent, and a cut connection
    /// goes on at the byte.
    ///
    /// Who stops waiting does not stop it: that is what `stop` is for.
    ///
    /// # Errors
    /// `Later::Offline`, `Later::Stopped`, `Refusal::Revoked`, `Refusal::WrongServer`, `Refusal::CertificateRefused`,
    /// `Refusal::DateWrong`, `Refusal::IntakeRefused`, `Refusal::SealedFileDamaged`, `HomonError::SignInAgain`,
    /// `HomonError::KeyUnavailable`.
    pub async fn sync(
        &self,
        observer: Option<Arc<dyn SyncObserver>>,
        stop: Option<Arc<SyncStop>>,
    ) -> Result<SyncReport> {
        let cancel = stop.map_or_else(CancellationToken::new, |stop| stop.0.clone());
        let tell = Arc::new(move |progress: SyncProgress| {
            if let Some(observer) = &observer
                && observer.progressed(progress).is_err()
            {
                tracing::warn!("the observer of an upload failed");
            }
        });
        self.change(Change::Everything, |homon| async move { homon.sync(tell, cancel).await }).await
    }
}
