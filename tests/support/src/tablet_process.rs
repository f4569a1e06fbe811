//! A tablet as a process of its own, so that it can be killed like one.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use crate::deadline::{self, Deadline};
use crate::programs;

/// How to start a scripted tablet.
#[derive(Clone, Debug)]
pub struct TabletProcess {
    /// The program `homon-tablet`.
    pub program: PathBuf,
    /// What runs the program, with its arguments, such as a tracer; mostly nothing.
    pub under: Vec<OsString>,
    /// Its folder.
    pub folder: PathBuf,
    /// Where its log goes.
    pub log: PathBuf,
    /// Where it may put temporary files; searched for canaries.
    pub temporary: PathBuf,
    /// The scenario.
    pub scenario: PathBuf,
    /// Which tablet of it.
    pub label: String,
    /// Cheap PINs, for tests that start hundreds of processes.
    pub cheap_pins: bool,
    /// Portraits before the camera, and models that look at them; drawings and no models otherwise.
    pub portraits: bool,
}

/// A running tablet, and what it says on standard output.
pub struct RunningTablet {
    child: Child,
    lines: io::Lines<BufReader<ChildStdout>>,
    _deadline: Deadline,
}

/// What a running tablet says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// So many writing steps of the present part are stored and answered.
    Acknowledged(u64),
    /// The script wants it to be killed now.
    KillMe,
    /// Anything else, such as progress of an upload.
    Line(String),
}

impl TabletProcess {
    /// Starts it with one of its commands.
    ///
    /// # Errors
    /// The system's.
    pub fn start(&self, command: &[&str]) -> io::Result<RunningTablet> {
        let mut child = self.command(command)?.stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| io::Error::other("standard output is piped"))?;
        let deadline = Deadline::of(&child, deadline::LIMIT);
        Ok(RunningTablet { child, lines: BufReader::new(stdout).lines(), _deadline: deadline })
    }

    /// Runs it to its end and answers what it printed.
    ///
    /// # Errors
    /// The system's; when it failed, with the end of its log.
    pub fn run(&self, command: &[&str]) -> io::Result<String> {
        let child = self.command(command)?.stdout(Stdio::piped()).spawn()?;
        let _deadline = Deadline::of(&child, deadline::LIMIT);
        let output = child.wait_with_output()?;
        check(output.status, &self.log)?;
        String::from_utf8(output.stdout).map_err(io::Error::other)
    }

    fn command(&self, command: &[&str]) -> io::Result<Command> {
        let mut started = programs::command(&self.under, &self.program);
        started
            .arg("--folder")
            .arg(&self.folder)
            .arg("--scenario")
            .arg(&self.scenario)
            .arg("--tablet")
            .arg(&self.label);
        if self.cheap_pins {
            started.arg("--cheap-pins");
        }
        if self.portraits {
            started.arg("--portraits");
        }
        let log = OpenOptions::new().create(true).append(true).open(&self.log)?;
        started.args(command).stdin(Stdio::null()).stderr(log).env("TMPDIR", &self.temporary).env("RUST_LOG", "trace");
        Ok(started)
    }
}

/// An error that quotes the end of the log when a process failed.
///
/// # Errors
/// When `status` is not a success.
pub fn check(status: ExitStatus, log: &Path) -> io::Result<()> {
    if status.success() {
        return Ok(());
    }
    let lines: Vec<String> = BufReader::new(File::open(log)?).lines().collect::<Result<_, _>>()?;
    let end = lines[lines.len().saturating_sub(5)..].join("\n");
    Err(io::Error::other(format!("the process ended with {status}:\n{end}")))
}

impl RunningTablet {
    /// The next thing it says; `None` when it has ended.
    ///
    /// # Errors
    /// The system's.
    pub fn listen(&mut self) -> io::Result<Option<Said>> {
        let Some(line) = self.lines.next().transpose()? else { return Ok(None) };
        Ok(Some(match line.split_once(' ') {
            Some(("acknowledged", number)) => Said::Acknowledged(number.parse().map_err(io::Error::other)?),
            _ if line == "kill-me" => Said::KillMe,
            _ => Said::Line(line),
        }))
    }

    /// Kills it as a power cut of the process would (`SIGKILL`).
    ///
    /// # Errors
    /// The system's.
    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// The number of its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has come to its end.
    ///
    /// # Errors
    /// The system's.
    pub fn has_ended(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// The system's.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }
}
