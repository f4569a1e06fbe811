//! A roster (名簿) is read and sent to the tablet that visits those who stand on it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use homon_domain::ids::{DeviceId, MailNumber, RosterId, VisitId};
use homon_domain::mail::MailContent;
use homon_domain::platform::Clock;
use homon_domain::roster::Roster;
use homon_domain::visit::japan_time;
use homon_roster::{BadRows, FILE_BYTES, FileFault, Reading, Refused};

use super::files::{At, FileError};
use super::folder::CityFolder;
use super::mail::{self, PostError};
use super::programme::{self, ProgrammeError};

/// Why a roster was not read, or not sent.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// The file can't be read as a roster.
    #[error(transparent)]
    Unreadable(#[from] FileFault),
    /// It was read and could not be sent.
    #[error(transparent)]
    Post(#[from] PostError),
    /// The programme can't be used.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// The file could not be opened.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SentRoster {
    /// What was read, with everything that does not fit.
    pub reading: Reading,
    /// The mail in which it goes, and how many residents stand in it; or that nothing was sent.
    pub sent: Result<(MailNumber, usize), Refused>,
}

/// Reads a roster and sends it to one tablet. Unless every row fits, or `bad` leaves the others out, nothing is sent.
///
/// # Errors
/// Any [`RosterError`]. Rows that do not fit are no error: the reading names them.
pub fn send(
    folder: &CityFolder,
    to: DeviceId,
    visit: Option<VisitId>,
    file: &Path,
    bad: BadRows,
    clock: &dyn Clock,
) -> Result<SentRoster, RosterError> {
    let programme = programme::read(&folder.programme())?;
    let reading = homon_roster::read(&bytes_of(file)?, programme.number, japan_time(clock.now()).date_naive())?;
    let sent = match reading.clone().residents(bad) {
        Err(refused) => Err(refused),
        Ok(residents) => {
            let count = residents.len();
            let roster = MailContent::Roster(Roster { id: RosterId::make(), visit, residents });
            Ok((mail::post(folder, to, roster, clock)?, count))
        }
    };
    Ok(SentRoster { reading, sent })
}

impl SentRoster {
    /// Whether someone should look at the roster again.
    #[must_use]
    pub fn is_outstanding(&self) -> bool {
        self.sent.is_err() || !self.reading.bad.is_empty() || !self.reading.duplicates(&BTreeSet::new()).is_empty()
    }
}

/// The file, as far as it is looked at.
fn bytes_of(path: &Path) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    let file = File::open(path).at(path)?;
    file.take(FILE_BYTES as u64 + 1).read_to_end(&mut bytes).at(path)?;
    Ok(bytes)
}
