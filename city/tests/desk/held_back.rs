//! Checkpoints and announcements that are not what they seem: `open` and `adopt` refuse them, and what the desk says of the
//! parts stays what it was.

use std::collections::BTreeMap;

use homon_city::desk::joined::{Arrival, JoinedPart};
use homon_city::desk::lost::{self, HowSafe};
use homon_city::desk::open::{AdoptError, LineageFault, Refusal, adopt};
use homon_city::desk::status::{self, OVERDUE_DAYS};
use homon_city::desk::{journal, revoke};
use homon_domain::ids::{DeviceId, SealNumber};
use homon_domain::visit::VisitStatus;
use homon_seal::{OpenError, PackageKey, Sha256Digest, Subject};

use crate::city::TestCity;
use crate::tablet::{Part, Tablet, log};

const WHY: &str = "tablet 1 is broken";

/// A checkpoint of the first part, under a number.
pub(crate) fn checkpoint(tablet: &Tablet, seal: u32) -> Part {
    let mut open = tablet.usual_part(1, seal);
    open.key.subject = Subject::Checkpoint { visit: open.visit.plan.id, part: open.visit.part };
    open.visit.status = VisitStatus::Open;
    open.visit.closed_at = None;
    open
}

fn parts(city: &TestCity) -> Vec<JoinedPart> {
    let status = status::status(&city.folder, OVERDUE_DAYS, &city.clock).unwrap();
    status.visits.into_iter().flat_map(|visit| visit.parts).collect()
}

/// Why `open` and `adopt` refuse what lies under this name. Nothing else changes: no file, no receipt, no part.
fn refusal(city: &TestCity, key: &PackageKey) -> Refusal {
    let (before, parts_before) = (city.whole(), parts(city));
    let mut report = city.open();
    assert_eq!((report.opened.len(), report.refused.len()), (0, 1), "{report:?}");
    let (refused, why) = report.refused.remove(0);
    assert_eq!(refused, *key);
    let Err(AdoptError::Refused(again)) = adopt(&city.folder, key, WHY, &city.clock) else { panic!("adopted") };
    assert_eq!(again.to_string(), why.to_string());
    assert!(city.whole() == before, "a refused checkpoint left something");
    assert_eq!(parts(city), parts_before);
    assert!(city.opened_receipt(key, Sha256Digest::of(b"")).is_none());
    let told = journal::read(&city.folder.desk()).unwrap().entries.pop().unwrap();
    assert!(told.action.as_str().starts_with("refuse-"), "{told:?}");
    why
}

struct Two {
    city: TestCity,
    first: Tablet,
    second: Tablet,
}

impl Two {
    fn new() -> Self {
        let city = TestCity::found();
        let (first, second) = (city.enrol("tablet-01"), city.enrol("tablet-02"));
        Self { city, first, second }
    }

    fn announce(&self, tablet: &Tablet, seal: u32, taken_from: &[DeviceId], recovered: bool) {
        let (key, sealed) = tablet.notice_of(&tablet.usual_part(1, 1), seal, taken_from, recovered);
        self.city.deliver(&key, &sealed);
        assert!(self.city.open().refused.is_empty());
    }

    /// Where the only part is thought to be, and where it is waited for.
    fn place(&self) -> (Option<DeviceId>, Vec<DeviceId>) {
        let status = status::status(&self.city.folder, OVERDUE_DAYS, &self.city.clock).unwrap();
        let [part] = &status.visits[0].parts[..] else { panic!("one part") };
        (part.device, status.parts.iter().map(|part| part.device).collect())
    }

    fn loses(&self, tablet: &Tablet) -> bool {
        lost::lost(&self.city.folder, tablet.device(), true, &self.city.clock).unwrap().is_loss()
    }
}

#[test]
fn a_checkpoint_that_another_tablet_signed_is_not_kept() {
    let Two { city, first, second } = Two::new();
    let part = checkpoint(&first, 1);
    city.deliver(&part.key, &second.seal(&part));
    assert!(matches!(refusal(&city, &part.key), Refusal::Package(OpenError::BadSignature)));
}

#[test]
fn a_checkpoint_that_is_cut_or_changed_is_not_kept() {
    let Two { city, first, .. } = Two::new();
    let part = checkpoint(&first, 1);
    let sealed = first.seal(&part);
    city.deliver(&part.key, &sealed[..sealed.len() - 1]);
    refusal(&city, &part.key);
    let mut changed = sealed.clone();
    changed[sealed.len() / 2] ^= 1;
    city.deliver(&part.key, &changed);
    refusal(&city, &part.key);
    // Changed after it was held: the intake's receipt is for other bytes.
    city.deliver(&part.key, &sealed);
    city.put(&homon_city::intake::layout::package(&part.key), &first.seal(&part));
    assert!(matches!(refusal(&city, &part.key), Refusal::Held(_)));
}

#[test]
fn a_checkpoint_under_another_name_is_not_taken_for_it() {
    let Two { city, first, second } = Two::new();
    let part = checkpoint(&first, 1);
    let kept = checkpoint(&first, 2);
    city.deliver(&kept.key, &first.seal(&kept));
    assert!(city.open().refused.is_empty());
    assert!(matches!(parts(&city)[0].arrival, Arrival::Checkpoint { received: 3, .. }));
    // An older one under a newer number, the other part's, a complete visit, and another tablet's.
    let (visit, number) = part.key.subject.visit().unwrap();
    let names = [
        PackageKey { seal: SealNumber::new(9).unwrap(), ..part.key },
        PackageKey { subject: Subject::Checkpoint { visit, part: number.next() }, ..part.key },
        PackageKey { subject: Subject::Visit { visit, part: number }, ..part.key },
        PackageKey { device: second.device(), ..part.key },
    ];
    for name in names {
        city.deliver(&name, &first.seal(&part));
        let why = refusal(&city, &name);
        let is_another = matches!(why, Refusal::OtherPackage | Refusal::Package(OpenError::UnknownDevice(_)));
        assert!(is_another, "{name:?}: {why:?}");
        city.remove(&name);
    }
}

#[test]
fn a_checkpoint_with_a_forged_lineage_is_not_kept() {
    let Two { city, first, second } = Two::new();
    let given = first.usual_part(1, 1);
    let mut part = checkpoint(&second, 3);
    let (audit, head) = log(part.visit.plan.id, part.visit.part, &["open-visit", "other", "hand_over"]);
    (part.audit, part.audit_head) = (audit, Some(head));
    let third = city.enrol("tablet-03");
    let forged = [
        (second.handover_line(&given, second.device(), 2).replace("manifest", "grant"), LineageFault::Unsigned(1)),
        (first.handover_line(&given, third.device(), 2), LineageFault::Lacks(1)),
        (first.handover_line(&given, second.device(), 2), LineageFault::Lacks(1)),
    ];
    for (line, fault) in forged {
        part.handovers = vec![line];
        city.deliver(&part.key, &second.seal(&part));
        assert!(matches!(refusal(&city, &part.key), Refusal::Lineage(found) if found == fault));
    }
}

#[test]
fn a_checkpoint_of_a_revoked_or_unknown_tablet_is_not_adopted() {
    let Two { city, first, second } = Two::new();
    revoke::revoke(&city.folder, first.device(), &city.clock).unwrap();
    city.set_time("2026-09-24T05:00:00Z");
    let late = checkpoint(&first, 1);
    city.deliver(&late.key, &first.seal(&late));
    assert!(matches!(refusal(&city, &late.key), Refusal::HeldAfterRevocation));
    city.remove(&late.key);
    let mut unknown = checkpoint(&second, 1);
    unknown.key.device = DeviceId::make();
    city.deliver(&unknown.key, &second.seal(&unknown));
    assert!(matches!(refusal(&city, &unknown.key), Refusal::UnknownDevice(_)));
}

#[test]
fn only_what_is_held_back_is_adopted_and_only_with_a_reason() {
    let Two { city, first, .. } = Two::new();
    let kept = checkpoint(&first, 1);
    city.deliver(&kept.key, &first.seal(&kept));
    city.open();
    let before = city.whole();
    let adopt = |key: &PackageKey, why: &str| adopt(&city.folder, key, why, &city.clock);
    let endless = "x".repeat(201);
    for why in ["", "  ", "two\nlines", endless.as_str()] {
        assert!(matches!(adopt(&kept.key, why), Err(AdoptError::Reason)), "{why:?}");
    }
    let absent = PackageKey { seal: SealNumber::new(7).unwrap(), ..kept.key };
    assert!(matches!(adopt(&absent, WHY), Err(AdoptError::NotHeld)));
    let hello = first.hello().0;
    assert!(matches!(adopt(&hello, WHY), Err(AdoptError::OtherKind)));
    assert!(city.whole() == before);
    assert_eq!(adopt(&kept.key, WHY).unwrap().cases, 3);
    assert!(matches!(adopt(&kept.key, WHY), Err(AdoptError::OpenedBefore)));
    // A checkpoint erases nothing: its tablet gets no receipt that it could take for one of the visit.
    let whole = PackageKey { subject: Subject::Visit { visit: kept.visit.plan.id, part: kept.visit.part }, ..kept.key };
    assert!(city.opened_receipt(&whole, Sha256Digest::of(b"")).is_none());
}

#[test]
fn a_part_that_came_back_is_where_it_came_back_to() {
    let two = Two::new();
    let (first, second) = (two.first.device(), two.second.device());
    two.announce(&two.first, 1, &[], false);
    two.announce(&two.second, 1, &[first], false);
    assert_eq!(two.place(), (Some(second), vec![second]));
    assert_eq!((two.loses(&two.first), two.loses(&two.second)), (false, true));
    two.announce(&two.first, 2, &[first, second], false);
    assert_eq!(two.place(), (Some(first), vec![first]));
    assert_eq!((two.loses(&two.first), two.loses(&two.second)), (true, false));
}

#[test]
fn a_part_is_waited_for_where_it_went_although_a_checkpoint_is_here_from_before() {
    let two = Two::new();
    two.announce(&two.first, 1, &[], false);
    let kept = checkpoint(&two.first, 1);
    two.city.deliver(&kept.key, &two.first.seal(&kept));
    two.announce(&two.second, 1, &[two.first.device()], false);
    assert_eq!(two.place().0, Some(two.second.device()));
    let lost = lost::lost(&two.city.folder, two.second.device(), true, &two.city.clock).unwrap();
    let until = lost.on_it[0].checkpoint.map(|until| until.received);
    assert_eq!((lost.on_it.len(), until), (1, Some(3)));
    let before = lost::lost(&two.city.folder, two.first.device(), true, &two.city.clock).unwrap();
    assert!(matches!(before.safe[0].how, HowSafe::HandedOn { to } if to == two.second.device()));
}

#[test]
fn tablets_that_each_claim_to_have_the_part_from_the_other_are_both_waited_for() {
    let two = Two::new();
    let (first, second) = (two.first.device(), two.second.device());
    two.announce(&two.first, 1, &[second], false);
    two.announce(&two.second, 1, &[first], false);
    let (device, waited) = two.place();
    assert!(device.is_some());
    assert_eq!(waited.len(), 2);
    // What came is said to have come, whatever another tablet claims.
    let part = two.first.usual_part(1, 1);
    two.city.deliver(&part.key, &two.first.seal(&part));
    assert_eq!(two.city.open().opened.len(), 1);
    let status = status::status(&two.city.folder, OVERDUE_DAYS, &two.city.clock).unwrap();
    let by_device: BTreeMap<_, _> = status.parts.iter().map(|part| (part.device, part.people.is_some())).collect();
    assert_eq!(by_device.get(&first), Some(&true), "{by_device:?}");
}
