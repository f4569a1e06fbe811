//! The yearly drill of the recovery key (復旧鍵の点検): whether what lies in the safe opens what it must.
//!
//! A key that nobody has tried for years is a hope. The drill takes the key from its medium and proves that it is the
//! city's, that it opens a package (one that arrived, or a fresh one where none did), and that it opens copies of visit
//! keys.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use homon_domain::ids::{Code, DeviceId, SealNumber};
use homon_domain::platform::Clock;
use homon_domain::programme::Mode;
use homon_seal::recipients::{SmallError, decrypt_small, encrypt_small};
use homon_seal::{
    Closing, Identity, Limits, OpenError, PackageName, PackageWriter, SealError, Signer, SigningKey, Subject, reader,
};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use super::arrivals::Arrivals;
use super::devices::Devices;
use super::files::FileError;
use super::folder::CityFolder;
use super::init::City;
use super::journal::{Deed, Journal, JournalError};
use super::key_files::{self, KeyFileError};
use super::opened;
use super::programme::{self, ProgrammeError};

/// Why the recovery key is not proven.
#[derive(Debug, thiserror::Error)]
pub enum DrillError {
    /// The key is not the one to which tablets encrypt.
    #[error(
        "the key in {} is not this city's recovery key: look for the right medium today; while it is missing, a lost \
         work key loses every visit", .0.display()
    )]
    OtherKey(PathBuf),
    /// A package that was encrypted to this key can't be opened with it.
    #[error("the recovery key does not open the package {package}, which was encrypted to it: {problem}")]
    Package {
        /// Which one.
        package: PackageName,
        /// Why not.
        problem: OpenError,
    },
    /// A copy of a visit's key can't be opened with it.
    #[error("the recovery key does not open a copy of a visit's key: {0}")]
    Copy(#[from] SmallError),
    /// The fresh package could not be made.
    #[error("a package to try the key on could not be made: {0}")]
    Seal(#[from] SealError),
    /// A key is not here.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The programme can't be used.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What the key has proven.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Proven {
    /// The package that it opened; `None` for a fresh one, where no visit lies in the store.
    pub package: Option<PackageName>,
    /// How many entries of it were verified.
    pub entries: usize,
}

/// Proves the recovery key that lies in a file, or in a folder under its usual name, and records how that ended.
///
/// # Errors
/// Any [`DrillError`].
pub fn check(folder: &CityFolder, key: &Path, clock: &dyn Clock) -> Result<Proven, DrillError> {
    let path = CityFolder::key_at(key);
    let identity = key_files::identity(&path)?;
    let programme = programme::read(&folder.programme())?.code;
    let desk = folder.desk();
    let lock = desk.lock()?;
    let mut journal = Journal::open(folder, &lock, clock)?;
    let drill = Drill { folder, city: City::read(&desk)?, identity, programme, clock };
    let proven = drill.prove(&path);
    journal.append(&Deed::Drill { passed: proven.is_ok() })?;
    proven
}

struct Drill<'a> {
    folder: &'a CityFolder,
    city: City,
    identity: Identity,
    programme: Code,
    clock: &'a dyn Clock,
}

impl Drill<'_> {
    fn prove(&self, path: &Path) -> Result<Proven, DrillError> {
        let own = self.identity.recipient();
        if !self.city.recipients.recovery.iter().any(|recipient| *recipient == own) {
            return Err(DrillError::OtherKey(path.to_owned()));
        }
        let proven = match self.try_newest_visit()? {
            Some(proven) => proven,
            None => self.try_fresh_package()?,
        };
        self.try_copy()?;
        Ok(proven)
    }

    /// The visit that was opened last, if its package still lies in the store and was encrypted to the present keys.
    fn try_newest_visit(&self) -> Result<Option<Proven>, DrillError> {
        let (desk, arrivals) = (self.folder.desk(), Arrivals::of(self.folder)?);
        let devices = Devices::read(&desk)?;
        let mut parts: Vec<_> = opened::parts_that_count(&desk)?.into_values().map(|part| part.opened).collect();
        parts.retain(|opened| opened.manifest.recipients == self.city.recipients.work.fingerprint());
        parts.sort_by_key(|opened| std::cmp::Reverse(opened.opened_at));
        for opened in parts {
            let key = opened.key();
            let file = match arrivals.package(key) {
                Err(error) if error.is_missing() => continue,
                file => file?,
            };
            let device = devices.get(key.device).map(|device| device.key);
            let key_of = |named: DeviceId| device.filter(|_| named == key.device);
            return Ok(Some(Proven { package: Some(key.name()), ..self.open(file, key.name(), key_of)? }));
        }
        Ok(None)
    }

    /// A package as a new tablet sends it first, sealed to the city's keys by nobody.
    fn try_fresh_package(&self) -> Result<Proven, DrillError> {
        let (device, signing) = (DeviceId::make(), SigningKey::make());
        let name = PackageName { subject: Subject::Hello, seal: SealNumber::FIRST };
        let recipients = &self.city.recipients.work;
        let writer = PackageWriter::new(Vec::new(), recipients, name.of(device), self.clock.now())?;
        let closing = Closing {
            handover: None,
            programme: self.programme.clone(),
            mode: Mode::Training,
            counts: BTreeMap::new(),
            audit_head: None,
            reason: None,
        };
        let sealed = writer.finish(Signer::City(&signing), closing)?.out;
        self.open(Cursor::new(sealed), name, |named| (named == device).then(|| signing.public_key()))
    }

    fn open(
        &self,
        file: impl Read + Seek + Send,
        package: PackageName,
        key_of: impl FnOnce(DeviceId) -> Option<homon_seal::PublicKey>,
    ) -> Result<Proven, DrillError> {
        let opened = reader::open(file, std::slice::from_ref(&self.identity), key_of, &Limits::default());
        let opened = opened.map_err(|problem| DrillError::Package { package, problem })?;
        Ok(Proven { package: None, entries: opened.manifest().entries.len() })
    }

    /// What a tablet keeps of each visit's key, so that a dead key store loses no visit.
    fn try_copy(&self) -> Result<(), DrillError> {
        let mut key = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(key.as_mut()).expect("the operating system has random numbers");
        let copy = encrypt_small(&self.city.recipients.recovery, key.as_ref())?;
        let back = decrypt_small(std::slice::from_ref(&self.identity), &copy)?;
        if back.as_slice() == key.as_ref() { Ok(()) } else { Err(SmallError::Damaged.into()) }
    }
}
