//! The command that makes the programme's table of towns.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use homon_city::desk::towns::{self, TownTable};

use super::{Outcome, Ran};

#[derive(Args)]
pub(super) struct TownsArgs {
    /// Japan Post's 住所の郵便番号: KEN_ALL.CSV or utf_ken_all.csv
    file: PathBuf,
    /// The municipality as the file writes it, such as 下関市; a town or village with its 郡, and with the
    /// prefecture before it where two have the same name
    #[arg(long, value_name = "NAME")]
    municipality: String,
}

/// The table goes where it can be appended to the programme, what is said of it does not.
pub(super) fn towns(args: &TownsArgs) -> Ran {
    let file = fs::read(&args.file).map_err(|error| format!("{}: {error}", args.file.display()))?;
    let table = towns::read(&file, &args.municipality)?;
    write!(io::stdout().lock(), "\n{}", table.to_toml()?)?;
    let TownTable { municipality_kana, towns, left_out } = table;
    let mut said = io::stderr().lock();
    writeln!(said, "{} towns. municipality_kana = \"{municipality_kana}\"", towns.len())?;
    for town in &left_out {
        writeln!(said, "LEFT OUT  {town}: if an address begins so, write it into the programme by hand")?;
    }
    Ok(if left_out.is_empty() { Outcome::Done } else { Outcome::Outstanding })
}
