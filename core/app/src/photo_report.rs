//! What a screen is told of a portrait before it is taken: types and numbers, never text.

use homon_domain::ids::CaseNumber;
use homon_domain::photo_exception::PhotoException;
use homon_domain::portrait_rules::PhotoMeasure;
use homon_photo::check::{Found, Report};
use homon_photo::finding::{Finding, Weight};
use homon_photo::measure::Assessment;
use homon_photo::profile::Profile;

use crate::photo_rules::{as_chosen, in_programme};

/// What the check of a portrait found (判定結果). Nothing of it is stored.
#[derive(Clone, PartialEq, Debug)]
pub struct PortraitReport {
    /// How much was looked at.
    pub extent: CheckExtent,
    /// What is wrong, the gravest first.
    pub findings: Vec<PhotoFinding>,
    /// All that was measured.
    pub measures: Vec<MeasureTaken>,
    /// The other cases of the visit part whose photo looks the same: the same file, or the same moment.
    pub same_as: Vec<CaseNumber>,
}

/// How much of a portrait was looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CheckExtent {
    /// The file and the picture.
    Whole,
    /// The file alone: the app came without models of faces. The worker looks at the picture.
    NoModels,
    /// The file alone: a model is damaged. Install the app again; until then the worker looks at the picture.
    ModelsDamaged,
}

/// Something that is wrong with a portrait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PhotoFinding {
    /// What it means.
    pub weight: FindingWeight,
    /// What is wrong.
    pub finding: Finding,
}

/// What a finding means under the programme and the exceptions of the case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FindingWeight {
    /// The photo is not taken.
    Decides,
    /// It may come back: the worker looks, and decides.
    Warns,
    /// To be known, and nothing more.
    Informs,
    /// It would count, were there not this exception.
    Noted(PhotoException),
}

/// A measure that was taken.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MeasureTaken {
    /// What was measured.
    pub measure: PhotoMeasure,
    /// The value, in the unit of the measure.
    pub native: f64,
    /// 0 to 100; more is better.
    pub score: u8,
    /// What the score means under the programme, before any exception.
    pub weight: FindingWeight,
}

impl PortraitReport {
    /// A report of a file whose picture was not looked at.
    pub(crate) fn of_file(extent: CheckExtent) -> Self {
        Self { extent, findings: Vec::new(), measures: Vec::new(), same_as: Vec::new() }
    }

    pub(crate) fn of_picture(report: &Report, profile: &Profile, chosen: &[PhotoException]) -> Self {
        let findings = report.findings.iter().map(|found| PhotoFinding::of(*found, chosen)).collect();
        let measures = report.assessments.iter().filter_map(|taken| MeasureTaken::of(taken, profile)).collect();
        Self { extent: CheckExtent::Whole, findings, measures, same_as: Vec::new() }
    }

    /// Whether the photo would be taken.
    #[must_use]
    pub fn is_acceptable(&self) -> bool {
        self.deciding().next().is_none()
    }

    /// What keeps the photo from being taken.
    pub fn deciding(&self) -> impl Iterator<Item = PhotoFinding> {
        self.findings.iter().copied().filter(|found| found.weight == FindingWeight::Decides)
    }

    /// The exceptions under which the photo is taken: none where nothing would decide against it without them.
    pub(crate) fn rests_on(&self) -> Vec<PhotoException> {
        let decides = self.measures.iter().any(|taken| taken.weight == FindingWeight::Decides);
        let is_unread = |found: &PhotoFinding| matches!(found.finding, Finding::NoFace | Finding::FaceUnreadable);
        if !decides && !self.findings.iter().any(is_unread) {
            return Vec::new();
        }
        let mut noted: Vec<_> = self.findings.iter().filter_map(PhotoFinding::noted).collect();
        noted.sort();
        noted.dedup();
        noted
    }
}

impl PhotoFinding {
    fn of(Found { weight, finding }: Found, chosen: &[PhotoException]) -> Self {
        Self { weight: FindingWeight::of(weight, chosen), finding }
    }

    fn noted(&self) -> Option<PhotoException> {
        if let FindingWeight::Noted(exception) = self.weight { Some(exception) } else { None }
    }
}

impl FindingWeight {
    fn of(weight: Weight, chosen: &[PhotoException]) -> Self {
        match weight {
            Weight::Decides => Self::Decides,
            Weight::Warns => Self::Warns,
            Weight::Informs => Self::Informs,
            // Only what was chosen explains anything.
            Weight::Noted(exception) => as_chosen(exception, chosen).map_or(Self::Decides, Self::Noted),
        }
    }
}

impl MeasureTaken {
    fn of(taken: &Assessment, profile: &Profile) -> Option<Self> {
        let weight = FindingWeight::of(profile.limits(taken.measure).weight(taken.score), &[]);
        let measure = in_programme(taken.measure)?;
        Some(Self { measure, native: taken.native, score: taken.score, weight })
    }
}
