//! Whether two photos are the same shot: the same file again, or the same frame compressed or cut anew.
//!
//! A perceptual hash says what a picture looks like from afar. It knows nothing of faces: two shots of one person differ,
//! and it cannot be used to find a person. It is computed and kept inside the encrypted file only.

use std::fmt;

use crate::picture::Picture;

/// What a picture looks like from afar, in 64 bits: the signs of the lowest frequencies of its luminance.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Appearance(u64);

/// It tells something about a photo, so it is not shown.
impl fmt::Debug for Appearance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Appearance(…)")
    }
}

/// The side of the small picture that is transformed.
const SIDE: usize = 32;
/// The lowest frequencies across and down that count.
const LOWEST: usize = 8;
/// Of 64 bits, so many may differ between two copies of one shot. Unlike pictures differ in some 32.
const SAME_SHOT: u32 = 10;

impl Appearance {
    /// Of a picture.
    #[must_use]
    pub fn of(picture: &Picture<'_>) -> Self {
        let frequencies = lowest_frequencies(&small(picture));
        let mut sorted = frequencies;
        sorted.sort_by(f32::total_cmp);
        let middle = (sorted[31] + sorted[32]) / 2.0;
        let bit = |(place, value): (usize, &f32)| u64::from(*value > middle) << place;
        Self(frequencies.iter().enumerate().map(bit).sum())
    }

    /// From how it was stored.
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// How it is stored.
    #[must_use]
    pub fn bits(self) -> u64 {
        self.0
    }

    /// In how many of 64 bits two pictures differ.
    #[must_use]
    pub fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// Whether both are copies of one shot.
    #[must_use]
    pub fn is_same_shot(self, other: Self) -> bool {
        self.distance(other) <= SAME_SHOT
    }
}

/// The picture's luminance in 32×32 means. Its shape does not matter.
fn small(picture: &Picture<'_>) -> [[f32; SIDE]; SIDE] {
    let mut small = [[0.0; SIDE]; SIDE];
    for (row, cells) in small.iter_mut().enumerate() {
        for (column, cell) in cells.iter_mut().enumerate() {
            *cell = mean(picture, column, row);
        }
    }
    small
}

/// Of at most sixteen by sixteen pixels spread over the cell: all that a bit of this hash can tell.
fn mean(picture: &Picture<'_>, column: usize, row: usize) -> f32 {
    const SPREAD: usize = 16;
    let places = |index: usize, side: usize| {
        let (from, until) = (index * side / SIDE, ((index + 1) * side / SIDE).max(index * side / SIDE + 1));
        let count = (until - from).min(SPREAD);
        (0..count).map(move |place| (from + place * (until - from) / count).min(side - 1))
    };
    let (mut sum, mut count) = (0u32, 0u32);
    for y in places(row, picture.height()) {
        for x in places(column, picture.width()) {
            let [r, g, b] = picture.at(x, y).map(u32::from);
            sum += 299 * r + 587 * g + 114 * b;
            count += 1000;
        }
    }
    sum as f32 / count.max(1) as f32
}

/// The discrete cosine transform (type II) without the mean and its neighbours along the borders: frequencies 1 to 8.
fn lowest_frequencies(small: &[[f32; SIDE]; SIDE]) -> [f32; LOWEST * LOWEST] {
    let wave = |frequency: usize, place: usize| {
        ((frequency + 1) as f32 * (place as f32 + 0.5) * std::f32::consts::PI / SIDE as f32).cos()
    };
    let waves: [[f32; SIDE]; LOWEST] =
        std::array::from_fn(|frequency| std::array::from_fn(|place| wave(frequency, place)));
    let dot = |wave: &[f32; SIDE], values: &[f32; SIDE]| wave.iter().zip(values).map(|(a, b)| a * b).sum::<f32>();
    let rows: [[f32; SIDE]; LOWEST] = std::array::from_fn(|f| std::array::from_fn(|row| dot(&waves[f], &small[row])));
    std::array::from_fn(|place| dot(&waves[place / LOWEST], &rows[place % LOWEST]))
}
