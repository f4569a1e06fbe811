//! A convolution of each channel with weights of its own.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x8};

use super::activation::Activation;
use super::simple::Frame;

/// Channels that are computed side by side.
const LANES: usize = 8;

/// A window of weights for each channel.
pub(super) struct Depthwise {
    pub(super) frame: Frame,
    /// Window rows × window columns × channels.
    pub(super) weights: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Depthwise {
    /// `zeros` is a row of the input, all zero: what lies above and below the picture.
    pub(super) fn apply(&self, level: Level, from: &[f32], to: &mut [f32], zeros: &[f32], activation: &Activation) {
        match self.frame.window {
            [3, 3] => dispatch!(level, simd => rows::<_, 3, 9>(simd, self, from, to, zeros, activation)),
            [5, 5] => dispatch!(level, simd => rows::<_, 5, 25>(simd, self, from, to, zeros, activation)),
            _ => self.any(from, to, activation),
        }
    }

    /// Without any trick: windows that none of the networks has, and fewer than eight channels.
    pub(super) fn any(&self, from: &[f32], to: &mut [f32], activation: &Activation) {
        let frame = &self.frame;
        let channels = frame.channels;
        for (place, to) in to.chunks_exact_mut(channels).enumerate() {
            let (rows, columns) = frame.window_at(place);
            for (channel, to) in to.iter_mut().enumerate() {
                let mut sum = self.bias[channel];
                for (y, row) in rows.clone() {
                    for (x, column) in columns.clone() {
                        let weight = self.weights[(row * frame.window[1] + column) * channels + channel];
                        sum += from[(y * frame.from[1] + x) * channels + channel] * weight;
                    }
                }
                *to = activation.of_one(sum, channel);
            }
        }
    }
}

/// Row by row, eight channels at a time.
#[inline(always)]
fn rows<S: Simd, const SIDE: usize, const TAPS: usize>(
    simd: S,
    this: &Depthwise,
    from: &[f32],
    to: &mut [f32],
    zeros: &[f32],
    activation: &Activation,
) {
    let frame = &this.frame;
    if frame.channels < LANES {
        return this.any(from, to, activation);
    }
    let width = frame.from[1] * frame.channels;
    for (y, to) in to.chunks_exact_mut(frame.to[1] * frame.channels).enumerate() {
        let lines: [&[f32]; SIDE] = std::array::from_fn(|row| {
            let above = (y * frame.stride[0] + row).checked_sub(frame.before[0]);
            above.filter(|line| *line < frame.from[0]).map_or(&zeros[..width], |line| &from[line * width..][..width])
        });
        let mut channel = 0;
        while channel < frame.channels {
            // The last eight channels overlap with those before where the number is not a multiple.
            let first = channel.min(frame.channels - LANES);
            row::<S, SIDE, TAPS>(simd, this, &lines, to, first, activation);
            channel += LANES;
        }
    }
}

/// Eight channels of one row.
#[inline(always)]
fn row<S: Simd, const SIDE: usize, const TAPS: usize>(
    simd: S,
    this: &Depthwise,
    lines: &[&[f32]; SIDE],
    to: &mut [f32],
    first: usize,
    activation: &Activation,
) {
    let (frame, channels) = (&this.frame, this.frame.channels);
    let weights: [f32x8<S>; TAPS] =
        std::array::from_fn(|tap| f32x8::from_slice(simd, &this.weights[tap * channels + first..][..LANES]));
    let bias = f32x8::from_slice(simd, &this.bias[first..first + LANES]);
    for (x, to) in to.chunks_exact_mut(channels).enumerate() {
        let left = (x * frame.stride[1]).checked_sub(frame.before[1]);
        let mut sum = bias;
        if let Some(left) = left.filter(|left| left + SIDE <= frame.from[1]) {
            let (begin, len) = (left * channels + first, (SIDE - 1) * channels + LANES);
            // Column by column, as XNNPACK adds them: the rounding is then the same.
            let lines = lines.map(|line| &line[begin..begin + len]);
            for column in 0..SIDE {
                for (row, line) in lines.iter().enumerate() {
                    let values = f32x8::from_slice(simd, &line[column * channels..][..LANES]);
                    sum = values.mul_add(weights[row * SIDE + column], sum);
                }
            }
        } else {
            for column in 0..SIDE {
                let place = (x * frame.stride[1] + column).checked_sub(frame.before[1]);
                let Some(place) = place.filter(|place| *place < frame.from[1]) else { continue };
                for (row, line) in lines.iter().enumerate() {
                    let values = f32x8::from_slice(simd, &line[place * channels + first..][..LANES]);
                    sum = values.mul_add(weights[row * SIDE + column], sum);
                }
            }
        }
        activation.of(simd, sum, first).store_slice(&mut to[first..first + LANES]);
    }
}
