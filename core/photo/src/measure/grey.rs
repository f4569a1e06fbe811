//! One number for each pixel, and the classical filters over it.

use std::sync::LazyLock;

use crate::measure::region::Region;

/// sRGB to linear light, 0 to 1.
static LINEAR: LazyLock<[f32; 256]> =
    LazyLock::new(|| std::array::from_fn(|value| linear(value as f64 / 255.0) as f32));

/// The inverse of the sRGB curve (IEC 61966-2-1), 0 to 1.
pub(crate) fn linear(value: f64) -> f64 {
    if value > 0.04045 { ((value + 0.055) / 1.055).powf(2.4) } else { value / 12.92 }
}

/// A picture in grey.
pub(crate) struct Grey {
    values: Vec<u8>,
    width: usize,
}

impl Grey {
    /// Rows of values.
    pub(crate) fn new(values: Vec<u8>, width: usize) -> Self {
        Self { values, width }
    }

    /// Luminance in linear light, 0 to 255 (ISO/IEC 29794-5).
    pub(crate) fn luminance(pixels: &[[u8; 3]], width: usize) -> Self {
        let table = &*LINEAR;
        let light = |[red, green, blue]: &[u8; 3]| {
            let [red, green, blue] = [red, green, blue].map(|value| table[usize::from(*value)]);
            ((0.2126 * red + 0.7152 * green + 0.0722 * blue) * 255.0 + 0.5) as u8
        };
        Self::new(pixels.iter().map(light).collect(), width)
    }

    /// Luma as it is stored (BT.601), 0 to 255: what the eye takes for brightness.
    pub(crate) fn luma(pixels: &[[u8; 3]], width: usize) -> Self {
        let luma = |[red, green, blue]: &[u8; 3]| {
            ((u32::from(*red) * 19595 + u32::from(*green) * 38470 + u32::from(*blue) * 7471 + 32768) >> 16) as u8
        };
        Self::new(pixels.iter().map(luma).collect(), width)
    }

    /// Pixels in a row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub(crate) fn height(&self) -> usize {
        self.values.len() / self.width
    }

    /// At a place, which must lie in the picture.
    pub(crate) fn at(&self, x: usize, y: usize) -> u8 {
        self.values[y * self.width + x]
    }

    /// At a place that may lie beyond the border, where the picture is mirrored without its border pixel.
    fn mirrored(&self, x: isize, y: isize) -> f32 {
        let fold = |place: isize, len: usize| {
            let (place, last) = (place.unsigned_abs(), len - 1);
            if place > last { (2 * last).saturating_sub(place) } else { place }
        };
        f32::from(self.at(fold(x, self.width()), fold(y, self.height())))
    }

    /// How many pixels of a region have each value.
    pub(crate) fn histogram(&self, region: &Region) -> [u32; 256] {
        let mut counts = [0; 256];
        for (y, span) in region.rows() {
            for value in &self.values[y * self.width..][span] {
                counts[usize::from(*value)] += 1;
            }
        }
        counts
    }

    /// The gradient across and down at a place: Sobel, three by three.
    pub(crate) fn sobel(&self, x: usize, y: usize) -> [f32; 2] {
        let (x, y) = (x as isize, y as isize);
        let at = |across: isize, down: isize| self.mirrored(x + across, y + down);
        let across = at(1, -1) - at(-1, -1) + 2.0 * (at(1, 0) - at(-1, 0)) + at(1, 1) - at(-1, 1);
        let down = at(-1, 1) - at(-1, -1) + 2.0 * (at(0, 1) - at(0, -1)) + at(1, 1) - at(1, -1);
        [across, down]
    }

    /// The second difference at a place, with the pixels that lie so far to the right and below and as far on the other
    /// side. Those across and down over one pixel make the Laplacian.
    pub(crate) fn bend(&self, x: usize, y: usize, [right, below]: [isize; 2]) -> f32 {
        let (x, y) = (x as isize, y as isize);
        self.mirrored(x - right, y - below) + self.mirrored(x + right, y + below) - 2.0 * self.mirrored(x, y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers below are OpenCV 5.1's for the same picture: `Sobel`, `Laplacian` with `ksize=1`, `calcHist` with a
    /// mask.
    fn picture() -> Grey {
        let value = |place: usize| ((place % 8 * 37 + place / 8 * 91 + (place % 8) * (place / 8) * 13) % 256) as u8;
        Grey::new((0..48).map(value).collect(), 8)
    }

    fn places() -> impl Iterator<Item = (usize, usize)> {
        (0..48).map(|place| (place % 8, place / 8))
    }

    #[test]
    fn the_gradient_is_that_of_opencv() {
        let grey = picture();
        for (x, y, gradient) in [(0, 0, [0.0, 0.0]), (3, 2, [-8.0, 16.0]), (4, 5, [-260.0, 0.0]), (0, 3, [0.0, -244.0])]
        {
            assert_eq!(grey.sobel(x, y), gradient);
        }
        let sum = |axis: usize| places().map(|(x, y)| grey.sobel(x, y)[axis].abs()).sum::<f32>();
        assert_eq!([sum(0), sum(1)], [5872.0, 5416.0]);
    }

    #[test]
    fn the_laplacian_is_that_of_opencv() {
        let grey = picture();
        let laplacian = |x, y| grey.bend(x, y, [1, 0]) + grey.bend(x, y, [0, 1]);
        for (x, y, value) in [(0, 0, 256.0), (7, 0, 802.0), (4, 5, 482.0), (7, 5, -56.0)] {
            assert_eq!(laplacian(x, y), value);
        }
        assert_eq!(places().map(|(x, y)| laplacian(x, y).abs()).sum::<f32>(), 16748.0);
    }

    #[test]
    fn the_histogram_is_that_of_opencv() {
        let corners = [(2.0, 1.0), (6.0, 1.0), (6.0, 3.0), (2.0, 3.0)].map(|(x, y)| crate::geometry::Point::new(x, y));
        let counts = picture().histogram(&Region::hull(&corners, 8, 6));
        let once = [35, 48, 52, 65, 85, 115, 135, 141, 169, 178, 191, 217, 245];
        assert!(once.iter().all(|value| counts[*value] == 1));
        assert_eq!((counts[241], counts.iter().sum::<u32>()), (2, 15));
    }

    #[test]
    fn luminance_and_luma_are_those_of_opencv() {
        // `COLOR_RGB2XYZ` of linear light, and `COLOR_RGB2GRAY`.
        let frozen = [
            ([224, 172, 150], 121.270, 185),
            ([141, 85, 60], 31.843, 99),
            ([80, 50, 40], 10.558, 58),
            ([120, 130, 200], 61.524, 135),
            ([10, 200, 30], 105.734, 124),
        ];
        for (pixel, light, luma) in frozen {
            let luminance = Grey::luminance(&[pixel], 1).at(0, 0);
            assert!((f64::from(luminance) - light).abs() <= 0.51, "{pixel:?}: {luminance}");
            assert_eq!(Grey::luma(&[pixel], 1).at(0, 0), luma);
        }
    }
}
