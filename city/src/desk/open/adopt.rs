//! What people decide: a package that the rules hold back is laid open and counts. A tablet was destroyed and only its
//! checkpoint is here; two tablets went on with one part, and somebody has looked at both.

use chrono::{DateTime, Utc};
use homon_domain::platform::Clock;
use homon_seal::{Manifest, PackageKey, Subject};
use serde::{Deserialize, Serialize};

use super::reconcile::Part;
use super::{DeskNotReady, OpenedNow, Opener, Refusal, Verdict, is_within, lock};
use crate::desk::files::FileError;
use crate::desk::folder::CityFolder;
use crate::desk::journal::Deed;
use crate::desk::opened::{self, Opened, OpenedPart};
use crate::intake::ReceiptKind;

/// How long a reason may be, in characters.
const REASON_CHARACTERS: usize = 200;

/// That people decided that a package counts: part of its record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Adoption {
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What had counted until then, and counts no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub over: Vec<PackageKey>,
}

/// Why a package was not adopted.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// The desk or the store is not ready.
    #[error(transparent)]
    NotReady(#[from] DeskNotReady),
    /// It is neither a visit nor a checkpoint.
    #[error("only a visit or a checkpoint can be adopted")]
    OtherKind,
    /// It has not arrived.
    #[error("no such package is held; `open` and `status` name those that are")]
    NotHeld,
    /// It has been opened.
    #[error("it was opened already")]
    OpenedBefore,
    /// Nothing holds it back.
    #[error("nothing holds it back: run `open`")]
    NotHeldBack,
    /// What was opened of the part holds all of it.
    #[error("the part that was opened holds all of it")]
    Included,
    /// There is no reason, or a very long one.
    #[error("say why, in at most {REASON_CHARACTERS} characters")]
    Reason,
    /// The city is in force, and the package is not of real residents.
    #[error("its residents are invented, so nothing of it counts; run `open`")]
    Practice,
    /// It can't be verified. It stays where it is.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl From<FileError> for AdoptError {
    fn from(error: FileError) -> Self {
        Self::Refused(error.into())
    }
}

/// Lays a package open that the rules hold back, because people decided so. A complete package that goes on from it
/// takes its place when it comes.
///
/// # Errors
/// Any [`AdoptError`]; nothing has changed then.
pub fn adopt(folder: &CityFolder, key: &PackageKey, reason: &str, clock: &dyn Clock) -> Result<OpenedNow, AdoptError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARACTERS || reason.chars().any(char::is_control) {
        return Err(AdoptError::Reason);
    }
    let lock = lock(folder)?;
    let (opener, mut journal) = Opener::ready(folder, &lock, clock)?;
    check_kind(&opener, key)?;
    let of = key.subject.visit().ok_or(AdoptError::OtherKind)?;
    let before = opened::part_that_counts(&opener.desk, of)?;
    let judge = |manifest: &Manifest, part: Option<&Part>| {
        if opener.is_practice(manifest) {
            return Err(AdoptError::Practice);
        }
        check_held_back(manifest, part.ok_or(AdoptError::OtherKind)?, before.as_ref())?;
        let over = before.iter().map(|before| *before.opened.key()).collect();
        Ok::<_, AdoptError>(Verdict::LaysOpen(Some(Adoption { reason: reason.to_owned(), at: clock.now(), over })))
    };
    opener.open_new(key, &Deed::Adopt(*key), &mut journal, judge)?.ok_or(AdoptError::Included)
}

/// What the rules would open, or what counts holds already, is not for people to decide.
fn check_held_back(manifest: &Manifest, read: &Part, before: Option<&OpenedPart>) -> Result<(), AdoptError> {
    let is_checkpoint = matches!(manifest.key.subject, Subject::Checkpoint { .. });
    let Some(before) = before else { return if is_checkpoint { Ok(()) } else { Err(AdoptError::NotHeldBack) } };
    if is_within(manifest, before)? {
        return Err(AdoptError::Included);
    }
    let follows = read.lineage.check_follows(manifest, &read.trail, before).is_ok();
    if follows && !is_checkpoint { Err(AdoptError::NotHeldBack) } else { Ok(()) }
}

fn check_kind(opener: &Opener<'_>, key: &PackageKey) -> Result<(), AdoptError> {
    if !matches!(key.subject, Subject::Visit { .. } | Subject::Checkpoint { .. }) {
        return Err(AdoptError::OtherKind);
    }
    if !opener.arrivals.has_receipt(key, ReceiptKind::Held) {
        return Err(AdoptError::NotHeld);
    }
    if Opened::read(&opener.desk, key)?.is_some() { Err(AdoptError::OpenedBefore) } else { Ok(()) }
}
