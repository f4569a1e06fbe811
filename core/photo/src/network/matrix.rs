//! A matrix of pixels by channels times a matrix of weights: the inside of every convolution.
//!
//! The weights are laid out when the file is read, in columns of sixteen outputs, so that a run reads them in order. Four
//! pixels at a time are multiplied: their sums stay in registers, and each weight that is read is used four times.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x8, f32x16};

use super::activation::Activation;

/// Outputs that are computed side by side.
pub(super) const WIDE: usize = 16;
const NARROW: usize = 8;
/// Pixels that are computed side by side.
const ROWS: usize = 4;

/// Weights and bias of `outputs` sums over `inputs` numbers.
pub(super) struct Weights {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    /// Columns of [`WIDE`] outputs, each `inputs` rows long; the last one of [`NARROW`] where that is enough. What is
    /// beyond the outputs is zero.
    columns: Vec<f32>,
    bias: Vec<f32>,
}

impl Weights {
    /// From rows of `inputs` weights, one row for each output.
    pub(super) fn new(rows: &[f32], bias: &[f32], inputs: usize) -> Self {
        let outputs = bias.len();
        let mut columns = Vec::with_capacity((outputs + WIDE) * inputs);
        let mut first = 0;
        while first < outputs {
            let width = if outputs - first > NARROW { WIDE } else { NARROW };
            for input in 0..inputs {
                columns.extend(
                    (first..first + width).map(
                        |output| {
                            if output < outputs { rows[output * inputs + input] } else { 0.0 }
                        },
                    ),
                );
            }
            first += width;
        }
        let mut padded = bias.to_vec();
        padded.resize(outputs.next_multiple_of(NARROW).max(WIDE) + WIDE, 0.0);
        Self { inputs, outputs, columns, bias: padded }
    }

    /// `pixels` × `inputs` numbers to `pixels` × `outputs` numbers.
    pub(super) fn apply(&self, level: Level, from: &[f32], to: &mut [f32], activation: &Activation) {
        dispatch!(level, simd => multiply(simd, self, from, to, activation));
    }
}

#[inline(always)]
fn multiply<S: Simd>(simd: S, weights: &Weights, from: &[f32], to: &mut [f32], activation: &Activation) {
    let (inputs, outputs) = (weights.inputs, weights.outputs);
    let mut from = from.chunks_exact(inputs * ROWS);
    let mut to = to.chunks_exact_mut(outputs * ROWS);
    for (from, to) in from.by_ref().zip(to.by_ref()) {
        block::<S, ROWS>(simd, weights, from, to, activation);
    }
    for (from, to) in from.remainder().chunks_exact(inputs).zip(to.into_remainder().chunks_exact_mut(outputs)) {
        block::<S, 1>(simd, weights, from, to, activation);
    }
}

/// All outputs of a few pixels.
#[inline(always)]
fn block<S: Simd, const N: usize>(simd: S, weights: &Weights, from: &[f32], to: &mut [f32], activation: &Activation) {
    let inputs = weights.inputs;
    let pixels: [&[f32]; N] = std::array::from_fn(|pixel| &from[pixel * inputs..][..inputs]);
    let mut columns = &weights.columns[..];
    let mut first = 0;
    while first < weights.outputs {
        let width = if weights.outputs - first > NARROW { WIDE } else { NARROW };
        let (column, rest) = columns.split_at(width * inputs);
        let bias = &weights.bias[first..first + width];
        if width == WIDE {
            let sums = sums::<S, f32x16<S>, WIDE, N>(simd, &pixels, column, bias);
            store(simd, &sums, to, weights.outputs, first, activation);
        } else {
            let sums = sums::<S, f32x8<S>, NARROW, N>(simd, &pixels, column, bias);
            store(simd, &sums, to, weights.outputs, first, activation);
        }
        columns = rest;
        first += width;
    }
}

#[inline(always)]
fn sums<S: Simd, V: SimdFloat<S, Element = f32>, const W: usize, const N: usize>(
    simd: S,
    pixels: &[&[f32]; N],
    column: &[f32],
    bias: &[f32],
) -> [V; N] {
    let mut sums = [V::from_slice(simd, bias); N];
    let column = column.as_chunks::<W>().0;
    let inputs = column.len();
    // So that the compiler knows that no index below is out of bounds.
    let pixels = pixels.map(|pixel| &pixel[..inputs]);
    for (input, weights) in column.iter().enumerate() {
        let weights = V::from_slice(simd, weights);
        for (sum, pixel) in sums.iter_mut().zip(&pixels) {
            *sum = weights.mul_add(V::splat(simd, pixel[input]), *sum);
        }
    }
    sums
}

#[inline(always)]
fn store<S: Simd, V: SimdFloat<S, Element = f32>, const N: usize>(
    simd: S,
    sums: &[V; N],
    to: &mut [f32],
    outputs: usize,
    first: usize,
    activation: &Activation,
) {
    let width = V::LEN.min(outputs - first);
    for (sum, pixel) in sums.iter().zip(to.chunks_exact_mut(outputs)) {
        let value = activation.of(simd, *sum, first);
        let to = &mut pixel[first..first + width];
        if width == V::LEN {
            value.store_slice(to);
        } else {
            to.copy_from_slice(&value.as_slice()[..width]);
        }
    }
}
