//! What a person types and takes: a mistake names the field and the rule, and is not stored.

use chrono::NaiveDate;
use homon_app::{CaseInput, Error, Field, Refusal, Rule};
use homon_domain::birthdate::BirthDateFault;
use homon_domain::case_step::StepRefused;
use homon_domain::numbers::NumberFault;
use homon_domain::text::{BadCharacter, TextFault};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::personal::{PERSONAL, assert_names_nobody};
use crate::tablet::PART;
use crate::world::World;

fn field_of(error: &Error) -> Option<Field> {
    if let Error::FixInput { field, .. } = error { Some(*field) } else { None }
}

#[tokio::test]
async fn each_mistake_names_its_field_and_changes_nothing() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_willing(visit).await;
    let long = "長".repeat(401);
    let mistakes = [
        (json!({"input": "name", "name": "葛原\u{202e}ハツヱ"}), Field::Name),
        (json!({"input": "name", "name": "葛原\u{0000}ハツヱ"}), Field::Name),
        (json!({"input": "name", "name": "\u{3000} "}), Field::Name),
        (json!({"input": "name", "name": "葛原 ハツヱ", "kana": "カツハラ\u{200b}ハツヱ"}), Field::Kana),
        (json!({"input": "address", "address": long}), Field::Address),
        (json!({"input": "birth_date", "text": "昭和65年1月1日"}), Field::BirthDate),
        (json!({"input": "birth_date", "text": "1930-02-30"}), Field::BirthDate),
        (json!({"input": "birth_date", "text": "2058-07-08"}), Field::BirthDate),
        (json!({"input": "birth_date", "text": "葛原"}), Field::BirthDate),
        (json!({"input": "application_id", "digits": "1621 583I"}), Field::ApplicationId),
        (json!({"input": "application_id", "digits": "162158397998898332648760"}), Field::ApplicationId),
        (json!({"input": "application_id_qr", "payload": "https://clinic.invalid/?n=30415926"}), Field::ApplicationId),
        (json!({"input": "individual_number", "digits": "123456789013"}), Field::IndividualNumber),
        (json!({"input": "individual_number", "digits": "12345678901"}), Field::IndividualNumber),
        (json!({"input": "contact", "whose": {"who": "own"}, "phone": "941-7719"}), Field::Phone),
        (
            json!({"input": "contact", "whose": {"who": "relation", "name": "\u{202e}"}, "phone": "083-041-7719"}),
            Field::ContactName,
        ),
        (
            json!({"input": "contact", "whose": {"who": "own"}, "phone": "083-041-7719", "hours": "\u{7}"}),
            Field::ContactHours,
        ),
        (json!({"input": "see_document", "document": "運転免許証"}), Field::Document),
        (json!({"input": "pin_envelope", "number": "封筒 2"}), Field::PinEnvelope),
        (json!({"input": "medium", "on_paper": " "}), Field::Reason),
        (json!({"input": "photo_exception", "exception": {"kind": "lying_down"}, "reason": long}), Field::Reason),
        (json!({"input": "leave", "leaving": {"outcome": "refused", "note": "\u{2066}"}}), Field::Note),
        (json!({"input": "place", "place": {"room": "\u{202d}101"}}), Field::Room),
        (json!({"input": "place", "place": {"bed": "\u{feff}"}}), Field::Bed),
    ];
    for (input, field) in mistakes {
        let error = tablet.unchanged(tablet.step(visit, case, input)).await;
        assert_eq!(field_of(&error), Some(field), "{error:?}");
    }
}

#[tokio::test]
async fn the_rule_says_what_is_wrong() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_willing(visit).await;
    let rule_of = async |input: Value| match tablet.unchanged(tablet.step(visit, case, input)).await {
        Error::FixInput { rule, .. } => rule,
        other => panic!("{other:?}"),
    };
    let bidirectional = TextFault::Character { kind: BadCharacter::Bidirectional, position: 3 };
    assert_eq!(rule_of(json!({"input": "name", "name": "葛原\u{202e}ハツヱ"})).await, Rule::Text(bidirectional));
    let check_digit = rule_of(json!({"input": "individual_number", "digits": "123456789013"})).await;
    assert_eq!(check_digit, Rule::Number(NumberFault::CheckDigit));
    let future = rule_of(json!({"input": "birth_date", "text": "2058-07-08"})).await;
    assert_eq!(future, Rule::Date(BirthDateFault::InFuture));
}

#[tokio::test]
async fn what_the_rules_of_the_case_refuse() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let fresh = tablet.receive(visit).await;
    let case = tablet.receive_willing(visit).await;
    let refusals = [
        (fresh, json!({"input": "name", "name": "葛原 ハツヱ"}), StepRefused::ConsentFirst),
        (case, json!({"input": "confirm"}), StepRefused::NotNow),
        (case, json!({"input": "see_document", "document": "library-card"}), StepRefused::NoSuchDocument),
        (case, json!({"input": "individual_number", "digits": "123456789018"}), StepRefused::NumberNotAllowed),
        (
            case,
            json!({"input": "settle_item", "item": "letter", "settlement": {"how": "returned"}}),
            StepRefused::NoSuchItem,
        ),
    ];
    for (case, input, why) in refusals {
        let error = tablet.unchanged(tablet.step(visit, case, input)).await;
        assert_eq!(error, Refusal::Step(why).into());
    }
    let nobody = homon_domain::ids::CaseId::make();
    let error = tablet.unchanged(tablet.step(visit, nobody, json!({"input": "confirm"}))).await;
    assert_eq!(error, Refusal::NoSuchCase.into());
    let stranger = homon_domain::ids::VisitId::make();
    let error = tablet.unchanged(tablet.step(stranger, case, json!({"input": "confirm"}))).await;
    assert_eq!(error, Refusal::NoSuchVisit.into());
}

#[tokio::test]
async fn a_photo_that_is_none() {
    let world = World::found();
    let tablet = world.enrolled("tablet-1").await;
    let visit = tablet.open_visit().await;
    let case = tablet.receive_willing(visit).await;
    for bytes in [Vec::new(), vec![0xff; 30_000], "葛原 ハツヱ".repeat(2000).into_bytes()] {
        let error = tablet.unchanged(tablet.homon.attach_portrait(visit, PART, case, bytes)).await;
        assert_eq!(field_of(&error), Some(Field::Photo), "{error:?}");
    }
}

/// Somebody's data, typed into any field, with something wrong around it or not.
fn typed() -> impl Strategy<Value = String> {
    let personal = (0..PERSONAL.len()).prop_map(|index| PERSONAL[index].clone());
    let around = prop_oneof![Just(""), Just("\u{202e}"), Just("\u{0}"), Just(" "), Just("1"), Just("\u{e0100}")];
    (around.clone(), personal, around).prop_map(|(before, text, after)| format!("{before}{text}{after}"))
}

fn inputs(text: &str) -> [Value; 20] {
    let own = json!({"who": "own"});
    let relation = json!({"who": "relation", "name": text});
    let guardian = json!({"name": text, "authority": "parent", "proof_seen": true});
    [
        json!({"input": "place", "place": {"room": text}}),
        json!({"input": "place", "place": {"bed": text}}),
        json!({"input": "name", "name": text}),
        json!({"input": "name", "name": "名", "kana": text}),
        json!({"input": "address", "address": text}),
        json!({"input": "birth_date", "text": text}),
        json!({"input": "application_id", "digits": text}),
        json!({"input": "application_id_qr", "payload": text}),
        json!({"input": "individual_number", "digits": text}),
        json!({"input": "contact", "whose": own, "phone": text}),
        json!({"input": "contact", "whose": own, "phone": "083-041-7719", "hours": text}),
        json!({"input": "contact", "whose": relation, "phone": "083-041-7719"}),
        json!({"input": "see_document", "document": text}),
        json!({"input": "withdraw_document", "document": text}),
        json!({"input": "pin_envelope", "number": text}),
        json!({"input": "medium", "on_paper": text}),
        json!({"input": "photo_exception", "exception": {"kind": "eyes_do_not_open"}, "reason": text}),
        json!({"input": "leave", "leaving": {"outcome": "refused", "note": text}}),
        json!({"input": "consent", "representative": guardian, "how": "spoken", "explained_by": text,
            "explanation": "visit-1", "leave_behind": true}),
        json!({"input": "consent", "how": "spoken", "explained_by": "worker-01", "explanation": text,
            "leave_behind": true}),
    ]
}

proptest! {
    #[test]
    fn whatever_is_typed_anywhere_a_refusal_does_not_repeat_it(text in typed()) {
        let today = NaiveDate::from_ymd_opt(2026, 9, 16).unwrap();
        for input in inputs(&text) {
            let input: CaseInput = serde_json::from_value(input).unwrap();
            if let Err(error) = input.step(today) {
                let said = format!("{error} {error:?}");
                prop_assert!(!said.contains(&text));
                assert_names_nobody(&error);
            }
        }
    }
}
