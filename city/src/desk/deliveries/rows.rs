//! Marks in a table: a CSV file as an office makes it, in UTF-8 or CP932, with Japanese or English headings.
//!
//! The export's own columns can be edited and given back: columns that say nothing here are passed over, and so are rows
//! in which nothing has happened yet.

use homon_domain::delivery::{Deficiency, DeficiencyKind, Delivery};
use homon_domain::numbers::ApplicationId;
use homon_domain::text::{ReceivedText, TextFault};
use homon_domain::written_date::parse_date;
use homon_report::excel::cell_text;
use homon_report::{encoding, words};

use super::marking::{MarkFault, Named, Outcome, Place, Wish, Wishes};

/// The longest note, in characters.
const NOTE: usize = 500;

/// Reads the words of the issuing body about a deficiency.
///
/// # Errors
/// Any [`TextFault`].
pub fn read_note(text: &str) -> Result<ReceivedText, TextFault> {
    ReceivedText::from_input(text, NOTE)
}

/// Why the file is not a table of marks. Nothing was marked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RowsError {
    /// Neither UTF-8 nor CP932.
    #[error("the file is neither UTF-8 nor CP932: save it as CSV")]
    NotText,
    /// Not CSV.
    #[error("row {0} is not CSV: a quotation mark does not end")]
    NotCsv(usize),
    /// A column is missing.
    #[error("the first row lacks the heading {0}")]
    NoHeading(&'static str),
    /// A column stands twice.
    #[error("the heading {0} stands twice")]
    Twice(&'static str),
}

/// One column of the table: its heading, and its heading in English.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heading {
    Visit,
    Case,
    Application,
    Stage,
    On,
    Kind,
    Note,
}

impl Heading {
    const ALL: [Self; 7] = [Self::Visit, Self::Case, Self::Application, Self::Stage, Self::On, Self::Kind, Self::Note];

    fn name(self) -> &'static str {
        match self {
            Self::Visit => "訪問",
            Self::Case => "受付番号",
            Self::Application => "申請書ID",
            Self::Stage => "申請の状況",
            Self::On => "状況の日付",
            Self::Kind => "不備の種類",
            Self::Note => "不備の内容",
        }
    }

    fn english(self) -> &'static str {
        match self {
            Self::Visit => "visit",
            Self::Case => "case",
            Self::Application => "application_id",
            Self::Stage => "stage",
            Self::On => "on",
            Self::Kind => "kind",
            Self::Note => "note",
        }
    }

    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::ALL.into_iter().find(|heading| heading.name() == text || heading.english() == text)
    }
}

/// Where each column stands.
struct Columns([Option<usize>; Heading::ALL.len()]);

impl Columns {
    fn read(headings: &csv::StringRecord) -> Result<Self, RowsError> {
        let mut columns = Self([None; Heading::ALL.len()]);
        for (index, text) in headings.iter().enumerate() {
            let Some(heading) = Heading::read(&cell_text(text)) else { continue };
            if columns.0[heading as usize].replace(index).is_some() {
                return Err(RowsError::Twice(heading.name()));
            }
        }
        let by_number = columns.has(Heading::Visit) && columns.has(Heading::Case);
        if !by_number && !columns.has(Heading::Application) {
            return Err(RowsError::NoHeading("訪問 and 受付番号, or 申請書ID"));
        }
        match [Heading::Stage, Heading::On].into_iter().find(|heading| !columns.has(*heading)) {
            Some(missing) => Err(RowsError::NoHeading(missing.name())),
            None => Ok(columns),
        }
    }

    fn has(&self, heading: Heading) -> bool {
        self.0[heading as usize].is_some()
    }

    /// The text of a cell; empty when it is missing.
    fn text(&self, row: &csv::StringRecord, heading: Heading) -> String {
        let cell = self.0[heading as usize].and_then(|index| row.get(index)).unwrap_or_default();
        cell_text(cell.trim()).trim().to_owned()
    }
}

/// Reads a table of marks; each row with its number as Excel counts it, and with what is wrong in it.
///
/// # Errors
/// [`RowsError`] when it is no such table at all.
pub fn read_rows(bytes: &[u8]) -> Result<Wishes, RowsError> {
    let text = encoding::decode(bytes).ok_or(RowsError::NotText)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let columns = Columns::read(reader.headers().map_err(|_| RowsError::NotCsv(1))?)?;
    let mut rows = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let number = index + 2;
        let record = record.map_err(|_| RowsError::NotCsv(number))?;
        if let Some(wish) = wish(&columns, &record).transpose() {
            rows.push((Place::Row(number), wish));
        }
    }
    Ok(rows)
}

/// `None` for a row in which nothing has happened yet.
fn wish(columns: &Columns, row: &csv::StringRecord) -> Result<Option<Wish>, MarkFault> {
    let cell = |heading| columns.text(row, heading);
    let stage = cell(Heading::Stage);
    if stage.is_empty() || stage == words::delivery(&Delivery::Received) {
        return Ok(None);
    }
    let outcome = match stage.as_str() {
        "申請済" | "submitted" => Outcome::Submitted,
        "受理" | "accepted" => Outcome::Accepted,
        "不備" | "returned" => Outcome::Returned(deficiency(&cell(Heading::Kind), &cell(Heading::Note))?),
        "交付" | "issued" => Outcome::Issued,
        _ => return Err(MarkFault::Unreadable(Heading::Stage.name(), "申請済, 受理, 不備 or 交付")),
    };
    let on = match cell(Heading::On) {
        text if text.is_empty() => return Err(MarkFault::Empty(Heading::On.name())),
        text => parse_date(&text).map_err(|_| MarkFault::Unreadable(Heading::On.name(), "a day"))?,
    };
    let named = named(&cell(Heading::Visit), &cell(Heading::Case), &cell(Heading::Application))?;
    Ok(Some(Wish { named, on, outcome }))
}

/// Visit and number where they stand, and otherwise the 申請書ID: exports have all three.
fn named(visit: &str, case: &str, application: &str) -> Result<Named, MarkFault> {
    if !visit.is_empty() && !case.is_empty() {
        let number = case.parse().map_err(|_| MarkFault::Unreadable(Heading::Case.name(), "a number such as 1-004"))?;
        return Ok(Named::Case { visit: visit.to_owned(), number });
    }
    if application.is_empty() {
        return Err(MarkFault::Empty("訪問, 受付番号 and 申請書ID"));
    }
    let unreadable = MarkFault::Unreadable(Heading::Application.name(), "23 digits");
    ApplicationId::parse(application).map(Named::Application).map_err(|_| unreadable)
}

fn deficiency(kind: &str, note: &str) -> Result<Deficiency, MarkFault> {
    let kinds = [DeficiencyKind::Photo, DeficiencyKind::Number, DeficiencyKind::Attribute, DeficiencyKind::Other];
    let named = kinds.into_iter().find(|named| words::deficiency(*named) == kind);
    let kind = match (kind, named) {
        ("", _) => return Err(MarkFault::Empty(Heading::Kind.name())),
        (_, Some(kind)) => kind,
        ("photo", _) => DeficiencyKind::Photo,
        ("number", _) => DeficiencyKind::Number,
        ("attribute", _) => DeficiencyKind::Attribute,
        ("other", _) => DeficiencyKind::Other,
        _ => return Err(MarkFault::Unreadable(Heading::Kind.name(), "写真, 番号, 記載事項 or その他")),
    };
    let note = match note {
        "" => None,
        note => Some(read_note(note).map_err(|_| {
            MarkFault::Unreadable(Heading::Note.name(), "a text of at most 500 characters that can be shown")
        })?),
    };
    Ok(Deficiency { kind, note })
}
