//! A visit's file without Homon: the stock `age`, the stock SQLCipher, and nothing but `docs/package-format.md`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{DateTime, NaiveDate};
use homon_domain::ids::{ActivityPhotoId, CaseId, PartNumber, VisitId};
use homon_seal::Identity;
use homon_seal::recipients::{RecipientKind, encrypt_small};
use homon_store::{
    ActivityPhotoWrite, AuditEvent, Body, CaseRecord, DeskFile, Facts, FileKey, NewVisitFile, PhotoWrite, PlannedVisit,
    Root, SoftwareVault, StepWrite, VisitFile,
};
use zeroize::Zeroizing;

const FORMAT: &str = include_str!("../../../../docs/package-format.md");
const ACTIVITY: &str = "0f0a2c51-7f0e-4b7e-9f55-0a8f0d7c1e09";
const NAME: &str = "葛\u{e0100}原 ハツヱ";

/// Where the tools are; where they are not set up, says so.
fn tools(test: &str) -> Option<(PathBuf, PathBuf)> {
    let path = |name| std::env::var_os(name).map(PathBuf::from);
    let found = path("HOMON_AGE").zip(path("HOMON_TUS_PYTHON"));
    if found.is_none() {
        let reason = "HOMON_AGE and HOMON_TUS_PYTHON are not set: run `cargo xtask test`";
        assert!(std::env::var_os("CI").is_none(), "{test} must not be skipped here: {reason}");
        eprintln!("SKIPPED {test}: {reason}");
    }
    found
}

fn event(action: &str) -> AuditEvent {
    let at = DateTime::from_timestamp(1_772_000_000, 0).unwrap();
    AuditEvent::new(at, &"staff-01".parse().unwrap(), action.parse().unwrap())
}

/// A visit with one resident, a photo and the same as one of the activity, whose key only the recovery key has: its vault is gone.
fn abandoned(home: &Path, recovery: &Identity, photo: &[u8]) -> (PathBuf, PathBuf) {
    let root = Root::open(&home.join("tablet")).unwrap();
    let vault = SoftwareVault::open(&home.join("vault")).unwrap();
    let mut desk = DeskFile::create(&root, FileKey::make().unwrap(), &event("desk_made")).unwrap();
    let (visit, part) = (VisitId::make(), PartNumber::FIRST);
    let planned = PlannedVisit {
        visit,
        part,
        service: "on_site".parse().unwrap(),
        site: "site-07".parse().unwrap(),
        date: NaiveDate::from_ymd_opt(2026, 3, 4).unwrap(),
        plan: Facts::of(&()).unwrap(),
    };
    desk.plan_visit(&planned, &event("plan")).unwrap();
    let key = FileKey::make().unwrap();
    let to = homon_seal::Recipients::new(vec![recovery.recipient()]).unwrap();
    let recovery_copy = encrypt_small(&to, key.expose()).unwrap();
    let body = Body::of(&"見本の訪問").unwrap();
    let new = NewVisitFile { visit, part, key, recovery_copy: &recovery_copy, body: &body };
    let mut file = VisitFile::create(&root, &mut desk, &vault, new, &event("open")).unwrap();
    let case = CaseRecord {
        id: CaseId::make(),
        sequence: 1.try_into().unwrap(),
        round_order: 1,
        status: "draft".parse().unwrap(),
        search_key: String::new(),
        body: Body::of(&NAME).unwrap(),
    };
    let kind = "portrait".parse().unwrap();
    let bytes = Zeroizing::new(photo.to_vec());
    let id: ActivityPhotoId = ACTIVITY.parse().unwrap();
    let activity = ActivityPhotoWrite::Put { id, meta: Body::of(&()).unwrap(), bytes: bytes.clone() };
    let photo = PhotoWrite::Put { case: case.id, kind, meta: Body::of(&()).unwrap(), bytes };
    file.step(&StepWrite::new(event("receive")).case(case).photo(photo).activity_photo(activity)).unwrap();
    drop(file);
    fs::remove_dir_all(home.join("vault")).unwrap();
    (root.path().join(format!("visits/{visit}-{part}.homon")), root.recovery_copy(visit, part))
}

/// The blocks of the document that stand under the copies of keys.
fn block(language: &str) -> &'static str {
    let (_, section) = FORMAT.split_once("## Copies of visit keys").unwrap();
    let (_, rest) = section.split_once(&format!("\n```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn a_stranger_reads_a_visit_by_the_recovery_key_and_the_document() {
    let Some((age, python)) = tools("a_stranger_reads_a_visit_by_the_recovery_key_and_the_document") else { return };
    let photo: Vec<u8> = (0..60_000_u32).map(|at| (at * at / 97) as u8).collect();
    for kind in [RecipientKind::Hybrid, RecipientKind::X25519] {
        let home = tempfile::tempdir().unwrap();
        let recovery = Identity::make(kind);
        let (file, copy) = abandoned(home.path(), &recovery, &photo);
        let stranger = home.path().join("stranger");
        fs::create_dir(&stranger).unwrap();
        fs::copy(file, stranger.join("visit.homon")).unwrap();
        fs::copy(copy, stranger.join("visit.recovery")).unwrap();
        fs::write(stranger.join("recovery.txt"), format!("{}\n", *recovery.to_secret_string())).unwrap();
        fs::write(stranger.join("visit.py"), block("python")).unwrap();
        let folders = [age.parent().unwrap(), python.parent().unwrap()].map(Path::to_owned);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(folders.into_iter().chain(std::env::split_paths(&path))).unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-eu", "-c", block("sh")]).current_dir(&stranger).env("PATH", path).env("PYTHONUTF8", "1");
        let said = shell.output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let said = String::from_utf8(said.stdout).unwrap();
        assert_eq!(said.lines().collect::<Vec<_>>(), ["\"見本の訪問\"", &format!("1 \"{NAME}\"")]);
        assert_eq!(fs::read(stranger.join("1.jpg")).unwrap(), photo);
        assert_eq!(fs::read(stranger.join(format!("activity-{ACTIVITY}.jpg"))).unwrap(), photo);
    }
}
