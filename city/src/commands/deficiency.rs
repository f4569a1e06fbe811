//! The command that tells a tablet of a deficiency.

use std::io::{self, Write};
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;
use homon_city::desk::deliveries::{self, Named, Tell, Told};
use homon_domain::delivery::Deficiency;
use homon_domain::ids::{CaseNumber, DeviceId};
use homon_domain::platform::SystemClock;

use super::mark::{KindName, note};
use super::{CityArgs, Outcome, Ran};

#[derive(Args)]
pub(super) struct DeficiencyArgs {
    #[command(flatten)]
    city: CityArgs,
    /// The visit, or the first eight digits of it, as exports name it
    #[arg(long)]
    visit: String,
    /// The case, such as 1-004
    #[arg(long, value_name = "NUMBER")]
    case: CaseNumber,
    /// What is wrong; not needed where the application is marked as returned already
    #[arg(long)]
    kind: Option<KindName>,
    /// A file with the words of the issuing body; - for standard input
    #[arg(long, value_name = "FILE", requires = "kind")]
    note: Option<PathBuf>,
    /// On which day it was returned; today unless it is given
    #[arg(long, value_name = "DATE")]
    on: Option<NaiveDate>,
    /// The tablet to tell, instead of the one that sealed the case
    #[arg(long, value_name = "DEVICE")]
    to: Option<DeviceId>,
}

pub(super) fn deficiency(args: DeficiencyArgs) -> Ran {
    let note = note(args.note.as_deref())?;
    let tell = Tell {
        named: Named::Case { visit: args.visit, number: args.case },
        deficiency: args.kind.map(|kind| Deficiency { kind: kind.into(), note }),
        on: args.on,
        to: args.to,
    };
    let Told { visit, case, device, mail, marked } = deliveries::tell(&args.city.folder(), tell, &SystemClock)?;
    let mut out = io::stdout().lock();
    if marked {
        writeln!(out, "Case {case} of visit {visit} is marked as returned (不備).")?;
    }
    writeln!(out, "Device {device} gets mail {mail}, with the name, the contact and the reason.")?;
    Ok(Outcome::Done)
}
