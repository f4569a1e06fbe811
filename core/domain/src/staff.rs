//! Who works on a visit.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::StaffCode;

/// What a person may do (業務体制). One person has one role: the Chiba specification allows no second office.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 業務従事者 or 窓口従事者: receives residents.
    Worker,
    /// 現場管理責任者 or 窓口責任者, approved by the city: answers for one place while it is open.
    SiteManager,
    /// 総括責任者: answers for the whole contract.
    GeneralManager,
    /// 市職員: the only one who may mark evidence of identity as sufficient or renew a certificate.
    CityStaff,
}

impl Role {
    /// Whether the contractor employs this person: counts towards 業務従事者 2人以上 (Shimonoseki 8(5)).
    #[must_use]
    pub fn is_contractor(self) -> bool {
        self != Self::CityStaff
    }
}

/// One member of staff, as the city enrolled them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffMember {
    /// How audit logs, packages and reports name the person.
    pub code: StaffCode,
    /// The name on the name plate.
    pub name: String,
    /// What the person may do.
    pub role: Role,
}

impl fmt::Debug for StaffMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaffMember").field("code", &self.code).field("role", &self.role).finish_non_exhaustive()
    }
}
