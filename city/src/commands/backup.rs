//! The commands that back a city up and bring it back.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use homon_city::desk::CityFolder;
use homon_city::desk::backup::{self, BackedUp, Restored};
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
