//! Disks that fail the real programs: power cuts, no room, errors of input and output.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(clippy::print_stdout, reason = "whoever repeats a test needs the seed")]
#![cfg(target_os = "linux")]

mod city;
mod clocks;
mod little;
mod open_interrupted;
mod power_cut_city;
mod power_cut_intake;
mod power_cut_tablet;
mod refused_calls;
mod reopened;
mod serve_refused;
mod stages;
mod tablet;
