//! Handing a part to another tablet, back again, and what a wrong file, a stranger or a careless hand gets.

use std::fs;
use std::path::PathBuf;

use homon_app::{Error, Field, HandoverAsk, Refusal, Rule, VisitAction, VisitStage};
use homon_city::desk::lost;
use homon_city::desk::status::{self, OVERDUE_DAYS};
use homon_domain::case::CaseStatus;
use homon_domain::ids::VisitId;
use homon_domain::visit::TakeBackReason;
use homon_support::portraits::draw;
use homon_support::scenario::PhotoRecipe;
use serde_json::json;

use crate::personal::refused;
use crate::tablet::{PART, Tablet};
use crate::world::{World, names_below};

/// Two tablets of one city, the first with an open visit of two residents, one of them with a photo.
async fn two_tablets(world: &World) -> (Tablet, Tablet, VisitId) {
    let (from, to) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    let visit = from.open_visit().await;
    from.receive_unwilling(visit).await;
    let case = from.receive_willing(visit).await;
    from.homon.attach_portrait(visit, PART, case, photo(1)).await.unwrap();
    (from, to, visit)
}

pub(crate) fn photo(seed: u32) -> Vec<u8> {
    draw(PhotoRecipe { width: 720, height: 960, kilobytes: 60, seed }).unwrap()
}

/// Both people look at both screens, then the file is carried over.
pub(crate) async fn hand_over(from: &Tablet, to: &Tablet, visit: VisitId) -> PathBuf {
    let ask = to.homon.ask_for_handover().await.unwrap();
    let seen = from.homon.preview_handover(ask.token.clone()).await.unwrap();
    assert_eq!(seen, ask);
    from.homon.hand_over(visit, PART, ask.token, ask.fingerprint).await.unwrap()
}

fn board_of(cases: &[homon_domain::case_view::CaseRow]) -> Vec<(String, CaseStatus)> {
    cases.iter().map(|row| (row.number.to_string(), row.status)).collect()
}

#[tokio::test]
async fn a_part_goes_on_on_the_other_tablet_with_cases_photos_and_log() {
    let world = World::found();
    let (from, to, visit) = two_tablets(&world).await;
    let cases = from.homon.board(visit, PART).await.unwrap();
    let head = from.homon.verify_audit(visit, PART).await.unwrap();
    let file = hand_over(&from, &to, visit).await;
    assert_eq!(from.stage(visit).await, VisitStage::HandedOver);
    assert_eq!(from.homon.visit(visit, PART).await.unwrap().allowed_actions, [VisitAction::TakeBack]);
    let view = to.homon.accept_handover(file).await.unwrap();
    assert_eq!(view.status, VisitStage::Open);
    assert_eq!(board_of(&to.homon.board(visit, PART).await.unwrap()), board_of(&cases));
    let with_photo = cases[1].id;
    assert_eq!(
        to.homon.portrait(visit, PART, with_photo).await.unwrap(),
        from.homon.portrait(visit, PART, with_photo).await.unwrap()
    );
    // One chain: the giving, then the taking.
    assert_eq!(to.homon.verify_audit(visit, PART).await.unwrap().seq, head.seq + 2);
    // It goes on at the same step, and survives a restart.
    to.step(visit, with_photo, json!({"input": "leave", "leaving": {"outcome": "refused"}})).await.unwrap();
    to.receive_unwilling(visit).await;
    let to = to.restart().await;
    to.sign_in().await;
    assert_eq!(to.homon.board(visit, PART).await.unwrap().len(), 3);
    to.close_and_seal(visit).await;
    assert_eq!(to.stage(visit).await, VisitStage::Sealed);
}

#[tokio::test]
async fn a_part_that_left_is_locked() {
    let world = World::found();
    let (from, to, visit) = two_tablets(&world).await;
    hand_over(&from, &to, visit).await;
    let case = from.homon.board(visit, PART).await.unwrap()[0].id;
    let gone = Error::from(Refusal::HandedOver);
    let homon = &from.homon;
    assert_eq!(from.unchanged(homon.receive(visit, PART, Default::default())).await, gone);
    assert_eq!(from.unchanged(from.step(visit, case, json!({"input": "reopen"}))).await, gone);
    assert_eq!(from.unchanged(homon.close_visit(visit, PART)).await, gone);
    assert_eq!(from.unchanged(homon.seal_visit(visit, PART)).await, gone);
    assert_eq!(from.unchanged(homon.add_consultation(visit, PART)).await, gone);
    let ask = to.homon.ask_for_handover().await.unwrap();
    assert_eq!(from.unchanged(homon.hand_over(visit, PART, ask.token, ask.fingerprint)).await, gone);
    // And leaves with no sync.
    let _server = world.serve().await;
    let report = from.sync().await.unwrap();
    assert_eq!((report.held, report.outstanding), (2, 0), "hello and notice only");
    assert!(from.homon.handover_file(visit, PART).await.unwrap().exists());
}

#[tokio::test]
async fn a_part_that_comes_back_holds_what_the_other_tablet_did() {
    let world = World::found();
    let (first, second, visit) = two_tablets(&world).await;
    second.homon.accept_handover(hand_over(&first, &second, visit).await).await.unwrap();
    second.receive_unwilling(visit).await;
    let back = hand_over(&second, &first, visit).await;
    let view = first.homon.accept_handover(back.clone()).await.unwrap();
    assert_eq!((view.status, view.visit.part), (VisitStage::Open, PART));
    assert_eq!(first.homon.board(visit, PART).await.unwrap().len(), 3);
    first.homon.verify_audit(visit, PART).await.unwrap();
    assert_eq!(second.stage(visit).await, VisitStage::HandedOver);
    let again = first.unchanged(first.homon.accept_handover(back)).await;
    assert_eq!(again, Refusal::PartTwice.into());
    let first = first.restart().await;
    first.sign_in().await;
    first.receive_unwilling(visit).await;
    // Once more to the other one: numbers rise over both tablets.
    let third = hand_over(&first, &second, visit).await;
    assert!(third.ends_with(format!("handover-{visit}-1-3.age")), "{third:?}");
    second.homon.accept_handover(third).await.unwrap();
    assert_eq!(second.homon.board(visit, PART).await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_part_that_came_back_is_announced_again_and_looked_for_here() {
    let world = World::found();
    let _server = world.serve().await;
    let (first, second, visit) = two_tablets(&world).await;
    let (one, two) = (first.device().await, second.device().await);
    first.sync().await.unwrap();
    second.homon.accept_handover(hand_over(&first, &second, visit).await).await.unwrap();
    // Away, it says no more of it.
    assert_eq!(first.sync().await.unwrap().held, 0);
    second.sync().await.unwrap();
    first.homon.accept_handover(hand_over(&second, &first, visit).await).await.unwrap();
    first.sync().await.unwrap();
    first.sync().await.unwrap();
    assert!(world.open().refused.is_empty());
    let status = status::status(&world.folder, OVERDUE_DAYS, &*world.clock).unwrap();
    let part = &status.visits[0].parts[0];
    assert_eq!((part.device, part.came_from.clone()), (Some(one), vec![one, two]));
    let waited: Vec<_> = status.parts.iter().map(|part| part.device).collect();
    assert_eq!(waited, [one]);
    let lost = |device| lost::lost(&world.folder, device, true, &*world.clock).unwrap();
    assert!(lost(one).is_loss() && !lost(two).is_loss());
    let notices = names_below(&world.folder.root().join("store/packages"));
    let notices = notices.iter().filter(|name| name.contains("notice") && name.contains(&one.to_string())).count();
    assert_eq!(notices, 2, "said once more, and not at every sync");
}

#[tokio::test]
async fn an_older_handover_does_not_come_twice() {
    let world = World::found();
    let (first, second, visit) = two_tablets(&world).await;
    let old = hand_over(&first, &second, visit).await;
    let kept = world.folder.root().join("kept.age");
    fs::copy(&old, &kept).unwrap();
    second.homon.accept_handover(old).await.unwrap();
    second.receive_unwilling(visit).await;
    hand_over(&second, &first, visit).await;
    // The second tablet has handed it on; the first file would take it back in time.
    assert_eq!(second.unchanged(second.homon.accept_handover(kept)).await, Refusal::HandoverTaken.into());
}

#[tokio::test]
async fn what_was_not_taken_goes_on_here_and_its_file_is_gone() {
    let world = World::found();
    let (from, to, visit) = two_tablets(&world).await;
    let file = hand_over(&from, &to, visit).await;
    let view = from.homon.take_back(visit, PART, TakeBackReason::NotTaken).await.unwrap();
    assert_eq!(view.status, VisitStage::Open);
    assert!(!file.exists(), "nobody is to take it any more");
    from.receive_unwilling(visit).await;
    let again = from.unchanged(from.homon.take_back(visit, PART, TakeBackReason::NotTaken)).await;
    assert_eq!(again, Refusal::NoSuchVisit.into());
    let second = hand_over(&from, &to, visit).await;
    assert!(second.ends_with(format!("handover-{visit}-1-2.age")));
    to.homon.accept_handover(second).await.unwrap();
    assert_eq!(to.homon.board(visit, PART).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_closed_part_can_be_handed_over_and_stays_closed() {
    let world = World::found();
    let (from, to) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    let visit = from.open_visit().await;
    from.receive_unwilling(visit).await;
    from.homon.close_visit(visit, PART).await.unwrap();
    let file = hand_over(&from, &to, visit).await;
    assert_eq!(to.homon.accept_handover(file).await.unwrap().status, VisitStage::Closed);
    let tally = to.homon.today().await.unwrap().visits[0].tally.clone().unwrap();
    assert_eq!(tally.people.refused, 1);
    to.homon.seal_visit(visit, PART).await.unwrap();
}

#[tokio::test]
async fn only_a_tablet_of_this_city_whose_fingerprint_was_compared_gets_it() {
    let (world, other) = (World::found(), World::found());
    let (from, to, visit) = two_tablets(&world).await;
    let stranger = other.enrolled("stranger").await.homon.ask_for_handover().await.unwrap();
    let HandoverAsk { token, fingerprint, .. } = to.homon.ask_for_handover().await.unwrap();
    let not_trusted = Error::FixInput { field: Field::Handover, rule: Rule::HandoverNotTrusted };
    assert_eq!(from.unchanged(from.homon.preview_handover(stranger.token.clone())).await, not_trusted);
    let attempt = from.homon.hand_over(visit, PART, stranger.token, stranger.fingerprint.clone());
    assert_eq!(from.unchanged(attempt).await, not_trusted);
    assert_eq!(from.unchanged(from.homon.preview_handover("no token".into())).await, not_trusted);
    let attempt = from.homon.hand_over(visit, PART, token.clone(), stranger.fingerprint);
    let differs = Error::FixInput { field: Field::Fingerprint, rule: Rule::FingerprintDiffers };
    assert_eq!(from.unchanged(attempt).await, differs);
    let own = from.homon.ask_for_handover().await.unwrap();
    assert_eq!(from.unchanged(from.homon.preview_handover(own.token)).await, Refusal::SameTablet.into());
    // As it was typed: blanks and capitals say nothing.
    let typed = fingerprint.replace(' ', "").to_uppercase();
    from.homon.hand_over(visit, PART, token, typed).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_not_for_it_or_damaged_changes_nothing() {
    let (world, other) = (World::found(), World::found());
    let (from, to, visit) = two_tablets(&world).await;
    let third = world.enrolled("tablet-3").await;
    let stranger = other.enrolled("stranger").await;
    let file = hand_over(&from, &to, visit).await;
    for tablet in [&third, &stranger] {
        let error = tablet.unchanged(tablet.homon.accept_handover(file.clone())).await;
        assert_eq!(error, Refusal::HandoverForAnother.into());
    }
    let bytes = fs::read(&file).unwrap();
    let carried = world.folder.root().join("carried.age");
    for at in (0..bytes.len()).step_by(bytes.len() / 12) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        fs::write(&carried, &changed).unwrap();
        let error = refused(to.homon.accept_handover(carried.clone()).await);
        let named = [Refusal::HandoverDamaged.into(), Refusal::HandoverForAnother.into()];
        assert!(named.contains(&error), "{at}: {error:?}");
    }
    for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&carried, &bytes[..cut]).unwrap();
        let error = to.unchanged(to.homon.accept_handover(carried.clone())).await;
        assert_eq!(error, Refusal::HandoverDamaged.into(), "{cut}");
    }
    assert_eq!(to.unchanged(to.homon.accept_handover(carried.join("none"))).await, Refusal::HandoverDamaged.into());
    to.homon.accept_handover(file).await.unwrap();
}
