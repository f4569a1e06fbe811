//! The paths that a package may contain: a closed list, so that no path can lead out of a folder.

use std::fmt;
use std::str::FromStr;

use homon_domain::ids::{ActivityPhotoId, CaseNumber};
use homon_domain::package::Subject;
use serde::{Deserialize, Serialize};

/// The manifest's own path. It is not an [`EntryPath`]: a manifest does not list itself.
pub const MANIFEST_PATH: &str = "manifest.jws";

/// The path of one entry of a package.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum EntryPath {
    /// `visit.json`: the visit itself.
    Visit,
    /// `audit.jsonl`: the audit log, one JSON object a line.
    Audit,
    /// `handovers.jsonl`: from which tablets the part came, one JSON object a line, the first tablet first.
    Handovers,
    /// `tally.json`: the visit in numbers.
    Tally,
    /// `notice.json`: what the city is to expect of a visit just opened, in numbers.
    Notice,
    /// `cases/<case number>.json`: one case (受付).
    Case(CaseNumber),
    /// `photos/<case number>.jpg`: the photo of one case.
    Photo(CaseNumber),
    /// `activity/<identifier>.json`: what is known of one photo of an activity.
    ActivityRecord(ActivityPhotoId),
    /// `activity/<identifier>.jpg`: that photo, in which nobody can be known.
    ActivityPhoto(ActivityPhotoId),
}

impl EntryPath {
    /// Whether a package about `subject` may carry it. A tally or a notice has no room for a resident; photos of an
    /// activity show none.
    #[must_use]
    pub fn may_stand_in(self, subject: Subject) -> bool {
        match subject {
            Subject::Hello => false,
            Subject::Visit { .. } | Subject::Checkpoint { .. } | Subject::Handover { .. } => self != Self::Notice,
            Subject::Tally { .. } => {
                matches!(self, Self::Tally | Self::ActivityRecord(_) | Self::ActivityPhoto(_))
            }
            Subject::Notice { .. } => self == Self::Notice,
        }
    }

    /// Whether the entry is compressed already, so that the zip stores it as it is.
    pub(crate) fn is_compressed(self) -> bool {
        matches!(self, Self::Photo(_) | Self::ActivityPhoto(_))
    }
}

impl fmt::Display for EntryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Visit => f.write_str("visit.json"),
            Self::Audit => f.write_str("audit.jsonl"),
            Self::Handovers => f.write_str("handovers.jsonl"),
            Self::Tally => f.write_str("tally.json"),
            Self::Notice => f.write_str("notice.json"),
            Self::Case(number) => write!(f, "cases/{number}.json"),
            Self::Photo(number) => write!(f, "photos/{number}.jpg"),
            Self::ActivityRecord(id) => write!(f, "activity/{id}.json"),
            Self::ActivityPhoto(id) => write!(f, "activity/{id}.jpg"),
        }
    }
}

/// The text is not the path of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a path that a package may contain")]
pub struct NotAnEntryPath;

impl FromStr for EntryPath {
    type Err = NotAnEntryPath;

    fn from_str(text: &str) -> Result<Self, NotAnEntryPath> {
        let number = |text: &str| text.parse::<CaseNumber>().map_err(|_| NotAnEntryPath);
        match text {
            "visit.json" => Ok(Self::Visit),
            "audit.jsonl" => Ok(Self::Audit),
            "handovers.jsonl" => Ok(Self::Handovers),
            "tally.json" => Ok(Self::Tally),
            "notice.json" => Ok(Self::Notice),
            _ => {
                if let Some(case) = text.strip_prefix("cases/").and_then(|rest| rest.strip_suffix(".json")) {
                    number(case).map(Self::Case)
                } else if let Some(photo) = text.strip_prefix("photos/").and_then(|rest| rest.strip_suffix(".jpg")) {
                    number(photo).map(Self::Photo)
                } else {
                    activity(text).ok_or(NotAnEntryPath)
                }
            }
        }
    }
}

fn activity(text: &str) -> Option<EntryPath> {
    let (id, kind) = text.strip_prefix("activity/")?.rsplit_once('.')?;
    let id = id.parse().ok()?;
    let path = match kind {
        "json" => EntryPath::ActivityRecord(id),
        "jpg" => EntryPath::ActivityPhoto(id),
        _ => return None,
    };
    // One spelling: an identifier also parses in upper case, in braces and without hyphens.
    (path.to_string() == text).then_some(path)
}

impl Serialize for EntryPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EntryPath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_listed_paths_parse() {
        for right in [
            "visit.json",
            "audit.jsonl",
            "handovers.jsonl",
            "tally.json",
            "notice.json",
            "cases/1-001.json",
            "photos/2-1000.jpg",
            "activity/0f0a2c51-7f0e-4b7e-9f55-0a8f0d7c1e09.json",
            "activity/0f0a2c51-7f0e-4b7e-9f55-0a8f0d7c1e09.jpg",
        ] {
            assert_eq!(right.parse::<EntryPath>().unwrap().to_string(), right);
        }
        for wrong in [
            "",
            "manifest.jws",
            "visit.json/",
            "./visit.json",
            "/visit.json",
            "../visit.json",
            "Visit.json",
            "visit.json\0",
            "cases/1-001",
            "cases/../1-001.json",
            "cases//1-001.json",
            "cases\\1-001.json",
            "cases/1-1.json",
            "cases/1-001.jpg",
            "photos/1-001.json",
            "photos/1-001.jpg.jpg",
            "photos/..jpg",
            "activity/1-001.jpg",
            "activity/0F0A2C51-7F0E-4B7E-9F55-0A8F0D7C1E09.jpg",
            "activity/0f0a2c517f0e4b7e9f550a8f0d7c1e09.jpg",
            "activity/{0f0a2c51-7f0e-4b7e-9f55-0a8f0d7c1e09}.jpg",
            "activity/0f0a2c51-7f0e-4b7e-9f55-0a8f0d7c1e09.png",
            "activity/../0f0a2c51-7f0e-4b7e-9f55-0a8f0d7c1e09.jpg",
        ] {
            assert!(wrong.parse::<EntryPath>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_tally_carries_numbers_and_photos_of_an_activity_and_a_notice_neither() {
        let (case, photo) = ("cases/1-001.json", "activity/0f0a2c51-7f0e-4b7e-9f55-0a8f0d7c1e09.jpg");
        let (visit, part) = (homon_domain::ids::VisitId::make(), homon_domain::ids::PartNumber::FIRST);
        let may = |path: &str, subject| path.parse::<EntryPath>().unwrap().may_stand_in(subject);
        let (tally, notice) = (Subject::Tally { visit, part }, Subject::Notice { visit, part });
        assert!(may(photo, tally) && may("tally.json", tally));
        for of_residents in [case, "photos/1-001.jpg", "visit.json", "audit.jsonl", "handovers.jsonl"] {
            assert!(!may(of_residents, tally), "{of_residents}");
        }
        assert!(!may(photo, notice) && !may(photo, Subject::Hello) && may(photo, Subject::Visit { visit, part }));
    }

    proptest! {
        #[test]
        fn whatever_parses_is_spelled_as_we_spell_it(text in "(cases/|photos/|activity/|)([0-9./-]{0,8}|[0-9a-fA-F]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12})(.json|.jpg|)") {
            if let Ok(path) = text.parse::<EntryPath>() {
                prop_assert_eq!(path.to_string(), text);
            }
        }
    }
}
