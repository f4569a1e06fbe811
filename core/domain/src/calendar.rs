//! The opening calendar (業務実施時間) of a contract, as rules with date ranges.
//!
//! A calendar says on which days and at which hours a site is open. Which services it binds is the programme's
//! matter: sessions that it does not bind are never judged here.

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

use crate::holidays::{Holiday, YearNotCovered, holiday};
use crate::hours::{Hours, joined};
use crate::ids::SiteCode;
use crate::month_day::MonthDay;

/// When the sites of a programme are open: periods with their rules, less the closures.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpeningCalendar {
    /// Date ranges, each with its own rules. Where two overlap, the rules of both hold.
    pub periods: Vec<Period>,
    /// Days on which every site is closed, whatever the rules say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closures: Vec<Closure>,
}

/// Rules that hold from one day to another, both included. Both lie within [`crate::holidays::YEARS`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "WrittenPeriod")]
pub struct Period {
    from: NaiveDate,
    until: NaiveDate,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPeriod {
    from: NaiveDate,
    until: NaiveDate,
    rules: Vec<Rule>,
}

/// Why a period cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PeriodFault {
    /// The last day lies before the first.
    #[error("the period ends before it begins")]
    Reversed,
    /// The holidays of these years are not known.
    #[error(transparent)]
    YearNotCovered(#[from] YearNotCovered),
}

impl Period {
    /// A period of both days and all between.
    ///
    /// # Errors
    /// Any [`PeriodFault`].
    pub fn new(from: NaiveDate, until: NaiveDate, rules: Vec<Rule>) -> Result<Self, PeriodFault> {
        holiday(from)?;
        holiday(until)?;
        if until < from { Err(PeriodFault::Reversed) } else { Ok(Self { from, until, rules }) }
    }

    fn contains(&self, date: NaiveDate) -> bool {
        (self.from..=self.until).contains(&date)
    }
}

impl TryFrom<WrittenPeriod> for Period {
    type Error = PeriodFault;

    fn try_from(written: WrittenPeriod) -> Result<Self, PeriodFault> {
        Self::new(written.from, written.until, written.rules)
    }
}

/// Hours that hold on certain days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// On which days.
    pub days: DayRule,
    /// From when until when.
    pub hours: Hours,
    /// At which site; at every site when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteCode>,
    /// Whether national holidays are open as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_holidays: bool,
    /// Days on which the rule holds although [`Rule::days`] does not name them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<NaiveDate>,
    /// Days on which the rule does not hold although [`Rule::days`] names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<NaiveDate>,
}

/// The days of a rule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DayRule {
    /// These days of every week.
    Weekdays(Vec<Weekday>),
    /// One day a month, such as the second Sunday (`nth` is 2).
    NthWeekday {
        /// Counted from 1. A month without such a day has none.
        nth: u8,
        /// The day of the week.
        weekday: Weekday,
    },
    /// Just these days.
    Dates(Vec<NaiveDate>),
}

/// Days on which every site is closed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Closure {
    /// Every year from one day to another, both included, over the turn of the year when the second lies before
    /// the first: 12-29 to 01-03 is 年末年始.
    Annual {
        /// First closed day.
        from: MonthDay,
        /// Last closed day.
        until: MonthDay,
    },
    /// Just these days.
    Dates(Vec<NaiveDate>),
}

/// Why a session does not fit the calendar.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Closed {
    /// Before the first period or after the last.
    #[error("the day lies outside the calendar's periods")]
    OutsideContract,
    /// Saturday or Sunday.
    #[error("closed on weekends")]
    Weekend,
    /// A national holiday, with its name.
    #[error("closed on the national holiday {}", .holiday.name())]
    Holiday {
        /// Which one.
        holiday: Holiday,
    },
    /// A closure of the programme, such as the days around the New Year.
    #[error("closed on this day")]
    Closure,
    /// The site has no hours on that day, though others may have.
    #[error("this site is not open on this day")]
    NotThisSitesDay,
    /// The site is open on that day, but not from beginning to end of the session.
    #[error("outside the opening hours")]
    OutsideHours {
        /// When it is open, in order.
        open: Vec<Hours>,
    },
}

impl OpeningCalendar {
    /// When the site is open on that day, in order, without overlap; empty when it is closed.
    #[must_use]
    pub fn hours(&self, date: NaiveDate, site: &SiteCode) -> Vec<Hours> {
        if self.closed_day(date).is_some() {
            return Vec::new();
        }
        let rest_day = rest_day(date).is_some();
        joined(self.rules_on(date, site).filter(|rule| rule.on_holidays || !rest_day).map(|rule| rule.hours))
    }

    /// Whether a session from `from` until `until` fits the calendar.
    ///
    /// # Errors
    /// The first reason that applies, in the order of [`Closed`].
    pub fn judge(&self, date: NaiveDate, from: NaiveTime, until: NaiveTime, site: &SiteCode) -> Result<(), Closed> {
        let open = self.hours(date, site);
        if open.is_empty() {
            return Err(self.why_closed(date, site));
        }
        let fits = Hours::new(from, until).is_some_and(|session| open.iter().any(|hours| hours.contain(session)));
        if fits { Ok(()) } else { Err(Closed::OutsideHours { open }) }
    }

    /// The reason of a day without hours.
    fn why_closed(&self, date: NaiveDate, site: &SiteCode) -> Closed {
        let named_by_a_rule = self.rules_on(date, site).next().is_some();
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        match (self.closed_day(date), rest_day(date)) {
            (Some(closed), _) => closed,
            // A Sunday that the rules open is closed for the holiday that falls on it, not for being a Sunday.
            (None, _) if weekend && !named_by_a_rule => Closed::Weekend,
            (None, Some(holiday)) => Closed::Holiday { holiday },
            (None, None) => Closed::NotThisSitesDay,
        }
    }

    /// Why every site is closed, if the calendar alone decides it.
    fn closed_day(&self, date: NaiveDate) -> Option<Closed> {
        let begun = self.periods.iter().any(|period| period.from <= date);
        let goes_on = self.periods.iter().any(|period| date <= period.until);
        if !(begun && goes_on) {
            return Some(Closed::OutsideContract);
        }
        self.closures.iter().any(|closure| closure.contains(date)).then_some(Closed::Closure)
    }

    fn rules_on(&self, date: NaiveDate, site: &SiteCode) -> impl Iterator<Item = &Rule> {
        let periods = self.periods.iter().filter(move |period| period.contains(date));
        let rules = periods.flat_map(|period| &period.rules);
        rules.filter(move |rule| rule.site.as_ref().is_none_or(|only| only == site) && rule.names(date))
    }
}

impl Rule {
    fn names(&self, date: NaiveDate) -> bool {
        !self.except.contains(&date) && (self.days.contain(date) || self.also.contains(&date))
    }
}

impl DayRule {
    fn contain(&self, date: NaiveDate) -> bool {
        match self {
            Self::Weekdays(days) => days.contains(&date.weekday()),
            Self::NthWeekday { nth, weekday } => {
                date.weekday() == *weekday && date.day().div_ceil(7) == u32::from(*nth)
            }
            Self::Dates(dates) => dates.contains(&date),
        }
    }
}

impl Closure {
    fn contains(&self, date: NaiveDate) -> bool {
        match self {
            Self::Annual { from, until } => MonthDay::of(date).lies_within(*from, *until),
            Self::Dates(dates) => dates.contains(&date),
        }
    }
}

/// The national holiday on a day that lies between the periods' ends, which are checked to be covered.
fn rest_day(date: NaiveDate) -> Option<Holiday> {
    holiday(date).ok().flatten()
}

#[cfg(test)]
mod tests;
