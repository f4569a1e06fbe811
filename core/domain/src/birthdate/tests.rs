use super::*;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn born(text: &str) -> BirthDate {
    BirthDate::try_from(text.to_owned()).unwrap()
}

#[test]
fn it_is_stored_as_far_as_it_is_known() {
    for text in ["1930-03-12", "1930-03", "1930"] {
        assert_eq!(String::from(born(text)), text);
        assert_eq!(serde_json::to_string(&born(text)).unwrap(), format!("{text:?}"));
    }
    for wrong in [
        "",
        "1930-3-12",
        "1930-03-32",
        "1930-00",
        "19300312",
        "1930-03-12-01",
        "+1930",
        "1930-",
        "-1930",
        "1872-12-31",
        "昭和5年",
    ] {
        assert!(BirthDate::try_from(wrong.to_owned()).is_err(), "{wrong}");
    }
    assert_eq!(BirthDate::new(1930, None, Some(12)), Err(DateFault::NotADate));
}

#[test]
fn it_is_read_for_the_day_it_is_given_on() {
    let today = day("2026-11-24");
    assert_eq!(BirthDate::parse("昭和5年3月12日", today), Ok(born("1930-03-12")));
    assert_eq!(BirthDate::parse("昭和5年3月日不詳", today), Ok(born("1930-03")));
    assert_eq!(BirthDate::parse("令和8年11月24日", today), Ok(born("2026-11-24")));
    assert_eq!(BirthDate::parse("令和8年11月25日", today), Err(BirthDateFault::InFuture));
    assert_eq!(BirthDate::parse("明治29年11月24日", today), Ok(born("1896-11-24")));
    assert_eq!(BirthDate::parse("明治28年11月24日", today), Err(BirthDateFault::TooLongAgo));
    assert_eq!(BirthDate::parse("3月12日", today), Err(BirthDateFault::Date(DateFault::NotADate)));
}

#[test]
fn an_age_counts_from_the_first_hour_of_the_birthday() {
    assert_eq!(born("1930-03-12").age_on(day("2026-03-11")), Some(95));
    assert_eq!(born("1930-03-12").age_on(day("2026-03-12")), Some(96));
    assert_eq!(born("2024-02-29").age_on(day("2025-02-28")), Some(0));
    assert_eq!(born("2024-02-29").age_on(day("2025-03-01")), Some(1));
    assert_eq!(born("2024-02-29").age_on(day("2028-02-29")), Some(4));
    assert_eq!(born("2026-03-12").age_on(day("2026-03-11")), None);
    assert_eq!(born("1930-03").age_on(day("2026-03-15")), None);
    assert_eq!(born("1930-03").age_on(day("2026-04-01")), Some(96));
}

#[test]
fn under_fifteen_may_be_unknown() {
    let on = day("2026-11-24");
    assert_eq!(born("2011-11-24").is_under(15, on), Under::No);
    assert_eq!(born("2011-11-25").is_under(15, on), Under::Yes);
    assert_eq!(born("2011-11").is_under(15, on), Under::Unknown);
    assert_eq!(born("2011-12").is_under(15, on), Under::Yes);
    assert_eq!(born("2011").is_under(15, on), Under::Unknown);
    assert_eq!(born("2010").is_under(15, on), Under::No);
}

#[test]
fn it_is_shown_in_eras_and_in_gregorian_years() {
    let shown = [
        ("1930-03-12", "昭和5年3月12日", "1930年3月12日"),
        ("1930-03", "昭和5年3月日不詳", "1930年3月日不詳"),
        ("1930", "昭和5年月日不詳", "1930年月日不詳"),
        ("1926", "大正15年・昭和元年月日不詳", "1926年月日不詳"),
        ("1989-01", "昭和64年・平成元年1月日不詳", "1989年1月日不詳"),
    ];
    for (date, era, gregorian) in shown {
        assert_eq!((born(date).era_text().as_str(), born(date).gregorian_text().as_str()), (era, gregorian));
    }
}

#[test]
fn debug_output_does_not_tell_it() {
    assert_eq!(format!("{:?}", born("1930-03-12")), "BirthDate(…)");
}

fn any_birth() -> impl Strategy<Value = BirthDate> {
    (1900i32..2026, prop::option::of((1u32..=12, prop::option::of(1u32..=28)))).prop_map(|(year, rest)| {
        BirthDate::new(year, rest.map(|(month, _)| month), rest.and_then(|(_, day)| day)).unwrap()
    })
}

proptest! {
    #[test]
    fn storing_and_reading_agree(birth in any_birth()) {
        prop_assert_eq!(BirthDate::try_from(String::from(birth)), Ok(birth));
    }

    #[test]
    fn what_is_shown_can_be_typed(birth in any_birth()) {
        let on = day("2026-11-24");
        prop_assert_eq!(BirthDate::parse(&birth.gregorian_text(), on), Ok(birth));
        if !birth.era_text().contains('・') {
            prop_assert_eq!(BirthDate::parse(&birth.era_text(), on), Ok(birth));
        }
    }

    #[test]
    fn age_never_falls_and_rises_by_one_on_one_day_a_year(birth in any_birth(), days in 0u64..40_000) {
        prop_assume!(birth.day().is_some());
        let on = birth.earliest() + chrono::Days::new(days);
        let (today, tomorrow) = (birth.age_on(on).unwrap(), birth.age_on(on.succ_opt().unwrap()).unwrap());
        let next = on.succ_opt().unwrap();
        let birthday = (next.month(), next.day()) == (birth.earliest().month(), birth.earliest().day());
        prop_assert_eq!(tomorrow - today, i32::from(birthday));
    }

    #[test]
    fn a_known_answer_holds_for_every_day_that_the_birth_may_be(birth in any_birth(), years in 0u8..120, offset in 0u64..366) {
        let on = day("2026-11-24");
        let possible = (birth.earliest() + chrono::Days::new(offset)).min(birth.latest());
        let exact = BirthDate::new(possible.year(), Some(possible.month()), Some(possible.day())).unwrap();
        let answer = birth.is_under(years, on);
        prop_assert!(answer == Under::Unknown || answer == exact.is_under(years, on));
        prop_assert!(exact.is_under(years, on) != Under::Unknown);
    }
}
