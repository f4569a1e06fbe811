//! An enrolled tablet with an open visit, filled at once: receiving thousands one by one would take minutes.

use std::path::Path;
use std::sync::Arc;

use homon_app::{Homon, PinCost, Platform, SoftwareVault};
use homon_city::desk::CityFolder;
use homon_city::desk::{enrol, init};
use homon_domain::ids::{PartNumber, StaffCode, VisitId};
use homon_seal::enrolment::fingerprint_groups;
use homon_seal::recipients::RecipientKind;
use homon_store::{AuditEvent, DeskFile, KeySlots, Pin, Root, StepWrite, VisitFile};
use homon_support::scenario::{PartScript, Scenario, VisitScript};
use homon_support::tablet::{ScriptClock, ScriptedTablet};
use tokio::runtime::Runtime;

use super::residents::{Residents, record, scenario};
use crate::Result;

/// How many cases go into one transaction while a visit is filled.
const AT_ONCE: usize = 500;

/// A tablet on which someone is signed in.
pub(crate) struct Tablet {
    /// The core.
    pub(crate) homon: Homon,
    /// Drives the core's futures.
    pub(crate) runtime: Runtime,
    /// The open visit.
    pub(crate) visit: VisitId,
    /// This tablet's part.
    pub(crate) part: PartNumber,
    staff: StaffCode,
    pin: String,
}

impl Tablet {
    /// Enrols a tablet in `folder`, opens the scenario's visit and puts the residents' cases into it.
    pub(crate) fn with_cases(folder: &Path, residents: &Residents, count: usize) -> Result<Self> {
        let scenario = scenario()?;
        let (visit, part) = (scenario.visits[0].clone(), scenario.visits[0].parts[0].clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime.block_on(open_visit(folder, &scenario, &visit, &part))?;
        let pin = scenario.pins.get(&part.staff).ok_or("the scenario has no PIN")?.clone();
        fill(folder, &scenario, residents, (visit.plan.id, part.part), (&part.staff, &pin), count)?;

        let clock = Arc::new(ScriptClock::at(scenario.begins_at));
        let vault = Arc::new(SoftwareVault::open(&folder.join("vault"))?);
        let platform = Platform { vault, clock, photo_models: None };
        let homon = Homon::open(&folder.join("files"), platform, PinCost::cheap())?;
        let tablet = Self { homon, runtime, visit: visit.plan.id, part: part.part, staff: part.staff, pin };
        tablet.sign_in()?;
        Ok(tablet)
    }

    /// Signs in; whoever was signed in is signed out, and the visit's file is closed.
    pub(crate) fn sign_in(&self) -> Result<()> {
        let signed_in = self.homon.sign_in(self.staff.to_string(), self.pin.clone());
        self.runtime.block_on(signed_in)?;
        Ok(())
    }
}

async fn open_visit(folder: &Path, scenario: &Scenario, visit: &VisitScript, part: &PartScript) -> Result<()> {
    let tablet = ScriptedTablet::open(folder, scenario.clone(), &part.tablet, true)?;
    let city = CityFolder::new(&folder.join("city"));
    let clock = ScriptClock::at(scenario.begins_at);
    let programme = folder.join("programme.toml");
    init::init(&city, &programme, "https://127.0.0.1:9", RecipientKind::Hybrid, &clock)?;
    let enrolled = enrol::enrol(&city, &tablet.request().await?, &clock)?;
    tablet.accept(enrolled.token, fingerprint_groups(&enrolled.ca_fingerprint)).await?;
    tablet.open_part(visit, part).await?;
    Ok(())
}

fn fill(
    folder: &Path,
    scenario: &Scenario,
    residents: &Residents,
    (visit, part): (VisitId, PartNumber),
    (staff, pin): (&StaffCode, &str),
    count: usize,
) -> Result<()> {
    let clock = ScriptClock::at(scenario.begins_at);
    let root = Root::open(&folder.join("files"))?;
    let vault = SoftwareVault::open(&folder.join("vault"))?;
    let pin = Pin::new(pin).map_err(|_| "the scenario's PIN is none")?;
    let desk = DeskFile::open(&root, KeySlots::of(&root).unlock(&vault, &clock, staff, &pin)?)?;
    let mut file = VisitFile::open(&root, &desk, &vault, visit, part)?;
    for cases in residents.cases(count)?.chunks(AT_ONCE) {
        let event = AuditEvent::new(scenario.begins_at, staff, "receive".parse()?);
        let mut write = StepWrite::new(event);
        for case in cases {
            write = write.case(record(case)?);
        }
        file.step(&write)?;
    }
    Ok(())
}
