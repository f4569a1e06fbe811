//! Operations that are repeated many times, each side in a process of its own that keeps what it has open.
//!
//! Such a process prepares everything, says `ready`, and then does one operation for each line of its standard input,
//! answering how long the parts of the operation took, in nanoseconds.

mod board;
mod desk;
mod disk;
mod photo;
mod plain;
mod residents;
mod search;
mod shell;
mod step;
mod tablet;

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use clap::ValueEnum;

use self::plain::{Alone, Encrypted};
use self::shell::Kind;
use crate::Result;
use crate::stats::Times;

pub(crate) use residents::scenario;
pub(crate) use search::LIMIT_MS as SEARCH_LIMIT_MS;

/// One side of one comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Side {
    /// One step of a case in Homon.
    StepHomon,
    /// The rows that it writes, in plain SQLite.
    StepPlain,
    /// The same in SQLCipher alone.
    StepCipher,
    /// The way to the thread that owns the files, and back.
    StepWay,
    /// 4 KiB made durable.
    Disk,
    /// Opening the desk file and listing its visits.
    DeskHomon,
    /// The same rows in plain SQLite.
    DeskPlain,
    /// The same in plain SQLite that nobody else has open.
    DeskAlone,
    /// The same in SQLCipher alone, that nobody else has open.
    DeskCipher,
    /// Opening a visit's file and listing its board in Homon.
    BoardHomon,
    /// The same rows in plain SQLite.
    BoardPlain,
    /// The same in SQLCipher alone.
    BoardCipher,
    /// Searching a visit in Homon.
    SearchHomon,
    /// The same statement in plain SQLite.
    SearchPlain,
    /// The same in SQLCipher alone.
    SearchCipher,
    /// The face detector, run by our interpreter.
    DetectorHomon,
    /// The face detector, run by LiteRT.
    DetectorLiteRt,
    /// The face landmarks, run by our interpreter.
    LandmarksHomon,
    /// The face landmarks, run by LiteRT.
    LandmarksLiteRt,
    /// The segmentation, run by our interpreter.
    SegmentationHomon,
    /// The segmentation, run by LiteRT.
    SegmentationLiteRt,
    /// A preview frame.
    Frame,
    /// A portrait, from its bytes to what is wrong with it and to the photo.
    StillHomon,
    /// A portrait, from its bytes to the points of the face and the person, in MediaPipe.
    StillMediaPipe,
    /// Small calls from Kotlin, and a call of C as JNA makes it.
    CallsKotlin,
    /// The same calls in Rust.
    CallsRust,
    /// A photo given to the core from Kotlin.
    PhotoKotlin,
    /// The same in Rust, and a copy of it.
    PhotoRust,
    /// A board of 500 asked from Kotlin.
    RowsKotlin,
    /// The same in Rust.
    RowsRust,
    /// From the accepted PIN to the page of the day and the board, drawn.
    FirstScreen,
    /// Letters of a search on a board of 500, drawn.
    Typing,
}

/// One operation, by the number of its round. It answers how long each of its parts took.
type Operation = Box<dyn FnMut(usize) -> Result<Vec<Duration>>>;

impl Side {
    fn prepare(self, folder: &Path) -> Result<Operation> {
        match self {
            Self::StepHomon => step::homon(folder),
            Self::StepPlain => step::plain(folder, Encrypted::No),
            Self::StepCipher => step::plain(folder, Encrypted::Yes),
            Self::StepWay => step::way(folder),
            Self::Disk => disk::disk(folder),
            Self::DeskHomon => desk::homon(folder),
            Self::DeskPlain => desk::plain(folder, Encrypted::No, Alone::No),
            Self::DeskAlone => desk::plain(folder, Encrypted::No, Alone::Yes),
            Self::DeskCipher => desk::plain(folder, Encrypted::Yes, Alone::Yes),
            Self::BoardHomon => board::homon(folder),
            Self::BoardPlain => board::plain(folder, Encrypted::No),
            Self::BoardCipher => board::plain(folder, Encrypted::Yes),
            Self::SearchHomon => search::homon(folder),
            Self::SearchPlain => search::plain(folder, Encrypted::No),
            Self::SearchCipher => search::plain(folder, Encrypted::Yes),
            Self::DetectorHomon => photo::network(0),
            Self::LandmarksHomon => photo::network(1),
            Self::SegmentationHomon => photo::network(2),
            Self::Frame => photo::frame(),
            Self::StillHomon => photo::homon(folder),
            Self::CallsRust => shell::calls(folder),
            Self::PhotoRust => shell::photo(folder),
            Self::RowsRust => shell::rows(folder),
            Self::DetectorLiteRt | Self::LandmarksLiteRt | Self::SegmentationLiteRt | Self::StillMediaPipe => {
                Err("this side is a program of others".into())
            }
            Self::CallsKotlin | Self::PhotoKotlin | Self::RowsKotlin | Self::FirstScreen | Self::Typing => {
                Err("this side runs on the JVM".into())
            }
        }
    }
}

impl Side {
    /// What runs a side: this program, or another one that speaks as a side does.
    fn command(self, name: &str, folder: &Path) -> Result<Command> {
        let network = |number: usize| photo::python(&["network", &photo::model(number)?.to_string_lossy()]);
        match self {
            Self::DetectorLiteRt => network(0),
            Self::LandmarksLiteRt => network(1),
            Self::SegmentationLiteRt => network(2),
            Self::StillMediaPipe => photo::python(&["pipeline", &photo::still(folder)?.to_string_lossy()]),
            Self::CallsKotlin | Self::PhotoKotlin | Self::RowsKotlin | Self::Typing => {
                shell::kotlin(name, folder, Kind::Board)
            }
            Self::FirstScreen => shell::kotlin(name, folder, Kind::Desk),
            _ => {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg("side").arg(name).arg(folder);
                Ok(command)
            }
        }
    }
}

/// Prepares a side in a folder of its own and does what standard input asks for, until it ends.
pub(crate) fn serve(side: Side, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut operation = side.prepare(folder)?;
    let mut out = io::stdout().lock();
    writeln!(out, "ready")?;
    for (round, line) in io::stdin().lines().enumerate() {
        line?;
        let times: Vec<String> = operation(round)?.iter().map(|time| time.as_nanos().to_string()).collect();
        writeln!(out, "{}", times.join(" "))?;
    }
    Ok(())
}

/// A side in its process. It ends when this is dropped.
struct Running {
    side: Side,
    child: Child,
    ask: ChildStdin,
    answers: io::Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(side: Side, folder: &Path) -> Result<Self> {
        let name = side.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let mut command = side.command(&name, &folder.join(&name))?;
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (ask, answers) = (child.stdin.take(), child.stdout.take());
        let answers = BufReader::new(answers.ok_or("standard output is piped")?).lines();
        let mut running = Self { side, child, ask: ask.ok_or("standard input is piped")?, answers };
        match running.answer()?.as_str() {
            "ready" => Ok(running),
            other => Err(format!("{side:?} said {other}").into()),
        }
    }

    fn answer(&mut self) -> Result<String> {
        Ok(self.answers.next().transpose()?.ok_or_else(|| format!("{:?} ended early", self.side))?)
    }

    fn operate(&mut self) -> Result<Vec<Duration>> {
        self.ask.write_all(b"\n")?;
        let answer = self.answer()?;
        answer.split(' ').map(|time| Ok(Duration::from_nanos(time.parse()?))).collect()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// How often an operation is done.
#[derive(Clone, Copy)]
pub(crate) struct Rounds {
    /// First so often, unmeasured: caches fill and journals reach the size that they keep.
    pub(crate) warm_up: usize,
    /// Then so often.
    pub(crate) measured: usize,
}

/// Lets the sides work in turns, in the opposite order in every second round. Answers the times of each part of each
/// side's operation.
pub(crate) fn in_turns(folder: &Path, sides: &[Side], rounds: Rounds) -> Result<Vec<Vec<Times>>> {
    let mut running = sides.iter().map(|side| Running::start(*side, folder)).collect::<Result<Vec<_>>>()?;
    let mut samples: Vec<Vec<Vec<Duration>>> = vec![Vec::new(); sides.len()];
    for round in 0..rounds.warm_up + rounds.measured {
        for turn in 0..sides.len() {
            let at = if round % 2 == 0 { turn } else { sides.len() - 1 - turn };
            let times = running[at].operate()?;
            if round >= rounds.warm_up {
                samples[at].push(times);
            }
        }
    }
    samples.iter().map(|operations| by_part(operations)).collect()
}

/// Starts a side so many times, and lets it do its operation once in each process: nothing is warm then.
pub(crate) fn afresh(folder: &Path, side: Side, times: usize) -> Result<Vec<Times>> {
    let once = |_| Running::start(side, folder)?.operate();
    by_part(&(0..times).map(once).collect::<Result<Vec<_>>>()?)
}

/// The most memory that a side has held after so many operations, in megabytes, all of the process included.
pub(crate) fn peak_megabytes(folder: &Path, side: Side, operations: usize) -> Result<f64> {
    let mut running = Running::start(side, folder)?;
    for _ in 0..operations {
        running.operate()?;
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.child.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("the kernel does not say")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}

fn by_part(operations: &[Vec<Duration>]) -> Result<Vec<Times>> {
    let parts = operations.first().map_or(0, Vec::len);
    let times = |part: usize| Times::of(operations.iter().filter_map(move |times| times.get(part).copied()));
    (0..parts).map(|part| times(part).ok_or_else(|| "nothing was measured".into())).collect()
}
