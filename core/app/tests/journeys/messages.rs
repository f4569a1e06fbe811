//! A returned application (不備): read, seen to, erased; and nobody's name where it does not belong.

use homon_app::{Error, Refusal};
use homon_domain::mail::MailContent;
use homon_support::canaries::search;

use crate::mailing::{NAME, number, returned};
use crate::tablet::Tablet;
use crate::world::World;

const NO_SUCH: Error = Error::Refused { reason: Refusal::NoSuchMessage };

async fn with_message(world: &World) -> Tablet {
    let tablet = world.enrolled("tablet-1").await;
    world.post(&tablet, MailContent::Deficiency(returned())).await;
    assert_eq!(tablet.sync().await.unwrap().mail, 1);
    tablet
}

#[tokio::test]
async fn a_message_says_who_whom_to_reach_and_why() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = with_message(&world).await;
    let [view] = &tablet.homon.messages().await.unwrap()[..] else { panic!() };
    assert_eq!((view.message, &view.handled), (number(1), &None));
    let notice = tablet.homon.message(number(1)).await.unwrap();
    let expected = homon_domain::mail::DeficiencyNotice { visit: view.visit.unwrap(), ..returned() };
    assert_eq!(notice, expected);
    tablet.homon.handle_message(number(1)).await.unwrap();
    let handled = tablet.homon.messages().await.unwrap()[0].handled.clone().unwrap();
    assert_eq!(handled.1.as_str(), "manager-01");
    let tablet = tablet.restart().await;
    tablet.sign_in().await;
    assert_eq!(tablet.homon.messages().await.unwrap()[0].handled, Some(handled));
}

#[tokio::test]
async fn an_erased_message_is_gone_and_names_nobody_before_or_after() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = with_message(&world).await;
    let canaries = [NAME, "渡邉　花", "083-000-1234", "背景に影"].map(str::to_owned);
    assert_eq!(search(&tablet.path("files"), &canaries).unwrap(), []);
    tablet.homon.erase_message(number(1)).await.unwrap();
    assert_eq!(tablet.homon.messages().await.unwrap(), []);
    assert_eq!(tablet.unchanged(tablet.homon.message(number(1))).await, NO_SUCH);
    assert_eq!(tablet.unchanged(tablet.homon.handle_message(number(1))).await, NO_SUCH);
    assert_eq!(tablet.unchanged(tablet.homon.erase_message(number(1))).await, NO_SUCH);
    assert_eq!(tablet.unchanged(tablet.homon.message(number(2))).await, NO_SUCH);
    assert_eq!(std::fs::read_dir(tablet.path("files/messages")).unwrap().count(), 0);
    let stopped = tablet.stop().await;
    assert_eq!(search(&stopped.path("files"), &canaries).unwrap(), []);
}

#[tokio::test]
async fn nobody_reads_a_message_without_signing_in_and_a_damaged_one_is_set_aside() {
    let world = World::found();
    let _server = world.serve().await;
    let tablet = with_message(&world).await;
    world.post(&tablet, MailContent::Deficiency(returned())).await;
    tablet.sync().await.unwrap();
    tablet.homon.sign_out().await.unwrap();
    assert_eq!(tablet.unchanged(tablet.homon.message(number(1))).await, Error::SignInAgain);
    assert_eq!(tablet.unchanged(tablet.homon.messages()).await, Error::SignInAgain);
    let stopped = tablet.stop().await;
    std::fs::write(stopped.path("files/messages/0000000001.homon"), vec![7; 8192]).unwrap();
    let tablet = stopped.start();
    tablet.sign_in().await;
    assert_eq!(tablet.homon.message(number(1)).await, Err(Refusal::Quarantined.into()));
    assert_eq!(tablet.homon.message(number(2)).await.unwrap().name.as_str(), NAME);
    tablet.homon.erase_message(number(1)).await.unwrap();
    assert_eq!(std::fs::read_dir(tablet.path("files/quarantine")).unwrap().count(), 0);
}
