//! What the rehearsal, the tests and the benches share: scenarios as data, a tablet that works through them, a city that
//! runs as its own process, a connection that breaks, and a search for what must never lie in clear.
//!
//! May depend on everything of ours; nothing that ships depends on it.

pub mod camera;
pub mod canaries;
mod chance;
pub mod city;
pub mod cutting_proxy;
pub mod deadline;
pub mod faces;
pub mod passing;
pub mod portraits;
pub mod programs;
pub mod replay;
pub mod scenario;
mod studio;
pub mod tablet;
pub mod tablet_process;
