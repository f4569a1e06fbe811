//! Guidance while a person sits before the camera: the one most useful thing to say about this frame, and when to take the
//! photo.
//!
//! [`Guide::check_frame`] looks at one frame at a time where it lies and answers at once. What it says does not flicker: a
//! hint stays until it has been settled by a margin, and another one must have been true for a while before it is shown.

mod frame;
mod steady;

use std::time::Duration;

use crate::crop::CropGeometry;
use crate::face::{Finders, ModelFiles, ModelsError};
use crate::geometry::Bounds;
use crate::picture::Picture;

use frame::Seen;
use steady::Steady;

/// What to do next, the most pressing first: nothing below is worth saying before what is above it is settled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Hint {
    /// No face is in the picture: point the camera at the person.
    FindFace,
    /// There is more than one face: the photo shows one person only.
    OnePersonOnly,
    /// The face is too small.
    MoveCloser,
    /// The face is too large, or the photo would be cut off above and below.
    MoveBack,
    /// Point the camera further to the left.
    AimLeft,
    /// Point the camera further to the right.
    AimRight,
    /// Point the camera higher.
    AimUp,
    /// Point the camera lower.
    AimDown,
    /// The face is too dark: light from the front.
    MoreLight,
    /// The face is too bright.
    LessLight,
    /// One side of the face is in the shade: light from the front.
    LightFromFront,
    /// The head is turned or nodded: look at the camera.
    LookHere,
    /// The head is tilted.
    HoldHeadUpright,
    /// The eyes are not open.
    OpenEyes,
    /// The mouth is open.
    CloseMouth,
    /// Something is behind the person.
    PlainBackground,
    /// All is well, and something still moves.
    HoldStill,
    /// All has been well for a while: take the photo now.
    Ready,
}

/// From when on something is said. A limit that is `None` is never spoken of: the exceptions for people who cannot sit,
/// open their eyes or hold their head make use of it.
#[derive(Clone, PartialEq, Debug)]
pub struct LiveLimits {
    /// The print: where it would leave the frame, the guide says how to aim, and how near to be. Its tolerances are not
    /// used up here, so that the still has them left.
    pub geometry: CropGeometry,
    /// Height of the photo, as a share of the frame's height.
    pub least_height: f32,
    /// Pixels between the eyes in the still, at least.
    pub least_inter_eye_distance: f32,
    /// Pixels of the still for each pixel of the frame.
    pub still_scale: f32,
    /// Linear luminance of the face, 0 to 1: darkest and brightest.
    pub luminance: Option<[f32; 2]>,
    /// Luminance of the darker cheek as a share of the brighter one's.
    pub cheeks: Option<f32>,
    /// Greatest yaw and pitch in degrees.
    pub turn: Option<[f32; 2]>,
    /// Greatest roll in degrees.
    pub tilt: Option<f32>,
    /// Smallest gap between the lids, as a share of the distance from the eyes to the chin.
    pub eyes: Option<f32>,
    /// Greatest gap between the lips, likewise.
    pub mouth: Option<f32>,
    /// Greatest mean step of luminance (0 to 255) between neighbouring places behind the person.
    pub background: Option<f32>,
    /// Greatest movement of the eyes from frame to frame, as a share of the distance between them.
    pub movement: f32,
}

impl Default for LiveLimits {
    fn default() -> Self {
        Self {
            geometry: CropGeometry::default(),
            least_height: 0.45,
            least_inter_eye_distance: 90.0,
            still_scale: 1.0,
            luminance: Some([0.06, 0.75]),
            cheeks: Some(0.45),
            turn: Some([12.0, 18.0]),
            tilt: Some(8.0),
            eyes: Some(0.035),
            mouth: Some(0.18),
            background: Some(9.0),
            movement: 0.05,
        }
    }
}

/// What there is to say about a frame.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Guidance {
    /// The one thing to say.
    pub hint: Hint,
    /// The face, in pixels of the upright frame, for a frame around it on the screen.
    pub face: Option<Bounds>,
    /// What the photo would show, likewise.
    pub photo: Option<Bounds>,
}

/// Watches frames, one after the other.
pub struct Guide {
    finders: Finders,
    limits: LiveLimits,
    steady: Steady,
    seen: Seen,
}

impl Guide {
    /// Reads the models.
    ///
    /// # Errors
    /// [`ModelsError`] names the one that is damaged or another file.
    pub fn new(files: ModelFiles<'_>, limits: LiveLimits) -> Result<Self, ModelsError> {
        Ok(Self { finders: Finders::read(files)?, limits, steady: Steady::default(), seen: Seen::default() })
    }

    /// Looks at a frame. `at` is the time of the frame on any clock that only goes forward.
    pub fn check_frame(&mut self, frame: &Picture<'_>, at: Duration) -> Guidance {
        self.seen.look(&mut self.finders, frame);
        let shown = self.steady.shown();
        let wanted = self.seen.hint(frame, &self.limits, shown);
        let hint = self.steady.settle(wanted, at);
        Guidance { hint, face: self.seen.face(), photo: self.seen.photo(&self.limits.geometry) }
    }

    /// Forgets what was seen: another person sits down.
    pub fn begin_again(&mut self) {
        self.steady = Steady::default();
        self.seen = Seen::default();
    }
}
