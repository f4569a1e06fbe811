//! The commands of the key ceremony and of every new or lost tablet.

use std::fs;
use std::io::{self, Write};

use homon_city::desk::codes;
use homon_city::desk::enrol::{self, Enrolled};
use homon_city::desk::init::{self, Founded};
use homon_city::desk::programme::Example;
use homon_city::desk::{CityFolder, revoke, save_new};
use homon_domain::ids::DeviceId;
use homon_domain::platform::SystemClock;
use homon_seal::enrolment::fingerprint_groups;

use super::{CityArgs, EnrolArgs, InitArgs, Outcome, Ran};

pub(super) fn init(args: InitArgs) -> Ran {
    let mut out = io::stdout().lock();
    let (dir, programme, url) = match (args.example, args.dir, args.programme, args.intake_url) {
        (Some(example), ..) => {
            write!(out, "{}", Example::from(example).text())?;
            return Ok(Outcome::Done);
        }
        (None, Some(dir), Some(programme), Some(url)) => (dir, programme, url),
        _ => return Err("--dir, --programme and --intake-url are needed".into()),
    };
    let folder = CityFolder::new(&dir).with_actor(args.by.by);
    let founded = init::init(&folder, &programme, &url, args.recipients.into(), &SystemClock)?;
    let Founded { ca_fingerprint, recovery, office } = founded;
    writeln!(out, "The city is founded in {}.", dir.display())?;
    writeln!(
        out,
        "\nFingerprint of its authority, to compare on every tablet:\n  {}",
        fingerprint_groups(&ca_fingerprint)
    )?;
    writeln!(out, "\nBefore the first tablet is enrolled:")?;
    writeln!(out, "- Move {} into a safe, on two separate media. It opens everything.", recovery.display())?;
    writeln!(out, "- Hand {} to the contractor's office. It opens counts only.", office.display())?;
    writeln!(out, "- Where the intake runs on its own machine, carry `intake/` and `store/` there, never `desk/`.")?;
    writeln!(out, "- Edit programme.toml: each `enrol` reads it anew.")?;
    Ok(Outcome::Done)
}

pub(super) fn enrol(args: &EnrolArgs) -> Ran {
    // Asked first: an answer that can't be written would be an enrolment without a tablet.
    for out in std::iter::once(&args.out).chain(&args.codes) {
        if fs::symlink_metadata(out).is_ok() {
            return Err(format!("{} exists already; name a file that does not", out.display()).into());
        }
    }
    let request = fs::read_to_string(&args.request).map_err(|error| format!("{}: {error}", args.request.display()))?;
    let request = codes::unread(&request)?;
    let enrolled = enrol::enrol(&args.city.folder(), &request, &SystemClock)?;
    let Enrolled { device, label, key_thumbprint, ca_fingerprint, serial, renewed, token } = enrolled;
    save_new(&args.out, format!("{token}\n").as_bytes())?;
    if let Some(picture) = &args.codes {
        save_new(picture, &codes::picture(&token)?)?;
    }
    let mut out = io::stdout().lock();
    let what = if renewed { "has the present rules" } else { "is enrolled" };
    writeln!(out, "{label} {what}: device {device}, enrolment {serial}.")?;
    writeln!(out, "\nCompare with the tablet's screen before it is used:")?;
    writeln!(out, "  its key        {}", fingerprint_groups(&key_thumbprint))?;
    writeln!(out, "  the authority  {}", fingerprint_groups(&ca_fingerprint))?;
    writeln!(
        out,
        "If they differ, run `revoke` for this device. Otherwise take {} to the tablet.",
        args.out.display()
    )?;
    if let Some(picture) = &args.codes {
        writeln!(out, "Or open {} and hold the tablet's camera before it.", picture.display())?;
    }
    Ok(Outcome::Done)
}

pub(super) fn revoke(city: &CityArgs, device: DeviceId) -> Ran {
    let device = revoke::revoke(&city.folder(), device, &SystemClock)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{} (device {}) is refused from now on.", device.label, device.device)?;
    writeln!(out, "What it had already delivered is still opened, and marked.")?;
    Ok(Outcome::Done)
}
