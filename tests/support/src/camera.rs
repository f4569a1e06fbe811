//! The camera of a scripted tablet.

use homon_app::PhotoModels;
use image::ImageError;

use crate::faces::Faces;
use crate::portraits::draw;
use crate::scenario::{Flaw, PhotoRecipe};

/// What a scripted tablet photographs, and whether it looks at it.
pub enum Camera {
    /// Drawings, which show no face: the tablet has no models, and its file rules alone look at them. Quick, and nothing
    /// must be fetched for it: for tests that play a day again and again.
    Drawings,
    /// Portraits, which the tablet checks and cuts to measure.
    Portraits(Box<Faces>),
}

impl Camera {
    /// The photo of a recipe. Drawings have no flaws.
    ///
    /// # Errors
    /// The encoder's, which a recipe within the file rules never meets.
    pub fn photograph(&self, recipe: PhotoRecipe, flaw: Option<Flaw>) -> Result<Vec<u8>, ImageError> {
        match self {
            Self::Drawings => draw(recipe),
            Self::Portraits(faces) => faces.photograph(recipe, flaw),
        }
    }

    /// The models with which the tablet looks.
    #[must_use]
    pub fn models(&self) -> Option<PhotoModels> {
        match self {
            Self::Drawings => None,
            Self::Portraits(faces) => Some(faces.models().clone()),
        }
    }
}
