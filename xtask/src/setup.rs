//! What has to be on the machine before anything is built or tested.

use std::path::PathBuf;

use crate::app;
use crate::assets::{self, Assets};
use crate::bindings::find_java;
use crate::debian;
use crate::process::{capture, cargo, program, works};
use crate::terminal::step;
use crate::tools::{self, Age};
use crate::tus::{self, Tus};
use crate::workspace::Workspace;

/// What set-up has found or fetched. `missing` says what it has not, and what to do.
#[derive(Default)]
pub(crate) struct Ready {
    pub(crate) age: Option<Age>,
    pub(crate) vectors: Option<PathBuf>,
    pub(crate) tracer: Option<PathBuf>,
    pub(crate) versitygw: Option<PathBuf>,
    pub(crate) deny: Option<PathBuf>,
    pub(crate) tus: Option<Tus>,
    pub(crate) assets: Option<Assets>,
    pub(crate) photo_python: Option<PathBuf>,
    pub(crate) missing: Vec<String>,
}

impl Ready {
    /// What `cargo test` reads to find the stock tools and the published vectors.
    pub(crate) fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let age = self.age.iter().flat_map(Age::environment).map(|(name, path)| (name, path.to_owned()));
        let tus = self.tus.iter().flat_map(Tus::environment).map(|(name, path)| (name, path.to_owned()));
        let vectors = self.vectors.iter().map(|folder| ("HOMON_C2SP_AGE_VECTORS", folder.clone()));
        let tracer = self.tracer.iter().map(|tool| ("HOMON_STRACE", tool.clone()));
        let versitygw = self.versitygw.iter().map(|tool| ("HOMON_VERSITYGW", tool.clone()));
        let assets = self.assets.iter().flat_map(Assets::environment);
        let python = self.photo_python.iter().map(|python| ("HOMON_PHOTO_PYTHON", python.clone()));
        age.chain(python).chain(tus).chain(vectors).chain(tracer).chain(versitygw).chain(assets).collect()
    }

    fn keep<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T, String>) -> Option<T> {
        match step(name, work) {
            Ok(found) => Some(found),
            Err(problem) => {
                println!("      {}", problem.replace('\n', "\n      "));
                let reason = problem.lines().next().unwrap_or(name).to_owned();
                if !self.missing.contains(&reason) {
                    self.missing.push(reason);
                }
                None
            }
        }
    }

    /// The compiler, perl and make that build SQLCipher and its OpenSSL.
    pub(crate) fn build_needs(&mut self) {
        self.keep("perl, make and a C compiler", build_needs);
    }

    /// The crates of `Cargo.lock` for all platforms, so that the checks after this need no network.
    pub(crate) fn crates(&mut self, workspace: &Workspace) {
        let fetch = || capture(cargo().args(["fetch", "--locked", "--quiet"]).current_dir(&workspace.root)).map(|_| ());
        self.keep("the crates of Cargo.lock", fetch);
    }

    /// The stock age tools.
    pub(crate) fn age(&mut self, workspace: &Workspace) {
        self.age = self.keep("age and age-keygen", || tools::age(workspace));
    }

    /// The published vectors of the age format.
    pub(crate) fn vectors(&mut self) {
        self.vectors = self.keep("test vectors of the age format", tools::vectors);
    }

    /// The S3 server.
    pub(crate) fn versitygw(&mut self, workspace: &Workspace) {
        self.versitygw = self.keep("versitygw, an S3 server", || tools::versitygw(workspace));
    }

    /// The stock tools with which `docs/package-format.md` reads a package; a test runs that page.
    pub(crate) fn document_tools(&mut self) {
        self.keep("unzip, openssl and python3", document_tools);
    }

    /// curl, which the bench holds our client against.
    pub(crate) fn curl(&mut self) {
        self.keep("curl", || debian::ensure(find_curl, &["curl"]));
    }

    /// The stock tus server and clients.
    pub(crate) fn tus(&mut self, workspace: &Workspace) {
        self.tus = self.keep("stock tus programs (@tus/server, tus-js-client, tuspy)", || tus::tus(workspace));
    }

    /// The face models, and a portrait.
    pub(crate) fn assets(&mut self, workspace: &Workspace) {
        self.assets = self.keep("face models and a portrait", || assets::assets(workspace));
    }

    /// LiteRT, MediaPipe and OpenCV, which our networks and measures are held against.
    pub(crate) fn photo_peers(&mut self, workspace: &Workspace) {
        self.photo_python = self.keep("LiteRT, MediaPipe and OpenCV", || tools::photo_peers(workspace));
    }

    /// The tracer with which tests see, refuse and interrupt what the programs ask of the system. Only Linux has it.
    pub(crate) fn tracer(&mut self) {
        if cfg!(target_os = "linux") {
            self.tracer = self.keep("strace, faketime, and disks for single programs", tracer);
        }
    }

    /// What compiles, draws and tests the app.
    pub(crate) fn java(&mut self) {
        let packages = ["default-jdk-headless", "maven"];
        self.keep("Java and Maven", || debian::ensure(find_java, &packages));
        self.keep("a font with Japanese", app::ensure_font);
    }

    /// The checker of licences, bans and sources.
    pub(crate) fn deny(&mut self, workspace: &Workspace) {
        self.deny = self.keep("cargo-deny", || tools::deny(workspace));
    }
}

/// `perl` and not `perl-base`: OpenSSL's Configure wants its modules.
fn build_needs() -> Result<(), String> {
    debian::ensure(find_build_needs, &["perl", "make", "gcc", "libc6-dev"])
}

fn document_tools() -> Result<(), String> {
    debian::ensure(find_document_tools, &["unzip", "openssl", "python3", "diffutils"])
}

fn tracer() -> Result<PathBuf, String> {
    debian::ensure(find_tracer, &["strace", "faketime", "util-linux", "mount"])?;
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join("strace")).find(|path| path.is_file());
    found.ok_or_else(|| "strace is not on the PATH".to_owned())
}

fn find_tracer() -> Result<(), String> {
    let own_disk = ["--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"];
    let there = [
        ("strace, and the right to trace", works(program("strace").args(["-f", "-qq", "-e", "trace=none", "true"]))),
        ("faketime", works(program("faketime").args(["2001-01-01 00:00:00", "true"]))),
        ("the right to mount a disk in a name space (unshare)", works(program("unshare").args(own_disk))),
    ];
    all_there(&there)
}

fn find_curl() -> Result<(), String> {
    all_there(&[("curl", works(program("curl").arg("--version")))])
}

fn find_document_tools() -> Result<(), String> {
    let there = [
        ("unzip", works(program("unzip").arg("-v"))),
        ("openssl", works(program("openssl").arg("version"))),
        ("python3", works(program("python3").arg("--version"))),
        ("diff", works(program("diff").arg("--version"))),
    ];
    all_there(&there)
}

fn find_build_needs() -> Result<(), String> {
    let there = [
        ("perl", works(program("perl").args(["-MFindBin", "-MIPC::Cmd", "-MFile::Compare", "-e", "1"]))),
        ("make", works(program("make").arg("--version"))),
        ("a C compiler", works(program("cc").arg("--version"))),
    ];
    all_there(&there)
}

fn all_there(tools: &[(&str, bool)]) -> Result<(), String> {
    let missing: Vec<_> = tools.iter().filter(|(_, found)| !found).map(|(name, _)| *name).collect();
    if missing.is_empty() { Ok(()) } else { Err(missing.join(", ")) }
}
