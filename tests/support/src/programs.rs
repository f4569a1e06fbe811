//! The programs that tests run as processes of their own.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// Where the programs lie.
#[derive(Clone, Debug)]
pub struct Programs {
    /// `homon-city`.
    pub city: PathBuf,
    /// `homon-tablet`.
    pub tablet: PathBuf,
    /// `homon-rehearse`.
    pub rehearse: PathBuf,
}

/// A program to be run, by other programs where `under` names some: outermost first, each with its arguments.
#[must_use]
pub fn command(under: &[OsString], program: &Path) -> Command {
    let mut words = under.iter().map(OsString::as_os_str).chain([program.as_os_str()]);
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words);
    command
}

/// The programs, built in the profile of whoever asks. Cargo gives a test only the programs of its own package, so it
/// is asked for these; where they are fresh it does nothing.
///
/// # Panics
/// When they cannot be built: no test that needs them can say anything then.
#[must_use]
pub fn built() -> &'static Programs {
    static BUILT: OnceLock<Programs> = OnceLock::new();
    BUILT.get_or_init(|| build().expect("cargo builds the programs"))
}

fn build() -> io::Result<Programs> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    // Cargo describes the test's package to the test. Build scripts that look at such variables, ring's for one, would
    // take the workspace for another one, and cargo would compile half of it anew, here and after this once more.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    let output = command
        .args(["build", "--package", "homon-city", "--package", "homon-support", "--bins"])
        .args(["--profile", &profile()?, "--message-format", "json-render-diagnostics"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other("cargo build failed"));
    }
    let messages = String::from_utf8(output.stdout).map_err(io::Error::other)?;
    let named = |name| executable(&messages, name).ok_or_else(|| io::Error::other("cargo built no such program"));
    Ok(Programs { city: named("homon-city")?, tablet: named("homon-tablet")?, rehearse: named("homon-rehearse")? })
}

/// The profile by which this very program was built: the folder above `deps` has its name, but for the first.
fn profile() -> io::Result<String> {
    let this = std::env::current_exe()?;
    let deps = this.parent().filter(|folder| folder.ends_with("deps"));
    let folder = deps.and_then(Path::parent).and_then(Path::file_name).and_then(|name| name.to_str());
    Ok(folder.filter(|name| *name != "debug").unwrap_or("dev").to_owned())
}

fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    let artifacts = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    artifacts
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_among_the_messages() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"homon_city"},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"homon-city"},"executable":"/built/homon-city"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        assert_eq!(executable(messages, "homon-city").as_deref(), Some(Path::new("/built/homon-city")));
        assert_eq!(executable(messages, "homon_city"), None);
        assert_eq!(profile().unwrap(), if cfg!(debug_assertions) { "dev" } else { "release" });
    }
}
