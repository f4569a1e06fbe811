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

/// Kills a program (`SIGKILL`) that has not ended in time, and what it started: a traced program outlives its tracer, and
/// keeps open what its test reads. Dropped when it has ended.
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
                let family = family(process);
                family.iter().flat_map(|process| waits(*process)).for_each(|wait| eprintln!("  {wait}"));
                for process in family.into_iter().filter_map(|process| i32::try_from(process).ok()) {
                    // It may have ended this very moment.
                    let _ = kill(Pid::from_raw(process), Signal::SIGKILL);
                }
            }
        });
        Self { _ended: ended }
    }
}

/// A process, then what it started, what that started, and so on; itself alone where the system does not tell.
pub(crate) fn family(process: u32) -> Vec<u32> {
    let children = threads(process).into_iter().flat_map(|thread| {
        let listed = said(&thread, "children");
        listed.split_whitespace().filter_map(|child| child.parse().ok()).collect::<Vec<u32>>()
    });
    std::iter::once(process).chain(children.flat_map(family)).collect()
}

/// Of every thread of a process its name, the number of its system call, and where in the system it waits.
fn waits(process: u32) -> Vec<String> {
    let wait = |thread: PathBuf| {
        let call = said(&thread, "syscall");
        let call = call.split(' ').next().unwrap_or_default();
        format!("{process} {}: call {call}, {}", said(&thread, "comm"), said(&thread, "wchan"))
    };
    threads(process).into_iter().map(wait).collect()
}

fn threads(process: u32) -> Vec<PathBuf> {
    let entries = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn said(thread: &Path, file: &str) -> String {
    fs::read_to_string(thread.join(file)).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn what_does_not_end_is_killed_with_all_that_it_started() {
        let hangs = Command::new("sh").args(["-c", "sleep 3600; true"]).stdout(Stdio::piped()).spawn().unwrap();
        let _deadline = Deadline::of(&hangs, Duration::from_secs(1));
        // What it started holds the other end: this would wait for an hour.
        assert!(!hangs.wait_with_output().unwrap().status.success());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn it_is_told_what_each_thread_waits_for() {
        let mut sleeps = Command::new("sleep").arg("3600").spawn().unwrap();
        while !waits(sleeps.id()).iter().any(|wait| wait.contains(" sleep: call ")) {
            thread::sleep(Duration::from_millis(10));
        }
        sleeps.kill().unwrap();
        sleeps.wait().unwrap();
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
