//! The face where every measure expects it: OFIQ's picture of 616 × 616 pixels with the eyes at fixed places.

use crate::face::Mesh;
use crate::geometry::{Point, Similarity};
use crate::landmarks::Landmarks;
use crate::measure::grey::Grey;
use crate::rgb::Pixels;

/// The side of the aligned picture.
pub(crate) const SIDE: usize = 616;
/// Between the eyes in the aligned picture.
pub(crate) const EYE_DISTANCE: f32 = 113.0;
/// Where OFIQ lays the left and the right eye of the picture, the tip of the nose, and the corners of the mouth.
const PLACES: [Point; 5] = [
    Point::new(251.0, 272.0),
    Point::new(364.0, 272.0),
    Point::new(308.0, 336.0),
    Point::new(262.0, 402.0),
    Point::new(355.0, 402.0),
];
const TIP_OF_NOSE: usize = 4;
const CORNERS_OF_MOUTH: [usize; 2] = [61, 291];
const MIDDLE_OF_LIPS: [usize; 2] = [13, 14];

/// A face, aligned.
pub(crate) struct AlignedFace {
    /// Black where the picture ends.
    pub(crate) pixels: Pixels,
    /// From the picture to here.
    pub(crate) from_picture: Similarity,
    /// From here to the picture.
    pub(crate) to_picture: Similarity,
    size: [f32; 2],
    /// The mesh, here.
    pub(crate) points: Vec<Point>,
    /// The middle of the eye to the left.
    pub(crate) left_eye: Point,
    /// The middle of the eye to the right.
    pub(crate) right_eye: Point,
    /// The middle of the lips.
    pub(crate) mouth: Point,
}

impl AlignedFace {
    /// Takes a face out of a picture. OFIQ searches the transform that the median point fits best; here all five points
    /// count alike, which differs where one of them is far off.
    pub(crate) fn of(picture: &Pixels, mesh: &Mesh, landmarks: &Landmarks) -> Self {
        let [left, right] = CORNERS_OF_MOUTH.map(|number| mesh.point(number));
        let found = [landmarks.left_eye, landmarks.right_eye, mesh.point(TIP_OF_NOSE), left, right];
        let from_picture = Similarity::between(&found, &PLACES);
        let to_picture = from_picture.inverse();
        let [upper, lower] = MIDDLE_OF_LIPS.map(|number| mesh.point(number));
        let size = picture.size();
        let here = |point: Point| from_picture.apply(point);
        Self {
            pixels: warp(picture, &to_picture, size),
            from_picture,
            to_picture,
            size,
            points: mesh.points().iter().copied().map(here).collect(),
            left_eye: here(landmarks.left_eye),
            right_eye: here(landmarks.right_eye),
            mouth: here(upper.middle(lower)),
        }
    }

    /// Whether the original picture reaches to a place.
    pub(crate) fn is_in_picture(&self, x: f32, y: f32) -> bool {
        is_within(self.to_picture.apply(Point::new(x, y)), self.size)
    }

    /// Whether a place lies here at all.
    pub(crate) fn holds(&self, at: Point) -> bool {
        is_within(at, [SIDE as f32; 2])
    }

    /// Its luminance in linear light.
    pub(crate) fn luminance(&self) -> Grey {
        Grey::luminance(self.pixels.all(), SIDE)
    }

    /// Its brightness as the eye sees it.
    pub(crate) fn luma(&self) -> Grey {
        Grey::luma(self.pixels.all(), SIDE)
    }
}

fn is_within(at: Point, [width, height]: [f32; 2]) -> bool {
    at.x >= -0.5 && at.y >= -0.5 && at.x <= width - 0.5 && at.y <= height - 0.5
}

fn warp(picture: &Pixels, to_picture: &Similarity, size: [f32; 2]) -> Pixels {
    let mut rgb = Vec::with_capacity(SIDE * SIDE * 3);
    for place in 0..SIDE * SIDE {
        let at = to_picture.apply(Point::new((place % SIDE) as f32, (place / SIDE) as f32));
        rgb.extend(if is_within(at, size) { picture.between(at.x, at.y) } else { [0; 3] });
    }
    Pixels::new(rgb, SIDE)
}
