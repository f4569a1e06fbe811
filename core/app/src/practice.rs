//! Practice (練習): invented residents of a training programme, so that a team can go through a day before it meets anybody.

use homon_domain::ids::RosterId;
use homon_domain::practice::residents;
use homon_domain::programme::Mode;
use homon_store::{NewRoster, RosterFile};

use crate::desk::Desk;
use crate::error::{Refusal, Result};
use crate::homon::Homon;
use crate::rosters::entries_of;

impl Homon {
    /// Makes a roster of invented residents and keeps it like one that came as mail.
    ///
    /// # Errors
    /// [`Refusal::OnlyInTraining`], [`crate::Error::SignInAgain`], [`crate::Error::StorageFull`],
    /// [`crate::Error::KeyUnavailable`].
    pub async fn make_practice_roster(&self) -> Result<RosterId> {
        self.worker.run(make).await
    }
}

fn make(desk: &mut Desk) -> Result<RosterId> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    if session.programme().mode != Mode::Training {
        return Err(Refusal::OnlyInTraining.into());
    }
    let id = RosterId::make();
    let event = session.event(now, "practice_roster");
    let new = NewRoster { id, visit: None, entries: entries_of(&residents(session.programme()))? };
    RosterFile::create(root, &mut session.file, platform.vault.as_ref(), new, &event)?;
    Ok(id)
}
