//! The audit chain: what was done, by whom, in which order. Append-only, and free of personal data by its types.
//!
//! Each record's hash covers the hash before it, so that a record cannot be changed, left out or moved without breaking
//! every later one. The head is signed when a visit is sealed. Tablet clocks lie; the order of the chain does not.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{CaseNumber, Code, StaffCode};

/// What was done. Only codes and numbers: there is no field that could hold a name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditEvent {
    /// When, by the tablet's clock.
    pub at: DateTime<Utc>,
    /// By whom.
    pub actor: StaffCode,
    /// What, such as `open-visit` or `set-name`.
    pub action: Code,
    /// In which case, if in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseNumber>,
    /// More about it, such as the status that it led to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Code>,
}

/// SHA-256 over a record and all before it, shown in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChainHash(pub [u8; 32]);

impl ChainHash {
    /// What stands before the first record.
    pub const START: Self = Self([0; 32]);

    /// The hash of the record `sequence` with `event`, after `self`.
    ///
    /// SHA-256 over the 32 bytes before, the sequence number as 8 bytes big-endian, and the event as compact JSON in
    /// the order of its fields.
    #[must_use]
    pub fn then(self, sequence: u64, event: &AuditEvent) -> Self {
        let json = serde_json::to_vec(event).expect("an event holds only text and numbers");
        let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
        digest.update(&self.0);
        digest.update(&sequence.to_be_bytes());
        digest.update(&json);
        Self(digest.finish().as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }
}

impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChainHash({self})")
    }
}

impl Serialize for ChainHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ChainHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || serde::de::Error::custom("64 hexadecimal digits are expected");
        if text.len() != 64 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

/// One record of the chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AuditRecord {
    /// Counted from 1 without a gap.
    pub sequence: u64,
    /// What was done.
    pub event: AuditEvent,
    /// The hash over this record and all before it.
    pub hash: ChainHash,
}

/// The chain is broken: a record was changed, left out, added or moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the audit chain is broken at record {sequence}")]
pub struct ChainBroken {
    /// The first record that does not fit.
    pub sequence: u64,
}

/// Follows a chain record by record.
#[derive(Clone, Copy, Debug)]
pub struct ChainFollower {
    next: u64,
    head: ChainHash,
}

impl Default for ChainFollower {
    fn default() -> Self {
        Self { next: 1, head: ChainHash::START }
    }
}

impl ChainFollower {
    /// Takes the next record.
    ///
    /// # Errors
    /// [`ChainBroken`] when it does not follow.
    pub fn follow(&mut self, record: &AuditRecord) -> Result<(), ChainBroken> {
        let expected = self.head.then(self.next, &record.event);
        if record.sequence != self.next || record.hash != expected {
            return Err(ChainBroken { sequence: self.next });
        }
        self.head = record.hash;
        self.next += 1;
        Ok(())
    }

    /// The hash over all records so far.
    #[must_use]
    pub fn head(&self) -> ChainHash {
        self.head
    }

    /// How many records were followed.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.next - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: u64) -> Vec<AuditRecord> {
        let mut head = ChainHash::START;
        (1..=length)
            .map(|sequence| {
                let event = AuditEvent {
                    at: DateTime::from_timestamp(1_780_000_000 + i64::try_from(sequence).unwrap(), 0).unwrap(),
                    actor: "staff-1".parse().unwrap(),
                    action: "set-name".parse().unwrap(),
                    case: Some("1-004".parse().unwrap()),
                    detail: None,
                };
                head = head.then(sequence, &event);
                AuditRecord { sequence, event, hash: head }
            })
            .collect()
    }

    fn verify(records: &[AuditRecord]) -> Result<ChainHash, ChainBroken> {
        let mut follower = ChainFollower::default();
        records.iter().try_for_each(|record| follower.follow(record)).map(|()| follower.head())
    }

    #[test]
    fn an_untouched_chain_holds() {
        let records = chain(5);
        assert_eq!(verify(&records).unwrap(), records[4].hash);
    }

    #[test]
    fn a_changed_missing_or_moved_record_breaks_it() {
        let mut changed = chain(5);
        changed[2].event.action = "set-sex".parse().unwrap();
        assert_eq!(verify(&changed), Err(ChainBroken { sequence: 3 }));
        let mut missing = chain(5);
        missing.remove(1);
        assert_eq!(verify(&missing), Err(ChainBroken { sequence: 2 }));
        let mut moved = chain(5);
        moved.swap(0, 1);
        assert_eq!(verify(&moved), Err(ChainBroken { sequence: 1 }));
    }

    #[test]
    fn the_hash_of_a_known_event_never_changes() {
        assert_eq!(
            serde_json::to_string(&chain(1)[0].event).unwrap(),
            r#"{"at":"2026-05-28T20:26:41Z","actor":"staff-1","action":"set-name","case":"1-004"}"#
        );
        let text = serde_json::to_string(&chain(1)[0].hash).unwrap();
        assert_eq!(serde_json::from_str::<ChainHash>(&text).unwrap(), chain(1)[0].hash);
    }
}
