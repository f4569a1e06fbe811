//! What stores, packages and screens hold, as it is written. A changed snapshot is a change of the format: old files
//! must still be read.

mod support;

use std::fmt::Debug;

use homon_domain::activity_photo::ActivityPhoto;
use homon_domain::audit::{AuditEntry, AuditEvent, Head, visit_chain};
use homon_domain::balance::Balance;
use homon_domain::calendar::Closed;
use homon_domain::case::{Case, IneligibleReason, Leaving, RevisitReason};
use homon_domain::case_step::Step;
use homon_domain::case_view::{CaseRow, CaseView, Warning};
use homon_domain::consent::Authority;
use homon_domain::custody::{ItemKind, Settlement};
use homon_domain::delivery::{Deficiency, DeficiencyKind, Delivery};
use homon_domain::photo_exception::{CoveringGround, PhotoException};
use homon_domain::portrait_rules::{PhotoMeasure, PhotoWeight, ScoreLimits};
use homon_domain::programme::{NumberRule, Programme, ServiceKind, SubmissionRoute};
use homon_domain::site::SiteCondition;
use homon_domain::tally::Tally;
use homon_domain::visit::{CheckItem, Departure, Deviation, Visit, VisitPlan, VisitStatus};
use serde::Serialize;
use serde::de::DeserializeOwned;
use support::journey::{
    ADDRESS, APPLICATION_ID, INDIVIDUAL_NUMBER, KANA, NAME, PHONE, REASON, RELATION, ROOM, after, choose_exception,
    completed, consent, consent_by, fresh, individual_number, mend, on_paper, portrait_resting_on, ready, unfinished,
};
use support::{PROGRAMME, TODAY, day, doing_under, japan, plan, programme_with, read, received, visit};

/// Reads what was written and compares.
fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let written = serde_json::to_string(value).expect("plain data");
    assert_eq!(&serde_json::from_str::<T>(&written).expect("it was just written"), value);
}

/// A snapshot that is read again.
macro_rules! persisted {
    ($name:literal, $value:expr) => {{
        let value = $value;
        comes_back(&value);
        insta::assert_json_snapshot!($name, value);
    }};
}

/// A complete case in which every field that a case can have is filled.
fn full() -> Case {
    let case = after(&ready(ServiceKind::VisitApplication), "worker-1", consent_by(Authority::GuardianOfAdult, true));
    let items = [
        (ItemKind::Letter, Settlement::Returned),
        (ItemKind::ApplicationForm, Settlement::HandedToCity),
        (ItemKind::Certificate, Settlement::Explained { reason: received("施設長が預かる") }),
    ];
    let case = items.into_iter().fold(case, |case, (item, settlement)| {
        let taken = after(&case, "worker-1", Step::TakeItem { item });
        after(&taken, "manager-1", Step::SettleItem { item, settlement })
    });
    let case = after(&case, "worker-1", Step::TakeItem { item: ItemKind::PinRequestEnvelope });
    let covered = PhotoException::HeadCovering { ground: CoveringGround::Religious };
    let case = [PhotoException::EyesDoNotOpen, covered]
        .into_iter()
        .fold(case, |case, exception| after(&case, "worker-1", choose_exception(exception)));
    let case = after(&case, "worker-1", portrait_resting_on(&[PhotoException::EyesDoNotOpen]));
    completed(after(&case, "worker-1", on_paper()))
}

/// A visit with a departure of every form.
fn eventful() -> Visit {
    let because = |departure| Deviation { departure, reason: received("施設の都合"), by: read("manager-1") };
    let departures = [
        Departure::OutsideContract,
        Departure::AnotherDay,
        Departure::OutsideHours { closed: Closed::OutsideHours { open: vec![read("09:00-17:00")] } },
        Departure::SiteNotApproved,
        Departure::SiteCondition { condition: SiteCondition::NeutralEvent },
        Departure::TooFewWorkers { present: 1, needed: 2 },
        Departure::NoSiteManager,
        Departure::NoCityStaff,
        Departure::NotChecked { item: CheckItem::DedicatedLine },
    ];
    Visit {
        deviations: departures.into_iter().map(because).collect(),
        status: VisitStatus::Closed,
        closed_at: Some(japan("2026-11-24T15:10")),
        consultations: 2,
        remarks: Some(received("次回は午後を希望")),
        private_address: Some(received(ADDRESS)),
        ..visit("2")
    }
}

fn left(leaving: Leaving) -> Case {
    after(&fresh(ServiceKind::VisitApplication), "worker-1", Step::Leave { leaving })
}

#[test]
fn programme() {
    persisted!("programme", PROGRAMME.clone());
    let toml = toml::to_string(&*PROGRAMME).expect("a programme is plain data");
    assert_eq!(toml::from_str::<Programme>(&toml).expect("it was just written"), *PROGRAMME);
}

#[test]
fn visit_plan() {
    persisted!("visit_plan", plan(ServiceKind::VisitApplication, "home-01", TODAY));
    let with_more = r#"{"id":"5f0a2c51-7f0e-4b7e-9f55-0a8f0d7c1e01","service":"visit_application","site":"home-01",
        "date":"2026-11-24","from":"10:00:00","until":"15:00:00","room":"203"}"#;
    assert!(serde_json::from_str::<VisitPlan>(with_more).is_err(), "a plan names no person");
}

#[test]
fn visits() {
    persisted!("visit", visit("1"));
    persisted!("visit_eventful", eventful());
}

#[test]
fn cases() {
    persisted!("case_fresh", fresh(ServiceKind::VisitApplication));
    persisted!("case_full", full());
    persisted!("case_renewal", fresh(ServiceKind::VisitRenewal));
}

#[test]
fn numbers_of_a_case() {
    let programme = programme_with(|programme| programme.number = NumberRule::Either);
    let case = after(&fresh(ServiceKind::VenueApplication), "worker-1", consent());
    let with = |number| {
        let step = Step::SetNumber { number };
        case.after(step, doing_under(&programme, "worker-1")).expect("either number is taken").applicant
    };
    persisted!("applicant_with_unfinished_number", with(unfinished("1234567")));
    persisted!("applicant_with_individual_number", with(individual_number()));
}

#[test]
fn activity_photos() {
    let photo = ActivityPhoto {
        id: "0f0a2c51-7f0e-4b7e-9f55-0a8f0d7c1e09".parse().expect("an identifier"),
        sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned(),
        bytes: 412_300,
        width: 2048,
        height: 1536,
        taken_at: japan("2026-11-24T10:30"),
        confirmed_by: "worker-1".parse().expect("a code"),
        faces: 3,
        texts: 1,
    };
    persisted!("activity_photo", photo);
}

#[test]
fn leavings() {
    let note = || Some(received("家族に聞いてから"));
    let cannot_wait = Leaving::Revisit { reason: RevisitReason::OutOfTime, on: Some(day("2026-12-08")) };
    persisted!("left_refused", left(Leaving::Refused { note: note() }).stage);
    persisted!("left_withdrawn", left(Leaving::Withdrawn { note: None }).stage);
    persisted!("left_ineligible", left(Leaving::Ineligible { reason: IneligibleReason::NonResident }).stage);
    persisted!("left_revisit", left(cannot_wait).stage);
}

#[test]
fn reasons() {
    use IneligibleReason::{CanComeOrHasProxy, HasCard, NonResident, NotDue};
    use RevisitReason as Revisit;
    persisted!("reasons_ineligible", vec![NonResident, CanComeOrHasProxy, NotDue, HasCard]);
    let revisit = vec![
        Revisit::ConsentInDoubt,
        Revisit::RepresentativeNeeded,
        Revisit::EvidenceMissing,
        Revisit::NotAvailable,
        Revisit::Unwell,
        Revisit::Isolation,
        Revisit::PhotoNotPossible,
        Revisit::OutOfTime,
    ];
    persisted!("reasons_revisit", revisit);
}

#[test]
fn tally_and_balance() {
    let unwell = left(Leaving::Revisit { reason: RevisitReason::Unwell, on: None });
    let elsewhere = left(Leaving::Ineligible { reason: IneligibleReason::NonResident });
    let cases = [full(), unwell, elsewhere, fresh(ServiceKind::VisitApplication)];
    persisted!("tally", Tally::of(&eventful(), &cases));
    persisted!("balance", Balance::from_iter(&cases));
}

#[test]
fn audit_entry() {
    let actor = read("worker-1");
    let action = read("leave");
    let event = AuditEvent {
        case: Some(read("2-014")),
        detail: Some(read("revisit")),
        ..AuditEvent::new(japan("2026-11-24T10:20"), &actor, action)
    };
    let part = visit("2");
    let entry: AuditEntry = Head::start(&visit_chain(part.plan.id, part.part)).append(&event);
    persisted!("audit_entry", entry);
}

#[test]
fn deliveries() {
    let on = day("2026-12-01");
    let photo = Deficiency { kind: DeficiencyKind::Photo, note: Some(received("背景に影")) };
    let number = Deficiency { kind: DeficiencyKind::Number, note: None };
    let all = vec![
        Delivery::Received,
        Delivery::Submitted { route: SubmissionRoute::OnlineByContractor, on },
        Delivery::Submitted { route: SubmissionRoute::OnlineByCity, on },
        Delivery::Submitted { route: SubmissionRoute::Paper, on },
        Delivery::Accepted { on },
        Delivery::Returned { on, deficiency: photo },
        Delivery::Returned { on, deficiency: number },
        Delivery::Issued { on },
    ];
    persisted!("deliveries", all);
}

#[test]
fn views() {
    let begun = after(&fresh(ServiceKind::VisitApplication), "worker-1", consent());
    let view: CaseView = begun.view(&PROGRAMME);
    persisted!("case_view_begun", view);
    let declared = after(&begun, "worker-1", choose_exception(PhotoException::LyingDown)).view(&PROGRAMME);
    persisted!("case_view_declarations", declared.declarations);
    persisted!("case_view_warning", Warning::SamePhoto { cases: vec![read("1-002"), read("1-009")] });
    let rows: Vec<CaseRow> =
        [fresh(ServiceKind::VisitApplication), begun, full()].iter().map(|c| c.row(&PROGRAMME)).collect();
    persisted!("case_rows", rows);
}

#[test]
fn steps() {
    let mut case = fresh(ServiceKind::VisitApplication);
    let mut steps = Vec::new();
    while let Some(problem) = case.view(&PROGRAMME).problems.first() {
        let (by, step) = mend(&case, problem).expect("an application can be completed");
        case = after(&case, by, step.clone());
        steps.push(step);
    }
    persisted!("steps", steps);
}

#[test]
fn fields_that_a_case_gained_later_may_be_missing() {
    let mut written = serde_json::to_value(fresh(ServiceKind::VisitApplication)).expect("plain data");
    let fields = written.as_object_mut().expect("an object");
    fields.retain(|field, _| !["place", "applicant", "evidence", "custody"].contains(&field.as_str()));
    let read_again: Case = serde_json::from_value(written).expect("empty fields may be missing");
    assert_eq!(read_again.applicant, fresh(ServiceKind::VisitApplication).applicant);
}

#[test]
fn what_was_written_before_photos_were_checked_is_read_and_written_as_it_was() {
    let case = include_str!("before/case_without_exceptions.json");
    let read_again: Case = serde_json::from_str(case).expect("an old case");
    assert_eq!(serde_json::to_string_pretty(&read_again).expect("plain data"), case.trim_end());
    assert!(read_again.portrait.is_some_and(|portrait| !portrait.checked && portrait.rests_on.is_empty()));
    let programme = include_str!("before/programme_with_file_rules_only.json");
    let read_again: Programme = serde_json::from_str(programme).expect("an old programme");
    assert_eq!(serde_json::to_string_pretty(&read_again).expect("plain data"), programme.trim_end());
}

#[test]
fn photo_exceptions() {
    let chosen = |exception| {
        let begun = after(&fresh(ServiceKind::VenueApplication), "worker-1", consent());
        after(&begun, "worker-1", choose_exception(exception)).photo_exceptions
    };
    persisted!("photo_exceptions", PhotoException::ALL.map(chosen).concat());
    use homon_domain::photo_exception::{Caller, Declaration};
    let all = vec![
        Declaration::CallWithApplicationId { by: Caller::Contractor },
        Declaration::CallWithApplicationId { by: Caller::City },
        Declaration::WriteInNameField,
        Declaration::CallByCity,
    ];
    persisted!("declarations", all);
}

#[test]
fn photo_rules() {
    let rules = programme_with(|programme| {
        let checks = &mut programme.portrait.checks;
        checks.framing = PhotoWeight::Warns;
        let limits = |(measure, limit)| (measure, ScoreLimits { decides_below: limit, warns_below: 100 });
        checks.measures = PhotoMeasure::ALL.into_iter().zip(0..).map(limits).collect();
        programme.portrait.print.face_mm = 33.5.try_into().expect("a length");
    });
    persisted!("photo_rules", rules.portrait);
}

// Debug.

/// What must never stand in a log.
fn personal() -> Vec<String> {
    let mut words =
        vec![NAME, KANA, ADDRESS, APPLICATION_ID, INDIVIDUAL_NUMBER, PHONE, REASON, RELATION, ROOM, "窓側", "夕方以降"];
    words.extend(NAME.split(' ').chain(KANA.split(' ')).chain(["0830001234", "1930", "昭和5年", "施設長が預かる"]));
    words.into_iter().map(str::to_owned).collect()
}

fn shows_nothing_personal(value: &impl Debug) {
    let shown = format!("{value:?} {value:#?}");
    for (index, word) in personal().iter().enumerate() {
        assert!(!shown.contains(word.as_str()), "the debug form holds word {index}");
    }
}

#[test]
fn the_words_that_are_looked_for_are_in_the_record() {
    let written = serde_json::to_string(&full()).expect("plain data");
    for word in [NAME, KANA, ADDRESS, APPLICATION_ID, PHONE, REASON, RELATION, ROOM, "窓側", "1930", "施設長が預かる"]
    {
        assert!(written.contains(word), "{word}");
    }
}

#[test]
fn no_debug_form_shows_anything_personal() {
    let case = full();
    shows_nothing_personal(&case);
    shows_nothing_personal(&case.applicant);
    shows_nothing_personal(&case.consent);
    shows_nothing_personal(&case.view(&PROGRAMME));
    shows_nothing_personal(&left(Leaving::Refused { note: Some(received(RELATION)) }));
    shows_nothing_personal(&eventful());
    shows_nothing_personal(&Tally::of(&eventful(), [&case]));
    let row = case.row(&PROGRAMME);
    assert_eq!(row.masked_name.as_deref(), Some("渡○ 神○"));
    shows_nothing_personal(&row);
}

#[test]
fn no_step_shows_what_it_carries() {
    let mut case = fresh(ServiceKind::VisitApplication);
    while let Some(problem) = case.view(&PROGRAMME).problems.first() {
        let (by, step) = mend(&case, problem).expect("an application can be completed");
        shows_nothing_personal(&step);
        case = after(&case, by, step);
    }
    shows_nothing_personal(&choose_exception(PhotoException::LyingDown));
    shows_nothing_personal(&Step::SetNumber { number: individual_number() });
    shows_nothing_personal(&consent_by(Authority::Parent, true));
    let deficiency = Deficiency { kind: DeficiencyKind::Other, note: Some(received(RELATION)) };
    shows_nothing_personal(&Delivery::Returned { on: day(TODAY), deficiency });
}

#[test]
fn the_names_of_staff_are_not_shown_either() {
    let shown = format!("{:?}", *PROGRAMME);
    assert!(shown.contains("worker-1"));
    for member in &PROGRAMME.staff {
        assert!(!shown.contains(&member.name), "{}", member.code);
    }
}
