//! Opening what arrived: decrypted, verified, reconciled, laid open for the desk, and receipted.
//!
//! A package becomes a folder in one rename, after everything in it is durable; its *opened* receipt is signed after
//! that. So an interrupted command leaves only a draft, which the next one removes, or a folder without a receipt, to
//! which the next one gives it. The tablet destroys its own copy on that receipt: nothing may be receipted that is
//! not safely here.

mod adopt;
mod checkpoints;
mod lineage;
mod reconcile;
mod refusal;
mod unpack;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use homon_domain::ids::DeviceId;
use homon_domain::platform::Clock;
use homon_domain::programme::Mode;
use homon_seal::receipt::issue_opened;
use homon_seal::{
    EntryPath, Examined, HeldReceipt, Identity, Limits, Manifest, PackageKey, PublicKey, Sha256Digest, SigningKey,
    Subject, reader,
};

pub use self::adopt::{AdoptError, Adoption, adopt};
pub use self::checkpoints::{Checkpoint, Warning};
pub use self::lineage::LineageFault;
use self::lineage::{Lineage, Vouchers};
pub use self::reconcile::Mismatch;
use self::reconcile::Part;
pub use self::refusal::{DeskNotReady, Refusal};
use self::unpack::Source;
use super::arrivals::{Arrivals, PackageFile};
use super::audit::Trail;
use super::authority;
use super::devices::{Device, Devices};
use super::files::{self, At};
use super::folder::{CityFolder, DeskFolder, DeskLock};
use super::init::City;
use super::journal::{Deed, Journal};
use super::key_files;
use super::opened::{self, Opened, OpenedPart};
use super::programme;
use crate::intake::ReceiptKind;

/// A package that was opened just now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenedNow {
    /// Which one.
    pub key: PackageKey,
    /// How many cases it contained.
    pub cases: usize,
    /// Set when its device was revoked after it was held.
    pub device_revoked_at: Option<DateTime<Utc>>,
    /// Whether its residents are invented and the city's real: it has its receipts, and nothing of it was kept.
    pub is_practice: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct OpenReport {
    /// Opened now.
    pub opened: Vec<OpenedNow>,
    /// Opened before.
    pub before: usize,
    /// Not opened, because what counts holds all of it.
    pub superseded: Vec<PackageKey>,
    /// Not opened, with the reason.
    pub refused: Vec<(PackageKey, Refusal)>,
    /// Checkpoints that people should look at.
    pub warnings: Vec<(PackageKey, Warning)>,
}

/// Opens every package that is held and not opened yet. One that can't be opened keeps none of the others waiting.
///
/// # Errors
/// [`DeskNotReady`], before any package was touched.
pub fn open(folder: &CityFolder, clock: &dyn Clock) -> Result<OpenReport, DeskNotReady> {
    let lock = lock(folder)?;
    let (opener, mut journal) = Opener::ready(folder, &lock, clock)?;
    let mut report = OpenReport::default();
    let kept = Checkpoint::all(&opener.desk)?;
    let held = opener.arrivals.held()?;
    for seals in by_subject(&held).into_values() {
        opener.open_highest(&seals, &mut journal, &mut report);
    }
    opener.settle_checkpoints(kept, &held, &mut journal, &mut report);
    Ok(report)
}

/// Locks the desk, after a look at whether its key is here: without it nothing can be opened.
fn lock(folder: &CityFolder) -> Result<DeskLock, DeskNotReady> {
    let desk = folder.desk();
    key_files::identity(&desk.work_key())?;
    Ok(desk.lock()?)
}

/// What the desk opens, with the seals of each in falling order: of a part, those of all tablets that sealed it. Tallies
/// are the office's, handovers another tablet's, and checkpoints stay sealed. Visits come last.
fn by_subject(held: &[PackageKey]) -> BTreeMap<(bool, Option<DeviceId>, Subject), Vec<PackageKey>> {
    let mut subjects: BTreeMap<_, Vec<PackageKey>> = BTreeMap::new();
    for key in held {
        let (is_visit, of) = match key.subject {
            Subject::Visit { .. } => (true, None),
            Subject::Hello | Subject::Notice { .. } => (false, Some(key.device)),
            Subject::Tally { .. } | Subject::Checkpoint { .. } | Subject::Handover { .. } => continue,
        };
        subjects.entry((is_visit, of, key.subject)).or_default().push(*key);
    }
    subjects.values_mut().for_each(|keys| keys.sort_unstable_by_key(|key| std::cmp::Reverse((key.seal, key.device))));
    subjects
}

/// What came of one package.
enum Came {
    Opened(OpenedNow),
    Before,
    /// What counts holds all of it.
    Superseded,
}

struct Opener<'a> {
    desk: DeskFolder,
    arrivals: Arrivals,
    city: City,
    work: Vec<Identity>,
    authorities: Vec<PublicKey>,
    opened_key: SigningKey,
    mail_keys: Vec<PublicKey>,
    devices: Devices,
    mode: Mode,
    clock: &'a dyn Clock,
}

/// What the rules, or people, say of a package that holds together.
enum Verdict {
    /// It is laid open, by the rules or because people decided so.
    LaysOpen(Option<Adoption>),
    /// What counts holds all of it.
    Superseded,
    /// It is receipted, and nothing of it is kept.
    Practice,
}

impl<'a> Opener<'a> {
    /// Brings together what opening takes, and removes what an interrupted command left.
    fn ready(
        folder: &CityFolder,
        lock: &'a DeskLock,
        clock: &'a dyn Clock,
    ) -> Result<(Self, Journal<'a>), DeskNotReady> {
        let desk = folder.desk();
        let work = key_files::work_identities(&desk)?;
        let journal = Journal::open(folder, lock, clock)?;
        for drafts in [desk.visits(), desk.checkpoints(), desk.path().to_owned()] {
            files::remove_drafts(&drafts)?;
        }
        let city = City::read(&desk)?;
        let mail_key = key_files::signing_key(&desk.mail_key())?.public_key();
        let opener = Self {
            arrivals: Arrivals::of(folder)?,
            mail_keys: [&[mail_key], city.former.mail.as_slice()].concat(),
            city,
            authorities: authority::keys(&desk)?,
            opened_key: key_files::signing_key(&desk.opened_key())?,
            devices: Devices::read(&desk)?,
            mode: programme::read(&folder.programme())?.mode,
            work,
            desk,
            clock,
        };
        Ok((opener, journal))
    }

    /// Opens the highest seal that can be opened; those below it are superseded. Of another tablet each is looked at:
    /// only its log tells whether it is part of what counts.
    fn open_highest(&self, seals: &[PackageKey], journal: &mut Journal<'_>, report: &mut OpenReport) {
        let mut through = Vec::new();
        for key in seals {
            if through.contains(&key.device) {
                let opened = Opened::read(&self.desk, key).is_ok_and(|opened| opened.is_some());
                report.superseded.extend((!opened).then_some(*key));
                continue;
            }
            match self.open_one(key, journal) {
                Ok(Came::Opened(opened)) => report.opened.push(opened),
                Ok(Came::Before) => report.before += 1,
                Ok(Came::Superseded) => report.superseded.push(*key),
                Err(refusal) => {
                    self.refuse(key, refusal, journal, report);
                    continue;
                }
            }
            through.push(key.device);
        }
    }

    fn refuse(&self, key: &PackageKey, refusal: Refusal, journal: &mut Journal<'_>, report: &mut OpenReport) {
        let told = refusal.word().map(|reason| Deed::Refuse { package: *key, reason });
        report.refused.push((*key, refusal));
        let told = told.map_or(Ok(()), |refusal| journal.append_refusal(&refusal));
        report.refused.extend(told.err().map(|error| (*key, error.into())));
    }

    fn open_one(&self, key: &PackageKey, journal: &mut Journal<'_>) -> Result<Came, Refusal> {
        if let Some(opened) = Opened::read(&self.desk, key)? {
            self.receipt(&opened)?;
            return Ok(Came::Before);
        }
        let judge = |manifest: &Manifest, part: Option<&Part>| self.judge(manifest, part);
        let opened = match self.open_new(key, &Deed::Open(*key), journal, judge) {
            // That the intake held other bytes, or should have held none, says more than what is wrong with these.
            Err(refusal) if refusal.word().is_some() => return Err(self.check_held(key).err().unwrap_or(refusal)),
            other => other?,
        };
        Ok(opened.map_or(Came::Superseded, Came::Opened))
    }

    /// Whether the rules lay a package open: a part must go on from what counts.
    fn judge(&self, manifest: &Manifest, part: Option<&Part>) -> Result<Verdict, Refusal> {
        if self.is_practice(manifest) {
            return Ok(Verdict::Practice);
        }
        let (Some(part), Some(of)) = (part, manifest.key.subject.visit()) else { return Ok(Verdict::LaysOpen(None)) };
        let Some(before) = opened::part_that_counts(&self.desk, of)? else { return Ok(Verdict::LaysOpen(None)) };
        if is_within(manifest, &before)? {
            return Ok(Verdict::Superseded);
        }
        part.lineage.check_follows(manifest, &part.trail, &before)?;
        Ok(Verdict::LaysOpen(None))
    }

    /// Examines a package and lays it open in one pass through the file, if `judge` says so, and gives the receipts.
    /// `None` when what counts holds all of it.
    fn open_new<E: From<Refusal>>(
        &self,
        key: &PackageKey,
        deed: &Deed,
        journal: &mut Journal<'_>,
        judge: impl FnOnce(&Manifest, Option<&Part>) -> Result<Verdict, E>,
    ) -> Result<Option<OpenedNow>, E> {
        let device = self.device(key)?;
        let key_of = |named: DeviceId| (named == key.device).then_some(device.key);
        let file = self.arrivals.package(key).map_err(Refusal::from)?;
        let package = reader::examine(file, &self.work, key_of, &Limits::default()).map_err(Refusal::from)?;
        self.check_manifest(package.manifest(), key, device)?;
        let Some(opened) = self.lay_open(package, device, deed, journal, judge)? else { return Ok(None) };
        self.receipt(&opened)?;
        let cases = opened.manifest.entries.iter().filter(|entry| matches!(entry.path, EntryPath::Case(_))).count();
        let is_practice = self.is_practice(&opened.manifest);
        Ok(Some(OpenedNow { key: *key, cases, device_revoked_at: opened.device_revoked_at, is_practice }))
    }

    /// Whether a package is to be receipted and not kept. A hello is of no residents.
    fn is_practice(&self, manifest: &Manifest) -> bool {
        manifest.is_practice_at(self.mode) && manifest.key.subject != Subject::Hello
    }

    fn device(&self, key: &PackageKey) -> Result<&Device, Refusal> {
        self.devices.get(key.device).ok_or(Refusal::UnknownDevice(key.device))
    }

    /// Whether the intake holds the bytes that lie in the store now.
    fn check_held(&self, key: &PackageKey) -> Result<(), Refusal> {
        let mut file = self.arrivals.package(key)?;
        let (_, sha256) = Sha256Digest::of_reader(&mut file).at(&self.arrivals.path_of(key))?;
        self.held_at(key, sha256, self.device(key)?).map(drop)
    }

    /// Reads a part, and checks that it says the same thing throughout and how it came to its tablet.
    fn read(&self, manifest: &Manifest, device: &Device, source: &mut Source<'_>) -> Result<Part, Refusal> {
        let part = manifest.key.subject.visit().ok_or(Refusal::OtherPackage)?;
        let content = unpack::read_visit(manifest, source, part)?;
        let vouchers = Vouchers { devices: &self.devices, mail_keys: &self.mail_keys };
        let lineage = Lineage::follow(&content.handovers, manifest, part, &content.trail, &vouchers)?;
        let given = lineage.handed_on.iter().filter_map(|given| self.devices.get(given.key.device));
        let mut programmes = Vec::new();
        for device in std::iter::once(device).chain(given) {
            programmes.extend(device.programmes(&self.desk, &self.authorities)?);
        }
        reconcile::reconcile(manifest, part, &content, &programmes)?;
        Ok(Part { lineage, trail: content.trail })
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
        let programmes = device.programmes(&self.desk, &self.authorities)?;
        let given = programmes.iter().any(|programme| programme.code == manifest.programme);
        if given { Ok(()) } else { Err(Refusal::OtherProgramme(manifest.programme.clone())) }
    }

    /// Writes the package's folder beside its place and renames it when it is whole, held, reconciled and judged.
    fn lay_open<E: From<Refusal>>(
        &self,
        package: Examined<PackageFile>,
        device: &Device,
        deed: &Deed,
        journal: &mut Journal<'_>,
        judge: impl FnOnce(&Manifest, Option<&Part>) -> Result<Verdict, E>,
    ) -> Result<Option<Opened>, E> {
        let key = package.manifest().key;
        let place = if self.is_practice(package.manifest()) {
            self.desk.practised(&key)
        } else {
            self.desk.free_place_of(&key).ok_or(Refusal::OtherPackage)?
        };
        let draft = files::draft_of(&self.desk.visits().join("package"));
        files::make_folder(&draft).map_err(Refusal::from)?;
        let laid = self.fill(package, &draft, device, judge).and_then(|opened| {
            if opened.is_some() {
                self.publish(&draft, &place, deed, journal)?;
            }
            Ok(opened)
        });
        if !matches!(laid, Ok(Some(_))) {
            // Residents' data must not lie about in a draft; the first error is the one to report.
            let _ = fs::remove_dir_all(&draft);
        }
        laid
    }

    fn publish(&self, draft: &Path, place: &Path, deed: &Deed, journal: &mut Journal<'_>) -> Result<(), Refusal> {
        let shelf = place.parent().unwrap_or(self.desk.path());
        files::make_folders(shelf)?;
        files::settle(shelf, self.desk.path())?;
        journal.append(deed)?;
        Ok(files::publish(draft, place)?)
    }

    fn fill<E: From<Refusal>>(
        &self,
        package: Examined<PackageFile>,
        draft: &Path,
        device: &Device,
        judge: impl FnOnce(&Manifest, Option<&Part>) -> Result<Verdict, E>,
    ) -> Result<Option<Opened>, E> {
        let manifest = package.manifest().clone();
        let sha256 = unpack::unpack(package, draft)?;
        let held_at = self.held_at(&manifest.key, sha256, device)?;
        let part = match manifest.key.subject {
            Subject::Visit { .. } | Subject::Checkpoint { .. } => {
                Some(self.read(&manifest, device, &mut Source::Draft(draft))?)
            }
            Subject::Hello | Subject::Notice { .. } | Subject::Handover { .. } | Subject::Tally { .. } => None,
        };
        let adopted = match judge(&manifest, part.as_ref())? {
            Verdict::LaysOpen(adopted) => adopted,
            Verdict::Superseded => return Ok(None),
            Verdict::Practice => {
                // Invented residents must not lie beside real ones, nor stand in for any.
                fs::remove_dir_all(draft).at(draft).map_err(Refusal::from)?;
                files::make_folder(draft).map_err(Refusal::from)?;
                None
            }
        };
        let lineage = part.map(|part| part.lineage).unwrap_or_default();
        let opened = Opened {
            manifest,
            sha256,
            held_at,
            opened_at: self.clock.now(),
            device_revoked_at: device.revoked_at,
            handed_on: lineage.handed_on,
            recovered: lineage.recovered,
            adopted,
        };
        files::write_new(&draft.join(Opened::FILE), &files::to_json(&opened)).map_err(Refusal::from)?;
        files::sync_folder(draft).map_err(Refusal::from)?;
        Ok(Some(opened))
    }

    /// Gives the tablets their receipts, unless they have them: for the package, and for each handover on its way.
    fn receipt(&self, opened: &Opened) -> Result<(), Refusal> {
        for (key, sha256, recipients) in opened.receipted() {
            if !self.arrivals.has_receipt(&key, ReceiptKind::Opened) {
                let token = issue_opened(&self.opened_key, &key, sha256, recipients, opened.opened_at)?;
                self.arrivals.put_opened(&key, &token)?;
            }
        }
        Ok(())
    }
}

/// Whether the package that counts holds all of another, as its log says: one of the same tablet, or of a tablet that had
/// the part before.
fn is_within(manifest: &Manifest, counts: &OpenedPart) -> Result<bool, Refusal> {
    let PackageKey { device, subject, seal } = manifest.key;
    // Numbers rise along a part. Those of checkpoints are their own.
    if counts.is_complete() && matches!(subject, Subject::Visit { .. }) && seal >= counts.seal() {
        return Ok(false);
    }
    let gave = counts.opened.handed_on.iter().any(|given| given.key.device == device);
    if counts.device() != device && !gave && !counts.opened.recovered {
        return Ok(false);
    }
    let trail = Trail::read(&counts.audit_log())?;
    Ok(manifest.audit_head.is_some_and(|head| trail.holds(head)))
}
