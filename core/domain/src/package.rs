//! What a package is called: who sealed it, what about, and for which time.

use std::fmt;
use std::str::FromStr;

use crate::ids::{DeviceId, PartNumber, SealNumber, VisitId};
use serde::{Deserialize, Serialize};

/// What a package is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// The first thing a tablet sends: nothing but a manifest. Its *opened* receipt proves the whole chain.
    Hello,
    /// One part of a visit (訪問): records, photos and the audit log.
    Visit {
        /// The visit.
        visit: VisitId,
        /// The tablet's share of it.
        part: PartNumber,
    },
    /// A part of a visit that is still open, as far as it has come (途中保存): the same entries. It takes the place of the
    /// part only if its tablet is lost, and nothing that is said about it locks or erases anything.
    Checkpoint {
        /// The visit.
        visit: VisitId,
        /// The tablet's share of it.
        part: PartNumber,
    },
    /// A part that goes on on another tablet (引き継ぎ): the same entries, encrypted to that tablet and carried there
    /// without the city.
    Handover {
        /// The visit.
        visit: VisitId,
        /// The share that changes tablets.
        part: PartNumber,
    },
    /// The same part in numbers only, without identities, for the contractor's office.
    Tally {
        /// The visit.
        visit: VisitId,
        /// The tablet's share of it.
        part: PartNumber,
    },
    /// The word that a part was opened, in numbers only: what the city is to expect.
    Notice {
        /// The visit.
        visit: VisitId,
        /// The tablet's share of it.
        part: PartNumber,
    },
}

impl Subject {
    /// The visit part that it is about, if any.
    #[must_use]
    pub fn visit(self) -> Option<(VisitId, PartNumber)> {
        match self {
            Self::Hello => None,
            Self::Visit { visit, part }
            | Self::Checkpoint { visit, part }
            | Self::Handover { visit, part }
            | Self::Tally { visit, part }
            | Self::Notice { visit, part } => Some((visit, part)),
        }
    }

    /// The first word of its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hello => "hello",
            Self::Visit { .. } => "visit",
            Self::Checkpoint { .. } => "checkpoint",
            Self::Handover { .. } => "handover",
            Self::Tally { .. } => "tally",
            Self::Notice { .. } => "notice",
        }
    }
}

/// What a receipt may erase from a tablet: a part that the city has whole. A checkpoint has no place here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Erasable {
    /// A part that was sealed for the city.
    Visit(VisitId, PartNumber),
    /// A part that went to another tablet, and from there to the city.
    Handover(VisitId, PartNumber),
}

impl Erasable {
    /// The part.
    #[must_use]
    pub fn part(self) -> (VisitId, PartNumber) {
        match self {
            Self::Visit(visit, part) | Self::Handover(visit, part) => (visit, part),
        }
    }
}

impl From<Erasable> for Subject {
    fn from(erasable: Erasable) -> Self {
        match erasable {
            Erasable::Visit(visit, part) => Self::Visit { visit, part },
            Erasable::Handover(visit, part) => Self::Handover { visit, part },
        }
    }
}

impl Subject {
    /// What a receipt for a package about it may erase, if anything.
    #[must_use]
    pub fn erasable(self) -> Option<Erasable> {
        match self {
            Self::Visit { visit, part } => Some(Erasable::Visit(visit, part)),
            Self::Handover { visit, part } => Some(Erasable::Handover(visit, part)),
            Self::Hello | Self::Checkpoint { .. } | Self::Tally { .. } | Self::Notice { .. } => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())?;
        self.visit().map_or(Ok(()), |(visit, part)| write!(f, "/{visit}/{part}"))
    }
}

/// The name of a package among those of its device: `hello/1`, `visit/<visit id>/<part>/<seal number>`.
///
/// It stands in object names and upload metadata, so each name has exactly one spelling.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct PackageName {
    /// What the package is about.
    pub subject: Subject,
    /// How often it has been sealed.
    pub seal: SealNumber,
}

impl PackageName {
    /// The package of that name from that device.
    #[must_use]
    pub fn of(self, device: DeviceId) -> PackageKey {
        PackageKey { device, subject: self.subject, seal: self.seal }
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.subject, self.seal)
    }
}

/// The text is not a package name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a package name such as hello/1 or visit/<visit id>/1/1")]
pub struct NotAPackageName;

impl FromStr for PackageName {
    type Err = NotAPackageName;

    fn from_str(text: &str) -> Result<Self, NotAPackageName> {
        let words: Vec<&str> = text.splitn(5, '/').collect();
        let name = match words[..] {
            ["hello", seal] => Self { subject: Subject::Hello, seal: seal_number(seal)? },
            [kind, visit, part, seal] => {
                let visit = visit.parse().map_err(|_| NotAPackageName)?;
                let part = part.parse().ok().and_then(PartNumber::new).ok_or(NotAPackageName)?;
                let subject = match kind {
                    "visit" => Subject::Visit { visit, part },
                    "checkpoint" => Subject::Checkpoint { visit, part },
                    "handover" => Subject::Handover { visit, part },
                    "tally" => Subject::Tally { visit, part },
                    "notice" => Subject::Notice { visit, part },
                    _ => return Err(NotAPackageName),
                };
                Self { subject, seal: seal_number(seal)? }
            }
            _ => return Err(NotAPackageName),
        };
        // One spelling: `+1`, `01` and upper-case or braced identifiers parse, but are not what we write.
        if name.to_string() == text { Ok(name) } else { Err(NotAPackageName) }
    }
}

fn seal_number(text: &str) -> Result<SealNumber, NotAPackageName> {
    text.parse().ok().and_then(SealNumber::new).ok_or(NotAPackageName)
}

/// Which package: the key that makes an upload idempotent. Not the digest, because sealing again gives other bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct PackageKey {
    /// The tablet that sealed it.
    pub device: DeviceId,
    /// What it is about.
    pub subject: Subject,
    /// How often it has been sealed. The highest complete one counts.
    pub seal: SealNumber,
}

impl PackageKey {
    /// The name of the package among those of its device.
    #[must_use]
    pub fn name(&self) -> PackageName {
        PackageName { subject: self.subject, seal: self.seal }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn subjects() -> impl Strategy<Value = Subject> {
        (0..6, any::<u128>(), 1..=u8::MAX).prop_map(|(kind, visit, part)| {
            let visit = VisitId(Uuid::from_u128(visit));
            let part = PartNumber::new(part).unwrap();
            match kind {
                0 => Subject::Hello,
                1 => Subject::Visit { visit, part },
                2 => Subject::Tally { visit, part },
                3 => Subject::Checkpoint { visit, part },
                4 => Subject::Handover { visit, part },
                _ => Subject::Notice { visit, part },
            }
        })
    }

    proptest! {
        #[test]
        fn a_name_comes_back_as_it_went(subject in subjects(), seal in 1..=u32::MAX) {
            let name = PackageName { subject, seal: SealNumber::new(seal).unwrap() };
            prop_assert_eq!(name.to_string().parse(), Ok(name));
        }

        #[test]
        fn whatever_parses_is_spelled_as_we_spell_it(text in "(hello|visit|checkpoint|handover|tally)(/[0-9a-f+.-]{0,3}){0,4}") {
            if let Ok(name) = text.parse::<PackageName>() {
                prop_assert_eq!(name.to_string(), text);
            }
        }

        #[test]
        fn a_changed_character_never_gives_the_same_name(subject in subjects(), at in 0usize..50, to in "[ -~]") {
            let name = PackageName { subject, seal: SealNumber::FIRST };
            let mut text = name.to_string();
            let at = at % text.len();
            prop_assume!(text[at..=at] != to);
            text.replace_range(at..=at, &to);
            prop_assert_ne!(text.parse(), Ok(name));
        }
    }

    #[test]
    fn a_name_has_one_spelling() {
        let id = "0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11";
        for right in ["visit", "checkpoint", "handover", "tally", "notice"] {
            assert!(format!("{right}/{id}/1/2").parse::<PackageName>().is_ok(), "{right}");
        }
        for wrong in [
            String::new(),
            "hello".into(),
            "hello/".into(),
            "hello/0".into(),
            "hello/01".into(),
            "hello/+1".into(),
            "hello/1/".into(),
            "hello/1/1".into(),
            "hello/../1".into(),
            "Hello/1".into(),
            "/hello/1".into(),
            "hello/4294967296".into(),
            format!("visit/{id}/1"),
            format!("visit/{id}/0/1"),
            format!("visit/{id}/256/1"),
            format!("visit/{id}/1/1/"),
            format!("visit/{id}/1/1/1"),
            format!("visit/{{{id}}}/1/1"),
            format!("visit/{}/1/1", id.to_uppercase()),
            format!("visit/{}/1/1", id.replace('-', "")),
            format!("visit//{id}/1/1"),
            format!("roster/{id}/1/1"),
            format!("visit/{id}/1/１"),
        ] {
            assert!(wrong.parse::<PackageName>().is_err(), "{wrong}");
        }
    }
}
