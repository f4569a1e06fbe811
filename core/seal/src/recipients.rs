//! To whom a package is encrypted, and who opens it: a set of age keys of one kind.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use age::x25519;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256Digest;
use crate::hybrid::HybridRecipient;

mod identity;
mod long;
mod small;

pub use identity::{Identity, NotAnIdentity};
pub use long::{LongError, LongWriter, decrypt_long};
pub use small::{SmallError, decrypt_small, encrypt_small};
pub(crate) use small::{decrypt_in_memory, encrypt_in_memory};

/// Why a text is not a recipient, or a list not a set of recipients.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RecipientsError {
    /// The text is neither `age1pq1…` nor `age1…`.
    #[error("not an age recipient of a kind in use here")]
    NotARecipient,
    /// There is none.
    #[error("there is no recipient")]
    Empty,
    /// age refuses hybrid and classical recipients in one file.
    #[error("hybrid and X25519 recipients can't be mixed")]
    Mixed,
    /// The same recipient stands twice: two roles have been given one key.
    #[error("a recipient stands twice")]
    Duplicate,
}

/// The two kinds of key that a programme chooses from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecipientKind {
    /// `mlkem768x25519`: safe against a future quantum computer. The default.
    Hybrid,
    /// `X25519`: for tools older than age 1.3.
    X25519,
}

/// One public key of age.
#[derive(Clone, PartialEq, Eq)]
pub enum Recipient {
    /// `age1pq1…`
    Hybrid(Box<HybridRecipient>),
    /// `age1…`
    X25519(x25519::Recipient),
}

impl Recipient {
    /// Which kind of key it is.
    #[must_use]
    pub fn kind(&self) -> RecipientKind {
        match self {
            Self::Hybrid(_) => RecipientKind::Hybrid,
            Self::X25519(_) => RecipientKind::X25519,
        }
    }

    fn as_age(&self) -> &dyn age::Recipient {
        match self {
            Self::Hybrid(recipient) => &**recipient,
            Self::X25519(recipient) => recipient,
        }
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hybrid(recipient) => recipient.fmt(f),
            Self::X25519(recipient) => recipient.fmt(f),
        }
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({:.16}…)", self.to_string())
    }
}

impl FromStr for Recipient {
    type Err = RecipientsError;

    fn from_str(text: &str) -> Result<Self, RecipientsError> {
        let recipient = if text.starts_with("age1pq1") {
            text.parse().ok().map(|hybrid| Self::Hybrid(Box::new(hybrid)))
        } else {
            text.parse().ok().map(Self::X25519)
        };
        // The X25519 type also reads capitals; one key has one spelling here, because fingerprints are over spellings.
        recipient.filter(|recipient| recipient.to_string() == text).ok_or(RecipientsError::NotARecipient)
    }
}

impl Serialize for Recipient {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Recipient {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// To whom something is encrypted: at least one recipient, all of one kind, none twice.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Recipient>", into = "Vec<Recipient>")]
pub struct Recipients(Vec<Recipient>);

impl Recipients {
    /// The set of these recipients, in this order.
    ///
    /// # Errors
    /// [`RecipientsError::Empty`], [`RecipientsError::Mixed`], [`RecipientsError::Duplicate`].
    pub fn new(recipients: Vec<Recipient>) -> Result<Self, RecipientsError> {
        let kind = recipients.first().ok_or(RecipientsError::Empty)?.kind();
        if recipients.iter().any(|recipient| recipient.kind() != kind) {
            return Err(RecipientsError::Mixed);
        }
        let spellings: BTreeSet<String> = recipients.iter().map(ToString::to_string).collect();
        if spellings.len() != recipients.len() {
            return Err(RecipientsError::Duplicate);
        }
        Ok(Self(recipients))
    }

    /// The kind that all of them share.
    #[must_use]
    pub fn kind(&self) -> RecipientKind {
        self.0[0].kind()
    }

    /// The same recipients behind another one.
    ///
    /// # Errors
    /// [`RecipientsError::Mixed`], [`RecipientsError::Duplicate`].
    pub fn after(&self, first: Recipient) -> Result<Self, RecipientsError> {
        Self::new([vec![first], self.0.clone()].concat())
    }

    /// Each recipient, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Recipient> {
        self.0.iter()
    }

    /// Whether every recipient of `others` is among these.
    #[must_use]
    pub fn include(&self, others: &Self) -> bool {
        others.iter().all(|other| self.0.contains(other))
    }

    /// SHA-256 over the recipients' spellings, sorted, each followed by a line feed: the same set has the same
    /// fingerprint in any order, and `LC_ALL=C sort recipients.txt | sha256sum` gives it too.
    #[must_use]
    pub fn fingerprint(&self) -> Sha256Digest {
        let spellings: BTreeSet<String> = self.iter().map(|recipient| format!("{recipient}\n")).collect();
        Sha256Digest::of(spellings.into_iter().collect::<String>().as_bytes())
    }

    /// An age encryptor to all of them.
    pub(crate) fn encryptor(&self) -> Result<age::Encryptor, age::EncryptError> {
        age::Encryptor::with_recipients(self.as_age())
    }

    /// Each of them, as the age crate takes it.
    pub(crate) fn as_age(&self) -> impl Iterator<Item = &dyn age::Recipient> {
        self.iter().map(Recipient::as_age)
    }
}

impl TryFrom<Vec<Recipient>> for Recipients {
    type Error = RecipientsError;

    fn try_from(recipients: Vec<Recipient>) -> Result<Self, RecipientsError> {
        Self::new(recipients)
    }
}

impl From<Recipients> for Vec<Recipient> {
    fn from(recipients: Recipients) -> Self {
        recipients.0
    }
}

impl fmt::Debug for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

/// One recipient a line.
impl fmt::Display for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|recipient| writeln!(f, "{recipient}"))
    }
}

/// Reads what `age -R` reads: one recipient a line, empty lines and lines that begin with `#` ignored.
impl FromStr for Recipients {
    type Err = RecipientsError;

    fn from_str(text: &str) -> Result<Self, RecipientsError> {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self::new(lines.map(str::parse).collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both_kinds() -> [RecipientKind; 2] {
        [RecipientKind::Hybrid, RecipientKind::X25519]
    }

    #[test]
    fn a_set_is_of_one_kind_without_repetition() {
        let hybrid = Identity::make_hybrid().recipient();
        let classical = Identity::make_x25519().recipient();
        assert_eq!(Recipients::new(vec![]).unwrap_err(), RecipientsError::Empty);
        assert_eq!(Recipients::new(vec![hybrid.clone(), classical]).unwrap_err(), RecipientsError::Mixed);
        assert_eq!(Recipients::new(vec![hybrid.clone(), hybrid]).unwrap_err(), RecipientsError::Duplicate);
    }

    #[test]
    fn a_fingerprint_does_not_depend_on_the_order() {
        for kind in both_kinds() {
            let (a, b) = (Identity::make(kind).recipient(), Identity::make(kind).recipient());
            let ab = Recipients::new(vec![a.clone(), b.clone()]).unwrap();
            let ba = Recipients::new(vec![b, a.clone()]).unwrap();
            assert_eq!(ab.fingerprint(), ba.fingerprint());
            assert_ne!(ab.fingerprint(), Recipients::new(vec![a]).unwrap().fingerprint());
        }
    }

    #[test]
    fn recipients_read_back_from_text_and_json() {
        for kind in both_kinds() {
            let set =
                Recipients::new(vec![Identity::make(kind).recipient(), Identity::make(kind).recipient()]).unwrap();
            assert_eq!(set.kind(), kind);
            assert_eq!(format!("# work and recovery\n\n{set}").parse::<Recipients>().unwrap(), set);
            let json = serde_json::to_string(&set).unwrap();
            assert!(json.starts_with("[\"age1"));
            assert_eq!(serde_json::from_str::<Recipients>(&json).unwrap(), set);
        }
        assert!(serde_json::from_str::<Recipients>("[]").is_err());
        assert_eq!("age1xyz".parse::<Recipients>().unwrap_err(), RecipientsError::NotARecipient);
        let shouted = Identity::make_x25519().recipient().to_string().to_uppercase();
        assert_eq!(shouted.parse::<Recipient>().unwrap_err(), RecipientsError::NotARecipient);
    }
}
