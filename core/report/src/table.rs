//! Tables as CSV files for Excel: UTF-8 with a byte order mark or CP932, CRLF, quotation marks where they are needed
//! (RFC 4180).

use std::fmt;
use std::io::{self, Write};

use chrono::{NaiveDate, NaiveTime};

use crate::encoding::Encoding;
use crate::excel::text_cell;

/// What stands in one cell.
#[derive(Clone, PartialEq, Eq)]
pub enum Cell {
    /// A text, shown to the character (see [`crate::excel`]). Empty for "nothing".
    Text(String),
    /// A count or a difference, which Excel may add up.
    Number(i64),
    /// A day, which Excel may sort.
    Day(NaiveDate),
    /// A time of day, which Excel may sort.
    Time(NaiveTime),
}

impl Cell {
    /// A text, or nothing.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An optional text; nothing for `None`.
    pub fn maybe(text: Option<impl Into<String>>) -> Self {
        Self::Text(text.map(Into::into).unwrap_or_default())
    }
}

impl From<u32> for Cell {
    fn from(count: u32) -> Self {
        Self::Number(i64::from(count))
    }
}

/// Cells hold names: their content is never shown.
impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Number(_) => "Number(…)",
            Self::Day(_) => "Day(…)",
            Self::Time(_) => "Time(…)",
        })
    }
}

impl Cell {
    fn to_csv(&self) -> String {
        match self {
            Self::Text(text) => text_cell(text).into_owned(),
            Self::Number(number) => number.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Time(time) => time.format("%H:%M").to_string(),
        }
    }
}

/// One column of a table of `R`: its heading and how its cell follows from a row.
pub struct Column<R> {
    /// How a template names it: of `a-z` and `_`.
    pub name: &'static str,
    /// The heading.
    pub heading: &'static str,
    /// The cell of a row.
    pub cell: fn(&R) -> Cell,
}

/// A column as someone chose it.
pub struct Chosen<R> {
    /// The heading.
    pub heading: String,
    /// The cell of a row.
    pub cell: fn(&R) -> Cell,
}

impl<R> Column<R> {
    /// The column under another heading, or its own.
    #[must_use]
    pub fn under(&self, heading: Option<&str>) -> Chosen<R> {
        Chosen { heading: heading.unwrap_or(self.heading).to_owned(), cell: self.cell }
    }
}

/// Why a table was not written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// What the writer failed with.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Cells hold characters that the encoding lacks. The text itself is not told.
    #[error("{0}")]
    NotInEncoding(Misfits),
}

/// Where characters stand that an encoding lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misfits(pub Vec<Misfit>);

/// A cell that an encoding cannot hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misfit {
    /// Counted as Excel does: the headings are row 1.
    pub row: usize,
    /// The heading of its column.
    pub heading: String,
}

impl fmt::Display for Misfits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CP932 lacks characters that stand in ")?;
        for (index, misfit) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "; " };
            write!(f, "{comma}row {}, {}", misfit.row, misfit.heading)?;
        }
        f.write_str(": choose UTF-8 for this table")
    }
}

/// Writes the headings and the rows in UTF-8. Whoever calls makes the file appear whole or not at all.
///
/// # Errors
/// What the writer fails with.
pub fn write_csv<'a, R: 'a>(
    out: impl Write,
    columns: &[Column<R>],
    rows: impl IntoIterator<Item = &'a R>,
) -> io::Result<()> {
    let columns: Vec<Chosen<R>> = columns.iter().map(|column| column.under(None)).collect();
    write_table(out, &columns, rows, Encoding::Utf8).map_err(|error| match error {
        TableError::Io(error) => error,
        TableError::NotInEncoding(_) => io::ErrorKind::InvalidData.into(),
    })
}

/// Writes the headings and the rows of chosen columns. Whoever calls makes the file appear whole or not at all.
///
/// # Errors
/// [`TableError::NotInEncoding`] with every cell that the encoding cannot hold, [`TableError::Io`].
pub fn write_table<'a, R: 'a>(
    mut out: impl Write,
    columns: &[Chosen<R>],
    rows: impl IntoIterator<Item = &'a R>,
    encoding: Encoding,
) -> Result<(), TableError> {
    out.write_all(encoding.mark())?;
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let mut misfits = Vec::new();
    let headings = columns.iter().map(|column| text_cell(&column.heading).into_owned()).collect();
    write_row(&mut csv, 1, headings, columns, encoding, &mut misfits)?;
    for (index, row) in rows.into_iter().enumerate() {
        let cells = columns.iter().map(|column| (column.cell)(row).to_csv()).collect();
        write_row(&mut csv, index + 2, cells, columns, encoding, &mut misfits)?;
    }
    csv.flush()?;
    if misfits.is_empty() { Ok(()) } else { Err(TableError::NotInEncoding(Misfits(misfits))) }
}

fn write_row<R>(
    csv: &mut csv::Writer<impl Write>,
    row: usize,
    cells: Vec<String>,
    columns: &[Chosen<R>],
    encoding: Encoding,
    misfits: &mut Vec<Misfit>,
) -> io::Result<()> {
    for (cell, column) in cells.iter().zip(columns) {
        match encoding.encode(cell) {
            Some(bytes) => csv.write_field(bytes).map_err(io::Error::from)?,
            None => misfits.push(Misfit { row, heading: column.heading.clone() }),
        }
    }
    // A row that lacks a cell is of no use, and neither is the rest of its file.
    if misfits.is_empty() { csv.write_record(None::<&[u8]>).map_err(io::Error::from) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row(&'static str, u32);

    const COLUMNS: [Column<Row>; 3] = [
        Column { name: "name", heading: "氏名", cell: |row| Cell::text(row.0) },
        Column { name: "count", heading: "件数", cell: |row| row.1.into() },
        Column {
            name: "day",
            heading: "日",
            cell: |_| Cell::Day(NaiveDate::from_ymd_opt(2026, 9, 24).expect("a day")),
        },
    ];

    fn written(rows: &[Row]) -> String {
        let mut out = Vec::new();
        write_csv(&mut out, &COLUMNS, rows).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_file_is_what_excel_opens() {
        assert_eq!(written(&[Row("見本 花子", 3)]), "\u{feff}氏名,件数,日\r\n見本 花子,3,2026-09-24\r\n");
        assert_eq!(written(&[]), "\u{feff}氏名,件数,日\r\n");
    }

    #[test]
    fn what_would_break_a_cell_is_quoted() {
        assert_eq!(
            written(&[Row("見本,\"花\"\r\n子", 0)]),
            "\u{feff}氏名,件数,日\r\n\"見本,\"\"花\"\"\r\n子\",0,2026-09-24\r\n"
        );
        assert_eq!(written(&[Row("=1+1", 0)]), "\u{feff}氏名,件数,日\r\n\"=\"\"=1+1\"\"\",0,2026-09-24\r\n");
    }

    fn in_cp932(rows: &[Row]) -> Result<Vec<u8>, TableError> {
        let mut out = Vec::new();
        let columns: Vec<Chosen<Row>> = COLUMNS.iter().map(|column| column.under(None)).collect();
        write_table(&mut out, &columns, rows, Encoding::Cp932).map(|()| out)
    }

    #[test]
    fn cp932_has_no_mark_and_the_same_cells() {
        let out = in_cp932(&[Row("表十ソ能,\"\u{fa11}\"", 1), Row("=1+1", 2)]).unwrap();
        let text = crate::encoding::decode(&out).unwrap();
        assert_eq!(
            text,
            "氏名,件数,日\r\n\"表十ソ能,\"\"\u{fa11}\"\"\",1,2026-09-24\r\n\"=\"\"=1+1\"\"\",2,2026-09-24\r\n"
        );
        assert!(!out.starts_with(b"\xef\xbb\xbf"));
    }

    #[test]
    fn every_cell_that_cp932_lacks_is_told_by_its_place_and_not_by_its_text() {
        let error = in_cp932(&[Row("\u{20bb7}田", 1), Row("見本", 2), Row("葛\u{e0100}城", 3)]).unwrap_err();
        let TableError::NotInEncoding(misfits) = &error else { panic!("{error}") };
        assert_eq!(misfits.0.iter().map(|misfit| misfit.row).collect::<Vec<_>>(), [2, 4]);
        let said = error.to_string();
        assert!(said.contains("row 2, 氏名; row 4, 氏名") && !said.contains('田') && !said.contains('葛'), "{said}");
    }

    #[test]
    fn a_heading_never_runs_as_a_formula() {
        let columns = [COLUMNS[1].under(Some("=1+1"))];
        let mut out = Vec::new();
        write_table(&mut out, &columns, &[Row("", 7)], Encoding::Utf8).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "\u{feff}\"=\"\"=1+1\"\"\"\r\n7\r\n");
    }

    #[test]
    fn the_content_of_a_cell_is_not_shown() {
        assert_eq!(format!("{:?}", Cell::text("見本")), "Text(…)");
    }
}
