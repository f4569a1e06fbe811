//! Which part of a picture becomes the photo for the card.

use crate::crop::{CropGeometry, CropRefused, Head};
use crate::geometry::Point;

/// Up to here a tilt is not seen, and pixels that are not computed anew stay sharper.
const LEVEL: f32 = std::f32::consts::PI / 180.0;
/// Measures within the tolerances are tried in steps of so many millimetres.
const STEP: f32 = 0.25;

/// A rectangle that may be turned.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Frame {
    /// The middle of its upper left pixel.
    pub(super) origin: Point,
    /// How far it is turned clockwise, in radians; exactly 0 when it stands upright.
    pub(super) angle: f32,
    /// In pixels.
    pub(super) width: u32,
    pub(super) height: u32,
    /// Millimetres from the crown to the chin.
    pub(super) face: f32,
    /// Millimetres above the crown.
    pub(super) above: f32,
}

/// Where a frame reaches out of the picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Out {
    above: bool,
    below: bool,
    aside: bool,
}

/// Measures that a photo might have, in millimetres.
#[derive(Clone, Copy)]
struct Measures {
    face: f32,
    above: f32,
    aside: f32,
}

impl Frame {
    /// The frame nearest to the measures that lies in a picture of that width and height.
    ///
    /// # Errors
    /// [`CropRefused`] when none does, or those that do have fewer pixels than `min_side`.
    pub(super) fn find(
        picture: [u32; 2],
        head: &Head,
        geometry: &CropGeometry,
        min_side: u32,
    ) -> Result<Self, CropRefused> {
        let axes = Axes::of(head)?;
        let frame = |measures: &Measures| axes.frame(geometry, measures);
        let is_inside = |frame: &Self| frame.out_of(picture) == Out::default();
        let tried = tried(geometry);
        let mut inside = tried.iter().map(frame).filter(is_inside).peekable();
        let Some(best) = inside.peek().copied() else { return Err(why_none(picture, geometry, &axes)) };
        let too_few = CropRefused::TooFewPixels { width: best.width, height: best.height, min: min_side };
        inside.find(|frame| frame.width.min(frame.height) >= min_side.max(1)).ok_or(too_few)
    }

    /// Where a pixel of the frame lies in the picture.
    pub(super) fn place(&self, x: f32, y: f32) -> Point {
        let (sin, cos) = self.angle.sin_cos();
        Point::new(self.origin.x + x * cos - y * sin, self.origin.y + x * sin + y * cos)
    }

    fn out_of(&self, picture: [u32; 2]) -> Out {
        let [right, bottom] = picture.map(|side| side as f32 - 1.0);
        // What rounding moves is not missing.
        let slack = 0.01;
        let (wide, high) = (self.width as f32 - 1.0, self.height as f32 - 1.0);
        let mut out = Out::default();
        for corner in [(0.0, 0.0), (wide, 0.0), (0.0, high), (wide, high)].map(|(x, y)| self.place(x, y)) {
            out.above |= corner.y < -slack;
            out.below |= corner.y > bottom + slack;
            out.aside |= corner.x < -slack || corner.x > right + slack;
        }
        out
    }
}

/// The head in its own directions.
struct Axes {
    eyes: Point,
    angle: f32,
    /// From between the eyes up to the crown, in pixels.
    crown: f32,
    /// From the crown to the chin, in pixels.
    face: f32,
}

impl Axes {
    fn of(head: &Head) -> Result<Self, CropRefused> {
        let angle = if head.roll.abs() <= LEVEL { 0.0 } else { head.roll };
        let (sin, cos) = angle.sin_cos();
        let upwards = |from: Point, to: Point| (to.x - from.x) * sin - (to.y - from.y) * cos;
        let (crown, face) = (upwards(head.eyes, head.crown), upwards(head.chin, head.crown));
        let sane = [head.eyes.x, head.eyes.y, angle, crown, face].iter().all(|number| number.abs() < 1e6);
        if sane && crown > 0.0 && face > crown {
            Ok(Self { eyes: head.eyes, angle, crown, face })
        } else {
            Err(CropRefused::NoHead)
        }
    }

    fn frame(&self, geometry: &CropGeometry, measures: &Measures) -> Frame {
        let per_millimetre = self.face / measures.face;
        let pixels = |millimetres: f32| millimetres * per_millimetre;
        let [width, height] = [geometry.width, geometry.height].map(|side| pixels(side).round() as u32);
        let left = pixels(measures.aside) - (width as f32 - 1.0) / 2.0;
        let top = -(self.crown + pixels(measures.above));
        let (sin, cos) = self.angle.sin_cos();
        let mut origin = Point::new(self.eyes.x + left * cos - top * sin, self.eyes.y + left * sin + top * cos);
        if self.angle == 0.0 {
            origin = Point::new(origin.x.round(), origin.y.round());
        }
        Frame { origin, angle: self.angle, width, height, face: measures.face, above: measures.above }
    }
}

/// All measures within the tolerances, those nearest to what is asked for first.
fn tried(geometry: &CropGeometry) -> Vec<Measures> {
    let CropGeometry { face, face_tolerance, above, above_tolerance, aside_tolerance, .. } = *geometry;
    let steps = |tolerance: f32| {
        let most = (tolerance.clamp(0.0, 20.0) / STEP) as i16;
        (-most..=most).map(|step| f32::from(step) * STEP)
    };
    let offs = steps(face_tolerance).flat_map(move |face| {
        steps(above_tolerance).flat_map(move |above| steps(aside_tolerance).map(move |aside| [face, above, aside]))
    });
    let mut offs: Vec<[f32; 3]> = offs.collect();
    let cost = |off: &[f32; 3]| off.iter().map(|off| off.abs()).sum::<f32>();
    offs.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    offs.into_iter()
        .map(|[more, higher, aside]| Measures { face: face + more, above: above + higher, aside })
        .filter(|measures| measures.face > 0.0)
        .collect()
}

/// Which side lacks picture, once the tolerances are used up: asked of the smallest frame.
fn why_none(picture: [u32; 2], geometry: &CropGeometry, axes: &Axes) -> CropRefused {
    let face = geometry.face + geometry.face_tolerance;
    let out = |above: f32| axes.frame(geometry, &Measures { face, above, aside: 0.0 }).out_of(picture);
    let (lowest, highest) = (geometry.above - geometry.above_tolerance, geometry.above + geometry.above_tolerance);
    if out(lowest).above {
        CropRefused::CutOffAbove
    } else if out(highest).below {
        CropRefused::CutOffBelow
    } else if out(geometry.above).aside {
        CropRefused::CutOffAside
    } else {
        // Room above or below, but not for both: there is always more to be had below.
        CropRefused::CutOffBelow
    }
}
