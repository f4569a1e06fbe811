//! Parts, checkpoints and handovers to the desk and back: what is joined, what is adopted, what erases which tablet.

use std::fs;
use std::path::Path;

use chrono::TimeDelta;
use homon_app::VisitStage;
use homon_city::desk::joined::{Arrival, JoinedVisit};
use homon_city::desk::open::{AdoptError, OpenReport, Refusal, Warning, adopt};
use homon_city::desk::opened::parts_that_count;
use homon_city::desk::status::{self, OVERDUE_DAYS, Status};
use homon_city::desk::{recover, revoke};
use homon_domain::ids::{PartNumber, SealNumber, VisitId};
use homon_domain::joined::SameBy;
use homon_domain::visit::{TakeBackReason, VisitPlan};
use homon_seal::{PackageKey, Subject};
use serde_json::json;

use crate::handing_over::{hand_over, photo};
use crate::tablet::{PART, Tablet, check_in, plan};
use crate::world::{World, names_below};

fn status(world: &World) -> Status {
    status::status(&world.folder, OVERDUE_DAYS, &*world.clock).unwrap()
}

fn joined(world: &World, visit: VisitId) -> JoinedVisit {
    status(world).visits.into_iter().find(|joined| joined.visit == visit).unwrap()
}

/// Opens what arrived, and holds that all of it could be.
fn open(world: &World) -> OpenReport {
    let report = world.open();
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    report
}

fn seal(number: u32) -> SealNumber {
    SealNumber::new(number).unwrap()
}

async fn checkpoint_of(tablet: &Tablet, visit: VisitId, number: u32) -> PackageKey {
    PackageKey { device: tablet.device().await, subject: Subject::Checkpoint { visit, part: PART }, seal: seal(number) }
}

async fn open_part(tablet: &Tablet, plan: &VisitPlan, part: u8) {
    let part = PartNumber::new(part).unwrap();
    tablet.homon.open_visit(plan.clone(), part, check_in(), Vec::new(), None).await.unwrap();
}

/// The desk's clear text of a visit.
fn laid_open(world: &World, visit: VisitId) -> Vec<String> {
    let folder = world.folder.desk().visit(visit);
    if folder.exists() { names_below(&folder) } else { Vec::new() }
}

#[tokio::test]
async fn two_parts_are_joined_and_a_missing_one_is_said() {
    let world = World::found();
    let _server = world.serve().await;
    let (one, two) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    let plan = plan(&world.clock);
    open_part(&one, &plan, 1).await;
    open_part(&two, &plan, 2).await;
    one.receive_unwilling(plan.id).await;
    one.close_and_seal(plan.id).await;
    one.sync().await.unwrap();
    two.sync().await.unwrap();
    open(&world);
    let visit = joined(&world, plan.id);
    assert!(visit.is_incomplete());
    assert_eq!(visit.parts[0].arrival, Arrival::Opened { seal: seal(1) });
    assert_eq!((visit.parts[1].arrival, visit.parts[1].device), (Arrival::OnTablet, Some(two.device().await)));
    assert!(status(&world).to_string().contains("is incomplete: part 2 has not arrived"));
    let second = PartNumber::new(2).unwrap();
    let case = two.homon.receive(plan.id, second, Default::default()).await.unwrap().case.id;
    let leave = serde_json::from_value(json!({"input": "leave", "leaving": {"outcome": "withdrawn"}})).unwrap();
    two.homon.case_step(plan.id, second, case, leave).await.unwrap();
    two.homon.close_visit(plan.id, second).await.unwrap();
    two.homon.seal_visit(plan.id, second).await.unwrap();
    two.sync().await.unwrap();
    open(&world);
    let visit = joined(&world, plan.id);
    assert!(!visit.is_incomplete() && visit.joined.even);
    let people = visit.joined.people;
    assert_eq!((people.received, people.refused, people.withdrawn), (2, 1, 1));
    assert!(!status(&world).to_string().contains("incomplete"));
}

#[tokio::test]
async fn a_part_that_nobody_announced_is_said_when_a_higher_one_comes() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-2").await;
    let plan = plan(&world.clock);
    open_part(&tablet, &plan, 2).await;
    let second = PartNumber::new(2).unwrap();
    let case = tablet.homon.receive(plan.id, second, Default::default()).await.unwrap().case.id;
    let leave = serde_json::from_value(json!({"input": "leave", "leaving": {"outcome": "refused"}})).unwrap();
    tablet.homon.case_step(plan.id, second, case, leave).await.unwrap();
    tablet.homon.close_visit(plan.id, second).await.unwrap();
    tablet.homon.seal_visit(plan.id, second).await.unwrap();
    tablet.sync().await.unwrap();
    open(&world);
    let visit = joined(&world, plan.id);
    assert_eq!((visit.parts[0].arrival, visit.parts[0].device), (Arrival::Unknown, None));
    assert!(visit.is_incomplete());
    assert!(status(&world).to_string().contains("part 1: nobody has announced it"));
}

/// A checkpoint is read to its last entry, and none of its residents lies open at the desk.
#[tokio::test]
async fn checkpoints_stay_sealed_and_only_the_newest_stays() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    for number in 1..=3 {
        let case = tablet.receive_willing(visit).await;
        let name = json!({"input": "name", "name": "見本 花子"});
        tablet.step(visit, case, name).await.unwrap();
        tablet.homon.attach_portrait(visit, PART, case, photo(number)).await.unwrap();
        assert!(tablet.sync().await.unwrap().held >= 1);
        world.wait(TimeDelta::minutes(10));
        let report = open(&world);
        assert!(report.warnings.is_empty(), "{:?}", report.warnings);
        assert_eq!(laid_open(&world, visit), [""; 0]);
        let arrived = names_below(&world.in_store("packages"));
        let kept: Vec<_> = arrived.iter().filter(|name| name.contains("checkpoint")).collect();
        assert_eq!(kept.len(), 1);
        assert!(kept[0].ends_with(&format!("/{number}.age")), "{kept:?}");
    }
    for name in names_below(world.folder.desk().path()) {
        let text = String::from_utf8_lossy(&fs::read(world.folder.desk().path().join(&name)).unwrap()).into_owned();
        assert!(!text.contains("見本 花子"), "{name}");
    }
    let part = joined(&world, visit).parts.remove(0);
    let Arrival::Checkpoint { seal: number, received, .. } = part.arrival else { panic!("{part:?}") };
    assert_eq!((number, received), (seal(3), 3));
    assert!(status(&world).to_string().contains("checkpoint 3 with 3 received is here"));
    // The tablet is not asked for it again, and the intake takes the next one.
    assert_eq!(tablet.sync().await.unwrap().held, 0);
    for row in tablet.homon.board(visit, PART).await.unwrap() {
        let leave = json!({"input": "leave", "leaving": {"outcome": "withdrawn"}});
        tablet.step(visit, row.id, leave).await.unwrap();
    }
    tablet.close_and_seal(visit).await;
    tablet.sync().await.unwrap();
    open(&world);
    assert!(!names_below(&world.in_store("packages")).iter().any(|name| name.contains("checkpoint")));
    assert!(names_below(&world.folder.desk().checkpoints()).is_empty());
    assert_eq!(joined(&world, visit).parts[0].arrival, Arrival::Opened { seal: seal(1) });
    assert_eq!(tablet.sync().await.unwrap().erased, 1);
}

#[tokio::test]
async fn the_checkpoint_of_a_destroyed_tablet_is_adopted_and_a_whole_package_outranks_it() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    tablet.receive_unwilling(visit).await;
    tablet.receive(visit).await;
    tablet.sync().await.unwrap();
    open(&world);
    let package = checkpoint_of(&tablet, visit, 1).await;
    let adopt = |key: &PackageKey, reason: &str| adopt(&world.folder, key, reason, &*world.clock);
    assert!(matches!(adopt(&package, " "), Err(AdoptError::Reason)));
    assert!(matches!(adopt(&checkpoint_of(&tablet, visit, 9).await, "lost"), Err(AdoptError::NotHeld)));
    let hello = PackageKey { subject: Subject::Hello, ..package };
    assert!(matches!(adopt(&hello, "lost"), Err(AdoptError::OtherKind)));
    assert_eq!(laid_open(&world, visit), [""; 0]);
    let adopted = adopt(&package, "端末が水没した").unwrap();
    assert_eq!((adopted.key, adopted.cases), (package, 2));
    assert!(matches!(adopt(&package, "again"), Err(AdoptError::OpenedBefore)));
    let part = joined(&world, visit);
    assert_eq!(
        (part.parts[0].arrival, part.is_incomplete(), part.joined.people.draft),
        (Arrival::Adopted { seal: seal(1) }, false, 1)
    );
    assert!(status(&world).to_string().contains("checkpoint 1 counts, not the whole"));
    // Laid open, it is no longer kept sealed; and no receipt says that the tablet may erase.
    open(&world);
    assert!(!names_below(&world.in_store("packages")).iter().any(|name| name.contains("checkpoint")));
    assert_eq!((tablet.sync().await.unwrap().erased, tablet.stage(visit).await), (0, VisitStage::Open));
    // It was found after all.
    let draft = tablet.homon.board(visit, PART).await.unwrap()[1].id;
    tablet.step(visit, draft, json!({"input": "leave", "leaving": {"outcome": "refused"}})).await.unwrap();
    tablet.close_and_seal(visit).await;
    tablet.sync().await.unwrap();
    open(&world);
    let counts = parts_that_count(&world.folder.desk()).unwrap().remove(&(visit, PART)).unwrap();
    assert!(counts.is_complete());
    assert_eq!(joined(&world, visit).parts[0].arrival, Arrival::Opened { seal: seal(1) });
    assert_eq!(tablet.sync().await.unwrap().erased, 1);
}

#[tokio::test]
async fn a_part_that_was_handed_over_is_opened_from_the_other_tablet_and_erases_the_first() {
    let world = World::found();
    let _server = world.serve().await;
    let (from, to) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    let visit = from.open_visit().await;
    from.sync().await.unwrap();
    from.receive_unwilling(visit).await;
    let file = hand_over(&from, &to, visit).await;
    to.homon.accept_handover(file).await.unwrap();
    to.receive_unwilling(visit).await;
    to.sync().await.unwrap();
    open(&world);
    // Both have announced the part; it is waited for at the second only.
    let part = joined(&world, visit).parts.remove(0);
    assert_eq!((part.device, part.came_from), (Some(to.device().await), vec![from.device().await]));
    let waited: Vec<_> = status(&world).parts.iter().map(|part| part.device).collect();
    assert_eq!(waited, [to.device().await]);
    assert_eq!((from.sync().await.unwrap().erased, from.stage(visit).await), (0, VisitStage::HandedOver));
    to.close_and_seal(visit).await;
    to.sync().await.unwrap();
    open(&world);
    let part = joined(&world, visit);
    assert_eq!(part.parts[0].arrival, Arrival::Opened { seal: seal(2) });
    assert_eq!((part.parts[0].came_from.clone(), part.joined.people.received), (vec![from.device().await], 2));
    // Each has its receipt: the one that sealed, and the one that handed over, for the file that it gave.
    assert_eq!(to.sync().await.unwrap().erased, 1);
    assert_eq!((from.sync().await.unwrap().erased, from.stage(visit).await), (1, VisitStage::Erased));
    let certificate = from.homon.erasure_certificates().await.unwrap().remove(0);
    assert_eq!((certificate.handed_to, certificate.seal), (Some(to.device().await), seal(1)));
    assert_eq!(names_below(&from.path("files/visits")), [""; 0]);
    assert!(!names_below(&from.path("files/sealed")).iter().any(|name| name.contains(&visit.to_string())));
    let first = from.device().await;
    assert!(!status(&world).parts.iter().any(|part| part.device == first), "nobody waits for the first");
}

/// Sealed, amended, handed over, sealed again elsewhere, handed back, sealed here: numbers rise along the part, and what
/// one tablet sealed before it gave the part away is found to be within.
#[tokio::test]
async fn numbers_rise_along_the_part_over_amendments_and_tablets() {
    let world = World::found();
    let _server = world.serve().await;
    let (first, second) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    let visit = first.open_visit().await;
    first.receive_unwilling(visit).await;
    first.close_and_seal(visit).await;
    let reason = homon_domain::visit::AmendmentReason::Addition;
    first.homon.reopen_visit(visit, PART, reason).await.unwrap();
    first.receive_unwilling(visit).await;
    second.homon.accept_handover(hand_over(&first, &second, visit).await).await.unwrap();
    second.receive_unwilling(visit).await;
    second.close_and_seal(visit).await;
    // The second arrives first; then what the first had sealed before.
    second.sync().await.unwrap();
    let report = open(&world);
    assert!(report.opened.iter().any(|now| now.key.seal == seal(3)));
    // It is sent, and then erased by the receipt for the handover.
    assert_eq!(first.sync().await.unwrap().erased, 1);
    let report = open(&world);
    let before = first.package(first.device().await, visit, 1).await;
    assert_eq!(report.superseded, [before]);
    assert_eq!(second.sync().await.unwrap().erased, 1);
    assert_eq!(joined(&world, visit).joined.people.received, 3);
}

#[tokio::test]
async fn two_tablets_that_go_on_with_one_part_are_found_out_and_people_decide() {
    let world = World::found();
    let _server = world.serve().await;
    let (from, to) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    let visit = from.open_visit().await;
    from.receive_unwilling(visit).await;
    let file = hand_over(&from, &to, visit).await;
    to.homon.accept_handover(file).await.unwrap();
    from.homon.take_back(visit, PART, TakeBackReason::NotTaken).await.unwrap();
    from.receive_unwilling(visit).await;
    for tablet in [&from, &to] {
        tablet.close_and_seal(visit).await;
        tablet.sync().await.unwrap();
    }
    let report = world.open();
    let [(held_back, refusal)] = &report.refused[..] else { panic!("{:?}", report.refused) };
    assert!(matches!(refusal, Refusal::NotContinued { .. } | Refusal::PartOfAnotherDevice(_)), "{refusal:?}");
    let told = refusal.to_string();
    assert!(told.contains("adopt"), "{told}");
    let counted = parts_that_count(&world.folder.desk()).unwrap().remove(&(visit, PART)).unwrap();
    assert_ne!(counted.opened.key(), held_back);
    // Told again each day, and nobody erased whose package is held back.
    assert_eq!(world.open().refused.len(), 1);
    let (lost, kept) = if held_back.device == from.device().await { (&from, &to) } else { (&to, &from) };
    assert_eq!((lost.sync().await.unwrap().erased, lost.stage(visit).await), (0, VisitStage::Held));
    assert_eq!(kept.sync().await.unwrap().erased, 1);
    // Somebody has looked at both.
    adopt(&world.folder, held_back, "両方を確認し、こちらを採用", &*world.clock).unwrap();
    let counts = parts_that_count(&world.folder.desk()).unwrap().remove(&(visit, PART)).unwrap();
    assert_eq!(counts.opened.key(), held_back);
    assert_eq!(counts.opened.adopted.unwrap().over, [*counted.opened.key()]);
    assert!(counted.place.join("opened.json").exists(), "the other one stays where it was");
    open(&world);
    assert_eq!(lost.sync().await.unwrap().erased, 1);
}

/// A thief, or a careless hand, puts yesterday's copy of a visit back: the tablet knows how far its log had come, and what
/// the city has of it stays.
#[tokio::test]
async fn an_older_copy_that_was_put_back_is_found_out() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    tablet.receive_unwilling(visit).await;
    let stopped = tablet.stop().await;
    let kept = world.folder.root().with_file_name("kept");
    copy(&stopped.path("files/visits"), &kept);
    let tablet = stopped.start();
    tablet.sign_in().await;
    tablet.receive_unwilling(visit).await;
    tablet.sync().await.unwrap();
    open(&world);
    let stopped = tablet.stop().await;
    fs::remove_dir_all(stopped.path("files/visits")).unwrap();
    copy(&kept, &stopped.path("files/visits"));
    let tablet = stopped.start();
    tablet.sign_in().await;
    let refused = tablet.homon.board(visit, PART).await.map(drop);
    assert_eq!(refused, Err(homon_app::Refusal::Quarantined.into()));
    let checkpoint = checkpoint_of(&tablet, visit, 1).await;
    assert!(world.arrived(&checkpoint).is_some(), "what the city has of it stays");
}

#[tokio::test]
async fn checkpoints_that_do_not_go_on_from_each_other_are_both_kept_and_told() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    tablet.receive_unwilling(visit).await;
    let stopped = tablet.stop().await;
    let kept = world.folder.root().with_file_name("kept");
    copy(&stopped.path("files/visits"), &kept);
    let tablet = stopped.start();
    tablet.sign_in().await;
    tablet.receive_unwilling(visit).await;
    tablet.sync().await.unwrap();
    open(&world);
    // The app dies, so that the tablet has not noted how far the log had come.
    let stopped = tablet.die();
    fs::remove_dir_all(stopped.path("files/visits")).unwrap();
    copy(&kept, &stopped.path("files/visits"));
    let tablet = stopped.start();
    tablet.sign_in().await;
    world.wait(TimeDelta::minutes(10));
    tablet.receive_unwilling(visit).await;
    tablet.sync().await.unwrap();
    let report = open(&world);
    let second = checkpoint_of(&tablet, visit, 2).await;
    assert_eq!(report.warnings, [(second, Warning::NotContinued { earlier: seal(1) })]);
    assert!(world.arrived(&checkpoint_of(&tablet, visit, 1).await).is_some());
    tablet.close_and_seal(visit).await;
    tablet.sync().await.unwrap();
    let report = open(&world);
    let first = checkpoint_of(&tablet, visit, 1).await;
    let beside = Warning::BesideThePart { device: tablet.device().await };
    assert_eq!(report.warnings, [(first, beside)], "the first holds a resident whom the part lacks");
    assert!(world.arrived(&second).is_none());
}

/// From the emptied key store to the erased visit: the city's own command in between.
#[tokio::test]
async fn a_recovered_visit_is_sealed_under_the_new_name_and_erased() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = world.enrolled("tablet-1").await;
    let old = tablet.device().await;
    let visit = tablet.open_visit().await;
    tablet.receive_unwilling(visit).await;
    tablet.close_and_seal(visit).await;
    tablet.sync().await.unwrap();
    open(&world);
    // The city has it as number 1; before the tablet heard of it, its key store died.
    let stopped = tablet.stop().await;
    fs::remove_dir_all(stopped.path("vault")).unwrap();
    let tablet = stopped.start();
    tablet.homon.begin_anew().await.unwrap();
    let token = world.answer(&tablet.request().await);
    let device = tablet.accept(&token, &world.fingerprint()).await.unwrap();
    assert_ne!(device, old);
    let copy = tablet.homon.recovery_copy(visit, PART).await.unwrap();
    let carried = world.folder.root().with_file_name(&copy.name);
    fs::write(&carried, &copy.bytes).unwrap();
    let granted = recover::recover(&world.folder, &carried, &world.folder.recovery(), device, &*world.clock).unwrap();
    assert_eq!((granted.visit, granted.part, granted.seals_before), (visit, PART, Some(seal(1))));
    revoke::revoke(&world.folder, old, &*world.clock).unwrap();
    let view = tablet.homon.adopt_visit(granted.sealed).await.unwrap();
    assert_eq!(view.status, VisitStage::Closed);
    tablet.homon.seal_visit(visit, PART).await.unwrap();
    tablet.sync().await.unwrap();
    open(&world);
    let counts = parts_that_count(&world.folder.desk()).unwrap().remove(&(visit, PART)).unwrap();
    assert_eq!((counts.device(), counts.seal(), counts.opened.recovered), (device, seal(2), true));
    assert!(!status(&world).parts.iter().any(|part| part.device == old), "nobody waits for the old name");
    assert_eq!((tablet.sync().await.unwrap().erased, tablet.stage(visit).await), (1, VisitStage::Erased));
    assert_eq!(names_below(&tablet.path("files/visits")), [""; 0]);
}

/// The same resident at two tables of one visit.
#[tokio::test]
async fn a_resident_who_was_received_on_both_parts_is_told_by_case_numbers() {
    let world = World::found();
    let _server = world.serve().await;
    let (one, two) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    let plan = plan(&world.clock);
    for (tablet, number) in [(&one, 1), (&two, 2)] {
        open_part(tablet, &plan, number).await;
        let part = PartNumber::new(number).unwrap();
        let case = tablet.homon.receive(plan.id, part, Default::default()).await.unwrap().case.id;
        for input in [
            json!({"input": "consent", "how": "spoken", "explained_by": "worker-01", "explanation": "visit-1",
                "leave_behind": true}),
            json!({"input": "eligibility", "answers": {"registered_here": true, "move_planned": false}}),
            json!({"input": "name", "name": if number == 1 { "葛󠄀原　ハツヱ" } else { "葛原 ハツエ" }}),
            json!({"input": "birth_date", "text": "大正10年5月3日"}),
        ] {
            let input = serde_json::from_value(input).unwrap();
            tablet.homon.case_step(plan.id, part, case, input).await.unwrap();
        }
        tablet.sync().await.unwrap();
        let package = PackageKey {
            device: tablet.device().await,
            subject: Subject::Checkpoint { visit: plan.id, part },
            seal: seal(1),
        };
        adopt(&world.folder, &package, "drill", &*world.clock).unwrap();
    }
    let twice = joined(&world, plan.id).joined.twice;
    assert_eq!(twice.len(), 1);
    assert_eq!(
        (twice[0].first.to_string(), twice[0].second.to_string(), twice[0].by),
        ("1-001".into(), "2-001".into(), SameBy::NameAndBirthDate)
    );
    let told = status(&world).to_string();
    assert!(told.contains("cases 1-001 and 2-001: the same name and birth date"), "{told}");
    assert!(!told.contains("ハツ"));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for name in names_below(from) {
        fs::copy(from.join(&name), to.join(&name)).unwrap();
    }
}
