//! Who tries to get in at the desk: with a request that was changed on the way, a package that was good somewhere else,
//! an archive that grows without end.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};

use homon_city::desk::enrol::{self, EnrolError};
use homon_city::desk::journal;
use homon_city::desk::open::Refusal;
use homon_city::intake::ReceiptKind;
use homon_city::intake::layout;
use homon_domain::platform::Clock;
use homon_seal::manifest::{FORMAT, MANIFEST_TYP};
use homon_seal::recipients::LongWriter;
use homon_seal::{Entry, EntryPath, Manifest, OpenError, PackageKey, PackageName, Sha256Digest, Signer, jws};
use zip::write::SimpleFileOptions;

use crate::city::{MORNING, TestCity};
use crate::tablet::{Part, Tablet, VISIT};

#[test]
fn a_request_that_was_changed_in_any_byte_enrols_nobody() {
    let city = TestCity::found();
    let request = Tablet::new("tablet-01").request(city.clock.now());
    let before = city.whole();
    for at in 0..request.len() {
        let mut bytes = request.clone().into_bytes();
        bytes[at] ^= 1 << (at % 7);
        let Ok(changed) = String::from_utf8(bytes) else { continue };
        let refused = enrol::enrol(&city.folder, &changed, &city.clock);
        assert!(matches!(refused, Err(EnrolError::Request(_))), "byte {at}: {refused:?}");
    }
    for cut in (0..request.len()).step_by(17) {
        assert!(matches!(enrol::enrol(&city.folder, &request[..cut], &city.clock), Err(EnrolError::Request(_))));
    }
    let endless = "A".repeat(4 << 20);
    assert!(matches!(enrol::enrol(&city.folder, &endless, &city.clock), Err(EnrolError::Request(_))));
    assert!(city.whole() == before, "a refused request left something");
    assert_eq!(journal::state(&city.folder.desk()).unwrap().entries, 1);
    enrol::enrol(&city.folder, &request, &city.clock).unwrap();
}

/// Opens a store in which one package must be refused; gives why.
fn refusal(city: &TestCity, key: &PackageKey) -> Refusal {
    let before = city.whole();
    let mut report = city.open();
    let at =
        report.refused.iter().position(|(refused, _)| refused == key).unwrap_or_else(|| panic!("{key:?}: {report:?}"));
    assert!(report.opened.iter().all(|now| now.key != *key));
    assert!(!city.in_store(&layout::receipt(key, ReceiptKind::Opened)).exists(), "a receipt was given");
    assert!(city.whole() == before, "something changed");
    report.refused.remove(at).1
}

#[test]
fn a_package_that_was_good_elsewhere_is_good_nowhere_else() {
    let city = TestCity::found();
    let (tablet, other) = (city.enrol("tablet-01"), city.enrol("tablet-02"));
    let part = tablet.usual_part(1, 1);
    let sealed = tablet.seal(&part);
    city.deliver(&part.key, &sealed);
    assert_eq!(city.open().opened.len(), 1);
    let elsewhere = [
        format!("visit/{VISIT}/1/2"),
        format!("visit/{VISIT}/3/1"),
        "visit/7f0e1c1e-5a5b-4f3a-8d3c-1f2e3d4c5b6a/1/1".to_owned(),
        format!("notice/{VISIT}/1/1"),
        "hello/1".to_owned(),
    ];
    for name in elsewhere {
        let key = tablet.key_of(&name);
        city.deliver(&key, &sealed);
        let refused = refusal(&city, &key);
        assert!(matches!(refused, Refusal::OtherPackage), "{name}: {refused:?}");
        fs::remove_file(city.in_store(&layout::package(&key))).unwrap();
    }
    let stolen = PackageKey { device: other.device(), ..part.key };
    city.deliver(&stolen, &sealed);
    let refused = refusal(&city, &stolen);
    // The manifest names the tablet that signed it, and the desk asks for that tablet's key under its own name only.
    assert!(matches!(refused, Refusal::Package(OpenError::UnknownDevice(device)) if device == tablet.device()));
    let told: Vec<String> =
        journal::read(&city.folder.desk()).unwrap().entries.into_iter().map(|entry| entry.action.to_string()).collect();
    assert_eq!(told.iter().filter(|action| *action == "refuse-other-package").count(), 5);
    assert_eq!(told.iter().filter(|action| *action == "open").count(), 1);
}

#[test]
fn a_package_that_comes_again_is_opened_once_and_receipted_alike() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    let sealed = tablet.seal(&part);
    city.deliver(&part.key, &sealed);
    city.open();
    let receipt = city.in_store(&layout::receipt(&part.key, ReceiptKind::Opened));
    let (before, token) = (city.whole(), fs::read(&receipt).unwrap());
    for _ in 0..3 {
        city.deliver(&part.key, &sealed);
        let report = city.open();
        assert_eq!((report.opened.len(), report.before, report.refused.len()), (0, 1, 0));
    }
    assert_eq!(fs::read(&receipt).unwrap(), token);
    let opened = |files: &BTreeMap<String, Vec<u8>>| {
        files
            .iter()
            .filter(|(file, _)| file.starts_with("desk/"))
            .map(|(file, bytes)| (file.clone(), bytes.clone()))
            .collect::<Vec<_>>()
    };
    assert!(opened(&city.whole()) == opened(&before));
    // An older seal that comes late counts no more, and changes nothing that was exported.
    let second = tablet.usual_part(1, 2);
    city.deliver(&second.key, &tablet.seal(&second));
    assert_eq!(city.open().opened.len(), 1);
    city.deliver(&part.key, &sealed);
    assert_eq!(city.open().opened.len(), 0);
}

/// A package that its own tablet signed, whose zip was made by hand: `visit.json` holds `content`, and the manifest says
/// what it should hold.
fn by_hand(tablet: &Tablet, part: &Part, listed: Entry, content: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let manifest = Manifest {
        format: FORMAT,
        key: part.key,
        programme: part.programme.clone(),
        mode: tablet.programme().mode,
        made_at: MORNING.parse().unwrap(),
        recipients: part.recipients.fingerprint(),
        reason: None,
        entries: vec![listed],
        counts: BTreeMap::new(),
        audit_head: None,
        handover: None,
    };
    let token = jws::sign(Signer::City(&tablet.key), MANIFEST_TYP, &manifest).unwrap();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("visit.json", SimpleFileOptions::default()).unwrap();
    content.for_each(|bytes| zip.write_all(&bytes).unwrap());
    zip.start_file("manifest.jws", SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored))
        .unwrap();
    zip.write_all(token.as_bytes()).unwrap();
    let mut sealing = LongWriter::begin(Vec::new(), &part.recipients).unwrap();
    sealing.write_all(&zip.finish().unwrap().into_inner()).unwrap();
    sealing.finish().unwrap()
}

#[test]
fn an_archive_that_grows_without_end_is_not_inflated() {
    const BOMB: u64 = 80 << 20;
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    let zeros = || (0..BOMB >> 20).map(|_| vec![0; 1 << 20]);
    let listed = |size| Entry { path: EntryPath::Visit, size, sha256: Sha256Digest::of(b"{}") };
    for size in [2, BOMB] {
        let sealed = by_hand(&tablet, &part, listed(size), zeros());
        assert!((sealed.len() as u64) < BOMB / 100);
        city.deliver(&part.key, &sealed);
        let refused = refusal(&city, &part.key);
        let expected = matches!(refused, Refusal::Package(OpenError::Damaged | OpenError::TooLarge));
        assert!(expected, "{size}: {refused:?}");
    }
}

#[test]
fn a_name_with_another_spelling_is_no_package() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    let good = layout::package(&part.key);
    let device = tablet.device().to_string();
    for name in [
        good.replace(".age", ".age.bak"),
        good.replace(&device, &device.to_uppercase()),
        good.replace("/1/1.age", "/1/01.age"),
        good.replace("/1/1.age", "/../1/1.age"),
        format!("packages/{device}/photo.jpg"),
        "packages/notes.txt".to_owned(),
    ] {
        assert!(name.parse::<PackageName>().is_err());
        city.put(&name, &tablet.seal(&part));
    }
    let report = city.open();
    assert_eq!((report.opened.len(), report.before, report.refused.len()), (0, 0, 0));
}
