//! Why packages stay closed.

use homon_domain::ids::{Code, DeviceId, SealNumber};
use homon_seal::OpenError;
use homon_seal::jws::SignError;
use homon_seal::receipt::ReceiptError;

use super::lineage::LineageFault;
use super::reconcile::Mismatch;
use crate::desk::activity::ActivityFault;
use crate::desk::authority::AuthorityError;
use crate::desk::files::FileError;
use crate::desk::journal::JournalError;
use crate::desk::key_files::KeyFileError;
use crate::desk::programme::ProgrammeError;

/// Why nothing could be opened at all.
#[derive(Debug, thiserror::Error)]
pub enum DeskNotReady {
    /// A key of the desk is not here.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The authority's certificate can't be read.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The programme can't be used, and with it nobody knows whether residents are real.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The desk or the store could not be read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Why one package was not opened. It stays where it is.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The intake's receipt is not for this file: the file was changed after it was held, or the receipt was.
    #[error("the intake's receipt does not fit the file: {0}")]
    Held(#[from] ReceiptError),
    /// The desk enrolled no such device.
    #[error("device {0} was never enrolled at this desk")]
    UnknownDevice(DeviceId),
    /// The package arrived after the device had been revoked: the intake should have refused it.
    #[error("the package arrived after its device had been revoked")]
    HeldAfterRevocation,
    /// Not encrypted to the desk, not signed by the device, or damaged.
    #[error(transparent)]
    Package(#[from] OpenError),
    /// The manifest is that of another package.
    #[error("the file contains another package than its name says")]
    OtherPackage,
    /// Encrypted to others than the city named.
    #[error("the package was encrypted to other keys than the city gave out")]
    OtherRecipients,
    /// Made under a programme that the device was never given.
    #[error("the package was made under the programme {0}, which its device was not given")]
    OtherProgramme(Code),
    /// The same part of the same visit was already opened from another tablet, which did not hand it over.
    #[error("the same part of this visit already came from device {0}; `adopt` lets this one count instead")]
    PartOfAnotherDevice(DeviceId),
    /// The audit log does not hold the end of the log that was opened before.
    #[error(
        "its audit log does not go on from seal {seal} of device {device}, which was opened: an older copy of the \
         tablet's files was put back, or two tablets went on with the part; look at both, `adopt` lets this one count"
    )]
    NotContinued {
        /// Whose package was opened.
        device: DeviceId,
        /// Under which number.
        seal: SealNumber,
    },
    /// It is not believed how the part came to the tablet.
    #[error(transparent)]
    Lineage(#[from] LineageFault),
    /// The package contradicts itself.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// The receipt could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Something could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

impl From<ActivityFault> for Refusal {
    fn from(fault: ActivityFault) -> Self {
        Mismatch::from(fault).into()
    }
}

impl Refusal {
    /// The word for it in the desk's journal; `None` where the desk could not do its part, and the package may be good.
    pub(super) fn word(&self) -> Option<&'static str> {
        match self {
            Self::Held(_) => Some("other-bytes-than-held"),
            Self::UnknownDevice(_) => Some("unknown-device"),
            Self::HeldAfterRevocation => Some("held-after-revocation"),
            Self::Package(OpenError::Io(_)) | Self::Sign(_) | Self::Journal(_) | Self::File(_) => None,
            Self::Package(OpenError::NotForUs) => Some("not-for-us"),
            Self::Package(OpenError::BadSignature) => Some("bad-signature"),
            Self::Package(OpenError::TooLarge) => Some("too-large"),
            Self::Package(_) => Some("damaged"),
            Self::OtherPackage => Some("other-package"),
            Self::OtherRecipients => Some("other-recipients"),
            Self::OtherProgramme(_) => Some("other-programme"),
            Self::PartOfAnotherDevice(_) => Some("part-of-another-device"),
            Self::NotContinued { .. } => Some("not-continued"),
            Self::Lineage(_) => Some("other-lineage"),
            Self::Mismatch(_) => Some("contradicts-itself"),
        }
    }
}
