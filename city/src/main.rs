//! `homon-city`: one command for each thing that people at the city do. What they do is in the library.

mod commands;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::commands::{Cli, Outcome};

/// 0: done. 1: something is wrong or waits for someone. 2: the command was not understood (by clap).
fn main() -> ExitCode {
    // The message of a panic can quote what it stumbled over, which could be a name.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "homon-city: internal fault at {place}");
    }));
    match commands::run(Cli::parse()) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Outstanding) => ExitCode::from(1),
        Err(error) => {
            // Nobody is left to tell when standard error is gone.
            let _ = writeln!(std::io::stderr(), "homon-city: {error}");
            ExitCode::from(1)
        }
    }
}
