//! What can go wrong, named by what to do next: the errors of the core as they are.

use chrono::{DateTime, Utc};
use homon_app::model::{
    BadCharacter, BirthDateFault, Blocker, DateFault, Departure, Era, NumberFault, OpenRefused, PhoneFault,
    PhotoRefused, QrFault, StaffCode, StepRefused, TextFault,
};
use homon_app::{Error as HomonError, Field, FileFault, Later, PhotoFinding, Refusal, Rule};
use uuid::Uuid;

use crate::types::ids::Count;

/// What to do next.
#[uniffi::remote(Error)]
pub enum HomonError {
    /// Something typed or taken does not fit: mend this field.
    FixInput {
        /// Which field.
        field: Field,
        /// Which rule it breaks.
        rule: Rule,
    },
    /// Nothing is wrong with the input: try the same again later.
    RetryLater {
        /// Why not now.
        why: Later,
    },
    /// Nobody is signed in, or no longer.
    SignInAgain,
    /// The key store of the tablet does not give a key. Call the city desk; nothing was deleted.
    KeyUnavailable,
    /// The tablet has no room. Send what is sealed, or free some.
    StorageFull,
    /// This is not possible, for a reason that a person can act on.
    Refused {
        /// Why.
        reason: Refusal,
    },
    /// A fault of the app. The number finds the log line.
    Internal {
        /// Stands in the log beside what happened.
        incident: Uuid,
    },
}

/// A field that a person fills.
#[uniffi::remote(Enum)]
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
#[uniffi::remote(Enum)]
pub enum Rule {
    /// Text.
    Text(TextFault),
    /// Digits.
    Number(NumberFault),
    /// Telephone number.
    Phone(PhoneFault),
    /// QR code.
    Qr(QrFault),
    /// Date.
    Date(BirthDateFault),
    /// Photo.
    Photo(PhotoRefused),
    /// What decides against the photo. Take another one, or choose an exception where one is true.
    PhotoFindings(Vec<PhotoFinding>),
    /// The area lies outside the picture, or has no size. Draw it again.
    OutsideThePicture,
    /// A code of `a-z 0-9 -`.
    Code,
    /// A PIN of 6 to 12 digits.
    PinForm,
    /// A PIN that anyone would guess.
    PinTrivial,
    /// The wrong PIN.
    PinWrong {
        /// How many more may be wrong before one must wait.
        tries_before_wait: u32,
    },
    /// The file can't be read as a roster.
    Roster(FileFault),
    /// The file is not an enrolment, or was changed.
    EnrolmentNotTrusted,
    /// The fingerprint on the other side is another one.
    FingerprintDiffers,
    /// The file is not a request of a tablet of this city, or was changed.
    HandoverNotTrusted,
    /// The code is not one by which a tablet shares a visit.
    NotAnInvitation,
}

/// Why not now.
#[uniffi::remote(Enum)]
pub enum Later {
    /// Too many wrong PINs.
    TooManyTries {
        /// The next try may be made then.
        until: DateTime<Utc>,
    },
    /// The intake does not answer. What was sent is kept there; the rest goes on from the same byte.
    Offline,
    /// The upload was stopped on purpose.
    Stopped,
    /// The app is being suspended.
    Suspended,
}

/// Why something is not possible.
#[uniffi::remote(Enum)]
pub enum Refusal {
    /// The tablet is not enrolled.
    NotEnrolled,
    /// The tablet is enrolled already.
    AlreadyEnrolled,
    ModeChanges,
    OnlyInTraining,
    /// The enrolment is for another tablet.
    OtherDevice,
    /// A real programme asks for a hardware key store.
    HardwareNeeded,
    /// The programme cannot be used; the city must mend it.
    ProgrammeFaulty,
    /// The member of staff has no PIN on this tablet.
    UnknownStaff,
    /// The member of staff has a PIN already.
    StaffTwice,
    /// The last PIN cannot be removed.
    LastPin,
    /// The city has revoked this tablet. Take it to the city desk.
    Revoked,
    /// The server is not the programme's intake.
    WrongServer,
    /// The intake does not accept the tablet's certificate. Enrol the tablet again.
    CertificateRefused,
    /// The tablet's date is wrong, so that the intake's certificate seems out of date. Check the date.
    DateWrong,
    /// A sealed file was changed or lost. Open the visit again and seal it once more; its cases are not affected.
    SealedFileDamaged,
    /// The intake refused a package.
    IntakeRefused {
        /// The intake's code.
        code: String,
    },
    /// The visit cannot be opened.
    Visit(OpenRefused),
    /// The visit part is on this tablet already.
    PartTwice,
    /// The tablet does not hold this visit part.
    NoSuchVisit,
    /// The visit is not open for residents any more.
    VisitClosed,
    /// The visit is still open.
    VisitStillOpen,
    /// The city holds the visit; on this tablet it is locked.
    VisitLocked,
    /// The part went to another tablet; here it is locked. Go on there, or take it back if it was not taken.
    HandedOver,
    /// A tablet cannot hand a part over to itself.
    SameTablet,
    /// The file was handed over to another tablet.
    HandoverForAnother,
    /// The tablet that sealed the file is not this city's. Do not take it; tell the city desk.
    HandoverNotTrusted,
    /// The file is not a handover, or was changed or cut on its way. Carry it over once more.
    HandoverDamaged,
    /// The file was taken before, or is older than what this tablet has.
    HandoverTaken,
    /// The file was made under another programme.
    OtherProgramme,
    /// Somebody can still sign in on this tablet: nothing needs to begin anew.
    StillOpens,
    /// A file of this part is here whose key only the city has. Take its copy to the city desk, or open another part.
    OrphanFirst,
    /// The file is not a grant of the city desk, or was changed.
    GrantNotTrusted,
    /// The grant was made out to another tablet.
    GrantForAnother,
    /// The grant's key does not open the file: it was made from the copy of another one, or the file is damaged.
    GrantDoesNotFit,
    /// The balance is not even.
    NotEven {
        /// What keeps it open.
        blockers: Vec<Blocker>,
    },
    /// The tablet does not hold this roster.
    NoSuchRoster,
    /// The roster has no such line.
    NoSuchLine,
    /// This resident was received in this visit.
    ReceivedAlready,
    /// The app came without models of faces, so nobody is guided, and no photo of an activity is taken: nobody would have
    /// looked for the faces in it. Portraits can be taken all the same.
    NoPhotoModels,
    /// A model of faces is damaged. Install the app again; portraits can be taken all the same.
    PhotoModelsDamaged,
    /// There is no such photo of an activity: it was deleted, or another was looked at since. Take it again.
    NoSuchActivityPhoto,
    /// Nobody was shown how the photo looks with the areas that are covered now. Look at the preview first.
    NotPreviewed,
    /// The visit part has as many photos of the activity as it may have. Delete one first.
    EnoughActivityPhotos,
    /// The tablet does not hold this message.
    NoSuchMessage,
    /// The visit does not know this case.
    NoSuchCase,
    /// The step is not possible.
    Step(StepRefused),
    /// A damaged file was put aside, unchanged, now or before. Call the city desk.
    Quarantined,
    /// The storage or the system of the tablet does not do what it should. Nothing that was answered is lost. Restart the
    /// tablet and do the same again; if that does not help, take it to the city desk.
    DeviceFails,
    /// A newer version of the app wrote the files.
    AppTooOld,
}

/// Why a visit cannot be opened.
#[uniffi::remote(Enum)]
pub enum OpenRefused {
    /// The programme does not offer the service.
    NoSuchService,
    /// The programme does not know the site.
    NoSuchSite,
    /// The programme does not know the member of staff.
    NoSuchStaff(StaffCode),
    /// The same person is listed twice.
    StaffTwice(StaffCode),
    /// The visit ends before it begins.
    TimesReversed,
    /// These departures have no reason yet.
    ReasonsMissing(Vec<Departure>),
}

/// Why a step was refused. Nothing changed.
#[uniffi::remote(Enum)]
pub enum StepRefused {
    /// Consent comes before anything else.
    ConsentFirst,
    /// The case does not allow this step now.
    NotNow,
    /// Only the city's staff may do this.
    CityStaffOnly,
    /// The programme does not know the document, or it was not shown.
    NoSuchDocument,
    /// The programme does not know the explanation.
    NoSuchExplanation,
    /// The programme does not know the member of staff.
    NoSuchStaff,
    /// One of a kind at most is in custody.
    ItemTwice,
    /// No item of that kind is in custody.
    NoSuchItem,
    /// That exception was not chosen.
    NoSuchException,
    /// The programme does not ask for this kind of number.
    NumberNotAllowed,
    /// The birth date lies after the day the resident was received.
    BirthDateInFuture,
    /// The birth date lies further back than anyone lives.
    BirthDateTooLongAgo,
    /// The reason does not fit the service or the answers.
    ReasonDoesNotFit,
    /// The day of the revisit has passed.
    RevisitInPast,
}

/// Why a text was refused. It says where, never what.
#[uniffi::remote(Enum)]
pub enum TextFault {
    /// Nothing, or nothing but blanks.
    Blank,
    /// More characters than allowed, where a character is a Unicode code point.
    TooLong {
        /// How many are allowed.
        limit: Count,
    },
    /// A character that must not stand there.
    Character {
        /// What is wrong with it.
        kind: BadCharacter,
        /// Where it stands, counted in code points from 1.
        position: Count,
    },
}

/// What is wrong with a character, or with where it stands.
#[uniffi::remote(Enum)]
pub enum BadCharacter {
    /// A control character, line feed and tab among them.
    Control,
    /// A line or paragraph separator (U+2028, U+2029).
    LineSeparator,
    /// A character that turns the direction of writing, so that the text reads otherwise than it is stored.
    Bidirectional,
    /// A character that shows nothing: zero-width blanks and joiners, soft hyphen, tags, fillers.
    Invisible,
    /// A code point that is no character in any text.
    Noncharacter,
    /// U+FFFD: an earlier conversion lost what stood here.
    Lost,
    /// A variation selector or combining mark with nothing before it that it could change.
    MarkWithoutBase,
}

/// Which rule a number breaks.
#[uniffi::remote(Enum)]
pub enum NumberFault {
    /// Something other than digits, blanks and hyphens.
    NotDigits,
    /// Too few or too many digits.
    WrongLength {
        /// How many digits the number has.
        expected: Count,
        /// How many were given.
        got: Count,
    },
    /// The last digit does not follow from the others: something was mistyped.
    CheckDigit,
}

/// Why a text is not a telephone number.
#[uniffi::remote(Enum)]
pub enum PhoneFault {
    /// Something other than digits, hyphens and a leading +.
    NotAllowed,
    /// A domestic number begins with the 0 of its area code.
    NoAreaCode,
    /// Too few or too many digits.
    WrongLength,
}

/// Why no 申請書ID was found in a QR code.
#[uniffi::remote(Enum)]
pub enum QrFault {
    /// No run of exactly 23 digits: another code, or a form of another kind. Type the number instead.
    NoneFound,
    /// More than one run of exactly 23 digits. Type the number instead.
    SeveralFound,
}

/// Why a birth date was refused. It never repeats what was written.
#[uniffi::remote(Enum)]
pub enum BirthDateFault {
    /// Not a date at all.
    Date(#[from] DateFault),
    /// After the day it was given on.
    InFuture,
    /// More than 130 years before the day it was given on.
    TooLongAgo,
}

/// Why a written date was refused. It never repeats what was written.
#[uniffi::remote(Enum)]
pub enum DateFault {
    /// Not written as a date: `昭和5年3月12日`, `S5.3.12`, `1930-03-12` and `19300312` are.
    NotADate,
    /// The month or the day is missing. Where nobody knows it, that must be said: `昭和5年3月日不詳`.
    Incomplete,
    /// A year of one or two digits needs its era.
    EraMissing,
    /// The calendar has no such day, such as February 30.
    NoSuchDay,
    /// The era had ended or not begun. The same day is written in the era `right`.
    WrongEra {
        /// The era of that day.
        right: Era,
    },
    /// Before 明治6年 (1873), when Japan counted by another calendar.
    BeforeGregorian,
}

/// An era, in order of time.
#[uniffi::remote(Enum)]
pub enum Era {
    /// 明治, proclaimed on 1868-10-23.
    Meiji,
    /// 大正, from 1912-07-30.
    Taisho,
    /// 昭和, from 1926-12-25.
    Showa,
    /// 平成, from 1989-01-08.
    Heisei,
    /// 令和, from 2019-05-01.
    Reiwa,
}

/// Why a portrait was refused.
#[uniffi::remote(Enum)]
pub enum PhotoRefused {
    /// Another kind of file.
    NotJpeg,
    /// A JPEG of a rare kind: lossless, arithmetic, hierarchical, or with more than 8 bits a sample.
    UnsupportedKind,
    /// Four inks instead of three colours.
    Cmyk,
    /// The file ends too early. Transfer it again.
    Truncated,
    /// The file is broken inside.
    Damaged,
    /// The file without metadata is too small.
    TooFewBytes {
        /// How many there are.
        bytes: u64,
        /// How many are needed.
        min: u32,
    },
    /// The file without metadata is too large.
    TooManyBytes {
        /// How many there are.
        bytes: u64,
        /// How many are allowed.
        max: u32,
    },
    /// A side is too short.
    TooFewPixels {
        /// Width as stored.
        width: u32,
        /// Height as stored.
        height: u32,
        /// Pixels that each side needs.
        min: u32,
    },
    /// A side is too long, or the whole too large to decode on a tablet.
    TooManyPixels {
        /// Width as stored.
        width: u32,
        /// Height as stored.
        height: u32,
        /// Pixels that no side may exceed.
        max: u32,
    },
}
