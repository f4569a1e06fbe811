//! A picture made smaller: each pixel the mean of a square of pixels.

use std::array;

use crate::picture::Picture;

/// A smaller copy of a picture.
pub(crate) struct Reduced {
    rgb: Vec<u8>,
    width: usize,
    height: usize,
    /// How many pixels, across and down, became one.
    pub(crate) scale: usize,
}

impl Reduced {
    /// As large as possible, but not longer on a side than `longest`. What is left over at the right and below is left
    /// out.
    pub(crate) fn of(picture: &Picture<'_>, longest: usize) -> Self {
        let side = picture.width().max(picture.height());
        // Of a strip so narrow that a square would not fit in it, nothing would be left.
        let scale = side.div_ceil(longest).min(picture.width()).min(picture.height()).max(1);
        let (width, height) = (picture.width() / scale, picture.height() / scale);
        let mut rgb = Vec::with_capacity(width * height * 3);
        let mut sums = vec![[0_u32; 3]; width];
        for y in 0..height {
            sums.fill([0; 3]);
            (y * scale..(y + 1) * scale).for_each(|row| add_row(&mut sums, picture, row, scale));
            let (area, half) = ((scale * scale) as u32, (scale * scale / 2) as u32);
            rgb.extend(sums.iter().flatten().map(|sum| ((sum + half) / area) as u8));
        }
        Self { rgb, width, height, scale }
    }

    /// As a picture.
    ///
    /// # Panics
    /// Never: it has all its pixels.
    pub(crate) fn picture(&self) -> Picture<'_> {
        Picture::rgb(&self.rgb, self.width, self.height).expect("it has all its pixels")
    }
}

fn add_row(sums: &mut [[u32; 3]], picture: &Picture<'_>, row: usize, scale: usize) {
    if let Some(bytes) = picture.rgb_row(row) {
        for (sum, pixels) in sums.iter_mut().zip(bytes.chunks_exact(scale * 3)) {
            for pixel in pixels.as_chunks::<3>().0 {
                *sum = array::from_fn(|channel| sum[channel] + u32::from(pixel[channel]));
            }
        }
        return;
    }
    for (column, sum) in sums.iter_mut().enumerate() {
        for x in column * scale..(column + 1) * scale {
            let pixel = picture.at(x, row);
            *sum = array::from_fn(|channel| sum[channel] + u32::from(pixel[channel]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{Plane, Rotation, Samples};

    #[test]
    fn each_pixel_is_the_mean_of_a_square() {
        let rgb: Vec<u8> = (0..7 * 5).flat_map(|place| [place, 2 * place, 200]).collect();
        let reduced = Reduced::of(&Picture::rgb(&rgb, 7, 5).unwrap(), 4);
        assert_eq!((reduced.width, reduced.height, reduced.scale), (3, 2, 2));
        // 0, 1, 7 and 8; twice as much; 200.
        assert_eq!(reduced.picture().at(0, 0), [4, 8, 200]);
    }

    #[test]
    fn a_turned_picture_is_reduced_as_it_is_looked_at() {
        let rgb: Vec<u8> = (0..8 * 4).flat_map(|place| [place, place, place]).collect();
        let plane = Plane { bytes: &rgb, row_stride: 24, pixel_stride: 3 };
        let turned = Picture::new(Samples::Rgb(plane), 8, 4, Rotation::Quarter).unwrap();
        let reduced = Reduced::of(&turned, 4);
        assert_eq!((reduced.width, reduced.height), (2, 4));
        let mean =
            [turned.at(0, 0), turned.at(1, 0), turned.at(0, 1), turned.at(1, 1)].map(|[red, _, _]| u32::from(red));
        assert_eq!(u32::from(reduced.picture().at(0, 0)[0]), (mean.iter().sum::<u32>() + 2) / 4);
    }

    #[test]
    fn a_strip_keeps_a_pixel() {
        let reduced = Reduced::of(&Picture::rgb(&[9; 300 * 3], 300, 1).unwrap(), 100);
        assert_eq!((reduced.width, reduced.height), (300, 1));
    }
}
