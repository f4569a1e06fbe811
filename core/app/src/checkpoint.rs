//! Checkpoints (途中保存): while the tablet is online, the city gets each open visit as far as it has come, so that a
//! broken tablet does not lose the day. They are sealed beside the work, and change nothing on the tablet.

use chrono::{DateTime, TimeDelta, Utc};
use homon_seal::{PackageName, Recipients, Subject};
use homon_store::{NewSeal, Root, SealRow, SealStatus, SealedFile, VisitSnapshot, VisitStage};

use crate::beside::Turn;
use crate::desk::{Desk, PartKey};
use crate::error::Result;
use crate::homon::Homon;
use crate::sealing::{Sealing, add_visit};

/// How long a part is not sealed again after a checkpoint: what a broken tablet may cost beside what is on its way.
const EVERY: TimeDelta = TimeDelta::minutes(10);

/// A checkpoint that is to be sealed.
struct Due {
    sealing: Sealing,
    root: Root,
    id: PackageName,
    work: Recipients,
    snapshot: VisitSnapshot,
}

impl Homon {
    /// Seals a checkpoint of every part that has changed since its last one. One that cannot be sealed keeps nothing else
    /// from the city; [`crate::VisitLine::checkpoint_at`] tells how far the city has each visit.
    pub(crate) async fn seal_checkpoints(&self) -> Result<()> {
        let parts = self.worker.run(due_parts).await?;
        for key in parts {
            if let Err(error) = self.seal_checkpoint(key).await {
                tracing::warn!(visit = %key.0, part = %key.1, %error, "a checkpoint could not be sealed");
            }
        }
        Ok(())
    }

    async fn seal_checkpoint(&self, key: PartKey) -> Result<()> {
        let turn = self.beside.turn().await;
        let due = self.worker.run(move |desk| begin(desk, key)).await?;
        let (root, id) = (due.root.clone(), due.id);
        let sealed = self.on_its_own_thread(move || due.seal(turn)).await?;
        let recorded = self.worker.run(move |desk| record(desk, &sealed)).await;
        if recorded.is_err() {
            // Closed, sealed or handed over meanwhile: the whole goes, and this is of no use.
            SealedFile::remove(&root, id)?;
        }
        recorded
    }
}

impl Due {
    /// The snapshot is closed before the turn ends.
    fn seal(self, turn: Turn) -> Result<NewSeal> {
        let Self { sealing, root, id, work, snapshot } = self;
        let sealed = sealing.write(&root, id, &work, |writer| add_visit(writer, snapshot.reads(), &turn.stop));
        drop(snapshot);
        drop(turn);
        sealed
    }
}

fn due_parts(desk: &mut Desk) -> Result<Vec<PartKey>> {
    let now = desk.now();
    let rows = desk.session()?.file.visits()?;
    let open = rows.iter().filter(|row| is_unfinished(row.stage)).map(|row| (row.planned.visit, row.planned.part));
    let mut due = Vec::new();
    for key in open {
        match is_due(desk, key, now) {
            Ok(true) => due.push(key),
            Ok(false) => {}
            Err(error) if error.is_about_one_visit() => {
                tracing::warn!(visit = %key.0, part = %key.1, %error, "a visit does not open for its checkpoint");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(due)
}

/// A visit that is sealed goes as a whole, and one that was handed over is another tablet's.
pub(crate) fn is_unfinished(stage: VisitStage) -> bool {
    matches!(stage, VisitStage::Open | VisitStage::Closed)
}

fn is_due(desk: &mut Desk, key: PartKey, now: DateTime<Utc>) -> Result<bool> {
    let (session, root, platform) = desk.parts()?;
    let last = session.file.last_seal(subject(key))?;
    let reads = session.visit_file(root, platform, key)?.reads()?;
    if reads.counts_by_status()?.is_empty() {
        return Ok(false);
    }
    let Some(last) = last else { return Ok(true) };
    let lost = last.status() == SealStatus::Sealed && !root.sealed(last.seal.id).try_exists()?;
    // A clock that was set back must not keep the day from the city.
    let age = now - last.sealed_at;
    let waited = age >= EVERY || age < TimeDelta::zero();
    Ok(lost || (waited && last.seal.audit_head != Some(reads.audit_head()?.hash)))
}

fn subject((visit, part): PartKey) -> Subject {
    Subject::Checkpoint { visit, part }
}

fn begin(desk: &mut Desk, key: PartKey) -> Result<Due> {
    let (session, root, platform) = desk.parts()?;
    Ok(Due {
        sealing: Sealing::of(session, platform),
        root: root.clone(),
        id: PackageName { subject: subject(key), seal: session.file.next_seal(subject(key))? },
        work: session.enrolment.recipients.work.clone(),
        snapshot: session.visit_file(root, platform, key)?.snapshot()?,
    })
}

fn record(desk: &mut Desk, sealed: &NewSeal) -> Result<()> {
    let now = desk.now();
    let session = desk.session()?;
    let event = session.event(now, "checkpoint");
    Ok(session.file.add_seal(sealed, &event)?)
}

/// When the last checkpoint of a part was sealed that the city holds.
pub(crate) fn held_among(seals: &[SealRow], part: PartKey) -> Option<DateTime<Utc>> {
    let held = seals.iter().filter(|row| row.seal.id.subject == subject(part) && row.held_receipt.is_some());
    held.map(|row| row.sealed_at).max()
}
