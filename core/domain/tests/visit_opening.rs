//! When a visit may be opened, what it departs from, and what must be explained first.

mod support;

use chrono::{DateTime, NaiveTime, Utc};
use homon_domain::calendar::Closed;
use homon_domain::holidays::Holiday;
use homon_domain::ids::PartNumber;
use homon_domain::programme::{Programme, ServiceKind};
use homon_domain::site::SiteCondition;
use homon_domain::visit::{
    CheckIn, CheckItem, Departure, Deviation, OpenRefused, Visit, VisitPlan, VisitStatus, departures, japan_time, open,
};
use proptest::prelude::*;
use support::{PROGRAMME, TODAY, check_in, day, japan, morning, plan, read, received};

/// All that opening a visit depends on.
#[derive(Clone)]
struct Scene {
    programme: Programme,
    plan: VisitPlan,
    check_in: CheckIn,
    now: DateTime<Utc>,
}

impl Scene {
    fn new(service: ServiceKind, site: &str, date: &str, staff: &[&str]) -> Self {
        let now = japan(&format!("{date}T09:30"));
        Self { programme: PROGRAMME.clone(), plan: plan(service, site, date), check_in: check_in(staff), now }
    }

    /// A visit to a care home that keeps every rule.
    fn in_order() -> Self {
        Self::new(ServiceKind::VisitApplication, "home-01", TODAY, &["manager-1", "worker-1", "city-1"])
    }

    fn departures(&self) -> Vec<Departure> {
        departures(&self.programme, &self.plan, &self.check_in, self.now)
    }

    fn open(&self, explained: &[Departure]) -> Result<Visit, OpenRefused> {
        let reason = |departure: &Departure| Deviation {
            departure: departure.clone(),
            reason: received("施設の都合"),
            by: read("manager-1"),
        };
        let deviations = explained.iter().map(reason).collect();
        let (plan, check_in) = (self.plan.clone(), self.check_in.clone());
        open(&self.programme, plan, PartNumber::FIRST, check_in, deviations, &read("manager-1"), self.now)
    }

    fn conditions(&mut self) -> &mut homon_domain::site::SiteApproval {
        let site = self.programme.sites.iter_mut().find(|site| site.code == self.plan.site);
        site.and_then(|site| site.approval.as_mut()).expect("the site is approved")
    }

    fn leave_out(&mut self, code: &str) {
        self.check_in.staff.retain(|present| present.as_str() != code);
    }

    fn move_to(&mut self, date: &str) {
        self.plan.date = day(date);
        self.now = japan(&format!("{date}T09:30"));
    }
}

type Cause = (fn(&mut Scene), Departure);

/// Causes that may come together, in the order in which departures are listed.
fn causes() -> Vec<Cause> {
    let condition = |condition| Departure::SiteCondition { condition };
    let open = vec![read("09:00-17:00")];
    vec![
        (|scene| scene.programme.contract_from = day("2026-11-25"), Departure::OutsideContract),
        (|scene| scene.now = japan("2026-11-25T09:30"), Departure::AnotherDay),
        (
            |scene| scene.plan.until = NaiveTime::from_hms_opt(17, 1, 0).expect("a minute past five"),
            Departure::OutsideHours { closed: Closed::OutsideHours { open } },
        ),
        (|scene| scene.conditions().neutral_event = false, condition(SiteCondition::NeutralEvent)),
        (|scene| scene.conditions().manager_agreed = false, condition(SiteCondition::ManagerAgreed)),
        (|scene| scene.conditions().partition_possible = false, condition(SiteCondition::PartitionPossible)),
        (|scene| scene.conditions().dedicated_line_possible = false, condition(SiteCondition::DedicatedLinePossible)),
        (|scene| scene.leave_out("worker-1"), Departure::TooFewWorkers { present: 1, needed: 2 }),
        (
            |scene| {
                scene
                    .check_in
                    .staff
                    .iter_mut()
                    .filter(|c| c.as_str() == "manager-1")
                    .for_each(|c| *c = read("general-1"))
            },
            Departure::NoSiteManager,
        ),
        (|scene| scene.leave_out("city-1"), Departure::NoCityStaff),
        (|scene| uncheck(scene, CheckItem::Partition), not_checked(CheckItem::Partition)),
        (|scene| uncheck(scene, CheckItem::DedicatedLine), not_checked(CheckItem::DedicatedLine)),
        (|scene| uncheck(scene, CheckItem::Equipment), not_checked(CheckItem::Equipment)),
        (|scene| uncheck(scene, CheckItem::Disinfection), not_checked(CheckItem::Disinfection)),
    ]
}

fn uncheck(scene: &mut Scene, item: CheckItem) {
    scene.check_in.checked.retain(|checked| *checked != item);
}

fn not_checked(item: CheckItem) -> Departure {
    Departure::NotChecked { item }
}

#[test]
fn a_visit_in_order_opens_without_a_word() {
    let scene = Scene::in_order();
    assert_eq!(scene.departures(), []);
    let visit = scene.open(&[]).expect("every rule is kept");
    assert_eq!((visit.status, visit.opened_at, visit.closed_at), (VisitStatus::Open, scene.now, None));
    assert_eq!((visit.opened_by, visit.part, visit.consultations), (read("manager-1"), PartNumber::FIRST, 0));
    assert_eq!((visit.plan, visit.check_in), (scene.plan, scene.check_in));
    assert_eq!(visit.deviations, []);
}

#[test]
fn every_departure_arises_alone_and_needs_a_reason() {
    for (cause, departure) in causes() {
        let mut scene = Scene::in_order();
        cause(&mut scene);
        assert_eq!(scene.departures(), std::slice::from_ref(&departure));
        assert_eq!(scene.open(&[]), Err(OpenRefused::ReasonsMissing(vec![departure.clone()])));
        let visit = scene.open(std::slice::from_ref(&departure)).expect("a reason opens the door");
        let recorded: Vec<_> = visit.deviations.iter().map(|deviation| deviation.departure.clone()).collect();
        assert_eq!(recorded, [departure]);
        assert_eq!(visit.deviations[0].reason, received("施設の都合"));
    }
}

proptest! {
    #[test]
    fn just_the_unexplained_departures_are_asked_for(
        happened in prop::collection::vec(any::<bool>(), 14), explained in prop::collection::vec(any::<bool>(), 14)
    ) {
        let mut scene = Scene::in_order();
        let causes = causes();
        prop_assert_eq!(causes.len(), happened.len());
        let (mut expected, mut reasons) = (Vec::new(), Vec::new());
        for (index, (cause, departure)) in causes.into_iter().enumerate().filter(|(index, _)| happened[*index]) {
            cause(&mut scene);
            expected.push(departure.clone());
            reasons.extend(explained[index].then_some(departure));
        }
        prop_assert_eq!(scene.departures(), expected.clone());
        expected.retain(|departure| !reasons.contains(departure));
        match scene.open(&reasons) {
            Ok(visit) => prop_assert!(expected.is_empty() && visit.deviations.len() == reasons.len()),
            Err(refused) => prop_assert_eq!(refused, OpenRefused::ReasonsMissing(expected)),
        }
    }
}

#[test]
fn a_site_without_approval_is_a_departure_of_its_own() {
    let mut scene = Scene::in_order();
    scene.plan.site = read("home-02");
    assert_eq!(scene.departures(), [Departure::SiteNotApproved]);
    assert!(scene.open(&[Departure::SiteNotApproved]).is_ok());
}

#[test]
fn the_contract_includes_its_first_and_last_day() {
    let (first, last) = (day("2026-11-24"), day("2026-11-24"));
    let mut scene = Scene::in_order();
    (scene.programme.contract_from, scene.programme.contract_until) = (first, last);
    assert_eq!(scene.departures(), []);
    for (from, until) in [("2026-11-25", "2027-03-31"), ("2026-06-01", "2026-11-23")] {
        (scene.programme.contract_from, scene.programme.contract_until) = (day(from), day(until));
        assert_eq!(scene.departures(), [Departure::OutsideContract]);
    }
}

#[test]
fn a_closed_day_is_named_with_its_reason() {
    let holiday = Closed::Holiday { holiday: Holiday::LaborThanksgivingDay };
    for (date, closed) in [("2026-11-28", Closed::Weekend), ("2026-11-23", holiday), ("2026-12-29", Closed::Closure)] {
        let mut scene = Scene::in_order();
        scene.move_to(date);
        assert_eq!(scene.departures(), [Departure::OutsideHours { closed }], "{date}");
    }
}

#[test]
fn another_reason_for_being_closed_asks_again() {
    let mut scene = Scene::in_order();
    scene.move_to("2026-11-28");
    let weekend = Departure::OutsideHours { closed: Closed::Weekend };
    let closure = Departure::OutsideHours { closed: Closed::Closure };
    assert_eq!(scene.open(&[closure]), Err(OpenRefused::ReasonsMissing(vec![weekend])));
}

#[test]
fn a_renewal_is_the_city_officials_alone_unless_the_city_asks_for_a_worker() {
    let mut scene = Scene::new(ServiceKind::VisitRenewal, "private-01", TODAY, &["city-1"]);
    assert_eq!(scene.departures(), []);
    scene.check_in.city_asked_for_worker = true;
    assert_eq!(scene.departures(), [Departure::TooFewWorkers { present: 0, needed: 1 }]);
    scene.check_in.staff.push(read("worker-1"));
    assert_eq!(scene.departures(), []);
    scene.leave_out("city-1");
    assert_eq!(scene.departures(), [Departure::NoCityStaff]);
}

#[test]
fn a_request_of_the_city_never_lowers_what_the_contract_asks_for() {
    let mut scene = Scene::in_order();
    scene.check_in.city_asked_for_worker = true;
    scene.leave_out("worker-1");
    assert_eq!(scene.departures(), [Departure::TooFewWorkers { present: 1, needed: 2 }]);
}

#[test]
fn a_venue_without_city_staff_may_open_on_sunday_and_a_visit_may_not() {
    let team = ["manager-1", "worker-1"];
    let sunday = "2026-11-29";
    assert_eq!(Scene::new(ServiceKind::VenueApplication, "mall-01", sunday, &team).departures(), []);
    let mut visit = Scene::in_order();
    visit.move_to(sunday);
    assert_eq!(visit.departures(), [Departure::OutsideHours { closed: Closed::Weekend }]);
}

#[test]
fn what_cannot_be_judged_is_refused() {
    let refused = |change: fn(&mut Scene)| {
        let mut scene = Scene::in_order();
        change(&mut scene);
        let all = scene.departures();
        scene.open(&all).expect_err("reasons do not help")
    };
    assert_eq!(refused(|scene| scene.plan.service = ServiceKind::PortalSupport), OpenRefused::NoSuchService);
    assert_eq!(refused(|scene| scene.plan.site = read("nowhere")), OpenRefused::NoSuchSite);
    assert_eq!(refused(|scene| scene.check_in.staff.push(read("ghost"))), OpenRefused::NoSuchStaff(read("ghost")));
    assert_eq!(refused(|scene| scene.check_in.staff.push(read("city-1"))), OpenRefused::StaffTwice(read("city-1")));
    assert_eq!(refused(|scene| scene.plan.until = scene.plan.from), OpenRefused::TimesReversed);
    assert_eq!(
        refused(|scene| std::mem::swap(&mut scene.plan.from, &mut scene.plan.until)),
        OpenRefused::TimesReversed
    );
    let team = check_in(&["manager-1", "worker-1", "city-1"]);
    let visit = plan(ServiceKind::VisitApplication, "home-01", TODAY);
    let by_a_stranger = open(&PROGRAMME, visit, PartNumber::FIRST, team, Vec::new(), &read("ghost"), morning());
    assert_eq!(by_a_stranger, Err(OpenRefused::NoSuchStaff(read("ghost"))));
}

#[test]
fn the_day_is_japans() {
    let mut scene = Scene::in_order();
    for on_the_day in ["2026-11-23T15:00:00Z", "2026-11-23T23:30:00Z", "2026-11-24T14:59:59Z"] {
        scene.now = read(on_the_day);
        assert_eq!(scene.departures(), [], "{on_the_day}");
    }
    for another_day in ["2026-11-23T14:59:59Z", "2026-11-24T15:00:00Z", "2026-11-24T15:30:00Z"] {
        scene.now = read(another_day);
        assert_eq!(scene.departures(), [Departure::AnotherDay], "{another_day}");
    }
    let late = japan("2026-11-24T23:30");
    assert_eq!((japan_time(late).date_naive(), japan_time(late).time()), (day(TODAY), read("23:30:00")));
}
