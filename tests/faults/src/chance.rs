//! Chance that can be repeated: everything follows from one seed.

use std::time::Duration;

/// The variable that sets the seed.
const SEED: &str = "HOMON_SEED";

/// A generator of pseudo-random numbers (SplitMix64): enough to spread kills, and for nothing that must stay secret.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// From the seed in `HOMON_SEED`, or a new one. Answers the seed too: a test prints it, so that it can be repeated.
    /// What a kill hits also depends on the machine, so the same seed gives the same plan, not the same run.
    ///
    /// # Panics
    /// When the variable holds no number.
    #[must_use]
    pub fn seeded() -> (Self, u64) {
        let given = std::env::var(SEED).ok().map(|text| text.parse().expect("the seed is a number"));
        let seed = given.unwrap_or_else(|| chrono::Utc::now().timestamp_micros().unsigned_abs());
        (Self(seed), seed)
    }

    /// A generator of its own, for one of several threads.
    #[must_use]
    pub fn split(&mut self) -> Self {
        Self(self.next())
    }

    /// A number below `end`.
    ///
    /// # Panics
    /// When `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A time shorter than `end`.
    pub fn within(&mut self, end: Duration) -> Duration {
        let nanos = u64::try_from(end.as_nanos()).unwrap_or(u64::MAX).max(1);
        Duration::from_nanos(self.below(nanos))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of the reference implementation for the seed 1234567.
    #[test]
    fn it_is_the_published_generator() {
        let mut chance = Chance(1_234_567);
        assert_eq!([chance.next(), chance.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }
}
