//! Signed tokens: what is accepted, what is not, and how they look on the wire.
#![allow(clippy::unwrap_used)]

mod common;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{SigningVault, closing, device, noon, visit_key, visit_subject};
use homon_domain::ids::{DeviceId, SealNumber};
use homon_domain::platform::{KeyAlias, KeyVault, VaultError, VaultKind};
use homon_domain::programme::Mode;
use homon_seal::jws::{self, MAX_TOKEN, SignError, TokenError};
use homon_seal::manifest::{FORMAT, MANIFEST_TYP};
use homon_seal::receipt::{HELD_TYP, OPENED_TYP, ReceiptError, issue_held, issue_opened};
use homon_seal::{
    Entry, EntryPath, HandedOver, HeldReceipt, Manifest, OpenedReceipt, PackageKey, Sha256Digest, Signer, SigningKey,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use zeroize::Zeroizing;

const TYP: &str = "test+jws";

fn part(token: &str, index: usize) -> String {
    let part = token.split('.').nth(index).unwrap();
    String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Header and claims as they are signed, spread out for the eye.
fn shown(token: &str) -> String {
    let pretty = |text: String| serde_json::to_string_pretty(&serde_json::from_str::<Value>(&text).unwrap()).unwrap();
    let header = part(token, 0);
    let kid = header.split('"').nth_back(1).unwrap().to_owned();
    format!("{}\n{}", pretty(header).replace(&kid, "[kid]"), pretty(part(token, 1)))
}

/// Signs whatever header it is given.
fn forged(key: &SigningVault, header: &str, claims: &str) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let der = key.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(homon_seal::ecdsa::fixed_from_der(&der).unwrap()))
}

#[test]
fn device_and_city_sign_alike() {
    let city = SigningKey::make();
    let vault = SigningVault::from_pkcs8_der(city.to_pkcs8_der());
    assert_eq!(vault.public_key(), city.public_key());
    for signer in [Signer::Device(&vault), Signer::City(&city)] {
        let token = jws::sign(signer, TYP, &json!({"n": 1})).unwrap();
        assert_eq!(jws::verify::<Value>(&token, TYP, &city.public_key()), Ok(json!({"n": 1})));
        assert_eq!(
            part(&token, 0),
            format!(r#"{{"alg":"ES256","typ":"test+jws","kid":"{}"}}"#, city.public_key().kid())
        );
    }
}

/// RFC 7515 appendix A.3: a signature that others made, over a header that is not ours.
#[test]
fn the_example_of_the_standard_has_a_good_signature_but_no_type() {
    let key = serde_json::from_str(
        r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
    )
    .unwrap();
    let token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    assert_eq!(jws::verify::<Value>(token, TYP, &key), Err(TokenError::Malformed));
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let der = homon_seal::ecdsa::der_from_fixed(&signature.clone().try_into().unwrap());
    ring::signature::UnparsedPublicKey::new(&ring::signature::ECDSA_P256_SHA256_ASN1, key.as_sec1())
        .verify(signed.as_bytes(), &der)
        .unwrap();
}

#[test]
fn only_the_exact_header_is_accepted() {
    let key = SigningVault::make();
    let kid = key.public_key().kid();
    let verify = |header: String| jws::verify::<Value>(&forged(&key, &header, "{}"), TYP, &key.public_key());
    let right = format!(r#"{{"alg":"ES256","typ":"{TYP}","kid":"{kid}"}}"#);
    assert_eq!(verify(right.clone()), Ok(json!({})));
    for (from, to, error) in [
        ("ES256", "none", TokenError::WrongAlgorithm),
        ("ES256", "HS256", TokenError::WrongAlgorithm),
        ("ES256", "es256", TokenError::WrongAlgorithm),
        (TYP, "TEST+jws", TokenError::WrongType),
        (TYP, "application/test+jws", TokenError::WrongType),
        (TYP, "", TokenError::WrongType),
        (&kid, "other", TokenError::OtherKey),
        ("}", r#","crit":["exp"]}"#, TokenError::Malformed),
        ("}", r#","crit":[]}"#, TokenError::Malformed),
        ("}", r#","b64":false}"#, TokenError::Malformed),
        ("}", r#","jwk":{}}"#, TokenError::Malformed),
        ("}", r#","alg":"none"}"#, TokenError::Malformed),
        ("}", r#"}{}"#, TokenError::Malformed),
        (r#""kid""#, r#""Kid""#, TokenError::Malformed),
    ] {
        assert_eq!(verify(right.replacen(from, to, 1)), Err(error), "{from} to {to}");
    }
}

#[test]
fn other_shapes_are_refused() {
    let key = SigningVault::make();
    let token = jws::sign(Signer::Device(&key), TYP, &json!({"n": 1})).unwrap();
    let verify = |token: &str| jws::verify::<Value>(token, TYP, &key.public_key());
    assert!(verify(&token).is_ok());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    for wrong in [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        signed.into(),
        format!("{token}."),
        format!(".{token}"),
        format!("{token} "),
        format!("{token}\n"),
        format!("{token}=="),
        format!("{signed}."),
        format!("{signed}.{}", &signature[..84]),
        format!("{signed}.{signature}AA"),
    ] {
        let error = verify(&wrong).expect_err("another shape");
        assert!(matches!(error, TokenError::Malformed | TokenError::BadSignature), "{wrong}: {error:?}");
    }
    assert_eq!(verify(&"A".repeat(MAX_TOKEN + 1)), Err(TokenError::TooLong));
}

proptest! {
    /// Base64url without padding has one spelling for each length, so every changed letter is a changed token. The last
    /// letter of each part has spare bits, which must be zero.
    #[test]
    fn a_changed_letter_is_noticed(at in any::<usize>(), to in "[A-Za-z0-9_.-]") {
        let key = SigningVault::make();
        let token = jws::sign(Signer::Device(&key), TYP, &json!({"n": "some claims"})).unwrap();
        let mut changed = token.clone();
        changed.replace_range(at % token.len()..=at % token.len(), &to);
        prop_assume!(changed != token);
        prop_assert!(jws::verify::<Value>(&changed, TYP, &key.public_key()).is_err());
    }
}

#[test]
fn a_token_too_long_to_be_read_is_not_written() {
    let key = SigningKey::make();
    let claims = "x".repeat(MAX_TOKEN);
    assert!(matches!(jws::sign(Signer::City(&key), TYP, &claims), Err(SignError::TooLong)));
}

#[test]
fn an_error_quotes_nothing_of_the_claims() {
    let key = SigningKey::make();
    let token = jws::sign(Signer::City(&key), TYP, &json!({"name": "canary"})).unwrap();
    let error = jws::verify::<u32>(&token, TYP, &key.public_key()).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"));
}

#[test]
fn a_vault_that_fails_or_answers_nonsense_is_an_error() {
    struct Odd {
        point: Result<Vec<u8>, VaultError>,
        signature: Result<Vec<u8>, VaultError>,
    }
    impl KeyVault for Odd {
        fn kind(&self) -> VaultKind {
            VaultKind::Software
        }
        fn create(&self, _: &KeyAlias) -> Result<(), VaultError> {
            Ok(())
        }
        fn wrap(&self, _: &KeyAlias, _: &[u8]) -> Result<Vec<u8>, VaultError> {
            Err(VaultError::Unavailable)
        }
        fn unwrap(&self, _: &KeyAlias, _: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
            Err(VaultError::Unavailable)
        }
        fn destroy(&self, _: &KeyAlias) -> Result<(), VaultError> {
            Ok(())
        }
        fn contains(&self, _: &KeyAlias) -> Result<bool, VaultError> {
            Ok(false)
        }
        fn device_public_key(&self) -> Result<Vec<u8>, VaultError> {
            self.point.clone()
        }
        fn sign(&self, _: &[u8]) -> Result<Vec<u8>, VaultError> {
            self.signature.clone()
        }
    }
    let sign = |point, signature| jws::sign(Signer::Device(&Odd { point, signature }), TYP, &json!({})).unwrap_err();
    let point = || Ok(SigningVault::make().public_key().as_sec1().to_vec());
    assert!(matches!(sign(Err(VaultError::Unavailable), Ok(vec![])), SignError::Vault(VaultError::Unavailable)));
    assert!(matches!(sign(Ok(vec![4; 64]), Ok(vec![])), SignError::BadVault));
    assert!(matches!(sign(point(), Err(VaultError::KeyMissing)), SignError::Vault(VaultError::KeyMissing)));
    assert!(matches!(sign(point(), Ok(vec![0x30, 0])), SignError::BadVault));
}

fn digest() -> Sha256Digest {
    Sha256Digest::of(b"the sealed file")
}

#[test]
fn receipts_say_what_they_prove() {
    let (intake, desk) = (SigningKey::make(), SigningKey::make());
    let held = issue_held(&intake, &visit_key(), digest(), noon()).unwrap();
    let held = HeldReceipt::verify(&held, &[intake.public_key()], &visit_key(), digest()).unwrap();
    assert_eq!((*held.key(), held.sha256(), held.at()), (visit_key(), digest(), noon()));

    let recipients = Sha256Digest::of(b"recipients");
    let opened = issue_opened(&desk, &visit_key(), digest(), recipients, noon()).unwrap();
    let opened = OpenedReceipt::verify(&opened, &[desk.public_key()], &visit_key(), digest()).unwrap();
    assert_eq!((*opened.key(), opened.sha256(), opened.at()), (visit_key(), digest(), noon()));
    assert_eq!(opened.recipients(), recipients);
}

#[test]
fn a_receipt_is_good_for_one_package_and_one_digest_only() {
    let (intake, desk) = (SigningKey::make(), SigningKey::make());
    let held = issue_held(&intake, &visit_key(), digest(), noon()).unwrap();
    let opened = issue_opened(&desk, &visit_key(), digest(), digest(), noon()).unwrap();
    let (homon_seal::Subject::Visit { visit, part }, key) = (visit_subject(), visit_key()) else { unreachable!() };
    let other_digest = Sha256Digest::of(b"another sealed file");
    for (expected, sha256) in [
        (PackageKey { device: DeviceId::make(), ..key }, digest()),
        (PackageKey { seal: SealNumber::FIRST.next(), ..key }, digest()),
        (PackageKey { subject: homon_seal::Subject::Hello, ..key }, digest()),
        (PackageKey { subject: homon_seal::Subject::Tally { visit, part }, ..key }, digest()),
        (PackageKey { subject: homon_seal::Subject::Visit { visit, part: part.next() }, ..key }, digest()),
        (key, other_digest),
    ] {
        let wrong = Err(ReceiptError::OtherPackage);
        assert_eq!(HeldReceipt::verify(&held, &[intake.public_key()], &expected, sha256).map(|_| ()), wrong);
        assert_eq!(OpenedReceipt::verify(&opened, &[desk.public_key()], &expected, sha256).map(|_| ()), wrong);
    }
}

/// Even with one key for everything, which no enrolment allows, a token of one type never passes for another.
#[test]
fn no_token_passes_for_one_of_another_type() {
    let key = SigningKey::make();
    let public = key.public_key();
    let held = issue_held(&key, &visit_key(), digest(), noon()).unwrap();
    let opened = issue_opened(&key, &visit_key(), digest(), digest(), noon()).unwrap();
    let manifest = jws::sign(Signer::City(&key), MANIFEST_TYP, &manifest()).unwrap();
    let wrong = ReceiptError::Token(TokenError::WrongType);
    for token in [&opened, &manifest] {
        assert_eq!(HeldReceipt::verify(token, &[public], &visit_key(), digest()).unwrap_err(), wrong);
    }
    for token in [&held, &manifest] {
        assert_eq!(OpenedReceipt::verify(token, &[public], &visit_key(), digest()).unwrap_err(), wrong);
    }
    for token in [&held, &opened] {
        assert_eq!(jws::verify::<Manifest>(token, MANIFEST_TYP, &public).unwrap_err(), TokenError::WrongType);
        assert_eq!(jws::unverified_claims::<Value>(token, MANIFEST_TYP).unwrap_err(), TokenError::WrongType);
    }
}

#[test]
fn the_intake_cannot_sign_for_the_desk() {
    let (intake, desk) = (SigningKey::make(), SigningKey::make());
    let forged = issue_opened(&intake, &visit_key(), digest(), digest(), noon()).unwrap();
    let error = OpenedReceipt::verify(&forged, &[desk.public_key()], &visit_key(), digest()).unwrap_err();
    assert_eq!(error, ReceiptError::Token(TokenError::OtherKey));

    // With the desk's name in the header, too.
    let honest = issue_opened(&desk, &visit_key(), digest(), digest(), noon()).unwrap();
    let (header, rest) = (honest.split('.').next().unwrap(), forged.split_once('.').unwrap().1);
    let error = OpenedReceipt::verify(&format!("{header}.{rest}"), &[desk.public_key()], &visit_key(), digest());
    assert_eq!(error.unwrap_err(), ReceiptError::Token(TokenError::BadSignature));
}

/// A held receipt that claims recipients has never been issued; one that is opened must.
#[test]
fn recipients_stand_in_opened_receipts_only() {
    let key = SigningVault::make();
    let claims = |recipients: Value| {
        let PackageKey { device, subject, seal } = visit_key();
        json!({"device": device, "subject": subject, "seal": seal, "sha256": digest(), "at": noon(), "recipients": recipients})
    };
    let malformed = ReceiptError::Token(TokenError::Malformed);
    let held = jws::sign(Signer::Device(&key), HELD_TYP, &claims(json!(digest()))).unwrap();
    assert_eq!(HeldReceipt::verify(&held, &[key.public_key()], &visit_key(), digest()).unwrap_err(), malformed);
    let opened = jws::sign(Signer::Device(&key), OPENED_TYP, &claims(Value::Null)).unwrap();
    assert_eq!(OpenedReceipt::verify(&opened, &[key.public_key()], &visit_key(), digest()).unwrap_err(), malformed);
}

fn manifest() -> Manifest {
    let closing = closing();
    let listed =
        |path, content: &str| Entry { path, size: content.len() as u64, sha256: Sha256Digest::of(content.as_bytes()) };
    Manifest {
        format: FORMAT,
        key: visit_key(),
        handover: None,
        programme: closing.programme,
        mode: closing.mode,
        made_at: noon(),
        recipients: Sha256Digest::of(b"recipients"),
        reason: Some("late-withdrawal".parse().unwrap()),
        entries: vec![
            listed(EntryPath::Visit, "{}"),
            listed(common::case(1), "{}"),
            listed(common::photo(1), "jpeg"),
            listed(common::activity_record(), "{}"),
            listed(common::activity_photo(), "jpeg"),
        ],
        counts: closing.counts,
        audit_head: closing.audit_head,
    }
}

fn handover_manifest() -> Manifest {
    let homon_seal::Subject::Visit { visit, part } = visit_subject() else { unreachable!() };
    let key = PackageKey { subject: homon_seal::Subject::Handover { visit, part }, ..visit_key() };
    let listed = Entry { path: EntryPath::Handovers, size: 0, sha256: Sha256Digest::of(b"") };
    let to = DeviceId(uuid::uuid!("6c1d9f1f-8a2d-4f7b-8e63-1f7f4f2f3b12"));
    let handover = Some(HandedOver { to, certificate_pem: "-----BEGIN CERTIFICATE-----".to_owned() });
    Manifest { key, handover, reason: None, entries: vec![listed], ..manifest() }
}

#[test]
fn the_wire_forms_have_not_changed() {
    let key = SigningKey::make();
    assert_eq!(visit_key().device, device());
    insta::assert_snapshot!("manifest", shown(&jws::sign(Signer::City(&key), MANIFEST_TYP, &manifest()).unwrap()));
    let handed_over = handover_manifest();
    insta::assert_snapshot!(
        "manifest_handover",
        shown(&jws::sign(Signer::City(&key), MANIFEST_TYP, &handed_over).unwrap())
    );
    insta::assert_snapshot!("receipt_held", shown(&issue_held(&key, &visit_key(), digest(), noon()).unwrap()));
    let opened = issue_opened(&key, &visit_key(), digest(), Sha256Digest::of(b"recipients"), noon()).unwrap();
    insta::assert_snapshot!("receipt_opened", shown(&opened));
}

#[test]
fn a_manifest_of_before_modes_is_of_real_residents() {
    let mut written = serde_json::to_value(manifest()).unwrap();
    assert!(manifest().is_practice_at(Mode::Real) && !manifest().is_practice_at(Mode::Training));
    written.as_object_mut().unwrap().remove("mode").unwrap();
    let read: Manifest = serde_json::from_value(written).unwrap();
    assert_eq!(read.mode, Mode::Real);
    assert!(!read.is_practice_at(Mode::Real));
}
