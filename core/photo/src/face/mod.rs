//! Faces: where they are, their outline in 468 points, and which pixels are the person.

mod detect;
mod mesh;
mod segment;

use thiserror::Error;

use crate::network::ModelError;

pub use detect::{Detector, Face};
pub use mesh::{Mesh, MeshFinder};
pub use segment::{PersonFinder, PersonMask};

/// The three model files, by content.
#[derive(Clone, Copy)]
pub struct ModelFiles<'a> {
    /// BlazeFace, short range.
    pub detector: &'a [u8],
    /// Face landmarks, 468 points.
    pub landmarks: &'a [u8],
    /// Selfie segmentation.
    pub segmentation: &'a [u8],
}

/// Which model could not be used.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ModelsError {
    /// The face detector.
    #[error("the face detector: {0}")]
    Detector(ModelError),
    /// The landmarks.
    #[error("the face landmarks: {0}")]
    Landmarks(ModelError),
    /// The segmentation.
    #[error("the segmentation: {0}")]
    Segmentation(ModelError),
}

/// What finds faces, their points and the person, with the memory for it: one for each thread that looks.
pub struct Finders {
    /// Finds faces.
    pub faces: Detector,
    /// Finds a face's points.
    pub mesh: MeshFinder,
    /// Finds the person.
    pub person: PersonFinder,
}

impl Finders {
    /// Reads the three models.
    ///
    /// # Errors
    /// [`ModelsError`] names the one that is damaged or another file.
    pub fn read(files: ModelFiles<'_>) -> Result<Self, ModelsError> {
        Ok(Self {
            faces: Detector::read(files.detector).map_err(ModelsError::Detector)?,
            mesh: MeshFinder::read(files.landmarks).map_err(ModelsError::Landmarks)?,
            person: PersonFinder::read(files.segmentation).map_err(ModelsError::Segmentation)?,
        })
    }
}
