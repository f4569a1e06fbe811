//! The operations that are not matrices: windows, pools, sums, borders, sizes.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x8};

use super::ModelError;
use super::activation::Activation;
use super::graph::{Padding, Window};

const LANES: usize = 8;

/// How windows lie over a picture. Pairs are rows, columns.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub(super) from: [usize; 2],
    pub(super) to: [usize; 2],
    pub(super) window: [usize; 2],
    pub(super) stride: [usize; 2],
    /// Zeros above and to the left.
    pub(super) before: [usize; 2],
    pub(super) channels: usize,
}

impl Frame {
    pub(super) fn new(from: [usize; 3], to: [usize; 3], sides: [usize; 2], window: Window) -> Result<Self, ModelError> {
        let mut before = [0; 2];
        for axis in 0..2 {
            let (from, to, side, stride) = (from[axis], to[axis], sides[axis], window.stride[axis]);
            let whole = from.checked_sub(side).map_or(0, |rest| rest / stride + 1);
            let expected = if window.padding == Padding::Same { from.div_ceil(stride) } else { whole };
            if expected != to || to == 0 {
                return Err(ModelError::Shape);
            }
            before[axis] = ((to - 1) * stride + side).saturating_sub(from) / 2;
        }
        let [rows, columns, channels] = from;
        let (from, to) = ([rows, columns], [to[0], to[1]]);
        Ok(Self { from, to, window: sides, stride: window.stride, before, channels })
    }

    /// What one axis of the window at a place covers: places in the picture, with their places in the window.
    fn covered(&self, axis: usize, place: usize) -> impl Iterator<Item = (usize, usize)> + Clone + use<> {
        let (begin, before, from) = (place * self.stride[axis], self.before[axis], self.from[axis]);
        let inside = move |tap: usize| (begin + tap).checked_sub(before).filter(|at| *at < from).map(|at| (at, tap));
        (0..self.window[axis]).filter_map(inside)
    }

    /// The rows and the columns that the window of one result covers.
    pub(super) fn window_at(
        &self,
        place: usize,
    ) -> (impl Iterator<Item = (usize, usize)> + Clone + use<>, impl Iterator<Item = (usize, usize)> + Clone + use<>)
    {
        (self.covered(0, place / self.to[1]), self.covered(1, place % self.to[1]))
    }

    /// How many numbers a window has.
    pub(super) fn window_len(&self) -> usize {
        self.window[0] * self.window[1] * self.channels
    }

    /// Whether each window is one pixel, in order.
    pub(super) fn is_pixelwise(&self) -> bool {
        self.window == [1, 1] && self.stride == [1, 1]
    }

    /// Lays the windows of one row of results side by side.
    pub(super) fn lay_row(&self, from: &[f32], row: usize, windows: &mut [f32]) {
        let channels = self.channels;
        for (x, window) in windows.chunks_exact_mut(self.window_len()).enumerate() {
            window.fill(0.0);
            let mut columns = self.covered(1, x);
            let Some((first, tap)) = columns.next() else { continue };
            let count = 1 + columns.count();
            for (y, line) in self.covered(0, row) {
                let source = &from[(y * self.from[1] + first) * channels..][..count * channels];
                window[(line * self.window[1] + tap) * channels..][..count * channels].copy_from_slice(source);
            }
        }
    }
}

/// The largest number of each window.
pub(super) fn max_pool(level: Level, frame: &Frame, from: &[f32], to: &mut [f32]) {
    dispatch!(level, simd => pool(simd, frame, from, to, f32::NEG_INFINITY, |a, b| a.max(b), |a, b| a.max(b)));
}

/// The mean of each window, of what lies within the picture.
pub(super) fn average_pool(level: Level, frame: &Frame, from: &[f32], to: &mut [f32]) {
    dispatch!(level, simd => pool(simd, frame, from, to, 0.0, |a, b| a + b, |a, b| a + b));
    for (place, to) in to.chunks_exact_mut(frame.channels).enumerate() {
        let (rows, columns) = frame.window_at(place);
        let share = 1.0 / (rows.count() * columns.count()) as f32;
        to.iter_mut().for_each(|sum| *sum *= share);
    }
}

#[inline(always)]
fn pool<S: Simd>(
    simd: S,
    frame: &Frame,
    from: &[f32],
    to: &mut [f32],
    start: f32,
    many: impl Fn(f32x8<S>, f32x8<S>) -> f32x8<S>,
    one: impl Fn(f32, f32) -> f32,
) {
    let channels = frame.channels;
    to.fill(start);
    for (place, to) in to.chunks_exact_mut(channels).enumerate() {
        let (rows, columns) = frame.window_at(place);
        for (y, _) in rows {
            for (x, _) in columns.clone() {
                let from = &from[(y * frame.from[1] + x) * channels..][..channels];
                zip(simd, to, from, &many, &one);
            }
        }
    }
}

/// `to` becomes what a function makes of `to` and `from`.
#[inline(always)]
fn zip<S: Simd>(
    simd: S,
    to: &mut [f32],
    from: &[f32],
    many: impl Fn(f32x8<S>, f32x8<S>) -> f32x8<S>,
    one: impl Fn(f32, f32) -> f32,
) {
    let (to, to_rest) = to.as_chunks_mut::<LANES>();
    let (from, from_rest) = from.as_chunks::<LANES>();
    for (to, from) in to.iter_mut().zip(from) {
        many(f32x8::from_slice(simd, to), f32x8::from_slice(simd, from)).store_slice(to);
    }
    for (to, from) in to_rest.iter_mut().zip(from_rest) {
        *to = one(*to, *from);
    }
}

/// `to` += `from`, then the activation.
pub(super) fn add(level: Level, from: &[f32], to: &mut [f32], channels: usize, activation: &Activation) {
    dispatch!(level, simd => zip(simd, to, from, |a, b| a + b, |a, b| a + b));
    activate(level, to, channels, activation);
}

/// `to` *= `from`, then the activation.
pub(super) fn multiply(level: Level, from: &[f32], to: &mut [f32], channels: usize, activation: &Activation) {
    dispatch!(level, simd => zip(simd, to, from, |a, b| a * b, |a, b| a * b));
    activate(level, to, channels, activation);
}

/// Each channel of `to` times the one number that `scale` has for it.
pub(super) fn scale(level: Level, scale: &[f32], to: &mut [f32], activation: &Activation) {
    dispatch!(level, simd => for pixel in to.chunks_exact_mut(scale.len()) {
        zip(simd, pixel, scale, |a, b| a * b, |a, b| a * b);
    });
    activate(level, to, scale.len(), activation);
}

/// The activation alone.
pub(super) fn activate(level: Level, to: &mut [f32], channels: usize, activation: &Activation) {
    if !activation.is_none() {
        dispatch!(level, simd => activate_on(simd, to, channels, activation));
    }
}

#[inline(always)]
fn activate_on<S: Simd>(simd: S, to: &mut [f32], channels: usize, activation: &Activation) {
    for pixel in to.chunks_exact_mut(channels) {
        let (vectors, rest) = pixel.as_chunks_mut::<LANES>();
        let whole = vectors.len() * LANES;
        for (index, vector) in vectors.iter_mut().enumerate() {
            activation.of(simd, f32x8::from_slice(simd, vector), index * LANES).store_slice(vector);
        }
        for (index, value) in rest.iter_mut().enumerate() {
            *value = activation.of_one(*value, whole + index);
        }
    }
}

/// Where a smaller block of numbers lies in a larger one: four axes, from the outermost in.
pub(super) struct Border {
    pub(super) from: [usize; 4],
    pub(super) to: [usize; 4],
    pub(super) before: [usize; 4],
}

/// Zeros around.
pub(super) fn pad(border: &Border, from: &[f32], to: &mut [f32]) {
    let Border { from: [images, rows, columns, channels], to: size, before } = *border;
    to.fill(0.0);
    let mut lines = from.chunks_exact(channels);
    for image in 0..images {
        for row in 0..rows {
            for column in 0..columns {
                let place = ((image + before[0]) * size[1] + row + before[1]) * size[2] + column + before[2];
                if let Some(line) = lines.next() {
                    to[place * size[3] + before[3]..][..channels].copy_from_slice(line);
                }
            }
        }
    }
}

/// How a picture is made larger or smaller.
pub(super) struct Scaling {
    pub(super) from: [usize; 2],
    pub(super) to: [usize; 2],
    pub(super) channels: usize,
    pub(super) align_corners: bool,
    pub(super) half_pixel_centres: bool,
}

impl Scaling {
    /// Which two places of one axis a place is between, and how near it is to the second.
    fn between(&self, axis: usize, place: usize) -> (usize, usize, f32) {
        let (from, to) = (self.from[axis], self.to[axis]);
        let scale =
            if self.align_corners && to > 1 { (from - 1) as f32 / (to - 1) as f32 } else { from as f32 / to as f32 };
        let exact = if self.half_pixel_centres { (place as f32 + 0.5) * scale - 0.5 } else { place as f32 * scale };
        let floor = exact.floor();
        let first = floor.max(0.0) as usize;
        (first.min(from - 1), ((floor + 1.0).max(0.0) as usize).min(from - 1), exact - floor)
    }
}

/// Bilinear scaling.
pub(super) fn resize(level: Level, scaling: &Scaling, from: &[f32], to: &mut [f32]) {
    dispatch!(level, simd => resize_on(simd, scaling, from, to));
}

#[inline(always)]
fn resize_on<S: Simd>(simd: S, scaling: &Scaling, from: &[f32], to: &mut [f32]) {
    let (channels, columns) = (scaling.channels, scaling.from[1]);
    for (y, to) in to.chunks_exact_mut(scaling.to[1] * channels).enumerate() {
        let (top, bottom, down) = scaling.between(0, y);
        for (x, to) in to.chunks_exact_mut(channels).enumerate() {
            let (left, right, along) = scaling.between(1, x);
            let corner = |row: usize, column: usize| &from[(row * columns + column) * channels..][..channels];
            let shares = [(1.0 - down) * (1.0 - along), (1.0 - down) * along, down * (1.0 - along), down * along];
            let corners = [corner(top, left), corner(top, right), corner(bottom, left), corner(bottom, right)];
            mix(simd, to, corners, shares);
        }
    }
}

#[inline(always)]
fn mix<S: Simd>(simd: S, to: &mut [f32], corners: [&[f32]; 4], shares: [f32; 4]) {
    let (vectors, rest) = to.as_chunks_mut::<LANES>();
    let whole = vectors.len() * LANES;
    for (index, to) in vectors.iter_mut().enumerate() {
        let mut sum = f32x8::splat(simd, 0.0);
        for (corner, share) in corners.iter().zip(shares) {
            sum = f32x8::from_slice(simd, &corner[index * LANES..][..LANES]).mul_add(f32x8::splat(simd, share), sum);
        }
        sum.store_slice(to);
    }
    for (index, to) in rest.iter_mut().enumerate() {
        *to = corners.iter().zip(shares).map(|(corner, share)| corner[whole + index] * share).sum();
    }
}

/// Several tensors one behind the other along one axis.
pub(super) fn concatenate(parts: &[(&[f32], usize)], to: &mut [f32]) {
    let line: usize = parts.iter().map(|(_, len)| len).sum();
    let mut begin = 0;
    for (part, len) in parts {
        for (to, part) in to.chunks_exact_mut(line).zip(part.chunks_exact(*len)) {
            to[begin..begin + len].copy_from_slice(part);
        }
        begin += len;
    }
}

/// Puts the products of a transposed convolution whose windows do not overlap into their places: `products` has for each
/// pixel of one row the window's rows × columns × channels.
pub(super) fn spread_row(products: &[f32], window: [usize; 2], channels: usize, to: &mut [f32]) {
    let line = window[1] * channels;
    let width = to.len() / window[0];
    for (x, product) in products.chunks_exact(window[0] * line).enumerate() {
        for (row, part) in product.chunks_exact(line).enumerate() {
            to[row * width + x * line..][..line].copy_from_slice(part);
        }
    }
}
