//! The check of a still: what was measured, and what is wrong.

use crate::crop::Head;
use crate::face::{Face, Finders, Mesh, PersonMask};
use crate::finding::{self, Exceptions, Finding, Side, Weight};
use crate::framing;
use crate::landmarks::{self, Landmarks};
use crate::measure::align::AlignedFace;
use crate::measure::region::Region;
use crate::measure::{Assessment, Measure, background, colour, compression, expression, head, light, sharpness};
use crate::picture::Picture;
use crate::profile::Profile;
use crate::reduced::Reduced;
use crate::rgb::Pixels;

/// Everything but the crop is done on a picture no longer than this: a print has no more.
const LONGEST: usize = 1200;
/// Below this the mesh does not know where the face is.
const LEAST_CONFIDENCE: f32 = 0.5;
/// From here the mask says that it is the person.
const PERSON: f32 = 0.5;

/// What is wrong, and what it means.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Found {
    /// What it means.
    pub weight: Weight,
    /// What is wrong.
    pub finding: Finding,
}

/// A face in the still, in the still's own pixels.
#[derive(Clone, PartialEq, Debug)]
pub struct FaceInStill {
    /// All its points.
    pub mesh: Mesh,
    /// What is measured on them.
    pub landmarks: Landmarks,
    /// What [`crate::crop::crop`] needs.
    pub head: Head,
}

/// All about a still (判定結果).
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// What is wrong, the gravest first; each once.
    pub findings: Vec<Found>,
    /// All measures that could be taken.
    pub assessments: Vec<Assessment>,
    /// The largest face, where it could be read.
    pub face: Option<FaceInStill>,
}

impl Report {
    /// Whether nothing decides against the photo.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.findings.iter().all(|found| found.weight != Weight::Decides)
    }

    /// The value and score of a measure, where it was taken.
    #[must_use]
    pub fn assessment(&self, measure: Measure) -> Option<&Assessment> {
        self.assessments.iter().find(|taken| taken.measure == measure)
    }
}

/// Checks a still, upright and in sRGB.
///
/// `quality` is what [`compression::jpeg_quality`] read from the file. The findings that an exception explains are noted
/// and count no more.
pub fn check_still(
    finders: &mut Finders,
    picture: &Picture<'_>,
    quality: Option<u8>,
    profile: &Profile,
    exceptions: Exceptions,
) -> Report {
    let reduced = Reduced::of(picture, LONGEST);
    let small = reduced.pixels.picture();
    let mut collected = Collected { profile, exceptions, findings: Vec::new(), assessments: Vec::new() };
    collected.assessments.extend(quality.map(compression::measure));
    let mut faces = finders.faces.find(&small);
    faces.sort_by(|a, b| b.bounds.area().total_cmp(&a.bounds.area()));
    let Some(largest) = faces.first() else {
        return collected.without_face(Finding::NoFace);
    };
    collected.assessments.push(single_face(&faces));
    let mesh = finders.mesh.find(&small, largest);
    if mesh.confidence < LEAST_CONFIDENCE {
        return collected.without_face(Finding::FaceUnreadable);
    }
    let looked_at = LookedAt::at(finders, &reduced.pixels, mesh);
    collected.measure(&looked_at, [picture.width() as u32, picture.height() as u32], reduced.scale as f32)
}

fn single_face(faces: &[Face]) -> Assessment {
    let area = |index: usize| faces.get(index).map_or(0.0, |face| f64::from(face.bounds.area()));
    Assessment::new(Measure::SingleFacePresent, if area(0) > 0.0 { area(1) / area(0) } else { 0.0 })
}

/// All that is seen of the face in the small picture, before anything is measured.
struct LookedAt {
    size: [f32; 2],
    mesh: Mesh,
    landmarks: Landmarks,
    aligned: AlignedFace,
    background: Option<Assessment>,
    head: Head,
}

impl LookedAt {
    fn at(finders: &mut Finders, small: &Pixels, mesh: Mesh) -> Self {
        let landmarks = Landmarks::of(&mesh);
        let aligned = AlignedFace::of(small, &mesh, &landmarks);
        let person = finders.person.find(&aligned.pixels.picture());
        let background = background::measure(&aligned, &person);
        let head = head_of(&landmarks, &aligned, &person);
        Self { size: small.size(), mesh, landmarks, aligned, background, head }
    }
}

/// The mask is that of the aligned picture.
fn head_of(landmarks: &Landmarks, aligned: &AlignedFace, person: &PersonMask) -> Head {
    Head::with_mask(landmarks, |place| {
        let at = aligned.from_picture.apply(place);
        aligned.holds(at) && person.at(at.x.max(0.0) as usize, at.y.max(0.0) as usize) >= PERSON
    })
}

/// What has come together so far.
struct Collected<'a> {
    profile: &'a Profile,
    exceptions: Exceptions,
    findings: Vec<Found>,
    assessments: Vec<Assessment>,
}

impl Collected<'_> {
    fn without_face(mut self, finding: Finding) -> Report {
        self.find(finding, Weight::Decides);
        self.weigh(None);
        self.report(None)
    }

    fn measure(mut self, seen: &LookedAt, still: [u32; 2], scale: f32) -> Report {
        let (luminance, luma) = (seen.aligned.luminance(), seen.aligned.luma());
        let (face, cheeks) = (light::face(&seen.aligned), light::cheeks(&seen.aligned));
        self.assessments.extend(seen.background);
        self.assessments.extend(light::measure(&luminance, &face, &cheeks));
        self.assessments.push(sharpness::measure(&luma, &face, seen.landmarks.inter_eye_distance()));
        self.measure_colour(&seen.aligned, &cheeks);
        self.assessments.extend(expression::measure(&seen.landmarks));
        self.assessments.push(expression::iris(&luma, &seen.aligned, &cheeks));
        self.assessments.extend(head::measure(&seen.landmarks, seen.size, scale));
        let [left, right] = light::of_cheeks(&luminance, &cheeks);
        self.weigh(Some((&seen.landmarks, if left > right { Side::Left } else { Side::Right })));
        let mesh = seen.mesh.enlarged(scale);
        let face = FaceInStill { landmarks: Landmarks::of(&mesh), head: seen.head.scaled(scale), mesh };
        self.frame(&face, still);
        self.report(Some(face))
    }

    fn measure_colour(&mut self, aligned: &AlignedFace, cheeks: &[Region; 2]) {
        self.assessments.push(colour::measure(aligned, cheeks));
        if colour::is_grey(aligned) {
            self.find(Finding::BlackAndWhite, self.profile.black_and_white);
        }
    }

    /// Turns low scores into findings.
    fn weigh(&mut self, face: Option<(&Landmarks, Side)>) {
        let pose = face.map_or_else(Default::default, |(landmarks, _)| landmarks.pose);
        let brighter = face.map_or(Side::Left, |(_, side)| side);
        for taken in self.assessments.clone() {
            let weight = self.profile.limits(taken.measure).weight(taken.score);
            if weight != Weight::Informs
                && let Some(finding) = finding::of_low_score(&taken, pose, brighter)
            {
                self.find(finding, weight);
            }
        }
    }

    fn frame(&mut self, face: &FaceInStill, still: [u32; 2]) {
        let outline = landmarks::outline(&face.mesh).map(|point| point.x);
        let across = outline.into_iter().fold([f32::INFINITY, 0.0], |[left, right], x| [x.min(left), x.max(right)]);
        for finding in framing::findings(&face.head, across, still, self.profile) {
            self.find(finding, self.profile.framing);
        }
    }

    fn find(&mut self, finding: Finding, weight: Weight) {
        let weight = self.exceptions.for_finding(finding).map_or(weight, Weight::Noted);
        self.findings.push(Found { weight, finding });
    }

    /// Each finding once, as grave as it was found.
    fn report(self, face: Option<FaceInStill>) -> Report {
        let mut findings = self.findings;
        findings.sort();
        let mut each = Vec::<Found>::new();
        for found in findings {
            if each.iter().all(|other| other.finding != found.finding) {
                each.push(found);
            }
        }
        Report { findings: each, assessments: self.assessments, face }
    }
}
