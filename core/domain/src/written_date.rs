//! Dates as people write them: in eras or Gregorian years, with any digits and separators, with unknown parts.

use std::iter::Peekable;
use std::str::Chars;

use chrono::{Days, Months, NaiveDate};
use unicode_normalization::UnicodeNormalization;

use crate::digits::is_separator;
use crate::era::{Era, era_of, first_gregorian_day};

/// A date of which the day, or the day and the month, may be unknown (不詳). The day that it names exists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrittenDate {
    pub(crate) year: i32,
    pub(crate) month: Option<u32>,
    pub(crate) day: Option<u32>,
}

/// Why a written date was refused. It never repeats what was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DateFault {
    /// Not written as a date: `昭和5年3月12日`, `S5.3.12`, `1930-03-12` and `19300312` are.
    #[error("this is not written as a date")]
    NotADate,
    /// The month or the day is missing. Where nobody knows it, that must be said: `昭和5年3月日不詳`.
    #[error("the month or the day is missing")]
    Incomplete,
    /// A year of one or two digits needs its era.
    #[error("the era is missing")]
    EraMissing,
    /// The calendar has no such day, such as February 30.
    #[error("there is no such day")]
    NoSuchDay,
    /// The era had ended or not begun. The same day is written in the era `right`.
    #[error("the day lies in the era {right:?}")]
    WrongEra {
        /// The era of that day.
        right: Era,
    },
    /// Before 明治6年 (1873), when Japan counted by another calendar.
    #[error("days before 1873 belong to another calendar")]
    BeforeGregorian,
}

impl WrittenDate {
    /// A Gregorian date.
    ///
    /// # Errors
    /// [`DateFault::NotADate`] for a day without a month, [`DateFault::NoSuchDay`], [`DateFault::BeforeGregorian`].
    pub(crate) fn new(year: i32, month: Option<u32>, day: Option<u32>) -> Result<Self, DateFault> {
        if day.is_some() && month.is_none() {
            return Err(DateFault::NotADate);
        }
        let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1)).ok_or(DateFault::NoSuchDay)?;
        if first < first_gregorian_day() {
            return Err(DateFault::BeforeGregorian);
        }
        Ok(Self { year, month, day })
    }

    /// A date in an era.
    fn in_era(era: Era, year: u16, month: Option<u32>, day: Option<u32>) -> Result<Self, DateFault> {
        let date = Self::new(era.gregorian_year(year), month, day)?;
        let begun = era.first_day() <= date.latest();
        let goes_on = era.last_day().is_none_or(|last| date.earliest() <= last);
        let right = era_of(date.earliest()).map_or(Era::Meiji, |(right, _)| right);
        if begun && goes_on { Ok(date) } else { Err(DateFault::WrongEra { right }) }
    }

    /// The first day that it may be.
    pub(crate) fn earliest(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
            .expect("a written date names a day that exists")
    }

    /// The last day that it may be.
    pub(crate) fn latest(self) -> NaiveDate {
        let first = self.earliest();
        let unknown_months = match (self.month, self.day) {
            (Some(_), Some(_)) => return first,
            (Some(_), None) => Months::new(1),
            _ => Months::new(12),
        };
        let after = first.checked_add_months(unknown_months).and_then(|day| day.checked_sub_days(Days::new(1)));
        after.expect("years of dates end long before chrono's do")
    }

    /// Reads a date as people write it.
    ///
    /// # Errors
    /// Any [`DateFault`].
    pub(crate) fn parse(text: &str) -> Result<Self, DateFault> {
        // Compatibility forms first: full-width digits and the one-character eras ㍾ to ㋿ become plain.
        let plain: String = text.nfkc().filter(|c| !matches!(c, ' ' | '\u{3000}')).collect();
        let written = plain.strip_prefix("西暦").unwrap_or(&plain);
        let written = written.trim_end_matches("生まれ").trim_end_matches('生');
        let (era, rest) = era_prefix(written);
        let [year, month, day] = split_numbers(rest, era.is_some())?;
        let year = year.ok_or(DateFault::NotADate)?;
        let small = |number: Option<u16>| number.map(u32::from);
        match era {
            Some(_) if year == 0 => Err(DateFault::NotADate),
            Some(era) => Self::in_era(era, year, small(month), small(day)),
            None if year < 100 => Err(DateFault::EraMissing),
            None => Self::new(i32::from(year), small(month), small(day)),
        }
    }
}

/// The era at the beginning, by name, first character or letter, and what follows.
fn era_prefix(text: &str) -> (Option<Era>, &str) {
    for era in Era::ALL {
        let character = era.name().chars().next().expect("an era has a name");
        let stripped = text
            .strip_prefix(era.name())
            .or_else(|| text.strip_prefix([character, era.letter(), era.letter().to_ascii_lowercase()]));
        if let Some(rest) = stripped {
            // S.5.3.12 is written too.
            return (Some(era), rest.strip_prefix('.').unwrap_or(rest));
        }
    }
    (None, text)
}

/// Year, month and day, the last ones absent where unknown.
fn split_numbers(text: &str, in_era: bool) -> Result<[Option<u16>; 3], DateFault> {
    if let Some(numbers) = unseparated(text, in_era) {
        return Ok(numbers);
    }
    let mut rest = text.chars().peekable();
    let mut numbers = [None; 3];
    for (slot, unit) in ['年', '月', '日'].into_iter().enumerate() {
        match rest.clone().collect::<String>().as_str() {
            "" if slot > 0 => return Err(DateFault::Incomplete),
            // What registers write where a part is unknown.
            "不詳" | "日不詳" | "月日不詳" if slot > 0 => return Ok(numbers),
            _ => numbers[slot] = Some(number(&mut rest, unit).ok_or(DateFault::NotADate)?),
        }
    }
    if rest.next().is_none() { Ok(numbers) } else { Err(DateFault::NotADate) }
}

/// 19300312, or 050312 and 50312 after an era.
fn unseparated(text: &str, in_era: bool) -> Option<[Option<u16>; 3]> {
    let year_digits = text.len().checked_sub(4)?;
    let fits = if in_era { year_digits == 1 || year_digits == 2 } else { year_digits == 4 };
    if !fits || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| text[range].parse().ok();
    Some([part(0..year_digits), part(year_digits..year_digits + 2), part(year_digits + 2..text.len())])
}

/// One number and what ends it: its unit or a separator, or nothing at the end of the text.
fn number(rest: &mut Peekable<Chars<'_>>, unit: char) -> Option<u16> {
    let mut digits = String::new();
    while let Some(digit) = rest.next_if(|c| c.is_ascii_digit() || "元〇一二三四五六七八九十".contains(*c))
    {
        digits.push(digit);
    }
    let number = value(&digits)?;
    match rest.peek() {
        None => Some(number),
        Some(c) if *c == unit || (unit != '日' && (is_separator(*c) || matches!(c, '.' | '/' | '・'))) => {
            rest.next();
            Some(number)
        }
        Some(_) => None,
    }
}

/// The value of ASCII digits, of 元 (1), or of kanji digits up to 99.
fn value(digits: &str) -> Option<u16> {
    if digits == "元" {
        return Some(1);
    }
    if digits.is_ascii() {
        return if digits.len() <= 4 { digits.parse().ok() } else { None };
    }
    let ones = |text: &str| {
        "〇一二三四五六七八九".chars().position(|c| text.chars().eq([c])).and_then(|n| u16::try_from(n).ok())
    };
    match digits.split_once('十') {
        None => ones(digits),
        Some((tens, rest)) => {
            let tens = if tens.is_empty() { 1 } else { ones(tens).filter(|tens| *tens > 0)? };
            let rest = if rest.is_empty() { 0 } else { ones(rest).filter(|rest| *rest > 0)? };
            Some(tens * 10 + rest)
        }
    }
}

/// Reads a whole date, in an era or Gregorian.
///
/// # Errors
/// Any [`DateFault`]; [`DateFault::Incomplete`] also where a part is said to be unknown.
pub fn parse_date(text: &str) -> Result<NaiveDate, DateFault> {
    let written = WrittenDate::parse(text)?;
    if written.day.is_some() { Ok(written.earliest()) } else { Err(DateFault::Incomplete) }
}

#[cfg(test)]
mod tests;
