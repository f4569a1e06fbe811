//! Visits with their counts: one row for a visit, whose parts are added up.

use chrono::NaiveDate;
use homon_domain::balance::{Held, People};
use homon_domain::ids::SealNumber;
use homon_domain::tally::Tally;
use homon_domain::visit::{Visit, VisitPlan, VisitStatus};

use crate::table::{Cell, Column};
use crate::words;

/// One part of a visit, as the highest seal says it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VisitPart {
    /// How often the part has been sealed.
    pub seal: SealNumber,
    /// The part.
    pub visit: Visit,
    /// Its counts.
    pub tally: Tally,
}

/// A visit joined of its parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VisitRow {
    /// How the export names the visit.
    pub name: String,
    /// The public name of the site, or its code.
    pub site: String,
    plan: VisitPlan,
    parts: Vec<VisitPart>,
}

impl VisitRow {
    /// Joins the parts of one visit; `None` when there is none. The plan is that of the lowest part.
    #[must_use]
    pub fn join(name: String, site: String, mut parts: Vec<VisitPart>) -> Option<Self> {
        parts.sort_by_key(|part| part.visit.part);
        let plan = parts.first()?.visit.plan.clone();
        Some(Self { name, site, plan, parts })
    }

    /// On which day the visit took place.
    #[must_use]
    pub fn date(&self) -> NaiveDate {
        self.plan.date
    }

    /// Residents of all parts.
    #[must_use]
    pub fn people(&self) -> People {
        self.parts.iter().fold(People::default(), |sum, part| sum.plus(part.tally.people))
    }

    /// Papers of all parts.
    #[must_use]
    pub fn papers(&self) -> Held {
        self.parts.iter().fold(Held::default(), |sum, part| sum.plus(part.tally.papers))
    }

    /// Cards of all parts.
    #[must_use]
    pub fn cards(&self) -> Held {
        self.parts.iter().fold(Held::default(), |sum, part| sum.plus(part.tally.cards))
    }

    /// Whether everyone and everything is accounted for, over all parts.
    #[must_use]
    pub fn is_even(&self) -> bool {
        self.people().difference() == 0 && self.papers().difference() == 0 && self.cards().difference() == 0
    }

    fn sum(&self, count: fn(&Tally) -> u32) -> Cell {
        self.parts.iter().map(|part| count(&part.tally)).sum::<u32>().into()
    }

    /// Parts that a tablet sent before it closed them, and parts planned otherwise than the first.
    fn notes(&self) -> Cell {
        let open = self.parts.iter().any(|part| part.visit.status == VisitStatus::Open);
        let other_plan = self.parts.iter().any(|part| part.visit.plan != self.plan);
        let notes = [(open, "終了していないパートがあります"), (other_plan, "パートごとに予定がちがいます")];
        let notes: Vec<&str> = notes.into_iter().filter_map(|(applies, note)| applies.then_some(note)).collect();
        Cell::text(notes.join("／"))
    }

    fn seals(&self) -> Cell {
        let seals: Vec<String> =
            self.parts.iter().map(|part| format!("{}（封印{}）", part.visit.part, part.seal)).collect();
        Cell::text(seals.join("、"))
    }

    fn deviations(&self) -> Cell {
        let deviations = self.parts.iter().flat_map(|part| &part.visit.deviations);
        let said: Vec<String> =
            deviations.map(|d| format!("{}：{}", words::departure(&d.departure), d.reason.as_str())).collect();
        Cell::text(said.join("／"))
    }

    fn remarks(&self) -> Cell {
        let remarks = self.parts.iter().filter_map(|part| part.visit.remarks.as_ref());
        Cell::text(remarks.map(|remark| remark.as_str()).collect::<Vec<_>>().join("／"))
    }
}

/// The columns of the table.
pub const COLUMNS: [Column<VisitRow>; 34] = [
    Column { name: "visit", heading: "訪問", cell: |row| Cell::text(&*row.name) },
    Column { name: "date", heading: "実施日", cell: |row| Cell::Day(row.plan.date) },
    Column { name: "from", heading: "開始", cell: |row| Cell::Time(row.plan.from) },
    Column { name: "until", heading: "終了", cell: |row| Cell::Time(row.plan.until) },
    Column { name: "service", heading: "業務", cell: |row| Cell::text(words::service(row.plan.service)) },
    Column { name: "site", heading: "実施場所", cell: |row| Cell::text(&*row.site) },
    Column { name: "parts", heading: "パート", cell: VisitRow::seals },
    Column { name: "received", heading: "受付", cell: |row| row.people().received.into() },
    Column { name: "ready", heading: "申請", cell: |row| row.people().ready.into() },
    Column { name: "refused", heading: "辞退", cell: |row| row.people().refused.into() },
    Column { name: "withdrawn", heading: "取下げ", cell: |row| row.people().withdrawn.into() },
    Column { name: "ineligible", heading: "対象外", cell: |row| row.people().ineligible.into() },
    Column { name: "revisit", heading: "再訪問", cell: |row| row.people().revisit.into() },
    Column { name: "draft", heading: "入力中", cell: |row| row.people().draft.into() },
    Column { name: "people_difference", heading: "受付の差", cell: |row| Cell::Number(row.people().difference()) },
    Column { name: "consultations", heading: "相談", cell: |row| row.sum(|tally| tally.consultations) },
    Column { name: "on_site", heading: "申請時来庁方式", cell: |row| row.sum(|tally| tally.on_site) },
    Column { name: "pickup", heading: "交付時来庁方式", cell: |row| row.sum(|tally| tally.pickup) },
    Column { name: "on_paper", heading: "紙申請", cell: |row| row.sum(|tally| tally.on_paper) },
    Column { name: "papers_taken", heading: "書類の預かり", cell: |row| row.papers().taken.into() },
    Column { name: "papers_returned", heading: "書類の返却", cell: |row| row.papers().returned.into() },
    Column {
        name: "papers_handed_to_city",
        heading: "書類の市へ引渡し",
        cell: |row| row.papers().handed_to_city.into(),
    },
    Column { name: "papers_explained", heading: "書類のその他", cell: |row| row.papers().explained.into() },
    Column { name: "papers_difference", heading: "書類の差", cell: |row| Cell::Number(row.papers().difference()) },
    Column { name: "cards_taken", heading: "カードの預かり", cell: |row| row.cards().taken.into() },
    Column { name: "cards_returned", heading: "カードの返却", cell: |row| row.cards().returned.into() },
    Column {
        name: "cards_handed_to_city",
        heading: "カードの市へ引渡し",
        cell: |row| row.cards().handed_to_city.into(),
    },
    Column { name: "cards_explained", heading: "カードのその他", cell: |row| row.cards().explained.into() },
    Column { name: "cards_difference", heading: "カードの差", cell: |row| Cell::Number(row.cards().difference()) },
    Column {
        name: "balance",
        heading: "つり合い",
        cell: |row| Cell::text(if row.is_even() { "合っています" } else { "合っていません" }),
    },
    Column { name: "deviations", heading: "守れなかった決まりと理由", cell: VisitRow::deviations },
    Column { name: "remarks", heading: "特記事項", cell: VisitRow::remarks },
    Column { name: "private_address", heading: "訪問先（個人宅）", cell: private_address },
    Column { name: "notes", heading: "注意", cell: VisitRow::notes },
];

fn private_address(row: &VisitRow) -> Cell {
    let address = row.parts.iter().find_map(|part| part.visit.private_address.as_ref());
    Cell::maybe(address.map(|address| address.as_str()))
}
