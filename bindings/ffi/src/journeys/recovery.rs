//! When the key store has died, and what was erased.

use homon_app::model::{PartNumber, VisitId};
use homon_app::{ErasureCertificate, OrphanedVisit, RecoveryCopy, Result, VisitView};

use crate::changes::Change;
use crate::homon::Homon;

#[uniffi::export]
impl Homon {
    /// Makes a tablet ready to be enrolled again on which nobody can ever sign in: its key store was emptied, or what
    /// the sign-in needs is damaged. Visits stay; everything else is set aside, nothing deleted.
    ///
    /// # Errors
    /// `Refusal::StillOpens` while somebody can sign in; `Refusal::NotEnrolled` when there is nothing to begin anew;
    /// `HomonError::StorageFull`.
    pub async fn begin_anew(&self) -> Result<()> {
        self.change(Change::Session, |homon| async move { homon.begin_anew().await }).await
    }

    /// The visit files on this tablet whose keys only the city has: identifiers and parts, no names, because nobody here
    /// can read them.
    ///
    /// # Errors
    /// `HomonError::SignInAgain`.
    pub async fn orphaned_visits(&self) -> Result<Vec<OrphanedVisit>> {
        self.ask(|homon| async move { homon.orphaned_visits().await }).await
    }

    /// The copy of an orphaned visit's key, for the city desk.
    ///
    /// # Errors
    /// `Refusal::NoSuchVisit` when no such file or no copy is here; `HomonError::SignInAgain`.
    pub async fn recovery_copy(&self, visit: VisitId, part: PartNumber) -> Result<RecoveryCopy> {
        self.ask(|homon| async move { homon.recovery_copy(visit, part).await }).await
    }

    /// Opens an orphaned visit with the grant that the desk made out to this tablet, and goes on with it at the same
    /// step.
    ///
    /// # Errors
    /// `Refusal::GrantNotTrusted`, `Refusal::GrantForAnother`, `Refusal::GrantDoesNotFit`, `Refusal::NoSuchVisit`,
    /// `Refusal::PartTwice`; `HomonError::SignInAgain`, `HomonError::KeyUnavailable`, `HomonError::StorageFull`. The file stays
    /// as it is then.
    pub async fn adopt_visit(&self, grant: Vec<u8>) -> Result<VisitView> {
        self.change(Change::Visits, |homon| async move { homon.adopt_visit(grant).await }).await
    }

    /// The certificates of all erasures on this tablet.
    ///
    /// # Errors
    /// `HomonError::SignInAgain`.
    pub async fn erasure_certificates(&self) -> Result<Vec<ErasureCertificate>> {
        self.ask(|homon| async move { homon.erasure_certificates().await }).await
    }
}
