//! Messages of the desk: an application came back (不備), and someone must be asked again.

use chrono::{DateTime, Utc};
use homon_domain::ids::{MailNumber, StaffCode, VisitId};
use homon_domain::mail::{DeficiencyNotice, MailContent};
use homon_store::{KeptState, MessageFile, MessageRow, erase_message};

use crate::desk::Desk;
use crate::error::{Error, Refusal, Result};
use crate::homon::Homon;

/// A message on the list: about whom it is stands in its file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageView {
    /// The number of the mail in which it came, by which it is named.
    pub message: MailNumber,
    /// The visit that it is about.
    pub visit: Option<VisitId>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// When someone saw to it, and who.
    pub handled: Option<(DateTime<Utc>, StaffCode)>,
}

impl Homon {
    /// The messages on this tablet, in the order of their numbers.
    ///
    /// # Errors
    /// [`Error::SignInAgain`].
    pub async fn messages(&self) -> Result<Vec<MessageView>> {
        self.worker
            .run(|desk| {
                let rows = desk.session()?.file.messages()?;
                Ok(rows.iter().filter(|row| row.state == KeptState::Kept).map(MessageView::of).collect())
            })
            .await
    }

    /// What a message says: who, whom to reach, why.
    ///
    /// # Errors
    /// [`Refusal::NoSuchMessage`], [`Refusal::Quarantined`], [`Error::KeyUnavailable`], [`Error::SignInAgain`].
    pub async fn message(&self, message: MailNumber) -> Result<DeficiencyNotice> {
        self.worker.run(move |desk| read(desk, message)).await
    }

    /// Someone has seen to it. Saying so again changes nothing.
    ///
    /// # Errors
    /// [`Refusal::NoSuchMessage`], [`Error::SignInAgain`], [`Error::StorageFull`].
    pub async fn handle_message(&self, message: MailNumber) -> Result<()> {
        self.worker.run(move |desk| handle(desk, message)).await
    }

    /// Erases a message from this tablet: the key first, then the file. The city has the original.
    ///
    /// # Errors
    /// [`Refusal::NoSuchMessage`], [`Error::KeyUnavailable`], [`Error::SignInAgain`].
    pub async fn erase_message(&self, message: MailNumber) -> Result<()> {
        self.worker.run(move |desk| erase(desk, message)).await
    }
}

impl MessageView {
    fn of(row: &MessageRow) -> Self {
        Self { message: row.number, visit: row.visit, received_at: row.received_at, handled: row.handled.clone() }
    }
}

fn read(desk: &mut Desk, message: MailNumber) -> Result<DeficiencyNotice> {
    let (session, root, platform) = desk.parts()?;
    let file = MessageFile::open(root, &session.file, platform.vault.as_ref(), message).map_err(of_message)?;
    match file.body()?.read()? {
        MailContent::Deficiency(notice) => Ok(notice),
        other => Err(Error::internal(format!("{other:?} is kept as a message"))),
    }
}

fn handle(desk: &mut Desk, message: MailNumber) -> Result<()> {
    let now = desk.now();
    let session = desk.session()?;
    let event = session.event(now, "message_handled");
    session.file.handle_message(message, &event).map_err(of_message)
}

fn erase(desk: &mut Desk, message: MailNumber) -> Result<()> {
    let (session, root, platform) = desk.parts()?;
    let (vault, clock, actor) = (platform.vault.as_ref(), platform.clock.as_ref(), session.staff.code.clone());
    erase_message(root, &mut session.file, vault, clock, &actor, message).map_err(of_message)
}

fn of_message(error: homon_store::Error) -> Error {
    match error {
        homon_store::Error::Unknown | homon_store::Error::WrongStage => Refusal::NoSuchMessage.into(),
        other => other.into(),
    }
}
