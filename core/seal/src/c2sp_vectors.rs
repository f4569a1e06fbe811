//! The published test vectors of the age format (<https://c2sp.org/CCTV/age>), read with our identities and our payload.
//!
//! `HOMON_C2SP_AGE_VECTORS` names the folder with the vectors; `cargo xtask test` fetches it and sets it.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::{Cursor, Read};
use std::path::PathBuf;

use age::DecryptError;

use crate::digest::Sha256Digest;
use crate::header;
use crate::open_error::OpenError;
use crate::pass::read_through;
use crate::plaintext::Plaintext;
use crate::recipients::{Identity, SmallError, decrypt_small};

const FOLDER: &str = "HOMON_C2SP_AGE_VECTORS";
/// All vectors that are neither armoured nor for a passphrase only, in the release of December 2025.
const AT_LEAST: usize = 85;
/// Of these, the ones that have a hybrid identity.
const AT_LEAST_HYBRID: usize = 18;

#[derive(Default)]
struct Vector {
    name: String,
    expect: String,
    payload: Option<Sha256Digest>,
    identities: Vec<Identity>,
    hybrid: bool,
    armored: bool,
    file: Vec<u8>,
}

impl Vector {
    fn parse(name: String, text: &[u8]) -> Self {
        let end = text.windows(2).position(|pair| pair == b"\n\n").expect("a header that ends with an empty line");
        let mut vector = Self { name, file: text[end + 2..].to_vec(), ..Self::default() };
        let header = std::str::from_utf8(&text[..end]).unwrap();
        let mut compressed = false;
        for line in header.lines() {
            let (key, value) = line.split_once(": ").unwrap();
            match key {
                "expect" => vector.expect = value.into(),
                "payload" => vector.payload = Some(value.parse().unwrap()),
                "identity" => {
                    vector.hybrid |= value.starts_with("AGE-SECRET-KEY-PQ-");
                    vector.identities.push(Identity::parse(value).unwrap());
                }
                "armored" => vector.armored = value == "yes",
                "compressed" => compressed = value == "zlib",
                "file key" | "passphrase" | "comment" => {}
                other => panic!("{}: unknown key {other}", vector.name),
            }
        }
        if compressed {
            let mut inflated = Vec::new();
            flate2::read::ZlibDecoder::new(&vector.file[..]).read_to_end(&mut inflated).unwrap();
            vector.file = inflated;
        }
        vector
    }

    /// Armour is not used in packages, and no key of ours is a passphrase.
    fn concerns_us(&self) -> bool {
        !self.armored && !self.identities.is_empty()
    }

    fn run(&self) {
        let (outcome, payload) = self.decrypt();
        assert_eq!(outcome, self.expect, "{}", self.name);
        if outcome == "success" {
            assert_eq!(Some(Sha256Digest::of(&payload)), self.payload, "{}", self.name);
        }
        self.run_small(&payload);
    }

    /// What comes of the file in the vectors' own words, and the payload.
    fn decrypt(&self) -> (&'static str, Vec<u8>) {
        if let Err(error) = header::read(&mut &self.file[..], &self.identities) {
            let outcome = match error {
                DecryptError::NoMatchingKeys => "no match",
                DecryptError::InvalidMac => "HMAC failure",
                DecryptError::InvalidHeader | DecryptError::UnknownFormat | DecryptError::Io(_) => "header failure",
                error => panic!("{}: {error}", self.name),
            };
            return (outcome, Vec::new());
        }
        match (self.read_in_any_order(), self.read_through()) {
            (Some(payload), Some(same)) if payload == same => ("success", payload),
            (None, None) => ("payload failure", Vec::new()),
            _ => panic!("{}: the two ways of reading differ", self.name),
        }
    }

    fn read_in_any_order(&self) -> Option<Vec<u8>> {
        let mut payload = Vec::new();
        let mut plaintext = Plaintext::open(Cursor::new(&self.file), &self.identities).ok()?;
        plaintext.read_to_end(&mut payload).ok().map(|_| payload)
    }

    fn read_through(&self) -> Option<Vec<u8>> {
        let mut payload = Vec::new();
        let mut plaintext = Plaintext::open(Cursor::new(&self.file), &self.identities).ok()?;
        let (file, how) = plaintext.parts();
        let read = read_through(file, how, |pass| pass.read_to_end(&mut payload).map(drop).map_err(OpenError::from));
        let sha256 = read.ok()?;
        assert_eq!(sha256, Sha256Digest::of(&self.file), "{}", self.name);
        Some(payload)
    }

    /// The same by the way that short secrets take.
    fn run_small(&self, payload: &[u8]) {
        let small = decrypt_small(&self.identities, &self.file);
        match self.expect.as_str() {
            "success" if payload.len() <= 64 << 10 => assert_eq!(*small.unwrap(), payload, "{}", self.name),
            "success" => assert_eq!(small.unwrap_err(), SmallError::TooLong, "{}", self.name),
            "no match" => assert_eq!(small.unwrap_err(), SmallError::NotForUs, "{}", self.name),
            _ => assert!(small.is_err(), "{}", self.name),
        }
    }
}

#[test]
fn every_vector_for_our_keys_comes_out_as_published() {
    let folder = std::env::var_os(FOLDER).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| panic!("{FOLDER} is not set: run `cargo xtask test`, which fetches them"));
    let mut run = 0;
    let mut hybrid = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let vector = Vector::parse(name, &std::fs::read(&path).unwrap());
        if vector.concerns_us() {
            vector.run();
            run += 1;
            hybrid += usize::from(vector.hybrid);
        }
    }
    println!("{run} vectors, {hybrid} of them hybrid");
    assert!(run >= AT_LEAST, "only {run} vectors were run");
    assert!(hybrid >= AT_LEAST_HYBRID, "only {hybrid} hybrid vectors were run");
}
