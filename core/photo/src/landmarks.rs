//! What is measured on a face's points: eyes, chin, lids, lips, and how the head is held.
//!
//! Point numbers are those of MediaPipe's face mesh. Left and right are those of the picture.

use crate::face::Mesh;
use crate::geometry::Point;

/// Outer and inner corner, upper and lower lid of the eye to the left in the picture.
const LEFT_EYE: [usize; 4] = [33, 133, 159, 145];
/// The same of the eye to the right.
const RIGHT_EYE: [usize; 4] = [263, 362, 386, 374];
const INNER_LIPS: [usize; 2] = [13, 14];
const BROW: usize = 10;
const CHIN: usize = 152;
const CHEEKS: [usize; 2] = [234, 454];
/// Around the face, clockwise from the brow.
const OUTLINE: [usize; 36] = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
    136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];

/// How the head is held, in degrees.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct HeadPose {
    /// Turned to the side; positive towards the right of the picture.
    pub yaw: f32,
    /// Nodded; positive downwards.
    pub pitch: f32,
    /// Tilted; positive clockwise.
    pub roll: f32,
}

/// The measures of a face from which all others are made.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Landmarks {
    /// The middle of the eye to the left in the picture.
    pub left_eye: Point,
    /// The middle of the eye to the right in the picture.
    pub right_eye: Point,
    /// The lowest point of the chin.
    pub chin: Point,
    /// The highest point that the mesh has: the hairline. The crown lies above it.
    pub brow: Point,
    /// The smaller of the two gaps between lids, in pixels.
    pub lid_gap: f32,
    /// The gap between the lips, in pixels.
    pub lip_gap: f32,
    /// How the head is held.
    pub pose: HeadPose,
}

impl Landmarks {
    /// From a mesh.
    #[must_use]
    pub fn of(mesh: &Mesh) -> Self {
        let corners = |eye: [usize; 4]| mesh.point(eye[0]).middle(mesh.point(eye[1]));
        let gap = |eye: [usize; 4]| mesh.point(eye[2]).distance(mesh.point(eye[3]));
        Self {
            left_eye: corners(LEFT_EYE),
            right_eye: corners(RIGHT_EYE),
            chin: mesh.point(CHIN),
            brow: mesh.point(BROW),
            lid_gap: gap(LEFT_EYE).min(gap(RIGHT_EYE)),
            lip_gap: mesh.point(INNER_LIPS[0]).distance(mesh.point(INNER_LIPS[1])),
            pose: pose(mesh),
        }
    }

    /// The point between the eyes.
    #[must_use]
    pub fn eyes(&self) -> Point {
        self.left_eye.middle(self.right_eye)
    }

    /// T of ISO/IEC 29794-5: from between the eyes to the chin, in pixels.
    #[must_use]
    pub fn eyes_to_chin(&self) -> f32 {
        self.eyes().distance(self.chin)
    }

    /// Between the middles of the eyes, in pixels.
    #[must_use]
    pub fn inter_eye_distance(&self) -> f32 {
        self.left_eye.distance(self.right_eye)
    }
}

/// The outline of the face, clockwise from the brow.
#[must_use]
pub fn outline(mesh: &Mesh) -> [Point; 36] {
    OUTLINE.map(|number| mesh.point(number))
}

/// From the directions cheek to cheek and brow to chin, in three dimensions.
fn pose(mesh: &Mesh) -> HeadPose {
    let between = |from: usize, to: usize| {
        let (a, b) = (mesh.point(from), mesh.point(to));
        [b.x - a.x, b.y - a.y, mesh.depth(to) - mesh.depth(from)]
    };
    let (across, down) = (between(CHEEKS[0], CHEEKS[1]), between(BROW, CHIN));
    let roll = across[1].atan2(across[0]);
    let yaw = across[2].atan2(across[0].hypot(across[1]));
    let pitch = down[2].atan2(down[0].hypot(down[1]));
    HeadPose { yaw: yaw.to_degrees(), pitch: pitch.to_degrees(), roll: roll.to_degrees() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cheeks, hairline and chin of MediaPipe's canonical face, in centimetres from the middle of the head.
    const CANONICAL: [(usize, [f32; 3]); 4] = [
        (CHEEKS[0], [-7.664, -0.673, 2.436]),
        (CHEEKS[1], [7.664, -0.673, 2.436]),
        (BROW, [0.0, -8.262, -4.482]),
        (CHIN, [0.0, 9.403, -4.264]),
    ];

    /// The canonical face held so, in degrees: nodded, then turned, then tilted.
    fn held(pose: HeadPose) -> HeadPose {
        let spin = |[a, b]: [f32; 2], degrees: f32| {
            let (sin, cos) = degrees.to_radians().sin_cos();
            [a * cos - b * sin, a * sin + b * cos]
        };
        let place = |(number, [x, y, z]): (usize, [f32; 3])| {
            let [y, z] = spin([y, z], pose.pitch);
            let [x, z] = spin([x, z], pose.yaw);
            let [x, y] = spin([x, y], pose.roll);
            (number, [x, y, z])
        };
        super::pose(&Mesh::of_points(&CANONICAL.map(place)))
    }

    #[test]
    fn the_canonical_face_looks_straight_ahead() {
        let pose = held(HeadPose::default());
        assert!(pose.yaw.abs() < 0.1 && pose.roll.abs() < 0.1 && pose.pitch.abs() < 1.0, "{pose:?}");
    }

    #[test]
    fn each_turn_of_the_head_is_measured_with_its_sign() {
        for degrees in [-40.0, -15.0, 5.0, 30.0] {
            let yaw = held(HeadPose { yaw: degrees, ..HeadPose::default() });
            let pitch = held(HeadPose { pitch: degrees, ..HeadPose::default() });
            let roll = held(HeadPose { roll: degrees, ..HeadPose::default() });
            assert!((yaw.yaw - degrees).abs() < 0.1 && yaw.pitch.abs() < 1.0 && yaw.roll.abs() < 0.1, "{yaw:?}");
            assert!((pitch.pitch - degrees).abs() < 1.0 && pitch.yaw.abs() < 0.1, "{pitch:?}");
            assert!((roll.roll - degrees).abs() < 0.1 && roll.yaw.abs() < 0.1, "{roll:?}");
        }
    }

    #[test]
    fn turns_are_told_apart_when_they_come_together() {
        let pose = held(HeadPose { yaw: 20.0, pitch: -15.0, roll: 10.0 });
        assert!((pose.yaw - 20.0).abs() < 0.1 && (pose.roll - 10.0).abs() < 0.1);
        assert!((pose.pitch + 15.0).abs() < 2.0, "{pose:?}");
    }
}
