//! Activity photos (実施状況がわかる写真): proof of the work in which no face can be known.
//!
//! What the detectors find is a proposal. Only a person sees who is still to be covered, so an anonymised photo comes
//! out of [`Proposed::confirm`] and from nowhere else, and the photo as it was taken is never written.

mod cover;
mod find;
mod merge;
mod tiles;

use std::fmt;

use crate::activity::tiles::LONGEST_SIDE;
use crate::geometry::Bounds;
use crate::pixels;
use crate::portrait::PhotoRefused;
use crate::upright::Upright;

pub use find::{ActivityFinders, ActivityModelsError, find_faces};

/// Who found a face.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FoundBy {
    /// BlazeFace, in a part of the picture.
    BlazeFace,
    /// SeetaFace.
    SeetaFace,
    /// Both of them.
    Both,
    /// A person who looked at the picture.
    Person,
}

/// Where a face is, from brow to chin and from cheek to cheek. More than that is covered.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FaceBox {
    /// In pixels of [`Proposed::photo`].
    pub bounds: Bounds,
    /// Who found it.
    pub found_by: FoundBy,
}

/// The area is not in the picture, or is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the area does not lie in the picture: draw it again")]
pub struct NotInPicture;

/// A photo with what is going to be covered, as long as a person looks at it.
pub struct Proposed {
    photo: Upright,
    faces: Vec<FaceBox>,
    texts: Vec<Bounds>,
}

impl fmt::Debug for Proposed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proposed({} faces, {} areas of text)", self.faces.len(), self.texts.len())
    }
}

impl Proposed {
    /// Finds the faces in a photo. It is made smaller first, to 2,048 pixels on its longer side: nothing is kept, shown or
    /// covered that the detectors have not looked at.
    ///
    /// # Errors
    /// [`PhotoRefused`] when the file is no photo that can be decoded.
    pub fn find(jpeg: &[u8], finders: &mut ActivityFinders) -> Result<Self, PhotoRefused> {
        let photo = Upright::decode(jpeg)?.at_most(LONGEST_SIDE as u32);
        let faces = find_faces(finders, &photo.picture());
        Ok(Self { photo, faces, texts: Vec::new() })
    }

    /// The photo as it was taken, upright and no larger than it will be kept, for the screen.
    #[must_use]
    pub fn photo(&self) -> &Upright {
        &self.photo
    }

    /// The photo as it would be, for the screen.
    #[must_use]
    pub fn preview(&self) -> Upright {
        let mut photo = self.photo.clone();
        cover::cover(&mut photo.pixels, &self.faces, &self.texts);
        photo
    }

    /// The file that [`Proposed::confirm`] would give now, for the person who is to say whether anybody can be known.
    ///
    /// # Errors
    /// As [`Proposed::confirm`].
    pub fn preview_jpeg(&self) -> Result<Vec<u8>, PhotoRefused> {
        pixels::encode_within(&self.preview().pixels.into(), LARGEST_FILE)
    }

    /// The faces to be covered.
    #[must_use]
    pub fn faces(&self) -> &[FaceBox] {
        &self.faces
    }

    /// Name plates, forms and whatever else can be read, to be covered.
    #[must_use]
    pub fn texts(&self) -> &[Bounds] {
        &self.texts
    }

    /// Adds a face that the detectors have not seen.
    ///
    /// # Errors
    /// [`NotInPicture`].
    pub fn add_face(&mut self, bounds: Bounds) -> Result<(), NotInPicture> {
        self.faces.push(FaceBox { bounds: self.within(bounds)?, found_by: FoundBy::Person });
        Ok(())
    }

    /// Takes away what is no face. Nothing where there is no such number.
    pub fn remove_face(&mut self, number: usize) -> Option<FaceBox> {
        (number < self.faces.len()).then(|| self.faces.remove(number))
    }

    /// Adds an area in which something can be read.
    ///
    /// # Errors
    /// [`NotInPicture`].
    pub fn add_text(&mut self, bounds: Bounds) -> Result<(), NotInPicture> {
        self.texts.push(self.within(bounds)?);
        Ok(())
    }

    /// Takes an area away. Nothing where there is no such number.
    pub fn remove_text(&mut self, number: usize) -> Option<Bounds> {
        (number < self.texts.len()).then(|| self.texts.remove(number))
    }

    /// Covers what was proposed, once a person has looked at the whole picture and says that nobody can be known.
    ///
    /// # Errors
    /// [`PhotoRefused::TooManyBytes`] when the result is larger than [`LARGEST_FILE`], which no photo of a camera is.
    pub fn confirm(&self) -> Result<Confirmed, PhotoRefused> {
        let (width, height) = (self.photo.width(), self.photo.height());
        Ok(Confirmed { jpeg: self.preview_jpeg()?, width, height, faces: self.faces.len(), texts: self.texts.len() })
    }

    /// As much of the area as lies in the picture.
    fn within(&self, bounds: Bounds) -> Result<Bounds, NotInPicture> {
        let (width, height) = (self.photo.width() as f32, self.photo.height() as f32);
        let Bounds { left, top, .. } = bounds;
        let (right, bottom) = ((left + bounds.width).min(width), (top + bounds.height).min(height));
        let (left, top) = (left.max(0.0), top.max(0.0));
        let inside = Bounds { left, top, width: right - left, height: bottom - top };
        let drawn = [bounds.left, bounds.top, bounds.width, bounds.height].iter().all(|number| number.is_finite());
        if drawn && inside.width >= 1.0 && inside.height >= 1.0 { Ok(inside) } else { Err(NotInPicture) }
    }
}

/// An anonymised photo on which a person has looked.
#[derive(Clone, PartialEq, Eq)]
pub struct Confirmed {
    jpeg: Vec<u8>,
    width: u32,
    height: u32,
    faces: usize,
    texts: usize,
}

impl fmt::Debug for Confirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { jpeg, width, height, faces, texts } = self;
        write!(f, "Confirmed({} bytes, {width}×{height}, {faces} faces, {texts} areas of text)", jpeg.len())
    }
}

impl Confirmed {
    /// The file: a JPEG without any metadata.
    #[must_use]
    pub fn jpeg(&self) -> &[u8] {
        &self.jpeg
    }

    /// The file, given away.
    #[must_use]
    pub fn into_jpeg(self) -> Vec<u8> {
        self.jpeg
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// How many faces were covered.
    #[must_use]
    pub fn faces(&self) -> usize {
        self.faces
    }

    /// How many areas of text were covered.
    #[must_use]
    pub fn texts(&self) -> usize {
        self.texts
    }
}

/// The largest file that comes out, in bytes: more than a picture of that size needs.
pub const LARGEST_FILE: u32 = 8 * 1024 * 1024;

#[cfg(test)]
mod tests;
