//! Tables as CSV files for Excel: UTF-8 with a byte order mark, CRLF, quotation marks where they are needed (RFC 4180).

use std::fmt;
use std::io::{self, Write};

use chrono::{NaiveDate, NaiveTime};

use crate::excel::text_cell;

/// Without it Excel reads a CSV file as Shift_JIS.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

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
    /// The heading.
    pub heading: &'static str,
    /// The cell of a row.
    pub cell: fn(&R) -> Cell,
}

/// Writes the headings and the rows. Whoever calls makes the file appear whole or not at all.
///
/// # Errors
/// What the writer fails with.
pub fn write_csv<'a, R: 'a>(
    mut out: impl Write,
    columns: &[Column<R>],
    rows: impl IntoIterator<Item = &'a R>,
) -> io::Result<()> {
    out.write_all(BYTE_ORDER_MARK)?;
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    csv.write_record(columns.iter().map(|column| column.heading)).map_err(io::Error::from)?;
    for row in rows {
        csv.write_record(columns.iter().map(|column| (column.cell)(row).to_csv())).map_err(io::Error::from)?;
    }
    csv.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row(&'static str, u32);

    const COLUMNS: [Column<Row>; 3] = [
        Column { heading: "氏名", cell: |row| Cell::text(row.0) },
        Column { heading: "件数", cell: |row| row.1.into() },
        Column { heading: "日", cell: |_| Cell::Day(NaiveDate::from_ymd_opt(2026, 9, 24).expect("a day")) },
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

    #[test]
    fn the_content_of_a_cell_is_not_shown() {
        assert_eq!(format!("{:?}", Cell::text("見本")), "Text(…)");
    }
}
