//! Programs that have less than they want: a small disk, a read-only one, few descriptors. No privilege is needed.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

/// Mounts a disk of its own for one program, fills it, and brings out what is there when the program has ended.
const ON_A_DISK: &str = r#"
options=$1 then=$2 disk=$3 from=$4 to=$5
shift 5
mount -t tmpfs -o "mode=700,$options" tmpfs "$disk" && cp -R "$from/." "$disk" || exit 99
[ -z "$then" ] || mount -o "remount,$then" "$disk" || exit 99
"$@"
code=$?
cp -R "$disk/." "$to" || exit 98
exit $code
"#;

/// A disk that exists for one program only, in a name space of its own.
#[derive(Clone, Copy, Debug)]
pub enum Disk {
    /// So many KiB.
    Small(u64),
    /// Nothing can be written.
    ReadOnly,
}

impl Disk {
    /// Whether this machine lets a program have a disk of its own. Where not, that is said loudly.
    ///
    /// # Panics
    /// Where `HOMON_STRACE` is set: set-up has found then that it does.
    #[must_use]
    #[allow(clippy::print_stdout, reason = "a test that is skipped says so")]
    pub fn may_be_had() -> bool {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]);
        let there = command.stdin(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        assert!(
            there || std::env::var_os("HOMON_STRACE").is_none(),
            "no disk can be mounted in a name space of its own"
        );
        if !there {
            println!("SKIPPED: this machine lets no program mount a disk in a name space of its own (unshare)");
        }
        there
    }

    /// Runs a program with this disk at `at`, an empty folder. It begins with a copy of `from`; what is there at the end
    /// is in `to`, an empty folder too.
    #[must_use]
    pub fn for_program(self, at: &Path, from: &Path, to: &Path) -> Vec<OsString> {
        let (options, then) = match self {
            Self::Small(kibibytes) => (format!("size={kibibytes}k"), ""),
            Self::ReadOnly => ("size=64m".to_owned(), "ro"),
        };
        let unshare = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", ON_A_DISK, "sh", &options, then];
        let folders = [at, from, to].map(|path| path.as_os_str().to_owned());
        unshare.into_iter().map(OsString::from).chain(folders).collect()
    }
}

/// Runs a program that may have so many open files.
#[must_use]
pub fn with_descriptors(limit: u32) -> Vec<OsString> {
    let script = format!(r#"ulimit -n {limit} && exec "$@""#);
    ["sh", "-c", &script, "sh"].map(OsString::from).into()
}
