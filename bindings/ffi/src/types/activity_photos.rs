//! Photos of an activity: what is going to be covered, and what was stored.

use chrono::{DateTime, Utc};
use homon_app::model::{ActivityPhoto, ActivityPhotoId, StaffCode};
use homon_app::{ActivityDraft, AreaKind, AreaMark, Bounds, CoveredArea, FoundBy};

/// A photo that is not confirmed yet, as a screen shows it. Nothing of it is stored.
#[uniffi::remote(Record)]
pub struct ActivityDraft {
    /// What it will be called.
    pub photo: ActivityPhotoId,
    /// Width of the upright picture in which the areas lie, in pixels. A screen draws the camera's own bytes, upright, at
    /// whatever size, and the areas to the same scale.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// What is going to be covered.
    pub areas: Vec<CoveredArea>,
    /// Whether it can be confirmed: somebody was shown how it looks with these areas.
    pub previewed: bool,
}

/// An area that is going to be covered.
#[uniffi::remote(Record)]
pub struct CoveredArea {
    /// Which of the draft's. The number of an area that was taken away does not come back.
    pub number: u32,
    /// What is there.
    pub kind: AreaKind,
    /// Where. Of a face more is covered: the whole head.
    pub bounds: Bounds,
}

/// What is covered.
#[uniffi::remote(Enum)]
pub enum AreaKind {
    /// A face, and who found it.
    Face(FoundBy),
    /// A name plate, a form, or whatever else can be read.
    Text,
}

/// What a person marks.
#[uniffi::remote(Enum)]
pub enum AreaMark {
    /// A face that was not found.
    Face,
    /// Something that can be read.
    Text,
}

/// Who found a face.
#[uniffi::remote(Enum)]
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

/// What is known of an activity photo, beside the file: nothing about whoever was in the picture.
#[uniffi::remote(Record)]
pub struct ActivityPhoto {
    /// Which one. An identifier never comes back, also when its photo was deleted.
    pub id: ActivityPhotoId,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Size of the file, in bytes.
    pub bytes: u32,
    /// Width, in pixels.
    pub width: u32,
    /// Height, in pixels.
    pub height: u32,
    /// When the camera gave it, by the tablet's clock.
    pub taken_at: DateTime<Utc>,
    /// Who looked at it as it is, and said that nobody in it can be known.
    pub confirmed_by: StaffCode,
    /// How many faces were covered.
    pub faces: u32,
    /// How many other areas were covered, in which something could be read.
    pub texts: u32,
}
