//! The programme (業務) as the city writes it: one TOML file, checked before anything is made of it.

use std::path::{Path, PathBuf};

use homon_domain::programme::{Programme, ProgrammeFault};

use super::files::{self, FileError};

/// Why a programme can't be used. The city mends the file; nothing has been changed.
#[derive(Debug, thiserror::Error)]
pub enum ProgrammeError {
    /// The file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// Not TOML, or a field is missing, unknown or of the wrong kind.
    #[error("{}, line {line}: {problem}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// Counted from 1: where the table begins that lacks the field, or where the wrong value stands.
        line: usize,
        /// What is wrong, with the name of the field.
        problem: String,
    },
    /// Every field is there, but they don't fit together.
    #[error("{}: {}", path.display(), listed(faults))]
    Faults {
        /// The file.
        path: PathBuf,
        /// All that is wrong.
        faults: Vec<ProgrammeFault>,
    },
}

fn listed(faults: &[ProgrammeFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Reads and checks a programme.
///
/// # Errors
/// Any [`ProgrammeError`].
pub fn read(path: &Path) -> Result<Programme, ProgrammeError> {
    parse(path, &files::read_text(path)?)
}

/// Checks the text of a programme that lies at `path`.
pub(super) fn parse(path: &Path, text: &str) -> Result<Programme, ProgrammeError> {
    let programme: Programme = toml::from_str(text).map_err(|error| ProgrammeError::Field {
        path: path.to_owned(),
        line: line_at(text, error.span().map_or(0, |span| span.start)),
        // The parser's full text would quote the line, and with it perhaps the name of a member of staff.
        problem: error.message().to_owned(),
    })?;
    match programme.faults() {
        faults if faults.is_empty() => Ok(programme),
        faults => Err(ProgrammeError::Faults { path: path.to_owned(), faults }),
    }
}

/// The line of an offset in a text, counted from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// An example to begin with. Its people and places are invented.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Example {
    /// 下関市マイナンバーカード等申請サポート業務.
    Shimonoseki,
    /// 千葉市マイナポータル操作サポート業務委託.
    Chiba,
}

impl Example {
    /// The commented TOML.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Shimonoseki => include_str!("../../programmes/shimonoseki.toml"),
            Self::Chiba => include_str!("../../programmes/chiba.toml"),
        }
    }
}

#[cfg(test)]
mod tests;
