//! A day of work in a temporary folder: the city and its tablets, each a process of its own.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use homon_seal::Sha256Digest;
use homon_support::canaries::{self, files_below};
use homon_support::city::{City, Intake};
use homon_support::cutting_proxy::CuttingProxy;
use homon_support::programs;
use homon_support::scenario::Scenario;
use homon_support::tablet_process::TabletProcess;
use tempfile::TempDir;

/// A founded city and tablets that are not enrolled yet.
pub struct Day {
    /// Removed with the day.
    _folder: TempDir,
    place: PathBuf,
    /// What is played.
    pub scenario: Scenario,
    /// The city.
    pub city: City,
    /// The tablets of the scenario, in its order.
    pub tablets: Vec<TabletProcess>,
    /// The line from the tablets to the intake.
    pub line: CuttingProxy,
    /// Where the intake is to listen.
    intake_at: SocketAddr,
}

/// The care-home day.
///
/// # Errors
/// When it cannot be read.
pub fn care_home() -> io::Result<Scenario> {
    scenario("care-home-day.json")
}

/// Two residents on one tablet: for tests that play it hundreds of times.
///
/// # Errors
/// When it cannot be read.
pub fn short_visit() -> io::Result<Scenario> {
    scenario("short-visit.json")
}

/// A day on which one tablet is destroyed, one hands its part over, and one loses its keys.
///
/// # Errors
/// When it cannot be read.
pub fn two_tablets() -> io::Result<Scenario> {
    scenario("two-tablets-day.json")
}

fn scenario(name: &str) -> io::Result<Scenario> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(name);
    Scenario::read(&file).map_err(io::Error::other)
}

impl Day {
    /// Founds the city. Tablets sign in with cheap PINs.
    ///
    /// # Errors
    /// The system's.
    pub fn begin(scenario: Scenario) -> io::Result<Self> {
        let programs = programs::built();
        let folder = tempfile::tempdir()?;
        // Tracers compare paths letter by letter.
        let place = folder.path().canonicalize()?;
        let at = |name: &str| place.join(name);
        fs::create_dir(at("tmp"))?;
        fs::create_dir(at("tablet"))?;
        let file = at("scenario.json");
        fs::write(&file, serde_json::to_vec(&scenario)?)?;
        let city = City { program: programs.city.clone(), under: Vec::new(), folder: at("city"), log: at("city.log") };
        let tablets = scenario.tablets.iter().map(|tablet| TabletProcess {
            program: programs.tablet.clone(),
            under: Vec::new(),
            folder: at("tablet").join(&tablet.label),
            log: at(&format!("{}.log", tablet.label)),
            temporary: at("tmp"),
            scenario: file.clone(),
            label: tablet.label.clone(),
            cheap_pins: true,
            portraits: false,
        });
        let tablets = tablets.collect();
        // Free now; the intake takes it a moment later.
        let intake_at = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        fs::write(at("programme.toml"), city.must(&["init", "--example", &scenario.programme])?)?;
        let line = CuttingProxy::start(intake_at)?;
        city.init(&at("programme.toml"), line.address)?;
        Ok(Self { _folder: folder, place, scenario, city, tablets, line, intake_at })
    }

    /// Starts the intake.
    ///
    /// # Errors
    /// As [`City::serve`].
    pub fn serve(&self) -> io::Result<Intake> {
        self.serve_with(&self.city)
    }

    /// Starts the intake of a city like the day's, on another folder or under a tracer.
    ///
    /// # Errors
    /// As [`City::serve`].
    pub fn serve_with(&self, city: &City) -> io::Result<Intake> {
        city.serve(self.intake_at)
    }

    /// Lets the city answer a tablet's request; answers the file with the enrolment.
    ///
    /// # Errors
    /// The system's.
    pub fn answer(&self, tablet: &TabletProcess) -> io::Result<String> {
        let at = |ending: &str| text(&self.place.join(format!("{}.{ending}", tablet.label)));
        let (request, enrolment) = (at("request")?, at("enrolment")?);
        fs::write(&request, tablet.run(&["request"])?.trim())?;
        self.city.must(&["enrol", "--dir", self.city.dir(), &request, "--out", &enrolment])?;
        Ok(enrolment)
    }

    /// Enrols a tablet.
    ///
    /// # Errors
    /// The system's.
    pub fn enrol(&self, tablet: &TabletProcess) -> io::Result<()> {
        let enrolment = self.answer(tablet)?;
        tablet.run(&["accept", "--enrolment", &enrolment, "--fingerprint", &self.city.fingerprint()?]).map(drop)
    }

    /// Lets the desk open what arrived, and fails unless it opened all of it.
    ///
    /// # Errors
    /// The system's; what was refused.
    pub fn open(&self) -> io::Result<String> {
        self.city.must(&["open", "--dir", self.city.dir()])
    }

    /// A folder of the day for what a test makes.
    #[must_use]
    pub fn at(&self, name: &str) -> PathBuf {
        self.place.join(name)
    }

    /// Every place outside the city's desk where personal data of the scenario lies in clear. There must be none.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn in_clear(&self, tablet: &TabletProcess) -> io::Result<Vec<canaries::Found>> {
        let logs = self.at("logs");
        fs::create_dir_all(&logs)?;
        fs::copy(&tablet.log, logs.join(&tablet.label))?;
        let folders = [&tablet.folder, &tablet.temporary, &logs];
        folders.iter().try_fold(Vec::new(), |mut all, folder| {
            all.extend(canaries::search(folder, &self.scenario.canaries)?);
            Ok(all)
        })
    }
}

/// The files of a tablet below one of its inner folders.
///
/// # Errors
/// When the folder cannot be read.
pub fn files_of(tablet: &TabletProcess, inner: &str) -> io::Result<Vec<PathBuf>> {
    files_below(&tablet.folder.join("files").join(inner))
}

/// Whether the tablet's software vault still has the key of a name: its files are called after the digest of that.
#[must_use]
pub fn has_key(tablet: &TabletProcess, alias: &str) -> bool {
    let name = Sha256Digest::of(alias.as_bytes());
    tablet.folder.join("vault").join(format!("{name}.key")).exists()
}

/// The path as an argument.
///
/// # Errors
/// When it is not UTF-8.
pub fn text(path: &Path) -> io::Result<String> {
    path.to_str().map(str::to_owned).ok_or_else(|| io::Error::other("the path is not UTF-8"))
}
