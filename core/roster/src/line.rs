//! One row as a resident, or every cell of it that does not fit.

use std::borrow::Cow;

use chrono::NaiveDate;
use homon_domain::applicant::{RegisterNumber, Sex};
use homon_domain::birthdate::BirthDate;
use homon_domain::case::RoundPlace;
use homon_domain::numbers::{ApplicationId, IndividualNumber, Phone};
use homon_domain::roster::ExpectedResident;
use homon_domain::text::ReceivedText;
use unicode_normalization::UnicodeNormalization;

use crate::birth::birth_date;
use crate::column::{Column, ColumnLetter};
use crate::fault::{BadCell, CellAt, Rule};
use crate::grid::{Cell, Grid, GridRow};
use crate::headings::Headings;

/// Between 姓 and 名 that stood in two columns.
const BETWEEN_NAMES: &str = "\u{3000}";

/// 氏名 or フリガナ: in one column, or in two.
struct NameColumns {
    whole: Column,
    family: Column,
    given: Column,
}

const NAME: NameColumns = NameColumns { whole: Column::Name, family: Column::FamilyName, given: Column::GivenName };
const KANA: NameColumns = NameColumns { whole: Column::Kana, family: Column::FamilyKana, given: Column::GivenKana };

/// Reads a row below the headings, as on the day `on`.
pub(crate) fn read(
    grid: &Grid,
    headings: &Headings,
    row: &GridRow,
    on: NaiveDate,
) -> Result<ExpectedResident, Vec<BadCell>> {
    let mut line = LineReader { grid, headings, row, on, bad: Vec::new() };
    line.note_what_cannot_be_told();
    let resident = line.resident();
    match resident {
        Some(resident) if line.bad.is_empty() => Ok(resident),
        _ => Err(line.bad),
    }
}

struct LineReader<'a> {
    grid: &'a Grid,
    headings: &'a Headings,
    row: &'a GridRow,
    on: NaiveDate,
    bad: Vec<BadCell>,
}

impl LineReader<'_> {
    fn resident(&mut self) -> Option<ExpectedResident> {
        let name = self.name();
        let kana = self.kana();
        let place = self.place();
        let address = self.keep(Column::Address, Self::long);
        let birth_date = self.keep(Column::BirthDate, Self::birth_date);
        let sex = self.keep(Column::Sex, Self::sex);
        let number = self.number();
        let phone = self.keep(Column::Phone, Self::phone);
        let remark = self.keep(Column::Remark, Self::long);
        Some(ExpectedResident { place, name: name?, kana, address, birth_date, sex, number, phone, remark })
    }

    fn place(&mut self) -> RoundPlace {
        RoundPlace {
            order: self.keep(Column::Order, Self::order),
            room: self.keep(Column::Room, Self::short),
            bed: self.keep(Column::Bed, Self::short),
            queue: None,
        }
    }

    /// 氏名. In two columns both must be there.
    fn name(&mut self) -> Option<ReceivedText> {
        let columns =
            if self.headings.at(NAME.whole).is_some() { vec![NAME.whole] } else { vec![NAME.family, NAME.given] };
        for column in columns {
            if self.cell(column).is_none() {
                self.note(column, Rule::Missing);
            }
        }
        self.joined(&NAME)
    }

    fn kana(&mut self) -> Option<ReceivedText> {
        self.joined(&KANA)
    }

    fn joined(&mut self, columns: &NameColumns) -> Option<ReceivedText> {
        if self.headings.at(columns.whole).is_some() {
            return self.keep(columns.whole, Self::short);
        }
        let family = self.keep(columns.family, Self::short);
        let given = self.keep(columns.given, Self::short);
        let parts: Vec<&str> = [&family, &given].into_iter().flatten().map(ReceivedText::as_str).collect();
        let joined = parts.join(BETWEEN_NAMES);
        if joined.is_empty() {
            return None;
        }
        let read = ReceivedText::from_register(&joined, ReceivedText::SHORT).map(Some).map_err(Rule::from);
        self.kept(columns.given, read)
    }

    /// 申請書ID or 個人番号, never both.
    fn number(&mut self) -> Option<RegisterNumber> {
        let id = self.keep(Column::ApplicationId, Self::application_id);
        let individual = self.keep(Column::IndividualNumber, Self::individual_number);
        if id.is_some() && individual.is_some() {
            self.note(Column::IndividualNumber, Rule::TwoNumbers);
        }
        id.or(individual)
    }

    /// What can't be told whose or what it is: merged with other rows, or lost on the way.
    fn note_what_cannot_be_told(&mut self) {
        let index = self.row.number - 1;
        let over_rows = self
            .grid
            .merged
            .iter()
            .filter(|merged| merged.rows.0 < merged.rows.1 && (merged.rows.0..=merged.rows.1).contains(&index));
        let columns = over_rows.flat_map(|merged| merged.columns.0..=merged.columns.1);
        let mut known: Vec<Column> = columns.filter_map(|at| self.headings.column(at as usize)).collect();
        known.sort_unstable();
        known.dedup();
        for column in known {
            self.note(column, Rule::Merged);
        }
        let row = self.row;
        for (at, cell) in row.filled() {
            if self.headings.column(at).is_none() && has_lost(cell) {
                self.bad.push(BadCell { at: self.at(at), column: None, rule: Rule::Lost });
            }
        }
    }

    fn note(&mut self, column: Column, rule: Rule) {
        let at = self.at(self.headings.at(column).unwrap_or_default());
        self.bad.push(BadCell { at, column: Some(column), rule });
    }

    fn at(&self, column: usize) -> CellAt {
        CellAt { row: self.row.number, letter: ColumnLetter::at(column) }
    }

    /// What a column says, if anything; what is wrong with it is noted.
    fn keep<T>(&mut self, column: Column, read: fn(&Self, &Cell) -> Result<T, Rule>) -> Option<T> {
        let read = self.cell(column).map(|cell| read(self, cell)).transpose();
        self.kept(column, read)
    }

    fn kept<T>(&mut self, column: Column, read: Result<Option<T>, Rule>) -> Option<T> {
        read.unwrap_or_else(|rule| {
            self.note(column, rule);
            None
        })
    }

    /// The cell of a column, if something stands in it.
    fn cell(&self, column: Column) -> Option<&Cell> {
        let cell = self.row.cell(self.headings.at(column)?);
        (!cell.is_blank()).then_some(cell)
    }

    fn short(&self, cell: &Cell) -> Result<ReceivedText, Rule> {
        Ok(ReceivedText::from_register(&shown(cell)?, ReceivedText::SHORT)?)
    }

    fn long(&self, cell: &Cell) -> Result<ReceivedText, Rule> {
        Ok(ReceivedText::from_register(&shown(cell)?, ReceivedText::LONG)?)
    }

    fn birth_date(&self, cell: &Cell) -> Result<BirthDate, Rule> {
        if has_lost(cell) {
            return Err(Rule::Lost);
        }
        birth_date(cell, self.grid.from_1904, self.on)
    }

    fn sex(&self, cell: &Cell) -> Result<Sex, Rule> {
        // 1 and 2 as resident registers count them.
        match plain(&shown(cell)?).as_str() {
            "男" | "男性" | "男子" | "オトコ" | "おとこ" | "m" | "male" | "1" | "♂" => Ok(Sex::Male),
            "女" | "女性" | "女子" | "オンナ" | "おんな" | "f" | "female" | "2" | "♀" => Ok(Sex::Female),
            _ => Err(Rule::Sex),
        }
    }

    fn order(&self, cell: &Cell) -> Result<u32, Rule> {
        let order = plain(&shown(cell)?).parse().map_err(|_| Rule::Order)?;
        if order == 0 { Err(Rule::Order) } else { Ok(order) }
    }

    fn phone(&self, cell: &Cell) -> Result<Phone, Rule> {
        Ok(Phone::parse(&shown(cell)?)?)
    }

    fn application_id(&self, cell: &Cell) -> Result<RegisterNumber, Rule> {
        Ok(RegisterNumber::ApplicationId(ApplicationId::parse(&shown(cell)?)?))
    }

    fn individual_number(&self, cell: &Cell) -> Result<RegisterNumber, Rule> {
        Ok(RegisterNumber::IndividualNumber(IndividualNumber::parse(&shown(cell)?)?))
    }
}

/// The text of a cell as people see it.
fn shown(cell: &Cell) -> Result<Cow<'_, str>, Rule> {
    if has_lost(cell) {
        return Err(Rule::Lost);
    }
    match cell {
        Cell::Error => Err(Rule::ErrorValue),
        other => other.shown().ok_or(Rule::NotText),
    }
}

/// Bytes without a character become U+FFFD; CP932 has none for 0x80 either, which its decoders hand through as U+0080.
fn has_lost(cell: &Cell) -> bool {
    let is_lost = |c| matches!(c, char::REPLACEMENT_CHARACTER | '\u{80}'..='\u{9f}');
    matches!(cell, Cell::Text(text) if text.contains(is_lost))
}

/// Without blanks, with digits and letters of one width and case: for answers of which there are few.
fn plain(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}
