//! `homon-city` as its processes, as a city runs them: on a folder and on a bucket of a real S3 server, one intake and
//! two, stopped in order and killed.
//!
//! `HOMON_VERSITYGW` names the server; `cargo xtask test` installs and names it. Without it what needs a bucket is
//! skipped, which a build machine does not allow.
#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

// The helpers of other tests, of which these need a part.
#[allow(dead_code)]
#[path = "../desk/city.rs"]
mod city;
#[allow(dead_code)]
#[path = "../desk/people.rs"]
mod people;
#[allow(dead_code)]
#[path = "../upload_chain/proxy.rs"]
mod proxy;
#[allow(dead_code)]
#[path = "../desk/tablet.rs"]
mod tablet;
#[allow(dead_code)]
#[path = "../upload_chain/world.rs"]
mod world;

mod bucket;
mod gateway;
mod stopping;
mod town;
mod two_intakes;
mod watching;
