//! National holidays (国民の祝日) and the two further kinds of rest day, computed by the law in force.
//!
//! Source: Act on National Holidays (国民の祝日に関する法律, 昭和23年法律第178号) as amended to 2020. The two equinoxes
//! are not fixed by the law; the formula below gives the days that the National Astronomical Observatory announces
//! and is known to hold from 1980 to 2099. Earlier years had other laws and, in 2019 to 2021, special measures, so
//! the rules here begin with 2022.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// The years for which holidays are known.
pub const YEARS: RangeInclusive<i32> = 2022..=2099;

/// A day on which public offices rest by the Act on National Holidays.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holiday {
    /// 元日, January 1.
    NewYearsDay,
    /// 成人の日, second Monday of January.
    ComingOfAgeDay,
    /// 建国記念の日, February 11 (by government order).
    FoundationDay,
    /// 天皇誕生日, February 23 since 2020.
    EmperorsBirthday,
    /// 春分の日, the vernal equinox.
    VernalEquinoxDay,
    /// 昭和の日, April 29.
    ShowaDay,
    /// 憲法記念日, May 3.
    ConstitutionDay,
    /// みどりの日, May 4.
    GreeneryDay,
    /// こどもの日, May 5.
    ChildrensDay,
    /// 海の日, third Monday of July.
    MarineDay,
    /// 山の日, August 11.
    MountainDay,
    /// 敬老の日, third Monday of September.
    RespectForTheAgedDay,
    /// 秋分の日, the autumnal equinox.
    AutumnalEquinoxDay,
    /// スポーツの日, second Monday of October.
    SportsDay,
    /// 文化の日, November 3.
    CultureDay,
    /// 勤労感謝の日, November 23.
    LaborThanksgivingDay,
    /// 振替休日: the first day after a national holiday on a Sunday that is not one itself (Article 3 (2)).
    Substitute,
    /// 国民の休日: a day between two national holidays (Article 3 (3)).
    Sandwiched,
}

impl Holiday {
    /// The Japanese name, as calendars print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NewYearsDay => "元日",
            Self::ComingOfAgeDay => "成人の日",
            Self::FoundationDay => "建国記念の日",
            Self::EmperorsBirthday => "天皇誕生日",
            Self::VernalEquinoxDay => "春分の日",
            Self::ShowaDay => "昭和の日",
            Self::ConstitutionDay => "憲法記念日",
            Self::GreeneryDay => "みどりの日",
            Self::ChildrensDay => "こどもの日",
            Self::MarineDay => "海の日",
            Self::MountainDay => "山の日",
            Self::RespectForTheAgedDay => "敬老の日",
            Self::AutumnalEquinoxDay => "秋分の日",
            Self::SportsDay => "スポーツの日",
            Self::CultureDay => "文化の日",
            Self::LaborThanksgivingDay => "勤労感謝の日",
            Self::Substitute => "振替休日",
            Self::Sandwiched => "国民の休日",
        }
    }
}

/// The year lies outside [`YEARS`], so its holidays are not known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("national holidays are known for 2022 to 2099 only")]
pub struct YearNotCovered;

/// The holiday on `date`, if it is one.
///
/// # Errors
/// [`YearNotCovered`] outside [`YEARS`].
pub fn holiday(date: NaiveDate) -> Result<Option<Holiday>, YearNotCovered> {
    if !YEARS.contains(&date.year()) {
        return Err(YearNotCovered);
    }
    Ok(national(date).or_else(|| substitute(date)).or_else(|| sandwiched(date)))
}

/// The holidays of Article 2.
fn national(date: NaiveDate) -> Option<Holiday> {
    let monday = |nth: u32| date.weekday() == Weekday::Mon && date.day().div_ceil(7) == nth;
    match (date.month(), date.day()) {
        (1, 1) => Some(Holiday::NewYearsDay),
        (1, _) if monday(2) => Some(Holiday::ComingOfAgeDay),
        (2, 11) => Some(Holiday::FoundationDay),
        (2, 23) => Some(Holiday::EmperorsBirthday),
        (3, day) if day == vernal_equinox(date.year()) => Some(Holiday::VernalEquinoxDay),
        (4, 29) => Some(Holiday::ShowaDay),
        (5, 3) => Some(Holiday::ConstitutionDay),
        (5, 4) => Some(Holiday::GreeneryDay),
        (5, 5) => Some(Holiday::ChildrensDay),
        (7, _) if monday(3) => Some(Holiday::MarineDay),
        (8, 11) => Some(Holiday::MountainDay),
        (9, _) if monday(3) => Some(Holiday::RespectForTheAgedDay),
        (9, day) if day == autumnal_equinox(date.year()) => Some(Holiday::AutumnalEquinoxDay),
        (10, _) if monday(2) => Some(Holiday::SportsDay),
        (11, 3) => Some(Holiday::CultureDay),
        (11, 23) => Some(Holiday::LaborThanksgivingDay),
        _ => None,
    }
}

/// Article 3 (2): an unbroken run of national holidays leads back to a Sunday.
fn substitute(date: NaiveDate) -> Option<Holiday> {
    let run = date.iter_days().rev().skip(1).take_while(|day| national(*day).is_some());
    run.into_iter().any(|day| day.weekday() == Weekday::Sun).then_some(Holiday::Substitute)
}

/// Article 3 (3): the day before and the day after are national holidays of Article 2.
fn sandwiched(date: NaiveDate) -> Option<Holiday> {
    let between = date.pred_opt().and_then(national).is_some() && date.succ_opt().and_then(national).is_some();
    between.then_some(Holiday::Sandwiched)
}

/// The day of March. Counted in millionths of a day from the equinox of 1980.
fn vernal_equinox(year: i32) -> u32 {
    equinox(20_843_100, year)
}

/// The day of September.
fn autumnal_equinox(year: i32) -> u32 {
    equinox(23_248_800, year)
}

fn equinox(in_1980: u32, year: i32) -> u32 {
    // The tropical year exceeds 365 days by this many millionths; a leap day takes one day back.
    const YEARLY_DRIFT: u32 = 242_194;
    let years = u32::try_from(year - 1980).expect("holiday() admits no year before 2022");
    (in_1980 + YEARLY_DRIFT * years) / 1_000_000 - years / 4
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The Cabinet Office's lists (内閣府「国民の祝日について」), month and day, with 振替休日 and 国民の休日.
    const PUBLISHED: [(i32, &str); 4] = [
        (
            2024,
            "0101元日 0108成人の日 0211建国記念の日 0212振替休日 0223天皇誕生日 0320春分の日 0429昭和の日 \
             0503憲法記念日 0504みどりの日 0505こどもの日 0506振替休日 0715海の日 0811山の日 0812振替休日 \
             0916敬老の日 0922秋分の日 0923振替休日 1014スポーツの日 1103文化の日 1104振替休日 1123勤労感謝の日",
        ),
        (
            2025,
            "0101元日 0113成人の日 0211建国記念の日 0223天皇誕生日 0224振替休日 0320春分の日 0429昭和の日 \
             0503憲法記念日 0504みどりの日 0505こどもの日 0506振替休日 0721海の日 0811山の日 0915敬老の日 \
             0923秋分の日 1013スポーツの日 1103文化の日 1123勤労感謝の日 1124振替休日",
        ),
        (
            2026,
            "0101元日 0112成人の日 0211建国記念の日 0223天皇誕生日 0320春分の日 0429昭和の日 0503憲法記念日 \
             0504みどりの日 0505こどもの日 0506振替休日 0720海の日 0811山の日 0921敬老の日 0922国民の休日 \
             0923秋分の日 1012スポーツの日 1103文化の日 1123勤労感謝の日",
        ),
        (
            2027,
            "0101元日 0111成人の日 0211建国記念の日 0223天皇誕生日 0321春分の日 0322振替休日 0429昭和の日 \
             0503憲法記念日 0504みどりの日 0505こどもの日 0719海の日 0811山の日 0920敬老の日 0923秋分の日 \
             1011スポーツの日 1103文化の日 1123勤労感謝の日",
        ),
    ];

    fn days_of(year: i32) -> impl Iterator<Item = NaiveDate> {
        NaiveDate::from_ymd_opt(year, 1, 1).unwrap().iter_days().take_while(move |day| day.year() == year)
    }

    fn all_days() -> impl Iterator<Item = (NaiveDate, Option<Holiday>)> {
        YEARS.flat_map(days_of).map(|day| (day, holiday(day).unwrap()))
    }

    #[test]
    fn years_around_both_contracts_are_as_published() {
        for (year, published) in PUBLISHED {
            let computed: Vec<String> = days_of(year)
                .filter_map(|day| Some(format!("{}{}", day.format("%m%d"), holiday(day).unwrap()?.name())))
                .collect();
            assert_eq!(computed.join(" "), published, "{year}");
        }
    }

    #[test]
    fn every_year_has_the_sixteen_of_the_act() {
        for year in YEARS {
            let national: std::collections::HashSet<_> = days_of(year).filter_map(national).collect();
            assert_eq!((national.len(), days_of(year).filter_map(super::national).count()), (16, 16), "{year}");
        }
    }

    #[test]
    fn every_sunday_holiday_has_one_substitute_and_no_other_day_has() {
        let sundays = all_days().filter(|(day, _)| national(*day).is_some() && day.weekday() == Weekday::Sun).count();
        let substitutes: Vec<_> = all_days().filter(|(_, holiday)| *holiday == Some(Holiday::Substitute)).collect();
        assert_eq!(substitutes.len(), sundays);
        for (day, _) in substitutes {
            let sunday = day.iter_days().rev().skip(1).find(|before| before.weekday() == Weekday::Sun).unwrap();
            assert_ne!(day.weekday(), Weekday::Sun);
            assert!(sunday.iter_days().take_while(|between| *between < day).all(|between| national(between).is_some()));
        }
    }

    #[test]
    fn a_sandwiched_day_is_the_tuesday_before_an_autumnal_equinox() {
        // So far as the law stands: no other pair of holidays can lie two days apart.
        let sandwiched: Vec<_> = all_days().filter(|(_, holiday)| *holiday == Some(Holiday::Sandwiched)).collect();
        assert!(sandwiched.len() > 5);
        for (day, _) in sandwiched {
            assert_eq!((day.month(), day.weekday()), (9, Weekday::Tue));
            assert_eq!(national(day.succ_opt().unwrap()), Some(Holiday::AutumnalEquinoxDay));
        }
    }

    #[test]
    fn years_with_other_laws_are_not_guessed() {
        for year in [2021, 2100] {
            assert_eq!(holiday(NaiveDate::from_ymd_opt(year, 1, 1).unwrap()), Err(YearNotCovered));
        }
    }
}
