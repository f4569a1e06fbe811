//! Where a head begins: the crown (頭頂), which no point of the mesh marks.
//!
//! The mesh ends at the hairline. Above it the mask of the person goes on, up to the end of the hair. Rules mean the
//! head and not its hair, so the mask is believed within what heads have: the standard face of the mesh measures 17.7 cm
//! from the hairline to the chin, and heads measure 21 to 25 cm from the crown to the chin.

use crate::face::PersonMask;
use crate::geometry::Point;
use crate::landmarks::Landmarks;

/// From the hairline to the crown, in lengths from the hairline to the chin: the least, the usual, the most.
const LEAST: f32 = 0.19;
const USUAL: f32 = 0.27;
const MOST: f32 = 0.42;
/// From here the mask says that it is the person.
const PERSON: f32 = 0.5;
/// Beside the middle of the head the mask is asked too, so far away in inter-eye distances.
const BESIDE: f32 = 0.3;

/// What the crown was known from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CrownFrom {
    /// The mask of the person ended there.
    Mask,
    /// The mask went on, over high hair or a covering: the crown is where the highest heads end.
    HighestHead,
    /// The mask ended before any head does, or did not hold the brow: the crown is where it usually is.
    UsualHead,
}

/// What of a head the crop needs, in pixels.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Head {
    /// The top of the head.
    pub crown: Point,
    /// The lowest point of the chin.
    pub chin: Point,
    /// The point between the eyes.
    pub eyes: Point,
    /// How far the line through the eyes is tilted clockwise, in radians.
    pub roll: f32,
    /// Where the crown was known from.
    pub crown_from: CrownFrom,
}

impl Head {
    /// From what was found in a picture.
    #[must_use]
    pub fn find(landmarks: &Landmarks, mask: &PersonMask) -> Self {
        Self::with_mask(landmarks, |at| {
            let place = |length: f32| (length + 0.5).max(0.0) as usize;
            at.y >= -0.5 && mask.at(place(at.x), place(at.y)) >= PERSON
        })
    }

    /// The same for the picture that is `scale` times as large: points are found in a shrunk copy.
    #[must_use]
    pub fn scaled(self, scale: f32) -> Self {
        // Pixels have their middle at whole numbers.
        let place = |at: f32| (at + 0.5) * scale - 0.5;
        let point = |at: Point| Point::new(place(at.x), place(at.y));
        Self { crown: point(self.crown), chin: point(self.chin), eyes: point(self.eyes), ..self }
    }

    /// The same where the person is known from elsewhere: `is_person` is asked about places of the picture.
    pub(crate) fn with_mask(landmarks: &Landmarks, is_person: impl Fn(Point) -> bool) -> Self {
        let (left, right) = (landmarks.left_eye, landmarks.right_eye);
        let roll = (right.y - left.y).atan2(right.x - left.x);
        let (sin, cos) = roll.sin_cos();
        let upwards = |from: Point, to: Point| (to.x - from.x) * sin - (to.y - from.y) * cos;
        let eyes = landmarks.eyes();
        // On the axis through the middle of the eyes, so high above them.
        let on_axis = |high: f32| Point::new(eyes.x + high * sin, eyes.y - high * cos);
        let (brow, length) = (upwards(eyes, landmarks.brow), upwards(landmarks.chin, landmarks.brow));
        let beside = BESIDE * landmarks.inter_eye_distance();
        let most_of_it_is_person = |high: f32| {
            let middle = on_axis(high);
            let at = |aside: f32| is_person(Point::new(middle.x + aside * cos, middle.y + aside * sin));
            [-beside, 0.0, beside].into_iter().filter(|aside| at(*aside)).count() >= 2
        };
        let steps = if length.is_finite() { (MOST * length).clamp(0.0, 16_384.0) as usize } else { 0 };
        let reached = (0..=steps).take_while(|step| most_of_it_is_person(brow + *step as f32)).count();
        let (above, crown_from) = match reached.saturating_sub(1) as f32 {
            reached if reached < LEAST * length => (USUAL * length, CrownFrom::UsualHead),
            reached if reached + 1.0 >= MOST * length => (MOST * length, CrownFrom::HighestHead),
            reached => (reached, CrownFrom::Mask),
        };
        Self { crown: on_axis(brow + above), chin: landmarks.chin, eyes, roll, crown_from }
    }
}
