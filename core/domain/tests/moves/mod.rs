//! What people might do next with a case, sensible or not.

use chrono::NaiveDate;
use homon_domain::applicant::{Contact, RegisterNumber, Sex};
use homon_domain::case::{Case, Eligibility, IneligibleReason, Leaving, RevisitReason, RoundPlace};
use homon_domain::case_step::Step;
use homon_domain::consent::{Authority, ConsentAnswers, ExpressedBy};
use homon_domain::custody::{ItemKind, Settlement};
use homon_domain::ids::Code;
use homon_domain::photo_exception::PhotoException;
use homon_domain::programme::ServiceKind;
use homon_domain::staff::StaffMember;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::support::journey::{
    ADDRESS, NAME, answers, application_id, born, choose_exception, completed, contact, fresh, individual_number, name,
    on_paper, place, portrait, portrait_resting_on, see, unfinished, withdraw,
};
use crate::support::{PROGRAMME, day, read, received};

/// What the next person does.
#[derive(Clone, Debug)]
pub(crate) enum Move {
    /// Anything.
    Any(&'static StaffMember, Step),
    /// What the first problem asks for.
    Mend,
}

fn any_code(known: &'static [&'static str]) -> impl Strategy<Value = Code> {
    prop_oneof![9 => select(known), 1 => Just("no-such-code")].prop_map(read)
}

fn any_consent() -> impl Strategy<Value = Step> {
    let representative =
        prop::option::of((select(&[Authority::Parent, Authority::GuardianOfAdult][..]), any::<bool>()));
    let staff = any_code(&["worker-1", "city-1"]);
    (representative, staff, any_code(&["card-1"]), prop::bool::weighted(0.9), prop::bool::weighted(0.1)).prop_map(
        |(representative, explained_by, explanation, leave_behind, doubtful)| {
            let by = representative.map_or(ExpressedBy::Resident, |(authority, proof_seen)| {
                ExpressedBy::LegalRepresentative { name: received("親 権子"), authority, proof_seen }
            });
            let answers = ConsentAnswers { explained_by, explanation, leave_behind, doubtful, ..answers(by) };
            Step::RecordConsent { answers }
        },
    )
}

fn any_eligibility() -> impl Strategy<Value = Step> {
    (any::<bool>(), any::<bool>(), any::<Option<bool>>(), any::<Option<bool>>()).prop_map(
        |(registered_here, move_planned, cannot_come, no_proxy)| Step::AnswerEligibility {
            eligibility: Eligibility { registered_here, move_planned, cannot_come, no_proxy },
        },
    )
}

fn any_number() -> impl Strategy<Value = RegisterNumber> {
    select(vec![application_id(), individual_number(), unfinished("1234567")])
}

fn any_item() -> impl Strategy<Value = ItemKind> {
    select(&[ItemKind::Letter, ItemKind::ApplicationForm, ItemKind::Card][..])
}

fn any_settlement() -> impl Strategy<Value = Settlement> {
    let explained = Settlement::Explained { reason: received("施設長が預かる") };
    select(vec![Settlement::Returned, Settlement::HandedToCity, explained])
}

fn any_leaving() -> impl Strategy<Value = Leaving> {
    use IneligibleReason::{CanComeOrHasProxy, HasCard, NonResident, NotDue};
    let note = || prop::option::of(Just(received("今日はやめておく")));
    let reason = select(&[NonResident, CanComeOrHasProxy, NotDue, HasCard][..]);
    let on = prop::option::of(select(&["2026-11-23", "2026-11-24", "2026-12-01"][..]).prop_map(day));
    prop_oneof![
        note().prop_map(|note| Leaving::Refused { note }),
        note().prop_map(|note| Leaving::Withdrawn { note }),
        reason.prop_map(|reason| Leaving::Ineligible { reason }),
        on.prop_map(|on: Option<NaiveDate>| Leaving::Revisit { reason: RevisitReason::Unwell, on }),
    ]
}

fn any_attribute() -> impl Strategy<Value = Step> {
    prop_oneof![
        select(&[NAME, "別名 某"][..]).prop_map(name),
        select(&[ADDRESS, "別の住所"][..]).prop_map(|text| Step::SetAddress { address: received(text) }),
        select(&["1930-03-12", "1930", "2015-05-05", "2026-10-01", "2027-01-01"][..]).prop_map(born),
        select(&[Sex::Male, Sex::Female][..]).prop_map(|sex| Step::SetSex { sex }),
        any_number().prop_map(|number| Step::SetNumber { number }),
        prop::bool::ANY.prop_map(|hours| {
            let contact = contact();
            Step::SetContact { contact: Contact { hours: contact.hours.filter(|_| hours), ..contact } }
        }),
    ]
}

fn any_paper() -> impl Strategy<Value = Step> {
    let document = || select(&["driving-licence", "passport", "pension-book", "letter", "no-such-code"][..]);
    prop_oneof![
        document().prop_map(see),
        document().prop_map(withdraw),
        Just(Step::MarkEvidenceSufficient),
        Just(Step::NumberPinEnvelope { envelope: read("e-0042") }),
        any_item().prop_map(|item| Step::TakeItem { item }),
        (any_item(), any_settlement()).prop_map(|(item, settlement)| Step::SettleItem { item, settlement }),
    ]
}

fn any_photo() -> impl Strategy<Value = Step> {
    let exception = || select(&PhotoException::ALL[..]);
    prop_oneof![
        3 => select(&["first", "second"][..]).prop_map(portrait),
        1 => subsequence(&PhotoException::ALL[..], 0..=2).prop_map(|exceptions| portrait_resting_on(&exceptions)),
        2 => exception().prop_map(choose_exception),
        2 => exception().prop_map(|exception| Step::RevokePhotoException { exception }),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => any_consent(),
        2 => any_eligibility(),
        6 => any_attribute(),
        6 => any_paper(),
        4 => any_photo(),
        1 => Just(on_paper()),
        1 => Just(Step::ChooseMedium { on_paper: None }),
        1 => Just(Step::Place { place: RoundPlace { queue: Some(7), ..place() } }),
        1 => Just(Step::Confirm),
        2 => any_leaving().prop_map(|leaving| Step::Leave { leaving }),
        2 => Just(Step::Reopen),
    ]
}

fn any_staff() -> impl Strategy<Value = &'static StaffMember> {
    select(PROGRAMME.staff.iter().collect::<Vec<_>>())
}

/// A fresh case of any service, or a complete one.
pub(crate) fn any_start() -> impl Strategy<Value = Case> {
    let complete =
        select(&[ServiceKind::VisitApplication, ServiceKind::VenueApplication][..]).prop_map(|s| completed(fresh(s)));
    let all = [
        ServiceKind::VisitApplication,
        ServiceKind::VenueApplication,
        ServiceKind::VisitRenewal,
        ServiceKind::PortalSupport,
    ];
    prop_oneof![complete, select(all.to_vec()).prop_map(fresh)]
}

/// Mostly what the journey asks for, so that complete cases are common.
pub(crate) fn any_move() -> impl Strategy<Value = Move> {
    let anything = (any_staff(), any_step()).prop_map(|(by, step)| Move::Any(by, step));
    prop_oneof![2 => anything, 3 => Just(Move::Mend)]
}
