//! The city's signed answer to a tablet: made, kept, and known to the intake before the tablet has it.

use std::path::Path;

use chrono::{DateTime, Utc};
use homon_domain::programme::Programme;
use homon_seal::enrolment::{EnrolmentError, FORMAT, ca_fingerprint};
use homon_seal::jws::SignError;
use homon_seal::{Enrolment, PublicKey, Sha256Digest};

use super::authority::{Authority, AuthorityError, other_authority};
use super::devices::{Device, Issued};
use super::files::{self, FileError};
use super::folder::CityFolder;
use super::init::City;
use super::key_files::{self, KeyFileError};
use crate::intake::{DeviceRecord, RegistryError};

/// Why a tablet could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The authority is not here, or could not issue.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// A key of the desk is not here.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// A certificate that the city issued can't be read.
    #[error("a certificate of the city can't be read: {0}")]
    Certificate(#[from] EnrolmentError),
    /// The answer could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The intake's registry could not be written.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What every answer says, whichever tablet it is for.
pub(super) struct Answers {
    city: City,
    /// Who signs.
    pub(super) authority: Authority,
    /// The certificate of the authority that takes this one's place, or whose place it has taken, until all tablets know.
    other_authority: Option<String>,
    opened_key: PublicKey,
    mail_key: PublicKey,
    programme: Programme,
}

impl Answers {
    /// Reads the city's keys as they are now. The programme is read before anything changes, because people edit it.
    pub(super) fn read(folder: &CityFolder, programme: Programme) -> Result<Self, AnswerError> {
        let desk = folder.desk();
        Ok(Self {
            city: City::read(&desk)?,
            authority: Authority::read(&desk)?,
            mail_key: key_files::signing_key(&desk.mail_key())?.public_key(),
            other_authority: other_authority(&desk)?,
            opened_key: key_files::signing_key(&desk.opened_key())?.public_key(),
            programme,
        })
    }

    /// The same, with a second authority that tablets pin beside the present one.
    pub(super) fn beside(self, other_ca: &Path) -> Result<Self, AnswerError> {
        let other_authority = Some(files::read_text(other_ca)?);
        Ok(Self { other_authority, ..self })
    }

    /// The same, with the present authority alone.
    pub(super) fn alone(self) -> Self {
        Self { other_authority: None, ..self }
    }

    /// The same, with another key for what goes back to the tablets.
    pub(super) fn with_mail_key(self, mail_key: PublicKey) -> Self {
        Self { mail_key, ..self }
    }

    /// Answers one tablet. The answer is kept before the record names it, and the intake knows the device before anyone
    /// has the answer. `request` is the digest of what is answered, where the tablet has asked.
    pub(super) fn issue(
        &self,
        folder: &CityFolder,
        device: &mut Device,
        (serial, request): (u64, Option<Sha256Digest>),
        now: DateTime<Utc>,
    ) -> Result<String, AnswerError> {
        let desk = folder.desk();
        device.enrolments.push(Issued { serial, request_sha256: request, mail: None, at: now });
        let token = self.answer(device, serial, now).sign(self.authority.key())?;
        files::make_folders(&desk.device(device.device))?;
        files::replace(&device.answer_path(&desk, serial), format!("{token}\n").as_bytes())?;
        register(folder, device, now)?;
        device.write(&desk)?;
        Ok(token)
    }

    fn answer(&self, device: &Device, serial: u64, now: DateTime<Utc>) -> Enrolment<Programme> {
        Enrolment {
            format: FORMAT,
            serial,
            device: device.device,
            programme: self.programme.clone(),
            client_certificate_pem: device.certificate_pem.clone(),
            ca_pem: self.authority.certificate_pem().to_owned(),
            other_ca_pem: self.other_authority.clone(),
            intake_url: self.city.intake_url.clone(),
            server_name: self.city.server_name.clone(),
            recipients: self.city.recipients.clone(),
            held_key: self.city.held_key,
            opened_key: self.opened_key,
            mail_key: self.mail_key,
            former: self.city.former.clone(),
            issued_at: now,
        }
    }
}

fn register(folder: &CityFolder, device: &Device, now: DateTime<Utc>) -> Result<(), AnswerError> {
    let registry = folder.registry();
    let enrolled_at = match registry.read(device.device) {
        Ok(known) => known.enrolled_at,
        Err(RegistryError::NotEnrolled | RegistryError::Damaged(_)) => now,
        Err(error) => return Err(error.into()),
    };
    let record = DeviceRecord {
        device: device.device,
        certificate_sha256: ca_fingerprint(&device.certificate_pem)?,
        former_certificate_sha256: device.former_certificate_pem.as_deref().map(ca_fingerprint).transpose()?,
        public_key: device.key,
        enrolled_at,
        revoked_at: None,
    };
    Ok(registry.write(&record)?)
}
