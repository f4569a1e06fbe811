//! Today: which visits this tablet knows, and what only this tablet holds.

use chrono::{DateTime, NaiveDate, Utc};
use homon_domain::ids::{DeviceId, PartNumber, SiteCode, VisitId};
use homon_domain::programme::{Mode, Programme, ServiceKind};
use homon_domain::staff::StaffMember;
use homon_domain::tally::Tally;
use homon_store::{Facts, VisitRow, VisitStage};

use crate::checkpoint;
use crate::desk::{Desk, Session};
use crate::error::{Error, Result};
use crate::homon::Homon;
use crate::sync::chain_proof;
use crate::visits::balance;

/// One visit part on the list.
#[derive(Clone, PartialEq, Debug)]
pub struct VisitLine {
    /// The visit.
    pub visit: VisitId,
    /// The part that this tablet works on.
    pub part: PartNumber,
    /// What is offered.
    pub service: ServiceKind,
    /// Where.
    pub site: SiteCode,
    /// On which day, in Japan.
    pub date: NaiveDate,
    /// How far it has come.
    pub status: VisitStage,
    /// The counts, once it was closed; they stay when the visit is erased.
    pub tally: Option<Tally>,
    /// How far the city has it while it is unfinished: when the last checkpoint was sealed that the city holds.
    pub checkpoint_at: Option<DateTime<Utc>>,
    /// The tablet that it was handed over to, if it was.
    pub handed_to: Option<DeviceId>,
    /// Why its file does not open, if it does not: damaged, or without its key. Call the city desk.
    pub problem: Option<Error>,
}

/// What the tablet shows first.
#[derive(Clone, PartialEq, Debug)]
pub struct TodayView {
    /// Who is signed in.
    pub staff: StaffMember,
    /// Whether real residents are received.
    pub mode: Mode,
    /// Whether the whole chain of keys has been proven. Until then a plain warning is shown.
    pub chain_proven: bool,
    /// Residents of parts that only this tablet holds as a whole (市に未着), whatever checkpoints the city has. Of a visit
    /// that does not open, those of its last count.
    pub only_here: u32,
    /// All visit parts, by day.
    pub visits: Vec<VisitLine>,
}

impl Homon {
    /// The programme that the city enrolled this tablet for.
    ///
    /// # Errors
    /// [`Error::SignInAgain`].
    pub async fn programme(&self) -> Result<Programme> {
        self.worker.run(|desk| Ok(desk.session()?.programme().clone())).await
    }

    /// What the tablet shows first.
    ///
    /// # Errors
    /// [`Error::SignInAgain`].
    pub async fn today(&self) -> Result<TodayView> {
        self.worker.run(today).await
    }
}

fn today(desk: &mut Desk) -> Result<TodayView> {
    let rows = desk.session()?.file.visits()?;
    let mut only_here = 0;
    let mut visits = Vec::new();
    for row in &rows {
        let checkpoint_at = checkpoint::held_at(desk.session()?, (row.planned.visit, row.planned.part))?;
        let mut line = VisitLine { checkpoint_at, ..line(row)? };
        // A visit that does not open must not keep the others from the screen.
        match people_only_here(desk, row) {
            Ok(people) => only_here += people,
            Err(problem) if problem.is_about_one_visit() => {
                only_here += line.tally.as_ref().map_or(0, |tally| tally.people.received);
                line.problem = Some(problem);
            }
            Err(error) => return Err(error),
        }
        visits.push(line);
    }
    let session = desk.session()?;
    Ok(TodayView {
        staff: session.staff.clone(),
        mode: session.programme().mode,
        chain_proven: is_proven(session)?,
        only_here,
        visits,
    })
}

/// Whether an *opened* receipt proves the keys to which this tablet encrypts now.
pub(crate) fn is_proven(session: &Session) -> Result<bool> {
    let recipients = session.enrolment.recipients.work.fingerprint();
    Ok(chain_proof(session)?.is_some_and(|proof| proof.recipients == recipients))
}

fn people_only_here(desk: &mut Desk, row: &VisitRow) -> Result<u32> {
    if !matches!(row.stage, VisitStage::Open | VisitStage::Closed | VisitStage::Sealed) {
        return Ok(0);
    }
    let (session, root, platform) = desk.parts()?;
    let file = session.visit_file(root, platform, (row.planned.visit, row.planned.part))?;
    Ok(balance(file)?.people.received)
}

fn line(row: &VisitRow) -> Result<VisitLine> {
    Ok(VisitLine {
        visit: row.planned.visit,
        part: row.planned.part,
        service: row.planned.service.read().map_err(Error::internal)?,
        site: row.planned.site.clone(),
        date: row.planned.date,
        status: row.stage,
        tally: row.counts.as_ref().map(Facts::read).transpose()?,
        checkpoint_at: None,
        handed_to: row.handed_to,
        problem: None,
    })
}
