//! The opened visits, and the cases in them that somebody names.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use homon_domain::applicant::RegisterNumber;
use homon_domain::case::{Case, CaseStatus};
use homon_domain::delivery::{Delivery, DeliveryRefused};
use homon_domain::ids::{CaseId, CaseNumber, DeviceId, PartNumber, VisitId};
use homon_domain::numbers::ApplicationId;
use homon_seal::Sha256Digest;

use super::Deliveries;
use super::marking::{MarkFault, Named};
use crate::desk::files::FileError;
use crate::desk::folder::DeskFolder;
use crate::desk::opened::{self, OpenedPart};

/// Why a mark was not tried to its end.
pub(super) enum Trial {
    /// Something is wrong with it.
    Fault(MarkFault),
    /// A file could not be read.
    File(FileError),
}

impl From<MarkFault> for Trial {
    fn from(fault: MarkFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<DeliveryRefused> for Trial {
    fn from(refused: DeliveryRefused) -> Self {
        Self::Fault(refused.into())
    }
}

/// A case that was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Found {
    /// In which visit.
    pub(super) visit: VisitId,
    /// Under which number.
    pub(super) number: CaseNumber,
    /// The case itself.
    pub(super) id: CaseId,
}

/// The opened visits. Each part is read once, and only when somebody asks for it.
pub(super) struct Shelf {
    parts: BTreeMap<(VisitId, PartNumber), OpenedPart>,
    read: BTreeMap<(VisitId, PartNumber), Vec<Case>>,
    /// Found by the digest of the 申請書ID, so that no list of them is kept; `None` until somebody asks.
    numbers: Option<BTreeMap<Sha256Digest, Vec<Found>>>,
}

impl Shelf {
    pub(super) fn at(desk: &DeskFolder) -> Result<Self, FileError> {
        Ok(Self { parts: opened::parts_that_count(desk)?, read: BTreeMap::new(), numbers: None })
    }

    /// A case that is an application, or was one when it was marked.
    pub(super) fn find(&mut self, named: &Named, marked: &Deliveries) -> Result<Found, Trial> {
        let (visit, number) = match named {
            Named::Application(id) => return self.find_number(id, marked),
            Named::Case { visit, number } => (self.visit(visit)?, *number),
        };
        let key = (visit, number.part);
        let cases = self.cases(key).map_err(Trial::File)?.ok_or(MarkFault::NoSuchCase)?;
        let case = cases.iter().find(|case| case.number == number).ok_or(MarkFault::NoSuchCase)?;
        let found = Found { visit, number, id: case.id };
        if applies(case, marked) { Ok(found) } else { Err(MarkFault::NotComplete(case.status()).into()) }
    }

    /// The case itself, and the tablet that sealed its part.
    pub(super) fn case(&mut self, found: &Found) -> Result<Option<(&Case, DeviceId)>, FileError> {
        let key = (found.visit, found.number.part);
        let device = self.parts.get(&key).map(OpenedPart::device);
        let case = self.cases(key)?.and_then(|cases| cases.iter().find(|case| case.id == found.id));
        Ok(case.zip(device))
    }

    fn visit(&self, written: &str) -> Result<VisitId, MarkFault> {
        const DIGITS: usize = 8;
        if written.len() < DIGITS {
            return Err(MarkFault::NoSuchVisit);
        }
        let written = written.to_ascii_lowercase();
        let mut visits: Vec<VisitId> = self.parts.keys().map(|(visit, _)| *visit).collect();
        visits.dedup();
        visits.retain(|visit| visit.to_string().starts_with(&written));
        match visits[..] {
            [] => Err(MarkFault::NoSuchVisit),
            [visit] => Ok(visit),
            _ => Err(MarkFault::SeveralVisits),
        }
    }

    fn find_number(&mut self, id: &ApplicationId, marked: &Deliveries) -> Result<Found, Trial> {
        if self.numbers.is_none() {
            self.numbers = Some(self.all_numbers(marked).map_err(Trial::File)?);
        }
        let found = self.numbers.as_ref().and_then(|numbers| numbers.get(&digest(id)));
        match found.map(Vec::as_slice).unwrap_or_default() {
            [] => Err(MarkFault::NobodysNumber.into()),
            [found] => Ok(*found),
            _ => Err(MarkFault::SeveralCases.into()),
        }
    }

    fn all_numbers(&mut self, marked: &Deliveries) -> Result<BTreeMap<Sha256Digest, Vec<Found>>, FileError> {
        let mut numbers: BTreeMap<Sha256Digest, Vec<Found>> = BTreeMap::new();
        let keys: Vec<_> = self.parts.keys().copied().collect();
        for key @ (visit, _) in keys {
            for case in self.cases(key)?.into_iter().flatten().filter(|case| applies(case, marked)) {
                if let Some(RegisterNumber::ApplicationId(id)) = &case.applicant.number {
                    numbers.entry(digest(id)).or_default().push(Found { visit, number: case.number, id: case.id });
                }
            }
        }
        Ok(numbers)
    }

    fn cases(&mut self, key: (VisitId, PartNumber)) -> Result<Option<&[Case]>, FileError> {
        let Some(part) = self.parts.get(&key) else { return Ok(None) };
        let cases = match self.read.entry(key) {
            Entry::Occupied(read) => read.into_mut(),
            Entry::Vacant(unread) => unread.insert(part.cases()?),
        };
        Ok(Some(cases))
    }
}

fn applies(case: &Case, marked: &Deliveries) -> bool {
    case.status() == CaseStatus::Ready || *marked.stage_of(case.id) != Delivery::Received
}

fn digest(id: &ApplicationId) -> Sha256Digest {
    Sha256Digest::of(id.expose().as_bytes())
}
