//! What is wrong with a portrait, and what it means. Types only: the words are in the catalogue.

use crate::landmarks::HeadPose;
use crate::measure::{Assessment, Measure};

/// A side of the picture, as it is looked at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Side {
    /// To the left in the picture: the person's right.
    Left,
    /// To the right in the picture: the person's left.
    Right,
}

/// An edge of the picture.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Edge {
    /// The left one.
    Left,
    /// The right one.
    Right,
    /// The upper one.
    Top,
    /// The lower one.
    Bottom,
}

/// What is wrong (指摘). Each says one thing, in one direction, so that there is one thing to do about it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Finding {
    /// No face was found.
    NoFace,
    /// Another face is in the picture.
    TwoFaces,
    /// The face cannot be read: a mask, a scarf, a hand, tubes, or strongly tilted. Nothing could be measured.
    FaceUnreadable,
    /// The face is too small: it has too few pixels for the print.
    HeadTooSmall,
    /// The face is too large: the print does not fit in the picture.
    HeadTooLarge,
    /// A part of the head is beyond the edge.
    CutOff(Edge),
    /// The head lies too near the edge for the print, though there is room enough in the picture.
    OffCentre(Edge),
    /// The head is turned towards that side of the picture.
    TurnedAway(Side),
    /// The head is nodded.
    Nodded,
    /// The head is leant back.
    LeantBack,
    /// The head is tilted towards that side of the picture.
    Tilted(Side),
    /// An eye is closed, or nearly.
    EyesClosed,
    /// The mouth is open.
    MouthOpen,
    /// The face is out of focus, or moved.
    Blurred,
    /// The face is too dark.
    TooDark,
    /// The face is too bright.
    TooBright,
    /// The face is brighter from that side.
    SideLight(Side),
    /// The light on the face is too flat.
    LittleContrast,
    /// The light on the face is too hard.
    HarshLight,
    /// The background is not plain.
    BackgroundPatterned,
    /// The skin does not have the colour of skin.
    UnnaturalColour,
    /// The picture has no colours.
    BlackAndWhite,
    /// The file was compressed too strongly.
    OverCompressed,
}

/// What a finding means (扱い).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Weight {
    /// The photo will not do.
    Decides,
    /// It may come back: the worker looks and decides.
    Warns,
    /// To be known, and nothing more.
    Informs,
    /// It would count, were there not this exception: it is written down with the case.
    Noted(Exception),
}

/// Why a portrait may be other than asked (写真の例外), as the worker has chosen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Exception {
    /// The resident cannot sit up.
    Lying,
    /// A wheelchair, a pillow, tubes or the like are in view.
    AidsInView,
    /// The eyes, or one of them, do not open.
    EyesDoNotOpen,
    /// The head is covered for a medical or a religious reason.
    HeadCovering,
}

/// The exceptions that were chosen for one person.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Exceptions {
    /// [`Exception::Lying`].
    pub lying: bool,
    /// [`Exception::AidsInView`].
    pub aids_in_view: bool,
    /// [`Exception::EyesDoNotOpen`].
    pub eyes_do_not_open: bool,
    /// [`Exception::HeadCovering`].
    pub head_covering: bool,
}

impl Exceptions {
    /// Which of them explains a finding.
    #[must_use]
    pub fn for_finding(&self, finding: Finding) -> Option<Exception> {
        let chosen = [
            (self.eyes_do_not_open, Exception::EyesDoNotOpen),
            (self.lying, Exception::Lying),
            (self.aids_in_view, Exception::AidsInView),
            (self.head_covering, Exception::HeadCovering),
        ];
        let explains = |(is_chosen, exception): &(bool, Exception)| *is_chosen && exception.explains(finding);
        chosen.iter().find(|chosen| explains(chosen)).map(|(_, exception)| *exception)
    }
}

impl Exception {
    /// Whether it explains a finding: also that no face was found, since a tube, a scarf or a pillow can hide one from the
    /// detector, and nobody is refused for that. None explains a blurred, a dark or a cut-off photo: that can be taken again.
    #[must_use]
    pub fn explains(self, finding: Finding) -> bool {
        match self {
            Self::Lying => matches!(
                finding,
                Finding::NoFace
                    | Finding::Tilted(_)
                    | Finding::TurnedAway(_)
                    | Finding::Nodded
                    | Finding::LeantBack
                    | Finding::MouthOpen
                    | Finding::SideLight(_)
                    | Finding::BackgroundPatterned
            ),
            Self::AidsInView => {
                matches!(finding, Finding::BackgroundPatterned | Finding::FaceUnreadable | Finding::NoFace)
            }
            Self::EyesDoNotOpen => finding == Finding::EyesClosed,
            Self::HeadCovering => matches!(finding, Finding::FaceUnreadable | Finding::NoFace),
        }
    }
}

/// What is wrong when a measure scores low. `brighter` is the cheek with more light.
pub(crate) fn of_low_score(taken: &Assessment, pose: HeadPose, brighter: Side) -> Option<Finding> {
    let towards = |degrees: f32| if degrees > 0.0 { Side::Right } else { Side::Left };
    Some(match taken.measure {
        Measure::BackgroundUniformity => Finding::BackgroundPatterned,
        Measure::IlluminationUniformity | Measure::LightBalance => Finding::SideLight(brighter),
        Measure::LuminanceMean if taken.native > 0.5 => Finding::TooBright,
        Measure::LuminanceMean | Measure::UnderExposurePrevention => Finding::TooDark,
        Measure::OverExposurePrevention => Finding::TooBright,
        // The score is best at a sixtieth.
        Measure::LuminanceVariance if taken.native > 1.0 / 60.0 => Finding::HarshLight,
        Measure::LuminanceVariance | Measure::DynamicRange => Finding::LittleContrast,
        Measure::NaturalColour => Finding::UnnaturalColour,
        Measure::SingleFacePresent => Finding::TwoFaces,
        Measure::EyesOpen | Measure::IrisVisible => Finding::EyesClosed,
        Measure::MouthClosed => Finding::MouthOpen,
        Measure::InterEyeDistance => Finding::HeadTooSmall,
        Measure::HeadSize if taken.native > 0.45 => Finding::HeadTooLarge,
        Measure::HeadSize => Finding::HeadTooSmall,
        Measure::LeftwardCropOfTheFaceImage => Finding::CutOff(Edge::Left),
        Measure::RightwardCropOfTheFaceImage => Finding::CutOff(Edge::Right),
        Measure::MarginAboveOfTheFaceImage => Finding::OffCentre(Edge::Top),
        Measure::MarginBelowOfTheFaceImage => Finding::OffCentre(Edge::Bottom),
        Measure::HeadPoseYaw => Finding::TurnedAway(towards(pose.yaw)),
        Measure::HeadPosePitch if pose.pitch > 0.0 => Finding::Nodded,
        Measure::HeadPosePitch => Finding::LeantBack,
        Measure::HeadPoseRoll => Finding::Tilted(towards(pose.roll)),
        Measure::FineDetail => Finding::Blurred,
        Measure::JpegQuality => Finding::OverCompressed,
        Measure::UnifiedQualityScore
        | Measure::Sharpness
        | Measure::CompressionArtifacts
        | Measure::EyesVisible
        | Measure::MouthOcclusionPrevention
        | Measure::FaceOcclusionPrevention
        | Measure::ExpressionNeutrality
        | Measure::NoHeadCoverings => return None,
    })
}
