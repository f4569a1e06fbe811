//! The check of a still: each defect of a portrait is found as it grows, and nothing decides against the clean ones.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod defects;
mod support;

use defects::{Subject, picture};
use homon_photo::Upright;
use homon_photo::check::{Report, check_still};
use homon_photo::crop::crop;
use homon_photo::face::Finders;
use homon_photo::finding::{Edge, Exception, Exceptions, Finding, Side, Weight};
use homon_photo::measure::Measure;
use homon_photo::measure::compression::jpeg_quality;
use homon_photo::profile::Profile;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use support::{Models, portraits};

/// How far a weight is from nothing at all.
fn gravity(report: &Report, finding: Finding) -> u8 {
    let found = report.findings.iter().find(|found| found.finding == finding);
    match found.map(|found| found.weight) {
        Some(Weight::Decides) => 3,
        Some(Weight::Warns) => 2,
        Some(Weight::Informs | Weight::Noted(_)) => 1,
        None => 0,
    }
}

/// The portraits are smaller than a camera's stills: a programme that takes them asks for fewer pixels.
fn for_small_portraits() -> Profile {
    let mut profile = Profile::default();
    profile.file.min_side = 100;
    profile.file.min_bytes = 1000;
    profile.limits.remove(&Measure::InterEyeDistance);
    profile
}

struct Bench {
    finders: Finders,
    subjects: Vec<Subject>,
    profile: Profile,
}

impl Bench {
    fn find(test: &str) -> Option<Self> {
        let mut finders = Models::find(test)?.finders();
        let found = portraits(test)?;
        let subjects = found.into_iter().map(|(name, image)| Subject::find(&mut finders, name, image)).collect();
        Some(Self { finders, subjects, profile: for_small_portraits() })
    }

    fn check(&mut self, image: &RgbImage) -> Report {
        check_still(&mut self.finders, &picture(image), None, &self.profile, Exceptions::default())
    }

    /// The finding is not there at first, never becomes lighter, and is at least so grave at last.
    fn grows(&mut self, finding: Finding, at_last: Weight, steps: &[f32], worse: impl Fn(&Subject, f32) -> RgbImage) {
        let least = if at_last == Weight::Decides { 3 } else { 2 };
        for index in 0..self.subjects.len() {
            let images: Vec<_> = steps.iter().map(|step| worse(&self.subjects[index], *step)).collect();
            let graveness: Vec<_> = images.iter().map(|image| gravity(&self.check(image), finding)).collect();
            let name = self.subjects[index].name;
            assert_eq!(graveness.first(), Some(&0), "{name}: {finding:?} at first: {graveness:?}");
            assert!(graveness.is_sorted(), "{name}: {finding:?} becomes lighter: {graveness:?}");
            assert!(graveness.last() >= Some(&least), "{name}: {finding:?} at last: {graveness:?}");
        }
    }
}

#[test]
fn nothing_decides_against_the_clean_portraits() {
    let Some(mut bench) = Bench::find("nothing_decides_against_the_clean_portraits") else { return };
    for image in bench.subjects.iter().map(|subject| subject.image.clone()).collect::<Vec<_>>() {
        let report = bench.check(&image);
        assert!(report.is_good(), "{:?}", report.findings);
        // One of them stands before a window: that is no plain wall.
        assert!(report.findings.iter().all(|found| found.finding == Finding::BackgroundPatterned));
        let taken = Measure::ALL.iter().filter(|measure| report.assessment(**measure).is_some()).count();
        let here = Measure::ALL.iter().filter(|measure| measure.is_taken_here()).count();
        assert_eq!(taken + 1, here, "all but the quality of a file that was not given");
    }
}

#[test]
fn blur_is_found() {
    let Some(mut bench) = Bench::find("blur_is_found") else { return };
    bench.grows(Finding::Blurred, Weight::Decides, &[0.0, 1.0, 3.0, 4.0], Subject::out_of_focus);
    bench.grows(Finding::Blurred, Weight::Decides, &[2.0, 8.0, 24.0], |subject, step| subject.moved(step, [1.0, 0.0]));
    bench.grows(Finding::Blurred, Weight::Decides, &[2.0, 12.0, 24.0], |subject, step| subject.moved(step, [0.6, 0.8]));
}

#[test]
fn too_little_and_too_much_light_is_found() {
    let Some(mut bench) = Bench::find("too_little_and_too_much_light_is_found") else { return };
    bench.grows(Finding::TooDark, Weight::Decides, &[1.0, 0.5, 0.2, 0.1, 0.05], Subject::lit);
    bench.grows(Finding::LittleContrast, Weight::Decides, &[1.0, 0.5, 0.2, 0.05], Subject::lit);
    bench.grows(Finding::TooBright, Weight::Decides, &[1.0, 1.5, 3.0, 4.0], Subject::lit);
}

#[test]
fn light_from_a_side_is_found() {
    let Some(mut bench) = Bench::find("light_from_a_side_is_found") else { return };
    let shaded = |subject: &Subject, step: f32| subject.shaded(step, true);
    bench.grows(Finding::SideLight(Side::Left), Weight::Warns, &[0.0, 0.2, 0.8, 1.0], shaded);
    let mirrored = |subject: &Subject, step: f32| imageops::flip_horizontal(&subject.shaded(step, true));
    bench.grows(Finding::SideLight(Side::Right), Weight::Warns, &[0.0, 0.2, 0.8, 1.0], mirrored);
}

#[test]
fn colours_that_are_not_those_of_skin_are_found() {
    let Some(mut bench) = Bench::find("colours_that_are_not_those_of_skin_are_found") else { return };
    bench.grows(Finding::UnnaturalColour, Weight::Warns, &[1.0, 0.5, 0.2, 0.1, 0.05], Subject::faded);
    bench.grows(Finding::UnnaturalColour, Weight::Warns, &[0.0, 0.2, 0.6], Subject::blue);
    bench.grows(Finding::BlackAndWhite, Weight::Warns, &[1.0, 0.2, 0.0], Subject::faded);
}

#[test]
fn a_head_that_is_turned_nodded_or_tilted_is_found() {
    let Some(mut bench) = Bench::find("a_head_that_is_turned_nodded_or_tilted_is_found") else { return };
    let yaw = |subject: &Subject, step: f32| subject.turned(step, 0.0);
    let pitch = |subject: &Subject, step: f32| subject.turned(0.0, step);
    bench.grows(Finding::TurnedAway(Side::Right), Weight::Decides, &[0.0, 10.0, 30.0, 40.0], yaw);
    bench.grows(Finding::TurnedAway(Side::Left), Weight::Decides, &[0.0, -10.0, -30.0, -40.0], yaw);
    bench.grows(Finding::Nodded, Weight::Warns, &[0.0, 30.0, 40.0], pitch);
    bench.grows(Finding::LeantBack, Weight::Warns, &[0.0, -10.0, -30.0, -40.0], pitch);
    bench.grows(Finding::Tilted(Side::Right), Weight::Decides, &[0.0, 20.0, 40.0], Subject::tilted);
    bench.grows(Finding::Tilted(Side::Left), Weight::Decides, &[0.0, -20.0, -40.0], Subject::tilted);
}

#[test]
fn closed_eyes_and_an_open_mouth_are_found() {
    let Some(mut bench) = Bench::find("closed_eyes_and_an_open_mouth_are_found") else { return };
    bench.grows(Finding::EyesClosed, Weight::Warns, &[0.0, 0.3, 0.8, 1.0], Subject::lids_down);
    bench.grows(Finding::MouthOpen, Weight::Warns, &[0.0, 0.05, 0.2, 0.3], Subject::mouth_open);
}

#[test]
fn a_head_in_the_wrong_place_is_found() {
    let Some(mut bench) = Bench::find("a_head_in_the_wrong_place_is_found") else { return };
    let (left, right) = (|s: &Subject, step| s.part(step, 0.0, 4.0), |s: &Subject, step: f32| s.part(-step, 0.0, 4.0));
    let (up, down) = (|s: &Subject, step| s.part(0.0, step, 4.0), |s: &Subject, step: f32| s.part(0.0, -step, 4.0));
    bench.grows(Finding::OffCentre(Edge::Left), Weight::Decides, &[0.0, 0.4, 0.8], left);
    bench.grows(Finding::OffCentre(Edge::Right), Weight::Decides, &[0.0, 0.4, 0.8], right);
    bench.grows(Finding::OffCentre(Edge::Bottom), Weight::Decides, &[0.0, 1.0, 1.4], down);
    bench.grows(Finding::CutOff(Edge::Left), Weight::Decides, &[0.0, 0.6, 1.0, 1.1], left);
    bench.grows(Finding::CutOff(Edge::Right), Weight::Decides, &[0.0, 0.6, 1.0, 1.1], right);
    bench.grows(Finding::CutOff(Edge::Top), Weight::Decides, &[0.0, 0.6, 1.0], up);
    bench.grows(Finding::CutOff(Edge::Bottom), Weight::Decides, &[0.0, 1.0, 1.6], down);
}

#[test]
fn a_head_of_the_wrong_size_is_found() {
    let Some(mut bench) = Bench::find("a_head_of_the_wrong_size_is_found") else { return };
    bench.grows(Finding::HeadTooLarge, Weight::Decides, &[4.0, 3.0, 2.4, 2.0], |subject, step| {
        subject.part(0.0, 0.0, step)
    });
    bench.profile = Profile::default();
    // Enlarged, so that there is something to begin with.
    bench.grows(Finding::HeadTooSmall, Weight::Decides, &[1.0, 0.8, 0.5, 0.3], |subject, step| {
        let part = subject.part(0.0, 0.0, 4.0);
        let wide = (900.0 * step) as u32;
        imageops::resize(&part, wide, wide * 45 / 35, FilterType::Triangle)
    });
}

#[test]
fn a_second_face_is_found() {
    let Some(mut bench) = Bench::find("a_second_face_is_found") else { return };
    bench.grows(Finding::TwoFaces, Weight::Decides, &[0.1, 0.7, 1.0], Subject::with_another);
}

#[test]
fn a_patterned_background_is_found() {
    let Some(mut bench) = Bench::find("a_patterned_background_is_found") else { return };
    for index in 0..bench.subjects.len() {
        let step = |bench: &mut Bench, steps: f32| {
            let image = bench.subjects[index].before_stripes(&mut bench.finders, steps);
            gravity(&bench.check(&image), Finding::BackgroundPatterned)
        };
        let graveness = [0.0, 10.0, 60.0, 100.0].map(|steps| step(&mut bench, steps));
        assert!(graveness[0] == 0 && graveness.is_sorted() && graveness[3] >= 2, "{graveness:?}");
    }
}

#[test]
fn a_strongly_compressed_file_is_found() {
    let Some(mut bench) = Bench::find("a_strongly_compressed_file_is_found") else { return };
    for image in bench.subjects.iter().map(|subject| subject.image.clone()).collect::<Vec<_>>() {
        let graveness = [95, 70, 40, 15].map(|quality| {
            let mut jpeg = Vec::new();
            JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(&image).unwrap();
            let decoded = image::load_from_memory(&jpeg).unwrap().into_rgb8();
            let quality = jpeg_quality(&jpeg);
            let profile = &bench.profile;
            let report = check_still(&mut bench.finders, &picture(&decoded), quality, profile, Exceptions::default());
            gravity(&report, Finding::OverCompressed)
        });
        assert_eq!(graveness, [0, 0, 2, 3]);
    }
}

#[test]
fn without_a_face_there_is_nothing_else_to_say() {
    let Some(mut bench) = Bench::find("without_a_face_there_is_nothing_else_to_say") else { return };
    for (width, height) in [(640, 480), (1, 1), (3000, 2), (7, 2000)] {
        let report = bench.check(&RgbImage::from_pixel(width, height, Rgb([190, 195, 200])));
        assert_eq!(report.findings.iter().map(|found| found.finding).collect::<Vec<_>>(), [Finding::NoFace]);
        assert!(report.face.is_none() && !report.is_good());
    }
}

#[test]
fn a_covered_face_is_unreadable_and_an_exception_notes_it() {
    let Some(mut bench) = Bench::find("a_covered_face_is_unreadable_and_an_exception_notes_it") else { return };
    let subject = &bench.subjects[0];
    let blurred = subject.out_of_focus(8.0);
    assert_eq!(gravity(&bench.check(&blurred), Finding::FaceUnreadable), 3);
    let exceptions = Exceptions { aids_in_view: true, ..Exceptions::default() };
    let report = check_still(&mut bench.finders, &picture(&blurred), None, &bench.profile, exceptions);
    assert_eq!(report.findings[0].weight, Weight::Noted(Exception::AidsInView));
    assert!(report.is_good());
}

#[test]
fn an_exception_notes_what_it_explains_and_nothing_else() {
    let Some(mut bench) = Bench::find("an_exception_notes_what_it_explains_and_nothing_else") else { return };
    let closed = bench.subjects[0].lids_down(1.0);
    let tilted = bench.subjects[0].tilted(40.0);
    let check = |bench: &mut Bench, image: &RgbImage, exceptions| {
        check_still(&mut bench.finders, &picture(image), None, &bench.profile, exceptions)
    };
    let eyes = Exceptions { eyes_do_not_open: true, ..Exceptions::default() };
    let lying = Exceptions { lying: true, ..Exceptions::default() };
    let weight = |report: &Report, finding| report.findings.iter().find(|f| f.finding == finding).unwrap().weight;
    let noted = check(&mut bench, &closed, eyes);
    assert_eq!(weight(&noted, Finding::EyesClosed), Weight::Noted(Exception::EyesDoNotOpen));
    assert_eq!(weight(&check(&mut bench, &closed, lying), Finding::EyesClosed), Weight::Warns);
    let noted = check(&mut bench, &tilted, lying);
    assert_eq!(weight(&noted, Finding::Tilted(Side::Right)), Weight::Noted(Exception::Lying));
    assert!(!check(&mut bench, &tilted, eyes).is_good());
}

/// What the check lets pass, the crop does not refuse.
#[test]
fn the_print_can_be_cut_out_when_nothing_is_in_the_way() {
    let Some(mut bench) = Bench::find("the_print_can_be_cut_out_when_nothing_is_in_the_way") else { return };
    let places =
        [[0.0, 0.0, 4.0], [0.3, 0.2, 3.4], [0.8, 0.0, 4.0], [0.0, -1.2, 4.0], [0.0, 0.0, 2.6], [0.1, 0.0, 3.0]];
    let mut could = 0;
    for index in 0..bench.subjects.len() {
        let parts = places.map(|[right, below, height]| bench.subjects[index].part(right, below, height));
        for image in parts.into_iter().chain([bench.subjects[index].tilted(8.0)]) {
            let report = bench.check(&image);
            let free = report.findings.iter().all(|found| {
                !matches!(found.finding, Finding::OffCentre(_) | Finding::CutOff(_))
                    && !matches!(found.finding, Finding::HeadTooLarge | Finding::HeadTooSmall)
            });
            let (width, height) = image.dimensions();
            let photo = Upright::from_rgb(image.into_raw(), width, height).unwrap();
            let cropped = crop(&photo, &report.face.unwrap().head, &bench.profile.geometry, &bench.profile.file);
            // A head that touches the edge may fit, and is cut all the same.
            assert!(cropped.is_ok() || !free, "{cropped:?}");
            could += usize::from(free);
        }
    }
    assert!(could >= 2 * bench.subjects.len(), "only {could}");
}

/// The still is looked at in a smaller copy; what comes back is in its own pixels.
#[test]
fn the_face_lies_in_the_pixels_of_the_still() {
    let Some(mut bench) = Bench::find("the_face_lies_in_the_pixels_of_the_still") else { return };
    for index in 0..bench.subjects.len() {
        let small = bench.subjects[index].part(0.0, 0.0, 4.0);
        let large = imageops::resize(&small, small.width() * 8, small.height() * 8, FilterType::Triangle);
        let (small, large) = (bench.check(&small).face.unwrap(), bench.check(&large).face.unwrap());
        let unit = large.landmarks.eyes_to_chin();
        let off = |a: homon_photo::geometry::Point, b: homon_photo::geometry::Point| {
            ((a.x + 0.5) * 8.0 - 0.5 - b.x).hypot((a.y + 0.5) * 8.0 - 0.5 - b.y) / unit
        };
        assert!(off(small.landmarks.left_eye, large.landmarks.left_eye) < 0.03);
        assert!(off(small.landmarks.chin, large.landmarks.chin) < 0.03);
        assert!(off(small.head.crown, large.head.crown) < 0.06);
    }
}
