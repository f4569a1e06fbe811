//! Opening what arrived: decrypted, verified, reconciled, laid open for the desk, and receipted.
//!
//! A package becomes a folder in one rename, after everything in it is durable; its *opened* receipt is signed after
//! that. So an interrupted command leaves only a draft, which the next one removes, or a folder without a receipt, to
//! which the next one gives it. The tablet destroys its own copy on that receipt: nothing may be receipted that is
//! not safely here.

mod reconcile;
mod unpack;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Seek};
use std::path::Path;

use chrono::{DateTime, Utc};
use homon_domain::ids::{Code, DeviceId};
use homon_domain::platform::Clock;
use homon_seal::jws::SignError;
use homon_seal::receipt::{ReceiptError, issue_opened};
use homon_seal::{
    EntryPath, Examined, HeldReceipt, Identity, Limits, Manifest, OpenError, PackageKey, PublicKey, Sha256Digest,
    SigningKey, Subject, reader,
};

pub use self::reconcile::Mismatch;
use super::arrivals::Arrivals;
use super::authority::{self, AuthorityError};
use super::devices::{Device, Devices};
use super::files::{self, At, FileError};
use super::folder::{CityFolder, DeskFolder};
use super::init::City;
use super::journal::{Deed, Journal, JournalError};
use super::key_files::{self, KeyFileError};
use super::opened::{self, Opened};
use crate::intake::ReceiptKind;

/// Why nothing could be opened at all.
#[derive(Debug, thiserror::Error)]
pub enum DeskNotReady {
    /// A key of the desk is not here.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The authority's certificate can't be read.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The desk or the store could not be read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Why one package was not opened. It stays where it is.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The intake's receipt is not for this file: the file was changed after it was held, or the receipt was.
    #[error("the intake's receipt does not fit the file: {0}")]
    Held(#[from] ReceiptError),
    /// The desk enrolled no such device.
    #[error("device {0} was never enrolled at this desk")]
    UnknownDevice(DeviceId),
    /// The package arrived after the device had been revoked: the intake should have refused it.
    #[error("the package arrived after its device had been revoked")]
    HeldAfterRevocation,
    /// Not encrypted to the desk, not signed by the device, or damaged.
    #[error(transparent)]
    Package(#[from] OpenError),
    /// The manifest is that of another package.
    #[error("the file contains another package than its name says")]
    OtherPackage,
    /// Encrypted to others than the city named.
    #[error("the package was encrypted to other keys than the city gave out")]
    OtherRecipients,
    /// Made under a programme that the device was never given.
    #[error("the package was made under the programme {0}, which its device was not given")]
    OtherProgramme(Code),
    /// The same part of the same visit was already opened from another tablet.
    #[error("the same part of this visit already came from device {0}")]
    PartOfAnotherDevice(DeviceId),
    /// The package contradicts itself.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// The receipt could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Something could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

impl Refusal {
    /// The word for it in the desk's journal; `None` where the desk could not do its part, and the package may be good.
    fn word(&self) -> Option<&'static str> {
        match self {
            Self::Held(_) => Some("other-bytes-than-held"),
            Self::UnknownDevice(_) => Some("unknown-device"),
            Self::HeldAfterRevocation => Some("held-after-revocation"),
            Self::Package(OpenError::Io(_)) | Self::Sign(_) | Self::Journal(_) | Self::File(_) => None,
            Self::Package(OpenError::NotForUs) => Some("not-for-us"),
            Self::Package(OpenError::BadSignature) => Some("bad-signature"),
            Self::Package(OpenError::TooLarge) => Some("too-large"),
            Self::Package(_) => Some("damaged"),
            Self::OtherPackage => Some("other-package"),
            Self::OtherRecipients => Some("other-recipients"),
            Self::OtherProgramme(_) => Some("other-programme"),
            Self::PartOfAnotherDevice(_) => Some("part-of-another-device"),
            Self::Mismatch(_) => Some("contradicts-itself"),
        }
    }
}

/// A package that was opened just now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenedNow {
    /// Which one.
    pub key: PackageKey,
    /// How many cases it contained.
    pub cases: usize,
    /// Set when its device was revoked after it was held.
    pub device_revoked_at: Option<DateTime<Utc>>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct OpenReport {
    /// Opened now.
    pub opened: Vec<OpenedNow>,
    /// Opened before.
    pub before: usize,
    /// Not opened, because a higher seal of the same counts.
    pub superseded: Vec<PackageKey>,
    /// Not opened, with the reason.
    pub refused: Vec<(PackageKey, Refusal)>,
}

/// Opens every package that is held and not opened yet. One that can't be opened keeps none of the others waiting.
///
/// # Errors
/// [`DeskNotReady`], before any package was touched.
pub fn open(folder: &CityFolder, clock: &dyn Clock) -> Result<OpenReport, DeskNotReady> {
    let desk = folder.desk();
    let work = key_files::work_identities(&desk)?;
    let lock = desk.lock()?;
    let mut journal = Journal::open(folder, &lock, clock)?;
    files::remove_drafts(&desk.visits())?;
    files::remove_drafts(desk.path())?;
    let opener = Opener {
        arrivals: Arrivals::of(folder)?,
        city: City::read(&desk)?,
        authorities: authority::keys(&desk)?,
        opened_key: key_files::signing_key(&desk.opened_key())?,
        devices: Devices::read(&desk)?,
        work,
        desk,
        clock,
    };
    let mut report = OpenReport::default();
    for seals in by_subject(opener.arrivals.held()?).into_values() {
        opener.open_highest(&seals, &mut journal, &mut report);
    }
    Ok(report)
}

/// What the desk opens, with the seals of each in falling order. Tallies are the office's.
fn by_subject(held: Vec<PackageKey>) -> BTreeMap<(DeviceId, Subject), Vec<PackageKey>> {
    let mut subjects: BTreeMap<_, Vec<PackageKey>> = BTreeMap::new();
    let opens = |key: &PackageKey| !matches!(key.subject, Subject::Tally { .. } | Subject::Checkpoint { .. });
    for key in held.into_iter().rev().filter(opens) {
        subjects.entry((key.device, key.subject)).or_default().push(key);
    }
    subjects
}

struct Opener<'a> {
    desk: DeskFolder,
    arrivals: Arrivals,
    city: City,
    work: Vec<Identity>,
    authorities: Vec<PublicKey>,
    opened_key: SigningKey,
    devices: Devices,
    clock: &'a dyn Clock,
}

impl Opener<'_> {
    /// Opens the highest seal that can be opened; those below it are superseded.
    fn open_highest(&self, seals: &[PackageKey], journal: &mut Journal<'_>, report: &mut OpenReport) {
        for (index, key) in seals.iter().enumerate() {
            match self.open_one(key, journal) {
                Ok(Some(opened)) => report.opened.push(opened),
                Ok(None) => report.before += 1,
                Err(refusal) => {
                    let told = refusal.word().map(|reason| Deed::Refuse { package: *key, reason });
                    report.refused.push((*key, refusal));
                    let told = told.map_or(Ok(()), |refusal| journal.append_refusal(&refusal));
                    report.refused.extend(told.err().map(|error| (*key, error.into())));
                    continue;
                }
            }
            let unopened = |key: &&PackageKey| !self.desk.place_of(key).is_some_and(|place| place.exists());
            report.superseded.extend(seals[index + 1..].iter().filter(unopened));
            break;
        }
    }

    /// `None` when it had been opened before.
    fn open_one(&self, key: &PackageKey, journal: &mut Journal<'_>) -> Result<Option<OpenedNow>, Refusal> {
        if let Some(opened) = Opened::read(&self.desk, key)? {
            self.receipt(&opened)?;
            return Ok(None);
        }
        let device = self.devices.get(key.device).ok_or(Refusal::UnknownDevice(key.device))?;
        let opened = match self.open_new(key, device, journal) {
            // That the intake held other bytes, or should have held none, says more than what is wrong with these.
            Err(refusal) if refusal.word().is_some() => {
                return Err(self.check_held(key, device).err().unwrap_or(refusal));
            }
            other => other?,
        };
        self.receipt(&opened)?;
        let cases = opened.manifest.entries.iter().filter(|entry| matches!(entry.path, EntryPath::Case(_)));
        Ok(Some(OpenedNow { key: *key, cases: cases.count(), device_revoked_at: opened.device_revoked_at }))
    }

    /// Examines a package and lays it open, in one pass through the file.
    fn open_new(&self, key: &PackageKey, device: &Device, journal: &mut Journal<'_>) -> Result<Opened, Refusal> {
        let key_of = |named: DeviceId| (named == key.device).then_some(device.key);
        let package = reader::examine(self.arrivals.package(key)?, &self.work, key_of, &Limits::default())?;
        self.check_manifest(package.manifest(), key, device)?;
        self.check_part(key)?;
        self.lay_open(package, device, journal)
    }

    /// Whether the intake holds the bytes that lie in the store now.
    fn check_held(&self, key: &PackageKey, device: &Device) -> Result<(), Refusal> {
        let mut file = self.arrivals.package(key)?;
        let (_, sha256) = Sha256Digest::of_reader(&mut file).at(&self.arrivals.path_of(key))?;
        self.held_at(key, sha256, device).map(drop)
    }

    /// Since when the intake holds these very bytes. What it held before a device was revoked is opened all the same:
    /// residents' applications are in it.
    fn held_at(&self, key: &PackageKey, sha256: Sha256Digest, device: &Device) -> Result<DateTime<Utc>, Refusal> {
        let token = self.arrivals.receipt(key, ReceiptKind::Held)?;
        let held_at = HeldReceipt::verify(&token, &self.city.held_keys(), key, sha256)?.at();
        let too_late = device.revoked_at.is_some_and(|revoked_at| revoked_at < held_at);
        if too_late { Err(Refusal::HeldAfterRevocation) } else { Ok(held_at) }
    }

    fn check_manifest(&self, manifest: &Manifest, key: &PackageKey, device: &Device) -> Result<(), Refusal> {
        if manifest.key != *key {
            return Err(Refusal::OtherPackage);
        }
        if !self.city.gave_out(&manifest.recipients) {
            return Err(Refusal::OtherRecipients);
        }
        let programmes = device.programmes(&self.desk, &self.authorities);
        let given = programmes.iter().any(|programme| programme.code == manifest.programme);
        if given { Ok(()) } else { Err(Refusal::OtherProgramme(manifest.programme.clone())) }
    }

    /// One part of a visit is one tablet's. Two tablets that both call themselves part 1 number different residents
    /// alike; people must sort that out.
    fn check_part(&self, key: &PackageKey) -> Result<(), Refusal> {
        let Subject::Visit { visit, .. } = key.subject else { return Ok(()) };
        let parts = opened::parts_of(&self.desk, visit)?;
        let other = parts.iter().find(|part| part.opened.key().subject == key.subject && part.device() != key.device);
        other.map_or(Ok(()), |other| Err(Refusal::PartOfAnotherDevice(other.device())))
    }

    /// Writes the package's folder beside its place and renames it when it is whole, held and reconciled.
    fn lay_open<R: Read + Seek + Send>(
        &self,
        package: Examined<R>,
        device: &Device,
        journal: &mut Journal<'_>,
    ) -> Result<Opened, Refusal> {
        let place = self.desk.place_of(&package.manifest().key).ok_or(Refusal::OtherPackage)?;
        let draft = files::draft_of(&self.desk.visits().join("package"));
        files::make_folder(&draft)?;
        let laid = self.fill(package, &draft, device).and_then(|opened| {
            let shelf = place.parent().unwrap_or(self.desk.path());
            files::make_folders(shelf)?;
            files::settle(shelf, self.desk.path())?;
            journal.append(&Deed::Open(*opened.key()))?;
            files::publish(&draft, &place)?;
            Ok(opened)
        });
        if laid.is_err() {
            // Residents' data must not lie about in a draft; the first error is the one to report.
            let _ = fs::remove_dir_all(&draft);
        }
        laid
    }

    fn fill<R: Read + Seek + Send>(
        &self,
        package: Examined<R>,
        draft: &Path,
        device: &Device,
    ) -> Result<Opened, Refusal> {
        let manifest = package.manifest().clone();
        let sha256 = unpack::unpack(package, draft)?;
        let opened = Opened {
            held_at: self.held_at(&manifest.key, sha256, device)?,
            opened_at: self.clock.now(),
            device_revoked_at: device.revoked_at,
            manifest,
            sha256,
        };
        if let Subject::Visit { visit, part } = opened.key().subject {
            let content = unpack::read_visit(&opened.manifest, draft, (visit, part))?;
            let programmes = device.programmes(&self.desk, &self.authorities);
            reconcile::reconcile(&opened.manifest, (visit, part), &content, &programmes)?;
        }
        files::write_new(&draft.join(Opened::FILE), &files::to_json(&opened))?;
        files::sync_folder(draft)?;
        Ok(opened)
    }

    /// Gives the tablet its receipt, unless it has it.
    fn receipt(&self, opened: &Opened) -> Result<(), Refusal> {
        let key = opened.key();
        if self.arrivals.has_receipt(key, ReceiptKind::Opened) {
            return Ok(());
        }
        let recipients = opened.manifest.recipients;
        let token = issue_opened(&self.opened_key, key, opened.sha256, recipients, opened.opened_at)?;
        Ok(self.arrivals.put_opened(key, &token)?)
    }
}
