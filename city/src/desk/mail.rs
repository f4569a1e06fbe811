//! Mail (便): what the desk sends back to a tablet.
//!
//! A mail is posted in two steps. Sealed and recorded within the desk's folder it has its number for good; then it is
//! put into the store, from where the intake hands it out. What a crash or a store that does not answer leaves between
//! the two leaves with the next command: no number is given twice, none is left out, nothing is sent twice.

use std::fs;

use chrono::{DateTime, Utc};
use homon_domain::ids::{DeviceId, MailNumber};
use homon_domain::mail::{MailContent, MailKind};
use homon_domain::platform::Clock;
use homon_seal::jws::SignError;
use homon_seal::mail::FORMAT;
use homon_seal::{Mail, Sha256Digest};
use serde::{Deserialize, Serialize};

use super::devices::{Device, Devices};
use super::files::{self, At, FileError};
use super::folder::{CityFolder, DeskFolder};
use super::journal::{Deed, Journal, JournalError};
use super::key_files::{self, KeyFileError};
use super::outgoing::Outgoing;

/// Why mail was not posted.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// No such device was enrolled here.
    #[error("no device {0} was enrolled here; `status` lists those that were")]
    NotEnrolled(DeviceId),
    /// The device is revoked: nothing may be sent to it any more.
    #[error("device {0} was revoked; send it to another tablet")]
    Revoked(DeviceId),
    /// The roster has more residents than one mail holds.
    #[error("the roster has {of} residents, and one mail holds the first {fit}: divide it")]
    RosterTooLong {
        /// How many residents, from the first on, fit.
        fit: usize,
        /// How many there are.
        of: usize,
    },
    /// It says more than one mail holds.
    #[error("this is more than one mail holds")]
    TooLong,
    /// The mail has its number and will leave, but the store could not be written now.
    #[error(
        "mail {number} is ready but could not be handed to the intake: {source}; it leaves by itself with the \
             next mail or roster, so do not give it again"
    )]
    NotHandedOver {
        /// Its number.
        number: MailNumber,
        /// Why.
        source: FileError,
    },
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The desk's mail key is not here.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// It could not be signed.
    #[error(transparent)]
    Sign(SignError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// The desk's record of a mail: `<number>.json`. Nothing in it says about whom it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Posted {
    /// Its number among those to its device.
    pub number: MailNumber,
    /// What kind it was.
    pub kind: MailKind,
    /// The city's clock.
    pub at: DateTime<Utc>,
    /// The digest of the sealed mail.
    pub sha256: Sha256Digest,
    /// How many residents it speaks of. The desk keeps no roster, and must be able to say this of a lost tablet.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub residents: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(residents: &usize) -> bool {
    *residents == 0
}

/// A mail and what became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct MailLine {
    /// Its record.
    #[serde(flatten)]
    pub posted: Posted,
    /// Since when the tablet has it, by the intake's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<DateTime<Utc>>,
}

/// Sends something to one tablet: gives it the next number, signs it, seals it to the tablet and hands it to the
/// intake.
///
/// # Errors
/// Any [`PostError`].
pub fn post(
    folder: &CityFolder,
    device: DeviceId,
    content: MailContent,
    clock: &dyn Clock,
) -> Result<MailNumber, PostError> {
    let lock = folder.desk().lock()?;
    let mut journal = Journal::open(folder, &lock, clock)?;
    post_within(&mut journal, folder, device, content, clock)
}

/// As [`post`], for a command that holds the desk and its journal already.
///
/// # Errors
/// Any [`PostError`].
pub fn post_within(
    journal: &mut Journal<'_>,
    folder: &CityFolder,
    device: DeviceId,
    content: MailContent,
    clock: &dyn Clock,
) -> Result<MailNumber, PostError> {
    let desk = folder.desk();
    let store = Outgoing::of(folder)?;
    hand_over_all(&desk, &store)?;
    let devices = Devices::read(&desk)?;
    let to = devices.get(device).ok_or(PostError::NotEnrolled(device))?;
    if to.revoked_at.is_some() {
        return Err(PostError::Revoked(device));
    }
    let mail =
        Mail { format: FORMAT, device, number: next_number(&desk, &store, device)?, made_at: clock.now(), content };
    let sealed = seal(&desk, to, &mail)?;
    journal.append(&Deed::Post { device, kind: mail.content.kind(), visit: mail.content.visit() })?;
    record(&desk, &mail, &sealed)?;
    hand_over(&desk, &store, device, mail.number)
        .map_err(|source| PostError::NotHandedOver { number: mail.number, source })?;
    Ok(mail.number)
}

/// Hands over what an earlier command could not.
///
/// # Errors
/// [`FileError`].
pub fn hand_over_waiting(folder: &CityFolder) -> Result<(), FileError> {
    let desk = folder.desk();
    let _lock = desk.lock()?;
    hand_over_all(&desk, &Outgoing::of(folder)?)
}

/// All mail to a device, by number.
///
/// # Errors
/// [`FileError`].
pub fn posted(folder: &CityFolder, device: DeviceId) -> Result<Vec<MailLine>, FileError> {
    let (desk, store) = (folder.desk(), Outgoing::of(folder)?);
    let mut lines = Vec::new();
    for number in recorded(&desk, device)? {
        let posted: Posted = files::read_json(&desk.mail_to(device).join(record_name(number)))?;
        lines.push(MailLine { posted, taken_at: store.taken(device, number)? });
    }
    Ok(lines)
}

/// Mail that a tablet has not taken yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct WaitingMail {
    /// For which tablet.
    pub device: DeviceId,
    /// How many.
    pub mails: usize,
    /// Since when the oldest of them waits.
    pub since: DateTime<Utc>,
}

/// What waits for each tablet, in the order of their identifiers. Those for which nothing waits are left out.
///
/// # Errors
/// [`FileError`].
pub fn waiting(folder: &CityFolder) -> Result<Vec<WaitingMail>, FileError> {
    let desk = folder.desk();
    let taken = Outgoing::of(folder)?.all_taken()?;
    let mut waiting = Vec::new();
    for device in files::names_in(&desk.mail())?.iter().filter_map(|name| name.parse::<DeviceId>().ok()) {
        let mut numbers = recorded(&desk, device)?;
        numbers.retain(|number| !taken.contains(&(device, *number)));
        if let Some(oldest) = numbers.first() {
            let posted: Posted = files::read_json(&desk.mail_to(device).join(record_name(*oldest)))?;
            waiting.push(WaitingMail { device, mails: numbers.len(), since: posted.at });
        }
    }
    Ok(waiting)
}

/// The desk's own records alone say which numbers are given. A number that the store knows beyond them was given by a
/// desk that has since been restored from an older copy, and is passed over: its tablet may have seen it.
fn next_number(desk: &DeskFolder, store: &Outgoing, device: DeviceId) -> Result<MailNumber, FileError> {
    let last = recorded(desk, device)?.pop();
    let mut number = last.map_or(MailNumber::FIRST, MailNumber::next);
    while store.has(device, number)? {
        number = number.next();
    }
    Ok(number)
}

fn seal(desk: &DeskFolder, to: &Device, mail: &Mail) -> Result<Vec<u8>, PostError> {
    let key = key_files::signing_key(&desk.mail_key())?;
    mail.seal(&key, &to.mailbox).map_err(|error| match (error, &mail.content) {
        (SignError::TooLong, MailContent::Roster(roster)) => {
            PostError::RosterTooLong { fit: Mail::residents_that_fit(roster), of: roster.residents.len() }
        }
        (SignError::TooLong, _) => PostError::TooLong,
        (error, _) => PostError::Sign(error),
    })
}

/// The mail before its record: a record is a promise that its mail leaves.
fn record(desk: &DeskFolder, mail: &Mail, sealed: &[u8]) -> Result<(), FileError> {
    let folder = desk.mail_to(mail.device);
    files::make_folders(&folder)?;
    files::sync_folder(&desk.mail())?;
    files::sync_folder(desk.path())?;
    files::replace(&folder.join(mail_name(mail.number)), sealed)?;
    let posted = Posted {
        number: mail.number,
        kind: mail.content.kind(),
        at: mail.made_at,
        sha256: Sha256Digest::of(sealed),
        residents: mail.content.residents(),
    };
    files::replace(&folder.join(record_name(mail.number)), &files::to_json(&posted))
}

/// Hands over all mail that has not left yet, and removes what interrupted commands left without a number.
fn hand_over_all(desk: &DeskFolder, store: &Outgoing) -> Result<(), FileError> {
    for device in files::names_in(&desk.mail())?.iter().filter_map(|name| name.parse().ok()) {
        let folder = desk.mail_to(device);
        files::remove_drafts(&folder)?;
        let given = recorded(desk, device)?;
        for number in numbers(&folder, MAIL)? {
            if given.contains(&number) {
                hand_over(desk, store, device, number)?;
            } else {
                remove(desk, device, number)?;
            }
        }
    }
    Ok(())
}

fn hand_over(desk: &DeskFolder, store: &Outgoing, device: DeviceId, number: MailNumber) -> Result<(), FileError> {
    // It may have been handed over, and even taken, just before a crash.
    if !store.has(device, number)? {
        let path = desk.mail_to(device).join(mail_name(number));
        store.put(device, number, fs::read(&path).at(&path)?)?;
    }
    remove(desk, device, number)
}

fn remove(desk: &DeskFolder, device: DeviceId, number: MailNumber) -> Result<(), FileError> {
    let folder = desk.mail_to(device);
    let path = folder.join(mail_name(number));
    fs::remove_file(&path).at(&path)?;
    files::sync_folder(&folder)
}

const RECORD: &str = ".json";
const MAIL: &str = ".age";

fn record_name(number: MailNumber) -> String {
    format!("{number:010}{RECORD}")
}

fn mail_name(number: MailNumber) -> String {
    format!("{number:010}{MAIL}")
}

/// The numbers that were given, rising.
fn recorded(desk: &DeskFolder, device: DeviceId) -> Result<Vec<MailNumber>, FileError> {
    numbers(&desk.mail_to(device), RECORD)
}

fn numbers(folder: &std::path::Path, suffix: &str) -> Result<Vec<MailNumber>, FileError> {
    let names = files::names_in(folder)?;
    let number = |name: &String| name.strip_suffix(suffix)?.parse().ok().and_then(MailNumber::new);
    Ok(names.iter().filter_map(number).collect())
}
