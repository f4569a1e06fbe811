//! `cargo xtask test`: every check and test in order, to the end even when one fails, and a table at the end.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::checks;
use crate::setup::Ready;
use crate::terminal::{heading, seconds};
use crate::workspace::Workspace;
use crate::{app, arrows, bindings, notices, words};

/// One part of `cargo xtask test`, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// Tools and crates that the stages after it need
    Setup,
    /// Formatting
    Rustfmt,
    /// Lints of all targets, warnings refused
    Clippy,
    /// Which crate may depend on which
    Arrows,
    /// Licences, bans and sources of dependencies
    Deny,
    /// THIRD-PARTY-NOTICES is up to date
    Notices,
    /// All tests of the workspace
    Test,
    /// The words of the app are as the catalogue has them, and each is used
    Words,
    /// The bindings for Kotlin and Swift are up to date
    Bindings,
    /// The app compiles, and its tests and those of the bindings pass on the JVM
    App,
    /// Documentation builds without a warning
    Doc,
}

impl Stage {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Whether it compiles the workspace, SQLCipher and OpenSSL with it.
    fn builds(self) -> bool {
        matches!(self, Self::Clippy | Self::Test | Self::Bindings | Self::App | Self::Doc)
    }
}

/// How a stage ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// With what there is to add; may be empty.
    Passed(String),
    /// With the reason.
    Failed(String),
    /// It could not run, with the reason. A failure on a build machine.
    Skipped(String),
}

impl From<Result<String, String>> for Outcome {
    fn from(result: Result<String, String>) -> Self {
        result.map_or_else(Self::Failed, Self::Passed)
    }
}

struct Record {
    stage: Stage,
    outcome: Outcome,
    time: Duration,
}

/// What the stages leave for the closing lines.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) ready: Ready,
    /// cargo test's own result lines.
    pub(crate) test_lines: Vec<String>,
}

/// Runs the chosen stages, or all when none is chosen.
pub(crate) fn run(workspace: &Workspace, only: &[Stage], ci: bool) -> ExitCode {
    let strict = ci || std::env::var("CI").is_ok_and(|value| value == "true");
    let chosen = choose(only);
    let start = Instant::now();
    let mut findings = Findings::default();
    let mut records = Vec::new();
    for (at, &stage) in chosen.iter().enumerate() {
        heading(&format!("{}/{} {}", at + 1, chosen.len(), stage.name()));
        let start = Instant::now();
        let outcome = run_stage(workspace, stage, &chosen, &mut findings);
        let record = Record { stage, outcome, time: start.elapsed() };
        println!("{}", line(&record));
        records.push(record);
    }
    close(&records, &findings.test_lines, start.elapsed(), strict)
}

/// Set-up, and then the stages that were asked for in their order.
fn choose(only: &[Stage]) -> Vec<Stage> {
    let wanted = |stage: &Stage| only.is_empty() || *stage == Stage::Setup || only.contains(stage);
    Stage::value_variants().iter().copied().filter(wanted).collect()
}

fn run_stage(workspace: &Workspace, stage: Stage, chosen: &[Stage], findings: &mut Findings) -> Outcome {
    match stage {
        Stage::Setup => set_up(workspace, chosen, &mut findings.ready),
        Stage::Rustfmt => checks::rustfmt(workspace),
        Stage::Clippy => checks::clippy(workspace),
        Stage::Arrows => arrows::check(workspace).into(),
        Stage::Deny => checks::deny(workspace, findings.ready.deny.as_deref()),
        Stage::Notices => notices::check(workspace).into(),
        Stage::Test => checks::test(workspace, findings),
        Stage::Words => words::run(workspace, true).into(),
        Stage::Bindings => bindings::test(workspace),
        Stage::App => app::test(workspace, &findings.ready),
        Stage::Doc => checks::doc(workspace),
    }
}

fn set_up(workspace: &Workspace, chosen: &[Stage], ready: &mut Ready) -> Outcome {
    let all = only_set_up(chosen);
    if all || chosen.iter().any(|stage| stage.builds()) {
        ready.build_needs();
    }
    ready.crates(workspace);
    if all || chosen.contains(&Stage::Test) {
        ready.age(workspace);
        ready.vectors();
        ready.versitygw(workspace);
        ready.document_tools();
        ready.tus(workspace);
        ready.photo_peers(workspace);
        ready.tracer();
    }
    if all || chosen.contains(&Stage::Test) || chosen.contains(&Stage::App) {
        ready.assets(workspace);
    }
    if all || chosen.contains(&Stage::App) {
        ready.java();
    }
    if all || chosen.contains(&Stage::Deny) {
        ready.deny(workspace);
    }
    if ready.missing.is_empty() { Outcome::Passed(String::new()) } else { Outcome::Skipped(ready.missing.join("; ")) }
}

fn only_set_up(chosen: &[Stage]) -> bool {
    chosen == [Stage::Setup]
}

fn line(record: &Record) -> String {
    let (word, note) = match &record.outcome {
        Outcome::Passed(note) => ("passed", note),
        Outcome::Failed(reason) => ("FAILED", reason),
        Outcome::Skipped(reason) => ("skipped", reason),
    };
    let note = note.lines().next().map(|note| format!(": {note}")).unwrap_or_default();
    format!("{:<9} {:>13}  {word}{note}", record.stage.name(), seconds(record.time))
}

fn close(records: &[Record], test_lines: &[String], time: Duration, strict: bool) -> ExitCode {
    if !test_lines.is_empty() {
        heading("what cargo test said");
        test_lines.iter().for_each(|line| println!("{line}"));
    }
    heading("all stages");
    records.iter().for_each(|record| println!("{}", line(record)));
    let failed = records.iter().filter(|record| counts_as_failure(&record.outcome, strict)).count();
    if failed == 0 {
        println!("\npassed in {}", seconds(time));
        return ExitCode::SUCCESS;
    }
    let note = if strict { " (a skipped stage counts as failed here)" } else { "" };
    println!("\n{failed} of {} stages failed in {}{note}", records.len(), seconds(time));
    ExitCode::FAILURE
}

fn counts_as_failure(outcome: &Outcome, strict: bool) -> bool {
    match outcome {
        Outcome::Passed(_) => false,
        Outcome::Failed(_) => true,
        Outcome::Skipped(_) => strict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_choice_everything_runs_and_set_up_is_always_first() {
        assert_eq!(choose(&[]), Stage::value_variants());
        assert_eq!(choose(&[Stage::Doc, Stage::Clippy]), [Stage::Setup, Stage::Clippy, Stage::Doc]);
    }

    #[test]
    fn a_skipped_stage_fails_where_it_must_not_be_skipped() {
        let skipped = Outcome::Skipped("no go".to_owned());
        assert!(!counts_as_failure(&skipped, false));
        assert!(counts_as_failure(&skipped, true));
        assert!(counts_as_failure(&Outcome::Failed(String::new()), false));
        assert!(!counts_as_failure(&Outcome::Passed(String::new()), true));
    }

    #[test]
    fn a_line_names_stage_outcome_time_and_reason() {
        let outcome = Outcome::Skipped("go is not installed".to_owned());
        let record = Record { stage: Stage::Setup, outcome, time: Duration::from_millis(1500) };
        assert_eq!(line(&record), "setup             1.5 s  skipped: go is not installed");
    }
}
