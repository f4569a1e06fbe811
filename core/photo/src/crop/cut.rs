//! Taking a frame's pixels out of a picture.

use std::array;

use fearless_simd::{Level, Simd, dispatch};
use image::{RgbImage, imageops};

use crate::crop::frame::Frame;

/// As they are when the frame stands upright, otherwise computed by cubic convolution (Catmull-Rom), which keeps edges as
/// sharp as they were.
pub(super) fn cut(picture: &RgbImage, frame: &Frame) -> RgbImage {
    if frame.angle == 0.0 {
        let (left, top) = (frame.origin.x.max(0.0) as u32, frame.origin.y.max(0.0) as u32);
        return imageops::crop_imm(picture, left, top, frame.width, frame.height).to_image();
    }
    dispatch!(Level::new(), simd => turned(simd, picture, frame))
}

/// Nothing in it but what a compiler makes vectors of, once it knows the processor.
#[inline(always)]
fn turned<S: Simd>(_: S, picture: &RgbImage, frame: &Frame) -> RgbImage {
    let weights = weights();
    let (sin, cos) = frame.angle.sin_cos();
    let mut cut = RgbImage::new(frame.width, frame.height);
    for (y, row) in cut.chunks_exact_mut(frame.width as usize * 3).enumerate() {
        let first = frame.place(0.0, y as f32);
        for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let along = x as f32;
            *pixel = between(picture, &weights, first.x + along * cos, first.y + along * sin);
        }
    }
    cut
}

/// Places between two pixels that are told apart.
const PHASES: usize = 64;

/// For each place between two pixels, the weights of the two before and the two behind it.
fn weights() -> [[f32; 4]; PHASES] {
    array::from_fn(|phase| {
        let t = phase as f32 / PHASES as f32;
        [
            ((-0.5 * t + 1.0) * t - 0.5) * t,
            (1.5 * t - 2.5) * t * t + 1.0,
            ((-1.5 * t + 2.0) * t + 0.5) * t,
            (0.5 * t - 0.5) * t * t,
        ]
    })
}

#[inline(always)]
fn between(picture: &RgbImage, weights: &[[f32; 4]; PHASES], x: f32, y: f32) -> [u8; 3] {
    // Frames reach no farther out than rounding does, so that a pixel more makes all places positive, and cutting off
    // is rounding down: without a call for each.
    let fixed = |place: f32| ((place + 1.0) * PHASES as f32 + 0.5) as i32;
    let whole = |fixed: i32| fixed / PHASES as i32 - 1;
    let phase = |fixed: i32| fixed as usize % PHASES;
    let (x, y) = (fixed(x).max(0), fixed(y).max(0));
    let (across, down) = (&weights[phase(x)], &weights[phase(y)]);
    // Down first: twelve samples beside each other are few steps for a processor.
    let mut columns = [0.0f32; 12];
    for (row, weight) in around(picture, whole(x) - 1, whole(y) - 1).iter().zip(down) {
        columns.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * f32::from(*value));
    }
    array::from_fn(|channel| {
        let sum: f32 = across.iter().enumerate().map(|(index, weight)| weight * columns[index * 3 + channel]).sum();
        (sum + 0.5) as u8
    })
}

/// Four rows of four pixels. Beyond the border the nearest pixel stands.
#[inline(always)]
fn around(picture: &RgbImage, left: i32, top: i32) -> [[u8; 12]; 4] {
    let (width, height) = (picture.width() as i32, picture.height() as i32);
    let (stride, samples) = (width as usize * 3, picture.as_raw());
    if left >= 0 && top >= 0 && left + 4 <= width && top + 4 <= height {
        let first = top as usize * stride + left as usize * 3;
        return array::from_fn(|row| {
            let at = first + row * stride;
            samples[at..at + 12].try_into().expect("twelve samples")
        });
    }
    let row = |index: usize| (top + index as i32).clamp(0, height - 1) as usize * stride;
    let column = |index: usize| (left + index as i32).clamp(0, width - 1) as usize * 3;
    array::from_fn(|y| array::from_fn(|sample| samples[row(y) + column(sample / 3) + sample % 3]))
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
