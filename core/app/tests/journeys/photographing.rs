//! A photo from the camera to the encrypted file: guided, checked, cut, excepted, compared, and without models too.

use std::fs;
use std::future::poll_fn;
use std::path::PathBuf;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use homon_app::{
    CheckExtent, Edge, Error, Field, Finding, FindingWeight, Hint, PhotoFinding, PhotoModels, Picture, PortraitReport,
    Refusal, Rule,
};
use homon_domain::case_step::StepRefused;
use homon_domain::case_view::{CaseView, Warning};
use homon_domain::ids::{CaseId, CaseNumber, VisitId};
use homon_domain::photo_exception::{Caller, Declaration, ExceptionToDeclare, PhotoException};
use homon_domain::portrait_rules::PhotoMeasure;
use homon_domain::problems::Problem;
use homon_photo::{PhotoRefused, Upright};
use homon_seal::Sha256Digest;
use homon_support::canaries::search;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use serde_json::{Value, json};

use crate::handing_over::{hand_over, photo};
use crate::tablet::{PART, Tablet};
use crate::world::World;

const REASON: &str = "脳梗塞の後遺症で右のまぶたが開かない";

/// The models and the portraits, where they were fetched.
pub(crate) struct Fetched {
    pub(crate) models: PhotoModels,
    pub(crate) portraits: Vec<RgbImage>,
}

impl Fetched {
    /// All of it, or a line that says why a test is skipped; in CI that is a failure.
    pub(crate) fn find(test: &str) -> Option<Self> {
        let (models, portraits) = (folder("HOMON_MODELS", test)?, folder("HOMON_PORTRAITS", test)?);
        let read = |name: &str| fs::read(models.join(name)).unwrap().into();
        let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/faces");
        let all = [portraits.join("astronaut.png"), beside.join("official-portrait.jpg")];
        let models = PhotoModels {
            detector: read("face_detection_short_range.tflite"),
            landmarks: read("face_landmark.tflite"),
            segmentation: read("selfie_segmentation.tflite"),
            frontal: read("seeta_fd_frontal_v1.0.bin"),
        };
        let there = all.into_iter().filter(|file| file.is_file());
        Some(Self { models, portraits: there.map(|file| enlarged(&image::open(file).unwrap().into_rgb8())).collect() })
    }

    fn jpeg(&self) -> Vec<u8> {
        jpeg(&self.portraits[0])
    }
}

#[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
fn folder(variable: &str, test: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(PathBuf::from);
    if found.is_none() {
        let reason = format!("{variable} is not set: run `cargo xtask test`");
        assert!(std::env::var_os("CI").is_none(), "{test} must not be skipped here: {reason}");
        eprintln!("SKIPPED {test}: {reason}");
    }
    found
}

/// As large as a camera takes pictures.
fn enlarged(portrait: &RgbImage) -> RgbImage {
    let by = 2048_u32.div_ceil(portrait.width());
    imageops::resize(portrait, portrait.width() * by, portrait.height() * by, FilterType::CatmullRom)
}

pub(crate) fn jpeg(picture: &RgbImage) -> Vec<u8> {
    compressed(picture, 92)
}

fn compressed(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(picture).unwrap();
    jpeg
}

/// Models of which none can be used.
pub(crate) fn damaged() -> PhotoModels {
    let bytes: Arc<[u8]> = vec![7; 4096].into();
    let [detector, landmarks, segmentation, frontal] = [&bytes; 4].map(Arc::clone);
    PhotoModels { detector, landmarks, segmentation, frontal }
}

/// A programme for which no wall is plain enough.
fn demanding() -> World {
    World::found_with(
        "max_side = 6000\n",
        "max_side = 6000\n\n[portrait.checks.measures]\nbackground_uniformity = { decides_below = 100, warns_below = 100 }\n",
    )
}

async fn attach(tablet: &Tablet, visit: VisitId, case: CaseId, jpeg: Vec<u8>) -> Result<CaseView, Error> {
    tablet.homon.attach_portrait(visit, PART, case, jpeg).await
}

async fn check(tablet: &Tablet, visit: VisitId, case: CaseId, jpeg: Vec<u8>) -> PortraitReport {
    tablet.homon.check_portrait(visit, PART, case, jpeg).await.unwrap()
}

fn exception(kind: &str) -> Value {
    json!({"input": "photo_exception", "exception": {"kind": kind}, "reason": REASON})
}

fn deciding(error: Error) -> Vec<PhotoFinding> {
    match error {
        Error::FixInput { field: Field::Photo, rule: Rule::PhotoFindings(findings) } => findings,
        other => panic!("{other:?}"),
    }
}

fn same_as(view: &CaseView) -> Vec<CaseNumber> {
    let same = |warning: &Warning| match warning {
        Warning::SamePhoto { cases } => Some(cases.clone()),
        Warning::TownUnknown => None,
    };
    let cases = view.warnings.iter().filter_map(same);
    cases.collect::<Vec<_>>().concat()
}

#[tokio::test]
async fn a_good_portrait_is_cut_to_measure_and_kept() {
    let Some(fetched) = Fetched::find("a_good_portrait_is_cut_to_measure_and_kept") else { return };
    let world = World::found();
    let tablet = world.enrolled_with_models("tablet-1", &fetched.models).await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_willing(visit).await;
    for portrait in &fetched.portraits {
        let before = tablet.held().await;
        let report = check(&tablet, visit, case, jpeg(portrait)).await;
        assert_eq!(tablet.held().await, before, "a check stores nothing");
        assert!(report.is_acceptable() && report.extent == CheckExtent::Whole, "{:?}", report.findings);
        assert!(report.measures.iter().any(|taken| taken.measure == PhotoMeasure::JpegQuality && taken.native > 85.0));
        let stored = attach(&tablet, visit, case, jpeg(portrait)).await.unwrap().case.portrait.unwrap();
        assert!(stored.checked && stored.rests_on.is_empty());
        let shape = f64::from(stored.width) / f64::from(stored.height);
        assert!((shape - 35.0 / 45.0).abs() < 0.005 && stored.width >= 480, "{}×{}", stored.width, stored.height);
        let kept = tablet.homon.portrait(visit, PART, case).await.unwrap().unwrap();
        assert_eq!(stored.sha256, Sha256Digest::of(&kept).to_string());
        let kept = Upright::decode(&kept).unwrap();
        assert_eq!((kept.width(), kept.height()), (stored.width, stored.height));
    }
}

#[tokio::test]
async fn what_decides_is_told_and_nothing_is_stored() {
    let Some(fetched) = Fetched::find("what_decides_is_told_and_nothing_is_stored") else { return };
    let world = World::found();
    let tablet = world.enrolled_with_models("tablet-1", &fetched.models).await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_willing(visit).await;
    let portrait = &fetched.portraits[0];
    let (width, height) = portrait.dimensions();
    let blurred = imageops::blur(&imageops::resize(portrait, width / 2, height / 2, FilterType::Triangle), 8.0);
    let nobody = RgbImage::from_pixel(1200, 1600, Rgb([200, 205, 210]));
    let cut = imageops::crop_imm(portrait, 0, height / 8, width, height / 2).to_image();
    let faults = [
        (blurred, Finding::Blurred),
        (nobody, Finding::NoFace),
        (cut, Finding::CutOff(Edge::Top)),
        (imageops::resize(portrait, width / 8, height / 8, FilterType::Triangle), Finding::HeadTooSmall),
    ];
    for (picture, finding) in faults {
        let jpeg = compressed(&picture, 95);
        let report = check(&tablet, visit, case, jpeg.clone()).await;
        assert!(!report.is_acceptable());
        let error = tablet.unchanged(attach(&tablet, visit, case, jpeg)).await;
        assert!(!format!("{error} {error:?}").contains(REASON));
        let found = deciding(error);
        assert_eq!(found, report.deciding().collect::<Vec<_>>());
        assert!(found.iter().any(|found| found.finding == finding), "{finding:?} is not among {found:?}");
    }
    let none = tablet.unchanged(attach(&tablet, visit, case, vec![0xff; 30_000])).await;
    assert_eq!(none, Error::FixInput { field: Field::Photo, rule: Rule::Photo(PhotoRefused::NotJpeg) });
}

#[tokio::test]
async fn an_exception_lets_a_photo_pass_and_says_what_to_do() {
    let Some(fetched) = Fetched::find("an_exception_lets_a_photo_pass_and_says_what_to_do") else { return };
    let world = demanding();
    let tablet = world.enrolled_with_models("tablet-1", &fetched.models).await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_willing(visit).await;
    let behind = PhotoFinding { weight: FindingWeight::Decides, finding: Finding::BackgroundPatterned };
    let error = tablet.unchanged(attach(&tablet, visit, case, fetched.jpeg())).await;
    assert_eq!(deciding(error), [behind]);
    tablet.step(visit, case, exception("eyes_do_not_open")).await.unwrap();
    let error = tablet.unchanged(attach(&tablet, visit, case, fetched.jpeg())).await;
    assert_eq!(deciding(error), [behind], "closed eyes put nothing behind the head");
    let chosen = tablet.step(visit, case, exception("wheelchair_or_tubes")).await.unwrap();
    let declaration = Declaration::CallWithApplicationId { by: Caller::City };
    let declare = |exception| ExceptionToDeclare { exception, declaration };
    let both = [PhotoException::EyesDoNotOpen, PhotoException::WheelchairOrTubes];
    assert_eq!(chosen.declarations, both.map(declare));
    let report = check(&tablet, visit, case, fetched.jpeg()).await;
    let noted = PhotoFinding { weight: FindingWeight::Noted(PhotoException::WheelchairOrTubes), ..behind };
    assert!(report.is_acceptable() && report.findings.contains(&noted), "{:?}", report.findings);
    let view = attach(&tablet, visit, case, fetched.jpeg()).await.unwrap();
    let portrait = view.case.portrait.unwrap();
    assert!(portrait.checked);
    assert_eq!(portrait.rests_on, [PhotoException::WheelchairOrTubes]);
    let revoke = json!({"input": "revoke_photo_exception", "exception": {"kind": "wheelchair_or_tubes"}});
    let view = tablet.step(visit, case, revoke.clone()).await.unwrap();
    assert!(view.problems.contains(&Problem::PhotoExceptionMissing { exception: PhotoException::WheelchairOrTubes }));
    let twice = tablet.unchanged(tablet.step(visit, case, revoke)).await;
    assert_eq!(twice, Refusal::Step(StepRefused::NoSuchException).into());
}

#[tokio::test]
async fn a_face_that_nobody_finds_is_kept_uncut_within_the_rules_of_the_file() {
    let name = "a_face_that_nobody_finds_is_kept_uncut_within_the_rules_of_the_file";
    let Some(fetched) = Fetched::find(name) else { return };
    let world = World::found_with("max_side = 6000\n", "max_side = 1000\n");
    let tablet = world.enrolled_with_models("tablet-1", &fetched.models).await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_willing(visit).await;
    tablet.step(visit, case, exception("wheelchair_or_tubes")).await.unwrap();
    let nobody = |width, height| jpeg(&RgbImage::from_fn(width, height, |x, y| Rgb([(x ^ y) as u8; 3])));
    // As large as it may be: the camera's own pixels. Larger: as large as it may be.
    for (given, kept) in [([750, 1000], [750, 1000]), ([1200, 1600], [750, 1000])] {
        let view = attach(&tablet, visit, case, nobody(given[0], given[1])).await.unwrap();
        let portrait = view.case.portrait.unwrap();
        assert_eq!([portrait.width, portrait.height], kept);
        assert!(!portrait.checked && portrait.rests_on == [PhotoException::WheelchairOrTubes]);
    }
    let error = tablet.unchanged(attach(&tablet, visit, case, nobody(400, 900))).await;
    let too_few = PhotoRefused::TooFewPixels { width: 400, height: 900, min: 480 };
    assert_eq!(error, Error::FixInput { field: Field::Photo, rule: Rule::Photo(too_few) });
}

#[tokio::test]
async fn one_photo_of_two_people_is_told() {
    let Some(fetched) = Fetched::find("one_photo_of_two_people_is_told") else { return };
    let world = World::found();
    let tablet = world.enrolled_with_models("tablet-1", &fetched.models).await;
    let visit = tablet.open_visit().await;
    let (one, two) = (tablet.receive_willing(visit).await, tablet.receive_willing(visit).await);
    let first = attach(&tablet, visit, one, fetched.jpeg()).await.unwrap();
    assert_eq!(same_as(&first), []);
    // The same moment, compressed anew.
    let again = compressed(&fetched.portraits[0], 80);
    assert_eq!(check(&tablet, visit, two, again.clone()).await.same_as, [first.case.number]);
    assert_eq!(check(&tablet, visit, one, again.clone()).await.same_as, [], "a photo may be taken again");
    let second = attach(&tablet, visit, two, again).await.unwrap();
    assert_eq!(same_as(&second), [first.case.number], "it is taken, and warned of");
    assert_eq!(same_as(&tablet.homon.case(visit, PART, one).await.unwrap()), [second.case.number]);
    let named = tablet.step(visit, two, json!({"input": "name", "name": "葛原 ハツヱ"})).await.unwrap();
    assert_eq!(same_as(&named), [first.case.number]);
    let Some(other) = fetched.portraits.get(1) else { return };
    assert_eq!(same_as(&attach(&tablet, visit, two, jpeg(other)).await.unwrap()), []);
    assert_eq!(same_as(&tablet.homon.case(visit, PART, one).await.unwrap()), []);
}

#[tokio::test]
async fn the_camera_is_guided_by_programme_and_exceptions() {
    let Some(fetched) = Fetched::find("the_camera_is_guided_by_programme_and_exceptions") else { return };
    let world = World::found();
    let tablet = world.enrolled_with_models("tablet-1", &fetched.models).await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_willing(visit).await;
    tablet.step(visit, case, exception("lying_down")).await.unwrap();
    let empty = RgbImage::from_pixel(640, 480, Rgb([200, 205, 210]));
    let portrait = &fetched.portraits[0];
    for case in [None, Some((visit, PART, case))] {
        let mut guide = tablet.homon.guide(case, 2.0).await.unwrap();
        let mut look = |picture: &RgbImage| {
            let (width, height) = (picture.width() as usize, picture.height() as usize);
            let picture = Picture::rgb(picture, width, height).unwrap();
            guide.check_frame(&picture, Duration::ZERO)
        };
        let nobody = look(&empty);
        assert_eq!((nobody.hint, nobody.face), (Hint::FindFace, None));
        assert!(look(portrait).face.is_some());
        guide.begin_again();
    }
    let nobody =
        tablet.unchanged(async { tablet.homon.guide(Some((visit, PART, CaseId::make())), 1.0).await.map(drop) });
    assert_eq!(nobody.await, Refusal::NoSuchCase.into());
}

#[tokio::test]
async fn the_guide_frames_the_print_of_the_programme() {
    let Some(fetched) = Fetched::find("the_guide_frames_the_print_of_the_programme") else { return };
    let portrait = &fetched.portraits[0];
    let picture = Picture::rgb(portrait, portrait.width() as usize, portrait.height() as usize).unwrap();
    let usual = World::found();
    let larger = World::found_with(
        "max_side = 6000\n",
        "max_side = 6000\n\n[portrait.print]\nwidth_mm = 350\nheight_mm = 450\n",
    );
    let mut hints = Vec::new();
    for world in [usual, larger] {
        let tablet = world.enrolled_with_models("tablet-1", &fetched.models).await;
        hints.push(tablet.homon.guide(None, 1.0).await.unwrap().check_frame(&picture, Duration::ZERO).hint);
    }
    assert!(hints[0] != Hint::MoveBack && hints[1] == Hint::MoveBack, "{hints:?}");
}

#[tokio::test]
async fn without_models_the_file_alone_is_checked() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_willing(visit).await;
    let report = check(&tablet, visit, case, photo(1)).await;
    assert_eq!((report.extent, report.findings.len(), report.measures.len()), (CheckExtent::NoModels, 0, 0));
    assert!(report.is_acceptable());
    let stored = attach(&tablet, visit, case, photo(1)).await.unwrap().case.portrait.unwrap();
    assert!(!stored.checked);
    let refused = tablet.unchanged(async { tablet.homon.guide(None, 1.0).await.map(drop) }).await;
    assert_eq!(refused, Refusal::NoPhotoModels.into());
    let other = tablet.receive_willing(visit).await;
    assert_eq!(check(&tablet, visit, other, photo(1)).await.same_as.len(), 1, "the same file is told all the same");
}

#[tokio::test]
async fn a_damaged_model_keeps_nobody_from_a_photo() {
    let models = damaged();
    let world = World::found();
    let tablet = world.enrolled_with_models("tablet-1", &models).await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_willing(visit).await;
    assert_eq!(check(&tablet, visit, case, photo(1)).await.extent, CheckExtent::ModelsDamaged);
    assert!(!attach(&tablet, visit, case, photo(1)).await.unwrap().case.portrait.unwrap().checked);
    let refused = tablet.unchanged(async { tablet.homon.guide(None, 1.0).await.map(drop) }).await;
    assert_eq!(refused, Refusal::PhotoModelsDamaged.into());
}

#[tokio::test]
async fn a_caller_that_stops_waiting_does_not_stop_the_photo() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_willing(visit).await;
    let mut begun = Box::pin(attach(&tablet, visit, case, photo(1)));
    let was_pending = poll_fn(|context| Poll::Ready(begun.as_mut().poll(context).is_pending())).await;
    drop(begun);
    assert!(was_pending, "it was done at once");
    // One photo after the other: this one waits for the first.
    check(&tablet, visit, case, photo(2)).await;
    assert!(tablet.homon.case(visit, PART, case).await.unwrap().case.portrait.is_some());
}

#[tokio::test]
async fn a_photo_that_came_from_another_tablet_is_compared_too() {
    let world = World::found();
    let (from, to) = (world.enrolled("tablet-1").await, world.enrolled("tablet-2").await);
    let visit = from.open_visit().await;
    let case = from.receive_willing(visit).await;
    let number = attach(&from, visit, case, photo(1)).await.unwrap().case.number;
    let file = hand_over(&from, &to, visit).await;
    to.homon.accept_handover(file).await.unwrap();
    let other = to.receive_willing(visit).await;
    assert_eq!(same_as(&attach(&to, visit, other, photo(1)).await.unwrap()), [number]);
}

#[tokio::test]
async fn the_reason_of_an_exception_lies_nowhere_in_clear() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_willing(visit).await;
    let view = tablet.step(visit, case, exception("lying_down")).await.unwrap();
    assert!(!format!("{view:?}").contains(REASON));
    let blank = json!({"input": "photo_exception", "exception": {"kind": "lying_down"}, "reason": " "});
    let error = tablet.unchanged(tablet.step(visit, case, blank)).await;
    assert!(matches!(error, Error::FixInput { field: Field::Reason, .. }), "{error:?}");
    tablet.step(visit, case, json!({"input": "leave", "leaving": {"outcome": "withdrawn"}})).await.unwrap();
    tablet.close_and_seal(visit).await;
    let view = tablet.homon.case(visit, PART, case).await.unwrap();
    assert_eq!(view.case.photo_exceptions[0].reason.as_str(), REASON);
    assert_eq!(search(&tablet.path(""), &[REASON.to_owned()]).unwrap(), []);
}
