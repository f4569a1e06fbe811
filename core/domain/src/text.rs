//! Names, addresses and remarks, kept byte for byte as they were received.
//!
//! Nothing here normalises: registers tell people apart by variation sequences and compatibility ideographs, and
//! normalisation rewrites both. Search has a key of its own in [`crate::folding`].

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::char::is_combining_mark;

pub use crate::characters::BadCharacter;
use crate::characters::{fault, is_blank, is_private_use, is_variation_selector};

/// Text about a person, such as 氏名 or 住所, exactly as received: not blank, and without any character that a reader
/// could not see.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReceivedText(String);

/// Why a text was refused. It says where, never what.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TextFault {
    /// Nothing, or nothing but blanks.
    #[error("the text is empty")]
    Blank,
    /// More characters than allowed, where a character is a Unicode code point.
    #[error("the text has more than {limit} characters")]
    TooLong {
        /// How many are allowed.
        limit: usize,
    },
    /// A character that must not stand there.
    #[error("character {position}: {kind}")]
    Character {
        /// What is wrong with it.
        kind: BadCharacter,
        /// Where it stands, counted in code points from 1.
        position: usize,
    },
}

impl ReceivedText {
    /// No text is longer, whatever limit is asked for.
    pub const LONGEST: usize = 1000;
    /// Longest name, room or note that a register or a report takes, in characters.
    pub const SHORT: usize = 100;
    /// Longest address or reason, in characters.
    pub const LONG: usize = 400;

    /// Text from a register or a file of the city: kept whole, blanks at either end included.
    ///
    /// # Errors
    /// Any [`TextFault`].
    pub fn from_register(text: &str, limit: usize) -> Result<Self, TextFault> {
        let limit = limit.min(Self::LONGEST);
        let mut before = None;
        for (index, c) in text.chars().enumerate() {
            if let Some(kind) = fault(before, c) {
                return Err(TextFault::Character { kind, position: index + 1 });
            }
            if index >= limit {
                return Err(TextFault::TooLong { limit });
            }
            before = Some(c);
        }
        if text.chars().all(is_blank) { Err(TextFault::Blank) } else { Ok(Self(text.to_owned())) }
    }

    /// Text that a person typed: blanks at either end, which nobody sees on a screen, are left out. The rest is kept.
    ///
    /// # Errors
    /// Any [`TextFault`]; positions count from the first character that is no blank.
    pub fn from_input(text: &str, limit: usize) -> Result<Self, TextFault> {
        Self::from_register(text.trim_matches(is_blank), limit)
    }

    /// The text, as received.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a font may lack a glyph, so that the screen should say what it may show wrongly: private-use
    /// characters, variation sequences, and ideographs beyond the basic plane.
    #[must_use]
    pub fn needs_font_check(&self) -> bool {
        let rare = |c: char| is_private_use(c) || is_variation_selector(c) || ('\u{20000}'..'\u{40000}').contains(&c);
        self.0.chars().any(rare)
    }

    /// The first character of each part with its variation selector, then ○: a name for lists that others may see.
    #[must_use]
    pub fn masked(&self) -> String {
        let parts = self.0.split(is_blank).filter(|part| !part.is_empty());
        parts.map(|part| format!("{}○", first_character(part))).collect::<Vec<_>>().join(" ")
    }
}

/// The first code point with the marks and selectors that belong to it.
fn first_character(part: &str) -> &str {
    let mut following = part.char_indices().skip(1);
    let next = following.find(|(_, c)| !is_variation_selector(*c) && !is_combining_mark(*c));
    &part[..next.map_or(part.len(), |(index, _)| index)]
}

impl fmt::Debug for ReceivedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceivedText(…)")
    }
}

impl TryFrom<String> for ReceivedText {
    type Error = TextFault;

    fn try_from(text: String) -> Result<Self, TextFault> {
        Self::from_register(&text, Self::LONGEST)
    }
}

impl From<ReceivedText> for String {
    fn from(text: ReceivedText) -> Self {
        text.0
    }
}

#[cfg(test)]
mod tests;
