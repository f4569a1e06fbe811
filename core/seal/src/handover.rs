//! Handing a part of a visit to another tablet (引き継ぎ): its signed request, the file that goes to it, and what stays
//! written of that.
//!
//! Both tablets are the city's: each shows a certificate that the city's authority signed, and nothing else is believed.
//! That it is the tablet across the table, people see: they compare a short fingerprint of the request. The city is not
//! asked, because there is no network; it finds out from [`Provenance`] when the part arrives.

use std::io::{Read, Seek};

use chrono::{DateTime, Utc};
use homon_domain::ids::DeviceId;
use serde::{Deserialize, Serialize};

use crate::certificate::{self, Unreadable};
use crate::digest::Sha256Digest;
use crate::jws::{self, SignError, Signer, TokenError};
use crate::keys::PublicKey;
use crate::manifest::{HandedOver, MANIFEST_TYP};
use crate::package::{Limits, PackageKey, Subject};
use crate::reader::{self, OpenError, OpenedPackage};
use crate::recipients::{Identity, Recipient};

/// The `typ` of a request for a handover.
pub const REQUEST_TYP: &str = "homon-handover-request+jws";
/// The number of the request's format that this code writes and reads.
pub const FORMAT: u16 = 1;

/// Hexadecimal digits of the fingerprint that people compare: enough that no second request of the same beginning can
/// be found while they look at it.
const COMPARED_DIGITS: usize = 16;

/// Why a request for a handover was not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HandoverError {
    /// The token itself is not in order.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Of a later format than this code reads.
    #[error("the request is of a format that this version does not know")]
    UnknownFormat,
    /// The tablet's certificate can't be read, is not the city's, or names another tablet.
    #[error("the request does not come from a tablet of this city")]
    NotOfThisCity,
}

impl From<Unreadable> for HandoverError {
    fn from(_: Unreadable) -> Self {
        Self::NotOfThisCity
    }
}

/// What a tablet asks for that is to go on with a part, signed by its device key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandoverRequest {
    /// [`FORMAT`].
    pub format: u16,
    /// Which tablet.
    pub device: DeviceId,
    /// Its certificate by the city's authority.
    pub certificate_pem: String,
    /// Where to encrypt the part to.
    pub mailbox: Recipient,
    /// Its clock.
    pub made_at: DateTime<Utc>,
}

impl HandoverRequest {
    /// Signs the request with the device's key.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(&self, device: Signer<'_>) -> Result<String, SignError> {
        jws::sign(device, REQUEST_TYP, self)
    }

    /// Reads a request and checks that a tablet of this city signed it. `authorities` are the certificates of the city in
    /// PEM, as [`crate::Enrolment::pinned_pem`] gives them.
    ///
    /// # Errors
    /// Any [`HandoverError`].
    pub fn verify(token: &str, authorities: &str) -> Result<Self, HandoverError> {
        let claimed: Claimed = jws::unverified_claims(token, REQUEST_TYP)?;
        let key = key_of_tablet(&claimed.certificate_pem, authorities, claimed.device)?;
        let verified: Claimed = jws::verify(token, REQUEST_TYP, &key)?;
        if verified.format != FORMAT {
            return Err(HandoverError::UnknownFormat);
        }
        Ok(jws::verify(token, REQUEST_TYP, &key)?)
    }

    /// What people compare on the two screens: four groups of four digits over the whole request.
    #[must_use]
    pub fn fingerprint(token: &str) -> String {
        let digits = Sha256Digest::of(token.as_bytes()).to_string();
        let groups: Vec<&str> = (0..COMPARED_DIGITS).step_by(4).map(|at| &digits[at..at + 4]).collect();
        groups.join(" ")
    }
}

/// What every format of request will have.
#[derive(Deserialize)]
struct Claimed {
    format: u16,
    device: DeviceId,
    certificate_pem: String,
}

/// The key of a tablet whose certificate one of the city's authorities signed for it. Dates are not looked at: the clocks of two
/// tablets in a care home prove nothing.
fn key_of_tablet(certificate_pem: &str, authorities: &str, device: DeviceId) -> Result<PublicKey, Unreadable> {
    let certificate = certificate::certificate_der(certificate_pem)?;
    let is_its_own = certificate::device_of_certificate(&certificate) == Some(device);
    let authorities = certificate::all_certificates_der(authorities)?;
    let is_the_citys = |authority: &Vec<u8>| certificate::is_signed_by(&certificate, authority).unwrap_or(false);
    if is_its_own && authorities.iter().any(is_the_citys) {
        certificate::certificate_key(&certificate)
    } else {
        Err(Unreadable)
    }
}

/// Opens a part that another tablet of this city handed over, and verifies all of it.
///
/// `authorities` are as in [`HandoverRequest::verify`]. Who calls must still compare whom it is for, and which visit and
/// part it is.
///
/// # Errors
/// Any [`OpenError`]; [`OpenError::UnknownDevice`] when the tablet that sealed it is not this city's;
/// [`OpenError::Damaged`] for a package that is no handover.
pub fn open<R: Read + Seek + Send>(
    file: R,
    mailbox: &Identity,
    authorities: &str,
) -> Result<OpenedPackage<R>, OpenError> {
    let key_of = |key: &PackageKey, handover: Option<&HandedOver>| {
        key_of_tablet(&handover?.certificate_pem, authorities, key.device).ok()
    };
    let package = reader::open_as(file, std::slice::from_ref(mailbox), key_of, &Limits::default())?;
    let is_handover = matches!(package.manifest().key.subject, Subject::Handover { .. });
    if is_handover { Ok(package) } else { Err(OpenError::Damaged) }
}

/// One line of `handovers.jsonl`: how a part came to another tablet than the one before.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Provenance {
    /// A tablet handed it over.
    Handover {
        /// The manifest as that tablet signed it.
        manifest: String,
        /// The digest of the sealed file that came.
        sha256: Sha256Digest,
    },
    /// The city gave the key of the file back after a key store had died.
    Recovery {
        /// The token that the desk signed: see [`crate::grant`].
        grant: String,
    },
}

impl Provenance {
    /// Which package a handover claims to be: from which tablet, under which number. Whoever relies on it verifies the
    /// manifest.
    #[must_use]
    pub fn claimed_key(&self) -> Option<PackageKey> {
        #[derive(Deserialize)]
        struct Claimed {
            key: PackageKey,
        }
        let Self::Handover { manifest, .. } = self else { return None };
        jws::unverified_claims::<Claimed>(manifest, MANIFEST_TYP).ok().map(|claimed| claimed.key)
    }

    /// The line, without its end.
    #[must_use]
    pub fn to_line(&self) -> String {
        serde_json::to_string(self).expect("two texts have a JSON form")
    }
}

impl std::str::FromStr for Provenance {
    type Err = NotProvenance;

    fn from_str(line: &str) -> Result<Self, NotProvenance> {
        serde_json::from_str(line).map_err(|_| NotProvenance)
    }
}

/// The text is not a line of `handovers.jsonl`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a line of handovers.jsonl")]
pub struct NotProvenance;
