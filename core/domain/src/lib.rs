//! What a visit is and which rules it obeys: pure types and functions.
//!
//! No I/O, no clock of its own, no knowledge of storage, network or screens. Depends on none of our crates.

pub mod activity_photo;
pub mod applicant;
pub mod audit;
pub mod balance;
pub mod birthdate;
pub mod calendar;
pub mod case;
pub mod case_step;
pub mod case_view;
mod characters;
pub mod consent;
pub mod custody;
pub mod delivery;
mod digits;
pub mod era;
pub mod evidence;
pub mod folding;
pub mod hex;
pub mod holidays;
pub mod hours;
pub mod ids;
pub mod joined;
pub mod mail;
pub mod month_day;
pub mod numbers;
pub mod package;
pub mod photo_exception;
pub mod platform;
pub mod portrait_rules;
pub mod practice;
pub mod problems;
pub mod programme;
pub mod roster;
pub mod site;
pub mod staff;
pub mod tally;
pub mod text;
pub mod towns;
pub mod unfinished_id;
mod variants;
pub mod visit;
pub mod word;
pub mod written_date;
