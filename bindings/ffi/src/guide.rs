//! Guidance before the camera. Synchronous, so that a frame is looked at where the camera put it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use homon_app::model::{CaseId, PartNumber, VisitId};
use homon_app::{Guidance, Picture, Plane, Result, Rotation, Samples};

use crate::guarded;
use crate::homon::Homon;
use crate::types::ids::not_ours;

/// How a frame lies in memory: `YUV_420_888` of Android, or a bi-planar full-range frame of iOS, whose second plane is
/// handed over twice, the second time from its second byte on.
#[derive(Clone, Copy, uniffi::Record)]
pub struct Frame {
    /// Pixels across, as stored.
    pub width: u32,
    /// Pixels down, as stored.
    pub height: u32,
    /// Bytes from one row of luma to the next.
    pub y_row_stride: u32,
    /// Bytes from one row of chroma to the next.
    pub chroma_row_stride: u32,
    /// Bytes from one sample of chroma to the next: 1, or 2 where both are interleaved.
    pub chroma_pixel_stride: u32,
    /// How the picture has to be turned to stand upright.
    pub rotation: Rotation,
    /// The time of the frame, on any clock that only goes forward.
    pub at: Duration,
}

/// The case whose resident sits before the camera.
#[derive(Clone, Copy, uniffi::Record)]
pub struct CaseRef {
    /// The visit.
    pub visit: VisitId,
    /// The part.
    pub part: PartNumber,
    /// The case.
    pub case: CaseId,
}

/// Watches the frames of one camera, one after the other, on the thread on which the camera gives them.
#[derive(uniffi::Object)]
pub struct Guide(Mutex<homon_app::Guide>);

#[uniffi::export]
impl Guide {
    /// Looks at a frame where it lies, and says the one most useful thing. Nothing of it is copied or kept. In Kotlin the
    /// three are direct byte buffers at position 0, as the camera has them, up to their limit; of any other give a `slice()`.
    ///
    /// # Errors
    /// `HomonError::Internal` when the planes do not hold a picture of that size.
    pub fn check_frame(&self, frame: Frame, y: &[u8], u: &[u8], v: &[u8]) -> Result<Guidance> {
        guarded(|| {
            let Frame { width, height, y_row_stride, chroma_row_stride, chroma_pixel_stride, rotation, at } = frame;
            let chroma = |bytes| plane(bytes, chroma_row_stride, chroma_pixel_stride);
            let samples = Samples::Yuv420 { y: plane(y, y_row_stride, 1), u: chroma(u), v: chroma(v) };
            let picture =
                Picture::new(samples, width as usize, height as usize, rotation).map_err(|_| not_ours("Frame"))?;
            Ok(self.lock().check_frame(&picture, at))
        })
    }

    /// Forgets what was seen: another person sits down.
    ///
    /// # Errors
    /// `HomonError::Internal`.
    pub fn begin_again(&self) -> Result<()> {
        guarded(|| {
            self.lock().begin_again();
            Ok(())
        })
    }
}

impl Guide {
    /// What a panic left is memory to work in, and written over by the next frame.
    fn lock(&self) -> std::sync::MutexGuard<'_, homon_app::Guide> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn plane(bytes: &[u8], row_stride: u32, pixel_stride: u32) -> Plane<'_> {
    Plane { bytes, row_stride: row_stride as usize, pixel_stride: pixel_stride as usize }
}

#[uniffi::export]
impl Homon {
    /// A guide for a resident, who is not asked for what an exception of their case explains; or for nobody yet.
    /// `still_scale` is how many pixels of the still there are for each pixel of a frame, across.
    ///
    /// # Errors
    /// `Refusal::NoPhotoModels`, `Refusal::PhotoModelsDamaged`; `Refusal::NoSuchCase`, `Refusal::NoSuchVisit`,
    /// `HomonError::SignInAgain`.
    pub async fn guide(&self, resident: Option<CaseRef>, still_scale: f32) -> Result<Arc<Guide>> {
        let case = resident.map(|CaseRef { visit, part, case }| (visit, part, case));
        let guide = self.ask(|homon| async move { homon.guide(case, still_scale).await }).await?;
        Ok(Arc::new(Guide(Mutex::new(guide))))
    }
}
