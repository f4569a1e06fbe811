use super::*;
use proptest::prelude::*;

fn shimonoseki() -> OpeningCalendar {
    toml::from_str(include_str!("shimonoseki.toml")).unwrap()
}

fn chiba() -> OpeningCalendar {
    toml::from_str(include_str!("chiba.toml")).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn site(code: &str) -> SiteCode {
    code.parse().unwrap()
}

fn judge(calendar: &OpeningCalendar, date: &str, hours: &str, code: &str) -> Result<(), Closed> {
    let hours: Hours = hours.parse().unwrap();
    calendar.judge(day(date), hours.opens(), hours.closes(), &site(code))
}

/// The hours as text, `closed` when there are none.
fn open(calendar: &OpeningCalendar, date: &str, code: &str) -> String {
    let hours: Vec<String> = calendar.hours(day(date), &site(code)).iter().map(Hours::to_string).collect();
    if hours.is_empty() { "closed".to_owned() } else { hours.join(" ") }
}

#[test]
fn both_calendars_keep_their_form() {
    insta::assert_json_snapshot!("shimonoseki", shimonoseki());
    insta::assert_json_snapshot!("chiba", chiba());
    for calendar in [shimonoseki(), chiba()] {
        let toml = toml::to_string(&calendar).unwrap();
        assert_eq!(toml::from_str::<OpeningCalendar>(&toml).unwrap(), calendar);
        let json = serde_json::to_string(&calendar).unwrap();
        assert_eq!(serde_json::from_str::<OpeningCalendar>(&json).unwrap(), calendar);
    }
}

#[test]
fn shimonoseki_is_open_on_working_days() {
    let city = shimonoseki();
    assert_eq!(judge(&city, "2026-11-24", "09:00-17:00", "home-01"), Ok(()));
    assert_eq!(judge(&city, "2026-12-28", "10:00-12:00", "home-01"), Ok(()));
    assert_eq!(judge(&city, "2027-01-04", "10:00-12:00", "home-01"), Ok(()));
    assert_eq!(judge(&city, "2027-03-31", "10:00-12:00", "home-01"), Ok(()));
}

#[test]
fn shimonoseki_says_why_it_is_closed() {
    let city = shimonoseki();
    let closed = |date: &str| judge(&city, date, "10:00-12:00", "home-01").unwrap_err();
    assert_eq!(closed("2026-05-29"), Closed::OutsideContract);
    assert_eq!(closed("2027-04-01"), Closed::OutsideContract);
    assert_eq!(closed("2026-11-28"), Closed::Weekend);
    assert_eq!(closed("2026-11-29"), Closed::Weekend);
    assert_eq!(closed("2026-11-23"), Closed::Holiday { holiday: Holiday::LaborThanksgivingDay });
    assert_eq!(closed("2026-09-22"), Closed::Holiday { holiday: Holiday::Sandwiched });
    assert_eq!(closed("2027-03-22"), Closed::Holiday { holiday: Holiday::Substitute });
    for new_year in ["2026-12-29", "2026-12-31", "2027-01-01", "2027-01-02", "2027-01-03"] {
        assert_eq!(closed(new_year), Closed::Closure, "{new_year}");
    }
    let open = vec!["09:00-17:00".parse().unwrap()];
    assert_eq!(judge(&city, "2026-11-24", "16:00-17:01", "home-01"), Err(Closed::OutsideHours { open: open.clone() }));
    assert_eq!(judge(&city, "2026-11-24", "08:59-10:00", "home-01"), Err(Closed::OutsideHours { open: open.clone() }));
    let ten = NaiveTime::from_hms_opt(10, 0, 0).unwrap();
    assert_eq!(city.judge(day("2026-11-24"), ten, ten, &site("home-01")), Err(Closed::OutsideHours { open }));
}

#[test]
fn chiba_has_one_day_a_ward_then_every_day_then_one_day_again() {
    let city = chiba();
    assert_eq!(open(&city, "2025-04-07", "chuo"), "08:30-17:30");
    assert_eq!(judge(&city, "2025-04-08", "09:00-10:00", "chuo"), Err(Closed::NotThisSitesDay));
    assert_eq!(open(&city, "2025-04-08", "mihama"), "08:30-17:30");
    assert_eq!(
        judge(&city, "2025-05-05", "09:00-10:00", "chuo"),
        Err(Closed::Holiday { holiday: Holiday::ChildrensDay })
    );
    assert_eq!(judge(&city, "2025-06-08", "09:00-10:00", "chuo"), Err(Closed::Weekend));
    assert_eq!(open(&city, "2025-07-01", "chuo"), "08:30-17:30");
    assert_eq!(open(&city, "2025-12-26", "inage"), "08:30-17:30");
    assert_eq!(judge(&city, "2025-12-27", "09:00-10:00", "inage"), Err(Closed::Closure));
    assert_eq!(judge(&city, "2026-01-04", "09:00-10:00", "inage"), Err(Closed::Closure));
    assert_eq!(open(&city, "2026-01-05", "chuo"), "08:30-17:30");
    assert_eq!(judge(&city, "2026-01-05", "09:00-10:00", "inage"), Err(Closed::NotThisSitesDay));
    assert_eq!(judge(&city, "2026-04-01", "09:00-10:00", "inage"), Err(Closed::OutsideContract));
}

#[test]
fn chiba_opens_wards_on_second_sundays_but_where_the_city_moves_them() {
    let city = chiba();
    for sunday in ["2025-07-13", "2025-08-10", "2025-09-14", "2025-11-09", "2025-12-14", "2025-10-19"] {
        assert_eq!(open(&city, sunday, "midori"), "09:00-12:30", "{sunday}");
    }
    assert_eq!(judge(&city, "2025-10-12", "09:00-10:00", "midori"), Err(Closed::Weekend));
    assert_eq!(judge(&city, "2025-07-06", "09:00-10:00", "midori"), Err(Closed::Weekend));
    let morning = vec!["09:00-12:30".parse().unwrap()];
    assert_eq!(judge(&city, "2025-07-13", "12:00-13:00", "midori"), Err(Closed::OutsideHours { open: morning }));
}

#[test]
fn a_holiday_on_an_open_sunday_is_named() {
    let every_sunday = r#"
        [[periods]]
        from = "2026-01-01"
        until = "2027-12-31"
        rules = [{ days = { nth_weekday = { nth = 1, weekday = "Sun" } }, hours = "09:00-12:30" }]
    "#;
    let city: OpeningCalendar = toml::from_str(every_sunday).unwrap();
    let constitution_day = Closed::Holiday { holiday: Holiday::ConstitutionDay };
    assert_eq!(judge(&city, "2026-05-03", "09:00-10:00", "chuo"), Err(constitution_day));
    assert_eq!(judge(&city, "2026-06-07", "09:00-10:00", "chuo"), Ok(()));
}

#[test]
fn a_calendar_that_cannot_be_kept_is_refused() {
    let period = |from: &str, until: &str, rule: &str| {
        toml::from_str::<OpeningCalendar>(&format!(
            "periods = [{{ from = '{from}', until = '{until}', rules = [{rule}] }}]"
        ))
    };
    let good = "{ days = { weekdays = ['Mon'] }, hours = '09:00-17:00' }";
    assert!(period("2026-06-01", "2027-03-31", good).is_ok());
    assert!(period("2027-03-31", "2026-06-01", good).unwrap_err().to_string().contains("ends before it begins"));
    assert!(period("2021-06-01", "2027-03-31", good).unwrap_err().to_string().contains("2022 to 2099"));
    for rule in [
        "{ days = { weekdays = ['Mon'] } }",
        "{ days = { weekdays = ['Mon'] }, hours = '17:00-09:00' }",
        "{ days = { weekdays = ['Moon'] }, hours = '09:00-17:00' }",
        "{ days = { weekdays = ['Mon'] }, hours = '09:00-17:00', closed = true }",
        "{ days = { dates = ['2026-02-30'] }, hours = '09:00-17:00' }",
    ] {
        assert!(period("2026-06-01", "2027-03-31", rule).is_err(), "{rule}");
    }
    assert!(
        toml::from_str::<OpeningCalendar>(
            "periods = []\nclosures = [{ annual = { from = '02-30', until = '03-01' } }]"
        )
        .is_err()
    );
}

#[test]
fn reasons_keep_their_form() {
    let reasons = [
        Closed::OutsideContract,
        Closed::Weekend,
        Closed::Holiday { holiday: Holiday::SportsDay },
        Closed::Closure,
        Closed::NotThisSitesDay,
        Closed::OutsideHours { open: vec!["09:00-17:00".parse().unwrap()] },
    ];
    insta::assert_json_snapshot!("reasons", reasons);
}

fn any_date() -> impl Strategy<Value = NaiveDate> {
    (0u64..1200).prop_map(|days| day("2025-01-01") + chrono::Days::new(days))
}

fn any_time() -> impl Strategy<Value = NaiveTime> {
    (0u32..1440).prop_map(|minute| NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap())
}

fn any_ward() -> impl Strategy<Value = SiteCode> {
    prop::sample::select(vec!["chuo", "hanamigawa", "inage", "wakaba", "midori", "mihama"]).prop_map(site)
}

proptest! {
    #[test]
    fn a_session_fits_just_where_hours_contain_it(
        date in any_date(), from in any_time(), until in any_time(), ward in any_ward(), first in any::<bool>()
    ) {
        let calendar = if first { shimonoseki() } else { chiba() };
        let within = |hours: &Hours| from < until && hours.opens() <= from && until <= hours.closes();
        let fits = calendar.hours(date, &ward).iter().any(within);
        prop_assert_eq!(calendar.judge(date, from, until, &ward).is_ok(), fits);
    }

    #[test]
    fn hours_are_given_with_outside_hours_and_with_nothing_else(
        date in any_date(), from in any_time(), until in any_time(), ward in any_ward()
    ) {
        let calendar = chiba();
        let hours = calendar.hours(date, &ward);
        match calendar.judge(date, from, until, &ward) {
            Ok(()) => prop_assert!(!hours.is_empty()),
            Err(Closed::OutsideHours { open }) => prop_assert_eq!(open, hours),
            Err(_) => prop_assert!(hours.is_empty()),
        }
    }

    #[test]
    fn no_site_of_shimonoseki_opens_on_a_rest_day(date in any_date(), ward in any_ward()) {
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        let new_year = matches!((date.month(), date.day()), (12, 29..=31) | (1, 1..=3));
        let in_contract = (day("2026-06-01")..=day("2027-03-31")).contains(&date);
        let rests = weekend || new_year || !in_contract || holiday(date).unwrap().is_some();
        prop_assert_eq!(shimonoseki().hours(date, &ward).is_empty(), rests);
    }

    #[test]
    fn a_further_closure_only_ever_closes(date in any_date(), closed in any_date(), ward in any_ward()) {
        let mut calendar = chiba();
        let before = calendar.hours(date, &ward);
        calendar.closures.push(Closure::Dates(vec![closed]));
        let after = calendar.hours(date, &ward);
        prop_assert_eq!(after, if date == closed { Vec::new() } else { before });
    }
}
