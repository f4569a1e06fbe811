//! What is measured on a portrait, under the names of ISO/IEC 29794-5, and how a value becomes a score.
//!
//! The formulas are those of OFIQ 1.0.3, the standard's reference implementation. Where OFIQ needs a network that we do
//! not have, the measure is named so that a score from elsewhere can be read, and nothing here takes it: see
//! [`Measure::is_taken_here`].

pub(crate) mod align;
pub(crate) mod background;
pub(crate) mod colour;
pub mod compression;
pub(crate) mod expression;
pub(crate) mod grey;
pub mod head;
pub(crate) mod light;
#[cfg(test)]
mod opencv;
pub(crate) mod region;
mod score;
pub(crate) mod sharpness;

/// A measure (品質項目). The first twenty-eight are those of ISO/IEC 29794-5, in its order; the others are our own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Measure {
    /// One number for all, from a network. Not taken here.
    UnifiedQualityScore,
    /// Mean strength of the edges of the background, in luminance steps (0–255): 0 for a wall without a shadow.
    BackgroundUniformity,
    /// What the histograms of both cheeks share, 0 to 1.
    IlluminationUniformity,
    /// Mean luminance of the face, 0 to 1, in linear light.
    LuminanceMean,
    /// Variance of the luminance of the face.
    LuminanceVariance,
    /// Share of the face that is nearly black.
    UnderExposurePrevention,
    /// Share of the face that is nearly white.
    OverExposurePrevention,
    /// Entropy of the face's luminance, in bits.
    DynamicRange,
    /// In OFIQ, how many of its trees vote for a sharp face; those are not public. Not taken here: see
    /// [`Measure::FineDetail`].
    Sharpness,
    /// Similarity to an uncompressed picture, from a network. Not taken here: see [`Measure::JpegQuality`].
    CompressionArtifacts,
    /// How far the colour of the cheeks lies from that of skin, in CIELAB.
    NaturalColour,
    /// Area of the second largest face as a share of the largest.
    SingleFacePresent,
    /// The smaller of the gaps between lids, as a share of T, the distance from between the eyes to the chin.
    EyesOpen,
    /// The gap between the lips as a share of T.
    MouthClosed,
    /// Share of the eyes that is covered, from a network. Not taken here.
    EyesVisible,
    /// Share of the mouth that is covered, from a network. Not taken here.
    MouthOcclusionPrevention,
    /// Share of the face that is covered, from a network. Not taken here.
    FaceOcclusionPrevention,
    /// Between the eyes, in pixels, as it would be were the head not turned.
    InterEyeDistance,
    /// T as a share of the picture's height.
    HeadSize,
    /// From the left side of the picture to the eye that is farther from it, in inter-eye distances.
    LeftwardCropOfTheFaceImage,
    /// The same from the right side.
    RightwardCropOfTheFaceImage,
    /// From the upper side to between the eyes, in T.
    MarginAboveOfTheFaceImage,
    /// From between the eyes to the lower side, in T.
    MarginBelowOfTheFaceImage,
    /// Turned to the side, in degrees; positive towards the right of the picture.
    HeadPoseYaw,
    /// Nodded, in degrees; positive downwards.
    HeadPosePitch,
    /// Tilted, in degrees; positive clockwise.
    HeadPoseRoll,
    /// How neutral the expression is, from a network. Not taken here.
    ExpressionNeutrality,
    /// Share of the head that is covered, from a network. Not taken here.
    NoHeadCoverings,
    /// Our own: how much detail as fine as the lashes the face has, as a share of its contrast. Stands for Sharpness.
    FineDetail,
    /// Our own: how much darker than the skin an eye is where its iris should be, 0 to 1. Stands beside EyesOpen, since
    /// the mesh draws lids open that are not.
    IrisVisible,
    /// Our own: luminance of the darker cheek as a share of the brighter.
    LightBalance,
    /// Our own: the quality, 1 to 100, at which the usual encoder would have chosen the file's quantisation tables.
    JpegQuality,
}

/// A measure that was taken (評価値).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Assessment {
    /// What was measured.
    pub measure: Measure,
    /// The value, in the unit of the measure.
    pub native: f64,
    /// 0 to 100; more is better.
    pub score: u8,
}

impl Assessment {
    /// A value and its score.
    #[must_use]
    pub fn new(measure: Measure, native: f64) -> Self {
        Self { measure, native, score: measure.score(native) }
    }
}

impl Measure {
    /// All measures.
    pub const ALL: [Self; 32] = [
        Self::UnifiedQualityScore,
        Self::BackgroundUniformity,
        Self::IlluminationUniformity,
        Self::LuminanceMean,
        Self::LuminanceVariance,
        Self::UnderExposurePrevention,
        Self::OverExposurePrevention,
        Self::DynamicRange,
        Self::Sharpness,
        Self::CompressionArtifacts,
        Self::NaturalColour,
        Self::SingleFacePresent,
        Self::EyesOpen,
        Self::MouthClosed,
        Self::EyesVisible,
        Self::MouthOcclusionPrevention,
        Self::FaceOcclusionPrevention,
        Self::InterEyeDistance,
        Self::HeadSize,
        Self::LeftwardCropOfTheFaceImage,
        Self::RightwardCropOfTheFaceImage,
        Self::MarginAboveOfTheFaceImage,
        Self::MarginBelowOfTheFaceImage,
        Self::HeadPoseYaw,
        Self::HeadPosePitch,
        Self::HeadPoseRoll,
        Self::ExpressionNeutrality,
        Self::NoHeadCoverings,
        Self::FineDetail,
        Self::IrisVisible,
        Self::LightBalance,
        Self::JpegQuality,
    ];

    /// The score, 0 to 100, for a value in the unit of the measure. A value that is no number scores 0.
    #[must_use]
    pub fn score(self, native: f64) -> u8 {
        score::score(self, native)
    }

    /// Its name: that of ISO/IEC 29794-5, or our own.
    #[must_use]
    pub fn name(self) -> String {
        format!("{self:?}")
    }

    /// Whether [`crate::check::check_still`] takes it. The others need networks that are not among our three.
    #[must_use]
    pub fn is_taken_here(self) -> bool {
        !matches!(
            self,
            Self::UnifiedQualityScore
                | Self::Sharpness
                | Self::CompressionArtifacts
                | Self::EyesVisible
                | Self::MouthOcclusionPrevention
                | Self::FaceOcclusionPrevention
                | Self::ExpressionNeutrality
                | Self::NoHeadCoverings
        )
    }
}
