//! What a programme asks of a portrait, in the words of `homon-photo`.

use homon_domain::photo_exception::PhotoException;
use homon_domain::portrait_rules::{PhotoMeasure, PhotoWeight, PortraitRules, PrintRules, ScoreLimits};
use homon_photo::FileRules;
use homon_photo::crop::CropGeometry;
use homon_photo::finding::{Exception, Exceptions, Finding, Side, Weight};
use homon_photo::live::LiveLimits;
use homon_photo::measure::Measure;
use homon_photo::profile::{Limits, Profile};

fn file_rules(rules: &PortraitRules) -> FileRules {
    FileRules {
        min_bytes: rules.min_bytes,
        max_bytes: rules.max_bytes,
        min_side: rules.min_side,
        max_side: rules.max_side,
    }
}

pub(crate) fn profile(rules: &PortraitRules) -> Profile {
    let checks = &rules.checks;
    let counting = PhotoMeasure::ALL.into_iter().filter(|measure| checks.limits(*measure).counts());
    let limits = |ScoreLimits { decides_below, warns_below }: ScoreLimits| Limits { decides_below, warns_below };
    Profile {
        geometry: geometry(&rules.print),
        file: file_rules(rules),
        limits: counting.map(|measure| (in_photo(measure), limits(checks.limits(measure)))).collect(),
        framing: weight(checks.framing),
        black_and_white: weight(checks.black_and_white),
    }
}

fn geometry(print: &PrintRules) -> CropGeometry {
    CropGeometry {
        width: print.width_mm.get() as f32,
        height: print.height_mm.get() as f32,
        face: print.face_mm.get() as f32,
        face_tolerance: print.face_tolerance_mm.get() as f32,
        above: print.above_mm.get() as f32,
        above_tolerance: print.above_tolerance_mm.get() as f32,
        aside_tolerance: print.aside_tolerance_mm.get() as f32,
    }
}

fn weight(weight: PhotoWeight) -> Weight {
    match weight {
        PhotoWeight::Decides => Weight::Decides,
        PhotoWeight::Warns => Weight::Warns,
        PhotoWeight::Informs => Weight::Informs,
    }
}

fn in_photo(measure: PhotoMeasure) -> Measure {
    match measure {
        PhotoMeasure::BackgroundUniformity => Measure::BackgroundUniformity,
        PhotoMeasure::IlluminationUniformity => Measure::IlluminationUniformity,
        PhotoMeasure::LuminanceMean => Measure::LuminanceMean,
        PhotoMeasure::LuminanceVariance => Measure::LuminanceVariance,
        PhotoMeasure::UnderExposurePrevention => Measure::UnderExposurePrevention,
        PhotoMeasure::OverExposurePrevention => Measure::OverExposurePrevention,
        PhotoMeasure::DynamicRange => Measure::DynamicRange,
        PhotoMeasure::NaturalColour => Measure::NaturalColour,
        PhotoMeasure::SingleFacePresent => Measure::SingleFacePresent,
        PhotoMeasure::EyesOpen => Measure::EyesOpen,
        PhotoMeasure::MouthClosed => Measure::MouthClosed,
        PhotoMeasure::InterEyeDistance => Measure::InterEyeDistance,
        PhotoMeasure::HeadSize => Measure::HeadSize,
        PhotoMeasure::LeftwardCropOfTheFaceImage => Measure::LeftwardCropOfTheFaceImage,
        PhotoMeasure::RightwardCropOfTheFaceImage => Measure::RightwardCropOfTheFaceImage,
        PhotoMeasure::MarginAboveOfTheFaceImage => Measure::MarginAboveOfTheFaceImage,
        PhotoMeasure::MarginBelowOfTheFaceImage => Measure::MarginBelowOfTheFaceImage,
        PhotoMeasure::HeadPoseYaw => Measure::HeadPoseYaw,
        PhotoMeasure::HeadPosePitch => Measure::HeadPosePitch,
        PhotoMeasure::HeadPoseRoll => Measure::HeadPoseRoll,
        PhotoMeasure::FineDetail => Measure::FineDetail,
        PhotoMeasure::IrisVisible => Measure::IrisVisible,
        PhotoMeasure::LightBalance => Measure::LightBalance,
        PhotoMeasure::JpegQuality => Measure::JpegQuality,
    }
}

/// What a programme calls a measure; none for one that is not taken here.
pub(crate) fn in_programme(measure: Measure) -> Option<PhotoMeasure> {
    PhotoMeasure::ALL.into_iter().find(|known| in_photo(*known) == measure)
}

/// How `homon-photo` calls an exception. Why a head is covered changes nothing in the picture.
fn exception(exception: PhotoException) -> Exception {
    match exception {
        PhotoException::LyingDown => Exception::Lying,
        PhotoException::WheelchairOrTubes => Exception::AidsInView,
        PhotoException::EyesDoNotOpen => Exception::EyesDoNotOpen,
        PhotoException::HeadCovering { .. } => Exception::HeadCovering,
    }
}

pub(crate) fn exceptions(chosen: &[PhotoException]) -> Exceptions {
    let has = |wanted| chosen.iter().any(|chosen| exception(*chosen) == wanted);
    Exceptions {
        lying: has(Exception::Lying),
        aids_in_view: has(Exception::AidsInView),
        eyes_do_not_open: has(Exception::EyesDoNotOpen),
        head_covering: has(Exception::HeadCovering),
    }
}

/// Which of the chosen exceptions it is that explains a finding.
pub(crate) fn as_chosen(explains: Exception, chosen: &[PhotoException]) -> Option<PhotoException> {
    chosen.iter().copied().find(|chosen| exception(*chosen) == explains)
}

/// When the guide speaks. It says nothing of what the programme does not weigh in a still, nor of what an exception explains.
/// `still_scale` is how many pixels of the still there are for each pixel of a frame, across.
pub(crate) fn live_limits(rules: &PortraitRules, chosen: &[PhotoException], still_scale: f32) -> LiveLimits {
    let (usual, exceptions) = (LiveLimits::default(), exceptions(chosen));
    let counts = |measures: &[PhotoMeasure]| measures.iter().any(|measure| rules.checks.limits(*measure).counts());
    let speaks = |measures: &[PhotoMeasure], finding| counts(measures) && exceptions.for_finding(finding).is_none();
    let light =
        [PhotoMeasure::LuminanceMean, PhotoMeasure::UnderExposurePrevention, PhotoMeasure::OverExposurePrevention];
    let cheeks = [PhotoMeasure::IlluminationUniformity, PhotoMeasure::LightBalance];
    let pose = [PhotoMeasure::HeadPoseYaw, PhotoMeasure::HeadPosePitch];
    let eyes = [PhotoMeasure::EyesOpen, PhotoMeasure::IrisVisible];
    let background = [PhotoMeasure::BackgroundUniformity];
    LiveLimits {
        geometry: geometry(&rules.print),
        still_scale,
        least_inter_eye_distance: least_inter_eye_distance(rules),
        luminance: usual.luminance.filter(|_| counts(&light)),
        cheeks: usual.cheeks.filter(|_| speaks(&cheeks, Finding::SideLight(Side::Left))),
        turn: usual.turn.filter(|_| speaks(&pose, Finding::TurnedAway(Side::Left))),
        tilt: usual.tilt.filter(|_| speaks(&[PhotoMeasure::HeadPoseRoll], Finding::Tilted(Side::Left))),
        eyes: usual.eyes.filter(|_| speaks(&eyes, Finding::EyesClosed)),
        mouth: usual.mouth.filter(|_| speaks(&[PhotoMeasure::MouthClosed], Finding::MouthOpen)),
        background: usual.background.filter(|_| speaks(&background, Finding::BackgroundPatterned)),
        ..usual
    }
}

/// The fewest pixels between the eyes that the still check does not turn away.
fn least_inter_eye_distance(rules: &PortraitRules) -> f32 {
    let least = rules.checks.limits(PhotoMeasure::InterEyeDistance).decides_below;
    let is_enough = |pixels: &u16| Measure::InterEyeDistance.score(f64::from(*pixels)) >= least;
    f32::from((0..1000).find(is_enough).unwrap_or(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> PortraitRules {
        let file = r#"{"min_bytes":20480,"max_bytes":7340032,"min_side":480,"max_side":6000}"#;
        serde_json::from_str(file).unwrap()
    }

    #[test]
    fn a_programme_that_says_nothing_asks_what_the_photo_crate_asks() {
        let rules = rules();
        assert_eq!(profile(&rules), Profile::default());
        assert_eq!(live_limits(&rules, &[], 1.0), LiveLimits::default());
    }

    #[test]
    fn a_programme_can_name_every_measure_that_is_taken() {
        for measure in Measure::ALL {
            assert_eq!(in_programme(measure).is_some(), measure.is_taken_here(), "{measure:?}");
        }
    }

    #[test]
    fn what_a_programme_says_is_asked() {
        let mut rules = rules();
        let limits = ScoreLimits { decides_below: 12, warns_below: 34 };
        rules.checks.measures.insert(PhotoMeasure::HeadSize, limits);
        rules.checks.measures.insert(PhotoMeasure::MouthClosed, ScoreLimits::default());
        rules.checks.framing = PhotoWeight::Warns;
        rules.checks.black_and_white = PhotoWeight::Informs;
        rules.print.face_mm = 33.5.try_into().unwrap();
        let profile = profile(&rules);
        assert_eq!(profile.limits(Measure::HeadSize), Limits { decides_below: 12, warns_below: 34 });
        assert_eq!(profile.limits(Measure::MouthClosed), Limits::default());
        assert_eq!((profile.framing, profile.black_and_white), (Weight::Warns, Weight::Informs));
        assert_eq!((profile.geometry.face, profile.file.min_side), (33.5, 480));
        let live = live_limits(&rules, &[], 2.0);
        assert_eq!(live.geometry, profile.geometry);
        assert_eq!((live.mouth, live.still_scale), (None, 2.0));
        assert_eq!(live.eyes, LiveLimits::default().eyes);
    }

    #[test]
    fn the_guide_does_not_ask_for_what_cannot_be() {
        let usual = LiveLimits::default();
        let live = |exception| live_limits(&rules(), &[exception], 1.0);
        let eyes = live(PhotoException::EyesDoNotOpen);
        assert_eq!(eyes, LiveLimits { eyes: None, ..usual.clone() });
        let lying = live(PhotoException::LyingDown);
        assert_eq!((lying.tilt, lying.turn, lying.background), (None, None, None));
        assert_eq!((lying.eyes, lying.luminance), (usual.eyes, usual.luminance));
        let chair = live(PhotoException::WheelchairOrTubes);
        assert_eq!(chair, LiveLimits { background: None, ..usual });
    }

    #[test]
    fn an_exception_is_found_again_as_it_was_chosen() {
        for one in PhotoException::ALL {
            assert_eq!(as_chosen(exception(one), &[one]), Some(one));
            assert_eq!(as_chosen(exception(one), &[]), None);
        }
    }
}
