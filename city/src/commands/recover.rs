//! The recovery key at work: proven once a year, and giving the key of a visit back to a tablet whose key store died.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use homon_city::desk::{drill, recover, save_new};
use homon_domain::ids::DeviceId;
use homon_domain::platform::SystemClock;

use super::{CityArgs, Outcome, Ran};

#[derive(Args)]
pub(super) struct RecoverArgs {
    #[command(flatten)]
    city: CityArgs,
    /// The copy of a visit's key, under the name that the tablet gave it
    #[arg(requires_all = ["to", "out"])]
    copy: Option<PathBuf>,
    /// The recovery key, or the folder in which it lies
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The tablet's new identifier, as `status` shows it
    #[arg(long, value_name = "DEVICE", requires = "copy")]
    to: Option<DeviceId>,
    /// The grant to write, for the tablet
    #[arg(long, value_name = "FILE", requires = "copy")]
    out: Option<PathBuf>,
    /// Prove that the key is the city's and opens what it must: once a year
    #[arg(long, required_unless_present = "copy", conflicts_with = "copy")]
    check: bool,
}

pub(super) fn recover(args: &RecoverArgs) -> Ran {
    match (&args.copy, args.to, &args.out) {
        (Some(copy), Some(to), Some(out)) => grant(args, copy, to, out),
        _ => check(args),
    }
}

fn grant(args: &RecoverArgs, copy: &Path, to: DeviceId, path: &Path) -> Ran {
    // Asked first: a grant that can't be written would stand in the journal and nowhere else.
    if fs::symlink_metadata(path).is_ok() {
        return Err(format!("{} exists already; name a file that does not", path.display()).into());
    }
    let granted = recover::recover(&args.city.folder(), copy, &args.key, to, &SystemClock)?;
    save_new(path, &granted.sealed)?;
    let mut out = io::stdout().lock();
    writeln!(out, "Part {} of visit {} may go on on device {to}.", granted.part, granted.visit)?;
    writeln!(out, "Take {} to the tablet; no other opens it.", path.display())?;
    writeln!(out, "Put the recovery key back into its safe, and revoke the name that the tablet had before.")?;
    Ok(Outcome::Done)
}

fn check(args: &RecoverArgs) -> Ran {
    let proven = drill::check(&args.city.folder(), &args.key, &SystemClock)?;
    let mut out = io::stdout().lock();
    let package = proven.package.map_or("a package made for this drill".to_owned(), |package| package.to_string());
    writeln!(out, "The key is the city's recovery key.")?;
    writeln!(out, "It opens {package} and all of its {} entries.", proven.entries)?;
    writeln!(out, "It opens copies of visit keys.")?;
    writeln!(out, "Put it back into its safe. The next drill is due in a year.")?;
    Ok(Outcome::Done)
}
