//! How sharp the face is.
//!
//! OFIQ asks a forest that is not public, so this is our own. A face in focus bends its brightness within a pixel or
//! two: at lashes, brows, and the rim of the iris. Movement blurs one direction only, so the least bent direction counts.

use std::f32::consts::FRAC_1_SQRT_2;

use crate::measure::align::EYE_DISTANCE;
use crate::measure::grey::Grey;
use crate::measure::region::Region;
use crate::measure::{Assessment, Measure};

/// Over so many pixels of the aligned picture detail is looked for. Finer detail does not show in the print.
const STEP: f32 = 3.0;
/// At this value the score is 50. Found by blurring the two test portraits.
pub(super) const HALF_SHARP: f64 = 0.1;

/// The fine detail within the face. `eye_distance` is that of the picture from which it was aligned: a small face was
/// enlarged, and what then looks soft is the enlargement.
pub(crate) fn measure(luma: &Grey, face: &Region, eye_distance: f32) -> Assessment {
    let step = (EYE_DISTANCE / eye_distance.max(1.0)).clamp(STEP, 16.0).round() as usize;
    Assessment::new(Measure::FineDetail, fine_detail(luma, face, step))
}

/// The second differences over `step` pixels as a share of the contrast, in the direction that has the fewest of four.
fn fine_detail(grey: &Grey, face: &Region, step: usize) -> f64 {
    let straight = step as isize;
    let slanted = (step as f32 * FRAC_1_SQRT_2).round() as isize;
    let directions = [[straight, 0], [0, straight], [slanted, slanted], [slanted, -slanted]];
    let (mut sum, mut squares, mut bends, mut count) = (0.0, 0.0, [0.0; 4], 0_u32);
    for (x, y) in face.pixels() {
        let value = f64::from(grey.at(x, y));
        sum += value;
        squares += value * value;
        for (total, direction) in bends.iter_mut().zip(directions) {
            *total += f64::from(grey.bend(x, y, direction).powi(2));
        }
        count += 1;
    }
    let count = f64::from(count.max(1));
    let contrast = squares / count - (sum / count).powi(2);
    let fewest = bends.into_iter().fold(f64::INFINITY, f64::min);
    // A face without any contrast has no detail either.
    (fewest / count / contrast.max(1.0)).sqrt()
}
