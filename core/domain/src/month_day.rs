//! A day of every year.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// A day of every year, `12-29`. February 29 exists in leap years only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MonthDay {
    month: u32,
    day: u32,
}

/// The text is not a day of the year such as `12-29`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a day of the year is written as 12-29")]
pub struct NotAMonthDay;

impl MonthDay {
    /// The day of the year on which `date` lies.
    #[must_use]
    pub fn of(date: NaiveDate) -> Self {
        Self { month: date.month(), day: date.day() }
    }

    /// Whether it lies from `from` to `until`, both included; over the turn of the year when `until` is the earlier.
    #[must_use]
    pub fn lies_within(self, from: Self, until: Self) -> bool {
        if from <= until { from <= self && self <= until } else { from <= self || self <= until }
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl From<MonthDay> for String {
    fn from(day: MonthDay) -> Self {
        day.to_string()
    }
}

impl FromStr for MonthDay {
    type Err = NotAMonthDay;

    fn from_str(text: &str) -> Result<Self, NotAMonthDay> {
        const SOME_LEAP_YEAR: i32 = 2024;
        let (month, day) = text.split_once('-').ok_or(NotAMonthDay)?;
        let number = |digits: &str| digits.parse().map_err(|_| NotAMonthDay);
        let date = NaiveDate::from_ymd_opt(SOME_LEAP_YEAR, number(month)?, number(day)?).ok_or(NotAMonthDay)?;
        let day = Self::of(date);
        if day.to_string() == text { Ok(day) } else { Err(NotAMonthDay) }
    }
}

impl TryFrom<String> for MonthDay {
    type Error = NotAMonthDay;

    fn try_from(text: String) -> Result<Self, NotAMonthDay> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> MonthDay {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_of_the_year_has_one_spelling() {
        assert_eq!(day("02-29").to_string(), "02-29");
        for wrong in ["", "12", "12-32", "02-30", "13-01", "00-10", "1-3", "12-29-01", "+1-03"] {
            assert_eq!(wrong.parse::<MonthDay>(), Err(NotAMonthDay), "{wrong}");
        }
    }

    #[test]
    fn a_range_may_turn_the_year() {
        let new_year = |text: &str| day(text).lies_within(day("12-29"), day("01-03"));
        assert!(new_year("12-29") && new_year("12-31") && new_year("01-01") && new_year("01-03"));
        assert!(!new_year("12-28") && !new_year("01-04") && !new_year("06-15"));
        assert!(
            day("08-13").lies_within(day("08-13"), day("08-15"))
                && !day("08-16").lies_within(day("08-13"), day("08-15"))
        );
    }
}
