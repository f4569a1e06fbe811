//! A visit from its opening to its sealing.

use homon_app::model::{AmendmentReason, CheckIn, Departure, PartNumber, VisitId, VisitPlan};
use homon_app::{DeviationInput, Invitation, Result, TodayView, VisitView};

use crate::changes::Change;
use crate::codes::CodePicture;
use crate::homon::Homon;
use crate::types::views::{AuditHead, Programme};

#[uniffi::export]
impl Homon {
    /// The programme that the city enrolled this tablet for.
    ///
    /// # Errors
    /// `HomonError::SignInAgain`.
    pub async fn programme(&self) -> Result<Programme> {
        self.ask(|homon| async move { Ok(homon.programme().await?.into()) }).await
    }

    /// What the tablet shows first.
    ///
    /// # Errors
    /// `HomonError::SignInAgain`.
    pub async fn today(&self) -> Result<TodayView> {
        self.ask(|homon| async move { homon.today().await }).await
    }

    /// Every rule that the visit would not keep if it were opened now. Each needs a reason.
    ///
    /// # Errors
    /// `HomonError::SignInAgain`.
    pub async fn departures(&self, plan: VisitPlan, check_in: CheckIn) -> Result<Vec<Departure>> {
        self.ask(|homon| async move { homon.departures(plan, check_in).await }).await
    }

    /// Opens a part of a visit and makes its encrypted file. The count-only notice leaves with the next sync. A private
    /// home needs its address; of another site none is kept.
    ///
    /// # Errors
    /// `HomonError::FixInput` for the address; `Refusal::Visit` names the departures that need a reason; `Refusal::PartTwice`, `Refusal::OrphanFirst`;
    /// `HomonError::SignInAgain`, `HomonError::StorageFull`, `HomonError::KeyUnavailable`.
    pub async fn open_visit(
        &self,
        plan: VisitPlan,
        part: PartNumber,
        check_in: CheckIn,
        deviations: Vec<DeviationInput>,
        private_address: Option<String>,
    ) -> Result<VisitView> {
        self.change(Change::Visit { visit: plan.id, part }, |homon| async move {
            homon.open_visit(plan, part, check_in, deviations, private_address).await
        })
        .await
    }

    /// The parts of a visit that a further tablet can be asked to work on: those from the second on that this tablet has
    /// not worked on.
    ///
    /// # Errors
    /// `HomonError::SignInAgain`.
    pub async fn further_parts(&self, visit: VisitId) -> Result<Vec<PartNumber>> {
        self.ask(|homon| async move { homon.further_parts(visit).await }).await
    }

    /// The QR code by which a further tablet works on this visit as part `further`.
    ///
    /// # Errors
    /// `Refusal::PartTwice` for a part that this tablet works on; `Refusal::VisitClosed`, `Refusal::VisitLocked`,
    /// `Refusal::HandedOver`, `Refusal::NoSuchVisit`, `HomonError::SignInAgain`.
    pub async fn invite(&self, visit: VisitId, part: PartNumber, further: PartNumber) -> Result<CodePicture> {
        self.ask(|homon| async move { Ok(homon.invite(visit, part, further).await?.into()) }).await
    }

    /// What a code of another tablet says. The visit is opened as any other, with this plan and this part.
    ///
    /// # Errors
    /// `Rule::NotAnInvitation`; `Refusal::OtherProgramme`, `Refusal::PartTwice`, `Refusal::AppTooOld`,
    /// `HomonError::SignInAgain`.
    pub async fn read_invitation(&self, code: String) -> Result<Invitation> {
        self.ask(|homon| async move { homon.read_invitation(code).await }).await
    }

    /// A visit part with its balance.
    ///
    /// # Errors
    /// `Refusal::NoSuchVisit`, `HomonError::SignInAgain`.
    pub async fn visit(&self, visit: VisitId, part: PartNumber) -> Result<VisitView> {
        self.ask(|homon| async move { homon.visit(visit, part).await }).await
    }

    /// Verifies the audit chain of a visit part from its first entry to its last.
    ///
    /// # Errors
    /// `Refusal::Quarantined` when it is broken; `Refusal::NoSuchVisit`, `HomonError::SignInAgain`.
    pub async fn verify_audit(&self, visit: VisitId, part: PartNumber) -> Result<AuditHead> {
        self.ask(|homon| async move { Ok(homon.verify_audit(visit, part).await?.into()) }).await
    }

    /// Counts one more person who only asked something (相談件数).
    ///
    /// # Errors
    /// `Refusal::VisitClosed`, `Refusal::NoSuchVisit`, `HomonError::SignInAgain`.
    pub async fn add_consultation(&self, visit: VisitId, part: PartNumber) -> Result<u32> {
        self.change(Change::Visit { visit, part }, |homon| async move { homon.add_consultation(visit, part).await })
            .await
    }

    /// Sets the daily report's remarks (特記事項); nothing typed takes them away.
    ///
    /// # Errors
    /// As `add_consultation`, and the text's.
    pub async fn set_remarks(&self, visit: VisitId, part: PartNumber, text: String) -> Result<()> {
        self.change(Change::Visit { visit, part }, |homon| async move { homon.set_remarks(visit, part, text).await })
            .await
    }

    /// Sets where a private home is; facilities stand in the programme.
    ///
    /// # Errors
    /// As `add_consultation`, and the text's.
    pub async fn set_private_address(&self, visit: VisitId, part: PartNumber, text: String) -> Result<()> {
        self.change(
            Change::Visit { visit, part },
            |homon| async move { homon.set_private_address(visit, part, text).await },
        )
        .await
    }

    /// Closes a visit part whose balance is even. Nothing more is received then.
    ///
    /// # Errors
    /// `Refusal::NotEven` names what keeps it open; `Refusal::VisitClosed`, `HomonError::SignInAgain`.
    pub async fn close_visit(&self, visit: VisitId, part: PartNumber) -> Result<VisitView> {
        self.change(Change::Visit { visit, part }, |homon| async move { homon.close_visit(visit, part).await }).await
    }

    /// Opens a closed visit part again, or a sealed one that the city does not hold yet: sealing it once more is an
    /// amendment under the next number, and says why.
    ///
    /// # Errors
    /// `Refusal::VisitLocked` once the city holds it; `Refusal::VisitStillOpen`, `HomonError::SignInAgain`.
    pub async fn reopen_visit(&self, visit: VisitId, part: PartNumber, reason: AmendmentReason) -> Result<VisitView> {
        self.change(Change::Visit { visit, part }, |homon| async move { homon.reopen_visit(visit, part, reason).await })
            .await
    }

    /// Seals a closed visit part, and its tally for the contractor's office with the photos of the activity. Sealing again after
    /// `reopen_visit` is an amendment under the next number.
    ///
    /// # Errors
    /// `Refusal::VisitStillOpen`, `Refusal::VisitLocked`, `Refusal::HandedOver`, `Refusal::NoSuchVisit`,
    /// `HomonError::StorageFull`, `HomonError::SignInAgain`, `HomonError::KeyUnavailable`. The visit stays closed then, and can be
    /// sealed again.
    pub async fn seal_visit(&self, visit: VisitId, part: PartNumber) -> Result<VisitView> {
        self.change(Change::Visit { visit, part }, |homon| async move { homon.seal_visit(visit, part).await }).await
    }
}
