//! Words: what may stand in audit logs and counts, because no name of a person can be spelled with it.

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::de::value::{self, StrDeserializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::Code;

/// The name of an enum's variant as serde writes it, or a [`Code`]: 1 to 40 of `a-z 0-9 _ -`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize)]
#[serde(transparent)]
pub struct Word(String);

/// The text is not 1 to 40 of the characters `a-z 0-9 _ -`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a word is 1 to 40 of the characters a-z, 0-9, _ and -")]
pub struct NotAWord;

impl Word {
    /// The name of a variant without fields.
    ///
    /// # Errors
    /// [`NotAWord`] when the value is not written as a word.
    pub fn of<T: Serialize>(variant: &T) -> Result<Self, NotAWord> {
        match serde_json::to_value(variant).map_err(|_| NotAWord)? {
            Value::String(text) => text.parse(),
            _ => Err(NotAWord),
        }
    }

    /// The variant again.
    ///
    /// # Errors
    /// [`NotAWord`] when the enum has no such variant.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, NotAWord> {
        read(&self.0)
    }

    /// The word as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The variant that serde writes as this text.
///
/// # Errors
/// [`NotAWord`] when the enum has no such variant.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, NotAWord> {
    T::deserialize(StrDeserializer::<value::Error>::new(text)).map_err(|_| NotAWord)
}

impl FromStr for Word {
    type Err = NotAWord;

    fn from_str(text: &str) -> Result<Self, NotAWord> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        if (1..=40).contains(&text.len()) && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAWord)
        }
    }
}

impl From<&Code> for Word {
    fn from(code: &Code) -> Self {
        Self(code.as_str().to_owned())
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_a_variant_or_a_code_and_never_a_name() {
        assert_eq!(Word::of(&crate::staff::Role::CityStaff).unwrap().as_str(), "city_staff");
        let word: Word = "site_manager".parse().unwrap();
        assert_eq!(word.read::<crate::staff::Role>().unwrap(), crate::staff::Role::SiteManager);
        for wrong in ["", "山田", "Yamada", "a b", &"a".repeat(41)] {
            assert!(wrong.parse::<Word>().is_err(), "{wrong}");
        }
    }
}
