//! What the tests share: a programme with invented people and places, and the journey of one resident.
#![allow(dead_code, reason = "every test file uses a part of it")]

pub(crate) mod journey;

use std::fmt::Debug;
use std::str::FromStr;
use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
use homon_domain::case_step::Doing;
use homon_domain::programme::{Programme, ServiceKind};
use homon_domain::staff::StaffMember;
use homon_domain::text::ReceivedText;
use homon_domain::visit::{CheckIn, CheckItem, Visit, VisitPlan, open};

/// The programme in which everything is in order.
pub(crate) static PROGRAMME: LazyLock<Programme> =
    LazyLock::new(|| toml::from_str(include_str!("programme.toml")).expect("the fixture is a programme"));

/// The day of the visit, a Tuesday.
pub(crate) const TODAY: &str = "2026-11-24";

/// A code, number, date or identifier of a fixture.
pub(crate) fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("the fixture is well written")
}

pub(crate) fn received(text: &str) -> ReceivedText {
    ReceivedText::from_register(text, ReceivedText::LONGEST).expect("the fixture is acceptable text")
}

pub(crate) fn day(text: &str) -> NaiveDate {
    read(text)
}

/// An instant by the clock on a wall in Japan, as `2026-11-24T10:00`.
pub(crate) fn japan(wall: &str) -> DateTime<Utc> {
    read::<DateTime<FixedOffset>>(&format!("{wall}:00+09:00")).to_utc()
}

/// When residents are received, unless a test says otherwise.
pub(crate) fn morning() -> DateTime<Utc> {
    japan("2026-11-24T10:00")
}

pub(crate) fn member(code: &str) -> &'static StaffMember {
    PROGRAMME.member(&read(code)).expect("the fixture has this member of staff")
}

/// Somebody at work under the programme in which everything is in order.
pub(crate) fn doing(by: &str) -> Doing<'static> {
    Doing { programme: &PROGRAMME, by: member(by), at: morning() }
}

/// Somebody at work under another programme.
pub(crate) fn doing_under<'a>(programme: &'a Programme, by: &str) -> Doing<'a> {
    Doing { programme, by: member(by), at: morning() }
}

/// The programme with a change.
pub(crate) fn programme_with(change: impl FnOnce(&mut Programme)) -> Programme {
    let mut programme = PROGRAMME.clone();
    change(&mut programme);
    programme
}

pub(crate) fn plan(service: ServiceKind, site: &str, date: &str) -> VisitPlan {
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a full hour");
    let id = read("5f0a2c51-7f0e-4b7e-9f55-0a8f0d7c1e01");
    VisitPlan { id, service, site: read(site), date: day(date), from: time(10), until: time(15) }
}

/// These people are there, and everything was checked.
pub(crate) fn check_in(staff: &[&str]) -> CheckIn {
    let staff = staff.iter().map(|code| read(code)).collect();
    CheckIn { staff, checked: CheckItem::ALL.to_vec(), city_asked_for_worker: false }
}

/// A visit part that keeps every rule.
pub(crate) fn visit(part: &str) -> Visit {
    let plan = plan(ServiceKind::VisitApplication, "home-01", TODAY);
    let team = check_in(&["manager-1", "worker-1", "city-1"]);
    let part = homon_domain::ids::PartNumber::new(read(part)).expect("parts count from 1");
    open(&PROGRAMME, plan, part, team, Vec::new(), &read("manager-1"), morning()).expect("the visit keeps every rule")
}
