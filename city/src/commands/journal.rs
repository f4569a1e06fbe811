//! The command that shows the desk's journal, and what to do when it does not hold.

use std::io::{self, Write};

use clap::Args;
use homon_city::desk::journal::{self, JournalRead};
use homon_domain::platform::SystemClock;
use homon_seal::enrolment::fingerprint_groups;

use super::{CityArgs, Outcome, Ran};

#[derive(Args)]
pub(super) struct JournalArgs {
    #[command(flatten)]
    city: CityArgs,
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
    /// Say only whether it holds, and the digest of its head, to be noted on paper
    #[arg(long, conflicts_with = "json")]
    verify: bool,
    /// Put a journal that does not hold out of the way, and begin another
    #[arg(long, conflicts_with_all = ["json", "verify"])]
    set_aside: bool,
}

pub(super) fn journal(args: &JournalArgs) -> Ran {
    let folder = args.city.folder();
    let mut out = io::stdout().lock();
    if args.set_aside {
        let broken = journal::set_aside(&folder, &SystemClock)?;
        writeln!(out, "The journal was put aside, and another begun. {} of its entries held.", broken.entries)?;
        return Ok(Outcome::Done);
    }
    let read = journal::read(&folder.desk())?;
    if args.json {
        serde_json::to_writer_pretty(&mut out, &read)?;
        writeln!(out)?;
    } else if args.verify {
        verify(&read, &mut out)?;
    } else {
        write!(out, "{read}")?;
    }
    Ok(if read.fault.is_none() { Outcome::Done } else { Outcome::Outstanding })
}

fn verify(read: &JournalRead, out: &mut impl Write) -> io::Result<()> {
    let entries = read.entries.len();
    match read.fault {
        None => writeln!(out, "The journal holds: {entries} entries.")?,
        Some(fault) => writeln!(out, "THE JOURNAL DOES NOT HOLD: {fault}.\nIts first {entries} entries hold.")?,
    }
    writeln!(out, "\nTo be noted on paper, with the date:\n  {entries}  {}", fingerprint_groups(&read.head))
}
