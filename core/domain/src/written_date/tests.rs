use super::*;
use chrono::Datelike;
use proptest::prelude::*;

use crate::era::era_text;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn people_write_one_day_in_many_ways() {
    let ways = [
        "昭和5年3月12日",
        "昭和 5年 3月12日",
        "昭和５年３月１２日",
        "昭和五年三月十二日",
        "昭和05年03月12日生",
        "昭和5年3月12",
        "S5.3.12",
        "s5/3/12",
        "S.5.3.12",
        "Ｓ５．３．１２",
        "昭5-3-12",
        "昭５・３・１２",
        "㍼5年3月12日",
        "S50312",
        "S050312",
        "昭和5.3.12",
        "1930-03-12",
        "1930/3/12",
        "1930.3.12",
        "19300312",
        "１９３０ー０３ー１２",
        "1930年3月12日",
        "西暦1930年3月12日",
    ];
    for way in ways {
        assert_eq!(parse_date(way), Ok(day("1930-03-12")), "{way}");
    }
    assert_eq!(parse_date("令和元年5月1日"), Ok(day("2019-05-01")));
    assert_eq!(parse_date("㋿元.5.1"), Ok(day("2019-05-01")));
    assert_eq!(parse_date("大正十年十一月二十日"), Ok(day("1921-11-20")));
    assert_eq!(parse_date("明治三十五年十月三十一日"), Ok(day("1902-10-31")));
}

#[test]
fn a_wrong_era_is_answered_with_the_right_one() {
    let cases = [
        ("昭和65年1月1日", Era::Heisei),
        ("昭和64年1月8日", Era::Heisei),
        ("平成元年1月7日", Era::Showa),
        ("平成31年5月1日", Era::Reiwa),
        ("平成32年4月1日", Era::Reiwa),
        ("令和元年4月30日", Era::Heisei),
        ("大正元年7月29日", Era::Meiji),
        ("明治45年7月31日", Era::Taisho),
        ("昭和元年12月24日", Era::Taisho),
        ("大正15年12月26日", Era::Showa),
        ("昭和64年2月日不詳", Era::Heisei),
    ];
    for (text, right) in cases {
        assert_eq!(WrittenDate::parse(text).err(), Some(DateFault::WrongEra { right }), "{text}");
    }
}

#[test]
fn the_day_on_which_an_era_changed_is_read_in_both() {
    assert_eq!(parse_date("明治45年7月30日"), parse_date("大正元年7月30日"));
    assert_eq!(parse_date("大正15年12月25日"), parse_date("昭和元年12月25日"));
}

#[test]
fn unknown_parts_must_be_said_to_be_unknown() {
    for text in ["昭和5年3月不詳", "昭和5年3月日不詳", "昭5.3.不詳", "1930年3月 日不詳", "昭和五年三月日不詳"]
    {
        let date = WrittenDate::parse(text).unwrap();
        assert_eq!((date.earliest(), date.latest()), (day("1930-03-01"), day("1930-03-31")), "{text}");
    }
    for text in ["昭和5年不詳", "昭和5年月日不詳", "1930年月日不詳"] {
        let date = WrittenDate::parse(text).unwrap();
        assert_eq!((date.earliest(), date.latest()), (day("1930-01-01"), day("1930-12-31")), "{text}");
    }
    for text in ["昭和5年3月", "昭和5年", "S5.3", "1930-03", "1930", "昭和5年3月日不詳"] {
        assert_eq!(parse_date(text), Err(DateFault::Incomplete), "{text}");
    }
}

#[test]
fn each_other_fault_has_its_name() {
    let not_dates = [
        "",
        "昭和",
        "不詳",
        "昭和年3月1日",
        "昭和0年1月1日",
        "昭和5年3月12日ごろ",
        "S5.3.12.1",
        "5050312",
        "193003121",
        "1930--3-12",
        "昭和元元年1月1日",
        "昭和十十年1月1日",
        "昭和百年1月1日",
        "１９３０年３月１２日X",
        "-1930-03-12",
        "99999年1月1日",
    ];
    for text in not_dates {
        assert_eq!(WrittenDate::parse(text).err(), Some(DateFault::NotADate), "{text}");
    }
    assert_eq!(parse_date("5.3.12"), Err(DateFault::EraMissing));
    assert_eq!(parse_date("30/3/12"), Err(DateFault::EraMissing));
    for text in ["昭和5年2月30日", "昭和5年13月1日", "1931-02-29", "S5.0.1", "19300300"] {
        assert_eq!(parse_date(text), Err(DateFault::NoSuchDay), "{text}");
    }
    for text in ["明治5年12月2日", "1872-12-31", "明治元年10月23日", "0930-03-12"] {
        assert_eq!(parse_date(text), Err(DateFault::BeforeGregorian), "{text}");
    }
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0u64..70_000).prop_map(|days| first_gregorian_day() + chrono::Days::new(days))
}

fn full_width(text: &str) -> String {
    let wide = |c: char| if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xFEE0).unwrap() } else { c };
    text.chars().map(wide).collect()
}

proptest! {
    #[test]
    fn every_day_is_read_in_every_spelling(date in any_day()) {
        let (era, year) = era_of(date).unwrap();
        let short = format!("{}{year}.{}.{}", era.letter(), date.month(), date.day());
        let digits = format!("{}{year:02}{:02}{:02}", era.letter(), date.month(), date.day());
        let spellings = [era_text(date), full_width(&era_text(date)), short, digits, date.to_string(), date.format("%Y%m%d").to_string()];
        for spelling in spellings {
            prop_assert_eq!(parse_date(&spelling), Ok(date), "{}", spelling);
        }
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,20}") {
        let _ = WrittenDate::parse(&text);
    }

    #[test]
    fn a_date_lies_between_its_bounds(year in 1873i32..2100, month in prop::option::of(1u32..=12), day in prop::option::of(1u32..=28)) {
        prop_assume!(month.is_some() || day.is_none());
        let date = WrittenDate::new(year, month, day).unwrap();
        prop_assert!(date.earliest() <= date.latest());
        prop_assert_eq!(date.earliest().year(), date.latest().year());
        let next = date.latest().succ_opt().unwrap();
        prop_assert!(next.year() > year || month.is_some_and(|m| next.month() > m) || day.is_some());
    }
}
