//! A city is founded: its keys, its authority, its folders. The key ceremony (`docs/deployment.md`) begins with this.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use homon_domain::platform::Clock;
use homon_seal::recipients::{RecipientKind, RecipientsError};
use homon_seal::{EnrolmentRecipients, Identity, PublicKey, Recipients, Sha256Digest, SigningKey};
use serde::{Deserialize, Serialize};

use super::authority::{Authority, AuthorityError};
use super::files::{self, At, FileError};
use super::folder::CityFolder;
use super::key_files;
use super::programme::{self, ProgrammeError};
use super::server_name::{NotAnIntakeUrl, ServerName};

/// Why a city could not be founded. Nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// There is something already. Keys are never replaced.
    #[error("{} exists already; a city is never made over another", .0.display())]
    Exists(PathBuf),
    /// The programme can't be used.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// The intake's address can't be used.
    #[error(transparent)]
    Url(#[from] NotAnIntakeUrl),
    /// A certificate could not be made.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The keys just made don't make a set of recipients.
    #[error(transparent)]
    Recipients(#[from] RecipientsError),
    /// A file could not be written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// The number of the format of `city.json`.
pub(super) const FORMAT: u16 = 1;

/// What was decided when the city was founded, without any secret: `city.json`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct City {
    /// The number of this format.
    pub format: u16,
    /// When the city was founded.
    pub founded_at: DateTime<Utc>,
    /// Where tablets deliver.
    pub intake_url: String,
    /// The name in the intake's certificate.
    pub server_name: String,
    /// To whom tablets encrypt.
    pub recipients: EnrolmentRecipients,
    /// The intake's key for *held* receipts.
    pub held_key: PublicKey,
}

/// What to tell the people at the ceremony.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Founded {
    /// What tablets and people compare.
    pub ca_fingerprint: Sha256Digest,
    /// Belongs in a safe.
    pub recovery: PathBuf,
    /// Belongs in the contractor's office.
    pub office: PathBuf,
}

/// Founds a city in `root`, all of it or nothing.
///
/// # Errors
/// Any [`InitError`].
pub fn init(
    root: &Path,
    programme: &Path,
    intake_url: &str,
    kind: RecipientKind,
    clock: &dyn Clock,
) -> Result<Founded, InitError> {
    if fs::symlink_metadata(root).is_ok() {
        return Err(InitError::Exists(root.to_owned()));
    }
    let rules = programme::read(programme)?;
    let server_name = ServerName::of_url(intake_url)?;
    let authority = Authority::make(&rules.code, clock.now())?;
    let draft = files::draft_of(root);
    let written = write_city(&CityFolder::new(&draft), programme, intake_url, &server_name, &authority, kind, clock.now())
        .and_then(|()| Ok(files::publish(&draft, root)?));
    if written.is_err() {
        // Half a city is of no use, and its keys of no harm: the first error is the one to report.
        let _ = fs::remove_dir_all(&draft);
    }
    written?;
    let folder = CityFolder::new(root);
    Ok(Founded { ca_fingerprint: authority.fingerprint()?, recovery: folder.recovery(), office: folder.office() })
}

fn write_city(
    folder: &CityFolder,
    programme: &Path,
    intake_url: &str,
    server_name: &ServerName,
    authority: &Authority,
    kind: RecipientKind,
    now: DateTime<Utc>,
) -> Result<(), InitError> {
    let desk = folder.desk();
    for made in [desk.path(), &desk.devices(), &desk.visits(), &folder.recovery(), &folder.office()] {
        files::make_folders(made)?;
    }
    for made in [folder.intake(), folder.store()] {
        files::make_folders(&made)?;
    }
    files::write_new(&folder.programme(), files::read_text(programme)?.as_bytes())?;
    write_authority(folder, authority)?;
    let held_key = write_intake(folder, server_name, authority, now)?;
    for path in [desk.opened_key(), desk.mail_key()] {
        key_files::write_signing_key(&path, &SigningKey::make())?;
    }
    let city = City {
        format: FORMAT,
        founded_at: now,
        intake_url: intake_url.to_owned(),
        server_name: server_name.as_str().to_owned(),
        recipients: write_identities(folder, kind, now)?,
        held_key,
    };
    files::write_new(&desk.city(), &files::to_json(&city))?;
    for made in [desk.path(), &folder.recovery(), &folder.office(), &folder.intake()] {
        files::sync_folder(made)?;
    }
    Ok(files::sync_folder(desk.path().parent().unwrap_or(Path::new(".")))?)
}

fn write_authority(folder: &CityFolder, authority: &Authority) -> Result<(), FileError> {
    let desk = folder.desk();
    key_files::write_signing_key(&desk.ca_key(), authority.key())?;
    files::write_new(&desk.ca(), authority.certificate_pem().as_bytes())?;
    files::write_new(&folder.intake_ca(), authority.certificate_pem().as_bytes())
}

/// What the intake needs to run; gives its key for receipts.
fn write_intake(
    folder: &CityFolder,
    server_name: &ServerName,
    authority: &Authority,
    now: DateTime<Utc>,
) -> Result<PublicKey, InitError> {
    let (key, certificate) = authority.issue_server(server_name, now)?;
    files::write_new(&folder.server_key(), key.as_bytes())?;
    files::write_new(&folder.server_certificate(), certificate.as_bytes())?;
    let held = SigningKey::make();
    key_files::write_signing_key(&folder.held_key(), &held)?;
    Ok(held.public_key())
}

/// The keys that open, each in its own folder; gives their public halves.
fn write_identities(
    folder: &CityFolder,
    kind: RecipientKind,
    now: DateTime<Utc>,
) -> Result<EnrolmentRecipients, InitError> {
    let (work, recovery, office) = (Identity::make(kind), Identity::make(kind), Identity::make(kind));
    key_files::write_identity(&folder.desk().work_key(), &work, now)?;
    key_files::write_identity(&folder.recovery_key(), &recovery, now)?;
    key_files::write_identity(&folder.office_key(), &office, now)?;
    Ok(EnrolmentRecipients {
        work: Recipients::new(vec![work.recipient(), recovery.recipient()])?,
        recovery: Recipients::new(vec![recovery.recipient()])?,
        office: Some(Recipients::new(vec![office.recipient()])?),
    })
}

impl City {
    /// Reads what was decided at the founding.
    ///
    /// # Errors
    /// [`FileError`]; a later format counts as damaged.
    pub fn read(folder: &super::folder::DeskFolder) -> Result<Self, FileError> {
        let path = folder.city();
        let city: Self = files::read_json(&path)?;
        let known = if city.format == FORMAT { Ok(city) } else { Err(std::io::ErrorKind::InvalidData.into()) };
        known.at(&path)
    }
}
