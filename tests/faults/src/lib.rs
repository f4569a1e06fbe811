//! What the tests of faults share: a day of work in processes of its own, kills by chance, the power cut as a model of
//! what a disk may leave, and calls of the system that fail.
//!
//! The tests themselves are in `tests/`. They run the real programs. May depend on everything of ours; only the fuzz
//! targets depend on it.

pub mod chance;
pub mod confined;
pub mod day;
pub mod effort;
pub mod fuzz;
pub mod kill;
pub mod memory;
pub mod power_cut;
pub mod recording;
pub mod tracer;
pub mod volume;
