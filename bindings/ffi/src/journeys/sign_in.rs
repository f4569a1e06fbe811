//! Signing in and out, who has a PIN on this tablet, and what the platform's suspending asks for.

use homon_app::model::StaffMember;
use homon_app::{KnownStaff, Result};

use crate::changes::Change;
use crate::homon::Homon;

#[uniffi::export]
impl Homon {
    /// Signs a member of staff in. Whoever was signed in is signed out first.
    ///
    /// # Errors
    /// `Rule::PinWrong`, `Later::TooManyTries`, `Refusal::UnknownStaff`,
    /// `HomonError::KeyUnavailable`, `Refusal::Quarantined`.
    pub async fn sign_in(&self, staff: String, typed_pin: String) -> Result<StaffMember> {
        self.change(Change::Session, |homon| async move { homon.sign_in(staff, typed_pin).await }).await
    }

    /// Closes every file and forgets every key, and the photo of an activity at which somebody looked.
    ///
    /// # Errors
    /// `HomonError::Internal`.
    pub async fn sign_out(&self) -> Result<()> {
        self.change(Change::Session, |homon| async move { homon.sign_out().await }).await
    }

    /// Who has a PIN on this tablet.
    ///
    /// # Errors
    /// `Refusal::NotEnrolled`.
    pub async fn staff_with_pin(&self) -> Result<Vec<KnownStaff>> {
        self.ask(|homon| async move { homon.staff_with_pin().await }).await
    }

    /// Gives another member of staff of the programme a PIN.
    ///
    /// # Errors
    /// `HomonError::SignInAgain`, `Refusal::UnknownStaff`, `Refusal::StaffTwice`, the PIN's.
    pub async fn add_staff(&self, staff: String, typed_pin: String) -> Result<()> {
        self.change(Change::Session, |homon| async move { homon.add_staff(staff, typed_pin).await }).await
    }

    /// Changes the PIN of a member of staff, who gives the old one.
    ///
    /// # Errors
    /// As `sign_in`, and the new PIN's.
    pub async fn change_pin(&self, staff: String, old: String, new: String) -> Result<()> {
        self.change(Change::Session, |homon| async move { homon.change_pin(staff, old, new).await }).await
    }

    /// Closes the files while the platform suspends the app; iOS kills apps that hold their locks.
    ///
    /// # Errors
    /// `HomonError::Internal`.
    pub async fn pause(&self) -> Result<()> {
        self.ask(|homon| async move { homon.pause().await }).await
    }

    /// Opens the files again.
    ///
    /// # Errors
    /// `Refusal::Quarantined`, `HomonError::Internal`.
    pub async fn resume(&self) -> Result<()> {
        self.ask(|homon| async move { homon.resume().await }).await
    }
}
