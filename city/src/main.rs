//! `homon-city`: one command for each thing that people at the city do. What they do is in the library.

mod commands;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::commands::{Cli, Outcome};

/// 0: done. 1: something is wrong or waits for someone. 2: the command was not understood (by clap).
fn main() -> ExitCode {
    hush_panics();
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

/// The message of a panic can quote what it stumbled over, which could be a name: only its place is told.
fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "homon-city: internal fault at {place}");
    }));
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    const CHILD: &str = "HOMON_TEST_PANIC";

    /// The test runs itself once more, as a process that panics: a hook is the whole process's.
    #[test]
    fn the_message_of_a_panic_is_not_shown() {
        if std::env::var_os(CHILD).is_some() {
            super::hush_panics();
            panic!("見本 花子");
        }
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["tests::the_message_of_a_panic_is_not_shown", "--exact", "--nocapture"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        let said = String::from_utf8([child.stdout, child.stderr].concat()).unwrap();
        assert!(!child.status.success() && said.contains("internal fault at city/src/main.rs"), "{said}");
        assert!(!said.contains("見本"), "{said}");
    }
}
