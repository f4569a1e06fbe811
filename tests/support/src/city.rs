//! The city as its own processes: the desk's commands, and the intake server.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use homon_seal::enrolment::{ca_fingerprint, fingerprint_groups};
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::deadline::{self, Deadline};
use crate::programs;
use crate::scenario::{ReturnedScript, RosterScript};

/// A city that `homon-city` keeps in a folder.
#[derive(Clone, Debug)]
pub struct City {
    /// The program `homon-city`.
    pub program: PathBuf,
    /// What runs the program, with its arguments, such as a tracer; mostly nothing.
    pub under: Vec<OsString>,
    /// Its folder.
    pub folder: PathBuf,
    /// Where its logs go.
    pub log: PathBuf,
}

/// A running intake. It ends when this is dropped.
pub struct Intake {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl City {
    fn command(&self) -> Command {
        programs::command(&self.under, &self.program)
    }

    /// Runs one of its commands; answers what it printed and whether it ended with 0.
    ///
    /// # Errors
    /// The system's.
    pub fn run(&self, arguments: &[&str]) -> io::Result<(String, bool)> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = self.command();
        let child = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn()?;
        let _deadline = Deadline::of(&child, deadline::LIMIT);
        let output = child.wait_with_output()?;
        Ok((String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success()))
    }

    /// As [`City::run`], and fails when the command does.
    ///
    /// # Errors
    /// The system's; when the command failed, with what it said.
    pub fn must(&self, arguments: &[&str]) -> io::Result<String> {
        match self.run(arguments)? {
            (printed, true) => Ok(printed),
            (printed, false) => {
                let log = std::fs::read_to_string(&self.log)?;
                let end = log.lines().last().unwrap_or_default();
                Err(io::Error::other(format!("homon-city {} failed: {printed}{end}", arguments[0])))
            }
        }
    }

    /// The folder as an argument.
    ///
    /// # Panics
    /// When the folder is not UTF-8.
    #[must_use]
    pub fn dir(&self) -> &str {
        self.folder.to_str().expect("rehearsal folders are UTF-8")
    }

    /// Founds the city. Tablets reach its intake at `intake`.
    ///
    /// # Errors
    /// As [`City::must`].
    pub fn init(&self, programme: &Path, intake: SocketAddr) -> io::Result<String> {
        let programme = programme.to_str().ok_or_else(|| io::Error::other("the path is not UTF-8"))?;
        let url = format!("https://{intake}");
        self.must(&["init", "--dir", self.dir(), "--programme", programme, "--intake-url", &url])
    }

    /// The name that the city gave to a tablet.
    ///
    /// # Errors
    /// As [`City::must`]; when there is no such tablet.
    pub fn device(&self, label: &str) -> io::Result<String> {
        let devices = std::fs::read_dir(self.folder.join("desk").join("devices"))?;
        for device in devices {
            let record = std::fs::read(device?.path().join("device.json"))?;
            let record: serde_json::Value = serde_json::from_slice(&record)?;
            if let (true, Some(name)) = (record["label"] == label, record["device"].as_str()) {
                return Ok(name.to_owned());
            }
        }
        Err(io::Error::other(format!("the city knows no tablet {label}")))
    }

    /// Sends a roster to a tablet; the file lies beside the city, as it was received.
    ///
    /// # Errors
    /// As [`City::must`].
    pub fn send_roster(&self, roster: &RosterScript) -> io::Result<String> {
        let file = self.folder.with_file_name(format!("roster-{}.csv", roster.tablet));
        std::fs::write(&file, roster.file())?;
        let file = file.to_str().ok_or_else(|| io::Error::other("the path is not UTF-8"))?;
        let (device, visit) = (self.device(&roster.tablet)?, roster.visit.to_string());
        self.must(&["roster", "--dir", self.dir(), "--to", &device, "--visit", &visit, file])
    }

    /// Marks an opened application as passed on and returned, and tells the tablet that sealed it.
    ///
    /// # Errors
    /// As [`City::must`].
    pub fn return_application(&self, returned: &ReturnedScript) -> io::Result<String> {
        let (visit, case) = (returned.visit.to_string(), returned.case.to_string());
        let kind = serde_json::to_value(returned.kind)?;
        let note = self.folder.with_file_name(format!("note-{case}.txt"));
        std::fs::write(&note, &returned.note)?;
        let note = note.to_str().ok_or_else(|| io::Error::other("the path is not UTF-8"))?;
        let which = ["--dir", self.dir(), "--visit", &visit, "--case", &case];
        self.must(&[&["mark", "submitted"], &which[..]].concat())?;
        let why = ["--kind", kind.as_str().unwrap_or_default(), "--note", note];
        self.must(&[&["deficiency"], &which[..], &why[..]].concat())
    }

    /// The fingerprint that people compare, as the city shows it.
    ///
    /// # Errors
    /// When the city has no certificate.
    pub fn fingerprint(&self) -> io::Result<String> {
        let pem = std::fs::read_to_string(self.folder.join("desk").join("ca.pem"))?;
        ca_fingerprint(&pem).map(|digest| fingerprint_groups(&digest)).map_err(io::Error::other)
    }

    /// Starts the intake and waits until it listens.
    ///
    /// # Errors
    /// The system's; when it ends without listening.
    pub fn serve(&self, listen: SocketAddr) -> io::Result<Intake> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut child = self
            .command()
            .args(["serve", "--dir", self.dir(), "--listen", &listen.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| io::Error::other("standard output is piped"))?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on ").and_then(|address| address.parse().ok());
        match address {
            Some(address) => Ok(Intake { child, address }),
            None => {
                child.kill().ok();
                child.wait()?;
                Err(io::Error::other("the intake does not listen"))
            }
        }
    }
}

impl Intake {
    /// Kills it (`SIGKILL`).
    ///
    /// # Errors
    /// The system's.
    pub fn kill(&mut self) -> io::Result<()> {
        self.signal(Signal::SIGKILL)
    }

    /// Asks it to end in order (`SIGTERM`).
    ///
    /// # Errors
    /// The system's.
    pub fn end(&mut self) -> io::Result<()> {
        self.signal(Signal::SIGTERM)
    }

    /// Signals the program itself, and waits until whatever runs it has ended too.
    fn signal(&mut self, signal: Signal) -> io::Result<()> {
        // A tracer starts the program that it traces.
        let program = deadline::family(self.child.id()).last().copied().unwrap_or(self.child.id());
        let program = i32::try_from(program).map_err(io::Error::other)?;
        nix::sys::signal::kill(Pid::from_raw(program), signal)?;
        self.child.wait().map(drop)
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        // It has ended by itself, or nothing can be done about it.
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            self.kill().ok();
        }
    }
}
