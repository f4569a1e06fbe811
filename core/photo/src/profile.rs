//! What a programme asks of a portrait: which measure decides, which warns, and the measures of the print.

use std::collections::BTreeMap;

use crate::finding::Weight;
use crate::measure::Measure;

/// Two scores of a measure, 0 to 100.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Limits {
    /// Below this the photo is not good enough. 0: this measure decides nothing.
    pub decides_below: u8,
    /// Below this the worker is warned. 0: this measure warns of nothing.
    pub warns_below: u8,
}

impl Limits {
    /// What a score means.
    #[must_use]
    pub fn weight(self, score: u8) -> Weight {
        if score < self.decides_below {
            Weight::Decides
        } else if score < self.warns_below {
            Weight::Warns
        } else {
            Weight::Informs
        }
    }
}

/// The print (写真寸法): where the face lies on it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Geometry {
    /// Width of the print, in millimetres.
    pub width_mm: f32,
    /// Height of the print, in millimetres.
    pub height_mm: f32,
    /// From the crown to the chin, in millimetres.
    pub face_mm: f32,
    /// So much more or less is fine too.
    pub face_tolerance_mm: f32,
    /// From the upper side to the crown, in millimetres.
    pub above_mm: f32,
    /// So much more or less is fine too.
    pub above_tolerance_mm: f32,
    /// Pixels that each side of the file must have.
    pub min_side_px: u32,
}

/// The photo of the My Number card: 45 × 35 mm, the face 34 ± 2 mm, 4 ± 2 mm above it.
impl Default for Geometry {
    fn default() -> Self {
        Self {
            width_mm: 35.0,
            height_mm: 45.0,
            face_mm: 34.0,
            face_tolerance_mm: 2.0,
            above_mm: 4.0,
            above_tolerance_mm: 2.0,
            min_side_px: 480,
        }
    }
}

impl Geometry {
    /// From the crown to the chin as a share of the height: least, aim and most.
    #[must_use]
    pub fn crown_to_chin(&self) -> [f32; 3] {
        [-self.face_tolerance_mm, 0.0, self.face_tolerance_mm].map(|off| (self.face_mm + off) / self.height_mm)
    }
}

/// What a programme asks of a portrait (写真の基準). Plain data: where it comes from is not known here.
#[derive(Clone, PartialEq, Debug)]
pub struct Profile {
    /// The print.
    pub geometry: Geometry,
    /// The limits of each measure. A measure that is not among them informs and does nothing else.
    pub limits: BTreeMap<Measure, Limits>,
    /// What it means when the print cannot be cut out of the still: the head is cut off, too near a side, too large or
    /// too small.
    pub framing: Weight,
    /// What it means when the picture has no colours.
    pub black_and_white: Weight,
}

impl Profile {
    /// The limits of a measure.
    #[must_use]
    pub fn limits(&self, measure: Measure) -> Limits {
        self.limits.get(&measure).copied().unwrap_or_default()
    }
}

/// The measures and their limits for a still from which the My Number card's photo is cut.
///
/// The head's size and its margins in the still only inform, since the print is cut out of it: what decides is whether
/// it can be. The mean luminance hardly decides, because dark skin is dark in good light too.
const CARD: [(Measure, u8, u8); 18] = [
    (Measure::BackgroundUniformity, 65, 90),
    (Measure::LightBalance, 30, 45),
    (Measure::LuminanceMean, 5, 20),
    (Measure::LuminanceVariance, 0, 30),
    (Measure::UnderExposurePrevention, 30, 80),
    (Measure::OverExposurePrevention, 5, 10),
    (Measure::DynamicRange, 40, 60),
    (Measure::FineDetail, 25, 50),
    (Measure::NaturalColour, 0, 80),
    (Measure::SingleFacePresent, 70, 95),
    (Measure::EyesOpen, 50, 65),
    (Measure::IrisVisible, 0, 50),
    (Measure::MouthClosed, 0, 60),
    (Measure::InterEyeDistance, 73, 0),
    (Measure::HeadPoseYaw, 85, 94),
    (Measure::HeadPosePitch, 0, 90),
    (Measure::HeadPoseRoll, 75, 96),
    (Measure::JpegQuality, 30, 60),
];

impl Default for Profile {
    fn default() -> Self {
        let limits = |(measure, decides_below, warns_below)| (measure, Limits { decides_below, warns_below });
        Self {
            geometry: Geometry::default(),
            limits: CARD.into_iter().map(limits).collect(),
            framing: Weight::Decides,
            black_and_white: Weight::Warns,
        }
    }
}
