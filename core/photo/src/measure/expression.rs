//! Eyes and mouth.

use crate::geometry::Point;
use crate::landmarks::Landmarks;
use crate::measure::align::{AlignedFace, EYE_DISTANCE, SIDE};
use crate::measure::grey::Grey;
use crate::measure::region::Region;
use crate::measure::{Assessment, Measure};

/// Half the width and half the height of the spot that an iris fills, lids half over it, in the aligned picture.
const IRIS: [f32; 2] = [0.08 * EYE_DISTANCE, 0.045 * EYE_DISTANCE];
/// An iris is looked for so far to both sides of the middle of the eye, and so far above and below.
const AROUND: [i16; 2] = [12, 6];
const EVERY: usize = 2;

/// How far the eyes and the mouth are open. Narrow eyes and drooping lids come close to closed ones.
pub(crate) fn measure(landmarks: &Landmarks) -> [Assessment; 2] {
    let share = |gap: f32| f64::from(gap / landmarks.eyes_to_chin().max(1.0));
    [
        Assessment::new(Measure::EyesOpen, share(landmarks.lid_gap)),
        Assessment::new(Measure::MouthClosed, share(landmarks.lip_gap)),
    ]
}

/// How much darker than the cheek below it the iris is. The eye that shows less of it counts.
pub(crate) fn iris(luma: &Grey, aligned: &AlignedFace, cheeks: &[Region; 2]) -> Assessment {
    let eyes = [aligned.left_eye, aligned.right_eye];
    let seen = eyes.iter().zip(cheeks).map(|(eye, cheek)| {
        let skin = mean(luma, cheek.pixels()).max(1.0);
        (1.0 - darkest_spot(luma, *eye) / skin).max(0.0)
    });
    Assessment::new(Measure::IrisVisible, seen.fold(1.0, f64::min))
}

fn darkest_spot(luma: &Grey, eye: Point) -> f64 {
    let along = |reach: i16| (-reach..=reach).step_by(EVERY).map(f32::from);
    let places = along(AROUND[1]).flat_map(|down| along(AROUND[0]).map(move |across| (across, down)));
    places.map(|(across, down)| mean(luma, spot(Point::new(eye.x + across, eye.y + down)))).fold(255.0, f64::min)
}

/// The pixels of an ellipse as large as an iris.
fn spot(middle: Point) -> impl Iterator<Item = (usize, usize)> {
    let rows = (-(IRIS[1] as i16)..=IRIS[1] as i16).map(f32::from);
    rows.flat_map(move |down| {
        let half = IRIS[0] * (1.0 - (down / IRIS[1]).powi(2)).max(0.0).sqrt();
        (-(half as i16)..=half as i16).map(move |across| (middle.x + f32::from(across), middle.y + down))
    })
    .filter(|(x, y)| *x >= 0.0 && *y >= 0.0 && *x < SIDE as f32 && *y < SIDE as f32)
    .map(|(x, y)| (x as usize, y as usize))
}

fn mean(luma: &Grey, pixels: impl Iterator<Item = (usize, usize)>) -> f64 {
    let (sum, count) = pixels.fold((0.0, 0_u32), |(sum, count), (x, y)| (sum + f64::from(luma.at(x, y)), count + 1));
    sum / f64::from(count.max(1))
}
