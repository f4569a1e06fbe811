//! A deficiency comes back to the tablet with all that it takes to mend it, and the city knows that it did.

use std::fs;
use std::process::Command;

use homon_city::desk::deliveries::{
    self, Deliveries, MarkFault, Named, Outcome, Place, Tell, TellError, Told, Wish, read_note,
};
use homon_city::desk::journal;
use homon_city::desk::mail::{self, PostError};
use homon_city::desk::revoke::revoke;
use homon_city::intake::layout::{self, MailState};
use homon_domain::delivery::{Deficiency, DeficiencyKind, Delivery, DeliveryRefused};
use homon_domain::ids::{CaseId, DeviceId, MailNumber};
use homon_domain::mail::{DeficiencyNotice, MailContent};
use uuid::Uuid;

use crate::city::TestCity;
use crate::people::{COMPAT_NAME, IVS_NAME};
use crate::tablet::{Tablet, VISIT};

/// Two applications, of which the first was submitted.
fn city() -> (TestCity, Tablet) {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    city.deliver(&part.key, &tablet.seal(&part));
    city.open();
    city.set_time("2026-10-20T03:00:00Z");
    let number = "1-001".parse().unwrap();
    let named = Named::Case { visit: VISIT.to_owned(), number };
    let wish = Wish { named, on: "2026-10-01".parse().unwrap(), outcome: Outcome::Submitted };
    deliveries::mark(&city.folder, vec![(Place::Case(number), Ok(wish))], &city.clock).unwrap();
    (city, tablet)
}

fn photo_is_dark() -> Deficiency {
    Deficiency { kind: DeficiencyKind::Photo, note: Some(read_note("写真が暗い").unwrap()) }
}

fn tell(number: &str) -> Tell {
    let named = Named::Case { visit: VISIT.to_owned(), number: number.parse().unwrap() };
    Tell { named, deficiency: Some(photo_is_dark()), on: Some("2026-10-10".parse().unwrap()), to: None }
}

impl TestCity {
    fn tell(&self, tell: Tell) -> Result<Told, TellError> {
        deliveries::tell(&self.folder, tell, &self.clock)
    }

    fn notice(&self, to: &Tablet, number: u32) -> DeficiencyNotice {
        let waiting = layout::mail(to.device(), MailNumber::new(number).unwrap(), MailState::Waiting);
        let mail = to.open_mail(&fs::read(self.in_store(&waiting)).unwrap(), number).unwrap();
        let MailContent::Deficiency(notice) = mail.content else { panic!("another mail") };
        notice
    }

    fn stage(&self, sequence: u128) -> Delivery {
        let id = CaseId(Uuid::from_u128(1000 + sequence));
        Deliveries::read(&self.folder.desk()).unwrap().stage_of(id).clone()
    }
}

#[test]
fn the_tablet_learns_whom_to_ask_how_to_reach_them_and_why() {
    let (city, tablet) = city();
    let told = city.tell(tell("1-001")).unwrap();
    assert_eq!((told.device, told.mail.get(), told.marked), (tablet.device(), 1, true));
    let notice = city.notice(&tablet, 1);
    assert_eq!(notice.name.as_str(), IVS_NAME);
    assert_eq!(notice.contact.unwrap().phone.as_str(), "083-000-0000");
    assert_eq!((notice.deficiency, notice.on), (photo_is_dark(), "2026-10-10".parse().unwrap()));
    assert_eq!((notice.visit.to_string(), notice.case.to_string()), (VISIT.to_owned(), "1-001".to_owned()));
    let on = "2026-10-10".parse().unwrap();
    assert_eq!(city.stage(1), Delivery::Returned { on, deficiency: photo_is_dark() });
    let read = journal::read(&city.folder.desk()).unwrap();
    let last: Vec<_> = read.entries.iter().rev().take(2).map(|entry| entry.action.as_str()).collect();
    assert_eq!(last, ["post-deficiency", "mark-returned"]);
    for path in [city.folder.desk().journal(), city.folder.desk().journal_head()] {
        let text = fs::read_to_string(path).unwrap();
        assert!(!text.contains(IVS_NAME) && !text.contains("暗い") && !text.contains("083-000-0000"));
    }
}

#[test]
fn what_is_marked_already_is_told_without_saying_it_again() {
    let (city, tablet) = city();
    city.tell(tell("1-001")).unwrap();
    let again = Tell { deficiency: None, on: None, ..tell("1-001") };
    let told = city.tell(again).unwrap();
    assert_eq!((told.mail.get(), told.marked), (2, false));
    assert_eq!(city.notice(&tablet, 2), city.notice(&tablet, 1));
    let other = Deficiency { kind: DeficiencyKind::Number, note: None };
    let refused = city.tell(Tell { deficiency: Some(other), ..tell("1-001") });
    assert!(matches!(refused, Err(TellError::OtherDeficiency(_))), "{refused:?}");
    assert_eq!(mail::posted(&city.folder, tablet.device()).unwrap().len(), 2);
}

#[test]
fn a_revoked_tablet_is_told_nothing_and_another_is_named() {
    let (city, tablet) = city();
    let other = city.enrol("tablet-02");
    revoke(&city.folder, tablet.device(), &city.clock).unwrap();
    let refused = city.tell(tell("1-001")).unwrap_err();
    let says = refused.to_string();
    assert!(says.contains("was revoked") && says.contains(&format!("tablet-02 ({})", other.device())), "{says}");
    assert_eq!(city.stage(1).since(), Some("2026-10-01".parse().unwrap()), "it is not marked either");
    let told = city.tell(Tell { to: Some(other.device()), ..tell("1-001") }).unwrap();
    assert_eq!(told.device, other.device());
    assert_eq!(city.notice(&other, 1).name.as_str(), IVS_NAME);
    let nobody = Tell { to: Some(DeviceId::make()), ..tell("1-001") };
    assert!(matches!(city.tell(nobody), Err(TellError::Device { fault: "was never enrolled", .. })));
}

#[test]
fn what_was_never_submitted_cannot_come_back() {
    let (city, tablet) = city();
    let refused = city.tell(tell("1-002"));
    let expected = MarkFault::Refused(DeliveryRefused::WrongStage);
    assert!(matches!(refused, Err(TellError::Mark(fault)) if fault == expected));
    assert!(matches!(city.tell(Tell { deficiency: None, ..tell("1-001") }), Err(TellError::NoDeficiency)));
    assert!(matches!(city.tell(tell("1-003")), Err(TellError::Mark(MarkFault::NotComplete(_)))));
    assert!(matches!(city.tell(tell("1-009")), Err(TellError::Mark(MarkFault::NoSuchCase))));
    assert!(mail::posted(&city.folder, tablet.device()).unwrap().is_empty());
}

#[test]
fn a_post_that_failed_leaves_the_mark_and_is_given_again() {
    let (city, tablet) = city();
    let store = city.in_store("");
    let aside = city.root().with_file_name("store-elsewhere");
    fs::rename(&store, &aside).unwrap();
    assert!(matches!(city.tell(tell("1-001")), Err(TellError::Post(PostError::File(_)))));
    assert!(matches!(city.stage(1), Delivery::Returned { .. }));
    fs::rename(&aside, &store).unwrap();
    let told = city.tell(tell("1-001")).unwrap();
    assert_eq!((told.mail.get(), told.marked), (1, false));
    assert_eq!(city.notice(&tablet, 1).name.as_str(), IVS_NAME);
}

#[test]
fn the_command_tells_and_never_shows_a_name() {
    let (city, _) = city();
    let note = city.root().with_file_name("note.txt");
    fs::write(&note, "写真が暗い\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_homon-city"))
        .args(["deficiency", "--dir", city.root().to_str().unwrap(), "--visit", "0c5ad1c7", "--case", "1-001"])
        .args(["--kind", "photo", "--on", "2026-10-10", "--note", note.to_str().unwrap()])
        .output()
        .unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success() && said.contains("gets mail 1"), "{said}");
    assert!(!said.contains(IVS_NAME) && !said.contains(COMPAT_NAME) && !said.contains("暗い"));
}
