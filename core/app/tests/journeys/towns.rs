//! Towns of the programme, while an address is typed and when the resident reads it.

use homon_app::Error;
use homon_app::model::Warning;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_town_is_chosen_by_its_postal_code_and_read_with_its_reading() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let offered = tablet.homon.find_towns("000-0103".to_owned()).await.unwrap();
    let names: Vec<&str> = offered.iter().map(|town| town.name.as_str()).collect();
    assert_eq!(names, ["波止場見本", "港見本"]);
    let pieces = tablet.homon.read_address(format!("{}1-2", offered[0].address)).await.unwrap();
    let readings: Vec<Option<&str>> = pieces.iter().map(|piece| piece.reading.as_deref()).collect();
    assert_eq!(readings, [Some("しものせきし"), Some("はとばみほん"), None]);
    tablet.homon.sign_out().await.unwrap();
    assert_eq!(tablet.homon.find_towns("000".to_owned()).await.unwrap_err(), Error::SignInAgain);
}

#[tokio::test]
async fn an_address_of_no_known_town_is_kept_and_remarked_on() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_willing(visit).await;
    for (address, warnings) in [("下関市見木町1-2", vec![Warning::TownUnknown]), ("下関市見本町1-2", Vec::new())]
    {
        let view = tablet.step(visit, case, json!({"input": "address", "address": address})).await.unwrap();
        assert_eq!(view.case.applicant.address.unwrap().as_str(), address);
        assert_eq!(view.warnings, warnings);
    }
}
