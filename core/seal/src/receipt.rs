//! Receipts: the city's word that a package is safe, and that it has been opened.
//!
//! Two keys, two types. *Held* comes from the intake's key: complete, digest verified, durable. *Opened* comes from the
//! desk's key, which the intake machine never has: decrypted and reconciled. Erasing a visit takes one of these types,
//! and there is no way to make one but to verify a token.

use chrono::{DateTime, Utc};
use homon_domain::ids::{DeviceId, SealNumber};
use serde::{Deserialize, Serialize};

use crate::digest::Sha256Digest;
use crate::jws::{self, SignError, Signer, TokenError};
use crate::keys::{PublicKey, SigningKey};
use crate::package::{PackageKey, Subject};

/// The `typ` of a *held* receipt.
pub const HELD_TYP: &str = "homon-receipt-held+jws";
/// The `typ` of an *opened* receipt.
pub const OPENED_TYP: &str = "homon-receipt-opened+jws";

/// Why a receipt was not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReceiptError {
    /// The token itself is not in order.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// It is a receipt for another package, or for other bytes of the same.
    #[error("the receipt is for another package")]
    OtherPackage,
}

/// What is signed. The fields of the key stand side by side with the others, without nesting.
#[derive(Serialize, Deserialize)]
struct Claims<R> {
    device: DeviceId,
    subject: Subject,
    seal: SealNumber,
    sha256: Sha256Digest,
    at: DateTime<Utc>,
    recipients: R,
}

impl<R> Claims<R> {
    fn new(package: &PackageKey, sha256: Sha256Digest, at: DateTime<Utc>, recipients: R) -> Self {
        Self { device: package.device, subject: package.subject, seal: package.seal, sha256, at, recipients }
    }

    fn key(&self) -> PackageKey {
        PackageKey { device: self.device, subject: self.subject, seal: self.seal }
    }

    fn check(&self, expected: &PackageKey, expected_sha256: Sha256Digest) -> Result<(), ReceiptError> {
        let same = self.key() == *expected && self.sha256 == expected_sha256;
        if same { Ok(()) } else { Err(ReceiptError::OtherPackage) }
    }
}

/// Proof that the intake holds the whole package durably. Comes only from [`HeldReceipt::verify`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldReceipt {
    key: PackageKey,
    sha256: Sha256Digest,
    at: DateTime<Utc>,
}

impl HeldReceipt {
    /// Verifies the token against the intake's keys, present and former, the package and the digest of the sealed file.
    ///
    /// # Errors
    /// Any [`ReceiptError`].
    pub fn verify(
        token: &str,
        intake: &[PublicKey],
        expected: &PackageKey,
        expected_sha256: Sha256Digest,
    ) -> Result<Self, ReceiptError> {
        let claims: Claims<()> = jws::verify_by_one_of(token, HELD_TYP, intake)?;
        claims.check(expected, expected_sha256)?;
        Ok(Self { key: claims.key(), sha256: claims.sha256, at: claims.at })
    }

    /// Which package is held.
    #[must_use]
    pub fn key(&self) -> &PackageKey {
        &self.key
    }

    /// The digest of the sealed file.
    #[must_use]
    pub fn sha256(&self) -> Sha256Digest {
        self.sha256
    }

    /// Since when, by the intake's clock.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }
}

/// Proof that the desk decrypted and reconciled the package. Comes only from [`OpenedReceipt::verify`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenedReceipt {
    key: PackageKey,
    sha256: Sha256Digest,
    at: DateTime<Utc>,
    recipients: Sha256Digest,
}

impl OpenedReceipt {
    /// Verifies the token against the desk's keys, present and former, the package and the digest of the sealed file.
    ///
    /// # Errors
    /// Any [`ReceiptError`].
    pub fn verify(
        token: &str,
        desk: &[PublicKey],
        expected: &PackageKey,
        expected_sha256: Sha256Digest,
    ) -> Result<Self, ReceiptError> {
        let claims: Claims<Sha256Digest> = jws::verify_by_one_of(token, OPENED_TYP, desk)?;
        claims.check(expected, expected_sha256)?;
        Ok(Self { key: claims.key(), sha256: claims.sha256, at: claims.at, recipients: claims.recipients })
    }

    /// Which package was opened.
    #[must_use]
    pub fn key(&self) -> &PackageKey {
        &self.key
    }

    /// The digest of the sealed file.
    #[must_use]
    pub fn sha256(&self) -> Sha256Digest {
        self.sha256
    }

    /// When, by the desk's clock.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// The fingerprint of the recipients to which the package was encrypted: what this receipt proves can be opened.
    #[must_use]
    pub fn recipients(&self) -> Sha256Digest {
        self.recipients
    }
}

/// Signs that the package of that digest is held. The intake's key; `sha256` is that of the sealed file.
///
/// # Errors
/// [`SignError`].
pub fn issue_held(
    intake: &SigningKey,
    package: &PackageKey,
    sha256: Sha256Digest,
    at: DateTime<Utc>,
) -> Result<String, SignError> {
    jws::sign(Signer::City(intake), HELD_TYP, &Claims::new(package, sha256, at, ()))
}

/// Signs that the package of that digest has been opened. The desk's key; `recipients` is the fingerprint that the
/// package's manifest names.
///
/// # Errors
/// [`SignError`].
pub fn issue_opened(
    desk: &SigningKey,
    package: &PackageKey,
    sha256: Sha256Digest,
    recipients: Sha256Digest,
    at: DateTime<Utc>,
) -> Result<String, SignError> {
    jws::sign(Signer::City(desk), OPENED_TYP, &Claims::new(package, sha256, at, recipients))
}
