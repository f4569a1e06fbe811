//! Text separated by commas or tabs (RFC 4180), read strictly.
//!
//! Readers of CSV are lenient by habit: a quotation mark that is never closed swallows every row that follows. A roster
//! would silently be short by those residents, so here it is an error.

use crate::fault::FileFault;
use crate::grid::{Cell, Grid};

/// The rows of a text. A file without any separator has one column.
pub(crate) fn read(text: &str) -> Result<Grid, FileFault> {
    if text.contains('\0') {
        return Err(FileFault::NotATable);
    }
    let count = |separator: char| text.chars().filter(|c| *c == separator).count();
    let separator = if count('\t') > count(',') { '\t' } else { ',' };
    let mut grid = Grid::default();
    let mut rest = text;
    let mut row = 0;
    while !rest.is_empty() {
        rest = read_row(rest, separator, row, &mut grid)?;
        row += 1;
    }
    Ok(grid)
}

/// Reads one row; gives what follows it.
fn read_row<'a>(text: &'a str, separator: char, row: u32, grid: &mut Grid) -> Result<&'a str, FileFault> {
    let mut rest = text;
    for column in 0.. {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => read_quoted(quoted).ok_or(FileFault::Quotation { row: row + 1 })?,
            None => {
                let end = rest.find([separator, '\r', '\n']).unwrap_or(rest.len());
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        grid.add(row, column, Cell::text(&as_excel_shows(&field)))?;
        let mut following = after.chars();
        match following.next() {
            Some(c) if c == separator => rest = following.as_str(),
            Some('\r') => return Ok(after.strip_prefix("\r\n").unwrap_or(following.as_str())),
            Some('\n') => return Ok(following.as_str()),
            Some(_) => return Err(FileFault::Quotation { row: row + 1 }),
            None => return Ok(""),
        }
    }
    Ok(rest)
}

/// The field whose opening mark has been read, and what follows its closing one. `None` when that is missing.
fn read_quoted(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('"')?;
        field.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                field.push('"');
                rest = after;
            }
            None => return Some((field, rest)),
        }
    }
}

/// `="090-0000-0000"` is how a text is written so that Excel takes it for no number: it shows what is within.
fn as_excel_shows(field: &str) -> String {
    match field.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        Some(text) => text.replace("\"&\"", "").replace("\"\"", "\""),
        None => field.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        let grid = read(text).unwrap();
        let cells = |row: &crate::grid::GridRow| {
            row.filled().map(|(column, cell)| format!("{column}{}", cell.shown().unwrap())).collect()
        };
        grid.rows.iter().map(|row| (row.number, cells(row))).collect()
    }

    #[test]
    fn rows_are_numbered_as_excel_does() {
        let expected = vec![(1, vec!["0a".to_owned(), "1b".to_owned()]), (3, vec!["1c".to_owned()])];
        for text in ["a,b\n\n,c\n", "a,b\r\n,\r\n,c", "a,b\r\r,c\r", "a\tb\n\t\n\tc"] {
            assert_eq!(rows(text), expected, "{text:?}");
        }
        assert_eq!(rows(""), []);
        let quoted = "\"x\ny\",\"a \"\"b\"\"\"\n\"\",z";
        assert_eq!(rows(quoted), [(1, vec!["0x\ny".into(), "1a \"b\"".into()]), (2, vec!["1z".into()])]);
        assert_eq!(rows("a,b\"c\n"), [(1, vec!["0a".into(), "1b\"c".into()])]);
    }

    #[test]
    fn a_quotation_mark_out_of_place_is_named_by_its_row() {
        for (text, row) in [("a\n\"b,c\nd,e\nf", 2), ("a,\"b\"c\n", 1), ("\"", 1), ("a\n\n\"b\n\"c\n", 3)] {
            assert_eq!(read(text), Err(FileFault::Quotation { row }), "{text:?}");
        }
        assert_eq!(read("a\0b"), Err(FileFault::NotATable));
    }

    #[test]
    fn a_text_that_was_kept_from_excel_is_the_text() {
        assert_eq!(rows("\"=\"\"090-0000\"\"\",b"), [(1, vec!["0090-0000".into(), "1b".into()])]);
        assert_eq!(rows("\"=\"\"a\"\"&\"\"b\"\"\"\"c\"\"\""), [(1, vec!["0ab\"c".into()])]);
        assert_eq!(rows("=1+1"), [(1, vec!["0=1+1".into()])]);
    }

    proptest! {
        /// Whatever a strict writer writes is read again, and any text is read or refused without a panic.
        #[test]
        fn what_is_written_is_read(table in prop::collection::vec(prop::collection::vec("[a,\"\n\r\t渡 ]{0,4}", 1..4), 1..5)) {
            let field = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
            let row = |row: &Vec<String>| row.iter().map(field).collect::<Vec<_>>().join(",");
            let mut text = table.iter().map(row).collect::<Vec<_>>().join("\r\n");
            // More commas than tabs, so that they are the separators.
            text.push_str("\r\n\",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\"");
            let grid = read(&text).unwrap();
            for (index, cells) in table.iter().enumerate() {
                let row = grid.rows.iter().find(|row| row.number == index as u32 + 1);
                for (column, expected) in cells.iter().enumerate() {
                    let cell = row.map_or(Cell::Empty, |row| row.cell(column).clone());
                    let blank = expected.chars().all(char::is_whitespace);
                    prop_assert_eq!(cell, if blank { Cell::Empty } else { Cell::text(expected) });
                }
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[a,\"\n\r\t=&]{0,40}") {
            if let Ok(grid) = read(&text) {
                prop_assert!(grid.rows.len() <= text.len());
            }
        }
    }
}
