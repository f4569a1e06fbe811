//! Names for things that other things refer to. None of them says anything about a person.

use std::fmt;
use std::num::{NonZeroU8, NonZeroU32};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new random (version 4) identifier.
            #[must_use]
            pub fn make() -> Self {
                Self(Uuid::new_v4())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

uuid_id!(
    /// One enrolled tablet.
    DeviceId
);
uuid_id!(
    /// One visit (訪問) to one site on one day, shared by all tablets that work on it.
    VisitId
);
uuid_id!(
    /// One case (受付): one resident received in one visit.
    CaseId
);
uuid_id!(
    /// One roster (名簿): the residents whom a visit expects, as the city sent them.
    RosterId
);
uuid_id!(
    /// One photo of an activity (実施状況がわかる写真).
    ActivityPhotoId
);

macro_rules! counting_number {
    ($(#[$doc:meta])* $name:ident, $inner:ty, $int:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name($inner);

        impl $name {
            /// The first number.
            pub const FIRST: Self = Self(<$inner>::MIN);

            /// The last number that there can be.
            pub const LAST: Self = Self(<$inner>::MAX);

            /// `None` for zero.
            #[must_use]
            pub fn new(number: $int) -> Option<Self> {
                <$inner>::new(number).map(Self)
            }

            /// The number as an integer of at least 1.
            #[must_use]
            pub fn get(self) -> $int {
                self.0.get()
            }

            /// The number after this one.
            #[must_use]
            pub fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

counting_number!(
    /// One tablet's share of a visit: the first tablet works on part 1, the second on part 2.
    PartNumber, NonZeroU8, u8
);
counting_number!(
    /// Which message (便) of the desk to one tablet: counted up from 1 without a gap, each tablet for itself.
    MailNumber, NonZeroU32, u32
);
counting_number!(
    /// How often a part has been sealed. The highest complete number counts; each after the first is an amendment.
    SealNumber, NonZeroU32, u32
);

/// The number of a case within its visit, unique over all parts: part and running number, shown as `1-004`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseNumber {
    /// The part of the visit in which the resident was received.
    pub part: PartNumber,
    /// Counted from 1 in the order of reception.
    pub sequence: NonZeroU32,
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:03}", self.part, self.sequence)
    }
}

/// The text is not a case number such as `1-004`.
#[derive(Debug, thiserror::Error)]
#[error("not a case number")]
pub struct NotACaseNumber;

impl FromStr for CaseNumber {
    type Err = NotACaseNumber;

    fn from_str(text: &str) -> Result<Self, NotACaseNumber> {
        let (part, sequence) = text.split_once('-').ok_or(NotACaseNumber)?;
        let part = part.parse().ok().and_then(PartNumber::new).ok_or(NotACaseNumber)?;
        let sequence = sequence.parse().map_err(|_| NotACaseNumber)?;
        let number = Self { part, sequence };
        // One spelling for one number: it becomes a file name in packages and exports.
        if number.to_string() == text { Ok(number) } else { Err(NotACaseNumber) }
    }
}

impl Serialize for CaseNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CaseNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A short code given by the city or the contractor, for staff and sites: 1 to 32 of `a-z 0-9 -`.
///
/// Codes stand in audit logs and file names, so they must never be a person's name: letters that could spell a
/// Japanese name as a register writes it are not among the characters.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize)]
#[serde(transparent)]
pub struct Code(String);

/// The text is not a code of 1 to 32 characters of `a-z 0-9 -`.
#[derive(Debug, thiserror::Error)]
#[error("a code is 1 to 32 of the characters a-z, 0-9 and -")]
pub struct NotACode;

impl Code {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if (1..=32).contains(&text.len()) && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotACode)
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The code of a member of staff.
pub type StaffCode = Code;
/// The code of a site (実施場所).
pub type SiteCode = Code;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_number_has_one_spelling() {
        let number: CaseNumber = "2-014".parse().unwrap();
        assert_eq!(number.to_string(), "2-014");
        for wrong in ["", "2", "0-001", "1-000", "1-1", "01-001", "1-+01", "1-0001", "../-1", "１-００１"] {
            assert!(wrong.parse::<CaseNumber>().is_err(), "{wrong}");
        }
        assert_eq!("1-1000".parse::<CaseNumber>().unwrap().sequence.get(), 1000);
    }

    #[test]
    fn a_code_cannot_hold_a_name() {
        assert!("staff-03".parse::<Code>().is_ok());
        for wrong in ["", "山田", "../x", "A", "a b", &"a".repeat(33)] {
            assert!(wrong.parse::<Code>().is_err(), "{wrong}");
        }
    }
}
