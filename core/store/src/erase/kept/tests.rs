use std::fs;
use std::path::Path;

use homon_domain::ids::VisitId;
use homon_domain::platform::VaultError;

use super::*;
use crate::body::Body;
use crate::desk::kept::KeptState;
use crate::desk::tests::{desk_in, event};
use crate::erase::resume_erasures;
use crate::erase::tests::{FixedClock, Hoarder};
use crate::keys::FileKey;
use crate::message::{MessageFile, NewMessage};
use crate::roster::{NewRoster, RosterEntry, RosterFile};
use crate::software_vault::SoftwareVault;

/// A tablet with two rosters and two messages, one of each to be erased.
struct Tablet {
    root: Root,
    desk: DeskFile,
    vault: SoftwareVault,
    visit: VisitId,
    erased: Kept,
    kept: Kept,
}

type OfKind = fn() -> [Kept; 2];

const KINDS: [OfKind; 2] = [
    || [(); 2].map(|()| Kept::Roster(RosterId::make())),
    || [7, 17].map(|number| Kept::Message(MailNumber::new(number).unwrap())),
];

impl Tablet {
    /// Of the first, a damaged copy lies in quarantine, and a journal and an unfinished file beside it.
    fn new(folder: &Path, of_kind: OfKind) -> Self {
        let vault = SoftwareVault::open(&folder.join("vault")).unwrap();
        let (root, desk) = desk_in(&folder.join("tablet"));
        let [erased, kept] = of_kind();
        let mut tablet = Self { root, desk, vault, visit: VisitId::make(), erased, kept };
        for one in [erased, kept] {
            tablet.create(one).unwrap();
        }
        let path = erased.path(&tablet.root);
        fs::copy(&path, tablet.root.quarantine().join(format!("{}~1.homon", erased.stem()))).unwrap();
        fs::write(files::with_suffix(&path, "-wal"), b"journal").unwrap();
        fs::write(files::unfinished(&path), b"torn").unwrap();
        tablet
    }

    fn create(&mut self, kept: Kept) -> Result<(), Error> {
        let Self { root, desk, vault, visit, .. } = self;
        let body = Body::of(&"山田").unwrap();
        match kept {
            Kept::Roster(id) => {
                let entry = RosterEntry { round_order: 1, search_key: "やまだ".to_owned(), body };
                let new = NewRoster { id, visit: Some(*visit), entries: vec![entry] };
                RosterFile::create(root, desk, vault, new, &event("roster_received")).map(drop)
            }
            Kept::Message(number) => {
                let new = NewMessage { number, visit: Some(*visit), body };
                MessageFile::create(root, desk, vault, &new, &event("message_received")).map(drop)
            }
        }
    }

    /// As if the app had been killed and started again.
    fn restarted(self, folder: &Path) -> Self {
        let Self { root, desk, vault, visit, erased, kept } = self;
        drop((desk, vault));
        let vault = SoftwareVault::open(&folder.join("vault")).unwrap();
        let desk = DeskFile::open(&root, FileKey::from_bytes(&[1; 32]).unwrap()).unwrap();
        Self { root, desk, vault, visit, erased, kept }
    }

    fn erase(&mut self, kept: Kept) -> Result<(), Error> {
        let Self { root, desk, vault, .. } = self;
        match kept {
            Kept::Roster(id) => erase_roster(root, desk, vault, &FixedClock, &staff(), id),
            Kept::Message(number) => erase_message(root, desk, vault, &FixedClock, &staff(), number),
        }
    }

    fn resume(&mut self) {
        let visits = resume_erasures(&self.root, &mut self.desk, &self.vault, &FixedClock).unwrap();
        assert_eq!(visits, []);
    }

    fn opens(&self, kept: Kept) -> Result<(), Error> {
        match kept {
            Kept::Roster(id) => RosterFile::open(&self.root, &self.desk, &self.vault, id).map(drop),
            Kept::Message(number) => MessageFile::open(&self.root, &self.desk, &self.vault, number).map(drop),
        }
    }

    fn erased_by(&self) -> Option<StaffCode> {
        match self.erased {
            Kept::Roster(id) => self.desk.roster(id).unwrap().erased_by,
            Kept::Message(number) => self.desk.message(number).unwrap().erased_by,
        }
    }

    fn state(&self) -> KeptState {
        self.desk.state_of(self.erased).unwrap()
    }

    /// One is gone, as one erasure in the log says; the other is whole.
    fn assert_erased(&self) {
        assert_eq!(belongings(&self.root, self.erased).unwrap(), [""; 0].map(PathBuf::from));
        assert!(!self.vault.contains(&self.erased.alias()).unwrap());
        assert!(matches!(self.desk.wrapped_key_of(self.erased), Err(Error::WrongStage)));
        assert!(matches!(self.opens(self.erased), Err(Error::WrongStage)));
        assert_eq!((self.state(), self.erased_by()), (KeptState::Erased, Some(staff())));
        assert_eq!(self.desk.state_of(self.kept).unwrap(), KeptState::Kept);
        self.opens(self.kept).unwrap();
        self.assert_log();
    }

    fn assert_log(&self) {
        self.desk.verify_audit().unwrap();
        let mut log = Vec::new();
        self.desk.export_audit(&mut log).unwrap();
        let log = String::from_utf8(log).unwrap();
        for action in self.erased.erasure() {
            let told: Vec<&str> = log.lines().filter(|line| line.contains(action)).collect();
            let [line] = told[..] else { panic!("{action} is told {} times", told.len()) };
            for fact in [self.erased.word().unwrap().to_string(), self.visit.to_string(), staff().to_string()] {
                assert!(line.contains(&fact), "{line}");
            }
        }
    }
}

fn staff() -> StaffCode {
    "staff-02".parse().unwrap()
}

#[test]
fn what_is_erased_leaves_a_row_and_no_file_and_does_not_come_again() {
    for of_kind in KINDS {
        let folder = tempfile::tempdir().unwrap();
        let mut tablet = Tablet::new(folder.path(), of_kind);
        assert_eq!(belongings(&tablet.root, tablet.erased).unwrap().len(), 4);
        tablet.erase(tablet.erased).unwrap();
        tablet.assert_erased();
        tablet.resume();
        assert!(matches!(tablet.erase(tablet.erased), Err(Error::WrongStage)));
        assert!(matches!(tablet.create(tablet.erased), Err(Error::AlreadyExists)));
        tablet.assert_erased();
    }
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::new(folder.path(), KINDS[0]);
    assert!(matches!(tablet.erase(Kept::Roster(RosterId::make())), Err(Error::Unknown)));
    assert!(matches!(tablet.erase(Kept::Message(MailNumber::FIRST)), Err(Error::Unknown)));
}

/// One stage of an erasure.
type Stage = fn(&mut Tablet);

#[test]
fn an_erasure_goes_on_after_a_crash_at_any_point() {
    let stages: [Stage; 5] = [
        |tablet| {
            let begun = event(tablet.erased.erasure()[0]);
            let begun = homon_domain::audit::AuditEvent { actor: staff(), ..begun };
            tablet.desk.begin_erasure_of(tablet.erased, &begun).unwrap();
        },
        |tablet| destroy_key(&tablet.vault, &tablet.erased.alias()).unwrap(),
        |tablet| tablet.desk.drop_key_of(tablet.erased).unwrap(),
        |tablet| {
            let first = belongings(&tablet.root, tablet.erased).unwrap().remove(0);
            files::remove_if_there(&first).unwrap();
        },
        |tablet| delete_files(belongings(&tablet.root, tablet.erased).unwrap()).unwrap(),
    ];
    for of_kind in KINDS {
        for done in 1..=stages.len() {
            let folder = tempfile::tempdir().unwrap();
            let mut tablet = Tablet::new(folder.path(), of_kind);
            for stage in &stages[..done] {
                stage(&mut tablet);
            }
            let mut tablet = tablet.restarted(folder.path());
            assert_eq!(tablet.state(), KeptState::Erasing);
            let opened = tablet.opens(tablet.erased);
            assert!(matches!(opened, Err(Error::WrongStage)), "no way back after {done} stages");
            tablet.resume();
            tablet.assert_erased();
            tablet.resume();
            tablet.assert_erased();
        }
    }
}

#[test]
fn a_key_that_is_still_there_stops_the_erasure_before_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let Tablet { root, mut desk, vault, visit, erased, kept } = Tablet::new(folder.path(), KINDS[0]);
    let Kept::Roster(id) = erased else { unreachable!() };
    let vault = Hoarder(vault);
    let result = erase_roster(&root, &mut desk, &vault, &FixedClock, &staff(), id);
    assert!(matches!(result, Err(Error::Key(VaultError::Unavailable))));
    assert!(root.roster(id).exists(), "the key goes first");
    desk.wrapped_key_of(erased).unwrap();
    let mut tablet = Tablet { root, desk, vault: vault.0, visit, erased, kept };
    assert_eq!(tablet.state(), KeptState::Erasing);
    tablet.resume();
    tablet.assert_erased();
}
