//! A tablet that works through its part of a scenario, with the real core and a software vault.

mod mail;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use homon_app::{
    CancellationToken, DeviationInput, Error, FindingWeight, Homon, PhotoFinding, PinCost, Platform, PortraitReport,
    Refusal, SoftwareVault, SyncProgress, VisitStage,
};
use homon_domain::ids::{CaseId, StaffCode};
use homon_domain::platform::Clock;
use homon_domain::visit::AmendmentReason;
use serde_json::{Value, json};

use crate::camera::Camera;
use crate::replay::{instant, nil, replay};
use crate::scenario::{Flaw, PartScript, PhotoRecipe, Scenario, ScriptStep, Tablet, VisitScript};

/// A clock that a script sets.
#[derive(Debug)]
pub struct ScriptClock(AtomicI64);

impl ScriptClock {
    /// Stands at an instant.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(AtomicI64::new(now.timestamp_millis()))
    }

    /// Goes to an instant.
    pub fn set(&self, now: DateTime<Utc>) {
        self.0.store(now.timestamp_millis(), Ordering::SeqCst);
    }
}

impl Clock for ScriptClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::SeqCst)).expect("it came from an instant")
    }
}

/// Why a scripted tablet stopped.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The core refused.
    #[error("step {index}: {error:?}")]
    Core {
        /// The index of the step; the number of steps when it was none of them.
        index: usize,
        /// What it said.
        error: Error,
    },
    /// What happened is not what the script expects.
    #[error("step {index}: {what}")]
    Unexpected {
        /// The index of the step.
        index: usize,
        /// What is different. Scenarios are invented, so this may show what a real tablet never would.
        what: String,
    },
    /// The scenario does not know the tablet.
    #[error("the scenario knows no such tablet, staff or PIN")]
    Unknown,
}

/// What happens as a script runs.
#[derive(Clone, PartialEq, Debug)]
pub enum Mark {
    /// The first so many writing steps are stored and answered.
    Acknowledged(u64),
    /// A photo was looked at before it was taken: what a screen would show of it, without anything of the picture.
    Looked(Value),
    /// The script wants the process to be killed now.
    KillMe,
}

/// One tablet of a scenario.
pub struct ScriptedTablet {
    /// The core.
    pub homon: Homon,
    /// Its clock.
    pub clock: Arc<ScriptClock>,
    pub(crate) scenario: Scenario,
    pub(crate) tablet: Tablet,
    camera: Camera,
    patience: u32,
}

impl ScriptedTablet {
    /// Opens the tablet's folder; `cheap_pins` is for tests that sign in hundreds of times. Its camera takes drawings.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub fn open(folder: &Path, scenario: Scenario, label: &str, cheap_pins: bool) -> Result<Self, ScriptError> {
        Self::open_with(folder, scenario, label, cheap_pins, Camera::Drawings)
    }

    /// The same with a camera of its own.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub fn open_with(
        folder: &Path,
        scenario: Scenario,
        label: &str,
        cheap_pins: bool,
        camera: Camera,
    ) -> Result<Self, ScriptError> {
        let tablet = scenario.tablets.iter().find(|tablet| tablet.label == label).ok_or(ScriptError::Unknown)?.clone();
        let clock = Arc::new(ScriptClock::at(scenario.begins_at));
        std::fs::create_dir_all(folder).map_err(|error| core(0)(error.into()))?;
        let vault = SoftwareVault::open(&folder.join("vault")).map_err(|error| core(0)(error.into()))?;
        let platform = Platform {
            vault: Arc::new(vault),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            photo_models: camera.models(),
        };
        let cost = if cheap_pins { PinCost::cheap() } else { PinCost::default() };
        let homon = Homon::open(&folder.join("files"), platform, cost).map_err(core(0))?;
        Ok(Self { homon, clock, scenario, tablet, camera, patience: 0 })
    }

    /// Tries a step again, so many times, when the storage refused it: as a person does who was told so.
    #[must_use]
    pub fn patient(self, patience: u32) -> Self {
        Self { patience, ..self }
    }

    /// The core alone: an app has no script.
    #[must_use]
    pub fn into_homon(self) -> Homon {
        self.homon
    }

    fn pin(&self, staff: &StaffCode) -> Result<String, ScriptError> {
        self.scenario.pins.get(staff).cloned().ok_or(ScriptError::Unknown)
    }

    /// The tablet's enrolment request.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn request(&self) -> Result<String, ScriptError> {
        self.homon.enrolment_request(self.tablet.label.clone()).await.map_err(core(0))
    }

    /// Accepts an enrolment and gives everyone a PIN; goes on where an earlier call was interrupted.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn accept(&self, enrolment: String, fingerprint: String) -> Result<(), ScriptError> {
        let first = &self.tablet.first_staff;
        if self.homon.is_enrolled().await.map_err(core(0))? {
            self.sign_in_first().await?;
        } else {
            let accepted = self.homon.accept_enrolment(enrolment, fingerprint, first.to_string(), self.pin(first)?);
            accepted.await.map_err(core(0))?;
        }
        let have_one = self.homon.staff_with_pin().await.map_err(core(0))?;
        for staff in self.tablet.other_staff.iter().filter(|staff| !have_one.iter().any(|known| known.code == **staff))
        {
            self.homon.add_staff(staff.to_string(), self.pin(staff)?).await.map_err(core(0))?;
        }
        Ok(())
    }

    /// Signs someone in.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn sign_in(&self, staff: &StaffCode) -> Result<(), ScriptError> {
        self.homon.sign_in(staff.to_string(), self.pin(staff)?).await.map(drop).map_err(core(0))
    }

    /// Signs in whoever set up the tablet.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn sign_in_first(&self) -> Result<(), ScriptError> {
        self.sign_in(&self.tablet.first_staff).await
    }

    /// The parts of the scenario's visits that this tablet has at any time.
    #[must_use]
    pub fn parts(&self) -> Vec<(VisitScript, PartScript)> {
        let visits = self.scenario.visits.iter();
        let of_visit = |visit: &VisitScript| {
            let mine = visit.parts.iter().filter(|part| part.is_ever_on(&self.tablet.label)).cloned();
            mine.map(|part| (visit.clone(), part)).collect::<Vec<_>>()
        };
        visits.flat_map(of_visit).collect()
    }

    /// Opens a part unless it is open already, or another tablet is to hand it over; answers how many writing steps are
    /// stored.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn open_part(&self, visit: &VisitScript, part: &PartScript) -> Result<u64, ScriptError> {
        self.sign_in(&part.staff).await?;
        match self.homon.verify_audit(visit.plan.id, part.part).await {
            Ok(head) => return Ok(head.seq - 1),
            Err(Error::Refused { reason: Refusal::NoSuchVisit }) if part.tablet == self.tablet.label => {}
            Err(error) => return Err(core(0)(error)),
        }
        self.clock.set(self.scenario.begins_at);
        let deviations = visit.deviations.iter();
        let deviations =
            deviations.map(|d| DeviationInput { departure: d.departure.clone(), reason: d.reason.clone() }).collect();
        let opened = self.homon.open_visit(visit.plan.clone(), part.part, visit.check_in.clone(), deviations, None);
        opened.await.map_err(core(0))?;
        Ok(0)
    }

    /// Works through the rest of a part, up to a step that is not this tablet's. `survived` kills of the script lie behind.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn work(
        &self,
        visit: &VisitScript,
        part: &PartScript,
        survived: usize,
        tell: &mut dyn FnMut(Mark),
    ) -> Result<(), ScriptError> {
        let mut left = self.patience;
        let mut written = loop {
            match self.go_on(visit, part).await {
                Err(error) => spend(&mut left, error)?,
                written => break written?,
            }
        };
        tell(Mark::Acknowledged(written));
        let from = part.after_writes(written);
        for (index, step) in part.steps.iter().enumerate().skip(from) {
            if part.tablet_at(index) != self.tablet.label || step.is_for_the_player() {
                return Ok(());
            }
            self.clock.set(instant(&self.scenario, index));
            let kills_before = part.steps[..index].iter().filter(|step| matches!(step, ScriptStep::Kill)).count();
            match step {
                ScriptStep::Kill if kills_before >= survived => tell(Mark::KillMe),
                step => self.patient_step(visit, part, index, step, written, tell).await?,
            }
            if step.writes() {
                written += step.entries();
                tell(Mark::Acknowledged(written));
            }
        }
        Ok(())
    }

    /// Opens a part and signs in whoever goes on with it; answers how many writing steps are stored.
    async fn go_on(&self, visit: &VisitScript, part: &PartScript) -> Result<u64, ScriptError> {
        let written = self.open_part(visit, part).await?;
        self.sign_in(part.staff_at(part.after_writes(written))).await?;
        Ok(written)
    }

    /// A step, tried again while there is patience. What was refused may be stored all the same, so that is looked at
    /// first: nobody repeats from memory.
    async fn patient_step(
        &self,
        visit: &VisitScript,
        part: &PartScript,
        index: usize,
        step: &ScriptStep,
        written: u64,
        tell: &mut dyn FnMut(Mark),
    ) -> Result<(), ScriptError> {
        let mut left = self.patience;
        while let Err(error) = self.step(visit, part, index, step, tell).await {
            spend(&mut left, error)?;
            self.sign_in(part.staff_at(index)).await?;
            let head = self.homon.verify_audit(visit.plan.id, part.part).await.map_err(core(index))?;
            if head.seq - 1 > written {
                break;
            }
        }
        Ok(())
    }

    async fn step(
        &self,
        visit: &VisitScript,
        part: &PartScript,
        index: usize,
        step: &ScriptStep,
        tell: &mut dyn FnMut(Mark),
    ) -> Result<(), ScriptError> {
        let (id, number) = (visit.plan.id, part.part);
        let homon = &self.homon;
        match step {
            ScriptStep::SignIn { staff } => self.sign_in(staff).await?,
            ScriptStep::Receive { place } => drop(homon.receive(id, number, place.clone()).await.map_err(core(index))?),
            ScriptStep::ReceiveExpected { line } => {
                let roster = self.roster(visit, index).await?;
                drop(homon.receive_from_roster(id, number, roster, *line).await.map_err(core(index))?);
            }
            ScriptStep::Case { case, input } => {
                let case = self.case_id(visit, part, *case, index).await?;
                homon.case_step(id, number, case, (**input).clone()).await.map(drop).map_err(core(index))?;
            }
            ScriptStep::Portrait { case, photo, flaw } => {
                let case = self.case_id(visit, part, *case, index).await?;
                let jpeg = self.photograph(index, *photo, *flaw)?;
                self.look(visit, part, index, case, &jpeg, tell).await?;
                homon.attach_portrait(id, number, case, jpeg).await.map(drop).map_err(core(index))?;
            }
            ScriptStep::RefusedPortrait { case, photo, flaw, error } => {
                if let Camera::Drawings = self.camera {
                    return Ok(());
                }
                let case = self.case_id(visit, part, *case, index).await?;
                let jpeg = self.photograph(index, *photo, Some(*flaw))?;
                self.look(visit, part, index, case, &jpeg, tell).await?;
                let before = homon.case(id, number, case).await.map_err(core(index))?;
                expect_refused(index, homon.attach_portrait(id, number, case, jpeg).await, error)?;
                if homon.case(id, number, case).await.map_err(core(index))? != before {
                    return Err(unexpected(index, "what was refused has changed the case"));
                }
            }
            ScriptStep::Consultation => drop(homon.add_consultation(id, number).await.map_err(core(index))?),
            ScriptStep::Remarks { text } => {
                homon.set_remarks(id, number, text.clone()).await.map_err(core(index))?;
            }
            ScriptStep::Refused { case, input, error } => {
                let case = self.case_id(visit, part, *case, index).await?;
                expect_refused(index, homon.case_step(id, number, case, (**input).clone()).await, error)?;
            }
            ScriptStep::Expect { case, status } => {
                let case = self.case_id(visit, part, *case, index).await?;
                let view = homon.case(id, number, case).await.map_err(core(index))?;
                if view.status != *status {
                    let what = format!("expected {status:?}, got {:?}: {:?}", view.status, view.problems);
                    return Err(unexpected(index, &what));
                }
            }
            ScriptStep::Search { query, found } => {
                let rows = homon.search(id, number, query.clone()).await.map_err(core(index))?;
                let numbers: Vec<u32> = rows.iter().map(|row| row.number.sequence.get()).collect();
                if numbers != *found {
                    return Err(unexpected(index, &format!("expected {found:?}, got {numbers:?}")));
                }
            }
            ScriptStep::Checkpoint => {
                let unobserved = Arc::new(|_: SyncProgress| ());
                homon.sync(unobserved, CancellationToken::new()).await.map(drop).map_err(core(index))?;
            }
            // Kills are in `work`, and the others are for whoever plays the scenario.
            ScriptStep::Kill | ScriptStep::Destroyed | ScriptStep::HandOver { .. } | ScriptStep::KeyStoreDies => {}
        }
        Ok(())
    }

    fn photograph(&self, index: usize, recipe: PhotoRecipe, flaw: Option<Flaw>) -> Result<Vec<u8>, ScriptError> {
        self.camera.photograph(recipe, flaw).map_err(|_| unexpected(index, "the photo cannot be taken"))
    }

    /// Looks at a photo as a worker does before it is attached. A tablet without models shows nothing.
    async fn look(
        &self,
        visit: &VisitScript,
        part: &PartScript,
        index: usize,
        case: CaseId,
        jpeg: &[u8],
        tell: &mut dyn FnMut(Mark),
    ) -> Result<(), ScriptError> {
        if let Camera::Drawings = self.camera {
            return Ok(());
        }
        let report = self.homon.check_portrait(visit.plan.id, part.part, case, jpeg.to_vec()).await;
        tell(Mark::Looked(shown(&report.map_err(core(index))?)));
        Ok(())
    }

    async fn case_id(
        &self,
        visit: &VisitScript,
        part: &PartScript,
        sequence: u32,
        index: usize,
    ) -> Result<CaseId, ScriptError> {
        let rows = self.homon.board(visit.plan.id, part.part).await.map_err(core(index))?;
        let row = rows.into_iter().find(|row| row.number.sequence.get() == sequence);
        row.map(|row| row.id).ok_or_else(|| unexpected(index, "no such case"))
    }

    /// Compares what is stored with what the script should have led to after `written` writing steps.
    ///
    /// # Errors
    /// [`ScriptError::Unexpected`] for the first difference.
    pub async fn compare(&self, visit: &VisitScript, part: &PartScript, written: u64) -> Result<(), ScriptError> {
        let (id, number, end) = (visit.plan.id, part.part, part.steps.len());
        let programme = self.homon.programme().await.map_err(core(end))?;
        let expected = replay(&self.scenario, &programme, visit, part, written, &self.camera);
        let mut rows = self.homon.board(id, number).await.map_err(core(end))?;
        rows.sort_by_key(|row| row.number.sequence);
        let mut cases = Vec::new();
        for row in &rows {
            let mut case = self.homon.case(id, number, row.id).await.map_err(core(end))?.case;
            let stored = self.homon.portrait(id, number, row.id).await.map_err(core(end))?;
            let digest = stored.map(|bytes| homon_seal::Sha256Digest::of(&bytes).to_string());
            if digest != case.portrait.as_ref().map(|portrait| portrait.sha256.clone()) {
                return Err(unexpected(end, "the photo is not the one of the case"));
            }
            case.id = nil();
            cases.push(case);
        }
        let view = self.homon.visit(id, number).await.map_err(core(end))?;
        let remarks = view.visit.remarks.as_ref().map(|text| text.as_str().to_owned());
        let same = cases == expected.cases
            && view.visit.consultations == expected.consultations
            && remarks == expected.remarks;
        if same { Ok(()) } else { Err(unexpected(end, "what is stored is not what the script led to")) }
    }

    /// Closes every part that is open.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn close(&self) -> Result<(), ScriptError> {
        for (visit, part) in self.parts() {
            let end = part.steps.len();
            if self.stage_at(&visit, &part, end).await? == VisitStage::Open {
                self.homon.close_visit(visit.plan.id, part.part).await.map_err(core(end))?;
            }
        }
        Ok(())
    }

    /// Opens every part again that is closed or sealed.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn reopen(&self, reason: AmendmentReason) -> Result<(), ScriptError> {
        for (visit, part) in self.parts() {
            let end = part.steps.len();
            if matches!(self.stage_at(&visit, &part, end).await?, VisitStage::Closed | VisitStage::Sealed) {
                self.homon.reopen_visit(visit.plan.id, part.part, reason).await.map_err(core(end))?;
            }
        }
        Ok(())
    }

    /// Seals every part that is closed.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn seal(&self) -> Result<(), ScriptError> {
        for (visit, part) in self.parts() {
            let end = part.steps.len();
            if self.stage_at(&visit, &part, end + 1).await? == VisitStage::Closed {
                self.homon.seal_visit(visit.plan.id, part.part).await.map_err(core(end))?;
            }
        }
        Ok(())
    }

    /// How far a part has come, with its staff signed in at the instant of the step with this index.
    async fn stage_at(&self, visit: &VisitScript, part: &PartScript, index: usize) -> Result<VisitStage, ScriptError> {
        self.clock.set(instant(&self.scenario, index));
        self.sign_in(&part.staff).await?;
        let view = self.homon.visit(visit.plan.id, part.part).await.map_err(core(index))?;
        Ok(view.status)
    }
}

/// Gives the error back when there is no patience left, or when trying again is no remedy.
fn spend(patience: &mut u32, error: ScriptError) -> Result<(), ScriptError> {
    let may_pass = matches!(
        error,
        ScriptError::Core {
            error: Error::StorageFull | Error::KeyUnavailable | Error::Refused { reason: Refusal::DeviceFails },
            ..
        }
    );
    match patience.checked_sub(1) {
        Some(left) if may_pass => {
            *patience = left;
            Ok(())
        }
        _ => Err(error),
    }
}

/// What a screen shows of a photo, as the rehearsal counts it: which findings, and what each means.
fn shown(report: &PortraitReport) -> Value {
    let weight = |weight: FindingWeight| match weight {
        FindingWeight::Decides => "refused",
        FindingWeight::Warns => "warned",
        FindingWeight::Informs => "told",
        FindingWeight::Noted(_) => "excused",
    };
    let finding = |found: &PhotoFinding| {
        let debug = format!("{:?}", found.finding);
        // To which side does not matter here.
        let name = debug.split('(').next().unwrap_or(&debug);
        json!({"finding": name, "weight": weight(found.weight)})
    };
    let findings: Vec<Value> = report.findings.iter().map(finding).collect();
    json!({"photo": {"taken": report.is_acceptable(), "alike": report.same_as.len(), "findings": findings}})
}

/// Whether it was refused as the script says.
fn expect_refused<T>(index: usize, answer: Result<T, Error>, error: &str) -> Result<(), ScriptError> {
    let said = answer.map_or_else(|refused| format!("{refused:?}"), |_| "accepted".to_owned());
    if said.starts_with(error) { Ok(()) } else { Err(unexpected(index, &format!("expected {error}, got {said}"))) }
}

pub(crate) fn core(index: usize) -> impl Fn(Error) -> ScriptError {
    move |error| ScriptError::Core { index, error }
}

pub(crate) fn unexpected(index: usize, what: &str) -> ScriptError {
    ScriptError::Unexpected { index, what: what.to_owned() }
}
