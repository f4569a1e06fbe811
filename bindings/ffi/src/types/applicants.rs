//! Who applies, what they wish, and whom to reach.

use chrono::{DateTime, Utc};
use homon_app::model::{
    Applicant, ApplicationId, Authority, BirthDate, Code, Consent, ConsentAnswers, Contact, ContactOf, ExpressedBy,
    Expression, IndividualNumber, Phone, ReceivedText, RegisterNumber, Sex, StaffCode, UnfinishedId,
};

/// The record of consent.
#[uniffi::remote(Record)]
pub struct Consent {
    /// What was answered.
    pub answers: ConsentAnswers,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was asked and answered, before anything else.
#[uniffi::remote(Record)]
pub struct ConsentAnswers {
    /// Who expressed the wish.
    pub by: ExpressedBy,
    /// How.
    pub how: Expression,
    /// Who explained the card, the photo and what happens next.
    pub explained_by: StaffCode,
    /// In which words: an explanation of the programme.
    pub explanation: Code,
    /// Whether the sheet with the next steps, where the card will go and whom to call was left behind.
    pub leave_behind: bool,
    /// Whether staff doubt that the wish is the resident's own. Doubt ends the case with a revisit.
    pub doubtful: bool,
}

/// Who expressed the wish.
#[uniffi::remote(Enum)]
pub enum ExpressedBy {
    /// The resident.
    Resident,
    /// 法定代理人: a parent of someone under 15, or an adult's guardian.
    LegalRepresentative {
        /// The representative's name, as received.
        name: ReceivedText,
        /// What makes them the representative.
        authority: Authority,
        /// Whether the paper that proves the authority was seen (戸籍, 登記事項証明書).
        proof_seen: bool,
    },
}

/// What makes someone a legal representative.
#[uniffi::remote(Enum)]
pub enum Authority {
    /// 親権者.
    Parent,
    /// 未成年後見人.
    GuardianOfMinor,
    /// 成年後見人.
    GuardianOfAdult,
}

/// How the wish was expressed.
#[uniffi::remote(Enum)]
pub enum Expression {
    /// In words.
    Spoken,
    /// In writing, or with the help of writing (筆談).
    Written,
    /// By a sign or gesture that staff understood without doubt.
    Gesture,
}

/// What is known of the applicant so far.
#[uniffi::remote(Record)]
pub struct Applicant {
    /// 氏名, exactly as received.
    pub name: Option<ReceivedText>,
    /// フリガナ, where it helps to call the person.
    pub kana: Option<ReceivedText>,
    /// 住所, exactly as received.
    pub address: Option<ReceivedText>,
    /// 生年月日.
    pub birth_date: Option<BirthDate>,
    /// 性別.
    pub sex: Option<Sex>,
    /// 申請書ID or 個人番号.
    pub number: Option<RegisterNumber>,
    /// Whom to reach.
    pub contact: Option<Contact>,
}

/// 性別 as the register records it. The next card drops it; nothing may depend on it.
#[uniffi::remote(Enum)]
pub enum Sex {
    /// 男.
    Male,
    /// 女.
    Female,
}

/// The number that ties the application to the register.
#[uniffi::remote(Enum)]
pub enum RegisterNumber {
    /// 申請書ID, 23 digits.
    ApplicationId(ApplicationId),
    /// 個人番号, 12 digits; only where the programme says so.
    IndividualNumber(IndividualNumber),
    /// The first digits of a 申請書ID whose typing was interrupted.
    Unfinished(UnfinishedId),
}

/// Whom to reach about the application, and when.
#[uniffi::remote(Record)]
pub struct Contact {
    /// Whose line it is.
    pub whose: ContactOf,
    /// The number.
    pub phone: Phone,
    /// Good hours, in words.
    pub hours: Option<ReceivedText>,
}

/// Whose line a contact is.
#[uniffi::remote(Enum)]
pub enum ContactOf {
    /// The applicant's own.
    Own,
    /// A relation's.
    Relation {
        /// The relation's name.
        name: ReceivedText,
    },
    /// The facility's.
    Facility,
}
