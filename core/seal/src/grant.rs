//! Grants (再開の許可): the city gives the key of a visit's file back to a tablet whose key store died.
//!
//! The tablet sends the copy of the key that only the recovery key opens; the desk answers with a short age file to the
//! tablet's mailbox. In it lie the key and a token that names the tablet, the visit and the part. The token holds the
//! key's digest and not the key, so that it can stand in the visit's package as evidence.

use chrono::{DateTime, Utc};
use homon_domain::ids::{DeviceId, PartNumber, SealNumber, VisitId};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::digest::Sha256Digest;
use crate::jws::{self, SignError, Signer, TokenError};
use crate::keys::{PublicKey, SigningKey};
use crate::recipients::{Identity, Recipient, Recipients, SmallError, decrypt_small, encrypt_small};

/// The `typ` of a grant.
pub const GRANT_TYP: &str = "homon-grant+jws";
/// The number of the grant's format that this code writes and reads.
pub const FORMAT: u16 = 1;

/// Why a grant was not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum GrantError {
    /// It is not encrypted to this tablet.
    #[error("the grant is not encrypted to this tablet")]
    NotForUs,
    /// The bytes are no grant, or were changed.
    #[error("the grant is damaged")]
    Damaged,
    /// The token in it is not in order, or not signed by the desk.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Of a later format than this code reads.
    #[error("the grant is of a format that this version does not know")]
    UnknownFormat,
    /// It was made out to another tablet.
    #[error("the grant is for another tablet")]
    OtherDevice,
}

impl From<SmallError> for GrantError {
    fn from(error: SmallError) -> Self {
        match error {
            SmallError::NotForUs => Self::NotForUs,
            SmallError::TooLong | SmallError::Damaged => Self::Damaged,
        }
    }
}

/// What the desk signs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// [`FORMAT`].
    pub format: u16,
    /// The tablet that may go on with the part.
    pub device: DeviceId,
    /// The visit.
    pub visit: VisitId,
    /// The part.
    pub part: PartNumber,
    /// The digest of the key of the part's file.
    pub key_sha256: Sha256Digest,
    /// The highest number under which the city has the part already: the tablet's seals go on from there.
    pub seals_before: Option<SealNumber>,
    /// The city's clock.
    pub made_at: DateTime<Utc>,
}

/// What lies in the age file.
#[derive(Serialize, Deserialize)]
struct Content {
    token: String,
    key: String,
}

/// A grant that was verified, with the key that it gives.
pub struct Granted {
    /// What the desk signed.
    pub grant: Grant,
    /// As it signed it.
    pub token: String,
    /// The key of the part's file.
    pub key: Zeroizing<Vec<u8>>,
}

impl Grant {
    /// Signs the grant with the desk's mail key, and seals it with `key` to the tablet's mailbox.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn seal(&self, mail: &SigningKey, mailbox: &Recipient, key: &[u8; 32]) -> Result<Vec<u8>, SignError> {
        let token = jws::sign(Signer::City(mail), GRANT_TYP, self)?;
        let mut content = Content { token, key: STANDARD.encode(key) };
        let json = serde_json::to_vec(&content).map(Zeroizing::new);
        content.key.zeroize();
        let to = Recipients::new(vec![mailbox.clone()]).map_err(|_| SignError::Claims)?;
        encrypt_small(&to, &json.map_err(|_| SignError::Claims)?).map_err(|_| SignError::TooLong)
    }

    /// Verifies a token that is kept without its key. `mail` are the desk's keys, present and former.
    ///
    /// # Errors
    /// [`GrantError::Token`], [`GrantError::UnknownFormat`].
    pub fn verify(token: &str, mail: &[PublicKey]) -> Result<Self, GrantError> {
        #[derive(Deserialize)]
        struct Format {
            format: u16,
        }
        let Format { format } = jws::verify_by_one_of(token, GRANT_TYP, mail)?;
        if format == FORMAT {
            Ok(jws::verify_by_one_of(token, GRANT_TYP, mail)?)
        } else {
            Err(GrantError::UnknownFormat)
        }
    }
}

impl Granted {
    /// Opens a grant with the tablet's mailbox identity. `mail` are the desk's keys, `device` is this tablet.
    ///
    /// # Errors
    /// Any [`GrantError`].
    pub fn open(sealed: &[u8], mailbox: &Identity, mail: &[PublicKey], device: DeviceId) -> Result<Self, GrantError> {
        let json = decrypt_small(std::slice::from_ref(mailbox), sealed)?;
        let content: Content = serde_json::from_slice(&json).map_err(|_| GrantError::Damaged)?;
        let encoded = Zeroizing::new(content.key);
        let key = Zeroizing::new(STANDARD.decode(&*encoded).map_err(|_| GrantError::Damaged)?);
        let grant = Grant::verify(&content.token, mail)?;
        if grant.device != device {
            return Err(GrantError::OtherDevice);
        }
        let fits = Sha256Digest::of(&key) == grant.key_sha256;
        if fits { Ok(Self { grant, token: content.token, key }) } else { Err(GrantError::Damaged) }
    }
}
