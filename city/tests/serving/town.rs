//! A city whose every command is a process, and tablets that deliver to it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use homon_domain::platform::KeyVault;
use homon_seal::{HeldReceipt, PackageKey, Sha256Digest};
use homon_upload::{Endpoint, UploadJob, Uploader};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};

use crate::city::TestCity;
use crate::gateway::Gateway;
use crate::tablet::Tablet;
use crate::world::TestVault;

/// The city.
pub(crate) struct Town {
    pub(crate) city: TestCity,
    /// The bucket that its store is in, if it is.
    pub(crate) gateway: Option<Gateway>,
    store: Vec<String>,
    environment: Vec<(&'static str, String)>,
}

/// An intake of the city. It is killed when dropped.
pub(crate) struct Intake {
    process: Child,
    pub(crate) address: SocketAddr,
    /// Where the people who keep it running ask.
    pub(crate) watched: SocketAddr,
}

impl Town {
    /// With its store in its folder.
    pub(crate) fn on_a_folder() -> Self {
        Self { city: TestCity::found(), gateway: None, store: Vec::new(), environment: Vec::new() }
    }

    /// With its store in a bucket; `None` where there is no server for it.
    pub(crate) fn on_a_bucket() -> Option<Self> {
        Gateway::start().map(Self::on)
    }

    /// With its store in that server's bucket.
    pub(crate) fn on(gateway: Gateway) -> Self {
        let (store, environment) = (vec!["--store".to_owned(), gateway.store()], gateway.environment());
        Self { city: TestCity::found(), gateway: Some(gateway), store, environment }
    }

    /// The same city with its store said to be elsewhere.
    pub(crate) fn with_store(mut self, store: &str) -> Self {
        self.store = vec!["--store".to_owned(), store.to_owned()];
        self
    }

    /// The same city with something said differently to its programs.
    pub(crate) fn with(mut self, variable: &'static str, value: &str) -> Self {
        self.environment.retain(|(name, _)| *name != variable);
        self.environment.push((variable, value.to_owned()));
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_homon-city"));
        command.args(arguments).arg("--dir").arg(self.city.root()).args(&self.store);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command; what it printed and whether it ended with 0.
    pub(crate) fn run(&self, arguments: &[&str]) -> (String, bool) {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let printed = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (printed, status.success())
    }

    /// Runs a command that must end with 0; what it printed.
    pub(crate) fn must(&self, arguments: &[&str]) -> String {
        let (printed, success) = self.run(arguments);
        assert!(success, "{arguments:?}: {printed}");
        printed
    }

    /// Starts an intake.
    pub(crate) fn serve(&self) -> Intake {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut said = |what: &str| {
            let line = lines.next().expect("it says where it listens").unwrap();
            line.strip_prefix(what).expect("it says what it listens for").parse().unwrap()
        };
        let (watched, address) = (said("metrics on "), said("listening on "));
        Intake { address, watched, process }
    }

    /// A tablet that the city has enrolled.
    pub(crate) fn enrol(&self, label: &str) -> Tablet {
        let path = |name: String| self.city.root().with_file_name(name);
        let (request, answer) = (path(format!("{label}.request")), path(format!("{label}.enrolment")));
        let mut tablet = Tablet::new(label);
        std::fs::write(&request, tablet.request(chrono::Utc::now())).unwrap();
        self.must(&["enrol", request.to_str().unwrap(), "--out", answer.to_str().unwrap()]);
        let token = std::fs::read_to_string(answer).unwrap();
        tablet.accept(token.trim_end(), &self.city.founded.ca_fingerprint);
        tablet
    }

    /// A sealed file on a tablet.
    pub(crate) fn job(&self, package: PackageKey, sealed: &[u8]) -> UploadJob {
        let name = format!("{}-{}.age", package.device, package.name().to_string().replace('/', "-"));
        let file = self.city.root().with_file_name(name);
        std::fs::write(&file, sealed).unwrap();
        UploadJob { file, package, sha256: Sha256Digest::of(sealed), bytes: sealed.len() as u64 }
    }

    /// A file in the store, wherever that is.
    pub(crate) fn in_store(&self, name: &str) -> PathBuf {
        let objects = self.gateway.as_ref().map_or_else(|| self.city.root().join("store"), Gateway::objects);
        objects.join(name)
    }

    /// Holds when the store has exactly the tablet's bytes, the receipt says so, and nothing is left of the upload.
    pub(crate) fn assert_held(&self, tablet: &Tablet, job: &UploadJob, token: &str) {
        self.assert_same(tablet, job, token);
        let left = crate::world::files_below(&self.in_store(&format!("uploads/{}", job.package.device)));
        let bytes = left.iter().filter(|path| path.extension().is_none());
        assert_eq!(bytes.count(), 0, "bytes are left of the upload");
    }

    /// Holds when the store has exactly the tablet's bytes and the receipt says so.
    pub(crate) fn assert_same(&self, tablet: &Tablet, job: &UploadJob, token: &str) {
        let stored = std::fs::read(self.in_store(&homon_city::intake::layout::package(&job.package))).unwrap();
        assert!(stored == std::fs::read(&job.file).unwrap(), "the stored package has other bytes");
        HeldReceipt::verify(token, &tablet.enrolment().held_keys(), &job.package, job.sha256).unwrap();
    }
}

impl Intake {
    /// The memory that it has had at most, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() * 1024
    }

    /// SIGKILL: nothing of the process runs after it.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// SIGTERM, as a service manager sends it. Gives the exit code once it has ended.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.process.wait().unwrap().code()
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A tablet's key, as a key store that signs with it.
fn vault(tablet: &Tablet) -> Arc<dyn KeyVault> {
    let pkcs8 = tablet.key.to_pkcs8_der();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8, &SystemRandom::new()).unwrap();
    Arc::new(TestVault(Ok(key)))
}

/// The tablet's own client, on the way to an intake at that address.
pub(crate) fn uploader(tablet: &Tablet, address: SocketAddr) -> Uploader {
    let enrolment = tablet.enrolment();
    let endpoint = Endpoint {
        base_url: format!("https://{address}"),
        server_name: enrolment.server_name.clone(),
        ca_pem: enrolment.ca_pem.clone(),
        client_certificate_pem: enrolment.client_certificate_pem.clone(),
    };
    Uploader::new(&endpoint, vault(tablet)).unwrap()
}

/// The path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
