//! Rosters: whom a visit expects.

use homon_app::model::{CaseView, ExpectedResident, PartNumber, RosterId, VisitId};
use homon_app::{BadRows, ExpectedRow, Result, RosterView};

use crate::changes::Change;
use crate::homon::Homon;
use crate::types::views::RosterImport;

#[uniffi::export]
impl Homon {
    /// The rosters on this tablet, in the order in which they came.
    ///
    /// # Errors
    /// `HomonError::SignInAgain`.
    pub async fn rosters(&self) -> Result<Vec<RosterView>> {
        self.ask(|homon| async move { homon.rosters().await }).await
    }

    /// Makes a roster of invented residents and keeps it like one that came as mail.
    ///
    /// # Errors
    /// `Refusal::OnlyInTraining`, `HomonError::SignInAgain`, `HomonError::StorageFull`, `HomonError::KeyUnavailable`.
    pub async fn make_practice_roster(&self) -> Result<RosterId> {
        self.ask(|homon| async move { homon.make_practice_roster().await }).await
    }

    /// Who stands on a roster, in the order of the round, and who of them was received in a visit.
    ///
    /// # Errors
    /// `Refusal::NoSuchRoster`, `Refusal::Quarantined`, `HomonError::KeyUnavailable`, `HomonError::SignInAgain`.
    pub async fn expected(&self, visit: VisitId, roster: RosterId) -> Result<Vec<ExpectedRow>> {
        self.ask(|homon| async move { homon.expected(visit, roster).await }).await
    }

    /// Everything that a roster says of one resident, for whoever goes to find them.
    ///
    /// # Errors
    /// As `expected`; `Refusal::NoSuchLine`.
    pub async fn expected_resident(&self, roster: RosterId, line: u32) -> Result<ExpectedResident> {
        self.ask(|homon| async move { homon.expected_resident(roster, line).await }).await
    }

    /// Receives a resident of a roster: a draft with its number and place, as always. What else the roster says stands
    /// in the case once the wish to apply is recorded.
    ///
    /// # Errors
    /// `Refusal::ReceivedAlready` in this visit; as `receive` and `expected_resident`.
    pub async fn receive_from_roster(
        &self,
        visit: VisitId,
        part: PartNumber,
        roster: RosterId,
        line: u32,
    ) -> Result<CaseView> {
        self.change(Change::Visit { visit, part }, |homon| async move {
            homon.receive_from_roster(visit, part, roster, line).await
        })
        .await
    }

    /// Erases a roster from this tablet: the key first, then the file. The city has the original.
    ///
    /// # Errors
    /// `Refusal::NoSuchRoster`, `HomonError::KeyUnavailable`, `HomonError::SignInAgain`.
    pub async fn erase_roster(&self, roster: RosterId) -> Result<()> {
        self.change(Change::Rosters, |homon| async move { homon.erase_roster(roster).await }).await
    }

    /// Reads a roster from a file: CSV or an Excel workbook. Unless every row fits, or `bad` leaves the others out,
    /// nothing is kept. The file itself is the caller's to delete.
    ///
    /// # Errors
    /// `Rule::Roster` for a file that can't be read as a roster; `HomonError::SignInAgain`, `HomonError::StorageFull`,
    /// `HomonError::KeyUnavailable`.
    pub async fn import_roster(&self, file: Vec<u8>, visit: Option<VisitId>, bad: BadRows) -> Result<RosterImport> {
        self.change(Change::Rosters, |homon| async move { Ok(homon.import_roster(file, visit, bad).await?.into()) })
            .await
    }
}
