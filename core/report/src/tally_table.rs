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
    Column { heading: "訪問", cell: |row| Cell::text(row.tally.visit.to_string()) },
    Column { heading: "パート", cell: |row| u32::from(row.tally.part.get()).into() },
    Column { heading: "封印番号", cell: |row| row.seal.get().into() },
    Column { heading: "実施日", cell: |row| Cell::Day(row.tally.date) },
    Column { heading: "業務", cell: |row| Cell::text(words::service(row.tally.service)) },
    Column { heading: "実施場所", cell: |row| Cell::text(&*row.site) },
    Column { heading: "受付", cell: |row| row.tally.people.received.into() },
    Column { heading: "申請", cell: |row| row.tally.people.ready.into() },
    Column { heading: "辞退", cell: |row| row.tally.people.refused.into() },
    Column { heading: "取下げ", cell: |row| row.tally.people.withdrawn.into() },
    Column { heading: "対象外", cell: |row| row.tally.people.ineligible.into() },
    Column { heading: "再訪問", cell: |row| row.tally.people.revisit.into() },
    Column { heading: "入力中", cell: |row| row.tally.people.draft.into() },
    Column { heading: "相談", cell: |row| row.tally.consultations.into() },
    Column { heading: "申請時来庁方式", cell: |row| row.tally.on_site.into() },
    Column { heading: "交付時来庁方式", cell: |row| row.tally.pickup.into() },
    Column { heading: "紙申請", cell: |row| row.tally.on_paper.into() },
    Column { heading: "書類の預かり", cell: |row| row.tally.papers.taken.into() },
    Column { heading: "書類の返却", cell: |row| row.tally.papers.returned.into() },
    Column { heading: "書類の市へ引渡し", cell: |row| row.tally.papers.handed_to_city.into() },
    Column { heading: "書類のその他", cell: |row| row.tally.papers.explained.into() },
    Column { heading: "書類の差", cell: |row| Cell::Number(row.tally.papers.difference()) },
    Column { heading: "カードの預かり", cell: |row| row.tally.cards.taken.into() },
    Column { heading: "カードの返却", cell: |row| row.tally.cards.returned.into() },
    Column { heading: "カードの市へ引渡し", cell: |row| row.tally.cards.handed_to_city.into() },
    Column { heading: "カードのその他", cell: |row| row.tally.cards.explained.into() },
    Column { heading: "カードの差", cell: |row| Cell::Number(row.tally.cards.difference()) },
    Column { heading: "守れなかった決まり", cell: departures },
];

fn departures(row: &TallyRow) -> Cell {
    let departures: Vec<String> = row.tally.departures.iter().map(words::departure).collect();
    Cell::text(departures.join("／"))
}
