//! The use cases of the core, one file for each journey, as the core has them.

mod activity_photos;
mod cases;
mod enrolment;
mod handover;
mod messages;
mod photos;
mod recovery;
mod rosters;
mod sign_in;
pub(crate) mod sync;
mod towns;
mod visits;
