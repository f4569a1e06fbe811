//! Where the head is, how large, and how it is held.

use crate::landmarks::Landmarks;
use crate::measure::{Assessment, Measure};

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
