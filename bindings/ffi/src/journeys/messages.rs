//! Messages of the desk.

use homon_app::Result;
use homon_app::model::{DeficiencyNotice, MailNumber};

use crate::changes::Change;
use crate::homon::Homon;
use crate::types::views::MessageView;

#[uniffi::export]
impl Homon {
    /// The messages on this tablet, in the order of their numbers.
    ///
    /// # Errors
    /// `HomonError::SignInAgain`.
    pub async fn messages(&self) -> Result<Vec<MessageView>> {
        self.ask(|homon| async move { Ok(homon.messages().await?.into_iter().map(MessageView::from).collect()) }).await
    }

    /// What a message says: who, whom to reach, why.
    ///
    /// # Errors
    /// `Refusal::NoSuchMessage`, `Refusal::Quarantined`, `HomonError::KeyUnavailable`, `HomonError::SignInAgain`.
    pub async fn message(&self, message: MailNumber) -> Result<DeficiencyNotice> {
        self.ask(|homon| async move { homon.message(message).await }).await
    }

    /// Someone has seen to it. Saying so again changes nothing.
    ///
    /// # Errors
    /// `Refusal::NoSuchMessage`, `HomonError::SignInAgain`, `HomonError::StorageFull`.
    pub async fn handle_message(&self, message: MailNumber) -> Result<()> {
        self.change(Change::Messages, |homon| async move { homon.handle_message(message).await }).await
    }

    /// Erases a message from this tablet: the key first, then the file. The city has the original.
    ///
    /// # Errors
    /// `Refusal::NoSuchMessage`, `HomonError::KeyUnavailable`, `HomonError::SignInAgain`.
    pub async fn erase_message(&self, message: MailNumber) -> Result<()> {
        self.change(Change::Messages, |homon| async move { homon.erase_message(message).await }).await
    }
}
