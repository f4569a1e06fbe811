//! The hybrid post-quantum recipient of the age format, `mlkem768x25519`.
//!
//! Follows the C2SP age specification (<https://c2sp.org/age>): HPKE (RFC 9180) in base mode with the X-Wing KEM
//! (0x647a), HKDF-SHA256 and ChaCha20-Poly1305. The `age` crate has no such type in the release that can be built
//! here; `docs/decisions/0003-age-hybrid-recipient.md` says when this module goes away.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use age::{DecryptError, EncryptError};
use age_core::format::{FILE_KEY_BYTES, FileKey, Stanza};
use age_core::secrecy::ExposeSecret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Checksum, Hrp};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal};
use ring::agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral};
use ring::rand::SystemRandom;
use zeroize::{Zeroize, Zeroizing};

const STANZA_TAG: &str = "mlkem768x25519";
const INFO: &[u8] = b"age-encryption.org/mlkem768x25519";
/// Recipients with this label are encrypted to only together with others that bear it.
const LABEL: &str = "postquantum";
const RECIPIENT_HRP: &str = "age1pq";
const IDENTITY_HRP: &str = "AGE-SECRET-KEY-PQ-";
const SHARE_BYTES: usize = 32;
const AEAD_TAG_BYTES: usize = 16;

type PublicKey = <XWing as Kem>::PublicKey;
type PrivateKey = <XWing as Kem>::PrivateKey;
type EncappedKey = <XWing as Kem>::EncappedKey;

/// The text is not a hybrid recipient or identity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a hybrid age key")]
pub struct NotAHybridKey;

/// Bech32 without its limit of 1,023 characters: a hybrid recipient has 1,959.
enum LongBech32 {}

impl Checksum for LongBech32 {
    type MidstateRepr = <Bech32 as Checksum>::MidstateRepr;
    type CorrectionField = <Bech32 as Checksum>::CorrectionField;
    const ROOT_GENERATOR: Self::CorrectionField = Bech32::ROOT_GENERATOR;
    const ROOT_EXPONENTS: core::ops::RangeInclusive<usize> = Bech32::ROOT_EXPONENTS;
    const CODE_LENGTH: usize = 2048;
    const CHECKSUM_LENGTH: usize = Bech32::CHECKSUM_LENGTH;
    const GENERATOR_SH: [Self::MidstateRepr; 5] = Bech32::GENERATOR_SH;
    const TARGET_RESIDUE: Self::MidstateRepr = Bech32::TARGET_RESIDUE;
}

fn bech32_decode(text: &str, hrp: &str) -> Result<Zeroizing<Vec<u8>>, NotAHybridKey> {
    let checked = CheckedHrpstring::new::<LongBech32>(text).map_err(|_| NotAHybridKey)?;
    // A word in capitals has its prefix in capitals: the comparison also settles the case of the whole.
    if !text.starts_with(hrp) || checked.hrp().len() != hrp.len() {
        return Err(NotAHybridKey);
    }
    // Reserved at once, so that no half-grown copy of a secret is left behind on the heap.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    bytes.extend(checked.byte_iter());
    Ok(bytes)
}

/// The standard post-quantum recipient of age: `age1pq1…`.
#[derive(Clone, PartialEq, Eq)]
pub struct HybridRecipient(PublicKey);

impl fmt::Display for HybridRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hrp = Hrp::parse(RECIPIENT_HRP).map_err(|_| fmt::Error)?;
        bech32::encode_lower_to_fmt::<LongBech32, _>(f, hrp, &self.0.to_bytes()).map_err(|_| fmt::Error)
    }
}

impl fmt::Debug for HybridRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for HybridRecipient {
    type Err = NotAHybridKey;

    fn from_str(text: &str) -> Result<Self, NotAHybridKey> {
        let bytes = bech32_decode(text, RECIPIENT_HRP)?;
        PublicKey::from_bytes(&bytes).map(Self).map_err(|_| NotAHybridKey)
    }
}

impl age::Recipient for HybridRecipient {
    fn wrap_file_key(&self, file_key: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let (encapped, body) = single_shot_seal::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeS::Base,
            &self.0,
            INFO,
            file_key.expose_secret(),
            b"",
        )
        .map_err(|_| EncryptError::Io(std::io::Error::other("the file key could not be wrapped")))?;
        let stanza =
            Stanza { tag: STANZA_TAG.to_owned(), args: vec![STANDARD_NO_PAD.encode(encapped.to_bytes())], body };
        Ok((vec![stanza], HashSet::from([LABEL.to_owned()])))
    }
}

/// The standard post-quantum identity of age: `AGE-SECRET-KEY-PQ-1…`. Its 32 bytes are wiped when it is dropped.
#[derive(Clone)]
pub struct HybridIdentity(PrivateKey);

impl HybridIdentity {
    /// A new random identity.
    ///
    /// # Panics
    /// When the operating system has no random numbers to give.
    #[must_use]
    pub fn make() -> Self {
        Self(XWing::gen_keypair().0)
    }

    /// The recipient to which others encrypt.
    #[must_use]
    pub fn recipient(&self) -> HybridRecipient {
        HybridRecipient(XWing::sk_to_pk(&self.0))
    }

    /// The secret in its standard spelling.
    #[must_use]
    pub fn to_secret_string(&self) -> Zeroizing<String> {
        let mut seed = self.0.to_bytes();
        let hrp = Hrp::parse(IDENTITY_HRP).expect("a constant of printable ASCII");
        let text = bech32::encode_upper::<LongBech32>(hrp, &seed).expect("32 bytes are short enough");
        seed.zeroize();
        Zeroizing::new(text)
    }

    fn unwrap_share(&self, argument: &str, body: &[u8]) -> Option<Result<FileKey, DecryptError>> {
        let Some(encapped) = parse_share(argument) else {
            return Some(Err(DecryptError::InvalidHeader));
        };
        if body.len() != FILE_KEY_BYTES + AEAD_TAG_BYTES {
            return Some(Err(DecryptError::InvalidHeader));
        }
        // X-Wing rejects implicitly: a stanza for somebody else shows only here, and is no error.
        let opened = single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeR::Base,
            &self.0,
            &encapped,
            INFO,
            body,
            b"",
        );
        let file_key = Zeroizing::new(opened.ok()?);
        Some(Ok(FileKey::init_with_mut(|bytes| bytes.copy_from_slice(&file_key))))
    }
}

fn parse_share(argument: &str) -> Option<EncappedKey> {
    let bytes = STANDARD_NO_PAD.decode(argument).ok()?;
    let encapped = EncappedKey::from_bytes(&bytes).ok()?;
    let share = bytes.last_chunk::<SHARE_BYTES>()?;
    is_contributory(share).then_some(encapped)
}

/// Whether an X25519 share is a point that a key can contribute to. The specification refuses the others (low order),
/// for which every private key gives zero; the KEM itself accepts them. ring refuses whatever gives zero.
fn is_contributory(share: &[u8; SHARE_BYTES]) -> bool {
    EphemeralPrivateKey::generate(&X25519, &SystemRandom::new())
        .and_then(|probe| agree_ephemeral(probe, &UnparsedPublicKey::new(&X25519, share), |_| ()))
        .is_ok()
}

impl fmt::Debug for HybridIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HybridIdentity(redacted)")
    }
}

impl FromStr for HybridIdentity {
    type Err = NotAHybridKey;

    fn from_str(text: &str) -> Result<Self, NotAHybridKey> {
        let seed = bech32_decode(text, IDENTITY_HRP)?;
        PrivateKey::from_bytes(&seed).map(Self).map_err(|_| NotAHybridKey)
    }
}

impl age::Identity for HybridIdentity {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        if stanza.tag != STANZA_TAG {
            return None;
        }
        match &stanza.args[..] {
            [argument] => self.unwrap_share(argument, &stanza.body),
            _ => Some(Err(DecryptError::InvalidHeader)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use age::{Identity, Recipient};

    #[test]
    fn the_long_checksum_is_bech32() {
        LongBech32::sanity_check();
    }

    #[test]
    fn keys_have_one_spelling() {
        let identity = HybridIdentity::make();
        let secret = identity.to_secret_string();
        assert!(secret.starts_with("AGE-SECRET-KEY-PQ-1"));
        let again: HybridIdentity = secret.parse().unwrap();
        assert_eq!(again.recipient(), identity.recipient());
        assert!(secret.to_lowercase().parse::<HybridIdentity>().is_err());
        assert!(format!("{} ", *secret).parse::<HybridIdentity>().is_err());

        let recipient = identity.recipient().to_string();
        assert_eq!((recipient.len(), recipient.starts_with("age1pq1")), (1959, true));
        assert_eq!(recipient.parse::<HybridRecipient>().unwrap(), identity.recipient());
        assert!(recipient.to_uppercase().parse::<HybridRecipient>().is_err());
        assert!(recipient.parse::<HybridIdentity>().is_err());
        assert!(secret.parse::<HybridRecipient>().is_err());
        for at in [0, 7, 500, 1958] {
            let mut wrong = recipient.clone();
            let other = if &wrong[at..=at] == "q" { "p" } else { "q" };
            wrong.replace_range(at..=at, other);
            assert!(wrong.parse::<HybridRecipient>().is_err(), "{at}");
        }
    }

    #[test]
    fn an_identity_does_not_show_itself() {
        assert_eq!(format!("{:?}", HybridIdentity::make()), "HybridIdentity(redacted)");
    }

    #[test]
    fn a_file_key_is_unwrapped_by_its_identity_only() {
        let (ours, theirs) = (HybridIdentity::make(), HybridIdentity::make());
        let file_key = FileKey::new(Box::new([7; 16]));
        let (stanzas, labels) = ours.recipient().wrap_file_key(&file_key).unwrap();
        assert_eq!(labels, HashSet::from(["postquantum".to_owned()]));
        assert_eq!(ours.unwrap_stanzas(&stanzas).unwrap().unwrap().expose_secret(), &[7; 16]);
        assert!(theirs.unwrap_stanzas(&stanzas).is_none());
    }

    #[test]
    fn shares_of_low_order_are_refused() {
        let mut one = [0; 32];
        one[0] = 1;
        assert!(!is_contributory(&[0; 32]));
        assert!(!is_contributory(&one));
        let mut base = [0; 32];
        base[0] = 9;
        assert!(is_contributory(&base));
    }

    #[test]
    fn age_refuses_a_mixture() {
        let hybrid = HybridIdentity::make().recipient();
        let classical = age::x25519::Identity::generate().to_public();
        let mixed: [&dyn Recipient; 2] = [&hybrid, &classical];
        assert!(matches!(
            age::Encryptor::with_recipients(mixed.into_iter()),
            Err(EncryptError::IncompatibleRecipients { .. })
        ));
    }
}
