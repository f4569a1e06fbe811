//! The licence texts in the source folder of a crate.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use cargo_metadata::Package;

/// How a file of licence terms may begin.
const NAMES: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];

/// Endings of files that are about licences and hold none.
const CODE: [&str; 8] = ["c", "h", "json", "pl", "pm", "py", "rs", "toml"];

/// Folders with nothing that is shipped.
const NOT_SHIPPED: [&str; 5] = ["benches", "examples", "fuzz", "target", "tests"];

/// Folders below the crate's own that are searched: a bundled library and its parts. What is deeper belongs to the
/// tools and tests of a bundled library.
const DEPTH: usize = 3;

/// The terms of packages that name them and carry no text, as those of uniffi do.
const MPL: &str = include_str!("MPL-2.0.txt");

/// The texts, in the order of their paths. Copyleft terms that a crate offers beside a permissive licence are left out.
pub(super) fn of(package: &Package) -> Result<Vec<String>, String> {
    let folder = package.manifest_path.parent().ok_or_else(|| format!("{} has no folder", package.name))?;
    let mut files = Vec::new();
    search(folder.as_std_path(), DEPTH, &mut files).map_err(|error| format!("{}: {error}", package.name))?;
    files.extend(package.license_file().map(cargo_metadata::camino::Utf8PathBuf::into_std_path_buf));
    files.sort();
    files.dedup();
    if files.is_empty() && package.license.as_deref() == Some("MPL-2.0") {
        return Ok(vec![tidy(MPL)]);
    }
    files.iter().map(|file| read(file).map_err(|error| format!("{}: {error}", package.name))).collect()
}

fn search(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (kind, path) = (entry.file_type()?, entry.path());
        if kind.is_file() && is_licence(&entry.file_name()) {
            found.push(path);
        } else if kind.is_dir() && depth > 0 && !NOT_SHIPPED.iter().any(|name| entry.file_name() == *name) {
            search(&path, depth - 1, found)?;
        }
    }
    Ok(())
}

fn is_licence(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_uppercase();
    let code = CODE.iter().any(|ending| name.ends_with(&format!(".{}", ending.to_uppercase())));
    !code && !name.contains("GPL") && NAMES.iter().any(|start| name.starts_with(start))
}

fn read(file: &Path) -> std::io::Result<String> {
    Ok(tidy(&String::from_utf8_lossy(&std::fs::read(file)?)))
}

/// Line ends and the blank around them are the only change.
fn tidy(text: &str) -> String {
    let lines: Vec<_> = text.trim_start_matches('\u{feff}').lines().map(str::trim_end).collect();
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    lines[first..].join("\n").trim_end().to_owned()
}

/// Two texts with one key are the same words, laid out in another way.
pub(super) fn key(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_known_by_name() {
        for name in
            ["LICENSE", "LICENSE-MIT", "license-apache-2.0", "COPYING", "LICENSE.txt", "UNLICENSE", "NOTICE.txt"]
        {
            assert!(is_licence(OsStr::new(name)), "{name}");
        }
        for name in ["licenses.rs", "copyright.pm", "LICENSE-GPLv2", "README.md", "licenses.json"] {
            assert!(!is_licence(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn layout_does_not_make_another_text() {
        assert_eq!(key("Permission is\n  hereby granted"), key("Permission is hereby\ngranted\n"));
        assert_ne!(key("Copyright A"), key("Copyright B"));
    }
}
