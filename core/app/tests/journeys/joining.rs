//! Two tablets on one visit: what one shows and the other reads.

use homon_app::{Error, Field, Refusal, Rule, VisitStage};
use homon_domain::ids::{PartNumber, VisitId};
use homon_domain::visit::AmendmentReason;
use serde_json::json;

use crate::tablet::{PART, check_in};
use crate::world::World;

fn second() -> PartNumber {
    PART.next()
}

#[tokio::test]
async fn a_further_tablet_works_on_the_same_visit_and_the_desk_joins_both() {
    let world = World::found();
    let server = world.serve().await;
    let (one, two) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    let visit = one.open_visit().await;
    one.receive_unwilling(visit).await;
    let code = one.homon.invite(visit, PART, second()).await.unwrap().text;
    let invitation = two.homon.read_invitation(code).await.unwrap();
    assert_eq!(invitation.plan, one.homon.visit(visit, PART).await.unwrap().visit.plan);
    assert_eq!((invitation.plan.id, invitation.part), (visit, second()));
    two.homon.open_visit(invitation.plan, second(), check_in(), Vec::new(), None).await.unwrap();
    let further = two.homon.further_parts(visit).await.unwrap();
    assert!(!further.is_empty() && !further.contains(&second()), "{further:?}");
    one.close_and_seal(visit).await;
    two.homon.close_visit(visit, second()).await.unwrap();
    two.homon.seal_visit(visit, second()).await.unwrap();
    one.sync().await.unwrap();
    two.sync().await.unwrap();
    world.open();
    one.sync().await.unwrap();
    two.sync().await.unwrap();
    let status = homon_city::desk::status::status(&world.folder, 1, &*world.clock).unwrap();
    let joined = &status.visits[0];
    assert_eq!(status.visits.len(), 1);
    assert_eq!(joined.parts.iter().map(|part| part.part).collect::<Vec<_>>(), [PART, second()]);
    assert!(joined.joined.even && joined.awaited().next().is_none());
    assert_eq!(one.stage(visit).await, VisitStage::Erased);
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_code_of_this_programme_is_refused() {
    let world = World::found();
    let (one, two) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    let visit = one.open_visit().await;
    let code = one.homon.invite(visit, PART, second()).await.unwrap().text;
    let read = async |code: String| two.unchanged(two.homon.read_invitation(code)).await;
    let not_one = Error::FixInput { field: Field::Invitation, rule: Rule::NotAnInvitation };
    let changed = |key: &str, value| {
        let mut code: serde_json::Value = serde_json::from_str(&code).unwrap();
        code[key] = value;
        code.to_string()
    };
    for nothing in ["", "{}", "40719950182366047123456", "https://example.invalid/"] {
        assert_eq!(read(nothing.to_owned()).await, not_one);
    }
    assert_eq!(read(changed("part", json!(0))).await, not_one);
    assert_eq!(read(changed("more", json!(1))).await, not_one);
    assert_eq!(read(changed("homon", json!({"join": 2}))).await, Refusal::AppTooOld.into());
    assert_eq!(read(changed("programme", json!("elsewhere"))).await, Refusal::OtherProgramme.into());
    // The tablet that has the part does not take it again.
    assert_eq!(one.unchanged(one.homon.read_invitation(changed("part", json!(1)))).await, Refusal::PartTwice.into());
}

#[tokio::test]
async fn only_a_visit_that_is_open_here_is_shared() {
    let world = World::found();
    let one = world.enrolled("tablet-1").await;
    let visit = one.open_visit().await;
    let invite = async |visit, further| one.unchanged(one.homon.invite(visit, PART, further)).await;
    let further = one.homon.further_parts(visit).await.unwrap();
    assert_eq!(further.iter().map(|part| part.get()).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
    assert_eq!(invite(visit, PART).await, Refusal::PartTwice.into());
    assert_eq!(invite(VisitId::make(), second()).await, Refusal::NoSuchVisit.into());
    one.homon.close_visit(visit, PART).await.unwrap();
    assert_eq!(invite(visit, second()).await, Refusal::VisitClosed.into());
    one.homon.reopen_visit(visit, PART, AmendmentReason::Correction).await.unwrap();
    one.homon.invite(visit, PART, second()).await.unwrap();
}
