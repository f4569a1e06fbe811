//! What a programme asks of a portrait (顔写真): its file, the measures of the print, and what each check means.
//!
//! Data alone: `homon-photo` measures, and a test in `homon-app` holds that both have the same defaults.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a programme asks of a portrait. The file rules stand in every programme; what one does not say of the print and of
/// the checks is as usual.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortraitRules {
    /// Smallest file, in bytes.
    pub min_bytes: u32,
    /// Largest file, in bytes.
    pub max_bytes: u32,
    /// Shortest side, in pixels.
    pub min_side: u32,
    /// Longest side, in pixels.
    pub max_side: u32,
    /// Where the head lies on the print.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub print: PrintRules,
    /// What the checks mean.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub checks: PhotoChecks,
}

fn is_usual<T: Default + PartialEq>(rules: &T) -> bool {
    *rules == T::default()
}

impl PortraitRules {
    /// Whether the limits of the file are in order.
    pub(crate) fn has_file_limits(&self) -> bool {
        let ordered = |min: u32, max: u32| min > 0 && min <= max;
        ordered(self.min_bytes, self.max_bytes) && ordered(self.min_side, self.max_side)
    }
}

/// A length on the print, to a tenth of a millimetre.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Millimetres(u16);

/// The number is not a length on a print.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a length on the print is 0 to 1000 millimetres, to a tenth")]
pub struct NotALength;

impl Millimetres {
    /// The length as a number of millimetres.
    #[must_use]
    pub fn get(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    const fn tenths(tenths: u16) -> Self {
        Self(tenths)
    }
}

impl TryFrom<f64> for Millimetres {
    type Error = NotALength;

    fn try_from(millimetres: f64) -> Result<Self, NotALength> {
        let tenths = (millimetres * 10.0).round();
        let is_length = (0.0..=10_000.0).contains(&tenths) && (tenths - millimetres * 10.0).abs() < 1e-6;
        // Within the range of the type, and whole.
        if is_length { Ok(Self(tenths as u16)) } else { Err(NotALength) }
    }
}

impl From<Millimetres> for f64 {
    fn from(length: Millimetres) -> Self {
        length.get()
    }
}

/// The print (写真の寸法) and where the head lies on it, in millimetres.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrintRules {
    /// Width of the print.
    pub width_mm: Millimetres,
    /// Height of the print.
    pub height_mm: Millimetres,
    /// From the crown to the chin.
    pub face_mm: Millimetres,
    /// How much more or less that may be.
    pub face_tolerance_mm: Millimetres,
    /// From the upper edge to the crown.
    pub above_mm: Millimetres,
    /// How much more or less that may be.
    pub above_tolerance_mm: Millimetres,
    /// How far the eyes' middle may lie from the middle of the print.
    pub aside_tolerance_mm: Millimetres,
}

/// 4.5 × 3.5 cm, the face 34 ± 2 mm and 4 ± 2 mm below the edge: the face's measures come from one secondary source.
impl Default for PrintRules {
    fn default() -> Self {
        Self {
            width_mm: Millimetres::tenths(350),
            height_mm: Millimetres::tenths(450),
            face_mm: Millimetres::tenths(340),
            face_tolerance_mm: Millimetres::tenths(20),
            above_mm: Millimetres::tenths(40),
            above_tolerance_mm: Millimetres::tenths(20),
            aside_tolerance_mm: Millimetres::tenths(15),
        }
    }
}

impl PrintRules {
    /// Whether a head fits on the print.
    pub(crate) fn is_possible(&self) -> bool {
        let tallest = self.face_mm.0 + self.face_tolerance_mm.0;
        self.width_mm.0 > 0
            && self.face_tolerance_mm < self.face_mm
            && self.above_tolerance_mm <= self.above_mm
            && self.above_mm.0 - self.above_tolerance_mm.0 + tallest <= self.height_mm.0
            && self.aside_tolerance_mm.0 * 2 <= self.width_mm.0
    }
}

/// What it means that something is not as asked (扱い).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoWeight {
    /// The photo is not taken.
    Decides,
    /// The worker is warned, and decides.
    Warns,
    /// It is written beside the rest.
    Informs,
}

/// Below which scores, 0 to 100, a measure counts. 0 is never below.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreLimits {
    /// Below this the photo is not taken.
    pub decides_below: u8,
    /// Below this the worker is warned.
    pub warns_below: u8,
}

impl ScoreLimits {
    /// Whether any score counts.
    #[must_use]
    pub fn counts(self) -> bool {
        self != Self::default()
    }
}

/// What the checks of a portrait mean (写真の基準).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PhotoChecks {
    /// What it means that the print cannot be cut out of the picture.
    pub framing: PhotoWeight,
    /// What it means that the picture has no colours.
    pub black_and_white: PhotoWeight,
    /// The measures that count otherwise than as usual.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub measures: BTreeMap<PhotoMeasure, ScoreLimits>,
}

impl Default for PhotoChecks {
    fn default() -> Self {
        Self { framing: PhotoWeight::Decides, black_and_white: PhotoWeight::Warns, measures: BTreeMap::new() }
    }
}

impl PhotoChecks {
    /// What a measure means.
    #[must_use]
    pub fn limits(&self, measure: PhotoMeasure) -> ScoreLimits {
        self.measures.get(&measure).copied().unwrap_or_else(|| measure.usual_limits())
    }

    /// The measures whose limits are no scores.
    pub(crate) fn faults(&self) -> impl Iterator<Item = PhotoMeasure> {
        let above = |limits: &ScoreLimits| limits.decides_below.max(limits.warns_below) > 100;
        self.measures.iter().filter(move |(_, limits)| above(limits)).map(|(measure, _)| *measure)
    }
}

/// What is measured on a portrait (品質項目): the measures of ISO/IEC 29794-5 that are taken here, under its names, and four
/// of our own. `homon-photo` says how each is taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoMeasure {
    /// How plain the background is.
    BackgroundUniformity,
    /// How alike the light on both cheeks is spread.
    IlluminationUniformity,
    /// How bright the face is.
    LuminanceMean,
    /// How much the light on the face varies.
    LuminanceVariance,
    /// How little of the face is nearly black.
    UnderExposurePrevention,
    /// How little of the face is nearly white.
    OverExposurePrevention,
    /// How many shades the face has.
    DynamicRange,
    /// How near the skin is to the colours of skin.
    NaturalColour,
    /// Whether there is one face.
    SingleFacePresent,
    /// How open the eyes are.
    EyesOpen,
    /// How closed the mouth is.
    MouthClosed,
    /// Pixels between the eyes.
    InterEyeDistance,
    /// How large the head is in the picture.
    HeadSize,
    /// Room on the left.
    LeftwardCropOfTheFaceImage,
    /// Room on the right.
    RightwardCropOfTheFaceImage,
    /// Room above.
    MarginAboveOfTheFaceImage,
    /// Room below.
    MarginBelowOfTheFaceImage,
    /// Turned to a side.
    HeadPoseYaw,
    /// Nodded, or leant back.
    HeadPosePitch,
    /// Tilted.
    HeadPoseRoll,
    /// Our own, for sharpness: how much fine detail the face has.
    FineDetail,
    /// Our own, beside the open eyes: whether irises are seen.
    IrisVisible,
    /// Our own: how alike the brightness of both cheeks is.
    LightBalance,
    /// Our own, for compression: the quality of the JPEG.
    JpegQuality,
}

impl PhotoMeasure {
    /// All measures.
    pub const ALL: [Self; 24] = [
        Self::BackgroundUniformity,
        Self::IlluminationUniformity,
        Self::LuminanceMean,
        Self::LuminanceVariance,
        Self::UnderExposurePrevention,
        Self::OverExposurePrevention,
        Self::DynamicRange,
        Self::NaturalColour,
        Self::SingleFacePresent,
        Self::EyesOpen,
        Self::MouthClosed,
        Self::InterEyeDistance,
        Self::HeadSize,
        Self::LeftwardCropOfTheFaceImage,
        Self::RightwardCropOfTheFaceImage,
        Self::MarginAboveOfTheFaceImage,
        Self::MarginBelowOfTheFaceImage,
        Self::HeadPoseYaw,
        Self::HeadPosePitch,
        Self::HeadPoseRoll,
        Self::FineDetail,
        Self::IrisVisible,
        Self::LightBalance,
        Self::JpegQuality,
    ];

    /// What a measure means where a programme does not say otherwise.
    #[must_use]
    pub fn usual_limits(self) -> ScoreLimits {
        let (decides_below, warns_below) = match self {
            Self::BackgroundUniformity => (65, 90),
            Self::LightBalance => (30, 45),
            Self::LuminanceMean => (4, 10),
            Self::LuminanceVariance => (0, 30),
            Self::UnderExposurePrevention => (0, 20),
            Self::OverExposurePrevention => (5, 10),
            Self::DynamicRange => (40, 60),
            Self::FineDetail => (25, 50),
            Self::NaturalColour => (0, 80),
            Self::SingleFacePresent => (70, 95),
            Self::EyesOpen => (50, 65),
            Self::IrisVisible => (0, 50),
            Self::MouthClosed => (0, 60),
            Self::InterEyeDistance => (73, 0),
            Self::HeadPoseYaw => (85, 94),
            Self::HeadPosePitch => (0, 90),
            Self::HeadPoseRoll => (75, 96),
            Self::JpegQuality => (30, 60),
            Self::IlluminationUniformity
            | Self::HeadSize
            | Self::LeftwardCropOfTheFaceImage
            | Self::RightwardCropOfTheFaceImage
            | Self::MarginAboveOfTheFaceImage
            | Self::MarginBelowOfTheFaceImage => (0, 0),
        };
        ScoreLimits { decides_below, warns_below }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_said_is_as_usual() {
        let old = r#"{"min_bytes":20000,"max_bytes":7000000,"min_side":480,"max_side":6000}"#;
        let rules: PortraitRules = serde_json::from_str(old).unwrap();
        assert_eq!((rules.print, &rules.checks), (PrintRules::default(), &PhotoChecks::default()));
        assert_eq!(serde_json::to_string(&rules).unwrap(), old, "an old programme is written as it was");
    }

    #[test]
    fn a_programme_says_only_what_is_otherwise() {
        let text = "
            min_bytes = 1
            max_bytes = 2
            min_side = 1
            max_side = 2
            [print]
            face_mm = 33.5
            [checks]
            black_and_white = \"informs\"
            [checks.measures]
            mouth_closed = { decides_below = 40, warns_below = 60 }
        ";
        let rules: PortraitRules = toml::from_str(text).unwrap();
        assert_eq!(rules.print.face_mm.get(), 33.5);
        assert_eq!(rules.print.height_mm, PrintRules::default().height_mm);
        assert_eq!(rules.checks.framing, PhotoWeight::Decides);
        assert_eq!(rules.checks.limits(PhotoMeasure::MouthClosed).decides_below, 40);
        let usual = PhotoMeasure::EyesOpen.usual_limits();
        assert_eq!(rules.checks.limits(PhotoMeasure::EyesOpen), usual);
        assert!(usual.counts() && !ScoreLimits::default().counts());
        assert_eq!(toml::from_str::<PortraitRules>(&toml::to_string(&rules).unwrap()).unwrap(), rules);
    }

    #[test]
    fn a_misspelt_rule_is_told() {
        let with = |more: &str| {
            let rules = "min_bytes = 1\nmax_bytes = 2\nmin_side = 1\nmax_side = 2\n".to_owned() + more;
            toml::from_str::<PortraitRules>(&rules)
        };
        assert!(with("").is_ok());
        for wrong in [
            "[checks]\nframe = \"warns\"",
            "[checks]\nframing = \"ignores\"",
            "[checks.measures]\neyes_opened = { decides_below = 1, warns_below = 2 }",
            "[checks.measures]\neyes_open = { decides_below = 1 }",
            "[checks.measures]\neyes_open = { decides_below = 300, warns_below = 2 }",
            "[print]\nface = 34",
            "[print]\nface_mm = -1",
            "[print]\nface_mm = 34.05",
            "[print]\nface_mm = 5000",
            "[print]\nface_mm = nan",
        ] {
            assert!(with(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_length_comes_back_as_it_went(tenths in 0_u16..=10_000) {
            let length = Millimetres::tenths(tenths);
            prop_assert_eq!(Millimetres::try_from(length.get()), Ok(length));
            let written = serde_json::to_string(&length).unwrap();
            prop_assert_eq!(serde_json::from_str::<Millimetres>(&written).unwrap(), length);
        }
    }
}
