//! The command that sends a roster to a tablet, and what it says of every row.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use homon_city::desk::roster::{self, SentRoster};
use homon_domain::ids::{DeviceId, VisitId};
use homon_domain::platform::SystemClock;
use homon_roster::{BadRows, Reading};

use super::{CityArgs, Outcome, Ran};

#[derive(Args)]
pub(super) struct RosterArgs {
    #[command(flatten)]
    city: CityArgs,
    /// The tablet's identifier, as `status` shows it
    #[arg(long, value_name = "DEVICE")]
    to: DeviceId,
    /// The visit that it is for
    #[arg(long)]
    visit: Option<VisitId>,
    /// Leave out the rows that do not fit, and send the others
    #[arg(long)]
    leave_out_bad_rows: bool,
    /// The roster: CSV, or an Excel workbook (.xlsx)
    file: PathBuf,
}

pub(super) fn roster(args: &RosterArgs) -> Ran {
    let bad = if args.leave_out_bad_rows { BadRows::LeaveOut } else { BadRows::Refuse };
    let sent = roster::send(&args.city.folder(), args.to, args.visit, &args.file, bad, &SystemClock)?;
    let outstanding = sent.is_outstanding();
    let SentRoster { reading, sent } = sent;
    let mut out = io::stdout().lock();
    report(&reading, &mut out)?;
    match sent {
        Ok((number, residents)) => {
            writeln!(out, "{residents} residents are on their way to the tablet, as mail {number}.")?
        }
        Err(refused) => writeln!(out, "NOTHING WAS SENT: {refused} with --leave-out-bad-rows.")?,
    }
    Ok(if outstanding { Outcome::Outstanding } else { Outcome::Done })
}

/// Rows and columns by their numbers and letters, never what stands in them.
fn report(reading: &Reading, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}: {} rows fit, {} do not.", reading.form, reading.lines.len(), reading.bad_rows().len())?;
    for bad in &reading.bad {
        writeln!(out, "DOES NOT FIT  {bad}")?;
    }
    for duplicate in reading.duplicates(&BTreeSet::new()) {
        writeln!(out, "TWICE         {duplicate}")?;
    }
    if !reading.passed_over.is_empty() {
        writeln!(out, "passed over   rows {}: nothing in any column that is read", joined(&reading.passed_over))?;
    }
    if !reading.not_read.is_empty() {
        writeln!(out, "not read      columns {}", joined(&reading.not_read))?;
    }
    Ok(())
}

fn joined(items: &[impl ToString]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
