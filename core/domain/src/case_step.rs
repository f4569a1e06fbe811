//! The steps of a case: pure functions from a case and a step to the case after it.
//!
//! A step that is refused changes nothing. A step on a complete case that changes what the resident confirmed takes
//! the confirmation back, so that the case is a draft again until they have seen the large-text page once more.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::applicant::{Contact, RegisterNumber, Sex};
use crate::birthdate::{BirthDate, BirthDateFault};
use crate::case::{
    Case, CaseStatus, Confirmation, Eligibility, IneligibleReason, Leaving, Portrait, RoundPlace, Stage,
};
use crate::consent::{Consent, ConsentAnswers};
use crate::custody::{Item, ItemKind, Settled, Settlement};
use crate::evidence::{SeenDocument, Sufficient};
use crate::ids::{CaseId, CaseNumber, Code};
use crate::photo_exception::PhotoException;
use crate::programme::{NumberRule, Programme, ServiceKind};
use crate::staff::{Role, StaffMember};
use crate::text::ReceivedText;

/// One thing that a person does with a case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum Step {
    /// Where the resident is found.
    Place {
        /// Room, bed, order or queue number.
        place: RoundPlace,
    },
    /// Who wished for it. Before anything else.
    RecordConsent {
        /// What was answered.
        answers: ConsentAnswers,
    },
    /// Whether they may apply.
    AnswerEligibility {
        /// The answers.
        eligibility: Eligibility,
    },
    /// 氏名, and its reading if it was given.
    SetName {
        /// Exactly as received.
        name: ReceivedText,
        /// Exactly as received.
        #[serde(default)]
        kana: Option<ReceivedText>,
    },
    /// 住所.
    SetAddress {
        /// Exactly as received.
        address: ReceivedText,
    },
    /// 生年月日.
    SetBirthDate {
        /// The date, as far as the register knows it.
        birth_date: BirthDate,
    },
    /// 性別.
    SetSex {
        /// As the register records it.
        sex: Sex,
    },
    /// 申請書ID or 個人番号, or as many digits as were typed.
    SetNumber {
        /// The number.
        number: RegisterNumber,
    },
    /// Whom to reach.
    SetContact {
        /// The contact.
        contact: Contact,
    },
    /// A document of identity was shown.
    SeeDocument {
        /// Which kind.
        document: Code,
    },
    /// A document was noted by mistake.
    WithdrawDocument {
        /// Which kind.
        document: Code,
    },
    /// City staff find the evidence sufficient.
    MarkEvidenceSufficient,
    /// The number on the sealed envelope of the 暗証番号設定依頼書.
    NumberPinEnvelope {
        /// The number.
        envelope: Code,
    },
    /// Staff take a paper or card into custody.
    TakeItem {
        /// What.
        item: ItemKind,
    },
    /// Custody of an item ends.
    SettleItem {
        /// What.
        item: ItemKind,
        /// What became of it.
        settlement: Settlement,
    },
    /// The photo may be other than the rules ask. Chosen again, the newer reason counts.
    ChoosePhotoException {
        /// In which way.
        exception: PhotoException,
        /// Why, in the words that the issuing body will be told.
        reason: ReceivedText,
    },
    /// An exception was chosen by mistake. Only before the case is complete.
    RevokePhotoException {
        /// Which.
        exception: PhotoException,
    },
    /// The photo was taken and accepted.
    AttachPortrait {
        /// Its facts; the file is stored in the same transaction.
        portrait: Portrait,
    },
    /// On paper for a reason, or (with none) electronically after all.
    ChooseMedium {
        /// Why on paper.
        on_paper: Option<ReceivedText>,
    },
    /// The resident read the large-text page and said that it is right. Completes the case.
    Confirm,
    /// The case ends without an application.
    Leave {
        /// How.
        leaving: Leaving,
    },
    /// The case ended by mistake, or they changed their mind before the team left.
    Reopen,
}

/// The kind of a step, without its content: for allowed actions and the audit chain.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// See [`Step::Place`].
    Place,
    /// See [`Step::RecordConsent`].
    RecordConsent,
    /// See [`Step::AnswerEligibility`].
    AnswerEligibility,
    /// See [`Step::SeeDocument`].
    SeeDocument,
    /// See [`Step::WithdrawDocument`].
    WithdrawDocument,
    /// See [`Step::MarkEvidenceSufficient`].
    MarkEvidenceSufficient,
    /// See [`Step::NumberPinEnvelope`].
    NumberPinEnvelope,
    /// See [`Step::TakeItem`].
    TakeItem,
    /// See [`Step::SettleItem`].
    SettleItem,
    /// See [`Step::SetNumber`].
    SetNumber,
    /// See [`Step::SetName`].
    SetName,
    /// See [`Step::SetAddress`].
    SetAddress,
    /// See [`Step::SetBirthDate`].
    SetBirthDate,
    /// See [`Step::SetSex`].
    SetSex,
    /// See [`Step::SetContact`].
    SetContact,
    /// See [`Step::ChoosePhotoException`].
    ChoosePhotoException,
    /// See [`Step::RevokePhotoException`].
    RevokePhotoException,
    /// See [`Step::AttachPortrait`].
    AttachPortrait,
    /// See [`Step::ChooseMedium`].
    ChooseMedium,
    /// See [`Step::Confirm`].
    Confirm,
    /// See [`Step::Leave`].
    Leave,
    /// See [`Step::Reopen`].
    Reopen,
}

impl StepKind {
    /// All kinds, in the order of the journey.
    pub const ALL: [Self; 22] = [
        Self::Place,
        Self::RecordConsent,
        Self::AnswerEligibility,
        Self::SeeDocument,
        Self::WithdrawDocument,
        Self::MarkEvidenceSufficient,
        Self::NumberPinEnvelope,
        Self::TakeItem,
        Self::SettleItem,
        Self::SetNumber,
        Self::SetName,
        Self::SetAddress,
        Self::SetBirthDate,
        Self::SetSex,
        Self::SetContact,
        Self::ChoosePhotoException,
        Self::RevokePhotoException,
        Self::AttachPortrait,
        Self::ChooseMedium,
        Self::Confirm,
        Self::Leave,
        Self::Reopen,
    ];

    /// The name under which the audit chain knows the step.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::RecordConsent => "record-consent",
            Self::AnswerEligibility => "answer-eligibility",
            Self::SeeDocument => "see-document",
            Self::WithdrawDocument => "withdraw-document",
            Self::MarkEvidenceSufficient => "mark-evidence-sufficient",
            Self::NumberPinEnvelope => "number-pin-envelope",
            Self::TakeItem => "take-item",
            Self::SettleItem => "settle-item",
            Self::SetNumber => "set-number",
            Self::SetName => "set-name",
            Self::SetAddress => "set-address",
            Self::SetBirthDate => "set-birth-date",
            Self::SetSex => "set-sex",
            Self::SetContact => "set-contact",
            Self::ChoosePhotoException => "choose-photo-exception",
            Self::RevokePhotoException => "revoke-photo-exception",
            Self::AttachPortrait => "attach-portrait",
            Self::ChooseMedium => "choose-medium",
            Self::Confirm => "confirm",
            Self::Leave => "leave",
            Self::Reopen => "reopen",
        }
    }
}

impl Step {
    /// The kind of the step.
    #[must_use]
    pub fn kind(&self) -> StepKind {
        match self {
            Self::Place { .. } => StepKind::Place,
            Self::RecordConsent { .. } => StepKind::RecordConsent,
            Self::AnswerEligibility { .. } => StepKind::AnswerEligibility,
            Self::SetName { .. } => StepKind::SetName,
            Self::SetAddress { .. } => StepKind::SetAddress,
            Self::SetBirthDate { .. } => StepKind::SetBirthDate,
            Self::SetSex { .. } => StepKind::SetSex,
            Self::SetNumber { .. } => StepKind::SetNumber,
            Self::SetContact { .. } => StepKind::SetContact,
            Self::SeeDocument { .. } => StepKind::SeeDocument,
            Self::WithdrawDocument { .. } => StepKind::WithdrawDocument,
            Self::MarkEvidenceSufficient => StepKind::MarkEvidenceSufficient,
            Self::NumberPinEnvelope { .. } => StepKind::NumberPinEnvelope,
            Self::TakeItem { .. } => StepKind::TakeItem,
            Self::SettleItem { .. } => StepKind::SettleItem,
            Self::ChoosePhotoException { .. } => StepKind::ChoosePhotoException,
            Self::RevokePhotoException { .. } => StepKind::RevokePhotoException,
            Self::AttachPortrait { .. } => StepKind::AttachPortrait,
            Self::ChooseMedium { .. } => StepKind::ChooseMedium,
            Self::Confirm => StepKind::Confirm,
            Self::Leave { .. } => StepKind::Leave,
            Self::Reopen => StepKind::Reopen,
        }
    }
}

/// Why a step was refused. Nothing changed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StepRefused {
    /// Consent comes before anything else.
    #[error("consent must be recorded first")]
    ConsentFirst,
    /// The case does not allow this step now.
    #[error("this step is not possible now")]
    NotNow,
    /// Only the city's staff may do this.
    #[error("only city staff may do this")]
    CityStaffOnly,
    /// The programme does not know the document, or it was not shown.
    #[error("the programme does not accept this document")]
    NoSuchDocument,
    /// The programme does not know the explanation.
    #[error("the programme has no such explanation")]
    NoSuchExplanation,
    /// The programme does not know the member of staff.
    #[error("the programme does not know this member of staff")]
    NoSuchStaff,
    /// One of a kind at most is in custody.
    #[error("an item of this kind is already in custody")]
    ItemTwice,
    /// No item of that kind is in custody.
    #[error("no item of this kind is in custody")]
    NoSuchItem,
    /// That exception was not chosen.
    #[error("this exception of the photo was not chosen")]
    NoSuchException,
    /// The programme does not ask for this kind of number.
    #[error("the programme does not take this kind of number")]
    NumberNotAllowed,
    /// The birth date lies after the day the resident was received.
    #[error("the birth date lies in the future")]
    BirthDateInFuture,
    /// The birth date lies further back than anyone lives.
    #[error("the birth date lies too far back")]
    BirthDateTooLongAgo,
    /// The reason does not fit the service or the answers.
    #[error("this reason does not fit the case")]
    ReasonDoesNotFit,
    /// The day of the revisit has passed.
    #[error("the day of the revisit has passed")]
    RevisitInPast,
}

/// Who does a step, when, and under which programme.
#[derive(Clone, Copy)]
pub struct Doing<'a> {
    /// The programme.
    pub programme: &'a Programme,
    /// Who.
    pub by: &'a StaffMember,
    /// When.
    pub at: DateTime<Utc>,
}

impl Case {
    /// Receives a resident: a draft with nothing but its number and place.
    #[must_use]
    pub fn receive(id: CaseId, number: CaseNumber, service: ServiceKind, place: RoundPlace, doing: Doing<'_>) -> Self {
        Self {
            id,
            number,
            service,
            method: doing.programme.service(service).and_then(|terms| terms.method),
            received_at: doing.at,
            received_by: doing.by.code.clone(),
            place,
            stage: Stage::Draft,
            consent: None,
            eligibility: None,
            applicant: Default::default(),
            evidence: Default::default(),
            custody: Vec::new(),
            pin_envelope: None,
            portrait: None,
            photo_exceptions: Vec::new(),
            on_paper: None,
            confirmed: None,
        }
    }

    /// The case after a step.
    ///
    /// # Errors
    /// [`StepRefused`]; the case stays as it was.
    pub fn after(&self, step: Step, doing: Doing<'_>) -> Result<Self, StepRefused> {
        let kind = step.kind();
        if !self.allows(kind, doing.programme) {
            return Err(self.why_not(kind));
        }
        let mut next = self.clone();
        next.apply(step, doing)?;
        if next.confirmable_part() != self.confirmable_part() && kind != StepKind::Confirm {
            next.confirmed = None;
        }
        if next.status() == CaseStatus::Ready && !next.problems(doing.programme).is_empty() {
            // A draft holds no confirmation: mending the problem alone must not look like the resident's word.
            next.stage = Stage::Draft;
            next.confirmed = None;
        }
        Ok(next)
    }

    fn why_not(&self, kind: StepKind) -> StepRefused {
        let open = matches!(self.status(), CaseStatus::Draft | CaseStatus::Ready);
        match kind {
            StepKind::SettleItem => StepRefused::NoSuchItem,
            _ if open && self.consent.is_none() => StepRefused::ConsentFirst,
            _ => StepRefused::NotNow,
        }
    }

    /// What the resident confirms on the large-text page.
    fn confirmable_part(&self) -> impl PartialEq {
        let portrait = self.portrait.as_ref().map(|portrait| portrait.sha256.clone());
        (self.applicant.clone(), portrait, self.photo_exceptions.clone(), self.on_paper.clone())
    }

    fn apply(&mut self, step: Step, doing: Doing<'_>) -> Result<(), StepRefused> {
        match step {
            Step::Place { place } => self.place = place,
            Step::RecordConsent { answers } => self.record_consent(answers, doing)?,
            Step::AnswerEligibility { eligibility } => self.eligibility = Some(eligibility),
            Step::SetName { name, kana } => {
                self.applicant.name = Some(name);
                self.applicant.kana = kana;
            }
            Step::SetAddress { address } => self.applicant.address = Some(address),
            Step::SetBirthDate { birth_date } => self.set_birth_date(birth_date)?,
            Step::SetSex { sex } => self.applicant.sex = Some(sex),
            Step::SetNumber { number } => self.set_number(number, doing.programme.number)?,
            Step::SetContact { contact } => self.applicant.contact = Some(contact),
            Step::SeeDocument { document } => self.see_document(document, doing)?,
            Step::WithdrawDocument { document } => self.withdraw_document(&document, doing.programme)?,
            Step::MarkEvidenceSufficient => self.mark_sufficient(doing)?,
            Step::NumberPinEnvelope { envelope } => self.pin_envelope = Some(envelope),
            Step::TakeItem { item } => self.take_item(item, doing)?,
            Step::SettleItem { item, settlement } => self.settle_item(item, settlement, doing)?,
            Step::ChoosePhotoException { exception, reason } => self.choose_exception(exception, reason, doing),
            Step::RevokePhotoException { exception } => self.revoke_exception(exception)?,
            Step::AttachPortrait { portrait } => self.portrait = Some(portrait),
            Step::ChooseMedium { on_paper } => self.on_paper = on_paper,
            Step::Confirm => {
                self.confirmed = Some(Confirmation { at: doing.at, with: doing.by.code.clone() });
                self.stage = Stage::Ready;
            }
            Step::Leave { leaving } => self.leave(leaving, doing)?,
            Step::Reopen => {
                self.stage = Stage::Draft;
                self.confirmed = None;
            }
        }
        Ok(())
    }

    fn record_consent(&mut self, answers: ConsentAnswers, doing: Doing<'_>) -> Result<(), StepRefused> {
        doing.programme.explanation(&answers.explanation).ok_or(StepRefused::NoSuchExplanation)?;
        doing.programme.member(&answers.explained_by).ok_or(StepRefused::NoSuchStaff)?;
        self.consent = Some(Consent { answers, at: doing.at });
        Ok(())
    }

    fn set_birth_date(&mut self, birth_date: BirthDate) -> Result<(), StepRefused> {
        birth_date.check(today(self.received_at)).map_err(|fault| match fault {
            BirthDateFault::TooLongAgo => StepRefused::BirthDateTooLongAgo,
            BirthDateFault::InFuture | BirthDateFault::Date(_) => StepRefused::BirthDateInFuture,
        })?;
        self.applicant.birth_date = Some(birth_date);
        Ok(())
    }

    /// A 個人番号 that the programme does not ask for is never kept, not even as something to mend.
    fn set_number(&mut self, number: RegisterNumber, rule: NumberRule) -> Result<(), StepRefused> {
        let allowed = match number {
            RegisterNumber::IndividualNumber(_) => rule != NumberRule::ApplicationId,
            RegisterNumber::ApplicationId(_) | RegisterNumber::Unfinished(_) => rule != NumberRule::IndividualNumber,
        };
        if !allowed {
            return Err(StepRefused::NumberNotAllowed);
        }
        self.applicant.number = Some(number);
        Ok(())
    }

    fn see_document(&mut self, document: Code, doing: Doing<'_>) -> Result<(), StepRefused> {
        doing.programme.evidence.document(&document).ok_or(StepRefused::NoSuchDocument)?;
        if !self.evidence.seen.iter().any(|seen| seen.document == document) {
            self.evidence.seen.push(SeenDocument { document, at: doing.at, by: doing.by.code.clone() });
        }
        Ok(())
    }

    fn withdraw_document(&mut self, document: &Code, programme: &Programme) -> Result<(), StepRefused> {
        let seen = self.evidence.seen.iter().position(|seen| seen.document == *document);
        self.evidence.seen.remove(seen.ok_or(StepRefused::NoSuchDocument)?);
        if !self.evidence_suffices(programme) {
            self.evidence.sufficient = None;
        }
        Ok(())
    }

    fn mark_sufficient(&mut self, doing: Doing<'_>) -> Result<(), StepRefused> {
        if doing.by.role != Role::CityStaff {
            return Err(StepRefused::CityStaffOnly);
        }
        self.evidence.sufficient = Some(Sufficient { by: doing.by.code.clone(), at: doing.at });
        Ok(())
    }

    fn take_item(&mut self, kind: ItemKind, doing: Doing<'_>) -> Result<(), StepRefused> {
        if self.custody.iter().any(|item| item.kind == kind && item.settled.is_none()) {
            return Err(StepRefused::ItemTwice);
        }
        let received_by = doing.by.code.clone();
        self.custody.push(Item { kind, received_at: doing.at, received_by, settled: None });
        Ok(())
    }

    fn settle_item(&mut self, kind: ItemKind, settlement: Settlement, doing: Doing<'_>) -> Result<(), StepRefused> {
        let held = self.custody.iter_mut().find(|item| item.kind == kind && item.settled.is_none());
        let item = held.ok_or(StepRefused::NoSuchItem)?;
        item.settled = Some(Settled { settlement, at: doing.at, by: doing.by.code.clone() });
        Ok(())
    }

    fn leave(&mut self, leaving: Leaving, doing: Doing<'_>) -> Result<(), StepRefused> {
        match &leaving {
            Leaving::Ineligible { reason } if !self.ineligible_fits(*reason) => {
                return Err(StepRefused::ReasonDoesNotFit);
            }
            Leaving::Revisit { on: Some(day), .. } if *day < today(doing.at) => {
                return Err(StepRefused::RevisitInPast);
            }
            _ => {}
        }
        self.stage = Stage::Left { leaving };
        Ok(())
    }

    /// An answer that was given must not say the opposite of the reason.
    fn ineligible_fits(&self, reason: IneligibleReason) -> bool {
        let answers = self.eligibility.as_ref();
        match reason {
            IneligibleReason::NonResident => answers.is_none_or(|a| !a.registered_here),
            IneligibleReason::CanComeOrHasProxy => {
                let must_be_visited = |a: &Eligibility| a.cannot_come == Some(true) && a.no_proxy == Some(true);
                self.service == ServiceKind::VisitRenewal && !answers.is_some_and(must_be_visited)
            }
            IneligibleReason::NotDue => self.service == ServiceKind::VisitRenewal,
            IneligibleReason::HasCard => self.service.is_application(),
        }
    }
}

fn today(at: DateTime<Utc>) -> NaiveDate {
    crate::visit::japan_time(at).date_naive()
}
