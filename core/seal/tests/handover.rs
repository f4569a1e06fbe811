//! Handing a part over between two tablets of one city, and what a stranger, a thief or a careless hand can't do with it.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use std::io::Cursor;

use common::{case, closing, noon, photo, small_entries, visit_subject};
use homon_domain::ids::{DeviceId, SealNumber};
use homon_seal::handover::{self, FORMAT, HandoverError, HandoverRequest, REQUEST_TYP};
use homon_seal::jws::{self, TokenError};
use homon_seal::{
    Closing, HandedOver, Identity, OpenError, PackageKey, PackageWriter, Provenance, Recipients, Sha256Digest, Signer,
    SigningKey, Subject, device_uri,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SanType};

/// A city's authority.
struct City {
    key: KeyPair,
    params: CertificateParams,
    pem: String,
}

impl City {
    fn found() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let pem = params.self_signed(&key).unwrap().pem();
        Self { key, params, pem }
    }

    fn certify(&self, key: &SigningKey, named: DeviceId) -> String {
        let pair = KeyPair::try_from(key.to_pkcs8_der()).unwrap();
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![SanType::URI(device_uri(named).as_str().try_into().unwrap())];
        params.signed_by(&pair, &Issuer::from_params(&self.params, &self.key)).unwrap().pem()
    }

    fn tablet(&self) -> Tablet {
        let (device, key) = (DeviceId::make(), SigningKey::make());
        let certificate = self.certify(&key, device);
        Tablet { device, key, certificate, mailbox: Identity::make_hybrid() }
    }
}

struct Tablet {
    device: DeviceId,
    key: SigningKey,
    certificate: String,
    mailbox: Identity,
}

impl Tablet {
    fn request(&self) -> HandoverRequest {
        HandoverRequest {
            format: FORMAT,
            device: self.device,
            certificate_pem: self.certificate.clone(),
            mailbox: self.mailbox.recipient(),
            made_at: noon(),
        }
    }

    fn signed(&self, request: &HandoverRequest) -> String {
        request.sign(Signer::City(&self.key)).unwrap()
    }

    /// Hands a small part over to whom the request names.
    fn hand_over(&self, request: &HandoverRequest) -> Vec<u8> {
        let Subject::Visit { visit, part } = visit_subject() else { unreachable!() };
        self.seal(request, Subject::Handover { visit, part })
    }

    fn seal(&self, request: &HandoverRequest, subject: Subject) -> Vec<u8> {
        let key = PackageKey { device: self.device, subject, seal: SealNumber::FIRST };
        let to = Recipients::new(vec![request.mailbox.clone()]).unwrap();
        let mut writer = PackageWriter::new(Vec::new(), &to, key, noon()).unwrap();
        for (path, content) in small_entries() {
            writer.add_bytes(path, &content).unwrap();
        }
        let handed_over = HandedOver { to: request.device, certificate_pem: self.certificate.clone() };
        let handover = matches!(subject, Subject::Handover { .. }).then_some(handed_over);
        writer.finish(Signer::City(&self.key), Closing { handover, ..closing() }).unwrap().out
    }
}

#[test]
fn a_part_goes_from_one_tablet_of_the_city_to_another_and_to_no_other() {
    let city = City::found();
    let (from, to, third) = (city.tablet(), city.tablet(), city.tablet());
    let token = to.signed(&to.request());
    let request = HandoverRequest::verify(&token, &city.pem).unwrap();
    assert_eq!(request, to.request());
    let sealed = from.hand_over(&request);
    let mut package = handover::open(Cursor::new(&sealed), &to.mailbox, &city.pem).unwrap();
    let manifest = package.manifest().clone();
    assert_eq!((manifest.key.device, manifest.handover.as_ref().unwrap().to), (from.device, to.device));
    for path in [case(1), photo(1)] {
        std::io::copy(&mut package.entry(path).unwrap(), &mut std::io::sink()).unwrap();
    }
    let other = handover::open(Cursor::new(&sealed), &third.mailbox, &city.pem);
    assert!(matches!(other, Err(OpenError::NotForUs)));

    // What stays written of it is found to be what the tablet signed.
    let line =
        Provenance::Handover { manifest: package.manifest_token().to_owned(), sha256: Sha256Digest::of(&sealed) };
    let read: Provenance = line.to_line().parse().unwrap();
    assert_eq!(read, line);
    let Provenance::Handover { manifest: token, .. } = read else { panic!("{read:?}") };
    let key_of = |device| (device == from.device).then(|| from.key.public_key());
    assert_eq!(homon_seal::reader::verify_manifest(&token, key_of).unwrap(), manifest);
}

#[test]
fn a_request_of_another_city_or_in_anothers_name_is_refused() {
    let (city, other) = (City::found(), City::found());
    let (tablet, stranger) = (city.tablet(), other.tablet());
    let verify = |token: &str| HandoverRequest::verify(token, &city.pem).unwrap_err();
    let not_ours = HandoverError::NotOfThisCity;
    assert_eq!(verify(&stranger.signed(&stranger.request())), not_ours);
    // A certificate of this city, but for another device, or with another key.
    let renamed = HandoverRequest { device: DeviceId::make(), ..tablet.request() };
    assert_eq!(verify(&tablet.signed(&renamed)), not_ours);
    assert_eq!(verify(&stranger.signed(&tablet.request())), HandoverError::Token(TokenError::OtherKey));
    let unreadable = HandoverRequest { certificate_pem: "no certificate".to_owned(), ..tablet.request() };
    assert_eq!(verify(&tablet.signed(&unreadable)), not_ours);
    let later = HandoverRequest { format: FORMAT + 1, ..tablet.request() };
    assert_eq!(verify(&tablet.signed(&later)), HandoverError::UnknownFormat);
    let other_type = jws::sign(Signer::City(&tablet.key), "homon-manifest+jws", &tablet.request()).unwrap();
    assert_eq!(verify(&other_type), HandoverError::Token(TokenError::WrongType));
    assert_eq!(REQUEST_TYP, "homon-handover-request+jws");
}

#[test]
fn while_one_authority_takes_the_others_place_both_count() {
    let (old, new, other) = (City::found(), City::found(), City::found());
    let both = format!("{}\n{}\n", old.pem, new.pem);
    for (city, trusted) in [(&old, true), (&new, true), (&other, false)] {
        let tablet = city.tablet();
        assert_eq!(HandoverRequest::verify(&tablet.signed(&tablet.request()), &both).is_ok(), trusted);
    }
    let tablet = old.tablet();
    assert!(HandoverRequest::verify(&tablet.signed(&tablet.request()), "").is_err());
}

#[test]
fn a_changed_request_has_another_fingerprint_and_no_signature() {
    let city = City::found();
    let tablet = city.tablet();
    let token = tablet.signed(&tablet.request());
    let fingerprint = HandoverRequest::fingerprint(&token);
    assert_eq!((fingerprint.len(), fingerprint.split(' ').count()), (19, 4));
    for at in (0..token.len()).step_by(97) {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_ne!(HandoverRequest::fingerprint(&changed), fingerprint);
        assert!(HandoverRequest::verify(&changed, &city.pem).is_err(), "{at}");
    }
}

#[test]
fn what_a_stranger_sealed_to_the_mailbox_is_not_taken() {
    let (city, other) = (City::found(), City::found());
    let (to, stranger, thief) = (city.tablet(), other.tablet(), city.tablet());
    let open = |sealed: &[u8]| handover::open(Cursor::new(sealed.to_vec()), &to.mailbox, &city.pem).map(drop);
    assert!(matches!(open(&stranger.hand_over(&to.request())), Err(OpenError::UnknownDevice(_))));
    // With the certificate of another tablet of the city, whose key the thief has not.
    let victim = city.tablet();
    let disguised = Tablet { device: victim.device, certificate: victim.certificate, ..stranger };
    assert!(matches!(open(&disguised.hand_over(&to.request())), Err(OpenError::BadSignature)));
    // A visit that was sealed for the city is no handover.
    assert!(matches!(open(&thief.seal(&to.request(), visit_subject())), Err(OpenError::UnknownDevice(_))));
    let mut changed = thief.hand_over(&to.request());
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    assert!(matches!(open(&changed), Err(OpenError::Damaged)));
}
