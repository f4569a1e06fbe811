//! The stages that are programs of others: rustfmt, clippy, cargo-deny, cargo test, rustdoc.

use std::path::Path;
use std::process::Command;

use crate::process::{cargo, program, show, show_and_keep, works};
use crate::stages::{Findings, Outcome};
use crate::workspace::Workspace;

/// The formatting of all crates.
pub(crate) fn rustfmt(workspace: &Workspace) -> Outcome {
    with_component("fmt", "rustfmt", cargo().args(["fmt", "--all", "--check"]).current_dir(&workspace.root))
}

/// The lints of all targets, warnings refused.
pub(crate) fn clippy(workspace: &Workspace) -> Outcome {
    let arguments = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    with_component("clippy", "clippy", cargo().args(arguments).current_dir(&workspace.root))
}

fn with_component(subcommand: &str, component: &str, command: &mut Command) -> Outcome {
    if !works(cargo().args([subcommand, "--version"])) {
        return Outcome::Skipped(format!("{component} is not installed: rustup component add {component}"));
    }
    show(command).map(|()| String::new()).into()
}

/// The documentation, warnings refused: a broken link is a broken promise.
pub(crate) fn doc(workspace: &Workspace) -> Outcome {
    let mut command = cargo();
    command.args(["doc", "--workspace", "--no-deps", "--locked"]).current_dir(&workspace.root);
    show(command.env("RUSTDOCFLAGS", "-D warnings")).map(|()| String::new()).into()
}

/// All tests, with the stock tools in the environment. Keeps cargo test's result lines for the end.
pub(crate) fn test(workspace: &Workspace, findings: &mut Findings) -> Outcome {
    let mut command = cargo();
    command.args(["test", "--workspace", "--locked", "--no-fail-fast"]).current_dir(&workspace.root);
    let (result, lines) = show_and_keep(command.envs(findings.ready.environment()), is_result);
    let note = count(&lines);
    findings.test_lines = lines;
    match result {
        Ok(()) => Outcome::Passed(note),
        Err(reason) => Outcome::Failed(format!("{reason}; {note}")),
    }
}

/// The lines that say which tests ran, what failed and how each binary ended.
fn is_result(line: &str) -> bool {
    let line = line.trim_start();
    let starts = ["Running ", "Doc-tests ", "test result: ", "error: "];
    starts.iter().any(|start| line.starts_with(start)) || (line.starts_with("test ") && line.ends_with("FAILED"))
}

/// The sum over all `test result:` lines.
fn count(lines: &[String]) -> String {
    let sum = |word: &str| -> u64 {
        let results = lines.iter().filter(|line| line.starts_with("test result: "));
        results
            .flat_map(|line| line.split(['.', ';']))
            .filter_map(|part| part.trim().strip_suffix(word))
            .filter_map(|number| number.trim().parse::<u64>().ok())
            .sum()
    };
    format!("{} passed, {} failed, {} ignored", sum(" passed"), sum(" failed"), sum(" ignored"))
}

/// Licences, bans and sources; advisories only where a database is already on the machine.
pub(crate) fn deny(workspace: &Workspace, tool: Option<&Path>) -> Outcome {
    let Some(tool) = tool else { return Outcome::Skipped("there is no cargo-deny: see set-up".to_owned()) };
    if let Err(reason) = deny_checks(workspace, tool, &["bans", "licenses", "sources"]) {
        return Outcome::Failed(reason);
    }
    if !has_advisories() {
        let note = "note: advisories were not checked, there is no advisory database on this machine";
        println!("{note}; cargo deny fetch db brings one");
        return Outcome::Passed(note.to_owned());
    }
    let note = "advisories checked against the database on this machine".to_owned();
    deny_checks(workspace, tool, &["advisories"]).map(|()| note).into()
}

fn deny_checks(workspace: &Workspace, tool: &Path, checks: &[&str]) -> Result<(), String> {
    let arguments = ["--offline", "--locked", "--color", "never", "check", "--hide-inclusion-graph"];
    let mut command = program(tool);
    command.args(arguments).args(checks).current_dir(&workspace.root);
    let output = command.output().map_err(|error| format!("cargo-deny cannot be started: {error}"))?;
    let text = [output.stderr, output.stdout].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).join("\n");
    println!("{}", shorten(&text));
    if output.status.success() { Ok(()) } else { Err(format!("cargo-deny {}: {}", checks.join(" "), output.status)) }
}

/// Crates in two versions are worth a look and no failure: one line instead of a paragraph for each. They cannot be
/// left to cargo-deny's `--allow duplicate`, which also lets pass the crates that `deny.toml` wants once only.
fn shorten(text: &str) -> String {
    let start = "warning[duplicate]: ";
    let (duplicates, others): (Vec<_>, Vec<_>) =
        text.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).partition(|part| part.starts_with(start));
    let names: Vec<_> = duplicates.iter().filter_map(|part| part.split('\'').nth(1)).collect();
    let summary = format!("{} crates in more than one version: {}", names.len(), names.join(", "));
    let summary = if names.is_empty() { None } else { Some(summary) };
    others.into_iter().map(str::to_owned).chain(summary).collect::<Vec<_>>().join("\n\n")
}

/// cargo-deny keeps its databases beside cargo's registry.
fn has_advisories() -> bool {
    let home = std::env::var_os("CARGO_HOME").map(std::path::PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let databases = home.and_then(|home| std::fs::read_dir(home.join("advisory-dbs")).ok());
    databases.is_some_and(|databases| databases.flatten().any(|entry| entry.path().join("crates").is_dir()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_lines_are_cargo_tests_own() {
        let output = [
            "   Compiling homon-domain v0.1.0",
            "     Running unittests src/lib.rs (target/debug/deps/homon_domain-1)",
            "running 2 tests",
            "test ids::tests::one ... ok",
            "test ids::tests::two ... FAILED",
            "test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "   Doc-tests homon_domain",
            "test result: ok. 3 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.10s",
            "error: 1 target failed:",
        ];
        let kept: Vec<String> = output.iter().filter(|line| is_result(line)).map(ToString::to_string).collect();
        assert_eq!(kept.len(), 6);
        assert_eq!(count(&kept), "4 passed, 1 failed, 2 ignored");
    }

    #[test]
    fn duplicates_are_one_line_and_everything_else_stays() {
        let text = "warning[duplicate]: found 2 duplicate entries for crate 'syn'\n  | lock\n\n\
            error[duplicate]: found 2 duplicate entries for crate 'ring'\n  | lock\n\n\
            warning[duplicate]: found 2 duplicate entries for crate 'sha2'\n  | lock\n\nbans FAILED\n";
        let expected = "error[duplicate]: found 2 duplicate entries for crate 'ring'\n  | lock\n\n\
            bans FAILED\n\n2 crates in more than one version: syn, sha2";
        assert_eq!(shorten(text), expected);
        assert_eq!(shorten("bans ok\n"), "bans ok");
    }
}
