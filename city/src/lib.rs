//! The city's receiving end: the intake server, to which tablets upload, and the desk, which opens what arrived.

pub mod desk;
pub mod intake;
