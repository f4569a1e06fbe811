//! Photos of an activity (実施状況がわかる写真): proof of the day's work for the reports, in which nobody can be known.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{ActivityPhotoId, StaffCode};

/// The most of them in one part of a visit. A report shows a handful, and every checkpoint of the part carries all of
/// them once more.
pub const MOST_IN_A_PART: u32 = 20;

/// The largest file, in bytes. A reader takes no larger one.
pub const MOST_BYTES: u32 = 8 * 1024 * 1024;

/// What is known of an activity photo, beside the file: nothing about whoever was in the picture.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
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
