//! Reads a roster (名簿) from the file in which a facility or the city keeps it: CSV in whatever encoding Excel has
//! saved it, or an xlsx workbook.
//!
//! Text comes out as it went in: no name is normalised, no address mended. Nothing is guessed either: a row in which
//! something does not fit is named by its number, its column and the rule, and is left out only by decision. What is
//! read comes from anywhere, so everything is bounded before a library sees it. No error quotes a cell.
//!
//! [`read`] gives a [`Reading`]; the crate knows no files, no clock and no tablet. Depends on `homon-domain` only.

mod birth;
mod bounds;
mod column;
mod encoding;
mod fault;
mod grid;
mod headings;
mod line;
mod reading;
mod secret_digits;
mod separated;
mod workbook;

pub use column::{Column, ColumnLetter};
pub use fault::{BadCell, CellAt, FileFault, Rule};
pub use grid::FILE_BYTES;
pub use reading::{BadRows, Duplicate, DuplicateOf, Form, Line, Reading, Refused, read};
