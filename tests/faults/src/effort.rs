//! How much a test tries: a share at every change, everything when it is asked for.

use crate::chance::Chance;

/// Set to `all`, the tests try everything that they can think of, which takes hours.
const FAULTS: &str = "HOMON_FAULTS";

/// Whether everything is to be tried.
#[must_use]
pub fn everything() -> bool {
    std::env::var(FAULTS).is_ok_and(|value| value == "all")
}

/// `wanted` of the first `count` numbers, one by chance out of each equal share, so that all get their turn over time;
/// all of them where there are no more, or everything is to be tried.
pub fn share(chance: &mut Chance, count: usize, wanted: usize) -> Vec<usize> {
    if everything() || count <= wanted {
        return (0..count).collect();
    }
    let border = |share: usize| share * count / wanted;
    let pick = |share: usize| {
        let width = border(share + 1) - border(share);
        border(share) + usize::try_from(chance.below(width as u64)).unwrap_or_default()
    };
    (0..wanted).map(pick).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_spread_over_everything() {
        let (mut chance, seed) = Chance::seeded();
        let picked = share(&mut chance, 1000, 10);
        let shares: Vec<usize> = picked.iter().map(|number| number / 100).collect();
        assert_eq!(shares, (0..10).collect::<Vec<_>>(), "seed {seed}");
        assert_eq!(share(&mut chance, 3, 10), [0, 1, 2]);
        assert_eq!(share(&mut chance, 0, 10), [0; 0]);
    }
}
