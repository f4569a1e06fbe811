//! Finding all faces of a picture, small ones and lying ones too.

use std::io::Cursor;

use thiserror::Error;

use crate::activity::merge::merge;
use crate::activity::tiles::{Level, Tile, levels};
use crate::activity::{FaceBox, FoundBy};
use crate::face::Detector;
use crate::geometry::Bounds;
use crate::network::ModelError;
use crate::picture::{Picture, Rotation};

/// SeetaFace's score from which it is a face. Its own documentation uses 2 for pictures of groups.
const LEAST_SCORE: f64 = 2.0;
/// BlazeFace's score from which it is a face, upright and turned. It looks at hundreds of squares, and a fold of cloth
/// that looks a little like a face is in one of them: real faces had 0.87 and more in one square at least.
const LEAST_SCORES: [f32; 2] = [0.6, 0.7];
/// The smallest face that SeetaFace sees, in pixels of a level.
const SMALLEST: u32 = 40;

/// The one model file that there is: its length and its CRC-32. The crate that reads it trusts every number in it, so a
/// damaged file must not come that far.
const SEETA_FILE: (usize, u32) = (1_209_904, 0x9D8F_4BC7);
/// Levels smaller than this are also searched lying and upside down: people lie in beds, but nobody far away does.
const TURNED_UP_TO: usize = 1024;

/// Which model could not be used.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ActivityModelsError {
    /// BlazeFace.
    #[error("the face detector: {0}")]
    BlazeFace(ModelError),
    /// SeetaFace.
    #[error("the second face detector: the model file is damaged: fetch it again")]
    SeetaFace,
}

/// Both detectors with the memory for them: one for each thread that looks.
pub struct ActivityFinders {
    blaze: Detector,
    seeta: Box<dyn rustface::Detector>,
}

impl ActivityFinders {
    /// Reads BlazeFace's file and SeetaFace's, `seeta_fd_frontal_v1.0.bin`.
    ///
    /// # Errors
    /// [`ActivityModelsError`] names the one that is damaged or another file.
    pub fn read(blaze: &[u8], seeta: &[u8]) -> Result<Self, ActivityModelsError> {
        if (seeta.len(), crc32fast::hash(seeta)) != SEETA_FILE {
            return Err(ActivityModelsError::SeetaFace);
        }
        let model = rustface::read_model(Cursor::new(seeta)).map_err(|_| ActivityModelsError::SeetaFace)?;
        let mut seeta = rustface::create_detector_with_model(model);
        seeta.set_score_thresh(LEAST_SCORE);
        Ok(Self { blaze: Detector::read(blaze).map_err(ActivityModelsError::BlazeFace)?, seeta })
    }
}

/// All faces, each once, from the upper left.
///
/// BlazeFace looks at overlapping squares of the picture at several sizes, upright and lying; SeetaFace at the whole,
/// upright. Both together still miss faces: see [`crate::activity`].
pub fn find_faces(finders: &mut ActivityFinders, picture: &Picture<'_>) -> Vec<FaceBox> {
    let levels = levels(picture);
    let mut found = levels.first().map_or_else(Vec::new, |largest| seeta(&mut *finders.seeta, largest));
    for level in &levels {
        found.extend(blaze(&mut finders.blaze, level));
    }
    merge(found)
}

fn seeta(detector: &mut dyn rustface::Detector, level: &Level) -> Vec<FaceBox> {
    let (Ok(width), Ok(height)) = (u32::try_from(level.width), u32::try_from(level.height)) else { return Vec::new() };
    if width.min(height) < SMALLEST {
        return Vec::new();
    }
    let grey = level.grey();
    let found = detector.detect(&rustface::ImageData::new(&grey, width, height));
    let scale = level.scale as f32;
    let bounds = |face: &rustface::FaceInfo| {
        let area = face.bbox();
        let [left, top] = [area.x(), area.y()].map(|place| place as f32 * scale);
        let [width, height] = [area.width(), area.height()].map(|length| length as f32 * scale);
        FaceBox { bounds: Bounds { left, top, width, height }, found_by: FoundBy::SeetaFace }
    };
    found.iter().map(bounds).collect()
}

fn blaze(detector: &mut Detector, level: &Level) -> Vec<FaceBox> {
    let turned = level.width.max(level.height) <= TURNED_UP_TO;
    let all = [Rotation::None, Rotation::Quarter, Rotation::ThreeQuarters, Rotation::Half];
    let rotations = if turned { &all[..] } else { &all[..1] };
    let mut found = Vec::new();
    for tile in level.tiles() {
        for rotation in rotations {
            let faces = detector.find(&level.part(tile, *rotation));
            let least = LEAST_SCORES[usize::from(*rotation != Rotation::None)];
            let bounds = |bounds| whole(level, tile, stored(bounds, tile, *rotation));
            let faces = faces.iter().filter(|face| face.score >= least);
            found.extend(faces.map(|face| FaceBox { bounds: bounds(face.bounds), found_by: FoundBy::BlazeFace }));
        }
    }
    found
}

/// From a tile as it was turned to the tile as it lies.
fn stored(bounds: Bounds, tile: Tile, rotation: Rotation) -> Bounds {
    let (tile_width, tile_height) = (tile.width as f32, tile.height as f32);
    let Bounds { left, top, width, height } = bounds;
    let (right, bottom) = (left + width, top + height);
    match rotation {
        Rotation::None => bounds,
        Rotation::Quarter => Bounds { left: top, top: tile_height - right, width: height, height: width },
        Rotation::Half => Bounds { left: tile_width - right, top: tile_height - bottom, width, height },
        Rotation::ThreeQuarters => Bounds { left: tile_width - bottom, top: left, width: height, height: width },
    }
}

/// From a tile to the picture.
fn whole(level: &Level, tile: Tile, bounds: Bounds) -> Bounds {
    let scale = level.scale as f32;
    Bounds {
        left: (bounds.left + tile.left as f32) * scale,
        top: (bounds.top + tile.top as f32) * scale,
        width: bounds.width * scale,
        height: bounds.height * scale,
    }
}
