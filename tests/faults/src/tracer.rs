//! `strace`: it writes down what a real program asks of the system, refuses it, or kills the program at it.
//!
//! Needs no privilege and no change of the program. `HOMON_STRACE` names the tool, or it is on the PATH; `cargo xtask
//! test` installs it.

use std::ffi::OsString;
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

    /// Runs a program so that its calls of these names on `paths` are written to `log`.
    #[must_use]
    pub fn counting(&self, log: &Path, calls: &[&str], paths: &[PathBuf]) -> Vec<OsString> {
        let mut command = self.on(calls, paths);
        command.extend(["-xx".into(), "-s".into(), "0".into(), "-o".into(), log.into()]);
        command
    }

    /// Runs a program so that the fault happens at a call, counted among those on `paths`.
    #[must_use]
    pub fn faulting(&self, spot: &Spot, fault: Fault, paths: &[PathBuf]) -> Vec<OsString> {
        let Spot { call, number } = spot;
        let what = match fault {
            Fault::Error(error) => format!("{call}:error={error}:when={number}"),
            Fault::ErrorFromThereOn(error) => format!("{call}:error={error}:when={number}+"),
            Fault::Kill => format!("{call}:signal=KILL:when={number}"),
        };
        let mut command = self.on(&[call.as_str()], paths);
        command.extend(["-e".into(), format!("inject={what}").into(), "-o".into(), "/dev/null".into()]);
        command
    }

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
