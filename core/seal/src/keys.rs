//! P-256 keys that sign and verify: the device's public key, and the city's own software keys.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::digest::Sha256Digest;

/// An uncompressed SEC 1 point: one byte 4, then x and y of 32 bytes each.
const POINT_BYTES: usize = 65;
const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----\n";
const PEM_END: &str = "-----END PRIVATE KEY-----\n";

/// Why bytes or a text are not a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyError {
    /// Not an uncompressed P-256 point of 65 bytes.
    #[error("not an uncompressed P-256 public key")]
    NotAPublicKey,
    /// Not a PKCS#8 private key on P-256 that carries its public key.
    #[error("not a P-256 private key in PKCS#8")]
    NotAPrivateKey,
}

/// A P-256 public key. As JSON it is a JWK (RFC 7517) of exactly `kty`, `crv`, `x` and `y`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; POINT_BYTES]);

impl PublicKey {
    /// The key of an uncompressed SEC 1 point of 65 bytes. Whether the point is on the curve shows when it verifies.
    ///
    /// # Errors
    /// [`KeyError::NotAPublicKey`].
    pub fn from_sec1(point: &[u8]) -> Result<Self, KeyError> {
        let point: [u8; POINT_BYTES] = point.try_into().map_err(|_| KeyError::NotAPublicKey)?;
        if point[0] == 4 { Ok(Self(point)) } else { Err(KeyError::NotAPublicKey) }
    }

    /// The uncompressed SEC 1 point.
    #[must_use]
    pub fn as_sec1(&self) -> &[u8; POINT_BYTES] {
        &self.0
    }

    /// The key's thumbprint (RFC 7638).
    #[must_use]
    pub fn thumbprint(&self) -> Sha256Digest {
        let Jwk { kty, crv, x, y } = self.jwk();
        Sha256Digest::of(format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}","y":"{y}"}}"#).as_bytes())
    }

    /// The thumbprint in base64url, which tokens carry as `kid`.
    #[must_use]
    pub fn kid(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.thumbprint().0)
    }

    /// Whether `signature` (r followed by s) is this key's over SHA-256 of `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        ring::signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.0).verify(message, signature).is_ok()
    }

    fn jwk(&self) -> Jwk {
        let (x, y) = self.0[1..].split_at(32);
        let word = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Jwk { kty: "EC".into(), crv: "P-256".into(), x: word(x), y: word(y) }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.kid())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

impl Serialize for PublicKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.jwk().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || serde::de::Error::custom("not a P-256 public key");
        let jwk = Jwk::deserialize(deserializer)?;
        let mut point = vec![4];
        for word in [&jwk.x, &jwk.y] {
            let number = URL_SAFE_NO_PAD.decode(word).ok().filter(|bytes| bytes.len() == 32).ok_or_else(wrong)?;
            point.extend(number);
        }
        if jwk.kty == "EC" && jwk.crv == "P-256" { Self::from_sec1(&point).map_err(|_| wrong()) } else { Err(wrong()) }
    }
}

/// A P-256 private key in software: the city's CA, intake and desk keys. Never shown; the PKCS#8 form is wiped when
/// dropped, the scalar inside ring is not (ring does not wipe).
pub struct SigningKey {
    pair: EcdsaKeyPair,
    pkcs8: Zeroizing<Vec<u8>>,
}

impl SigningKey {
    /// A new random key.
    ///
    /// # Panics
    /// When the operating system has no random numbers to give.
    #[must_use]
    pub fn make() -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .expect("the operating system has random numbers");
        Self::from_pkcs8_der(pkcs8.as_ref()).expect("what was just generated parses")
    }

    /// Reads PKCS#8 in DER.
    ///
    /// # Errors
    /// [`KeyError::NotAPrivateKey`].
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &SystemRandom::new())
            .map_err(|_| KeyError::NotAPrivateKey)?;
        Ok(Self { pair, pkcs8: Zeroizing::new(der.to_vec()) })
    }

    /// Reads PKCS#8 in PEM, one `PRIVATE KEY` block and nothing else.
    ///
    /// # Errors
    /// [`KeyError::NotAPrivateKey`].
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, KeyError> {
        let body = pem.strip_prefix(PEM_BEGIN).and_then(|rest| rest.strip_suffix(PEM_END));
        let mut packed = Zeroizing::new(String::with_capacity(pem.len()));
        packed.extend(body.ok_or(KeyError::NotAPrivateKey)?.lines());
        let der = Zeroizing::new(STANDARD.decode(&*packed).map_err(|_| KeyError::NotAPrivateKey)?);
        Self::from_pkcs8_der(&der)
    }

    /// The key as PKCS#8 in DER.
    #[must_use]
    pub fn to_pkcs8_der(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The key as PKCS#8 in PEM, as `openssl pkey` reads it.
    #[must_use]
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        let packed = Zeroizing::new(STANDARD.encode(&*self.pkcs8));
        let mut pem = Zeroizing::new(String::with_capacity(2 * packed.len() + PEM_BEGIN.len() + PEM_END.len()));
        pem.push_str(PEM_BEGIN);
        for (at, letter) in packed.char_indices() {
            if at > 0 && at % 64 == 0 {
                pem.push('\n');
            }
            pem.push(letter);
        }
        pem.push('\n');
        pem.push_str(PEM_END);
        pem
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey::from_sec1(self.pair.public_key().as_ref()).expect("ring gives uncompressed points")
    }

    /// Signs SHA-256 of `message`: r followed by s.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature = self.pair.sign(&SystemRandom::new(), message).expect("the operating system has random numbers");
        signature.as_ref().try_into().expect("the fixed spelling has 64 bytes")
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(redacted, public {})", self.public_key().kid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example key of RFC 7515 appendix A.3. Its thumbprint below was computed apart, with another SHA-256.
    const EXAMPLE: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

    #[test]
    fn a_jwk_reads_back_and_is_strict() {
        let key: PublicKey = serde_json::from_str(EXAMPLE).unwrap();
        assert_eq!(serde_json::to_string(&key).unwrap(), EXAMPLE);
        assert_eq!(PublicKey::from_sec1(key.as_sec1()), Ok(key));
        for (from, to) in [("EC", "OKP"), ("P-256", "P-384"), ("VEU", "VE"), ("5a0", "5a0="), ("}", ",\"d\":\"AA\"}")] {
            assert!(serde_json::from_str::<PublicKey>(&EXAMPLE.replace(from, to)).is_err(), "{to}");
        }
    }

    #[test]
    fn a_thumbprint_is_that_of_rfc_7638() {
        let key: PublicKey = serde_json::from_str(EXAMPLE).unwrap();
        assert_eq!(key.kid(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
    }

    #[test]
    fn compressed_points_are_refused() {
        let key = SigningKey::make().public_key();
        assert_eq!(PublicKey::from_sec1(&key.as_sec1()[1..]), Err(KeyError::NotAPublicKey));
        let mut compressed = *key.as_sec1();
        compressed[0] = 2;
        assert_eq!(PublicKey::from_sec1(&compressed), Err(KeyError::NotAPublicKey));
    }

    #[test]
    fn a_signing_key_reads_back_and_does_not_show_itself() {
        let key = SigningKey::make();
        let from_pem = SigningKey::from_pkcs8_pem(&key.to_pkcs8_pem()).unwrap();
        let from_der = SigningKey::from_pkcs8_der(key.to_pkcs8_der()).unwrap();
        assert_eq!(from_pem.public_key(), key.public_key());
        assert!(key.public_key().verifies(b"word", &from_der.sign(b"word")));
        assert!(!key.public_key().verifies(b"other", &from_der.sign(b"word")));
        assert!(key.to_pkcs8_pem().lines().all(|line| line.len() <= 64));
        assert!(format!("{key:?}").starts_with("SigningKey(redacted"));
        assert!(SigningKey::from_pkcs8_pem("-----BEGIN PRIVATE KEY-----\n").is_err());
        assert!(SigningKey::from_pkcs8_pem(&key.to_pkcs8_pem().replace("PRIVATE", "PUBLIC")).is_err());
    }
}
