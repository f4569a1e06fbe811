//! A part that goes on on another tablet.

use homon_app::model::{PartNumber, TakeBackReason, VisitId};
use homon_app::{HandoverAsk, Result, VisitView};

use crate::changes::Change;
use crate::homon::{Homon, path_text};

#[uniffi::export]
impl Homon {
    /// Asks for a part of another tablet. Nothing is kept of it; asking again is as good.
    ///
    /// # Errors
    /// `HomonError::SignInAgain`, `HomonError::KeyUnavailable`.
    pub async fn ask_for_handover(&self) -> Result<HandoverAsk> {
        self.ask(|homon| async move { homon.ask_for_handover().await }).await
    }

    /// What another tablet's request says, before anything is handed over: people compare the fingerprint.
    ///
    /// # Errors
    /// `Rule::HandoverNotTrusted`, `Refusal::SameTablet`, `HomonError::SignInAgain`.
    pub async fn preview_handover(&self, token: String) -> Result<HandoverAsk> {
        self.ask(|homon| async move { homon.preview_handover(token).await }).await
    }

    /// Hands a part over to the tablet whose request it is and whose fingerprint people have compared. Answers the file
    /// to be carried there. The part is locked here from now on.
    ///
    /// # Errors
    /// `Rule::HandoverNotTrusted`, `Rule::FingerprintDiffers`; `Refusal::SameTablet`, `Refusal::VisitLocked`,
    /// `Refusal::HandedOver`, `Refusal::NoSuchVisit`; `HomonError::StorageFull`, `HomonError::KeyUnavailable`,
    /// `HomonError::SignInAgain`. The part goes on here then.
    pub async fn hand_over(
        &self,
        visit: VisitId,
        part: PartNumber,
        token: String,
        fingerprint: String,
    ) -> Result<String> {
        self.change(Change::Visit { visit, part }, |homon| async move {
            Ok(path_text(homon.hand_over(visit, part, token, fingerprint).await?))
        })
        .await
    }

    /// The file of a part that was handed over, to carry it once more.
    ///
    /// # Errors
    /// `Refusal::NoSuchVisit` when the part is not handed over; `HomonError::SignInAgain`.
    pub async fn handover_file(&self, visit: VisitId, part: PartNumber) -> Result<String> {
        self.ask(|homon| async move { Ok(path_text(homon.handover_file(visit, part).await?)) }).await
    }

    /// Goes on here with a part that was handed over, because the other tablet has not taken it or is lost. Should it go
    /// on there all the same, the desk finds out and lets people decide; nothing is lost.
    ///
    /// # Errors
    /// `Refusal::NoSuchVisit` when the part is not handed over; `HomonError::SignInAgain`, `HomonError::StorageFull`.
    pub async fn take_back(&self, visit: VisitId, part: PartNumber, reason: TakeBackReason) -> Result<VisitView> {
        self.change(Change::Visit { visit, part }, |homon| async move { homon.take_back(visit, part, reason).await })
            .await
    }

    /// Takes a part that another tablet of this city handed over to this one, with its cases, photos and log, and goes on
    /// with it. The file may be deleted after that.
    ///
    /// # Errors
    /// `Refusal::HandoverForAnother`, `Refusal::HandoverNotTrusted`, `Refusal::HandoverDamaged`,
    /// `Refusal::HandoverTaken`, `Refusal::OtherProgramme`, `Refusal::PartTwice`, `Refusal::OrphanFirst`;
    /// `HomonError::StorageFull`, `HomonError::SignInAgain`. Nothing of it is kept then.
    pub async fn accept_handover(&self, file: String) -> Result<VisitView> {
        self.change(Change::Visits, |homon| async move { homon.accept_handover(file.into()).await }).await
    }
}
