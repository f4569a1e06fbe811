//! Why nothing was uploaded, told by what to do next.

use std::io;

use homon_domain::platform::VaultError;

/// Why an upload or a question did not succeed. Nothing that the intake had received is lost by any of these.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum UploadError {
    /// The intake was not reached: wait for a network.
    #[error("the intake can't be reached")]
    Offline,
    /// The intake was reached but did not get through with it: try again later, not before `after` seconds.
    #[error("the intake can't take the package now")]
    RetryLater {
        /// What the intake asked for, in seconds.
        after: Option<u64>,
    },
    /// The city has revoked this tablet: speak to the city.
    #[error("this tablet has been revoked")]
    Revoked,
    /// The intake does not know this tablet's certificate, or it has run out: enrol the tablet again.
    #[error("this tablet's certificate is not accepted")]
    NotEnrolled,
    /// The intake will not take this, now or later.
    #[error("the intake refuses the package: {code}")]
    Refused {
        /// The stable code of the intake's answer, such as `already_held_other_bytes`; `not_tus` for an answer that is
        /// not of the protocol.
        code: String,
    },
    /// What answered does not have a certificate of the city's CA for the intake's name: do not use this network.
    #[error("what answered is not the city's intake")]
    PinMismatch,
    /// The intake's certificate is not valid at the tablet's time: check the date of the tablet first.
    #[error("the intake's certificate is not valid at the tablet's date")]
    CertificateDate,
    /// The sealed file is not the one that was sealed: seal again.
    #[error("the sealed file has changed")]
    FileChanged,
    /// The sealed file can't be read.
    #[error("the sealed file can't be read: {0}")]
    FileUnreadable(io::ErrorKind),
    /// The device's key can't sign.
    #[error("the device's key can't be used: {0}")]
    KeyUnavailable(VaultError),
    /// The caller cancelled.
    #[error("the upload was cancelled")]
    Cancelled,
}
