//! Rosters (名簿): whom a visit expects, who of them was received, and that they go when they are of no use any more.

use chrono::{DateTime, Utc};
use homon_domain::case::RoundPlace;
use homon_domain::case_view::CaseView;
use homon_domain::ids::{CaseId, PartNumber, RosterId, VisitId};
use homon_domain::roster::ExpectedResident;
use homon_store::{
    Body, KeptState, Received, Root, RosterEntry, RosterFile, RosterLine, RosterRow, VisitStage, erase_roster,
};

use crate::cases::{receive_as, stored_case};
use crate::desk::{Desk, PartKey, Session, word};
use crate::error::{Error, Refusal, Result};
use crate::homon::{Homon, Platform};
use crate::visits::check_open;

/// A roster on this tablet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RosterView {
    /// Which.
    pub roster: RosterId,
    /// The visit that it is for, if one was named.
    pub visit: Option<VisitId>,
    /// How many stand on it.
    pub residents: u32,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

/// A line of a roster, for a list that others may see: without a name that could be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExpectedRow {
    /// The number of the line in its roster.
    pub line: u32,
    /// Order, room and bed.
    pub place: RoundPlace,
    /// The first characters of the name, then ○.
    pub masked_name: String,
    /// The case as which they were received in the visit that was asked about.
    pub received_as: Option<CaseId>,
}

impl Homon {
    /// The rosters on this tablet, in the order in which they came.
    ///
    /// # Errors
    /// [`Error::SignInAgain`].
    pub async fn rosters(&self) -> Result<Vec<RosterView>> {
        self.worker.run(|desk| Ok(kept_rosters(desk.session()?)?.iter().map(RosterView::of).collect())).await
    }

    /// Who stands on a roster, in the order of the round, and who of them was received in a visit.
    ///
    /// # Errors
    /// [`Refusal::NoSuchRoster`], [`Refusal::Quarantined`], [`Error::KeyUnavailable`], [`Error::SignInAgain`].
    pub async fn expected(&self, visit: VisitId, roster: RosterId) -> Result<Vec<ExpectedRow>> {
        self.worker.run(move |desk| expected(desk, visit, roster)).await
    }

    /// Everything that a roster says of one resident, for whoever goes to find them.
    ///
    /// # Errors
    /// As [`Homon::expected`]; [`Refusal::NoSuchLine`].
    pub async fn expected_resident(&self, roster: RosterId, line: u32) -> Result<ExpectedResident> {
        self.worker
            .run(move |desk| {
                let (session, root, platform) = desk.parts()?;
                Ok(line_of(&open(session, root, platform, roster)?, line)?.entry.body.read()?)
            })
            .await
    }

    /// Receives a resident of a roster: a draft with its number and place, as always. What else the roster says stands
    /// in the case once the wish to apply is recorded.
    ///
    /// # Errors
    /// [`Refusal::ReceivedAlready`] in this visit; as [`Homon::receive`] and [`Homon::expected_resident`].
    pub async fn receive_from_roster(
        &self,
        visit: VisitId,
        part: PartNumber,
        roster: RosterId,
        line: u32,
    ) -> Result<CaseView> {
        self.worker.run(move |desk| receive_from_roster(desk, (visit, part), roster, line)).await
    }

    /// Erases a roster from this tablet: the key first, then the file. The city has the original.
    ///
    /// # Errors
    /// [`Refusal::NoSuchRoster`], [`Error::KeyUnavailable`], [`Error::SignInAgain`].
    pub async fn erase_roster(&self, roster: RosterId) -> Result<()> {
        self.worker
            .run(move |desk| {
                let (session, root, platform) = desk.parts()?;
                erase(session, root, platform, roster)
            })
            .await
    }
}

impl RosterView {
    fn of(row: &RosterRow) -> Self {
        Self { roster: row.id, visit: row.visit, residents: row.count, received_at: row.received_at }
    }
}

/// The residents as a roster's file holds them. Who has no place in the round follows in the order of the list.
pub(crate) fn entries_of(residents: &[ExpectedResident]) -> Result<Vec<RosterEntry>> {
    let entry = |(position, resident): (u32, &ExpectedResident)| {
        let round_order = resident.place.order.unwrap_or(position);
        Ok(RosterEntry { round_order, search_key: resident.search_key(), body: Body::of(resident)? })
    };
    (1..).zip(residents).map(entry).collect()
}

pub(crate) fn kept_rosters(session: &Session) -> Result<Vec<RosterRow>> {
    Ok(session.file.rosters()?.into_iter().filter(|row| row.state == KeptState::Kept).collect())
}

pub(crate) fn open(session: &Session, root: &Root, platform: &Platform, roster: RosterId) -> Result<RosterFile> {
    match RosterFile::open(root, &session.file, platform.vault.as_ref(), roster) {
        Err(homon_store::Error::Unknown | homon_store::Error::WrongStage) => Err(Refusal::NoSuchRoster.into()),
        opened => Ok(opened?),
    }
}

fn line_of(file: &RosterFile, line: u32) -> Result<RosterLine> {
    match file.line(line) {
        Err(homon_store::Error::Unknown) => Err(Refusal::NoSuchLine.into()),
        found => Ok(found?),
    }
}

fn expected(desk: &mut Desk, visit: VisitId, roster: RosterId) -> Result<Vec<ExpectedRow>> {
    let (session, root, platform) = desk.parts()?;
    let lines = open(session, root, platform, roster)?.lines()?;
    let mut rows = Vec::new();
    for RosterLine { position, entry, received } in lines {
        let resident: ExpectedResident = entry.body.read()?;
        rows.push(ExpectedRow {
            line: position,
            masked_name: resident.name.masked(),
            place: resident.place,
            received_as: received_in(desk, visit, &received)?,
        });
    }
    Ok(rows)
}

/// The case as which someone was received in a visit. A crash may have written it down before the case was made.
fn received_in(desk: &mut Desk, visit: VisitId, received: &[Received]) -> Result<Option<CaseId>> {
    let Some(received) = received.iter().find(|received| received.visit == visit) else { return Ok(None) };
    match stored_case(desk, (received.visit, received.part), received.case) {
        Err(Error::Refused { reason: Refusal::NoSuchCase }) => Ok(None),
        // Of a visit that is erased, on another tablet or damaged, what was written down is all there is.
        _ => Ok(Some(received.case)),
    }
}

fn receive_from_roster(desk: &mut Desk, key: PartKey, roster: RosterId, line: u32) -> Result<CaseView> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    check_open(session, key)?;
    let event = session.event(now, "receive");
    let mut file = open(session, root, platform, roster)?;
    let RosterLine { entry, received, .. } = line_of(&file, line)?;
    let resident: ExpectedResident = entry.body.read()?;
    let before = received.iter().find(|received| received.visit == key.0).copied();
    let case = match before {
        Some(before) => before.case,
        None => {
            let received = Received { visit: key.0, part: key.1, case: CaseId::make() };
            file.receive(line, received, &event)?;
            received.case
        }
    };
    drop(file);
    if received_in(desk, key.0, before.as_slice())?.is_some() {
        return Err(Refusal::ReceivedAlready.into());
    }
    receive_as(desk, key, case, resident.place, Some(word("from-roster")))
}

fn erase(session: &mut Session, root: &Root, platform: &Platform, roster: RosterId) -> Result<()> {
    let (vault, clock, actor) = (platform.vault.as_ref(), platform.clock.as_ref(), session.staff.code.clone());
    match erase_roster(root, &mut session.file, vault, clock, &actor, roster) {
        Err(homon_store::Error::Unknown | homon_store::Error::WrongStage) => Err(Refusal::NoSuchRoster.into()),
        erased => Ok(erased?),
    }
}

/// Erases the rosters whose visits are gone from this tablet: of a visit, when all its parts are; of none, when everyone
/// on it was received in visits that are.
pub(crate) fn erase_spent(desk: &mut Desk) -> Result<()> {
    let (session, root, platform) = desk.parts()?;
    for row in kept_rosters(session)? {
        let is_spent = match row.visit {
            Some(visit) => is_gone(session, visit)?,
            None => is_used_up(session, root, platform, row.id)?,
        };
        if is_spent {
            erase(session, root, platform, row.id)?;
        }
    }
    Ok(())
}

/// Whether a visit was here, and no part of it is any more.
fn is_gone(session: &Session, visit: VisitId) -> Result<bool> {
    let rows = session.file.visits()?;
    let mut parts = rows.iter().filter(|row| row.planned.visit == visit).peekable();
    Ok(parts.peek().is_some() && parts.all(|row| row.stage == VisitStage::Erased))
}

fn is_used_up(session: &Session, root: &Root, platform: &Platform, roster: RosterId) -> Result<bool> {
    let lines = match open(session, root, platform, roster) {
        Ok(file) => file.lines()?,
        // A damaged roster is for people to erase.
        Err(error) if error.is_about_one_visit() => return Ok(false),
        Err(error) => return Err(error),
    };
    for line in &lines {
        let gone = line.received.iter().map(|received| is_gone(session, received.visit));
        let gone: Vec<bool> = gone.collect::<Result<_>>()?;
        if gone.is_empty() || gone.contains(&false) {
            return Ok(false);
        }
    }
    Ok(!lines.is_empty())
}
