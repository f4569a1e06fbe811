//! What is not in order: never opened, never receipted, always told, and no hindrance to what is.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use homon_city::desk::audit::AuditFault;
use homon_city::desk::open::{Mismatch, Refusal};
use homon_city::desk::revoke;
use homon_city::intake::ReceiptKind;
use homon_city::intake::layout;
use homon_domain::case::{Case, Stage};
use homon_domain::tally::Tally;
use homon_domain::visit::VisitStatus;
use homon_seal::manifest::{FORMAT, MANIFEST_TYP};
use homon_seal::recipients::encrypt_small;
use homon_seal::{Entry, EntryPath, Identity, Manifest, OpenError, Recipients, Sha256Digest, Signer, jws};
use zip::write::SimpleFileOptions;

use crate::city::{MORNING, TestCity, files_below};
use crate::people::{Journey, photo};
use crate::tablet::{Part, Tablet, log};

/// Opens one package that must be refused, and looks that nothing came of it.
fn refusal(city: &TestCity, key: &homon_seal::PackageKey) -> Refusal {
    let report = city.open();
    assert!(report.opened.iter().all(|now| now.key != *key));
    assert!(!city.in_store(&layout::receipt(key, ReceiptKind::Opened)).exists(), "a receipt was given");
    let desk = files_below(city.folder.desk().path());
    assert!(!desk.iter().any(|file| file.contains(".tmp-") || file.starts_with("visits/")), "{desk:?}");
    let mut refused = report.refused;
    assert_eq!(refused.len(), 1);
    let (refused_key, refusal) = refused.remove(0);
    assert_eq!(refused_key, *key);
    refusal
}

fn refused_part(spoil: impl FnOnce(&Tablet, &mut Part)) -> Refusal {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let mut part = tablet.usual_part(1, 1);
    spoil(&tablet, &mut part);
    city.deliver(&part.key, &tablet.seal(&part));
    refusal(&city, &part.key)
}

fn mismatch(spoil: impl FnOnce(&Tablet, &mut Part)) -> Mismatch {
    match refused_part(spoil) {
        Refusal::Mismatch(mismatch) => mismatch,
        other => panic!("{other:?}"),
    }
}

fn case_path(number: &str) -> EntryPath {
    EntryPath::Case(number.parse().unwrap())
}

fn change_case(part: &mut Part, number: &str, change: impl FnOnce(&mut Case)) {
    let json = part.cases.get_mut(&case_path(number)).unwrap();
    let mut case: Case = serde_json::from_slice(json).unwrap();
    change(&mut case);
    *json = serde_json::to_vec(&case).unwrap();
}

#[test]
fn one_bad_package_stops_no_other() {
    let city = TestCity::found();
    let (good, bad) = (city.enrol("tablet-01"), city.enrol("tablet-02"));
    let (whole, cut) = (good.usual_part(1, 1), bad.usual_part(2, 1));
    let mut sealed = bad.seal(&cut);
    let middle = sealed.len() / 2;
    sealed[middle] ^= 1;
    city.deliver(&cut.key, &sealed);
    city.deliver(&whole.key, &good.seal(&whole));
    let (hello, greeting) = bad.hello();
    city.deliver(&hello, &greeting);
    let report = city.open();
    assert_eq!(report.opened.len(), 2);
    assert!(matches!(report.refused[..], [(key, Refusal::Package(OpenError::Damaged))] if key == cut.key));
    assert_eq!(std::fs::read(city.in_store(&layout::package(&cut.key))).unwrap(), sealed);
}

/// Most of the entries are written before the damage is reached: none of them may stay.
#[test]
fn a_package_damaged_near_its_end_leaves_nothing_at_the_desk() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let jpegs: Vec<Vec<u8>> = [1_u8, 2].map(|number| vec![number; 900_000]).to_vec();
    let number = |at: usize| format!("1-{:03}", at + 1);
    let case = |(at, jpeg): (usize, &Vec<u8>)| {
        Journey::receive(tablet.programme(), &number(at), at as u128 + 1).complete("見本 太郎", jpeg)
    };
    let cases: Vec<Case> = jpegs.iter().enumerate().map(case).collect();
    let photos: Vec<_> = jpegs.iter().enumerate().map(|(at, jpeg)| (number(at), jpeg.clone())).collect();
    let part = tablet.part(1, 1, &cases, &photos);
    let mut sealed = tablet.seal(&part);
    let near_the_end = sealed.len() - 200_000;
    sealed[near_the_end] ^= 1;
    city.deliver(&part.key, &sealed);
    assert!(matches!(refusal(&city, &part.key), Refusal::Package(OpenError::Damaged)));

    // The same bytes, replaced after they were held, are told as that.
    let whole = tablet.seal(&part);
    city.put(&layout::package(&part.key), &whole);
    assert!(matches!(refusal(&city, &part.key), Refusal::Held(_)));
}

#[test]
fn bytes_that_changed_after_they_were_held_are_found_out() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    city.deliver(&part.key, &tablet.seal(&part));
    city.put(&layout::package(&part.key), &tablet.seal(&part));
    assert!(matches!(refusal(&city, &part.key), Refusal::Held(_)));
}

#[test]
fn a_held_receipt_of_another_intake_is_not_believed() {
    let (city, other) = (TestCity::found(), TestCity::found());
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    let sealed = tablet.seal(&part);
    other.deliver(&part.key, &sealed);
    city.deliver(&part.key, &sealed);
    let name = layout::receipt(&part.key, ReceiptKind::Held);
    city.put(&name, &std::fs::read(other.in_store(&name)).unwrap());
    assert!(matches!(refusal(&city, &part.key), Refusal::Held(_)));
}

#[test]
fn a_device_that_only_the_registry_knows_is_unknown() {
    let (city, elsewhere) = (TestCity::found(), TestCity::found());
    let stranger = elsewhere.enrol("tablet-01");
    let device = stranger.enrolment().device;
    city.folder.registry().write(&elsewhere.folder.registry().read(device).unwrap()).unwrap();
    let mut part = stranger.usual_part(1, 1);
    part.recipients = city.city().recipients.work;
    city.deliver(&part.key, &stranger.seal(&part));
    assert!(matches!(refusal(&city, &part.key), Refusal::UnknownDevice(unknown) if unknown == device));
}

#[test]
fn another_devices_signature_is_found_out() {
    let city = TestCity::found();
    let (owner, thief) = (city.enrol("tablet-01"), city.enrol("tablet-02"));
    let part = owner.usual_part(1, 1);
    city.deliver(&part.key, &thief.seal(&part));
    assert!(matches!(refusal(&city, &part.key), Refusal::Package(OpenError::BadSignature)));
}

#[test]
fn what_a_revoked_device_had_delivered_is_opened_and_marked() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    let sha256 = city.deliver(&part.key, &tablet.seal(&part));
    city.set_time("2026-09-25T00:00:00Z");
    let revoked = revoke::revoke(&city.folder, part.key.device, &city.clock).unwrap();
    let report = city.open();
    assert_eq!(report.opened[0].device_revoked_at, revoked.revoked_at);
    assert!(revoked.revoked_at.is_some());
    assert!(city.opened_receipt(&part.key, sha256).is_some());
}

#[test]
fn what_arrives_after_the_revocation_is_not_opened() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    revoke::revoke(&city.folder, part.key.device, &city.clock).unwrap();
    city.set_time("2026-09-25T00:00:00Z");
    city.deliver(&part.key, &tablet.seal(&part));
    assert!(matches!(refusal(&city, &part.key), Refusal::HeldAfterRevocation));
}

#[test]
fn a_package_under_another_name_is_not_taken_for_it() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let (first, second) = (tablet.usual_part(1, 1), tablet.usual_part(1, 2));
    city.deliver(&second.key, &tablet.seal(&first));
    assert!(matches!(refusal(&city, &second.key), Refusal::OtherPackage));
}

#[test]
fn a_package_that_others_can_open_is_told() {
    let refused = refused_part(|_, part| {
        let mut recipients: Vec<_> = part.recipients.iter().cloned().collect();
        recipients.push(Identity::make_x25519().recipient());
        part.recipients = Recipients::new(recipients).unwrap();
    });
    assert!(matches!(refused, Refusal::OtherRecipients), "{refused:?}");
    let not_ours = refused_part(|_, part| {
        part.recipients = Recipients::new(vec![Identity::make_x25519().recipient()]).unwrap();
    });
    assert!(matches!(not_ours, Refusal::Package(OpenError::NotForUs)), "{not_ours:?}");
}

#[test]
fn a_programme_that_the_device_was_never_given_is_told() {
    let refused = refused_part(|_, part| part.programme = "chiba-2025".parse().unwrap());
    assert!(matches!(refused, Refusal::OtherProgramme(code) if code.as_str() == "chiba-2025"));
}

#[test]
fn two_tablets_that_both_call_themselves_part_1_are_told_apart() {
    let city = TestCity::found();
    let (first, second) = (city.enrol("tablet-01"), city.enrol("tablet-02"));
    let (one, also_one) = (first.usual_part(1, 1), second.usual_part(1, 2));
    city.deliver(&one.key, &first.seal(&one));
    city.open();
    city.deliver(&also_one.key, &second.seal(&also_one));
    let report = city.open();
    match &report.refused[..] {
        [(key, Refusal::PartOfAnotherDevice(device))] => assert_eq!((*key, *device), (also_one.key, one.key.device)),
        other => panic!("{other:?}"),
    }
}

/// A package that its own device signed, but whose zip was made by hand: here with a path that leads out.
#[test]
fn a_path_that_leads_out_of_the_folder_is_never_written() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    for evil in ["../../evil.json", "/evil/evil.json", "cases/../../evil.json", "cases\\..\\evil.json", "evil.json"] {
        let manifest = Manifest {
            format: FORMAT,
            key: part.key,
            handover: None,
            programme: part.programme.clone(),
            mode: tablet.programme().mode,
            made_at: MORNING.parse().unwrap(),
            recipients: part.recipients.fingerprint(),
            reason: None,
            entries: vec![Entry { path: EntryPath::Visit, size: 2, sha256: Sha256Digest::of(b"{}") }],
            counts: BTreeMap::new(),
            audit_head: None,
        };
        let token = jws::sign(Signer::City(&tablet.key), MANIFEST_TYP, &manifest).unwrap();
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (path, bytes) in [("visit.json", &b"{}"[..]), (evil, b"evil"), ("manifest.jws", token.as_bytes())] {
            zip.start_file(path, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        let zipped = zip.finish().unwrap().into_inner();
        city.deliver(&part.key, &encrypt_small(&part.recipients, &zipped).unwrap());
        let refused = refusal(&city, &part.key);
        assert!(matches!(refused, Refusal::Package(OpenError::UnlistedEntry)), "{evil}: {refused:?}");
        assert!(!files_below(city.root()).iter().any(|file| file.contains("evil")), "{evil}");
    }
}

#[test]
fn a_visit_that_contradicts_its_name_is_told() {
    let other_visit = mismatch(|_, part| part.visit.plan.id = homon_domain::ids::VisitId::make());
    assert_eq!(other_visit, Mismatch::OtherVisit);
    let other_part = mismatch(|_, part| part.visit.part = part.visit.part.next());
    assert_eq!(other_part, Mismatch::OtherVisit);
}

#[test]
fn a_case_in_a_wrong_place_is_told() {
    let moved = mismatch(|_, part| {
        let json = part.cases.remove(&case_path("1-003")).unwrap();
        part.cases.insert(case_path("1-004"), json);
    });
    assert_eq!(moved, Mismatch::Misplaced("1-004".parse().unwrap()));
    let twice = mismatch(|_, part| {
        let json = part.cases[&case_path("1-001")].clone();
        let id = serde_json::from_slice::<Case>(&json).unwrap().id;
        change_case(part, "1-003", |case| case.id = id);
    });
    assert_eq!(twice, Mismatch::SameId("1-003".parse().unwrap()));
    let other_service = mismatch(|_, part| {
        change_case(part, "1-003", |case| case.service = homon_domain::programme::ServiceKind::VisitRenewal);
    });
    assert_eq!(other_service, Mismatch::Misplaced("1-003".parse().unwrap()));
}

#[test]
fn a_photo_that_is_missing_exchanged_or_nobodys_is_told() {
    let first = EntryPath::Photo("1-001".parse().unwrap());
    let missing = mismatch(|_, part| drop(part.photos.remove(&first)));
    assert_eq!(missing, Mismatch::NoPhoto("1-001".parse().unwrap()));
    let exchanged = mismatch(|_, part| drop(part.photos.insert(first, photo(9))));
    assert_eq!(exchanged, Mismatch::OtherPhoto("1-001".parse().unwrap()));
    let nobodys = mismatch(|_, part| {
        part.photos.insert(EntryPath::Photo("1-003".parse().unwrap()), photo(9));
    });
    assert_eq!(nobodys, Mismatch::OtherPhoto("1-003".parse().unwrap()));
}

#[test]
fn a_case_that_is_only_called_complete_is_told() {
    let unconfirmed = mismatch(|_, part| change_case(part, "1-001", |case| case.confirmed = None));
    assert_eq!(unconfirmed, Mismatch::NotComplete("1-001".parse().unwrap()));
    let nobody = mismatch(|tablet, part| {
        let mut case = Journey::receive(tablet.programme(), "1-003", 1003).case;
        case.stage = Stage::Ready;
        part.cases.insert(case_path("1-003"), serde_json::to_vec(&case).unwrap());
        let cases: Vec<Case> = part.cases.values().map(|json| serde_json::from_slice(json).unwrap()).collect();
        part.counts = Tally::of(&part.visit, &cases).counts();
    });
    assert_eq!(nobody, Mismatch::NotComplete("1-003".parse().unwrap()));
}

#[test]
fn counts_that_do_not_add_up_are_told() {
    let more = mismatch(|_, part| {
        part.counts.insert("ready".to_owned(), 3);
    });
    assert_eq!(more, Mismatch::Count { name: "ready".to_owned(), signed: 3, counted: 2 });
    let one_left_out = mismatch(|_, part| drop(part.cases.remove(&case_path("1-003"))));
    assert_eq!(one_left_out, Mismatch::Count { name: "received".to_owned(), signed: 3, counted: 2 });
    let not_signed = mismatch(|_, part| part.counts.clear());
    assert_eq!(not_signed, Mismatch::Count { name: "on_site".to_owned(), signed: 0, counted: 2 });
    let unknown = mismatch(|_, part| {
        part.counts.insert("dogs".to_owned(), 1);
    });
    assert_eq!(unknown, Mismatch::Count { name: "dogs".to_owned(), signed: 1, counted: 0 });
}

#[test]
fn a_visit_closed_with_something_still_held_is_told_and_an_open_one_is_taken() {
    let hold = |_: &Tablet, part: &mut Part| change_case(part, "1-001", |case| case.custody[0].settled = None);
    assert_eq!(mismatch(hold), Mismatch::NotEven);
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let mut part = tablet.usual_part(1, 1);
    hold(&tablet, &mut part);
    part.visit.status = VisitStatus::Open;
    part.visit.closed_at = None;
    city.deliver(&part.key, &tablet.seal(&part));
    assert_eq!(city.open().opened.len(), 1);
}

#[test]
fn an_audit_log_that_does_not_hold_is_told() {
    let cut = mismatch(|_, part| {
        let lines: Vec<&str> = part.audit.lines().collect();
        part.audit = lines[..3].join("\n");
    });
    assert_eq!(cut, Mismatch::Audit(AuditFault::OtherHead));
    let changed = mismatch(|_, part| part.audit = part.audit.replace("set-name", "set-sex"));
    assert!(matches!(changed, Mismatch::Audit(AuditFault::Broken(broken)) if broken.seq == 3));
    let unsigned = mismatch(|_, part| part.audit_head = None);
    assert_eq!(unsigned, Mismatch::Audit(AuditFault::OtherHead));
}

#[test]
fn an_entry_that_cannot_be_read_is_told_without_its_content() {
    let unreadable = mismatch(|_, part| {
        part.cases.insert(case_path("1-003"), "{\"name\":\"見本\"}".as_bytes().to_vec());
    });
    assert_eq!(unreadable, Mismatch::Unreadable(case_path("1-003")));
    assert!(!unreadable.to_string().contains("見本"));
}

#[test]
fn when_the_highest_seal_cannot_be_opened_the_one_below_is() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let (first, mut second) = (tablet.usual_part(1, 1), tablet.usual_part(1, 2));
    second.counts.clear();
    city.deliver(&first.key, &tablet.seal(&first));
    city.deliver(&second.key, &tablet.seal(&second));
    let report = city.open();
    assert_eq!(report.opened.iter().map(|now| now.key).collect::<Vec<_>>(), [first.key]);
    assert!(matches!(report.refused[..], [(key, Refusal::Mismatch(_))] if key == second.key));
}

/// An older copy of the tablet's file was put back, and it went on from there: the log of the next seal lacks what was
/// signed before.
#[test]
fn a_seal_that_does_not_go_on_from_the_one_before_is_told() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let first = tablet.usual_part(1, 1);
    city.deliver(&first.key, &tablet.seal(&first));
    assert_eq!(city.open().opened.len(), 1);
    let mut next = tablet.usual_part(1, 2);
    let (visit, part) = next.key.subject.visit().unwrap();
    let (audit, head) = log(visit, part, &["open-visit", "receive", "receive", "close-visit"]);
    (next.audit, next.audit_head) = (audit, Some(head));
    city.deliver(&next.key, &tablet.seal(&next));
    let report = city.open();
    let [(key, Refusal::NotContinued { seal, .. })] = &report.refused[..] else { panic!("{report:?}") };
    assert_eq!((key.seal, *seal), (next.key.seal, first.key.seal));
}
