//! Opening hours within one day.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveTime, Timelike};
use serde::{Deserialize, Serialize};

/// From one time of a day until a later one, to the minute: `09:00-17:00`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    opens: NaiveTime,
    closes: NaiveTime,
}

/// The text is not two times of one day, the earlier first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("hours are written as 09:00-17:00, the earlier time first")]
pub struct NotHours;

impl Hours {
    /// `None` unless `opens` lies before `closes`.
    #[must_use]
    pub fn new(opens: NaiveTime, closes: NaiveTime) -> Option<Self> {
        (opens < closes).then_some(Self { opens, closes })
    }

    /// When it opens.
    #[must_use]
    pub fn opens(self) -> NaiveTime {
        self.opens
    }

    /// When it closes.
    #[must_use]
    pub fn closes(self) -> NaiveTime {
        self.closes
    }

    /// Whether `other` lies within, ends included.
    #[must_use]
    pub fn contain(self, other: Self) -> bool {
        self.opens <= other.opens && other.closes <= self.closes
    }
}

/// The same hours in order, those that touch or overlap made one.
pub(crate) fn joined(hours: impl Iterator<Item = Hours>) -> Vec<Hours> {
    let mut sorted: Vec<Hours> = hours.collect();
    sorted.sort();
    let mut joined: Vec<Hours> = Vec::with_capacity(sorted.len());
    for next in sorted {
        match joined.last_mut() {
            Some(last) if next.opens <= last.closes => last.closes = last.closes.max(next.closes),
            _ => joined.push(next),
        }
    }
    joined
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.opens.format("%H:%M"), self.closes.format("%H:%M"))
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
}

impl FromStr for Hours {
    type Err = NotHours;

    fn from_str(text: &str) -> Result<Self, NotHours> {
        let (opens, closes) = text.split_once('-').ok_or(NotHours)?;
        Self::new(time(opens)?, time(closes)?).ok_or(NotHours)
    }
}

impl TryFrom<String> for Hours {
    type Error = NotHours;

    fn try_from(text: String) -> Result<Self, NotHours> {
        text.parse()
    }
}

/// `8:30` and `08:30`, without seconds.
fn time(text: &str) -> Result<NaiveTime, NotHours> {
    let time = NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| NotHours)?;
    if time.second() == 0 && text.len() <= 5 { Ok(time) } else { Err(NotHours) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hours(text: &str) -> Hours {
        text.parse().unwrap()
    }

    #[test]
    fn hours_are_read_as_people_write_them() {
        assert_eq!(hours("8:30-17:30").to_string(), "08:30-17:30");
        for wrong in
            ["", "9-17", "17:00-09:00", "09:00-09:00", "09:00-24:00", "09:00", "09:00:30-10:00", "09:00 - 10:00"]
        {
            assert_eq!(wrong.parse::<Hours>(), Err(NotHours), "{wrong}");
        }
    }

    #[test]
    fn hours_that_touch_become_one() {
        let apart = [hours("13:00-17:00"), hours("09:00-12:00"), hours("12:00-12:30")];
        assert_eq!(joined(apart.into_iter()), [hours("09:00-12:30"), hours("13:00-17:00")]);
    }

    fn any_hours() -> impl Strategy<Value = Hours> {
        (0..1439u32, 1..1440u32).prop_filter_map("the earlier first", |(opens, closes)| {
            let time = |minute: u32| NaiveTime::from_hms_opt(minute / 60, minute % 60, 0);
            Hours::new(time(opens)?, time(closes)?)
        })
    }

    proptest! {
        #[test]
        fn joining_opens_and_closes_no_minute(list in prop::collection::vec(any_hours(), 0..6), minute in 0..1440u32) {
            let at = NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap();
            let open = |hours: &[Hours]| hours.iter().any(|h| h.opens <= at && at < h.closes);
            let joined = joined(list.iter().copied());
            prop_assert_eq!(open(&list), open(&joined));
            prop_assert!(joined.windows(2).all(|pair| pair[0].closes < pair[1].opens));
        }

        #[test]
        fn writing_and_reading_agree(hours in any_hours()) {
            prop_assert_eq!(hours.to_string().parse(), Ok(hours));
        }
    }
}
