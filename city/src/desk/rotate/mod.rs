//! Exchanging a key of the city (鍵の更新) without losing a visit.
//!
//! Every exchange keeps the order: what was made under the former key goes on to count, the new key is in its place, and
//! only then are the tablets told, each by a newer enrolment in its mail. A tablet that is away for weeks goes on
//! with what it has, and is told when it comes back. A command that was interrupted is given again: it makes one more
//! key, and the one that nobody used does no harm.

mod authority;

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use homon_domain::ids::Code;
use homon_domain::mail::MailContent;
use homon_domain::platform::Clock;
use homon_domain::programme::Programme;
use homon_seal::jws::SignError;
use homon_seal::receipt::{issue_held, issue_opened};
use homon_seal::recipients::RecipientsError;
use homon_seal::{HeldReceipt, Identity, PublicKey, Recipients, Sha256Digest, SigningKey};

pub use self::authority::{AuthorityStep, next_step};
use super::answer::{AnswerError, Answers};
use super::arrivals::Arrivals;
use super::authority::{Authority, AuthorityError};
use super::devices::{Device, Devices};
use super::files::{self, At, FileError};
use super::folder::{CityFolder, DeskFolder};
use super::init::City;
use super::journal::{Deed, Journal, JournalError};
use super::key_files::{self, KeyFileError};
use super::mail::{self, PostError};
use super::opened::{self, Opened};
use super::programme::{self, ProgrammeError};
use super::server_name::{NotAnIntakeUrl, ServerName};
use crate::intake::ReceiptKind;

/// A key that one command exchanges. The authority takes several: [`next_step`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CityKey {
    /// The desk's, to which tablets encrypt.
    Work,
    /// The one in the safe, to which they encrypt as well.
    Recovery,
    /// The intake's, for *held* receipts.
    Held,
    /// The desk's, for *opened* receipts.
    Opened,
    /// The desk's, for what goes back to the tablets.
    Mail,
    /// The intake's certificate and its key.
    Server,
}

impl CityKey {
    /// Its word in the journal.
    fn word(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Recovery => "recovery",
            Self::Held => "held",
            Self::Opened => "opened",
            Self::Mail => "mail",
            Self::Server => "server",
        }
    }
}

/// What is known of the key that goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Former {
    /// Nobody else has it: what it signed goes on to count.
    Trusted,
    /// It may have leaked: what it signed counts no more, and is signed again where it stands.
    Leaked,
}

/// Why a key was not exchanged.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// The former recovery key is still in the city's folder.
    #[error("{} is still here; carry it to the safe first, older visits need it", .0.display())]
    RecoveryStillHere(std::path::PathBuf),
    /// Whether such a key has leaked makes no difference to what becomes of it.
    #[error("only the keys that sign are given up when they leak; exchange this one without --leaked")]
    NothingToGiveUp,
    /// The next step must wait: these tablets have not taken their mail yet.
    #[error("not every tablet has been told yet; these have still to synchronise, or to be revoked: {}", list(.0))]
    NotAllTold(Vec<Code>),
    /// The keys don't make a set of recipients.
    #[error(transparent)]
    Recipients(#[from] RecipientsError),
    /// The intake's address can't be used.
    #[error(transparent)]
    Url(#[from] NotAnIntakeUrl),
    /// The programme can't be used; tablets get its present rules with every enrolment.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// A tablet's answer could not be made.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// A certificate could not be made.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// A tablet could not be told.
    #[error(transparent)]
    Post(#[from] PostError),
    /// A key is not here.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// Something could not be signed again.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

fn list(labels: &[Code]) -> String {
    labels.iter().map(Code::as_str).collect::<Vec<_>>().join(", ")
}

/// Exchanges one key and tells the tablets; gives how many were told.
///
/// # Errors
/// Any [`RotateError`] but [`RotateError::NotAllTold`].
pub fn exchange(folder: &CityFolder, key: CityKey, former: Former, clock: &dyn Clock) -> Result<usize, RotateError> {
    let signs = matches!(key, CityKey::Held | CityKey::Opened | CityKey::Mail);
    if former == Former::Leaked && !signs {
        return Err(RotateError::NothingToGiveUp);
    }
    let programme = programme::read(&folder.programme())?;
    let desk = folder.desk();
    let lock = desk.lock()?;
    let mut journal = Journal::open(folder, &lock, clock)?;
    let exchanging = Exchanging { folder, desk: folder.desk(), former, now: clock.now(), city: City::read(&desk)? };
    exchanging.check(key)?;
    journal.append(&Deed::Exchange(key.word()))?;
    match key {
        CityKey::Work => exchanging.work()?,
        CityKey::Recovery => exchanging.recovery()?,
        CityKey::Held => exchanging.held()?,
        CityKey::Opened => exchanging.opened()?,
        CityKey::Mail => return exchanging.mail(&mut journal, programme, clock),
        CityKey::Server => {
            exchanging.server()?;
            return Ok(0);
        }
    }
    tell_all(&mut journal, folder, &Answers::read(folder, programme)?, clock)
}

struct Exchanging<'a> {
    folder: &'a CityFolder,
    desk: DeskFolder,
    former: Former,
    now: DateTime<Utc>,
    city: City,
}

impl Exchanging<'_> {
    /// What must hold before anything changes.
    fn check(&self, key: CityKey) -> Result<(), RotateError> {
        let recovery = self.folder.recovery_key();
        if key == CityKey::Recovery && recovery.exists() {
            return Err(RotateError::RecoveryStillHere(recovery));
        }
        Ok(())
    }

    /// The former work key stays at the desk: tablets that have not been told yet still encrypt to it.
    fn work(&self) -> Result<(), RotateError> {
        let former = key_files::identity(&self.desk.work_key())?;
        files::make_folders(&self.desk.former())?;
        let kept = self.desk.former().join(key_files::former_work_key(&former.recipient()));
        if !kept.exists() {
            key_files::replace_identity(&kept, &former, self.now)?;
        }
        let work = Identity::make(former.recipient().kind());
        key_files::replace_identity(&self.desk.work_key(), &work, self.now)?;
        let recovery = self.city.recipients.recovery.clone();
        let work = recovery.after(work.recipient())?;
        self.write_recipients(work, recovery)
    }

    fn recovery(&self) -> Result<(), RotateError> {
        let work = key_files::identity(&self.desk.work_key())?.recipient();
        let recovery = Identity::make(work.kind());
        files::make_folders(&self.folder.recovery())?;
        key_files::replace_identity(&self.folder.recovery_key(), &recovery, self.now)?;
        let recovery = Recipients::new(vec![recovery.recipient()])?;
        self.write_recipients(recovery.after(work)?, recovery)
    }

    fn write_recipients(&self, work: Recipients, recovery: Recipients) -> Result<(), RotateError> {
        let mut city = self.city.clone();
        city.former_recipients.push(city.recipients.work.fingerprint());
        city.recipients.work = work;
        city.recipients.recovery = recovery;
        Ok(city.write(&self.desk)?)
    }

    /// The city's record first: while the intake still has the former key, that one counts as a former one.
    fn held(&self) -> Result<(), RotateError> {
        let held = SigningKey::make();
        let mut city = self.city.clone();
        give_up(&mut city.former.held, city.held_key, self.former);
        city.held_key = held.public_key();
        city.write(&self.desk)?;
        files::make_folders(&self.folder.intake())?;
        files::replace(&self.folder.former_held_keys(), &files::to_json(&city.former.held))?;
        files::replace(&self.folder.held_key(), held.to_pkcs8_pem().as_bytes())?;
        if self.former == Former::Leaked { self.sign_held_again(&held) } else { Ok(()) }
    }

    /// Vouches anew for what waits to be opened, where the file is the one that the former key vouched for: what it
    /// holds is for the device's signature to prove. What has been opened needs no receipt of the intake any more.
    fn sign_held_again(&self, key: &SigningKey) -> Result<(), RotateError> {
        let arrivals = Arrivals::of(self.folder)?;
        for package in arrivals.held()? {
            if Opened::read(&self.desk, &package)?.is_some() {
                continue;
            }
            let (_, sha256) =
                Sha256Digest::of_reader(&mut arrivals.package(&package)?).at(&arrivals.path_of(&package))?;
            let token = arrivals.receipt(&package, ReceiptKind::Held)?;
            if let Ok(held) = HeldReceipt::verify(&token, &[self.city.held_key], &package, sha256) {
                arrivals.replace_receipt(
                    &package,
                    ReceiptKind::Held,
                    &issue_held(key, &package, sha256, held.at())?,
                )?;
            }
        }
        Ok(())
    }

    fn opened(&self) -> Result<(), RotateError> {
        let opened = SigningKey::make();
        let present = key_files::signing_key(&self.desk.opened_key())?.public_key();
        let mut city = self.city.clone();
        give_up(&mut city.former.opened, present, self.former);
        city.write(&self.desk)?;
        files::replace(&self.desk.opened_key(), opened.to_pkcs8_pem().as_bytes())?;
        if self.former == Former::Leaked { self.sign_opened_again(&opened) } else { Ok(()) }
    }

    /// Gives every package that was opened its receipt once more, under the key that nobody else has.
    fn sign_opened_again(&self, key: &SigningKey) -> Result<(), RotateError> {
        let arrivals = Arrivals::of(self.folder)?;
        for opened in opened::all(&self.desk)? {
            for (package, sha256, recipients) in opened.receipted() {
                if arrivals.has_receipt(&package, ReceiptKind::Opened) {
                    let token = issue_opened(key, &package, sha256, recipients, opened.opened_at)?;
                    arrivals.replace_receipt(&package, ReceiptKind::Opened, &token)?;
                }
            }
        }
        Ok(())
    }

    /// Tablets learn of the new mail key by mail, so the letter that tells them is signed by the one that they know.
    fn mail(&self, journal: &mut Journal<'_>, programme: Programme, clock: &dyn Clock) -> Result<usize, RotateError> {
        let next = match key_files::signing_key(&self.desk.next_mail_key()) {
            Err(KeyFileError::NotHere(path)) => {
                let made = SigningKey::make();
                files::replace(&path, made.to_pkcs8_pem().as_bytes())?;
                made
            }
            interrupted => interrupted?,
        };
        let present = key_files::signing_key(&self.desk.mail_key())?.public_key();
        let mut city = self.city.clone();
        give_up(&mut city.former.mail, present, self.former);
        city.write(&self.desk)?;
        let answers = Answers::read(self.folder, programme)?.with_mail_key(next.public_key());
        let told = tell_all(journal, self.folder, &answers, clock)?;
        files::publish(&self.desk.next_mail_key(), &self.desk.mail_key())?;
        Ok(told)
    }

    fn server(&self) -> Result<(), RotateError> {
        let authority = Authority::read(&self.desk)?;
        issue_server(self.folder, &authority, &self.city, self.now)
    }
}

/// A new key and certificate for the intake. The key first: an intake that starts between the two says that they do not
/// fit, and the command is given again.
fn issue_server(
    folder: &CityFolder,
    authority: &Authority,
    city: &City,
    now: DateTime<Utc>,
) -> Result<(), RotateError> {
    let (key, certificate) = authority.issue_server(&ServerName::of_url(&city.intake_url)?, now)?;
    files::make_folders(&folder.intake())?;
    files::replace(&folder.server_key(), key.as_bytes())?;
    Ok(files::replace(&folder.server_certificate(), certificate.as_bytes())?)
}

/// Puts the key that goes among the former ones, or sees to it that it is not there.
fn give_up(former: &mut Vec<PublicKey>, key: PublicKey, what: Former) {
    former.retain(|one| *one != key);
    if what == Former::Trusted {
        former.insert(0, key);
    }
}

/// Sends every tablet that is not revoked its newest enrolment; gives how many there are. It holds the present rules of
/// the programme as well.
fn tell_all(
    journal: &mut Journal<'_>,
    folder: &CityFolder,
    answers: &Answers,
    clock: &dyn Clock,
) -> Result<usize, RotateError> {
    let devices = Devices::read(&folder.desk())?;
    let mut told = 0;
    for (device, serial) in live(&devices).zip(devices.next_serial()..) {
        tell(journal, folder, answers, (device.clone(), serial), clock)?;
        told += 1;
    }
    Ok(told)
}

/// The tablets that are to be told: all that are not revoked.
fn live(devices: &Devices) -> impl Iterator<Item = &Device> {
    devices.iter().filter(|device| device.revoked_at.is_none())
}

fn tell(
    journal: &mut Journal<'_>,
    folder: &CityFolder,
    answers: &Answers,
    (mut device, serial): (Device, u64),
    clock: &dyn Clock,
) -> Result<(), RotateError> {
    let token = answers.issue(folder, &mut device, (serial, None), clock.now())?;
    let number = mail::post_within(journal, folder, device.device, MailContent::Enrolment { token }, clock)?;
    // Interrupted before this is written, the tablet counts as not told, and is told once more.
    if let Some(issued) = device.enrolments.last_mut() {
        issued.mail = Some(number);
    }
    Ok(device.write(&folder.desk())?)
}

/// Whether the newest enrolment of a device lies in its mail and was not taken yet.
fn waits_for_mail(folder: &CityFolder, device: &Device) -> Result<bool, RotateError> {
    let Some(number) = device.enrolments.last().and_then(|issued| issued.mail) else { return Ok(false) };
    let lines = mail::posted(folder, device.device)?;
    Ok(!lines.iter().any(|line| line.posted.number == number && line.taken_at.is_some()))
}

/// Removes a file that may not be there, durably.
fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other.at(path),
    }?;
    files::sync_folder(path.parent().unwrap_or(Path::new(".")))
}
