//! What keeps a case from being complete, and what takes it away.

mod support;

use homon_domain::applicant::RegisterNumber;
use homon_domain::case::{Case, CaseStatus, Leaving};
use homon_domain::case_step::{Step, StepRefused};
use homon_domain::consent::Authority;
use homon_domain::custody::{ItemKind, Settlement};
use homon_domain::photo_exception::{Caller, CoveringGround, Declaration, ExceptionToDeclare, PhotoException};
use homon_domain::problems::Problem;
use homon_domain::programme::{NumberRule, Programme, ServiceKind, SubmissionRoute};
use support::journey::{
    after, application_id, born, choose_exception, completed, consent, consent_by, fresh, fresh_under,
    individual_number, mend, names, on_paper, portrait, portrait_resting_on, problems, ready, ready_and,
    ready_but_born, unfinished,
};
use support::{PROGRAMME, doing, doing_under, programme_with, read, received};

const SERVICES: [ServiceKind; 2] = [ServiceKind::VisitApplication, ServiceKind::VenueApplication];

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

/// What a programme of that rule answers to a number: what is then still missing, or why it is refused.
fn answer(rule: NumberRule, number: RegisterNumber) -> Result<Vec<String>, StepRefused> {
    let programme = programme_with(|programme| programme.number = rule);
    let step = Step::SetNumber { number };
    let case = Case { applicant: Default::default(), ..ready(ServiceKind::VenueApplication) };
    let case = case.after(step, doing_under(&programme, "worker-1"))?;
    let problems = names(&case.problems_before_confirmation(&programme));
    Ok(problems.into_iter().filter(|name| name.starts_with("number")).collect())
}

#[test]
fn the_programme_says_which_number_identifies_an_application() {
    use NumberRule::{ApplicationId, Either, IndividualNumber};
    let (complete, begun) = (|| Ok(Vec::new()), || Ok(vec!["number_unfinished".to_owned()]));
    for rule in [ApplicationId, Either] {
        assert_eq!(answer(rule, application_id()), complete(), "{rule:?}");
        assert_eq!(answer(rule, unfinished("1")), begun(), "{rule:?}");
    }
    for rule in [IndividualNumber, Either] {
        assert_eq!(answer(rule, individual_number()), complete(), "{rule:?}");
    }
    assert_eq!(answer(ApplicationId, individual_number()), Err(StepRefused::NumberNotAllowed));
    assert_eq!(answer(IndividualNumber, application_id()), Err(StepRefused::NumberNotAllowed));
    assert_eq!(answer(IndividualNumber, unfinished("1")), Err(StepRefused::NumberNotAllowed));
}

#[test]
fn an_interrupted_number_says_how_much_is_left() {
    for (digits, remaining) in [("1", 22), ("1234567", 16), ("1234567890123456789012", 1)] {
        let case = ready_and(Step::SetNumber { number: unfinished(digits) });
        assert_eq!(problems(&case), [Problem::NumberUnfinished { remaining }, Problem::NotConfirmed]);
    }
}

#[test]
fn a_number_taken_under_another_rule_is_not_excused_by_paper() {
    let before = programme_with(|programme| programme.number = NumberRule::Either);
    let taken = Step::SetNumber { number: individual_number() };
    let case = ready(ServiceKind::VenueApplication).after(taken, doing_under(&before, "worker-1"));
    let case = after(&case.expect("it was allowed then"), "worker-1", on_paper());
    let case = after(&case, "worker-1", Step::TakeItem { item: ItemKind::ApplicationForm });
    assert_eq!(names(&problems(&case)), ["number_not_allowed", "not_confirmed"]);
    let corrected = after(&case, "worker-1", Step::SetNumber { number: application_id() });
    assert_eq!(names(&problems(&corrected)), ["not_confirmed"]);
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

#[test]
fn a_photo_needs_the_exception_under_which_it_was_taken() {
    let eyes = PhotoException::EyesDoNotOpen;
    let begun = after(&fresh(ServiceKind::VenueApplication), "worker-1", consent());
    let begun = after(&begun, "worker-1", choose_exception(eyes));
    let taken = after(&begun, "worker-1", portrait_resting_on(&[eyes]));
    assert!(!problems(&taken).contains(&Problem::PortraitMissing));
    let complete = completed(taken);
    let revoked = complete.after(Step::RevokePhotoException { exception: eyes }, doing("worker-1"));
    assert_eq!(revoked, Err(StepRefused::NotNow), "the case is complete");
    let draft = after(&complete, "worker-1", choose_exception(PhotoException::LyingDown));
    assert_eq!((draft.status(), names(&problems(&draft))), (CaseStatus::Draft, vec!["not_confirmed".to_owned()]));
    let without = after(&draft, "worker-1", Step::RevokePhotoException { exception: eyes });
    assert_eq!(problems(&without)[0], Problem::PhotoExceptionMissing { exception: eyes });
    assert_eq!(completed(without.clone()).status(), CaseStatus::Ready);
    let twice = without.after(Step::RevokePhotoException { exception: eyes }, doing("worker-1"));
    assert_eq!(twice, Err(StepRefused::NoSuchException));
    let another = after(&without, "worker-1", portrait("first"));
    assert_eq!(names(&problems(&another)), ["not_confirmed"]);
}

#[test]
fn an_exception_is_declared_on_the_way_the_application_takes() {
    let city = Declaration::CallWithApplicationId { by: Caller::City };
    let contractor = Declaration::CallWithApplicationId { by: Caller::Contractor };
    let (post, counter) = (Declaration::WriteInNameField, Declaration::CallByCity);
    let ways = [
        (SubmissionRoute::OnlineByCity, ServiceKind::VisitApplication, [city, counter]),
        (SubmissionRoute::OnlineByCity, ServiceKind::VenueApplication, [city, post]),
        (SubmissionRoute::OnlineByContractor, ServiceKind::VisitApplication, [contractor, counter]),
        (SubmissionRoute::OnlineByContractor, ServiceKind::VenueApplication, [contractor, post]),
        (SubmissionRoute::Paper, ServiceKind::VisitApplication, [counter, counter]),
        (SubmissionRoute::Paper, ServiceKind::VenueApplication, [post, post]),
    ];
    let covered = PhotoException::HeadCovering { ground: CoveringGround::Medical };
    for (route, service, [electronic, paper]) in ways {
        let programme = programme_with(|programme| programme.submission = route);
        let case = after(&fresh(service), "worker-1", consent());
        assert_eq!(case.view(&programme).declarations, []);
        let case = after(&case, "worker-1", choose_exception(covered));
        let declared = |case: &Case| case.view(&programme).declarations;
        let as_is = |declaration| vec![ExceptionToDeclare { exception: covered, declaration }];
        assert_eq!(declared(&case), as_is(electronic), "{route:?} {service:?}");
        assert_eq!(declared(&after(&case, "worker-1", on_paper())), as_is(paper), "{route:?} {service:?}");
        let left = after(&case, "worker-1", Step::Leave { leaving: Leaving::Withdrawn { note: None } });
        assert_eq!(declared(&left), []);
    }
}

#[test]
fn an_exception_chosen_again_has_the_newer_reason() {
    let lying = PhotoException::LyingDown;
    let case = after(&fresh(ServiceKind::VenueApplication), "worker-1", consent());
    let case = after(&case, "worker-1", choose_exception(lying));
    let reason = received("骨折で起き上がれない");
    let case = after(&case, "worker-2", Step::ChoosePhotoException { exception: lying, reason: reason.clone() });
    let chosen = &case.photo_exceptions[..];
    assert!(matches!(chosen, [only] if only.reason == reason && only.by.as_str() == "worker-2"));
}
