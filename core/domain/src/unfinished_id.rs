//! The beginning of a 申請書ID: 23 digits are long, and people are called away.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::digits::{ascii_digit, is_separator};
use crate::numbers::{ApplicationId, NumberFault};

/// 1 to 22 digits of a 申請書ID whose typing was interrupted. Wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct UnfinishedId(Zeroizing<String>);

impl UnfinishedId {
    /// Reads the digits so far, as people type them.
    ///
    /// # Errors
    /// [`NumberFault::NotDigits`]; [`NumberFault::WrongLength`] for none or for 23 and more.
    pub fn parse(typed: &str) -> Result<Self, NumberFault> {
        let mut digits = Zeroizing::new(String::with_capacity(typed.len()));
        for c in typed.chars().filter(|c| !is_separator(*c)) {
            digits.push(char::from(ascii_digit(c).ok_or(NumberFault::NotDigits)?));
        }
        let got = digits.len();
        if (1..ApplicationId::DIGITS).contains(&got) {
            Ok(Self(digits))
        } else {
            Err(NumberFault::WrongLength { expected: ApplicationId::DIGITS, got })
        }
    }

    /// How many digits are still to be typed.
    #[must_use]
    pub fn remaining(&self) -> usize {
        ApplicationId::DIGITS - self.0.len()
    }

    /// The digits so far, for the field in which typing goes on.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UnfinishedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnfinishedId(…)")
    }
}

impl Serialize for UnfinishedId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for UnfinishedId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_22_digits_are_a_beginning() {
        assert_eq!(UnfinishedId::parse("1234 5６7").unwrap().expose(), "1234567");
        assert_eq!(UnfinishedId::parse("1234567").unwrap().remaining(), 16);
        for wrong in ["", " ", "12x", "12345678901234567890123"] {
            assert!(UnfinishedId::parse(wrong).is_err(), "{wrong}");
        }
    }
}
