//! A whole roster: everyone who could be read, what could not, and who stands there twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;
use homon_domain::programme::NumberRule;
use homon_domain::roster::{ExpectedResident, SameResident};

use crate::column::{Column, ColumnLetter};
use crate::encoding;
use crate::fault::{BadCell, CellAt, FileFault};
use crate::grid::{Cell, FILE_BYTES, Grid, GridRow};
use crate::headings::Headings;
use crate::secret_digits::hold_individual_number;
use crate::{line, separated, workbook};

/// What kind of file it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// An Excel workbook.
    Workbook,
    /// Text, in an encoding of that name.
    Text(&'static str),
}

/// A resident, and the row in which they stood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// As Excel numbers the row.
    pub row: u32,
    /// The resident.
    pub resident: ExpectedResident,
}

/// What was read of a roster. Its `Debug` shows nobody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// What kind of file it was.
    pub form: Form,
    /// Everyone in whose row everything fits.
    pub lines: Vec<Line>,
    /// Every cell that does not fit, by row. None of these rows is among the lines.
    pub bad: Vec<BadCell>,
    /// Rows in which nothing stands in any column that is read, such as a sum or a date at the end.
    pub passed_over: Vec<u32>,
    /// Columns that are not read.
    pub not_read: Vec<ColumnLetter>,
}

/// What becomes of rows that do not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadRows {
    /// With one bad row nobody is taken.
    Refuse,
    /// They are left out. Someone has seen which, and decided so.
    LeaveOut,
}

/// Rows do not fit, and nobody is taken: mend them, or decide to leave them out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not every row fits ({rows} do not), so nobody was taken; mend them, or decide to leave them out")]
pub struct Refused {
    /// How many rows.
    pub rows: usize,
}

/// A resident who stands there more than once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Duplicate {
    /// The row in which they stand again.
    pub row: u32,
    /// Where they stood before.
    pub of: DuplicateOf,
}

/// Where a resident stood before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DuplicateOf {
    /// In another row of the same roster.
    Row(u32),
    /// In another roster, or among those received.
    Known,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workbook => f.write_str("Excel workbook"),
            Self::Text(encoding) => write!(f, "text in {encoding}"),
        }
    }
}

impl fmt::Display for Duplicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.of {
            DuplicateOf::Row(row) => write!(f, "row {}: the same name and birth date as in row {row}", self.row),
            DuplicateOf::Known => write!(f, "row {}: the same name and birth date as in another roster", self.row),
        }
    }
}

/// Reads a roster on the day `on`. `asked` is the number for which the programme asks: 個人番号 are taken only where it
/// asks for them, and otherwise refused wherever they stand.
///
/// # Errors
/// Any [`FileFault`]. Rows that do not fit are no error: they are part of the reading.
pub fn read(file: &[u8], asked: NumberRule, on: NaiveDate) -> Result<Reading, FileFault> {
    if file.len() > FILE_BYTES {
        return Err(FileFault::TooLarge { limit: FILE_BYTES });
    }
    if workbook::is_old_excel(file) {
        return Err(FileFault::OldExcel);
    }
    let (form, grid, headings) = if workbook::is_zip(file) { read_workbook(file)? } else { read_text(file)? };
    if asked == NumberRule::ApplicationId {
        refuse_individual_numbers(&grid, &headings)?;
    }
    let reading = read_lines(form, &grid, &headings, on);
    if reading.lines.is_empty() && reading.bad.is_empty() { Err(FileFault::Nobody) } else { Ok(reading) }
}

fn read_workbook(file: &[u8]) -> Result<(Form, Grid, Headings), FileFault> {
    let mut found = Vec::new();
    for grid in workbook::read(file)? {
        if let Some(headings) = Headings::find(&grid)? {
            found.push((Form::Workbook, grid, headings));
        }
    }
    if found.len() > 1 {
        return Err(FileFault::SeveralSheets { count: found.len() });
    }
    found.pop().ok_or(FileFault::NoHeadings)
}

/// The text in the first encoding in which its headings can be read.
fn read_text(file: &[u8]) -> Result<(Form, Grid, Headings), FileFault> {
    let mut first_fault = None;
    for decoded in encoding::decode(file) {
        let found = separated::read(&decoded.text).and_then(|grid| Ok((Headings::find(&grid)?, grid)));
        match found {
            Ok((Some(headings), grid)) => return Ok((Form::Text(encoding::name(decoded.encoding)), grid, headings)),
            Ok((None, _)) => {}
            Err(fault) => drop(first_fault.get_or_insert(fault)),
        }
    }
    Err(first_fault.unwrap_or(FileFault::NoHeadings))
}

fn read_lines(form: Form, grid: &Grid, headings: &Headings, on: NaiveDate) -> Reading {
    let mut reading = Reading {
        form,
        lines: Vec::new(),
        bad: Vec::new(),
        passed_over: Vec::new(),
        not_read: headings.not_read(grid),
    };
    for row in headings.rows_below(grid) {
        if row.filled().all(|(index, _)| headings.column(index).is_none()) {
            reading.passed_over.push(row.number);
            continue;
        }
        match line::read(grid, headings, row, on) {
            Ok(resident) => reading.lines.push(Line { row: row.number, resident }),
            Err(bad) => reading.bad.extend(bad),
        }
    }
    reading.bad.sort_by_key(|bad| bad.at);
    reading
}

fn refuse_individual_numbers(grid: &Grid, headings: &Headings) -> Result<(), FileFault> {
    let is_one = |(index, cell): &(usize, &Cell)| match headings.column(*index) {
        Some(Column::IndividualNumber) => true,
        // International numbers have twelve digits, too.
        Some(Column::Phone) => false,
        _ => cell.shown().is_some_and(|text| hold_individual_number(&text)),
    };
    let at = |row: &GridRow, index: usize| CellAt { row: row.number, letter: ColumnLetter::at(index) };
    let rows = grid.rows.iter().filter(|row| headings.are_above(row));
    let found: Vec<CellAt> =
        rows.flat_map(|row| row.filled().filter(is_one).map(|(index, _)| at(row, index))).collect();
    match found.first() {
        Some(first) => Err(FileFault::IndividualNumbers { count: found.len(), first: *first }),
        None => Ok(()),
    }
}

impl Reading {
    /// The rows that do not fit.
    #[must_use]
    pub fn bad_rows(&self) -> BTreeSet<u32> {
        self.bad.iter().map(|bad| bad.at.row).collect()
    }

    /// Who stands there twice, or is among the `known`. Nobody is left out for it: the name and the birth date of two
    /// people may be the same.
    #[must_use]
    pub fn duplicates(&self, known: &BTreeSet<SameResident>) -> Vec<Duplicate> {
        let mut seen: BTreeMap<SameResident, u32> = BTreeMap::new();
        let mut duplicates = Vec::new();
        for line in &self.lines {
            let same = line.resident.same();
            let is_known = known.contains(&same);
            match seen.get(&same) {
                Some(before) => duplicates.push(Duplicate { row: line.row, of: DuplicateOf::Row(*before) }),
                None if is_known => duplicates.push(Duplicate { row: line.row, of: DuplicateOf::Known }),
                None => {}
            }
            seen.entry(same).or_insert(line.row);
        }
        duplicates
    }

    /// Everyone, if every row fits or the others are left out by decision.
    ///
    /// # Errors
    /// [`Refused`]; nobody is taken then.
    pub fn residents(self, bad: BadRows) -> Result<Vec<ExpectedResident>, Refused> {
        let rows = self.bad_rows().len();
        if rows > 0 && bad == BadRows::Refuse {
            return Err(Refused { rows });
        }
        Ok(self.lines.into_iter().map(|line| line.resident).collect())
    }
}
