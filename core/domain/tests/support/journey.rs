//! One resident from reception to confirmation: for each problem, the step that mends it.

use homon_domain::applicant::{Contact, ContactOf, RegisterNumber, Sex};
use homon_domain::birthdate::BirthDate;
use homon_domain::case::{Case, CaseStatus, Eligibility, Portrait, RoundPlace};
use homon_domain::case_step::Step;
use homon_domain::consent::{Authority, ConsentAnswers, ExpressedBy, Expression};
use homon_domain::custody::ItemKind;
use homon_domain::numbers::{ApplicationId, IndividualNumber, Phone};
use homon_domain::photo_exception::PhotoException;
use homon_domain::problems::Problem;
use homon_domain::programme::{Programme, ServiceKind};
use homon_domain::unfinished_id::UnfinishedId;

use super::{PROGRAMME, doing, doing_under, japan, morning, read, received};

/// With a variation sequence and a compatibility ideograph, as registers have them.
pub(crate) const NAME: &str = "渡邉\u{E0101} 神\u{FA19}代";
pub(crate) const KANA: &str = "ワタナベ カミヨ";
pub(crate) const ADDRESS: &str = "潮見市東波止場三丁目2番1号";
pub(crate) const BORN: &str = "1930-03-12";
pub(crate) const APPLICATION_ID: &str = "12345678901234567890123";
/// The published example of a correct check digit.
pub(crate) const INDIVIDUAL_NUMBER: &str = "123456789018";
pub(crate) const PHONE: &str = "083-000-1234";
pub(crate) const RELATION: &str = "渡邉 汐音";
pub(crate) const ROOM: &str = "203号室";
/// Why a photo is other than the rules ask.
pub(crate) const REASON: &str = "脳梗塞の後遺症で右のまぶたが開かない";

pub(crate) fn place() -> RoundPlace {
    RoundPlace { order: Some(4), room: Some(received(ROOM)), bed: Some(received("窓側")), queue: None }
}

/// A resident who has just been received.
pub(crate) fn fresh(service: ServiceKind) -> Case {
    fresh_under(&PROGRAMME, service)
}

pub(crate) fn fresh_under(programme: &Programme, service: ServiceKind) -> Case {
    let id = read("0b9a4c7e-52c1-4a57-8f0d-3c5f6f1f2a04");
    Case::receive(id, read("1-004"), service, place(), doing_under(programme, "worker-1"))
}

pub(crate) fn answers(by: ExpressedBy) -> ConsentAnswers {
    ConsentAnswers {
        by,
        how: Expression::Spoken,
        explained_by: read("worker-1"),
        explanation: read("card-1"),
        leave_behind: true,
        doubtful: false,
    }
}

pub(crate) fn consent() -> Step {
    Step::RecordConsent { answers: answers(ExpressedBy::Resident) }
}

pub(crate) fn consent_by(authority: Authority, proof_seen: bool) -> Step {
    let by = ExpressedBy::LegalRepresentative { name: received(RELATION), authority, proof_seen };
    Step::RecordConsent { answers: answers(by) }
}

pub(crate) fn consent_in_doubt() -> Step {
    Step::RecordConsent { answers: ConsentAnswers { doubtful: true, ..answers(ExpressedBy::Resident) } }
}

/// May apply, and may have a certificate renewed at home.
pub(crate) fn eligible() -> Eligibility {
    Eligibility { registered_here: true, move_planned: false, cannot_come: Some(true), no_proxy: Some(true) }
}

pub(crate) fn eligibility(eligibility: Eligibility) -> Step {
    Step::AnswerEligibility { eligibility }
}

pub(crate) fn name(name: &str) -> Step {
    Step::SetName { name: received(name), kana: Some(received(KANA)) }
}

pub(crate) fn born(text: &str) -> Step {
    Step::SetBirthDate { birth_date: BirthDate::try_from(text.to_owned()).expect("the fixture is a birth date") }
}

pub(crate) fn application_id() -> RegisterNumber {
    RegisterNumber::ApplicationId(ApplicationId::parse(APPLICATION_ID).expect("23 digits"))
}

pub(crate) fn individual_number() -> RegisterNumber {
    RegisterNumber::IndividualNumber(IndividualNumber::parse(INDIVIDUAL_NUMBER).expect("the check digit is right"))
}

pub(crate) fn unfinished(digits: &str) -> RegisterNumber {
    RegisterNumber::Unfinished(UnfinishedId::parse(digits).expect("1 to 22 digits"))
}

pub(crate) fn contact() -> Contact {
    let whose = ContactOf::Relation { name: received(RELATION) };
    Contact { whose, phone: Phone::parse(PHONE).expect("a telephone number"), hours: Some(received("夕方以降")) }
}

pub(crate) fn see(document: &str) -> Step {
    Step::SeeDocument { document: read(document) }
}

pub(crate) fn withdraw(document: &str) -> Step {
    Step::WithdrawDocument { document: read(document) }
}

pub(crate) fn portrait(taken: &str) -> Step {
    let sha256 = if taken == "first" { "a1".repeat(32) } else { "b2".repeat(32) };
    Step::AttachPortrait {
        portrait: Portrait {
            sha256,
            bytes: 240_000,
            width: 960,
            height: 1234,
            at: japan("2026-11-24T10:10"),
            checked: false,
            rests_on: Vec::new(),
        },
    }
}

/// A photo that was checked, and taken because of these exceptions.
pub(crate) fn portrait_resting_on(exceptions: &[PhotoException]) -> Step {
    let Step::AttachPortrait { portrait } = portrait("second") else { unreachable!("it attaches a portrait") };
    Step::AttachPortrait { portrait: Portrait { checked: true, rests_on: exceptions.to_vec(), ..portrait } }
}

pub(crate) fn choose_exception(exception: PhotoException) -> Step {
    Step::ChoosePhotoException { exception, reason: received(REASON) }
}

pub(crate) fn on_paper() -> Step {
    Step::ChooseMedium { on_paper: Some(received("通信できないため")) }
}

/// The case after a step that must be accepted.
pub(crate) fn after(case: &Case, by: &str, step: Step) -> Case {
    let kind = step.kind();
    case.after(step, doing(by)).unwrap_or_else(|refused| panic!("{kind:?} was refused: {refused}"))
}

/// Who mends a problem with which step; `None` where nothing can.
pub(crate) fn mend(case: &Case, problem: &Problem) -> Option<(&'static str, Step)> {
    let step = match problem {
        Problem::ConsentMissing | Problem::ConsentInDoubt | Problem::LeaveBehindMissing => consent(),
        Problem::RepresentativeNeeded | Problem::AuthorityNotSeen => consent_by(Authority::Parent, true),
        Problem::EligibilityMissing | Problem::NonResident | Problem::MovePlanned | Problem::CanComeOrHasProxy => {
            eligibility(eligible())
        }
        Problem::RenewalNotDocumented | Problem::ServiceNotAvailable => return None,
        Problem::NameMissing => name(NAME),
        Problem::AddressMissing => Step::SetAddress { address: received(ADDRESS) },
        Problem::BirthDateMissing | Problem::BirthDateInFuture => born(BORN),
        Problem::SexMissing => Step::SetSex { sex: Sex::Female },
        Problem::NumberMissing | Problem::NumberUnfinished { .. } | Problem::NumberNotAllowed => {
            Step::SetNumber { number: application_id() }
        }
        Problem::ContactMissing => Step::SetContact { contact: contact() },
        Problem::EvidenceMissing { .. } => {
            let licence = case.evidence.seen.iter().any(|seen| seen.document.as_str() == "driving-licence");
            see(if licence { "passport" } else { "driving-licence" })
        }
        Problem::EvidenceNotMarked => return Some(("city-1", Step::MarkEvidenceSufficient)),
        Problem::PinEnvelopeMissing => Step::NumberPinEnvelope { envelope: read("e-0042") },
        Problem::PortraitMissing => portrait("first"),
        Problem::PhotoExceptionMissing { exception } => choose_exception(*exception),
        Problem::PaperFormMissing => Step::TakeItem { item: ItemKind::ApplicationForm },
        Problem::NotConfirmed => Step::Confirm,
    };
    Some(("worker-1", step))
}

/// Mends one problem after the other until the case is complete.
pub(crate) fn completed(case: Case) -> Case {
    const MORE_THAN_ENOUGH: usize = 40;
    let mut case = case;
    for _ in 0..MORE_THAN_ENOUGH {
        if case.status() == CaseStatus::Ready {
            return case;
        }
        let first = case.problems(&PROGRAMME).into_iter().next().expect("a draft names what it lacks");
        let (by, step) = mend(&case, &first).unwrap_or_else(|| panic!("nothing mends {first:?}"));
        case = after(&case, by, step);
    }
    panic!("the problems do not end: {:?}", case.problems(&PROGRAMME));
}

/// A complete case of a service.
pub(crate) fn ready(service: ServiceKind) -> Case {
    let case = completed(fresh(service));
    assert_eq!(case.received_at, morning());
    case
}

/// The problems by name, in order.
pub(crate) fn names(problems: &[Problem]) -> Vec<String> {
    let name = |problem| serde_json::to_value(problem).expect("plain data")["problem"].as_str().map(str::to_owned);
    problems.iter().filter_map(name).collect()
}

pub(crate) fn problems(case: &Case) -> Vec<Problem> {
    case.problems(&PROGRAMME)
}

/// A complete case at a venue, where no identity is checked, after one more step.
pub(crate) fn ready_and(step: Step) -> Case {
    after(&ready(ServiceKind::VenueApplication), "worker-1", step)
}

/// A complete case at a venue, whose resident was born on another day.
pub(crate) fn ready_but_born(on: &str) -> Case {
    ready_and(born(on))
}
