//! Case (受付): one resident received in one visit, from the first word to the outcome.
//!
//! Steps are in [`crate::case_step`], what is missing in [`crate::problems`], what happens at the city in
//! [`crate::delivery`].

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::applicant::Applicant;
use crate::consent::Consent;
use crate::custody::Item;
use crate::evidence::Evidence;
use crate::ids::{CaseId, CaseNumber, Code, StaffCode};
use crate::photo_exception::{ChosenException, PhotoException};
use crate::programme::{Method, ServiceKind};
use crate::text::ReceivedText;

/// Where a resident is found on the round.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct RoundPlace {
    /// The order of the round, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// Room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<ReceivedText>,
    /// Bed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bed: Option<ReceivedText>,
    /// The number drawn at a venue (受付番号).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<u32>,
}

/// What was asked about who may apply (対象者).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Eligibility {
    /// Registered in the municipality (住所を有している者). Many residents of facilities are registered elsewhere.
    pub registered_here: bool,
    /// Whether a move is planned; 申請時来庁方式 asks that none is.
    pub move_planned: bool,
    /// For a renewal at home: can't come to the office. `None` for applications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cannot_come: Option<bool>,
    /// For a renewal at home: nobody can go for them. `None` for applications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<bool>,
}

/// The photo of the application (顔写真): the file itself lies beside the case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
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
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub checked: bool,
    /// The exceptions under which it was taken: without any, something would have decided against it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<PhotoException>,
}

/// That the resident read the large-text page and said that it is right.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Confirmation {
    /// When.
    pub at: DateTime<Utc>,
    /// Who sat beside them.
    pub with: StaffCode,
}

/// Why a resident is not received by this programme.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// How a case left without an application.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Leaving {
    /// 辞退: did not want to apply.
    Refused {
        /// What they said, if they said why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<ReceivedText>,
    },
    /// 取下げ: had begun, and changed their mind.
    Withdrawn {
        /// What they said, if they said why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<NaiveDate>,
    },
}

/// Where a case stands on the tablet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

impl CaseStatus {
    /// All states.
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::Ready, Self::Refused, Self::Withdrawn, Self::Ineligible, Self::Revisit];

    /// The name under which stores and packages know the state.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Ready => "ready",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Ineligible => "ineligible",
            Self::Revisit => "revisit",
        }
    }
}

/// How far a case has come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
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

/// One resident received in one visit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
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
    #[serde(default)]
    pub place: RoundPlace,
    /// How far it has come.
    pub stage: Stage,
    /// Who wished for it, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Whether they may apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eligibility: Option<Eligibility>,
    /// What is known of them.
    #[serde(default)]
    pub applicant: Applicant,
    /// Which documents were seen.
    #[serde(default)]
    pub evidence: Evidence,
    /// What staff hold of theirs.
    #[serde(default)]
    pub custody: Vec<Item>,
    /// The number on the sealed envelope of the 暗証番号設定依頼書. Its content is never known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_envelope: Option<Code>,
    /// Their photo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portrait: Option<Portrait>,
    /// Why their photo may be other than the rules ask.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photo_exceptions: Vec<ChosenException>,
    /// Why the application is made on paper (やむを得ない場合), if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_paper: Option<ReceivedText>,
    /// Their word that it is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Confirmation>,
}

impl Case {
    /// Where the case stands.
    #[must_use]
    pub fn status(&self) -> CaseStatus {
        match &self.stage {
            Stage::Draft => CaseStatus::Draft,
            Stage::Ready => CaseStatus::Ready,
            Stage::Left { leaving } => match leaving {
                Leaving::Refused { .. } => CaseStatus::Refused,
                Leaving::Withdrawn { .. } => CaseStatus::Withdrawn,
                Leaving::Ineligible { .. } => CaseStatus::Ineligible,
                Leaving::Revisit { .. } => CaseStatus::Revisit,
            },
        }
    }

    /// What the search looks through: name, reading, room and numbers, folded.
    #[must_use]
    pub fn search_key(&self) -> String {
        let texts = [&self.applicant.name, &self.applicant.kana, &self.place.room, &self.place.bed];
        let mut words: Vec<String> = texts.into_iter().flatten().map(|t| crate::folding::fold(t.as_str())).collect();
        words.extend(self.place.queue.map(|queue| queue.to_string()));
        words.push(crate::folding::fold(&self.number.to_string()));
        words.join(" ")
    }
}
