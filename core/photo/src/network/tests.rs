//! Each operation against plain loops over the same numbers.

use fearless_simd::Level;
use proptest::prelude::*;

use super::activation::Activation;
use super::depthwise::Depthwise;
use super::graph::{Curve, Padding, Window};
use super::matrix::{WIDE, Weights};
use super::simple::{self, Border, Frame, Scaling};
use super::*;

#[test]
fn what_is_no_model_is_said() {
    assert_eq!(Network::read(b"").err(), Some(ModelError::Malformed));
    assert_eq!(Network::read(b"\x00\x00\x00\x00TFL3").err(), Some(ModelError::Malformed));
    assert_eq!(Network::read(b"\xff\xff\xff\x7fTFL3").err(), Some(ModelError::Malformed));
    assert_eq!(Network::read(&[0; 4096]).err(), Some(ModelError::Malformed));
}

/// Numbers that look random and are the same in each run.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_add(1);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

fn assert_close(ours: &[f32], plain: &[f32]) {
    assert_eq!(ours.len(), plain.len());
    for (place, (ours, plain)) in ours.iter().zip(plain).enumerate() {
        assert!((ours - plain).abs() <= 1e-4 * plain.abs().max(1.0), "{place}: {ours} and not {plain}");
    }
}

fn activations(channels: usize) -> Vec<Activation> {
    let mut slopes = numbers(channels, 99);
    slopes.resize(channels + WIDE, 0.0);
    let curves = [Curve::Relu, Curve::Relu6, Curve::HardSwish, Curve::Logistic].map(Activation::Curve);
    [Activation::None, Activation::Prelu(slopes)].into_iter().chain(curves).collect()
}

fn frame(from: [usize; 2], side: usize, stride: usize, channels: usize) -> Option<Frame> {
    let window = Window { padding: Padding::Same, stride: [stride; 2] };
    let to = from.map(|side| side.div_ceil(stride));
    Frame::new([from[0], from[1], channels], [to[0], to[1], channels], [side; 2], window).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_matrix_is_multiplied(pixels in 1_usize..11, inputs in 1_usize..40, outputs in 1_usize..50, seed: u32) {
        let (rows, bias) = (numbers(outputs * inputs, seed), numbers(outputs, seed ^ 1));
        let (from, weights) = (numbers(pixels * inputs, seed ^ 2), Weights::new(&rows, &bias, inputs));
        for activation in activations(outputs) {
            let mut ours = vec![f32::NAN; pixels * outputs];
            weights.apply(Level::new(), &from, &mut ours, &activation);
            let plain: Vec<f32> = (0..pixels * outputs).map(|place| {
                let (pixel, output) = (&from[place / outputs * inputs..][..inputs], place % outputs);
                let products = pixel.iter().zip(&rows[output * inputs..]).map(|(number, weight)| number * weight);
                activation.of_one(bias[output] + products.sum::<f32>(), output)
            }).collect();
            assert_close(&ours, &plain);
        }
    }

    #[test]
    fn each_channel_has_its_window(
        rows in 1_usize..9, columns in 1_usize..9, side in prop_oneof![Just(3_usize), Just(5)], stride in 1_usize..3,
        channels in 1_usize..30, seed: u32,
    ) {
        let Some(frame) = frame([rows, columns], side, stride, channels) else { return Ok(()) };
        let (weights, bias) = (numbers(side * side * channels, seed), numbers(channels, seed ^ 1));
        let (from, zeros) = (numbers(rows * columns * channels, seed ^ 2), vec![0.0; columns * channels]);
        let depthwise = Depthwise { frame, weights, bias };
        for activation in activations(channels) {
            let len = frame.to[0] * frame.to[1] * channels;
            let (mut ours, mut plain) = (vec![f32::NAN; len], vec![f32::NAN; len]);
            depthwise.apply(Level::new(), &from, &mut ours, &zeros, &activation);
            depthwise.any(&from, &mut plain, &activation);
            assert_close(&ours, &plain);
        }
    }

    #[test]
    fn windows_are_pooled_and_laid_out(
        rows in 1_usize..8, columns in 1_usize..8, side in 1_usize..4, stride in 1_usize..3, channels in 1_usize..20, seed: u32,
    ) {
        let Some(frame) = frame([rows, columns], side, stride, channels) else { return Ok(()) };
        let from = &numbers(rows * columns * channels, seed)[..];
        let places = frame.to[0] * frame.to[1];
        let (mut largest, mut mean) = (vec![0.0; places * channels], vec![0.0; places * channels]);
        simple::max_pool(Level::new(), &frame, from, &mut largest);
        simple::average_pool(Level::new(), &frame, from, &mut mean);
        let mut windows = vec![f32::NAN; frame.to[1] * frame.window_len()];
        for place in 0..places {
            frame.lay_row(from, place / frame.to[1], &mut windows);
            let window = &windows[place % frame.to[1] * frame.window_len()..][..frame.window_len()];
            for channel in 0..channels {
                let (down, along) = frame.window_at(place);
                let inside: Vec<f32> = down
                    .flat_map(|(y, _)| along.clone().map(move |(x, _)| from[(y * columns + x) * channels + channel]))
                    .collect();
                let at = place * channels + channel;
                assert_eq!(largest[at], inside.iter().copied().fold(f32::NEG_INFINITY, f32::max));
                assert_close(&[mean[at]], &[inside.iter().sum::<f32>() / inside.len() as f32]);
                let laid: f32 = window.iter().skip(channel).step_by(channels).sum();
                assert_close(&[laid], &[inside.iter().sum()]);
            }
        }
    }

    #[test]
    fn sums_and_products_are_taken_place_by_place(pixels in 1_usize..9, channels in 1_usize..30, seed: u32) {
        let (a, b) = (numbers(pixels * channels, seed), numbers(pixels * channels, seed ^ 1));
        for activation in activations(channels) {
            let plain = |pair: fn(f32, f32) -> f32, other: &[f32]| -> Vec<f32> {
                let pairs = a.iter().zip(other.iter().cycle()).enumerate();
                pairs.map(|(place, (a, b))| activation.of_one(pair(*a, *b), place % channels)).collect()
            };
            let (mut sum, mut product, mut scaled) = (a.clone(), a.clone(), a.clone());
            simple::add(Level::new(), &b, &mut sum, channels, &activation);
            simple::multiply(Level::new(), &b, &mut product, channels, &activation);
            simple::scale(Level::new(), &b[..channels], &mut scaled, &activation);
            assert_close(&sum, &plain(|a, b| a + b, &b));
            assert_close(&product, &plain(|a, b| a * b, &b));
            assert_close(&scaled, &plain(|a, b| a * b, &b[..channels]));
        }
    }
}

#[test]
fn a_picture_is_made_larger_between_its_pixels() {
    let scaling = Scaling { from: [2, 2], to: [4, 4], channels: 1, align_corners: false, half_pixel_centres: true };
    let mut to = [0.0; 16];
    simple::resize(Level::new(), &scaling, &[0.0, 4.0, 8.0, 12.0], &mut to);
    assert_eq!(to[..4], [0.0, 1.0, 3.0, 4.0]);
    assert_eq!(to[4..8], [2.0, 3.0, 5.0, 6.0]);
    let corners = Scaling { align_corners: true, half_pixel_centres: false, ..scaling };
    simple::resize(Level::new(), &corners, &[0.0, 3.0, 6.0, 9.0], &mut to);
    assert_close(&to[..4], &[0.0, 1.0, 2.0, 3.0]);
    assert_close(&to[12..], &[6.0, 7.0, 8.0, 9.0]);
}

#[test]
fn borders_parts_and_blocks_go_to_their_places() {
    let border = Border { from: [1, 1, 2, 1], to: [1, 2, 3, 2], before: [0, 1, 0, 1] };
    let mut to = [9.0; 12];
    simple::pad(&border, &[1.0, 2.0], &mut to);
    assert_eq!(to, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 2.0, 0.0, 0.0]);
    let mut to = [0.0; 6];
    simple::concatenate(&[(&[1.0, 2.0], 1), (&[3.0, 4.0, 5.0, 6.0], 2)], &mut to);
    assert_eq!(to, [1.0, 3.0, 4.0, 2.0, 5.0, 6.0]);
    let mut to = [0.0; 8];
    simple::spread_row(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], [2, 2], 1, &mut to);
    assert_eq!(to, [1.0, 2.0, 5.0, 6.0, 3.0, 4.0, 7.0, 8.0]);
}
