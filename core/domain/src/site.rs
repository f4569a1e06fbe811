//! Where visits go, and what the city has approved.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::SiteCode;

/// What kind of place a site is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteKind {
    /// 福祉施設・事業所.
    Facility,
    /// 個人宅. Its name and address are a resident's, so they never stand in the programme.
    PrivateHome,
    /// 商業施設等 for 会場設置型.
    Venue,
    /// 区役所 or 市役所.
    WardOffice,
}

impl SiteKind {
    /// Whether its address is a resident's: asked for at check-in, and kept in the visit's own file alone.
    #[must_use]
    pub fn has_private_address(self) -> bool {
        match self {
            Self::PrivateHome => true,
            Self::Facility | Self::Venue | Self::WardOffice => false,
        }
    }
}

/// What the city approved a site under (承認). Shimonoseki 3(2), 7(4), 8(2) and 9(1).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteApproval {
    /// The day of the city's approval.
    pub approved_on: NaiveDate,
    /// Not joined to an event for a political party, a religion or profit.
    pub neutral_event: bool,
    /// The manager of the place agreed.
    pub manager_agreed: bool,
    /// A partition can be set up, so that nobody looks on.
    pub partition_possible: bool,
    /// A line that only the equipment of this work can use is possible.
    pub dedicated_line_possible: bool,
}

/// A condition of approval that a site does not meet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteCondition {
    /// The event is for a political party, a religion or profit.
    NeutralEvent,
    /// The manager of the place has not agreed.
    ManagerAgreed,
    /// No partition can be set up.
    PartitionPossible,
    /// No dedicated line is possible.
    DedicatedLinePossible,
}

impl SiteApproval {
    /// The conditions that are not met, in the order of the type.
    #[must_use]
    pub fn unmet(&self) -> Vec<SiteCondition> {
        [
            (self.neutral_event, SiteCondition::NeutralEvent),
            (self.manager_agreed, SiteCondition::ManagerAgreed),
            (self.partition_possible, SiteCondition::PartitionPossible),
            (self.dedicated_line_possible, SiteCondition::DedicatedLinePossible),
        ]
        .into_iter()
        .filter_map(|(met, condition)| (!met).then_some(condition))
        .collect()
    }
}

/// A site (実施場所).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// How packages and reports name the place.
    pub code: SiteCode,
    /// What kind of place it is.
    pub kind: SiteKind,
    /// The public name of the place; none for a private home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The city's approval, if it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<SiteApproval>,
}
