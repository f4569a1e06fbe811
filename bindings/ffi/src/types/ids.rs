//! What crosses as text: identifiers, codes, calendar dates, and what is known of a resident. And the few types of Rust that
//! the other languages do not have.
//!
//! One way for all: text in the form in which the core writes it, read again by the core's own parser. Only an instant
//! crosses as an instant, because it is shown in the zone of whoever looks.

use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use homon_app::ColumnLetter;
use homon_app::Error as HomonError;
use homon_app::model::{
    ActivityPhotoId, ApplicationId, BirthDate, CaseId, CaseNumber, Code, DeviceId, Hours, IndividualNumber, KeyAlias,
    MailNumber, PartNumber, Phone, ReceivedText, RosterId, SealNumber, UnfinishedId, VisitId,
};
use uuid::Uuid;

/// The text did not come from the core: a fault of the shell. What it said goes nowhere, for it could be a name.
pub(crate) fn not_ours(what: &'static str) -> HomonError {
    let incident = Uuid::new_v4();
    tracing::error!(%incident, what, "a shell gave what the core does not write");
    HomonError::Internal { incident }
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $write:expr, $read:expr) => {
        uniffi::custom_type!($(#[$doc])* $name, String, {
            remote,
            lower: |value| ($write)(value),
            try_lift: |text| ($read)(text).ok_or_else(|| not_ours(stringify!($name)).into()),
        });
    };
}

macro_rules! parsed {
    ($(#[$doc:meta])* $name:ident) => {
        text!($(#[$doc])* $name, |value: $name| value.to_string(), |text: String| text.parse::<$name>().ok());
    };
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $int:ty) => {
        uniffi::custom_type!($(#[$doc])* $name, $int, {
            remote,
            lower: |value| value.get(),
            try_lift: |number| $name::new(number).ok_or_else(|| not_ours(stringify!($name)).into()),
        });
    };
}

parsed!(
    /// One enrolled tablet: a UUID.
    DeviceId
);
parsed!(
    /// One visit (訪問) to one site on one day, shared by all tablets that work on it: a UUID.
    VisitId
);
parsed!(
    /// One case (受付): one resident received in one visit. A UUID.
    CaseId
);
parsed!(
    /// One roster (名簿): a UUID.
    RosterId
);
parsed!(
    /// One photo of an activity: a UUID.
    ActivityPhotoId
);
parsed!(
    /// The number of a case within its visit, unique over all parts: part and running number, as `1-004`.
    CaseNumber
);
parsed!(
    /// A short code given by the city or the contractor, for staff, sites and documents: 1 to 32 of `a-z 0-9 -`.
    Code
);
parsed!(
    /// A number under which something stands in the log: a UUID.
    Uuid
);
parsed!(
    /// A day, as `2027-09-16`.
    NaiveDate
);
text!(
    /// A time of day, as `09:00:00`; seconds may be left out.
    NaiveTime,
    |time: NaiveTime| time.to_string(),
    |text: String| text.parse().or_else(|_| NaiveTime::parse_from_str(&text, "%H:%M")).ok()
);
text!(
    /// Opening hours, as `09:00-17:00`.
    Hours,
    |hours: Hours| hours.to_string(),
    |text: String| text.try_into().ok()
);
text!(
    /// The name of one wrapping key in a vault: `desk`, `visit/<visit id>/<part>`, `roster/<roster id>`,
    /// `message/<mail number>` or `enrolment`.
    KeyAlias,
    |alias: KeyAlias| alias.0,
    |text: String| Some(KeyAlias(text))
);
text!(
    /// A column of a table, by its letter: `A`, `B`, … `AA`. The core writes it and never reads it.
    ColumnLetter,
    |letter: ColumnLetter| letter.to_string(),
    |_: String| None::<ColumnLetter>
);
text!(
    /// Text about a resident, exactly as it was received. Not for logs.
    ReceivedText,
    String::from,
    |text: String| ReceivedText::try_from(text).ok()
);
text!(
    /// 生年月日 as far as it is known: `1930-03-12`, `1931-05` or `1931`. Not for logs.
    BirthDate,
    String::from,
    |text: String| BirthDate::try_from(text).ok()
);
text!(
    /// 電話番号. Not for logs.
    Phone,
    String::from,
    |text: String| Phone::try_from(text).ok()
);
text!(
    /// 申請書ID: 23 digits. Not for logs.
    ApplicationId,
    |id: ApplicationId| id.expose().to_owned(),
    |text: String| ApplicationId::parse(&text).ok()
);
text!(
    /// The beginning of a 申請書ID that is typed on later. Not for logs.
    UnfinishedId,
    |id: UnfinishedId| id.expose().to_owned(),
    |text: String| UnfinishedId::parse(&text).ok()
);
text!(
    /// 個人番号: 12 digits, only where the programme asks for it. Not for logs.
    IndividualNumber,
    |number: IndividualNumber| number.expose().to_owned(),
    |text: String| IndividualNumber::parse(&text).ok()
);
number!(
    /// One tablet's share of a visit, from 1.
    PartNumber, u8
);
number!(
    /// Which message (便) of the desk to one tablet, from 1.
    MailNumber, u32
);
number!(
    /// How often a part has been sealed, from 1.
    SealNumber, u32
);

type Timestamp = DateTime<Utc>;
uniffi::custom_type!(
    /// An instant. A tablet's clock can be wrong: for display, never for order.
    Timestamp, SystemTime, {
        remote,
        lower: |instant| SystemTime::from(instant),
        try_lift: |instant| Ok(Timestamp::from(instant)),
    }
);

/// How many.
pub(crate) type Count = usize;
uniffi::custom_type!(
    /// How many.
    Count, u64, {
        remote,
        lower: |count| count as u64,
        try_lift: |count| usize::try_from(count).map_err(|_| not_ours("Count").into()),
    }
);

/// Counts by reason.
pub(crate) type Counts = BTreeMap<String, u32>;
type UnorderedCounts = HashMap<String, u32>;
uniffi::custom_type!(
    /// Counts by reason.
    Counts, UnorderedCounts, {
        remote,
        lower: |counts| counts.into_iter().collect(),
        try_lift: |counts| Ok(counts.into_iter().collect()),
    }
);

/// Two columns.
pub(crate) type TwoColumns = [ColumnLetter; 2];
type ColumnLetters = Vec<ColumnLetter>;
uniffi::custom_type!(
    /// Two columns.
    TwoColumns, ColumnLetters, {
        remote,
        lower: |columns| columns.to_vec(),
        try_lift: |columns| TwoColumns::try_from(columns).map_err(|_| not_ours("TwoColumns").into()),
    }
);
