//! Where the targets begin: for each, something that is in order.

use std::io::Write;

use chrono::{DateTime, Utc};
use homon_domain::mail::MailContent;
use homon_domain::programme::Mode;
use homon_domain::roster::Roster;
use homon_seal::moving_code;
use homon_seal::receipt::{issue_held, issue_opened};
use homon_seal::{Closing, EntryPath, Mail, PackageWriter, Recipients, Sha256Digest, Signer};
use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder, Rgb, RgbImage};
use moxcms::ColorProfile;

use super::enrolling;
use super::world::World;

/// The seeds of a target. Signatures and keys differ each time; what is signed does not.
///
/// # Panics
/// When something that is in order cannot be made.
#[must_use]
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    match target {
        "package" => vec![package()],
        "plaintext" => vec![inside(&package()), b"PK\x05\x06".iter().copied().chain([0; 18]).collect()],
        "receipt" => receipts(),
        "enrolment" => enrolments(),
        "mail" => mail(),
        "roster" => rosters(),
        "code" => enrolments().iter().take(2).map(|token| codes(token)).collect(),
        "photo" => vec![photo(None), photo(Some(&ColorProfile::new_display_p3()))],
        "tus" => vec![
            b"tus-resumable: 1.0.0\nupload-length: 1000\nupload-metadata: package aGVsbG8vMQ==,sha256 \
              ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1NQ=="
                .to_vec(),
        ],
        _ => Vec::new(),
    }
}

pub(super) fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_789_000_000, 0).expect("an instant")
}

/// Plain, or as a telephone writes it: on its side, with a profile of colours.
fn photo(profile: Option<&ColorProfile>) -> Vec<u8> {
    let picture = RgbImage::from_fn(48, 64, |x, y| Rgb([(x * 5) as u8, (y * 3) as u8, 90]));
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 90);
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile.encode().expect("a profile")).expect("a JPEG takes profiles");
        // One entry: turn the picture by 90 degrees.
        let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        encoder.set_exif_metadata(exif.to_vec()).expect("a JPEG takes metadata");
    }
    picture.write_with_encoder(encoder).expect("memory takes it");
    jpeg
}

fn package() -> Vec<u8> {
    let world = World::get();
    let to = Recipients::new(vec![world.identity.recipient()]).expect("one recipient is a set");
    let mut writer = PackageWriter::new(Vec::new(), &to, world.key, noon()).expect("memory takes it");
    let entries = [
        (EntryPath::Visit, br#"{"site":"care-home-1"}"#.as_slice()),
        (EntryPath::Case("1-001".parse().expect("a case number")), br#"{"case":1}"#),
        (EntryPath::Audit, b""),
    ];
    for (path, content) in entries {
        writer.add_bytes(path, content).expect("memory takes it");
    }
    let closing = Closing {
        handover: None,
        programme: "shimonoseki".parse().expect("a code"),
        mode: Mode::Training,
        counts: [("received".to_owned(), 1)].into(),
        audit_head: Some(Sha256Digest::of(b"audit")),
        reason: None,
    };
    writer.finish(Signer::City(&world.signing), closing).expect("memory takes it").out
}

/// What is encrypted.
fn inside(sealed: &[u8]) -> Vec<u8> {
    let world = World::get();
    homon_seal::recipients::decrypt_small(std::slice::from_ref(&world.identity), sealed)
        .map_or_else(|_| sealed.to_vec(), |bytes| bytes.to_vec())
}

fn receipts() -> Vec<Vec<u8>> {
    let world = World::get();
    let sha256 = Sha256Digest::of(b"sealed");
    let held = issue_held(&world.signing, &world.key, sha256, noon()).expect("it can be signed");
    let opened = issue_opened(&world.signing, &world.key, sha256, sha256, noon()).expect("it can be signed");
    vec![held.into_bytes(), opened.into_bytes()]
}

fn enrolments() -> Vec<Vec<u8>> {
    let world = World::get();
    let enrolment = enrolling::enrolment().sign(&enrolling::authority()).expect("it can be signed");
    let request = enrolling::request().sign(Signer::City(&world.signing)).expect("it can be signed");
    vec![enrolment.into_bytes(), request.into_bytes(), b"eyJhbGciOiJFUzI1NiJ9.e30.AAAA".to_vec()]
}

/// What is read off a token's codes, one a line.
fn codes(token: &[u8]) -> Vec<u8> {
    let token = std::str::from_utf8(token).expect("a token is ASCII");
    let codes = moving_code::codes(token).expect("it has codes");
    codes.iter().map(|code| code.text.as_str()).collect::<Vec<_>>().join("\n").into_bytes()
}

fn mail() -> Vec<Vec<u8>> {
    let world = World::get();
    let roster = Roster {
        id: "0b6c1f0e-51a1-4a53-9f0f-0d9f2f0f7a11".parse().expect("a UUID"),
        visit: None,
        residents: Vec::new(),
    };
    let mail = Mail {
        format: homon_seal::mail::FORMAT,
        device: world.key.device,
        number: world.number,
        made_at: noon(),
        content: MailContent::Roster(roster),
    };
    let sealed = mail.seal(&world.signing, &world.identity.recipient()).expect("it can be sealed");
    let token = inside(&sealed);
    vec![sealed, token]
}

fn rosters() -> Vec<Vec<u8>> {
    let csv = "氏名,フリガナ,生年月日,性別,住所\r\n試験 梅子,シケン ウメコ,昭和5年3月12日,女,山口県下関市一番町1番\r\n";
    let mut zip = Vec::new();
    // The least that is called a workbook; what is inside is for the mutations to find.
    zip.write_all(b"PK\x03\x04\x14\x00\x00\x00\x00\x00").expect("memory takes it");
    zip.extend_from_slice(&[0; 40]);
    vec![csv.as_bytes().to_vec(), ["\u{feff}", csv].concat().into_bytes(), zip]
}
