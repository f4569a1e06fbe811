//! Damaged files and wrong keys: told, set aside unchanged, and nothing else is touched.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Tablet, case, event, photo};
use homon_domain::ids::{PartNumber, VisitId};
use homon_store::{Body, DeskFile, Error, FileKey, StepWrite};

struct Damage {
    folder: tempfile::TempDir,
    hurt: (VisitId, PartNumber),
    other: (VisitId, PartNumber),
}

impl Damage {
    /// Two visits with a case and a photo each.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut tablet = Tablet::set_up(folder.path());
        let [hurt, other] = [(); 2].map(|()| {
            let (visit, part, mut file) = tablet.open_new_visit(&Body::of(&"visit").unwrap());
            let one = case(1, "a");
            let step = StepWrite::new(event("received")).photo(photo(one.id, vec![5; 60_000])).case(one);
            file.step(&step).unwrap();
            (visit, part)
        });
        Self { folder, hurt, other }
    }

    fn path(&self) -> PathBuf {
        let (visit, part) = self.hurt;
        self.folder.path().join(format!("tablet/visits/{visit}-{part}.homon"))
    }

    fn quarantined(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.path().join("tablet/quarantine")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// The damaged file is set aside with its bytes; everything else goes on.
    fn assert_set_aside(&self) {
        let bytes = fs::read(self.path()).unwrap();
        let tablet = Tablet::start(self.folder.path());
        let name = match tablet.open_visit(self.hurt.0, self.hurt.1) {
            Err(Error::Quarantined { name }) => name,
            other => panic!("{:?}", other.map(|_| ())),
        };
        assert_eq!(self.quarantined().len(), 1);
        assert!(fs::read(self.folder.path().join("tablet/quarantine").join(name)).unwrap() == bytes);
        assert!(matches!(tablet.open_visit(self.hurt.0, self.hurt.1), Err(Error::Missing)));
        let other = tablet.open_visit(self.other.0, self.other.1).unwrap();
        other.check_whole().unwrap();
        assert_eq!(other.reads().unwrap().verify_audit().unwrap().seq, 2);
    }
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_flipped_bit_anywhere_in_the_first_page_is_noticed() {
    for at in [0, 15, 16, 1000, 4095] {
        let damage = Damage::new();
        flip(&damage.path(), at);
        damage.assert_set_aside();
    }
}

#[test]
fn a_file_cut_off_is_noticed() {
    for length in [0, 1, 4095] {
        let damage = Damage::new();
        let file = fs::OpenOptions::new().write(true).open(damage.path()).unwrap();
        file.set_len(length).unwrap();
        damage.assert_set_aside();
    }
}

#[test]
fn a_file_of_noise_is_set_aside() {
    let damage = Damage::new();
    fs::write(damage.path(), vec![0x5a; 8192]).unwrap();
    damage.assert_set_aside();
}

#[test]
fn a_plain_sqlite_file_in_its_place_is_not_taken_for_ours() {
    let damage = Damage::new();
    fs::remove_file(damage.path()).unwrap();
    let plain = rusqlite::Connection::open(damage.path()).unwrap();
    plain.execute_batch("CREATE TABLE visit (body TEXT); PRAGMA user_version = 2;").unwrap();
    drop(plain);
    damage.assert_set_aside();
}

#[test]
fn damage_deeper_in_the_file_is_told_when_it_is_read_and_by_the_check() {
    let damage = Damage::new();
    let length = fs::metadata(damage.path()).unwrap().len();
    // The photo's pages are the last of the file.
    flip(&damage.path(), usize::try_from(length).unwrap() - 10_000);
    let tablet = Tablet::start(damage.folder.path());
    let file = tablet.open_visit(damage.hurt.0, damage.hurt.1).unwrap();
    assert_eq!(file.reads().unwrap().verify_audit().unwrap().seq, 2);
    let result = file.check_whole();
    assert!(matches!(result, Err(Error::Damaged)), "{result:?}");
    drop(file);
    let file = tablet.open_visit(damage.hurt.0, damage.hurt.1).unwrap();
    let reads = file.reads().unwrap();
    let one = reads.cases_in_order().unwrap().remove(0);
    let mut photo = reads.photo(one.id, &"portrait".parse().unwrap()).unwrap();
    assert!(std::io::Read::read_to_end(&mut photo, &mut Vec::new()).is_err());
}

/// Opens and reads everything that the app reads.
fn read_all(tablet: &Tablet, (visit, part): (VisitId, PartNumber)) -> Result<(), Error> {
    let file = tablet.open_visit(visit, part)?;
    let reads = file.reads()?;
    reads.visit()?;
    reads.verify_audit()?;
    reads.search("a", 10)?;
    reads.counts_by_status()?;
    reads.cases_in_order()?;
    reads.photos()?;
    Ok(())
}

#[test]
fn whichever_page_is_hit_the_answer_is_right_or_damage_is_named() {
    let damage = Damage::new();
    let whole = fs::read(damage.path()).unwrap();
    let mut named = 0;
    for page in 1..whole.len() / 4096 {
        fs::write(damage.path(), &whole).unwrap();
        flip(&damage.path(), page * 4096 + 2000);
        let tablet = Tablet::start(damage.folder.path());
        match read_all(&tablet, damage.hurt) {
            Ok(()) => {}
            Err(Error::Damaged | Error::Quarantined { .. }) => named += 1,
            Err(other) => panic!("page {page}: {other:?}"),
        }
    }
    assert!(named >= 5, "{named}");
    assert_eq!(read_all(&Tablet::start(damage.folder.path()), damage.other).map_err(|error| error.to_string()), Ok(()));
}

#[test]
fn a_wrong_key_looks_like_damage_and_the_file_survives_it() {
    let damage = Damage::new();
    let tablet = Tablet::start(damage.folder.path());
    let root = tablet.root.clone();
    drop(tablet.desk);
    let bytes = fs::read(root.path().join("desk.homon")).unwrap();
    let wrong = DeskFile::open(&root, FileKey::make().unwrap()).map(|_| ());
    assert!(matches!(wrong, Err(Error::Quarantined { name }) if name == "desk~1.homon"));
    assert!(fs::read(root.path().join("quarantine/desk~1.homon")).unwrap() == bytes);
    // Put back by hand, it opens with the right key.
    fs::rename(root.path().join("quarantine/desk~1.homon"), root.path().join("desk.homon")).unwrap();
    Tablet::start(damage.folder.path());
}

#[test]
fn a_newer_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let root = homon_store::Root::open(folder.path()).unwrap();
    let key = FileKey::from_bytes(&[3; 32]).unwrap();
    drop(DeskFile::create(&root, key.clone(), &event("desk_made")).unwrap());
    let newer = rusqlite::Connection::open(root.path().join("desk.homon")).unwrap();
    let unlock = format!("PRAGMA key = \"x'{}'\"; PRAGMA cipher_hmac_algorithm = HMAC_SHA256;", "03".repeat(32));
    newer.execute_batch(&format!("{unlock} PRAGMA user_version = 99;")).unwrap();
    drop(newer);
    assert!(matches!(DeskFile::open(&root, key).map(|_| ()), Err(Error::TooNew)));
    assert!(root.path().join("desk.homon").exists());
}
