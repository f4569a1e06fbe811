//! The bindings for Kotlin and Swift: generated from the built library, kept in the repository, compared, and tested on the
//! JVM.

use std::path::{Path, PathBuf};

use crate::process::{capture, cargo, program, show, works};
use crate::stages::Outcome;
use crate::terminal::step;
use crate::workspace::Workspace;

/// Where what uniffi generates belongs: the language, uniffi's name for it, and ours.
const FILES: [(&str, &str, &str); 4] = [
    ("kotlin", "app/homon/core/homon.kt", "bindings/kotlin/generated/app/homon/core/homon.kt"),
    ("swift", "HomonCore.swift", "bindings/swift/Sources/HomonCore/HomonCore.swift"),
    ("swift", "HomonCoreFFI.h", "bindings/swift/Sources/HomonCoreFFI/HomonCoreFFI.h"),
    ("swift", "HomonCoreFFI.modulemap", "bindings/swift/Sources/HomonCoreFFI/module.modulemap"),
];

/// All libraries and programs, and for the sake of one example the features that `cargo test --workspace` builds with: so
/// that OpenSSL, SQLCipher and everything above them are not compiled a second time for the bindings.
const BUILD: [&str; 6] = ["build", "--locked", "--workspace", "--lib", "--bins", "--examples"];

/// Writes the bindings anew.
pub(crate) fn write(workspace: &Workspace) -> Result<String, String> {
    let generated = generate(workspace)?;
    for file in &generated {
        let folder = file.place.parent().ok_or("a file lies in no folder")?;
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        std::fs::write(&file.place, &file.text).map_err(|error| format!("{}: {error}", file.place.display()))?;
    }
    Ok(format!("{} files of Kotlin and Swift", generated.len()))
}

/// The stage: the bindings are up to date. What is built here, the app's tests run on.
pub(crate) fn test(workspace: &Workspace) -> Outcome {
    check(workspace).map(|()| String::new()).into()
}

/// Compares the bindings with what [`write()`] would write.
fn check(workspace: &Workspace) -> Result<(), String> {
    let is_old = |file: &Generated| std::fs::read_to_string(&file.place).map_or(true, |present| present != file.text);
    let old: Vec<_> = generate(workspace)?.into_iter().filter(is_old).map(|file| file.name).collect();
    if old.is_empty() { Ok(()) } else { Err(format!("{}: run cargo xtask bindings", old.join(", "))) }
}

/// Java and Maven.
pub(crate) fn find_java() -> Result<(), String> {
    let there =
        [("Java 17", works(program("javac").arg("-version"))), ("Maven", works(program("mvn").arg("--version")))];
    let missing: Vec<_> = there.iter().filter(|(_, found)| !found).map(|(name, _)| *name).collect();
    if missing.is_empty() { Ok(()) } else { Err(missing.join(", ")) }
}

struct Generated {
    name: &'static str,
    place: PathBuf,
    text: String,
}

/// Builds the library and the programs.
pub(crate) fn build(workspace: &Workspace) -> Result<(), String> {
    show(cargo().args(BUILD).current_dir(&workspace.root))
}

fn generate(workspace: &Workspace) -> Result<Vec<Generated>, String> {
    build(workspace)?;
    step("Kotlin and Swift from the library", || generate_from(workspace))
}

fn generate_from(workspace: &Workspace) -> Result<Vec<Generated>, String> {
    let built = workspace.target.join("debug");
    let out = workspace.target.join("bindings");
    let mut command = program(built.join(format!("homon-bindgen{}", std::env::consts::EXE_SUFFIX)));
    command.arg("--library").arg(library(&built)).arg("--config").arg(workspace.root.join("bindings/ffi/uniffi.toml"));
    capture(command.arg("--out").arg(&out))?;
    FILES.iter().map(|(language, theirs, name)| generated(workspace, &out.join(language).join(theirs), name)).collect()
}

fn library(built: &Path) -> PathBuf {
    built.join(format!("{}homon{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX))
}

fn generated(workspace: &Workspace, path: &Path, name: &'static str) -> Result<Generated, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Generated { name, place: workspace.root.join(name), text: tidy(&text) })
}

/// Without blanks at the ends of lines, and with one line's end at the end: what is committed keeps to it.
fn tidy(text: &str) -> String {
    let lines: Vec<_> = text.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hangs_at_the_ends_of_lines() {
        assert_eq!(tidy("fun a() {  \n\t\n}\n\n\n"), "fun a() {\n\n}\n");
    }

    #[test]
    fn the_header_names_no_parameter_by_a_word_of_c() {
        let workspace = Workspace::find().unwrap();
        let header = std::fs::read_to_string(workspace.root.join(FILES[2].2)).unwrap();
        for word in ["case", "default", "register", "return", "short", "static", "switch", "union", "void", "while"] {
            for end in [',', ')'] {
                assert!(!header.contains(&format!(" {word}{end}")), "{word}");
            }
        }
    }

    #[test]
    fn what_is_committed_is_tidy() {
        let workspace = Workspace::find().unwrap();
        for (_, _, name) in FILES {
            let text = std::fs::read_to_string(workspace.root.join(name)).unwrap();
            assert_eq!(tidy(&text), text, "{name}");
        }
    }
}
