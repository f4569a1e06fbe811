//! What can go wrong, named by what to do next. Nothing in it is personal: it may be logged and shown to anyone.

use chrono::{DateTime, Utc};
use homon_domain::balance::Blocker;
use homon_domain::birthdate::BirthDateFault;
use homon_domain::case_step::StepRefused;
use homon_domain::numbers::{NumberFault, PhoneFault, QrFault};
use homon_domain::platform::VaultError;
use homon_domain::text::TextFault;
use homon_domain::visit::OpenRefused;
use homon_photo::PhotoRefused;
use homon_photo::activity::NotInPicture;
use homon_roster::FileFault;
use homon_seal::jws::SignError;
use homon_store::SignInError;
use uuid::Uuid;

use crate::photo_report::PhotoFinding;

/// The result of every use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What to do next.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum Error {
    /// Something typed or taken does not fit: mend this field.
    #[error("{field:?}: {rule}")]
    FixInput {
        /// Which field.
        field: Field,
        /// Which rule it breaks.
        rule: Rule,
    },
    /// Nothing is wrong with the input: try the same again later.
    #[error("try again later: {why}")]
    RetryLater {
        /// Why not now.
        why: Later,
    },
    /// Nobody is signed in, or no longer.
    #[error("sign in again")]
    SignInAgain,
    /// The key store of the tablet does not give a key. Call the city desk; nothing was deleted.
    #[error("the key store of the tablet does not give the key")]
    KeyUnavailable,
    /// The tablet has no room. Send what is sealed, or free some.
    #[error("the tablet has no room left")]
    StorageFull,
    /// This is not possible, for a reason that a person can act on.
    #[error("{reason}")]
    Refused {
        /// Why.
        reason: Refusal,
    },
    /// A fault of the app. The number finds the log line.
    #[error("internal fault {incident}")]
    Internal {
        /// Stands in the log beside what happened.
        incident: Uuid,
    },
}

/// A field that a person fills.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// The staff PIN.
    Pin,
    /// The new staff PIN.
    NewPin,
    /// The code of a member of staff.
    Staff,
    /// The tablet's label.
    Label,
    /// The enrolment file.
    Enrolment,
    /// The roster file.
    Roster,
    /// The fingerprint that two people compared.
    Fingerprint,
    /// Another tablet's request for a part.
    Handover,
    /// The code of a visit that another tablet shows.
    Invitation,
    /// Room.
    Room,
    /// Bed.
    Bed,
    /// 氏名.
    Name,
    /// フリガナ.
    Kana,
    /// 住所.
    Address,
    /// 生年月日.
    BirthDate,
    /// 申請書ID.
    ApplicationId,
    /// 個人番号.
    IndividualNumber,
    /// Telephone number of the contact.
    Phone,
    /// Name of the contact.
    ContactName,
    /// Good hours of the contact.
    ContactHours,
    /// Name of the legal representative.
    RepresentativeName,
    /// A document of identity.
    Document,
    /// The number on the sealed envelope.
    PinEnvelope,
    /// The approved explanation.
    Explanation,
    /// A reason.
    Reason,
    /// A note.
    Note,
    /// 特記事項 of the daily report.
    Remarks,
    /// Address of a private home.
    PrivateAddress,
    /// The photo.
    Photo,
    /// An area of a photo.
    Area,
}

/// The rule that a field breaks.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum Rule {
    /// Text.
    #[error(transparent)]
    Text(TextFault),
    /// Digits.
    #[error(transparent)]
    Number(NumberFault),
    /// Telephone number.
    #[error(transparent)]
    Phone(PhoneFault),
    /// QR code.
    #[error(transparent)]
    Qr(QrFault),
    /// Date.
    #[error(transparent)]
    Date(BirthDateFault),
    /// Photo.
    #[error(transparent)]
    Photo(PhotoRefused),
    /// What decides against the photo. Take another one, or choose an exception where one is true.
    #[error("{} things decide against the photo", .0.len())]
    PhotoFindings(Vec<PhotoFinding>),
    /// The area lies outside the picture, or has no size. Draw it again.
    #[error("the area does not lie in the picture")]
    OutsideThePicture,
    /// A code of `a-z 0-9 -`.
    #[error("a code is 1 to 32 of the characters a-z, 0-9 and -")]
    Code,
    /// A PIN of 6 to 12 digits.
    #[error("a PIN is 6 to 12 digits")]
    PinForm,
    /// A PIN that anyone would guess.
    #[error("this PIN is too easy to guess")]
    PinTrivial,
    /// The wrong PIN.
    #[error("the PIN is wrong; {tries_before_wait} more tries before a wait")]
    PinWrong {
        /// How many more may be wrong before one must wait.
        tries_before_wait: u32,
    },
    /// The file can't be read as a roster.
    #[error(transparent)]
    Roster(FileFault),
    /// The file is not an enrolment, or was changed.
    #[error("this is not an enrolment of the city")]
    EnrolmentNotTrusted,
    /// The fingerprint on the other side is another one.
    #[error("the fingerprint is another one than on the other side")]
    FingerprintDiffers,
    /// The file is not a request of a tablet of this city, or was changed.
    #[error("this is not a request of a tablet of this city")]
    HandoverNotTrusted,
    /// The code is not one by which a tablet shares a visit.
    #[error("this is not the code of a visit")]
    NotAnInvitation,
}

/// Why not now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Later {
    /// Too many wrong PINs.
    #[error("too many wrong PINs until {until}")]
    TooManyTries {
        /// The next try may be made then.
        until: DateTime<Utc>,
    },
    /// The intake does not answer. What was sent is kept there; the rest goes on from the same byte.
    #[error("the city's intake does not answer")]
    Offline,
    /// The upload was stopped on purpose.
    #[error("the upload was stopped")]
    Stopped,
    /// The app is being suspended.
    #[error("the app is suspended")]
    Suspended,
}

/// Why something is not possible.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The tablet is not enrolled.
    #[error("the tablet is not enrolled")]
    NotEnrolled,
    /// The tablet is enrolled already.
    #[error("the tablet is enrolled already")]
    AlreadyEnrolled,
    /// The enrolment is for another tablet.
    #[error("the enrolment is for another tablet")]
    OtherDevice,
    /// A real programme asks for a hardware key store.
    #[error("a real programme needs a hardware key store")]
    HardwareNeeded,
    /// The programme cannot be used; the city must mend it.
    #[error("the programme cannot be used")]
    ProgrammeFaulty,
    /// The programme changes between training and real residents while visits or rosters are on the tablet. Send them, and
    /// erase the rosters: what was practised must not come among what is real.
    #[error("visits or rosters of the present mode are on the tablet")]
    ModeChanges,
    /// Only a training programme has invented residents.
    #[error("only a training programme has invented residents")]
    OnlyInTraining,
    /// The member of staff has no PIN on this tablet.
    #[error("this member of staff has no PIN on this tablet")]
    UnknownStaff,
    /// The member of staff has a PIN already.
    #[error("this member of staff has a PIN already")]
    StaffTwice,
    /// The last PIN cannot be removed.
    #[error("the last PIN cannot be removed")]
    LastPin,
    /// The city has revoked this tablet. Take it to the city desk.
    #[error("the city has revoked this tablet")]
    Revoked,
    /// The server is not the programme's intake.
    #[error("the server is not the programme's intake")]
    WrongServer,
    /// The intake does not accept the tablet's certificate. Enrol the tablet again.
    #[error("the tablet's certificate is not accepted")]
    CertificateRefused,
    /// The tablet's date is wrong, so that the intake's certificate seems out of date. Check the date.
    #[error("the tablet's date is wrong")]
    DateWrong,
    /// A sealed file was changed or lost. Open the visit again and seal it once more; its cases are not affected.
    #[error("a sealed file is damaged")]
    SealedFileDamaged,
    /// The intake refused a package.
    #[error("the intake refused the package: {code}")]
    IntakeRefused {
        /// The intake's code.
        code: String,
    },
    /// The visit cannot be opened.
    #[error(transparent)]
    Visit(OpenRefused),
    /// The visit part is on this tablet already.
    #[error("this part of the visit is on this tablet already")]
    PartTwice,
    /// The tablet does not hold this visit part.
    #[error("the tablet does not hold this visit")]
    NoSuchVisit,
    /// The visit is not open for residents any more.
    #[error("the visit is closed")]
    VisitClosed,
    /// The visit is still open.
    #[error("the visit is still open")]
    VisitStillOpen,
    /// The city holds the visit; on this tablet it is locked.
    #[error("the city holds the visit; it is locked on this tablet")]
    VisitLocked,
    /// The part went to another tablet; here it is locked. Go on there, or take it back if it was not taken.
    #[error("this part went to another tablet; it is locked on this one")]
    HandedOver,
    /// A tablet cannot hand a part over to itself.
    #[error("the request is this tablet's own")]
    SameTablet,
    /// The file was handed over to another tablet.
    #[error("the file is for another tablet")]
    HandoverForAnother,
    /// The tablet that sealed the file is not this city's. Do not take it; tell the city desk.
    #[error("the file does not come from a tablet of this city")]
    HandoverNotTrusted,
    /// The file is not a handover, or was changed or cut on its way. Carry it over once more.
    #[error("the file is no handover, or was damaged on its way")]
    HandoverDamaged,
    /// The file was taken before, or is older than what this tablet has.
    #[error("this handover was taken before, or is older than what is here")]
    HandoverTaken,
    /// The file was made under another programme.
    #[error("the file was made under another programme")]
    OtherProgramme,
    /// Somebody can still sign in on this tablet: nothing needs to begin anew.
    #[error("somebody can still sign in on this tablet")]
    StillOpens,
    /// A file of this part is here whose key only the city has. Take its copy to the city desk, or open another part.
    #[error("a file of this part from before is on this tablet")]
    OrphanFirst,
    /// The file is not a grant of the city desk, or was changed.
    #[error("this is not a grant of the city desk")]
    GrantNotTrusted,
    /// The grant was made out to another tablet.
    #[error("the grant is for another tablet")]
    GrantForAnother,
    /// The grant's key does not open the file: it was made from the copy of another one, or the file is damaged.
    #[error("the grant does not open the visit")]
    GrantDoesNotFit,
    /// The balance is not even.
    #[error("{} things keep the visit open", .blockers.len())]
    NotEven {
        /// What keeps it open.
        blockers: Vec<Blocker>,
    },
    /// The tablet does not hold this roster.
    #[error("the tablet does not hold this roster")]
    NoSuchRoster,
    /// The roster has no such line.
    #[error("the roster has no such line")]
    NoSuchLine,
    /// This resident was received in this visit.
    #[error("this resident was received in this visit already")]
    ReceivedAlready,
    /// The app came without models of faces, so nobody is guided, and no photo of an activity is taken: nobody would have
    /// looked for the faces in it. Portraits can be taken all the same.
    #[error("the app has no models of faces")]
    NoPhotoModels,
    /// A model of faces is damaged. Install the app again; portraits can be taken all the same.
    #[error("a model of faces is damaged")]
    PhotoModelsDamaged,
    /// There is no such photo of an activity: it was deleted, or another was looked at since. Take it again.
    #[error("there is no such photo of an activity")]
    NoSuchActivityPhoto,
    /// Nobody was shown how the photo looks with the areas that are covered now. Look at the preview first.
    #[error("the covered photo was not looked at yet")]
    NotPreviewed,
    /// The visit part has as many photos of the activity as it may have. Delete one first.
    #[error("the visit has as many photos of the activity as it may have")]
    EnoughActivityPhotos,
    /// The tablet does not hold this message.
    #[error("the tablet does not hold this message")]
    NoSuchMessage,
    /// The visit does not know this case.
    #[error("the visit does not know this case")]
    NoSuchCase,
    /// The step is not possible.
    #[error(transparent)]
    Step(StepRefused),
    /// A damaged file was put aside, unchanged, now or before. Call the city desk.
    #[error("a damaged file was put aside")]
    Quarantined,
    /// The storage or the system of the tablet does not do what it should. Nothing that was answered is lost. Restart the
    /// tablet and do the same again; if that does not help, take it to the city desk.
    #[error("the storage or the system of the tablet fails")]
    DeviceFails,
    /// A newer version of the app wrote the files.
    #[error("a newer version of the app wrote this")]
    AppTooOld,
}

impl Error {
    /// A fault of the app: logs what happened beside a number, and gives the number.
    pub(crate) fn internal(what: impl std::fmt::Display) -> Self {
        let incident = Uuid::new_v4();
        tracing::error!(%incident, %what, "internal fault");
        Self::Internal { incident }
    }

    /// Whether the file of one visit, roster or message does not open, while all others may.
    pub(crate) fn is_about_one_visit(&self) -> bool {
        use Refusal::{AppTooOld, DeviceFails, Quarantined};
        matches!(self, Self::KeyUnavailable | Self::Refused { reason: Quarantined | DeviceFails | AppTooOld })
    }
}

impl From<Refusal> for Error {
    fn from(reason: Refusal) -> Self {
        Self::Refused { reason }
    }
}

impl From<StepRefused> for Error {
    fn from(refused: StepRefused) -> Self {
        Refusal::Step(refused).into()
    }
}

impl From<OpenRefused> for Error {
    fn from(refused: OpenRefused) -> Self {
        Refusal::Visit(refused).into()
    }
}

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Full => Self::StorageFull,
            VaultError::KeyMissing | VaultError::Rejected | VaultError::Unavailable => Self::KeyUnavailable,
        }
    }
}

impl From<SignError> for Error {
    fn from(error: SignError) -> Self {
        match error {
            SignError::Vault(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        homon_store::Error::from(error).into()
    }
}

impl From<PhotoRefused> for Error {
    fn from(refused: PhotoRefused) -> Self {
        Self::FixInput { field: Field::Photo, rule: Rule::Photo(refused) }
    }
}

impl From<NotInPicture> for Error {
    fn from(_: NotInPicture) -> Self {
        Self::FixInput { field: Field::Area, rule: Rule::OutsideThePicture }
    }
}

impl From<homon_store::Error> for Error {
    fn from(error: homon_store::Error) -> Self {
        use homon_store::Error as E;
        match error {
            E::StorageFull => Self::StorageFull,
            E::Paused => Self::RetryLater { why: Later::Suspended },
            E::Key(error) => error.into(),
            E::Io(kind) => {
                tracing::error!(%kind, "the device fails");
                Refusal::DeviceFails.into()
            }
            // A page that the disk does not give looks damaged too. What really is gets set aside when it is opened.
            E::Damaged => {
                tracing::error!("a file gives what does not authenticate, or is not read");
                Refusal::DeviceFails.into()
            }
            E::Quarantined { .. } | E::Missing | E::AuditBroken { .. } => Refusal::Quarantined.into(),
            E::TooNew => Refusal::AppTooOld.into(),
            E::Unknown => Refusal::NoSuchVisit.into(),
            other => Self::internal(other),
        }
    }
}

impl From<SignInError> for Error {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::WrongPin { tries_before_wait } => {
                Self::FixInput { field: Field::Pin, rule: Rule::PinWrong { tries_before_wait } }
            }
            SignInError::Wait { until } => Self::RetryLater { why: Later::TooManyTries { until } },
            SignInError::KeyUnavailable(error) => error.into(),
            SignInError::UnknownStaff => Refusal::UnknownStaff.into(),
            SignInError::AlreadyThere => Refusal::StaffTwice.into(),
            SignInError::LastSlot => Refusal::LastPin.into(),
            SignInError::TrivialPin => Self::FixInput { field: Field::NewPin, rule: Rule::PinTrivial },
            SignInError::Damaged => Refusal::Quarantined.into(),
            SignInError::Store(error) => error.into(),
        }
    }
}
