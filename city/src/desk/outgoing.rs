//! The mail in the store, as the desk puts it there for the intake to hand out.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use homon_domain::ids::{DeviceId, MailNumber};

use super::files::FileError;
use super::folder::CityFolder;
use super::store::DeskStore;
use crate::intake::MailTaken;
use crate::intake::layout::{self, MailState};

/// The mail in a city's store.
#[derive(Clone, Debug)]
pub(super) struct Outgoing(DeskStore);

impl Outgoing {
    /// The mail in the store of a city.
    pub(super) fn of(folder: &CityFolder) -> Result<Self, FileError> {
        Ok(Self(DeskStore::of(folder)?))
    }

    /// Puts mail where the intake hands it out. It appears whole or not at all.
    pub(super) fn put(&self, device: DeviceId, number: MailNumber, sealed: Vec<u8>) -> Result<(), FileError> {
        self.0.put(&layout::mail(device, number, MailState::Waiting), sealed)
    }

    /// Whether there is mail of that number, or was.
    pub(super) fn has(&self, device: DeviceId, number: MailNumber) -> Result<bool, FileError> {
        let stands = |state| Ok(self.0.size(&layout::mail(device, number, state))?.is_some());
        Ok(stands(MailState::Waiting)? || stands(MailState::Taken)?)
    }

    /// All mail that was taken, asked for at once: a bucket takes its time over each question.
    pub(super) fn all_taken(&self) -> Result<BTreeSet<(DeviceId, MailNumber)>, FileError> {
        let names = self.0.names_below(layout::MAILS)?;
        let taken = names.iter().filter_map(|name| layout::read_any_mail(name));
        Ok(taken.filter(|(.., state)| *state == MailState::Taken).map(|(device, number, _)| (device, number)).collect())
    }

    /// Since when the device has its mail of that number. What is there but can't be read says nothing.
    pub(super) fn taken(&self, device: DeviceId, number: MailNumber) -> Result<Option<DateTime<Utc>>, FileError> {
        let sign = self.0.read(&layout::mail(device, number, MailState::Taken))?;
        Ok(sign.and_then(|sign| serde_json::from_slice::<MailTaken>(&sign).ok()).map(|taken| taken.at))
    }
}
