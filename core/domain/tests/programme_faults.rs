//! What is wrong with a programme, found before any tablet is enrolled.

mod support;

use homon_domain::evidence::Route;
use homon_domain::numbers::PostalCode;
use homon_domain::portrait_rules::{Millimetres, PhotoMeasure, PrintRules, ScoreLimits};
use homon_domain::programme::{Programme, ProgrammeFault, ServiceKind};
use homon_domain::staff::Role;
use homon_domain::towns::Town;
use support::{PROGRAMME, day, programme_with, read};

fn faults(change: impl FnOnce(&mut Programme)) -> Vec<ProgrammeFault> {
    programme_with(change).faults()
}

fn twice(list: &'static str, code: &str) -> ProgrammeFault {
    ProgrammeFault::Twice { list, code: code.to_owned() }
}

#[test]
fn the_programme_of_these_tests_is_in_order() {
    assert_eq!(PROGRAMME.faults(), []);
}

#[test]
fn a_contract_ends_after_it_begins_or_on_the_same_day() {
    assert_eq!(faults(|p| p.contract_until = day("2026-05-31")), [ProgrammeFault::ContractReversed]);
    assert_eq!(faults(|p| p.contract_until = p.contract_from), []);
}

#[test]
fn what_is_needed_must_be_listed() {
    assert_eq!(faults(|p| p.services.clear()), [ProgrammeFault::Empty("services")]);
    assert_eq!(faults(|p| p.sites.clear()), [ProgrammeFault::Empty("sites")]);
    assert_eq!(faults(|p| p.explanations.clear()), [ProgrammeFault::Empty("explanations")]);
    let nobody = ProgrammeFault::NobodyMayCheckIdentity(ServiceKind::VisitApplication);
    assert_eq!(faults(|p| p.staff.clear()), [ProgrammeFault::Empty("staff"), nobody]);
}

#[test]
fn evidence_never_suffices_without_a_document() {
    let fault = ProgrammeFault::Empty("a combination of evidence.routes");
    assert_eq!(faults(|p| p.evidence.routes.push(Route(Vec::new()))), [fault]);
}

#[test]
fn nothing_stands_twice() {
    assert_eq!(faults(|p| p.staff.push(p.staff[0].clone())), [twice("staff", "worker-1")]);
    assert_eq!(faults(|p| p.sites.push(p.sites[0].clone())), [twice("sites", "home-01")]);
    assert_eq!(faults(|p| p.services.push(p.services[2].clone())), [twice("services", "VisitRenewal")]);
    assert_eq!(faults(|p| p.explanations.push(p.explanations[0].clone())), [twice("explanations", "card-1")]);
    let document = |p: &mut Programme| p.evidence.documents.push(p.evidence.documents[1].clone());
    assert_eq!(programme_with(document).faults(), [twice("evidence.documents", "passport")]);
}

#[test]
fn every_town_has_a_name_and_a_reading_and_stands_once_under_a_code() {
    let town = |code: &str, name: &str, kana: &str| Town {
        postal_code: PostalCode::parse(code).expect("seven digits"),
        name: name.to_owned(),
        kana: kana.to_owned(),
    };
    let with = |towns: &[Town]| faults(|p| p.towns = towns.to_vec());
    let mihon = town("0000101", "見本町", "みほんちょう");
    assert_eq!(with(&[mihon.clone(), town("0000101", "港", "ミナト"), town("0000102", "見本町", "みほんちょう")]), []);
    assert_eq!(with(&[mihon.clone(), mihon]), [twice("towns", "000-0101 見本町")]);
    assert_eq!(with(&[town("0000101", " ", "みほん")]), [ProgrammeFault::UnnamedTown("000-0101".to_owned())]);
    for kana in ["", "見本"] {
        let fault = ProgrammeFault::NoReading { at: "towns", name: "見本町".to_owned() };
        assert_eq!(with(&[town("0000101", "見本町", kana)]), [fault]);
    }
    let fault = ProgrammeFault::NoReading { at: "municipality_kana", name: "潮見市".to_owned() };
    assert_eq!(faults(|p| p.municipality_kana = Some("潮見".to_owned())), [fault]);
    assert_eq!(faults(|p| p.municipality_kana = Some("しおみし".to_owned())), []);
}

#[test]
fn a_private_home_has_no_name_and_every_other_site_has_one() {
    let of = |p: &mut Programme, code: &str, name: Option<&str>| {
        let site = p.sites.iter_mut().find(|site| site.code == read(code)).expect("the fixture has this site");
        site.name = name.map(str::to_owned);
    };
    let named = programme_with(|p| of(p, "private-01", Some("渡邉宅"))).faults();
    assert_eq!(named, [ProgrammeFault::NamedPrivateHome(read("private-01"))]);
    assert!(!named[0].to_string().contains("渡邉"));
    let unnamed = programme_with(|p| of(p, "mall-01", None)).faults();
    assert_eq!(unnamed, [ProgrammeFault::UnnamedSite(read("mall-01"))]);
}

#[test]
fn an_application_needs_a_method_and_a_target_asks_for_something() {
    assert_eq!(faults(|p| p.services[0].method = None), [ProgrammeFault::NoMethod(ServiceKind::VisitApplication)]);
    assert_eq!(faults(|p| p.services[1].method = None), [ProgrammeFault::NoMethod(ServiceKind::VenueApplication)]);
    let zero = [ProgrammeFault::ZeroTarget(ServiceKind::VenueApplication)];
    assert_eq!(faults(|p| p.services[1].target.as_mut().expect("it has one").visits = 0), zero);
    assert_eq!(faults(|p| p.services[1].target.as_mut().expect("it has one").applicants = 0), zero);
    assert_eq!(faults(|p| p.services[1].target = None), []);
}

#[test]
fn identity_is_checked_by_city_staff_who_come_along() {
    let nobody = [ProgrammeFault::NobodyMayCheckIdentity(ServiceKind::VisitApplication)];
    assert_eq!(faults(|p| p.services[0].staffing.city_staff = false), nobody);
    assert_eq!(faults(|p| p.staff.retain(|member| member.role != Role::CityStaff)), nobody);
}

#[test]
fn portrait_limits_are_in_order() {
    let wrong: [fn(&mut Programme); 4] = [
        |p| p.portrait.min_bytes = p.portrait.max_bytes + 1,
        |p| p.portrait.min_bytes = 0,
        |p| p.portrait.min_side = p.portrait.max_side + 1,
        |p| p.portrait.min_side = 0,
    ];
    for change in wrong {
        assert_eq!(faults(change), [ProgrammeFault::PortraitLimits]);
    }
    assert_eq!(faults(|p| p.portrait.min_side = p.portrait.max_side), []);
}

#[test]
fn a_head_fits_on_the_print_and_limits_are_scores() {
    let mm = |value: f64| Millimetres::try_from(value).expect("a length");
    let print =
        |change: fn(&mut PrintRules, &dyn Fn(f64) -> Millimetres)| faults(|p| change(&mut p.portrait.print, &mm));
    assert_eq!(print(|print, mm| print.above_mm = mm(11.0)), []);
    assert_eq!(print(|print, mm| print.above_mm = mm(11.1)), [ProgrammeFault::PortraitPrint]);
    assert_eq!(print(|print, mm| print.face_tolerance_mm = mm(34.0)), [ProgrammeFault::PortraitPrint]);
    assert_eq!(print(|print, mm| print.above_tolerance_mm = mm(4.1)), [ProgrammeFault::PortraitPrint]);
    assert_eq!(print(|print, mm| print.aside_tolerance_mm = mm(17.6)), [ProgrammeFault::PortraitPrint]);
    assert_eq!(print(|print, mm| print.width_mm = mm(0.0)), [ProgrammeFault::PortraitPrint]);
    let measure = PhotoMeasure::MouthClosed;
    let limit = |decides_below, warns_below| {
        let limits = ScoreLimits { decides_below, warns_below };
        faults(|p| p.portrait.checks.measures.extend([(measure, limits)]))
    };
    assert_eq!(limit(100, 0), []);
    assert_eq!(limit(0, 101), [ProgrammeFault::PortraitScore(measure)]);
}

#[test]
fn all_faults_are_told_at_once() {
    let faults = faults(|p| {
        p.contract_until = day("2026-05-31");
        p.explanations.clear();
        p.portrait.min_side = 0;
    });
    let expected =
        [ProgrammeFault::ContractReversed, ProgrammeFault::Empty("explanations"), ProgrammeFault::PortraitLimits];
    assert_eq!(faults, expected);
}

#[test]
fn a_programme_with_a_missing_or_unknown_field_is_not_read() {
    let written = serde_json::to_value(&*PROGRAMME).expect("a programme is plain data");
    let required =
        ["code", "mode", "contract_until", "number", "retention", "portrait", "services", "evidence", "sites"];
    for field in required {
        let mut without = written.clone();
        without.as_object_mut().expect("an object").remove(field);
        let fault = serde_json::from_value::<Programme>(without).expect_err("a field is missing").to_string();
        assert!(fault.contains(field), "{fault}");
    }
    let mut with_more = written;
    with_more["misspelt"] = true.into();
    let fault = serde_json::from_value::<Programme>(with_more).expect_err("the field is unknown").to_string();
    assert!(fault.contains("misspelt"), "{fault}");
}
