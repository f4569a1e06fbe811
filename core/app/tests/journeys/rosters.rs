//! Whom a visit expects: found by place, received without retyping, never before the wish is recorded; and gone with the
//! visit.

use homon_app::{BadRows, DuplicateOf, Error, Field, FileFault, Refusal, Rule, SoftwareVault, VisitStage};
use homon_domain::applicant::Sex;
use homon_domain::case_step::StepRefused;
use homon_domain::ids::{CaseId, RosterId, VisitId};
use homon_domain::roster::ExpectedResident;
use homon_store::{AuditEvent, DeskFile, KeySlots, Pin, Received, Root, RosterFile};
use homon_support::canaries::search;
use serde_json::json;

use crate::mailing::{NAME, expected, roster};
use crate::tablet::{MANAGER, PART, Stopped, Tablet};
use crate::world::World;

const NO_SUCH: Error = Error::Refused { reason: Refusal::NoSuchRoster };

fn full() -> ExpectedResident {
    let written = json!({"name": NAME, "kana": "ワタナベ　カミ", "address": "下関市南部町１番１号 ", "birth_date": "1930-03-12",
        "sex": "female", "phone": "083-000-1234", "remark": "午前を希望",
        "place": {"order": 1, "room": "２０３", "bed": "窓側"}});
    serde_json::from_value(written).unwrap()
}

/// A tablet with a visit and one roster, of that visit or of none.
async fn with_roster(world: &World, of_visit: bool, residents: Vec<ExpectedResident>) -> (Tablet, VisitId, RosterId) {
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    world.post(&tablet, roster(of_visit.then_some(visit), residents)).await;
    assert_eq!(tablet.sync().await.unwrap().mail, 1);
    let id = tablet.homon.rosters().await.unwrap()[0].roster;
    (tablet, visit, id)
}

async fn consent(tablet: &Tablet, visit: VisitId, case: CaseId, doubtful: bool) -> homon_domain::case_view::CaseView {
    let consent = json!({"input": "consent", "how": "spoken", "explained_by": "worker-01", "explanation": "visit-1",
        "leave_behind": true, "doubtful": doubtful});
    tablet.step(visit, case, consent).await.unwrap()
}

async fn received_as(tablet: &Tablet, visit: VisitId, roster: RosterId) -> Vec<Option<CaseId>> {
    let rows = tablet.homon.expected(visit, roster).await.unwrap();
    rows.into_iter().map(|row| row.received_as).collect()
}

#[tokio::test]
async fn a_list_shows_places_and_masked_names_and_whoever_goes_there_sees_all() {
    let world = World::found();
    let _server = world.serve().await;
    let (tablet, visit, id) = with_roster(&world, true, vec![expected("山田 花"), full()]).await;
    let [view] = tablet.homon.rosters().await.unwrap()[..] else { panic!() };
    assert_eq!((view.roster, view.visit, view.residents), (id, Some(visit), 2));
    let rows = tablet.homon.expected(visit, id).await.unwrap();
    let shown: Vec<_> = rows.iter().map(|row| (row.line, row.masked_name.as_str(), row.place.order)).collect();
    assert_eq!(shown, [(2, "渡○ 神\u{fe00}○", Some(1)), (1, "山○ 花○", Some(2))]);
    assert_eq!(tablet.homon.expected_resident(id, 2).await.unwrap(), full());
    let no_line = tablet.homon.expected_resident(id, 3);
    assert_eq!(tablet.unchanged(no_line).await, Refusal::NoSuchLine.into());
    let no_roster = tablet.homon.expected(visit, RosterId::make());
    assert_eq!(tablet.unchanged(no_roster).await, NO_SUCH);
}

#[tokio::test]
async fn nothing_but_the_place_is_in_the_case_until_the_wish_is_recorded_and_then_all_of_it() {
    let world = World::found();
    let _server = world.serve().await;
    let (tablet, visit, id) = with_roster(&world, true, vec![full()]).await;
    let case = tablet.homon.receive_from_roster(visit, PART, id, 1).await.unwrap().case;
    assert_eq!(case.place, full().place);
    assert_eq!(case.applicant, homon_domain::applicant::Applicant::default());
    let early = tablet.step(visit, case.id, json!({"input": "sex", "sex": "female"}));
    assert_eq!(tablet.unchanged(early).await, Refusal::Step(StepRefused::ConsentFirst).into());

    let case = consent(&tablet, visit, case.id, false).await.case;
    let ExpectedResident { name, kana, address, birth_date, sex, .. } = full();
    let known = &case.applicant;
    assert_eq!((&known.name, &known.kana, &known.address), (&Some(name), &kana, &address), "as it was received");
    assert_eq!((known.birth_date, known.sex, known.contact.is_none()), (birth_date, sex, true));
    assert_eq!(tablet.homon.search(visit, PART, "わたなべ".into()).await.unwrap().len(), 1);
    tablet.homon.verify_audit(visit, PART).await.unwrap();
    // What people have typed since is theirs.
    tablet.step(visit, case.id, json!({"input": "sex", "sex": "male"})).await.unwrap();
    assert_eq!(consent(&tablet, visit, case.id, false).await.case.applicant.sex, Some(Sex::Male));
}

#[tokio::test]
async fn in_doubt_nothing_is_taken_from_the_roster() {
    let world = World::found();
    let _server = world.serve().await;
    let (tablet, visit, id) = with_roster(&world, false, vec![full()]).await;
    let case = tablet.homon.receive_from_roster(visit, PART, id, 1).await.unwrap().case.id;
    assert_eq!(consent(&tablet, visit, case, true).await.case.applicant, homon_domain::applicant::Applicant::default());
    assert_eq!(consent(&tablet, visit, case, false).await.case.applicant.name, Some(full().name));
}

#[tokio::test]
async fn a_resident_is_received_once_a_visit() {
    let world = World::found();
    let _server = world.serve().await;
    let (tablet, visit, id) = with_roster(&world, false, vec![full(), expected("山田 花")]).await;
    assert_eq!(received_as(&tablet, visit, id).await, [None, None]);
    let case = tablet.homon.receive_from_roster(visit, PART, id, 1).await.unwrap().case.id;
    assert_eq!(received_as(&tablet, visit, id).await, [Some(case), None]);
    let again = tablet.homon.receive_from_roster(visit, PART, id, 1);
    assert_eq!(tablet.unchanged(again).await, Refusal::ReceivedAlready.into());
    let nobody = tablet.homon.receive_from_roster(visit, PART, id, 7);
    assert_eq!(tablet.unchanged(nobody).await, Refusal::NoSuchLine.into());
    let tablet = tablet.restart().await;
    tablet.sign_in().await;
    assert_eq!(received_as(&tablet, visit, id).await, [Some(case), None]);
    // The team comes again another day.
    let later = tablet.open_visit().await;
    assert_eq!(received_as(&tablet, later, id).await, [None, None]);
    tablet.homon.receive_from_roster(later, PART, id, 1).await.unwrap();
}

/// The app died after the roster was told and before the case was made: the resident is received as that case.
#[tokio::test]
async fn a_case_that_a_crash_kept_from_being_made_is_made_then() {
    let world = World::found();
    let _server = world.serve().await;
    let (tablet, visit, id) = with_roster(&world, false, vec![full()]).await;
    let stopped = tablet.stop().await;
    let case = CaseId::make();
    write_down(&stopped, id, Received { visit, part: PART, case });
    let tablet = stopped.start();
    tablet.sign_in().await;
    assert_eq!(received_as(&tablet, visit, id).await, [None]);
    assert_eq!(tablet.homon.receive_from_roster(visit, PART, id, 1).await.unwrap().case.id, case);
    assert_eq!(received_as(&tablet, visit, id).await, [Some(case)]);
    assert_eq!(consent(&tablet, visit, case, false).await.case.applicant.name, Some(full().name));
}

fn write_down(tablet: &Stopped, id: RosterId, received: Received) {
    let root = Root::open(&tablet.path("files")).unwrap();
    let vault = SoftwareVault::open(&tablet.path("vault")).unwrap();
    let (staff, clock) = (MANAGER.0.parse().unwrap(), homon_domain::platform::SystemClock);
    let pin = Pin::new(MANAGER.1).unwrap();
    let key = KeySlots::of(&root).unlock(&vault, &clock, &staff, &pin).unwrap();
    let desk = DeskFile::open(&root, key).unwrap();
    let event = AuditEvent::new("2026-09-16T01:00:00Z".parse().unwrap(), &staff, "receive".parse().unwrap());
    RosterFile::open(&root, &desk, &vault, id).unwrap().receive(1, received, &event).unwrap();
}

/// Brings a visit to the city and its erasure back.
async fn deliver(world: &World, tablet: &Tablet, visit: VisitId) {
    tablet.close_and_seal(visit).await;
    tablet.sync().await.unwrap();
    assert!(world.open().refused.is_empty());
    tablet.sync().await.unwrap();
    assert_eq!(tablet.stage(visit).await, VisitStage::Erased);
}

async fn receive_and_leave(tablet: &Tablet, visit: VisitId, roster: RosterId, line: u32) {
    let case = tablet.homon.receive_from_roster(visit, PART, roster, line).await.unwrap().case.id;
    tablet.step(visit, case, json!({"input": "leave", "leaving": {"outcome": "refused"}})).await.unwrap();
}

#[tokio::test]
async fn a_roster_of_a_visit_goes_with_it_and_leaves_nobody() {
    let world = World::found();
    let _server = world.serve().await;
    let (tablet, visit, id) = with_roster(&world, true, vec![full(), expected("山田 花")]).await;
    receive_and_leave(&tablet, visit, id, 1).await;
    deliver(&world, &tablet, visit).await;
    assert_eq!(tablet.homon.rosters().await.unwrap(), []);
    assert_eq!(std::fs::read_dir(tablet.path("files/rosters")).unwrap().count(), 0);
    let canaries = [NAME, "下関市南部町１番１号", "ワタナベ　カミ", "山田 花"].map(str::to_owned);
    assert_eq!(search(&tablet.path("files"), &canaries).unwrap(), []);
}

#[tokio::test]
async fn a_roster_of_no_visit_goes_when_everyone_on_it_was_received() {
    let world = World::found();
    let _server = world.serve().await;
    let (tablet, first, id) = with_roster(&world, false, vec![full(), expected("山田 花")]).await;
    receive_and_leave(&tablet, first, id, 1).await;
    deliver(&world, &tablet, first).await;
    assert_eq!(tablet.homon.rosters().await.unwrap().len(), 1, "someone is still to be received");
    let second = tablet.open_visit().await;
    receive_and_leave(&tablet, second, id, 2).await;
    deliver(&world, &tablet, second).await;
    assert_eq!(tablet.homon.rosters().await.unwrap(), []);
}

#[tokio::test]
async fn a_roster_is_erased_by_hand_and_the_case_goes_on() {
    let world = World::found();
    let _server = world.serve().await;
    let (tablet, visit, id) = with_roster(&world, true, vec![full()]).await;
    let case = tablet.homon.receive_from_roster(visit, PART, id, 1).await.unwrap().case.id;
    tablet.homon.erase_roster(id).await.unwrap();
    assert_eq!(tablet.unchanged(tablet.homon.erase_roster(id)).await, NO_SUCH);
    assert_eq!(tablet.unchanged(tablet.homon.expected(visit, id)).await, NO_SUCH);
    let typed = consent(&tablet, visit, case, false).await;
    assert_eq!(typed.case.applicant.name, None, "it is typed now");
    let case = tablet.step(visit, case, json!({"input": "name", "name": "山田 花"})).await.unwrap().case;
    assert!(case.applicant.name.is_some());
}

/// A damaged roster keeps no case and no visit from going on.
#[tokio::test]
async fn a_damaged_roster_is_set_aside_and_nothing_else_is() {
    let world = World::found();
    let _server = world.serve().await;
    let (tablet, visit, id) = with_roster(&world, false, vec![full()]).await;
    let case = tablet.homon.receive_from_roster(visit, PART, id, 1).await.unwrap().case.id;
    let stopped = tablet.stop().await;
    std::fs::write(stopped.path(&format!("files/rosters/{id}.homon")), vec![7; 20_480]).unwrap();
    let tablet = stopped.start();
    tablet.sign_in().await;
    assert_eq!(consent(&tablet, visit, case, false).await.case.applicant.name, None);
    assert_eq!(tablet.homon.expected(visit, id).await, Err(Refusal::Quarantined.into()));
    let leave = json!({"input": "leave", "leaving": {"outcome": "withdrawn"}});
    tablet.step(visit, case, leave).await.unwrap();
    deliver(&world, &tablet, visit).await;
    tablet.homon.erase_roster(id).await.unwrap();
    assert_eq!(std::fs::read_dir(tablet.path("files/quarantine")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_roster_is_read_from_a_file_whole_or_by_decision() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let import = |text: &str, bad| tablet.homon.import_roster(text.as_bytes().to_vec(), None, bad);
    let spoiled = "部屋,氏名,生年月日\n203,渡邉　神,S5.3.12\n204,山田 花,昭和5年2月30日\n";
    let refused = import(spoiled, BadRows::Refuse).await.unwrap();
    assert_eq!((refused.fit, refused.bad.len(), refused.roster), (1, 1, None));
    assert_eq!(tablet.homon.rosters().await.unwrap(), []);
    let taken = import(spoiled, BadRows::LeaveOut).await.unwrap();
    let id = taken.roster.unwrap();
    assert_eq!(tablet.homon.expected_resident(id, 1).await.unwrap().name.as_str(), "渡邉　神");
    assert_eq!(tablet.homon.rosters().await.unwrap()[0].residents, 1);
    let again = import("氏名,生年月日\n渡辺 神,1930-03-12\n鈴木 一,\n", BadRows::Refuse).await.unwrap();
    assert_eq!(
        again.duplicates.iter().map(|twice| (twice.row, twice.of)).collect::<Vec<_>>(),
        [(2, DuplicateOf::Known)]
    );
    assert_eq!(tablet.homon.rosters().await.unwrap().len(), 2, "they are told and taken");
    let fault = |fault| Error::FixInput { field: Field::Roster, rule: Rule::Roster(fault) };
    let numbers = tablet.unchanged(import("氏名,番号\n山田 花,123456789018\n", BadRows::LeaveOut)).await;
    assert!(matches!(numbers, Error::FixInput { rule: Rule::Roster(FileFault::IndividualNumbers { .. }), .. }));
    assert_eq!(tablet.unchanged(import("", BadRows::Refuse)).await, fault(FileFault::NoHeadings));
    tablet.homon.sign_out().await.unwrap();
    assert_eq!(tablet.unchanged(import("氏名\n山田 花\n", BadRows::Refuse)).await, Error::SignInAgain);
}
