//! A picture made smaller: each pixel the mean of a square of pixels.

use crate::picture::Picture;
use crate::rgb::Pixels;

/// A smaller copy of a picture.
pub(crate) struct Reduced {
    pub(crate) pixels: Pixels,
    /// How many pixels, across and down, became one.
    pub(crate) scale: usize,
}

impl Reduced {
    /// As large as possible, but not longer on a side than `longest`, which is at least 64. What is left over at the
    /// right and below is left out.
    pub(crate) fn of(picture: &Picture<'_>, longest: usize) -> Self {
        let side = picture.width().max(picture.height());
        // Of a strip so narrow that a square would not fit in it, nothing would be left.
        let scale = side.div_ceil(longest).min(picture.width()).min(picture.height()).max(1);
        let (width, height) = (picture.width() / scale, picture.height() / scale);
        let mut rgb = Vec::with_capacity(width * height * 3);
        // No side is longer than 16,384 pixels, so that no sum goes beyond 65,535.
        let mut columns = vec![0_u16; width * scale * 3];
        for y in 0..height {
            columns.fill(0);
            (y * scale..(y + 1) * scale).for_each(|row| add_row(&mut columns, picture, row));
            extend_with_means(&mut rgb, &columns, scale);
        }
        Self { pixels: Pixels::new(rgb, width), scale }
    }
}

/// Adds a row to the sums of each column, colour by colour.
fn add_row(columns: &mut [u16], picture: &Picture<'_>, row: usize) {
    if let Some(bytes) = picture.rgb_row(row) {
        columns.iter_mut().zip(bytes).for_each(|(sum, value)| *sum += u16::from(*value));
        return;
    }
    for (x, sums) in columns.as_chunks_mut::<3>().0.iter_mut().enumerate() {
        sums.iter_mut().zip(picture.at(x, row)).for_each(|(sum, value)| *sum += u16::from(value));
    }
}

fn extend_with_means(rgb: &mut Vec<u8>, columns: &[u16], scale: usize) {
    let area = (scale * scale) as u32;
    for square in columns.chunks_exact(scale * 3) {
        let mut sums = [area / 2; 3];
        for column in square.as_chunks::<3>().0 {
            sums.iter_mut().zip(column).for_each(|(sum, value)| *sum += u32::from(*value));
        }
        rgb.extend(sums.map(|sum| (sum / area) as u8));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{Plane, Rotation, Samples};

    fn size(reduced: &Reduced) -> [usize; 2] {
        let picture = reduced.pixels.picture();
        [picture.width(), picture.height()]
    }

    #[test]
    fn each_pixel_is_the_mean_of_a_square() {
        let rgb: Vec<u8> = (0..7 * 5).flat_map(|place| [place, 2 * place, 200]).collect();
        let reduced = Reduced::of(&Picture::rgb(&rgb, 7, 5).unwrap(), 4);
        assert_eq!((size(&reduced), reduced.scale), ([3, 2], 2));
        // 0, 1, 7 and 8; twice as much; 200.
        assert_eq!(reduced.pixels.picture().at(0, 0), [4, 8, 200]);
    }

    #[test]
    fn a_turned_picture_is_reduced_as_it_is_looked_at() {
        let rgb: Vec<u8> = (0..8 * 4).flat_map(|place| [place, place, place]).collect();
        let plane = Plane { bytes: &rgb, row_stride: 24, pixel_stride: 3 };
        let turned = Picture::new(Samples::Rgb(plane), 8, 4, Rotation::Quarter).unwrap();
        let reduced = Reduced::of(&turned, 4);
        assert_eq!(size(&reduced), [2, 4]);
        let mean =
            [turned.at(0, 0), turned.at(1, 0), turned.at(0, 1), turned.at(1, 1)].map(|[red, _, _]| u32::from(red));
        assert_eq!(u32::from(reduced.pixels.picture().at(0, 0)[0]), (mean.iter().sum::<u32>() + 2) / 4);
    }

    #[test]
    fn a_strip_keeps_a_pixel() {
        let reduced = Reduced::of(&Picture::rgb(&[9; 300 * 3], 300, 1).unwrap(), 100);
        assert_eq!(size(&reduced), [300, 1]);
    }
}
