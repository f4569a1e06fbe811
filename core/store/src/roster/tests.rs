use std::path::Path;

use homon_domain::platform::KeyVault;

use super::*;
use crate::desk::tests::{desk_in, event};
use crate::erase::kept::erase_roster;
use crate::files;
use crate::root::roster_alias;
use crate::software_vault::SoftwareVault;

struct Tablet {
    root: Root,
    desk: DeskFile,
    vault: SoftwareVault,
}

impl Tablet {
    fn new(folder: &Path) -> Self {
        let (root, desk) = desk_in(&folder.join("tablet"));
        Self { root, desk, vault: SoftwareVault::open(&folder.join("vault")).unwrap() }
    }

    fn restarted(self, folder: &Path) -> Self {
        let Self { root, desk, vault } = self;
        drop((desk, vault));
        let desk = DeskFile::open(&root, FileKey::from_bytes(&[1; 32]).unwrap()).unwrap();
        Self { root, desk, vault: SoftwareVault::open(&folder.join("vault")).unwrap() }
    }

    fn create(&mut self, new: NewRoster) -> Result<RosterFile, Error> {
        RosterFile::create(&self.root, &mut self.desk, &self.vault, new, &event("roster_received"))
    }
}

fn new() -> NewRoster {
    let entry = |round_order, text: &str| RosterEntry {
        round_order,
        search_key: text.to_owned(),
        body: Body::of(&text).unwrap(),
    };
    NewRoster { id: RosterId::make(), visit: None, entries: vec![entry(2, "やまだ"), entry(1, "さとう")] }
}

/// What a crash leaves of a creation.
type Crash = fn(&Tablet, &NewRoster);

/// A file with a journal that a new file of the same name would take for its own.
fn leave_with_journal(tablet: &Tablet, new: &NewRoster) {
    let mut file = RosterFile::make(&tablet.root, new, FileKey::make().unwrap(), &event("roster_received")).unwrap();
    let transaction = file.file.write().unwrap();
    audit::append(&transaction, &file.chain, &event("roster_received")).unwrap();
    transaction.commit().unwrap();
    let path = tablet.root.roster(new.id);
    let paths = ["", "-wal"].map(|ending| files::with_suffix(&path, ending));
    let left = paths.map(|path| (std::fs::read(&path).unwrap(), path));
    drop(file);
    for (bytes, path) in left {
        assert!(bytes.len() > 4096);
        std::fs::write(path, bytes).unwrap();
    }
}

#[test]
fn a_crash_before_the_desk_file_is_told_leaves_no_roster() {
    let crashes: [Crash; 4] = [
        |tablet, new| tablet.vault.create(&roster_alias(new.id)).unwrap(),
        |tablet, new| {
            let key = FileKey::make().unwrap();
            let mut file = CipherFile::make(&tablet.root.roster(new.id), key, &FORM).unwrap();
            let transaction = file.write().unwrap();
            insert(&transaction, &new.entries).unwrap();
            transaction.commit().unwrap();
        },
        |tablet, new| {
            let key = FileKey::make().unwrap();
            drop(RosterFile::make(&tablet.root, new, key, &event("roster_received")).unwrap());
        },
        leave_with_journal,
    ];
    for done in 1..=crashes.len() {
        let folder = tempfile::tempdir().unwrap();
        let mut tablet = Tablet::new(folder.path());
        let mut new = new();
        for crash in &crashes[..done] {
            crash(&tablet, &new);
        }
        tablet = tablet.restarted(folder.path());
        assert_eq!(tablet.desk.rosters().unwrap(), []);
        let opened = RosterFile::open(&tablet.root, &tablet.desk, &tablet.vault, new.id);
        assert!(matches!(opened, Err(Error::Unknown)));
        let old = tablet.vault.wrap(&roster_alias(new.id), b"under the old key").unwrap();
        // The city's list comes again, with one resident less.
        new.entries.pop();
        let entries = new.entries.clone();
        let id = new.id;
        drop(tablet.create(new).unwrap());
        let file = RosterFile::open(&tablet.root, &tablet.desk, &tablet.vault, id).unwrap();
        assert_eq!((file.entries().unwrap(), file.verify_audit().unwrap().seq), (entries, 1));
        drop(file);
        assert!(tablet.vault.unwrap(&roster_alias(id), &old).is_err(), "the vault key is another");
        assert_eq!(files::names_in(&tablet.root.rosters()).unwrap(), [format!("{id}.homon")]);
        assert_eq!(files::names_in(&tablet.root.quarantine()).unwrap(), [""; 0]);
    }
}

#[test]
fn a_roster_that_was_here_is_not_stored_again_even_when_erased() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::new(folder.path());
    let new = new();
    let again = || NewRoster { entries: Vec::new(), ..new.clone() };
    drop(tablet.create(new.clone()).unwrap());
    assert!(matches!(tablet.create(again()), Err(Error::AlreadyExists)));
    let file = RosterFile::open(&tablet.root, &tablet.desk, &tablet.vault, new.id).unwrap();
    assert_eq!(file.count().unwrap(), 2, "the first is untouched");
    drop(file);
    let Tablet { root, desk, vault } = &mut tablet;
    let clock = homon_domain::platform::SystemClock;
    erase_roster(root, desk, vault, &clock, &"staff-02".parse().unwrap(), new.id).unwrap();
    assert!(matches!(tablet.create(again()), Err(Error::AlreadyExists)));
    assert!(!tablet.vault.contains(&roster_alias(new.id)).unwrap());
    assert_eq!(files::names_in(&tablet.root.rosters()).unwrap(), [""; 0]);
}

#[test]
fn a_paused_desk_file_is_told_as_such_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::new(folder.path());
    let new = new();
    tablet.desk.pause().unwrap();
    assert!(matches!(tablet.create(new.clone()), Err(Error::Paused)));
    assert!(!tablet.vault.contains(&roster_alias(new.id)).unwrap());
    assert_eq!(files::names_in(&tablet.root.rosters()).unwrap(), [""; 0]);
}

#[test]
fn debug_output_shows_nobody() {
    let shown = format!("{:?}", new());
    assert!(shown.contains("round_order: 2"));
    assert!(!shown.contains("やまだ") && !shown.contains("さとう"), "{shown}");
}

#[test]
fn every_table_is_strict() {
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    FORM.migrations.to_latest(&mut connection).unwrap();
    let loose =
        "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND strict = 0";
    let (loose, all): (u32, u32) = connection
        .query_row(&format!("SELECT ({loose}), (SELECT count(*) FROM sqlite_schema WHERE type = 'table')"), [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!((loose, all), (0, 3));
}
