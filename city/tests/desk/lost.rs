//! A tablet is lost, or it is only practised: what was on it is told by count, and what is safe.

use std::fs;
use std::process::Command;

use homon_city::desk::lost::{self, HowSafe, Lost};
use homon_city::desk::{journal, mail};
use homon_city::intake::layout::{self, MailState};
use homon_domain::ids::{DeviceId, MailNumber, RosterId, VisitId};
use homon_domain::mail::MailContent;
use homon_domain::roster::Roster;
use homon_domain::visit::VisitStatus;
use homon_seal::Subject;

use crate::city::TestCity;
use crate::people::{ADDRESS, COMPAT_NAME, IVS_NAME};
use crate::tablet::{Part, Tablet, VISIT};

fn roster(residents: usize) -> MailContent {
    let resident = serde_json::json!({ "place": {}, "name": IVS_NAME });
    let residents = vec![serde_json::from_value(resident).unwrap(); residents];
    MailContent::Roster(Roster { id: RosterId::make(), visit: None, residents })
}

/// One part opened, one held, one announced, two rosters of which it took one.
fn city() -> (TestCity, Tablet) {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let opened = tablet.usual_part(1, 1);
    city.deliver(&opened.key, &tablet.seal(&opened));
    let announced = tablet.usual_part(3, 1);
    let (notice, sealed) = tablet.notice(&announced);
    city.deliver(&notice, &sealed);
    assert_eq!(city.open().opened.len(), 2);
    let held = tablet.usual_part(2, 1);
    let (notice, sealed) = tablet.notice(&held);
    city.deliver(&notice, &sealed);
    city.open();
    city.deliver(&held.key, &tablet.seal(&held));
    for residents in [5, 9] {
        mail::post(&city.folder, tablet.device(), roster(residents), &city.clock).unwrap();
    }
    let first = layout::mail(tablet.device(), MailNumber::FIRST, MailState::Taken);
    city.put(&first, b"{\"at\":\"2026-09-24T01:00:00Z\"}");
    (city, tablet)
}

fn settled(text: String, tablet: &Tablet) -> String {
    text.replace(&tablet.device().to_string(), "00000001-0000-0000-0000-000000000000")
}

fn lose(city: &TestCity, device: DeviceId, is_drill: bool) -> Lost {
    lost::lost(&city.folder, device, is_drill, &city.clock).unwrap()
}

#[test]
fn what_was_on_it_and_what_is_safe_is_told_by_count() {
    let (city, tablet) = city();
    let lost = lose(&city, tablet.device(), false);
    assert!(lost.is_loss() && lost.revoked_at.is_some());
    let on_it: Vec<_> = lost.on_it.iter().map(|part| (part.part.get(), part.checkpoint)).collect();
    assert_eq!(on_it, [(3, None)]);
    let safe: Vec<_> = lost.safe.iter().map(|part| (part.part.get(), part.how)).collect();
    let first = homon_domain::ids::SealNumber::FIRST;
    assert_eq!(safe, [(1, HowSafe::Opened { seal: first }), (2, HowSafe::Held { seal: first })]);
    assert_eq!((lost.mail.rosters, lost.mail.expected_residents, lost.mail.not_taken), (1, 5, 1));
    let json = serde_json::to_string_pretty(&lost).unwrap();
    for personal in [IVS_NAME, COMPAT_NAME, ADDRESS] {
        assert!(!json.contains(personal) && !lost.to_string().contains(personal));
    }
    insta::assert_snapshot!("lost", settled(lost.to_string(), &tablet));
    insta::assert_snapshot!("lost_as_json", settled(json, &tablet));
    let last = journal::read(&city.folder.desk()).unwrap().entries.pop().unwrap();
    assert_eq!(last.action.as_str(), "revoke");
}

/// The part as far as it has come.
fn checkpoint(tablet: &Tablet, part: u8, seal: u32) -> Part {
    let mut open = tablet.usual_part(part, seal);
    open.key.subject = Subject::Checkpoint { visit: open.visit.plan.id, part: open.visit.part };
    open.visit.status = VisitStatus::Open;
    open.visit.closed_at = None;
    open
}

#[test]
fn up_to_its_last_checkpoint_a_part_is_safe() {
    let (city, tablet) = city();
    let (first, later) = (checkpoint(&tablet, 3, 2), checkpoint(&tablet, 3, 3));
    city.deliver(&first.key, &tablet.seal(&first));
    let report = city.open();
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    let only = |lost: Lost| lost.on_it.into_iter().next().unwrap();
    let part = only(lose(&city, tablet.device(), true));
    let until = part.checkpoint.unwrap();
    assert_eq!((until.seal.get(), until.received, part.checkpoint_waits), (2, 3, false));
    city.deliver(&later.key, &tablet.seal(&later));
    let waits = lose(&city, tablet.device(), true);
    assert!(
        waits.to_string().contains("checkpoint 2 of 2026-09-24 09:30: 3 received; a checkpoint is held: run `open`")
    );
    assert!(only(waits).checkpoint_waits);
    city.open();
    assert_eq!(only(lose(&city, tablet.device(), false)).checkpoint.unwrap().seal.get(), 3);
}

#[test]
fn a_drill_refuses_nothing_and_is_on_record() {
    let (city, tablet) = city();
    let drill = lose(&city, tablet.device(), true);
    assert_eq!((drill.revoked_at, drill.on_it.len()), (None, 1));
    assert!(drill.to_string().starts_with("A drill: tablet-01"));
    let last = journal::read(&city.folder.desk()).unwrap().entries.pop().unwrap();
    assert_eq!(last.action.as_str(), "lost-drill");
    assert_eq!(city.open().opened.len(), 1, "what it delivered is opened as ever");
    let in_earnest = lose(&city, tablet.device(), false);
    assert_eq!((in_earnest.on_it, in_earnest.safe.len()), (drill.on_it, 2));
}

#[test]
fn a_tablet_that_was_never_enrolled_is_no_tablet() {
    let (city, _) = city();
    let entries = journal::state(&city.folder.desk()).unwrap().entries;
    for is_drill in [true, false] {
        let error = lost::lost(&city.folder, DeviceId::make(), is_drill, &city.clock).unwrap_err();
        assert!(error.to_string().contains("was enrolled here"), "{error}");
    }
    assert_eq!(journal::state(&city.folder.desk()).unwrap().entries, entries);
}

#[test]
fn a_tablet_with_nothing_on_it_loses_nothing() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let other = tablet.part_of_visit(VISIT.parse::<VisitId>().unwrap());
    city.deliver(&other.key, &tablet.seal(&other));
    city.open();
    let lost = lose(&city, tablet.device(), false);
    assert!(!lost.is_loss() && lost.safe.len() == 1);
}

#[test]
fn the_command_answers_in_a_table_and_in_json() {
    let (city, tablet) = city();
    let run = |more: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_homon-city"))
            .args(["lost", &tablet.device().to_string(), "--dir", city.root().to_str().unwrap()])
            .args(more)
            .output()
            .unwrap()
    };
    let drill = run(&["--dry-run", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&drill.stdout).unwrap();
    assert_eq!((drill.status.code(), json["revoked_at"].is_null()), (Some(1), true));
    let lost = run(&[]);
    assert!(String::from_utf8_lossy(&lost.stdout).contains("is refused since"));
    let record = fs::read_to_string(city.in_store(&layout::device(tablet.device()))).unwrap();
    assert!(!record.contains("\"revoked_at\": null"), "{record}");
}
