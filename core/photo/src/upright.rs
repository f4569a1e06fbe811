//! Photos decoded to look at: upright, in sRGB, as rows of red, green and blue.

use std::fmt;

use image::imageops::{self, FilterType};
use image::{DynamicImage, RgbImage};

use crate::colour::{self, Colours};
use crate::picture::Picture;
use crate::portrait::{self, PhotoRefused};
use crate::{complete, pixels, segments};

/// A photo as it is looked at. It lives in memory only: nothing here writes it.
#[derive(Clone, PartialEq)]
pub struct Upright {
    pub(crate) pixels: RgbImage,
    colours: Colours,
}

impl fmt::Debug for Upright {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upright({}×{})", self.width(), self.height())
    }
}

impl Upright {
    /// Decodes a JPEG. It is turned as the camera noted and converted to sRGB as its profile says.
    ///
    /// # Errors
    /// [`PhotoRefused`] for what is no whole JPEG in black-and-white or colours, or has more pixels than a tablet can
    /// decode. No file rule is asked about: see [`crate::accept_portrait`].
    pub fn decode(jpeg: &[u8]) -> Result<Self, PhotoRefused> {
        portrait::check_input(jpeg)?;
        let stripped = segments::strip(jpeg, portrait::check_decodable)?;
        complete::check(&stripped.jpeg)?;
        let mut picture = pixels::decode(&stripped)?;
        let orientation = stripped.orientation;
        let colours = colour::to_srgb(&mut picture, stripped.profile);
        let pixels = match pixels::turned(picture, orientation) {
            DynamicImage::ImageRgb8(pixels) => pixels,
            grey => grey.into_rgb8(),
        };
        Ok(Self { pixels, colours })
    }

    /// From rows of red, green and blue without gaps; nothing when there are more or fewer bytes than that.
    #[must_use]
    pub fn from_rgb(rgb: Vec<u8>, width: u32, height: u32) -> Option<Self> {
        let exact = rgb.len() as u64 == u64::from(width) * u64::from(height) * 3 && width > 0 && height > 0;
        let pixels = if exact { RgbImage::from_raw(width, height, rgb)? } else { return None };
        Some(Self { pixels, colours: Colours::AsStored })
    }

    /// The same with its longer side no longer than `longest`. Pixels that a smaller picture has not are gone.
    pub(crate) fn at_most(self, longest: u32) -> Self {
        let (width, height) = self.pixels.dimensions();
        let side = width.max(height);
        if side <= longest {
            return self;
        }
        let part = |length: u32| (u64::from(length) * u64::from(longest) / u64::from(side)).max(1) as u32;
        let pixels = imageops::resize(&self.pixels, part(width), part(height), FilterType::Triangle);
        Self { pixels, ..self }
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.pixels.width()
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.pixels.height()
    }

    /// What was done about its colour profile.
    #[must_use]
    pub fn colours(&self) -> Colours {
        self.colours
    }

    /// Rows of red, green and blue without gaps.
    #[must_use]
    pub fn rgb(&self) -> &[u8] {
        &self.pixels
    }

    /// The same for the finders, not copied.
    ///
    /// # Panics
    /// Never: the pixels are as many as width and height say.
    #[must_use]
    pub fn picture(&self) -> Picture<'_> {
        Picture::rgb(&self.pixels, self.width() as usize, self.height() as usize).expect("it has all its pixels")
    }
}
