//! Running other programs: never with standard input, always with a message that says which one failed.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// A program without standard input.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.stdin(Stdio::null());
    command
}

/// Cargo, as if a person had started it.
///
/// `cargo run` gives its child the variables of the xtask package. Build scripts such as ring's watch them, and would
/// run again at each change between `cargo xtask` and plain `cargo`.
pub(crate) fn cargo() -> Command {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|part| text.starts_with(part)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs to the end with its output on ours.
pub(crate) fn show(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", name(command))) }
}

/// Runs to the end quietly and gives standard output; a failure carries what was written to standard error.
pub(crate) fn capture(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| cannot_start(command, &error))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(format!("{}: {}\n{}", name(command), output.status, complaint.trim_end()))
    }
}

/// Runs to the end with both outputs on ours, in their order, and keeps the lines that `keep` wants.
/// The kept lines are given even when the program fails.
pub(crate) fn show_and_keep(command: &mut Command, keep: impl Fn(&str) -> bool) -> (Result<(), String>, Vec<String>) {
    let mut kept = Vec::new();
    let result = read_lines(command, |line| {
        if keep(line) {
            kept.push(line.to_owned());
        }
    });
    (result, kept)
}

fn read_lines(command: &mut Command, mut each: impl FnMut(&str)) -> Result<(), String> {
    let (reader, writer) = std::io::pipe().map_err(|error| format!("no pipe: {error}"))?;
    let second = writer.try_clone().map_err(|error| format!("no pipe: {error}"))?;
    let mut child = command.stdout(writer).stderr(second).spawn().map_err(|error| cannot_start(command, &error))?;
    // The command holds our ends of the pipe: reading would never come to an end beside them.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    let mut out = std::io::stdout().lock();
    while reader.read_until(b'\n', &mut line).map_err(|error| format!("{}: {error}", name(command)))? > 0 {
        // A terminal that went away must not stop the tests.
        let _ = out.write_all(&line);
        each(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    let status = child.wait().map_err(|error| format!("{}: {error}", name(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", name(command))) }
}

/// Whether a program starts and succeeds.
pub(crate) fn works(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The program and its first argument, without the folder.
fn name(command: &Command) -> String {
    let path = Path::new(command.get_program());
    let program = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let first = command.get_args().next().map(|argument| format!(" {}", argument.to_string_lossy()));
    format!("{program}{}", first.unwrap_or_default())
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("{} cannot be started: {error}", name(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_program_and_its_complaint() {
        let error = capture(program("sh").args(["-c", "echo wrong >&2; exit 3"])).unwrap_err();
        assert!(error.starts_with("sh -c: exit status: 3"), "{error}");
        assert!(error.ends_with("wrong"), "{error}");
    }

    #[test]
    fn both_outputs_are_kept_in_their_order() {
        let script = "echo one; echo two >&2; echo three; exit 1";
        let (result, lines) = show_and_keep(program("sh").args(["-c", script]), |line| line != "two");
        assert!(result.is_err());
        assert_eq!(lines, ["one", "three"]);
    }

    #[test]
    fn a_program_has_no_standard_input() {
        assert_eq!(capture(&mut program("cat")).unwrap(), "");
    }
}
