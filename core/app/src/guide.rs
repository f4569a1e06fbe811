//! Guidance before the camera: what to say about this frame, for this resident, under this programme.

use std::time::Duration;

use homon_domain::ids::{CaseId, PartNumber, VisitId};
use homon_photo::live::{self, Guidance};
use homon_photo::picture::Picture;

use crate::cases::stored_case;
use crate::error::{Refusal, Result};
use crate::homon::Homon;
use crate::photo_rules::live_limits;
use crate::portraits::chosen;

/// Watches the frames of one camera, one after the other.
///
/// Everything of it is synchronous and works in its own memory: it is for the thread on which the camera gives its frames.
pub struct Guide {
    guide: live::Guide,
}

impl Guide {
    /// Looks at a frame where it lies, and says the one most useful thing. `at` is the time of the frame on any clock that
    /// only goes forward.
    pub fn check_frame(&mut self, frame: &Picture<'_>, at: Duration) -> Guidance {
        self.guide.check_frame(frame, at)
    }

    /// Forgets what was seen: another person sits down.
    pub fn begin_again(&mut self) {
        self.guide.begin_again();
    }
}

impl Homon {
    /// A guide for a resident, who is not asked for what an exception of their case explains; or for nobody yet.
    /// `still_scale` is how many pixels of the still there are for each pixel of a frame, across.
    ///
    /// # Errors
    /// [`Refusal::NoPhotoModels`], [`Refusal::PhotoModelsDamaged`]; [`Refusal::NoSuchCase`], [`Refusal::NoSuchVisit`],
    /// [`crate::Error::SignInAgain`].
    pub async fn guide(&self, case: Option<(VisitId, PartNumber, CaseId)>, still_scale: f32) -> Result<Guide> {
        let limits = self
            .worker
            .run(move |desk| {
                let exceptions = match case {
                    Some((visit, part, case)) => chosen(&stored_case(desk, (visit, part), case)?),
                    None => Vec::new(),
                };
                Ok(live_limits(&desk.session()?.programme().portrait, &exceptions, still_scale))
            })
            .await?;
        let models = self.platform.photo_models.clone().ok_or(Refusal::NoPhotoModels)?;
        let guide = move || Ok(Guide { guide: live::Guide::new(models.files(), limits)? });
        self.on_its_own_thread(guide).await
    }
}
