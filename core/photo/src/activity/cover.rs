//! Covering: what is under it is gone.
//!
//! A Gaussian blur is not: it is a linear filter, and what is known about faces brings them back. Here a head becomes at
//! most sixteen cells of one colour each, of which every channel has sixteen steps, however large the head was in the
//! picture. An area of text becomes one grey that owes nothing to the picture.

use image::{Rgb, RgbImage};

use crate::activity::FaceBox;
use crate::geometry::{Bounds, Point};

/// Cells across and down. A face has some two by two of them, the rest is hair and surroundings.
const CELLS: usize = 4;
/// The steps of a channel lie so far apart.
const STEP: u8 = 16;
/// Half the ellipse in widths and heights of the box: from cheek to cheek becomes from ear to ear with hair, and from
/// brow to chin becomes from the crown to the throat.
const REACH: [f32; 2] = [0.95, 1.15];
/// The crown is farther from the box than the throat.
const RISE: f32 = 0.1;
const GREY: Rgb<u8> = Rgb([128; 3]);

/// Covers heads and text in a picture.
pub(super) fn cover(picture: &mut RgbImage, faces: &[FaceBox], texts: &[Bounds]) {
    for face in faces {
        cover_head(picture, &face.bounds);
    }
    for text in texts {
        cover_text(picture, text);
    }
}

/// An ellipse around a head.
struct Head {
    middle: Point,
    across: f32,
    down: f32,
}

impl Head {
    fn around(face: &Bounds) -> Self {
        let middle = face.middle();
        let middle = Point::new(middle.x, middle.y - RISE * face.height);
        Self { middle, across: REACH[0] * face.width, down: REACH[1] * face.height }
    }

    fn holds(&self, x: u32, y: u32) -> bool {
        let (x, y) = (x as f32 + 0.5 - self.middle.x, y as f32 + 0.5 - self.middle.y);
        (x / self.across).powi(2) + (y / self.down).powi(2) <= 1.0
    }

    fn bounds(&self) -> Bounds {
        Bounds {
            left: self.middle.x - self.across,
            top: self.middle.y - self.down,
            width: 2.0 * self.across,
            height: 2.0 * self.down,
        }
    }
}

/// Columns and rows of the picture, from and until.
#[derive(Clone, Copy)]
struct Area {
    columns: [u32; 2],
    rows: [u32; 2],
}

impl Area {
    /// Every pixel that the bounds touch.
    fn of(bounds: &Bounds, picture: &RgbImage) -> Self {
        let ends = |from: f32, length: f32, side: u32| {
            [from.floor(), (from + length).ceil()].map(|end| (end.max(0.0) as u32).min(side))
        };
        Self {
            columns: ends(bounds.left, bounds.width, picture.width()),
            rows: ends(bounds.top, bounds.height, picture.height()),
        }
    }

    /// The cell of a pixel, counted from the upper left.
    fn cell(&self, x: u32, y: u32) -> usize {
        let along = |place: u32, [from, until]: [u32; 2]| (place - from) as usize * CELLS / (until - from) as usize;
        along(y, self.rows) * CELLS + along(x, self.columns)
    }

    fn pixels(self) -> impl Iterator<Item = (u32, u32)> {
        let [left, right] = self.columns;
        (self.rows[0]..self.rows[1]).flat_map(move |y| (left..right).map(move |x| (x, y)))
    }
}

fn cover_head(picture: &mut RgbImage, face: &Bounds) {
    let head = Head::around(face);
    let area = Area::of(&head.bounds(), picture);
    let mut sums = [([0u64; 3], 0u64); CELLS * CELLS];
    for (x, y) in area.pixels().filter(|(x, y)| head.holds(*x, *y)) {
        let (sum, count) = &mut sums[area.cell(x, y)];
        sum.iter_mut().zip(picture.get_pixel(x, y).0).for_each(|(sum, value)| *sum += u64::from(value));
        *count += 1;
    }
    let colours = sums.map(|(sum, count)| Rgb(sum.map(|sum| coarse(sum / count.max(1)))));
    for (x, y) in area.pixels().filter(|(x, y)| head.holds(*x, *y)) {
        picture.put_pixel(x, y, colours[area.cell(x, y)]);
    }
}

fn cover_text(picture: &mut RgbImage, text: &Bounds) {
    for (x, y) in Area::of(text, picture).pixels() {
        picture.put_pixel(x, y, GREY);
    }
}

/// The middle of the step in which a mean lies.
fn coarse(mean: u64) -> u8 {
    mean as u8 / STEP * STEP + STEP / 2
}
