//! Tally (件数): what the reports count, without anyone's identity, and how far the contract's targets are met.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::balance::{Balance, Held, People};
use crate::case::{Case, Leaving, Stage};
use crate::ids::{DeviceId, PartNumber, SiteCode, VisitId};
use crate::programme::{Method, ServiceKind, Target};
use crate::visit::{Departure, Visit};

/// The counts of one part of a visit. Holds no name, no reason in words, nothing of one resident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tally {
    /// The visit.
    pub visit: VisitId,
    /// The part.
    pub part: PartNumber,
    /// What was offered.
    pub service: ServiceKind,
    /// Where.
    pub site: SiteCode,
    /// On which day, in Japan (実施日).
    pub date: NaiveDate,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Residents by outcome; `ready` is 申請数.
    pub people: People,
    /// Residents not received, by reason.
    pub ineligible: BTreeMap<String, u32>,
    /// Residents to be visited again, by reason.
    pub revisit: BTreeMap<String, u32>,
    /// Applications by method.
    pub on_site: u32,
    /// Applications with identity checked at pickup.
    pub pickup: u32,
    /// Applications made on paper.
    pub on_paper: u32,
    /// People who only asked something (相談件数).
    pub consultations: u32,
    /// Papers by what became of them.
    pub papers: Held,
    /// Cards by what became of them.
    pub cards: Held,
    /// Rules that were not kept; the reasons, which are words, stay in the visit.
    pub departures: Vec<Departure>,
}

impl Tally {
    /// The tally of a visit part.
    #[must_use]
    pub fn of<'a>(visit: &Visit, cases: impl IntoIterator<Item = &'a Case>) -> Self {
        let mut tally = Self::begin(visit);
        cases.into_iter().for_each(|case| tally.add(case));
        tally
    }

    /// The tally of a visit part before its first case.
    #[must_use]
    pub fn begin(visit: &Visit) -> Self {
        Self {
            visit: visit.plan.id,
            part: visit.part,
            service: visit.plan.service,
            site: visit.plan.site.clone(),
            date: visit.plan.date,
            opened_at: visit.opened_at,
            closed_at: visit.closed_at,
            people: People::default(),
            ineligible: BTreeMap::new(),
            revisit: BTreeMap::new(),
            on_site: 0,
            pickup: 0,
            on_paper: 0,
            consultations: visit.consultations,
            papers: Held::default(),
            cards: Held::default(),
            departures: visit.deviations.iter().map(|deviation| deviation.departure.clone()).collect(),
        }
    }

    /// Counts one more case.
    pub fn add(&mut self, case: &Case) {
        let mut one = Balance::default();
        one.add(case);
        self.people = self.people.plus(one.people);
        self.papers = self.papers.plus(one.papers);
        self.cards = self.cards.plus(one.cards);
        match &case.stage {
            Stage::Left { leaving: Leaving::Ineligible { reason } } => count(&mut self.ineligible, reason),
            Stage::Left { leaving: Leaving::Revisit { reason, .. } } => count(&mut self.revisit, reason),
            Stage::Ready => {
                match case.method {
                    Some(Method::OnSiteApplication) => self.on_site += 1,
                    Some(Method::PickupVerification) => self.pickup += 1,
                    None => {}
                }
                self.on_paper += u32::from(case.on_paper.is_some());
            }
            Stage::Draft | Stage::Left { .. } => {}
        }
    }
}

fn count(by_reason: &mut BTreeMap<String, u32>, reason: &impl Serialize) {
    let name = serde_json::to_value(reason).ok().and_then(|value| value.as_str().map(str::to_owned));
    *by_reason.entry(name.expect("a reason without content serialises as its name")).or_default() += 1;
}

impl Tally {
    /// The counts by which desk and tablet agree on a package: what the manifest of a visit part carries.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u32> {
        let People { received, ready, refused, withdrawn, ineligible, revisit, draft } = self.people;
        [
            ("received", received),
            ("ready", ready),
            ("refused", refused),
            ("withdrawn", withdrawn),
            ("ineligible", ineligible),
            ("revisit", revisit),
            ("draft", draft),
            ("on_site", self.on_site),
            ("pickup", self.pickup),
            ("on_paper", self.on_paper),
            ("consultations", self.consultations),
            ("papers", self.papers.taken),
            ("cards", self.cards.taken),
        ]
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect()
    }
}

/// What the city is to expect of a part that was just opened on a tablet (訪問開始の知らせ), in numbers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// Where, when, and its counts, which are none yet.
    #[serde(flatten)]
    pub tally: Tally,
    /// The tablets that the part came from, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_from: Vec<DeviceId>,
    /// Whether it came back after a key store had died, so that it was announced under another tablet's name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recovered: bool,
}

/// How far a target is met.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Progress {
    /// What is planned.
    pub target: Target,
    /// Visits that took place; the parts of a visit count once.
    pub visits: u32,
    /// Residents whose application is complete. Those registered elsewhere never count.
    pub applicants: u32,
}

impl Progress {
    /// Counts the visits and applicants of a service.
    #[must_use]
    pub fn of<'a>(target: Target, service: ServiceKind, tallies: impl IntoIterator<Item = &'a Tally>) -> Self {
        let mut visits = std::collections::BTreeSet::new();
        let mut applicants = 0;
        for tally in tallies.into_iter().filter(|tally| tally.service == service) {
            visits.insert(tally.visit);
            applicants += tally.people.ready;
        }
        Self { target, visits: u32::try_from(visits.len()).unwrap_or(u32::MAX), applicants }
    }

    /// Whether one of the two counts is reached. Work goes on all the same.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.visits >= self.target.visits || self.applicants >= self.target.applicants
    }
}
