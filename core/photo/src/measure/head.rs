//! Where the head is, how large, and how it is held.

use crate::face::PersonMask;
use crate::geometry::Point;
use crate::landmarks::Landmarks;
use crate::measure::align::{AlignedFace, SIDE};
use crate::measure::{Assessment, Measure};

/// From between the eyes to the crown, in T, where hair or the mask do not say: the mean of both test portraits.
const CROWN: f32 = 1.0;
/// Hair that stands higher, in T, does not count as the head.
const HIGHEST: f32 = 1.25;
/// No head ends lower, in T.
const LOWEST: f32 = 0.75;

/// All measures of the head. `scale` is how many pixels of the still one pixel of the picture stands for.
pub(crate) fn measure(landmarks: &Landmarks, [width, height]: [f32; 2], scale: f32) -> [Assessment; 9] {
    let eye_distance = landmarks.inter_eye_distance().max(1.0);
    let (eyes, t) = (landmarks.eyes(), landmarks.eyes_to_chin().max(1.0));
    let pose = landmarks.pose;
    // Beyond this the far eye is out of view.
    let straight = pose.yaw.to_radians().cos().max(0.2);
    let taken = |measure: Measure, native: f32| Assessment::new(measure, f64::from(native));
    [
        taken(Measure::InterEyeDistance, eye_distance * scale / straight),
        taken(Measure::HeadSize, t / height),
        taken(Measure::LeftwardCropOfTheFaceImage, landmarks.right_eye.x / eye_distance),
        taken(Measure::RightwardCropOfTheFaceImage, (width - landmarks.left_eye.x) / eye_distance),
        taken(Measure::MarginAboveOfTheFaceImage, eyes.y / t),
        taken(Measure::MarginBelowOfTheFaceImage, (height - eyes.y) / t),
        taken(Measure::HeadPoseYaw, pose.yaw),
        taken(Measure::HeadPosePitch, pose.pitch),
        taken(Measure::HeadPoseRoll, pose.roll),
    ]
}

/// The crown (頭頂): where the person ends above the eyes, in pixels of the picture.
///
/// `person` is that of the aligned picture. Where it says nothing sensible, the usual proportion counts.
pub(crate) fn crown(aligned: &AlignedFace, person: &PersonMask, landmarks: &Landmarks) -> Point {
    let eyes = aligned.left_eye.middle(aligned.right_eye);
    let t = aligned.from_picture.apply(landmarks.chin).distance(eyes);
    let column = (eyes.x.max(0.0) as usize).min(SIDE - 1);
    let is_person = |row: &usize| person.at(column, *row) >= 0.5;
    let lowest = (eyes.y - t * LOWEST).max(0.0) as usize;
    let top = (0..lowest).rev().take_while(is_person).last();
    let above = top.map_or(CROWN, |row| ((eyes.y - row as f32) / t).min(HIGHEST));
    let (eyes, chin) = (landmarks.eyes(), landmarks.chin);
    Point::new(eyes.x + (eyes.x - chin.x) * above, eyes.y + (eyes.y - chin.y) * above)
}
