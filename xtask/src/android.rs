//! The core compiled for the processor of tablets, as far as that goes without Android's own tools.
//!
//! Everything of Rust that the app carries is checked for Android on aarch64: what differs there by system, pointer or
//! vector instruction has at least been compiled. What is C in it is compiled by Debian's cross compiler, because cargo runs
//! the scripts that build it, and linked to nothing. The Gradle build with an NDK makes the library itself.

use std::fs;
use std::path::PathBuf;

use crate::debian;
use crate::process::{capture, cargo, program, show, works};
use crate::terminal::{heading, step};
use crate::workspace::Workspace;

const TARGET: &str = "aarch64-linux-android";
/// The cross compiler; `-gcc` and `-ar` come after it.
const CROSS: &str = "aarch64-linux-gnu";
/// What is checked: the library of the apps with all that is in it.
const CHECK: [&str; 6] = ["check", "--locked", "--package", "homon-ffi", "--target", TARGET];
/// What builds OpenSSL for this machine: its headers serve for the other, where its own build asks for an NDK.
const OPENSSL: [&str; 4] = ["check", "--locked", "--package", "homon-store"];

/// Checks where it can be done; elsewhere says why not, which is no failure.
pub(crate) fn check(workspace: &Workspace) -> Result<String, String> {
    heading("what it takes");
    let there = step("Rust's library for it", ensure_target).and_then(|()| step("a cross compiler", ensure_compiler));
    if let Err(reason) = there {
        return Ok(format!("skipped: {}", reason.lines().next().unwrap_or_default()));
    }
    show(cargo().args(OPENSSL).current_dir(&workspace.root))?;
    let openssl = openssl(workspace)?;
    heading(TARGET);
    let mut check = cargo();
    check.args(CHECK).current_dir(&workspace.root).env("OPENSSL_NO_VENDOR", "1");
    check.env("OPENSSL_INCLUDE_DIR", openssl.join("include")).env("OPENSSL_LIB_DIR", openssl.join("lib"));
    check
        .env("CC_aarch64_linux_android", format!("{CROSS}-gcc"))
        .env("AR_aarch64_linux_android", format!("{CROSS}-ar"));
    show(&mut check)?;
    Ok(format!("homon-ffi and all below it compile for {TARGET}; nothing was linked or run"))
}

fn ensure_target() -> Result<(), String> {
    let installed = capture(program("rustup").args(["target", "list", "--installed"]))?;
    if installed.lines().any(|target| target == TARGET) {
        return Ok(());
    }
    capture(program("rustup").args(["target", "add", TARGET])).map(drop)
}

fn ensure_compiler() -> Result<(), String> {
    let found = || {
        let there = works(program(format!("{CROSS}-gcc")).arg("--version"));
        if there { Ok(()) } else { Err("a C compiler for aarch64".to_owned()) }
    };
    debian::ensure(found, &["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"])
}

/// Where the build of OpenSSL for this machine has put its headers.
fn openssl(workspace: &Workspace) -> Result<PathBuf, String> {
    let builds = fs::read_dir(workspace.target.join("debug/build")).map_err(|error| error.to_string())?;
    let installed = builds.flatten().map(|build| build.path().join("out/openssl-build/install"));
    installed
        .into_iter()
        .find(|folder| folder.join("include").is_dir())
        .ok_or_else(|| "OpenSSL was not built".to_owned())
}
