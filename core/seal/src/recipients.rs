//! To whom a package is encrypted, and who opens it: a set of age keys of one kind.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{Read, Write};
use std::str::FromStr;

use age::{DecryptError, x25519};
use age_core::format::{FileKey, Stanza};
use age_core::secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::digest::Sha256Digest;
use crate::hybrid::{HybridIdentity, HybridRecipient};

/// The most that [`decrypt_small`] gives, in bytes.
const SMALL_BYTES: u64 = 64 << 10;

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

/// The text is not an age identity of a kind in use here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an age identity of a kind in use here")]
pub struct NotAnIdentity;

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
        age::Encryptor::with_recipients(self.iter().map(Recipient::as_age))
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

/// Why a short secret could not be encrypted or decrypted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SmallError {
    /// It is longer than 64 KiB.
    #[error("too long for a short secret")]
    TooLong,
    /// None of the identities is among the recipients.
    #[error("not encrypted to any of these keys")]
    NotForUs,
    /// The bytes are not an age file, or were changed.
    #[error("damaged, or not an age file")]
    Damaged,
}

/// Encrypts a short secret (at most 64 KiB), such as the key of a visit's file, as one age file.
///
/// # Errors
/// [`SmallError::TooLong`].
pub fn encrypt_small(recipients: &Recipients, secret: &[u8]) -> Result<Vec<u8>, SmallError> {
    if secret.len() as u64 > SMALL_BYTES {
        return Err(SmallError::TooLong);
    }
    let write = || -> Result<Vec<u8>, age::EncryptError> {
        let mut writer = recipients.encryptor()?.wrap_output(Vec::new())?;
        writer.write_all(secret)?;
        Ok(writer.finish()?)
    };
    Ok(write().expect("recipients of one kind, and a writer that cannot fail"))
}

/// Decrypts what [`encrypt_small`] gave, or any age file as short.
///
/// # Errors
/// Any [`SmallError`].
pub fn decrypt_small(identities: &[Identity], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SmallError> {
    let decryptor = age::Decryptor::new_buffered(sealed).map_err(|_| SmallError::Damaged)?;
    let reader = decryptor.decrypt(identities.iter().map(|identity| identity as _)).map_err(|error| match error {
        DecryptError::NoMatchingKeys => SmallError::NotForUs,
        _ => SmallError::Damaged,
    })?;
    // Reserved at once, so that no half-grown copy of the secret is left behind on the heap.
    let mut secret = Zeroizing::new(Vec::with_capacity(sealed.len().min(SMALL_BYTES as usize + 1)));
    reader.take(SMALL_BYTES + 1).read_to_end(&mut secret).map_err(|_| SmallError::Damaged)?;
    if secret.len() as u64 > SMALL_BYTES { Err(SmallError::TooLong) } else { Ok(secret) }
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

    #[test]
    fn identities_read_back_and_do_not_show_themselves() {
        for kind in both_kinds() {
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

    #[test]
    fn short_secrets_come_back_to_each_recipient_only() {
        for kind in both_kinds() {
            let (work, recovery, stranger) = (Identity::make(kind), Identity::make(kind), Identity::make(kind));
            let to = Recipients::new(vec![work.recipient(), recovery.recipient()]).unwrap();
            let sealed = encrypt_small(&to, b"a key").unwrap();
            for identity in [&work, &recovery] {
                let opened = decrypt_small(std::slice::from_ref(identity), &sealed).unwrap();
                assert_eq!(opened.as_slice(), b"a key");
            }
            assert_eq!(decrypt_small(&[stranger], &sealed).unwrap_err(), SmallError::NotForUs);
            let mut damaged = sealed.clone();
            *damaged.last_mut().unwrap() ^= 1;
            assert_eq!(decrypt_small(std::slice::from_ref(&work), &damaged).unwrap_err(), SmallError::Damaged);
            let cut = &sealed[..sealed.len() - 1];
            assert_eq!(decrypt_small(std::slice::from_ref(&work), cut).unwrap_err(), SmallError::Damaged);
            assert_eq!(decrypt_small(&[work], b"no age file").unwrap_err(), SmallError::Damaged);
        }
    }

    #[test]
    fn a_short_secret_has_a_limit() {
        let identity = Identity::make_hybrid();
        let to = Recipients::new(vec![identity.recipient()]).unwrap();
        let largest = vec![1; 64 << 10];
        let sealed = encrypt_small(&to, &largest).unwrap();
        assert_eq!(*decrypt_small(&[identity], &sealed).unwrap(), largest);
        assert_eq!(encrypt_small(&to, &vec![1; (64 << 10) + 1]).unwrap_err(), SmallError::TooLong);
    }
}
