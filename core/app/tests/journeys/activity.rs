//! Photos of an activity from the camera to the city: looked at, covered, seen, confirmed, sealed, handed over, exported,
//! and the photo as it was taken nowhere.

use std::fs;

use homon_app::{ActivityDraft, AreaKind, AreaMark, Bounds, Error, Field, Refusal, Rule, VisitAction};
use homon_city::desk::export::{self, Template};
use homon_city::desk::office;
use homon_domain::activity_photo::MOST_IN_A_PART;
use homon_domain::ids::{ActivityPhotoId, VisitId};
use homon_photo::{PhotoRefused, Upright};
use homon_seal::Sha256Digest;
use homon_support::canaries::{files_below, search};
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use crate::handing_over::hand_over;
use crate::photographing::{Fetched, damaged, jpeg};
use crate::tablet::{PART, Tablet};
use crate::world::World;

/// What the camera writes into its file.
const CANARY: &str = "Canary-35.6895N-139.6917E";

/// A JPEG with a comment, as of a camera that knows where it is.
fn with_canary(jpeg: &[u8]) -> Vec<u8> {
    let length = u16::try_from(CANARY.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], b"\xFF\xFE", &length, CANARY.as_bytes(), &jpeg[2..]].concat()
}

/// A room in which one person is, larger than what is kept.
fn scene(fetched: &Fetched) -> Vec<u8> {
    let mut room = RgbImage::from_fn(2400, 1800, |x, y| Rgb([110 + (x / 40) as u8, 105 + (y / 30) as u8, 95]));
    let person = imageops::resize(&fetched.portraits[0], 900, 900, FilterType::Triangle);
    imageops::replace(&mut room, &person, 300, 400);
    with_canary(&jpeg(&room))
}

/// An empty room, small, so that many are looked at in a moment.
fn empty_room() -> Vec<u8> {
    jpeg(&RgbImage::from_fn(320, 240, |x, y| Rgb([110 + (x / 40) as u8, 105 + (y / 30) as u8, 95])))
}

async fn look(tablet: &Tablet, visit: VisitId, jpeg: Vec<u8>) -> Result<ActivityDraft, Error> {
    tablet.homon.look_at_activity(visit, PART, jpeg).await
}

/// Looks, sees and confirms; answers what was stored.
async fn photograph(tablet: &Tablet, visit: VisitId, jpeg: Vec<u8>) -> (ActivityPhotoId, Vec<u8>) {
    let photo = look(tablet, visit, jpeg).await.unwrap().photo;
    let seen = tablet.homon.preview_activity_photo(photo).await.unwrap();
    assert_eq!(tablet.homon.confirm_activity_photo(photo).await.unwrap().id, photo);
    (photo, seen)
}

fn area(left: f32, top: f32, width: f32, height: f32) -> Bounds {
    Bounds { left, top, width, height }
}

#[tokio::test]
async fn what_was_seen_is_stored_and_what_was_taken_is_nowhere() {
    let Some(fetched) = Fetched::find("what_was_seen_is_stored_and_what_was_taken_is_nowhere") else { return };
    let world = World::found();
    let tablet = world.enrolled_with_models("tablet-1", &fetched.models).await;
    let visit = tablet.open_visit().await;
    let taken = scene(&fetched);
    let before = tablet.held().await;
    let draft = look(&tablet, visit, taken.clone()).await.unwrap();
    assert_eq!((draft.width, draft.height, draft.previewed), (2048, 1536, false));
    let face = *draft.areas.iter().find(|area| matches!(area.kind, AreaKind::Face(_))).expect("a face is found");
    let homon = &tablet.homon;
    let refused = tablet.unchanged(homon.confirm_activity_photo(draft.photo)).await;
    assert_eq!(refused, Refusal::NotPreviewed.into());
    let plate = area(1500.0, 200.0, 300.0, 100.0);
    let marked = homon.cover_area(draft.photo, AreaMark::Text, plate).await.unwrap();
    let plate = *marked.areas.last().unwrap();
    assert_eq!((marked.areas.len(), plate.kind), (draft.areas.len() + 1, AreaKind::Text));
    let outside = tablet.unchanged(homon.cover_area(draft.photo, AreaMark::Face, area(3000.0, 0.0, 50.0, 50.0))).await;
    assert_eq!(outside, Error::FixInput { field: Field::Area, rule: Rule::OutsideThePicture });
    let first = homon.preview_activity_photo(draft.photo).await.unwrap();
    // Whatever is changed has to be seen again, and a number never means another area.
    let wrong = homon.cover_area(draft.photo, AreaMark::Face, area(1200.0, 1000.0, 80.0, 100.0)).await.unwrap();
    let wrong = wrong.areas.iter().map(|area| area.number).max().unwrap();
    for _ in 0..2 {
        let back = homon.uncover_area(draft.photo, wrong).await.unwrap();
        assert!(back.areas == marked.areas && !back.previewed);
    }
    let refused = tablet.unchanged(homon.confirm_activity_photo(draft.photo)).await;
    assert_eq!(refused, Refusal::NotPreviewed.into());
    let seen = homon.preview_activity_photo(draft.photo).await.unwrap();
    assert_eq!(seen, first);
    assert_eq!(tablet.held().await, before, "until it is confirmed, nothing is stored");
    let stored = homon.confirm_activity_photo(draft.photo).await.unwrap();
    let faces = u32::try_from(draft.areas.len()).unwrap();
    assert_eq!((stored.id, stored.faces, stored.texts), (draft.photo, faces, 1));
    assert_eq!((stored.confirmed_by.as_str(), stored.width, stored.height), ("manager-01", 2048, 1536));
    assert_eq!(stored.sha256, Sha256Digest::of(&seen).to_string());
    assert_eq!(homon.activity_photo(visit, PART, draft.photo).await.unwrap(), seen);
    assert_eq!(homon.activity_photos(visit, PART).await.unwrap(), [stored]);
    assert_eq!(homon.visit(visit, PART).await.unwrap().activity_photos, 1);
    assert_covered(&taken, &seen, &face.bounds, &plate.bounds);
    let gone = tablet.unchanged(homon.confirm_activity_photo(draft.photo)).await;
    assert_eq!(gone, Refusal::NoSuchActivityPhoto.into());
    assert_nowhere(&tablet, &taken, &seen);
    // What a restart leaves is what was stored.
    let tablet = tablet.restart().await;
    tablet.sign_in().await;
    assert_eq!(tablet.homon.activity_photo(visit, PART, draft.photo).await.unwrap(), seen);
    assert_nowhere(&tablet, &taken, &seen);
}

/// Where an area was covered, hardly a pixel is as it was; elsewhere they are.
fn assert_covered(taken: &[u8], seen: &[u8], face: &Bounds, plate: &Bounds) {
    assert!(!seen.windows(CANARY.len()).any(|bytes| bytes == CANARY.as_bytes()));
    let (taken, seen) = (Upright::decode(taken).unwrap(), Upright::decode(seen).unwrap());
    let picture = |photo: &Upright| RgbImage::from_raw(photo.width(), photo.height(), photo.rgb().to_vec()).unwrap();
    let taken = imageops::resize(&picture(&taken), 2048, 1536, FilterType::Triangle);
    let seen = picture(&seen);
    let changed = |area: &Bounds| {
        let [left, top, width, height] = [area.left, area.top, area.width, area.height].map(|length| length as u32);
        let places = (top..top + height).flat_map(|y| (left..left + width).map(move |x| (x, y)));
        let differs = |&(x, y): &(u32, u32)| {
            let (a, b) = (taken.get_pixel(x, y).0, seen.get_pixel(x, y).0);
            a.iter().zip(b).any(|(a, b)| a.abs_diff(b) > 8)
        };
        places.filter(differs).count() as f32 / (width * height) as f32
    };
    assert!(changed(face) > 0.7, "{} of the face", changed(face));
    assert!(changed(plate) > 0.9, "{} of the plate", changed(plate));
    assert!(changed(&area(1900.0, 1300.0, 100.0, 100.0)) < 0.05, "the rest is as it was");
}

/// Neither the camera's words nor a stretch of its bytes, nor of the covered photo, is in any file in clear.
fn assert_nowhere(tablet: &Tablet, taken: &[u8], seen: &[u8]) {
    assert_eq!(search(&tablet.path(""), &[CANARY.to_owned()]).unwrap(), []);
    for file in files_below(&tablet.path("")).unwrap() {
        let bytes = fs::read(&file).unwrap();
        for photo in [taken, seen] {
            let middle = &photo[photo.len() / 2..][..32];
            assert!(!bytes.windows(32).any(|window| window == middle), "{}", file.display());
        }
    }
}

#[tokio::test]
async fn without_whole_models_none_is_taken() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let none = tablet.unchanged(look(&tablet, visit, empty_room())).await;
    assert_eq!(none, Refusal::NoPhotoModels.into());
    let tablet = world.enrolled_with_models("tablet-2", &damaged()).await;
    let visit = tablet.open_visit().await;
    let none = tablet.unchanged(look(&tablet, visit, empty_room())).await;
    assert_eq!(none, Refusal::PhotoModelsDamaged.into());
    assert_eq!(tablet.homon.activity_photos(visit, PART).await.unwrap(), []);
}

#[tokio::test]
async fn only_while_the_visit_is_open_and_somebody_is_signed_in() {
    let Some(fetched) = Fetched::find("only_while_the_visit_is_open_and_somebody_is_signed_in") else { return };
    let world = World::found();
    let tablet = world.enrolled_with_models("tablet-1", &fetched.models).await;
    let unknown = tablet.unchanged(look(&tablet, VisitId::make(), empty_room())).await;
    assert_eq!(unknown, Refusal::NoSuchVisit.into());
    let visit = tablet.open_visit().await;
    tablet.receive_unwilling(visit).await;
    let none = tablet.unchanged(look(&tablet, visit, b"no photo".to_vec())).await;
    assert_eq!(none, Error::FixInput { field: Field::Photo, rule: Rule::Photo(PhotoRefused::NotJpeg) });
    // Another photo, and signing out, take the place of a draft.
    let first = look(&tablet, visit, empty_room()).await.unwrap().photo;
    let second = look(&tablet, visit, empty_room()).await.unwrap().photo;
    let gone = Error::from(Refusal::NoSuchActivityPhoto);
    assert_eq!(tablet.unchanged(tablet.homon.preview_activity_photo(first)).await, gone);
    tablet.homon.preview_activity_photo(second).await.unwrap();
    tablet.homon.sign_out().await.unwrap();
    assert_eq!(look(&tablet, visit, empty_room()).await, Err(Error::SignInAgain));
    tablet.sign_in().await;
    assert_eq!(tablet.unchanged(tablet.homon.confirm_activity_photo(second)).await, gone);
    let discarded = look(&tablet, visit, empty_room()).await.unwrap().photo;
    tablet.homon.discard_activity_draft().await.unwrap();
    assert_eq!(tablet.unchanged(tablet.homon.preview_activity_photo(discarded)).await, gone);

    let (kept, _) = photograph(&tablet, visit, empty_room()).await;
    let (deleted, _) = photograph(&tablet, visit, empty_room()).await;
    let head = tablet.homon.verify_audit(visit, PART).await.unwrap();
    tablet.homon.delete_activity_photo(visit, PART, deleted).await.unwrap();
    assert_eq!(tablet.homon.verify_audit(visit, PART).await.unwrap().seq, head.seq + 1);
    assert_eq!(tablet.unchanged(tablet.homon.delete_activity_photo(visit, PART, deleted)).await, gone);
    assert_eq!(tablet.unchanged(tablet.homon.activity_photo(visit, PART, deleted)).await, gone);
    let draft = look(&tablet, visit, empty_room()).await.unwrap().photo;
    tablet.homon.preview_activity_photo(draft).await.unwrap();
    tablet.homon.close_visit(visit, PART).await.unwrap();
    let closed = Error::from(Refusal::VisitClosed);
    assert_eq!(tablet.unchanged(tablet.homon.confirm_activity_photo(draft)).await, closed);
    assert_eq!(tablet.unchanged(look(&tablet, visit, empty_room())).await, closed);
    assert_eq!(tablet.unchanged(tablet.homon.delete_activity_photo(visit, PART, kept)).await, closed);
    let view = tablet.homon.visit(visit, PART).await.unwrap();
    assert!(view.activity_photos == 1 && !view.allowed_actions.contains(&VisitAction::Photograph));
    tablet.homon.activity_photo(visit, PART, kept).await.unwrap();
}

#[tokio::test]
async fn a_part_takes_so_many_and_no_more() {
    let Some(fetched) = Fetched::find("a_part_takes_so_many_and_no_more") else { return };
    let world = World::found();
    let tablet = world.enrolled_with_models("tablet-1", &fetched.models).await;
    let visit = tablet.open_visit().await;
    let mut last = None;
    for _ in 0..MOST_IN_A_PART {
        assert!(tablet.homon.visit(visit, PART).await.unwrap().allowed_actions.contains(&VisitAction::Photograph));
        last = Some(photograph(&tablet, visit, empty_room()).await.0);
    }
    let view = tablet.homon.visit(visit, PART).await.unwrap();
    assert!(view.activity_photos == MOST_IN_A_PART && !view.allowed_actions.contains(&VisitAction::Photograph));
    let enough = tablet.unchanged(look(&tablet, visit, empty_room())).await;
    assert_eq!(enough, Refusal::EnoughActivityPhotos.into());
    tablet.homon.delete_activity_photo(visit, PART, last.unwrap()).await.unwrap();
    photograph(&tablet, visit, empty_room()).await;
}

#[tokio::test]
async fn they_go_with_a_part_to_another_tablet_and_from_there_to_city_and_office() {
    let Some(fetched) = Fetched::find("they_go_with_a_part_to_another_tablet_and_from_there_to_city_and_office") else {
        return;
    };
    let world = World::found();
    let _server = world.serve().await;
    let from = world.enrolled_with_models("tablet-1", &fetched.models).await;
    let to = world.enrolled_with_models("tablet-2", &fetched.models).await;
    let visit = from.open_visit().await;
    from.receive_unwilling(visit).await;
    let (first, seen) = photograph(&from, visit, scene(&fetched)).await;
    from.sync().await.unwrap();
    let file = hand_over(&from, &to, visit).await;
    assert_eq!(to.homon.accept_handover(file).await.unwrap().activity_photos, 1);
    assert_eq!(to.homon.activity_photo(visit, PART, first).await.unwrap(), seen);
    world.wait(chrono::TimeDelta::minutes(1));
    let (second, also_seen) = photograph(&to, visit, empty_room()).await;
    let listed = to.homon.activity_photos(visit, PART).await.unwrap();
    assert_eq!(listed.iter().map(|photo| photo.id).collect::<Vec<_>>(), [first, second]);
    to.close_and_seal(visit).await;
    to.sync().await.unwrap();
    let report = world.open();
    assert!(report.refused.is_empty() && report.warnings.is_empty(), "{:?} {:?}", report.refused, report.warnings);
    let (city, office) = (to.path("export"), to.path("office"));
    let exported = export::export(&world.folder, &city, &Template::default(), &*world.clock).unwrap();
    assert_eq!((exported.cases, exported.activity_photos), (1, 2));
    let photos = office::activity_photos(&world.folder, &office).unwrap();
    assert_eq!((photos.written, photos.refused.len()), (2, 0), "{:?}", photos.refused);
    let short = &visit.to_string()[..8];
    for folder in [city.join("activity"), office] {
        for (place, bytes) in [(1, &seen), (2, &also_seen)] {
            assert_eq!(&fs::read(folder.join(format!("{short}-1-{place:02}.jpg"))).unwrap(), bytes);
        }
    }
    assert_eq!(search(world.folder.root(), &[CANARY.to_owned()]).unwrap(), []);
}
