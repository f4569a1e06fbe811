//! A tablet's request on its own screen, for a camera: the file's way without a file. Reading is [`homon_seal::CodeReader`].

use homon_seal::Code;
use homon_seal::moving_code;

use crate::error::{Error, Result};

/// A request as codes that follow each other. Five in a second, over and over, can be read.
///
/// # Errors
/// [`Error::Internal`] for what is no token of this app, or longer than a minute of codes.
pub fn codes_of(token: &str) -> Result<Vec<Code>> {
    moving_code::codes(token.trim()).map_err(Error::internal)
}
