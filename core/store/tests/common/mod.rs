//! A tablet made for one test.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(dead_code, reason = "each test file uses its own share")]

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Mutex;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use homon_domain::ids::{ActivityPhotoId, CaseId, MailNumber, PartNumber, RosterId, StaffCode, VisitId};
use homon_domain::platform::Clock;
use homon_store::{
    ActivityPhotoWrite, AuditEvent, Body, CaseRecord, DeskFile, Error, Facts, FileKey, KeySlots, MessageFile,
    NewMessage, NewRoster, NewVisitFile, PhotoWrite, Pin, PinCost, PlannedVisit, Root, RosterEntry, RosterFile,
    SoftwareVault, VisitFile,
};
use zeroize::Zeroizing;

pub(crate) const PIN: &str = "508261";

/// A clock that a test turns.
pub(crate) struct TestClock(Mutex<DateTime<Utc>>);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(DateTime::from_timestamp(1_772_000_000, 0).unwrap()))
    }

    pub(crate) fn turn(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

pub(crate) fn staff(code: &str) -> StaffCode {
    code.parse().unwrap()
}

pub(crate) fn pin(digits: &str) -> Pin {
    Pin::new(digits).unwrap()
}

pub(crate) fn event(action: &str) -> AuditEvent {
    AuditEvent::new(TestClock::new().now(), &staff("staff-01"), action.parse().unwrap())
}

/// A tablet that was set up, with its vault beside it.
pub(crate) struct Tablet {
    pub(crate) root: Root,
    pub(crate) vault: SoftwareVault,
    pub(crate) desk: DeskFile,
}

impl Tablet {
    pub(crate) fn set_up(folder: &Path) -> Self {
        let vault = SoftwareVault::open(&folder.join("vault")).unwrap();
        let root = Root::open(&folder.join("tablet")).unwrap();
        let (_, key) = KeySlots::create(&root, &vault, &staff("staff-01"), &pin(PIN), PinCost::cheap()).unwrap();
        let desk = DeskFile::create(&root, key, &event("desk_made")).unwrap();
        Self { root, vault, desk }
    }

    /// As after a restart of the app, through the sign-in.
    pub(crate) fn start(folder: &Path) -> Self {
        let vault = SoftwareVault::open(&folder.join("vault")).unwrap();
        let root = Root::open(&folder.join("tablet")).unwrap();
        let key = KeySlots::of(&root).unlock(&vault, &TestClock::new(), &staff("staff-01"), &pin(PIN)).unwrap();
        let desk = DeskFile::open(&root, key).unwrap();
        Self { root, vault, desk }
    }

    pub(crate) fn open_new_visit(&mut self, body: &Body) -> (VisitId, PartNumber, VisitFile) {
        let (visit, part) = (VisitId::make(), PartNumber::FIRST);
        let planned = PlannedVisit {
            visit,
            part,
            service: "on_site".parse().unwrap(),
            site: "site-07".parse().unwrap(),
            date: NaiveDate::from_ymd_opt(2026, 3, 4).unwrap(),
            plan: Facts::of(&"plan").unwrap(),
        };
        self.desk.plan_visit(&planned, &event("visit_planned")).unwrap();
        let key = FileKey::make().unwrap();
        let new = NewVisitFile { visit, part, key, recovery_copy: b"sealed to the city", body };
        let file = VisitFile::create(&self.root, &mut self.desk, &self.vault, new, &event("visit_opened")).unwrap();
        (visit, part, file)
    }

    pub(crate) fn open_visit(&self, visit: VisitId, part: PartNumber) -> Result<VisitFile, Error> {
        VisitFile::open(&self.root, &self.desk, &self.vault, visit, part)
    }

    pub(crate) fn create_roster(&mut self, new: NewRoster) -> Result<RosterFile, Error> {
        RosterFile::create(&self.root, &mut self.desk, &self.vault, new, &event("roster_received"))
    }

    pub(crate) fn create_message(&mut self, new: &NewMessage) -> Result<MessageFile, Error> {
        MessageFile::create(&self.root, &mut self.desk, &self.vault, new, &event("message_received"))
    }

    pub(crate) fn open_message(&self, number: MailNumber) -> Result<MessageFile, Error> {
        MessageFile::open(&self.root, &self.desk, &self.vault, number)
    }

    pub(crate) fn open_roster(&self, id: RosterId) -> Result<RosterFile, Error> {
        RosterFile::open(&self.root, &self.desk, &self.vault, id)
    }
}

pub(crate) fn case(sequence: u32, search_key: &str) -> CaseRecord {
    CaseRecord {
        id: CaseId::make(),
        sequence: NonZeroU32::new(sequence).unwrap(),
        round_order: sequence,
        status: "draft".parse().unwrap(),
        search_key: search_key.to_owned(),
        body: Body::of(&search_key).unwrap(),
    }
}

pub(crate) fn photo(case: CaseId, bytes: Vec<u8>) -> PhotoWrite {
    PhotoWrite::Put {
        case,
        kind: "portrait".parse().unwrap(),
        meta: Body::of(&"meta").unwrap(),
        bytes: Zeroizing::new(bytes),
    }
}

pub(crate) fn activity_photo(id: ActivityPhotoId, bytes: Vec<u8>) -> ActivityPhotoWrite {
    ActivityPhotoWrite::Put { id, meta: Body::of(&"meta").unwrap(), bytes: Zeroizing::new(bytes) }
}

pub(crate) fn entry(round_order: u32, search_key: &str) -> RosterEntry {
    RosterEntry { round_order, search_key: search_key.to_owned(), body: Body::of(&search_key).unwrap() }
}

/// A roster of some visit.
pub(crate) fn roster(entries: &[RosterEntry]) -> NewRoster {
    NewRoster { id: RosterId::make(), visit: Some(VisitId::make()), entries: entries.to_vec() }
}

pub(crate) fn number(number: u32) -> MailNumber {
    MailNumber::new(number).unwrap()
}

/// A message about some visit.
pub(crate) fn message(of: u32, text: &str) -> NewMessage {
    NewMessage { number: number(of), visit: Some(VisitId::make()), body: Body::of(&text).unwrap() }
}
