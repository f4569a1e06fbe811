//! What is missing before a case is complete (problems), and what may be done with it now (allowed actions).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::applicant::RegisterNumber;
use crate::birthdate::{BirthDate, Under};
use crate::case::{Case, CaseStatus};
use crate::case_step::StepKind;
use crate::consent::ExpressedBy;
use crate::custody::{Item, ItemKind};
use crate::evidence::RouteSum;
use crate::photo_exception::PhotoException;
use crate::programme::{Method, NumberRule, Programme, ServiceKind};

/// Applicants under this age are represented (15歳未満: 法定代理人).
pub const AGE_OF_OWN_APPLICATION: u8 = 15;
/// Children under this age need no photo (since 2024-12-02).
pub const AGE_OF_PHOTO: u8 = 1;

/// Something that is missing or wrong. Types, never text: the words are in the string catalogue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "problem")]
pub enum Problem {
    /// Consent was not recorded.
    ConsentMissing,
    /// Staff doubt that the wish is the resident's own.
    ConsentInDoubt,
    /// Under 15, so a legal representative expresses the wish.
    RepresentativeNeeded,
    /// The paper that makes them a representative was not seen.
    AuthorityNotSeen,
    /// The leave-behind sheet was not given.
    LeaveBehindMissing,
    /// Eligibility was not asked.
    EligibilityMissing,
    /// Registered elsewhere.
    NonResident,
    /// 申請時来庁方式 asks that no move is planned.
    MovePlanned,
    /// A renewal at home is for those who can't come and have no proxy.
    CanComeOrHasProxy,
    /// The renewal itself is not documented; its journey is not part of this version.
    RenewalNotDocumented,
    /// The service's journey is not part of this version.
    ServiceNotAvailable,
    /// 氏名 is missing.
    NameMissing,
    /// 住所 is missing.
    AddressMissing,
    /// 生年月日 is missing.
    BirthDateMissing,
    /// 生年月日 lies after the day the resident was received.
    BirthDateInFuture,
    /// 性別 is missing.
    SexMissing,
    /// 申請書ID or 個人番号 is missing.
    NumberMissing,
    /// The typing of the 申請書ID was interrupted.
    NumberUnfinished {
        /// How many digits are still to be typed.
        remaining: u8,
    },
    /// The programme does not take this kind of number.
    NumberNotAllowed,
    /// Nobody to reach when something is wrong with the application.
    ContactMissing,
    /// No combination of evidence is complete.
    EvidenceMissing {
        /// How far each combination is filled.
        sums: Vec<RouteSum>,
    },
    /// Complete, but city staff have not said so.
    EvidenceNotMarked,
    /// The sealed envelope's number is missing.
    PinEnvelopeMissing,
    /// The photo is missing.
    PortraitMissing,
    /// The photo was taken under an exception that was revoked: choose it again, or take another photo.
    PhotoExceptionMissing {
        /// Which.
        exception: PhotoException,
    },
    /// The application is on paper, and the form is not in custody.
    PaperFormMissing,
    /// The resident has not confirmed, or something changed since.
    NotConfirmed,
}

/// Whether the resident is under an age on a day.
fn is_under(birth: Option<&BirthDate>, age: u8, on: NaiveDate) -> bool {
    birth.is_some_and(|birth| birth.is_under(age, on) == Under::Yes)
}

impl Case {
    /// Whether the applicant is a child who needs no photo.
    #[must_use]
    pub fn needs_no_portrait(&self) -> bool {
        is_under(self.applicant.birth_date.as_ref(), AGE_OF_PHOTO, self.received_on())
    }

    fn received_on(&self) -> NaiveDate {
        crate::visit::japan_time(self.received_at).date_naive()
    }

    /// All that keeps the case from being complete, in the order of the journey.
    #[must_use]
    pub fn problems(&self, programme: &Programme) -> Vec<Problem> {
        let mut problems = self.problems_before_confirmation(programme);
        if self.confirmed.is_none() {
            problems.push(Problem::NotConfirmed);
        }
        problems
    }

    /// As [`Case::problems`], without the confirmation: while any is left there is nothing to confirm.
    #[must_use]
    pub fn problems_before_confirmation(&self, programme: &Programme) -> Vec<Problem> {
        let mut problems = self.consent_problems();
        problems.extend(self.eligibility_problems());
        match self.service {
            ServiceKind::VisitApplication | ServiceKind::VenueApplication => {
                problems.extend(self.identity_problems(programme));
                problems.extend(self.applicant_problems(programme.number));
                problems.extend(self.portrait_problem());
            }
            ServiceKind::VisitRenewal => problems.push(Problem::RenewalNotDocumented),
            ServiceKind::PortalSupport => problems.push(Problem::ServiceNotAvailable),
        }
        problems
    }

    fn consent_problems(&self) -> Vec<Problem> {
        let Some(consent) = self.consent.as_ref().map(|consent| &consent.answers) else {
            return vec![Problem::ConsentMissing];
        };
        // Where the register does not know the day, the cautious answer is asked for.
        let birth = self.applicant.birth_date.as_ref();
        let young = birth.is_some_and(|birth| birth.is_under(AGE_OF_OWN_APPLICATION, self.received_on()) != Under::No);
        let mut problems = Vec::new();
        if consent.doubtful {
            problems.push(Problem::ConsentInDoubt);
        }
        match &consent.by {
            ExpressedBy::Resident if young => problems.push(Problem::RepresentativeNeeded),
            ExpressedBy::LegalRepresentative { proof_seen: false, .. } => problems.push(Problem::AuthorityNotSeen),
            ExpressedBy::Resident | ExpressedBy::LegalRepresentative { .. } => {}
        }
        if !consent.leave_behind {
            problems.push(Problem::LeaveBehindMissing);
        }
        problems
    }

    fn eligibility_problems(&self) -> Vec<Problem> {
        let Some(eligibility) = &self.eligibility else { return vec![Problem::EligibilityMissing] };
        let mut problems = Vec::new();
        if !eligibility.registered_here {
            problems.push(Problem::NonResident);
        }
        if eligibility.move_planned && self.method == Some(Method::OnSiteApplication) {
            problems.push(Problem::MovePlanned);
        }
        if self.service == ServiceKind::VisitRenewal {
            match (eligibility.cannot_come, eligibility.no_proxy) {
                (Some(true), Some(true)) => {}
                (None, _) | (_, None) => problems.push(Problem::EligibilityMissing),
                _ => problems.push(Problem::CanComeOrHasProxy),
            }
        }
        problems
    }

    fn identity_problems(&self, programme: &Programme) -> Vec<Problem> {
        if self.method != Some(Method::OnSiteApplication) {
            return Vec::new();
        }
        let mut problems = Vec::new();
        let sums = programme.evidence.sums(&self.evidence.seen);
        if !sums.iter().any(RouteSum::suffices) {
            problems.push(Problem::EvidenceMissing { sums });
        } else if self.evidence.sufficient.is_none() {
            problems.push(Problem::EvidenceNotMarked);
        }
        if self.pin_envelope.is_none() {
            problems.push(Problem::PinEnvelopeMissing);
        }
        problems
    }

    fn applicant_problems(&self, rule: NumberRule) -> Vec<Problem> {
        let applicant = &self.applicant;
        let mut problems = Vec::new();
        let mut require = |there: bool, problem| {
            if !there {
                problems.push(problem);
            }
        };
        require(applicant.name.is_some(), Problem::NameMissing);
        require(applicant.address.is_some(), Problem::AddressMissing);
        require(applicant.birth_date.is_some(), Problem::BirthDateMissing);
        let born = applicant.birth_date.as_ref().is_none_or(|birth| birth.earliest() <= self.received_on());
        require(born, Problem::BirthDateInFuture);
        require(applicant.sex.is_some(), Problem::SexMissing);
        require(applicant.contact.is_some(), Problem::ContactMissing);
        problems.extend(self.number_problem(rule));
        problems
    }

    fn number_problem(&self, rule: NumberRule) -> Option<Problem> {
        match (&self.applicant.number, rule) {
            // The paper form carries the number, also where its typing was interrupted.
            (None | Some(RegisterNumber::Unfinished(_)), _) if self.on_paper.is_some() => None,
            (None, _) => Some(Problem::NumberMissing),
            (Some(RegisterNumber::Unfinished(id)), NumberRule::ApplicationId | NumberRule::Either) => {
                Some(Problem::NumberUnfinished { remaining: u8::try_from(id.remaining()).unwrap_or(u8::MAX) })
            }
            (Some(RegisterNumber::ApplicationId(_)), NumberRule::ApplicationId | NumberRule::Either)
            | (Some(RegisterNumber::IndividualNumber(_)), NumberRule::IndividualNumber | NumberRule::Either) => None,
            _ => Some(Problem::NumberNotAllowed),
        }
    }

    fn portrait_problem(&self) -> Option<Problem> {
        if self.on_paper.is_some() {
            let is_form = |item: &Item| item.kind == ItemKind::ApplicationForm && !item.was_returned();
            let form = self.custody.iter().any(is_form);
            return (!form).then_some(Problem::PaperFormMissing);
        }
        let missing = self.portrait.is_none() && !self.needs_no_portrait();
        missing.then_some(Problem::PortraitMissing).or_else(|| self.exception_problem())
    }

    /// What may be done with the case now, in the order of the journey.
    #[must_use]
    pub fn allowed_actions(&self, programme: &Programme) -> Vec<StepKind> {
        StepKind::ALL.into_iter().filter(|kind| self.allows(*kind, programme)).collect()
    }

    pub(crate) fn allows(&self, kind: StepKind, programme: &Programme) -> bool {
        let open = matches!(self.status(), CaseStatus::Draft | CaseStatus::Ready);
        let application = self.service.is_application();
        let on_site = self.method == Some(Method::OnSiteApplication);
        match kind {
            StepKind::Reopen => !open,
            StepKind::SettleItem => self.custody.iter().any(|item| item.settled.is_none()),
            StepKind::Place | StepKind::RecordConsent => open,
            StepKind::Leave => open,
            _ if !open || self.consent.is_none() => false,
            StepKind::AnswerEligibility | StepKind::TakeItem => true,
            StepKind::SetName
            | StepKind::SetAddress
            | StepKind::SetBirthDate
            | StepKind::SetSex
            | StepKind::SetNumber
            | StepKind::SetContact => true,
            StepKind::SeeDocument => application && on_site,
            StepKind::WithdrawDocument => on_site && !self.evidence.seen.is_empty(),
            StepKind::MarkEvidenceSufficient => on_site && self.evidence_suffices(programme),
            StepKind::NumberPinEnvelope => application && on_site,
            StepKind::AttachPortrait | StepKind::ChooseMedium | StepKind::ChoosePhotoException => application,
            StepKind::RevokePhotoException => self.status() == CaseStatus::Draft && !self.photo_exceptions.is_empty(),
            StepKind::Confirm => {
                self.status() == CaseStatus::Draft && self.problems_before_confirmation(programme).is_empty()
            }
        }
    }

    pub(crate) fn evidence_suffices(&self, programme: &Programme) -> bool {
        programme.evidence.sums(&self.evidence.seen).iter().any(RouteSum::suffices)
    }
}
