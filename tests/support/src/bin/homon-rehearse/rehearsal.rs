//! The stages of a rehearsal, in the order of the day.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use homon_support::canaries;
use homon_support::city::{City, Intake};
use homon_support::cutting_proxy::CuttingProxy;
use homon_support::faces::Faces;
use homon_support::scenario::Scenario;
use homon_support::tablet_process::{Said, TabletProcess, check};
use indicatif::ProgressBar;
use serde_json::Value;

use crate::summary::{CanarySearch, OnTheTablets, Photos, Summary, weigh};
use crate::{Cli, Until, terminal};

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// Plays one stage.
type Play = fn(&mut Rehearsal) -> Result<()>;

/// Stands in every folder that a rehearsal may empty.
const MARKER: &str = ".homon-rehearsal";

/// A rehearsal under way.
pub(crate) struct Rehearsal {
    started: Instant,
    out: PathBuf,
    scenario: Scenario,
    city: City,
    intake: Option<Intake>,
    line: CuttingProxy,
    tablets: Vec<TabletProcess>,
    summary: Summary,
}

impl Rehearsal {
    /// Makes the folder and finds the programs.
    pub(crate) fn prepare(cli: &Cli) -> Result<Self> {
        if !cli.drawn {
            // The tablets read them too; here it is found out before anything has begun.
            Faces::fetched()?;
        }
        let scenario = Scenario::read(&cli.scenario).map_err(|error| format!("{}: {error}", cli.scenario.display()))?;
        empty(&cli.out)?;
        let out = cli.out.canonicalize()?;
        let programs = std::env::current_exe()?.parent().ok_or("the programs lie in no folder")?.to_owned();
        let intake_at = free_port()?;
        let line = CuttingProxy::start(intake_at)?;
        let city = City {
            program: programs.join("homon-city"),
            under: Vec::new(),
            folder: out.join("city"),
            log: out.join("logs").join("city.log"),
        };
        let tablets = scenario.tablets.iter().map(|tablet| TabletProcess {
            program: programs.join("homon-tablet"),
            under: Vec::new(),
            folder: out.join("tablet").join(&tablet.label),
            log: out.join("logs").join(format!("{}.log", tablet.label)),
            temporary: out.join("tmp"),
            scenario: out.join("scenario.json"),
            label: tablet.label.clone(),
            cheap_pins: false,
            portraits: !cli.drawn,
        });
        let tablets: Vec<_> = tablets.collect();
        fs::copy(&cli.scenario, out.join("scenario.json"))?;
        let summary = Summary {
            title: scenario.title.clone(),
            reached: String::new(),
            tablets: tablets.len(),
            kills: 0,
            connections_cut: 0,
            counts: BTreeMap::new(),
            receipts: BTreeMap::new(),
            mail: BTreeMap::new(),
            bytes: BTreeMap::new(),
            photos: (!cli.drawn).then(Photos::default),
            on_the_tablets: OnTheTablets::default(),
            canaries: Vec::new(),
            exported: None,
        };
        let mut rehearsal = Self { started: Instant::now(), out, scenario, city, intake: None, line, tablets, summary };
        rehearsal.found_city(intake_at)?;
        Ok(rehearsal)
    }

    /// Plays the day and leaves the summary.
    pub(crate) fn play(&mut self, until: Until) -> Result<()> {
        let stages: [(Until, Play); 6] = [
            (Until::OpenedVisit, Self::work),
            (Until::Closed, Self::close),
            (Until::Sealed, Self::seal),
            (Until::Held, Self::send),
            (Until::Opened, Self::open_and_erase),
            (Until::Exported, Self::export),
        ];
        for (stage, play) in stages.into_iter().filter(|(stage, _)| *stage <= until) {
            play(self)?;
            self.search(name(stage))?;
            self.summary.reached = name(stage).to_owned();
        }
        self.sum_up()
    }

    fn stage(&self, ja: &str, en: &str) {
        terminal::stage(self.started.elapsed(), ja, en);
    }

    fn found_city(&mut self, intake_at: SocketAddr) -> Result<()> {
        self.stage("市の準備と端末の登録", "the city is founded, tablets are enrolled");
        let example = self.city.must(&["init", "--example", &self.scenario.programme])?;
        let programme = self.out.join("programme.toml");
        fs::write(&programme, example)?;
        self.city.init(&programme, self.line.address)?;
        self.intake = Some(self.city.serve(intake_at)?);
        for tablet in &self.tablets {
            self.enrol(tablet)?;
        }
        self.stage("最初の便で、鍵のつながりを確かめる", "a hello package proves the chain of keys");
        self.sync_all()?;
        self.city.must(&["open", "--dir", self.city.dir()])?;
        self.send_rosters()?;
        self.sync_all()
    }

    /// The rosters wait at the intake, sealed, until the tablets are next online.
    fn send_rosters(&mut self) -> Result<()> {
        if self.scenario.rosters.is_empty() {
            return Ok(());
        }
        self.stage("名簿を端末へ送る", "the city sends each tablet the roster of its visit");
        for roster in &self.scenario.rosters {
            self.city.send_roster(roster)?;
        }
        self.search("rosters-sent")
    }

    fn enrol(&self, tablet: &TabletProcess) -> Result<()> {
        fs::create_dir_all(&tablet.folder)?;
        let request = self.out.join(format!("{}.request", tablet.label));
        let answer = self.out.join(format!("{}.enrolment", tablet.label));
        fs::write(&request, tablet.run(&["request"])?.trim())?;
        let (request, answer) = (utf8(&request)?, utf8(&answer)?);
        self.city.must(&["enrol", "--dir", self.city.dir(), &request, "--out", &answer])?;
        tablet.run(&["accept", "--enrolment", &answer, "--fingerprint", &self.city.fingerprint()?])?;
        Ok(())
    }

    /// Each tablet works in a process of its own, is killed where the script says, and goes on where it stopped.
    fn work(&mut self) -> Result<()> {
        self.stage("訪問と受付（途中で強制終了）", "the visit: residents are received, tablets are killed on the way");
        let parts = self.scenario.visits.iter().flat_map(|visit| &visit.parts);
        let writes = parts.map(|part| part.steps.iter().filter(|step| step.writes()).count() as u64).sum();
        let bar = terminal::bar(writes, "steps");
        let worked: io::Result<Vec<Worked>> = thread::scope(|scope| {
            let running: Vec<_> =
                self.tablets.iter().map(|tablet| scope.spawn(|| work_through(tablet, &bar))).collect();
            let joined =
                running.into_iter().map(|thread| thread.join().map_err(|_| io::Error::other("a thread ended")));
            joined.map(|outcome| outcome.flatten()).collect()
        });
        bar.finish_and_clear();
        for worked in worked? {
            self.summary.kills += worked.kills;
            if let Some(photos) = &mut self.summary.photos {
                worked.looked.iter().for_each(|looked| photos.add(looked));
            }
        }
        for tablet in &self.tablets {
            tablet.run(&["compare"])?;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        self.stage("人数と書類のつり合いを確かめて、訪問を閉じる", "the balance is even, the visit is closed");
        self.tablets.iter().try_for_each(|tablet| tablet.run(&["close"]).map(drop))?;
        Ok(())
    }

    fn seal(&mut self) -> Result<()> {
        self.stage("封をする", "each part is sealed for the city, its tally for the contractor's office");
        self.tablets.iter().try_for_each(|tablet| tablet.run(&["seal"]).map(drop))?;
        let (_, bytes) = self.sealed()?;
        self.summary.bytes.insert("sealed".into(), bytes);
        Ok(())
    }

    fn sealed(&self) -> Result<(u64, u64)> {
        let mut all = (0, 0);
        for tablet in &self.tablets {
            let (files, bytes) = weigh(&tablet.folder.join("files").join("sealed"))?;
            all = (all.0 + files, all.1 + bytes);
        }
        Ok(all)
    }

    fn send(&mut self) -> Result<()> {
        self.stage("市へ送る（回線が切れる）", "sealed files are sent over a line that breaks");
        let (_, bytes) = self.sealed()?;
        self.line.cut_after([bytes / 5, bytes / 3, 20_000]);
        self.sync_all()?;
        self.summary.connections_cut = self.line.cuts();
        let (_, arrived) = weigh(&self.city.folder.join("store"))?;
        self.summary.bytes.insert("store".into(), arrived);
        Ok(())
    }

    fn open_and_erase(&mut self) -> Result<()> {
        self.stage("市が開封し、端末から消す", "the desk opens, the tablets erase");
        self.city.must(&["open", "--dir", self.city.dir()])?;
        self.return_applications()?;
        self.sync_all()?;
        self.search("returned")?;
        for tablet in &self.tablets {
            let read: u64 = tablet.run(&["read-messages"])?.trim().parse()?;
            *self.summary.mail.entry("messages_read".into()).or_default() += read;
        }
        Ok(())
    }

    fn return_applications(&mut self) -> Result<()> {
        if self.scenario.returned.is_empty() {
            return Ok(());
        }
        self.stage("不備の申請を端末へ知らせる", "a returned application goes back to the tablet that made it");
        for returned in &self.scenario.returned {
            self.city.return_application(returned)?;
        }
        Ok(())
    }

    fn export(&mut self) -> Result<()> {
        self.stage("書き出す", "the desk exports");
        let to = utf8(&self.out.join("export"))?;
        let printed = self.city.must(&["export", "--dir", self.city.dir(), "--out", &to])?;
        self.summary.exported = printed.lines().next().map(str::to_owned);
        self.summary.bytes.insert("export".into(), weigh(&self.out.join("export"))?.1);
        Ok(())
    }

    /// Every tablet sends and fetches receipts.
    fn sync_all(&mut self) -> Result<()> {
        for tablet in &self.tablets {
            let mut running = tablet.start(&["sync"])?;
            let bar = terminal::bar(0, "bytes");
            while let Some(said) = running.listen()? {
                let Said::Line(line) = said else { continue };
                let value: Value = serde_json::from_str(&line)?;
                if let (Some(sent), Some(total)) = (value["sent"].as_u64(), value["total"].as_u64()) {
                    bar.set_length(total);
                    bar.set_position(sent);
                }
                for receipt in ["held", "opened"] {
                    *self.summary.receipts.entry(receipt.into()).or_default() +=
                        value[receipt].as_u64().unwrap_or_default();
                }
                for (name, member) in [("received", "mail"), ("refused", "mail_refused"), ("missing", "mail_missing")] {
                    *self.summary.mail.entry(name.into()).or_default() += value[member].as_u64().unwrap_or_default();
                }
            }
            bar.finish_and_clear();
            check(running.wait()?, &tablet.log)?;
        }
        Ok(())
    }

    /// Searches everything that is outside the desk for names, addresses and numbers in clear.
    fn search(&mut self, stage: &str) -> Result<()> {
        let city = &self.city.folder;
        let mut search = CanarySearch { stage: stage.to_owned(), files: 0, found: 0 };
        for folder in ["tablet", "logs", "tmp"]
            .map(|name| self.out.join(name))
            .iter()
            .chain([&city.join("store"), &city.join("intake")])
        {
            search.files += canaries::files_below(folder)?.len();
            for found in canaries::search(folder, &self.scenario.canaries)? {
                terminal::line(&format!(
                    "           found in clear: canary {} in {}",
                    found.canary,
                    found.file.display()
                ));
                search.found += 1;
            }
        }
        let found = search.found;
        self.summary.canaries.push(search);
        if found == 0 { Ok(()) } else { Err("personal data lies in clear".into()) }
    }

    fn sum_up(&mut self) -> Result<()> {
        let reports = self.tablets.iter().map(|tablet| tablet.run(&["report"]));
        for report in reports.collect::<io::Result<Vec<_>>>()? {
            self.summary.on_the_tablets.add(&serde_json::from_str(&report)?, &mut self.summary.counts);
        }
        (self.summary.on_the_tablets.files, self.summary.on_the_tablets.bytes) = weigh(&self.out.join("tablet"))?;
        fs::write(self.out.join("summary.json"), serde_json::to_vec_pretty(&self.summary)?)?;
        self.summary.print();
        terminal::line(&format!("  {}", self.out.display()));
        Ok(())
    }
}

/// What happened while a tablet worked.
#[derive(Default)]
struct Worked {
    kills: usize,
    /// What it said of each photo that it looked at.
    looked: Vec<Value>,
}

fn work_through(tablet: &TabletProcess, bar: &ProgressBar) -> io::Result<Worked> {
    let mut worked = Worked::default();
    let mut known = 0;
    loop {
        let mut running = tablet.start(&["work", "--survived", &worked.kills.to_string()])?;
        let mut killed = false;
        while let Some(said) = running.listen()? {
            match said {
                Said::Acknowledged(written) => {
                    bar.inc(written.saturating_sub(known));
                    known = written;
                }
                Said::KillMe => {
                    running.kill()?;
                    worked.kills += 1;
                    killed = true;
                    break;
                }
                Said::Line(line) => worked.looked.push(serde_json::from_str(&line)?),
            }
        }
        if !killed {
            check(running.wait()?, &tablet.log)?;
            return Ok(worked);
        }
    }
}

fn name(stage: Until) -> &'static str {
    match stage {
        Until::OpenedVisit => "opened-visit",
        Until::Closed => "closed",
        Until::Sealed => "sealed",
        Until::Held => "held",
        Until::Opened => "opened",
        Until::Exported => "exported",
    }
}

/// Makes the folder anew, unless something else lies there.
fn empty(out: &Path) -> Result<()> {
    if out.exists() {
        let is_ours = out.join(MARKER).exists() || fs::read_dir(out)?.next().is_none();
        if !is_ours {
            return Err(format!("{} holds something else: name an empty folder", out.display()).into());
        }
        fs::remove_dir_all(out)?;
    }
    for folder in ["logs", "tmp", "tablet"] {
        fs::create_dir_all(out.join(folder))?;
    }
    fs::write(out.join(MARKER), "")?;
    Ok(())
}

/// A port that is free now. The intake takes it a moment later.
fn free_port() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

fn utf8(path: &Path) -> Result<String> {
    Ok(path.to_str().ok_or("the path is not UTF-8")?.to_owned())
}
