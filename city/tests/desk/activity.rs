//! Photos of an activity from the seal to the reports: of the city, and of the contractor's office, which sees nobody.

use std::fs;

use homon_city::desk::export::{self, Template};
use homon_city::desk::office::{self, OfficeNotReady, TallyRefusal};
use homon_city::desk::open::{Mismatch, Refusal};
use homon_city::desk::{ActivityFault, CityFolder};
use homon_domain::activity_photo::{ActivityPhoto, MOST_BYTES};
use homon_domain::ids::ActivityPhotoId;
use homon_seal::{EntryPath, Sha256Digest};

use crate::city::{MORNING, TestCity, files_below};
use crate::tablet::{Part, Tablet};

const CANARY: &[u8] = b"Canary-35.6895N-139.6917E";

/// A JPEG as tablets write it, as far as the desk reads it.
fn picture(seed: u8) -> Vec<u8> {
    let tables: &[u8] =
        b"\xFF\xE0\x00\x10JFIF\0\x01\x02\0\0\x01\0\x01\0\0\xFF\xDB\x00\x04ab\xFF\xC0\x00\x03c\xFF\xC4\x00\x02";
    [b"\xFF\xD8", tables, b"\xFF\xDA\x00\x04de", &[seed; 900], b"\xFF\xD9"].concat()
}

/// The same, with what a camera adds.
fn from_a_camera(seed: u8) -> Vec<u8> {
    let length = u16::try_from(CANARY.len() + 2).unwrap().to_be_bytes();
    let picture = picture(seed);
    [&picture[..2], b"\xFF\xE1", &length, CANARY, &picture[2..]].concat()
}

/// Adds a photo with its record; the first is taken last.
fn add(part: &mut Part, number: u8, jpeg: Vec<u8>) -> ActivityPhotoId {
    let id: ActivityPhotoId = format!("00000000-0000-4000-8000-0000000000{number:02}").parse().unwrap();
    let record = ActivityPhoto {
        id,
        sha256: Sha256Digest::of(&jpeg).to_string(),
        bytes: u32::try_from(jpeg.len()).unwrap(),
        width: 2048,
        height: 1536,
        taken_at: MORNING.parse::<chrono::DateTime<chrono::Utc>>().unwrap() - chrono::TimeDelta::minutes(number.into()),
        confirmed_by: "worker-01".parse().unwrap(),
        faces: 2,
        texts: 1,
    };
    part.photos.insert(EntryPath::ActivityRecord(id), serde_json::to_vec(&record).unwrap());
    part.photos.insert(EntryPath::ActivityPhoto(id), jpeg);
    id
}

fn with_photos(tablet: &Tablet, part: u8) -> Part {
    let mut part = tablet.usual_part(part, 1);
    add(&mut part, 1, picture(1));
    add(&mut part, 2, picture(2));
    part
}

#[test]
fn they_are_exported_in_their_order_beside_the_portraits() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    for part in [with_photos(&tablet, 1), tablet.usual_part(2, 1)] {
        city.deliver(&part.key, &tablet.seal(&part));
    }
    let report = city.open();
    assert_eq!((report.opened.len(), report.refused.len()), (2, 0), "{:?}", report.refused);
    let out = city.root().with_file_name("export");
    let exported = export::export(&city.folder, &out, &Template::default(), &city.clock).unwrap();
    assert_eq!(exported, export::Exported { visits: 1, cases: 6, photos: 4, activity_photos: 2 });
    let names: Vec<String> = files_below(&out).into_iter().filter(|name| name.starts_with("activity/")).collect();
    assert_eq!(names, ["activity/0c5ad1c7-1-01.jpg", "activity/0c5ad1c7-1-02.jpg"]);
    assert_eq!(fs::read(out.join(&names[0])).unwrap(), picture(2), "taken first");
    assert_eq!(fs::read(out.join(&names[1])).unwrap(), picture(1));
}

/// What becomes of a part with two photos that was spoiled: the reason, and that nothing of it was laid open.
fn fault(spoil: impl FnOnce(&mut Part, [ActivityPhotoId; 2])) -> ActivityFault {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let mut part = tablet.usual_part(1, 1);
    let ids = [add(&mut part, 1, picture(1)), add(&mut part, 2, picture(2))];
    spoil(&mut part, ids);
    city.deliver(&part.key, &tablet.seal(&part));
    let mut report = city.open();
    assert_eq!(report.opened.len(), 0);
    assert!(!files_below(city.folder.desk().path()).iter().any(|file| file.ends_with(".jpg")));
    match report.refused.pop() {
        Some((_, Refusal::Mismatch(Mismatch::Activity(fault)))) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_that_is_more_than_a_picture_keeps_its_package_closed() {
    let camera = |part: &mut Part, _: [_; 2]| _ = add(part, 1, from_a_camera(1));
    assert!(matches!(fault(camera), ActivityFault::NotBare(_)));
    let text = |part: &mut Part, _: [_; 2]| _ = add(part, 1, b"no picture".to_vec());
    assert!(matches!(fault(text), ActivityFault::NotBare(_)));
    let large = |part: &mut Part, _: [_; 2]| _ = add(part, 1, vec![7; MOST_BYTES as usize + 1]);
    assert!(matches!(fault(large), ActivityFault::NotBare(_)));
}

#[test]
fn one_without_its_record_or_with_anothers_is_told() {
    let unlike = |id: ActivityPhotoId| ActivityFault::Unlike(id);
    let one = "00000000-0000-4000-8000-000000000001".parse().unwrap();
    let alone = fault(|part, [first, _]| drop(part.photos.remove(&EntryPath::ActivityRecord(first))));
    assert_eq!(alone, unlike(one));
    let missing = fault(|part, [first, _]| drop(part.photos.remove(&EntryPath::ActivityPhoto(first))));
    assert_eq!(missing, unlike(one));
    let other = fault(|part, [first, _]| drop(part.photos.insert(EntryPath::ActivityPhoto(first), picture(9))));
    assert_eq!(other, unlike(one));
    let moved = fault(|part, [first, second]| {
        for path in [EntryPath::ActivityRecord, EntryPath::ActivityPhoto] {
            let bytes = part.photos[&path(second)].clone();
            part.photos.insert(path(first), bytes);
        }
    });
    assert_eq!(moved, unlike(one));
    let unread = fault(|part, [first, _]| {
        part.photos.insert(EntryPath::ActivityRecord(first), b"{}".to_vec());
    });
    assert_eq!(unread, unlike(one));
}

#[test]
fn the_office_gets_them_and_nothing_else() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    for part in [with_photos(&tablet, 1), tablet.usual_part(2, 1)] {
        let (key, sealed) = tablet.tally(&part);
        city.deliver(&key, &sealed);
    }
    let out = city.root().with_file_name("photos");
    let photos = office::activity_photos(&city.folder, &out).unwrap();
    assert_eq!((photos.written, photos.refused.len()), (2, 0), "{:?}", photos.refused);
    assert_eq!(files_below(&out), ["0c5ad1c7-1-01.jpg", "0c5ad1c7-1-02.jpg"]);
    assert_eq!(fs::read(out.join("0c5ad1c7-1-01.jpg")).unwrap(), picture(2));
    assert_eq!(office::tally(&city.folder).unwrap().rows.len(), 2);
    assert!(matches!(office::activity_photos(&city.folder, &out), Err(OfficeNotReady::Exists(_))));
    let stranger = CityFolder::new(city.root()).with_office(Some(city.root().join("elsewhere")));
    let nowhere = city.root().with_file_name("nowhere");
    assert!(office::activity_photos(&stranger, &nowhere).is_err());
    assert!(!files_below(nowhere.parent().unwrap()).iter().any(|file| file.contains("nowhere")));
}

#[test]
fn of_a_tally_with_a_spoiled_photo_the_office_takes_the_counts_alone() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let mut spoiled = with_photos(&tablet, 1);
    add(&mut spoiled, 3, from_a_camera(3));
    for part in [&spoiled, &with_photos(&tablet, 2)] {
        let (key, sealed) = tablet.tally(part);
        city.deliver(&key, &sealed);
    }
    assert_eq!(office::tally(&city.folder).unwrap().rows.len(), 2);
    let out = city.root().with_file_name("photos");
    let photos = office::activity_photos(&city.folder, &out).unwrap();
    assert!(matches!(photos.refused[..], [(_, TallyRefusal::Activity(ActivityFault::NotBare(_)))]), "{photos:?}");
    // The photos of the other part have the same identifiers here: what was not taken has not been counted as taken.
    assert_eq!((photos.written, files_below(&out).len()), (2, 2));
    for name in files_below(&out) {
        assert!(name.starts_with("0c5ad1c7-2-"), "{name}");
        assert!(!fs::read(out.join(name)).unwrap().windows(CANARY.len()).any(|bytes| bytes == CANARY));
    }
}
