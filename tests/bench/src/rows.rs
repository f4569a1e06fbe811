//! The rows of the table: which sides are compared, how often, and what they must keep to.

mod month;
mod packages;
mod photo;
mod shell;

use std::path::Path;

use clap::ValueEnum;

use crate::Result;
use crate::report::{Against, Row};
use crate::sides::{Rounds, SEARCH_LIMIT_MS, Side, in_turns};

/// The rows, by the words that choose them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Chosen {
    /// A case step
    Step,
    /// Opening the desk file and listing its visits
    Desk,
    /// Opening a visit and listing its board
    Board,
    /// Searching 10,000 names
    Search,
    /// Sealing, opening, and their memory
    Seal,
    /// Networks, frames and portraits, beside LiteRT and MediaPipe
    Photo,
    /// Calls from Kotlin into the core, and what crosses with them
    Crossing,
    /// The app's first page and the search on its board, drawn
    Screens,
    /// Uploading and receiving, one tablet and 500 at once
    Upload,
    /// A city's month from the tablet to the export, and one intake for 1 to 100 cities
    Month,
}

impl Chosen {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Self::value_variants().iter().copied()
    }

    pub(crate) fn measure(self, folder: &Path, full: bool) -> Result<Vec<Row>> {
        match self {
            Self::Step => step(folder),
            Self::Desk => desk(folder),
            Self::Board => board(folder),
            Self::Search => search(folder),
            Self::Seal => packages::measure(folder, full),
            Self::Photo => photo::measure(folder),
            Self::Crossing => shell::crossing(folder),
            Self::Screens => shell::screens(folder),
            Self::Upload => crate::upload::rows(folder),
            Self::Month => month::measure(folder),
        }
    }
}

fn step(folder: &Path) -> Result<Vec<Row>> {
    // The write-ahead log starts again after 1000 pages. Until then each commit also makes it longer.
    let rounds = Rounds { warm_up: 500, measured: 400 };
    let sides = [Side::StepHomon, Side::StepPlain, Side::StepCipher, Side::Disk, Side::StepWay];
    let times = in_turns(folder, &sides, rounds)?;
    let ours = times[0][0];
    Ok(vec![Row {
        name: "a case step, durable (200 cases)".to_owned(),
        compared: "Homon::case_step: read the case, apply the rule, write the case and its audit entry, answer the view; \
                   against UPDATE of the same columns and INSERT of an audit row, both ready, in one transaction of plain \
                   SQLite (WAL, synchronous = FULL); against the same with all columns set; against the same in SQLCipher \
                   with a raw key; against write and fdatasync alone; and against the way to the thread that owns the files \
                   and back with nothing to do there",
        ours: Some(ours),
        against: vec![
            Against::peer("plain SQLite, the same columns", ours, times[1][0], Some(1.3)),
            Against::peer("plain SQLite, all columns of the row", ours, times[1][1], None),
            Against::peer("limit: SQLCipher alone, the same columns", ours, times[2][0], None),
            Against::peer("limit: a file grows by 4 KiB, fdatasync", ours, times[3][0], None),
            Against::peer("limit: 4 KiB in place, fdatasync", ours, times[3][1], None),
            Against::peer("limit: to the files' thread and back", ours, times[4][0], None),
        ],
    }])
}

fn desk(folder: &Path) -> Result<Vec<Row>> {
    let sides = [Side::DeskHomon, Side::DeskPlain, Side::DeskAlone, Side::DeskCipher];
    let times = in_turns(folder, &sides, Rounds { warm_up: 20, measured: 200 })?;
    let [ours, peer, alone, limit] = &times[..] else { return Err("a side is missing".into()) };
    let row = |part: usize, name: &str, compared, target| Row {
        name: name.to_owned(),
        compared,
        ours: Some(ours[part]),
        against: vec![
            Against::peer("plain SQLite", ours[part], peer[part], target),
            Against::peer("plain SQLite, one connection only", ours[part], alone[part], None),
            Against::peer("limit: SQLCipher alone, likewise", ours[part], limit[part], None),
        ],
    };
    Ok(vec![
        row(
            0,
            "opening the desk file, listing 200 visits",
            "DeskFile::open with its key and DeskFile::visits, all columns parsed, sorted; against a plain SQLite connection \
             (WAL, synchronous = FULL) and the same statement with ORDER BY, all columns as they are stored; against the \
             same with locking_mode = EXCLUSIVE, as ours is; and against that in SQLCipher with a raw key",
            Some(1.5),
        ),
        row(1, "  of which opening, to the first page", "the first half of that", None),
        row(2, "  of which listing", "the second half of that", None),
    ])
}

fn board(folder: &Path) -> Result<Vec<Row>> {
    let times = in_turns(
        folder,
        &[Side::BoardHomon, Side::BoardPlain, Side::BoardCipher],
        Rounds { warm_up: 10, measured: 100 },
    )?;
    let ours = times[0][0];
    Ok(vec![Row {
        name: "opening a visit, listing 130 cases".to_owned(),
        compared: "Homon::board just after signing in: unwrap the key, open the file, read the rows, parse the JSON, make \
                   the lines; against a plain SQLite connection, the same statement, the same parsing and lines; against \
                   the same without parsing; and against the same in SQLCipher with a raw key",
        ours: Some(ours),
        against: vec![
            Against::peer("plain SQLite, the same JSON parsed", ours, times[1][0], None),
            Against::peer("plain SQLite, no JSON parsed", ours, times[1][1], None),
            Against::peer("limit: SQLCipher alone, the JSON parsed", ours, times[2][0], None),
        ],
    }])
}

fn search(folder: &Path) -> Result<Vec<Row>> {
    let times = in_turns(
        folder,
        &[Side::SearchHomon, Side::SearchPlain, Side::SearchCipher],
        Rounds { warm_up: 16, measured: 240 },
    )?;
    let ours = times[0][0];
    let milliseconds = |nanoseconds: u64| nanoseconds as f64 / 1e6;
    Ok(vec![Row {
        name: "searching 10,000 names".to_owned(),
        compared: "Homon::search in an open visit, at most 100 lines, JSON parsed; against the same statement in plain \
                   SQLite with the same parsing, and without; and against the same in SQLCipher with a raw key",
        ours: Some(ours),
        against: vec![
            Against::measure("half of all searches", milliseconds(ours.median), "ms", Some(SEARCH_LIMIT_MS)),
            Against::measure("95 of 100 searches", milliseconds(ours.p95), "ms", Some(SEARCH_LIMIT_MS)),
            Against::peer("plain SQLite, the same JSON parsed", ours, times[1][0], None),
            Against::peer("plain SQLite, no JSON parsed", ours, times[1][1], None),
            Against::peer("limit: SQLCipher alone, the JSON parsed", ours, times[2][0], None),
        ],
    }])
}
