use homon_domain::audit::Head;

use super::*;
use crate::desk::tests::event;
use crate::desk::visits::{PlannedVisit, VisitStage};
use crate::software_vault::SoftwareVault;
use crate::visit::step::StepWrite;
use crate::visit::tests::{case, opened_in};
use crate::{Pin, PinCost};

/// A tablet with one open visit, whose key store has been emptied.
struct Stricken {
    _folder: tempfile::TempDir,
    root: Root,
    vault: SoftwareVault,
    planned: PlannedVisit,
    /// What the city's recovery key would give back.
    key: FileKey,
    head: Head,
}

impl Stricken {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut opened = opened_in(folder.path());
        let (visit, part, root) = (opened.visit, opened.part, opened.root.clone());
        let (pin, cost) = (Pin::new("508261").unwrap(), PinCost::cheap());
        KeySlots::create(&root, &opened.vault, &"staff-01".parse().unwrap(), &pin, cost).unwrap();
        assert!(matches!(begin_anew(&root, &opened.vault), Err(Error::AlreadyExists)), "somebody can sign in");
        let head = opened.file.step(&StepWrite::new(event("receive")).case(case(1))).unwrap();
        let planned = opened.desk.visit(visit, part).unwrap().planned;
        let wrapped = opened.desk.wrapped_key(visit, part).unwrap();
        let key = FileKey::unwrapped(&opened.vault, &visit_alias(visit, part), &wrapped).unwrap();
        fs::write(root.sealed_folder().join(format!("visit-{visit}-{part}-1.age")), b"sealed").unwrap();
        drop(opened);
        fs::remove_dir_all(folder.path().join("vault")).unwrap();
        let vault = SoftwareVault::open(&folder.path().join("vault")).unwrap();
        Self { _folder: folder, root, vault, planned, key, head }
    }

    fn begin_anew(&self) -> DeskFile {
        begin_anew(&self.root, &self.vault).unwrap();
        DeskFile::create(&self.root, FileKey::make().unwrap(), &event("desk_made")).unwrap()
    }

    fn taken(&self) -> TakenPart {
        TakenPart { planned: self.planned.clone(), stage: VisitStage::Open, counts: None, seals_before: None }
    }

    fn adopt(&self, desk: &mut DeskFile) -> Result<VisitFile, Error> {
        let file = OrphanedFile::open(&self.root, self.planned.visit, self.planned.part, self.key.clone())?;
        file.adopt(&self.root, desk, &self.vault, &self.taken(), (b"new copy", "{}"), &event("adopt"))
    }
}

#[test]
fn a_tablet_that_begins_anew_keeps_its_visits_and_sets_the_rest_aside() {
    let stricken = Stricken::new();
    let (visit, part) = (stricken.planned.visit, stricken.planned.part);
    let desk = stricken.begin_anew();
    let orphans = orphaned_visits(&stricken.root, &desk).unwrap();
    assert_eq!(orphans.len(), 1);
    assert!(orphans[0].bytes > 0);
    assert_eq!((orphans[0].visit, orphans[0].part, orphans[0].has_copy), (visit, part, true));
    let aside = files::names_in(&stricken.root.quarantine()).unwrap();
    let sealed = format!("visit-{visit}-{part}-1~1.age");
    assert_eq!(aside, ["desk~1.homon", "desk~1.slots", &sealed]);
    assert_eq!(quarantine::of_visit(&stricken.root, visit, part).unwrap().len(), 1, "erasure finds it");
}

#[test]
fn the_key_that_the_city_gives_back_opens_the_visit_where_it_stood() {
    let stricken = Stricken::new();
    let (visit, part) = (stricken.planned.visit, stricken.planned.part);
    let mut desk = stricken.begin_anew();
    let wrong = OrphanedFile::open(&stricken.root, visit, part, FileKey::make().unwrap());
    assert!(matches!(wrong, Err(Error::Damaged)));
    let file = stricken.adopt(&mut desk).unwrap();
    assert_eq!(file.reads().unwrap().all_cases().count(), 1);
    assert_eq!(file.reads().unwrap().verify_audit().unwrap().seq, stricken.head.seq + 1);
    assert_eq!(file.reads().unwrap().handovers().unwrap(), ["{}"]);
    drop(file);
    VisitFile::open(&stricken.root, &desk, &stricken.vault, visit, part).unwrap();
    assert_eq!(fs::read(stricken.root.recovery_copy(visit, part)).unwrap(), b"new copy");
    assert_eq!(orphaned_visits(&stricken.root, &desk).unwrap(), []);
    assert!(matches!(stricken.adopt(&mut desk), Err(Error::WrongStage)));
}

#[test]
fn an_adoption_that_was_cut_off_is_done_again_and_told_once() {
    let stricken = Stricken::new();
    let mut desk = stricken.begin_anew();
    let (visit, part) = (stricken.planned.visit, stricken.planned.part);
    let mut cut_off = OrphanedFile::open(&stricken.root, visit, part, stricken.key.clone()).unwrap();
    cut_off.record("{}", &event("adopt")).unwrap();
    drop(cut_off);
    let file = stricken.adopt(&mut desk).unwrap();
    assert_eq!(file.reads().unwrap().handovers().unwrap(), ["{}"]);
    assert_eq!(file.reads().unwrap().audit_head().unwrap().seq, stricken.head.seq + 1);
}

#[test]
fn only_our_own_names_are_read() {
    let id = "0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11";
    assert!(read_name(&format!("{id}-1.homon")).is_some());
    for wrong in [
        format!("{id}-0.homon"),
        format!("{id}-01.homon"),
        format!("{id}.homon"),
        format!("{id}-1.homon-wal"),
        format!("{id}-1.recovery"),
        format!("{id}-1.homon.new"),
        "-1.homon".to_owned(),
    ] {
        assert_eq!(read_name(&wrong), None, "{wrong}");
    }
}
