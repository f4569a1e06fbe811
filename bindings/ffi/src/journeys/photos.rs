//! The photo of the application, from camera memory into the encrypted file.

use homon_app::model::{CaseId, CaseView, PartNumber, VisitId};
use homon_app::{PortraitReport, Result};

use crate::changes::Change;
use crate::homon::Homon;

#[uniffi::export]
impl Homon {
    /// Looks at a photo from camera memory as `attach_portrait` would, and stores nothing.
    ///
    /// # Errors
    /// `Rule::Photo` for a file that is none; `Refusal::NoSuchCase`,
    /// `Refusal::NoSuchVisit`, `HomonError::SignInAgain`.
    pub async fn check_portrait(
        &self,
        visit: VisitId,
        part: PartNumber,
        case_id: CaseId,
        jpeg: Vec<u8>,
    ) -> Result<PortraitReport> {
        self.ask(|homon| async move { homon.check_portrait(visit, part, case_id, jpeg).await }).await
    }

    /// Takes a photo from camera memory into the encrypted file: checked, and cut to the programme's measures. Nothing of
    /// it touches storage in clear.
    ///
    /// Where the app has no models of faces, the file alone is checked and kept as it is. A photo that looks like that of
    /// another case is taken, and the view warns.
    ///
    /// # Errors
    /// `Rule::Photo`; `Rule::PhotoFindings` with what decides against it and no exception
    /// of the case explains; and as `case_step`.
    pub async fn attach_portrait(
        &self,
        visit: VisitId,
        part: PartNumber,
        case_id: CaseId,
        jpeg: Vec<u8>,
    ) -> Result<CaseView> {
        self.change(Change::Visit { visit, part }, |homon| async move {
            homon.attach_portrait(visit, part, case_id, jpeg).await
        })
        .await
    }

    /// The photo of a case, as it will be sent; `None` while there is none.
    ///
    /// # Errors
    /// As `case`.
    pub async fn portrait(&self, visit: VisitId, part: PartNumber, case_id: CaseId) -> Result<Option<Vec<u8>>> {
        self.ask(|homon| async move { homon.portrait(visit, part, case_id).await }).await
    }
}
