//! How a tablet joins: with real certificates, and with every wrong one.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{device, noon};
use homon_seal::enrolment::{EnrolmentError, FORMAT, ca_fingerprint, claimed_fingerprint, fingerprint_groups};
use homon_seal::jws::{self, TokenError};
use homon_seal::{
    Enrolment, EnrolmentRecipients, EnrolmentRequest, FormerKeys, Identity, Recipients, Sha256Digest, Signer,
    SigningKey, enrolment,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, PKCS_ED25519};

type Programme = BTreeMap<String, String>;

fn pair(key: &SigningKey) -> KeyPair {
    KeyPair::from_pem(&key.to_pkcs8_pem()).unwrap()
}

struct City {
    key: SigningKey,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl City {
    fn make() -> Self {
        let key = SigningKey::make();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, pair(&key)).unwrap();
        Self { key, issuer }
    }

    fn certificate_for(&self, key: &SigningKey) -> String {
        let params = CertificateParams::new(vec!["tablet".into()]).unwrap();
        params.signed_by(&pair(key), &self.issuer).unwrap().pem()
    }

    fn fingerprint(&self) -> Sha256Digest {
        ca_fingerprint(&self.issuer.pem()).unwrap()
    }

    fn enrolment(&self, tablet: &SigningKey) -> Enrolment<Programme> {
        let recovery = Identity::make_x25519().recipient();
        let work = Recipients::new(vec![Identity::make_x25519().recipient(), recovery.clone()]).unwrap();
        Enrolment {
            format: FORMAT,
            serial: 1,
            device: device(),
            programme: BTreeMap::from([("code".into(), "shimonoseki".into())]),
            client_certificate_pem: self.certificate_for(tablet),
            ca_pem: self.issuer.pem(),
            other_ca_pem: None,
            intake_url: "https://intake.example/".into(),
            server_name: "intake.example".into(),
            recipients: EnrolmentRecipients { work, recovery: Recipients::new(vec![recovery]).unwrap(), office: None },
            held_key: SigningKey::make().public_key(),
            opened_key: SigningKey::make().public_key(),
            mail_key: SigningKey::make().public_key(),
            former: FormerKeys::default(),
            issued_at: noon(),
        }
    }
}

fn request(tablet: &SigningKey, csr_key: &SigningKey) -> EnrolmentRequest {
    let params = CertificateParams::new(vec!["tablet".into()]).unwrap();
    EnrolmentRequest {
        format: FORMAT,
        csr_pem: params.serialize_request(&pair(csr_key)).unwrap().pem().unwrap(),
        mailbox: Identity::make_hybrid().recipient(),
        label: "tablet-03".parse().unwrap(),
        device_key: tablet.public_key(),
        made_at: noon(),
    }
}

#[test]
fn a_request_proves_its_key() {
    let tablet = SigningKey::make();
    let request = request(&tablet, &tablet);
    let token = request.sign(Signer::City(&tablet)).unwrap();
    assert_eq!(EnrolmentRequest::verify(&token), Ok(request));
}

#[test]
fn a_request_for_another_key_is_refused() {
    let (tablet, other) = (SigningKey::make(), SigningKey::make());
    let token = request(&tablet, &other).sign(Signer::City(&tablet)).unwrap();
    assert_eq!(EnrolmentRequest::verify(&token), Err(EnrolmentError::OtherDevice));
    let token = request(&tablet, &tablet).sign(Signer::City(&other)).unwrap();
    assert_eq!(EnrolmentRequest::verify(&token), Err(EnrolmentError::Token(TokenError::OtherKey)));
}

#[test]
fn a_request_with_an_unusable_certificate_request_is_refused() {
    let tablet = SigningKey::make();
    let good = request(&tablet, &tablet);
    let edwards = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let other_curve = CertificateParams::default().serialize_request(&edwards).unwrap().pem().unwrap();
    let unsigned = {
        // The last letters of the body belong to the signature.
        let at = good.csr_pem.rfind("\n-----END").unwrap() - 8;
        let mut pem = good.csr_pem.clone();
        let other = if &pem[at..=at] == "A" { "B" } else { "A" };
        pem.replace_range(at..=at, other);
        pem
    };
    for csr_pem in [
        String::new(),
        "no pem".into(),
        good.csr_pem.replace("CERTIFICATE REQUEST", "CERTIFICATE"),
        format!("{0}{0}", good.csr_pem),
        other_curve,
        unsigned,
    ] {
        let token = EnrolmentRequest { csr_pem: csr_pem.clone(), ..good.clone() }.sign(Signer::City(&tablet)).unwrap();
        assert_eq!(EnrolmentRequest::verify(&token), Err(EnrolmentError::BadCertificate), "{csr_pem}");
    }
    let token = EnrolmentRequest { format: 2, ..good }.sign(Signer::City(&tablet)).unwrap();
    assert_eq!(EnrolmentRequest::verify(&token), Err(EnrolmentError::UnknownFormat));
}

#[test]
fn an_enrolment_is_accepted_from_the_compared_authority() {
    let (city, tablet) = (City::make(), SigningKey::make());
    let enrolment = city.enrolment(&tablet);
    let token = enrolment.sign(&city.key).unwrap();
    assert_eq!(claimed_fingerprint(&token), Ok(city.fingerprint()));
    assert_eq!(Enrolment::verify(&token, &city.fingerprint(), &tablet.public_key()), Ok(enrolment));
}

#[test]
fn an_enrolment_from_anyone_else_is_refused() {
    let (city, impostor, tablet) = (City::make(), City::make(), SigningKey::make());
    let verify =
        |token: &str| Enrolment::<Programme>::verify(token, &city.fingerprint(), &tablet.public_key()).map(|_| ());
    // With a certificate of his own.
    let token = impostor.enrolment(&tablet).sign(&impostor.key).unwrap();
    assert_eq!(verify(&token), Err(EnrolmentError::OtherAuthority));
    // With the city's certificate, which everybody has, and a key of his own.
    let token = city.enrolment(&tablet).sign(&impostor.key).unwrap();
    assert_eq!(verify(&token), Err(EnrolmentError::Token(TokenError::OtherKey)));
    // With the city's certificate beside his own.
    let both = format!("{}{}", city.issuer.pem(), impostor.issuer.pem());
    let token = Enrolment { ca_pem: both, ..impostor.enrolment(&tablet) }.sign(&impostor.key).unwrap();
    assert_eq!(verify(&token), Err(EnrolmentError::BadCertificate));
    // Honest, and changed on the way.
    let token = city.enrolment(&tablet).sign(&city.key).unwrap();
    let claims = token.split('.').nth(1).unwrap();
    let json = String::from_utf8(URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let changed = URL_SAFE_NO_PAD.encode(json.replace("intake.example", "1ntake.example"));
    assert_eq!(verify(&token.replace(claims, &changed)), Err(EnrolmentError::Token(TokenError::BadSignature)));
}

#[test]
fn an_enrolment_for_another_tablet_is_refused() {
    let (city, tablet, other) = (City::make(), SigningKey::make(), SigningKey::make());
    let token = city.enrolment(&other).sign(&city.key).unwrap();
    let refused = Enrolment::<Programme>::verify(&token, &city.fingerprint(), &tablet.public_key());
    assert_eq!(refused, Err(EnrolmentError::OtherDevice));
}

#[test]
fn an_enrolment_must_fit_together() {
    let (city, tablet) = (City::make(), SigningKey::make());
    let good = city.enrolment(&tablet);
    let verify = |enrolment: Enrolment<Programme>| {
        let token = enrolment.sign(&city.key).unwrap();
        Enrolment::<Programme>::verify(&token, &city.fingerprint(), &tablet.public_key()).map(|_| ()).unwrap_err()
    };
    let same = Enrolment { opened_key: good.held_key, ..good.clone() };
    assert_eq!(verify(same), EnrolmentError::BadKeys);
    let mail = Enrolment { mail_key: good.held_key, ..good.clone() };
    assert_eq!(verify(mail), EnrolmentError::BadKeys);
    let authority = Enrolment { held_key: city.key.public_key(), ..good.clone() };
    assert_eq!(verify(authority), EnrolmentError::BadKeys);

    let mut unrecoverable = good.clone();
    unrecoverable.recipients.recovery = Recipients::new(vec![Identity::make_x25519().recipient()]).unwrap();
    assert_eq!(verify(unrecoverable), EnrolmentError::BadKeys);

    let foreign = Enrolment { client_certificate_pem: City::make().certificate_for(&tablet), ..good.clone() };
    assert_eq!(verify(foreign), EnrolmentError::BadCertificate);
    assert_eq!(verify(Enrolment { format: 2, ..good }), EnrolmentError::UnknownFormat);
}

#[test]
fn a_later_format_of_another_shape_is_named_as_such() {
    let (city, tablet) = (City::make(), SigningKey::make());
    let claims = serde_json::json!({"format": 2, "device_key": tablet.public_key(), "novelty": true});
    let token = jws::sign(Signer::City(&tablet), enrolment::REQUEST_TYP, &claims).unwrap();
    assert_eq!(EnrolmentRequest::verify(&token), Err(EnrolmentError::UnknownFormat));
    let claims = serde_json::json!({"format": 2, "ca_pem": city.issuer.pem(), "novelty": true});
    let token = jws::sign(Signer::City(&city.key), enrolment::ENROLMENT_TYP, &claims).unwrap();
    let refused = Enrolment::<Programme>::verify(&token, &city.fingerprint(), &tablet.public_key());
    assert_eq!(refused, Err(EnrolmentError::UnknownFormat));
}

#[test]
fn a_fingerprint_is_read_in_groups_of_four() {
    let groups = fingerprint_groups(&Sha256Digest::of(b""));
    assert_eq!(groups, "e3b0 c442 98fc 1c14 9afb f4c8 996f b924 27ae 41e4 649b 934c a495 991b 7852 b855");
}

/// Everything random is fixed here, so that the snapshot shows the wire form whole.
#[test]
fn the_wire_forms_have_not_changed() {
    let key = serde_json::from_str(
        r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
    )
    .unwrap();
    let recipient = "age1xsmppua4n6gu2zg50234p65ffmjz8v4t4rld02xs6u5895w7waeq539t2y".parse().unwrap();
    let request = EnrolmentRequest {
        format: FORMAT,
        csr_pem: "[PKCS#10]".into(),
        mailbox: recipient,
        label: "tablet-03".parse().unwrap(),
        device_key: key,
        made_at: noon(),
    };
    insta::assert_json_snapshot!("enrolment_request", request);
    let recipients = Recipients::new(vec![request.mailbox]).unwrap();
    let enrolment = Enrolment {
        format: FORMAT,
        serial: 7,
        device: device(),
        programme: Programme::from([("code".into(), "shimonoseki".into())]),
        client_certificate_pem: "[certificate]".into(),
        ca_pem: "[certificate]".into(),
        other_ca_pem: None,
        intake_url: "https://intake.example/".into(),
        server_name: "intake.example".into(),
        recipients: EnrolmentRecipients {
            work: recipients.clone(),
            recovery: recipients.clone(),
            office: Some(recipients),
        },
        held_key: key,
        opened_key: key,
        mail_key: key,
        former: FormerKeys::default(),
        issued_at: noon(),
    };
    insta::assert_json_snapshot!("enrolment", enrolment);
}
