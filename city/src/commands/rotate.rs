//! The command that exchanges the city's keys.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use homon_city::desk::rotate::{self, AuthorityStep, CityKey, Former};
use homon_domain::platform::SystemClock;

use super::{CityArgs, Outcome, Ran};

#[derive(Args)]
pub(super) struct RotateArgs {
    /// Which key
    #[arg(value_enum)]
    key: KeyName,
    #[command(flatten)]
    city: CityArgs,
    /// The former key may have leaked: nothing that it signed counts any more
    #[arg(long)]
    leaked: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum KeyName {
    /// The desk's, to which tablets encrypt
    Work,
    /// The one in the safe, to which they encrypt as well
    Recovery,
    /// The intake's, for receipts that a package is held
    Held,
    /// The desk's, for receipts that a package was opened
    Opened,
    /// The desk's, for what goes back to the tablets
    Mail,
    /// The intake's certificate
    Server,
    /// The authority, in three steps: give the command again when it says so
    Authority,
}

impl KeyName {
    /// The key that one command exchanges; `None` for the authority.
    fn single(self) -> Option<CityKey> {
        match self {
            Self::Work => Some(CityKey::Work),
            Self::Recovery => Some(CityKey::Recovery),
            Self::Held => Some(CityKey::Held),
            Self::Opened => Some(CityKey::Opened),
            Self::Mail => Some(CityKey::Mail),
            Self::Server => Some(CityKey::Server),
            Self::Authority => None,
        }
    }

    /// Whether the intake has to be started again with what is new in its folder.
    fn concerns_the_intake(self) -> bool {
        matches!(self, Self::Held | Self::Server | Self::Authority)
    }
}

pub(super) fn rotate(args: &RotateArgs) -> Ran {
    let folder = args.city.folder();
    let former = if args.leaked { Former::Leaked } else { Former::Trusted };
    let mut out = io::stdout().lock();
    match args.key.single() {
        Some(key) => {
            let told = rotate::exchange(&folder, key, former, &SystemClock)?;
            writeln!(
                out,
                "The key is exchanged. {told} tablets are told by mail; until they have it, nothing is lost."
            )?;
        }
        None if args.leaked => return Err(
            "an authority that has leaked cannot vouch for the next one: found a new city and enrol the tablets to it"
                .into(),
        ),
        None => {
            let words = match rotate::next_step(&folder, &SystemClock)? {
                AuthorityStep::Announced => {
                    "Step 1 of 3: tablets are told of the next authority. Give this command again when they have \
                     synchronised."
                }
                AuthorityStep::HandedOver => {
                    "Step 2 of 3: the next authority signs from now on; tablets get new certificates by mail. Give this \
                     command again when they have synchronised."
                }
                AuthorityStep::Finished => "Step 3 of 3: the former authority is trusted no more.",
            };
            writeln!(out, "{words}")?;
        }
    }
    if matches!(args.key, KeyName::Recovery) {
        writeln!(out, "Carry {} to the safe, beside the former one.", folder.recovery().display())?;
    }
    if args.key.concerns_the_intake() {
        writeln!(out, "Carry {} to each intake and start it again.", folder.intake().display())?;
    }
    Ok(Outcome::Done)
}
