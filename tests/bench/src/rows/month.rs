//! A large city's month on one core: a day of the venue scenario from the first resident to the exported table, with the
//! real programs' libraries, multiplied up to the month; and one intake for 1 to 100 cities.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use homon_app::{CancellationToken, SyncReport};
use homon_city::desk::export::{Template, export};
use homon_city::desk::open::{self, OpenedNow};
use homon_city::desk::programme::Example;
use homon_city::desk::{CityFolder, enrol, init};
use homon_domain::platform::SystemClock;
use homon_seal::Subject;
use homon_seal::enrolment::fingerprint_groups;
use homon_seal::recipients::RecipientKind;
use homon_support::portraits;
use homon_support::scenario::{Scenario, ScriptStep};
use homon_support::tablet::ScriptedTablet;
use tokio::runtime::Runtime;

use crate::Result;
use crate::report::{Against, Row};
use crate::sides::scenario;
use crate::upload::{Serving, Watched, growth};

/// Applications of a large city in a month.
const CASES: f64 = 9_000.0;

pub(super) fn measure(folder: &Path) -> Result<Vec<Row>> {
    Ok(vec![month(&Day::measure(&folder.join("month"))?), growth(folder)?])
}

fn month(day: &Day) -> Row {
    let days = CASES / f64::from(day.cases);
    let all = day.stages();
    let each = |(name, spent): &(&str, Duration)| {
        Against::measure(name, spent.as_secs_f64() * 1e3 / f64::from(day.cases), "ms a case", None)
    };
    let mut against: Vec<Against> = all.iter().map(each).collect();
    let seconds: f64 = all.iter().map(|(_, spent)| spent.as_secs_f64()).sum();
    let gigabytes = |bytes: u64| bytes as f64 / 1e9 * days;
    against.extend([
        Against::measure("the month's 9,000 cases, one core", seconds * days, "s", None),
        Against::measure("  of which the city's machines", (day.intake + day.desk).as_secs_f64() * days, "s", None),
        Against::measure("the month's packages, as sent", gigabytes(day.sealed), "GB", None),
        Against::measure("the month in the intake's store", gigabytes(day.stored), "GB", None),
        Against::measure("packages, the tallies among them", day.packages as f64 * days, "", None),
    ]);
    Row {
        name: format!("a month of 9,000 cases, from {} of one day", day.cases),
        compared: "processor time of everything of ours for the venue-day scenario on one tablet: every step of the core with \
                   a photo of 1 to 3 MB for each resident, closing, sealing for the city and the office, mutual TLS to an \
                   intake of its own process on a folder, the desk's opening and export, erasure on the tablet; signing in \
                   and the drawing of the invented photos are left out. The month is the day as often as it takes for 9,000",
        ours: None,
        against,
    }
}

/// What one day on one tablet took, by stage.
struct Day {
    cases: u32,
    working: Duration,
    sealing: Duration,
    sending: Duration,
    intake: Duration,
    desk: Duration,
    /// Bytes that left the tablet.
    sealed: u64,
    /// Bytes in the intake's store.
    stored: u64,
    packages: usize,
}

impl Day {
    fn stages(&self) -> [(&'static str, Duration); 5] {
        [
            ("the tablet: taking in and photos", self.working),
            ("the tablet: closing and sealing", self.sealing),
            ("the tablet: sending, receipts, erasure", self.sending),
            ("the intake", self.intake),
            ("the desk: opening and exporting", self.desk),
        ]
    }

    fn measure(home: &Path) -> Result<Self> {
        fs::create_dir_all(home)?;
        let scenario = scenario()?;
        let runtime = Runtime::new()?;
        let this = Watched(std::process::id());
        let spent = |work: &mut dyn FnMut() -> Result<()>| -> Result<Duration> {
            let before = this.cpu()?;
            work()?;
            Ok(this.cpu()? - before)
        };
        let drawing = spent(&mut || draw_all(&scenario))?;

        let city = CityFolder::new(&home.join("city"));
        let rules = home.join("programme.toml");
        fs::write(&rules, Example::Shimonoseki.text())?;
        // Free now; the intake takes it a moment later. Tablets learn it when they are enrolled.
        let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        init::init(&city, &rules, &format!("https://{listen}"), RecipientKind::Hybrid, &SystemClock)?;
        let serving = Serving::start_at(&home.join("city"), listen)?;
        let label = &scenario.visits[0].parts[0].tablet;
        // A tablet signs in some dozen times a day, whatever its work is; what that costs is set on purpose.
        let tablet = ScriptedTablet::open(&home.join("tablet"), scenario.clone(), label, true)?;
        let enrolled = enrol::enrol(&city, &runtime.block_on(tablet.request())?, &SystemClock)?;
        runtime.block_on(tablet.accept(enrolled.token, fingerprint_groups(&enrolled.ca_fingerprint)))?;
        sync(&runtime, &tablet)?;
        open::open(&city, &SystemClock)?;
        sync(&runtime, &tablet)?;

        let before = serving.watched().cpu()?;
        let working = spent(&mut || work(&runtime, &tablet))?;
        let sealing = spent(&mut || {
            runtime.block_on(tablet.close())?;
            Ok(runtime.block_on(tablet.seal())?)
        })?;
        let (packages, sealed) = weigh(&home.join("tablet/files/sealed"))?;
        let mut sending = spent(&mut || sync(&runtime, &tablet).map(drop))?;
        let mut exported = Default::default();
        let desk = spent(&mut || {
            let report = open::open(&city, &SystemClock)?;
            // Beside the visit there is the notice of its beginning.
            let is_visit = |opened: &OpenedNow| matches!(opened.key.subject, Subject::Visit { .. });
            if !report.opened.iter().any(is_visit) || !report.refused.is_empty() {
                return Err("the desk did not open the day".into());
            }
            exported = export(&city, &home.join("export"), &Template::default(), &SystemClock)?;
            Ok(())
        })?;
        let mut last = None;
        sending += spent(&mut || {
            last = Some(sync(&runtime, &tablet)?);
            Ok(())
        })?;
        if last.is_none_or(|report| report.erased == 0) {
            return Err("the tablet did not erase the day".into());
        }
        let intake = serving.watched().cpu()? - before;
        let stored = weigh(&home.join("city/store"))?.1;
        drop(serving);
        fs::remove_dir_all(home)?;
        let cases = u32::try_from(exported.cases)?;
        let working = working.saturating_sub(drawing);
        Ok(Self { cases, working, sealing, sending, intake, desk, sealed, stored, packages })
    }
}

fn draw_all(scenario: &Scenario) -> Result<()> {
    let steps = scenario.visits.iter().flat_map(|visit| &visit.parts).flat_map(|part| &part.steps);
    for step in steps {
        if let ScriptStep::Portrait { photo, .. } = step {
            std::hint::black_box(portraits::draw(*photo)?);
        }
    }
    Ok(())
}

fn work(runtime: &Runtime, tablet: &ScriptedTablet) -> Result<()> {
    for (visit, part) in tablet.parts() {
        // The scenario's kills are for tests: here they all lie behind.
        runtime.block_on(tablet.work(&visit, &part, usize::MAX, &mut |_| {}))?;
    }
    Ok(())
}

fn sync(runtime: &Runtime, tablet: &ScriptedTablet) -> Result<SyncReport> {
    runtime.block_on(tablet.sign_in_first())?;
    let report = runtime.block_on(tablet.homon.sync(Arc::new(|_| {}), CancellationToken::new()));
    report.map_err(|error| format!("the tablet did not get through: {error:?}").into())
}

/// How many files there are below a folder, and how many bytes they hold.
fn weigh(folder: &Path) -> Result<(usize, u64)> {
    let mut all = (0, 0);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (files, bytes) =
            if entry.file_type()?.is_dir() { weigh(&entry.path())? } else { (1, entry.metadata()?.len()) };
        all = (all.0 + files, all.1 + bytes);
    }
    Ok(all)
}
