//! Packages of Debian and its children, for machines that are built from scratch and run as root.

use crate::process::{capture, program, works};

/// Installs `packages` when `find` misses something and this may be done; says what to do when it may not.
pub(crate) fn ensure(find: impl Fn() -> Result<(), String>, packages: &[&str]) -> Result<(), String> {
    let Err(missing) = find() else { return Ok(()) };
    let advice = format!("install {missing}; on Debian: apt-get install {}", packages.join(" "));
    if !(is_root() && works(program("apt-get").arg("--version"))) {
        return Err(advice);
    }
    let install = ["install", "--yes", "--no-install-recommends"];
    capture(program("apt-get").args(["update", "--quiet"]))?;
    capture(program("apt-get").args(install).args(packages).env("DEBIAN_FRONTEND", "noninteractive"))?;
    find().map_err(|_| advice)
}

fn is_root() -> bool {
    capture(program("id").arg("-u")).is_ok_and(|answer| answer.trim() == "0")
}
