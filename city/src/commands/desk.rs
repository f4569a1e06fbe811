//! The commands of the desk's day, and the contractor's office's one.

use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

use homon_city::desk::export::Template;
use homon_city::desk::office::TallyRefusal;
use homon_city::desk::open::{self, OpenReport};
use homon_city::desk::{CityFolder, export, numbers, office, save_new, status};
use homon_domain::platform::SystemClock;
use homon_seal::{PackageKey, PackageName};

use super::{CityArgs, Outcome, Ran};

pub(super) fn open(city: &CityArgs) -> Ran {
    let OpenReport { opened, before, superseded, refused, warnings } = open::open(&city.folder(), &SystemClock)?;
    let mut out = io::stdout().lock();
    for now in &opened {
        if now.is_practice {
            writeln!(out, "practice    {}: invented residents, nothing of it is kept", full_name(&now.key))?;
            continue;
        }
        write!(out, "opened      {}, {} cases", full_name(&now.key), now.cases)?;
        match now.device_revoked_at {
            Some(_) => writeln!(out, "; its device was revoked since, look at it twice")?,
            None => writeln!(out)?,
        }
    }
    for key in &superseded {
        writeln!(out, "superseded  {}", full_name(key))?;
    }
    for (key, refusal) in &refused {
        writeln!(out, "NOT OPENED  {}: {refusal}", full_name(key))?;
    }
    for (key, warning) in &warnings {
        writeln!(out, "LOOK AT     {}: {warning}", full_name(key))?;
    }
    writeln!(out, "{} opened now, {before} before, {} not opened.", opened.len(), refused.len())?;
    Ok(if refused.is_empty() && warnings.is_empty() { Outcome::Done } else { Outcome::Outstanding })
}

pub(super) fn adopt(city: &CityArgs, package: &PackageArg, reason: &str) -> Ran {
    let adopted = open::adopt(&city.folder(), &package.0, reason, &SystemClock)?;
    let mut out = io::stdout().lock();
    writeln!(out, "adopted     {}, {} cases", full_name(&adopted.key), adopted.cases)?;
    writeln!(out, "It counts until a complete package comes that goes on from it.")?;
    Ok(Outcome::Done)
}

/// A package as `open` and `status` name it.
#[derive(Clone, Copy, Debug)]
pub(super) struct PackageArg(PackageKey);

impl FromStr for PackageArg {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = text.split_once('/').and_then(|(device, name)| {
            let name: PackageName = name.parse().ok()?;
            Some(Self(name.of(device.parse().ok()?)))
        });
        named.ok_or("name it as `open` does: <device>/<kind>/<visit>/<part>/<seal number>")
    }
}

pub(super) fn tally(folder: &CityFolder, to: Option<&Path>, photos: Option<&Path>) -> Ran {
    let counts = office::tally(folder)?;
    let mut csv = Vec::new();
    counts.write(&mut csv)?;
    match to {
        Some(path) => save_new(path, &csv)?,
        None => io::stdout().lock().write_all(&csv)?,
    }
    if counts.practice > 0 {
        writeln!(io::stderr(), "{} tallies of invented residents are left out.", counts.practice)?;
    }
    let mut refused = counts.refused;
    if let Some(folder_of_photos) = photos {
        let photos = office::activity_photos(folder, folder_of_photos)?;
        writeln!(io::stderr(), "{} photos of activities are in {}.", photos.written, folder_of_photos.display())?;
        // What can't be opened was told of above.
        refused.extend(photos.refused.into_iter().filter(|(_, refusal)| matches!(refusal, TallyRefusal::Activity(_))));
    }
    for (key, refusal) in &refused {
        writeln!(io::stderr(), "NOT OPENED  {}: {refusal}", full_name(key))?;
    }
    Ok(if refused.is_empty() { Outcome::Done } else { Outcome::Outstanding })
}

pub(super) fn export(city: &CityArgs, to: &Path, columns: Option<&Path>) -> Ran {
    let template = columns.map(Template::read).transpose()?.unwrap_or_default();
    let exported = export::export(&city.folder(), to, &template, &SystemClock)?;
    let mut out = io::stdout().lock();
    let export::Exported { visits, cases, photos, activity_photos } = exported;
    writeln!(out, "{visits} visits, {cases} cases and {photos} photos are in {}.", to.display())?;
    if activity_photos > 0 {
        writeln!(out, "{activity_photos} photos of activities are in its folder activity.")?;
    }
    writeln!(out, "It holds residents' data in the clear: delete it when it has been handed on.")?;
    Ok(Outcome::Done)
}

pub(super) fn numbers(city: &CityArgs, to: &Path, out: &Path) -> Ran {
    let numbers = numbers::hand_over(&city.folder(), to, out, &SystemClock)?;
    writeln!(io::stdout(), "{numbers} 個人番号 are in {}, for the keys in {} only.", out.display(), to.display())?;
    Ok(Outcome::Done)
}

pub(super) fn status(city: &CityArgs, overdue_days: u16, json: bool) -> Ran {
    let status = status::status(&city.folder(), overdue_days, &SystemClock)?;
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &status)?;
        writeln!(out)?;
    } else {
        write!(out, "{status}")?;
    }
    Ok(if status.is_outstanding() { Outcome::Outstanding } else { Outcome::Done })
}

fn full_name(key: &PackageKey) -> String {
    format!("{}/{}", key.device, key.name())
}
