//! The numbers of an application: 個人番号, 申請書ID, telephone number, postal code.
//!
//! All are read as people type them: full-width digits count as digits, blanks and hyphens between them are dropped.
//! No error says anything about the digits but how many there were.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::digits::{ascii_digit, is_separator};

/// Which rule a number breaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NumberFault {
    /// Something other than digits, blanks and hyphens.
    #[error("only digits are allowed")]
    NotDigits,
    /// Too few or too many digits.
    #[error("{expected} digits are expected, {got} were given")]
    WrongLength {
        /// How many digits the number has.
        expected: usize,
        /// How many were given.
        got: usize,
    },
    /// The last digit does not follow from the others: something was mistyped.
    #[error("the check digit does not match")]
    CheckDigit,
}

/// The digits of `text`, in memory that is wiped.
fn typed_digits(text: &str) -> Result<Zeroizing<Vec<u8>>, NumberFault> {
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    for c in text.chars().filter(|c| !is_separator(*c)) {
        digits.push(ascii_digit(c).ok_or(NumberFault::NotDigits)?);
    }
    Ok(digits)
}

fn exactly<const N: usize>(text: &str) -> Result<Zeroizing<[u8; N]>, NumberFault> {
    let typed = typed_digits(text)?;
    let wrong_length = NumberFault::WrongLength { expected: N, got: typed.len() };
    <[u8; N]>::try_from(typed.as_slice()).map(Zeroizing::new).map_err(|_| wrong_length)
}

macro_rules! secret_digits {
    ($(#[$doc:meta])* $name:ident, $digits:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Zeroizing<[u8; $digits]>);

        impl $name {
            /// How many digits it has.
            pub const DIGITS: usize = $digits;

            /// The ASCII digits, for the one place that must write them.
            #[must_use]
            pub fn expose(&self) -> &str {
                std::str::from_utf8(self.0.as_slice()).expect("digits are ASCII")
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        /// Files that hold it are encrypted; nothing else may serialise it.
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.expose())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Zeroizing::new(String::deserialize(deserializer)?);
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

secret_digits!(
    /// 個人番号: twelve digits, the last of which checks the others. Wiped from memory when dropped.
    ///
    /// The check digit (省令第85号 of 2014, Article 5) finds every single mistyped digit but one kind: where the
    /// weighted sum leaves 0 or 1 over eleven, both give the check digit 0, so an error that turns the one into the
    /// other stays hidden.
    IndividualNumber,
    12
);

impl IndividualNumber {
    /// Reads twelve digits with a matching check digit.
    ///
    /// # Errors
    /// Any [`NumberFault`].
    pub fn parse(text: &str) -> Result<Self, NumberFault> {
        let digits = exactly::<12>(text)?;
        if check_digit(&digits[..11]) == digits[11] { Ok(Self(digits)) } else { Err(NumberFault::CheckDigit) }
    }
}

/// The check digit of the first eleven digits, in ASCII. The n-th from the right weighs n + 1 up to the sixth and
/// n − 5 from the seventh on.
fn check_digit(first_eleven: &[u8]) -> u8 {
    let weights = (2..=7).chain(2..=6);
    let sum: u32 = first_eleven.iter().rev().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    match sum % 11 {
        0 | 1 => b'0',
        rest => b'0' + u8::try_from(11 - rest).expect("11 less 2 to 10 is a digit"),
    }
}

secret_digits!(
    /// 申請書ID: the 23 digits printed on an application form. No check digit is public, so none is checked; it goes
    /// stale when the name or the address changes.
    ApplicationId,
    23
);

/// Why no 申請書ID was found in a QR code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum QrFault {
    /// No run of exactly 23 digits: another code, or a form of another kind. Type the number instead.
    #[error("the code holds no application number")]
    NoneFound,
    /// More than one run of exactly 23 digits. Type the number instead.
    #[error("the code holds more than one application number")]
    SeveralFound,
}

impl ApplicationId {
    /// Reads 23 digits.
    ///
    /// # Errors
    /// [`NumberFault::NotDigits`], [`NumberFault::WrongLength`].
    pub fn parse(text: &str) -> Result<Self, NumberFault> {
        exactly(text).map(Self)
    }

    /// Takes the number out of the QR code of an application form. What else the code holds is not publicly
    /// specified, so exactly one run of 23 ASCII digits is asked for and the rest is left alone.
    ///
    /// # Errors
    /// Any [`QrFault`].
    pub fn from_qr(payload: &str) -> Result<Self, QrFault> {
        let mut runs = payload.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == Self::DIGITS);
        let only = runs.next().ok_or(QrFault::NoneFound)?;
        if runs.next().is_some() {
            return Err(QrFault::SeveralFound);
        }
        Self::parse(only).map_err(|_| QrFault::NoneFound)
    }

    /// How many digits are still to be typed; 0 when it is complete.
    ///
    /// # Errors
    /// [`NumberFault::NotDigits`]; [`NumberFault::WrongLength`] for more than 23 digits.
    pub fn remaining(typed: &str) -> Result<usize, NumberFault> {
        let got = typed_digits(typed)?.len();
        Self::DIGITS.checked_sub(got).ok_or(NumberFault::WrongLength { expected: Self::DIGITS, got })
    }
}

/// A telephone number: ASCII digits with the hyphens as typed. Domestic numbers begin with 0 and have 10 or 11
/// digits; international ones begin with + and have 8 to 15 (ITU-T E.164), with +81 leaving out the 0.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// Why a text is not a telephone number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PhoneFault {
    /// Something other than digits, hyphens and a leading +.
    #[error("only digits, hyphens and a leading + are allowed")]
    NotAllowed,
    /// A domestic number begins with the 0 of its area code.
    #[error("the number must begin with 0 or +")]
    NoAreaCode,
    /// Too few or too many digits.
    #[error("the number has too few or too many digits")]
    WrongLength,
}

impl Phone {
    /// Reads a telephone number. Brackets and blanks become hyphens.
    ///
    /// # Errors
    /// Any [`PhoneFault`].
    pub fn parse(text: &str) -> Result<Self, PhoneFault> {
        let spelled = spelled_phone(text)?;
        let digits = spelled.bytes().filter(u8::is_ascii_digit).count();
        let fits = match spelled.strip_prefix('+') {
            Some(abroad) if abroad.starts_with("81") => (11..=12).contains(&digits),
            Some(_) => (8..=15).contains(&digits),
            None if !spelled.starts_with('0') => return Err(PhoneFault::NoAreaCode),
            None => (10..=11).contains(&digits),
        };
        if fits { Ok(Self(spelled)) } else { Err(PhoneFault::WrongLength) }
    }

    /// The number, for the screen and the export.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The same number with ASCII digits, single hyphens and at most one + in front.
fn spelled_phone(text: &str) -> Result<String, PhoneFault> {
    let mut spelled = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '+' | '\u{FF0B}' if spelled.is_empty() => spelled.push('+'),
            '(' | ')' | '\u{FF08}' | '\u{FF09}' => hyphenate(&mut spelled),
            _ if is_separator(c) => hyphenate(&mut spelled),
            _ => spelled.push(char::from(ascii_digit(c).ok_or(PhoneFault::NotAllowed)?)),
        }
    }
    spelled.truncate(spelled.trim_end_matches('-').len());
    Ok(spelled)
}

/// One hyphen after a digit, none elsewhere.
fn hyphenate(spelled: &mut String) {
    if spelled.ends_with(|c: char| c.is_ascii_digit()) {
        spelled.push('-');
    }
}

/// 郵便番号: seven digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PostalCode(String);

impl PostalCode {
    /// How many digits it has.
    pub const DIGITS: usize = 7;

    /// Reads seven digits; a leading 〒 is allowed.
    ///
    /// # Errors
    /// [`NumberFault::NotDigits`], [`NumberFault::WrongLength`].
    pub fn parse(text: &str) -> Result<Self, NumberFault> {
        let digits = exactly::<{ Self::DIGITS }>(text.strip_prefix('〒').unwrap_or(text))?;
        Ok(Self(digits.iter().map(|digit| char::from(*digit)).collect()))
    }

    /// The seven digits, without a hyphen.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is printed: `000-0101`.
    #[must_use]
    pub fn printed(&self) -> String {
        let (area, town) = self.0.split_at(3);
        format!("{area}-{town}")
    }
}

macro_rules! serde_text {
    ($name:ident, $fault:ty) => {
        impl TryFrom<String> for $name {
            type Error = $fault;

            fn try_from(text: String) -> Result<Self, $fault> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

serde_text!(Phone, PhoneFault);
serde_text!(PostalCode, NumberFault);

#[cfg(test)]
mod tests;
