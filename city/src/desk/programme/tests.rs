use chrono::{NaiveDate, NaiveTime};
use homon_domain::calendar::Closed;
use homon_domain::holidays::Holiday;
use homon_domain::programme::{Mode, ServiceKind};

use super::*;

fn example(example: Example) -> Programme {
    parse(Path::new("programme.toml"), example.text()).unwrap()
}

fn judged(programme: &Programme, day: &str, from: &str, until: &str, site: &str) -> Result<(), Closed> {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
    let day: NaiveDate = day.parse().unwrap();
    programme.calendar.judge(day, time(from), time(until), &site.parse().unwrap())
}

#[test]
fn the_examples_can_be_used_as_they_are() {
    for name in [Example::Shimonoseki, Example::Chiba] {
        let programme = example(name);
        assert_eq!(programme.faults(), []);
        assert_eq!(programme.mode, Mode::Training);
        assert!(programme.sites.iter().all(|site| site.approval.as_ref().is_some_and(|a| a.unmet().is_empty())));
    }
}

#[test]
fn every_member_of_staff_and_site_of_an_example_is_clearly_invented() {
    let shimonoseki = example(Example::Shimonoseki);
    assert!(shimonoseki.staff.iter().all(|member| member.name.starts_with("見本")));
    assert!(shimonoseki.sites.iter().flat_map(|site| &site.name).all(|name| name.starts_with("みほん")));
    assert!(example(Example::Chiba).staff.iter().all(|member| member.name.starts_with("見本")));
}

#[test]
fn shimonoseki_plans_what_its_specification_asks_for() {
    let programme = example(Example::Shimonoseki);
    let planned = |kind| programme.service(kind).and_then(|terms| terms.target).map(|t| (t.visits, t.applicants));
    assert_eq!(planned(ServiceKind::VisitApplication), Some((80, 130)));
    assert_eq!(planned(ServiceKind::VenueApplication), Some((15, 450)));
    assert_eq!(planned(ServiceKind::VisitRenewal), Some((10, 20)));
    assert_eq!(programme.evidence.documents.len(), 9);
    assert_eq!(programme.evidence.routes, homon_domain::evidence::EvidenceRules::usual_routes());
}

#[test]
fn shimonoseki_is_open_on_weekdays_from_nine_to_five() {
    let programme = example(Example::Shimonoseki);
    let judged = |day, from, until| judged(&programme, day, from, until, "mihon-en");
    assert_eq!(judged("2026-09-24", "09:00", "17:00"), Ok(()));
    for (day, holiday) in [
        ("2026-09-21", Holiday::RespectForTheAgedDay),
        ("2026-09-22", Holiday::Sandwiched),
        ("2026-09-23", Holiday::AutumnalEquinoxDay),
    ] {
        assert_eq!(judged(day, "10:00", "12:00"), Err(Closed::Holiday { holiday }), "{day}");
    }
    assert_eq!(judged("2026-09-26", "10:00", "12:00"), Err(Closed::Weekend));
    assert!(matches!(judged("2026-09-24", "08:59", "12:00"), Err(Closed::OutsideHours { .. })));
    assert!(matches!(judged("2026-09-24", "16:00", "17:01"), Err(Closed::OutsideHours { .. })));
}

#[test]
fn shimonoseki_rests_from_december_29_to_january_3_and_outside_its_contract() {
    let programme = example(Example::Shimonoseki);
    let judged = |day| judged(&programme, day, "10:00", "12:00", "mihon-en");
    assert_eq!(judged("2026-12-28"), Ok(()));
    assert_eq!(judged("2026-12-29"), Err(Closed::Closure));
    assert_eq!(judged("2027-01-03"), Err(Closed::Closure));
    assert_eq!(judged("2027-01-04"), Ok(()));
    assert_eq!(judged("2027-03-31"), Ok(()));
    assert_eq!(judged("2027-04-01"), Err(Closed::OutsideContract));
    assert_eq!(judged("2026-06-30"), Err(Closed::OutsideContract));
}

#[test]
fn chiba_opens_one_weekday_a_ward_and_later_every_weekday_and_the_second_sunday() {
    let programme = example(Example::Chiba);
    let judged = |day, from, until, site| judged(&programme, day, from, until, site);
    assert_eq!(judged("2025-06-30", "08:30", "17:30", "chuo"), Ok(()));
    assert_eq!(judged("2025-06-30", "08:30", "17:30", "midori"), Err(Closed::NotThisSitesDay));
    assert_eq!(judged("2025-07-01", "08:30", "17:30", "midori"), Ok(()));
    assert_eq!(judged("2025-07-13", "09:00", "12:30", "chuo"), Ok(()));
    assert!(matches!(judged("2025-07-13", "09:00", "12:31", "chuo"), Err(Closed::OutsideHours { .. })));
    assert_eq!(judged("2025-07-06", "09:00", "12:30", "chuo"), Err(Closed::Weekend));
    assert_eq!(judged("2025-07-21", "09:00", "12:30", "chuo"), Err(Closed::Holiday { holiday: Holiday::MarineDay }));
    assert_eq!(judged("2025-12-26", "08:30", "17:30", "mihama"), Ok(()));
    assert_eq!(judged("2025-12-27", "09:00", "12:30", "mihama"), Err(Closed::Closure));
    assert_eq!(judged("2026-01-04", "09:00", "12:30", "mihama"), Err(Closed::Closure));
    assert_eq!(judged("2026-01-05", "08:30", "17:30", "chuo"), Ok(()));
    assert_eq!(judged("2026-01-11", "09:00", "12:30", "chuo"), Err(Closed::Weekend));
    assert_eq!(
        judged("2026-01-12", "08:30", "17:30", "chuo"),
        Err(Closed::Holiday { holiday: Holiday::ComingOfAgeDay })
    );
    assert_eq!(judged("2026-03-30", "08:30", "17:30", "chuo"), Ok(()));
    assert_eq!(judged("2026-04-01", "08:30", "17:30", "inage"), Err(Closed::OutsideContract));
}

/// The file with one line left out or changed, as it is refused.
fn refused(from: &str, to: &str) -> String {
    let text = Example::Shimonoseki.text();
    assert_eq!(text.matches(from).count(), 1, "{from} stands once");
    parse(Path::new("programme.toml"), &text.replace(from, to)).unwrap_err().to_string()
}

fn line_of(needle: &str) -> usize {
    1 + Example::Shimonoseki.text().lines().position(|line| line.starts_with(needle)).unwrap()
}

#[test]
fn a_missing_field_is_named_with_its_line() {
    assert_eq!(refused("submission = \"online_by_city\"\n", ""), "programme.toml, line 1: missing field `submission`");
    let inquiry = line_of("[inquiry]");
    let error = refused("hours = \"平日 9時から17時まで\"\n", "");
    assert_eq!(error, format!("programme.toml, line {inquiry}: missing field `hours`"));
    let venue = 1 + Example::Shimonoseki.text().lines().position(|l| l == "kind = \"venue_application\"").unwrap();
    let error = refused("target = { visits = 15, applicants = 450 }", "target = { visits = 15 }");
    assert_eq!(error, format!("programme.toml, line {}: missing field `applicants`", venue + 2));
}

#[test]
fn a_wrong_field_is_named_with_its_line() {
    let line = line_of("contract_until");
    let error = refused("contract_until = \"2027-03-31\"", "contract_until = \"2027-02-29\"");
    assert!(error.starts_with(&format!("programme.toml, line {line}: ")), "{error}");
    let line = line_of("erase_at");
    let error = refused("erase_at = \"opened\"", "erase_at = \"never\"");
    assert!(error.starts_with(&format!("programme.toml, line {line}: unknown variant `never`")), "{error}");
    let error = refused("mode = \"training\"", "mode = \"training\"\nmood = \"good\"");
    assert!(error.contains(&format!("line {}: unknown field `mood`", line_of("mode") + 1)), "{error}");
}

#[test]
fn the_name_of_a_member_of_staff_is_not_quoted() {
    let error = refused("name = \"見本 職員\"", "name = \"見本 職員");
    assert!(!error.contains("見本"), "{error}");
}

#[test]
fn faults_between_fields_are_listed_together() {
    let text = Example::Shimonoseki.text().replace("code = \"worker-02\"", "code = \"worker-01\"");
    let text = text.replace("contract_until = \"2027-03-31\"", "contract_until = \"2026-06-30\"");
    let error = parse(Path::new("programme.toml"), &text).unwrap_err();
    assert_eq!(
        error.to_string(),
        "programme.toml: contract_until lies before contract_from; staff: worker-01 stands twice"
    );
}
