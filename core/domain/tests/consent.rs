//! Who may speak for a resident, what they are asked first, and whom the programme does not receive.

mod support;

use homon_domain::case::{Case, CaseStatus, Eligibility, IneligibleReason, Leaving, RevisitReason};
use homon_domain::case_step::{Doing, Step, StepKind, StepRefused};
use homon_domain::consent::{Authority, ConsentAnswers, ExpressedBy};
use homon_domain::custody::ItemKind;
use homon_domain::programme::ServiceKind;
use support::journey::{
    after, answers, born, consent, consent_by, consent_in_doubt, eligibility, eligible, fresh, names, portrait,
    problems, ready, ready_and, ready_but_born, see,
};
use support::{PROGRAMME, day, doing, member, read};

#[test]
fn under_fifteen_a_representative_with_proof_speaks() {
    let child = ready_but_born("2011-11-25");
    assert_eq!(names(&problems(&child)), ["representative_needed", "not_confirmed"]);
    let unproven = after(&child, "worker-1", consent_by(Authority::Parent, false));
    assert_eq!(names(&problems(&unproven)), ["authority_not_seen", "not_confirmed"]);
    let proven = after(&child, "worker-1", consent_by(Authority::Parent, true));
    assert_eq!(names(&problems(&proven)), ["not_confirmed"]);
    let fifteen_today = ready_but_born("2011-11-24");
    assert_eq!(names(&problems(&fifteen_today)), ["not_confirmed"]);
}

#[test]
fn the_age_is_that_of_the_day_in_japan() {
    let received_at = |instant: &str| Case { received_at: read(instant), ..ready_but_born("2011-11-24") };
    let before_midnight = received_at("2026-11-23T14:59:59Z");
    assert_eq!(names(&problems(&before_midnight)), ["representative_needed", "not_confirmed"]);
    assert_eq!(names(&problems(&received_at("2026-11-23T15:00:00Z"))), ["not_confirmed"]);
}

#[test]
fn a_guardian_of_an_adult_needs_proof_as_well() {
    let unproven = ready_and(consent_by(Authority::GuardianOfAdult, false));
    assert_eq!(
        (unproven.status(), names(&problems(&unproven))),
        (CaseStatus::Draft, vec!["authority_not_seen".to_owned(), "not_confirmed".to_owned()])
    );
    assert_eq!(ready_and(consent_by(Authority::GuardianOfAdult, true)).status(), CaseStatus::Ready);
}

#[test]
fn doubt_means_not_today() {
    let doubted = ready_and(consent_in_doubt());
    assert_eq!(names(&problems(&doubted)), ["consent_in_doubt", "not_confirmed"]);
    assert_eq!(doubted.after(Step::Confirm, doing("city-1")), Err(StepRefused::NotNow));
    let leaving = Leaving::Revisit { reason: RevisitReason::ConsentInDoubt, on: None };
    assert_eq!(after(&doubted, "worker-1", Step::Leave { leaving }).status(), CaseStatus::Revisit);
}

#[test]
fn a_confirmation_given_before_a_doubt_does_not_outlive_it() {
    let reassured = after(&ready_and(consent_in_doubt()), "worker-1", consent());
    assert_eq!(
        (reassured.status(), names(&problems(&reassured))),
        (CaseStatus::Draft, vec!["not_confirmed".to_owned()])
    );
}

#[test]
fn the_leave_behind_sheet_is_given() {
    let without = ConsentAnswers { leave_behind: false, ..answers(ExpressedBy::Resident) };
    let case = ready_and(Step::RecordConsent { answers: without });
    assert_eq!(names(&problems(&case)), ["leave_behind_missing", "not_confirmed"]);
}

#[test]
fn consent_names_words_and_people_that_the_programme_knows() {
    let case = fresh(ServiceKind::VisitApplication);
    let with = |change: fn(&mut ConsentAnswers)| {
        let mut answers = answers(ExpressedBy::Resident);
        change(&mut answers);
        case.after(Step::RecordConsent { answers }, doing("worker-1"))
    };
    assert_eq!(with(|answers| answers.explanation = read("card-0")), Err(StepRefused::NoSuchExplanation));
    assert_eq!(with(|answers| answers.explained_by = read("ghost")), Err(StepRefused::NoSuchStaff));
    assert!(with(|_| ()).is_ok());
}

#[test]
fn before_consent_there_is_only_the_place_consent_and_leaving() {
    let case = fresh(ServiceKind::VisitApplication);
    assert_eq!(case.allowed_actions(&PROGRAMME), [StepKind::Place, StepKind::RecordConsent, StepKind::Leave]);
    for step in [born("1930"), portrait("first"), see("passport"), Step::TakeItem { item: ItemKind::Letter }] {
        assert_eq!(case.after(step, doing("city-1")), Err(StepRefused::ConsentFirst));
    }
}

// Eligibility.

#[test]
fn only_residents_of_the_municipality_apply() {
    let elsewhere = ready_and(eligibility(Eligibility { registered_here: false, ..eligible() }));
    assert_eq!(names(&problems(&elsewhere)), ["non_resident", "not_confirmed"]);
}

#[test]
fn a_planned_move_matters_only_where_the_card_comes_by_post() {
    let moving = || eligibility(Eligibility { move_planned: true, ..eligible() });
    let visited = after(&ready(ServiceKind::VisitApplication), "worker-1", moving());
    assert_eq!(names(&problems(&visited)), ["move_planned", "not_confirmed"]);
    assert_eq!(ready_and(moving()).status(), CaseStatus::Ready);
}

#[test]
fn a_renewal_at_home_is_for_those_who_cannot_come_and_have_nobody() {
    let asked = |cannot_come, no_proxy| {
        let case = after(&fresh(ServiceKind::VisitRenewal), "city-1", consent());
        let case = after(&case, "city-1", eligibility(Eligibility { cannot_come, no_proxy, ..eligible() }));
        let mut names = names(&case.problems_before_confirmation(&PROGRAMME));
        assert_eq!(names.pop().as_deref(), Some("renewal_not_documented"), "its journey is not part of this version");
        names
    };
    assert_eq!(asked(Some(true), Some(true)), [""; 0]);
    assert_eq!(asked(Some(false), Some(true)), ["can_come_or_has_proxy"]);
    assert_eq!(asked(Some(true), Some(false)), ["can_come_or_has_proxy"]);
    for (cannot_come, no_proxy) in [(None, None), (Some(true), None), (None, Some(true))] {
        assert_eq!(asked(cannot_come, no_proxy), ["eligibility_missing"]);
    }
}

#[test]
fn a_service_without_a_journey_is_never_complete() {
    let case = after(&fresh(ServiceKind::PortalSupport), "worker-1", consent());
    let case = after(&case, "worker-1", eligibility(eligible()));
    assert_eq!(names(&problems(&case)), ["service_not_available", "not_confirmed"]);
    assert_eq!(case.after(Step::Confirm, doing("worker-1")), Err(StepRefused::NotNow));
}

/// Whether a case whose questions were answered so may leave as outside the targets for the reason.
fn may_leave(service: ServiceKind, answers: Option<Eligibility>, reason: IneligibleReason) -> bool {
    let mut case = after(&fresh(service), "worker-1", consent());
    if let Some(answers) = answers {
        case = after(&case, "worker-1", eligibility(answers));
    }
    match case.after(Step::Leave { leaving: Leaving::Ineligible { reason } }, doing("worker-1")) {
        Ok(left) => left.status() == CaseStatus::Ineligible,
        Err(refused) => {
            assert_eq!(refused, StepRefused::ReasonDoesNotFit);
            false
        }
    }
}

#[test]
fn the_reason_for_not_receiving_somebody_fits_the_answers() {
    use IneligibleReason::NonResident;
    let elsewhere = Eligibility { registered_here: false, ..eligible() };
    for service in [ServiceKind::VisitApplication, ServiceKind::VenueApplication, ServiceKind::VisitRenewal] {
        assert!(may_leave(service, None, NonResident), "the questions may not have been asked yet");
        assert!(may_leave(service, Some(elsewhere.clone()), NonResident));
        assert!(!may_leave(service, Some(eligible()), NonResident));
    }
}

#[test]
fn the_reason_for_not_receiving_somebody_fits_the_service() {
    use IneligibleReason::{CanComeOrHasProxy, HasCard, NotDue};
    let can_come = Eligibility { cannot_come: Some(false), ..eligible() };
    assert!(may_leave(ServiceKind::VisitRenewal, None, CanComeOrHasProxy));
    assert!(may_leave(ServiceKind::VisitRenewal, Some(can_come.clone()), CanComeOrHasProxy));
    assert!(!may_leave(ServiceKind::VisitRenewal, Some(eligible()), CanComeOrHasProxy));
    assert!(may_leave(ServiceKind::VisitRenewal, None, NotDue));
    assert!(!may_leave(ServiceKind::VisitRenewal, None, HasCard));
    for service in [ServiceKind::VisitApplication, ServiceKind::VenueApplication] {
        assert!(!may_leave(service, Some(can_come.clone()), CanComeOrHasProxy));
        assert!(!may_leave(service, None, NotDue));
        assert!(may_leave(service, None, HasCard));
    }
}

#[test]
fn a_revisit_is_not_agreed_for_a_day_that_has_passed_in_japan() {
    let case = fresh(ServiceKind::VisitApplication);
    let agreed = |on: &str, now: &str| {
        let leaving = Leaving::Revisit { reason: RevisitReason::NotAvailable, on: Some(day(on)) };
        let doing = Doing { programme: &PROGRAMME, by: member("worker-1"), at: read(now) };
        case.after(Step::Leave { leaving }, doing).map(|case| case.status())
    };
    assert_eq!(agreed("2026-11-24", "2026-11-24T14:59:59Z"), Ok(CaseStatus::Revisit));
    assert_eq!(agreed("2026-11-24", "2026-11-24T15:00:00Z"), Err(StepRefused::RevisitInPast));
    assert_eq!(agreed("2026-11-23", "2026-11-24T01:00:00Z"), Err(StepRefused::RevisitInPast));
}
