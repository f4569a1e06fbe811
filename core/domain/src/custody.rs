//! Custody (預かり): papers and cards that staff took into their hands, and what became of each.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::StaffCode;
use crate::text::ReceivedText;

/// What was taken into custody.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// 照会書, the city's letter.
    Letter,
    /// 通知カード.
    NotificationCard,
    /// 申請書 on paper.
    ApplicationForm,
    /// 顔写真証明書 or another certificate.
    Certificate,
    /// 暗証番号設定依頼書 in its sealed envelope. Only the envelope's number is ever known here.
    PinRequestEnvelope,
    /// マイナンバーカード.
    Card,
}

/// What became of an item.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Settlement {
    /// Given back to the resident or their representative.
    Returned,
    /// Handed to the city, whose ledger carries the custody on.
    HandedToCity,
    /// Neither, for a reason that the report carries.
    Explained {
        /// Why, and what happens next.
        reason: ReceivedText,
    },
}

/// One item in custody.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Item {
    /// What it is. One of a kind at most is held at a time.
    pub kind: ItemKind,
    /// When it was taken.
    pub received_at: DateTime<Utc>,
    /// Who took it.
    pub received_by: StaffCode,
    /// What became of it; `None` while it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
}

impl Item {
    /// Whether it went back to the resident.
    #[must_use]
    pub fn was_returned(&self) -> bool {
        self.settled.as_ref().is_some_and(|settled| settled.settlement == Settlement::Returned)
    }
}

/// The end of custody.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Settled {
    /// What became of the item.
    pub settlement: Settlement,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: StaffCode,
}
