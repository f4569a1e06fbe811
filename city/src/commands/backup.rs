//! The commands that back a city up, bring it back, and prove the key that can do so.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use homon_city::desk::backup::{self, BackedUp, Restored};
use homon_city::desk::{CityFolder, drill};
use homon_domain::platform::SystemClock;
use homon_domain::visit::japan_time;
use homon_seal::enrolment::fingerprint_groups;

use super::{ByArgs, CityArgs, Outcome, Ran};

#[derive(Args)]
pub(super) struct BackupArgs {
    #[command(flatten)]
    city: CityArgs,
    /// The file to write, or a folder in which it gets the name of the day
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

#[derive(Args)]
pub(super) struct RestoreArgs {
    /// The folder to make
    #[arg(long)]
    dir: PathBuf,
    /// The backup
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The recovery key, or the folder in which it lies
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    by: ByArgs,
}

#[derive(Args)]
pub(super) struct RecoverArgs {
    #[command(flatten)]
    city: CityArgs,
    /// The recovery key, or the folder in which it lies
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Prove that the key is the city's and opens what it must: once a year
    #[arg(long, required = true)]
    check: bool,
}

pub(super) fn backup(args: &BackupArgs) -> Ran {
    let BackedUp { path, bytes, sha256, claims } = backup::backup(&args.city.folder(), &args.to, &SystemClock)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{} files are in {}, and were read again.", claims.files, path.display())?;
    writeln!(out, "{bytes} bytes, SHA-256 {sha256}")?;
    if !claims.with_store {
        writeln!(out, "The store lies in a bucket and is not in it.")?;
    }
    writeln!(out, "It opens with the recovery key. Keep it where neither this machine nor that key is.")?;
    Ok(Outcome::Done)
}

pub(super) fn restore(args: &RestoreArgs) -> Ran {
    let folder = CityFolder::new(&args.dir).with_actor(args.by.by.clone());
    let Restored { claims, ca_fingerprint } = backup::restore(&folder, &args.from, &args.key, &SystemClock)?;
    let mut out = io::stdout().lock();
    let made_at = japan_time(claims.made_at).format("%Y-%m-%d %H:%M");
    writeln!(out, "{} is back in {} as it was on {made_at}.", claims.programme, args.dir.display())?;
    writeln!(out, "\nFingerprint of its authority, to compare with a tablet's before anything else:")?;
    writeln!(out, "  {}", fingerprint_groups(&ca_fingerprint))?;
    writeln!(out, "\nThen:")?;
    writeln!(out, "- Run `journal`: what was done after {made_at} must be done again.")?;
    writeln!(out, "- Run `open`: what was opened after that arrives again from the tablets that still have it.")?;
    if !claims.with_store {
        writeln!(out, "- The store lay in a bucket: name it again with --store.")?;
    }
    writeln!(out, "- Run `recover --check`, and put the recovery key back into its safe.")?;
    Ok(Outcome::Done)
}

pub(super) fn recover(args: &RecoverArgs) -> Ran {
    let proven = drill::check(&args.city.folder(), &args.key, &SystemClock)?;
    let mut out = io::stdout().lock();
    let package = proven.package.map_or("a package made for this drill".to_owned(), |package| package.to_string());
    writeln!(out, "The key is the city's recovery key.")?;
    writeln!(out, "It opens {package} and all of its {} entries.", proven.entries)?;
    writeln!(out, "It opens copies of visit keys.")?;
    writeln!(out, "Put it back into its safe. The next drill is due in a year.")?;
    Ok(Outcome::Done)
}
