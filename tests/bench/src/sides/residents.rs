//! Invented residents by the thousand: the applicants of the venue-day scenario, under names put together from theirs.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use homon_app::CaseInput;
use homon_city::desk::programme::{self, Example};
use homon_domain::case::{Case, Portrait, RoundPlace};
use homon_domain::case_step::{Doing, Step};
use homon_domain::ids::{CaseId, CaseNumber, PartNumber};
use homon_domain::programme::Programme;
use homon_domain::staff::StaffMember;
use homon_domain::visit::japan_time;
use homon_seal::Sha256Digest;
use homon_store::{Body, CaseRecord};
use homon_support::scenario::{Scenario, ScriptStep};
use uuid::Uuid;

use crate::Result;

const SCENARIO: &str = include_str!("../../../scenarios/venue-day.json");

/// The scenario from which everything is taken.
pub(crate) fn scenario() -> Result<Scenario> {
    Ok(serde_json::from_str(SCENARIO)?)
}

/// Endless invented residents, the same in every process.
pub(crate) struct Residents {
    /// The programme's rules.
    pub(crate) programme: Programme,
    scenario: Scenario,
    staff: StaffMember,
    applicants: Vec<Vec<CaseInput>>,
    families: Vec<String>,
    givens: Vec<String>,
    readings: Vec<String>,
}

impl Residents {
    /// `folder` is for the programme's file.
    pub(crate) fn invent(folder: &Path) -> Result<Self> {
        let scenario = scenario()?;
        let programme = programme_in(folder)?;
        let part = &scenario.visits[0].parts[0];
        let staff = programme.member(&part.staff).ok_or("the programme does not know the scenario's staff")?.clone();
        let applicants = applicants(&part.steps);
        let named = applicants.iter().flatten().filter_map(|input| match input {
            CaseInput::Name { name, kana } => Some((name.split([' ', '\u{3000}']), kana.clone())),
            _ => None,
        });
        let (mut families, mut givens, mut readings) = (Vec::new(), Vec::new(), Vec::new());
        for (mut name, kana) in named {
            families.extend(name.next().map(str::to_owned));
            givens.extend(name.next().map(str::to_owned));
            readings.extend(kana);
        }
        for words in [&mut families, &mut givens, &mut readings] {
            words.sort();
            words.dedup();
        }
        Ok(Self { programme, scenario, staff, applicants, families, givens, readings })
    }

    /// The instant at which everything happens.
    pub(crate) fn doing(&self) -> Doing<'_> {
        Doing { programme: &self.programme, by: &self.staff, at: self.scenario.begins_at }
    }

    /// That instant's day in Japan.
    pub(crate) fn today(&self) -> NaiveDate {
        japan_time(self.scenario.begins_at).date_naive()
    }

    /// Complete cases, up to the resident's confirmation.
    pub(crate) fn cases(&self, count: usize) -> Result<Vec<Case>> {
        (0..count).map(|index| self.case(index)).collect()
    }

    /// The name of a resident. It comes back after some thousand others, as names do.
    pub(crate) fn name(&self, index: usize) -> String {
        let family = &self.families[index % self.families.len()];
        let given = &self.givens[index / self.families.len() % self.givens.len()];
        format!("{family} {given}")
    }

    /// A reading; not that of the name beside it, but as long as one.
    pub(crate) fn reading(&self, index: usize) -> String {
        self.readings[index % self.readings.len()].clone()
    }

    /// What a person types in one round: a name, an address, a date of birth, a contact, and again.
    pub(crate) fn typed(&self, round: usize) -> Result<CaseInput> {
        if round.is_multiple_of(4) {
            return Ok(CaseInput::Name { name: self.name(round * 7), kana: Some(self.reading(round)) });
        }
        let inputs = &self.applicants[round % self.applicants.len()];
        let wanted = |input: &&CaseInput| match round % 4 {
            1 => matches!(input, CaseInput::Address { .. }),
            2 => matches!(input, CaseInput::BirthDate { .. }),
            _ => matches!(input, CaseInput::Contact { .. }),
        };
        Ok(inputs.iter().find(wanted).ok_or("every applicant has an address, a date of birth and a contact")?.clone())
    }

    fn case(&self, index: usize) -> Result<Case> {
        let doing = self.doing();
        let queue = u32::try_from(index + 1)?;
        let number = CaseNumber { part: PartNumber::FIRST, sequence: queue.try_into()? };
        let place = RoundPlace { queue: Some(queue), ..RoundPlace::default() };
        let mut case = Case::receive(case_id(index), number, self.scenario.visits[0].plan.service, place, doing);
        for input in &self.applicants[index % self.applicants.len()] {
            case = case.after(input.step(self.today())?, doing)?;
        }
        let name = CaseInput::Name { name: self.name(index), kana: Some(self.reading(index)) };
        case = case.after(name.step(self.today())?, doing)?;
        Ok(case.after(Step::AttachPortrait { portrait: self.portrait(index) }, doing)?)
    }

    fn portrait(&self, index: usize) -> Portrait {
        let sha256 = Sha256Digest::of(&index.to_be_bytes()).to_string();
        let at = self.scenario.begins_at;
        Portrait { sha256, bytes: 1_500_000, width: 2100, height: 2700, at, checked: false, rests_on: Vec::new() }
    }
}

/// Scattered as random identifiers are, and the same in every process.
pub(crate) fn case_id(index: usize) -> CaseId {
    CaseId(Uuid::from_u128((index as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)))
}

/// The case as the app stores it.
pub(crate) fn record(case: &Case) -> Result<CaseRecord> {
    Ok(CaseRecord {
        id: case.id,
        sequence: case.number.sequence,
        round_order: case.place.order.or(case.place.queue).unwrap_or(case.number.sequence.get()),
        status: case.status().name().parse()?,
        search_key: case.search_key(),
        body: Body::of(case)?,
    })
}

fn programme_in(folder: &Path) -> Result<Programme> {
    let path = folder.join("programme.toml");
    fs::write(&path, Example::Shimonoseki.text())?;
    Ok(programme::read(&path)?)
}

/// What was entered for those applicants whose photo was taken and who did not leave.
fn applicants(steps: &[ScriptStep]) -> Vec<Vec<CaseInput>> {
    let mut all: Vec<(Vec<CaseInput>, bool)> = Vec::new();
    for step in steps {
        match step {
            ScriptStep::Receive { .. } => all.push((Vec::new(), false)),
            ScriptStep::Portrait { case, .. } => all[*case as usize - 1].1 = true,
            ScriptStep::Case { case, input } => all[*case as usize - 1].0.push((**input).clone()),
            _ => {}
        }
    }
    let plain = |input: &CaseInput| {
        !matches!(
            input,
            CaseInput::Leave { .. }
                | CaseInput::Reopen
                | CaseInput::TakeItem { .. }
                | CaseInput::SettleItem { .. }
                | CaseInput::Confirm
        )
    };
    let photographed = all.into_iter().filter(|(_, photo)| *photo);
    photographed.map(|(inputs, _)| inputs.into_iter().filter(|input| plain(input)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn residents_are_the_same_every_time_and_seldom_share_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let residents = Residents::invent(folder.path()).unwrap();
        let cases = residents.cases(400).unwrap();
        assert!(cases == Residents::invent(folder.path()).unwrap().cases(400).unwrap());
        let names: BTreeSet<String> = (0..4000).map(|index| residents.name(index)).collect();
        assert_eq!(names.len(), 4000);
        // As large as a case is that only waits for the resident's word.
        assert!(cases.iter().all(|case| record(case).unwrap().body.as_json().len() > 900));
        assert!(cases.iter().all(|case| case.after(Step::Confirm, residents.doing()).is_ok()));
        for (round, case) in cases.iter().enumerate().take(8) {
            let step = residents.typed(round + 1).unwrap().step(residents.today()).unwrap();
            assert!(case.after(step, residents.doing()).unwrap() != *case);
        }
    }
}
