//! Whether a package says the same thing throughout: its visit, its cases, its photos, its counts, its audit log.

use std::collections::{BTreeMap, BTreeSet};

use homon_domain::balance::Balance;
use homon_domain::case::{Case, CaseStatus};
use homon_domain::ids::{CaseNumber, PartNumber, VisitId};
use homon_domain::programme::Programme;
use homon_domain::tally::Tally;
use homon_domain::visit::{Visit, VisitStatus};
use homon_seal::{EntryPath, Manifest};

use super::lineage::Lineage;
use crate::desk::activity::ActivityFault;
use crate::desk::audit::{AuditFault, Trail};

/// Where a package contradicts itself. Names cases by their numbers, never by a person.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Mismatch {
    /// A visit's package must contain this entry.
    #[error("the package lacks the entry {0}")]
    Missing(EntryPath),
    /// The entry is not of the shape that it should be.
    #[error("the entry {0} can't be read")]
    Unreadable(EntryPath),
    /// The visit in the package is not the one that its name says.
    #[error("the package contains another visit or part than its name says")]
    OtherVisit,
    /// The case has another number, part or service than where it lies.
    #[error("case {0} is not what its place in the package says")]
    Misplaced(CaseNumber),
    /// Two cases have one identifier.
    #[error("case {0} has the identifier of another case")]
    SameId(CaseNumber),
    /// A photo lies there that the case does not name, or with other bytes than it names.
    #[error("the photo of case {0} is not the one that the case names")]
    OtherPhoto(CaseNumber),
    /// The case names a photo that is not there.
    #[error("the photo of case {0} is missing")]
    NoPhoto(CaseNumber),
    /// The case is called complete, and lacks something under every set of rules that the tablet was given.
    #[error("case {0} is called complete, but something is missing in it")]
    NotComplete(CaseNumber),
    /// A count of the manifest is not what the cases add up to.
    #[error("the manifest counts {signed} for {name}, the cases {counted}")]
    Count {
        /// Which count.
        name: String,
        /// What the device signed.
        signed: u32,
        /// What the cases add up to.
        counted: u32,
    },
    /// The package's own tally differs from what the cases add up to.
    #[error("the tally in the package is not that of its cases")]
    OtherTally,
    /// The visit was closed although someone or something is not accounted for.
    #[error("the visit is called closed, but its balance is not even")]
    NotEven,
    /// A photo of an activity is not what its record says, or more than a picture.
    #[error(transparent)]
    Activity(#[from] ActivityFault),
    /// The audit log does not hold.
    #[error(transparent)]
    Audit(#[from] AuditFault),
}

/// What was read out of a visit's package.
pub(super) struct Content {
    pub(super) visit: Visit,
    /// By the number under which each lies in the package.
    pub(super) cases: BTreeMap<CaseNumber, Case>,
    pub(super) tally: Option<Tally>,
    /// The lines of `handovers.jsonl`.
    pub(super) handovers: Vec<String>,
    /// Its audit log, verified to its signed head.
    pub(super) trail: Trail,
}

/// A part that was read and holds together, as far as opening needs it.
pub(super) struct Part {
    pub(super) lineage: Lineage,
    pub(super) trail: Trail,
}

/// Checks everything that can be checked without a person. `programmes` are all under which the tablet may have worked.
pub(super) fn reconcile(
    manifest: &Manifest,
    (visit, part): (VisitId, PartNumber),
    content: &Content,
    programmes: &[Programme],
) -> Result<(), Mismatch> {
    let told = &content.visit;
    if (told.plan.id, told.part) != (visit, part) {
        return Err(Mismatch::OtherVisit);
    }
    check_places(content)?;
    check_photos(manifest, &content.cases)?;
    check_complete(&content.cases, programmes)?;
    let tally = Tally::of(told, content.cases.values());
    check_counts(manifest, &tally)?;
    if content.tally.as_ref().is_some_and(|sealed| *sealed != tally) {
        return Err(Mismatch::OtherTally);
    }
    let balance: Balance = content.cases.values().collect();
    let even = balance.is_even() && balance.blockers.is_empty();
    if told.status == VisitStatus::Closed && !even { Err(Mismatch::NotEven) } else { Ok(()) }
}

fn check_places(content: &Content) -> Result<(), Mismatch> {
    let mut ids = BTreeSet::new();
    for (number, case) in &content.cases {
        let at_home =
            case.number == *number && number.part == content.visit.part && case.service == content.visit.plan.service;
        if !at_home {
            return Err(Mismatch::Misplaced(*number));
        }
        if !ids.insert(case.id) {
            return Err(Mismatch::SameId(*number));
        }
    }
    Ok(())
}

/// Every photo is the one that its case names, and no complete case lacks the one that it names. A case that ended
/// without an application may name a photo that was not kept.
fn check_photos(manifest: &Manifest, cases: &BTreeMap<CaseNumber, Case>) -> Result<(), Mismatch> {
    let mut there = BTreeSet::new();
    for entry in &manifest.entries {
        let EntryPath::Photo(number) = entry.path else { continue };
        let named = cases.get(&number).and_then(|case| case.portrait.as_ref());
        let same = named.is_some_and(|portrait| {
            portrait.sha256 == entry.sha256.to_string() && u64::from(portrait.bytes) == entry.size
        });
        if !same {
            return Err(Mismatch::OtherPhoto(number));
        }
        there.insert(number);
    }
    let lacks =
        |case: &&Case| case.status() == CaseStatus::Ready && case.portrait.is_some() && !there.contains(&case.number);
    cases.values().find(lacks).map_or(Ok(()), |case| Err(Mismatch::NoPhoto(case.number)))
}

fn check_complete(cases: &BTreeMap<CaseNumber, Case>, programmes: &[Programme]) -> Result<(), Mismatch> {
    let ready = cases.values().filter(|case| case.status() == CaseStatus::Ready);
    for case in ready {
        if !programmes.iter().any(|programme| case.problems(programme).is_empty()) {
            return Err(Mismatch::NotComplete(case.number));
        }
    }
    Ok(())
}

/// Every count that the device signed, and every status whether it signed one or not: a count that is not there is 0.
fn check_counts(manifest: &Manifest, tally: &Tally) -> Result<(), Mismatch> {
    let counted = tally.counts();
    let mut names: BTreeSet<&str> = manifest.counts.keys().map(String::as_str).collect();
    names.extend(counted.keys().map(String::as_str));
    for name in names {
        let signed = manifest.counts.get(name).copied().unwrap_or(0);
        let counted = counted.get(name).copied().unwrap_or(0);
        if signed != counted {
            return Err(Mismatch::Count { name: name.to_owned(), signed, counted });
        }
    }
    Ok(())
}
