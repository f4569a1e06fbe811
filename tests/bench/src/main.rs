//! What Homon costs beside its peers: the same work done by plain SQLite, by the stock age tool and by the bare disk or
//! cipher, in one run, in turns, as ratios.
//!
//! Each side of a comparison is a process of its own ([`sides`], [`files`]): what one side sets for its whole process, such
//! as SQLCipher's wiping of memory, must not slow the other down, and peaks of memory must not hide behind earlier ones.
//! This process only gives the word, in turns, and adds up.
//!
//! May depend on everything of ours; nothing depends on it. How to read what it prints: `docs/benchmarks.md`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a terminal is where this program speaks")]

mod files;
mod machine;
mod report;
mod rows;
mod sides;
mod stats;
mod upload;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::files::Job;
use crate::report::Report;
use crate::rows::Chosen;
use crate::sides::Side;

type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Measures Homon against its peers and prints the ratios.
#[derive(Parser)]
#[command(name = "cargo xtask bench")]
struct Cli {
    /// Where the numbers go as JSON; without it, `bench.json` in the folder of builds.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Only these rows, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "ROW")]
    only: Vec<Chosen>,
    /// Also seals a visit of 1 GB.
    #[arg(long)]
    full: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

/// One side of a comparison. This program starts itself with these.
#[derive(Subcommand)]
enum Part {
    /// Does one operation for each line of standard input, and says how long it took.
    #[command(hide = true)]
    Side { side: Side, folder: PathBuf },
    /// Works on one file, once.
    #[command(hide = true)]
    Job {
        #[command(subcommand)]
        job: Job,
    },
    /// Sends or receives.
    #[command(hide = true)]
    Upload {
        #[command(subcommand)]
        role: upload::Role,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match &cli.part {
        Some(Part::Side { side, folder }) => sides::serve(*side, folder),
        Some(Part::Job { job }) => files::run(job),
        Some(Part::Upload { role }) => upload::run(role),
        None => measure(&cli),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("homon-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(cli: &Cli) -> Result<()> {
    let builds = builds()?;
    // Beside the builds and not in the system's temporary folder: that may be memory, where nothing has to be durable.
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(&builds)?;
    let mut report = Report::begin(machine::look(folder.path())?);
    report.print_machine();
    for row in Chosen::all().filter(|row| cli.only.is_empty() || cli.only.contains(row)) {
        report.add(row.measure(folder.path(), cli.full)?);
    }
    report.write(&cli.json.clone().unwrap_or_else(|| builds.join("bench.json")))
}

/// The folder of all builds, two above this program.
fn builds() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.ancestors().nth(2).ok_or("this program lies in no folder of builds")?.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }
}
