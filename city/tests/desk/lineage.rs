//! How a part came to the tablet that sealed it: what the desk believes, and what it does not.

use homon_city::desk::open::{AdoptError, LineageFault, Refusal, adopt};
use homon_city::desk::opened::Opened;
use homon_domain::ids::{DeviceId, SealNumber};
use homon_seal::grant::{FORMAT, GRANT_TYP};
use homon_seal::manifest::MANIFEST_TYP;
use homon_seal::{Grant, Manifest, PackageKey, Provenance, Sha256Digest, Signer, SigningKey, Subject, jws};

use crate::city::TestCity;
use crate::tablet::{Part, Tablet, log};

/// A part that `from` began and `to` sealed: two more residents' entries in the log, under the third number.
fn taken_over(from: &Tablet, to: &Tablet) -> (Part, Part) {
    let mut given = from.usual_part(1, 1);
    let (visit, part) = (given.visit.plan.id, given.visit.part);
    let (audit, head) = log(visit, part, &["open-visit", "receive", "hand_over"]);
    (given.audit, given.audit_head) = (audit, Some(head));
    let mut sealed = to.usual_part(1, 3);
    let (audit, head) = log(visit, part, &["open-visit", "receive", "hand_over", "accept_handover", "close-visit"]);
    (sealed.audit, sealed.audit_head) = (audit, Some(head));
    (given, sealed)
}

struct Two {
    city: TestCity,
    from: Tablet,
    to: Tablet,
    given: Part,
    sealed: Part,
}

impl Two {
    fn new() -> Self {
        let city = TestCity::found();
        let (from, to) = (city.enrol("tablet-01"), city.enrol("tablet-02"));
        let (given, sealed) = taken_over(&from, &to);
        Self { city, from, to, given, sealed }
    }

    /// What the desk says of the part with these lines.
    fn refused(&self, lines: &[String]) -> Refusal {
        let mut sealed = self.sealed.clone();
        sealed.handovers = lines.to_vec();
        self.city.deliver(&sealed.key, &self.to.seal(&sealed));
        let before = self.city.whole();
        let mut report = self.city.open();
        assert_eq!((report.opened.len(), report.refused.len()), (0, 1), "{report:?}");
        assert!(self.city.whole() == before, "a refused package left something");
        report.refused.remove(0).1
    }

    /// What is wrong with the lines: `open` and `adopt` say the same, and nothing changes.
    fn fault(&self, lines: &[String]) -> LineageFault {
        let Refusal::Lineage(fault) = self.refused(lines) else { panic!("another refusal") };
        let before = self.city.whole();
        let adopted = adopt(&self.city.folder, &self.sealed.key, "tablet 1 is broken", &self.city.clock);
        let Err(AdoptError::Refused(Refusal::Lineage(again))) = adopted else { panic!("{adopted:?}") };
        assert_eq!(again, fault);
        assert!(self.city.whole() == before, "a refused package left something");
        assert!(self.city.opened_receipt(&self.sealed.key, Sha256Digest::of(b"")).is_none());
        fault
    }

    fn line(&self) -> String {
        self.from.handover_line(&self.given, self.to.device(), 2)
    }

    /// A line whose manifest is spoiled before it is signed.
    fn spoiled(&self, spoil: impl FnOnce(&mut Manifest)) -> String {
        let mut manifest = self.from.handover_manifest(&self.given, self.to.device(), 2);
        spoil(&mut manifest);
        signed(&manifest, &self.from.key)
    }
}

fn signed(manifest: &Manifest, key: &SigningKey) -> String {
    let manifest = jws::sign(Signer::City(key), MANIFEST_TYP, manifest).unwrap();
    Provenance::Handover { manifest, sha256: Sha256Digest::of(b"carried") }.to_line()
}

#[test]
fn a_part_that_was_handed_over_is_opened_and_its_giver_gets_a_receipt() {
    let two = Two::new();
    let mut sealed = two.sealed.clone();
    sealed.handovers = vec![two.line()];
    two.city.deliver(&sealed.key, &two.to.seal(&sealed));
    let report = two.city.open();
    assert_eq!((report.opened.len(), report.refused.len()), (1, 0), "{:?}", report.refused);
    let given = PackageKey {
        device: two.from.device(),
        subject: Subject::Handover { visit: sealed.visit.plan.id, part: sealed.visit.part },
        seal: SealNumber::new(2).unwrap(),
    };
    let receipt = two.city.opened_receipt(&given, Sha256Digest::of(b"carried")).unwrap();
    assert_eq!(receipt.recipients(), Sha256Digest::of(b"mailbox"));
    let opened = Opened::read(&two.city.folder.desk(), &sealed.key).unwrap().unwrap();
    assert_eq!((opened.handed_on.len(), opened.handed_on[0].key, opened.recovered), (1, given, false));
    // An interrupted command gives the receipts that it owes.
    let receipts = two.city.in_store("receipts");
    std::fs::remove_dir_all(receipts.join(two.from.device().to_string())).unwrap();
    assert_eq!(two.city.open().before, 1);
    assert!(two.city.opened_receipt(&given, Sha256Digest::of(b"carried")).is_some());
}

#[test]
fn a_part_goes_on_over_three_tablets_and_back() {
    let two = Two::new();
    let third = two.city.enrol("tablet-03");
    let (first, second) = (two.from.device(), two.to.device());
    // First to second, second to third, third back to the second, which seals.
    let mut sealed = two.sealed.clone();
    sealed.key.seal = SealNumber::new(9).unwrap();
    let lines = [
        two.from.handover_line(&two.given, second, 2),
        two.to.handover_line(&two.given, third.device(), 4),
        third.handover_line(&two.given, second, 5),
    ];
    sealed.handovers = lines.to_vec();
    two.city.deliver(&sealed.key, &two.to.seal(&sealed));
    let report = two.city.open();
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    let opened = Opened::read(&two.city.folder.desk(), &sealed.key).unwrap().unwrap();
    let givers: Vec<DeviceId> = opened.handed_on.iter().map(|given| given.key.device).collect();
    assert_eq!(givers, [first, second, third.device()]);
}

#[test]
fn what_no_tablet_of_this_city_signed_is_not_believed() {
    let two = Two::new();
    let manifest = two.from.handover_manifest(&two.given, two.to.device(), 2);
    let forged = signed(&manifest, &SigningKey::make());
    // The receiving tablet can't sign for the giving one.
    let by_receiver = signed(&manifest, &two.to.key);
    let stranger = two.spoiled(|manifest| manifest.key.device = DeviceId::make());
    for line in [forged, by_receiver, stranger, "{}".to_owned(), "no line".to_owned()] {
        assert_eq!(two.fault(std::slice::from_ref(&line)), LineageFault::Unsigned(1), "{line}");
    }
}

#[test]
fn lines_that_lead_elsewhere_are_not_believed() {
    let two = Two::new();
    let third = two.city.enrol("tablet-03");
    let to_third = two.spoiled(|manifest| manifest.handover.as_mut().unwrap().to = third.device());
    assert_eq!(two.fault(std::slice::from_ref(&to_third)), LineageFault::NotHere);
    // A gap: the third never gave it on.
    assert_eq!(two.fault(&[to_third, two.line()]), LineageFault::OtherWay(2));
    let other_part = two.spoiled(|manifest| {
        let (visit, part) = manifest.key.subject.visit().unwrap();
        manifest.key.subject = Subject::Handover { visit, part: part.next() };
    });
    assert_eq!(two.fault(&[other_part]), LineageFault::OtherWay(1));
    assert_eq!(two.fault(&[two.line(), two.line()]), LineageFault::OtherWay(2));
    // Two numbers that do not rise.
    let to_self = two.to.handover_line(&two.given, two.to.device(), 2);
    assert_eq!(two.fault(&[two.line(), to_self]), LineageFault::OtherNumber(2));
    let too_high = two.spoiled(|manifest| manifest.key.seal = SealNumber::new(3).unwrap());
    assert_eq!(two.fault(&[too_high]), LineageFault::NotHere);
}

#[test]
fn lines_that_go_in_a_circle_end_nowhere() {
    let two = Two::new();
    let there = two.line();
    let back = two.to.handover_line(&two.given, two.from.device(), 4);
    // The part went back to the first tablet, so the second has nothing to seal.
    assert_eq!(two.fault(&[there.clone(), back.clone()]), LineageFault::NotHere);
    // The same passage twice, after a whole round.
    assert_eq!(two.fault(&[there.clone(), back.clone(), there.clone()]), LineageFault::OtherNumber(3));
    assert_eq!(two.fault(&[back, there]), LineageFault::OtherNumber(2));
}

#[test]
fn a_line_of_a_third_tablet_does_not_reach_what_another_sealed() {
    let two = Two::new();
    let third = two.city.enrol("tablet-03");
    two.city.deliver(&two.given.key, &two.from.seal(&two.given));
    assert_eq!(two.city.open().opened.len(), 1);
    // A tablet of this city that never had the part vouches for it: the desk knows who sealed it before.
    let foreign = third.handover_line(&two.given, two.to.device(), 2);
    assert!(matches!(two.refused(&[foreign]), Refusal::PartOfAnotherDevice(device) if device == two.from.device()));
    assert!(two.city.opened_receipt(&two.sealed.key, Sha256Digest::of(b"")).is_none());
}

#[test]
fn a_package_that_lacks_what_was_handed_over_is_told() {
    let two = Two::new();
    let (_, elsewhere) = log(two.given.visit.plan.id, two.given.visit.part, &["open-visit", "other", "hand_over"]);
    let other_log = two.spoiled(|manifest| manifest.audit_head = Some(elsewhere));
    assert_eq!(two.fault(&[other_log]), LineageFault::Lacks(1));
    let without_log = two.spoiled(|manifest| manifest.audit_head = None);
    assert_eq!(two.fault(&[without_log]), LineageFault::Lacks(1));
    let one_more = two.spoiled(|manifest| {
        let mut entry = manifest.entries[0].clone();
        entry.path = homon_seal::EntryPath::Case("1-004".parse().unwrap());
        manifest.entries.push(entry);
    });
    assert_eq!(two.fault(&[one_more]), LineageFault::Lacks(1));
}

#[test]
fn without_a_handover_another_tablet_does_not_go_on_with_a_part() {
    let two = Two::new();
    two.city.deliver(&two.given.key, &two.from.seal(&two.given));
    assert_eq!(two.city.open().opened.len(), 1);
    assert!(matches!(two.refused(&[]), Refusal::PartOfAnotherDevice(device) if device == two.from.device()));
}

#[test]
fn a_grant_of_the_desk_lets_a_tablet_go_on_under_a_new_name_and_no_other_does() {
    let two = Two::new();
    two.city.deliver(&two.given.key, &two.from.seal(&two.given));
    assert_eq!(two.city.open().opened.len(), 1);
    let (visit, part) = (two.given.visit.plan.id, two.given.visit.part);
    let grant = Grant {
        format: FORMAT,
        device: two.to.device(),
        visit,
        part,
        key_sha256: Sha256Digest::of(b"key"),
        seals_before: SealNumber::new(1),
        made_at: homon_domain::platform::Clock::now(&two.city.clock),
    };
    let mail = homon_city::desk::key_files::signing_key(&two.city.folder.desk().mail_key()).unwrap();
    let line = |grant: &Grant, key: &SigningKey| {
        let grant = jws::sign(Signer::City(key), GRANT_TYP, grant).unwrap();
        Provenance::Recovery { grant }.to_line()
    };
    assert_eq!(two.fault(&[line(&grant, &two.to.key)]), LineageFault::Unsigned(1));
    let for_another = Grant { device: two.from.device(), ..grant.clone() };
    assert_eq!(two.fault(&[line(&for_another, &mail)]), LineageFault::NotHere);
    let other_part = Grant { part: part.next(), ..grant.clone() };
    assert_eq!(two.fault(&[line(&other_part, &mail)]), LineageFault::OtherWay(1));
    let mut sealed = two.sealed.clone();
    sealed.handovers = vec![line(&grant, &mail)];
    two.city.deliver(&sealed.key, &two.to.seal(&sealed));
    let report = two.city.open();
    assert_eq!((report.opened.len(), report.refused.len()), (1, 0), "{:?}", report.refused);
}
