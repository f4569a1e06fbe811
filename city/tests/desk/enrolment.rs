//! Founding a city and enrolling tablets.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use chrono::Utc;
use homon_city::desk::devices::Devices;
use homon_city::desk::enrol::EnrolError;
use homon_city::desk::init::InitError;
use homon_city::desk::programme::{Example, ProgrammeError};
use homon_city::desk::{CityFolder, enrol, init, revoke};
use homon_city::intake::device_of_certificate;
use homon_domain::ids::DeviceId;
use homon_domain::platform::Clock;
use homon_seal::enrolment::EnrolmentError;
use homon_seal::recipients::RecipientKind;

use crate::city::{TestCity, files_below};
use crate::tablet::Tablet;

#[test]
fn a_city_has_its_keys_where_they_belong_and_for_its_owner_only() {
    let city = TestCity::found_with(RecipientKind::Hybrid);
    insta::assert_json_snapshot!(files_below(city.root()));
    for file in files_below(city.root()) {
        let mode = fs::metadata(city.root().join(&file)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file}");
    }
    for folder in ["", "desk", "desk/visits", "recovery", "office", "intake", "store"] {
        let mode = fs::metadata(city.root().join(folder)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "{folder}");
    }
    assert_eq!(city.city().recipients.work.kind(), RecipientKind::Hybrid);
}

#[test]
fn the_record_of_a_city_is_frozen() {
    let city = serde_json::to_value(TestCity::found().city()).unwrap();
    insta::assert_json_snapshot!(city, {
        ".recipients.work" => "[recipients]",
        ".recipients.recovery" => "[recipients]",
        ".recipients.office" => "[recipients]",
        ".held_key.x" => "[x]",
        ".held_key.y" => "[y]",
    });
}

#[test]
fn a_city_is_never_made_over_something() {
    let city = TestCity::found();
    let before = files_below(city.root());
    let again =
        init::init(&city.folder, &city.folder.programme(), "https://a.example", RecipientKind::X25519, &city.clock);
    assert!(matches!(again, Err(InitError::Exists(_))));
    assert_eq!(files_below(city.root()), before);
}

#[test]
fn nothing_is_left_of_a_city_that_could_not_be_founded() {
    let home = tempfile::tempdir().unwrap();
    let (root, rules) = (home.path().join("city"), home.path().join("rules.toml"));
    fs::write(&rules, Example::Chiba.text().replace("municipality = \"千葉市\"\n", "")).unwrap();
    let clock = homon_domain::platform::SystemClock;
    let found = |url: &str| init::init(&CityFolder::new(&root), &rules, url, RecipientKind::X25519, &clock);
    let error = found("https://intake.example").unwrap_err();
    assert!(matches!(error, InitError::Programme(ProgrammeError::Field { .. })));
    assert!(error.to_string().ends_with("rules.toml, line 1: missing field `municipality`"), "{error}");
    fs::write(&rules, Example::Chiba.text()).unwrap();
    assert!(matches!(found("http://intake.example"), Err(InitError::Url(_))));
    assert_eq!(files_below(home.path()), ["rules.toml"]);
    found("https://intake.example").unwrap();
}

#[test]
fn a_tablet_accepts_what_the_city_answers() {
    for kind in [RecipientKind::Hybrid, RecipientKind::X25519] {
        let city = TestCity::found_with(kind);
        let tablet = city.enrol("tablet-01");
        let enrolment = tablet.enrolment();
        let (_, pem) = x509_parser::pem::parse_x509_pem(enrolment.client_certificate_pem.as_bytes()).unwrap();
        assert_eq!(device_of_certificate(&pem.contents), Some(enrolment.device));
        assert_eq!(enrolment.serial, 1);
        assert_eq!(enrolment.server_name, "127.0.0.1");
        assert_eq!(enrolment.programme.code.as_str(), "shimonoseki-2026");
        assert_eq!(enrolment.recipients, city.city().recipients);
        assert_eq!(enrolment.opened_key, city.opened_key());
        let registered = city.folder.registry().read(enrolment.device).unwrap();
        assert_eq!(registered.public_key, tablet.key.public_key());
        assert_eq!(registered.certificate_sha256, homon_seal::Sha256Digest::of(&pem.contents));
        let devices = Devices::read(&city.folder.desk()).unwrap();
        assert_eq!(devices.get(enrolment.device).unwrap().label.as_str(), "tablet-01");
    }
}

#[test]
fn the_record_of_a_device_is_frozen() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    revoke::revoke(&city.folder, tablet.enrolment().device, &city.clock).unwrap();
    let devices = Devices::read(&city.folder.desk()).unwrap();
    insta::assert_json_snapshot!(devices.get(tablet.enrolment().device).unwrap(), {
        ".device" => "[device]",
        ".key.x" => "[x]",
        ".key.y" => "[y]",
        ".mailbox" => "[recipient]",
        ".certificate_pem" => "[pem]",
        ".enrolments[].request_sha256" => "[sha256]",
    });
}

#[test]
fn a_request_is_answered_once_and_its_answer_is_kept() {
    let city = TestCity::found();
    let tablet = Tablet::new("tablet-01");
    let request = tablet.request(city.clock.now());
    let first = enrol::enrol(&city.folder, &request, &city.clock).unwrap();
    let before = files_below(city.root());
    match enrol::enrol(&city.folder, &format!("{request}\n"), &city.clock) {
        Err(EnrolError::AnsweredBefore { device, answer }) => {
            assert_eq!(device, first.device);
            assert_eq!(fs::read_to_string(answer).unwrap().trim_end(), first.token);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(files_below(city.root()), before);
}

#[test]
fn an_enrolled_tablet_gets_the_present_rules_under_its_name_and_certificate() {
    let city = TestCity::found();
    let mut tablet = city.enrol("tablet-01");
    let (device, certificate) = (tablet.enrolment().device, tablet.enrolment().client_certificate_pem.clone());
    city.enrol("tablet-02");
    let rules = fs::read_to_string(city.folder.programme()).unwrap();
    fs::write(
        city.folder.programme(),
        rules.replace("opened_receipt_fresh_days = 14", "opened_receipt_fresh_days = 7"),
    )
    .unwrap();
    city.set_time("2026-10-01T00:00:00Z");
    let again = enrol::enrol(&city.folder, &tablet.request(city.clock.now()), &city.clock).unwrap();
    assert!(again.renewed);
    tablet.accept(&again.token, &city.founded.ca_fingerprint);
    let enrolment = tablet.enrolment();
    assert_eq!((enrolment.device, enrolment.serial), (device, 3));
    assert_eq!(enrolment.client_certificate_pem, certificate);
    assert_eq!(enrolment.programme.retention.opened_receipt_fresh_days, 7);
}

#[test]
fn a_forged_request_changes_nothing() {
    let city = TestCity::found();
    let before = files_below(city.root());
    let (tablet, other) = (Tablet::new("tablet-01"), Tablet::new("tablet-01"));
    let (request, foreign) = (tablet.request(city.clock.now()), other.request(city.clock.now()));
    let (claims, _) = request.rsplit_once('.').unwrap();
    let (_, signature) = foreign.rsplit_once('.').unwrap();
    for wrong in ["", "x", claims, &format!("{claims}.{signature}"), &format!("{request}A")] {
        let refused = enrol::enrol(&city.folder, wrong, &city.clock);
        assert!(matches!(refused, Err(EnrolError::Request(EnrolmentError::Token(_)))), "{refused:?}");
    }
    assert_eq!(files_below(city.root()), before);
}

#[test]
fn a_programme_that_was_edited_wrongly_enrols_nobody() {
    let city = TestCity::found();
    let rules = fs::read_to_string(city.folder.programme()).unwrap();
    fs::write(city.folder.programme(), rules.replace("phone = \"083-000-0000\"\n", "")).unwrap();
    let before = files_below(city.root());
    let refused = enrol::enrol(&city.folder, &Tablet::new("tablet-01").request(Utc::now()), &city.clock).unwrap_err();
    assert!(refused.to_string().contains("missing field `phone`"), "{refused}");
    assert_eq!(files_below(city.root()), before);
}

#[test]
fn a_revoked_tablet_stays_out_and_revoking_again_changes_nothing() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let device = tablet.enrolment().device;
    revoke::revoke(&city.folder, device, &city.clock).unwrap();
    let first = city.clock.now();
    city.set_time("2026-10-01T00:00:00Z");
    assert_eq!(revoke::revoke(&city.folder, device, &city.clock).unwrap().revoked_at, Some(first));
    assert_eq!(city.folder.registry().read(device).unwrap().revoked_at, Some(first));
    let again = enrol::enrol(&city.folder, &tablet.request(city.clock.now()), &city.clock);
    assert!(matches!(again, Err(EnrolError::Revoked(refused)) if refused == device));
    let unknown = revoke::revoke(&city.folder, DeviceId::make(), &city.clock);
    assert!(matches!(unknown, Err(revoke::RevokeError::NotEnrolled(_))));
}

#[test]
fn a_tablet_that_was_half_enrolled_is_enrolled_anew() {
    let city = TestCity::found();
    let tablet = Tablet::new("tablet-01");
    let request = tablet.request(city.clock.now());
    let half = enrol::enrol(&city.folder, &request, &city.clock).unwrap();
    fs::remove_file(city.folder.desk().device(half.device).join("device.json")).unwrap();
    let whole = enrol::enrol(&city.folder, &request, &city.clock).unwrap();
    assert_ne!(whole.device, half.device);
    assert_eq!(Devices::read(&city.folder.desk()).unwrap().iter().count(), 1);
}
