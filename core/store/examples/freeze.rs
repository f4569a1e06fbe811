//! Writes the folder of a small tablet, as this version of the code makes it, into `tests/frozen/<name>`.
//!
//! Run it once when a migration is added, before the version is released, and commit what it writes:
//!
//! ```text
//! cargo run -p homon-store --example freeze -- v5
//! ```
//!
//! It refuses to overwrite: a frozen folder never changes again. Everything in it is synthetic; the software vault
//! lies beside the tablet's folder, and the PIN is 508261. `core/store/tests/frozen.rs` opens every such folder.
#![allow(clippy::unwrap_used, reason = "a tool that panics wrote nothing that counts")]

use std::fs;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use homon_domain::ids::{CaseNumber, MailNumber, PartNumber, RosterId, SealNumber, StaffCode, VisitId};
use homon_domain::package::{Erasable, PackageName, Subject};
use homon_domain::platform::Clock;
use homon_store::{
    ActivityPhotoWrite, AuditEvent, Body, CaseRecord, DeskFile, ErasePermission, Facts, FileKey, KeySlots, MessageFile,
    NewMessage, NewRoster, NewSeal, NewVisitFile, PhotoWrite, Pin, PinCost, PlannedVisit, Receipt, Received, Root,
    RosterEntry, RosterFile, Setting, SoftwareVault, StepWrite, VisitFile, VisitStage, erase_message, erase_roster,
    erase_visit,
};
use zeroize::Zeroizing;

const PART: PartNumber = PartNumber::FIRST;

struct Noon;

impl Clock for Noon {
    fn now(&self) -> DateTime<Utc> {
        "2026-03-04T03:00:00Z".parse().unwrap()
    }
}

struct Tablet {
    root: Root,
    vault: SoftwareVault,
    desk: DeskFile,
}

fn main() {
    let name = std::env::args().nth(1).expect("the name of the folder, such as v5");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/frozen").join(name);
    assert!(!folder.exists(), "a frozen folder never changes again");
    fs::create_dir_all(&folder).unwrap();
    let mut tablet = set_up(&folder);
    let open: VisitId = "00000000-0000-4000-8000-000000000001".parse().unwrap();
    let erased: VisitId = "00000000-0000-4000-8000-000000000002".parse().unwrap();
    drop(open_visit(&mut tablet, open));
    seal_and_erase(&mut tablet, erased);
    store_rosters(&mut tablet, open);
    store_messages(&mut tablet, open);
    drop(tablet);
}

fn staff() -> StaffCode {
    "staff-01".parse().unwrap()
}

fn event(action: &str) -> AuditEvent {
    AuditEvent::new(Noon.now(), &staff(), action.parse().unwrap())
}

fn set_up(folder: &Path) -> Tablet {
    let vault = SoftwareVault::open(&folder.join("vault")).unwrap();
    let root = Root::open(&folder.join("tablet")).unwrap();
    let pin = Pin::new("508261").unwrap();
    let (_, key) = KeySlots::create(&root, &vault, &staff(), &pin, PinCost::cheap()).unwrap();
    let mut desk = DeskFile::create(&root, key, &event("desk_made")).unwrap();
    desk.put_settings(&[(Setting::CaFingerprint, b"fingerprint")], &event("enrolled")).unwrap();
    let hello = NewSeal { id: id(Subject::Hello, 1), sha256: [1; 32], bytes: 500, audit_head: None };
    desk.add_seal(&hello, &event("sealed")).unwrap();
    desk.put_receipt(hello.id, Receipt::Held("h.e.ld"), &event("held")).unwrap();
    Tablet { root, vault, desk }
}

fn id(subject: Subject, number: u32) -> PackageName {
    PackageName { subject, seal: SealNumber::new(number).unwrap() }
}

/// A visit with two cases, one of them with a photo, and a photo of an activity.
fn open_visit(tablet: &mut Tablet, visit: VisitId) -> VisitFile {
    let planned = PlannedVisit {
        visit,
        part: PART,
        service: "on_site".parse().unwrap(),
        site: "site-07".parse().unwrap(),
        date: NaiveDate::from_ymd_opt(2026, 3, 4).unwrap(),
        plan: Facts::of(&["13:00", "16:00"]).unwrap(),
    };
    tablet.desk.plan_visit(&planned, &event("visit_planned")).unwrap();
    let (key, body) = (FileKey::make().unwrap(), Body::of(&"見本の訪問").unwrap());
    let new = NewVisitFile { visit, part: PART, key, recovery_copy: b"recovery copy", body: &body };
    let opened = VisitFile::create(&tablet.root, &mut tablet.desk, &tablet.vault, new, &event("visit_opened"));
    let mut file = opened.unwrap();
    for sequence in 1..=2 {
        file.step(&receive(sequence)).unwrap();
    }
    let photo = ActivityPhotoWrite::Put {
        id: "00000000-0000-4000-8000-000000000301".parse().unwrap(),
        meta: Body::of(&"見本").unwrap(),
        bytes: Zeroizing::new(vec![0xd9; 7000]),
    };
    file.step(&StepWrite::new(event("confirm_activity_photo")).activity_photo(photo)).unwrap();
    file
}

fn receive(sequence: u32) -> StepWrite {
    let case = CaseRecord {
        id: format!("00000000-0000-4000-8000-00000000010{sequence}").parse().unwrap(),
        sequence: sequence.try_into().unwrap(),
        round_order: 10 - sequence,
        status: if sequence == 1 { "ready" } else { "draft" }.parse().unwrap(),
        search_key: format!("みほん{sequence}"),
        body: Body::of(&format!("見本 {sequence} 邉󠄂")).unwrap(),
    };
    let number = CaseNumber { part: PART, sequence: case.sequence };
    let received = AuditEvent { case: Some(number), ..event("case_received") };
    if sequence != 1 {
        return StepWrite::new(received).case(case);
    }
    let photo = PhotoWrite::Put {
        case: case.id,
        kind: "portrait".parse().unwrap(),
        meta: Body::of(&"見本").unwrap(),
        bytes: Zeroizing::new(vec![0xd8; 5000]),
    };
    StepWrite::new(received).case(case).photo(photo)
}

fn seal_and_erase(tablet: &mut Tablet, visit: VisitId) {
    drop(open_visit(tablet, visit));
    let subject = Subject::Visit { visit, part: PART };
    let seal = NewSeal { id: id(subject, 1), sha256: [2; 32], bytes: 9000, audit_head: None };
    let counts = Facts::of(&[("ready", 1), ("draft", 1)]).unwrap();
    tablet.desk.move_visit(visit, PART, VisitStage::Closed, &event("visit_closed")).unwrap();
    tablet.desk.put_counts(visit, PART, &counts, &event("visit_counted")).unwrap();
    tablet.desk.add_seal(&seal, &event("sealed")).unwrap();
    tablet.desk.put_receipt(seal.id, Receipt::Held("h.e.ld"), &event("held")).unwrap();
    tablet.desk.put_receipt(seal.id, Receipt::Opened("o.pene.d"), &event("opened")).unwrap();
    let what = Erasable::Visit(visit, PART);
    let permission = ErasePermission::from_verified_receipt(what, seal.id.seal, seal.sha256, "o.pene.d", Noon.now());
    erase_visit(&tablet.root, &mut tablet.desk, &tablet.vault, &Noon, &staff(), &permission).unwrap();
    let certificate = Facts::of(&"certificate").unwrap();
    tablet.desk.put_certificate(visit, PART, &certificate, &event("certified")).unwrap();
}

/// A roster of the open visit, one resident of which was received, and one of no visit that is erased.
fn store_rosters(tablet: &mut Tablet, visit: VisitId) {
    let kept: RosterId = "00000000-0000-4000-8000-000000000201".parse().unwrap();
    let erased: RosterId = "00000000-0000-4000-8000-000000000202".parse().unwrap();
    for (id, visit) in [(kept, Some(visit)), (erased, None)] {
        let entries = [(2, "一"), (1, "二"), (2, "三")].map(|(round_order, number)| RosterEntry {
            round_order,
            search_key: format!("みほん{number}"),
            body: Body::of(&format!("見本 {number} 邉󠄂")).unwrap(),
        });
        let new = NewRoster { id, visit, entries: entries.into() };
        let Tablet { root, vault, desk } = tablet;
        let mut file = RosterFile::create(root, desk, vault, new, &event("roster_received")).unwrap();
        if let Some(visit) = visit {
            let case = "00000000-0000-4000-8000-000000000101".parse().unwrap();
            file.receive(2, Received { visit, part: PART, case }, &event("receive")).unwrap();
        }
    }
    erase_roster(&tablet.root, &mut tablet.desk, &tablet.vault, &Noon, &staff(), erased).unwrap();
}

/// Mail with a message about the open visit, which someone saw to, and with one about no visit that is erased.
fn store_messages(tablet: &mut Tablet, visit: VisitId) {
    let Tablet { root, vault, desk } = tablet;
    for (number, visit) in [(1, Some(visit)), (3, None)] {
        let number = MailNumber::new(number).unwrap();
        let new = NewMessage { number, visit, body: Body::of(&format!("見本 {number} 邉󠄂")).unwrap() };
        drop(MessageFile::create(root, desk, vault, &new, &event("message_received")).unwrap());
        let digest = [u8::try_from(number.get()).unwrap(); 32];
        desk.record_mail(number, &"deficiency".parse().unwrap(), digest, &event("take_mail")).unwrap();
        desk.handle_message(number, &event("message_handled")).unwrap();
    }
    let erased = MailNumber::new(3).unwrap();
    erase_message(root, desk, vault, &Noon, &staff(), erased).unwrap();
}
