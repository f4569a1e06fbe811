//! What was measured on.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Serialize;

use crate::Result;
use crate::files::age_program;

/// The machine, and the versions of what is compared.
#[derive(Serialize)]
pub(crate) struct Machine {
    /// Model of the processor.
    pub(crate) cpu: String,
    /// How many threads run at once.
    pub(crate) cores: usize,
    /// Kernel.
    pub(crate) kernel: String,
    /// File system of the measured folder, with its options.
    pub(crate) disk: String,
    /// How busy the machine was before: runnable threads on average over one minute.
    pub(crate) load: f64,
    /// Version of this workspace.
    pub(crate) homon: &'static str,
    /// SQLite's version; both sides use the same library.
    pub(crate) sqlite: &'static str,
    /// SQLCipher's version.
    pub(crate) sqlcipher: String,
    /// The stock age tool's version, where there is one.
    pub(crate) age: Option<String>,
    /// curl's version, where there is one.
    pub(crate) curl: Option<String>,
}

/// Asks the system. Only Linux says all of it.
pub(crate) fn look(folder: &Path) -> Result<Machine> {
    let sqlcipher = rusqlite::Connection::open_in_memory()?;
    Ok(Machine {
        cpu: field(&read("/proc/cpuinfo"), "model name"),
        cores: std::thread::available_parallelism()?.get(),
        kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
        disk: disk_of(&read("/proc/self/mounts"), &folder.canonicalize()?),
        load: read("/proc/loadavg").split(' ').next().and_then(|load| load.parse().ok()).unwrap_or_default(),
        homon: env!("CARGO_PKG_VERSION"),
        sqlite: rusqlite::version(),
        sqlcipher: sqlcipher.query_row("PRAGMA cipher_version", [], |row| row.get(0))?,
        age: age_program().and_then(|age| version_of(&age)),
        curl: version_of(Path::new("curl")),
    })
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn field(text: &str, name: &str) -> String {
    let line = text.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_once(':')).map_or("unknown", |(_, value)| value.trim()).to_owned()
}

/// The innermost mount that holds the folder, as `type (options)`.
fn disk_of(mounts: &str, folder: &Path) -> String {
    let fields = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let holds = |fields: &Vec<&str>| fields.len() > 3 && folder.starts_with(fields[1]);
    let innermost = fields.filter(holds).max_by_key(|fields| fields[1].len());
    innermost.map_or("unknown".to_owned(), |fields| format!("{} ({})", fields[2], fields[3]))
}

fn version_of(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).lines().next()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_mount_counts() {
        let mounts = "/dev/a / ext4 rw 0 0\ntmpfs /tmp tmpfs rw,nosuid 0 0\n/dev/b /tm xfs ro 0 0\n";
        assert_eq!(disk_of(mounts, Path::new("/tmp/x")), "tmpfs (rw,nosuid)");
        assert_eq!(disk_of(mounts, Path::new("/home")), "ext4 (rw)");
        assert_eq!(disk_of("", Path::new("/home")), "unknown");
        assert_eq!(field("processor\t: 0\nmodel name\t: A: B\n", "model name"), "A: B");
    }
}
