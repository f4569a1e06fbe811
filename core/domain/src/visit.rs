//! Visit (訪問): where a team goes on one day, who is there, and what differs from the rules.
//!
//! A rule that is not kept needs a reason, which lands in the report. It does not lock the door of a care home.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::Closed;
use crate::ids::{PartNumber, SiteCode, StaffCode, VisitId};
use crate::programme::{Programme, ServiceKind, ServiceTerms};
use crate::site::SiteCondition;
use crate::staff::Role;
use crate::text::ReceivedText;

/// Japan Standard Time, the time of every calendar rule. Japan has no daylight saving time.
#[must_use]
pub fn japan_time(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    const NINE_HOURS: i32 = 9 * 3600;
    at.with_timezone(&FixedOffset::east_opt(NINE_HOURS).expect("nine hours is less than a day"))
}

/// What was agreed with the site. All tablets of a visit share it; it names no person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitPlan {
    /// The visit.
    pub id: VisitId,
    /// What is offered.
    pub service: ServiceKind,
    /// Where.
    pub site: SiteCode,
    /// On which day, in Japan.
    pub date: NaiveDate,
    /// From when.
    pub from: NaiveTime,
    /// Until when.
    pub until: NaiveTime,
}

/// What is checked before the first resident is received.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckItem {
    /// Nobody can look on (仕切り).
    Partition,
    /// Only the equipment of this work is on the line (専用の回線).
    DedicatedLine,
    /// Background, light and mirror for the photo (写真の道具).
    Equipment,
    /// Table, chairs and equipment were disinfected (消毒).
    Disinfection,
}

impl CheckItem {
    /// All items, in the order of the screen.
    pub const ALL: [Self; 4] = [Self::Partition, Self::DedicatedLine, Self::Equipment, Self::Disinfection];
}

/// Who is there and what was checked.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct CheckIn {
    /// Who is there.
    pub staff: Vec<StaffCode>,
    /// What was checked.
    pub checked: Vec<CheckItem>,
    /// For renewal visits: the city asked for a worker (Shimonoseki 8(5)).
    #[serde(default)]
    pub city_asked_for_worker: bool,
}

/// A rule that this visit does not keep.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "rule")]
pub enum Departure {
    /// The contract has not begun or has ended.
    OutsideContract,
    /// The visit is opened on another day than planned.
    AnotherDay,
    /// The calendar is closed at the planned time.
    OutsideHours {
        /// Why it is closed.
        closed: Closed,
    },
    /// The city has not approved the site.
    SiteNotApproved,
    /// The site does not meet a condition of approval.
    SiteCondition {
        /// Which condition.
        condition: SiteCondition,
    },
    /// Fewer of the contractor's people than the contract asks for.
    TooFewWorkers {
        /// How many are there.
        present: u8,
        /// How many are asked for.
        needed: u8,
    },
    /// No approved site manager is there.
    NoSiteManager,
    /// No city staff is there.
    NoCityStaff,
    /// Something was not checked.
    NotChecked {
        /// What.
        item: CheckItem,
    },
}

/// A departure with its reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Deviation {
    /// Which rule is not kept.
    pub departure: Departure,
    /// Why.
    pub reason: ReceivedText,
    /// Who recorded it.
    pub by: StaffCode,
}

/// Why a visit cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OpenRefused {
    /// The programme does not offer the service.
    #[error("the programme does not offer this service")]
    NoSuchService,
    /// The programme does not know the site.
    #[error("the programme does not know this site")]
    NoSuchSite,
    /// The programme does not know the member of staff.
    #[error("the programme does not know the staff code {0}")]
    NoSuchStaff(StaffCode),
    /// The same person is listed twice.
    #[error("the staff code {0} is listed twice")]
    StaffTwice(StaffCode),
    /// The visit ends before it begins.
    #[error("the visit ends before it begins")]
    TimesReversed,
    /// These departures have no reason yet.
    #[error("{} departures need a reason", .0.len())]
    ReasonsMissing(Vec<Departure>),
}

/// The state of a visit part.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitStatus {
    /// Residents are received.
    Open,
    /// The balance is right; nothing more is received. Sealing may follow.
    Closed,
}

/// Why a visit part is opened again after it was closed or sealed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AmendmentReason {
    /// Something was recorded wrongly.
    Correction,
    /// Someone came after all, or something was handed in later.
    Addition,
    /// The city asked for it.
    AskedByCity,
}

/// Why a part goes on on the tablet that had handed it over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakeBackReason {
    /// The other tablet has not taken it, and will not.
    NotTaken,
    /// The other tablet is broken or lost.
    TabletLost,
    /// The city asked for it.
    AskedByCity,
}

/// One part of a visit, as one tablet carries it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Visit {
    /// What was agreed.
    pub plan: VisitPlan,
    /// Which part this tablet works on.
    pub part: PartNumber,
    /// Who is there and what was checked.
    pub check_in: CheckIn,
    /// What differs from the rules, with reasons.
    pub deviations: Vec<Deviation>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Who opened it.
    pub opened_by: StaffCode,
    /// Whether residents are still received.
    pub status: VisitStatus,
    /// When it was closed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<Utc>>,
    /// Why it was opened again last, if it was. A package sealed after that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amendment: Option<AmendmentReason>,
    /// People who only asked something (相談件数).
    pub consultations: u32,
    /// What the daily report should say beside the counts (特記事項).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remarks: Option<ReceivedText>,
    /// Where a private home is; facilities stand in the programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_address: Option<ReceivedText>,
}

/// Every rule of the programme that this visit would not keep if it were opened now.
#[must_use]
pub fn departures(programme: &Programme, plan: &VisitPlan, check_in: &CheckIn, now: DateTime<Utc>) -> Vec<Departure> {
    let Some(terms) = programme.service(plan.service) else { return Vec::new() };
    let mut found = Vec::new();
    if plan.date < programme.contract_from || programme.contract_until < plan.date {
        found.push(Departure::OutsideContract);
    }
    if japan_time(now).date_naive() != plan.date {
        found.push(Departure::AnotherDay);
    }
    if terms.bound_to_calendar
        && let Err(closed) = programme.calendar.judge(plan.date, plan.from, plan.until, &plan.site)
    {
        found.push(Departure::OutsideHours { closed });
    }
    found.extend(site_departures(programme, &plan.site));
    found.extend(staff_departures(programme, terms, check_in));
    let unchecked = CheckItem::ALL.into_iter().filter(|item| !check_in.checked.contains(item));
    found.extend(unchecked.map(|item| Departure::NotChecked { item }));
    found
}

fn site_departures(programme: &Programme, site: &SiteCode) -> Vec<Departure> {
    match programme.site(site).map(|site| &site.approval) {
        Some(Some(approval)) => {
            approval.unmet().into_iter().map(|condition| Departure::SiteCondition { condition }).collect()
        }
        Some(None) => vec![Departure::SiteNotApproved],
        None => Vec::new(),
    }
}

fn staff_departures(programme: &Programme, terms: &ServiceTerms, check_in: &CheckIn) -> Vec<Departure> {
    let roles: Vec<Role> = check_in.staff.iter().filter_map(|c| programme.member(c)).map(|m| m.role).collect();
    let present = u8::try_from(roles.iter().filter(|role| role.is_contractor()).count()).unwrap_or(u8::MAX);
    let needed = terms.staffing.contractors.max(u8::from(check_in.city_asked_for_worker));
    let mut found = Vec::new();
    if present < needed {
        found.push(Departure::TooFewWorkers { present, needed });
    }
    if terms.staffing.site_manager && !roles.contains(&Role::SiteManager) {
        found.push(Departure::NoSiteManager);
    }
    if terms.staffing.city_staff && !roles.contains(&Role::CityStaff) {
        found.push(Departure::NoCityStaff);
    }
    found
}

/// Opens a part of a visit.
///
/// # Errors
/// [`OpenRefused`]; nothing is changed then. A departure without a reason is named, so that the reason can be asked for.
pub fn open(
    programme: &Programme,
    plan: VisitPlan,
    part: PartNumber,
    check_in: CheckIn,
    deviations: Vec<Deviation>,
    by: &StaffCode,
    now: DateTime<Utc>,
) -> Result<Visit, OpenRefused> {
    check_known(programme, &plan, &check_in, by)?;
    let found = departures(programme, &plan, &check_in, now);
    let explained = |departure: &&Departure| deviations.iter().any(|deviation| deviation.departure == **departure);
    let unexplained: Vec<_> = found.iter().filter(|departure| !explained(departure)).cloned().collect();
    if !unexplained.is_empty() {
        return Err(OpenRefused::ReasonsMissing(unexplained));
    }
    // A reason for a rule that is kept after all has no place in the report.
    let deviations = deviations.into_iter().filter(|deviation| found.contains(&deviation.departure)).collect();
    Ok(Visit {
        plan,
        part,
        check_in,
        deviations,
        opened_at: now,
        opened_by: by.clone(),
        status: VisitStatus::Open,
        closed_at: None,
        amendment: None,
        consultations: 0,
        remarks: None,
        private_address: None,
    })
}

fn check_known(programme: &Programme, plan: &VisitPlan, check_in: &CheckIn, by: &StaffCode) -> Result<(), OpenRefused> {
    programme.service(plan.service).ok_or(OpenRefused::NoSuchService)?;
    programme.site(&plan.site).ok_or(OpenRefused::NoSuchSite)?;
    if plan.until <= plan.from {
        return Err(OpenRefused::TimesReversed);
    }
    for (index, code) in check_in.staff.iter().enumerate() {
        if check_in.staff[..index].contains(code) {
            return Err(OpenRefused::StaffTwice(code.clone()));
        }
    }
    let unknown = check_in.staff.iter().chain([by]).find(|code| programme.member(code).is_none());
    unknown.map_or(Ok(()), |code| Err(OpenRefused::NoSuchStaff(code.clone())))
}
