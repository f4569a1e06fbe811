//! A visit from its opening to its balance.

use homon_domain::activity_photo::MOST_IN_A_PART;
use homon_domain::audit::Head;
use homon_domain::balance::Balance;
use homon_domain::case::Case;
use homon_domain::ids::{PartNumber, VisitId};
use homon_domain::programme::Programme;
use homon_domain::tally::Tally;
use homon_domain::text::ReceivedText;
use homon_domain::visit::{self, AmendmentReason, CheckIn, Departure, Deviation, Visit, VisitPlan, VisitStatus};
use homon_domain::word::Word;
use homon_seal::recipients::encrypt_small;
use homon_store::{
    Body, Facts, FileKey, NewVisitFile, PlannedVisit, StepWrite, VisitFile, VisitReads, VisitStage, orphaned_visits,
};

use crate::case_input::long;
use crate::desk::{Desk, PartKey, Session};
use crate::error::{Error, Field, Refusal, Result};
use crate::homon::Homon;

/// A departure and the reason that staff gave for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeviationInput {
    /// The rule that is not kept.
    pub departure: Departure,
    /// Why.
    pub reason: String,
}

/// A visit part as a screen shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VisitView {
    /// How far it has come on this tablet.
    pub status: VisitStage,
    /// What keeps it from being closed; empty when it balances.
    pub balance: Balance,
    /// How many photos of the activity are stored.
    pub activity_photos: u32,
    /// What may be done now.
    pub allowed_actions: Vec<VisitAction>,
    /// The record itself.
    pub visit: Visit,
}

/// What may be done with a visit part.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum VisitAction {
    /// Receive residents and go on with their cases.
    Receive,
    /// Take a photo of the activity.
    Photograph,
    /// Close it.
    Close,
    /// Open it again before it is sealed, or to amend what was sealed but is not held yet.
    Reopen,
    /// Seal it for the city.
    Seal,
    /// Send what is sealed.
    Send,
    /// Hand it over to another tablet.
    HandOver,
    /// Go on with it here, because the other tablet will not.
    TakeBack,
}

impl Homon {
    /// Every rule that the visit would not keep if it were opened now. Each needs a reason.
    ///
    /// # Errors
    /// [`Error::SignInAgain`].
    pub async fn departures(&self, plan: VisitPlan, check_in: CheckIn) -> Result<Vec<Departure>> {
        self.worker
            .run(move |desk| {
                let now = desk.now();
                Ok(visit::departures(desk.session()?.programme(), &plan, &check_in, now))
            })
            .await
    }

    /// Opens a part of a visit and makes its encrypted file. The count-only notice leaves with the next sync. A private
    /// home needs its address; of another site none is kept.
    ///
    /// # Errors
    /// [`Error::FixInput`] for the address; [`Refusal::Visit`] names the departures that need a reason; [`Refusal::PartTwice`], [`Refusal::OrphanFirst`];
    /// [`Error::SignInAgain`], [`Error::StorageFull`], [`Error::KeyUnavailable`].
    pub async fn open_visit(
        &self,
        plan: VisitPlan,
        part: PartNumber,
        check_in: CheckIn,
        deviations: Vec<DeviationInput>,
        private_address: Option<String>,
    ) -> Result<VisitView> {
        self.worker.run(move |desk| open(desk, plan, part, check_in, &deviations, private_address.as_deref())).await
    }

    /// A visit part with its balance.
    ///
    /// # Errors
    /// [`Refusal::NoSuchVisit`], [`Error::SignInAgain`].
    pub async fn visit(&self, visit: VisitId, part: PartNumber) -> Result<VisitView> {
        self.worker.run(move |desk| view(desk, (visit, part))).await
    }

    /// Verifies the audit chain of a visit part from its first entry to its last.
    ///
    /// # Errors
    /// [`Refusal::Quarantined`] when it is broken; [`Refusal::NoSuchVisit`], [`Error::SignInAgain`].
    pub async fn verify_audit(&self, visit: VisitId, part: PartNumber) -> Result<Head> {
        self.worker
            .run(move |desk| {
                let (session, root, platform) = desk.parts()?;
                Ok(session.visit_file(root, platform, (visit, part))?.reads()?.verify_audit()?)
            })
            .await
    }

    /// Counts one more person who only asked something (相談件数).
    ///
    /// # Errors
    /// [`Refusal::VisitClosed`], [`Refusal::NoSuchVisit`], [`Error::SignInAgain`].
    pub async fn add_consultation(&self, visit: VisitId, part: PartNumber) -> Result<u32> {
        self.worker
            .run(move |desk| {
                let changed = change(desk, (visit, part), "add_consultation", |visit| visit.consultations += 1)?;
                Ok(changed.consultations)
            })
            .await
    }

    /// Sets the daily report's remarks (特記事項); nothing typed takes them away.
    ///
    /// # Errors
    /// As [`Homon::add_consultation`], and the text's.
    pub async fn set_remarks(&self, visit: VisitId, part: PartNumber, text: String) -> Result<()> {
        self.worker
            .run(move |desk| {
                let remarks = if text.trim().is_empty() { None } else { Some(long(Field::Remarks, &text)?) };
                change(desk, (visit, part), "set_remarks", |visit| visit.remarks = remarks).map(drop)
            })
            .await
    }

    /// Sets where a private home is; facilities stand in the programme.
    ///
    /// # Errors
    /// As [`Homon::add_consultation`], and the text's.
    pub async fn set_private_address(&self, visit: VisitId, part: PartNumber, text: String) -> Result<()> {
        self.worker
            .run(move |desk| {
                let address = long(Field::PrivateAddress, &text)?;
                change(desk, (visit, part), "set_private_address", |visit| visit.private_address = Some(address))
                    .map(drop)
            })
            .await
    }

    /// Closes a visit part whose balance is even. Nothing more is received then.
    ///
    /// # Errors
    /// [`Refusal::NotEven`] names what keeps it open; [`Refusal::VisitClosed`], [`Error::SignInAgain`].
    pub async fn close_visit(&self, visit: VisitId, part: PartNumber) -> Result<VisitView> {
        self.worker.run(move |desk| close(desk, (visit, part))).await
    }

    /// Opens a closed visit part again, or a sealed one that the city does not hold yet: sealing it once more is an
    /// amendment under the next number, and says why.
    ///
    /// # Errors
    /// [`Refusal::VisitLocked`] once the city holds it; [`Refusal::VisitStillOpen`], [`Error::SignInAgain`].
    pub async fn reopen_visit(&self, visit: VisitId, part: PartNumber, reason: AmendmentReason) -> Result<VisitView> {
        self.worker.run(move |desk| reopen(desk, (visit, part), reason)).await
    }
}

fn open(
    desk: &mut Desk,
    plan: VisitPlan,
    part: PartNumber,
    check_in: CheckIn,
    inputs: &[DeviationInput],
    private_address: Option<&str>,
) -> Result<VisitView> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    let key = (plan.id, part);
    if session.file.stage(key.0, key.1).is_ok_and(|stage| stage != VisitStage::Planned) {
        return Err(Refusal::PartTwice.into());
    }
    if orphaned_visits(root, &session.file)?.iter().any(|orphan| (orphan.visit, orphan.part) == key) {
        return Err(Refusal::OrphanFirst.into());
    }
    let deviation = |input: &DeviationInput| -> Result<Deviation> {
        let reason = long(Field::Reason, &input.reason)?;
        Ok(Deviation { departure: input.departure.clone(), reason, by: session.staff.code.clone() })
    };
    let deviations = inputs.iter().map(deviation).collect::<Result<Vec<_>>>()?;
    let by = session.staff.code.clone();
    let private_address = address_of(session.programme(), &plan, private_address)?;
    let visit = visit::open(session.programme(), plan, part, check_in, deviations, &by, now)?;
    let visit = Visit { private_address, ..visit };

    let event = session.event(now, "open_visit");
    session.file.plan_visit(&planned(&visit)?, &event)?;
    let file_key = FileKey::make()?;
    let recovery = &session.enrolment.recipients.recovery;
    let recovery_copy = encrypt_small(recovery, file_key.expose()).map_err(Error::internal)?;
    let body = Body::of(&visit)?;
    let new = NewVisitFile { visit: key.0, part, key: file_key, recovery_copy: &recovery_copy, body: &body };
    let file = VisitFile::create(root, &mut session.file, platform.vault.as_ref(), new, &event)?;
    session.keep_open(key, file);
    view(desk, key)
}

fn address_of(programme: &Programme, plan: &VisitPlan, typed: Option<&str>) -> Result<Option<ReceivedText>> {
    let site = programme.site(&plan.site);
    let needed = site.is_some_and(|site| site.kind.has_private_address());
    needed.then(|| long(Field::PrivateAddress, typed.unwrap_or_default())).transpose()
}

pub(crate) fn planned(visit: &Visit) -> Result<PlannedVisit> {
    let plan = &visit.plan;
    Ok(PlannedVisit {
        visit: plan.id,
        part: visit.part,
        service: Word::of(&plan.service).map_err(Error::internal)?,
        site: plan.site.clone(),
        date: plan.date,
        plan: Facts::of(plan)?,
    })
}

pub(crate) fn view(desk: &mut Desk, key: PartKey) -> Result<VisitView> {
    let (session, root, platform) = desk.parts()?;
    let stage = session.file.stage(key.0, key.1)?;
    let file = session.visit_file(root, platform, key)?;
    let visit: Visit = file.reads()?.visit()?.read()?;
    let balance = balance(file)?;
    let activity_photos = file.reads()?.activity_photo_count()?;
    let allowed_actions = allowed_actions(stage, &balance, activity_photos);
    Ok(VisitView { status: stage, balance, activity_photos, allowed_actions, visit })
}

fn allowed_actions(stage: VisitStage, balance: &Balance, activity_photos: u32) -> Vec<VisitAction> {
    match stage {
        VisitStage::Open => {
            let photograph = (activity_photos < MOST_IN_A_PART).then_some(VisitAction::Photograph);
            let close = balance.is_even().then_some(VisitAction::Close);
            let wanted = [Some(VisitAction::Receive), photograph, close, Some(VisitAction::HandOver)];
            wanted.into_iter().flatten().collect()
        }
        VisitStage::Closed => vec![VisitAction::Reopen, VisitAction::Seal, VisitAction::HandOver],
        VisitStage::Sealed => vec![VisitAction::Reopen, VisitAction::Send],
        VisitStage::HandedOver => vec![VisitAction::TakeBack],
        VisitStage::Planned | VisitStage::Held | VisitStage::Erasing | VisitStage::Erased => Vec::new(),
    }
}

/// The balance, case by case: memory does not grow with the visit.
pub(crate) fn balance(file: &VisitFile) -> Result<Balance> {
    let mut balance = Balance::default();
    for record in file.reads()?.all_cases() {
        balance.add(&record?.body.read::<Case>()?);
    }
    Ok(balance)
}

/// The tally of what is in the file.
pub(crate) fn tally(visit: &Visit, reads: VisitReads<'_>) -> Result<Tally> {
    let mut tally = Tally::begin(visit);
    for record in reads.all_cases() {
        tally.add(&record?.body.read::<Case>()?);
    }
    Ok(tally)
}

/// Refuses unless residents may be received.
pub(crate) fn check_open(session: &Session, key: PartKey) -> Result<()> {
    match session.file.stage(key.0, key.1)? {
        VisitStage::Open => Ok(()),
        VisitStage::Held => Err(Refusal::VisitLocked.into()),
        VisitStage::HandedOver => Err(Refusal::HandedOver.into()),
        VisitStage::Closed | VisitStage::Sealed => Err(Refusal::VisitClosed.into()),
        VisitStage::Planned | VisitStage::Erasing | VisitStage::Erased => Err(Refusal::NoSuchVisit.into()),
    }
}

pub(crate) fn change(
    desk: &mut Desk,
    key: PartKey,
    action: &'static str,
    how: impl FnOnce(&mut Visit),
) -> Result<Visit> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    check_open(session, key)?;
    let event = session.event(now, action);
    let file = session.visit_file(root, platform, key)?;
    let mut visit: Visit = file.reads()?.visit()?.read()?;
    how(&mut visit);
    file.step(&StepWrite::new(event).visit(Body::of(&visit)?))?;
    Ok(visit)
}

fn close(desk: &mut Desk, key: PartKey) -> Result<VisitView> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    check_open(session, key)?;
    let even = balance(session.visit_file(root, platform, key)?)?;
    if !even.is_even() {
        return Err(Refusal::NotEven { blockers: even.blockers }.into());
    }
    let closed = change(desk, key, "close_visit", |visit| {
        visit.status = VisitStatus::Closed;
        visit.closed_at = Some(now);
    })?;
    let (session, root, platform) = desk.parts()?;
    let counts = tally(&closed, session.visit_file(root, platform, key)?.reads()?)?;
    let event = session.event(now, "close_visit");
    session.file.put_counts(key.0, key.1, &Facts::of(&counts)?, &event)?;
    session.file.move_visit(key.0, key.1, VisitStage::Closed, &event)?;
    session.note_head(key, now);
    view(desk, key)
}

fn reopen(desk: &mut Desk, key: PartKey, reason: AmendmentReason) -> Result<VisitView> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    match session.file.stage(key.0, key.1)? {
        VisitStage::Closed | VisitStage::Sealed => {}
        VisitStage::Open => return Err(Refusal::VisitStillOpen.into()),
        VisitStage::Held => return Err(Refusal::VisitLocked.into()),
        VisitStage::HandedOver => return Err(Refusal::HandedOver.into()),
        VisitStage::Planned | VisitStage::Erasing | VisitStage::Erased => return Err(Refusal::NoSuchVisit.into()),
    }
    let event = session.event(now, "reopen_visit");
    let file = session.visit_file(root, platform, key)?;
    let mut visit: Visit = file.reads()?.visit()?.read()?;
    visit.status = VisitStatus::Open;
    visit.amendment = Some(reason);
    // The reason first: a crash in between must not leave an amendment that nobody gave one for.
    file.step(&StepWrite::new(event.clone()).visit(Body::of(&visit)?))?;
    session.file.move_visit(key.0, key.1, VisitStage::Open, &event)?;
    view(desk, key)
}
