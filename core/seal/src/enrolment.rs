//! How a tablet joins a programme: its signed request, and the city's signed answer.

use chrono::{DateTime, Utc};
use homon_domain::ids::{Code, DeviceId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::certificate::{self, Unreadable};
use crate::digest::Sha256Digest;
use crate::jws::{self, SignError, Signer, TokenError};
use crate::keys::{PublicKey, SigningKey};
use crate::recipients::{Recipient, Recipients};

/// The `typ` of an enrolment request.
pub const REQUEST_TYP: &str = "homon-enrolment-request+jws";
/// The `typ` of an enrolment.
pub const ENROLMENT_TYP: &str = "homon-enrolment+jws";
/// The number of the enrolment format that this code writes and reads.
pub const FORMAT: u16 = 1;

/// Why an enrolment or a request was not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EnrolmentError {
    /// The token itself is not in order.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Of a later format than this code reads.
    #[error("the enrolment is of a format that this version does not know")]
    UnknownFormat,
    /// A certificate or certificate request in it can't be read, or is not on P-256.
    #[error("a certificate in the enrolment can't be read")]
    BadCertificate,
    /// The CA's fingerprint is not the one that people compared.
    #[error("the enrolment comes from another city's authority")]
    OtherAuthority,
    /// The client certificate is for another tablet's key: the file of a different tablet.
    #[error("the enrolment is for another device")]
    OtherDevice,
    /// Keys that must differ are the same, or the recovery key can't open visits.
    #[error("the enrolment's keys don't fit together")]
    BadKeys,
}

impl From<Unreadable> for EnrolmentError {
    fn from(_: Unreadable) -> Self {
        Self::BadCertificate
    }
}

/// What a tablet asks for, signed by its device key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EnrolmentRequest {
    /// [`FORMAT`].
    pub format: u16,
    /// The PKCS#10 request for the client certificate, signed by the same device key.
    pub csr_pem: String,
    /// Where to encrypt what comes back to the tablet.
    pub mailbox: Recipient,
    /// What people call the tablet, such as `tablet-03`.
    pub label: Code,
    /// The device's public key.
    pub device_key: PublicKey,
    /// The tablet's clock.
    pub made_at: DateTime<Utc>,
}

impl EnrolmentRequest {
    /// Signs the request with the device's key.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(&self, device: Signer<'_>) -> Result<String, SignError> {
        jws::sign(device, REQUEST_TYP, self)
    }

    /// Reads a request and checks that one key signed the token and the PKCS#10 request in it. That the key is this
    /// tablet's is for people to see: they compare the [`fingerprint_groups`] of its thumbprint.
    ///
    /// # Errors
    /// [`EnrolmentError::Token`], [`EnrolmentError::UnknownFormat`], [`EnrolmentError::BadCertificate`],
    /// [`EnrolmentError::OtherDevice`] for a PKCS#10 request of another key.
    pub fn verify(token: &str) -> Result<Self, EnrolmentError> {
        let Possessor { device_key } = jws::unverified_claims(token, REQUEST_TYP)?;
        check_format(token, REQUEST_TYP, &device_key)?;
        let request: Self = jws::verify(token, REQUEST_TYP, &device_key)?;
        if certificate::request_key(&request.csr_pem)? == request.device_key {
            Ok(request)
        } else {
            Err(EnrolmentError::OtherDevice)
        }
    }
}

/// To whom a tablet encrypts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EnrolmentRecipients {
    /// Visits, hellos and notices: the desk's work key and the recovery key.
    pub work: Recipients,
    /// Copies of visit keys: the recovery key alone.
    pub recovery: Recipients,
    /// Tallies: the contractor's office, where there is one.
    pub office: Option<Recipients>,
}

/// Keys with which the city signed before, and whose word still counts: what they signed is on its way or stands in the
/// store. A key that may have leaked is not among them.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct FormerKeys {
    /// Of the intake, for *held* receipts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<PublicKey>,
    /// Of the desk, for *opened* receipts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opened: Vec<PublicKey>,
    /// Of the desk, for what comes back to the tablet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mail: Vec<PublicKey>,
}

impl FormerKeys {
    /// Whether no key was ever exchanged.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The city's answer, signed by the key of its CA. `P` is the programme (業務).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Enrolment<P> {
    /// [`FORMAT`].
    pub format: u16,
    /// Counted up by the city: a tablet takes no enrolment with a lower number than it has.
    pub serial: u64,
    /// What the tablet is called from now on.
    pub device: DeviceId,
    /// The rules of the work.
    pub programme: P,
    /// The device's certificate for TLS.
    pub client_certificate_pem: String,
    /// The authority to pin. It signed the client certificate, the intake's certificate and this enrolment.
    pub ca_pem: String,
    /// A second authority to pin, while one takes the other's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_ca_pem: Option<String>,
    /// Where packages go.
    pub intake_url: String,
    /// The name in the intake's certificate.
    pub server_name: String,
    /// To whom the tablet encrypts.
    pub recipients: EnrolmentRecipients,
    /// The intake's key for *held* receipts.
    pub held_key: PublicKey,
    /// The desk's key for *opened* receipts.
    pub opened_key: PublicKey,
    /// The desk's key for what comes back to the tablet.
    pub mail_key: PublicKey,
    /// Keys that these have taken the place of.
    #[serde(default, skip_serializing_if = "FormerKeys::is_empty")]
    pub former: FormerKeys,
    /// The city's clock.
    pub issued_at: DateTime<Utc>,
}

impl<P: Serialize> Enrolment<P> {
    /// Signs the enrolment with the key of the city's CA.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(&self, ca: &SigningKey) -> Result<String, SignError> {
        jws::sign(Signer::City(ca), ENROLMENT_TYP, self)
    }
}

impl<P: DeserializeOwned> Enrolment<P> {
    /// Accepts an enrolment only from the authority whose fingerprint people compared, and only for this device's key.
    ///
    /// # Errors
    /// Any [`EnrolmentError`].
    pub fn verify(token: &str, ca_fingerprint: &Sha256Digest, device_key: &PublicKey) -> Result<Self, EnrolmentError> {
        let ca = claimed_authority(token)?;
        if certificate::fingerprint(&ca) != *ca_fingerprint {
            return Err(EnrolmentError::OtherAuthority);
        }
        let authority = certificate::certificate_key(&ca)?;
        check_format(token, ENROLMENT_TYP, &authority)?;
        let enrolment: Self = jws::verify(token, ENROLMENT_TYP, &authority)?;
        enrolment.check_certificate(&ca, device_key)?;
        enrolment.check_keys(&authority)?;
        if let Some(other) = &enrolment.other_ca_pem {
            certificate::certificate_key(&certificate::certificate_der(other)?)?;
        }
        Ok(enrolment)
    }
}

impl<P> Enrolment<P> {
    /// The keys whose *held* receipts count, the present one first.
    #[must_use]
    pub fn held_keys(&self) -> Vec<PublicKey> {
        present_first(self.held_key, &self.former.held)
    }

    /// The keys whose *opened* receipts count, the present one first.
    #[must_use]
    pub fn opened_keys(&self) -> Vec<PublicKey> {
        present_first(self.opened_key, &self.former.opened)
    }

    /// The keys whose mail counts, the present one first.
    #[must_use]
    pub fn mail_keys(&self) -> Vec<PublicKey> {
        present_first(self.mail_key, &self.former.mail)
    }

    /// The certificates of all authorities that the tablet trusts, in PEM.
    #[must_use]
    pub fn pinned_pem(&self) -> String {
        [Some(&self.ca_pem), self.other_ca_pem.as_ref()].into_iter().flatten().map(|pem| format!("{pem}\n")).collect()
    }

    /// Whether an authority of that fingerprint may sign the next enrolment: it is one of those that are pinned.
    #[must_use]
    pub fn pins(&self, authority: &Sha256Digest) -> bool {
        let pinned = [Some(&self.ca_pem), self.other_ca_pem.as_ref()];
        pinned.into_iter().flatten().any(|pem| ca_fingerprint(pem).as_ref() == Ok(authority))
    }

    fn check_certificate(&self, ca: &[u8], device_key: &PublicKey) -> Result<(), EnrolmentError> {
        let client = certificate::certificate_der(&self.client_certificate_pem)?;
        if !certificate::is_signed_by(&client, ca)? {
            return Err(EnrolmentError::BadCertificate);
        }
        if certificate::certificate_key(&client)? == *device_key { Ok(()) } else { Err(EnrolmentError::OtherDevice) }
    }

    /// The intake must not be able to sign for the desk or the authority, nor the other way round; and what is
    /// encrypted to the work keys must be open to the recovery key.
    fn check_keys(&self, authority: &PublicKey) -> Result<(), EnrolmentError> {
        let (held, opened, mail) = (self.held_keys(), self.opened_keys(), self.mail_keys());
        let of_the_desk = [opened, mail].concat();
        let apart =
            !held.iter().any(|key| of_the_desk.contains(key) || key == authority) && !of_the_desk.contains(authority);
        let recoverable = self.recipients.work.include(&self.recipients.recovery);
        if apart && recoverable { Ok(()) } else { Err(EnrolmentError::BadKeys) }
    }
}

fn present_first(present: PublicKey, former: &[PublicKey]) -> Vec<PublicKey> {
    [&[present], former].concat()
}

/// The one claim of an unverified enrolment that is looked at: it is checked against the compared fingerprint at once.
#[derive(Deserialize)]
struct Authority {
    ca_pem: String,
}

/// The one claim of an unverified request that is looked at: the token must prove possession of this very key.
#[derive(Deserialize)]
struct Possessor {
    device_key: PublicKey,
}

#[derive(Deserialize)]
struct Format {
    format: u16,
}

/// The format is asked before the rest: another format may well have another shape.
fn check_format(token: &str, typ: &str, key: &PublicKey) -> Result<(), EnrolmentError> {
    let Format { format } = jws::verify(token, typ, key)?;
    if format == FORMAT { Ok(()) } else { Err(EnrolmentError::UnknownFormat) }
}

/// The certificate that an unverified enrolment claims to come from.
fn claimed_authority(token: &str) -> Result<Vec<u8>, EnrolmentError> {
    let Authority { ca_pem } = jws::unverified_claims(token, ENROLMENT_TYP)?;
    Ok(certificate::certificate_der(&ca_pem)?)
}

/// The fingerprint of the authority that an enrolment claims to come from, for people to compare with what the city
/// gave them by another way. Until they have, nothing in the enrolment is to be believed.
///
/// # Errors
/// [`EnrolmentError::Token`], [`EnrolmentError::BadCertificate`].
pub fn claimed_fingerprint(token: &str) -> Result<Sha256Digest, EnrolmentError> {
    Ok(certificate::fingerprint(&claimed_authority(token)?))
}

/// The fingerprint of a certificate in PEM.
///
/// # Errors
/// [`EnrolmentError::BadCertificate`].
pub fn ca_fingerprint(ca_pem: &str) -> Result<Sha256Digest, EnrolmentError> {
    Ok(certificate::fingerprint(&certificate::certificate_der(ca_pem)?))
}

/// A fingerprint as people read it aloud: sixteen groups of four digits.
#[must_use]
pub fn fingerprint_groups(fingerprint: &Sha256Digest) -> String {
    let digits = fingerprint.to_string();
    let groups: Vec<&str> = (0..digits.len()).step_by(4).map(|at| &digits[at..at + 4]).collect();
    groups.join(" ")
}
