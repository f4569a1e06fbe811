//! The devices as the desk knows them. The desk trusts its own records only, never the registry that lies within the
//! intake's reach.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use homon_domain::ids::{Code, DeviceId, MailNumber};
use homon_domain::programme::Programme;
use homon_seal::enrolment::ENROLMENT_TYP;
use homon_seal::{Enrolment, PublicKey, Recipient, Sha256Digest, jws};
use serde::{Deserialize, Serialize};

use super::files::{self, At, FileError};
use super::folder::DeskFolder;

/// One enrolled device: `device.json`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Device {
    /// How packages and certificates name it.
    pub device: DeviceId,
    /// What people call it.
    pub label: Code,
    /// Its key, which signs its packages.
    pub key: PublicKey,
    /// Where to encrypt what goes back to it.
    pub mailbox: Recipient,
    /// Its certificate for TLS.
    pub certificate_pem: String,
    /// The certificate that this one has taken the place of, while the tablet may still have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former_certificate_pem: Option<String>,
    /// Its enrolments, the oldest first.
    pub enrolments: Vec<Issued>,
    /// Since when it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// An enrolment that was issued; the signed answer itself lies beside the record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Issued {
    /// Counted up over all devices.
    pub serial: u64,
    /// Of the request, so that it is answered once. Absent where the city wrote without being asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_sha256: Option<Sha256Digest>,
    /// The mail that it left in, where nobody carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailNumber>,
    /// When.
    pub at: DateTime<Utc>,
}

/// All enrolled devices.
#[derive(Clone, Debug, Default)]
pub struct Devices(BTreeMap<DeviceId, Device>);

impl Devices {
    /// Reads every device's record.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(desk: &DeskFolder) -> Result<Self, FileError> {
        let mut devices = BTreeMap::new();
        for name in files::names_in(&desk.devices())? {
            let Ok(id) = name.parse::<DeviceId>() else { continue };
            let path = record_path(desk, id);
            // A folder without a record is what an interrupted enrolment left; no tablet has its answer.
            let device: Device = match files::read_json(&path) {
                Err(error) if error.is_missing() => continue,
                other => other?,
            };
            if device.device != id {
                return Err(std::io::Error::from(ErrorKind::InvalidData)).at(&path);
            }
            devices.insert(id, device);
        }
        Ok(Self(devices))
    }

    /// One device.
    #[must_use]
    pub fn get(&self, device: DeviceId) -> Option<&Device> {
        self.0.get(&device)
    }

    /// Every device, in the order of their identifiers.
    pub fn iter(&self) -> impl Iterator<Item = &Device> {
        self.0.values()
    }

    /// The serial number of the next enrolment.
    #[must_use]
    pub fn next_serial(&self) -> u64 {
        self.iter().flat_map(|device| &device.enrolments).map(|issued| issued.serial).max().unwrap_or(0) + 1
    }
}

impl Issued {
    /// Whether it is on its way to the tablet: whoever asked carries the answer, all others are told by mail.
    pub(super) fn has_left(&self) -> bool {
        self.request_sha256.is_some() || self.mail.is_some()
    }
}

impl Device {
    /// Writes the record, in place of what it was.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn write(&self, desk: &DeskFolder) -> Result<(), FileError> {
        files::make_folders(&desk.device(self.device))?;
        files::sync_folder(&desk.devices())?;
        files::replace(&record_path(desk, self.device), &files::to_json(self))
    }

    /// Every programme under which the device may have worked, the latest first. An answer that is lost or damaged is left
    /// out: what can't be judged under the others is then told of the package.
    ///
    /// # Errors
    /// [`FileError`] when an answer may be whole and can't be read now: nothing is said against the package then.
    pub fn programmes(&self, desk: &DeskFolder, authorities: &[PublicKey]) -> Result<Vec<Programme>, FileError> {
        let mut programmes = Vec::new();
        for issued in self.enrolments.iter().rev() {
            let token = match files::read_text(&self.answer_path(desk, issued.serial)) {
                Err(error) if error.is_missing() || error.source.kind() == ErrorKind::InvalidData => continue,
                token => token?,
            };
            let answer: Result<Enrolment<Programme>, _> =
                jws::verify_by_one_of(token.trim_end(), ENROLMENT_TYP, authorities);
            programmes.extend(answer.map(|answer| answer.programme));
        }
        Ok(programmes)
    }

    /// The enrolment that the city issued last. `None` where it can't be read.
    #[must_use]
    pub fn last_answer(&self, desk: &DeskFolder, authorities: &[PublicKey]) -> Option<Enrolment<Programme>> {
        let token = files::read_text(&self.answer_path(desk, self.enrolments.last()?.serial)).ok()?;
        jws::verify_by_one_of(token.trim_end(), ENROLMENT_TYP, authorities).ok()
    }

    /// Where the signed answer of that serial number lies.
    #[must_use]
    pub fn answer_path(&self, desk: &DeskFolder, serial: u64) -> PathBuf {
        desk.device(self.device).join(format!("enrolment-{serial}.jws"))
    }
}

fn record_path(desk: &DeskFolder, device: DeviceId) -> PathBuf {
    desk.device(device).join("device.json")
}
