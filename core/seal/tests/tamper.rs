//! Packages that were changed, or made with ill will by someone who has the recipients' keys, or even a device's.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use common::{SigningVault, case, device, noon, only, open, photo, seal_small, visit_key};
use homon_domain::ids::{DeviceId, SealNumber};
use homon_domain::programme::Mode;
use homon_seal::manifest::{FORMAT, MANIFEST_TYP};
use homon_seal::{
    Entry, EntryPath, HandedOver, Identity, Manifest, OpenError, PackageKey, Sha256Digest, Signer, Subject, jws,
};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

type MemoryZip = ZipWriter<Cursor<Vec<u8>>>;

fn handed_over() -> HandedOver {
    HandedOver { to: device(), certificate_pem: String::new() }
}

/// A packager that obeys no rule.
struct Forge {
    vault: SigningVault,
    identity: Identity,
    /// Name, content and compression as they go into the zip.
    zip: Vec<(String, Vec<u8>, CompressionMethod)>,
    manifest: Manifest,
    typ: &'static str,
    manifest_path: &'static str,
}

impl Forge {
    /// Begins with a package of three entries that is in order.
    fn new() -> Self {
        let mut forge = Self {
            vault: SigningVault::make(),
            identity: Identity::make_x25519(),
            zip: Vec::new(),
            manifest: Manifest {
                format: FORMAT,
                key: visit_key(),
                handover: None,
                programme: "shimonoseki".parse().unwrap(),
                mode: Mode::Training,
                made_at: noon(),
                recipients: Sha256Digest::of(b""),
                reason: None,
                entries: Vec::new(),
                counts: BTreeMap::new(),
                audit_head: None,
            },
            typ: MANIFEST_TYP,
            manifest_path: "manifest.jws",
        };
        for (path, content) in [(EntryPath::Visit, "visit"), (case(1), "case"), (photo(1), "photo")] {
            forge.list(path, content.as_bytes());
            forge.pack(&path.to_string(), content.as_bytes());
        }
        forge
    }

    fn list(&mut self, path: EntryPath, content: &[u8]) {
        let (size, sha256) = (content.len() as u64, Sha256Digest::of(content));
        self.manifest.entries.push(Entry { path, size, sha256 });
    }

    fn pack(&mut self, name: &str, content: &[u8]) {
        self.zip.push((name.into(), content.to_vec(), CompressionMethod::Deflated));
    }

    fn zipped(&self) -> Vec<u8> {
        let token = jws::sign(Signer::Device(&self.vault), self.typ, &self.manifest).unwrap();
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let last = (self.manifest_path.to_owned(), token.into_bytes(), CompressionMethod::Stored);
        for (name, content, method) in self.zip.iter().chain([&last]) {
            zip.start_file(name, SimpleFileOptions::default().compression_method(*method)).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn encrypt(&self, plaintext: &[u8]) -> Vec<u8> {
        let recipient: age::x25519::Recipient = self.identity.recipient().to_string().parse().unwrap();
        age::encrypt(&recipient, plaintext).unwrap()
    }

    fn open(&self) -> Result<(), OpenError> {
        self.open_zip(&self.zipped())
    }

    fn open_zip(&self, zip: &[u8]) -> Result<(), OpenError> {
        open(&self.encrypt(zip), &self.identity, &self.vault).map(|_| ())
    }
}

#[test]
fn the_forge_itself_is_in_order() {
    Forge::new().open().unwrap();
}

#[test]
fn every_flipped_byte_is_noticed() {
    let vault = SigningVault::make();
    for identity in [Identity::make_x25519(), Identity::make_hybrid()] {
        let sealed = seal_small(&vault, &only(&identity)).out;
        open(&sealed, &identity, &vault).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1 << (at % 8);
            let error = open(&changed, &identity, &vault).expect_err("a flipped byte");
            assert!(matches!(error, OpenError::Damaged | OpenError::NotForUs), "{at}: {error:?}");
        }
    }
}

#[test]
fn every_cut_and_every_addition_is_noticed() {
    let (vault, identity) = (SigningVault::make(), Identity::make_x25519());
    let sealed = seal_small(&vault, &only(&identity)).out;
    for len in 0..sealed.len() {
        assert!(matches!(open(&sealed[..len], &identity, &vault), Err(OpenError::Damaged)), "{len}");
    }
    for more in [1, 16, 70_000] {
        let longer = [sealed.as_slice(), &vec![0; more]].concat();
        assert!(matches!(open(&longer, &identity, &vault), Err(OpenError::Damaged)), "{more}");
    }
}

#[test]
fn a_cut_or_swap_of_whole_chunks_is_noticed() {
    const CHUNK: usize = (64 << 10) + 16;
    let mut forge = Forge::new();
    let large: Vec<u8> = (0..400_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    forge.list(photo(2), &large);
    forge.zip.push((photo(2).to_string(), large, CompressionMethod::Stored));
    let sealed = forge.encrypt(&forge.zipped());
    assert!(open(&sealed, &forge.identity, &forge.vault).is_ok());
    let payload = sealed.len() - (sealed.len() - 200) / CHUNK * CHUNK;
    for chunk in 0..4 {
        let at = payload + chunk * CHUNK;
        let without = [&sealed[..at], &sealed[at + CHUNK..]].concat();
        assert!(matches!(open(&without, &forge.identity, &forge.vault), Err(OpenError::Damaged)), "{chunk}");
        let mut swapped = sealed.clone();
        let (left, right) = swapped.split_at_mut(at + CHUNK);
        left[at..].swap_with_slice(&mut right[..CHUNK]);
        assert!(matches!(open(&swapped, &forge.identity, &forge.vault), Err(OpenError::Damaged)), "{chunk}");
    }
}

#[test]
fn swapped_contents_are_noticed() {
    let mut forge = Forge::new();
    let (first, second) = (forge.zip[1].1.clone(), forge.zip[2].1.clone());
    (forge.zip[1].1, forge.zip[2].1) = (second, first);
    assert!(matches!(forge.open(), Err(OpenError::Damaged)));

    let mut forge = Forge::new();
    forge.zip[1].1 = b"cash".to_vec();
    assert!(matches!(forge.open(), Err(OpenError::Damaged)));
}

#[test]
fn entries_may_stand_in_another_order() {
    let mut forge = Forge::new();
    forge.zip.swap(0, 2);
    forge.open().unwrap();
}

#[test]
fn an_extra_and_a_missing_entry_are_told_apart() {
    let mut forge = Forge::new();
    forge.pack("cases/2-009.json", b"extra");
    assert!(matches!(forge.open(), Err(OpenError::UnlistedEntry)));

    let mut forge = Forge::new();
    forge.zip.remove(1);
    assert!(matches!(forge.open(), Err(OpenError::MissingEntry(path)) if path == case(1)));
}

#[test]
fn doubles_are_refused() {
    let mut forge = Forge::new();
    let double = forge.manifest.entries[1].clone();
    forge.manifest.entries.push(double);
    assert!(matches!(forge.open(), Err(OpenError::Damaged)));

    // The zip writer refuses to write a name twice, so a third name is changed into it afterwards.
    let mut forge = Forge::new();
    forge.pack("cases/2-002.json", b"case");
    let mut zip = forge.zipped();
    while let Some(at) = zip.windows(16).position(|window| window == b"cases/2-002.json") {
        zip[at..at + 16].copy_from_slice(b"cases/2-001.json");
    }
    assert!(matches!(forge.open_zip(&zip), Err(OpenError::Damaged)));
}

#[test]
fn paths_that_lead_elsewhere_are_refused() {
    for path in [
        "../visit.json",
        "/etc/passwd",
        "cases/../../x.json",
        "photos\\2-001.jpg",
        "cases/2-001.json/",
        "C:/visit.json",
        "cases/2-1.json",
        "manifest.jws/../visit.json",
        "visit.json\u{0}.jpg",
        "訪問.json",
    ] {
        let mut forge = Forge::new();
        forge.pack(path, b"x");
        assert!(matches!(forge.open(), Err(OpenError::UnlistedEntry)), "{path}");
    }
}

#[test]
fn a_link_or_a_folder_is_not_an_entry() {
    let forge = Forge::new();
    let token = jws::sign(Signer::Device(&forge.vault), forge.typ, &forge.manifest).unwrap();
    let with = |add: &dyn Fn(&mut MemoryZip)| {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content, _) in &forge.zip {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        add(&mut zip);
        zip.start_file("manifest.jws", SimpleFileOptions::default()).unwrap();
        zip.write_all(token.as_bytes()).unwrap();
        forge.open_zip(&zip.finish().unwrap().into_inner())
    };
    assert!(with(&|_| ()).is_ok());
    let folder = with(&|zip| zip.add_directory("cases", SimpleFileOptions::default()).unwrap());
    assert!(matches!(folder, Err(OpenError::UnlistedEntry)));
    let link = with(&|zip| zip.add_symlink("tally.json", "/etc/passwd", SimpleFileOptions::default()).unwrap());
    assert!(matches!(link, Err(OpenError::UnlistedEntry)));
}

#[test]
fn a_listed_entry_that_such_a_package_may_not_carry_is_refused() {
    for subject in [
        Subject::Hello,
        match visit_key().subject {
            Subject::Visit { visit, part } => Subject::Tally { visit, part },
            _ => unreachable!(),
        },
    ] {
        let mut forge = Forge::new();
        forge.manifest.key.subject = subject;
        assert!(matches!(forge.open(), Err(OpenError::UnlistedEntry)));
    }
}

#[test]
fn a_package_that_should_not_name_a_tablet_or_should_is_refused() {
    let Subject::Visit { visit, part } = visit_key().subject else { unreachable!() };
    for (subject, to) in [
        (Subject::Visit { visit, part }, Some(handed_over())),
        (Subject::Checkpoint { visit, part }, Some(handed_over())),
        (Subject::Handover { visit, part }, None),
    ] {
        let mut forge = Forge::new();
        (forge.manifest.key.subject, forge.manifest.handover) = (subject, to);
        assert!(matches!(forge.open(), Err(OpenError::Damaged)), "{subject}");
    }
}

/// A megabyte that claims ten bytes, and a gigabyte that claims itself, from a zip of a megabyte.
#[test]
fn bombs_are_not_inflated() {
    let mut forge = Forge::new();
    forge.list(case(2), &[0; 10]);
    forge.pack(&case(2).to_string(), &vec![0; 1 << 20]);
    assert!(matches!(forge.open(), Err(OpenError::Damaged)));

    let mut forge = Forge::new();
    let (size, sha256) = (1 << 30, Sha256Digest::of(b""));
    forge.manifest.entries.push(Entry { path: case(2), size, sha256 });
    forge.pack(&case(2).to_string(), &vec![0; 1 << 20]);
    assert!(matches!(forge.open(), Err(OpenError::TooLarge)));

    let mut forge = Forge::new();
    for number in 2..60 {
        forge.manifest.entries.push(Entry { path: case(number), size: 60 << 20, sha256 });
        forge.pack(&case(number).to_string(), b"");
    }
    assert!(matches!(forge.open(), Err(OpenError::TooLarge)));

    let mut forge = Forge::new();
    forge.manifest.entries[0].size = u64::MAX;
    assert!(matches!(forge.open(), Err(OpenError::TooLarge)));
}

/// A manifest that inflates to many times its limit.
#[test]
fn a_manifest_bomb_is_not_inflated() {
    let forge = Forge::new();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("manifest.jws", SimpleFileOptions::default()).unwrap();
    zip.write_all(&vec![b'a'; 32 << 20]).unwrap();
    let zip = zip.finish().unwrap().into_inner();
    assert!(zip.len() < 64 << 10);
    assert!(matches!(forge.open_zip(&zip), Err(OpenError::TooLarge)));
}

#[test]
fn something_before_or_after_the_zip_is_refused() {
    let forge = Forge::new();
    let zip = forge.zipped();
    forge.open_zip(&zip).unwrap();
    let prefixed = [b"#!/bin/sh\n", zip.as_slice()].concat();
    let followed = [zip.as_slice(), b"\0"].concat();
    let twice = [zip.as_slice(), zip.as_slice()].concat();
    for wrong in [&prefixed, &followed, &twice, &Vec::new(), &b"no zip".to_vec()] {
        assert!(matches!(forge.open_zip(wrong), Err(OpenError::Damaged)));
    }
}

/// Every changed byte of the zip itself, under an intact encryption: never a panic, and never another content.
#[test]
fn a_crafted_zip_never_panics_and_never_gives_other_content() {
    let forge = Forge::new();
    let zip = forge.zipped();
    for at in 0..zip.len() {
        for to in [0, 1, 0x7f, 0xff] {
            let mut changed = zip.clone();
            changed[at] = to;
            if let Ok(mut package) = open(&forge.encrypt(&changed), &forge.identity, &forge.vault) {
                let mut visit = String::new();
                std::io::Read::read_to_string(&mut package.entry(EntryPath::Visit).unwrap(), &mut visit).unwrap();
                assert_eq!(visit, "visit");
            }
        }
    }
}

#[test]
fn the_manifest_is_the_last_entry_and_has_its_name() {
    let mut forge = Forge::new();
    forge.manifest_path = "Manifest.jws";
    assert!(matches!(forge.open(), Err(OpenError::Damaged)));

    // An honest manifest before a last entry of another name.
    let mut forge = Forge::new();
    let token = jws::sign(Signer::Device(&forge.vault), forge.typ, &forge.manifest).unwrap();
    forge.pack("manifest.jws", token.as_bytes());
    forge.manifest_path = "tally.json";
    assert!(matches!(forge.open(), Err(OpenError::Damaged)));
}

#[test]
fn a_token_of_another_type_is_not_a_manifest() {
    for typ in [homon_seal::receipt::HELD_TYP, homon_seal::receipt::OPENED_TYP, "JWT", ""] {
        let mut forge = Forge::new();
        forge.typ = typ;
        assert!(matches!(forge.open(), Err(OpenError::Damaged)), "{typ}");
    }
}

#[test]
fn a_device_cannot_speak_for_another() {
    let mut forge = Forge::new();
    forge.manifest.key.device = DeviceId::make();
    assert!(matches!(forge.open(), Err(OpenError::UnknownDevice(id)) if id != device()));

    let (forge, honest) = (Forge::new(), SigningVault::make());
    let sealed = forge.encrypt(&forge.zipped());
    assert!(matches!(open(&sealed, &forge.identity, &honest), Err(OpenError::BadSignature)));
}

#[test]
fn a_later_format_is_named_as_such_even_when_its_shape_differs() {
    #[derive(serde::Serialize)]
    struct Later {
        format: u16,
        key: PackageKey,
        novelty: bool,
    }
    let forge = Forge::new();
    let key = PackageKey { device: device(), subject: Subject::Hello, seal: SealNumber::FIRST };
    let open_later = |format| {
        let token = jws::sign(Signer::Device(&forge.vault), MANIFEST_TYP, &Later { format, key, novelty: true });
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("manifest.jws", SimpleFileOptions::default()).unwrap();
        zip.write_all(token.unwrap().as_bytes()).unwrap();
        forge.open_zip(&zip.finish().unwrap().into_inner())
    };
    assert!(matches!(open_later(2), Err(OpenError::UnknownFormat)));
    assert!(matches!(open_later(1), Err(OpenError::Damaged)));
}

#[test]
fn an_age_header_without_end_is_not_read_to_its_end() {
    let identity = Identity::make_x25519();
    let mut endless = b"age-encryption.org/v1\n-> X25519 ".to_vec();
    endless.resize(4 << 20, b'A');
    assert!(matches!(open(&endless, &identity, &SigningVault::make()), Err(OpenError::Damaged)));
}
