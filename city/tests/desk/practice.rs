//! What tablets still send of practice when the city is in force: receipted, so that they erase it, and kept nowhere.

use std::fs;

use homon_city::desk::export::{self, Exported, Template};
use homon_city::desk::lost;
use homon_city::desk::office;
use homon_city::desk::open::{AdoptError, Checkpoint, adopt};
use homon_city::desk::opened;
use homon_city::desk::status::{self, OVERDUE_DAYS, Status};
use homon_city::intake::layout;
use homon_seal::{PackageKey, Sha256Digest};

use crate::city::{TestCity, files_below};
use crate::held_back::checkpoint;
use crate::tablet::Tablet;

/// The key ceremony is over: from now on residents are real.
fn goes_live(city: &TestCity) {
    let rules = fs::read_to_string(city.folder.programme()).unwrap();
    fs::write(city.folder.programme(), rules.replace("mode = \"training\"", "mode = \"real\"")).unwrap();
}

/// Announces, seals and counts a part as any tablet does.
fn delivers(city: &TestCity, tablet: &Tablet) -> [(PackageKey, Sha256Digest); 3] {
    let part = tablet.usual_part(1, 1);
    let (notice, tally) = (tablet.notice(&part), tablet.tally(&part));
    [notice, tally, (part.key, tablet.seal(&part))].map(|(key, sealed)| (key, city.deliver(&key, &sealed)))
}

fn told(city: &TestCity) -> Status {
    status::status(&city.folder, OVERDUE_DAYS, &city.clock).unwrap()
}

fn exported(city: &TestCity, name: &str) -> Exported {
    let out = city.root().with_file_name(name);
    export::export(&city.folder, &out, &Template::default(), &city.clock).unwrap()
}

#[test]
fn practice_is_receipted_by_a_city_in_force_and_kept_nowhere() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let (hello, sealed) = tablet.hello();
    city.deliver(&hello, &sealed);
    let [notice, _, visit] = delivers(&city, &tablet);
    goes_live(&city);
    let report = city.open();
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    let practice = report.opened.iter().filter(|now| now.is_practice).map(|now| now.key).collect::<Vec<_>>();
    assert_eq!((report.opened.len(), practice), (3, vec![notice.0, visit.0]));
    for (key, sha256) in [notice, visit] {
        assert!(city.opened_receipt(&key, sha256).is_some(), "the tablet would keep it for ever");
    }
    let desk = files_below(city.folder.desk().path());
    let mut kept =
        desk.iter().filter(|file| ["visits/", "notices/", "practice/"].iter().any(|shelf| file.starts_with(shelf)));
    assert!(kept.all(|file| file.starts_with("practice/") && file.ends_with("/opened.json")), "{desk:?}");
    assert!(opened::parts_that_count(&city.folder.desk()).unwrap().is_empty());
    let told = told(&city);
    assert!(told.parts.is_empty() && told.visits.is_empty() && !told.is_outstanding(), "{told}");
    assert_eq!((exported(&city, "practised").cases, exported(&city, "again").visits), (0, 0));
    let lost = lost::lost(&city.folder, tablet.device(), true, &city.clock).unwrap();
    assert!(lost.on_it.is_empty() && lost.safe.is_empty());
    assert_eq!((city.open().before, city.open().opened.len()), (3, 0));
}

#[test]
fn the_office_counts_no_practice() {
    let city = TestCity::found();
    let (trainee, real) = (city.enrol("tablet-01"), "tablet-02");
    delivers(&city, &trainee);
    goes_live(&city);
    let real = city.enrol(real);
    let part = real.usual_part(2, 1);
    let (key, sealed) = real.tally(&part);
    city.deliver(&key, &sealed);
    let counts = office::tally(&city.folder).unwrap();
    assert_eq!((counts.rows.len(), counts.practice, counts.refused.len()), (1, 1, 0));
}

#[test]
fn real_residents_are_laid_open_beside_practice_of_the_same_part() {
    let city = TestCity::found();
    let trainee = city.enrol("tablet-01");
    delivers(&city, &trainee);
    goes_live(&city);
    let real = city.enrol("tablet-02");
    delivers(&city, &real);
    let report = city.open();
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    let parts = opened::parts_that_count(&city.folder.desk()).unwrap();
    assert_eq!(parts.values().map(opened::OpenedPart::device).collect::<Vec<_>>(), [real.device()]);
    assert_eq!(exported(&city, "real").cases, 3);
}

#[test]
fn a_checkpoint_of_practice_leaves_the_store_and_nobody_adopts_it() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let (first, second) = (checkpoint(&tablet, 1), checkpoint(&tablet, 2));
    goes_live(&city);
    city.deliver(&first.key, &tablet.seal(&first));
    let before = city.whole();
    let adopted = adopt(&city.folder, &first.key, "tablet 1 is broken", &city.clock);
    assert!(matches!(adopted, Err(AdoptError::Practice)), "{adopted:?}");
    assert!(city.whole() == before, "a refused adoption left something");
    city.deliver(&second.key, &tablet.seal(&second));
    let report = city.open();
    assert!(report.refused.is_empty() && report.warnings.is_empty(), "{report:?}");
    assert!(Checkpoint::all(&city.folder.desk()).unwrap().is_empty());
    for key in [first.key, second.key] {
        assert!(!city.in_store(&layout::package(&key)).exists());
    }
    assert!(opened::parts_that_count(&city.folder.desk()).unwrap().is_empty());
}

#[test]
fn a_city_that_trains_keeps_what_was_practised() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    delivers(&city, &tablet);
    assert!(city.open().opened.iter().all(|now| !now.is_practice));
    assert_eq!((exported(&city, "practised").cases, office::tally(&city.folder).unwrap().rows.len()), (3, 1));
}
