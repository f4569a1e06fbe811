//! The address of the intake: an `https` URL, and the name in it that the intake's certificate must carry.

use std::net::IpAddr;

use axum::http::Uri;
use rcgen::SanType;
use rcgen::string::Ia5String;

/// The text is not the address of an intake.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the intake's address is written as https://HOST or https://HOST:PORT, without a path")]
pub struct NotAnIntakeUrl;

/// A host name or an IP address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerName(String);

impl ServerName {
    /// The name in the address of an intake.
    ///
    /// # Errors
    /// [`NotAnIntakeUrl`].
    pub fn of_url(url: &str) -> Result<Self, NotAnIntakeUrl> {
        let uri: Uri = url.parse().map_err(|_| NotAnIntakeUrl)?;
        let authority = uri.authority().ok_or(NotAnIntakeUrl)?;
        let bare = url == format!("https://{authority}") && !authority.as_str().contains('@');
        let host = authority.host();
        let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        let named = rustls::pki_types::ServerName::try_from(host).is_ok();
        if bare && named { Ok(Self(host.to_owned())) } else { Err(NotAnIntakeUrl) }
    }

    /// As it stands in an enrolment.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn to_san(&self) -> Result<SanType, rcgen::Error> {
        match self.0.parse::<IpAddr>() {
            Ok(address) => Ok(SanType::IpAddress(address)),
            Err(_) => Ok(SanType::DnsName(Ia5String::try_from(self.0.as_str())?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_host_or_an_address() {
        for (url, name) in [
            ("https://intake.example", "intake.example"),
            ("https://intake.example:8443", "intake.example"),
            ("https://192.0.2.7:8443", "192.0.2.7"),
            ("https://[2001:db8::7]:8443", "2001:db8::7"),
            ("https://localhost:0", "localhost"),
        ] {
            assert_eq!(ServerName::of_url(url).unwrap().as_str(), name);
        }
        let san = ServerName::of_url("https://192.0.2.7").unwrap().to_san().unwrap();
        assert_eq!(san, SanType::IpAddress("192.0.2.7".parse().unwrap()));
    }

    #[test]
    fn anything_else_is_refused() {
        for wrong in [
            "",
            "intake.example",
            "http://intake.example",
            "https://",
            "https://intake.example/",
            "https://intake.example/path",
            "https://intake.example?x",
            "https://someone@intake.example",
            "https://市役所.example",
            "https://intake example",
            "https://*.example",
        ] {
            assert_eq!(ServerName::of_url(wrong), Err(NotAnIntakeUrl), "{wrong}");
        }
    }
}
