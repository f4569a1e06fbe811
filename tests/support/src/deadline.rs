//! No program of a test runs for ever: one that hangs fails its test, which then says at what.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Far longer than anything that a test starts needs, on a busy machine too.
pub const LIMIT: Duration = Duration::from_secs(600);

/// Kills a program (`SIGKILL`) that has not ended in time. Dropped when it has ended.
pub struct Deadline {
    _ended: Sender<()>,
}

impl Deadline {
    /// Watches a program for `limit`.
    #[must_use]
    #[allow(clippy::print_stderr, reason = "whoever reads the test's output wants to know why its program was killed")]
    pub fn of(child: &Child, limit: Duration) -> Self {
        let (ended, until) = mpsc::channel::<()>();
        let process = child.id();
        thread::spawn(move || {
            if until.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                eprintln!("process {process} has not ended within {} s and is killed:", limit.as_secs());
                waits(process).iter().for_each(|wait| eprintln!("  {wait}"));
                // It may have ended this very moment.
                let _ = i32::try_from(process).map(|process| kill(Pid::from_raw(process), Signal::SIGKILL));
            }
        });
        Self { _ended: ended }
    }
}

/// Of every thread of a process and of what it started: its name, the number of its system call, and where in the system it
/// waits. Nothing where the system does not tell.
fn waits(process: u32) -> Vec<String> {
    let of_process = PathBuf::from(format!("/proc/{process}"));
    let said = |thread: &Path, file| fs::read_to_string(thread.join(file)).unwrap_or_default().trim().to_owned();
    let threads = fs::read_dir(of_process.join("task")).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut all = Vec::new();
    for thread in threads {
        let call = said(&thread, "syscall");
        let call = call.split(' ').next().unwrap_or_default();
        all.push(format!("{process} {}: call {call}, {}", said(&thread, "comm"), said(&thread, "wchan")));
        let started = said(&thread, "children");
        all.extend(started.split_whitespace().filter_map(|child| child.parse().ok()).flat_map(waits));
    }
    all
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_does_not_end_is_killed() {
        let mut hangs = Command::new("sleep").arg("3600").spawn().unwrap();
        let _deadline = Deadline::of(&hangs, Duration::from_millis(50));
        assert!(!hangs.wait().unwrap().success());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn it_is_told_what_everything_waits_for() {
        let mut shell = Command::new("sh").args(["-c", "sleep 3600; true"]).spawn().unwrap();
        let told = |word: &str| waits(shell.id()).iter().any(|wait| wait.contains(word));
        while !told(" sleep: call ") {
            thread::sleep(Duration::from_millis(10));
        }
        assert!(told(" sh: call "));
        for process in waits(shell.id()).iter().filter_map(|wait| wait.split(' ').next()?.parse().ok()) {
            kill(Pid::from_raw(process), Signal::SIGKILL).unwrap();
        }
        shell.wait().unwrap();
    }

    #[test]
    fn what_has_ended_is_left_alone() {
        let mut other = Command::new("sleep").arg("3600").spawn().unwrap();
        drop(Deadline::of(&other, Duration::from_millis(50)));
        thread::sleep(Duration::from_millis(200));
        assert!(other.try_wait().unwrap().is_none());
        other.kill().unwrap();
        other.wait().unwrap();
    }
}
