//! What the tests of faults share: a day of work in processes of its own, and kills by chance.
//!
//! The tests themselves are in `tests/`. They run the real programs and kill them as a power cut would. May depend on
//! everything of ours; nothing depends on it.

pub mod chance;
pub mod day;
pub mod kill;
