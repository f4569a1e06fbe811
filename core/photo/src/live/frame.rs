//! What is seen in one frame.

use crate::crop::CropGeometry;
use crate::face::{Face, Finders, PersonMask};
use crate::geometry::{Bounds, Point};
use crate::landmarks::Landmarks;
use crate::picture::Picture;

use super::{Hint, LiveLimits};

/// The person is looked for in every so many frames: it takes longer than all else, and a room does not change that fast.
const PERSON_EVERY: u32 = 4;
/// A second face counts from this share of the first one's area on.
const SECOND_FACE: f32 = 0.15;
/// A shown hint is settled only when its limit is kept with so much to spare.
const MARGIN: f32 = 0.12;
/// Places looked at along each side of the frame for the background.
const GRID: usize = 40;
/// Surely not the person.
const BEHIND: f32 = 0.1;

/// From crown to chin is so many times from the eyes to the chin.
const HEAD: f32 = 2.0;

/// What the last frames showed.
#[derive(Default)]
pub(super) struct Seen {
    face: Option<SeenFace>,
    /// Where the eyes were one frame before.
    before: Option<Point>,
    faces: usize,
    /// Mean step of luminance behind the person, as last looked at.
    background: f32,
    frames: u32,
}

#[derive(Clone, Copy)]
struct SeenFace {
    bounds: Bounds,
    landmarks: Landmarks,
    luminance: f32,
    cheeks: f32,
}

impl Seen {
    pub(super) fn look(&mut self, finders: &mut Finders, frame: &Picture<'_>) {
        self.before = self.face.map(|face| face.landmarks.eyes());
        let faces = finders.faces.find(frame);
        let largest = faces.iter().max_by(|a, b| a.bounds.area().total_cmp(&b.bounds.area())).copied();
        self.faces = largest.map_or(0, |largest| {
            faces.iter().filter(|face| face.bounds.area() >= SECOND_FACE * largest.bounds.area()).count()
        });
        self.face = largest.and_then(|face| SeenFace::look(finders, frame, &face));
        if self.frames.is_multiple_of(PERSON_EVERY) && self.face.is_some() {
            self.background = busyness(frame, &finders.person.find(frame));
        }
        self.frames = self.frames.wrapping_add(1);
    }

    pub(super) fn face(&self) -> Option<Bounds> {
        self.face.map(|face| face.bounds)
    }

    pub(super) fn photo(&self, geometry: &CropGeometry) -> Option<Bounds> {
        self.face.map(|face| face.photo(geometry))
    }

    /// The most pressing thing, `shown` being what is said now.
    pub(super) fn hint(&self, frame: &Picture<'_>, limits: &LiveLimits, shown: Option<Hint>) -> Hint {
        let Some(face) = self.face else { return Hint::FindFace };
        if self.faces > 1 {
            return Hint::OnePersonOnly;
        }
        // With a margin for what is shown, so that it is settled before it goes.
        let below =
            |value: f32, limit: f32, hint: Hint| value < limit * (1.0 + if shown == Some(hint) { MARGIN } else { 0.0 });
        let above =
            |value: f32, limit: f32, hint: Hint| value > limit * (1.0 - if shown == Some(hint) { MARGIN } else { 0.0 });
        let landmarks = &face.landmarks;
        let (photo, size) = (face.photo(&limits.geometry), [frame.width() as f32, frame.height() as f32]);
        let eyes = landmarks.inter_eye_distance() * limits.still_scale;
        if below(photo.height / size[1], limits.least_height, Hint::MoveCloser)
            || below(eyes, limits.least_inter_eye_distance, Hint::MoveCloser)
        {
            return Hint::MoveCloser;
        }
        if let Some(hint) = beyond(&photo, size, shown) {
            return hint;
        }
        let turned = |value: f32, limit: f32, hint| above(value.abs(), limit, hint);
        let unit = landmarks.eyes_to_chin();
        let checks = [
            (Hint::MoreLight, limits.luminance.is_some_and(|[dark, _]| below(face.luminance, dark, Hint::MoreLight))),
            (
                Hint::LessLight,
                limits.luminance.is_some_and(|[_, bright]| above(face.luminance, bright, Hint::LessLight)),
            ),
            (Hint::LightFromFront, limits.cheeks.is_some_and(|least| below(face.cheeks, least, Hint::LightFromFront))),
            (
                Hint::LookHere,
                limits.turn.is_some_and(|[yaw, pitch]| {
                    turned(landmarks.pose.yaw, yaw, Hint::LookHere)
                        || turned(landmarks.pose.pitch, pitch, Hint::LookHere)
                }),
            ),
            (
                Hint::HoldHeadUpright,
                limits.tilt.is_some_and(|tilt| turned(landmarks.pose.roll, tilt, Hint::HoldHeadUpright)),
            ),
            (Hint::OpenEyes, limits.eyes.is_some_and(|least| below(landmarks.lid_gap / unit, least, Hint::OpenEyes))),
            (
                Hint::CloseMouth,
                limits.mouth.is_some_and(|most| above(landmarks.lip_gap / unit, most, Hint::CloseMouth)),
            ),
            (
                Hint::PlainBackground,
                limits.background.is_some_and(|most| above(self.background, most, Hint::PlainBackground)),
            ),
            (Hint::HoldStill, self.movement().is_none_or(|movement| movement > limits.movement)),
        ];
        checks.into_iter().find_map(|(hint, is_so)| is_so.then_some(hint)).unwrap_or(Hint::Ready)
    }

    /// How far the eyes have moved since the frame before, as a share of the distance between them.
    fn movement(&self) -> Option<f32> {
        let (face, before) = self.face.zip(self.before)?;
        Some(face.landmarks.eyes().distance(before) / face.landmarks.inter_eye_distance())
    }
}

impl SeenFace {
    /// `None` when the points mean nothing: what was found is no face, or is covered.
    fn look(finders: &mut Finders, frame: &Picture<'_>, face: &Face) -> Option<Self> {
        let mesh = finders.mesh.find(frame, face);
        if mesh.confidence < 0.5 {
            return None;
        }
        let landmarks = Landmarks::of(&mesh);
        let side = 0.3 * landmarks.inter_eye_distance();
        let cheek = |eye: Point| {
            let middle = Point::new(eye.x, eye.y + 0.75 * landmarks.inter_eye_distance());
            luminance(frame, middle, side)
        };
        let cheeks = [cheek(landmarks.left_eye), cheek(landmarks.right_eye)];
        let (darker, brighter) = (cheeks[0].min(cheeks[1]), cheeks[0].max(cheeks[1]));
        let whole = luminance(frame, landmarks.eyes().middle(landmarks.chin), landmarks.eyes_to_chin());
        let cheeks = if brighter > 0.0 { darker / brighter } else { 1.0 };
        Some(Self { bounds: face.bounds, landmarks, luminance: whole, cheeks })
    }

    /// What the photo would show.
    fn photo(&self, geometry: &CropGeometry) -> Bounds {
        let head = self.landmarks.eyes_to_chin() * HEAD;
        let pixels = |millimetres: f32| millimetres * head / geometry.face;
        let (width, height) = (pixels(geometry.width), pixels(geometry.height));
        let top = self.landmarks.chin.y - head - pixels(geometry.above);
        Bounds { left: self.landmarks.eyes().x - width / 2.0, top, width, height }
    }
}

/// Where the photo leaves the frame.
fn beyond(photo: &Bounds, [width, height]: [f32; 2], shown: Option<Hint>) -> Option<Hint> {
    // Settled only when there is some room again.
    let room = |hint| if shown == Some(hint) { 0.02 * height } else { 0.0 };
    let (left, right) = (photo.left < room(Hint::AimLeft), photo.left + photo.width > width - room(Hint::AimRight));
    let (above, below) = (photo.top < room(Hint::AimUp), photo.top + photo.height > height - room(Hint::AimDown));
    match (left, right, above, below) {
        (true, true, ..) | (_, _, true, true) => Some(Hint::MoveBack),
        (true, ..) => Some(Hint::AimLeft),
        (_, true, ..) => Some(Hint::AimRight),
        (_, _, true, _) => Some(Hint::AimUp),
        (_, _, _, true) => Some(Hint::AimDown),
        _ => None,
    }
}

/// Mean linear luminance of a square, from twelve by twelve places.
fn luminance(frame: &Picture<'_>, middle: Point, side: f32) -> f32 {
    const PLACES: usize = 12;
    let along = |index: usize| (index as f32 + 0.5) / PLACES as f32 - 0.5;
    let places = (0..PLACES * PLACES).map(|place| (along(place % PLACES), along(place / PLACES)));
    let sum: f32 = places.map(|(x, y)| linear(luma(frame.between(middle.x + x * side, middle.y + y * side)))).sum();
    sum / (PLACES * PLACES) as f32
}

/// ITU-R BT.709 luma, 0 to 255.
fn luma([red, green, blue]: [f32; 3]) -> f32 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// From an sRGB value to a share of full light.
fn linear(value: f32) -> f32 {
    let value = value / 255.0;
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// Mean step of luminance between neighbouring places that are both behind the person.
fn busyness(frame: &Picture<'_>, person: &PersonMask) -> f32 {
    let place = |index: usize, len: usize| (index * 2 + 1) * len / (GRID * 2);
    let (mut sum, mut count) = (0.0, 0_u32);
    for row in 0..GRID {
        let mut before = None;
        for column in 0..GRID {
            let (x, y) = (place(column, frame.width()), place(row, frame.height()));
            let here = (person.at(x, y) < BEHIND).then(|| luma(frame.at(x, y).map(f32::from)));
            if let (Some(before), Some(here)) = (before, here) {
                sum += f32::abs(before - here);
                count += 1;
            }
            before = here;
        }
    }
    if count == 0 { 0.0 } else { sum / count as f32 }
}
