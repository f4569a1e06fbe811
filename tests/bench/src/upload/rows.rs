//! The rows: who sends what to whom, in turns.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use homon_interop::city::{City, Device};
use homon_interop::stock::{Stock, TusServer};
use homon_seal::Sha256Digest;
use tokio::runtime::Runtime;

use super::client::Sending;
use super::server::Serving;
use super::watch::Watched;
use crate::Result;
use crate::files::{self, Taken};
use crate::report::{Against, Row};
use crate::stats::Times;

const BYTES: u64 = 256_000_000;
const ROUNDS: u32 = 9;
/// Tablets at once, and as many as memory is compared with.
const CROWD: usize = 500;
const FEW: usize = 50;
const SMALL: u64 = 1_000_000;

/// All rows of uploading.
pub(crate) fn rows(folder: &Path) -> Result<Vec<Row>> {
    let home = folder.join("upload");
    fs::create_dir_all(&home)?;
    let city = City::found(&home)?;
    let mut rows = one_tablet(&home, &city)?;
    rows.push(crowd(&home, &city)?);
    fs::remove_dir_all(home)?;
    Ok(rows)
}

/// What one side took, and what the other side took for it.
#[derive(Default)]
struct Side {
    client: Vec<Taken>,
    server: Vec<Duration>,
}

impl Side {
    /// Sends once and looks at both sides. The first time is not counted.
    fn turn(&mut self, round: u32, command: &mut Command, server: Watched) -> Result<()> {
        let before = server.cpu()?;
        let taken = files::take(command)?;
        let spent = server.cpu()? - before;
        if round > 0 {
            self.client.push(taken);
            self.server.push(spent);
        }
        Ok(())
    }

    fn wall(&self) -> Option<Times> {
        Times::of(self.client.iter().map(|taken| taken.wall))
    }

    fn cpu(&self) -> Option<Times> {
        Times::of(self.client.iter().map(|taken| taken.cpu))
    }

    fn server(&self) -> Option<Times> {
        Times::of(self.server.iter().copied())
    }
}

fn one_tablet(home: &Path, city: &City) -> Result<Vec<Row>> {
    let device = city.enrol("tablet-0")?;
    let file = home.join("package.age");
    files::write_noise(&file, BYTES)?;
    let sha256 = Sha256Digest::of_reader(&mut fs::File::open(&file)?)?.1;
    let serving = Serving::start(&home.join("city"))?;
    let runtime = Runtime::new()?;
    let stock = Stock::find()?;
    let foreign: Option<TusServer> =
        stock.as_ref().map(|stock| runtime.block_on(stock.server(city, home.join("foreign")))).transpose()?;
    let has_curl = Command::new("curl").arg("--version").output().is_ok_and(|output| output.status.success());

    let (mut ours, mut curl, mut strange) = (Side::default(), Side::default(), Side::default());
    for round in 0..=ROUNDS {
        let send = |address| -> Result<Command> {
            let name = format!("hello/{}", round + 1);
            program("send", &sending(&device, address, &name, &file, BYTES, sha256).arguments())
        };
        ours.turn(round, &mut send(serving.addresses.intake)?, serving.watched())?;
        clear(city)?;
        if has_curl {
            curl.turn(round, &mut put(&device, &file, serving.addresses.put), serving.watched())?;
            fs::remove_file(home.join("city/received/received"))?;
        }
        if let Some(server) = &foreign {
            let process = Watched(server.process().ok_or("the stock server has ended")?);
            strange.turn(round, &mut send(server.address)?, process)?;
            for file in server.files()? {
                fs::remove_file(file)?;
            }
        }
    }
    Ok(one_tablet_rows(&ours, &curl, &strange))
}

fn one_tablet_rows(ours: &Side, curl: &Side, strange: &Side) -> Vec<Row> {
    let row = |name: &str, compared, times: fn(&Side) -> Option<Times>, peers: &[(&str, &Side, Option<f64>)]| {
        let mine = times(ours);
        let against =
            peers.iter().filter_map(|(name, peer, target)| Some(Against::peer(name, mine?, times(peer)?, *target)));
        Row { name: name.to_owned(), compared, ours: mine, against: against.collect() }
    };
    let (put, tus) = ("curl -T, plain PUT, as durable", "our client to @tus/server, file store");
    vec![
        row("uploading 256 MB, wall clock", SENDING, Side::wall, &[(put, curl, Some(1.25))]),
        row("  of which the client, processor", SENDING, Side::cpu, &[(put, curl, None)]),
        row("receiving 256 MB, wall clock", RECEIVING, Side::wall, &[(tus, strange, Some(1.0))]),
        row(
            "receiving 256 MB, the intake's processor",
            RECEIVING,
            Side::server,
            &[(tus, strange, Some(1.0)), ("plain PUT, as durable", curl, None)],
        ),
    ]
}

const SENDING: &str = "one process from start to end, mutual TLS 1.3 on the loopback: our client, which creates the \
                       upload and sends it, to our intake, which verifies it and makes it durable, receipt and \
                       all; against curl -T to a plain PUT in the same server process, which writes a file, syncs it and \
                       its folder, and verifies nothing. A target of 1.25 is 0.8 of curl's throughput";
const RECEIVING: &str = "the same client sends the same bytes to our intake and to @tus/server with @tus/file-store behind \
                         node:https, which syncs nothing and verifies nothing; processor time is that of the receiving \
                         process";

/// A process of this program.
fn program(role: &str, arguments: &[String]) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["upload", role]).args(arguments);
    Ok(command)
}

pub(super) fn sending(
    device: &Device,
    address: std::net::SocketAddr,
    package: &str,
    file: &Path,
    bytes: u64,
    sha256: Sha256Digest,
) -> Sending {
    Sending {
        address,
        ca: device.identity.ca.clone(),
        certificate: device.identity.certificate.clone(),
        key: device.identity.key.clone(),
        device: device.enrolment.device.to_string(),
        package: package.to_owned(),
        file: file.to_owned(),
        bytes,
        sha256: sha256.to_string(),
    }
}

fn put(device: &Device, file: &Path, address: std::net::SocketAddr) -> Command {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--fail", "--http1.1", "--output", "/dev/null"]);
    command.arg("--cacert").arg(&device.identity.ca);
    command.arg("--cert").arg(&device.identity.certificate).arg("--key").arg(&device.identity.key);
    command.arg("-T").arg(file).arg(format!("https://{address}/package"));
    command
}

/// Removes what arrived, so that the disk is not busy with it while the next one is measured.
fn clear(city: &City) -> Result<()> {
    for folder in ["claims", "packages", "receipts", "uploads"] {
        let folder = city.store().join(folder);
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    Ok(())
}

/// Many tablets at once: whether all is held, and what memory the intake takes for it.
fn crowd(home: &Path, city: &City) -> Result<Row> {
    let files = home.join("crowd");
    fs::create_dir_all(&files)?;
    let tablets: Vec<(Device, PathBuf)> = (0..CROWD)
        .map(|number| {
            let file = files.join(format!("{number}.age"));
            files::write_noise(&file, SMALL + 8 * number as u64)?;
            Ok((city.enrol(&format!("tablet-{}", number + 1))?, file))
        })
        .collect::<Result<_>>()?;
    let mut against = Vec::new();
    let mut times = Vec::new();
    let mut peaks = Vec::new();
    for count in [FEW, CROWD] {
        let serving = Serving::start(&home.join("city"))?;
        serving.watched().forget_peak()?;
        let idle = serving.watched().peak_megabytes()?;
        let jobs: Vec<Sending> = tablets[..count]
            .iter()
            .map(|(device, file)| {
                let (bytes, sha256) = Sha256Digest::of_reader(&mut fs::File::open(file)?)?;
                Ok(sending(device, serving.addresses.intake, "hello/1", file, bytes, sha256))
            })
            .collect::<Result<_>>()?;
        let list = files.join("list.json");
        let before = serving.watched().cpu()?;
        let each = jobs.iter().map(std::slice::from_ref);
        let took = send_at_once(&list, each, serving.addresses.intake)?;
        let lost = lost(city, &tablets[..count], &jobs)?;
        let peak = serving.watched().peak_megabytes()? - idle;
        against.push(Against::measure(&format!("{count} tablets: packages lost"), lost as f64, "", Some(0.0)));
        against.push(Against::measure(&format!("{count} tablets: peak above idle"), peak, "MB", None));
        let cpu = serving.watched().cpu()? - before;
        let each = cpu.as_secs_f64() * 1e3 / count as f64;
        against.push(Against::measure(&format!("{count} tablets: the intake's processor, each"), each, "ms", None));
        times.push(took);
        peaks.push(peak);
        clear(city)?;
    }
    against.push(Against::measure("memory with 500 over memory with 50", peaks[1] / peaks[0], "×", Some(2.0)));
    Ok(Row {
        name: "500 tablets at once, 1 MB each".to_owned(),
        compared: "one process with 500 clients, each with the key and certificate of its own device, all started at once, \
                   against one intake that was just started; held means that the city's file has the announced digest and \
                   the receipt verifies. Memory is the growth of VmHWM from the idle intake",
        ours: Times::of(times.into_iter().skip(1)),
        against,
    })
}

/// Lets tablets send at once, each its files one after the other, from a process of their own. Gives how long it took.
pub(super) fn send_at_once<'a>(
    list: &Path,
    tablets: impl Iterator<Item = &'a [Sending]>,
    address: std::net::SocketAddr,
) -> Result<Duration> {
    fs::write(list, serde_json::to_vec(&tablets.collect::<Vec<_>>())?)?;
    let arguments = [list.display().to_string(), address.to_string()];
    let output = program("crowd", &arguments)?.stderr(std::process::Stdio::inherit()).output()?;
    let took = String::from_utf8_lossy(&output.stdout).trim().parse();
    Ok(Duration::from_nanos(took.map_err(|_| "the crowd did not get through")?))
}

/// How many packages are not held with their bytes under a receipt.
fn lost(city: &City, tablets: &[(Device, PathBuf)], jobs: &[Sending]) -> Result<usize> {
    let mut lost = 0;
    for ((device, _), sending) in tablets.iter().zip(jobs) {
        let receipt = city.store().join(format!("receipts/{}/hello/1.held.jws", device.enrolment.device));
        let token = fs::read_to_string(receipt).unwrap_or_default();
        if city.verify_held(device, &sending.job()?, &token).is_err() {
            lost += 1;
        }
    }
    Ok(lost)
}
