//! What the worker thread owns: the tablet's folder and, while someone is signed in, the open files.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use homon_domain::ids::{DeviceId, PartNumber, VisitId};
use homon_domain::programme::Programme;
use homon_domain::staff::StaffMember;
use homon_domain::word::Word;
use homon_seal::{Enrolment, Identity};
use homon_store::{AuditEvent, DeskFile, FileKey, KeySlots, PendingEnrolment, PinCost, Root, Setting, VisitFile};

use crate::error::{Error, Refusal, Result};
use crate::homon::Platform;

/// One visit part.
pub(crate) type PartKey = (VisitId, PartNumber);

/// The tablet's folder, and who is signed in.
pub(crate) struct Desk {
    pub(crate) root: Root,
    pub(crate) platform: Platform,
    pub(crate) pin_cost: PinCost,
    pub(crate) session: Option<Session>,
}

/// The open files of someone who is signed in.
pub(crate) struct Session {
    pub(crate) staff: StaffMember,
    pub(crate) desk_key: FileKey,
    pub(crate) file: DeskFile,
    pub(crate) enrolment: Arc<Enrolment<Programme>>,
    visits: BTreeMap<PartKey, VisitFile>,
}

impl Desk {
    pub(crate) fn new(root: Root, platform: Platform, pin_cost: PinCost) -> Self {
        Self { root, platform, pin_cost, session: None }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.platform.clock.now()
    }

    /// Whether an enrolment was accepted to its end. A tablet that lost its key slots afterwards still was: its desk file
    /// holds the keys of visits, and must not be taken for what an interrupted enrolment left.
    pub(crate) fn is_enrolled(&self) -> Result<bool> {
        let anything = KeySlots::of(&self.root).exist()? || DeskFile::exists(&self.root)?;
        Ok(anything && PendingEnrolment::read(&self.root)?.is_none())
    }

    /// The open files, or [`Error::SignInAgain`].
    pub(crate) fn session(&mut self) -> Result<&mut Session> {
        self.session.as_mut().ok_or(Error::SignInAgain)
    }

    /// The open files and what is needed beside them.
    pub(crate) fn parts(&mut self) -> Result<(&mut Session, &Root, &Platform)> {
        Ok((self.session.as_mut().ok_or(Error::SignInAgain)?, &self.root, &self.platform))
    }
}

impl Session {
    pub(crate) fn new(
        staff: StaffMember,
        desk_key: FileKey,
        file: DeskFile,
        enrolment: Arc<Enrolment<Programme>>,
    ) -> Self {
        Self { staff, desk_key, file, enrolment, visits: BTreeMap::new() }
    }

    pub(crate) fn programme(&self) -> &Programme {
        &self.enrolment.programme
    }

    pub(crate) fn device(&self) -> DeviceId {
        self.enrolment.device
    }

    /// An event of the person who is signed in.
    pub(crate) fn event(&self, at: DateTime<Utc>, action: &'static str) -> AuditEvent {
        AuditEvent::new(at, &self.staff.code, word(action))
    }

    /// The open file of a visit part.
    pub(crate) fn visit_file(&mut self, root: &Root, platform: &Platform, part: PartKey) -> Result<&mut VisitFile> {
        if !self.visits.contains_key(&part) {
            if !self.file.visit(part.0, part.1)?.stage.has_file() {
                return Err(Refusal::NoSuchVisit.into());
            }
            let file = VisitFile::open(root, &self.file, platform.vault.as_ref(), part.0, part.1)?;
            self.visits.insert(part, file);
        }
        Ok(self.visits.get_mut(&part).expect("it was just opened"))
    }

    pub(crate) fn pause(&mut self) -> Result<()> {
        self.visits.values_mut().try_for_each(VisitFile::pause)?;
        Ok(self.file.pause()?)
    }

    pub(crate) fn resume(&mut self) -> Result<()> {
        self.file.resume()?;
        Ok(self.visits.values_mut().try_for_each(VisitFile::resume)?)
    }

    pub(crate) fn keep_open(&mut self, part: PartKey, file: VisitFile) {
        self.visits.insert(part, file);
    }

    /// The identity to which others encrypt what is for this tablet.
    pub(crate) fn mailbox(&self) -> Result<Identity> {
        let secret = self.file.setting(Setting::MailboxSecret)?.ok_or(Refusal::NotEnrolled)?;
        let secret = std::str::from_utf8(&secret).map_err(|_| Refusal::Quarantined)?;
        Identity::parse(secret).map_err(|_| Refusal::Quarantined.into())
    }

    /// Closes the file of a visit part, as before it is erased.
    pub(crate) fn let_go(&mut self, part: PartKey) {
        self.visits.remove(&part);
    }
}

/// A word of the audit chain.
pub(crate) fn word(text: &'static str) -> Word {
    text.parse().expect("the app's own words are a-z and _")
}
