//! Enrolment: what is not the city's word for this very tablet is not taken.

use homon_app::{Error, Field, Refusal, Rule};
use homon_domain::programme::Mode;
use homon_seal::Signer;
use homon_seal::enrolment::ENROLMENT_TYP;
use homon_seal::jws::{sign, unverified_claims};
use serde_json::{Value, json};

use crate::personal::refused;
use crate::tablet::{MANAGER, Tablet};
use crate::world::World;

const NOT_TRUSTED: Error = Error::FixInput { field: Field::Enrolment, rule: Rule::EnrolmentNotTrusted };

/// Holds that an enrolment is refused, and that the right one is taken afterwards.
async fn refused_then_taken(world: &World, tablet: &Tablet, token: &str, fingerprint: &str) -> Error {
    let error = tablet.unchanged(tablet.accept(token, fingerprint)).await;
    assert!(!tablet.homon.is_enrolled().await.unwrap());
    let right = world.answer(&tablet.request().await);
    tablet.accept(&right, &world.fingerprint()).await.unwrap();
    assert!(tablet.homon.is_enrolled().await.unwrap());
    error
}

/// The city's answer with its claims changed, signed by the city's own authority.
pub(crate) fn signed_anew(world: &World, token: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut claims: Value = unverified_claims(token, ENROLMENT_TYP).unwrap();
    change(&mut claims);
    sign(Signer::City(&world.ca_key()), ENROLMENT_TYP, &claims).unwrap()
}

#[tokio::test]
async fn the_preview_says_what_people_compare() {
    let world = World::found();
    let tablet = world.tablet("tablet-1");
    let token = world.answer(&tablet.request().await);
    let preview = tablet.homon.preview_enrolment(token.clone()).await.unwrap();
    assert_eq!((preview.fingerprint, preview.mode), (world.fingerprint(), Mode::Training));
    assert!(preview.staff.iter().any(|member| member.code.as_str() == MANAGER.0));
    let read_aloud = world.fingerprint().to_uppercase().replace(' ', "  ");
    tablet.accept(&token, &read_aloud).await.unwrap();
    tablet.sign_in().await;
}

#[tokio::test]
async fn another_fingerprint() {
    let (world, other) = (World::found(), World::found());
    let tablet = world.tablet("tablet-1");
    let token = world.answer(&tablet.request().await);
    let differs = Error::FixInput { field: Field::Fingerprint, rule: Rule::FingerprintDiffers };
    for fingerprint in [other.fingerprint(), String::new(), world.fingerprint()[..70].to_owned()] {
        assert_eq!(tablet.unchanged(tablet.accept(&token, &fingerprint)).await, differs);
    }
    // The answer of another city to this very tablet.
    let elsewhere = other.answer(&tablet.request().await);
    assert_eq!(refused_then_taken(&world, &tablet, &elsewhere, &world.fingerprint()).await, differs);
}

#[tokio::test]
async fn for_another_tablet() {
    let world = World::found();
    let (one, two) = (world.tablet("tablet-1"), world.tablet("tablet-2"));
    let for_two = world.answer(&two.request().await);
    one.request().await;
    let error = refused_then_taken(&world, &one, &for_two, &world.fingerprint()).await;
    assert_eq!(error, Refusal::OtherDevice.into());
    two.accept(&for_two, &world.fingerprint()).await.unwrap();
}

#[tokio::test]
async fn changed_on_the_way() {
    let (world, other) = (World::found(), World::found());
    let tablet = world.tablet("tablet-1");
    let request = tablet.request().await;
    let token = world.answer(&request);
    let parts: Vec<&str> = token.split('.').collect();
    let flipped = |part: usize| {
        let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        let at = parts[part].len() / 2;
        let other = if parts[part].as_bytes()[at] == b'A' { "B" } else { "A" };
        parts[part].replace_range(at..=at, other);
        parts.join(".")
    };
    let claims: Value = unverified_claims(&token, ENROLMENT_TYP).unwrap();
    let forged = sign(Signer::City(&other.ca_key()), ENROLMENT_TYP, &claims).unwrap();
    let changed = [
        flipped(0),
        flipped(1),
        flipped(2),
        format!("{}.{}.", parts[0], parts[1]),
        token[..token.len() / 2].to_owned(),
        String::new(),
        request,
        forged,
        "葛原 ハツヱ".to_owned(),
    ];
    for token in changed {
        assert_eq!(tablet.unchanged(tablet.accept(&token, &world.fingerprint())).await, NOT_TRUSTED);
        assert_eq!(tablet.unchanged(tablet.homon.preview_enrolment(token)).await, NOT_TRUSTED);
    }
    tablet.accept(&token, &world.fingerprint()).await.unwrap();
}

#[tokio::test]
async fn a_programme_that_lacks_a_field_or_contradicts_itself() {
    let world = World::found();
    let tablet = world.tablet("tablet-1");
    let token = world.answer(&tablet.request().await);
    let fields: Value = unverified_claims(&token, ENROLMENT_TYP).unwrap();
    let may_be_left_out = ["municipality_kana", "towns"];
    let fields = fields["programme"].as_object().unwrap().keys();
    for field in fields.filter(|field| !may_be_left_out.contains(&field.as_str())) {
        let lacking = signed_anew(&world, &token, |claims| {
            claims["programme"].as_object_mut().unwrap().remove(field);
        });
        let error = tablet.unchanged(tablet.accept(&lacking, &world.fingerprint())).await;
        assert_eq!(error, NOT_TRUSTED, "{field}");
    }
    let contradictions: [fn(&mut Value); 4] = [
        |programme| programme["contract_until"] = json!("2026-01-01"),
        |programme| programme["services"] = json!([]),
        |programme| programme["sites"][0]["name"] = json!(null),
        |programme| programme["portrait"]["min_side"] = json!(9000),
    ];
    for contradict in contradictions {
        let faulty = signed_anew(&world, &token, |claims| contradict(&mut claims["programme"]));
        let error = tablet.unchanged(tablet.accept(&faulty, &world.fingerprint())).await;
        assert_eq!(error, Refusal::ProgrammeFaulty.into());
    }
    let same = signed_anew(&world, &token, |_| {});
    tablet.accept(&same, &world.fingerprint()).await.unwrap();
}

#[tokio::test]
async fn a_real_programme_wants_keys_in_hardware() {
    let world = World::found_with(r#"mode = "training""#, r#"mode = "real""#);
    let tablet = world.tablet("tablet-1");
    let token = world.answer(&tablet.request().await);
    assert_eq!(tablet.homon.preview_enrolment(token.clone()).await.unwrap().mode, Mode::Real);
    let error = tablet.unchanged(tablet.accept(&token, &world.fingerprint())).await;
    assert_eq!(error, Refusal::HardwareNeeded.into());
}

#[tokio::test]
async fn by_somebody_unknown_or_with_a_pin_that_is_none() {
    let world = World::found();
    let tablet = world.tablet("tablet-1");
    let (token, fingerprint) = (world.answer(&tablet.request().await), world.fingerprint());
    let accept = |staff: &str, pin: &str| {
        tablet.homon.accept_enrolment(token.clone(), fingerprint.clone(), staff.to_owned(), pin.to_owned())
    };
    let fix = |field, rule| Error::FixInput { field, rule };
    assert_eq!(tablet.unchanged(accept("worker-09", "508261")).await, Refusal::UnknownStaff.into());
    assert_eq!(tablet.unchanged(accept("見本 総括", "508261")).await, fix(Field::Staff, Rule::Code));
    for pin in ["", "50826", "50826１", "5082615082615"] {
        assert_eq!(tablet.unchanged(accept(MANAGER.0, pin)).await, fix(Field::NewPin, Rule::PinForm));
    }
    assert_eq!(tablet.unchanged(accept(MANAGER.0, "123456")).await, fix(Field::NewPin, Rule::PinTrivial));
    tablet.accept(&token, &fingerprint).await.unwrap();
}

#[tokio::test]
async fn before_and_after() {
    let world = World::found();
    let tablet = world.tablet("tablet-1");
    let unknown = world.answer(&world.tablet("tablet-2").request().await);
    let not_enrolled = Error::from(Refusal::NotEnrolled);
    assert_eq!(tablet.unchanged(tablet.try_sign_in(MANAGER)).await, not_enrolled);
    assert_eq!(tablet.unchanged(tablet.homon.staff_with_pin()).await, not_enrolled);
    let change = tablet.homon.change_pin(MANAGER.0.into(), MANAGER.1.into(), "294018".into());
    assert_eq!(tablet.unchanged(change).await, not_enrolled);
    // Without a request there is nothing that an answer could be to.
    assert_eq!(refused(tablet.accept(&unknown, &world.fingerprint()).await), Refusal::OtherDevice.into());
    let label = tablet.homon.enrolment_request("タブレット".to_owned());
    assert_eq!(refused(label.await), Error::FixInput { field: Field::Label, rule: Rule::Code });
    let token = world.answer(&tablet.request().await);
    tablet.accept(&token, &world.fingerprint()).await.unwrap();
    let again = tablet.unchanged(tablet.accept(&token, &world.fingerprint())).await;
    assert_eq!(again, Refusal::AlreadyEnrolled.into());
    let request = tablet.unchanged(tablet.homon.enrolment_request("tablet-1".to_owned())).await;
    assert_eq!(request, Refusal::AlreadyEnrolled.into());
}
