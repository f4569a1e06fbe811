//! How long to wait before the next try. Pure.

use std::time::Duration;

/// Exponential backoff with full jitter: a random wait between zero and a ceiling that doubles with each try.
///
/// Full jitter, because all tablets of a visit lose the same network at the same moment and find it again together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Backoff {
    /// The ceiling of the first wait.
    pub first: Duration,
    /// The ceiling of all later waits.
    pub longest: Duration,
}

/// The longest wait that an intake can ask for. A longer one would be a mistake or an attack.
const LONGEST_ASKED: Duration = Duration::from_secs(60 * 60);

impl Default for Backoff {
    /// One second at first, at most a minute.
    fn default() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_secs(60) }
    }
}

impl Backoff {
    /// The wait after the `failures`th failure in a row (counted from 1).
    ///
    /// `random` is a uniformly random number. A wait that the intake `asked` for (`Retry-After`) is kept in full, up to
    /// an hour, and the random wait comes on top.
    #[must_use]
    pub fn wait(&self, failures: u32, random: u32, asked: Option<Duration>) -> Duration {
        let asked = asked.unwrap_or_default().min(LONGEST_ASKED);
        asked + self.ceiling(failures).mul_f64(f64::from(random) / f64::from(u32::MAX))
    }

    /// The longest random wait after the `failures`th failure.
    fn ceiling(&self, failures: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        self.first.saturating_mul(doubled).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ceiling_doubles_up_to_the_longest() {
        let ceilings: Vec<u64> = (1..10).map(|failures| Backoff::default().ceiling(failures).as_secs()).collect();
        assert_eq!(ceilings, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn the_whole_range_is_used() {
        let backoff = Backoff::default();
        assert_eq!(backoff.wait(4, 0, None), Duration::ZERO);
        assert_eq!(backoff.wait(4, u32::MAX, None), Duration::from_secs(8));
    }

    fn backoffs() -> impl Strategy<Value = Backoff> {
        (0..100_000_u64, 0..100_000_u64).prop_map(|(first, more)| Backoff {
            first: Duration::from_millis(first),
            longest: Duration::from_millis(first + more),
        })
    }

    proptest! {
        #[test]
        fn a_wait_is_bounded(
            backoff in backoffs(), failures: u32, random: u32, asked in proptest::option::of(any::<u64>()),
        ) {
            let asked = asked.map(Duration::from_secs);
            let wait = backoff.wait(failures, random, asked);
            prop_assert!(wait <= LONGEST_ASKED + backoff.longest);
            if asked.is_none() {
                prop_assert!(wait <= backoff.longest);
            }
        }

        #[test]
        fn what_the_intake_asks_for_is_honoured(backoff in backoffs(), failures: u32, random: u32, asked in 0..3600_u64) {
            let asked = Duration::from_secs(asked);
            prop_assert!(backoff.wait(failures, random, Some(asked)) >= asked);
        }

        #[test]
        fn more_failures_never_shorten_the_wait(backoff in backoffs(), failures in 1..u32::MAX, random: u32) {
            prop_assert!(backoff.wait(failures, random, None) <= backoff.wait(failures + 1, random, None));
        }
    }
}
