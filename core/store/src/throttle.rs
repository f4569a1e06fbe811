//! How long to wait after failed tries of a PIN. Never a wipe: an unsent visit must survive a forgotten PIN.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// So many tries may fail before the first wait.
const FREE_TRIES: u32 = 5;

/// Seconds to wait after the fifth failed try, the sixth, and so on; the last holds for all that follow.
const WAITS: [i64; 5] = [30, 60, 5 * 60, 15 * 60, 60 * 60];

/// The tries of one member of staff since the last success. Stored before a PIN is verified, so that killing the
/// app in between gives no free try.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tries {
    /// Tries begun and not succeeded.
    failed: u32,
    /// When the last of them began, or when the wait began again.
    since: Option<DateTime<Utc>>,
}

/// Whether a PIN may be tried now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    /// It may.
    Now,
    /// It may not before this instant.
    Wait(DateTime<Utc>),
    /// The clock was moved back, so the whole wait begins again now. Store the tries.
    WaitAgain(DateTime<Utc>),
}

impl Tries {
    /// Whether a PIN may be tried at `now`.
    pub(crate) fn ask(&mut self, now: DateTime<Utc>) -> Answer {
        let (Some(wait), Some(since)) = (self.wait(), self.since) else {
            return Answer::Now;
        };
        if now < since {
            self.since = Some(now);
            Answer::WaitAgain(after(now, wait))
        } else if now - since < wait {
            Answer::Wait(after(since, wait))
        } else {
            Answer::Now
        }
    }

    /// Counts a try that begins now.
    pub(crate) fn begin(&mut self, now: DateTime<Utc>) {
        self.failed = self.failed.saturating_add(1);
        self.since = Some(now);
    }

    /// How many more tries may fail before the next wait.
    pub(crate) fn left(&self) -> u32 {
        FREE_TRIES.saturating_sub(self.failed)
    }

    fn wait(&self) -> Option<TimeDelta> {
        let beyond = usize::try_from(self.failed.checked_sub(FREE_TRIES)?).ok()?;
        Some(TimeDelta::seconds(WAITS[beyond.min(WAITS.len() - 1)]))
    }
}

/// A changed file can hold an instant at the end of time.
fn after(instant: DateTime<Utc>, wait: TimeDelta) -> DateTime<Utc> {
    instant.checked_add_signed(wait).unwrap_or(instant)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_772_000_000 + second, 0).unwrap()
    }

    #[test]
    fn five_tries_are_free_and_then_the_waits_grow_to_an_hour() {
        let mut tries = Tries::default();
        let mut now = 0;
        let mut waits = Vec::new();
        for _ in 0..12 {
            tries.begin(at(now));
            match tries.ask(at(now)) {
                Answer::Wait(until) => {
                    waits.push((until - at(now)).num_seconds());
                    now = (until - at(0)).num_seconds();
                    assert_eq!(tries.ask(at(now - 1)), Answer::Wait(until));
                }
                answer => assert_eq!((answer, tries.left() > 0), (Answer::Now, true)),
            }
            assert_eq!(tries.ask(at(now)), Answer::Now);
        }
        assert_eq!(waits, [30, 60, 300, 900, 3600, 3600, 3600, 3600]);
    }

    #[test]
    fn a_clock_moved_back_begins_the_wait_again() {
        let mut tries = Tries { failed: 6, since: Some(at(1000)) };
        assert_eq!(tries.ask(at(1059)), Answer::Wait(at(1060)));
        assert_eq!(tries.ask(at(10)), Answer::WaitAgain(at(70)));
        assert_eq!(tries.ask(at(69)), Answer::Wait(at(70)));
        assert_eq!(tries.ask(at(70)), Answer::Now);
    }

    proptest! {
        /// Whatever a clock does short of running forward over it, a wait is waited for in full.
        #[test]
        fn no_way_back_in_time_shortens_a_wait(failed in 5..20_u32, back in proptest::collection::vec(0..10_000_i64, 1..20)) {
            let mut tries = Tries { failed, since: Some(at(0)) };
            let wait = tries.wait().unwrap();
            let mut now = at(0);
            for seconds in back {
                now -= TimeDelta::seconds(seconds);
                let (Answer::Wait(until) | Answer::WaitAgain(until)) = tries.ask(now) else {
                    panic!("the wait ended");
                };
                prop_assert!(until - now >= wait);
            }
        }
    }
}
