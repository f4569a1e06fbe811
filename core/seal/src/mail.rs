//! Mail (便): what the desk sends back to one tablet, signed, numbered, and encrypted to that tablet alone.
//!
//! A token within an age file. The signature says that it is the desk's, the claims to whom it goes and as which
//! number, the encryption that nobody on the way reads it: the intake, which hands it out, can neither read nor write
//! one.

use chrono::{DateTime, Utc};
use homon_domain::ids::{DeviceId, MailNumber};
use homon_domain::mail::MailContent;
use homon_domain::roster::Roster;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::header::MAX_HEADER;
use crate::jws::{self, MAX_TOKEN, SignError, Signer, TokenError};
use crate::keys::{PublicKey, SigningKey};
use crate::recipients::{Identity, Recipient, Recipients, SmallError, decrypt_in_memory, encrypt_in_memory};

/// The `typ` of mail.
pub const MAIL_TYP: &str = "homon-mail+jws";
/// The number of the mail format that this code writes and reads.
pub const FORMAT: u16 = 1;
/// No sealed mail is longer, in bytes: the longest token, the longest header, and what age adds.
pub const MAX_SEALED: usize = MAX_TOKEN + MAX_HEADER + (1 << 10);

/// What of a token is not its claims: header, dots and signature, and a little for good measure.
const BESIDE_CLAIMS: usize = 512;

/// Why mail was not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MailError {
    /// It is not encrypted to this tablet.
    #[error("the mail is not encrypted to this tablet")]
    NotForUs,
    /// The bytes are not an age file, or were changed.
    #[error("the mail is damaged")]
    Damaged,
    /// It is longer than mail can be.
    #[error("the mail is too long")]
    TooLong,
    /// The token in it is not in order, or not signed by the desk.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Of a later format than this code reads: a newer version of the app is needed.
    #[error("the mail is of a format that this version does not know")]
    UnknownFormat,
    /// It is addressed to another tablet.
    #[error("the mail is for another tablet")]
    OtherDevice,
    /// It came under another number than it has: an old one in the place of a new one.
    #[error("the mail has another number than it came under")]
    OtherNumber,
}

impl From<SmallError> for MailError {
    fn from(error: SmallError) -> Self {
        match error {
            SmallError::TooLong => Self::TooLong,
            SmallError::NotForUs => Self::NotForUs,
            SmallError::Damaged => Self::Damaged,
        }
    }
}

/// One message from the desk to one tablet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// [`FORMAT`].
    pub format: u16,
    /// To whom.
    pub device: DeviceId,
    /// Counted up from 1 for each tablet, without a gap.
    pub number: MailNumber,
    /// The city's clock.
    pub made_at: DateTime<Utc>,
    /// What it says.
    pub content: MailContent,
}

impl Mail {
    /// Signs with the desk's mail key and encrypts to the tablet's mailbox.
    ///
    /// # Errors
    /// [`SignError::TooLong`] when it says more than a token holds: see [`Mail::residents_that_fit`].
    pub fn seal(&self, desk: &SigningKey, mailbox: &Recipient) -> Result<Vec<u8>, SignError> {
        let token = Zeroizing::new(jws::sign(Signer::City(desk), MAIL_TYP, self)?);
        let to = Recipients::new(vec![mailbox.clone()]).expect("one recipient is a set");
        Ok(encrypt_in_memory(&to, token.as_bytes()))
    }

    /// Opens mail that came under a number, and accepts it only from the desk, by its present or a former key, and only for
    /// this tablet.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub fn open(
        sealed: &[u8],
        mailbox: &Identity,
        desk: &[PublicKey],
        device: DeviceId,
        number: MailNumber,
    ) -> Result<Self, MailError> {
        if sealed.len() > MAX_SEALED {
            return Err(MailError::TooLong);
        }
        let plain = decrypt_in_memory(std::slice::from_ref(mailbox), sealed, MAX_TOKEN as u64)?;
        let token = std::str::from_utf8(&plain).map_err(|_| MailError::Token(TokenError::Malformed))?;
        // The format is asked before the rest: another format may well have another shape.
        let Format { format } = jws::verify_by_one_of(token, MAIL_TYP, desk)?;
        if format != FORMAT {
            return Err(MailError::UnknownFormat);
        }
        let mail: Self = jws::verify_by_one_of(token, MAIL_TYP, desk)?;
        match (mail.device == device, mail.number == number) {
            (false, _) => Err(MailError::OtherDevice),
            (_, false) => Err(MailError::OtherNumber),
            _ => Ok(mail),
        }
    }

    /// How many residents of a roster, from the first on, one mail holds at the most.
    #[must_use]
    pub fn residents_that_fit(roster: &Roster) -> usize {
        let frame = Roster { id: roster.id, visit: roster.visit, residents: Vec::new() };
        let claims = (MAX_TOKEN - BESIDE_CLAIMS) / 4 * 3;
        let room = claims.saturating_sub(json_length(&frame) + BESIDE_CLAIMS);
        let each = roster.residents.iter().map(|resident| json_length(resident) + ",".len());
        each.scan(room, |room, bytes| {
            *room = room.checked_sub(bytes)?;
            Some(())
        })
        .count()
    }
}

#[derive(Deserialize)]
struct Format {
    format: u16,
}

fn json_length(value: &impl Serialize) -> usize {
    serde_json::to_vec(value).map_or(MAX_TOKEN, |json| Zeroizing::new(json).len())
}
