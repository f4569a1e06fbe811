//! The command for a lost tablet, and for the drill of it.

use std::io::{self, Write};

use clap::Args;
use homon_city::desk::lost;
use homon_domain::ids::DeviceId;
use homon_domain::platform::SystemClock;

use super::{CityArgs, Outcome, Ran};

#[derive(Args)]
pub(super) struct LostArgs {
    #[command(flatten)]
    city: CityArgs,
    /// The device's identifier, as `status` shows it
    device: DeviceId,
    /// A drill: the tablet is not refused
    #[arg(long)]
    dry_run: bool,
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
}

pub(super) fn lost(args: &LostArgs) -> Ran {
    let lost = lost::lost(&args.city.folder(), args.device, args.dry_run, &SystemClock)?;
    let mut out = io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &lost)?;
        writeln!(out)?;
    } else {
        write!(out, "{lost}")?;
    }
    Ok(if lost.is_loss() { Outcome::Outstanding } else { Outcome::Done })
}
