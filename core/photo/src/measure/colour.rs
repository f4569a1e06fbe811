//! The colour of the skin.

use crate::measure::align::{AlignedFace, SIDE};
use crate::measure::grey::linear;
use crate::measure::region::Region;
use crate::measure::{Assessment, Measure};

/// Whether no pixel has a colour.
pub(crate) fn is_grey(aligned: &AlignedFace) -> bool {
    aligned.pixels.all().iter().all(|[red, green, blue]| red == green && green == blue)
}

/// How far the mean colour of both cheeks lies from that of skin. A picture without any colour is not measured by it,
/// as in OFIQ.
pub(crate) fn measure(aligned: &AlignedFace, cheeks: &[Region; 2]) -> Assessment {
    let distance = if is_grey(aligned) { 0.0 } else { from_skin(cielab(mean(aligned, cheeks))) };
    Assessment::new(Measure::NaturalColour, distance)
}

/// Red, green and blue, 0 to 1.
pub(super) fn mean(aligned: &AlignedFace, cheeks: &[Region; 2]) -> [f64; 3] {
    let (mut sum, mut count) = ([0_u64; 3], 0_u64);
    for (x, y) in cheeks.iter().flat_map(Region::pixels) {
        let pixel = aligned.pixels.all()[y * SIDE + x];
        sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += u64::from(value));
        count += 1;
    }
    sum.map(|sum| sum as f64 / 255.0 / count.max(1) as f64)
}

/// The chromatic axes a (green to red) and b (blue to yellow) of CIELAB under D50.
pub(super) fn cielab(srgb: [f64; 3]) -> [f64; 2] {
    let [red, green, blue] = srgb.map(linear);
    let x = (red * 0.43605 + green * 0.38508 + blue * 0.14309) / 0.964_221;
    let y = red * 0.22249 + green * 0.71689 + blue * 0.06062;
    let z = (red * 0.01393 + green * 0.09710 + blue * 0.71419) / 0.825_211;
    let [x, y, z] =
        [x, y, z].map(
            |value: f64| {
                if value <= 216.0 / 24389.0 { (24389.0 / 27.0 * value + 16.0) / 116.0 } else { value.cbrt() }
            },
        );
    [500.0 * (x - y), 200.0 * (y - z)]
}

/// The distance from a in 5 to 25 and b in 5 to 35. Colours greener or bluer than grey are no skin at all: 100.
fn from_skin([a, b]: [f64; 2]) -> f64 {
    let beyond = |value: f64, least: f64, most: f64| (least - value).max(value - most).max(0.0);
    if a < 0.0 || b < 0.0 { 100.0 } else { beyond(a, 5.0, 25.0).hypot(beyond(b, 5.0, 35.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Colours of skin, a and b by OpenCV 5.1's `COLOR_RGB2Lab`. The white is D65 there and D50 here, so that the axes
    /// differ by up to two.
    const OPENCV: [([u8; 3], [f64; 2]); 5] = [
        ([224, 172, 150], [15.969, 18.594]),
        ([141, 85, 60], [20.719, 24.344]),
        ([80, 50, 40], [12.219, 11.938]),
        ([255, 220, 200], [9.266, 14.328]),
        ([128, 128, 128], [0.0, 0.0]),
    ];

    #[test]
    fn the_axes_are_those_of_opencv() {
        for (rgb, [a, b]) in OPENCV {
            let [ours_a, ours_b] = cielab(rgb.map(|value| f64::from(value) / 255.0));
            assert!((ours_a - a).abs() < 2.0 && (ours_b - b).abs() < 2.0, "{rgb:?}: {ours_a} {ours_b}");
        }
    }

    #[test]
    fn skin_is_natural_and_blue_is_not() {
        let distance = |rgb: [u8; 3]| from_skin(cielab(rgb.map(|value| f64::from(value) / 255.0)));
        assert_eq!(distance([224, 172, 150]), 0.0);
        assert_eq!(distance([80, 50, 40]), 0.0);
        assert_eq!(distance([120, 130, 200]), 100.0);
        assert!((1.0..7.1).contains(&distance([132, 128, 124])));
    }
}
