//! A city is founded: its keys, its authority, its folders. The key ceremony (`docs/deployment.md`) begins with this.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use homon_domain::platform::Clock;
use homon_seal::recipients::{RecipientKind, RecipientsError};
use homon_seal::{EnrolmentRecipients, FormerKeys, Identity, PublicKey, Recipients, Sha256Digest, SigningKey};
use serde::{Deserialize, Serialize};

use super::authority::{Authority, AuthorityError};
use super::files::{self, At, FileError};
use super::folder::{CityFolder, DeskFolder};
use super::journal::{Deed, Journal, JournalError};
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
    /// The desk's journal could not be begun.
    #[error(transparent)]
    Journal(#[from] JournalError),
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
    /// Keys that have been exchanged, and whose word still counts.
    #[serde(default, skip_serializing_if = "FormerKeys::is_empty")]
    pub former: FormerKeys,
    /// The recipients to which tablets encrypted before, by fingerprint: what they sealed then is opened all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_recipients: Vec<Sha256Digest>,
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

/// Founds a city in the folder, all of it or nothing.
///
/// # Errors
/// Any [`InitError`].
pub fn init(
    folder: &CityFolder,
    programme: &Path,
    intake_url: &str,
    kind: RecipientKind,
    clock: &dyn Clock,
) -> Result<Founded, InitError> {
    let root = folder.root();
    if fs::symlink_metadata(root).is_ok() {
        return Err(InitError::Exists(root.to_owned()));
    }
    let rules = files::read_text(programme)?;
    let code = programme::parse(programme, &rules)?.code;
    let server_name = ServerName::of_url(intake_url)?;
    let authority = Authority::make(&code, clock.now())?;
    let ca_fingerprint = authority.fingerprint()?;
    let draft = files::draft_of(root);
    let place = CityFolder::new(&draft).with_actor(folder.actor().clone());
    let founding = Founding { folder: place, rules, intake_url, server_name, authority, kind, clock };
    let written = founding.write().and_then(|()| Ok(files::publish(&draft, root)?));
    if written.is_err() {
        // Half a city is of no use, and its keys of no harm: the first error is the one to report.
        let _ = fs::remove_dir_all(&draft);
    }
    written?;
    Ok(Founded { ca_fingerprint, recovery: folder.recovery(), office: folder.office() })
}

/// A city about to be written.
struct Founding<'a> {
    folder: CityFolder,
    rules: String,
    intake_url: &'a str,
    server_name: ServerName,
    authority: Authority,
    kind: RecipientKind,
    clock: &'a dyn Clock,
}

impl Founding<'_> {
    fn write(&self) -> Result<(), InitError> {
        let (folder, desk) = (&self.folder, self.folder.desk());
        let folders = [desk.path().to_owned(), folder.recovery(), folder.office(), folder.intake(), folder.own_store()];
        for made in folders.iter().chain([&desk.devices(), &desk.visits()]) {
            files::make_folders(made)?;
        }
        files::write_new(&folder.programme(), self.rules.as_bytes())?;
        key_files::write_signing_key(&desk.ca_key(), self.authority.key())?;
        for path in [desk.ca(), folder.intake_ca()] {
            files::write_new(&path, self.authority.certificate_pem().as_bytes())?;
        }
        for path in [desk.opened_key(), desk.mail_key()] {
            key_files::write_signing_key(&path, &SigningKey::make())?;
        }
        let city = City {
            format: FORMAT,
            founded_at: self.clock.now(),
            intake_url: self.intake_url.to_owned(),
            server_name: self.server_name.as_str().to_owned(),
            recipients: self.write_identities()?,
            held_key: self.write_intake()?,
            former: FormerKeys::default(),
            former_recipients: Vec::new(),
        };
        files::write_new(&desk.city(), &files::to_json(&city))?;
        Journal::open_alone(folder, self.clock)?.append(&Deed::Found)?;
        folders.iter().try_for_each(|made| files::sync_folder(made))?;
        Ok(files::sync_folder(folder.root())?)
    }

    /// What the intake needs to run; gives the public half of its key for receipts.
    fn write_intake(&self) -> Result<PublicKey, InitError> {
        let (key, certificate) = self.authority.issue_server(&self.server_name, self.clock.now())?;
        files::write_new(&self.folder.server_key(), key.as_bytes())?;
        files::write_new(&self.folder.server_certificate(), certificate.as_bytes())?;
        let held = SigningKey::make();
        key_files::write_signing_key(&self.folder.held_key(), &held)?;
        Ok(held.public_key())
    }

    /// The keys that open, each in its own folder; gives their public halves.
    fn write_identities(&self) -> Result<EnrolmentRecipients, InitError> {
        let make = |path: &Path| {
            let identity = Identity::make(self.kind);
            key_files::write_identity(path, &identity, self.clock.now())?;
            Ok::<_, FileError>(identity.recipient())
        };
        let work = make(&self.folder.desk().work_key())?;
        let recovery = make(&self.folder.recovery_key())?;
        let office = make(&self.folder.office_key())?;
        Ok(EnrolmentRecipients {
            work: Recipients::new(vec![work, recovery.clone()])?,
            recovery: Recipients::new(vec![recovery])?,
            office: Some(Recipients::new(vec![office])?),
        })
    }
}

impl City {
    /// The keys whose *held* receipts count, the present one first.
    #[must_use]
    pub fn held_keys(&self) -> Vec<PublicKey> {
        [&[self.held_key], self.former.held.as_slice()].concat()
    }

    /// Whether the city gave out recipients of that fingerprint, now or before.
    #[must_use]
    pub fn gave_out(&self, recipients: &Sha256Digest) -> bool {
        self.recipients.work.fingerprint() == *recipients || self.former_recipients.contains(recipients)
    }

    /// Writes it, in place of what was decided before.
    pub(super) fn write(&self, desk: &DeskFolder) -> Result<(), FileError> {
        files::replace(&desk.city(), &files::to_json(self))
    }

    /// Reads what was decided at the founding.
    ///
    /// # Errors
    /// [`FileError`]; a later format counts as damaged.
    pub fn read(desk: &DeskFolder) -> Result<Self, FileError> {
        let path = desk.city();
        let city: Self = files::read_json(&path)?;
        let known = if city.format == FORMAT { Ok(city) } else { Err(std::io::ErrorKind::InvalidData.into()) };
        known.at(&path)
    }
}
