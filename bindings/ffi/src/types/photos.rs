//! Photos: what was found, what it means, what to say before the camera.

use chrono::{DateTime, Utc};
use homon_app::model::{
    Caller, CaseNumber, ChosenException, CoveringGround, Declaration, ExceptionToDeclare, PhotoException, PhotoMeasure,
    ReceivedText, StaffCode,
};
use homon_app::{
    Bounds, CheckExtent, Edge, Finding, FindingWeight, Guidance, Hint, MeasureTaken, PhotoFinding, PortraitReport,
    Rotation, Side,
};

/// What the check of a portrait found (判定結果). Nothing of it is stored.
#[uniffi::remote(Record)]
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
#[uniffi::remote(Enum)]
pub enum CheckExtent {
    /// The file and the picture.
    Whole,
    /// The file alone: the app came without models of faces. The worker looks at the picture.
    NoModels,
    /// The file alone: a model is damaged. Install the app again; until then the worker looks at the picture.
    ModelsDamaged,
}

/// Something that is wrong with a portrait.
#[uniffi::remote(Record)]
pub struct PhotoFinding {
    /// What it means.
    pub weight: FindingWeight,
    /// What is wrong.
    pub finding: Finding,
}

/// What a finding means under the programme and the exceptions of the case.
#[uniffi::remote(Enum)]
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
#[uniffi::remote(Record)]
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

/// What is measured on a portrait (品質項目): the measures of ISO/IEC 29794-5 that are taken here, under its names, and four
/// of our own. `homon-photo` says how each is taken.
#[uniffi::remote(Enum)]
pub enum PhotoMeasure {
    /// How plain the background is.
    BackgroundUniformity,
    /// How alike the light on both cheeks is spread.
    IlluminationUniformity,
    /// How bright the face is.
    LuminanceMean,
    /// How much the light on the face varies.
    LuminanceVariance,
    /// How little of the face is nearly black.
    UnderExposurePrevention,
    /// How little of the face is nearly white.
    OverExposurePrevention,
    /// How many shades the face has.
    DynamicRange,
    /// How near the skin is to the colours of skin.
    NaturalColour,
    /// Whether there is one face.
    SingleFacePresent,
    /// How open the eyes are.
    EyesOpen,
    /// How closed the mouth is.
    MouthClosed,
    /// Pixels between the eyes.
    InterEyeDistance,
    /// How large the head is in the picture.
    HeadSize,
    /// Room on the left.
    LeftwardCropOfTheFaceImage,
    /// Room on the right.
    RightwardCropOfTheFaceImage,
    /// Room above.
    MarginAboveOfTheFaceImage,
    /// Room below.
    MarginBelowOfTheFaceImage,
    /// Turned to a side.
    HeadPoseYaw,
    /// Nodded, or leant back.
    HeadPosePitch,
    /// Tilted.
    HeadPoseRoll,
    /// Our own, for sharpness: how much fine detail the face has.
    FineDetail,
    /// Our own, beside the open eyes: whether irises are seen.
    IrisVisible,
    /// Our own: how alike the brightness of both cheeks is.
    LightBalance,
    /// Our own, for compression: the quality of the JPEG.
    JpegQuality,
}

/// What is wrong (指摘). Each says one thing, in one direction, so that there is one thing to do about it.
#[uniffi::remote(Enum)]
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

/// An edge of the picture.
#[uniffi::remote(Enum)]
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

/// A side of the picture, as it is looked at.
#[uniffi::remote(Enum)]
pub enum Side {
    /// To the left in the picture: the person's right.
    Left,
    /// To the right in the picture: the person's left.
    Right,
}

/// Why a photo may be other than the rules ask.
#[uniffi::remote(Enum)]
pub enum PhotoException {
    /// The resident cannot sit up: photographed lying, on a plain light sheet.
    LyingDown,
    /// A wheelchair, tubes or the like are in view.
    WheelchairOrTubes,
    /// The eyes, or one of them, do not open.
    EyesDoNotOpen,
    /// The head stays covered.
    HeadCovering {
        /// For which kind of reason.
        ground: CoveringGround,
    },
}

/// Why a head stays covered.
#[uniffi::remote(Enum)]
pub enum CoveringGround {
    /// For a medical reason.
    Medical,
    /// For a religious reason.
    Religious,
}

/// An exception that staff chose for a resident.
#[uniffi::remote(Record)]
pub struct ChosenException {
    /// Which.
    pub exception: PhotoException,
    /// Why, in the words that the issuing body will be told.
    pub reason: ReceivedText,
    /// Who chose it.
    pub by: StaffCode,
    /// When.
    pub at: DateTime<Utc>,
}

/// An exception of a case, and what has to be done about it.
#[uniffi::remote(Record)]
pub struct ExceptionToDeclare {
    /// The exception.
    pub exception: PhotoException,
    /// What has to be done.
    pub declaration: Declaration,
}

/// What has to be done so that the issuing body takes the photo (例外の申告).
#[uniffi::remote(Enum)]
pub enum Declaration {
    /// Applied for online: whoever applies calls the issuing body's help desk, with the reason and the 申請書ID.
    CallWithApplicationId {
        /// Who applies, and calls.
        by: Caller,
    },
    /// A paper form that goes by post: the reason stands in its name field.
    WriteInNameField,
    /// A paper form that city staff took, as at a counter: the city calls the help desk.
    CallByCity,
}

/// Who applies online.
#[uniffi::remote(Enum)]
pub enum Caller {
    /// The contractor.
    Contractor,
    /// The city.
    City,
}

/// What there is to say about a frame.
#[uniffi::remote(Record)]
pub struct Guidance {
    /// The one thing to say.
    pub hint: Hint,
    /// The face, in pixels of the upright frame, for a frame around it on the screen.
    pub face: Option<Bounds>,
    /// What the photo would show, likewise.
    pub photo: Option<Bounds>,
}

/// What to do next, the most pressing first: nothing below is worth saying before what is above it is settled.
#[uniffi::remote(Enum)]
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

/// A rectangle that stands upright, in pixels.
#[uniffi::remote(Record)]
pub struct Bounds {
    /// Its left side.
    pub left: f32,
    /// Its upper side.
    pub top: f32,
    /// From left to right.
    pub width: f32,
    /// From top to bottom.
    pub height: f32,
}

/// How far a picture is to be turned clockwise to stand upright.
#[uniffi::remote(Enum)]
pub enum Rotation {
    /// It stands upright.
    None,
    /// A quarter clockwise.
    Quarter,
    /// Upside down.
    Half,
    /// A quarter counter-clockwise.
    ThreeQuarters,
}
