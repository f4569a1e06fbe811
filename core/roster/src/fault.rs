//! Why a file, or a cell of it, can't be taken. None of it quotes what stands there.

use std::fmt;

use homon_domain::birthdate::BirthDateFault;
use homon_domain::numbers::{NumberFault, PhoneFault};
use homon_domain::text::TextFault;

use crate::column::{Column, ColumnLetter};

/// Why a file can't be read as a roster.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FileFault {
    /// It is longer than is read.
    #[error("the file is larger than {} MiB; save the roster alone", .limit >> 20)]
    TooLarge {
        /// How many bytes are read.
        limit: usize,
    },
    /// It is an Excel file from before 2007, or one that asks for a password.
    #[error("this is an old Excel file, or one with a password; save it as .xlsx or CSV, without a password")]
    OldExcel,
    /// It is neither text nor a workbook.
    #[error("this is neither a CSV file nor an Excel workbook")]
    NotATable,
    /// The workbook can't be read.
    #[error("the workbook is damaged; open it in Excel and save it anew")]
    Damaged,
    /// It is made so that it takes more memory than a roster can.
    #[error("the file holds more than a roster can; copy the roster alone into a new one")]
    Bloated,
    /// More rows than are read.
    #[error("there are more than {limit} rows; divide the roster")]
    TooManyRows {
        /// How many rows are read.
        limit: usize,
    },
    /// Something stands to the right of what is read.
    #[error("something stands beyond column {limit}; delete what is there")]
    TooManyColumns {
        /// The last column that is read.
        limit: ColumnLetter,
    },
    /// More cells than are read, empty ones included.
    #[error("there are more than {limit} cells; copy the roster alone into a new file")]
    TooManyCells {
        /// How many cells are read.
        limit: usize,
    },
    /// A quotation mark is not closed, or something stands behind a closed one.
    #[error("row {row}: a quotation mark is not where it belongs; save the file anew as CSV from Excel")]
    Quotation {
        /// Where it was opened.
        row: u32,
    },
    /// No row has the heading of a name.
    #[error("no row has the heading 氏名 (or 姓 and 名); write the headings above the residents")]
    NoHeadings,
    /// A heading stands twice.
    #[error("the heading {column} stands twice, in columns {} and {}; leave one", .at[0], .at[1])]
    HeadingTwice {
        /// Which.
        column: Column,
        /// Where.
        at: [ColumnLetter; 2],
    },
    /// The headings stand in two rows, so that which column is what can't be told.
    #[error("rows {row} and the next are both headings; write one row of headings, such as 姓 and 名")]
    HeadingsInTwoRows {
        /// The first of them.
        row: u32,
    },
    /// Something stands right of a known column, without a heading of its own: part of a name, perhaps.
    #[error("column {at} has no heading and stands beside {beside}; give it one, such as 姓 and 名, or empty it")]
    HeadingMissing {
        /// Which column.
        at: ColumnLetter,
        /// Beside which.
        beside: Column,
    },
    /// More than one sheet has headings.
    #[error("{count} sheets have headings; keep the one with the roster, and hide or delete the others")]
    SeveralSheets {
        /// How many.
        count: usize,
    },
    /// There is nobody in it.
    #[error("nobody stands below the headings")]
    Nobody,
    /// It holds 個人番号, for which the programme does not ask.
    #[error("{} of 個人番号 stand in it, the first in row {}, column {}; the programme does not ask for them: delete \
             them", .count, .first.row, .first.letter)]
    IndividualNumbers {
        /// How many cells.
        count: usize,
        /// The first of them.
        first: CellAt,
    },
}

/// Where a cell is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct CellAt {
    /// As Excel numbers the row, from 1.
    pub row: u32,
    /// As Excel letters the column.
    pub letter: ColumnLetter,
}

/// A cell that does not fit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadCell {
    /// Where.
    pub at: CellAt,
    /// What stands in that column, if it is one that is read.
    pub column: Option<Column>,
    /// Which rule it breaks.
    pub rule: Rule,
}

impl fmt::Display for BadCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}, column {}", self.at.row, self.at.letter)?;
        match self.column {
            Some(column) => write!(f, " ({column}): {}", self.rule),
            None => write!(f, ": {}", self.rule),
        }
    }
}

/// Which rule a cell breaks.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Rule {
    /// Nothing stands where something must.
    #[error("this is missing")]
    Missing,
    /// Text.
    #[error(transparent)]
    Text(#[from] TextFault),
    /// Date of birth.
    #[error(transparent)]
    Date(#[from] BirthDateFault),
    /// A number that could be a day or a year.
    #[error("this is a number and no date; write it as a date, such as 昭和5年3月12日")]
    BareNumber,
    /// Telephone number.
    #[error(transparent)]
    Phone(#[from] PhoneFault),
    /// 申請書ID or 個人番号.
    #[error(transparent)]
    Number(#[from] NumberFault),
    /// Both 申請書ID and 個人番号.
    #[error("申請書ID and 個人番号 both stand here; leave one")]
    TwoNumbers,
    /// Neither 男 nor 女.
    #[error("this is neither 男 nor 女")]
    Sex,
    /// Not a place in the round.
    #[error("this is not a whole number from 1 on")]
    Order,
    /// Excel has made a date, a time or a truth value of it.
    #[error("Excel has made a date or a truth value of this; write it as text")]
    NotText,
    /// `#REF!` and the like.
    #[error("this cell is an error of Excel")]
    ErrorValue,
    /// Bytes that are no character in the file's encoding.
    #[error("a character was lost when the file was saved; save it anew, as UTF-8")]
    Lost,
    /// It is merged with other rows, so that whose it is can't be told.
    #[error("this cell is merged with other rows; write it in each")]
    Merged,
}
