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

    /// Closes every file and forgets every key. How far the visits have come is noted first; signing out is done whatever
    /// the storage says to that.
    pub(crate) fn end_session(&mut self) {
        let now = self.now();
        if let Some(mut session) = self.session.take()
            && let Err(error) = session.note_heads(now, "sign_out")
        {
            tracing::warn!(%error, "how far the visits have come could not be noted");
        }
        wipe_stack();
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

/// Overwrites what the use cases of a session left on this thread's stack: numbers of a fixed length live there, and
/// nothing else wipes them. The thread has two of these (std's default), and is not deep in it here.
#[inline(never)]
fn wipe_stack() {
    let mut left = [0_u8; 1 << 20];
    std::hint::black_box(&mut left);
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
            if !self.file.stage(part.0, part.1)?.has_file() {
                return Err(Refusal::NoSuchVisit.into());
            }
            let file = VisitFile::open(root, &self.file, platform.vault.as_ref(), part.0, part.1)?;
            self.visits.insert(part, file);
            // Whoever was here before may have been killed.
            self.note_head(part, platform.clock.now());
        }
        Ok(self.visits.get_mut(&part).expect("it was just opened"))
    }

    /// Notes how far a visit has come, unless that is known: an older copy that is put back has not come so far. A full
    /// disk must not keep anyone from reading, so it is tried, and the next time again.
    pub(crate) fn note_head(&mut self, part: PartKey, at: DateTime<Utc>) {
        if let Err(error) = self.try_to_note_head(part, at) {
            tracing::warn!(%error, "how far a visit has come could not be noted");
        }
    }

    fn try_to_note_head(&mut self, part: PartKey, at: DateTime<Utc>) -> Result<()> {
        let Some(file) = self.visits.get(&part) else { return Ok(()) };
        let head = file.reads()?.audit_head()?;
        if self.file.noted_head(part.0, part.1)?.is_some_and(|noted| noted.seq >= head.seq) {
            return Ok(());
        }
        let event = AuditEvent { visit: Some(part.0), ..self.event(at, "note_head") };
        Ok(self.file.note_heads(&[(part, head)], &event)?)
    }

    /// Notes how far every open visit has come.
    fn note_heads(&mut self, at: DateTime<Utc>, action: &'static str) -> Result<()> {
        let head = |(part, file): (&PartKey, &VisitFile)| Ok((*part, file.reads()?.audit_head()?));
        let heads = self.visits.iter().map(head).collect::<Result<Vec<_>>>()?;
        Ok(self.file.note_heads(&heads, &self.event(at, action))?)
    }

    pub(crate) fn pause(&mut self, at: DateTime<Utc>) -> Result<()> {
        if let Err(error) = self.note_heads(at, "pause") {
            tracing::warn!(%error, "how far the visits have come could not be noted");
        }
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
