//! Many times of one operation as a few numbers.

use std::time::Duration;

use serde::Serialize;

/// The times of one operation, in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Times {
    /// Half of them took no longer.
    pub(crate) median: u64,
    /// The shortest.
    pub(crate) min: u64,
    /// The longest.
    pub(crate) max: u64,
    /// 95 of 100 took no longer.
    pub(crate) p95: u64,
    /// How many there are.
    pub(crate) count: usize,
}

impl Times {
    /// `None` when there are none.
    pub(crate) fn of(samples: impl IntoIterator<Item = Duration>) -> Option<Self> {
        let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let mut sorted: Vec<u64> = samples.into_iter().map(nanoseconds).collect();
        sorted.sort_unstable();
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        Some(Self { median: at(&sorted, 50), min, max, p95: at(&sorted, 95), count: sorted.len() })
    }

    /// How many times the other's median ours is.
    pub(crate) fn ratio(self, peer: Self) -> f64 {
        self.median as f64 / peer.median.max(1) as f64
    }
}

/// The nearest-rank percentile.
fn at(sorted: &[u64], percent: usize) -> u64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted[rank - 1]
}

/// A time with three digits and its unit.
pub(crate) fn shown(nanoseconds: u64) -> String {
    let value = nanoseconds as f64;
    let (scaled, unit) = match nanoseconds {
        0..1_000_000 => (value / 1e3, "µs"),
        1_000_000..1_000_000_000 => (value / 1e6, "ms"),
        _ => (value / 1e9, "s"),
    };
    let decimals = match scaled {
        0.0..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    format!("{scaled:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples() {
        let times = Times::of((1..=200).rev().map(Duration::from_nanos)).unwrap();
        assert_eq!(times, Times { median: 100, min: 1, max: 200, p95: 190, count: 200 });
        let one = Times::of([Duration::from_nanos(7)]).unwrap();
        assert_eq!(one, Times { median: 7, min: 7, max: 7, p95: 7, count: 1 });
        assert_eq!(Times::of([]), None);
        assert!((times.ratio(one) - 100.0 / 7.0).abs() < 1e-9);
    }

    #[test]
    fn times_are_shown_with_three_digits() {
        let cases = [
            (0, "0.00 µs"),
            (41_230, "41.2 µs"),
            (999_999, "1000 µs"),
            (3_456_789, "3.46 ms"),
            (1_500_000_000, "1.50 s"),
        ];
        for (nanoseconds, text) in cases {
            assert_eq!(shown(nanoseconds), text);
        }
    }
}
