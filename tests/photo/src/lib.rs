//! What the programs for photos, the tests against other people's programs and the bench share: the models and the
//! portraits, where `cargo xtask assets` has put them.

pub mod words;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use homon_photo::face::ModelFiles;

/// The names of the three model files.
pub const MODELS: [&str; 3] = ["face_detection_short_range", "face_landmark", "selfie_segmentation"];

/// The model files.
pub struct Models {
    files: [Vec<u8>; 3],
    frontal: Vec<u8>,
}

impl Models {
    /// Reads them from the folder that `HOMON_MODELS` names.
    ///
    /// # Errors
    /// When the variable is not set or a file is not there.
    pub fn find() -> io::Result<Self> {
        let folder = folder("HOMON_MODELS")?;
        let read = |name: &str| fs::read(folder.join(name).with_extension("tflite"));
        let [detector, landmarks, segmentation] = MODELS;
        let frontal = fs::read(folder.join("seeta_fd_frontal_v1.0.bin"))?;
        Ok(Self { files: [read(detector)?, read(landmarks)?, read(segmentation)?], frontal })
    }

    /// The models of the face detector and of the second detector, for photos of an activity.
    #[must_use]
    pub fn of_activity(&self) -> [&[u8]; 2] {
        [&self.files[0], &self.frontal]
    }

    /// The content of the three networks' files.
    #[must_use]
    pub fn files(&self) -> ModelFiles<'_> {
        let [detector, landmarks, segmentation] = &self.files;
        ModelFiles { detector, landmarks, segmentation }
    }
}

/// The portraits that are on this machine: the fetched one, and those that lie beside the project.
///
/// # Errors
/// When `HOMON_PORTRAITS` is not set.
pub fn portraits() -> io::Result<Vec<PathBuf>> {
    let fetched = folder("HOMON_PORTRAITS")?.join("astronaut.png");
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/faces/official-portrait.jpg");
    Ok([fetched, beside].into_iter().filter(|file| file.is_file()).collect())
}

fn folder(variable: &str) -> io::Result<PathBuf> {
    let missing =
        || io::Error::new(io::ErrorKind::NotFound, format!("{variable} is not set: run `cargo xtask assets`"));
    env::var_os(variable).map(PathBuf::from).ok_or_else(missing)
}
