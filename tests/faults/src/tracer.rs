//! `strace`: it writes down what a real program asks of the system, refuses it, or kills the program at it.
//!
//! Needs no privilege and no change of the program. `HOMON_STRACE` names the tool, or it is on the PATH; `cargo xtask
//! test` installs it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Calls that change a file system, or that tell which file a descriptor stands for.
const CHANGES: &str = "openat,open,creat,close,dup,dup2,dup3,fcntl,lseek,write,writev,pwrite64,pwritev,pwritev2,\
    fsync,fdatasync,sync,syncfs,truncate,ftruncate,fallocate,copy_file_range,sendfile,splice,\
    rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat";

/// The tool.
#[derive(Clone, Debug)]
pub struct Tracer(PathBuf);

/// What happens to a call instead of its work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// It fails with this error, such as `ENOSPC`. Nothing of it is done.
    Error(&'static str),
    /// As [`Fault::Error`], and so does every later call of the same name by the same thread.
    ErrorFromThereOn(&'static str),
    /// From there on nothing is read any more: the call fails with `EIO`, every later one of its name, and every `read`.
    NothingIsRead,
    /// The program is killed (`SIGKILL`) as it begins.
    Kill,
}

/// One call of a program: the `number`th of its name on one thread, counted from 1.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Spot {
    /// The name of the call, such as `pwrite64`.
    pub call: String,
    /// Which one.
    pub number: usize,
}

impl Tracer {
    /// The tool. `None`, said loudly, where there is none or it may not trace.
    ///
    /// # Panics
    /// Where `HOMON_STRACE` names a tool that cannot be used: set-up has promised one then.
    #[must_use]
    #[allow(clippy::print_stdout, reason = "a test that is skipped says so")]
    pub fn find() -> Option<Self> {
        let named = std::env::var_os("HOMON_STRACE");
        let tracer = Self(named.clone().map_or_else(|| PathBuf::from("strace"), PathBuf::from));
        if tracer.works() {
            return Some(tracer);
        }
        assert!(named.is_none(), "HOMON_STRACE names no strace that may trace");
        println!("SKIPPED: no strace that may trace is on the PATH; `cargo xtask test` installs it");
        None
    }

    fn works(&self) -> bool {
        let mut command = Command::new(&self.0);
        command.args(["-qq", "-e", "trace=none", "--seccomp-bpf", "-f", "true"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// Runs a program so that everything it asks of the file system is written to `log`, with the bytes.
    #[must_use]
    pub fn recording(&self, log: &Path) -> Vec<OsString> {
        let format = ["-f", "-qq", "--seccomp-bpf", "-xx", "-s", "100000000", "-e", "signal=none"];
        let stamps = "--absolute-timestamps=format:unix,precision:ns";
        self.with(format.into_iter().chain([stamps, "-e", &format!("trace={CHANGES}"), "-o"]), log)
    }

    /// Runs a program so that every path below `folder` that it names is written to `log`: [`paths`] reads them.
    #[must_use]
    pub fn naming(&self, log: &Path) -> Vec<OsString> {
        self.with(["-f", "-qq", "-e", "signal=none", "-e", "trace=%file", "-o"].into_iter(), log)
    }

    /// Runs a program so that its calls of these names on `paths` are written to `log`: [`spots`] counts them.
    #[must_use]
    pub fn counting(&self, log: &Path, calls: &[&str], paths: &[PathBuf]) -> Vec<OsString> {
        let mut command = self.on(calls, paths);
        command.extend(["-y".into(), "-s".into(), "0".into(), "-o".into(), log.into()]);
        command
    }

    /// Runs a program so that the fault happens at a call, counted among those on `paths`.
    #[must_use]
    pub fn faulting(&self, spot: &Spot, fault: Fault, paths: &[PathBuf]) -> Vec<OsString> {
        let Spot { call, number } = spot;
        let what = match fault {
            Fault::Error(error) => format!("{call}:error={error}:when={number}"),
            Fault::ErrorFromThereOn(error) => format!("{call}:error={error}:when={number}+"),
            Fault::NothingIsRead => format!("{call}:error=EIO:when={number}+"),
            Fault::Kill => format!("{call}:signal=KILL:when={number}"),
        };
        let mut command = match fault {
            Fault::NothingIsRead => {
                let mut command = self.on(&[call.as_str(), "read"], paths);
                command.extend(["-e", "inject=read:error=EIO"].map(OsString::from));
                command
            }
            _ => self.on(&[call.as_str()], paths),
        };
        command.extend(["-e".into(), format!("inject={what}").into(), "-o".into(), "/dev/null".into()]);
        command
    }

    /// `strace -P` looks at whole paths, of names as of descriptors.
    fn on(&self, calls: &[&str], paths: &[PathBuf]) -> Vec<OsString> {
        let mut command: Vec<OsString> = vec![self.0.clone().into()];
        command.extend(["-f", "-qq", "-e", "signal=none", "-e"].map(OsString::from));
        command.push(format!("trace={}", calls.join(",")).into());
        command.extend(paths.iter().flat_map(|path| ["-P".into(), path.clone().into_os_string()]));
        command
    }

    fn with<'a>(&self, arguments: impl Iterator<Item = &'a str>, log: &Path) -> Vec<OsString> {
        let tool = std::iter::once(self.0.clone().into_os_string());
        tool.chain(arguments.map(OsString::from)).chain([log.into()]).collect()
    }
}

/// The paths below `folder`, and itself, that a log of [`Tracer::naming`] names.
///
/// # Errors
/// When the log cannot be read.
pub fn paths(log: &Path, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let text = fs::read_to_string(log)?;
    let quoted = text.lines().flat_map(|line| line.split('"').skip(1).step_by(2));
    // strace compares letter by letter, and a folder may have been named with a slash behind it.
    let tidy = |path: &str| Path::new(path).components().collect::<PathBuf>();
    let below: BTreeSet<PathBuf> = quoted.map(tidy).filter(|path| path.starts_with(folder)).collect();
    Ok(below.into_iter().collect())
}

/// Every call of a log of [`Tracer::counting`], with how it was written down. The same number on two threads is one.
///
/// # Errors
/// When the log cannot be read.
pub fn spots(log: &Path) -> io::Result<BTreeMap<Spot, String>> {
    let text = fs::read_to_string(log)?;
    let mut numbers: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut spots: BTreeMap<Spot, String> = BTreeMap::new();
    for line in text.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let Some((call, arguments)) = rest.trim_start().split_once('(') else { continue };
        if call.starts_with(['<', '+']) {
            continue;
        }
        let number = numbers.entry((thread, call)).or_default();
        *number += 1;
        let written = spots.entry(Spot { call: call.to_owned(), number: *number }).or_default();
        written.push_str(arguments);
    }
    Ok(spots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_for_each_thread_and_name() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let lines = [
            r#"7  openat(AT_FDCWD</>, "/t/a", O_RDONLY) = 3</t/a>"#,
            r#"8  openat(AT_FDCWD</>, "/t/b", O_RDWR|O_CREAT, 0600 <unfinished ...>"#,
            r#"7  pwrite64(3</t/a>, ""..., 10, 0) = 10"#,
            r#"8  <... openat resumed>) = 4</t/b>"#,
            r#"8  openat(AT_FDCWD</>, "/elsewhere", O_RDONLY) = 5</elsewhere>"#,
            "7  +++ exited with 0 +++",
        ];
        fs::write(&log, lines.join("\n")).unwrap();
        let found: Vec<(Spot, bool)> =
            spots(&log).unwrap().into_iter().map(|(spot, text)| (spot, text.contains("O_CREAT"))).collect();
        let spot = |call: &str, number| Spot { call: call.to_owned(), number };
        assert_eq!(found, [(spot("openat", 1), true), (spot("openat", 2), false), (spot("pwrite64", 1), false)]);
        let named = paths(&log, Path::new("/t")).unwrap();
        assert_eq!(named, ["/t/a", "/t/b"].map(PathBuf::from));
    }
}
