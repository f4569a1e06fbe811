//! Sealing and opening as the tablet and the desk do it.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{self, Cursor, Read, Seek, Write};

use common::{
    SigningVault, activity_photo, activity_record, case, closing, device, noon, only, open, photo, seal_small,
    small_entries, visit_key, visit_subject,
};
use homon_domain::ids::{DeviceId, SealNumber};
use homon_seal::reader::verify_manifest;
use homon_seal::recipients::RecipientKind;
use homon_seal::{
    Closing, EntryPath, Examined, HandedOver, Identity, Limits, OpenError, PackageKey, PackageWriter, Recipients,
    SealError, Sha256Digest, Signer, SigningKey, Subject, reader,
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
        for path in [activity_record(), activity_photo()] {
            assert_eq!(writer.add_bytes(path, b"x").is_ok(), own == EntryPath::Tally, "{path}");
        }
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
fn a_digest_that_was_known_before_is_signed_and_proven_by_the_reader() {
    let (vault, identity) = (SigningVault::make(), Identity::make_x25519());
    let bytes = vec![7; 200_000];
    let seal = |sha256| {
        let mut writer = PackageWriter::new(Vec::new(), &only(&identity), visit_key(), noon()).unwrap();
        writer.add_digested(photo(1), sha256, &mut &bytes[..]).unwrap();
        writer.finish(Signer::Device(&vault), closing()).unwrap().out
    };
    let sha256 = Sha256Digest::of(&bytes);
    let package = open(&seal(sha256), &identity, &vault).unwrap();
    let entry = &package.manifest().entries[0];
    assert_eq!((entry.size, entry.sha256), (200_000, sha256));
    assert!(matches!(open(&seal(Sha256Digest::of(b"other")), &identity, &vault), Err(OpenError::Damaged)));
}

fn examined(sealed: &[u8], identity: &Identity, vault: &SigningVault) -> Examined<Cursor<Vec<u8>>> {
    let key_of = |id| (id == device()).then(|| vault.public_key());
    reader::examine(Cursor::new(sealed.to_vec()), std::slice::from_ref(identity), key_of, &Limits::default()).unwrap()
}

/// Both kinds of failure that whoever unpacks has to tell apart.
#[derive(Debug)]
enum Failure {
    Package(OpenError),
    Desk,
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self::Package(error)
    }
}

#[test]
fn unpacking_gives_every_entry_once_in_the_order_of_the_file_and_the_digest_of_it() {
    let (vault, identity) = (SigningVault::make(), Identity::make_x25519());
    let sealed = seal_small(&vault, &only(&identity)).out;
    let mut unpacked = Vec::new();
    let sha256 = examined(&sealed, &identity, &vault).unpack(|path, content| {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes).map_err(|_| Failure::Desk)?;
        unpacked.push((path, bytes));
        Ok::<_, Failure>(())
    });
    assert_eq!(sha256.unwrap(), Sha256Digest::of(&sealed));
    assert_eq!(unpacked, small_entries());
    // Whoever reads nothing still learns that everything is in order.
    let unread = examined(&sealed, &identity, &vault).unpack(|_, _| Ok::<_, Failure>(()));
    assert_eq!(unread.unwrap(), Sha256Digest::of(&sealed));
}

#[test]
fn unpacking_tells_a_damaged_package_from_a_desk_that_cannot_write() {
    let (vault, identity) = (SigningVault::make(), Identity::make_x25519());
    let sealed = |sha256| {
        let mut writer = PackageWriter::new(Vec::new(), &only(&identity), visit_key(), noon()).unwrap();
        writer.add_digested(photo(1), sha256, &mut &[7; 200_000][..]).unwrap();
        writer.add_bytes(case(1), b"1").unwrap();
        writer.finish(Signer::Device(&vault), closing()).unwrap().out
    };
    let damaged = sealed(Sha256Digest::of(b"other"));
    // However little is read of the entry, and whatever becomes of the error.
    for read in [0, 100, 200_000, 300_000] {
        let outcome = examined(&damaged, &identity, &vault).unpack(|_, content| {
            io::copy(&mut content.take(read), &mut io::sink()).map_err(|_| Failure::Desk)?;
            Ok(())
        });
        assert!(matches!(outcome, Err(Failure::Package(OpenError::Damaged))), "{read}: {outcome:?}");
    }
    let whole = sealed(Sha256Digest::of(&[7; 200_000]));
    let outcome = examined(&whole, &identity, &vault).unpack(|_, _| Err(Failure::Desk));
    assert!(matches!(outcome, Err(Failure::Desk)), "{outcome:?}");
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
    let mut file = tempfile::tempfile().unwrap();
    let out = file.try_clone().unwrap();
    let mut writer = PackageWriter::new(out, &only(&identity), visit_key(), noon()).unwrap();
    writer.add_bytes(case(1), b"1").unwrap();
    // Enough that some of it is written before anything goes wrong.
    writer.add(photo(2), &mut io::repeat(7).take(3 << 20)).unwrap();
    assert!(matches!(writer.add(photo(1), &mut Failing), Err(SealError::Io(_))));
    assert!(matches!(writer.add_bytes(case(2), b"2"), Err(SealError::Broken)));
    assert!(matches!(writer.finish(Signer::Device(&vault), closing()), Err(SealError::Broken)));
    let mut written = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut written).unwrap();
    assert!(written.len() > 1 << 20);
    assert!(matches!(open(&written, &identity, &vault), Err(OpenError::Damaged)));
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
