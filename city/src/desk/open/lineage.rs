//! How a part came to the tablet that sealed it, and whether its package goes on from what was opened before.
//!
//! A part is one tablet's, until that tablet hands it over or the city gives its key back. Each such passage is a line of
//! `handovers.jsonl` that the desk can verify: signed by the tablet that gave, or by the desk itself. And each package of
//! a part must hold, in its audit log, the end of the log of the package that counted before it: else an older copy of
//! the tablet's files was put back, or two tablets went on with one part.

use std::collections::BTreeSet;

use homon_domain::ids::{DeviceId, PartNumber, SealNumber, VisitId};
use homon_seal::{EntryPath, Grant, Manifest, Provenance, PublicKey, Subject, reader};

use super::Refusal;
use crate::desk::audit::Trail;
use crate::desk::devices::Devices;
use crate::desk::opened::{HandedOn, OpenedPart};

/// Why a line of `handovers.jsonl` is not believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LineageFault {
    /// The line is none, or what it holds is not in order.
    #[error("line {0} of handovers.jsonl can't be read or is not signed by whom it names")]
    Unsigned(usize),
    /// It tells of another visit or part, or of another tablet than the one before it led to.
    #[error("line {0} of handovers.jsonl does not lead from the tablet before it to the one after it")]
    OtherWay(usize),
    /// The seal numbers do not rise.
    #[error("line {0} of handovers.jsonl does not go on in the seal numbers")]
    OtherNumber(usize),
    /// The audit log does not hold the end of what was handed over, or lacks one of its cases.
    #[error("the package lacks something of what was handed over in line {0} of handovers.jsonl")]
    Lacks(usize),
    /// The lines do not lead to the tablet that sealed the package.
    #[error("handovers.jsonl does not lead to the tablet that sealed the package")]
    NotHere,
}

/// The passages of a part, all verified.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Lineage {
    /// The handovers, the first one first: their tablets get their receipts.
    pub(super) handed_on: Vec<HandedOn>,
    /// Whether the city gave the key back on the way, so that the part changed its tablet's name.
    pub(super) recovered: bool,
}

/// Who can vouch for a passage.
pub(super) struct Vouchers<'a> {
    /// The tablets as the desk knows them.
    pub(super) devices: &'a Devices,
    /// The desk's own keys for what goes back to the tablets, present and former.
    pub(super) mail_keys: &'a [PublicKey],
}

impl Lineage {
    /// Follows the lines to the tablet that sealed `manifest`, whose audit log is `trail`.
    pub(super) fn follow(
        lines: &[String],
        manifest: &Manifest,
        (visit, part): (VisitId, PartNumber),
        trail: &Trail,
        vouchers: &Vouchers<'_>,
    ) -> Result<Self, LineageFault> {
        let mut walk = Walk { part: (visit, part), at: None, seal: None, lineage: Self::default() };
        for (index, line) in lines.iter().enumerate() {
            walk.step(index + 1, line, manifest, trail, vouchers)?;
        }
        let leads_here = walk.at.is_none_or(|device| device == manifest.key.device);
        let goes_on = walk.seal.is_none_or(|seal| seal < manifest.key.seal) || !counts_on(manifest);
        if leads_here && goes_on { Ok(walk.lineage) } else { Err(LineageFault::NotHere) }
    }

    /// Whether the package may follow on the one that counted before, whose device and audit log are those of `before`.
    pub(super) fn check_follows(&self, manifest: &Manifest, trail: &Trail, before: &OpenedPart) -> Result<(), Refusal> {
        let (device, seal) = (before.device(), before.seal());
        let came_over = self.recovered || self.handed_on.iter().any(|given| given.key.device == device);
        if device != manifest.key.device && !came_over {
            return Err(Refusal::PartOfAnotherDevice(device));
        }
        let head = before.opened.manifest.audit_head;
        let goes_on = head.is_some_and(|head| trail.holds(head));
        if goes_on { Ok(()) } else { Err(Refusal::NotContinued { device, seal }) }
    }
}

/// The numbers of visits and handovers rise over all tablets; those of checkpoints are their own.
fn counts_on(manifest: &Manifest) -> bool {
    matches!(manifest.key.subject, Subject::Visit { .. })
}

/// How far the lines have led.
struct Walk {
    part: (VisitId, PartNumber),
    /// The tablet that the last line led to.
    at: Option<DeviceId>,
    seal: Option<SealNumber>,
    lineage: Lineage,
}

impl Walk {
    fn step(
        &mut self,
        number: usize,
        line: &str,
        manifest: &Manifest,
        trail: &Trail,
        vouchers: &Vouchers<'_>,
    ) -> Result<(), LineageFault> {
        match line.parse().map_err(|_| LineageFault::Unsigned(number))? {
            Provenance::Handover { manifest: token, sha256 } => {
                let key_of = |device| vouchers.devices.get(device).map(|device| device.key);
                let given = reader::verify_manifest(&token, key_of).map_err(|_| LineageFault::Unsigned(number))?;
                self.follow_handover(number, &given)?;
                if !holds(manifest, trail, &given) {
                    return Err(LineageFault::Lacks(number));
                }
                self.lineage.handed_on.push(HandedOn { key: given.key, sha256, recipients: given.recipients });
            }
            Provenance::Recovery { grant } => {
                let grant = Grant::verify(&grant, vouchers.mail_keys).map_err(|_| LineageFault::Unsigned(number))?;
                if (grant.visit, grant.part) != self.part {
                    return Err(LineageFault::OtherWay(number));
                }
                // Who had the part before is not asked: it lost its name with its key store.
                self.at = Some(grant.device);
                self.seal = self.seal.max(grant.seals_before);
                self.lineage.recovered = true;
            }
        }
        Ok(())
    }

    fn follow_handover(&mut self, number: usize, given: &Manifest) -> Result<(), LineageFault> {
        let (visit, part) = self.part;
        let to = given.handover.as_ref().map(|handover| handover.to);
        let same = given.key.subject == Subject::Handover { visit, part };
        let from_there = self.at.is_none_or(|device| device == given.key.device);
        let (true, true, Some(to)) = (same, from_there, to) else { return Err(LineageFault::OtherWay(number)) };
        if self.seal.is_some_and(|seal| given.key.seal <= seal) {
            return Err(LineageFault::OtherNumber(number));
        }
        (self.at, self.seal) = (Some(to), Some(given.key.seal));
        Ok(())
    }
}

/// Whether a package holds everyone who was handed over, and the log up to there.
fn holds(manifest: &Manifest, trail: &Trail, given: &Manifest) -> bool {
    let cases = |manifest: &Manifest| -> BTreeSet<_> {
        let paths = manifest.entries.iter().map(|entry| entry.path);
        paths.filter(|path| matches!(path, EntryPath::Case(_))).collect()
    };
    given.audit_head.is_some_and(|head| trail.holds(head)) && cases(manifest).is_superset(&cases(given))
}
