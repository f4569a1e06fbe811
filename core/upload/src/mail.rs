//! The desk's mail for this device, as it waits at the intake: **not opened**, so not verified either.

use homon_domain::ids::MailNumber;
use homon_seal::Sha256Digest;
use homon_seal::mail::MAX_SEALED;
use reqwest::{Method, StatusCode};
use serde::Deserialize;

use crate::answer::{body, expect, not_tus};
use crate::error::UploadError;
use crate::trouble::Trouble;
use crate::tus::Server;
use crate::uploader::Uploader;

/// Bytes of a list of mail: about ten thousand.
const LIST_BYTES: usize = 2 << 20;

/// Mail that the intake says it has for this device.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub struct WaitingMail {
    /// Its number.
    pub number: MailNumber,
    /// Its length in bytes.
    pub size: u64,
    /// Its digest.
    pub sha256: Sha256Digest,
}

impl Uploader {
    /// The mail that waits for this device, in the order of its numbers. One try. None where the intake is of a version
    /// without mail.
    ///
    /// # Errors
    /// Any [`UploadError`] that is not about a file.
    pub async fn mail(&self) -> Result<Vec<WaitingMail>, UploadError> {
        match self.server.mail().await {
            Ok(mut waiting) => {
                waiting.sort_by_key(|mail| mail.number);
                waiting.dedup_by_key(|mail| mail.number);
                Ok(waiting)
            }
            Err(Trouble::Gone) => Ok(Vec::new()),
            Err(trouble) => Err(trouble.into_error()),
        }
    }

    /// Fetches one sealed mail. One try. `None` when it is no longer there, is longer than mail can be, or has other
    /// bytes than were listed.
    ///
    /// # Errors
    /// Any [`UploadError`] that is not about a file.
    pub async fn fetch_mail(&self, waiting: &WaitingMail) -> Result<Option<Vec<u8>>, UploadError> {
        if waiting.size > MAX_SEALED as u64 {
            return Ok(None);
        }
        match self.server.sealed_mail(waiting.number).await {
            Ok(sealed) if Sha256Digest::of(&sealed) == waiting.sha256 => Ok(Some(sealed)),
            Ok(_) | Err(Trouble::Gone) => Ok(None),
            Err(trouble) => Err(trouble.into_error()),
        }
    }

    /// Tells the intake that this device has kept the mail. Telling it again is no error, nor is telling it of mail
    /// that is not there.
    ///
    /// # Errors
    /// Any [`UploadError`] that is not about a file.
    pub async fn mail_taken(&self, number: MailNumber) -> Result<(), UploadError> {
        match self.server.mail_taken(number).await {
            Ok(()) | Err(Trouble::Gone) => Ok(()),
            Err(trouble) => Err(trouble.into_error()),
        }
    }
}

impl Server {
    async fn mail(&self) -> Result<Vec<WaitingMail>, Trouble> {
        #[derive(Deserialize)]
        struct Mailbox {
            mail: Vec<WaitingMail>,
        }
        let response = self.ask_for(Method::GET, "v1/mail").await?;
        let json = body(expect(response, StatusCode::OK).await?, LIST_BYTES).await?;
        serde_json::from_slice::<Mailbox>(&json).map(|answer| answer.mail).map_err(|_| not_tus())
    }

    async fn sealed_mail(&self, number: MailNumber) -> Result<Vec<u8>, Trouble> {
        let response = self.ask_for(Method::GET, &format!("v1/mail/{number}")).await?;
        body(expect(response, StatusCode::OK).await?, MAX_SEALED).await
    }

    async fn mail_taken(&self, number: MailNumber) -> Result<(), Trouble> {
        let response = self.ask_for(Method::DELETE, &format!("v1/mail/{number}")).await?;
        expect(response, StatusCode::NO_CONTENT).await.map(drop)
    }
}
