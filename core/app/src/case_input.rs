//! What a person types or taps in a case, as it comes from the screen, and the step that it means.
//!
//! Screens hand over raw text; whether it is a date, a number or a name is decided here, so that it is decided once.

use chrono::NaiveDate;
use homon_domain::applicant::{Contact, ContactOf, RegisterNumber, Sex};
use homon_domain::birthdate::BirthDate;
use homon_domain::case::{Eligibility, IneligibleReason, Leaving, RevisitReason, RoundPlace};
use homon_domain::case_step::Step;
use homon_domain::consent::{Authority, ConsentAnswers, ExpressedBy, Expression};
use homon_domain::custody::{ItemKind, Settlement};
use homon_domain::ids::Code;
use homon_domain::numbers::{ApplicationId, IndividualNumber, Phone};
use homon_domain::photo_exception::PhotoException;
use homon_domain::text::ReceivedText;
use homon_domain::unfinished_id::UnfinishedId;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Field, Result, Rule};

/// Where a resident is found, as typed.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceInput {
    /// The order of the round, from 1.
    #[serde(default)]
    pub order: Option<u32>,
    /// Room.
    #[serde(default)]
    pub room: Option<String>,
    /// Bed.
    #[serde(default)]
    pub bed: Option<String>,
    /// The number drawn at a venue.
    #[serde(default)]
    pub queue: Option<u32>,
}

/// A legal representative, as typed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepresentativeInput {
    /// Name.
    pub name: String,
    /// What makes them the representative.
    pub authority: Authority,
    /// Whether the proof was seen.
    pub proof_seen: bool,
}

/// The answers of the consent page.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentInput {
    /// `None` when the resident spoke for themselves.
    #[serde(default)]
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
    #[serde(default)]
    pub doubtful: bool,
}

/// Whose line a contact is, as typed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "who")]
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
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
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
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum LeavingInput {
    /// 辞退.
    Refused {
        /// What they said.
        #[serde(default)]
        note: Option<String>,
    },
    /// 取下げ.
    Withdrawn {
        /// What they said.
        #[serde(default)]
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
        #[serde(default)]
        on: Option<NaiveDate>,
    },
}

/// One thing a person does with a case.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "input")]
pub enum CaseInput {
    /// Where the resident is found.
    Place {
        /// The place.
        place: PlaceInput,
    },
    /// Consent, before anything else.
    Consent {
        /// The answers.
        #[serde(flatten)]
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
        #[serde(default)]
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
        #[serde(default)]
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
        #[serde(default)]
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

pub(crate) fn short(field: Field, text: &str) -> Result<ReceivedText> {
    ReceivedText::from_input(text, ReceivedText::SHORT)
        .map_err(|fault| Error::FixInput { field, rule: Rule::Text(fault) })
}

pub(crate) fn long(field: Field, text: &str) -> Result<ReceivedText> {
    ReceivedText::from_input(text, ReceivedText::LONG)
        .map_err(|fault| Error::FixInput { field, rule: Rule::Text(fault) })
}

/// Nothing typed is nothing given.
fn optional(field: Field, text: Option<&String>) -> Result<Option<ReceivedText>> {
    text.filter(|text| !text.trim().is_empty()).map(|text| short(field, text)).transpose()
}

pub(crate) fn code(field: Field, text: &str) -> Result<Code> {
    text.parse().map_err(|_| Error::FixInput { field, rule: Rule::Code })
}

fn birth_date(text: &str, today: NaiveDate) -> Result<BirthDate> {
    BirthDate::parse(text, today).map_err(|fault| Error::FixInput { field: Field::BirthDate, rule: Rule::Date(fault) })
}

/// A complete 申請書ID, or the beginning of one that is typed on later.
fn application_id(typed: &str) -> Result<RegisterNumber> {
    let wrong = |fault| Error::FixInput { field: Field::ApplicationId, rule: Rule::Number(fault) };
    if ApplicationId::remaining(typed).map_err(wrong)? == 0 {
        return ApplicationId::parse(typed).map(RegisterNumber::ApplicationId).map_err(wrong);
    }
    UnfinishedId::parse(typed).map(RegisterNumber::Unfinished).map_err(wrong)
}

impl PlaceInput {
    /// The place.
    ///
    /// # Errors
    /// [`Error::FixInput`].
    pub fn place(&self) -> Result<RoundPlace> {
        Ok(RoundPlace {
            order: self.order,
            room: optional(Field::Room, self.room.as_ref())?,
            bed: optional(Field::Bed, self.bed.as_ref())?,
            queue: self.queue,
        })
    }
}

impl RepresentativeInput {
    fn expressed_by(&self) -> Result<ExpressedBy> {
        let name = short(Field::RepresentativeName, &self.name)?;
        Ok(ExpressedBy::LegalRepresentative { name, authority: self.authority, proof_seen: self.proof_seen })
    }
}

impl ConsentInput {
    fn answers(&self) -> Result<ConsentAnswers> {
        let by = self.representative.as_ref().map_or(Ok(ExpressedBy::Resident), RepresentativeInput::expressed_by)?;
        Ok(ConsentAnswers {
            by,
            how: self.how,
            explained_by: code(Field::Staff, &self.explained_by)?,
            explanation: code(Field::Explanation, &self.explanation)?,
            leave_behind: self.leave_behind,
            doubtful: self.doubtful,
        })
    }
}

impl ContactInput {
    fn contact_of(&self) -> Result<ContactOf> {
        Ok(match self {
            Self::Own => ContactOf::Own,
            Self::Relation { name } => ContactOf::Relation { name: short(Field::ContactName, name)? },
            Self::Facility => ContactOf::Facility,
        })
    }
}

impl SettlementInput {
    fn settlement(&self) -> Result<Settlement> {
        Ok(match self {
            Self::Returned => Settlement::Returned,
            Self::HandedToCity => Settlement::HandedToCity,
            Self::Explained { reason } => Settlement::Explained { reason: long(Field::Reason, reason)? },
        })
    }
}

impl LeavingInput {
    fn leaving(&self) -> Result<Leaving> {
        Ok(match self {
            Self::Refused { note } => Leaving::Refused { note: optional(Field::Note, note.as_ref())? },
            Self::Withdrawn { note } => Leaving::Withdrawn { note: optional(Field::Note, note.as_ref())? },
            Self::Ineligible { reason } => Leaving::Ineligible { reason: *reason },
            Self::Revisit { reason, on } => Leaving::Revisit { reason: *reason, on: *on },
        })
    }
}

impl CaseInput {
    /// The step that the input means on `today`, the day in Japan.
    ///
    /// # Errors
    /// [`Error::FixInput`], naming the field and the rule, never the text.
    pub fn step(&self, today: NaiveDate) -> Result<Step> {
        Ok(match self {
            Self::Place { place } => Step::Place { place: place.place()? },
            Self::Consent { consent } => Step::RecordConsent { answers: consent.answers()? },
            Self::Eligibility { answers } => Step::AnswerEligibility { eligibility: answers.clone() },
            Self::Name { name, kana } => {
                Step::SetName { name: short(Field::Name, name)?, kana: optional(Field::Kana, kana.as_ref())? }
            }
            Self::Address { address } => Step::SetAddress { address: long(Field::Address, address)? },
            Self::BirthDate { text } => Step::SetBirthDate { birth_date: birth_date(text, today)? },
            Self::Sex { sex } => Step::SetSex { sex: *sex },
            Self::ApplicationId { digits } => Step::SetNumber { number: application_id(digits)? },
            Self::ApplicationIdQr { payload } => {
                let wrong = |fault| Error::FixInput { field: Field::ApplicationId, rule: Rule::Qr(fault) };
                let id = ApplicationId::from_qr(payload).map_err(wrong)?;
                Step::SetNumber { number: RegisterNumber::ApplicationId(id) }
            }
            Self::IndividualNumber { digits } => {
                let wrong = |fault| Error::FixInput { field: Field::IndividualNumber, rule: Rule::Number(fault) };
                let number = IndividualNumber::parse(digits).map_err(wrong)?;
                Step::SetNumber { number: RegisterNumber::IndividualNumber(number) }
            }
            Self::Contact { whose, phone, hours } => {
                let wrong = |fault| Error::FixInput { field: Field::Phone, rule: Rule::Phone(fault) };
                let phone = Phone::parse(phone).map_err(wrong)?;
                let hours = optional(Field::ContactHours, hours.as_ref())?;
                Step::SetContact { contact: Contact { whose: whose.contact_of()?, phone, hours } }
            }
            Self::SeeDocument { document } => Step::SeeDocument { document: code(Field::Document, document)? },
            Self::WithdrawDocument { document } => {
                Step::WithdrawDocument { document: code(Field::Document, document)? }
            }
            Self::MarkEvidenceSufficient => Step::MarkEvidenceSufficient,
            Self::PinEnvelope { number } => Step::NumberPinEnvelope { envelope: code(Field::PinEnvelope, number)? },
            Self::TakeItem { item } => Step::TakeItem { item: *item },
            Self::SettleItem { item, settlement } => {
                Step::SettleItem { item: *item, settlement: settlement.settlement()? }
            }
            // By post it has to fit into the form's name field.
            Self::PhotoException { exception, reason } => {
                Step::ChoosePhotoException { exception: *exception, reason: short(Field::Reason, reason)? }
            }
            Self::RevokePhotoException { exception } => Step::RevokePhotoException { exception: *exception },
            Self::Medium { on_paper } => Step::ChooseMedium {
                on_paper: on_paper.as_ref().map(|reason| long(Field::Reason, reason)).transpose()?,
            },
            Self::Confirm => Step::Confirm,
            Self::Leave { leaving } => Step::Leave { leaving: leaving.leaving()? },
            Self::Reopen => Step::Reopen,
        })
    }
}
