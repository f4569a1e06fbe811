//! Mail from the desk: numbered without a gap, sealed to one tablet, and never sent twice.

use std::fs;
use std::path::PathBuf;

use homon_city::desk::journal;
use homon_city::desk::mail::{self, PostError};
use homon_city::desk::revoke::revoke;
use homon_city::intake::layout::{self, MailState};
use homon_domain::case::RoundPlace;
use homon_domain::delivery::{Deficiency, DeficiencyKind};
use homon_domain::ids::{DeviceId, MailNumber, RosterId};
use homon_domain::mail::{DeficiencyNotice, MailContent, MailKind};
use homon_domain::roster::{ExpectedResident, Roster};
use homon_domain::text::ReceivedText;
use homon_seal::MailError;

use crate::city::{TestCity, files_below};
use crate::people::{COMPAT_NAME, IVS_NAME};
use crate::tablet::{Tablet, VISIT};

fn roster(residents: usize) -> MailContent {
    let resident = ExpectedResident {
        place: RoundPlace::default(),
        name: ReceivedText::from_register(IVS_NAME, 100).unwrap(),
        kana: None,
        address: Some(ReceivedText::from_register(&"町".repeat(300), 400).unwrap()),
        birth_date: None,
        sex: None,
        number: None,
        phone: None,
        remark: None,
    };
    MailContent::Roster(Roster { id: RosterId::make(), visit: None, residents: vec![resident; residents] })
}

fn deficiency() -> MailContent {
    MailContent::Deficiency(DeficiencyNotice {
        visit: VISIT.parse().unwrap(),
        case: "1-001".parse().unwrap(),
        name: ReceivedText::from_register(COMPAT_NAME, 100).unwrap(),
        contact: None,
        deficiency: Deficiency { kind: DeficiencyKind::Photo, note: None },
        on: "2026-10-01".parse().unwrap(),
    })
}

fn number(number: u32) -> MailNumber {
    MailNumber::new(number).unwrap()
}

impl TestCity {
    fn post(&self, to: &Tablet, content: MailContent) -> Result<u32, PostError> {
        mail::post(&self.folder, to.device(), content, &self.clock).map(MailNumber::get)
    }

    fn waiting(&self, to: &Tablet, of: u32) -> PathBuf {
        self.in_store(&layout::mail(to.device(), number(of), MailState::Waiting))
    }

    fn in_desk(&self, to: &Tablet, of: u32, suffix: &str) -> PathBuf {
        self.folder.desk().mail_to(to.device()).join(format!("{of:010}.{suffix}"))
    }

    /// What lies in the store and in the desk of all mail.
    fn lying(&self) -> (usize, usize) {
        let below = |folder: PathBuf| if folder.exists() { files_below(&folder).len() } else { 0 };
        (below(self.in_store("mail")), below(self.folder.desk().mail()))
    }
}

#[test]
fn each_tablet_has_numbers_of_its_own_without_a_gap() {
    let city = TestCity::found();
    let (one, other) = (city.enrol("tablet-01"), city.enrol("tablet-02"));
    assert_eq!(city.post(&one, roster(2)).unwrap(), 1);
    assert_eq!(city.post(&other, roster(2)).unwrap(), 1);
    assert_eq!(city.post(&one, deficiency()).unwrap(), 2);
    let sealed = fs::read(city.waiting(&one, 2)).unwrap();
    assert_eq!(one.open_mail(&sealed, 2).unwrap().content, deficiency());
    assert_eq!(one.open_mail(&sealed, 1), Err(MailError::OtherNumber));
    assert_eq!(other.open_mail(&sealed, 2), Err(MailError::NotForUs));
    assert_eq!(city.lying(), (3, 3), "the desk keeps records only");
}

#[test]
fn the_desks_record_names_nobody_and_is_frozen() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    city.post(&tablet, deficiency()).unwrap();
    let record = fs::read_to_string(city.in_desk(&tablet, 1, "json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    insta::assert_json_snapshot!(record, { ".sha256" => "[sha256]" });
    let journal = journal::read(&city.folder.desk()).unwrap();
    let last = journal.entries.last().unwrap();
    assert_eq!((last.action.as_str(), last.visit), ("post-deficiency", Some(VISIT.parse().unwrap())));
    assert_eq!(last.detail.as_ref().unwrap().as_str(), tablet.device().to_string());
    let sign = city.in_store(&layout::mail(tablet.device(), number(1), MailState::Taken));
    let lines = mail::posted(&city.folder, tablet.device()).unwrap();
    assert_eq!((lines.len(), lines[0].posted.kind, lines[0].taken_at), (1, MailKind::Deficiency, None));
    fs::write(&sign, r#"{"at":"2026-09-25T00:00:00Z"}"#).unwrap();
    let lines = mail::posted(&city.folder, tablet.device()).unwrap();
    assert_eq!(lines[0].taken_at, Some("2026-09-25T00:00:00Z".parse().unwrap()));
    fs::write(&sign, "{").unwrap();
    assert_eq!(mail::posted(&city.folder, tablet.device()).unwrap()[0].taken_at, None);
}

#[test]
fn an_unknown_or_revoked_tablet_gets_nothing() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let stranger = DeviceId::make();
    let unknown = mail::post(&city.folder, stranger, roster(1), &city.clock);
    assert!(matches!(unknown, Err(PostError::NotEnrolled(device)) if device == stranger));
    revoke(&city.folder, tablet.device(), &city.clock).unwrap();
    assert!(matches!(city.post(&tablet, roster(1)), Err(PostError::Revoked(_))));
    assert_eq!(city.lying(), (0, 0));
}

#[test]
fn a_roster_that_is_too_long_takes_no_number() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let Err(PostError::RosterTooLong { fit, of: 2_000 }) = city.post(&tablet, roster(2_000)) else { panic!() };
    assert_eq!(city.lying(), (0, 0));
    assert_eq!(city.post(&tablet, roster(fit)).unwrap(), 1);
    let sealed = fs::read(city.waiting(&tablet, 1)).unwrap();
    assert_eq!(tablet.open_mail(&sealed, 1).unwrap().content.kind(), MailKind::Roster);
}

/// Between any two of its steps: nothing is left out, nothing is sent twice.
#[test]
fn a_crash_leaves_no_gap_and_no_double() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    city.post(&tablet, roster(1)).unwrap();
    let first = fs::read(city.waiting(&tablet, 1)).unwrap();

    // The mail lay in the desk, without a record: its number was not given.
    fs::write(city.in_desk(&tablet, 2, "age"), b"without a record").unwrap();
    fs::write(city.in_desk(&tablet, 2, "age").with_file_name(".tmp-x"), b"half").unwrap();
    assert_eq!(city.post(&tablet, deficiency()).unwrap(), 2);
    let second = fs::read(city.waiting(&tablet, 2)).unwrap();
    assert_eq!(tablet.open_mail(&second, 2).unwrap().content, deficiency());

    // The record stood, and the store had nothing yet: the next command hands it over.
    fs::rename(city.waiting(&tablet, 2), city.in_desk(&tablet, 2, "age")).unwrap();
    assert_eq!(city.post(&tablet, roster(1)).unwrap(), 3);
    assert_eq!(fs::read(city.waiting(&tablet, 2)).unwrap(), second);

    // The store had it, and the desk had not yet removed its own.
    fs::write(city.in_desk(&tablet, 1, "age"), &first).unwrap();
    mail::hand_over_waiting(&city.folder).unwrap();
    assert!(!city.in_desk(&tablet, 1, "age").exists());

    // The tablet had even taken it by then: it does not come again.
    fs::write(city.in_desk(&tablet, 1, "age"), &first).unwrap();
    let sign = city.in_store(&layout::mail(tablet.device(), number(1), MailState::Taken));
    fs::rename(city.waiting(&tablet, 1), sign).unwrap();
    mail::hand_over_waiting(&city.folder).unwrap();
    assert!(!city.waiting(&tablet, 1).exists() && !city.in_desk(&tablet, 1, "age").exists());
    assert_eq!(city.lying(), (3, 3));
}

#[test]
fn a_store_that_cannot_be_asked_is_given_no_mail() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    fs::write(city.in_store("mail"), "in the way").unwrap();
    let refused = city.post(&tablet, deficiency());
    assert!(matches!(refused, Err(PostError::File(_))), "{refused:?}");
    fs::remove_file(city.in_store("mail")).unwrap();
    assert_eq!(city.post(&tablet, roster(1)).unwrap(), 1);
}

#[test]
fn a_store_that_cannot_be_written_gets_the_mail_later() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    fs::create_dir_all(city.waiting(&tablet, 1).join("in the way")).unwrap();
    let refused = city.post(&tablet, deficiency());
    let Err(PostError::NotHandedOver { number: given, .. }) = &refused else { panic!("{refused:?}") };
    assert_eq!(*given, number(1));
    assert!(refused.unwrap_err().to_string().contains("do not give it again"));
    fs::remove_dir_all(city.waiting(&tablet, 1)).unwrap();
    assert_eq!(city.post(&tablet, roster(1)).unwrap(), 2);
    let sealed = fs::read(city.waiting(&tablet, 1)).unwrap();
    assert_eq!(tablet.open_mail(&sealed, 1).unwrap().content, deficiency());
}

/// A desk that was restored from an older copy gives no number that a tablet may have seen.
#[test]
fn a_restored_desk_passes_over_what_the_store_knows() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    for _ in 0..3 {
        city.post(&tablet, roster(1)).unwrap();
    }
    let sign = city.in_store(&layout::mail(tablet.device(), number(3), MailState::Taken));
    fs::rename(city.waiting(&tablet, 3), sign).unwrap();
    for lost in [2, 3] {
        fs::remove_file(city.in_desk(&tablet, lost, "json")).unwrap();
    }
    assert_eq!(city.post(&tablet, roster(1)).unwrap(), 4);
}
