//! Programs that we did not write, at the other end: a stock server for our client, stock clients for our intake. Real
//! certificates of a city, real TLS on the loopback, and a line that is cut. And a visit's file, read by a stock SQLCipher.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]
#![cfg(unix)]

mod foreign_server;
mod stock_clients;
mod visit_file;

use homon_interop::stock::Stock;

/// The stock programs. Where they are not set up, says so; a build machine must have them.
fn stock(test: &str) -> Option<Stock> {
    let found = Stock::find().unwrap();
    if found.is_none() {
        let reason = "HOMON_TUS_NODE, HOMON_TUS_MODULES and HOMON_TUS_PYTHON are not set: run `cargo xtask test`";
        assert!(std::env::var_os("CI").is_none(), "{test} must not be skipped here: {reason}");
        eprintln!("SKIPPED {test}: {reason}");
    }
    found
}
