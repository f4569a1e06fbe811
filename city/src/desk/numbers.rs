//! 個人番号, handed to the section that applies: apart from every other export, and encrypted on the way.
//!
//! One age file to recipients of the receiving section, with a CSV table of the visit, the case number and the 個人番号.
//! Nothing of it is ever written in the clear: the table goes into the cipher row by row. Whose number it is stands in
//! the export of the cases, under the same visit and case number.

use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use homon_domain::applicant::RegisterNumber;
use homon_domain::case::{Case, CaseStatus};
use homon_domain::platform::Clock;
use homon_domain::programme::NumberRule;
use homon_report::{Cell, Column, write_csv};
use homon_seal::Recipients;
use homon_seal::recipients::{LongWriter, RecipientsError};

use super::files::{self, At, FileError};
use super::folder::{CityFolder, DeskFolder};
use super::journal::{Deed, Journal, JournalError};
use super::opened;
use super::programme::{self, ProgrammeError};

/// Why no number was handed over. Nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum NumbersError {
    /// The programme does not ask for 個人番号.
    #[error("this programme does not ask for 個人番号, so there is none to hand over")]
    NotAsked,
    /// There is something already.
    #[error("{} exists already; name a file that does not", .0.display())]
    Exists(PathBuf),
    /// The file of recipients can't be used.
    #[error("{}: {problem}", path.display())]
    Recipients {
        /// The file.
        path: PathBuf,
        /// Why not.
        problem: RecipientsError,
    },
    /// No application has one.
    #[error("no opened application has a 個人番号; nothing was written")]
    Nothing,
    /// The programme can't be used.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// One number, and which application it belongs to.
struct Row {
    visit: String,
    case: Case,
}

const COLUMNS: [Column<Row>; 3] = [
    Column { name: "visit_id", heading: "訪問ID", cell: |row| Cell::text(&*row.visit) },
    Column { name: "case_number", heading: "受付番号", cell: |row| Cell::text(row.case.number.to_string()) },
    Column { name: "individual_number", heading: "個人番号", cell: |row| Cell::maybe(number(&row.case)) },
];

fn number(case: &Case) -> Option<&str> {
    match &case.applicant.number {
        Some(RegisterNumber::IndividualNumber(number)) => Some(number.expose()),
        _ => None,
    }
}

/// Writes the 個人番号 of all opened applications, of each visit part the highest seal, encrypted to the recipients in a
/// file as `age -R` reads it. Gives how many there are.
///
/// # Errors
/// Any [`NumbersError`].
pub fn hand_over(folder: &CityFolder, to: &Path, out: &Path, clock: &dyn Clock) -> Result<usize, NumbersError> {
    if programme::read(&folder.programme())?.number == NumberRule::ApplicationId {
        return Err(NumbersError::NotAsked);
    }
    if fs::symlink_metadata(out).is_ok() {
        return Err(NumbersError::Exists(out.to_owned()));
    }
    let named = files::read_text(to)?.parse::<Recipients>();
    let recipients = named.map_err(|problem| NumbersError::Recipients { path: to.to_owned(), problem })?;
    let desk = folder.desk();
    let lock = desk.lock()?;
    let mut journal = Journal::open(folder, &lock, clock)?;
    let rows = rows(&desk)?;
    if rows.is_empty() {
        return Err(NumbersError::Nothing);
    }
    let draft = files::draft_of(out);
    let written = write(&draft, &recipients, &rows).map_err(NumbersError::from).and_then(|()| {
        journal.append(&Deed::Numbers { numbers: rows.len() })?;
        Ok(files::publish(&draft, out)?)
    });
    if written.is_err() {
        // The draft is of no use; the first error is the one to report.
        let _ = fs::remove_file(&draft);
    }
    written.map(|()| rows.len())
}

fn rows(desk: &DeskFolder) -> Result<Vec<Row>, FileError> {
    let mut rows = Vec::new();
    for ((visit, _), part) in opened::parts_that_count(desk)? {
        let cases = part.cases()?.into_iter();
        let with_number = cases.filter(|case| case.status() == CaseStatus::Ready && number(case).is_some());
        rows.extend(with_number.map(|case| Row { visit: visit.to_string(), case }));
    }
    Ok(rows)
}

fn write(draft: &Path, recipients: &Recipients, rows: &[Row]) -> Result<(), FileError> {
    let file = files::create(draft)?;
    let mut encrypting = LongWriter::begin(BufWriter::new(&file), recipients).at(draft)?;
    write_csv(&mut encrypting, &COLUMNS, rows).at(draft)?;
    let mut out = encrypting.finish().at(draft)?;
    std::io::Write::flush(&mut out).and_then(|()| file.sync_all()).at(draft)
}
