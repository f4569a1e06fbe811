//! What reads bytes of strangers, as functions of bytes: they may refuse, and must neither panic nor believe what the
//! keys of this module did not sign.
//!
//! `tests/fuzz` runs them under libFuzzer; the test `fuzz` runs the same on stable Rust, over the seeds and thousands of
//! mutations of them.

mod mutate;
mod seeds;
mod world;

use std::io::Cursor;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use chrono::NaiveDate;
use homon_domain::programme::NumberRule;
use homon_seal::recipients::encrypt_small;
use homon_seal::{
    Enrolment, EnrolmentRequest, HeldReceipt, Limits, Mail, OpenedReceipt, Recipients, Sha256Digest, reader,
};
use serde_json::Value;

pub use self::mutate::mutate;
pub use self::seeds::seeds;
use self::world::World;

/// One of the readers.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and that of the folder of its corpus.
    pub name: &'static str,
    /// It.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 7] = [
    Target { name: "package", run: package },
    Target { name: "plaintext", run: plaintext },
    Target { name: "receipt", run: receipt },
    Target { name: "enrolment", run: enrolment },
    Target { name: "mail", run: mail },
    Target { name: "roster", run: roster },
    Target { name: "tus", run: tus },
];

/// A package as the desk gets it.
///
/// # Panics
/// When a package is believed that is another than the one that was sealed.
pub fn package(bytes: &[u8]) {
    let world = World::get();
    let key_of = |device| (device == world.key.device).then(|| world.signing.public_key());
    let opened = reader::open(Cursor::new(bytes), std::slice::from_ref(&world.identity), key_of, &Limits::default());
    if let Ok(opened) = opened {
        assert_eq!(opened.manifest().key, world.key, "a package of somebody else was believed");
    }
}

/// The inside of a package: whoever may encrypt to the desk can put anything there.
///
/// # Panics
/// As [`package`].
pub fn plaintext(bytes: &[u8]) {
    let world = World::get();
    let to = Recipients::new(vec![world.identity.recipient()]).expect("one recipient is a set");
    // What is longer is not small; nothing is found there that is not found here.
    if let Ok(sealed) = encrypt_small(&to, bytes) {
        package(&sealed);
    }
}

/// A receipt, as the intake hands it out.
///
/// # Panics
/// When a receipt is believed for another package.
pub fn receipt(bytes: &[u8]) {
    let world = World::get();
    let Ok(token) = std::str::from_utf8(bytes) else { return };
    let keys = [world.signing.public_key()];
    let sha256 = Sha256Digest::of(b"sealed");
    if let Ok(receipt) = HeldReceipt::verify(token, &keys, &world.key, sha256) {
        assert_eq!((receipt.key(), receipt.sha256()), (&world.key, sha256));
    }
    if let Ok(receipt) = OpenedReceipt::verify(token, &keys, &world.key, sha256) {
        assert_eq!((receipt.key(), receipt.sha256()), (&world.key, sha256));
    }
}

/// An enrolment and the request for one, as they are carried between tablet and desk.
///
/// # Panics
/// When an enrolment is believed: the authority that it would have to come from does not exist.
pub fn enrolment(bytes: &[u8]) {
    let world = World::get();
    let Ok(token) = std::str::from_utf8(bytes) else { return };
    let key = world.signing.public_key();
    let read = [
        EnrolmentRequest::verify(token).is_ok(),
        Enrolment::<Value>::verify(token, &Sha256Digest::of(b"authority"), &key).is_ok(),
        homon_seal::enrolment::claimed_fingerprint(token).is_ok(),
        homon_seal::enrolment::ca_fingerprint(token).is_ok(),
    ];
    assert!(!read[1], "an enrolment by an authority that does not exist was believed");
}

/// Mail, as a tablet gets it, and what is inside.
///
/// # Panics
/// When mail is believed that the desk did not send.
pub fn mail(bytes: &[u8]) {
    let world = World::get();
    let to = Recipients::new(vec![world.identity.recipient()]).expect("one recipient is a set");
    let inside = encrypt_small(&to, bytes);
    for sealed in [Some(bytes), inside.as_deref().ok()].into_iter().flatten() {
        let desk = [world.signing.public_key()];
        if let Ok(mail) = Mail::open(sealed, &world.identity, &desk, world.key.device, world.number) {
            assert_eq!((mail.device, mail.number), (world.key.device, world.number));
        }
    }
}

/// A roster, as facilities send them.
///
/// # Panics
/// When a resident is read from a row that cannot be.
pub fn roster(bytes: &[u8]) {
    let on = NaiveDate::from_ymd_opt(2026, 9, 16).expect("a day");
    for asked in [NumberRule::ApplicationId, NumberRule::IndividualNumber] {
        if let Ok(reading) = homon_roster::read(bytes, asked, on) {
            assert!(reading.lines.iter().all(|line| line.row > 0));
        }
    }
}

/// The headers with which an upload is announced, one a line.
///
/// # Panics
/// When an upload is taken that is longer than may be.
pub fn tus(bytes: &[u8]) {
    const MOST: u64 = 1 << 32;
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = HeaderName::from_bytes(&line[..colon]);
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    if let Some((package, _, length)) = homon_city::intake::announced(&headers, MOST) {
        assert!(length > 0 && length <= MOST);
        assert_eq!(package.to_string().parse(), Ok(package), "a package's name has one spelling");
    }
}
