//! One resident at a time: receiving, the steps of a case, the board and the search.

use homon_app::model::{CaseId, CaseRow, CaseView, PartNumber, VisitId};
use homon_app::{CaseInput, PlaceInput, Result};

use crate::changes::Change;
use crate::homon::Homon;

#[uniffi::export]
impl Homon {
    /// Receives a resident: a draft with nothing but its number and place.
    ///
    /// # Errors
    /// `Refusal::VisitClosed`, `Refusal::VisitLocked`, `Refusal::NoSuchVisit`, `HomonError::SignInAgain`,
    /// `HomonError::FixInput`, `HomonError::StorageFull`.
    pub async fn receive(&self, visit: VisitId, part: PartNumber, place: PlaceInput) -> Result<CaseView> {
        self.change(Change::Visit { visit, part }, |homon| async move { homon.receive(visit, part, place).await }).await
    }

    /// Does one step of a case. It is durable before this answers; refused, it changes nothing.
    ///
    /// # Errors
    /// `HomonError::FixInput`, `Refusal::Step`, `Refusal::NoSuchCase`, and as `receive`.
    pub async fn case_step(
        &self,
        visit: VisitId,
        part: PartNumber,
        case_id: CaseId,
        input: CaseInput,
    ) -> Result<CaseView> {
        self.change(
            Change::Visit { visit, part },
            |homon| async move { homon.case_step(visit, part, case_id, input).await },
        )
        .await
    }

    /// One case.
    ///
    /// # Errors
    /// `Refusal::NoSuchCase`, `Refusal::NoSuchVisit`, `HomonError::SignInAgain`.
    pub async fn case(&self, visit: VisitId, part: PartNumber, case_id: CaseId) -> Result<CaseView> {
        self.ask(|homon| async move { homon.case(visit, part, case_id).await }).await
    }

    /// The board: everyone in the order of the round.
    ///
    /// # Errors
    /// `Refusal::NoSuchVisit`, `HomonError::SignInAgain`.
    pub async fn board(&self, visit: VisitId, part: PartNumber) -> Result<Vec<CaseRow>> {
        self.ask(|homon| async move { homon.board(visit, part).await }).await
    }

    /// The lines of the board whose name, reading, room or number contains what was typed, whatever the kana, width or
    /// variant of its characters.
    ///
    /// # Errors
    /// As `board`.
    pub async fn search(&self, visit: VisitId, part: PartNumber, typed: String) -> Result<Vec<CaseRow>> {
        self.ask(|homon| async move { homon.search(visit, part, typed).await }).await
    }
}
