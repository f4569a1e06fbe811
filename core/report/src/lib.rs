//! What leaves as a table: cases for the city, counts for the city and for the contractor's office.
//!
//! Pure: rows in, bytes out. Nothing here opens a file, asks the time, or decides what counts; the counts come from
//! `homon-domain`, on which alone this crate depends. Workbooks and PDF pages come later and will stand beside
//! [`table`].

pub mod case_table;
pub mod encoding;
pub mod excel;
pub mod table;
pub mod tally_table;
pub mod visit_table;
pub mod words;

pub use case_table::CaseRow;
pub use encoding::Encoding;
pub use table::{Cell, Chosen, Column, TableError, write_csv, write_table};
pub use tally_table::TallyRow;
pub use visit_table::{VisitPart, VisitRow};
