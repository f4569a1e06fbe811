//! What reads bytes of strangers, as functions of bytes: they may refuse, and must neither panic nor believe what the
//! keys of this module did not sign.
//!
//! `tests/fuzz` runs them under libFuzzer; the test `fuzz` runs the same on stable Rust, over the seeds and thousands of
//! mutations of them.

mod enrolling;
mod mutate;
mod seeds;
mod world;

use std::io::Cursor;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use chrono::NaiveDate;
use homon_domain::programme::NumberRule;
use homon_photo::{FileRules, Upright, accept_portrait};
use homon_seal::recipients::encrypt_small;
use homon_seal::{
    CodeReader, Enrolment, EnrolmentRequest, HeldReceipt, Limits, Mail, OpenedReceipt, Reading, Recipients,
    Sha256Digest, reader,
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
    /// It. Answers whether anything in the bytes was believed or read.
    pub run: fn(&[u8]) -> bool,
}

/// All of them.
pub const TARGETS: [Target; 9] = [
    Target { name: "package", run: package },
    Target { name: "plaintext", run: plaintext },
    Target { name: "receipt", run: receipt },
    Target { name: "enrolment", run: enrolment },
    Target { name: "mail", run: mail },
    Target { name: "roster", run: roster },
    Target { name: "tus", run: tus },
    Target { name: "photo", run: photo },
    Target { name: "code", run: code },
];

/// A package as the desk gets it.
///
/// # Panics
/// When a package is believed that is another than the one that was sealed.
#[must_use]
pub fn package(bytes: &[u8]) -> bool {
    let world = World::get();
    let key_of = |device| (device == world.key.device).then(|| world.signing.public_key());
    let opened = reader::open(Cursor::new(bytes), std::slice::from_ref(&world.identity), key_of, &Limits::default());
    let Ok(opened) = opened else { return false };
    assert_eq!(opened.manifest().key, world.key, "a package of somebody else was believed");
    true
}

/// A photo, from a camera or a gallery.
///
/// # Panics
/// When a portrait is accepted that cannot be looked at, or is not accepted again as it is.
#[must_use]
pub fn photo(bytes: &[u8]) -> bool {
    let rules = FileRules { min_bytes: 100, max_bytes: 1_000_000, min_side: 16, max_side: 6000 };
    let (accepted, seen) = (accept_portrait(bytes, &rules), Upright::decode(bytes));
    let Ok(photo) = accepted else { return false };
    let seen = seen.expect("what is accepted can be looked at");
    assert_eq!((photo.width, photo.height), (seen.width(), seen.height()));
    let again = accept_portrait(&photo.jpeg, &rules).expect("what was accepted is accepted again");
    assert!(again.jpeg == photo.jpeg, "nothing is left to take out");
    true
}

/// The inside of a package: whoever may encrypt to the desk can put anything there.
///
/// # Panics
/// As [`package`].
#[must_use]
pub fn plaintext(bytes: &[u8]) -> bool {
    let world = World::get();
    let to = Recipients::new(vec![world.identity.recipient()]).expect("one recipient is a set");
    // What is longer is not small; nothing is found there that is not found here.
    encrypt_small(&to, bytes).is_ok_and(|sealed| package(&sealed))
}

/// A receipt, as the intake hands it out.
///
/// # Panics
/// When a receipt is believed for another package.
#[must_use]
pub fn receipt(bytes: &[u8]) -> bool {
    let world = World::get();
    let Ok(token) = std::str::from_utf8(bytes) else { return false };
    let keys = [world.signing.public_key()];
    let sha256 = Sha256Digest::of(b"sealed");
    let held = HeldReceipt::verify(token, &keys, &world.key, sha256);
    if let Ok(receipt) = &held {
        assert_eq!((receipt.key(), receipt.sha256()), (&world.key, sha256));
    }
    let opened = OpenedReceipt::verify(token, &keys, &world.key, sha256);
    if let Ok(receipt) = &opened {
        assert_eq!((receipt.key(), receipt.sha256()), (&world.key, sha256));
    }
    held.is_ok() || opened.is_ok()
}

/// An enrolment and the request for one, as they are carried between tablet and desk.
///
/// # Panics
/// When an enrolment is believed that the authority did not sign, or a request that the tablet did not.
#[must_use]
pub fn enrolment(bytes: &[u8]) -> bool {
    let Ok(token) = std::str::from_utf8(bytes) else { return false };
    let key = World::get().signing.public_key();
    let (authority, other) = (enrolling::fingerprint(), Sha256Digest::of(b"authority"));
    let enrolled = Enrolment::verify(token, &authority, &key);
    if let Ok(enrolment) = &enrolled {
        assert_eq!(*enrolment, enrolling::enrolment());
        assert_eq!(homon_seal::enrolment::claimed_fingerprint(token), Ok(authority));
    }
    assert!(Enrolment::<Value>::verify(token, &other, &key).is_err(), "an authority that nobody compared was believed");
    let requested = EnrolmentRequest::verify(token);
    if let Ok(request) = &requested {
        assert_eq!(*request, enrolling::request());
    }
    // A certificate in the place of a token.
    homon_seal::enrolment::ca_fingerprint(token).is_ok() || enrolled.is_ok() || requested.is_ok()
}

/// Mail, as a tablet gets it, and what is inside.
///
/// # Panics
/// When mail is believed that the desk did not send.
#[must_use]
pub fn mail(bytes: &[u8]) -> bool {
    let world = World::get();
    let to = Recipients::new(vec![world.identity.recipient()]).expect("one recipient is a set");
    let inside = encrypt_small(&to, bytes);
    let mut believed = false;
    for sealed in [Some(bytes), inside.as_deref().ok()].into_iter().flatten() {
        let desk = [world.signing.public_key()];
        if let Ok(mail) = Mail::open(sealed, &world.identity, &desk, world.key.device, world.number) {
            assert_eq!((mail.device, mail.number), (world.key.device, world.number));
            believed = true;
        }
    }
    believed
}

/// A roster, as facilities send them.
///
/// # Panics
/// When a resident is read from a row that cannot be.
#[must_use]
pub fn roster(bytes: &[u8]) -> bool {
    let on = NaiveDate::from_ymd_opt(2026, 9, 16).expect("a day");
    let mut read = false;
    for asked in [NumberRule::ApplicationId, NumberRule::IndividualNumber] {
        if let Ok(reading) = homon_roster::read(bytes, asked, on) {
            assert!(reading.lines.iter().all(|line| line.row > 0));
            read = true;
        }
    }
    read
}

/// The headers with which an upload is announced, one a line.
///
/// # Panics
/// When an upload is taken that is longer than may be.
#[must_use]
pub fn tus(bytes: &[u8]) -> bool {
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
    let Some((package, _, length)) = homon_city::intake::announced(&headers, MOST) else { return false };
    assert!(length > 0 && length <= MOST);
    assert_eq!(package.to_string().parse(), Ok(package), "a package's name has one spelling");
    true
}

/// What a camera reads off QR codes, one a line.
///
/// # Panics
/// When something is put together that is no token.
#[must_use]
pub fn code(bytes: &[u8]) -> bool {
    let mut reader = CodeReader::default();
    let mut read = false;
    for line in String::from_utf8_lossy(bytes).lines() {
        let reading = reader.read(line);
        if let Reading::Whole(token) = &reading {
            assert_eq!(token.split('.').count(), 3, "three parts are a token");
        }
        read |= reading != Reading::Other;
    }
    read
}
