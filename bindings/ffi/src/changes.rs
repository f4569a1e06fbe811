//! Who is told that something may have changed, so that screens ask again and never keep a copy of what is true.

use std::sync::Arc;

use homon_app::model::{PartNumber, VisitId};

use crate::platform::CallbackError;

/// What may have changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Enum)]
pub enum Change {
    /// Who is signed in, who has a PIN, or whether the tablet is enrolled.
    Session,
    /// One visit part and its cases.
    Visit {
        /// The visit.
        visit: VisitId,
        /// The part.
        part: PartNumber,
    },
    /// Which visits are here.
    Visits,
    /// Which rosters are here.
    Rosters,
    /// The messages of the desk.
    Messages,
    /// Anything, as after a sync.
    Everything,
}

/// Who is told that something may have changed.
#[uniffi::export(with_foreign)]
pub trait StateListener: Send + Sync {
    /// Called on a thread of the core after each use case that writes, whether it succeeded or not, and also when nobody
    /// waits for its answer any more. Must return at once; it says nothing of what is true now.
    ///
    /// # Errors
    /// `CallbackError`; nothing else comes of it.
    fn state_changed(&self, change: Change) -> Result<(), CallbackError>;
}

/// The listener, if there is one.
#[derive(Clone)]
pub(crate) struct Listener(pub(crate) Option<Arc<dyn StateListener>>);

impl Listener {
    pub(crate) fn tell(&self, change: Change) {
        if let Some(listener) = &self.0
            && listener.state_changed(change).is_err()
        {
            tracing::warn!("the listener of the shell failed");
        }
    }
}
