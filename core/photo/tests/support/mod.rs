//! The models and the portraits, where they were fetched.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::fs;
use std::path::PathBuf;

use homon_photo::face::{Finders, ModelFiles};
use image::RgbImage;

/// The three model files.
pub(crate) struct Models {
    detector: Vec<u8>,
    landmarks: Vec<u8>,
    segmentation: Vec<u8>,
    frontal: Vec<u8>,
}

impl Models {
    /// The models, or a line that says why a test is skipped; in CI that is a failure.
    pub(crate) fn find(test: &str) -> Option<Self> {
        let folder = folder("HOMON_MODELS", test)?;
        let read = |name: &str| fs::read(folder.join(name)).unwrap();
        Some(Self {
            detector: read("face_detection_short_range.tflite"),
            landmarks: read("face_landmark.tflite"),
            segmentation: read("selfie_segmentation.tflite"),
            frontal: read("seeta_fd_frontal_v1.0.bin"),
        })
    }

    pub(crate) fn files(&self) -> ModelFiles<'_> {
        ModelFiles { detector: &self.detector, landmarks: &self.landmarks, segmentation: &self.segmentation }
    }

    /// The face detector's file, and the second detector's.
    #[allow(dead_code, reason = "not every test looks for many faces")]
    pub(crate) fn of_activity(&self) -> [&[u8]; 2] {
        [&self.detector, &self.frontal]
    }

    #[allow(dead_code, reason = "not every test looks at single faces")]
    pub(crate) fn finders(&self) -> Finders {
        Finders::read(self.files()).unwrap()
    }
}

/// The portraits that are on this machine: the fetched one, and those that lie beside the project. By name.
#[allow(dead_code, reason = "not every test looks at portraits")]
pub(crate) fn portraits(test: &str) -> Option<Vec<(&'static str, RgbImage)>> {
    let fetched = folder("HOMON_PORTRAITS", test)?;
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/faces");
    let all = [("astronaut", fetched.join("astronaut.png")), ("official", beside.join("official-portrait.jpg"))];
    let there = all.into_iter().filter(|(_, file)| file.is_file());
    Some(there.map(|(name, file)| (name, image::open(file).unwrap().into_rgb8())).collect())
}

fn folder(variable: &str, test: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(PathBuf::from);
    if found.is_none() {
        let reason = format!("{variable} is not set: run `cargo xtask test`");
        assert!(std::env::var_os("CI").is_none(), "{test} must not be skipped here: {reason}");
        eprintln!("SKIPPED {test}: {reason}");
    }
    found
}
