use proptest::prelude::*;

use super::*;

/// As long as an enrolment, and as hard to pack as one with hybrid recipients.
fn token(claims: usize) -> String {
    let bytes: Vec<u8> = (0..claims).map(|at| (at * at % 251) as u8 ^ (at / 7) as u8).collect();
    let [header, claims, signature] =
        [br#"{"alg":"ES256"}"#.as_slice(), &bytes, &[7; 64]].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{claims}.{signature}")
}

/// The codes as a camera sees them: read off the picture by another program.
fn seen(code: &Code) -> String {
    const SCALE: usize = 4;
    let side = (code.side + 8) * SCALE;
    let module = |at: usize| (at / SCALE).checked_sub(4).filter(|at| *at < code.side);
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| match (module(x), module(y)) {
        (Some(x), Some(y)) if code.dark[y * code.side + x] => 0,
        _ => 255,
    });
    let found = picture.detect_grids();
    assert_eq!(found.len(), 1, "one code on the picture");
    found[0].decode().unwrap().1
}

#[test]
fn a_token_is_read_off_its_pictures() {
    let token = token(6000);
    let mut reader = CodeReader::default();
    let codes = codes(&token).unwrap();
    let seen: Vec<String> = codes.iter().take(18).map(seen).collect();
    assert!(codes.iter().map(|code| &code.text).zip(&seen).all(|(said, seen)| said == seen));
    let mut readings = seen.iter().map(|text| reader.read(text)).collect::<Vec<_>>();
    assert_eq!(readings.remove(0), Reading::Part(100 / 16), "one symbol of sixteen");
    assert!(readings.contains(&Reading::Whole(token)));
}

#[test]
fn a_short_text_is_read_off_one_picture() {
    for text in ["", "短い文", &"長".repeat(777)] {
        let code = still(text).unwrap();
        assert_eq!((seen(&code).as_str(), code.text.as_str()), (text, text));
    }
    assert_eq!(still(&"x".repeat(2332)).unwrap_err(), CodeError::TooLong);
}

#[test]
fn every_second_code_may_be_missed() {
    let token = token(6000);
    for first in [0, 1] {
        let mut reader = CodeReader::default();
        let codes = codes(&token).unwrap();
        let mut missed = codes.iter().skip(first).step_by(2).map(|code| reader.read(&code.text));
        assert!(missed.any(|reading| reading == Reading::Whole(token.clone())));
    }
}

#[test]
fn a_part_of_another_token_begins_anew() {
    let (one, other) = (token(3000), token(3001));
    let mut reader = CodeReader::default();
    reader.read(&codes(&one).unwrap()[0].text);
    let last =
        codes(&other).unwrap().iter().map(|code| reader.read(&code.text)).find(|r| matches!(r, Reading::Whole(_)));
    assert_eq!(last, Some(Reading::Whole(other)));
}

#[test]
fn what_is_no_part_is_said_to_be_other_and_loses_nothing() {
    let token = token(3000);
    let mut reader = CodeReader::default();
    let mut whole = false;
    for part in codes(&token).unwrap() {
        for other in [
            "40719950182366047112345",
            "https://example.jp/",
            "UR:BYTES/AEADAOLAZMJENDEOTI",
            "ur:bytes/1-4294967295/lpad",
        ] {
            assert_eq!(reader.read(other), Reading::Other);
        }
        whole |= matches!(reader.read(&part.text), Reading::Whole(_));
    }
    assert!(whole);
}

#[test]
fn what_is_no_token_or_too_long_has_no_codes() {
    assert_eq!(codes("見本"), Err(CodeError::NotAToken));
    assert_eq!(codes("a.b"), Err(CodeError::NotAToken));
    let noise: Vec<u8> = {
        let mut bytes = vec![0; 150_000];
        ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).unwrap();
        bytes
    };
    let long = format!("e30.{}.e30", URL_SAFE_NO_PAD.encode(noise));
    assert_eq!(codes(&long), Err(CodeError::TooLong));
}

#[test]
fn a_packed_bomb_is_cut_off() {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&vec![0; 64 << 20]).unwrap();
    let packed = packed.finish().unwrap();
    assert!(unpack(&packed).is_none_or(|token| token.len() < 2 * MAX_TOKEN));
}

#[test]
fn a_code_that_was_made_up_ruins_nothing_but_its_own_round() {
    let token = token(3000);
    let codes = codes(&token).unwrap();
    let mut false_code = codes[2].text.clone();
    let changed = if false_code.ends_with('A') { "B" } else { "A" };
    false_code.replace_range(600..601, changed);
    let mut reader = CodeReader::default();
    let texts = std::iter::once(&false_code).chain(codes.iter().map(|code| &code.text)).cycle().take(2 * codes.len());
    let readings: Vec<Reading> = texts.map(|text| reader.read(text)).collect();
    assert!(readings.contains(&Reading::Other), "the digest tells that it was made up");
    let whole: Vec<&Reading> = readings.iter().filter(|reading| matches!(reading, Reading::Whole(_))).collect();
    assert!(!whole.is_empty() && whole.iter().all(|reading| **reading == Reading::Whole(token.clone())));
}

proptest! {
    #[test]
    fn packing_gives_the_token_back(header in prop::collection::vec(any::<u8>(), 0..300), claims in prop::collection::vec(any::<u8>(), 0..3000)) {
        let token = [&header[..], &claims, &[9; 64]].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        prop_assert_eq!(unpack(&pack(&token).unwrap()), Some(token));
    }

    #[test]
    fn no_text_harms_the_reader(texts in prop::collection::vec("(HOMON)?[A-Z2-7]{0,80}", 0..20)) {
        let mut reader = CodeReader::default();
        for text in texts {
            reader.read(&text);
        }
    }
}
