//! Holds the table of claims in `docs/threat-model.md` against the tree: every test that it names exists, every control
//! is one of the OWASP MASVS 2.1, and every control has a line that says how far it is met.

use std::collections::BTreeSet;
use std::fs;

use crate::workspace::Workspace;

const DOCUMENT: &str = "docs/threat-model.md";
const CLAIMS: &str = "| claim | MASVS | held by |";
const COVERAGE: &str = "| control | what it asks | where we stand |";

/// The groups of the MASVS 2.1.0 and how many controls each has.
const GROUPS: &[(&str, usize)] = &[
    ("STORAGE", 2),
    ("CRYPTO", 2),
    ("AUTH", 3),
    ("NETWORK", 2),
    ("PLATFORM", 3),
    ("CODE", 4),
    ("RESILIENCE", 4),
    ("PRIVACY", 4),
];

fn controls() -> BTreeSet<String> {
    GROUPS.iter().flat_map(|(group, count)| (1..=*count).map(move |number| format!("{group}-{number}"))).collect()
}

/// The rows below a heading, each as its cells.
fn rows<'a>(text: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let below = text.lines().skip_while(|line| *line != heading).skip(2);
    let cells = |line: &'a str| line.trim_matches('|').split(" | ").map(str::trim).collect();
    below.take_while(|line| line.starts_with('|')).map(cells).collect()
}

/// What stands in back quotes, in order.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// What is wrong with the tests that one row names. A file comes first, its tests follow; `read` gives a file's text.
fn missing_tests(cell: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut file: Option<(&str, String)> = None;
    for word in quoted(cell) {
        if word.contains('/') {
            match read(word) {
                Some(text) => file = Some((word, text)),
                None => wrong.push(format!("there is no {word}")),
            }
        } else if let Some((path, text)) = &file
            && !defines(text, word)
        {
            wrong.push(format!("{path} has no test {word}"));
        }
    }
    if file.is_none() {
        wrong.push(format!("no test is named: {cell}"));
    }
    wrong
}

/// Whether the text defines a function of that name, or hands the name to a macro that does.
fn defines(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !before.ends_with(is_word) && !after.starts_with(is_word)
    })
}

fn violations(text: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let known = controls();
    let mut wrong = Vec::new();
    let claims = rows(text, CLAIMS);
    for row in &claims {
        let [claim, named, held] = row[..] else {
            wrong.push(format!("a row has not three cells: {}", row.join(" | ")));
            continue;
        };
        wrong.extend(named.split(", ").filter(|name| !known.contains(*name)).map(|name| format!("{claim}: {name}?")));
        wrong.extend(missing_tests(held, &read).into_iter().map(|fault| format!("{claim}: {fault}")));
    }
    let covered: Vec<&str> = rows(text, COVERAGE).iter().filter_map(|row| row.first().copied()).collect();
    if covered != known.iter().map(String::as_str).collect::<Vec<_>>() {
        wrong.push(format!("the table of controls does not list each control once, in order: {covered:?}"));
    }
    if claims.is_empty() {
        wrong.push("there is no table of claims".to_owned());
    }
    wrong
}

#[test]
fn every_claim_names_tests_that_exist() {
    let workspace = Workspace::find().unwrap();
    let text = fs::read_to_string(workspace.root.join(DOCUMENT)).unwrap();
    let wrong = violations(&text, |path| fs::read_to_string(workspace.root.join(path)).ok());
    assert!(wrong.is_empty(), "{DOCUMENT}:\n  {}", wrong.join("\n  "));
}

#[test]
fn a_claim_without_its_test_is_found() {
    let read = |path: &str| (path == "a/b.rs").then(|| "fn is_held() {} proves!(other_one)".to_owned());
    let faults = |cell: &str| missing_tests(cell, read).len();
    assert_eq!(faults("`a/b.rs`: `is_held`, `other_one`"), 0);
    assert_eq!(faults("`a/b.rs`: `held`"), 1);
    assert_eq!(faults("`a/c.rs`: `is_held`"), 2);
    assert_eq!(faults("a look at it"), 1);
    let with = |control: &str| format!("{CLAIMS}\n|---|---|---|\n| it holds | {control} | `a/b.rs`: `is_held` |\n");
    let only_the_controls_are_missing = |control: &str| violations(&with(control), read).len();
    assert_eq!(only_the_controls_are_missing("CODE-4"), 1);
    assert_eq!(only_the_controls_are_missing("CODE-5"), 2);
}
