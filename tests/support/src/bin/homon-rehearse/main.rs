//! The rehearsal: the product's main job from enrolment to export, with nothing simulated but the residents.

mod rehearsal;
mod summary;
mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use crate::rehearsal::Rehearsal;

/// Enrols tablets, holds a visit, kills a tablet on the way, seals, uploads over a line that breaks, opens, exports.
#[derive(Parser)]
#[command(name = "cargo xtask rehearse")]
pub(crate) struct Cli {
    /// The scenario to play.
    #[arg(long, default_value = "tests/scenarios/care-home-day.json")]
    scenario: PathBuf,
    /// The folder to leave everything in. One that an earlier rehearsal made is emptied first.
    #[arg(long, default_value = "out/rehearsal")]
    out: PathBuf,
    /// Where to stop; without it, everything to the export.
    #[arg(long, value_enum)]
    until: Option<Until>,
    /// Drawings before the cameras and no models of faces on the tablets: quicker, and nothing must be fetched for it.
    #[arg(long)]
    drawn: bool,
}

/// How far a rehearsal goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, ValueEnum)]
pub(crate) enum Until {
    /// The visit is open and residents have been received.
    OpenedVisit,
    /// The balance is even.
    Closed,
    /// The packages lie on the tablets.
    Sealed,
    /// The city holds them.
    Held,
    /// The desk has opened them and the tablets have erased them.
    Opened,
    /// The desk has exported them.
    #[value(skip)]
    Exported,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match Rehearsal::prepare(&cli).and_then(|mut rehearsal| rehearsal.play(cli.until.unwrap_or(Until::Exported))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::line(&format!("\nThe rehearsal stopped: {error}"));
            ExitCode::FAILURE
        }
    }
}
