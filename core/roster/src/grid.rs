//! A sheet as rows of cells, whatever it was read from, within bounds.

use std::borrow::Cow;
use std::fmt;

use crate::column::ColumnLetter;
use crate::fault::FileFault;

/// The longest file that is read, in bytes.
pub const FILE_BYTES: usize = 8 << 20;
/// Rows in which something stands.
pub(crate) const ROWS: usize = 10_000;
/// Columns in which something stands.
pub(crate) const COLUMNS: usize = 256;
/// Cells, empty ones included.
pub(crate) const CELLS: usize = 1_000_000;
/// Bytes of all texts together: a workbook may name one long text in every cell.
const TEXT_BYTES: usize = 32 << 20;
/// Characters of a cell that are kept. More than any field takes, so that what is cut is refused.
const CELL_CHARACTERS: usize = 2_000;

/// What stands in a cell.
#[derive(Clone, PartialEq)]
pub(crate) enum Cell {
    Empty,
    Text(String),
    Number(f64),
    /// A day as Excel counts it, with the time as a fraction.
    Day(f64),
    /// A day as text: `1930-03-12T00:00:00`.
    IsoDay(String),
    /// A length of time, or a truth value.
    Other,
    /// `#REF!` and the like.
    Error,
}

/// A row in which something stands.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct GridRow {
    /// As Excel numbers it, from 1.
    pub(crate) number: u32,
    cells: Vec<Cell>,
}

/// Cells that look like one, by row and column, both counted from 0 and the last included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Merged {
    pub(crate) rows: (u32, u32),
    pub(crate) columns: (u32, u32),
}

/// A sheet.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Grid {
    pub(crate) rows: Vec<GridRow>,
    pub(crate) merged: Vec<Merged>,
    /// Whether days are counted from 1904.
    pub(crate) from_1904: bool,
    cells: usize,
    text_bytes: usize,
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Empty",
            Self::Text(_) => "Text(…)",
            Self::Number(_) => "Number(…)",
            Self::Day(_) => "Day(…)",
            Self::IsoDay(_) => "IsoDay(…)",
            Self::Other => "Other",
            Self::Error => "Error",
        })
    }
}

impl Cell {
    /// A text, cut where no field would take it.
    pub(crate) fn text(text: &str) -> Self {
        if text.is_empty() {
            return Self::Empty;
        }
        let end = text.char_indices().nth(CELL_CHARACTERS).map_or(text.len(), |(end, _)| end);
        Self::Text(text[..end].to_owned())
    }

    /// Whether a person sees nothing in it.
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.chars().all(char::is_whitespace),
            _ => false,
        }
    }

    /// The text that a person sees, of a text or a number that is shown as it is.
    pub(crate) fn shown(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            // Beyond this Excel itself has lost digits.
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                Some(Cow::Owned(format!("{number:.0}")))
            }
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            _ => None,
        }
    }
}

impl GridRow {
    /// The cell of a column, counted from 0.
    pub(crate) fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }

    /// Every cell in which something stands, with its column.
    pub(crate) fn filled(&self) -> impl Iterator<Item = (usize, &Cell)> {
        self.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank())
    }
}

impl Grid {
    /// An empty sheet of a workbook.
    pub(crate) fn new(merged: Vec<Merged>, from_1904: bool) -> Self {
        Self { merged, from_1904, ..Self::default() }
    }

    /// Adds a cell; rows come in rising order. Row and column are counted from 0.
    pub(crate) fn add(&mut self, row: u32, column: u32, cell: Cell) -> Result<(), FileFault> {
        self.cells += 1;
        if self.cells > CELLS {
            return Err(FileFault::TooManyCells { limit: CELLS });
        }
        if cell.is_blank() {
            return Ok(());
        }
        if let Cell::Text(text) = &cell {
            self.text_bytes += text.len();
        }
        if self.text_bytes > TEXT_BYTES {
            return Err(FileFault::Bloated);
        }
        let number = row.checked_add(1).ok_or(FileFault::Damaged)?;
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= COLUMNS {
            return Err(FileFault::TooManyColumns { limit: ColumnLetter::at(COLUMNS - 1) });
        }
        match self.rows.last() {
            Some(last) if last.number == number => {}
            Some(last) if last.number > number => return Err(FileFault::Damaged),
            _ if self.rows.len() >= ROWS => return Err(FileFault::TooManyRows { limit: ROWS }),
            _ => self.rows.push(GridRow { number, cells: Vec::new() }),
        }
        let cells = &mut self.rows.last_mut().ok_or(FileFault::Damaged)?.cells;
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Empty);
        }
        cells[column] = cell;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shown_as_excel_shows_it() {
        for (number, shown) in [(203.0, "203"), (-1.0, "-1"), (0.5, "0.5"), (123_456_789_018.0, "123456789018")] {
            assert_eq!(Cell::Number(number).shown().unwrap(), shown);
        }
        assert_eq!(Cell::Day(1.0).shown(), None);
        assert!(Cell::text("").is_blank() && Cell::text(" \u{3000}\n").is_blank() && !Cell::Error.is_blank());
    }

    #[test]
    fn a_grid_has_bounds_and_an_order() {
        let mut grid = Grid::default();
        grid.add(4, 2, Cell::text("a")).unwrap();
        grid.add(4, 0, Cell::text("b")).unwrap();
        grid.add(5, 0, Cell::Empty).unwrap();
        assert_eq!((grid.rows.len(), grid.rows[0].number, grid.rows[0].filled().count()), (1, 5, 2));
        assert_eq!(grid.add(3, 0, Cell::text("a")), Err(FileFault::Damaged));
        assert_eq!(grid.add(u32::MAX, 0, Cell::text("a")), Err(FileFault::Damaged));
        let beyond = grid.add(6, 256, Cell::text("a")).unwrap_err();
        assert_eq!(beyond.to_string(), "something stands beyond column IV; delete what is there");
        for row in 6..10_005 {
            grid.add(row, 0, Cell::text("a")).unwrap();
        }
        assert_eq!(grid.add(10_005, 0, Cell::text("a")), Err(FileFault::TooManyRows { limit: ROWS }));
        let long = Cell::text(&"邉".repeat(3_000));
        assert_eq!(long.shown().unwrap().chars().count(), CELL_CHARACTERS);
    }
}
