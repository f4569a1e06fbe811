//! `cargo xtask`: what a person or a build machine does with this repository. `cargo xtask help` lists it.
//!
//! Plain Rust, so that it runs wherever the product is built. It depends on no crate of ours: it must build and report
//! when they do not. Tools it needs are fetched, pinned, into `target/tools/`, never into the system.

#![allow(clippy::print_stdout, reason = "a terminal is where this program speaks")]

mod android;
mod app;
mod arrows;
mod assets;
mod bindings;
mod checks;
#[cfg(test)]
mod claims;
mod debian;
mod notices;
mod passthrough;
mod process;
mod setup;
mod size;
mod stages;
mod terminal;
mod tools;
mod tus;
mod words;
mod workspace;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::passthrough::Journey;
use crate::stages::Stage;
use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Build, test and show Homon")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Set up what is needed and run every check and test
    Test {
        /// Only these stages, separated by commas; set-up comes first in any case
        #[arg(long, value_delimiter = ',', value_name = "STAGE")]
        only: Vec<Stage>,
        /// A stage that cannot run is a failure, as with CI=true
        #[arg(long)]
        ci: bool,
    },
    /// Run a whole visit, from enrolment to export (arguments go to homon-rehearse; try `rehearse --help`)
    #[command(disable_help_flag = true)]
    Rehearse {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Measure against peers and print ratios (arguments go to homon-bench; try `bench --help`)
    #[command(disable_help_flag = true)]
    Bench {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Fetch the face models and a portrait for tests, and compare them with their checksums
    Assets,
    /// Check portraits, as a tablet does (arguments go to homon-photo; try `photo --help`)
    #[command(disable_help_flag = true)]
    Photo {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Cover faces in photos of an activity (arguments go to homon-anonymise; try `anonymise --help`)
    #[command(disable_help_flag = true)]
    Anonymise {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Generate the bindings for Kotlin and Swift from the library
    Bindings,
    /// Write THIRD-PARTY-NOTICES from the dependencies of the shipped crates
    Notices {
        /// Write nothing; fail when the file is out of date
        #[arg(long)]
        check: bool,
    },
    /// Open the app as a window, with a city to work with
    App {
        /// Where the tablet and the city keep what they have; used again the next time
        #[arg(long, value_name = "DIR", default_value = "out/app")]
        folder: PathBuf,
        /// What stands before the camera; a test portrait if none is named
        #[arg(long, value_name = "JPEG")]
        picture: Option<PathBuf>,
    },
    /// Draw every screen of the app: both orientations, sizes of text, languages and themes
    Screenshots {
        /// Where the pictures go
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Only this screen
        #[arg(long, value_name = "NAME")]
        screen: Option<String>,
    },
    /// Write the texts of the catalogue for each platform
    Words {
        /// Write nothing; fail when a file is out of date or a text is used nowhere
        #[arg(long)]
        check: bool,
    },
    /// Check which crate may depend on which
    Arrows,
    /// Build the library of the apps, show what takes room in it, and fail when it has grown by more than is allowed
    Size {
        /// Record the present size
        #[arg(long)]
        write: bool,
    },
    /// Compile the core for the processors of tablets, as far as this machine can
    AndroidCheck,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(code) => code,
        Err(problem) => {
            println!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode, String> {
    let workspace = Workspace::find()?;
    match task {
        Task::Test { only, ci } => Ok(stages::run(&workspace, &only, ci)),
        Task::Rehearse { arguments } => passthrough::run(&workspace, Journey::Rehearse, &arguments),
        Task::Bench { arguments } => passthrough::run(&workspace, Journey::Bench, &arguments),
        Task::Assets => assets::fetch(&workspace).map(say),
        Task::Photo { arguments } => passthrough::run(&workspace, Journey::Photo, &arguments),
        Task::Anonymise { arguments } => passthrough::run(&workspace, Journey::Anonymise, &arguments),
        Task::Bindings => bindings::write(&workspace).map(say),
        Task::Notices { check: true } => notices::check(&workspace).map(say),
        Task::Notices { check: false } => notices::write(&workspace).map(say),
        Task::App { folder, picture } => app::window(&workspace, &folder, picture.as_deref()),
        Task::Screenshots { out, screen } => app::screenshots(&workspace, &out, screen.as_deref()).map(say),
        Task::Words { check } => words::run(&workspace, check).map(say),
        Task::Arrows => arrows::check(&workspace).map(say),
        Task::Size { write } => size::run(&workspace, write).map(say),
        Task::AndroidCheck => android::check(&workspace).map(say),
    }
}

fn say(message: String) -> ExitCode {
    println!("{message}");
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn arguments_of_a_journey_are_passed_on_untouched() {
        let given = ["xtask", "rehearse", "--help", "--out", "x", "--", "-v"];
        let Task::Rehearse { arguments } = Arguments::parse_from(given).task else { panic!("another task") };
        assert_eq!(arguments, ["--help", "--out", "x", "--", "-v"]);
    }

    #[test]
    fn stages_are_chosen_by_name() {
        let Task::Test { only, ci } = Arguments::parse_from(["xtask", "test", "--only", "clippy,doc"]).task else {
            panic!("another task")
        };
        assert_eq!((only, ci), (vec![Stage::Clippy, Stage::Doc], false));
        assert!(Arguments::try_parse_from(["xtask", "test", "--only", "nothing"]).is_err());
    }
}
