//! A tablet is taken in: its request is checked, its certificate issued, and the answer signed.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use homon_domain::ids::{Code, DeviceId};
use homon_domain::platform::Clock;
use homon_domain::programme::Programme;
use homon_seal::enrolment::{EnrolmentError, FORMAT};
use homon_seal::jws::SignError;
use homon_seal::{Enrolment, EnrolmentRequest, PublicKey, Sha256Digest};

use super::authority::{Authority, AuthorityError, other_authority};
use super::devices::{Device, Devices, Issued};
use super::files::{self, FileError};
use super::folder::{CityFolder, DeskFolder};
use super::init::City;
use super::journal::{Deed, Journal, JournalError};
use super::key_files::{self, KeyFileError};
use super::programme::{self, ProgrammeError};
use crate::intake::{DeviceRecord, RegistryError};

/// Why a tablet was not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The request is damaged, or was not signed by the key in it.
    #[error("the request can't be accepted: {0}; make a new one on the tablet")]
    Request(#[from] EnrolmentError),
    /// The request was answered before.
    #[error("this request was answered before, for device {device}; its answer is {}", answer.display())]
    AnsweredBefore {
        /// The device.
        device: DeviceId,
        /// Where the answer lies.
        answer: PathBuf,
    },
    /// The tablet was revoked. It needs a new device key, which it makes when it is set up again.
    #[error("this tablet was revoked as device {0}; set it up anew, then it has another key")]
    Revoked(DeviceId),
    /// The programme can't be used.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// The authority is not here, or could not issue.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// A key of the desk is not here.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The answer could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The intake's registry could not be written.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enrolled {
    /// What the tablet is called from now on.
    pub device: DeviceId,
    /// What people call it.
    pub label: Code,
    /// The thumbprint of its key, to be compared with what its screen shows.
    pub key_thumbprint: Sha256Digest,
    /// The fingerprint of the CA, which its screen shows as well.
    pub ca_fingerprint: Sha256Digest,
    /// The number of this enrolment.
    pub serial: u64,
    /// Whether the tablet was enrolled before and only gets the present rules.
    pub renewed: bool,
    /// The signed answer, for the tablet.
    pub token: String,
}

/// Enrols a tablet, or gives an enrolled one the present rules. A tablet keeps its name and certificate with its key.
///
/// # Errors
/// Any [`EnrolError`].
pub fn enrol(folder: &CityFolder, request: &str, clock: &dyn Clock) -> Result<Enrolled, EnrolError> {
    let request_token = request.trim();
    let request = EnrolmentRequest::verify(request_token)?;
    let request_sha256 = Sha256Digest::of(request_token.as_bytes());
    let programme = programme::read(&folder.programme())?;
    let desk = folder.desk();
    let lock = desk.lock()?;
    let mut journal = Journal::open(folder, &lock, clock)?;
    let desk_keys = DeskKeys::read(&desk)?;
    let devices = Devices::read(&desk)?;
    let before = before(&devices, &desk, &request, request_sha256)?;
    let renewed = before.is_some();
    let now = clock.now();
    let mut device = match before {
        Some(device) => device.clone(),
        None => new_device(&desk_keys.authority, &request, now)?,
    };
    device.label = request.label;
    device.mailbox = request.mailbox;
    let serial = devices.next_serial();
    device.enrolments.push(Issued { serial, request_sha256, at: now });
    let token = desk_keys.answer(&device, programme, serial, now).sign(desk_keys.authority.key())?;
    journal.append(&if renewed { Deed::Renew(device.device) } else { Deed::Enrol(device.device) })?;
    // The answer is kept before the record names it, and the intake knows the device before anyone has the answer.
    files::make_folders(&desk.device(device.device))?;
    files::replace(&device.answer_path(&desk, serial), format!("{token}\n").as_bytes())?;
    register(folder, &device, now)?;
    device.write(&desk)?;
    Ok(Enrolled {
        device: device.device,
        label: device.label,
        key_thumbprint: device.key.thumbprint(),
        ca_fingerprint: desk_keys.authority.fingerprint()?,
        serial,
        renewed,
        token,
    })
}

/// The device of the request's key, if it was enrolled before.
fn before<'a>(
    devices: &'a Devices,
    desk: &DeskFolder,
    request: &EnrolmentRequest,
    request_sha256: Sha256Digest,
) -> Result<Option<&'a Device>, EnrolError> {
    let Some(device) = devices.iter().find(|device| device.key == request.device_key) else { return Ok(None) };
    if device.revoked_at.is_some() {
        return Err(EnrolError::Revoked(device.device));
    }
    match device.enrolments.iter().find(|issued| issued.request_sha256 == request_sha256) {
        Some(issued) => {
            let answer = device.answer_path(desk, issued.serial);
            Err(EnrolError::AnsweredBefore { device: device.device, answer })
        }
        None => Ok(Some(device)),
    }
}

fn new_device(authority: &Authority, request: &EnrolmentRequest, now: DateTime<Utc>) -> Result<Device, AuthorityError> {
    let device = DeviceId::make();
    Ok(Device {
        device,
        label: request.label.clone(),
        key: request.device_key,
        mailbox: request.mailbox.clone(),
        certificate_pem: authority.issue_client(&request.csr_pem, device, now)?,
        enrolments: Vec::new(),
        revoked_at: None,
    })
}

fn register(folder: &CityFolder, device: &Device, now: DateTime<Utc>) -> Result<(), EnrolError> {
    let registry = folder.registry();
    let certificate_sha256 = homon_seal::enrolment::ca_fingerprint(&device.certificate_pem)?;
    let enrolled_at = match registry.read(device.device) {
        Ok(known) => known.enrolled_at,
        Err(RegistryError::NotEnrolled | RegistryError::Damaged(_)) => now,
        Err(error) => return Err(error.into()),
    };
    let record = DeviceRecord {
        device: device.device,
        certificate_sha256,
        public_key: device.key,
        enrolled_at,
        revoked_at: None,
    };
    Ok(registry.write(&record)?)
}

/// What the desk needs to answer a request.
struct DeskKeys {
    city: City,
    authority: Authority,
    /// The certificate of the authority that takes this one's place, or whose place it has taken, until all tablets know.
    other_authority: Option<String>,
    opened_key: PublicKey,
    mail_key: PublicKey,
}

impl DeskKeys {
    fn read(desk: &DeskFolder) -> Result<Self, EnrolError> {
        Ok(Self {
            city: City::read(desk)?,
            authority: Authority::read(desk)?,
            other_authority: other_authority(desk)?,
            opened_key: key_files::signing_key(&desk.opened_key())?.public_key(),
            mail_key: key_files::signing_key(&desk.mail_key())?.public_key(),
        })
    }

    fn answer(&self, device: &Device, programme: Programme, serial: u64, now: DateTime<Utc>) -> Enrolment<Programme> {
        Enrolment {
            format: FORMAT,
            serial,
            device: device.device,
            programme,
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
