//! Who looks at photos: a thread of its own, so that the one that writes is never kept from writing by pixels.
//!
//! It works on one photo at a time, so that memory is bounded whatever is asked for at once. Pixels live in memory only.

use std::sync::Arc;

use homon_domain::photo_exception::PhotoException;
use homon_domain::portrait_rules::PortraitRules;
use homon_photo::activity::{ActivityFinders, ActivityModelsError, Proposed};
use homon_photo::check::{FaceInStill, check_still};
use homon_photo::crop::{self, CropRefused};
use homon_photo::face::{Finders, ModelFiles, ModelsError};
use homon_photo::measure::compression::jpeg_quality;
use homon_photo::profile::Profile;
use homon_photo::same::Appearance;
use homon_photo::{AcceptedPhoto, PhotoRefused, Upright, accept_portrait};
use zeroize::Zeroizing;

use crate::activity_photos::Draft;
use crate::desk::Desk;
use crate::error::{Error, Field, Refusal, Result, Rule};
use crate::photo_report::{CheckExtent, PortraitReport};
use crate::photo_rules::{exceptions, profile};
use crate::worker::Sender;

/// The models of faces, as the platform has them in the app: the files by content.
#[derive(Clone)]
pub struct PhotoModels {
    /// `face_detection_short_range.tflite`.
    pub detector: Arc<[u8]>,
    /// `face_landmark.tflite`.
    pub landmarks: Arc<[u8]>,
    /// `selfie_segmentation.tflite`.
    pub segmentation: Arc<[u8]>,
    /// `seeta_fd_frontal_v1.0.bin`, the second detector for photos of an activity.
    pub frontal: Arc<[u8]>,
}

impl PhotoModels {
    pub(crate) fn files(&self) -> ModelFiles<'_> {
        ModelFiles { detector: &self.detector, landmarks: &self.landmarks, segmentation: &self.segmentation }
    }
}

/// What is asked of one portrait.
pub(crate) struct Asked {
    profile: Profile,
    exceptions: Vec<PhotoException>,
}

impl Asked {
    pub(crate) fn of(rules: &PortraitRules, exceptions: Vec<PhotoException>) -> Self {
        Self { profile: profile(rules), exceptions }
    }
}

/// A portrait that may be stored.
pub(crate) struct Taken {
    pub(crate) jpeg: Zeroizing<Vec<u8>>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether the picture was checked and cut to measure.
    pub(crate) checked: bool,
    /// The exceptions under which it is taken.
    pub(crate) rests_on: Vec<PhotoException>,
}

/// What came of looking at a portrait; without a photo when something decides against it.
pub(crate) struct Examined {
    pub(crate) report: PortraitReport,
    pub(crate) taken: Option<Taken>,
}

impl Examined {
    /// The photo, or what decides against it.
    pub(crate) fn into_taken(self) -> Result<Taken> {
        let findings = self.report.deciding().collect();
        self.taken.ok_or(Error::FixInput { field: Field::Photo, rule: Rule::PhotoFindings(findings) })
    }
}

/// What the thread owns.
pub(crate) struct Studio {
    /// The one writer. It outlives this thread.
    pub(crate) desk: Sender<Desk>,
    models: Option<PhotoModels>,
    /// Read when the first photo comes, and then kept with the memory that they work in.
    finders: Option<Result<Finders, ModelsError>>,
    /// The photo of an activity at which a person looks.
    pub(crate) draft: Option<Draft>,
}

impl Studio {
    pub(crate) fn new(desk: Sender<Desk>, models: Option<PhotoModels>) -> Self {
        Self { desk, models, finders: None, draft: None }
    }

    /// Looks at a portrait. What is no portrait file at all is an error; what the picture lacks stands in the report.
    pub(crate) fn examine(&mut self, jpeg: &[u8], asked: &Asked) -> Result<Examined> {
        let finders = match self.finders() {
            Ok(finders) => finders,
            Err(extent) => return of_file(jpeg, asked, extent),
        };
        let picture = Upright::decode(jpeg)?;
        let exceptions = exceptions(&asked.exceptions);
        let seen = check_still(finders, &picture.picture(), jpeg_quality(jpeg), &asked.profile, exceptions);
        let report = PortraitReport::of_picture(&seen, &asked.profile, &asked.exceptions);
        if !report.is_acceptable() {
            return Ok(Examined { report, taken: None });
        }
        let cut = seen.face.map_or(Ok(None), |face| cut(&picture, &face, &asked.profile))?;
        // Whose face cannot be read, and need not be, is photographed as well as it goes.
        let taken = cut.map_or_else(|| uncut(jpeg, &picture, asked), Ok)?;
        let rests_on = report.rests_on();
        Ok(Examined { report, taken: Some(Taken { rests_on, ..taken }) })
    }

    /// Looks for the faces in a photo of an activity. Its detectors are read for each photo anew: there are few of them,
    /// and reading takes a moment beside looking.
    pub(crate) fn propose(&self, jpeg: &[u8]) -> Result<Proposed> {
        let models = self.models.as_ref().ok_or(Refusal::NoPhotoModels)?;
        let mut finders = ActivityFinders::read(&models.detector, &models.frontal)?;
        Ok(Proposed::find(jpeg, &mut finders)?)
    }

    fn finders(&mut self) -> Result<&mut Finders, CheckExtent> {
        let Some(models) = &self.models else { return Err(CheckExtent::NoModels) };
        let finders = self.finders.get_or_insert_with(|| read(models));
        finders.as_mut().map_err(|_| CheckExtent::ModelsDamaged)
    }
}

/// Reads the models for one who looks.
fn read(models: &PhotoModels) -> Result<Finders, ModelsError> {
    Finders::read(models.files()).inspect_err(|error| tracing::error!(%error, "a model cannot be used"))
}

/// Without models the file alone is checked.
fn of_file(jpeg: &[u8], asked: &Asked, extent: CheckExtent) -> Result<Examined> {
    Ok(Examined { report: PortraitReport::of_file(extent), taken: Some(whole(jpeg, asked)?) })
}

/// The picture as it came, if its file keeps the rules.
fn whole(jpeg: &[u8], asked: &Asked) -> Result<Taken> {
    let AcceptedPhoto { jpeg, width, height, .. } = accept_portrait(jpeg, &asked.profile.file)?;
    Ok(Taken { jpeg: Zeroizing::new(jpeg), width, height, checked: false, rests_on: Vec::new() })
}

/// The picture as it came, or as much smaller as the rules for its file ask: it need not be taken again for that.
fn uncut(jpeg: &[u8], picture: &Upright, asked: &Asked) -> Result<Taken> {
    whole(jpeg, asked).or_else(|_| {
        let (jpeg, [width, height]) = crop::uncut(picture, &asked.profile.file)?;
        Ok(Taken { jpeg: Zeroizing::new(jpeg), width, height, checked: false, rests_on: Vec::new() })
    })
}

/// The photo cut to measure. Why it cannot be stands in the report already: the check asks the same question.
fn cut(picture: &Upright, face: &FaceInStill, profile: &Profile) -> Result<Option<Taken>> {
    match crop::crop(picture, &face.head, &profile.geometry, &profile.file) {
        Ok(cut) => {
            let (width, height) = (cut.width, cut.height);
            let jpeg = Zeroizing::new(cut.jpeg);
            Ok(Some(Taken { jpeg, width, height, checked: true, rests_on: Vec::new() }))
        }
        Err(CropRefused::File(refused)) => Err(refused.into()),
        Err(_) => Ok(None),
    }
}

impl From<ModelsError> for Error {
    fn from(error: ModelsError) -> Self {
        tracing::error!(%error, "a model cannot be used");
        Refusal::PhotoModelsDamaged.into()
    }
}

impl From<ActivityModelsError> for Error {
    fn from(error: ActivityModelsError) -> Self {
        tracing::error!(%error, "a model cannot be used");
        Refusal::PhotoModelsDamaged.into()
    }
}

/// What the stored photo looks like from afar.
pub(crate) fn appearance(jpeg: &[u8]) -> Result<Appearance, PhotoRefused> {
    Ok(Appearance::of(&Upright::decode(jpeg)?.picture()))
}
