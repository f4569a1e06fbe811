//! Today: which visits this tablet knows, and what only this tablet holds.

use chrono::{DateTime, NaiveDate, Utc};
use homon_domain::balance::Balance;
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
    /// Cards that this tablet has in custody (預かり中).
    pub held_cards: u32,
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
    let (rows, seals) = (desk.session()?.file.visits()?, desk.session()?.file.seals()?);
    let (mut only_here, mut held_cards) = (0, 0);
    let mut visits = Vec::new();
    for row in &rows {
        let checkpoint_at = checkpoint::held_among(&seals, (row.planned.visit, row.planned.part));
        let mut line = VisitLine { checkpoint_at, ..line(row)? };
        // A visit that does not open must not keep the others from the screen.
        match only_on_this_tablet(desk, row, line.tally.as_ref()) {
            Ok(OnlyHere { people, cards }) => {
                only_here += people;
                held_cards += cards;
            }
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
        held_cards,
        visits,
    })
}

/// Whether an *opened* receipt proves the keys to which this tablet encrypts now.
pub(crate) fn is_proven(session: &Session) -> Result<bool> {
    let recipients = session.enrolment.recipients.work.fingerprint();
    Ok(chain_proof(session)?.is_some_and(|proof| proof.recipients == recipients))
}

/// What this tablet alone holds of a part.
#[derive(Default)]
struct OnlyHere {
    people: u32,
    cards: u32,
}

/// Opens the file only where it can differ from the count that was made when the part was closed: a key store takes tens
/// of milliseconds for each file, before anybody sees the list of the day.
fn only_on_this_tablet(desk: &mut Desk, row: &VisitRow, counted: Option<&Tally>) -> Result<OnlyHere> {
    match (row.stage, counted) {
        (VisitStage::Sealed, Some(tally)) => Ok(OnlyHere { people: tally.people.received, cards: 0 }),
        (VisitStage::Open | VisitStage::Closed | VisitStage::Sealed, _) => {
            let (session, root, platform) = desk.parts()?;
            let file = session.visit_file(root, platform, (row.planned.visit, row.planned.part))?;
            let Balance { people, cards, .. } = balance(file)?;
            Ok(OnlyHere { people: people.received, cards: u32::try_from(cards.difference()).map_err(Error::internal)? })
        }
        _ => Ok(OnlyHere::default()),
    }
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
