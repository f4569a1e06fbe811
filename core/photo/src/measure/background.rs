//! The background: a wall without a pattern.

use crate::face::PersonMask;
use crate::measure::align::AlignedFace;
use crate::measure::grey::Grey;
use crate::measure::{Assessment, Measure};

/// What OFIQ looks at, in the aligned picture: without 62 pixels at both sides and 108 below.
const LEFT: f32 = 62.0;
const TOP: f32 = 0.0;
const LOOKED_AT: [f32; 2] = [492.0, 508.0];
/// To which size it is brought.
const WIDTH: usize = 354;
const HEIGHT: usize = 295;
/// So many pixels, across and down, must all be background: before and behind the place itself.
const BEFORE: usize = 2;
const BEHIND: usize = 1;

/// The mean edge strength where neither the person nor the end of the picture is near. Nothing when there is no
/// background in view.
///
/// `person` is that of the aligned picture: there the head has the size for which the network was made.
pub(crate) fn measure(aligned: &AlignedFace, person: &PersonMask) -> Option<Assessment> {
    let is_background = background(aligned, person);
    let grey = small(aligned);
    let places = (0..WIDTH * HEIGHT).map(|place| (place % WIDTH, place / WIDTH));
    let (mut sum, mut count) = (0.0, 0_u32);
    for (x, y) in places.filter(|(x, y)| is_clear(&is_background, *x, *y)) {
        let [across, down] = grey.sobel(x, y);
        sum += f64::from(across.hypot(down));
        count += 1;
    }
    (count > 0).then(|| Assessment::new(Measure::BackgroundUniformity, sum / f64::from(count)))
}

/// Whether neither the person nor the end of the small picture is near a place.
pub(super) fn is_clear(is_background: &[bool], x: usize, y: usize) -> bool {
    if x < BEFORE || y < BEFORE || x + BEHIND >= WIDTH || y + BEHIND >= HEIGHT {
        return false;
    }
    let (columns, rows) = (x - BEFORE..=x + BEHIND, y - BEFORE..=y + BEHIND);
    rows.flat_map(|row| columns.clone().map(move |column| row * WIDTH + column)).all(|place| is_background[place])
}

/// Where a pixel of the small picture lies in the aligned one.
fn place(x: usize, y: usize) -> [f32; 2] {
    let along =
        |place: usize, from: f32, length: f32, cells: usize| from + (place as f32 + 0.5) * length / cells as f32 - 0.5;
    [along(x, LEFT, LOOKED_AT[0], WIDTH), along(y, TOP, LOOKED_AT[1], HEIGHT)]
}

pub(super) fn background(aligned: &AlignedFace, person: &PersonMask) -> Vec<bool> {
    let is_background = |index: usize| {
        let [x, y] = place(index % WIDTH, index / WIDTH);
        person.at(x.max(0.0) as usize, y.max(0.0) as usize) < 0.5 && aligned.is_in_picture(x, y)
    };
    (0..WIDTH * HEIGHT).map(is_background).collect()
}

pub(super) fn small(aligned: &AlignedFace) -> Grey {
    let pixel = |index: usize| {
        let [x, y] = place(index % WIDTH, index / WIDTH);
        aligned.pixels.between(x, y)
    };
    let pixels: Vec<_> = (0..WIDTH * HEIGHT).map(pixel).collect();
    Grey::luminance(&pixels, WIDTH)
}
