//! The audit log of a package: one chain from the visit's name to the head that the device signed.

use std::io::BufRead;

use homon_domain::audit::{ChainBroken, verify_jsonl, visit_chain};
use homon_domain::ids::{PartNumber, VisitId};
use homon_seal::Sha256Digest;

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

/// Follows the log of a visit part to its signed head; gives the number of entries.
pub(super) fn verify(
    log: impl BufRead,
    (visit, part): (VisitId, PartNumber),
    signed_head: Option<Sha256Digest>,
) -> Result<u64, AuditFault> {
    let head = verify_jsonl(log, &visit_chain(visit, part))?;
    if signed_head == Some(Sha256Digest(head.hash)) { Ok(head.seq) } else { Err(AuditFault::OtherHead) }
}

#[cfg(test)]
mod tests {
    use homon_domain::audit::{AuditEvent, Head};

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
        assert_eq!(verify(lines.join("\n").as_bytes(), visit(), head), Ok(4));
        let (nothing, start) = log(0);
        assert_eq!(verify(nothing.concat().as_bytes(), visit(), start), Ok(0));
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
