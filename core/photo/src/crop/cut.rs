//! Taking a frame's pixels out of a picture.

use std::array;

use image::{RgbImage, imageops};

use crate::crop::frame::Frame;

/// As they are when the frame stands upright, otherwise computed by cubic convolution (Catmull-Rom), which keeps edges as
/// sharp as they were.
pub(super) fn cut(picture: &RgbImage, frame: &Frame) -> RgbImage {
    if frame.angle == 0.0 {
        let (left, top) = (frame.origin.x.max(0.0) as u32, frame.origin.y.max(0.0) as u32);
        return imageops::crop_imm(picture, left, top, frame.width, frame.height).to_image();
    }
    let weights = weights();
    let mut pixels = Vec::with_capacity(frame.width as usize * frame.height as usize * 3);
    for y in 0..frame.height {
        for x in 0..frame.width {
            let at = frame.place(x as f32, y as f32);
            pixels.extend(between(picture, &weights, at.x, at.y));
        }
    }
    RgbImage::from_raw(frame.width, frame.height, pixels).expect("three samples for each pixel")
}

/// Places between two pixels that are told apart.
const PHASES: usize = 64;
/// A weight of 1.
const ONE: i32 = 1 << 11;

/// For each place between two pixels, the weights of the two before and the two behind it.
fn weights() -> [[i32; 4]; PHASES] {
    array::from_fn(|phase| {
        let t = phase as f32 / PHASES as f32;
        let cubic = [
            ((-0.5 * t + 1.0) * t - 0.5) * t,
            (1.5 * t - 2.5) * t * t + 1.0,
            ((-1.5 * t + 2.0) * t + 0.5) * t,
            (0.5 * t - 0.5) * t * t,
        ];
        let mut weights = cubic.map(|weight| (weight * ONE as f32).round() as i32);
        // Rounding must not make flat areas darker or lighter.
        weights[1] += ONE - weights.iter().sum::<i32>();
        weights
    })
}

fn between(picture: &RgbImage, weights: &[[i32; 4]; PHASES], x: f32, y: f32) -> [u8; 3] {
    let (width, height) = (picture.width() as i32, picture.height() as i32);
    let fixed = |place: f32| (place * PHASES as f32).round() as i32;
    let whole = |fixed: i32| fixed.div_euclid(PHASES as i32);
    let phase = |fixed: i32| fixed.rem_euclid(PHASES as i32) as usize;
    let (x, y) = (fixed(x), fixed(y));
    let (across, down) = (&weights[phase(x)], &weights[phase(y)]);
    let (left, top) = (whole(x) - 1, whole(y) - 1);
    // Beyond the border the nearest pixel stands.
    let columns: [usize; 4] = array::from_fn(|index| (left + index as i32).clamp(0, width - 1) as usize * 3);
    let stride = width as usize * 3;
    let mut sums = [0i32; 3];
    for (index, vertical) in down.iter().enumerate() {
        let row = &picture.as_raw()[(top + index as i32).clamp(0, height - 1) as usize * stride..][..stride];
        let mut along = [0i32; 3];
        for (column, weight) in columns.iter().zip(across) {
            let pixel = &row[*column..*column + 3];
            along.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += weight * i32::from(*value));
        }
        sums.iter_mut().zip(along).for_each(|(sum, along)| *sum += vertical * ((along + 8) >> 4));
    }
    // Two weights of 2^11, of which 2^4 are gone already.
    sums.map(|sum| ((sum + (1 << 17)) >> 18).clamp(0, 255) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Point;
    use image::Rgb;

    #[test]
    fn flat_areas_stay_as_they_are_and_slopes_stay_straight() {
        let frame = Frame { origin: Point::new(40.3, 20.7), angle: 0.2, width: 60, height: 50, face: 34.0, above: 4.0 };
        for shade in [0, 1, 127, 254, 255] {
            let flat = RgbImage::from_pixel(200, 200, Rgb([shade; 3]));
            assert!(cut(&flat, &frame).iter().all(|value| *value == shade));
        }
        let slope = RgbImage::from_fn(200, 200, |x, y| Rgb([x as u8, y as u8, 90]));
        for (x, y, pixel) in cut(&slope, &frame).enumerate_pixels() {
            let at = frame.place(x as f32, y as f32);
            assert!((f32::from(pixel[0]) - at.x).abs() < 0.6 && (f32::from(pixel[1]) - at.y).abs() < 0.6);
        }
    }

    #[test]
    fn an_upright_frame_is_copied() {
        let picture = RgbImage::from_fn(90, 80, |x, y| Rgb([x as u8, y as u8, (x * y) as u8]));
        let frame = Frame { origin: Point::new(7.0, 9.0), angle: 0.0, width: 35, height: 45, face: 34.0, above: 4.0 };
        let part = cut(&picture, &frame);
        assert!(part.enumerate_pixels().all(|(x, y, pixel)| pixel == picture.get_pixel(x + 7, y + 9)));
    }
}
