//! What became of the applications (申請の状況), as the desk learned it: submitted, accepted, returned (不備), issued.
//!
//! `deliveries.jsonl` holds one line for each command with all that it marked, so that a command is there whole or not
//! at all. A line that a crash tore off is left out and overwritten. A mark is bound to the case itself, not to its
//! number or to the package in which it came: an amendment of the visit keeps the marks of its cases.

mod marking;
mod rows;
mod shelf;
mod tell;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};

use chrono::{DateTime, NaiveDate, Utc};
use homon_domain::delivery::{Delivery, DeliveryEvent, DeliveryRefused};
use homon_domain::ids::{CaseId, CaseNumber, StaffCode, VisitId};
use serde::{Deserialize, Serialize};

pub use self::marking::{MarkError, MarkFault, Marked, Named, Outcome, Place, Wish, Wishes, mark};
pub use self::rows::{RowsError, read_note, read_rows};
pub use self::tell::{Tell, TellError, Told, tell};
use super::files::{self, At, FileError};
use super::folder::DeskFolder;

/// Why the marks could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DeliveriesError {
    /// A line is not what a command wrote. No crash does that.
    #[error("deliveries.jsonl, line {line}, is damaged; bring the file back from the last backup")]
    Damaged {
        /// Counted from 1.
        line: usize,
    },
    /// The file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What one mark says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mark {
    /// In which visit the resident was received.
    pub visit: VisitId,
    /// Under which number.
    pub case: CaseNumber,
    /// The case itself.
    pub id: CaseId,
    /// On which day it happened.
    pub on: NaiveDate,
    /// What happened.
    #[serde(flatten)]
    pub event: DeliveryEvent,
}

/// All that one command marked: one line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Marking {
    at: DateTime<Utc>,
    by: StaffCode,
    marks: Vec<Mark>,
}

/// A case that was marked, and where it stands now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// In which visit.
    pub visit: VisitId,
    /// Under which number.
    pub case: CaseNumber,
    /// Where it stands.
    pub stage: Delivery,
}

/// Where every application stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Deliveries {
    standings: BTreeMap<CaseId, Standing>,
    /// The bytes of the lines that count. What lies beyond was torn by a crash.
    len: u64,
}

impl Deliveries {
    /// Reads what was marked at a desk.
    ///
    /// # Errors
    /// Any [`DeliveriesError`].
    pub fn read(desk: &DeskFolder) -> Result<Self, DeliveriesError> {
        let path = desk.deliveries();
        let mut deliveries = Self::default();
        let mut lines = match File::open(&path).at(&path) {
            Err(error) if error.is_missing() => return Ok(deliveries),
            file => BufReader::new(file?),
        };
        for number in 1.. {
            let mut line = Vec::new();
            if lines.read_until(b'\n', &mut line).at(&path)? == 0 {
                break;
            }
            let last = lines.fill_buf().at(&path)?.is_empty();
            // Half a line, or room for one that was never filled.
            if last && (!line.ends_with(b"\n") || line.contains(&0)) {
                break;
            }
            let damaged = DeliveriesError::Damaged { line: number };
            let Ok(marking) = serde_json::from_slice::<Marking>(&line) else { return Err(damaged) };
            if marking.marks.into_iter().any(|mark| deliveries.follow(mark).is_err()) {
                return Err(damaged);
            }
            deliveries.len += line.len() as u64;
        }
        Ok(deliveries)
    }

    /// Where an application stands.
    #[must_use]
    pub fn stage_of(&self, case: CaseId) -> &Delivery {
        self.standings.get(&case).map_or(&Delivery::Received, |standing| &standing.stage)
    }

    /// Every case that was ever marked.
    pub fn iter(&self) -> impl Iterator<Item = (CaseId, &Standing)> {
        self.standings.iter().map(|(id, standing)| (*id, standing))
    }

    /// What was true once stays true: a route that the programme has left since is no hindrance.
    fn follow(&mut self, mark: Mark) -> Result<(), DeliveryRefused> {
        let route = match mark.event {
            DeliveryEvent::Submit { route } => route,
            _ => homon_domain::programme::SubmissionRoute::Paper,
        };
        let stage = self.stage_of(mark.id).after(mark.event, mark.on, route)?;
        self.standings.insert(mark.id, Standing { visit: mark.visit, case: mark.case, stage });
        Ok(())
    }

    /// Writes a command's marks, durably; they follow on what was read.
    fn append(&self, desk: &DeskFolder, marking: &Marking) -> Result<(), FileError> {
        let mut line = serde_json::to_vec(marking).expect("marks have no map");
        line.push(b'\n');
        files::write_from(&desk.deliveries(), self.len, &line)
    }
}

#[cfg(test)]
mod tests;
