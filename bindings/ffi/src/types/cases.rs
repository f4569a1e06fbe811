//! Cases: one resident, what is known of them, what is missing, what may be done.

use chrono::{DateTime, NaiveDate, Utc};
use homon_app::model::{
    Applicant, Case, CaseId, CaseNumber, CaseRow, CaseStatus, CaseView, ChosenException, Code, Confirmation, Consent,
    Eligibility, Evidence, ExceptionToDeclare, IneligibleReason, Item, Leaving, Method, PhotoException, Portrait,
    Problem, ReceivedText, RevisitReason, RoundPlace, RouteSum, ServiceKind, StaffCode, Stage, StepKind, Warning,
};

/// The whole of a case.
#[uniffi::remote(Record)]
pub struct CaseView {
    /// Where it stands.
    pub status: CaseStatus,
    /// What is missing or wrong, in the order of the journey; empty once it is ready or has left.
    pub problems: Vec<Problem>,
    /// What may be done now.
    pub allowed_actions: Vec<StepKind>,
    /// How far each combination of evidence is filled; empty where identity is checked at pickup.
    pub evidence: Vec<RouteSum>,
    /// Exceptions of the photo, and what has to be done about each.
    pub declarations: Vec<ExceptionToDeclare>,
    /// What to look at, though it keeps nothing from being done.
    pub warnings: Vec<Warning>,
    /// The record itself.
    pub case: Case,
}

/// One line of the board: enough to find the resident, no more of the name than the first characters.
#[uniffi::remote(Record)]
pub struct CaseRow {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Where it stands.
    pub status: CaseStatus,
    /// First character of each part of the name, then ○.
    pub masked_name: Option<String>,
    /// Where the resident is found.
    pub place: RoundPlace,
    /// What comes next in the journey, while it is open.
    pub next: Option<Problem>,
}

/// Something that is probably wrong, and may be right.
#[uniffi::remote(Enum)]
pub enum Warning {
    /// The address begins with the municipality and with none of its towns.
    TownUnknown,
    /// The photo looks like that of other cases of the visit: the same file, or the same moment.
    SamePhoto {
        /// The other cases.
        cases: Vec<CaseNumber>,
    },
}

/// The kind of a step, without its content: for allowed actions and the audit chain.
#[uniffi::remote(Enum)]
pub enum StepKind {
    /// See `Step::Place`.
    Place,
    /// See `Step::RecordConsent`.
    RecordConsent,
    /// See `Step::AnswerEligibility`.
    AnswerEligibility,
    /// See `Step::SeeDocument`.
    SeeDocument,
    /// See `Step::WithdrawDocument`.
    WithdrawDocument,
    /// See `Step::MarkEvidenceSufficient`.
    MarkEvidenceSufficient,
    /// See `Step::NumberPinEnvelope`.
    NumberPinEnvelope,
    /// See `Step::TakeItem`.
    TakeItem,
    /// See `Step::SettleItem`.
    SettleItem,
    /// See `Step::SetNumber`.
    SetNumber,
    /// See `Step::SetName`.
    SetName,
    /// See `Step::SetAddress`.
    SetAddress,
    /// See `Step::SetBirthDate`.
    SetBirthDate,
    /// See `Step::SetSex`.
    SetSex,
    /// See `Step::SetContact`.
    SetContact,
    /// See `Step::ChoosePhotoException`.
    ChoosePhotoException,
    /// See `Step::RevokePhotoException`.
    RevokePhotoException,
    /// See `Step::AttachPortrait`.
    AttachPortrait,
    /// See `Step::ChooseMedium`.
    ChooseMedium,
    /// See `Step::Confirm`.
    Confirm,
    /// See `Step::Leave`.
    Leave,
    /// See `Step::Reopen`.
    Reopen,
}

/// Where a case stands on the tablet.
#[uniffi::remote(Enum)]
pub enum CaseStatus {
    /// 入力中.
    Draft,
    /// 完了: nothing is missing and the resident confirmed.
    Ready,
    /// 辞退.
    Refused,
    /// 取下げ.
    Withdrawn,
    /// 対象外.
    Ineligible,
    /// 再訪問.
    Revisit,
}

/// Something that is missing or wrong. Types, never text: the words are in the string catalogue.
#[uniffi::remote(Enum)]
pub enum Problem {
    /// Consent was not recorded.
    ConsentMissing,
    /// Staff doubt that the wish is the resident's own.
    ConsentInDoubt,
    /// Under 15, so a legal representative expresses the wish.
    RepresentativeNeeded,
    /// The paper that makes them a representative was not seen.
    AuthorityNotSeen,
    /// The leave-behind sheet was not given.
    LeaveBehindMissing,
    /// Eligibility was not asked.
    EligibilityMissing,
    /// Registered elsewhere.
    NonResident,
    /// 申請時来庁方式 asks that no move is planned.
    MovePlanned,
    /// A renewal at home is for those who can't come and have no proxy.
    CanComeOrHasProxy,
    /// The renewal itself is not documented; its journey is not part of this version.
    RenewalNotDocumented,
    /// The service's journey is not part of this version.
    ServiceNotAvailable,
    /// 氏名 is missing.
    NameMissing,
    /// 住所 is missing.
    AddressMissing,
    /// 生年月日 is missing.
    BirthDateMissing,
    /// 生年月日 lies after the day the resident was received.
    BirthDateInFuture,
    /// 性別 is missing.
    SexMissing,
    /// 申請書ID or 個人番号 is missing.
    NumberMissing,
    /// The typing of the 申請書ID was interrupted.
    NumberUnfinished {
        /// How many digits are still to be typed.
        remaining: u8,
    },
    /// The programme does not take this kind of number.
    NumberNotAllowed,
    /// Nobody to reach when something is wrong with the application.
    ContactMissing,
    /// No combination of evidence is complete.
    EvidenceMissing {
        /// How far each combination is filled.
        sums: Vec<RouteSum>,
    },
    /// Complete, but city staff have not said so.
    EvidenceNotMarked,
    /// The sealed envelope's number is missing.
    PinEnvelopeMissing,
    /// The photo is missing.
    PortraitMissing,
    /// The photo was taken under an exception that was revoked: choose it again, or take another photo.
    PhotoExceptionMissing {
        /// Which.
        exception: PhotoException,
    },
    /// The application is on paper, and the form is not in custody.
    PaperFormMissing,
    /// The resident has not confirmed, or something changed since.
    NotConfirmed,
}

/// One resident received in one visit.
#[uniffi::remote(Record)]
pub struct Case {
    /// The case, whatever happens to its number.
    pub id: CaseId,
    /// Its number within the visit.
    pub number: CaseNumber,
    /// The service of the visit.
    pub service: ServiceKind,
    /// How identity is checked; none for services without applications.
    pub method: Option<Method>,
    /// When the resident was received.
    pub received_at: DateTime<Utc>,
    /// Who received them.
    pub received_by: StaffCode,
    /// Where they are found.
    pub place: RoundPlace,
    /// How far it has come.
    pub stage: Stage,
    /// Who wished for it, and how.
    pub consent: Option<Consent>,
    /// Whether they may apply.
    pub eligibility: Option<Eligibility>,
    /// What is known of them.
    pub applicant: Applicant,
    /// Which documents were seen.
    pub evidence: Evidence,
    /// What staff hold of theirs.
    pub custody: Vec<Item>,
    /// The number on the sealed envelope of the 暗証番号設定依頼書. Its content is never known here.
    pub pin_envelope: Option<Code>,
    /// Their photo.
    pub portrait: Option<Portrait>,
    /// Why their photo may be other than the rules ask.
    pub photo_exceptions: Vec<ChosenException>,
    /// Why the application is made on paper (やむを得ない場合), if it is.
    pub on_paper: Option<ReceivedText>,
    /// Their word that it is right.
    pub confirmed: Option<Confirmation>,
}

/// How far a case has come.
#[uniffi::remote(Enum)]
pub enum Stage {
    /// Something is still missing or not confirmed.
    Draft,
    /// Complete and confirmed by the resident.
    Ready,
    /// Ended without an application.
    Left {
        /// How.
        leaving: Leaving,
    },
}

/// How a case left without an application.
#[uniffi::remote(Enum)]
pub enum Leaving {
    /// 辞退: did not want to apply.
    Refused {
        /// What they said, if they said why.
        note: Option<ReceivedText>,
    },
    /// 取下げ: had begun, and changed their mind.
    Withdrawn {
        /// What they said, if they said why.
        note: Option<ReceivedText>,
    },
    /// 対象外: outside the targets.
    Ineligible {
        /// Why.
        reason: IneligibleReason,
    },
    /// 再訪問.
    Revisit {
        /// Why.
        reason: RevisitReason,
        /// When, if it was agreed.
        on: Option<NaiveDate>,
    },
}

/// Why a resident is not received by this programme.
#[uniffi::remote(Enum)]
pub enum IneligibleReason {
    /// Registered in another municipality.
    NonResident,
    /// For a renewal at home: can come, or someone can go for them.
    CanComeOrHasProxy,
    /// The certificate or card is not due.
    NotDue,
    /// Holds a card already.
    HasCard,
}

/// Why the team comes again.
#[uniffi::remote(Enum)]
pub enum RevisitReason {
    /// Staff doubt that the wish is the resident's own.
    ConsentInDoubt,
    /// A legal representative must be there.
    RepresentativeNeeded,
    /// Evidence of identity does not suffice today.
    EvidenceMissing,
    /// Asleep, at a meal, or away.
    NotAvailable,
    /// Unwell.
    Unwell,
    /// The ward is closed (隔離).
    Isolation,
    /// No acceptable photo today.
    PhotoNotPossible,
    /// The team ran out of time.
    OutOfTime,
}

/// When the applicant's identity is checked.
#[uniffi::remote(Enum)]
pub enum Method {
    /// 申請時来庁方式 (`OnSiteApplication`): now, by city staff; the card then goes to the resident by post.
    OnSiteApplication,
    /// 交付時来庁方式 (`PickupVerification`): when the card is picked up; only the application is made here.
    PickupVerification,
}

/// Where a resident is found on the round.
#[uniffi::remote(Record)]
pub struct RoundPlace {
    /// The order of the round, from 1.
    pub order: Option<u32>,
    /// Room.
    pub room: Option<ReceivedText>,
    /// Bed.
    pub bed: Option<ReceivedText>,
    /// The number drawn at a venue (受付番号).
    pub queue: Option<u32>,
}

/// What was asked about who may apply (対象者).
#[uniffi::remote(Record)]
pub struct Eligibility {
    /// Registered in the municipality (住所を有している者). Many residents of facilities are registered elsewhere.
    pub registered_here: bool,
    /// Whether a move is planned; 申請時来庁方式 asks that none is.
    pub move_planned: bool,
    /// For a renewal at home: can't come to the office. `None` for applications.
    pub cannot_come: Option<bool>,
    /// For a renewal at home: nobody can go for them. `None` for applications.
    pub no_proxy: Option<bool>,
}

/// The photo of the application (顔写真): the file itself lies beside the case.
#[uniffi::remote(Record)]
pub struct Portrait {
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Size of the file, in bytes.
    pub bytes: u32,
    /// Width, in pixels.
    pub width: u32,
    /// Height, in pixels.
    pub height: u32,
    /// When it was taken.
    pub at: DateTime<Utc>,
    /// Whether the picture was checked and cut to measure. The file was, always; the picture is not where the tablet has
    /// no models of faces.
    pub checked: bool,
    /// The exceptions under which it was taken: without any, something would have decided against it.
    pub rests_on: Vec<PhotoException>,
}

/// That the resident read the large-text page and said that it is right.
#[uniffi::remote(Record)]
pub struct Confirmation {
    /// When.
    pub at: DateTime<Utc>,
    /// Who sat beside them.
    pub with: StaffCode,
}
