//! A city in this process, and tablets in a temporary folder.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::TimeDelta;
use homon_app::{CancellationToken, PhotoModels};
use homon_city::desk::open::OpenReport;
use homon_city::desk::programme::Example;
use homon_city::desk::{CityFolder, enrol, init, key_files, open, serving};
use homon_city::intake::{ReceiptKind, layout, serve};
use homon_domain::platform::Clock;
use homon_seal::enrolment::{ca_fingerprint, fingerprint_groups};
use homon_seal::recipients::RecipientKind;
use homon_seal::{PackageKey, Sha256Digest, SigningKey};
use homon_support::tablet::ScriptClock;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::tablet::Tablet;

/// Half past nine in Japan on a Wednesday of the contract.
pub(crate) const MORNING: &str = "2026-09-16T00:30:00Z";

/// A city, with the clock that all go by.
pub(crate) struct World {
    home: TempDir,
    pub(crate) folder: CityFolder,
    pub(crate) clock: Arc<ScriptClock>,
    pub(crate) intake_at: SocketAddr,
}

/// A running intake.
pub(crate) struct Server {
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl World {
    pub(crate) fn found() -> Self {
        Self::found_by(|rules| rules)
    }

    /// Founds a city under a programme that differs from the example.
    pub(crate) fn found_by(change: impl FnOnce(String) -> String) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (root, rules) = (home.path().join("city"), home.path().join("rules.toml"));
        fs::write(&rules, change(Example::Shimonoseki.text().to_owned())).unwrap();
        let clock = Arc::new(ScriptClock::at(MORNING.parse().unwrap()));
        let intake_at = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let folder = CityFolder::new(&root);
        init::init(&folder, &rules, &format!("https://{intake_at}"), RecipientKind::X25519, &*clock).unwrap();
        Self { folder, clock, intake_at, home }
    }

    /// As it stands in the programme, but for one line.
    pub(crate) fn found_with(line: &str, instead: &str) -> Self {
        Self::found_by(|rules| {
            assert!(rules.contains(line), "the example has no such line");
            rules.replace(line, instead)
        })
    }

    pub(crate) async fn serve(&self) -> Server {
        self.serve_at(self.intake_at).await
    }

    pub(crate) async fn serve_at(&self, address: SocketAddr) -> Server {
        let config = serving::intake_config(&self.folder, Arc::clone(&self.clock) as Arc<dyn Clock>).unwrap();
        let listener = TcpListener::bind(address).await.unwrap();
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let serving = tokio::spawn(async move { serve(config, listener, stopped).await.unwrap() });
        Server { stop, serving }
    }

    /// A tablet of its own that knows nothing yet.
    pub(crate) fn tablet(&self, label: &str) -> Tablet {
        Tablet::new(&self.home.path().join(label), label, &self.clock)
    }

    /// An enrolled tablet with the manager signed in.
    pub(crate) async fn enrolled(&self, label: &str) -> Tablet {
        self.enrol(self.tablet(label)).await
    }

    /// The same, with the models of faces.
    pub(crate) async fn enrolled_with_models(&self, label: &str, models: &PhotoModels) -> Tablet {
        self.enrol(Tablet::with_models(&self.home.path().join(label), label, &self.clock, models)).await
    }

    async fn enrol(&self, tablet: Tablet) -> Tablet {
        let token = self.answer(&tablet.request().await);
        tablet.accept(&token, &self.fingerprint()).await.unwrap();
        tablet
    }

    /// The city's answer to a request.
    pub(crate) fn answer(&self, request: &str) -> String {
        enrol::enrol(&self.folder, request, &*self.clock).unwrap().token
    }

    /// What people compare.
    pub(crate) fn fingerprint(&self) -> String {
        fingerprint_groups(&ca_fingerprint(&fs::read_to_string(self.folder.desk().ca()).unwrap()).unwrap())
    }

    /// Lets the desk open what arrived.
    pub(crate) fn open(&self) -> OpenReport {
        open::open(&self.folder, &*self.clock).unwrap()
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, time: TimeDelta) {
        self.clock.set(self.clock.now() + time);
    }

    /// The authority's key.
    pub(crate) fn ca_key(&self) -> SigningKey {
        key_files::signing_key(&self.folder.desk().ca_key()).unwrap()
    }

    /// The intake's key.
    pub(crate) fn held_key(&self) -> SigningKey {
        key_files::signing_key(&self.folder.held_key()).unwrap()
    }

    /// The desk's key.
    pub(crate) fn opened_key(&self) -> SigningKey {
        key_files::signing_key(&self.folder.desk().opened_key()).unwrap()
    }

    /// The desk's key for what goes back to the tablets.
    pub(crate) fn mail_key(&self) -> SigningKey {
        key_files::signing_key(&self.folder.desk().mail_key()).unwrap()
    }

    /// Where the intake keeps something.
    pub(crate) fn in_store(&self, name: &str) -> PathBuf {
        self.folder.root().join("store").join(name)
    }

    /// Puts a receipt where the intake serves it from.
    pub(crate) fn put_receipt(&self, package: &PackageKey, kind: ReceiptKind, token: &str) {
        self.put(&layout::receipt(package, kind), token.as_bytes());
    }

    /// The receipt that the intake serves.
    pub(crate) fn receipt(&self, package: &PackageKey, kind: ReceiptKind) -> Option<String> {
        fs::read_to_string(self.in_store(&layout::receipt(package, kind))).ok()
    }

    /// Puts an object into the store.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.in_store(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// The digest of a package that has arrived.
    pub(crate) fn arrived(&self, package: &PackageKey) -> Option<Sha256Digest> {
        let bytes = fs::read(self.in_store(&layout::package(package))).ok()?;
        Some(Sha256Digest::of(&bytes))
    }
}

impl Server {
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.serving.await.unwrap();
    }
}

/// The files below a folder by their names from there, sorted.
pub(crate) fn names_below(folder: &Path) -> Vec<String> {
    let files = homon_support::canaries::files_below(folder).unwrap();
    files.iter().map(|file| file.strip_prefix(folder).unwrap().to_str().unwrap().to_owned()).collect()
}
