//! One resident at a time: receiving, the steps of a case, the board and the search.

use homon_domain::case::{Case, RoundPlace};
use homon_domain::case_step::{Doing, Step, StepKind};
use homon_domain::case_view::{CaseRow, CaseView};
use homon_domain::folding::fold;
use homon_domain::ids::{CaseId, CaseNumber, PartNumber, VisitId};
use homon_domain::visit::{Visit, japan_time};
use homon_domain::word::Word;
use homon_store::{AuditEvent, Body, CaseRecord, PhotoWrite, StepWrite};

use crate::case_input::{CaseInput, PlaceInput};
use crate::desk::{Desk, PartKey, word};
use crate::error::{Refusal, Result};
use crate::homon::Homon;
use crate::portraits::view;
use crate::prefill::{prefilled, resident_behind};
use crate::visits::check_open;

/// How many lines a search answers at most.
const SEARCH_LIMIT: u32 = 100;

impl Homon {
    /// Receives a resident: a draft with nothing but its number and place.
    ///
    /// # Errors
    /// [`Refusal::VisitClosed`], [`Refusal::VisitLocked`], [`Refusal::NoSuchVisit`], [`crate::Error::SignInAgain`],
    /// [`crate::Error::FixInput`], [`crate::Error::StorageFull`].
    pub async fn receive(&self, visit: VisitId, part: PartNumber, place: PlaceInput) -> Result<CaseView> {
        self.worker.run(move |desk| receive(desk, (visit, part), &place)).await
    }

    /// Does one step of a case. It is durable before this answers; refused, it changes nothing.
    ///
    /// # Errors
    /// [`crate::Error::FixInput`], [`Refusal::Step`], [`Refusal::NoSuchCase`], and as [`Homon::receive`].
    pub async fn case_step(
        &self,
        visit: VisitId,
        part: PartNumber,
        case: CaseId,
        input: CaseInput,
    ) -> Result<CaseView> {
        self.worker
            .run(move |desk| {
                let today = japan_time(desk.now()).date_naive();
                step(desk, (visit, part), case, input.step(today)?, None)
            })
            .await
    }

    /// One case.
    ///
    /// # Errors
    /// [`Refusal::NoSuchCase`], [`Refusal::NoSuchVisit`], [`crate::Error::SignInAgain`].
    pub async fn case(&self, visit: VisitId, part: PartNumber, case: CaseId) -> Result<CaseView> {
        self.worker
            .run(move |desk| {
                let case = stored_case(desk, (visit, part), case)?;
                let (session, root, platform) = desk.parts()?;
                let enrolment = std::sync::Arc::clone(&session.enrolment);
                let reads = session.visit_file(root, platform, (visit, part))?.reads()?;
                Ok(view(&case, &enrolment.programme, reads))
            })
            .await
    }

    /// The board: everyone in the order of the round.
    ///
    /// # Errors
    /// [`Refusal::NoSuchVisit`], [`crate::Error::SignInAgain`].
    pub async fn board(&self, visit: VisitId, part: PartNumber) -> Result<Vec<CaseRow>> {
        self.worker
            .run(move |desk| {
                let (session, root, platform) = desk.parts()?;
                let records = session.visit_file(root, platform, (visit, part))?.reads()?.cases_in_order()?;
                rows(session.programme(), &records)
            })
            .await
    }

    /// The lines of the board whose name, reading, room or number contains what was typed, whatever the kana, width or
    /// variant of its characters.
    ///
    /// # Errors
    /// As [`Homon::board`].
    pub async fn search(&self, visit: VisitId, part: PartNumber, typed: String) -> Result<Vec<CaseRow>> {
        self.worker
            .run(move |desk| {
                let (session, root, platform) = desk.parts()?;
                let file = session.visit_file(root, platform, (visit, part))?;
                let records = file.reads()?.search(&fold(&typed), SEARCH_LIMIT)?;
                rows(session.programme(), &records)
            })
            .await
    }
}

fn rows(programme: &homon_domain::programme::Programme, records: &[CaseRecord]) -> Result<Vec<CaseRow>> {
    records.iter().map(|record| Ok(record.body.read::<Case>()?.row(programme))).collect()
}

pub(crate) fn stored_case(desk: &mut Desk, key: PartKey, case: CaseId) -> Result<Case> {
    let (session, root, platform) = desk.parts()?;
    match session.visit_file(root, platform, key)?.reads()?.case(case) {
        Ok(record) => Ok(record.body.read()?),
        Err(homon_store::Error::Unknown) => Err(Refusal::NoSuchCase.into()),
        Err(error) => Err(error.into()),
    }
}

fn receive(desk: &mut Desk, key: PartKey, place: &PlaceInput) -> Result<CaseView> {
    let place = place.place()?;
    receive_as(desk, key, CaseId::make(), place, None)
}

/// Receives a resident as a case whose identifier was decided before; `from` says in the log where they came from.
pub(crate) fn receive_as(
    desk: &mut Desk,
    key: PartKey,
    case: CaseId,
    place: RoundPlace,
    from: Option<Word>,
) -> Result<CaseView> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    check_open(session, key)?;
    let by = session.staff.clone();
    let enrolment = std::sync::Arc::clone(&session.enrolment);
    let doing = Doing { programme: &enrolment.programme, by: &by, at: now };
    let event = session.event(now, "receive");
    let file = session.visit_file(root, platform, key)?;
    let visit: Visit = file.reads()?.visit()?.read()?;
    let number = CaseNumber { part: key.1, sequence: file.reads()?.next_sequence()? };
    let case = Case::receive(case, number, visit.plan.service, place, doing);
    file.step(&StepWrite::new(AuditEvent { case: Some(number), detail: from, ..event }).case(record(&case)?))?;
    Ok(case.view(doing.programme))
}

/// Does a step of a case; the photo that it brings is stored with it.
pub(crate) fn step(
    desk: &mut Desk,
    key: PartKey,
    case: CaseId,
    step: Step,
    photo: Option<PhotoWrite>,
) -> Result<CaseView> {
    let now = desk.now();
    let before = stored_case(desk, key, case)?;
    let (session, root, platform) = desk.parts()?;
    check_open(session, key)?;
    let by = session.staff.clone();
    let enrolment = std::sync::Arc::clone(&session.enrolment);
    let doing = Doing { programme: &enrolment.programme, by: &by, at: now };
    let kind = step.kind();
    let mut after = before.after(step, doing)?;
    // One step to the person, so one entry in the log: that the case is of a roster stands in the entry of its reception.
    if kind == StepKind::RecordConsent
        && let Some(resident) = resident_behind(session, root, platform, case)?
    {
        after = prefilled(after, &resident, doing);
    }
    let event = AuditEvent {
        case: Some(after.number),
        detail: Some(word(after.status().name())),
        ..session.event(now, kind.name())
    };
    let mut write = StepWrite::new(event).case(record(&after)?);
    if let Some(photo) = photo {
        write = write.photo(photo);
    }
    let file = session.visit_file(root, platform, key)?;
    file.step(&write)?;
    Ok(view(&after, doing.programme, file.reads()?))
}

pub(crate) fn record(case: &Case) -> Result<CaseRecord> {
    Ok(CaseRecord {
        id: case.id,
        sequence: case.number.sequence,
        round_order: case.place.order.or(case.place.queue).unwrap_or(case.number.sequence.get()),
        status: word(case.status().name()),
        search_key: case.search_key(),
        body: Body::of(case)?,
    })
}
