//! Saying one thing at a time, and not another one with every frame.

use std::time::Duration;

use super::Hint;

/// So long something must have been true before it is shown.
const PATIENCE: Duration = Duration::from_millis(350);
/// So long all must have been well before the photo is taken.
const CALM: Duration = Duration::from_millis(700);

/// What is shown, and what would like to be.
#[derive(Default)]
pub(super) struct Steady {
    shown: Option<Hint>,
    waiting: Option<(Hint, Duration)>,
}

impl Steady {
    pub(super) fn shown(&self) -> Option<Hint> {
        self.shown
    }

    /// Takes what this frame would say, and answers what is said.
    pub(super) fn settle(&mut self, wanted: Hint, at: Duration) -> Hint {
        let Some(shown) = self.shown else {
            // Before all is well for a while, there is nothing to wait for.
            let first = if wanted == Hint::Ready { Hint::HoldStill } else { wanted };
            self.shown = Some(first);
            return first;
        };
        if wanted == shown {
            self.waiting = None;
            return shown;
        }
        // The photo must not be taken of what is no longer so.
        if shown == Hint::Ready {
            return self.show(wanted);
        }
        let since = match self.waiting {
            Some((waiting, since)) if waiting == wanted => since,
            _ => at,
        };
        self.waiting = Some((wanted, since));
        let patience = if wanted == Hint::Ready { CALM } else { PATIENCE };
        if at.saturating_sub(since) >= patience { self.show(wanted) } else { shown }
    }

    fn show(&mut self, hint: Hint) -> Hint {
        self.shown = Some(hint);
        self.waiting = None;
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milliseconds(at: u64) -> Duration {
        Duration::from_millis(at)
    }

    #[test]
    fn a_hint_that_comes_and_goes_is_not_shown() {
        let mut steady = Steady::default();
        assert_eq!(steady.settle(Hint::MoveCloser, milliseconds(0)), Hint::MoveCloser);
        for frame in 1..40 {
            let wanted = if frame % 2 == 0 { Hint::MoveCloser } else { Hint::LookHere };
            assert_eq!(steady.settle(wanted, milliseconds(frame * 33)), Hint::MoveCloser);
        }
    }

    #[test]
    fn what_stays_true_is_said_after_a_moment() {
        let mut steady = Steady::default();
        steady.settle(Hint::MoveCloser, milliseconds(0));
        assert_eq!(steady.settle(Hint::LookHere, milliseconds(100)), Hint::MoveCloser);
        assert_eq!(steady.settle(Hint::LookHere, milliseconds(449)), Hint::MoveCloser);
        assert_eq!(steady.settle(Hint::LookHere, milliseconds(450)), Hint::LookHere);
    }

    #[test]
    fn the_photo_waits_for_calm_and_is_called_off_at_once() {
        let mut steady = Steady::default();
        assert_eq!(steady.settle(Hint::Ready, milliseconds(0)), Hint::HoldStill);
        assert_eq!(steady.settle(Hint::Ready, milliseconds(100)), Hint::HoldStill);
        assert_eq!(steady.settle(Hint::Ready, milliseconds(799)), Hint::HoldStill);
        assert_eq!(steady.settle(Hint::Ready, milliseconds(800)), Hint::Ready);
        assert_eq!(steady.settle(Hint::OpenEyes, milliseconds(833)), Hint::OpenEyes);
    }
}
