//! What a script should have led to, worked out in memory with the rules alone: what a tablet stored is compared with it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use homon_domain::case::{Case, RoundPlace};
use homon_domain::case_step::{Doing, Step};
use homon_domain::ids::{CaseId, CaseNumber, StaffCode};
use homon_domain::programme::Programme;
use homon_domain::roster::ExpectedResident;
use homon_domain::visit::japan_time;
use homon_roster::BadRows;

use crate::camera::Camera;
use crate::scenario::{PartScript, Scenario, ScriptStep, VisitScript};
use crate::studio::Studio;

/// The instant of the step with this index: each takes a quarter of a minute.
#[must_use]
pub fn instant(scenario: &Scenario, index: usize) -> DateTime<Utc> {
    scenario.begins_at + TimeDelta::seconds(15 * (i64::try_from(index).expect("a script is short") + 1))
}

impl ScriptStep {
    /// Whether the step writes.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.entries() > 0
    }

    /// How many entries the step leaves in the audit chain.
    #[must_use]
    pub fn entries(&self) -> u64 {
        match self {
            Self::Receive { .. }
            | Self::ReceiveExpected { .. }
            | Self::Case { .. }
            | Self::Portrait { .. }
            | Self::Consultation
            | Self::Remarks { .. }
            | Self::KeyStoreDies => 1,
            // One of the tablet that gives, one of the tablet that takes.
            Self::HandOver { .. } => 2,
            Self::SignIn { .. }
            | Self::Refused { .. }
            | Self::RefusedPortrait { .. }
            | Self::Expect { .. }
            | Self::Search { .. }
            | Self::Kill
            | Self::Checkpoint
            | Self::Destroyed => 0,
        }
    }

    /// What the tablet can't do by itself: whoever plays the scenario does it, and goes on after it.
    #[must_use]
    pub fn is_for_the_player(&self) -> bool {
        matches!(self, Self::Destroyed | Self::HandOver { .. } | Self::KeyStoreDies)
    }
}

impl PartScript {
    /// The index of the step that follows the first `written` entries of the audit chain.
    #[must_use]
    pub fn after_writes(&self, written: u64) -> usize {
        let mut left = written;
        for (index, step) in self.steps.iter().enumerate() {
            if left == 0 {
                return index;
            }
            left = left.saturating_sub(step.entries());
        }
        self.steps.len()
    }

    /// The label of the tablet on which the step with this index is done.
    #[must_use]
    pub fn tablet_at(&self, index: usize) -> &str {
        let mut before = self.steps[..index].iter().rev();
        let last =
            before.find_map(|step| if let ScriptStep::HandOver { to } = step { Some(to.as_str()) } else { None });
        last.unwrap_or(&self.tablet)
    }

    /// Whether the tablet of this label has the part at any time.
    #[must_use]
    pub fn is_ever_on(&self, label: &str) -> bool {
        (0..=self.steps.len()).any(|index| self.tablet_at(index) == label)
    }

    /// Who is signed in when the step with this index begins.
    #[must_use]
    pub fn staff_at(&self, index: usize) -> &StaffCode {
        let changes = self.steps[..index].iter().rev();
        let last = changes.filter_map(|step| if let ScriptStep::SignIn { staff } = step { Some(staff) } else { None });
        last.into_iter().next().unwrap_or(&self.staff)
    }
}

/// What a part of a visit should hold.
#[derive(Debug, Default, PartialEq)]
pub struct Expected {
    /// The cases in the order of reception. Their identifiers are random, so these are nil.
    pub cases: Vec<Case>,
    /// 相談件数.
    pub consultations: u32,
    /// 特記事項.
    pub remarks: Option<String>,
}

/// What a part should hold after its first `written` writing steps.
///
/// # Panics
/// When a step of the script is refused: the script is wrong then.
#[must_use]
pub fn replay(
    scenario: &Scenario,
    programme: &Programme,
    visit: &VisitScript,
    part: &PartScript,
    written: u64,
    camera: &Camera,
) -> Expected {
    let mut day = Day {
        expected: Expected::default(),
        roster: roster(scenario, programme, part),
        behind: BTreeMap::new(),
        studio: Studio::of(camera),
    };
    let end = part.after_writes(written);
    for (index, step) in part.steps[..end].iter().enumerate() {
        let by = programme.member(part.staff_at(index)).expect("the script's staff is the programme's");
        let doing = Doing { programme, by, at: instant(scenario, index) };
        day.follow(visit, part, step, doing);
    }
    day.expected
}

/// What is expected, and what the roster and the camera add to it.
struct Day<'a> {
    expected: Expected,
    roster: Vec<ExpectedResident>,
    /// Who of the roster is behind a case.
    behind: BTreeMap<u32, ExpectedResident>,
    studio: Studio<'a>,
}

/// Whom the tablet expects.
fn roster(scenario: &Scenario, programme: &Programme, part: &PartScript) -> Vec<ExpectedResident> {
    let Some(script) = scenario.rosters.iter().find(|roster| roster.tablet == part.tablet) else { return Vec::new() };
    let today = japan_time(scenario.begins_at).date_naive();
    let reading = homon_roster::read(&script.file(), programme.number, today).expect("the script's roster is one");
    reading.residents(BadRows::Refuse).expect("every row of the script's roster fits")
}

impl Day<'_> {
    fn follow(&mut self, visit: &VisitScript, part: &PartScript, step: &ScriptStep, doing: Doing<'_>) {
        match step {
            ScriptStep::Receive { place } => {
                self.receive(visit, part, place.place().expect("the script's places are fine"), doing);
            }
            ScriptStep::ReceiveExpected { line } => {
                let resident = self.roster[*line as usize - 1].clone();
                let case = self.receive(visit, part, resident.place.clone(), doing);
                self.behind.insert(case, resident);
            }
            ScriptStep::Case { case, input } => {
                let today = japan_time(doing.at).date_naive();
                let step = input.step(today).expect("the script's input is fine");
                let is_consent = matches!(step, Step::RecordConsent { .. });
                self.advance(*case, step, doing);
                if is_consent {
                    self.fill(*case, doing);
                }
            }
            ScriptStep::Portrait { case, photo, flaw } => {
                let chosen = &self.expected.cases[*case as usize - 1].photo_exceptions;
                let chosen: Vec<_> = chosen.iter().map(|chosen| chosen.exception).collect();
                let portrait = self.studio.portrait(*photo, *flaw, &chosen, doing);
                self.advance(*case, Step::AttachPortrait { portrait }, doing);
            }
            ScriptStep::Consultation => self.expected.consultations += 1,
            ScriptStep::Remarks { text } => self.expected.remarks = Some(text.clone()),
            ScriptStep::SignIn { .. }
            | ScriptStep::Refused { .. }
            | ScriptStep::RefusedPortrait { .. }
            | ScriptStep::Expect { .. }
            | ScriptStep::Search { .. }
            | ScriptStep::Kill
            | ScriptStep::Checkpoint
            | ScriptStep::Destroyed
            | ScriptStep::HandOver { .. }
            | ScriptStep::KeyStoreDies => {}
        }
    }

    /// Answers the running number of the case.
    fn receive(&mut self, visit: &VisitScript, part: &PartScript, place: RoundPlace, doing: Doing<'_>) -> u32 {
        let sequence = u32::try_from(self.expected.cases.len() + 1).expect("a script is short");
        let number = CaseNumber { part: part.part, sequence: sequence.try_into().expect("it counts from 1") };
        self.expected.cases.push(Case::receive(nil(), number, visit.plan.service, place, doing));
        sequence
    }

    /// What the roster says of a resident who wishes to apply, and the case does not yet.
    fn fill(&mut self, case: u32, doing: Doing<'_>) {
        let Some(resident) = self.behind.get(&case).cloned() else { return };
        let before = &self.expected.cases[case as usize - 1];
        if before.consent.as_ref().is_none_or(|consent| consent.answers.doubtful) {
            return;
        }
        let known = before.applicant.clone();
        if known.name.is_none() {
            self.advance(case, Step::SetName { name: resident.name, kana: resident.kana }, doing);
        }
        if let (None, Some(address)) = (known.address, resident.address) {
            self.advance(case, Step::SetAddress { address }, doing);
        }
        if let (None, Some(birth_date)) = (known.birth_date, resident.birth_date) {
            self.advance(case, Step::SetBirthDate { birth_date }, doing);
        }
        if let (None, Some(sex)) = (known.sex, resident.sex) {
            self.advance(case, Step::SetSex { sex }, doing);
        }
        if let (None, Some(number)) = (known.number, resident.number) {
            self.advance(case, Step::SetNumber { number }, doing);
        }
    }

    fn advance(&mut self, case: u32, step: Step, doing: Doing<'_>) {
        let case = &mut self.expected.cases[case as usize - 1];
        *case = case.after(step, doing).expect("the script's steps are possible");
    }
}

/// The identifier of every case that was worked out: real ones are random.
#[must_use]
pub fn nil() -> CaseId {
    "00000000-0000-0000-0000-000000000000".parse().expect("it is a UUID")
}
