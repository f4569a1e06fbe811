//! QR codes that follow each other: how a request or an answer crosses a table without a file.

use std::sync::{Mutex, PoisonError};

use homon_app::{Code, Reading, Result};

use crate::guarded;

/// One code as it is drawn: dark modules on a light ground, with four light modules around.
#[derive(uniffi::Record)]
pub struct CodePicture {
    /// Modules on each side.
    pub side: u32,
    /// 1 for a dark module, 0 for a light one; row by row.
    pub modules: Vec<u8>,
}

impl From<Code> for CodePicture {
    fn from(code: Code) -> Self {
        let side = u32::try_from(code.side).unwrap_or_default();
        Self { side, modules: code.dark.into_iter().map(u8::from).collect() }
    }
}

/// A tablet's own request as codes, to be shown one after another, over and over; five in a second can be read.
///
/// # Errors
/// `HomonError::Internal` for what is no request.
#[uniffi::export]
pub fn codes_of(token: String) -> Result<Vec<CodePicture>> {
    guarded(|| Ok(homon_app::codes_of(&token)?.into_iter().map(CodePicture::from).collect()))
}

/// What a code said that was read.
#[derive(uniffi::Enum)]
pub enum CodeReading {
    /// Not a part of a request or an answer.
    Other,
    /// A part.
    Part {
        /// How much is read of the whole, in hundredths.
        hundredths: u8,
    },
    /// The whole text.
    Whole {
        /// The text, as it stands in a file.
        token: String,
    },
}

/// Puts a text together from codes, which may come in any order, more than once, and with gaps.
#[derive(uniffi::Object)]
pub struct CodeReader(Mutex<homon_app::CodeReader>);

#[uniffi::export]
impl CodeReader {
    /// A reader that has read nothing.
    #[uniffi::constructor]
    #[must_use]
    #[expect(clippy::new_without_default, reason = "nobody makes one in Rust")]
    pub fn new() -> Self {
        Self(Mutex::default())
    }

    /// Takes what one code says. A part of another text begins anew.
    ///
    /// # Errors
    /// `HomonError::Internal`.
    pub fn read(&self, text: String) -> Result<CodeReading> {
        guarded(|| {
            Ok(match self.0.lock().unwrap_or_else(PoisonError::into_inner).read(&text) {
                Reading::Other => CodeReading::Other,
                Reading::Part(hundredths) => CodeReading::Part { hundredths },
                Reading::Whole(token) => CodeReading::Whole { token },
            })
        })
    }
}
