//! What the city sends back to a scripted tablet: its roster, and applications that were returned.

use homon_app::BadRows;
use homon_domain::ids::RosterId;

use super::{ScriptError, ScriptedTablet, core, unexpected};
use crate::scenario::{ReturnedScript, VisitScript};

impl ScriptedTablet {
    /// The tablet's roster of a visit. Where the city has sent none, it is brought to the tablet as a file.
    pub(super) async fn roster(&self, visit: &VisitScript, index: usize) -> Result<RosterId, ScriptError> {
        let rosters = self.homon.rosters().await.map_err(core(index))?;
        if let Some(here) = rosters.iter().find(|roster| roster.visit == Some(visit.plan.id)) {
            return Ok(here.roster);
        }
        let mine = self.scenario.rosters.iter().find(|roster| roster.tablet == self.tablet.label);
        let file = mine.ok_or(ScriptError::Unknown)?.file();
        let imported =
            self.homon.import_roster(file, Some(visit.plan.id), BadRows::Refuse).await.map_err(core(index))?;
        imported.roster.ok_or_else(|| unexpected(index, "the roster has rows that do not fit"))
    }

    /// Reads every message, holds it against the applications that the scenario returns, sees to it and erases it.
    /// Answers how many there were.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn read_messages(&self) -> Result<usize, ScriptError> {
        let messages = self.homon.messages().await.map_err(core(0))?;
        for message in &messages {
            let notice = self.homon.message(message.message).await.map_err(core(0))?;
            let is_this = |returned: &&ReturnedScript| (returned.visit, returned.case) == (notice.visit, notice.case);
            let returned = self.scenario.returned.iter().find(is_this);
            let returned = returned.ok_or_else(|| unexpected(0, "a message about another case"))?;
            let note = notice.deficiency.note.as_ref().map(|note| note.as_str());
            let is_same = notice.deficiency.kind == returned.kind && note == Some(&returned.note);
            // The visit is erased here, so only the message can say who it is and whom to reach.
            let is_known = self.scenario.canaries.iter().any(|canary| canary == notice.name.as_str());
            if !is_same || !is_known || notice.contact.is_none() {
                return Err(unexpected(0, "the message does not say what was returned"));
            }
            self.homon.handle_message(message.message).await.map_err(core(0))?;
            self.homon.erase_message(message.message).await.map_err(core(0))?;
        }
        Ok(messages.len())
    }
}
