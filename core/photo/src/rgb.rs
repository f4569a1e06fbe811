//! Rows of red, green and blue of our own, which are read often.

use std::array;

use crate::picture::Picture;

/// A picture of our own.
pub(crate) struct Pixels {
    rgb: Vec<u8>,
    width: usize,
    height: usize,
}

/// A weight of 1 between two pixels.
const ONE: i32 = 256;

impl Pixels {
    /// Rows of red, green and blue without gaps. What does not fill a row is not looked at.
    pub(crate) fn new(rgb: Vec<u8>, width: usize) -> Self {
        let height = rgb.len() / 3 / width.max(1);
        Self { rgb, width, height }
    }

    /// As a picture.
    ///
    /// # Panics
    /// When it has no pixel at all.
    pub(crate) fn picture(&self) -> Picture<'_> {
        Picture::rgb(&self.rgb, self.width, self.height).expect("it has all its pixels")
    }

    /// Width and height.
    pub(crate) fn size(&self) -> [f32; 2] {
        [self.width as f32, self.height as f32]
    }

    /// Pixel by pixel, row by row.
    pub(crate) fn all(&self) -> &[[u8; 3]] {
        self.rgb.as_chunks().0
    }

    /// Between the four pixels around a place, as [`Picture::between`] has it to within a step, and several times as
    /// fast.
    pub(crate) fn between(&self, x: f32, y: f32) -> [u8; 3] {
        let fixed = |place: f32, len: usize| ((place * ONE as f32) as i32).clamp(0, (len as i32 - 1) * ONE);
        let (x, y) = (fixed(x, self.width), fixed(y, self.height));
        let (column, row) = ((x / ONE) as usize, (y / ONE) as usize);
        let (along, down) = (x % ONE, y % ONE);
        let right = usize::from(along > 0) * 3;
        let below = usize::from(down > 0) * self.width * 3;
        let at = (row * self.width + column) * 3;
        let pixel = |at: usize| -> [i32; 3] { array::from_fn(|channel| i32::from(self.rgb[at + channel])) };
        let corners = [pixel(at), pixel(at + right), pixel(at + below), pixel(at + below + right)];
        array::from_fn(|channel| {
            let [a, b, c, d] = corners.map(|corner| corner[channel]);
            let (above, under) = (a * ONE + (b - a) * along, c * ONE + (d - c) * along);
            ((above * ONE + (under - above) * down + ONE * ONE / 2) / (ONE * ONE)) as u8
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_pixels_it_is_as_for_any_picture() {
        let pixels = Pixels::new((0..7 * 5 * 3).map(|value| (value * 37 % 256) as u8).collect(), 7);
        for place in 0..400_u16 {
            let (x, y) = (f32::from(place % 20) * 0.43 - 1.0, f32::from(place / 20) * 0.31 - 1.0);
            let exact = pixels.picture().between(x, y);
            for (found, exact) in pixels.between(x, y).into_iter().zip(exact) {
                assert!((f32::from(found) - exact).abs() < 2.0, "at {x}, {y}: {found} instead of {exact}");
            }
        }
    }
}
