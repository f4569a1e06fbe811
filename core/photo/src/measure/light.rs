//! Light on the face: how much, how even, from which side.

use crate::geometry::Point;
use crate::measure::align::{AlignedFace, SIDE};
use crate::measure::grey::Grey;
use crate::measure::region::Region;
use crate::measure::{Assessment, Measure};

/// The face from the brows to the chin, as OFIQ's landmarks enclose it: the forehead may be under hair.
pub(super) const FACE: [usize; 29] = [
    127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 356,
    70, 105, 107, 336, 334, 300,
];

/// The part of an aligned picture that is the face.
pub(crate) fn face(aligned: &AlignedFace) -> Region {
    Region::hull(&FACE.map(|number| aligned.points[number]), SIDE, SIDE)
}

/// The squares of the cheeks, to the left and to the right in the picture.
pub(crate) fn cheeks(aligned: &AlignedFace) -> [Region; 2] {
    let AlignedFace { left_eye, right_eye, mouth, .. } = *aligned;
    let side = (left_eye.distance(right_eye) * 0.3).floor();
    let down = (left_eye.middle(right_eye).distance(mouth) / 2.0).floor();
    let square = |left: f32, eye: Point| Region::rectangle(left.round(), eye.y.round() + down, side, SIDE, SIDE);
    [square(left_eye.x, left_eye), square(right_eye.x - side, right_eye)]
}

/// How bright each cheek is, 0 to 1, to the left and to the right in the picture.
pub(crate) fn of_cheeks(luminance: &Grey, cheeks: &[Region; 2]) -> [f64; 2] {
    [0, 1].map(|side: usize| mean(&luminance.histogram(&cheeks[side])))
}

/// All measures of light.
pub(crate) fn measure(luminance: &Grey, face: &Region, cheeks: &[Region; 2]) -> [Assessment; 7] {
    let histogram = luminance.histogram(face);
    let mean = mean(&histogram);
    let [left, right] = of_cheeks(luminance, cheeks);
    let balance = if left.max(right) > 0.0 { left.min(right) / left.max(right) } else { 1.0 };
    [
        Assessment::new(Measure::IlluminationUniformity, shared(luminance, cheeks)),
        Assessment::new(Measure::LightBalance, balance),
        Assessment::new(Measure::LuminanceMean, mean),
        Assessment::new(Measure::LuminanceVariance, variance(&histogram, mean)),
        Assessment::new(Measure::UnderExposurePrevention, share(&histogram[..=25], &histogram)),
        Assessment::new(Measure::OverExposurePrevention, share(&histogram[247..], &histogram)),
        Assessment::new(Measure::DynamicRange, entropy(&histogram)),
    ]
}

fn shared(luminance: &Grey, cheeks: &[Region; 2]) -> f64 {
    let [left, right] = [0, 1].map(|side: usize| luminance.histogram(&cheeks[side]));
    let (all_left, all_right) = (total(&left), total(&right));
    left.iter().zip(&right).map(|(a, b)| (f64::from(*a) / all_left).min(f64::from(*b) / all_right)).sum()
}

/// At least one, so that nothing is divided by 0.
fn total(histogram: &[u32]) -> f64 {
    f64::from(histogram.iter().sum::<u32>().max(1))
}

fn share(part: &[u32], histogram: &[u32; 256]) -> f64 {
    f64::from(part.iter().sum::<u32>()) / total(histogram)
}

fn mean(histogram: &[u32; 256]) -> f64 {
    let sum: f64 = histogram.iter().enumerate().map(|(value, count)| value as f64 * f64::from(*count)).sum();
    sum / 255.0 / total(histogram)
}

fn variance(histogram: &[u32; 256], mean: f64) -> f64 {
    let off = |(value, count): (usize, &u32)| (value as f64 / 255.0 - mean).powi(2) * f64::from(*count);
    histogram.iter().enumerate().map(off).sum::<f64>() / total(histogram)
}

fn entropy(histogram: &[u32; 256]) -> f64 {
    let all = total(histogram);
    let bits = |count: &u32| f64::from(*count) / all * (all / f64::from(*count)).log2();
    histogram.iter().filter(|count| **count > 0).map(bits).sum()
}
