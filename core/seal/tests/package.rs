//! Sealing and opening as the tablet and the desk do it.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{self, Cursor, Read, Write};

use common::{
    SigningVault, case, closing, device, noon, only, open, photo, seal_small, small_entries, visit_key, visit_subject,
};
use homon_domain::ids::{DeviceId, SealNumber};
use homon_seal::reader::verify_manifest;
use homon_seal::recipients::RecipientKind;
use homon_seal::{
    Closing, EntryPath, HandedOver, Identity, Limits, OpenError, PackageKey, PackageWriter, Recipients, SealError,
    Sha256Digest, Signer, SigningKey, Subject, reader,
};

#[test]
fn what_was_sealed_comes_back_to_every_recipient() {
    let vault = SigningVault::make();
    for kind in [RecipientKind::Hybrid, RecipientKind::X25519] {
        let (work, recovery) = (Identity::make(kind), Identity::make(kind));
        let recipients = Recipients::new(vec![work.recipient(), recovery.recipient()]).unwrap();
        let sealed = seal_small(&vault, &recipients);
        assert_eq!(sealed.bytes, sealed.out.len() as u64);
        assert_eq!(sealed.sha256, Sha256Digest::of(&sealed.out));
        for identity in [&work, &recovery] {
            let mut package = open(&sealed.out, identity, &vault).unwrap();
            let manifest = package.manifest().clone();
            assert_eq!(manifest.key, visit_key());
            assert_eq!((manifest.made_at, manifest.recipients), (noon(), recipients.fingerprint()));
            let paths: Vec<_> = manifest.entries.iter().map(|entry| entry.path).collect();
            assert_eq!(paths, small_entries().iter().map(|(path, _)| *path).collect::<Vec<_>>());
            for (path, content) in small_entries() {
                let mut read = Vec::new();
                package.entry(path).unwrap().read_to_end(&mut read).unwrap();
                assert_eq!(read, content, "{path}");
            }
            assert!(matches!(package.entry(photo(2)).err(), Some(OpenError::MissingEntry(path)) if path == photo(2)));
        }
    }
}

#[test]
fn entries_can_be_read_in_any_order_and_in_little_pieces() {
    let (vault, identity) = (SigningVault::make(), Identity::make_x25519());
    let sealed = seal_small(&vault, &only(&identity));
    let mut package = open(&sealed.out, &identity, &vault).unwrap();
    for (path, content) in small_entries().into_iter().rev() {
        let bytes: Result<Vec<u8>, _> = io::BufReader::with_capacity(3, package.entry(path).unwrap()).bytes().collect();
        assert_eq!(bytes.unwrap(), content);
    }
}

#[test]
fn a_hello_is_nothing_but_a_manifest() {
    let (vault, identity) = (SigningVault::make(), Identity::make_hybrid());
    let key = PackageKey { device: device(), subject: Subject::Hello, seal: SealNumber::FIRST };
    let writer = PackageWriter::new(Vec::new(), &only(&identity), key, noon()).unwrap();
    let sealed = writer.finish(Signer::Device(&vault), closing()).unwrap();
    let package = open(&sealed.out, &identity, &vault).unwrap();
    assert_eq!((package.manifest().key, package.manifest().entries.len()), (key, 0));
}

#[test]
fn a_tally_and_a_notice_have_no_room_for_a_resident() {
    let identity = Identity::make_hybrid();
    let Subject::Visit { visit, part } = visit_subject() else { unreachable!() };
    for (subject, own) in
        [(Subject::Tally { visit, part }, EntryPath::Tally), (Subject::Notice { visit, part }, EntryPath::Notice)]
    {
        let key = PackageKey { device: device(), subject, seal: SealNumber::FIRST };
        let mut writer = PackageWriter::new(Vec::new(), &only(&identity), key, noon()).unwrap();
        for path in [EntryPath::Visit, EntryPath::Audit, case(1), photo(1)] {
            assert!(matches!(writer.add_bytes(path, b"x"), Err(SealError::NotAllowed(refused)) if refused == path));
        }
        writer.add_bytes(own, b"{}").unwrap();
    }
}

#[test]
fn a_handover_says_to_which_tablet_it_goes_and_nothing_else_does() {
    let (vault, identity) = (SigningVault::make(), Identity::make_hybrid());
    let Subject::Visit { visit, part } = visit_subject() else { unreachable!() };
    let (handover, checkpoint) = (Subject::Handover { visit, part }, Subject::Checkpoint { visit, part });
    let to = Some(HandedOver { to: device(), certificate_pem: "certificate".to_owned() });
    for (subject, to, fits) in
        [(handover, to.clone(), true), (handover, None, false), (checkpoint, None, true), (checkpoint, to, false)]
    {
        let key = PackageKey { subject, ..visit_key() };
        let mut writer = PackageWriter::new(Vec::new(), &only(&identity), key, noon()).unwrap();
        for path in [EntryPath::Visit, EntryPath::Audit, EntryPath::Handovers, case(1), photo(1)] {
            writer.add_bytes(path, b"x").unwrap();
        }
        match writer.finish(Signer::Device(&vault), Closing { handover: to.clone(), ..closing() }) {
            Ok(sealed) => {
                let package = open(&sealed.out, &identity, &vault).unwrap();
                assert_eq!((&package.manifest().handover, fits), (&to, true));
                let key_of = |id| (id == device()).then(|| vault.public_key());
                assert_eq!(verify_manifest(package.manifest_token(), key_of).unwrap(), *package.manifest());
            }
            Err(error) => assert!(matches!(error, SealError::Addressee) && !fits, "{subject}: {error:?}"),
        }
    }
}

#[test]
fn an_entry_stands_once() {
    let mut writer = PackageWriter::new(Vec::new(), &only(&Identity::make_hybrid()), visit_key(), noon()).unwrap();
    writer.add_bytes(case(1), b"1").unwrap();
    assert!(matches!(writer.add_bytes(case(1), b"2"), Err(SealError::Duplicate(path)) if path == case(1)));
    // Refused before anything was written: the package goes on.
    writer.add_bytes(case(2), b"2").unwrap();
    writer.finish(Signer::Device(&SigningVault::make()), closing()).unwrap();
}

#[test]
fn a_source_that_fails_leaves_nothing_that_looks_whole() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    let (vault, identity) = (SigningVault::make(), Identity::make_hybrid());
    let mut out = Vec::new();
    let mut writer = PackageWriter::new(&mut out, &only(&identity), visit_key(), noon()).unwrap();
    writer.add_bytes(case(1), b"1").unwrap();
    assert!(matches!(writer.add(photo(1), &mut Failing), Err(SealError::Io(_))));
    assert!(matches!(writer.add_bytes(case(2), b"2"), Err(SealError::Broken)));
    assert!(matches!(writer.finish(Signer::Device(&vault), closing()), Err(SealError::Broken)));
    assert!(matches!(open(&out, &identity, &vault), Err(OpenError::Damaged)));
}

#[test]
fn a_full_disk_is_an_error() {
    struct Full(usize);
    impl Write for Full {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(buf.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(buf.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let vault = SigningVault::make();
    let seal = |space: usize| -> Result<(), SealError> {
        let mut writer = PackageWriter::new(Full(space), &only(&Identity::make_hybrid()), visit_key(), noon())?;
        writer.add(photo(1), &mut io::repeat(7).take(200_000))?;
        writer.finish(Signer::Device(&vault), closing()).map(|_| ())
    };
    for space in [0, 2_000, 100_000, 200_000] {
        let error = seal(space).unwrap_err();
        assert!(
            matches!(&error, SealError::Io(error) if error.kind() == io::ErrorKind::StorageFull),
            "{space}: {error:?}"
        );
    }
    seal(300_000).unwrap();
}

#[test]
fn the_desk_knows_whom_to_trust() {
    let (vault, identity) = (SigningVault::make(), Identity::make_hybrid());
    let sealed = seal_small(&vault, &only(&identity));
    let with = |identity: &Identity, key_of: &dyn Fn(DeviceId) -> Option<_>| {
        reader::open(Cursor::new(&sealed.out), std::slice::from_ref(identity), key_of, &Limits::default()).err()
    };
    let stranger = Identity::make_hybrid();
    assert!(matches!(with(&stranger, &|_| Some(vault.public_key())), Some(OpenError::NotForUs)));
    assert!(matches!(with(&identity, &|_| None), Some(OpenError::UnknownDevice(id)) if id == device()));
    let other = SigningKey::make().public_key();
    assert!(matches!(with(&identity, &|_| Some(other)), Some(OpenError::BadSignature)));
    assert!(with(&identity, &|id| (id == device()).then(|| vault.public_key())).is_none());
}

#[test]
fn limits_hold_for_the_count_for_one_entry_and_for_all() {
    let (vault, identity) = (SigningVault::make(), Identity::make_x25519());
    let sealed = seal_small(&vault, &only(&identity));
    let with = |limits: Limits| {
        let key_of = |_| Some(vault.public_key());
        reader::open(Cursor::new(&sealed.out), std::slice::from_ref(&identity), key_of, &limits).err()
    };
    let sizes: Vec<u64> = small_entries().iter().map(|(_, content)| content.len() as u64).collect();
    let exact = Limits {
        entries: sizes.len(),
        entry_bytes: sizes.iter().copied().max().unwrap(),
        total_bytes: sizes.iter().sum(),
    };
    assert!(with(exact).is_none());
    assert!(matches!(with(Limits { entries: exact.entries - 1, ..exact }), Some(OpenError::TooLarge)));
    assert!(matches!(with(Limits { entry_bytes: exact.entry_bytes - 1, ..exact }), Some(OpenError::TooLarge)));
    assert!(matches!(with(Limits { total_bytes: exact.total_bytes - 1, ..exact }), Some(OpenError::TooLarge)));
}

#[test]
fn sealing_twice_gives_other_bytes_of_the_same_content() {
    let (vault, identity) = (SigningVault::make(), Identity::make_hybrid());
    let (first, second) = (seal_small(&vault, &only(&identity)), seal_small(&vault, &only(&identity)));
    assert_ne!(first.sha256, second.sha256);
    let entries = |sealed: &[u8]| open(sealed, &identity, &vault).unwrap().manifest().entries.clone();
    assert_eq!(entries(&first.out), entries(&second.out));
}

/// As many entries as are allowed, with the longest paths: the manifest still fits its limit, the directory its shape.
#[test]
fn the_fullest_package_is_sealed_and_opened() {
    let (vault, identity) = (SigningVault::make(), Identity::make_x25519());
    let mut writer = PackageWriter::new(Vec::new(), &only(&identity), visit_key(), noon()).unwrap();
    for number in (u32::MAX - 1_999)..=u32::MAX {
        let number = format!("255-{number}").parse().unwrap();
        writer.add_bytes(EntryPath::Case(number), b"{}").unwrap();
        writer.add_bytes(EntryPath::Photo(number), b"jpeg").unwrap();
    }
    let sealed = writer.finish(Signer::Device(&vault), closing()).unwrap();
    assert_eq!(open(&sealed.out, &identity, &vault).unwrap().manifest().entries.len(), Limits::default().entries);
}
