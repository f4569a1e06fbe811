//! Rosters: whom a visit expects, and how a file was read.

use chrono::{DateTime, Utc};
use homon_app::model::{
    BirthDate, BirthDateFault, CaseId, CellAt, ExpectedResident, NumberFault, Phone, PhoneFault, ReceivedText,
    RegisterNumber, RosterId, RosterRule, RoundPlace, Sex, TextFault, VisitId,
};
use homon_app::{BadCell, BadRows, Column, ColumnLetter, Duplicate, DuplicateOf, ExpectedRow, FileFault, RosterView};

use crate::types::ids::{Count, TwoColumns};

/// A roster on this tablet.
#[uniffi::remote(Record)]
pub struct RosterView {
    /// Which.
    pub roster: RosterId,
    /// The visit that it is for, if one was named.
    pub visit: Option<VisitId>,
    /// How many stand on it.
    pub residents: u32,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

/// A line of a roster, for a list that others may see: without a name that could be read.
#[uniffi::remote(Record)]
pub struct ExpectedRow {
    /// The number of the line in its roster.
    pub line: u32,
    /// Order, room and bed.
    pub place: RoundPlace,
    /// The first characters of the name, then ○.
    pub masked_name: String,
    /// The case as which they were received in the visit that was asked about.
    pub received_as: Option<CaseId>,
}

/// One line of a roster: a resident whom a visit expects.
#[uniffi::remote(Record)]
pub struct ExpectedResident {
    /// Where they are found on the round.
    pub place: RoundPlace,
    /// 氏名, exactly as received.
    pub name: ReceivedText,
    /// フリガナ.
    pub kana: Option<ReceivedText>,
    /// 住所, exactly as received.
    pub address: Option<ReceivedText>,
    /// 生年月日.
    pub birth_date: Option<BirthDate>,
    /// 性別.
    pub sex: Option<Sex>,
    /// 申請書ID; 個人番号 only where the programme asks for it.
    pub number: Option<RegisterNumber>,
    /// 電話番号. Whose line it is, a roster does not say.
    pub phone: Option<Phone>,
    /// 備考, for those who prepare the visit.
    pub remark: Option<ReceivedText>,
}

/// What becomes of rows that do not fit.
#[uniffi::remote(Enum)]
pub enum BadRows {
    /// With one bad row nobody is taken.
    Refuse,
    /// They are left out. Someone has seen which, and decided so.
    LeaveOut,
}

/// A resident who stands there more than once.
#[uniffi::remote(Record)]
pub struct Duplicate {
    /// The row in which they stand again.
    pub row: u32,
    /// Where they stood before.
    pub of: DuplicateOf,
}

/// Where a resident stood before.
#[uniffi::remote(Enum)]
pub enum DuplicateOf {
    /// In another row of the same roster.
    Row(u32),
    /// In another roster, or among those received.
    Known,
}

/// A cell that does not fit.
#[uniffi::remote(Record)]
pub struct BadCell {
    /// Where.
    pub at: CellAt,
    /// What stands in that column, if it is one that is read.
    pub column: Option<Column>,
    /// Which rule it breaks.
    pub rule: RosterRule,
}

/// Where a cell is.
#[uniffi::remote(Record)]
pub struct CellAt {
    /// As Excel numbers the row, from 1.
    pub row: u32,
    /// As Excel letters the column.
    pub letter: ColumnLetter,
}

/// Which rule a cell breaks.
#[uniffi::remote(Enum)]
pub enum RosterRule {
    /// Nothing stands where something must.
    Missing,
    /// Text.
    Text(#[from] TextFault),
    /// Date of birth.
    Date(#[from] BirthDateFault),
    /// A number that could be a day or a year.
    BareNumber,
    /// Telephone number.
    Phone(#[from] PhoneFault),
    /// 申請書ID or 個人番号.
    Number(#[from] NumberFault),
    /// Both 申請書ID and 個人番号.
    TwoNumbers,
    /// Neither 男 nor 女.
    Sex,
    /// Not a place in the round.
    Order,
    /// Excel has made a date, a time or a truth value of it.
    NotText,
    /// `#REF!` and the like.
    ErrorValue,
    /// Bytes that are no character in the file's encoding.
    Lost,
    /// It is merged with other rows, so that whose it is can't be told.
    Merged,
}

/// Why a file can't be read as a roster.
#[uniffi::remote(Enum)]
pub enum FileFault {
    /// It is longer than is read.
    TooLarge {
        /// How many bytes are read.
        limit: Count,
    },
    /// It is an Excel file from before 2007, or one that asks for a password.
    OldExcel,
    /// It is neither text nor a workbook.
    NotATable,
    /// The workbook can't be read.
    Damaged,
    /// It is made so that it takes more memory than a roster can.
    Bloated,
    /// More rows than are read.
    TooManyRows {
        /// How many rows are read.
        limit: Count,
    },
    /// Something stands to the right of what is read.
    TooManyColumns {
        /// The last column that is read.
        limit: ColumnLetter,
    },
    /// More cells than are read, empty ones included.
    TooManyCells {
        /// How many cells are read.
        limit: Count,
    },
    /// A quotation mark is not closed, or something stands behind a closed one.
    Quotation {
        /// Where it was opened.
        row: u32,
    },
    /// No row has the heading of a name.
    NoHeadings,
    /// A heading stands twice.
    HeadingTwice {
        /// Which.
        column: Column,
        /// Where.
        at: TwoColumns,
    },
    /// The headings stand in two rows, so that which column is what can't be told.
    HeadingsInTwoRows {
        /// The first of them.
        row: u32,
    },
    /// Something stands right of a known column, without a heading of its own: part of a name, perhaps.
    HeadingMissing {
        /// Which column.
        at: ColumnLetter,
        /// Beside which.
        beside: Column,
    },
    /// More than one sheet has headings.
    SeveralSheets {
        /// How many.
        count: Count,
    },
    /// There is nobody in it.
    Nobody,
    /// It holds 個人番号, for which the programme does not ask.
    IndividualNumbers {
        /// How many cells.
        count: Count,
        /// The first of them.
        first: CellAt,
    },
}

/// A column that is read.
#[uniffi::remote(Enum)]
pub enum Column {
    /// 氏名.
    Name,
    /// 姓.
    FamilyName,
    /// 名.
    GivenName,
    /// フリガナ.
    Kana,
    /// セイ.
    FamilyKana,
    /// メイ.
    GivenKana,
    /// 住所.
    Address,
    /// 生年月日.
    BirthDate,
    /// 性別.
    Sex,
    /// 部屋.
    Room,
    /// ベッド.
    Bed,
    /// 順番.
    Order,
    /// 電話.
    Phone,
    /// 備考.
    Remark,
    /// 申請書ID.
    ApplicationId,
    /// 個人番号.
    IndividualNumber,
}
