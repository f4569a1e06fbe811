//! Who opens what was encrypted: one secret key of age.

use std::fmt;

use age::{DecryptError, x25519};
use age_core::format::{FileKey, Stanza};
use age_core::secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::{Recipient, RecipientKind};
use crate::hybrid::HybridIdentity;

/// The text is not an age identity of a kind in use here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an age identity of a kind in use here")]
pub struct NotAnIdentity;

/// One secret key of age. Its `Debug` does not show it; it is wiped when dropped.
#[derive(Clone)]
pub struct Identity(Secret);

#[derive(Clone)]
enum Secret {
    Hybrid(Box<HybridIdentity>),
    X25519(x25519::Identity),
}

impl Identity {
    /// A new random hybrid identity.
    ///
    /// # Panics
    /// When the operating system has no random numbers to give.
    #[must_use]
    pub fn make_hybrid() -> Self {
        Self(Secret::Hybrid(Box::new(HybridIdentity::make())))
    }

    /// A new random X25519 identity.
    ///
    /// # Panics
    /// When the operating system has no random numbers to give.
    #[must_use]
    pub fn make_x25519() -> Self {
        Self(Secret::X25519(x25519::Identity::generate()))
    }

    /// A new random identity of that kind.
    ///
    /// # Panics
    /// When the operating system has no random numbers to give.
    #[must_use]
    pub fn make(kind: RecipientKind) -> Self {
        match kind {
            RecipientKind::Hybrid => Self::make_hybrid(),
            RecipientKind::X25519 => Self::make_x25519(),
        }
    }

    /// Reads `AGE-SECRET-KEY-PQ-1…` or `AGE-SECRET-KEY-1…`.
    ///
    /// # Errors
    /// [`NotAnIdentity`].
    pub fn parse(text: &str) -> Result<Self, NotAnIdentity> {
        let secret = if text.starts_with("AGE-SECRET-KEY-PQ-1") {
            text.parse().ok().map(|hybrid| Secret::Hybrid(Box::new(hybrid)))
        } else {
            text.parse().ok().map(Secret::X25519)
        };
        secret.map(Self).ok_or(NotAnIdentity)
    }

    /// Reads an identity file as `age-keygen` writes it: comments, and exactly one secret.
    ///
    /// # Errors
    /// [`NotAnIdentity`].
    pub fn parse_file(text: &str) -> Result<Self, NotAnIdentity> {
        let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let identity = Self::parse(lines.next().ok_or(NotAnIdentity)?)?;
        if lines.next().is_some() { Err(NotAnIdentity) } else { Ok(identity) }
    }

    /// The secret in its standard spelling.
    #[must_use]
    pub fn to_secret_string(&self) -> Zeroizing<String> {
        match &self.0 {
            Secret::Hybrid(identity) => identity.to_secret_string(),
            Secret::X25519(identity) => Zeroizing::new(identity.to_string().expose_secret().to_owned()),
        }
    }

    /// The recipient to which others encrypt.
    #[must_use]
    pub fn recipient(&self) -> Recipient {
        match &self.0 {
            Secret::Hybrid(identity) => Recipient::Hybrid(Box::new(identity.recipient())),
            Secret::X25519(identity) => Recipient::X25519(identity.to_public()),
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(redacted)")
    }
}

impl age::Identity for Identity {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        match &self.0 {
            Secret::Hybrid(identity) => identity.unwrap_stanza(stanza),
            Secret::X25519(identity) => identity.unwrap_stanza(stanza),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_read_back_and_do_not_show_themselves() {
        for kind in [RecipientKind::Hybrid, RecipientKind::X25519] {
            let identity = Identity::make(kind);
            let again = Identity::parse(&identity.to_secret_string()).unwrap();
            assert_eq!(again.recipient(), identity.recipient());
            let file = format!("# created: today\n{}\n", *identity.to_secret_string());
            assert_eq!(Identity::parse_file(&file).unwrap().recipient(), identity.recipient());
            assert!(Identity::parse_file(&format!("{file}{file}")).is_err());
            assert!(Identity::parse_file("# nothing\n").is_err());
            assert_eq!(format!("{identity:?}"), "Identity(redacted)");
        }
        assert!(Identity::parse("AGE-SECRET-KEY-1").is_err());
    }
}
