//! Where the things of a city lie.

use std::fs::File;
use std::path::{Path, PathBuf};

use homon_domain::ids::{DeviceId, StaffCode, VisitId};

use super::files::{At, FileError};
use crate::intake::{Bucket, Registry, StorePlace};

/// The name of the store's folder.
const STORE: &str = "store";

/// A city's folder, and the folders that may have been carried away from it.
///
/// | path | what | who needs it |
/// |---|---|---|
/// | `programme.toml` | the rules of the work | desk |
/// | `desk/` | CA, work key, receipt and mail keys, devices, opened visits, records of mail | desk only |
/// | `recovery/` | the recovery key | a safe |
/// | `office/` | the office key | the contractor's office |
/// | `intake/` | the intake's certificate and key, its receipt key, the CA's certificate, limits | intake only |
/// | `store/` | the devices that may upload, what arrived, receipts and mail; or a bucket | intake and desk |
#[derive(Clone, Debug)]
pub struct CityFolder {
    root: PathBuf,
    desk: PathBuf,
    office: PathBuf,
    actor: StaffCode,
    store: StorePlace,
}

impl CityFolder {
    /// The name of the recovery key on its medium.
    const RECOVERY_KEY: &str = "recovery.key";

    /// The folder with everything in its place.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        let actor = "desk".parse().expect("a code");
        Self {
            root: root.to_owned(),
            desk: root.join("desk"),
            office: root.join("office"),
            actor,
            store: StorePlace::Folder(root.join(STORE)),
        }
    }

    /// The same with the desk's folder elsewhere, if it is.
    #[must_use]
    pub fn with_desk(mut self, desk: Option<PathBuf>) -> Self {
        self.desk = desk.unwrap_or(self.desk);
        self
    }

    /// The same with the office's folder elsewhere, if it is.
    #[must_use]
    pub fn with_office(mut self, office: Option<PathBuf>) -> Self {
        self.office = office.unwrap_or(self.office);
        self
    }

    /// The same with someone at the desk: the desk's journal names that code, or `desk` for nobody in particular.
    #[must_use]
    pub fn with_actor(mut self, actor: StaffCode) -> Self {
        self.actor = actor;
        self
    }

    /// Who is at the desk.
    #[must_use]
    pub fn actor(&self) -> &StaffCode {
        &self.actor
    }

    /// The same with the store in a bucket, if it is.
    #[must_use]
    pub fn with_store(mut self, bucket: Option<Bucket>) -> Self {
        self.store = bucket.map_or(self.store, StorePlace::Bucket);
        self
    }

    /// The whole of it.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The rules of the work.
    #[must_use]
    pub fn programme(&self) -> PathBuf {
        self.root.join("programme.toml")
    }

    /// The desk's folder.
    #[must_use]
    pub fn desk(&self) -> DeskFolder {
        DeskFolder(self.desk.clone())
    }

    /// The devices that may upload, what arrived, and the receipts: see [`crate::intake::layout`].
    #[must_use]
    pub fn store(&self) -> &StorePlace {
        &self.store
    }

    /// The folder of the store where none else is named.
    pub(super) fn own_store(&self) -> PathBuf {
        self.root.join(STORE)
    }

    /// The devices that may upload.
    #[must_use]
    pub fn registry(&self) -> Registry {
        Registry::new(self.store.clone())
    }

    /// The intake's folder: its certificate and its keys.
    #[must_use]
    pub fn intake(&self) -> PathBuf {
        self.root.join("intake")
    }

    /// The recovery key's folder, which belongs in a safe.
    #[must_use]
    pub fn recovery(&self) -> PathBuf {
        self.root.join("recovery")
    }

    /// The recovery key on a medium: the file itself, or the folder in which it lies under its usual name.
    pub(super) fn key_at(place: &Path) -> PathBuf {
        if place.is_dir() { place.join(Self::RECOVERY_KEY) } else { place.to_owned() }
    }

    /// The recovery key. It opens whatever the work key opens.
    #[must_use]
    pub fn recovery_key(&self) -> PathBuf {
        self.recovery().join(Self::RECOVERY_KEY)
    }

    /// The office key's folder, which belongs in the contractor's office.
    #[must_use]
    pub fn office(&self) -> PathBuf {
        self.office.clone()
    }

    /// The key to which tallies are encrypted.
    #[must_use]
    pub fn office_key(&self) -> PathBuf {
        self.office.join("office.key")
    }

    /// The intake's certificate, in PEM.
    #[must_use]
    pub fn server_certificate(&self) -> PathBuf {
        self.intake().join("server.pem")
    }

    /// The key of the intake's certificate.
    #[must_use]
    pub fn server_key(&self) -> PathBuf {
        self.intake().join("server.key.pem")
    }

    /// The key that signs *held* receipts.
    #[must_use]
    pub fn held_key(&self) -> PathBuf {
        self.intake().join("held.key.pem")
    }

    /// The public keys that signed *held* receipts before, as JWKs.
    #[must_use]
    pub fn former_held_keys(&self) -> PathBuf {
        self.intake().join("former-held-keys.json")
    }

    /// How much the intake accepts, if the city has decided it.
    #[must_use]
    pub fn intake_limits(&self) -> PathBuf {
        self.intake().join("intake.toml")
    }

    /// The authority, as the intake needs it to know its devices.
    #[must_use]
    pub fn intake_ca(&self) -> PathBuf {
        self.intake().join("ca.pem")
    }
}

/// The desk's folder. The intake machine never has it.
#[derive(Clone, Debug)]
pub struct DeskFolder(PathBuf);

impl DeskFolder {
    /// Whether it is here.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.0.is_dir()
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// What was decided at the key ceremony.
    #[must_use]
    pub fn city(&self) -> PathBuf {
        self.0.join("city.json")
    }

    /// The authority's certificate, in PEM.
    #[must_use]
    pub fn ca(&self) -> PathBuf {
        self.0.join("ca.pem")
    }

    /// The authority's key: signs certificates and enrolments.
    #[must_use]
    pub fn ca_key(&self) -> PathBuf {
        self.0.join("ca.key.pem")
    }

    /// The certificate of the authority that will take this one's place, while tablets are being told.
    #[must_use]
    pub fn next_ca(&self) -> PathBuf {
        self.0.join("next-ca.pem")
    }

    /// The key of [`DeskFolder::next_ca`].
    #[must_use]
    pub fn next_ca_key(&self) -> PathBuf {
        self.0.join("next-ca.key.pem")
    }

    /// The certificate of the authority whose place the present one has taken, until no tablet needs it.
    #[must_use]
    pub fn former_ca(&self) -> PathBuf {
        self.0.join("former-ca.pem")
    }

    /// What was exchanged and is still needed: work keys that open older packages, certificates of former authorities.
    #[must_use]
    pub fn former(&self) -> PathBuf {
        self.0.join("former")
    }

    /// The age identity that opens packages.
    #[must_use]
    pub fn work_key(&self) -> PathBuf {
        self.0.join("work.key")
    }

    /// The key that signs *opened* receipts.
    #[must_use]
    pub fn opened_key(&self) -> PathBuf {
        self.0.join("opened.key.pem")
    }

    /// The key that signs what goes back to the tablets.
    #[must_use]
    pub fn mail_key(&self) -> PathBuf {
        self.0.join("mail.key.pem")
    }

    /// The key that will take this one's place, while tablets are being told.
    #[must_use]
    pub fn next_mail_key(&self) -> PathBuf {
        self.0.join("next-mail.key.pem")
    }

    /// The key that signs the desk's journal.
    #[must_use]
    pub fn journal_key(&self) -> PathBuf {
        self.0.join("journal.key.pem")
    }

    /// What was done at the desk: see [`super::journal`].
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.0.join("journal.jsonl")
    }

    /// The signed head of the journal.
    #[must_use]
    pub fn journal_head(&self) -> PathBuf {
        self.0.join("journal.head.jws")
    }

    /// A journal that did not hold and was put out of the way.
    #[must_use]
    pub fn journal_aside(&self, number: u32) -> PathBuf {
        self.0.join(format!("journal-aside-{number}.jsonl"))
    }

    /// What became of the applications: see [`super::deliveries`].
    #[must_use]
    pub fn deliveries(&self) -> PathBuf {
        self.0.join("deliveries.jsonl")
    }

    /// All enrolled devices.
    #[must_use]
    pub fn devices(&self) -> PathBuf {
        self.0.join("devices")
    }

    /// One enrolled device: its record and its enrolments.
    #[must_use]
    pub fn device(&self, device: DeviceId) -> PathBuf {
        self.devices().join(device.to_string())
    }

    /// The records of the mail to all devices.
    #[must_use]
    pub fn mail(&self) -> PathBuf {
        self.0.join("mail")
    }

    /// The records of the mail to one device, and mail that has not left yet.
    #[must_use]
    pub fn mail_to(&self, device: DeviceId) -> PathBuf {
        self.mail().join(device.to_string())
    }

    /// All opened visits.
    #[must_use]
    pub fn visits(&self) -> PathBuf {
        self.0.join("visits")
    }

    /// What tablets sent first.
    #[must_use]
    pub fn hellos(&self) -> PathBuf {
        self.0.join("hellos")
    }

    /// What was announced.
    #[must_use]
    pub fn notices(&self) -> PathBuf {
        self.0.join("notices")
    }

    /// The opened parts of a visit.
    #[must_use]
    pub fn visit(&self, visit: VisitId) -> PathBuf {
        self.visits().join(visit.to_string())
    }

    /// Waits until no other command changes the desk, and keeps others waiting while the guard lives.
    ///
    /// # Errors
    /// [`FileError`], also when the folder is not here.
    pub fn lock(&self) -> Result<DeskLock, FileError> {
        let path = self.0.join(".lock");
        let mut options = File::options();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).at(&path)?;
        file.lock().at(&path)?;
        Ok(DeskLock { _file: file })
    }
}

/// The right to change the desk, until dropped. The operating system gives it back when the process dies.
#[derive(Debug)]
pub struct DeskLock {
    _file: File,
}
