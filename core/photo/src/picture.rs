//! Pictures that are looked at where they lie: camera planes or rows of RGB, turned as they are held.

use std::array;

/// How far a picture is to be turned clockwise to stand upright.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Rotation {
    /// It stands upright.
    #[default]
    None,
    /// A quarter clockwise.
    Quarter,
    /// Upside down.
    Half,
    /// A quarter counter-clockwise.
    ThreeQuarters,
}

/// One plane of a camera frame.
#[derive(Clone, Copy)]
pub struct Plane<'a> {
    /// The samples.
    pub bytes: &'a [u8],
    /// Bytes from one row to the next.
    pub row_stride: usize,
    /// Bytes from one sample to the next: 2 where two planes are woven into each other.
    pub pixel_stride: usize,
}

/// How colours are stored.
#[derive(Clone, Copy)]
pub enum Samples<'a> {
    /// Red, green and blue, one behind the other.
    Rgb(Plane<'a>),
    /// Luma, and chroma at half the rows and half the columns, as Android's `YUV_420_888` and iOS's bi-planar full-range
    /// frames have it: BT.601, full range (JFIF).
    Yuv420 {
        /// Luma.
        y: Plane<'a>,
        /// Blue-difference chroma.
        u: Plane<'a>,
        /// Red-difference chroma.
        v: Plane<'a>,
    },
}

/// A picture in someone else's memory. Nothing of it is copied.
#[derive(Clone, Copy)]
pub struct Picture<'a> {
    samples: Samples<'a>,
    /// As stored.
    stored: [usize; 2],
    rotation: Rotation,
}

/// The planes are shorter than the picture that they should hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the planes of the frame do not hold a picture of that size")]
pub struct NotAPicture;

/// Nothing longer on a side is looked at.
const LONGEST_SIDE: usize = 16_384;

impl<'a> Picture<'a> {
    /// A picture of `width` × `height` pixels as stored.
    ///
    /// # Errors
    /// [`NotAPicture`] when a plane is too short or the size is absurd.
    pub fn new(samples: Samples<'a>, width: usize, height: usize, rotation: Rotation) -> Result<Self, NotAPicture> {
        let sane = (1..=LONGEST_SIDE).contains(&width) && (1..=LONGEST_SIDE).contains(&height);
        let holds = |plane: Plane<'a>, width: usize, height: usize, bytes: usize| {
            let last = (height - 1).checked_mul(plane.row_stride)?.checked_add((width - 1) * plane.pixel_stride)?;
            (plane.pixel_stride >= 1 && plane.pixel_stride <= 8 && last.checked_add(bytes)? <= plane.bytes.len())
                .then_some(())
        };
        let whole = sane
            && match samples {
                Samples::Rgb(plane) => plane.pixel_stride >= 3 && holds(plane, width, height, 3).is_some(),
                Samples::Yuv420 { y, u, v } => {
                    let (across, down) = (width.div_ceil(2), height.div_ceil(2));
                    holds(y, width, height, 1).is_some()
                        && [u, v].iter().all(|plane| holds(*plane, across, down, 1).is_some())
                }
            };
        if whole { Ok(Self { samples, stored: [width, height], rotation }) } else { Err(NotAPicture) }
    }

    /// Rows of RGB without gaps, upright.
    ///
    /// # Errors
    /// [`NotAPicture`] when there are fewer bytes than that.
    pub fn rgb(bytes: &'a [u8], width: usize, height: usize) -> Result<Self, NotAPicture> {
        let row_stride = width.checked_mul(3).ok_or(NotAPicture)?;
        Self::new(Samples::Rgb(Plane { bytes, row_stride, pixel_stride: 3 }), width, height, Rotation::None)
    }

    /// Width in pixels, upright.
    #[must_use]
    pub fn width(&self) -> usize {
        self.stored[usize::from(self.is_lying())]
    }

    /// Height in pixels, upright.
    #[must_use]
    pub fn height(&self) -> usize {
        self.stored[usize::from(!self.is_lying())]
    }

    fn is_lying(&self) -> bool {
        matches!(self.rotation, Rotation::Quarter | Rotation::ThreeQuarters)
    }

    /// A row of red, green and blue, where the picture is stored in such rows and upright.
    #[must_use]
    pub(crate) fn rgb_row(&self, y: usize) -> Option<&'a [u8]> {
        match (self.samples, self.rotation) {
            (Samples::Rgb(Plane { bytes, row_stride, pixel_stride: 3 }), Rotation::None) => {
                bytes.get(y * row_stride..)?.get(..self.stored[0] * 3)
            }
            _ => None,
        }
    }

    /// Where a place of the upright picture is stored.
    fn stored_at(&self, x: usize, y: usize) -> [usize; 2] {
        let [width, height] = self.stored;
        match self.rotation {
            Rotation::None => [x, y],
            Rotation::Quarter => [y, height - 1 - x],
            Rotation::Half => [width - 1 - x, height - 1 - y],
            Rotation::ThreeQuarters => [width - 1 - y, x],
        }
    }

    /// Red, green, blue at a place of the upright picture, which must lie in it.
    #[must_use]
    pub fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let [x, y] = self.stored_at(x, y);
        match self.samples {
            Samples::Rgb(plane) => {
                let at = y * plane.row_stride + x * plane.pixel_stride;
                array::from_fn(|channel| plane.bytes[at + channel])
            }
            Samples::Yuv420 { y: luma, u, v } => {
                let sample =
                    |plane: Plane<'_>, x: usize, y: usize| plane.bytes[y * plane.row_stride + x * plane.pixel_stride];
                let y_value = i32::from(sample(luma, x, y));
                let (u, v) = (i32::from(sample(u, x / 2, y / 2)) - 128, i32::from(sample(v, x / 2, y / 2)) - 128);
                // ITU-T T.871 (JFIF), in 1/65536.
                let red = y_value * 65536 + 91881 * v;
                let green = y_value * 65536 - 22554 * u - 46802 * v;
                let blue = y_value * 65536 + 116_130 * u;
                [red, green, blue].map(|value| ((value + 32768) >> 16).clamp(0, 255) as u8)
            }
        }
    }

    /// Between the four pixels around a place, the centre of the first pixel being (0, 0). Beyond the border the nearest
    /// pixel stands.
    #[must_use]
    pub fn between(&self, x: f32, y: f32) -> [f32; 3] {
        let (left, top) = (x.floor(), y.floor());
        let (along, down) = (x - left, y - top);
        let column = |place: f32| (place.max(0.0) as usize).min(self.width() - 1);
        let row = |place: f32| (place.max(0.0) as usize).min(self.height() - 1);
        let (left, right, top, bottom) = (column(left), column(left + 1.0), row(top), row(top + 1.0));
        let corners = [self.at(left, top), self.at(right, top), self.at(left, bottom), self.at(right, bottom)];
        let shares = [(1.0 - along) * (1.0 - down), along * (1.0 - down), (1.0 - along) * down, along * down];
        array::from_fn(|channel| {
            corners.iter().zip(shares).map(|(corner, share)| f32::from(corner[channel]) * share).sum()
        })
    }
}
