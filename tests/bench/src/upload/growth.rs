//! One intake for more and more cities: what a package and a start cost when the store holds a month of 1, 10, 100 of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use homon_domain::ids::{PartNumber, SealNumber, VisitId};
use homon_interop::city::{City, Device};
use homon_seal::{PackageName, Sha256Digest, Subject};
use uuid::Uuid;

use super::client::Sending;
use super::rows::{send_at_once, sending};
use super::server::Serving;
use crate::Result;
use crate::files;
use crate::report::{Against, Row};
use crate::stats::Times;

/// Tablets of one city, and packages of each in a month: 9,000 cases are 70 days of 130, each a visit and a tally.
const TABLETS: usize = 10;
const PACKAGES: usize = 14;
const BYTES: u64 = 20_000;
const STAGES: [usize; 3] = [1, 10, 100];
/// Tablets that send at once while nothing is measured.
const AT_ONCE: usize = 100;
/// How long the intake has to look over its store after a start.
const PATIENCE: Duration = Duration::from_secs(60);

/// What one city's month costs the intake once it has had those of all others.
pub(crate) fn growth(folder: &Path) -> Result<Row> {
    let home = folder.join("growth");
    fs::create_dir_all(&home)?;
    let city = City::found(&home)?;
    let file = home.join("package.age");
    files::write_noise(&file, BYTES)?;
    let mut cities = Cities { home: home.clone(), city, file, tablets: 0 };
    let (mut against, mut walls) = (Vec::new(), Vec::new());
    for stage in STAGES {
        cities.fill(stage - 1)?;
        let measured = cities.measure()?;
        let mut say = |what: &str, value, unit| {
            against.push(Against::measure(&format!("{stage} cities: {what}"), value, unit, None));
        };
        say("the intake's processor, each package", measured.each_ms, "ms");
        say("the intake's processor, a start", measured.start_ms, "ms");
        say("peak of memory", measured.peak_megabytes, "MB");
        walls.push((measured.each_ms, measured.wall));
    }
    fs::remove_dir_all(home)?;
    let ratio = walls[STAGES.len() - 1].0 / walls[0].0;
    against.push(Against::measure("a package with 100 over one with 1", ratio, "×", None));
    Ok(Row {
        name: "one intake for 1, 10, 100 cities".to_owned(),
        compared: "a month's packages of one more city, 140 of 20 KB from 10 tablets at once, to an intake that was started \
                   anew and whose folder holds the months of all cities before; all of it was sent, nothing is put there \
                   behind its back. The start ends when every upload was looked at for being too old",
        ours: Times::of(walls.into_iter().skip(STAGES.len() - 1).map(|(_, wall)| wall)),
        against,
    })
}

struct Cities {
    home: PathBuf,
    city: City,
    file: PathBuf,
    tablets: usize,
}

struct Measured {
    each_ms: f64,
    start_ms: f64,
    peak_megabytes: f64,
    wall: Duration,
}

impl Cities {
    /// Sends months until there are so many cities.
    fn fill(&mut self, cities: usize) -> Result<()> {
        let serving = Serving::start(&self.home.join("city"))?;
        while self.tablets < cities * TABLETS {
            let more = AT_ONCE.min(cities * TABLETS - self.tablets);
            self.send(more, &serving)?;
        }
        Ok(())
    }

    /// Sends the month of one more city.
    fn measure(&mut self) -> Result<Measured> {
        let serving = Serving::start(&self.home.join("city"))?;
        let watched = serving.watched();
        let start = settled(|| watched.cpu())?;
        let before = watched.cpu()?;
        let wall = self.send(TABLETS, &serving)?;
        let spent = watched.cpu()? - before;
        Ok(Measured {
            each_ms: spent.as_secs_f64() * 1e3 / (TABLETS * PACKAGES) as f64,
            start_ms: start.as_secs_f64() * 1e3,
            peak_megabytes: watched.peak_megabytes()?,
            wall,
        })
    }

    fn send(&mut self, tablets: usize, serving: &Serving) -> Result<Duration> {
        let sha256 = Sha256Digest::of_reader(&mut fs::File::open(&self.file)?)?.1;
        let mut lists: Vec<Vec<Sending>> = Vec::new();
        for _ in 0..tablets {
            let device = self.city.enrol(&format!("tablet-{}", self.tablets))?;
            self.tablets += 1;
            lists.push(self.month(&device, serving, sha256));
        }
        send_at_once(&self.home.join("list.json"), lists.iter().map(Vec::as_slice), serving.addresses.intake)
    }

    fn month(&self, device: &Device, serving: &Serving, sha256: Sha256Digest) -> Vec<Sending> {
        let name = |number: usize| {
            let visit = VisitId(Uuid::from_u128((self.tablets * PACKAGES + number) as u128));
            let subject = Subject::Visit { visit, part: PartNumber::FIRST };
            PackageName { subject, seal: SealNumber::FIRST }.to_string()
        };
        let address = serving.addresses.intake;
        (0..PACKAGES).map(|number| sending(device, address, &name(number), &self.file, BYTES, sha256)).collect()
    }
}

/// Waits until a process that was just started does nothing any more; gives what it has spent by then.
fn settled(spent: impl Fn() -> Result<Duration>) -> Result<Duration> {
    let began = Instant::now();
    let mut last = spent()?;
    while began.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(500));
        let now = spent()?;
        if now == last {
            return Ok(now);
        }
        last = now;
    }
    Err("the intake did not come to rest after its start".into())
}
