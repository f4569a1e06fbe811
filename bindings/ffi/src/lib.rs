//! The bridge to Kotlin and Swift: `core/app` as it is, made callable by uniffi.
//!
//! Thin on purpose. It decides nothing; it knows only how things cross:
//! - A use case runs to its end in the core, whoever stops waiting ([`Homon`]).
//! - Every export that can fail answers with the core's own error, by next action. A panic is
//!   `HomonError::Internal`, and its words go nowhere.
//! - The types that cross are the core's, written down once more in `types/` as the macros need them.
//! - Frames of a camera are looked at where they lie ([`Guide`]); everything else is copied.
//!
//! The only crate that names uniffi. Depends on `homon-app` alone of ours. The card's radio link is not here: the core has
//! no card journey yet.

mod changes;
mod codes;
mod guide;
mod homon;
mod journeys;
mod platform;
mod texts;
mod types;

use std::panic::{AssertUnwindSafe, catch_unwind};

use ::homon_app::{Error as HomonError, Result};
use uuid::Uuid;

pub use crate::changes::{Change, StateListener};
pub use crate::codes::{CodePicture, CodeReader, CodeReading, codes_of};
pub use crate::guide::{CaseRef, Frame, Guide};
pub use crate::homon::Homon;
pub use crate::journeys::sync::{SyncObserver, SyncStop};
pub use crate::platform::{CallbackError, Clock, KeyVault, PhotoModels, VaultError, software_vault};
pub use crate::texts::{
    birth_date_in_era, birth_date_in_gregorian, can_ask_for_worker, has_private_address, needs_font_check,
};
pub use crate::types::views::{AuditHead, Handled, MessageView, Programme, RosterForm, RosterImport};

uniffi::setup_scaffolding!();

/// Memory is overwritten when it is given back: texts and photos of residents do not outlive their use
/// (docs/decisions/0028).
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// Runs what is synchronous. The words of a panic could quote a name, so they stay here.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let incident = Uuid::new_v4();
        tracing::error!(%incident, "a synchronous call panicked");
        Err(HomonError::Internal { incident })
    })
}
