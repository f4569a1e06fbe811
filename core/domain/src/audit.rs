//! The audit chain: what was done, by whom, in which order. Free of personal data by its types, and each entry holds
//! the digest of the one before, because tablet clocks lie and the order of the chain does not.
//!
//! An entry's digest is SHA-256 over nine lines of UTF-8, each ended by a line feed; a field without a value is an
//! empty line. Anyone can compute it with stock tools:
//!
//! ```text
//! homon-audit-1
//! <number, from 1>
//! <instant, UTC, RFC 3339 with milliseconds and Z>
//! <actor>
//! <action>
//! <visit>
//! <case number>
//! <detail>
//! <digest of the entry before, in lower-case hexadecimal>
//! ```
//!
//! The digest before the first entry is SHA-256 over `homon-audit-1`, a line feed, the chain's name and a line feed.
//! The name of a visit part's chain is `visit/<visit>/<part>`, so that no entry can move from one file to another.
//! A chain says nothing of entries cut off at its end: that is why its head is signed when a visit is sealed.

use std::io::BufRead;

use crate::ids::{CaseNumber, PartNumber, StaffCode, VisitId};
use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::hex;
use crate::word::Word;

/// The chain is broken: an entry was changed, left out, added or moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the audit log is broken at entry {seq}")]
pub struct ChainBroken {
    /// The first entry that does not fit.
    pub seq: u64,
}

const TAG: &str = "homon-audit-1";

/// What happened. No field can hold a name: codes, identifiers, numbers and the words of enums only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditEvent {
    /// When, by the tablet's clock, which may be wrong. Kept to the millisecond.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: StaffCode,
    /// Did what.
    pub action: Word,
    /// To which visit, where the chain is not a visit's own.
    pub visit: Option<VisitId>,
    /// To which case (受付).
    pub case: Option<CaseNumber>,
    /// Which of several, or why.
    pub detail: Option<Word>,
}

impl AuditEvent {
    /// An event that concerns no visit or case in particular, without detail.
    #[must_use]
    pub fn new(at: DateTime<Utc>, actor: &StaffCode, action: Word) -> Self {
        Self { at, actor: actor.clone(), action, visit: None, case: None, detail: None }
    }
}

/// One link of the chain. As JSON it is one line of an exported log.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditEntry {
    /// Counted from 1 without gaps.
    pub seq: u64,
    /// When, by the tablet's clock.
    #[serde(with = "instant")]
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: StaffCode,
    /// Did what.
    pub action: Word,
    /// To which visit.
    pub visit: Option<VisitId>,
    /// To which case.
    pub case: Option<CaseNumber>,
    /// Which of several, or why.
    pub detail: Option<Word>,
    /// The digest of the entry before.
    #[serde(with = "digest_text")]
    pub prev: [u8; 32],
    /// The digest of this entry.
    #[serde(with = "digest_text")]
    pub hash: [u8; 32],
}

/// The end of a chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// How many entries there are.
    pub seq: u64,
    /// The digest of the last; of the chain's name when there is none.
    pub hash: [u8; 32],
}

/// The name of the chain in a visit part's file.
#[must_use]
pub fn visit_chain(visit: VisitId, part: PartNumber) -> String {
    format!("visit/{visit}/{part}")
}

impl Head {
    /// The head of a chain without entries.
    #[must_use]
    pub fn start(chain: &str) -> Self {
        Self { seq: 0, hash: sha256(format!("{TAG}\n{chain}\n").as_bytes()) }
    }

    /// The entry that records `event` next.
    #[must_use]
    pub fn append(&self, event: &AuditEvent) -> AuditEntry {
        let mut entry = AuditEntry {
            seq: self.seq + 1,
            at: event.at.trunc_subsecs(3),
            actor: event.actor.clone(),
            action: event.action.clone(),
            visit: event.visit,
            case: event.case,
            detail: event.detail.clone(),
            prev: self.hash,
            hash: [0; 32],
        };
        entry.hash = entry.digest();
        entry
    }

    /// Moves on to `entry`.
    ///
    /// # Errors
    /// [`ChainBroken`] unless it is the next entry, unchanged.
    pub fn follow(&mut self, entry: &AuditEntry) -> Result<(), ChainBroken> {
        let seq = self.seq + 1;
        if entry.seq != seq || entry.prev != self.hash || entry.hash != entry.digest() {
            return Err(ChainBroken { seq });
        }
        *self = Self { seq, hash: entry.hash };
        Ok(())
    }
}

impl AuditEntry {
    fn digest(&self) -> [u8; 32] {
        let optional = |text: Option<String>| text.unwrap_or_default();
        let lines = [
            TAG.to_owned(),
            self.seq.to_string(),
            instant::text(self.at),
            self.actor.to_string(),
            self.action.to_string(),
            optional(self.visit.map(|visit| visit.to_string())),
            optional(self.case.map(|case| case.to_string())),
            optional(self.detail.as_ref().map(Word::to_string)),
            hex::encode(&self.prev),
        ];
        sha256(lines.map(|line| line + "\n").concat().as_bytes())
    }
}

/// Verifies an exported log, one entry a line, against the name of its chain. Compare the head with the signed one.
///
/// # Errors
/// [`ChainBroken`] with the first line that does not fit or cannot be read.
pub fn verify_jsonl(lines: impl BufRead, chain: &str) -> Result<Head, ChainBroken> {
    let mut head = Head::start(chain);
    for line in lines.lines() {
        let broken = ChainBroken { seq: head.seq + 1 };
        let entry: AuditEntry = serde_json::from_str(&line.map_err(|_| broken)?).map_err(|_| broken)?;
        head.follow(&entry)?;
    }
    Ok(head)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().expect("SHA-256 gives 32 bytes")
}

pub mod instant {
    //! Instants in one spelling: UTC, milliseconds, Z.

    use super::{DateTime, Deserialize, SecondsFormat, Utc};

    /// The instant as text.
    #[must_use]
    pub fn text(at: DateTime<Utc>) -> String {
        at.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// `None` unless the text is in that one spelling.
    #[must_use]
    pub fn read(text: &str) -> Option<DateTime<Utc>> {
        let at: DateTime<Utc> = text.parse().ok()?;
        (self::text(at) == text).then_some(at)
    }

    pub(super) fn serialize<S: serde::Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&text(*at))
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
        read(&String::deserialize(deserializer)?).ok_or_else(|| serde::de::Error::custom("not an instant"))
    }
}

mod digest_text {
    use super::{Deserialize, hex};

    pub(super) fn serialize<S: serde::Serializer>(digest: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(digest))
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode_32(&text).ok_or_else(|| serde::de::Error::custom("not a digest"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(second: i64, case: Option<&str>, detail: Option<&str>) -> AuditEvent {
        AuditEvent {
            at: DateTime::from_timestamp(1_772_000_000 + second, 123_456_789).unwrap(),
            actor: "staff-03".parse().unwrap(),
            action: "photo_taken".parse().unwrap(),
            visit: None,
            case: case.map(|text| text.parse().unwrap()),
            detail: detail.map(|text| text.parse().unwrap()),
        }
    }

    fn chain(length: i64) -> Vec<AuditEntry> {
        let mut head = Head::start("visit/x/1");
        (0..length)
            .map(|second| {
                let entry = head.append(&event(second, Some("1-004"), None));
                head.follow(&entry).unwrap();
                entry
            })
            .collect()
    }

    fn jsonl(entries: &[AuditEntry]) -> String {
        entries.iter().map(|entry| serde_json::to_string(entry).unwrap() + "\n").collect()
    }

    #[test]
    fn an_entry_is_one_readable_line() {
        insta::assert_snapshot!(jsonl(&chain(2)));
    }

    #[test]
    fn the_digest_is_what_stock_tools_compute() {
        // printf 'homon-audit-1\nvisit/x/1\n' | sha256sum
        let start = Head::start("visit/x/1");
        assert_eq!(hex::encode(&start.hash), START);
        // printf 'homon-audit-1\n1\n2026-02-25T06:13:20.123Z\nstaff-03\nphoto_taken\n\n1-004\n\n<start>\n' | sha256sum
        assert_eq!(hex::encode(&chain(1)[0].hash), FIRST);
    }

    const START: &str = "f1a7945971dd55d2abf96b74a187e3e76d174aa10f3c2899aacbffaa26f0b911";
    const FIRST: &str = "f65c70f079fe6cd0ada4ca574adb0410fde2ef4dcca0ac1e3f72aec4d6a7d6b9";

    #[test]
    fn absent_and_present_fields_give_different_digests() {
        let head = Head::start("x");
        let digests = [event(0, None, None), event(0, None, Some("-")), event(0, Some("1-001"), None)]
            .map(|event| head.append(&event).hash);
        assert!(digests[0] != digests[1] && digests[1] != digests[2] && digests[0] != digests[2]);
    }

    #[test]
    fn an_exported_log_verifies_only_under_its_own_name() {
        let text = jsonl(&chain(5));
        let head = verify_jsonl(text.as_bytes(), "visit/x/1").unwrap();
        assert_eq!((head.seq, head.hash), (5, chain(5)[4].hash));
        assert!(matches!(verify_jsonl(text.as_bytes(), "visit/x/2"), Err(ChainBroken { seq: 1 })));
    }

    proptest! {
        #[test]
        fn leaving_out_swapping_or_changing_an_entry_is_noticed(at in 0..8_usize, how in 0..6) {
            let mut entries = chain(9);
            match how {
                0 => drop(entries.remove(at)),
                1 => entries.swap(at, at + 1),
                2 => entries[at].actor = "staff-04".parse().unwrap(),
                3 => entries[at].at += chrono::TimeDelta::milliseconds(1),
                4 => entries[at].case = None,
                _ => entries.insert(at, entries[at].clone()),
            }
            let wrong = verify_jsonl(jsonl(&entries).as_bytes(), "visit/x/1");
            let first_wrong = at as u64 + if how == 5 { 2 } else { 1 };
            prop_assert!(matches!(wrong, Err(ChainBroken { seq }) if seq == first_wrong), "{wrong:?}");
        }
    }
}
