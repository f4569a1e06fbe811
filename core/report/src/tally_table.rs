//! Counts of visit parts, without anyone's identity: what the contractor's office may have.

use homon_domain::ids::SealNumber;
use homon_domain::tally::Tally;

use crate::table::{Cell, Column};
use crate::words;

/// One part of a visit, in numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TallyRow {
    /// How often the part has been sealed.
    pub seal: SealNumber,
    /// The public name of the site, or its code.
    pub site: String,
    /// The counts.
    pub tally: Tally,
}

/// The columns of the table.
pub const COLUMNS: [Column<TallyRow>; 28] = [
    Column { name: "visit", heading: "訪問", cell: |row| Cell::text(row.tally.visit.to_string()) },
    Column { name: "part", heading: "パート", cell: |row| u32::from(row.tally.part.get()).into() },
    Column { name: "seal", heading: "封印番号", cell: |row| row.seal.get().into() },
    Column { name: "date", heading: "実施日", cell: |row| Cell::Day(row.tally.date) },
    Column { name: "service", heading: "業務", cell: |row| Cell::text(words::service(row.tally.service)) },
    Column { name: "site", heading: "実施場所", cell: |row| Cell::text(&*row.site) },
    Column { name: "received", heading: "受付", cell: |row| row.tally.people.received.into() },
    Column { name: "ready", heading: "申請", cell: |row| row.tally.people.ready.into() },
    Column { name: "refused", heading: "辞退", cell: |row| row.tally.people.refused.into() },
    Column { name: "withdrawn", heading: "取下げ", cell: |row| row.tally.people.withdrawn.into() },
    Column { name: "ineligible", heading: "対象外", cell: |row| row.tally.people.ineligible.into() },
    Column { name: "revisit", heading: "再訪問", cell: |row| row.tally.people.revisit.into() },
    Column { name: "draft", heading: "入力中", cell: |row| row.tally.people.draft.into() },
    Column { name: "consultations", heading: "相談", cell: |row| row.tally.consultations.into() },
    Column { name: "on_site", heading: "申請時来庁方式", cell: |row| row.tally.on_site.into() },
    Column { name: "pickup", heading: "交付時来庁方式", cell: |row| row.tally.pickup.into() },
    Column { name: "on_paper", heading: "紙申請", cell: |row| row.tally.on_paper.into() },
    Column { name: "papers_taken", heading: "書類の預かり", cell: |row| row.tally.papers.taken.into() },
    Column { name: "papers_returned", heading: "書類の返却", cell: |row| row.tally.papers.returned.into() },
    Column {
        name: "papers_handed_to_city",
        heading: "書類の市へ引渡し",
        cell: |row| row.tally.papers.handed_to_city.into(),
    },
    Column { name: "papers_explained", heading: "書類のその他", cell: |row| row.tally.papers.explained.into() },
    Column {
        name: "papers_difference", heading: "書類の差", cell: |row| Cell::Number(row.tally.papers.difference())
    },
    Column { name: "cards_taken", heading: "カードの預かり", cell: |row| row.tally.cards.taken.into() },
    Column { name: "cards_returned", heading: "カードの返却", cell: |row| row.tally.cards.returned.into() },
    Column {
        name: "cards_handed_to_city",
        heading: "カードの市へ引渡し",
        cell: |row| row.tally.cards.handed_to_city.into(),
    },
    Column { name: "cards_explained", heading: "カードのその他", cell: |row| row.tally.cards.explained.into() },
    Column {
        name: "cards_difference", heading: "カードの差", cell: |row| Cell::Number(row.tally.cards.difference())
    },
    Column { name: "departures", heading: "守れなかった決まり", cell: departures },
];

fn departures(row: &TallyRow) -> Cell {
    let departures: Vec<String> = row.tally.departures.iter().map(words::departure).collect();
    Cell::text(departures.join("／"))
}
