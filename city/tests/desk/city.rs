//! A city in a temporary folder, with a clock that stands still until it is moved.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use homon_city::desk::init::{City, Founded};
use homon_city::desk::open::OpenReport;
use homon_city::desk::programme::Example;
use homon_city::desk::{CityFolder, enrol, init, key_files, open};
use homon_city::intake::ReceiptKind;
use homon_city::intake::layout;
use homon_domain::platform::Clock;
use homon_seal::receipt::issue_held;
use homon_seal::recipients::RecipientKind;
use homon_seal::{OpenedReceipt, PackageKey, PublicKey, Sha256Digest};
use tempfile::TempDir;

use crate::tablet::Tablet;

/// Thursday of the week after three holidays.
pub(crate) const MORNING: &str = "2026-09-24T00:30:00Z";

pub(crate) struct StandingClock(Mutex<DateTime<Utc>>);

impl Clock for StandingClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

pub(crate) struct TestCity {
    _home: TempDir,
    root: PathBuf,
    pub(crate) folder: CityFolder,
    pub(crate) founded: Founded,
    pub(crate) clock: StandingClock,
}

impl TestCity {
    pub(crate) fn found() -> Self {
        Self::found_with(RecipientKind::X25519)
    }

    pub(crate) fn found_with(kind: RecipientKind) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (root, rules) = (home.path().join("city"), home.path().join("rules.toml"));
        fs::write(&rules, Example::Shimonoseki.text()).unwrap();
        let clock = StandingClock(Mutex::new(MORNING.parse().unwrap()));
        let folder = CityFolder::new(&root);
        let founded = init::init(&folder, &rules, "https://127.0.0.1:8443", kind, &clock).unwrap();
        Self { folder, root, founded, clock, _home: home }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn set_time(&self, now: &str) {
        *self.clock.0.lock().unwrap() = now.parse().unwrap();
    }

    pub(crate) fn enrol(&self, label: &str) -> Tablet {
        let mut tablet = Tablet::new(label);
        let enrolled = enrol::enrol(&self.folder, &tablet.request(self.clock.now()), &self.clock).unwrap();
        tablet.accept(&enrolled.token, &self.founded.ca_fingerprint);
        tablet
    }

    /// Puts a package where the intake would, with the intake's receipt; gives its digest.
    pub(crate) fn deliver(&self, key: &PackageKey, sealed: &[u8]) -> Sha256Digest {
        let sha256 = Sha256Digest::of(sealed);
        let held = key_files::signing_key(&self.folder.held_key()).unwrap();
        let token = issue_held(&held, key, sha256, self.clock.now()).unwrap();
        self.put(&layout::package(key), sealed);
        self.put(&layout::receipt(key, ReceiptKind::Held), token.as_bytes());
        sha256
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.in_store(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Takes a package and its receipt out of the store again.
    pub(crate) fn remove(&self, key: &PackageKey) {
        fs::remove_file(self.in_store(&layout::package(key))).unwrap();
        fs::remove_file(self.in_store(&layout::receipt(key, ReceiptKind::Held))).unwrap();
    }

    pub(crate) fn in_store(&self, name: &str) -> PathBuf {
        self.root.join("store").join(name)
    }

    pub(crate) fn open(&self) -> OpenReport {
        open::open(&self.folder, &self.clock).unwrap()
    }

    /// The key with which tablets verify *opened* receipts.
    pub(crate) fn opened_key(&self) -> PublicKey {
        key_files::signing_key(&self.folder.desk().opened_key()).unwrap().public_key()
    }

    /// The desk's receipt, verified as a tablet does it.
    pub(crate) fn opened_receipt(&self, key: &PackageKey, sha256: Sha256Digest) -> Option<OpenedReceipt> {
        let token = fs::read_to_string(self.in_store(&layout::receipt(key, ReceiptKind::Opened))).ok()?;
        Some(OpenedReceipt::verify(token.trim_end(), &[self.opened_key()], key, sha256).unwrap())
    }

    /// Every file of the city with its bytes, but for the journal, which tells of refusals.
    pub(crate) fn whole(&self) -> BTreeMap<String, Vec<u8>> {
        let told = |file: &String| !file.starts_with("desk/journal") && !file.ends_with(".lock");
        let files = files_below(self.root()).into_iter().filter(told);
        files.map(|file| (file.clone(), fs::read(self.root().join(file)).unwrap())).collect()
    }

    pub(crate) fn city(&self) -> City {
        City::read(&self.folder.desk()).unwrap()
    }
}

/// Every file below a folder, by its path from there, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}
