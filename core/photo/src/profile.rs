//! What a programme asks of a portrait: which measure decides, which warns, and the measures of the print.

use std::collections::BTreeMap;

use crate::crop::CropGeometry;
use crate::finding::Weight;
use crate::measure::Measure;
use crate::portrait::FileRules;

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

/// What a programme asks of a portrait (写真の基準). Plain data: where it comes from is not known here.
#[derive(Clone, PartialEq, Debug)]
pub struct Profile {
    /// The print: what is to be cut out of the still.
    pub geometry: CropGeometry,
    /// The file of the print.
    pub file: FileRules,
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
/// it can be. Deep skin is dark in good light too, so darkness decides only where hardly anything is left to see.
const CARD: [(Measure, u8, u8); 18] = [
    (Measure::BackgroundUniformity, 65, 90),
    (Measure::LightBalance, 30, 45),
    (Measure::LuminanceMean, 4, 10),
    (Measure::LuminanceVariance, 0, 30),
    (Measure::UnderExposurePrevention, 0, 20),
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
            geometry: CropGeometry::default(),
            file: FileRules::default(),
            limits: CARD.into_iter().map(limits).collect(),
            framing: Weight::Decides,
            black_and_white: Weight::Warns,
        }
    }
}
