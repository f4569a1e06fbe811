//! Papers: evidence of identity that was seen, and what staff hold for a resident.

use chrono::{DateTime, Utc};
use homon_app::model::{
    Code, DocumentClass, Evidence, Item, ItemKind, ReceivedText, RouteSum, SeenDocument, Settled, Settlement, Slot,
    StaffCode, Sufficient,
};

/// What was seen for one case, and whether city staff found it sufficient.
#[uniffi::remote(Record)]
pub struct Evidence {
    /// The documents seen, each kind once.
    pub seen: Vec<SeenDocument>,
    /// Set by city staff only, and taken back when a document is withdrawn.
    pub sufficient: Option<Sufficient>,
}

/// A document that was shown (提示).
#[uniffi::remote(Record)]
pub struct SeenDocument {
    /// Which kind of document.
    pub document: Code,
    /// When it was seen.
    pub at: DateTime<Utc>,
    /// Who saw it.
    pub by: StaffCode,
}

/// City staff's word that the evidence suffices.
#[uniffi::remote(Record)]
pub struct Sufficient {
    /// Who said so; always a member of the city's staff.
    pub by: StaffCode,
    /// When.
    pub at: DateTime<Utc>,
}

/// One combination as an equation of slots.
#[uniffi::remote(Record)]
pub struct RouteSum {
    /// The slots in the order of the programme.
    pub slots: Vec<Slot>,
}

/// One slot of a combination, and whether a document fills it.
#[uniffi::remote(Record)]
pub struct Slot {
    /// What the slot asks for.
    pub class: DocumentClass,
    /// Whether a document that was seen fills it.
    pub filled: bool,
}

/// What a document counts as.
#[uniffi::remote(Enum)]
pub enum DocumentClass {
    /// A書類: official, with a photograph.
    A,
    /// B書類: without a photograph.
    B,
    /// 照会書: the city's letter, sent to the address of the register.
    Letter,
    /// 通知カード.
    NotificationCard,
    /// 顔写真証明書, signed by the head of a facility.
    FacilityPhotoCertificate,
}

/// One item in custody.
#[uniffi::remote(Record)]
pub struct Item {
    /// What it is. One of a kind at most is held at a time.
    pub kind: ItemKind,
    /// When it was taken.
    pub received_at: DateTime<Utc>,
    /// Who took it.
    pub received_by: StaffCode,
    /// What became of it; `None` while it is held.
    pub settled: Option<Settled>,
}

/// What was taken into custody.
#[uniffi::remote(Enum)]
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

/// The end of custody.
#[uniffi::remote(Record)]
pub struct Settled {
    /// What became of the item.
    pub settlement: Settlement,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: StaffCode,
}

/// What became of an item.
#[uniffi::remote(Enum)]
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
