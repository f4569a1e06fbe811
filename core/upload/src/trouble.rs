//! What went wrong with one request, and whether another try makes sense.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use homon_domain::platform::VaultError;
use rustls::{AlertDescription, CertificateError};

use crate::error::UploadError;

/// Why one request did not succeed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Trouble {
    /// Another try gives the same.
    Final(UploadError),
    /// The intake was not reached.
    Offline,
    /// The connection broke, or the intake can't now. What it received is kept.
    Again {
        /// What the intake asked for.
        after: Option<Duration>,
    },
    /// The intake does not know the upload under this address: create it again.
    Gone,
    /// The intake received other bytes than announced, and removed them: all, or those of the last request.
    WrongBytes,
}

impl Trouble {
    /// Broken off, without a word from the intake.
    pub(crate) const BROKEN: Self = Self::Again { after: None };

    /// What the intake asked to wait.
    pub(crate) fn asked(&self) -> Option<Duration> {
        match self {
            Self::Again { after } => *after,
            _ => None,
        }
    }

    /// What to tell the caller when there are no tries left.
    pub(crate) fn into_error(self) -> UploadError {
        match self {
            Self::Final(error) => error,
            Self::Offline => UploadError::Offline,
            Self::Again { after } => UploadError::RetryLater { after: after.map(|after| after.as_secs()) },
            Self::Gone | Self::WrongBytes => UploadError::RetryLater { after: None },
        }
    }
}

impl From<reqwest::Error> for Trouble {
    fn from(error: reqwest::Error) -> Self {
        match tls_cause(&error) {
            Some(cause) => from_tls(cause),
            None if error.is_connect() => Self::Offline,
            None => Self::BROKEN,
        }
    }
}

/// The TLS error somewhere in the chain of causes.
fn tls_cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    match error.downcast_ref() {
        Some(found) => Some(found),
        None => tls_cause(cause(error)?),
    }
}

/// An I/O error made of another one passes over it when asked for its source.
fn cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inside) => Some(inside),
        None => error.source(),
    }
}

fn from_tls(error: &rustls::Error) -> Trouble {
    use rustls::Error::{AlertReceived, InvalidCertificate, Other};
    match error {
        InvalidCertificate(reason) if is_date(reason) => Trouble::Final(UploadError::CertificateDate),
        InvalidCertificate(_) => Trouble::Final(UploadError::PinMismatch),
        AlertReceived(alert) if is_about_our_certificate(*alert) => Trouble::Final(UploadError::NotEnrolled),
        Other(other) => match other.0.downcast_ref::<VaultError>() {
            Some(vault) => Trouble::Final(UploadError::KeyUnavailable(*vault)),
            None => Trouble::BROKEN,
        },
        _ => Trouble::BROKEN,
    }
}

fn is_date(reason: &CertificateError) -> bool {
    use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    matches!(reason, Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. })
}

fn is_about_our_certificate(alert: AlertDescription) -> bool {
    use AlertDescription as Alert;
    matches!(
        alert,
        Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
            | Alert::DecryptError
            | Alert::CertificateRequired
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::OtherError;

    use super::*;

    fn wrapped(error: rustls::Error) -> io::Error {
        io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error))
    }

    fn told(error: rustls::Error) -> Trouble {
        from_tls(tls_cause(&wrapped(error)).unwrap())
    }

    #[test]
    fn a_tls_error_is_found_and_told_by_what_to_do() {
        let final_of = |error| told(error).into_error();
        use rustls::Error as Tls;
        assert_eq!(final_of(Tls::InvalidCertificate(CertificateError::UnknownIssuer)), UploadError::PinMismatch);
        assert_eq!(final_of(Tls::InvalidCertificate(CertificateError::NotValidForName)), UploadError::PinMismatch);
        assert_eq!(final_of(Tls::InvalidCertificate(CertificateError::Expired)), UploadError::CertificateDate);
        assert_eq!(final_of(Tls::AlertReceived(AlertDescription::UnknownCA)), UploadError::NotEnrolled);
        assert_eq!(told(Tls::AlertReceived(AlertDescription::InternalError)), Trouble::BROKEN);
        let vault = Tls::Other(OtherError(Arc::new(VaultError::KeyMissing)));
        assert_eq!(final_of(vault), UploadError::KeyUnavailable(VaultError::KeyMissing));
    }

    #[test]
    fn an_error_without_tls_has_no_tls_cause() {
        assert!(tls_cause(&io::Error::other("no")).is_none());
    }
}
