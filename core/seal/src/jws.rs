//! Signed tokens: JWS compact serialisation (RFC 7515) with ES256 (RFC 7518 section 3.4), and nothing else of JOSE.
//!
//! Written by hand because so little is needed and what is left out (other algorithms, keys in headers, `crit`) is
//! what has gone wrong elsewhere; see `docs/decisions/0004-jws-by-hand.md`. Every kind of token has its own `typ`
//! (RFC 8725 section 3.11), so that a receipt can never be taken for a manifest.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use homon_domain::platform::{KeyVault, VaultError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::ecdsa::fixed_from_der;
use crate::keys::{PublicKey, SigningKey};

/// The longest token that is written or read, in bytes.
pub const MAX_TOKEN: usize = 1 << 20;

const ALGORITHM: &str = "ES256";

/// Who signs.
#[derive(Clone, Copy)]
pub enum Signer<'a> {
    /// The device's key, which never leaves its vault.
    Device(&'a dyn KeyVault),
    /// One of the city's software keys.
    City(&'a SigningKey),
}

impl Signer<'_> {
    /// The public half of the signing key.
    ///
    /// # Errors
    /// [`SignError::Vault`], [`SignError::BadVault`].
    pub fn public_key(&self) -> Result<PublicKey, SignError> {
        match self {
            Self::Device(vault) => PublicKey::from_sec1(&vault.device_public_key()?).map_err(|_| SignError::BadVault),
            Self::City(key) => Ok(key.public_key()),
        }
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        match self {
            Self::Device(vault) => fixed_from_der(&vault.sign(message)?).map_err(|_| SignError::BadVault),
            Self::City(key) => Ok(key.sign(message)),
        }
    }
}

/// Why a token could not be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The vault refused.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The vault gave a key or a signature that is not P-256.
    #[error("the key store gave something that is not a P-256 key or signature")]
    BadVault,
    /// The claims have no JSON form.
    #[error("the claims can't be written as JSON")]
    Claims,
    /// The token would be longer than [`MAX_TOKEN`].
    #[error("the token would be too long")]
    TooLong,
}

/// Why a token was not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TokenError {
    /// Longer than [`MAX_TOKEN`].
    #[error("the token is too long")]
    TooLong,
    /// Not a compact JWS, or its header or claims are not of the expected form.
    #[error("the token is malformed")]
    Malformed,
    /// Signed with an algorithm other than ES256, or with none.
    #[error("the token is not signed with ES256")]
    WrongAlgorithm,
    /// A token of another type.
    #[error("the token is of another type")]
    WrongType,
    /// Signed by another key than the one that was asked for.
    #[error("the token is signed by another key")]
    OtherKey,
    /// The signature does not fit.
    #[error("the token's signature is wrong")]
    BadSignature,
}

/// Unknown members are refused, so `crit`, `jwk`, `x5c` and `b64` are too.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// Signs `claims` as a token of type `typ`.
///
/// # Errors
/// Any [`SignError`].
pub fn sign(signer: Signer<'_>, typ: &str, claims: &impl Serialize) -> Result<String, SignError> {
    let header = Header { alg: ALGORITHM.into(), typ: typ.into(), kid: signer.public_key()?.kid() };
    let mut token = encode(&header)?;
    token.push('.');
    token.push_str(&encode(claims)?);
    let signature = signer.sign(token.as_bytes())?;
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(signature));
    if token.len() > MAX_TOKEN { Err(SignError::TooLong) } else { Ok(token) }
}

/// Verifies a token of type `typ` signed by one of `keys`, and gives its claims.
///
/// # Errors
/// Any [`TokenError`].
pub fn verify_by_one_of<T: DeserializeOwned>(token: &str, typ: &str, keys: &[PublicKey]) -> Result<T, TokenError> {
    let kid = Parts::split(token)?.header(typ)?.kid;
    let key = keys.iter().find(|key| key.kid() == kid).ok_or(TokenError::OtherKey)?;
    verify(token, typ, key)
}

/// Verifies a token of type `typ` signed by `key`, and gives its claims.
///
/// # Errors
/// Any [`TokenError`].
pub fn verify<T: DeserializeOwned>(token: &str, typ: &str, key: &PublicKey) -> Result<T, TokenError> {
    let parts = Parts::split(token)?;
    if parts.header(typ)?.kid != key.kid() {
        return Err(TokenError::OtherKey);
    }
    let signature = URL_SAFE_NO_PAD.decode(parts.signature).map_err(|_| TokenError::Malformed)?;
    if !key.verifies(parts.signed.as_bytes(), &signature) {
        return Err(TokenError::BadSignature);
    }
    parts.claims()
}

/// The claims of a token that nobody has verified yet: only to find out whose key to ask for.
///
/// # Errors
/// [`TokenError`], but never [`TokenError::OtherKey`] or [`TokenError::BadSignature`].
pub fn unverified_claims<T: DeserializeOwned>(token: &str, typ: &str) -> Result<T, TokenError> {
    let parts = Parts::split(token)?;
    parts.header(typ)?;
    parts.claims()
}

struct Parts<'a> {
    header: &'a str,
    claims: &'a str,
    signature: &'a str,
    /// Header and claims with the dot between them: what is signed.
    signed: &'a str,
}

impl<'a> Parts<'a> {
    fn split(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN {
            return Err(TokenError::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        Ok(Self { header, claims, signature, signed })
    }

    fn header(&self, typ: &str) -> Result<Header, TokenError> {
        let header: Header = decode(self.header)?;
        if header.alg != ALGORITHM {
            return Err(TokenError::WrongAlgorithm);
        }
        if header.typ == typ { Ok(header) } else { Err(TokenError::WrongType) }
    }

    fn claims<T: DeserializeOwned>(&self) -> Result<T, TokenError> {
        decode(self.claims)
    }
}

fn encode(value: &impl Serialize) -> Result<String, SignError> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).map_err(|_| SignError::Claims)?))
}

/// The parser's own words are dropped: they quote what they stumbled over.
fn decode<T: DeserializeOwned>(part: &str) -> Result<T, TokenError> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| TokenError::Malformed)
}
