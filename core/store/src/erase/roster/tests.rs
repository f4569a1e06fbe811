use std::fs;
use std::path::Path;

use homon_domain::ids::VisitId;
use homon_domain::platform::VaultError;

use super::*;
use crate::body::Body;
use crate::desk::rosters::RosterRow;
use crate::desk::tests::{desk_in, event};
use crate::erase::resume_erasures;
use crate::erase::tests::{FixedClock, Hoarder};
use crate::keys::FileKey;
use crate::roster::{NewRoster, RosterEntry, RosterFile};
use crate::software_vault::SoftwareVault;

struct Tablet {
    root: Root,
    desk: DeskFile,
    vault: SoftwareVault,
    visit: VisitId,
    erased: RosterId,
    kept: RosterId,
}

impl Tablet {
    /// Two rosters of one visit; of the first, a damaged copy lies in quarantine, and a journal and an unfinished file
    /// beside it.
    fn new(folder: &Path) -> Self {
        let vault = SoftwareVault::open(&folder.join("vault")).unwrap();
        let (root, mut desk) = desk_in(&folder.join("tablet"));
        let (visit, [erased, kept]) = (VisitId::make(), [(); 2].map(|()| RosterId::make()));
        for id in [erased, kept] {
            let entry =
                RosterEntry { round_order: 1, search_key: "やまだ".to_owned(), body: Body::of(&"山田").unwrap() };
            let new = NewRoster { id, visit: Some(visit), entries: vec![entry] };
            drop(RosterFile::create(&root, &mut desk, &vault, new, &event("roster_received")).unwrap());
        }
        let path = root.roster(erased);
        fs::copy(&path, root.quarantine().join(format!("{erased}~1.homon"))).unwrap();
        fs::write(files::with_suffix(&path, "-wal"), b"journal").unwrap();
        fs::write(files::unfinished(&path), b"torn").unwrap();
        Self { root, desk, vault, visit, erased, kept }
    }

    /// As if the app had been killed and started again.
    fn restarted(self, folder: &Path) -> Self {
        let Self { root, desk, vault, visit, erased, kept } = self;
        drop((desk, vault));
        let vault = SoftwareVault::open(&folder.join("vault")).unwrap();
        let desk = DeskFile::open(&root, FileKey::from_bytes(&[1; 32]).unwrap()).unwrap();
        Self { root, desk, vault, visit, erased, kept }
    }

    fn erase(&mut self, id: RosterId) -> Result<(), Error> {
        erase_roster(&self.root, &mut self.desk, &self.vault, &FixedClock, &staff(), id)
    }

    fn resume(&mut self) {
        let visits = resume_erasures(&self.root, &mut self.desk, &self.vault, &FixedClock).unwrap();
        assert_eq!(visits, []);
    }

    fn open(&self, id: RosterId) -> Result<RosterFile, Error> {
        RosterFile::open(&self.root, &self.desk, &self.vault, id)
    }

    fn state(&self) -> RosterState {
        self.desk.roster(self.erased).unwrap().state
    }

    /// One is gone, as one erasure in the log says; the other is whole.
    fn assert_erased(&self) {
        assert_eq!(belongings(&self.root, self.erased).unwrap(), [""; 0].map(PathBuf::from));
        assert!(!self.vault.contains(&roster_alias(self.erased)).unwrap());
        assert!(matches!(self.desk.wrapped_roster_key(self.erased), Err(Error::WrongStage)));
        assert!(matches!(self.open(self.erased), Err(Error::WrongStage)));
        let row = self.desk.roster(self.erased).unwrap();
        let expected = RosterRow { state: RosterState::Erased, erased_by: Some(staff()), ..row.clone() };
        assert_eq!((&row, row.visit, row.count), (&expected, Some(self.visit), 1));
        assert_eq!(self.desk.roster(self.kept).unwrap().state, RosterState::Kept);
        assert_eq!(self.open(self.kept).unwrap().count().unwrap(), 1);
        self.assert_log();
    }

    fn assert_log(&self) {
        self.desk.verify_audit().unwrap();
        let mut log = Vec::new();
        self.desk.export_audit(&mut log).unwrap();
        let log = String::from_utf8(log).unwrap();
        for action in ["roster_erasure_begun", "roster_erasure_done"] {
            let told: Vec<&str> = log.lines().filter(|line| line.contains(action)).collect();
            let [line] = told[..] else { panic!("{action} is told {} times", told.len()) };
            for fact in [self.erased.to_string(), self.visit.to_string(), staff().to_string()] {
                assert!(line.contains(&fact), "{line}");
            }
        }
    }
}

fn staff() -> StaffCode {
    "staff-02".parse().unwrap()
}

#[test]
fn an_erased_roster_leaves_a_row_and_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::new(folder.path());
    assert_eq!(belongings(&tablet.root, tablet.erased).unwrap().len(), 4);
    tablet.erase(tablet.erased).unwrap();
    tablet.assert_erased();
    tablet.resume();
    assert!(matches!(tablet.erase(tablet.erased), Err(Error::WrongStage)));
    assert!(matches!(tablet.erase(RosterId::make()), Err(Error::Unknown)));
    tablet.assert_erased();
}

/// One stage of an erasure.
type Stage = fn(&mut Tablet);

#[test]
fn an_erasure_goes_on_after_a_crash_at_any_point() {
    let stages: [Stage; 5] = [
        |tablet| {
            let begun = event("roster_erasure_begun");
            let begun = homon_domain::audit::AuditEvent { actor: staff(), ..begun };
            tablet.desk.begin_roster_erasure(tablet.erased, &begun).unwrap();
        },
        |tablet| destroy_key(&tablet.vault, &roster_alias(tablet.erased)).unwrap(),
        |tablet| tablet.desk.drop_roster_key(tablet.erased).unwrap(),
        |tablet| {
            let first = belongings(&tablet.root, tablet.erased).unwrap().remove(0);
            files::remove_if_there(&first).unwrap();
        },
        |tablet| delete_files(belongings(&tablet.root, tablet.erased).unwrap()).unwrap(),
    ];
    for done in 1..=stages.len() {
        let folder = tempfile::tempdir().unwrap();
        let mut tablet = Tablet::new(folder.path());
        for stage in &stages[..done] {
            stage(&mut tablet);
        }
        let mut tablet = tablet.restarted(folder.path());
        assert_eq!(tablet.state(), RosterState::Erasing);
        assert!(matches!(tablet.open(tablet.erased), Err(Error::WrongStage)), "no way back after {done} stages");
        tablet.resume();
        tablet.assert_erased();
        tablet.resume();
        tablet.assert_erased();
    }
}

#[test]
fn a_key_that_is_still_there_stops_the_erasure_before_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let Tablet { root, mut desk, vault, visit, erased, kept } = Tablet::new(folder.path());
    let vault = Hoarder(vault);
    let result = erase_roster(&root, &mut desk, &vault, &FixedClock, &staff(), erased);
    assert!(matches!(result, Err(Error::Key(VaultError::Unavailable))));
    assert!(root.roster(erased).exists(), "the key goes first");
    desk.wrapped_roster_key(erased).unwrap();
    let mut tablet = Tablet { root, desk, vault: vault.0, visit, erased, kept };
    assert_eq!(tablet.state(), RosterState::Erasing);
    tablet.resume();
    tablet.assert_erased();
}
