//! What a person types or taps in a case, as it comes from the screen.

use chrono::NaiveDate;
use homon_app::model::{
    Authority, Eligibility, Expression, IneligibleReason, ItemKind, PhotoException, RevisitReason, Sex,
};
use homon_app::{
    CaseInput, ConsentInput, ContactInput, LeavingInput, PlaceInput, RepresentativeInput, SettlementInput,
};

/// One thing a person does with a case.
#[uniffi::remote(Enum)]
pub enum CaseInput {
    /// Where the resident is found.
    Place {
        /// The place.
        place: PlaceInput,
    },
    /// Consent, before anything else.
    Consent {
        /// The answers.
        consent: ConsentInput,
    },
    /// Whether they may apply.
    Eligibility {
        /// The answers.
        answers: Eligibility,
    },
    /// 氏名.
    Name {
        /// As received.
        name: String,
        /// Reading.
        kana: Option<String>,
    },
    /// 住所.
    Address {
        /// As received.
        address: String,
    },
    /// 生年月日, in any way people write it.
    BirthDate {
        /// `昭和5年3月12日`, `S5.3.12`, `1930-03-12`, `1931年5月日不詳`.
        text: String,
    },
    /// 性別.
    Sex {
        /// As the register records it.
        sex: Sex,
    },
    /// 申請書ID as typed; fewer than 23 digits are kept and asked for again.
    ApplicationId {
        /// Digits, in groups or not.
        digits: String,
    },
    /// 申請書ID from the QR code of the form.
    ApplicationIdQr {
        /// What the code holds.
        payload: String,
    },
    /// 個人番号.
    IndividualNumber {
        /// Digits, in groups or not.
        digits: String,
    },
    /// Whom to reach.
    Contact {
        /// Whose line.
        whose: ContactInput,
        /// Number.
        phone: String,
        /// Good hours.
        hours: Option<String>,
    },
    /// A document was shown.
    SeeDocument {
        /// Its code.
        document: String,
    },
    /// A document was noted by mistake.
    WithdrawDocument {
        /// Its code.
        document: String,
    },
    /// City staff find the evidence sufficient.
    MarkEvidenceSufficient,
    /// The number on the sealed envelope.
    PinEnvelope {
        /// The number.
        number: String,
    },
    /// Staff take a paper or card.
    TakeItem {
        /// What.
        item: ItemKind,
    },
    /// Custody ends.
    SettleItem {
        /// What.
        item: ItemKind,
        /// How.
        settlement: SettlementInput,
    },
    /// The photo may be other than the rules ask.
    PhotoException {
        /// In which way.
        exception: PhotoException,
        /// Why, in the words that the issuing body will be told.
        reason: String,
    },
    /// An exception was chosen by mistake.
    RevokePhotoException {
        /// Which.
        exception: PhotoException,
    },
    /// On paper for a reason; with none, electronically after all.
    Medium {
        /// Why on paper.
        on_paper: Option<String>,
    },
    /// The resident confirmed the large-text page.
    Confirm,
    /// The case ends without an application.
    Leave {
        /// How.
        leaving: LeavingInput,
    },
    /// It ended by mistake.
    Reopen,
}

/// Where a resident is found, as typed.
#[uniffi::remote(Record)]
pub struct PlaceInput {
    /// The order of the round, from 1.
    pub order: Option<u32>,
    /// Room.
    pub room: Option<String>,
    /// Bed.
    pub bed: Option<String>,
    /// The number drawn at a venue.
    pub queue: Option<u32>,
}

/// The answers of the consent page.
#[uniffi::remote(Record)]
pub struct ConsentInput {
    /// `None` when the resident spoke for themselves.
    pub representative: Option<RepresentativeInput>,
    /// How the wish was expressed.
    pub how: Expression,
    /// Who explained.
    pub explained_by: String,
    /// In which of the programme's words.
    pub explanation: String,
    /// Whether the sheet was left behind.
    pub leave_behind: bool,
    /// Whether staff doubt the wish.
    pub doubtful: bool,
}

/// A legal representative, as typed.
#[uniffi::remote(Record)]
pub struct RepresentativeInput {
    /// Name.
    pub name: String,
    /// What makes them the representative.
    pub authority: Authority,
    /// Whether the proof was seen.
    pub proof_seen: bool,
}

/// Whose line a contact is, as typed.
#[uniffi::remote(Enum)]
pub enum ContactInput {
    /// The applicant's own.
    Own,
    /// A relation's.
    Relation {
        /// Name.
        name: String,
    },
    /// The facility's.
    Facility,
}

/// How custody ends, as chosen.
#[uniffi::remote(Enum)]
pub enum SettlementInput {
    /// Given back.
    Returned,
    /// Handed to the city.
    HandedToCity,
    /// Neither.
    Explained {
        /// Why, and what happens next.
        reason: String,
    },
}

/// How a case ends without an application, as chosen.
#[uniffi::remote(Enum)]
pub enum LeavingInput {
    /// 辞退.
    Refused {
        /// What they said.
        note: Option<String>,
    },
    /// 取下げ.
    Withdrawn {
        /// What they said.
        note: Option<String>,
    },
    /// 対象外.
    Ineligible {
        /// Why.
        reason: IneligibleReason,
    },
    /// 再訪問.
    Revisit {
        /// Why.
        reason: RevisitReason,
        /// When.
        on: Option<NaiveDate>,
    },
}
