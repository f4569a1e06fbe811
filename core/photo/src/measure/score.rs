//! From values to scores: the curves of OFIQ 1.0.3 (`OFIQlib/modules/measures`, `data/ofiq_config.jaxn`).

use std::f64::consts::PI;

use crate::measure::Measure;

/// `height` · (`base` + `slope` · σ), where σ rises from 0 to 1 around `middle` over some `width`.
struct Curve {
    height: f64,
    base: f64,
    slope: f64,
    middle: f64,
    width: f64,
}

impl Curve {
    /// From 0 to 100.
    const fn rising(middle: f64, width: f64) -> Self {
        Self { height: 100.0, base: 0.0, slope: 1.0, middle, width }
    }

    /// From `height` to 0.
    const fn falling(height: f64, middle: f64, width: f64) -> Self {
        Self { height, base: 1.0, slope: -1.0, middle, width }
    }

    fn at(&self, value: f64) -> f64 {
        self.height * (self.base + self.slope * logistic(value, self.middle, self.width))
    }
}

fn logistic(value: f64, middle: f64, width: f64) -> f64 {
    1.0 / (1.0 + ((middle - value) / width).exp())
}

/// The score for a value.
pub(super) fn score(measure: Measure, native: f64) -> u8 {
    // No number becomes 0.
    unrounded(measure, native).round().clamp(0.0, 100.0) as u8
}

fn unrounded(measure: Measure, x: f64) -> f64 {
    match measure {
        Measure::UnifiedQualityScore => Curve::rising(23.0, 2.6).at(x),
        Measure::BackgroundUniformity => Curve::falling(190.0, 10.0, 100.0).at(x),
        Measure::IlluminationUniformity => 100.0 * x.powf(0.3),
        Measure::LuminanceMean => 100.0 * logistic(x, 0.2, 0.05) * (1.0 - logistic(x, 0.8, 0.05)),
        Measure::LuminanceVariance => 100.0 * (PI * 60.0 * x / (60.0 * x + 1.0)).sin(),
        Measure::UnderExposurePrevention => {
            Curve { height: 120.0, base: 0.832, slope: -1.0, middle: 0.92, width: 0.05 }.at(x)
        }
        Measure::OverExposurePrevention => 1.0 / (x + 0.01),
        Measure::DynamicRange => 12.5 * x,
        Measure::Sharpness => Curve { height: 1.0, base: -14.0, slope: 115.0, middle: -20.0, width: 15.0 }.at(x),
        Measure::CompressionArtifacts => {
            Curve { height: 1.0, base: -0.0278, slope: 103.0, middle: 0.3308, width: 0.092 }.at(x)
        }
        Measure::NaturalColour => Curve::falling(200.0, 0.0, 10.0).at(x),
        Measure::EyesOpen => Curve::rising(0.02, 0.01).at(x),
        Measure::MouthClosed => Curve::falling(100.0, 0.2, 0.06).at(x),
        Measure::InterEyeDistance => Curve::rising(70.0, 20.0).at(x),
        Measure::HeadSize => Curve::falling(200.0, 0.0, 0.05).at((x - 0.45).abs()),
        Measure::LeftwardCropOfTheFaceImage | Measure::RightwardCropOfTheFaceImage => Curve::rising(0.9, 0.1).at(x),
        Measure::MarginAboveOfTheFaceImage => Curve::rising(1.4, 0.1).at(x),
        Measure::MarginBelowOfTheFaceImage => Curve::rising(1.8, 0.1).at(x),
        Measure::HeadPoseYaw | Measure::HeadPosePitch | Measure::HeadPoseRoll => {
            100.0 * x.to_radians().cos().max(0.0).powi(2)
        }
        Measure::ExpressionNeutrality => Curve::rising(-5000.0, 5000.0).at(x),
        Measure::NoHeadCoverings => covering(x),
        Measure::SingleFacePresent
        | Measure::EyesVisible
        | Measure::MouthOcclusionPrevention
        | Measure::FaceOcclusionPrevention => 100.0 * (1.0 - x),
        Measure::FineDetail => Curve::rising(super::sharpness::HALF_SHARP, super::sharpness::HALF_SHARP / 4.0).at(x),
        Measure::IrisVisible => Curve::rising(0.4, 0.04).at(x),
        Measure::LightBalance => 100.0 * x,
        Measure::JpegQuality => x,
    }
}

/// 100 without a covering, 0 from 95 % on, and between them a part of a logistic, stretched.
fn covering(share: f64) -> f64 {
    const MOST: f64 = 0.95;
    if share <= 0.0 {
        return 100.0;
    }
    if share >= MOST {
        return 0.0;
    }
    let at = |share: f64| logistic(share, 0.02, 0.1);
    100.0 * (at(MOST) - at(share)) / (at(MOST) - at(0.0))
}
