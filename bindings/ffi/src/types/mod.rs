//! What crosses: the core's own types, each written down once more as uniffi's macros need it, with its documentation, so
//! that the other languages have it. One that gets another field, variant or type in the core does not build here until
//! it is told so.

mod activity_photos;
mod applicants;
mod case_input;
mod cases;
mod errors;
pub(crate) mod ids;
mod mail;
mod papers;
mod photos;
pub(crate) mod programme;
mod rosters;
mod tablet;
mod towns;
pub(crate) mod views;
mod visits;
