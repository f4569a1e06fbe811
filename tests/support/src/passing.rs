//! Parts on their way to another tablet, and visits whose keys the city gives back. Each of these can be called again when
//! it was interrupted, or was done already.

use std::fs;
use std::path::{Path, PathBuf};

use homon_app::{Error, HandoverAsk, Refusal, VisitStage};

use crate::replay::instant;
use crate::scenario::{PartScript, ScriptStep, VisitScript};
use crate::tablet::{ScriptError, ScriptedTablet, core, unexpected};

impl ScriptedTablet {
    /// This tablet's request for a part.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn ask(&self) -> Result<HandoverAsk, ScriptError> {
        self.sign_in_first().await?;
        self.homon.ask_for_handover().await.map_err(core(0))
    }

    /// Hands this tablet's part over to the tablet whose request it is. Answers the file.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn hand_over(&self, ask: String, fingerprint: String) -> Result<PathBuf, ScriptError> {
        let (visit, part, index) = self.at_step(|step| matches!(step, ScriptStep::HandOver { .. })).await?;
        let (id, number) = (visit.plan.id, part.part);
        match self.homon.visit(id, number).await.map_err(core(index))?.status {
            VisitStage::HandedOver => self.homon.handover_file(id, number).await,
            _ => self.homon.hand_over(id, number, ask, fingerprint).await,
        }
        .map_err(core(index))
    }

    /// Takes the part that another tablet handed over to this one.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn take(&self, file: PathBuf) -> Result<(), ScriptError> {
        let (visit, part, index) = self.at_step(|step| matches!(step, ScriptStep::HandOver { .. })).await?;
        if self.has(&visit, &part, index).await? {
            return Ok(());
        }
        self.homon.accept_handover(file).await.map(drop).map_err(core(index))
    }

    /// Makes the tablet ready to be enrolled again: its key store has died.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn begin_anew(&self) -> Result<(), ScriptError> {
        if !self.homon.is_enrolled().await.map_err(core(0))? {
            return Ok(());
        }
        self.homon.begin_anew().await.map_err(core(0))
    }

    /// Writes the recovery copies of the orphaned visits into a folder; answers their paths.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn recovery_copies(&self, folder: &Path) -> Result<Vec<PathBuf>, ScriptError> {
        self.sign_in_first().await?;
        let mut written = Vec::new();
        for orphan in self.homon.orphaned_visits().await.map_err(core(0))? {
            let copy = self.homon.recovery_copy(orphan.visit, orphan.part).await.map_err(core(0))?;
            let path = folder.join(copy.name);
            fs::write(&path, copy.bytes).map_err(|error| core(0)(error.into()))?;
            written.push(path);
        }
        Ok(written)
    }

    /// Opens the orphaned visit with the city's grant.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub async fn adopt(&self, grant: Vec<u8>) -> Result<(), ScriptError> {
        let (visit, part, index) = self.at_step(|step| matches!(step, ScriptStep::KeyStoreDies)).await?;
        if self.has(&visit, &part, index).await? {
            return Ok(());
        }
        self.homon.adopt_visit(grant).await.map(drop).map_err(core(index))
    }

    async fn has(&self, visit: &VisitScript, part: &PartScript, index: usize) -> Result<bool, ScriptError> {
        match self.homon.visit(visit.plan.id, part.part).await {
            Ok(_) => Ok(true),
            Err(Error::Refused { reason: Refusal::NoSuchVisit }) => Ok(false),
            Err(error) => Err(core(index)(error)),
        }
    }

    /// The part of this tablet that has such a step. Signs in, at its instant, whoever does it.
    async fn at_step(
        &self,
        is_it: impl Fn(&ScriptStep) -> bool,
    ) -> Result<(VisitScript, PartScript, usize), ScriptError> {
        let parts = self.parts().into_iter();
        let found =
            parts.filter_map(|(visit, part)| part.steps.iter().position(&is_it).map(|at| (visit, part, at))).next();
        let (visit, part, index) = found.ok_or_else(|| unexpected(0, "the scenario has no such step"))?;
        self.clock.set(instant(&self.scenario, index));
        self.sign_in(part.staff_at(index)).await?;
        Ok((visit, part, index))
    }
}
