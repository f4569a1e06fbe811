//! The published test vectors of the age format (<https://c2sp.org/CCTV/age>), read with our identities.
//!
//! `HOMON_C2SP_AGE_VECTORS` names the folder with the vectors; `cargo xtask test` fetches it and sets it.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::Read;
use std::path::PathBuf;

use age::{DecryptError, Decryptor};
use homon_seal::recipients::{SmallError, decrypt_small};
use homon_seal::{Identity, Sha256Digest};

const FOLDER: &str = "HOMON_C2SP_AGE_VECTORS";
/// All vectors that are neither armoured nor for a passphrase only, in the release of December 2025.
const AT_LEAST: usize = 85;
/// Of these, the ones that have a hybrid identity.
const AT_LEAST_HYBRID: usize = 18;
/// The age crate reads these as it did before the specification. What we offer does not: see `run_small`.
const LENIENT_IN_AGE: [&str; 2] = ["stanza_missing_body", "stanza_missing_final_line"];

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
        if !LENIENT_IN_AGE.contains(&self.name.as_str()) {
            assert_eq!(outcome, self.expect, "{}", self.name);
        }
        if let (Some(expected), "success" | "payload failure") = (self.payload, outcome) {
            assert_eq!(Sha256Digest::of(&payload), expected, "{}", self.name);
        }
        self.run_small(&payload);
    }

    /// What comes of the file in the vectors' own words, and as much of the payload as could be read.
    fn decrypt(&self) -> (&'static str, Vec<u8>) {
        let mut payload = Vec::new();
        let stream = Decryptor::new(&self.file[..])
            .and_then(|decryptor| decryptor.decrypt(self.identities.iter().map(|identity| identity as _)));
        let outcome = match stream {
            Ok(mut stream) => match stream.read_to_end(&mut payload) {
                Ok(_) => "success",
                Err(_) => "payload failure",
            },
            Err(DecryptError::NoMatchingKeys) => "no match",
            Err(DecryptError::InvalidMac) => "HMAC failure",
            Err(DecryptError::InvalidHeader | DecryptError::UnknownFormat | DecryptError::Io(_)) => "header failure",
            Err(error) => panic!("{}: {error}", self.name),
        };
        (outcome, payload)
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
