//! Enrolment: the tablet asks, the city answers, two people compare a fingerprint.

use homon_app::model::DeviceId;
use homon_app::{EnrolmentPreview, Result};

use crate::changes::Change;
use crate::homon::Homon;

#[uniffi::export]
impl Homon {
    /// Whether an enrolment was accepted to its end.
    ///
    /// # Errors
    /// `HomonError::Internal`.
    pub async fn is_enrolled(&self) -> Result<bool> {
        self.ask(|homon| async move { homon.is_enrolled().await }).await
    }

    /// The tablet's signed request, for `homon-city enrol`. Asking again makes a new request; the old one is void.
    ///
    /// # Errors
    /// `Refusal::AlreadyEnrolled`, `HomonError::KeyUnavailable`, `HomonError::FixInput` for the label.
    pub async fn enrolment_request(&self, label: String) -> Result<String> {
        self.ask(|homon| async move { homon.enrolment_request(label).await }).await
    }

    /// SHA-256 of the tablet's public key, in groups of four, as `homon-city enrol` shows it: people compare the two.
    ///
    /// # Errors
    /// `HomonError::KeyUnavailable`.
    pub async fn device_fingerprint(&self) -> Result<String> {
        self.ask(|homon| async move { homon.device_fingerprint().await }).await
    }

    /// A request for a new enrolment of a tablet that has one: when the programme, a recipient or a certificate of the
    /// city has changed. Visits on the tablet go on.
    ///
    /// # Errors
    /// `HomonError::SignInAgain`, `HomonError::KeyUnavailable`, `HomonError::FixInput` for the label.
    pub async fn renewal_request(&self, label: String) -> Result<String> {
        self.ask(|homon| async move { homon.renewal_request(label).await }).await
    }

    /// Accepts a newer enrolment for the same tablet, by an authority that the present one pins.
    ///
    /// # Errors
    /// `Rule::EnrolmentNotTrusted` for another authority or an older enrolment; `Refusal::OtherDevice`,
    /// `Refusal::ProgrammeFaulty`, `Refusal::HardwareNeeded`, `Refusal::UnknownStaff` when the new programme does
    /// not know who is signed in; `HomonError::SignInAgain`. The old enrolment stays then.
    pub async fn accept_renewal(&self, token: String) -> Result<()> {
        self.change(Change::Session, |homon| async move { homon.accept_renewal(token).await }).await
    }

    /// What an enrolment says, without accepting it.
    ///
    /// # Errors
    /// `Rule::EnrolmentNotTrusted`.
    pub async fn preview_enrolment(&self, token: String) -> Result<EnrolmentPreview> {
        self.ask(|homon| async move { homon.preview_enrolment(token).await }).await
    }

    /// Accepts an enrolment whose fingerprint people have compared, and gives the first member of staff a PIN.
    ///
    /// # Errors
    /// `Rule::FingerprintDiffers`, `Rule::EnrolmentNotTrusted`, `Refusal::OtherDevice`,
    /// `Refusal::HardwareNeeded`, `Refusal::ProgrammeFaulty`, `Refusal::AlreadyEnrolled`,
    /// `Refusal::UnknownStaff`, the PIN's. Nothing is kept then.
    pub async fn accept_enrolment(
        &self,
        token: String,
        fingerprint: String,
        staff: String,
        typed_pin: String,
    ) -> Result<DeviceId> {
        self.change(Change::Session, |homon| async move {
            homon.accept_enrolment(token, fingerprint, staff, typed_pin).await
        })
        .await
    }
}
