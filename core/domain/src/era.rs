//! Japanese eras (元号): their exact boundaries, and dates shown in them. Reading dates is in [`crate::written_date`].
//!
//! Until 明治5年 Japan counted by the moon; the Gregorian calendar is in force from 明治6年1月1日, 1873-01-01. Older
//! dates need tables of the old calendar and are refused.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// An era, in order of time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Era {
    /// 明治, proclaimed on 1868-10-23.
    Meiji,
    /// 大正, from 1912-07-30.
    Taisho,
    /// 昭和, from 1926-12-25.
    Showa,
    /// 平成, from 1989-01-08.
    Heisei,
    /// 令和, from 2019-05-01.
    Reiwa,
}

impl Era {
    /// All eras, the oldest first.
    pub const ALL: [Self; 5] = [Self::Meiji, Self::Taisho, Self::Showa, Self::Heisei, Self::Reiwa];

    /// The first day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        let (year, month, day) = match self {
            Self::Meiji => (1868, 10, 23),
            Self::Taisho => (1912, 7, 30),
            Self::Showa => (1926, 12, 25),
            Self::Heisei => (1989, 1, 8),
            Self::Reiwa => (2019, 5, 1),
        };
        NaiveDate::from_ymd_opt(year, month, day).expect("the days above exist")
    }

    /// The last day on which a date may be written in this era; `None` while it lasts.
    ///
    /// 明治 and 大正 ended in the course of a day that already counts as the first of the next era. Registers of
    /// those two days name either, so both are read.
    #[must_use]
    pub fn last_day(self) -> Option<NaiveDate> {
        let next = Self::ALL.into_iter().find(|era| *era > self)?.first_day();
        if self <= Self::Taisho { Some(next) } else { next.pred_opt() }
    }

    /// 明治, 大正, 昭和, 平成, 令和.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Meiji => "明治",
            Self::Taisho => "大正",
            Self::Showa => "昭和",
            Self::Heisei => "平成",
            Self::Reiwa => "令和",
        }
    }

    /// M, T, S, H, R, as forms abbreviate.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Meiji => 'M',
            Self::Taisho => 'T',
            Self::Showa => 'S',
            Self::Heisei => 'H',
            Self::Reiwa => 'R',
        }
    }

    /// The Gregorian year of the era's year, where the first (元年) is 1.
    #[must_use]
    pub fn gregorian_year(self, year: u16) -> i32 {
        self.first_day().year() + i32::from(year) - 1
    }

    /// The year of this era in which `date` lies; `None` before its first day.
    fn year_of(self, date: NaiveDate) -> Option<i32> {
        (self.first_day() <= date).then(|| date.year() - self.first_day().year() + 1)
    }
}

/// The first day of the Gregorian calendar in Japan, 明治6年1月1日.
#[must_use]
pub fn first_gregorian_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(1873, 1, 1).expect("the day exists")
}

/// The era of a day and the year of the era, counted from 1; `None` before 明治6年.
#[must_use]
pub fn era_of(date: NaiveDate) -> Option<(Era, i32)> {
    if date < first_gregorian_day() {
        return None;
    }
    Era::ALL.into_iter().rev().find_map(|era| Some((era, era.year_of(date)?)))
}

/// The year in its era: `昭和5年`, `令和元年`; `None` before 明治6年.
#[must_use]
pub fn era_year_text(date: NaiveDate) -> Option<String> {
    let (era, year) = era_of(date)?;
    Some(if year == 1 { format!("{}元年", era.name()) } else { format!("{}{year}年", era.name()) })
}

/// The day in its era: `昭和5年3月12日`; in Gregorian years before 明治6年.
#[must_use]
pub fn era_text(date: NaiveDate) -> String {
    let year = era_year_text(date).unwrap_or_else(|| format!("{}年", date.year()));
    format!("{year}{}月{}日", date.month(), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn eras_begin_and_end_on_their_days() {
        let boundaries = [
            ("1873-01-01", "明治6年1月1日"),
            ("1912-07-29", "明治45年7月29日"),
            ("1912-07-30", "大正元年7月30日"),
            ("1926-12-24", "大正15年12月24日"),
            ("1926-12-25", "昭和元年12月25日"),
            ("1989-01-07", "昭和64年1月7日"),
            ("1989-01-08", "平成元年1月8日"),
            ("2019-04-30", "平成31年4月30日"),
            ("2019-05-01", "令和元年5月1日"),
            ("2026-11-23", "令和8年11月23日"),
        ];
        for (date, text) in boundaries {
            assert_eq!(era_text(day(date)), text);
        }
    }

    #[test]
    fn days_before_the_gregorian_calendar_have_no_era_here() {
        assert_eq!(era_of(day("1872-12-31")), None);
        assert_eq!(era_text(day("1872-12-31")), "1872年12月31日");
    }

    #[test]
    fn only_the_first_two_eras_end_on_a_day_of_the_next() {
        let shared: Vec<_> = Era::ALL
            .into_iter()
            .filter(|era| era.last_day().is_some_and(|last| era_of(last).unwrap().0 != *era))
            .collect();
        assert_eq!(shared, [Era::Meiji, Era::Taisho]);
        assert_eq!(Era::Reiwa.last_day(), None);
    }

    proptest! {
        #[test]
        fn the_year_of_an_era_leads_back_to_the_gregorian_year(days in 0u64..100_000) {
            let date = first_gregorian_day() + chrono::Days::new(days);
            let (era, year) = era_of(date).unwrap();
            prop_assert_eq!(era.gregorian_year(u16::try_from(year).unwrap()), date.year());
            prop_assert!(era.first_day() <= date && era.last_day().is_none_or(|last| date <= last));
        }
    }
}
