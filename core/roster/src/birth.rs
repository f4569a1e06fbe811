//! A birth date as it stands in a cell: as text, or as the day that Excel counts.

use chrono::{Datelike, Days, NaiveDate};
use homon_domain::birthdate::{BirthDate, BirthDateFault, DateFault};

use crate::fault::Rule;
use crate::grid::Cell;

/// Below this a number is a year rather than a day that Excel counts; it would be one before October 1905.
const LOWEST_DAY: f64 = 2_101.0;
/// As a day of Excel this lies in 2173.
const HIGHEST_DAY: f64 = 100_000.0;

/// The birth date in a cell in which something stands, as it is read on the day `on`.
pub(crate) fn birth_date(cell: &Cell, from_1904: bool, on: NaiveDate) -> Result<BirthDate, Rule> {
    match cell {
        Cell::Text(text) => Ok(BirthDate::parse(text, on)?),
        Cell::IsoDay(text) => Ok(BirthDate::parse(text.split('T').next().unwrap_or_default(), on)?),
        Cell::Day(day) => of_day(*day, from_1904, on),
        // A format that a library does not know for one of days leaves a bare number; 19300312 is one, too.
        Cell::Number(number) if (LOWEST_DAY..HIGHEST_DAY).contains(number) => of_day(*number, from_1904, on),
        Cell::Number(number) if number.fract() == 0.0 && (1e7..1e8).contains(number) => {
            Ok(BirthDate::parse(&format!("{number:.0}"), on)?)
        }
        Cell::Number(_) => Err(Rule::BareNumber),
        Cell::Error => Err(Rule::ErrorValue),
        Cell::Other | Cell::Empty => Err(BirthDateFault::Date(DateFault::NotADate).into()),
    }
}

fn of_day(day: f64, from_1904: bool, on: NaiveDate) -> Result<BirthDate, Rule> {
    let date = calendar_day(day, from_1904).ok_or(BirthDateFault::Date(DateFault::NoSuchDay))?;
    let birth = BirthDate::new(date.year(), Some(date.month()), Some(date.day())).map_err(BirthDateFault::Date)?;
    birth.check(on)?;
    Ok(birth)
}

/// The day that Excel counts. Its day 60 is February 29 of 1900, which never was (a mistake of Lotus 1-2-3, kept since);
/// the other way of counting begins with day 0 on January 1 of 1904.
fn calendar_day(day: f64, from_1904: bool) -> Option<NaiveDate> {
    if !(0.0..HIGHEST_DAY).contains(&day) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to 100,000, without its fraction"
    )]
    let day = day.trunc() as u64;
    let (year, month, first) = match (from_1904, day) {
        (true, _) => (1904, 1, 1),
        (false, 0 | 60) => return None,
        (false, 1..60) => (1899, 12, 31),
        (false, _) => (1899, 12, 30),
    };
    NaiveDate::from_ymd_opt(year, month, first)?.checked_add_days(Days::new(day))
}

#[cfg(test)]
mod tests {
    use homon_domain::text::ReceivedText;

    use super::*;

    fn on() -> NaiveDate {
        "2026-09-24".parse().unwrap()
    }

    fn read(cell: &Cell) -> Result<String, Rule> {
        birth_date(cell, false, on()).map(String::from)
    }

    #[test]
    fn days_are_counted_in_both_ways() {
        let day = |day, from_1904| calendar_day(day, from_1904).map(|day| day.to_string());
        for (serial, from_1904, date) in [
            (1.0, false, "1900-01-01"),
            (59.0, false, "1900-02-28"),
            (61.0, false, "1900-03-01"),
            (11_029.0, false, "1930-03-12"),
            (11_029.75, false, "1930-03-12"),
            (46_289.0, false, "2026-09-24"),
            (0.0, true, "1904-01-01"),
            (9_567.0, true, "1930-03-12"),
        ] {
            assert_eq!(day(serial, from_1904).as_deref(), Some(date), "{serial} {from_1904}");
        }
        for wrong in [0.0, 60.0, -1.0, 1e9, f64::NAN, f64::INFINITY] {
            assert_eq!(day(wrong, false), None, "{wrong}");
        }
    }

    #[test]
    fn a_date_is_read_in_every_way_in_which_it_stands_there() {
        for text in ["昭和5年3月12日", "S5.3.12", "１９３０／０３／１２", "19300312", "㍼5年3月12日"]
        {
            assert_eq!(read(&Cell::text(text)), Ok("1930-03-12".to_owned()), "{text}");
        }
        for cell in [
            Cell::Day(11_029.0),
            Cell::Number(11_029.0),
            Cell::Number(19_300_312.0),
            Cell::IsoDay("1930-03-12T00:00:00".into()),
        ] {
            assert_eq!(read(&cell), Ok("1930-03-12".to_owned()), "{cell:?}");
        }
        assert_eq!(read(&Cell::text("昭和5年月日不詳")), Ok("1930".to_owned()));
    }

    #[test]
    fn nothing_is_guessed() {
        assert_eq!(read(&Cell::Number(1930.0)), Err(Rule::BareNumber), "a year alone");
        assert_eq!(read(&Cell::Number(300_312.0)), Err(Rule::BareNumber), "an era is missing");
        assert_eq!(read(&Cell::Day(50_000.0)), Err(BirthDateFault::InFuture.into()));
        assert_eq!(read(&Cell::Day(60.0)), Err(BirthDateFault::Date(DateFault::NoSuchDay).into()));
        assert_eq!(read(&Cell::text("50312")), Err(BirthDateFault::Date(DateFault::NotADate).into()));
        assert_eq!(read(&Cell::Error), Err(Rule::ErrorValue));
        let long = Cell::text(&"1".repeat(ReceivedText::LONGEST * 3));
        assert!(read(&long).is_err());
    }
}
