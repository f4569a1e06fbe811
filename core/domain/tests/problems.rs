//! What keeps a case from being complete, and what takes it away.

mod support;

use homon_domain::applicant::RegisterNumber;
use homon_domain::case::{Case, CaseStatus, Eligibility, IneligibleReason, Leaving, RevisitReason};
use homon_domain::case_step::{Doing, Step, StepKind, StepRefused};
use homon_domain::consent::{Authority, ConsentAnswers, ExpressedBy};
use homon_domain::custody::{ItemKind, Settlement};
use homon_domain::evidence::DocumentClass;
use homon_domain::ids::Code;
use homon_domain::problems::Problem;
use homon_domain::programme::{NumberRule, Programme, ServiceKind};
use support::journey::{
    INDIVIDUAL_NUMBER, after, answers, application_id, born, completed, consent, consent_by, consent_in_doubt,
    eligibility, eligible, fresh, fresh_under, individual_number, mend, on_paper, portrait, ready, see, unfinished,
    withdraw,
};
use support::{PROGRAMME, day, doing, doing_under, member, programme_with, read, received};

const SERVICES: [ServiceKind; 2] = [ServiceKind::VisitApplication, ServiceKind::VenueApplication];

/// The problems by name, in order.
fn names(problems: &[Problem]) -> Vec<String> {
    let name = |problem| serde_json::to_value(problem).expect("plain data")["problem"].as_str().map(str::to_owned);
    problems.iter().filter_map(name).collect()
}

fn problems(case: &Case) -> Vec<Problem> {
    case.problems(&PROGRAMME)
}

/// A complete case at a venue, where no identity is checked, after one more step.
fn ready_and(step: Step) -> Case {
    after(&ready(ServiceKind::VenueApplication), "worker-1", step)
}

/// A complete case at a venue, whose resident was born on another day.
fn ready_but_born(on: &str) -> Case {
    ready_and(born(on))
}

#[test]
fn a_fresh_case_names_everything_in_the_order_of_the_journey() {
    let of_person = ["name_missing", "address_missing", "birth_date_missing", "sex_missing", "contact_missing"];
    let on_site = ["consent_missing", "eligibility_missing", "evidence_missing", "pin_envelope_missing"];
    let last = ["number_missing", "portrait_missing", "not_confirmed"];
    let visit = [&on_site[..], &of_person, &last].concat();
    assert_eq!(names(&problems(&fresh(ServiceKind::VisitApplication))), visit);
    let venue = [&on_site[..2], &of_person, &last].concat();
    assert_eq!(names(&problems(&fresh(ServiceKind::VenueApplication))), venue);
}

#[test]
fn every_problem_is_taken_away_by_its_own_step() {
    for service in SERVICES {
        let mut case = fresh(service);
        while let Some(problem) = problems(&case).into_iter().next() {
            let (by, step) = mend(&case, &problem).expect("an application can be completed");
            assert!(case.allowed_actions(&PROGRAMME).contains(&step.kind()), "{:?}", step.kind());
            case = after(&case, by, step);
            assert!(!problems(&case).contains(&problem), "{problem:?}");
        }
        assert_eq!(case.status(), CaseStatus::Ready);
    }
}

#[test]
fn the_view_says_what_the_case_says() {
    let draft = after(&fresh(ServiceKind::VisitApplication), "worker-1", consent());
    let view = draft.view(&PROGRAMME);
    assert_eq!((view.status, view.problems), (CaseStatus::Draft, problems(&draft)));
    assert_eq!(view.allowed_actions, draft.allowed_actions(&PROGRAMME));
    assert_eq!(view.evidence.len(), PROGRAMME.evidence.routes.len());
    assert_eq!(draft.row(&PROGRAMME).next, Some(Problem::EligibilityMissing));
    let ready = ready(ServiceKind::VenueApplication).view(&PROGRAMME);
    assert_eq!((ready.problems, ready.evidence), (Vec::new(), Vec::new()));
    assert_eq!(ready.case.row(&PROGRAMME).next, None);
}

#[test]
fn the_search_finds_by_name_reading_room_and_number() {
    let key = ready(ServiceKind::VisitApplication).search_key();
    for typed in ["神代", "ｶﾐﾖ", "かみよ", "２０３", "1-004"] {
        assert!(key.contains(&homon_domain::folding::fold(typed)), "{typed}");
    }
    assert!(!key.contains(&homon_domain::folding::fold("波止場")), "addresses are not searched");
}

// Consent.

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
    for service in SERVICES {
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

// The photo, and paper in its place.

#[test]
fn a_child_under_one_needs_no_photo() {
    let without_photo = |on: &str| {
        let child = after(&ready_but_born(on), "worker-1", consent_by(Authority::Parent, true));
        Case { portrait: None, ..child }
    };
    let infant = without_photo("2025-11-25");
    assert!(infant.needs_no_portrait());
    assert_eq!(completed(infant).portrait, None);
    for on in ["2025-11-24", "2025-11", "2025"] {
        assert_eq!(names(&problems(&without_photo(on))), ["portrait_missing", "not_confirmed"], "{on}");
    }
}

#[test]
fn paper_needs_the_form_and_neither_number_nor_photo() {
    let complete = ready(ServiceKind::VenueApplication);
    let mut case = Case { portrait: None, ..complete };
    case.applicant.number = None;
    let case = after(&case, "worker-1", on_paper());
    assert_eq!(names(&problems(&case)), ["paper_form_missing", "not_confirmed"]);
    let letter = after(&case, "worker-1", Step::TakeItem { item: ItemKind::Letter });
    assert_eq!(names(&problems(&letter)), ["paper_form_missing", "not_confirmed"], "a letter is no form");
    let case = after(&case, "worker-1", Step::TakeItem { item: ItemKind::ApplicationForm });
    assert_eq!(names(&problems(&case)), ["not_confirmed"]);
    let handed = Step::SettleItem { item: ItemKind::ApplicationForm, settlement: Settlement::HandedToCity };
    assert_eq!(completed(after(&case, "worker-1", handed)).applicant.number, None);
    let electronic = after(&case, "worker-1", Step::ChooseMedium { on_paper: None });
    assert_eq!(names(&problems(&electronic)), ["number_missing", "portrait_missing", "not_confirmed"]);
}

#[test]
fn on_paper_nobody_types_an_interrupted_number_to_its_end() {
    let case = after(&ready_and(Step::SetNumber { number: unfinished("1234567") }), "worker-1", on_paper());
    assert_eq!(names(&problems(&case)), ["paper_form_missing", "not_confirmed"]);
}

// The number.

#[test]
fn the_programme_says_which_number_identifies_an_application() {
    use NumberRule::{Either, IndividualNumber};
    let problem = |rule: NumberRule, number: RegisterNumber| {
        let programme = programme_with(|programme| programme.number = rule);
        let step = Step::SetNumber { number };
        let case = ready(ServiceKind::VenueApplication).after(step, doing_under(&programme, "worker-1"));
        names(&case.expect("a number may be corrected").problems_before_confirmation(&programme))
    };
    let (accepted, refused, half): (&[&str], _, _) = (&[], &["number_not_allowed"], &["number_unfinished"]);
    for (rule, whole, other, begun) in [
        (NumberRule::ApplicationId, accepted, &refused[..], &half[..]),
        (IndividualNumber, refused, accepted, refused),
        (Either, accepted, accepted, half),
    ] {
        assert_eq!(problem(rule, application_id()), whole, "{rule:?}");
        assert_eq!(problem(rule, individual_number()), other, "{rule:?}");
        assert_eq!(problem(rule, unfinished("1")), begun, "{rule:?}");
    }
}

#[test]
fn an_interrupted_number_says_how_much_is_left() {
    for (digits, remaining) in [("1", 22), ("1234567", 16), ("1234567890123456789012", 1)] {
        let case = ready_and(Step::SetNumber { number: unfinished(digits) });
        assert_eq!(problems(&case), [Problem::NumberUnfinished { remaining }, Problem::NotConfirmed]);
    }
}

#[test]
fn a_number_that_is_not_allowed_is_not_excused_by_paper() {
    let case = after(&ready_and(Step::SetNumber { number: individual_number() }), "worker-1", on_paper());
    let case = after(&case, "worker-1", Step::TakeItem { item: ItemKind::ApplicationForm });
    assert_eq!(names(&problems(&case)), ["number_not_allowed", "not_confirmed"]);
    assert!(!format!("{:?}", problems(&case)).contains(INDIVIDUAL_NUMBER));
}

#[test]
fn nobody_was_born_after_the_day_they_were_received() {
    let case = ready(ServiceKind::VenueApplication);
    for tomorrow in ["2026-11-25", "2026-12", "2027"] {
        assert_eq!(case.after(born(tomorrow), doing("worker-1")), Err(StepRefused::BirthDateInFuture), "{tomorrow}");
    }
    for possible in ["2026-11-24", "2026-11", "2026"] {
        assert!(case.after(born(possible), doing("worker-1")).is_ok(), "{possible}");
    }
    // A record may come from elsewhere, or be older than the clock that is right now.
    let older = Case { received_at: read("1930-03-11T00:00:00Z"), ..case };
    assert!(problems(&older).contains(&Problem::BirthDateInFuture));
}

// Evidence.

fn seen(documents: &[&str]) -> Case {
    let case = after(&fresh(ServiceKind::VisitApplication), "worker-1", consent());
    documents.iter().fold(case, |case, document| after(&case, "worker-1", see(document)))
}

fn evidence_problem(case: &Case) -> Option<String> {
    names(&problems(case)).into_iter().find(|name| name.starts_with("evidence"))
}

#[test]
fn evidence_that_suffices_still_needs_the_word_of_city_staff() {
    let case = seen(&["driving-licence", "pension-book"]);
    assert_eq!(evidence_problem(&case).as_deref(), Some("evidence_not_marked"));
    for nobody in ["worker-1", "manager-1", "general-1"] {
        let refused = case.after(Step::MarkEvidenceSufficient, doing(nobody));
        assert_eq!(refused, Err(StepRefused::CityStaffOnly), "{nobody}");
    }
    let marked = after(&case, "city-1", Step::MarkEvidenceSufficient);
    assert_eq!(evidence_problem(&marked), None);
    assert_eq!(marked.evidence.sufficient.map(|mark| mark.by), Some(read("city-1")));
}

#[test]
fn evidence_that_does_not_suffice_cannot_be_marked() {
    let case = seen(&["driving-licence"]);
    assert_eq!(evidence_problem(&case).as_deref(), Some("evidence_missing"));
    assert_eq!(case.after(Step::MarkEvidenceSufficient, doing("city-1")), Err(StepRefused::NotNow));
    let Some(Problem::EvidenceMissing { sums }) =
        problems(&case).into_iter().find(|p| names(std::slice::from_ref(p)) == ["evidence_missing"])
    else {
        panic!("evidence is missing")
    };
    use DocumentClass::{A, B, FacilityPhotoCertificate, Letter, NotificationCard};
    let missing: Vec<Vec<_>> = sums.iter().map(|sum| sum.missing().collect()).collect();
    // The licence stands for a B書類 as well.
    let expected = [vec![A], vec![B], vec![Letter], vec![NotificationCard, B], vec![FacilityPhotoCertificate]];
    assert_eq!(missing, expected);
}

#[test]
fn withdrawing_a_needed_document_takes_the_mark_back() {
    let marked = after(&seen(&["driving-licence", "passport", "letter"]), "city-1", Step::MarkEvidenceSufficient);
    let still_enough = after(&marked, "worker-1", withdraw("letter"));
    assert_eq!(still_enough.evidence.sufficient, marked.evidence.sufficient);
    let too_little = after(&still_enough, "worker-1", withdraw("passport"));
    assert_eq!(too_little.evidence.sufficient, None);
    let shown_again = after(&too_little, "worker-1", see("passport"));
    assert_eq!(evidence_problem(&shown_again).as_deref(), Some("evidence_not_marked"));
}

#[test]
fn withdrawing_a_document_of_a_complete_case_makes_it_a_draft() {
    let case = after(&ready(ServiceKind::VisitApplication), "worker-1", withdraw("passport"));
    assert_eq!((case.status(), case.confirmed.as_ref()), (CaseStatus::Draft, None));
    assert_eq!(names(&problems(&case)), ["evidence_missing", "not_confirmed"]);
}

#[test]
fn a_document_is_noted_once_and_only_if_the_programme_accepts_it() {
    let case = seen(&["passport", "passport"]);
    assert_eq!(case.evidence.seen.len(), 1);
    let library_card: Code = read("library-card");
    let refused = case.after(Step::SeeDocument { document: library_card }, doing("city-1"));
    assert_eq!(refused, Err(StepRefused::NoSuchDocument));
}

#[test]
fn a_venue_asks_for_no_identity() {
    let case = after(&fresh(ServiceKind::VenueApplication), "worker-1", consent());
    for step in [see("passport"), Step::MarkEvidenceSufficient, Step::NumberPinEnvelope { envelope: read("e-1") }] {
        assert_eq!(case.after(step, doing("city-1")), Err(StepRefused::NotNow));
    }
}

// What was received stays what it was.

#[test]
fn the_method_is_the_programmes_on_the_day() {
    let pickup = |programme: &mut Programme| programme.services[0].method = programme.services[1].method;
    let programme = programme_with(pickup);
    let case = fresh_under(&programme, ServiceKind::VisitApplication);
    assert_eq!(case.method, PROGRAMME.services[1].method);
    assert!(!names(&case.problems(&programme)).contains(&"evidence_missing".to_owned()));
}

#[test]
fn text_stays_byte_for_byte() {
    let name = received("葛\u{E0100}飾 \u{F9D1}郎");
    let step = Step::SetName { name: name.clone(), kana: None };
    let case = ready_and(step);
    assert_eq!(case.applicant.name, Some(name));
    assert_eq!(case.applicant.kana, None, "a reading belongs to the name it was given with");
}
