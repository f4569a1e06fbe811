//! Applicant (申請者): the items of the application as they are received, one after the other.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::birthdate::BirthDate;
use crate::numbers::{ApplicationId, IndividualNumber, Phone};
use crate::text::ReceivedText;
use crate::unfinished_id::UnfinishedId;

/// 性別 as the register records it. The next card drops it; nothing may depend on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 男.
    Male,
    /// 女.
    Female,
}

/// The number that ties the application to the register.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum RegisterNumber {
    /// 申請書ID, 23 digits.
    ApplicationId(ApplicationId),
    /// 個人番号, 12 digits; only where the programme says so.
    IndividualNumber(IndividualNumber),
    /// The first digits of a 申請書ID whose typing was interrupted.
    Unfinished(UnfinishedId),
}

/// Whom to reach about the application, and when.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Whose line it is.
    pub whose: ContactOf,
    /// The number.
    pub phone: Phone,
    /// Good hours, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<ReceivedText>,
}

/// Whose line a contact is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "who")]
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

/// What is known of the applicant so far.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Applicant {
    /// 氏名, exactly as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ReceivedText>,
    /// フリガナ, where it helps to call the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kana: Option<ReceivedText>,
    /// 住所, exactly as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<ReceivedText>,
    /// 生年月日.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<BirthDate>,
    /// 性別.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// 申請書ID or 個人番号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<RegisterNumber>,
    /// Whom to reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
}

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

redacted!(Applicant, Contact, ContactOf, RegisterNumber);
