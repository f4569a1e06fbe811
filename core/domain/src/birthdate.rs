//! Birth date (生年月日), as registers hold it: some people's day, or day and month, nobody knows (不詳).

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::era::{era_text, era_year_text};
pub use crate::written_date::DateFault;
use crate::written_date::WrittenDate;

/// Nobody alive is older than this, in years; a typing error may be.
pub const OLDEST: i32 = 130;

/// A birth date, of which the day, or the day and the month, may be unknown. As text `1930-03-12`, `1930-03`, `1930`.
///
/// It is kept in Gregorian years, so 昭和元年月日不詳 becomes 1926 and loses that it lies in its last week.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BirthDate(WrittenDate);

/// Whether somebody is under an age, where the birth date may be known in part.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Under {
    /// Under the age, whatever the unknown parts are.
    Yes,
    /// Of the age or older, whatever the unknown parts are.
    No,
    /// The unknown parts decide it.
    Unknown,
}

/// Why a birth date was refused. It never repeats what was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BirthDateFault {
    /// Not a date at all.
    #[error(transparent)]
    Date(#[from] DateFault),
    /// After the day it was given on.
    #[error("the birth date lies in the future")]
    InFuture,
    /// More than 130 years before the day it was given on.
    #[error("the birth date lies more than {OLDEST} years back")]
    TooLongAgo,
}

impl BirthDate {
    /// A Gregorian birth date; a day needs its month.
    ///
    /// # Errors
    /// [`DateFault`]: no such day, a day without a month, or before 1873.
    pub fn new(year: i32, month: Option<u32>, day: Option<u32>) -> Result<Self, DateFault> {
        WrittenDate::new(year, month, day).map(Self)
    }

    /// Reads a birth date as people write it on the day `on`: in eras or Gregorian years, 不詳 for unknown parts.
    ///
    /// # Errors
    /// Any [`BirthDateFault`].
    pub fn parse(text: &str, on: NaiveDate) -> Result<Self, BirthDateFault> {
        let birth = Self(WrittenDate::parse(text)?);
        birth.check(on)?;
        Ok(birth)
    }

    /// Whether somebody born then can be received on the day `on`.
    ///
    /// # Errors
    /// [`BirthDateFault::InFuture`], [`BirthDateFault::TooLongAgo`].
    pub fn check(self, on: NaiveDate) -> Result<(), BirthDateFault> {
        if self.earliest() > on {
            return Err(BirthDateFault::InFuture);
        }
        if age(self.latest(), on).is_some_and(|age| age > OLDEST) { Err(BirthDateFault::TooLongAgo) } else { Ok(()) }
    }

    /// The Gregorian year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.year
    }

    /// The month, if known.
    #[must_use]
    pub fn month(self) -> Option<u32> {
        self.0.month
    }

    /// The day, if known.
    #[must_use]
    pub fn day(self) -> Option<u32> {
        self.0.day
    }

    /// The first day that it may be.
    #[must_use]
    pub fn earliest(self) -> NaiveDate {
        self.0.earliest()
    }

    /// The last day that it may be.
    #[must_use]
    pub fn latest(self) -> NaiveDate {
        self.0.latest()
    }

    /// The age in completed years on the day `on`; `None` where unknown parts decide it, and before birth.
    ///
    /// By law (年齢計算ニ関スル法律, with Civil Code 143) an age is reached when the day before the birthday ends, so it
    /// is counted from the first hour of the birthday on; whoever was born on February 29 reaches it, in other years,
    /// when February 28 ends. Deadlines that the law lets begin on the day before the birthday are not ages on a day.
    #[must_use]
    pub fn age_on(self, on: NaiveDate) -> Option<i32> {
        let youngest = age(self.latest(), on);
        if youngest == age(self.earliest(), on) { youngest } else { None }
    }

    /// Whether somebody born then is under `years` on the day `on`, as [`BirthDate::age_on`] counts. The unborn are.
    #[must_use]
    pub fn is_under(self, years: u8, on: NaiveDate) -> Under {
        let under = |born: NaiveDate| age(born, on).is_none_or(|age| age < i32::from(years));
        match (under(self.earliest()), under(self.latest())) {
            (true, true) => Under::Yes,
            (false, false) => Under::No,
            _ => Under::Unknown,
        }
    }

    /// In its era: `昭和5年3月12日`, `昭和5年3月日不詳`, `昭和5年月日不詳`. Where the unknown parts decide the era,
    /// both are named: `大正15年・昭和元年月日不詳`.
    #[must_use]
    pub fn era_text(self) -> String {
        if self.0.day.is_some() {
            return era_text(self.earliest());
        }
        let gregorian = || format!("{}年", self.0.year);
        let first = era_year_text(self.earliest()).unwrap_or_else(gregorian);
        let last = era_year_text(self.latest()).unwrap_or_else(gregorian);
        let year = if first == last { first } else { format!("{first}・{last}") };
        format!("{year}{}", self.unknown_tail())
    }

    /// In Gregorian years: `1930年3月12日`, `1930年3月日不詳`, `1930年月日不詳`.
    #[must_use]
    pub fn gregorian_text(self) -> String {
        format!("{}年{}", self.0.year, self.unknown_tail())
    }

    fn unknown_tail(self) -> String {
        match (self.0.month, self.0.day) {
            (Some(month), Some(day)) => format!("{month}月{day}日"),
            (Some(month), None) => format!("{month}月日不詳"),
            _ => "月日不詳".to_owned(),
        }
    }
}

/// Completed years; `None` before birth.
fn age(born: NaiveDate, on: NaiveDate) -> Option<i32> {
    let birthday_to_come = (on.month(), on.day()) < (born.month(), born.day());
    (born <= on).then(|| on.year() - born.year() - i32::from(birthday_to_come))
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(…)")
    }
}

impl From<BirthDate> for String {
    fn from(birth: BirthDate) -> Self {
        let WrittenDate { year, month, day } = birth.0;
        let month = month.map_or_else(Self::new, |month| format!("-{month:02}"));
        let day = day.map_or_else(Self::new, |day| format!("-{day:02}"));
        format!("{year:04}{month}{day}")
    }
}

impl TryFrom<String> for BirthDate {
    type Error = DateFault;

    fn try_from(text: String) -> Result<Self, DateFault> {
        let mut parts = text.split('-').map(|part| part.parse().map_err(|_| DateFault::NotADate));
        let year: u32 = parts.next().ok_or(DateFault::NotADate)??;
        let year = i32::try_from(year).map_err(|_| DateFault::NotADate)?;
        let birth = Self::new(year, parts.next().transpose()?, parts.next().transpose()?)?;
        // One spelling for one date: what is stored is compared as text.
        if String::from(birth) == text { Ok(birth) } else { Err(DateFault::NotADate) }
    }
}

#[cfg(test)]
mod tests;
