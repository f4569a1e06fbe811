//! THIRD-PARTY-NOTICES: every crate that the shipped crates are built with, and the licence texts it came with.
//!
//! Taken for all platforms together, so that the file does not depend on the machine that writes it. Crates that only
//! tests use are not in it.

mod texts;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use cargo_metadata::Package;

use crate::terminal::bar;
use crate::workspace::Workspace;

const FILE: &str = "THIRD-PARTY-NOTICES";

const HEAD: &str = "\
Homon: third-party notices

Homon (Apache-2.0 OR MIT, see LICENSE) is built with the components listed here, on one platform or another. Their
licence expressions are given in SPDX form; where an expression offers a choice, Homon takes a permissive one.
libsqlite3-sys brings SQLCipher (BSD-3-Clause), which holds SQLite (public domain), and openssl-src brings OpenSSL
(Apache-2.0); their texts are here too. uniffi and its parts (MPL-2.0) are used unchanged; their source is at the address
given. A few packages carry no text: they are under the terms of LICENSE-MIT or LICENSE-APACHE in this folder, as their
expression says, with the copyright of the authors named.

Written by `cargo xtask notices`. Do not edit.
";

/// Writes the file.
pub(crate) fn write(workspace: &Workspace) -> Result<String, String> {
    let (text, components) = generate(workspace)?;
    let path = workspace.root.join(FILE);
    std::fs::write(&path, text).map_err(|error| format!("{FILE}: {error}"))?;
    Ok(format!("{FILE}: {components} components"))
}

/// Compares the file with what [`write()`] would write.
pub(crate) fn check(workspace: &Workspace) -> Result<String, String> {
    let (text, components) = generate(workspace)?;
    match std::fs::read_to_string(workspace.root.join(FILE)) {
        Ok(present) if present == text => Ok(format!("{components} components")),
        Ok(_) => Err(format!("{FILE} is out of date: run cargo xtask notices")),
        Err(error) => Err(format!("{FILE}: {error}: run cargo xtask notices")),
    }
}

/// One component and the numbers of its texts.
struct Entry<'a> {
    package: &'a Package,
    texts: BTreeSet<usize>,
}

fn generate(workspace: &Workspace) -> Result<(String, usize), String> {
    let metadata = workspace.tree()?;
    let mut packages = tree::shipped_with(&metadata, &workspace.root)?;
    packages.sort_by(|a, b| (a.name.as_str(), &a.version).cmp(&(b.name.as_str(), &b.version)));
    let progress = bar(packages.len(), "reading licences");
    let mut numbers = BTreeMap::new();
    let mut library = Vec::new();
    let mut entries = Vec::new();
    for package in packages {
        let mut texts = BTreeSet::new();
        let found = texts::of(package)?;
        if found.is_empty() && !has_terms_of_ours(package) {
            return Err(format!(
                "{} carries no licence text, and LICENSE-MIT and LICENSE-APACHE are not its",
                package.name
            ));
        }
        for text in found {
            let next = numbers.len() + 1;
            let number = *numbers.entry(texts::key(&text)).or_insert(next);
            if number == next {
                library.push(text);
            }
            texts.insert(number);
        }
        entries.push(Entry { package, texts });
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok((compose(&entries, &library), entries.len()))
}

fn compose(entries: &[Entry], library: &[String]) -> String {
    let mut out = HEAD.to_owned();
    out.push_str("\n\nCOMPONENTS\n==========\n");
    for entry in entries {
        let _ = write!(out, "\n{}", describe(entry));
    }
    out.push_str("\n\nTEXTS\n=====\n");
    for (at, text) in library.iter().enumerate() {
        let _ = write!(out, "\n--- text {} ---\n\n{}\n", at + 1, text);
    }
    out
}

fn describe(entry: &Entry) -> String {
    let Entry { package, texts } = entry;
    let licence = package.license.as_deref().unwrap_or("see its text");
    let mut out = format!("{} {}\n  licence: {licence}\n", package.name, package.version);
    if let Some(repository) = &package.repository {
        let _ = writeln!(out, "  source: {repository}");
    }
    if texts.is_empty() {
        out.push_str("  texts: none in its package\n");
        let names: Vec<_> = package.authors.iter().map(|author| without_address(author)).collect();
        if !names.is_empty() {
            let _ = writeln!(out, "  authors: {}", names.join(", "));
        }
    } else {
        let numbers: Vec<_> = texts.iter().map(ToString::to_string).collect();
        let _ = writeln!(out, "  texts: {}", numbers.join(", "));
    }
    out
}

/// Whether its terms are those of one of our own licence files.
fn has_terms_of_ours(package: &Package) -> bool {
    let words = package.license.iter().flat_map(|expression| expression.split([' ', '/', '(', ')']));
    words.into_iter().any(|word| word == "MIT" || word == "Apache-2.0")
}

/// `Name <address>` without the address.
fn without_address(author: &str) -> &str {
    author.split('<').next().unwrap_or(author).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_tree_gives_the_same_file_and_holds_what_is_bundled() {
        let workspace = Workspace::find().unwrap();
        let (first, components) = generate(&workspace).unwrap();
        assert_eq!(generate(&workspace).unwrap().0, first);
        assert!(components > 50);
        for bundled in ["\nlibsqlite3-sys ", "\nopenssl-src ", "\nring ", "ZETETIC LLC"] {
            assert!(first.contains(bundled), "{bundled}");
        }
        for ours_or_for_tests in ["\nhomon-domain ", "\nxtask ", "\ncargo_metadata ", "\nindicatif "] {
            assert!(!first.contains(ours_or_for_tests), "{ours_or_for_tests}");
        }
    }

    #[test]
    fn an_author_is_named_without_an_address() {
        assert_eq!(without_address("A. Author <a@example.org>"), "A. Author");
        assert_eq!(without_address("The Authors"), "The Authors");
    }
}
