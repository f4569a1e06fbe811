//! What `status` says, with the desk's folder and without it.

use std::fs;

use homon_city::desk::status::{self, Hello, OVERDUE_DAYS, Stage};
use homon_city::desk::{mail, revoke};
use homon_city::intake::layout::{self, MailState};
use homon_domain::mail::MailContent;
use homon_domain::platform::Clock;
use homon_seal::Sha256Digest;

use crate::city::TestCity;
use crate::tablet::Tablet;

/// A day in the middle: one tablet through, one still in the care home, one lost, something on its way.
fn busy_city() -> (TestCity, Vec<Tablet>) {
    let city = TestCity::found();
    let tablets: Vec<Tablet> = ["tablet-01", "tablet-02", "tablet-03"].map(|label| city.enrol(label)).into();
    let (one, two) = (tablets[0].usual_part(1, 2), tablets[1].usual_part(2, 1));
    for (key, sealed) in [tablets[0].hello(), tablets[0].notice(&one), tablets[1].notice(&two)] {
        city.deliver(&key, &sealed);
    }
    let below = tablets[0].usual_part(1, 1);
    city.deliver(&below.key, &tablets[0].seal(&below));
    city.deliver(&one.key, &tablets[0].seal(&one));
    let report = city.open();
    assert_eq!((report.opened.len(), report.refused.len()), (4, 0), "{:?}", report.refused);
    let (hello, sealed) = tablets[1].hello();
    city.deliver(&hello, &sealed);
    revoke::revoke(&city.folder, tablets[2].enrolment().device, &city.clock).unwrap();
    begin_upload(&city, &tablets[1]);
    (city, tablets)
}

/// Half an upload, as the intake's own files say it.
fn begin_upload(city: &TestCity, tablet: &Tablet) {
    let part = tablet.usual_part(2, 1);
    let record = serde_json::json!({
        "device": part.key.device,
        "subject": part.key.subject,
        "seal": part.key.seal,
        "sha256": Sha256Digest::of(b"whole"),
        "length": 100_000,
        "created_at": city.clock.now(),
    });
    let upload = format!("uploads/{}/{}/{}", part.key.device, "0".repeat(32), "1".repeat(32));
    city.put(&format!("{upload}.json"), record.to_string().as_bytes());
    city.put(&format!("{upload}/{:020}", 0), &[0; 30_000]);
    city.put(&format!("{upload}/{:020}", 30_000), &[0; 12_345]);
}

/// Identifiers are random: in their place stand the labels.
fn settled(text: String, tablets: &[Tablet]) -> String {
    tablets.iter().enumerate().fold(text, |text, (index, tablet)| {
        let stand_in = format!("{:08x}-0000-0000-0000-000000000000", index + 1);
        text.replace(&tablet.enrolment().device.to_string(), &stand_in)
    })
}

#[test]
fn the_whole_is_told_in_a_table() {
    let (city, tablets) = busy_city();
    let mut status = status::status(&city.folder, OVERDUE_DAYS, &city.clock).unwrap();
    assert!(status.is_outstanding());
    status.devices.sort_by_key(|device| device.label.clone());
    insta::assert_snapshot!("status", settled(status.to_string(), &tablets));
}

#[test]
fn the_whole_is_told_in_json() {
    let (city, tablets) = busy_city();
    let mut status = status::status(&city.folder, OVERDUE_DAYS, &city.clock).unwrap();
    status.devices.sort_by_key(|device| device.label.clone());
    insta::assert_snapshot!("status_as_json", settled(serde_json::to_string_pretty(&status).unwrap(), &tablets));
}

#[test]
fn names_and_receipts_tell_enough_where_no_key_is() {
    let (city, tablets) = busy_city();
    fs::rename(city.folder.desk().path(), city.root().with_file_name("desk-elsewhere")).unwrap();
    let status = status::status(&city.folder, OVERDUE_DAYS, &city.clock).unwrap();
    let stages: Vec<_> = status.parts.iter().map(|part| (part.part.get(), part.stage)).collect();
    assert_eq!(stages, [(1, Stage::Opened), (2, Stage::OnTablet)]);
    let superseded: Vec<u32> = status.parts[0].superseded.iter().map(|seal| seal.get()).collect();
    assert_eq!(superseded, [1]);
    assert!(status.parts.iter().all(|part| part.people.is_none()) && status.progress.is_empty());
    let hello = |tablet: &Tablet| {
        let device = tablet.enrolment().device;
        status.devices.iter().find(|status| status.device == device).unwrap().hello
    };
    assert_eq!(tablets.iter().map(hello).collect::<Vec<_>>(), [Hello::Proven, Hello::Held, Hello::Missing]);
    assert_eq!(status.devices.iter().filter(|device| device.revoked_at.is_some()).count(), 1);
}

#[test]
fn a_higher_seal_that_was_not_opened_waits() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let (first, second) = (tablet.usual_part(1, 1), tablet.usual_part(1, 2));
    city.deliver(&first.key, &tablet.seal(&first));
    city.open();
    city.deliver(&second.key, &tablet.seal(&second));
    let part = &status::status(&city.folder, OVERDUE_DAYS, &city.clock).unwrap().parts[0];
    assert_eq!((part.stage, part.seal.map(|seal| seal.get())), (Stage::Held, Some(2)));
    assert_eq!(part.people.unwrap().received, 3);
    city.open();
    assert_eq!(status::status(&city.folder, OVERDUE_DAYS, &city.clock).unwrap().parts[0].stage, Stage::Opened);
}

#[test]
fn nothing_is_outstanding_when_everything_is_opened() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let (hello, sealed) = tablet.hello();
    city.deliver(&hello, &sealed);
    let part = tablet.usual_part(1, 1);
    city.deliver(&part.key, &tablet.seal(&part));
    city.open();
    let status = status::status(&city.folder, OVERDUE_DAYS, &city.clock).unwrap();
    assert!(!status.is_outstanding());
    assert!(status.to_string().ends_with("\nNothing is outstanding.\n"));
    let applications = &status.progress[0];
    assert_eq!((applications.progress.visits, applications.progress.applicants, applications.met), (1, 2, false));
}

#[test]
fn mail_waits_until_its_tablet_has_taken_it() {
    let city = TestCity::found();
    let (one, lost) = (city.enrol("tablet-01"), city.enrol("tablet-02"));
    let post = |to: &Tablet| {
        let content = MailContent::Enrolment { token: "a.b.c".to_owned() };
        mail::post(&city.folder, to.enrolment().device, content, &city.clock).unwrap()
    };
    let (first, _, _) = (post(&one), post(&one), post(&lost));
    revoke::revoke(&city.folder, lost.enrolment().device, &city.clock).unwrap();
    let asked = || status::status(&city.folder, OVERDUE_DAYS, &city.clock).unwrap();
    let waiting =
        |status: &status::Status| status.mail.iter().map(|mail| (mail.device, mail.mails)).collect::<Vec<_>>();
    assert_eq!(waiting(&asked()), [(one.enrolment().device, 2)]);
    assert!(asked().to_string().contains("- tablet-01: connect it, 2 mails (便) wait for it since 2026-09-24"));
    let taken = layout::mail(one.enrolment().device, first, MailState::Taken);
    city.put(&taken, b"{\"at\":\"2026-09-25T00:00:00Z\"}");
    assert_eq!(waiting(&asked()), [(one.enrolment().device, 1)]);
    city.put(&layout::mail(one.enrolment().device, first.next(), MailState::Taken), b"{}");
    assert_eq!(waiting(&asked()), []);
}
