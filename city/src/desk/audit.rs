//! The audit log of a package: one chain from the visit's name to the head that the device signed.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use homon_domain::audit::{AuditEntry, ChainBroken, Head, visit_chain};
use homon_domain::ids::{PartNumber, VisitId};
use homon_seal::Sha256Digest;

use super::files::{At, FileError};

/// What is wrong with an audit log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AuditFault {
    /// An entry does not follow on the one before it, or is none.
    #[error(transparent)]
    Broken(#[from] ChainBroken),
    /// The chain does not end in the head that the manifest names: entries were cut off at its end.
    #[error("the audit log does not end where the device signed it")]
    OtherHead,
}

/// The digests of the entries of a log, in order: where another log may go on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Trail(Vec<Sha256Digest>);

impl Trail {
    /// That of a log that was verified when it was laid open.
    pub(super) fn read(log: &Path) -> Result<Self, FileError> {
        let lines = BufReader::new(File::open(log).at(log)?).lines();
        let unreadable = || io::Error::from(io::ErrorKind::InvalidData);
        let digest = |line: io::Result<String>| -> io::Result<Sha256Digest> {
            let entry: AuditEntry = serde_json::from_str(&line?).map_err(|_| unreadable())?;
            Ok(Sha256Digest(entry.hash))
        };
        Ok(Self(lines.map(digest).collect::<io::Result<_>>().at(log)?))
    }

    /// Whether an entry of that digest is in the log.
    pub(super) fn holds(&self, digest: Sha256Digest) -> bool {
        self.0.contains(&digest)
    }

    /// All digests.
    pub(super) fn digests(&self) -> &[Sha256Digest] {
        &self.0
    }
}

/// Follows the log of a visit part to its signed head.
pub(super) fn verify(
    log: impl BufRead,
    (visit, part): (VisitId, PartNumber),
    signed_head: Option<Sha256Digest>,
) -> Result<Trail, AuditFault> {
    let mut head = Head::start(&visit_chain(visit, part));
    let mut trail = Trail::default();
    for line in log.lines() {
        let broken = ChainBroken { seq: head.seq + 1 };
        let entry: AuditEntry = serde_json::from_str(&line.map_err(|_| broken)?).map_err(|_| broken)?;
        head.follow(&entry)?;
        trail.0.push(Sha256Digest(head.hash));
    }
    if signed_head == Some(Sha256Digest(head.hash)) { Ok(trail) } else { Err(AuditFault::OtherHead) }
}

#[cfg(test)]
mod tests {
    use homon_domain::audit::AuditEvent;

    use super::*;

    fn visit() -> (VisitId, PartNumber) {
        ("0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11".parse().unwrap(), PartNumber::FIRST)
    }

    fn log(length: u64) -> (Vec<String>, Option<Sha256Digest>) {
        let mut head = Head::start(&visit_chain(visit().0, visit().1));
        let actor = "worker-01".parse().unwrap();
        let event = AuditEvent::new("2026-09-24T01:00:00Z".parse().unwrap(), &actor, "set-name".parse().unwrap());
        let mut lines = Vec::new();
        for _ in 0..length {
            let entry = head.append(&event);
            head.follow(&entry).unwrap();
            lines.push(serde_json::to_string(&entry).unwrap());
        }
        (lines, Some(Sha256Digest(head.hash)))
    }

    #[test]
    fn a_whole_log_leads_to_the_signed_head() {
        let (lines, head) = log(4);
        let trail = verify(lines.join("\n").as_bytes(), visit(), head).unwrap();
        assert_eq!((trail.digests().len(), trail.digests().last().copied()), (4, head));
        let (nothing, start) = log(0);
        assert_eq!(verify(nothing.concat().as_bytes(), visit(), start), Ok(Trail::default()));
    }

    #[test]
    fn a_log_holds_the_end_of_every_log_that_it_goes_on_from() {
        let (lines, head) = log(4);
        let whole = verify(lines.join("\n").as_bytes(), visit(), head).unwrap();
        for length in 1..=4 {
            assert!(whole.holds(log(length).1.unwrap()));
        }
        assert!(!whole.holds(log(5).1.unwrap()));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), lines.join("\n")).unwrap();
        assert_eq!(Trail::read(file.path()).unwrap(), whole);
        std::fs::write(file.path(), "{}").unwrap();
        assert!(Trail::read(file.path()).is_err());
    }

    #[test]
    fn a_shortened_changed_or_foreign_log_is_found_out() {
        let (lines, head) = log(4);
        let whole = lines.join("\n");
        assert_eq!(verify(lines[..3].join("\n").as_bytes(), visit(), head), Err(AuditFault::OtherHead));
        assert_eq!(verify(whole.as_bytes(), visit(), None), Err(AuditFault::OtherHead));
        let broken = |seq| Err(AuditFault::Broken(ChainBroken { seq }));
        let mut changed = lines.clone();
        changed[1] = changed[1].replace("worker-01", "worker-02");
        assert_eq!(verify(changed.join("\n").as_bytes(), visit(), head), broken(2));
        assert_eq!(verify(lines[1..].join("\n").as_bytes(), visit(), head), broken(1));
        let other_part = (visit().0, PartNumber::FIRST.next());
        assert_eq!(verify(whole.as_bytes(), other_part, head), broken(1));
    }
}
