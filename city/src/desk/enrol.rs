//! A tablet is taken in: its request is checked, its certificate issued, and the answer signed.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use homon_domain::ids::{Code, DeviceId};
use homon_domain::platform::Clock;
use homon_seal::enrolment::EnrolmentError;
use homon_seal::{EnrolmentRequest, Sha256Digest};

use super::answer::{AnswerError, Answers};
use super::authority::{Authority, AuthorityError};
use super::devices::{Device, Devices};
use super::files::FileError;
use super::folder::{CityFolder, DeskFolder};
use super::journal::{Deed, Journal, JournalError};
use super::programme::{self, ProgrammeError};

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
    /// The answer could not be made.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The tablet's certificate could not be issued.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
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
    let answers = Answers::read(folder, programme)?;
    let devices = Devices::read(&desk)?;
    let before = before(&devices, &desk, &request, request_sha256)?;
    let renewed = before.is_some();
    let now = clock.now();
    let mut device = match before {
        Some(device) => device.clone(),
        None => new_device(&answers.authority, &request, now)?,
    };
    device.label = request.label;
    device.mailbox = request.mailbox;
    let serial = devices.next_serial();
    journal.append(&if renewed { Deed::Renew(device.device) } else { Deed::Enrol(device.device) })?;
    let token = answers.issue(folder, &mut device, (serial, Some(request_sha256)), now)?;
    Ok(Enrolled {
        device: device.device,
        label: device.label,
        key_thumbprint: device.key.thumbprint(),
        ca_fingerprint: answers.authority.fingerprint()?,
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
    match device.enrolments.iter().find(|issued| issued.request_sha256 == Some(request_sha256)) {
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
        former_certificate_pem: None,
        enrolments: Vec::new(),
        revoked_at: None,
    })
}
