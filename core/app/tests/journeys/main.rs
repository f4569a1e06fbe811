//! The journeys through the app's one door, against a real city: that each refusal names the next action, tells of
//! nobody, and changes nothing.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod activity;
mod amending;
mod checkpoints;
mod damage;
mod enrolling;
mod erasing;
mod handing_over;
mod input;
mod joining;
mod mailing;
mod messages;
mod personal;
mod photographing;
mod receipts;
mod recovering;
mod renewing;
mod rosters;
mod rotating;
mod sending;
mod signing_in;
mod tablet;
mod towns;
mod visiting;
mod whole_chain;
mod world;
