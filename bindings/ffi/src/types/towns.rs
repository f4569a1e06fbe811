//! The municipality's towns.

use homon_app::model::{ReadPiece, TownMatch};

/// A town that may be meant by what was typed so far.
#[uniffi::remote(Record)]
pub struct TownMatch {
    /// Its name.
    pub name: String,
    /// Its reading in hiragana.
    pub kana: String,
    /// Its postal codes as they are printed, `000-0101`; only those that begin as typed where a code was typed.
    pub postal_codes: Vec<String>,
    /// The address to go on from: municipality, town, and what was typed behind it. Not for logs.
    pub address: String,
}

/// A piece of a text and the reading over it, if it has one. Not for logs.
#[uniffi::remote(Record)]
pub struct ReadPiece {
    /// The piece, as it stands in the text.
    pub text: String,
    /// Its reading in hiragana.
    pub reading: Option<String>,
}
