//! The sheets of an Excel workbook (.xlsx). Formulas are read as the value that Excel kept, macros and links not at all.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Cell as ReadCell, DataRef, Reader, SheetType, SheetVisible, Xlsx};

use crate::bounds;
use crate::fault::FileFault;
use crate::grid::{Cell, Grid, Merged};

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Whether the file is a zip, as workbooks are.
pub(crate) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// Whether the file is of the form of Excel before 2007, in which workbooks with a password still are.
pub(crate) fn is_old_excel(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
}

/// Every sheet that Excel shows, in its order.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Grid>, FileFault> {
    bounds::check(bytes)?;
    // The library reckons with the names of cells before it looks whether they make sense.
    catch_unwind(AssertUnwindSafe(|| read_sheets(bytes))).unwrap_or(Err(FileFault::Damaged))
}

fn read_sheets(bytes: &[u8]) -> Result<Vec<Grid>, FileFault> {
    let mut workbook = Workbook::new(Cursor::new(bytes)).map_err(|_| FileFault::Damaged)?;
    let shown = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible);
    let names: Vec<String> = shown.map(|sheet| sheet.name.clone()).collect();
    names.iter().map(|name| read_sheet(&mut workbook, name)).collect()
}

fn read_sheet(workbook: &mut Workbook<'_>, name: &str) -> Result<Grid, FileFault> {
    let merged = workbook.merge_cells_by_sheet_name(name).map_err(|_| FileFault::Damaged)?;
    let merged =
        merged.iter().map(|cells| Merged { rows: (cells.start.0, cells.end.0), columns: (cells.start.1, cells.end.1) });
    let mut grid = Grid::new(merged.collect(), workbook.has_1904_epoch());
    // Cell by cell: the library's own range would have room for every cell up to the last, wherever that is.
    let mut cells = workbook.worksheet_cells_reader(name).map_err(|_| FileFault::Damaged)?;
    while let Some(cell) = cells.next_cell().map_err(|_| FileFault::Damaged)? {
        let (row, column) = cell.get_position();
        grid.add(row, column, value(&cell))?;
    }
    Ok(grid)
}

fn value(cell: &ReadCell<DataRef<'_>>) -> Cell {
    match cell.get_value() {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Float(number) => Cell::Number(*number),
        #[expect(clippy::cast_precision_loss, reason = "Excel keeps every number so")]
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::DateTime(day) if day.is_datetime() => Cell::Day(day.as_f64()),
        DataRef::DateTimeIso(text) => Cell::IsoDay(text.clone()),
        DataRef::DateTime(_) | DataRef::DurationIso(_) | DataRef::Bool(_) => Cell::Other,
        DataRef::Error(_) => Cell::Error,
        // What a later version of the library tells apart, a roster does not hold.
        #[allow(unreachable_patterns)]
        _ => Cell::Other,
    }
}
