//! What became of the applications: how many stand where, and which have come no further for too long.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use homon_domain::delivery::Delivery;
use homon_domain::ids::{CaseNumber, VisitId};
use homon_domain::platform::Clock;
use homon_domain::visit::japan_time;
use serde::Serialize;

use super::ReadParts;
use crate::desk::DeskFolder;
use crate::desk::deliveries::{Deliveries, DeliveriesError};

/// What an application waits for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// To be passed on.
    Submission,
    /// To be accepted.
    Acceptance,
    /// To be mended and passed on again (不備).
    Mending,
}

/// An application that has come no further.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Application {
    /// In which visit.
    pub visit: VisitId,
    /// Under which number.
    pub case: CaseNumber,
    /// What it waits for.
    pub waits_for: Waiting,
    /// Since when.
    pub since: NaiveDate,
    /// For how many days.
    pub days: i64,
}

/// What became of the applications (申請の状況).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Applications {
    /// Opened, and not passed on yet.
    pub received: u32,
    /// Passed on.
    pub submitted: u32,
    /// Accepted.
    pub accepted: u32,
    /// Returned (不備).
    pub returned: u32,
    /// The card was issued (交付).
    pub issued: u32,
    /// Those that have come no further for too long, the longest first.
    pub overdue: Vec<Application>,
    /// Marked, and no application any more in the highest seal of their visit: an amendment took them back.
    pub taken_back: Vec<(VisitId, CaseNumber)>,
}

impl Applications {
    pub(super) fn read(
        desk: &DeskFolder,
        parts: &ReadParts,
        overdue_days: u16,
        clock: &dyn Clock,
    ) -> Result<Self, DeliveriesError> {
        let deliveries = Deliveries::read(desk)?;
        let today = japan_time(clock.now()).date_naive();
        let mut marked: BTreeMap<_, _> = deliveries.iter().collect();
        let mut told = Self::default();
        for ((visit, _), part) in parts {
            let opened_on = japan_time(part.opened.opened.opened_at).date_naive();
            for (id, case) in &part.ready {
                marked.remove(id);
                let stage = deliveries.stage_of(*id);
                told.count(stage);
                let since = stage.since().unwrap_or(opened_on);
                let days = today.signed_duration_since(since).num_days();
                if let Some(waits_for) = waiting(stage).filter(|_| days > i64::from(overdue_days)) {
                    told.overdue.push(Application { visit: *visit, case: *case, waits_for, since, days });
                }
            }
        }
        told.overdue.sort_by_key(|late| (late.since, late.visit, late.case));
        told.taken_back = marked.into_values().map(|standing| (standing.visit, standing.case)).collect();
        told.taken_back.sort_unstable();
        Ok(told)
    }

    /// Whether an application waits for someone.
    #[must_use]
    pub fn is_outstanding(&self) -> bool {
        !self.overdue.is_empty() || !self.taken_back.is_empty()
    }

    fn count(&mut self, stage: &Delivery) {
        let count = match stage {
            Delivery::Received => &mut self.received,
            Delivery::Submitted { .. } => &mut self.submitted,
            Delivery::Accepted { .. } => &mut self.accepted,
            Delivery::Returned { .. } => &mut self.returned,
            Delivery::Issued { .. } => &mut self.issued,
        };
        *count += 1;
    }
}

/// Between acceptance and issue the resident has the next move.
fn waiting(stage: &Delivery) -> Option<Waiting> {
    match stage {
        Delivery::Received => Some(Waiting::Submission),
        Delivery::Submitted { .. } => Some(Waiting::Acceptance),
        Delivery::Returned { .. } => Some(Waiting::Mending),
        Delivery::Accepted { .. } | Delivery::Issued { .. } => None,
    }
}
