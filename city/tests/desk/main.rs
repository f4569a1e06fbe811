//! The desk on real files: a city is founded, tablets are enrolled, sealed packages lie in the store, and what the desk
//! makes of them is looked at byte for byte. The network has its own tests; here packages are put where the intake
//! would put them, with the intake's own receipt.
#![allow(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod activity;
mod attack;
mod backup;
mod city;
mod command_line;
mod drill;
mod enrolment;
mod exporting;
mod held_back;
mod hostile;
mod journal;
mod lineage;
mod lost;
mod mail;
mod marking;
mod numbers;
mod opening;
mod people;
mod practice;
mod roster;
mod rotating;
mod status;
mod tablet;
mod telling;
