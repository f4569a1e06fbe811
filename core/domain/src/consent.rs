//! Consent (本人の意思): who wished for the application, how they said so, and who explained it in which words.
//!
//! A facility's or a family's wish is not consent. Doubt means "not today".

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{Code, StaffCode};
use crate::text::ReceivedText;

/// Who expressed the wish.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "who")]
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
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// 親権者.
    Parent,
    /// 未成年後見人.
    GuardianOfMinor,
    /// 成年後見人.
    GuardianOfAdult,
}

/// How the wish was expressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expression {
    /// In words.
    Spoken,
    /// In writing, or with the help of writing (筆談).
    Written,
    /// By a sign or gesture that staff understood without doubt.
    Gesture,
}

/// What was asked and answered, before anything else.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
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

/// The record of consent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Consent {
    /// What was answered.
    pub answers: ConsentAnswers,
    /// When.
    pub at: DateTime<Utc>,
}

/// The words of an explanation that the city approved (説明文) and the sheet that stays with the resident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// How records name these words; a change of words is a new code.
    pub code: Code,
    /// The words themselves.
    pub text: String,
    /// The leave-behind sheet: next steps, where the card will go, whom to call.
    pub leave_behind: String,
}
