//! What a tablet should have kept of a photo, worked out with the photo crate alone.

use homon_domain::case::Portrait;
use homon_domain::case_step::Doing;
use homon_domain::photo_exception::PhotoException;
use homon_domain::portrait_rules::{PhotoChecks, PortraitRules, PrintRules};
use homon_photo::check::{FaceInStill, check_still};
use homon_photo::crop::crop;
use homon_photo::face::Finders;
use homon_photo::finding::{Exception, Exceptions, Weight};
use homon_photo::measure::compression::jpeg_quality;
use homon_photo::profile::Profile;
use homon_photo::{FileRules, Upright, accept_portrait};
use homon_seal::Sha256Digest;

use crate::camera::Camera;
use crate::scenario::{Flaw, PhotoRecipe};

/// Takes the photos of a script again, and does with them what a tablet should.
pub(crate) struct Studio<'a> {
    camera: &'a Camera,
    /// None where there are only drawings.
    finders: Option<Finders>,
}

impl<'a> Studio<'a> {
    pub(crate) fn of(camera: &'a Camera) -> Self {
        let finders = if let Camera::Portraits(faces) = camera { Some(faces.finders()) } else { None };
        Self { camera, finders }
    }

    /// The facts of the photo that should be kept.
    ///
    /// # Panics
    /// When the photo should have been refused: the script is wrong then.
    pub(crate) fn portrait(
        &mut self,
        recipe: PhotoRecipe,
        flaw: Option<Flaw>,
        chosen: &[PhotoException],
        doing: Doing<'_>,
    ) -> Portrait {
        let jpeg = self.camera.photograph(recipe, flaw).expect("the photo can be taken");
        let profile = profile(&doing.programme.portrait);
        let Some(finders) = &mut self.finders else {
            let kept = accept_portrait(&jpeg, &profile.file).expect("the drawing is accepted");
            return facts(&kept.jpeg, [kept.width, kept.height], doing);
        };
        let picture = Upright::decode(&jpeg).expect("it is a JPEG");
        let mut check =
            |exceptions| check_still(finders, &picture.picture(), jpeg_quality(&jpeg), &profile, exceptions);
        let report = check(exceptions(chosen));
        assert!(report.is_good(), "the script's photo is refused: {:?}", report.findings);
        let FaceInStill { head, .. } = report.face.expect("a photo without findings shows a face");
        let cut =
            crop(&picture, &head, &profile.geometry, &profile.file).expect("the check has said that it can be cut");
        let is_noted = |exception: &&PhotoException| {
            report.findings.iter().any(|found| found.weight == Weight::Noted(in_photo(**exception)))
        };
        // Nothing rests on an exception without which the photo would be as good.
        let noted = chosen.iter().filter(is_noted).copied();
        let is_good_without = chosen.is_empty() || check(Exceptions::default()).is_good();
        let rests_on = if is_good_without { Vec::new() } else { noted.collect() };
        Portrait { checked: true, rests_on, ..facts(&cut.jpeg, [cut.width, cut.height], doing) }
    }
}

fn facts(jpeg: &[u8], [width, height]: [u32; 2], doing: Doing<'_>) -> Portrait {
    Portrait {
        sha256: Sha256Digest::of(jpeg).to_string(),
        bytes: u32::try_from(jpeg.len()).expect("a photo is small"),
        width,
        height,
        at: doing.at,
        checked: false,
        rests_on: Vec::new(),
    }
}

/// What the programmes of the scenarios ask: they name the rules of the file and nothing else.
fn profile(rules: &PortraitRules) -> Profile {
    assert_eq!(
        (rules.print, &rules.checks),
        (PrintRules::default(), &PhotoChecks::default()),
        "the programme asks more"
    );
    let PortraitRules { min_bytes, max_bytes, min_side, max_side, .. } = *rules;
    Profile { file: FileRules { min_bytes, max_bytes, min_side, max_side }, ..Profile::default() }
}

fn in_photo(exception: PhotoException) -> Exception {
    match exception {
        PhotoException::LyingDown => Exception::Lying,
        PhotoException::WheelchairOrTubes => Exception::AidsInView,
        PhotoException::EyesDoNotOpen => Exception::EyesDoNotOpen,
        PhotoException::HeadCovering { .. } => Exception::HeadCovering,
    }
}

fn exceptions(chosen: &[PhotoException]) -> Exceptions {
    let has = |wanted| chosen.iter().any(|chosen| in_photo(*chosen) == wanted);
    Exceptions {
        lying: has(Exception::Lying),
        aids_in_view: has(Exception::AidsInView),
        eyes_do_not_open: has(Exception::EyesDoNotOpen),
        head_covering: has(Exception::HeadCovering),
    }
}
