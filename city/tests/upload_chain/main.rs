//! The chain from a sealed file on a tablet to a held package in the city: the real client, the real server, real TLS on
//! the loopback, and a network in between that cuts, stalls and slows.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod crash;
mod cut;
mod expiry;
mod extensions;
mod limits;
mod mail;
mod protocol;
mod proxy;
mod refuse;
mod watching;
mod whole;
mod world;
