//! Grants: the key of a visit's file comes back to the one tablet that the desk named, and to no other.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use common::{device, noon, visit_subject};
use homon_domain::ids::{DeviceId, SealNumber};
use homon_seal::grant::{FORMAT, GRANT_TYP, GrantError};
use homon_seal::jws::{self, TokenError};
use homon_seal::{Grant, Granted, Identity, Provenance, Sha256Digest, Signer, SigningKey};

const KEY: [u8; 32] = [0xa5; 32];

fn grant() -> Grant {
    let (visit, part) = visit_subject().visit().unwrap();
    Grant {
        format: FORMAT,
        device: device(),
        visit,
        part,
        key_sha256: Sha256Digest::of(&KEY),
        seals_before: SealNumber::new(3),
        made_at: noon(),
    }
}

#[test]
fn a_grant_opens_for_its_tablet_only() {
    let (mail, mailbox) = (SigningKey::make(), Identity::make_hybrid());
    let sealed = grant().seal(&mail, &mailbox.recipient(), &KEY).unwrap();
    let granted = Granted::open(&sealed, &mailbox, &[mail.public_key()], device()).unwrap();
    assert_eq!((granted.grant, granted.key.as_slice()), (grant(), KEY.as_slice()));
    assert_eq!(Grant::verify(&granted.token, &[mail.public_key()]).unwrap(), grant());

    let open = |mailbox: &Identity, mail: &SigningKey, device| {
        Granted::open(&sealed, mailbox, &[mail.public_key()], device).map(|_| ()).unwrap_err()
    };
    assert_eq!(open(&Identity::make_hybrid(), &mail, device()), GrantError::NotForUs);
    assert_eq!(open(&mailbox, &SigningKey::make(), device()), GrantError::Token(TokenError::OtherKey));
    assert_eq!(open(&mailbox, &mail, DeviceId::make()), GrantError::OtherDevice);
}

#[test]
fn every_changed_byte_is_noticed() {
    let (mail, mailbox) = (SigningKey::make(), Identity::make_x25519());
    let sealed = grant().seal(&mail, &mailbox.recipient(), &KEY).unwrap();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1 << (at % 8);
        let opened = Granted::open(&changed, &mailbox, &[mail.public_key()], device());
        assert!(opened.is_err(), "{at}");
    }
    assert!(Granted::open(&sealed[..sealed.len() - 1], &mailbox, &[mail.public_key()], device()).is_err());
}

#[test]
fn a_key_that_is_not_the_one_granted_is_refused() {
    let (mail, mailbox) = (SigningKey::make(), Identity::make_x25519());
    let other = grant().seal(&mail, &mailbox.recipient(), &[1; 32]).unwrap();
    let opened = Granted::open(&other, &mailbox, &[mail.public_key()], device()).map(|_| ());
    assert_eq!(opened.unwrap_err(), GrantError::Damaged);
    let later = Grant { format: FORMAT + 1, ..grant() };
    let later = later.seal(&mail, &mailbox.recipient(), &KEY).unwrap();
    let opened = Granted::open(&later, &mailbox, &[mail.public_key()], device()).map(|_| ());
    assert_eq!(opened.unwrap_err(), GrantError::UnknownFormat);
}

#[test]
fn it_fits_into_a_qr_code_and_tells_no_key_where_it_stays_written() {
    let (mail, mailbox) = (SigningKey::make(), Identity::make_hybrid());
    let sealed = grant().seal(&mail, &mailbox.recipient(), &KEY).unwrap();
    // What a QR code of the largest size holds in bytes (ISO/IEC 18004, version 40 with the lowest correction).
    assert!(sealed.len() <= 2953, "{}", sealed.len());
    let granted = Granted::open(&sealed, &mailbox, &[mail.public_key()], device()).unwrap();
    let line = Provenance::Recovery { grant: granted.token }.to_line();
    let hex = homon_domain::hex::encode(&KEY);
    use base64::Engine;
    let base64 = base64::engine::general_purpose::STANDARD.encode(KEY);
    assert!(!line.contains(&hex) && !line.contains(&base64));
    assert!(matches!(line.parse().unwrap(), Provenance::Recovery { .. }));
    assert!("{}".parse::<Provenance>().is_err() && "".parse::<Provenance>().is_err());
}

#[test]
fn the_token_is_frozen() {
    let mail = SigningKey::make();
    let token = jws::sign(Signer::City(&mail), GRANT_TYP, &grant()).unwrap();
    let claims: serde_json::Value = jws::verify(&token, GRANT_TYP, &mail.public_key()).unwrap();
    insta::assert_json_snapshot!(claims);
}
