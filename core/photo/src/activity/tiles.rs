//! A picture at several sizes, each cut into overlapping squares.
//!
//! BlazeFace sees faces from about an eighth of what it looks at. In a room full of people they are smaller, so it
//! looks at parts.

use crate::picture::{Picture, Plane, Rotation, Samples};

/// The longest side of the largest size: more shows no face that could be known in a report.
pub(super) const LONGEST_SIDE: usize = 2048;
/// The side of a square.
const TILE: usize = 256;
/// From one square to the next: a face of up to half a square lies whole in one of them.
const STEP: usize = TILE / 2;

/// The picture at one size.
pub(super) struct Level {
    rgb: Vec<u8>,
    pub(super) width: usize,
    pub(super) height: usize,
    /// Pixels of the picture for one pixel here.
    pub(super) scale: usize,
}

/// A part of a level.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Tile {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// From the largest size to one that is a single square.
pub(super) fn levels(picture: &Picture<'_>) -> Vec<Level> {
    let longest = picture.width().max(picture.height());
    let mut levels = vec![Level::shrunk(picture, longest.div_ceil(LONGEST_SIDE))];
    while let Some(last) = levels.last().filter(|last| last.width.max(last.height) > TILE) {
        let half = Level { scale: last.scale * 2, ..Level::shrunk(&last.picture(), 2) };
        levels.push(half);
    }
    levels
}

impl Level {
    /// Each pixel is the mean of `scale` × `scale`. What is left over at the right and the bottom goes.
    fn shrunk(picture: &Picture<'_>, scale: usize) -> Self {
        let (width, height) = ((picture.width() / scale).max(1), (picture.height() / scale).max(1));
        let (across, down) = (scale.min(picture.width()), scale.min(picture.height()));
        let many = u32::try_from(across * down).unwrap_or(u32::MAX);
        let mut rgb = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            for x in 0..width {
                let mut sums = [0u32; 3];
                for (row, column) in (0..down).flat_map(|row| (0..across).map(move |column| (row, column))) {
                    let pixel = picture.at(x * across + column, y * down + row);
                    sums.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += u32::from(value));
                }
                rgb.extend(sums.map(|sum| ((sum + many / 2) / many) as u8));
            }
        }
        Self { rgb, width, height, scale }
    }

    pub(super) fn picture(&self) -> Picture<'_> {
        Picture::rgb(&self.rgb, self.width, self.height).expect("it has all its pixels")
    }

    /// Luminance (ITU-R BT.601) for detectors that see no colours.
    pub(super) fn grey(&self) -> Vec<u8> {
        let luminance =
            |[r, g, b]: &[u8; 3]| (u32::from(*r) * 299 + u32::from(*g) * 587 + u32::from(*b) * 114 + 500) / 1000;
        self.rgb.as_chunks::<3>().0.iter().map(|pixel| luminance(pixel) as u8).collect()
    }

    /// Squares that cover the whole level.
    pub(super) fn tiles(&self) -> impl Iterator<Item = Tile> {
        let (width, height) = (self.width.min(TILE), self.height.min(TILE));
        let columns = starts(self.width);
        starts(self.height)
            .into_iter()
            .flat_map(move |top| columns.clone().into_iter().map(move |left| Tile { left, top, width, height }))
    }

    /// A part as it lies, turned.
    pub(super) fn part(&self, tile: Tile, rotation: Rotation) -> Picture<'_> {
        let row_stride = self.width * 3;
        let bytes = &self.rgb[tile.top * row_stride + tile.left * 3..];
        let samples = Samples::Rgb(Plane { bytes, row_stride, pixel_stride: 3 });
        Picture::new(samples, tile.width, tile.height, rotation).expect("the tile lies in the level")
    }
}

/// Where squares begin along a side, evenly, the last one at its end.
fn starts(side: usize) -> Vec<usize> {
    let room = side.saturating_sub(TILE);
    let steps = room.div_ceil(STEP);
    (0..=steps).map(|step| (room * step).checked_div(steps).unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn squares_cover_every_pixel_and_overlap_by_half(side in 1usize..3000) {
            let starts = starts(side);
            prop_assert_eq!(starts[0], 0);
            prop_assert!(starts.windows(2).all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= STEP));
            prop_assert!(starts[starts.len() - 1] + TILE >= side);
            prop_assert!(starts.iter().all(|start| start + TILE.min(side) <= side));
        }
    }

    #[test]
    fn a_panorama_of_one_row_has_levels_too() {
        let rgb = vec![90; 5000 * 3];
        let levels = levels(&Picture::rgb(&rgb, 5000, 1).unwrap());
        assert!(levels.iter().all(|level| level.height == 1 && level.tiles().count() > 0));
        assert_eq!(levels[0].picture().at(0, 0), [90; 3]);
    }
}
