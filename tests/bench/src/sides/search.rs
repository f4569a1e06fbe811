//! Searching ten thousand names.

use std::path::Path;
use std::time::Instant;

use homon_domain::folding::fold;
use rusqlite::params;

use super::plain::{Alone, Database, Encrypted};
use super::residents::Residents;
use super::tablet::Tablet;
use super::{Operation, plain};
use crate::Result;

/// What a search may take at most, in milliseconds.
pub(crate) const LIMIT_MS: f64 = 10.0;

const CASES: usize = 10_000;
/// How many lines Homon answers at most.
const LINES: u32 = 100;

/// The store's own statement; a test compares them.
const SQL: &str = "SELECT sequence, id, round_order, status, search_key, body FROM cases
    WHERE sequence IN (
        SELECT sequence FROM cases INDEXED BY cases_search WHERE instr(search_key, ?1) > 0
        ORDER BY instr(search_key, ?1) > 1, round_order, sequence LIMIT ?2
    )
    ORDER BY instr(search_key, ?1) > 1, round_order, sequence";

/// What people type: names whole and half, readings, numbers, and now and then what nobody is called.
fn typed(residents: &Residents, round: usize) -> String {
    let (name, reading) = (residents.name(round * 37), residents.reading(round * 3));
    let half = |text: &str, at: usize| text.split([' ', '\u{3000}']).nth(at).unwrap_or_default().to_owned();
    match round % 8 {
        0 => half(&name, 0),
        1 => half(&name, 1),
        2 | 3 => name,
        4 => half(&reading, 0),
        5 => reading,
        6 => format!("1-{}", 1 + round * 61 % CASES),
        _ => "ンンン".to_owned(),
    }
}

/// `Homon::search` in an open visit.
pub(super) fn homon(folder: &Path) -> Result<Operation> {
    let residents = Residents::invent(folder)?;
    let tablet = Tablet::with_cases(folder, &residents, CASES)?;
    Ok(Box::new(move |round| {
        let typed = typed(&residents, round);
        let began = Instant::now();
        tablet.runtime.block_on(tablet.homon.search(tablet.visit, tablet.part, typed))?;
        Ok(vec![began.elapsed()])
    }))
}

/// Two parts, as on the board: with the JSON of what was found, and without.
pub(super) fn plain(folder: &Path, encrypted: Encrypted) -> Result<Operation> {
    let residents = Residents::invent(folder)?;
    let database = Database::make(folder, encrypted, Alone::No)?;
    database.fill(&residents, CASES)?;
    let connection = database.open()?;
    Ok(Box::new(move |round| {
        let typed = typed(&residents, round);
        let began = Instant::now();
        let texts = plain::select(&connection, SQL, params![fold(&typed), LINES])?;
        let read = began.elapsed();
        plain::lines(&texts, &residents.programme)?;
        Ok(vec![began.elapsed(), read])
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_is_the_stores() {
        let store = include_str!("../../../../core/store/src/visit/reads.rs");
        assert!(store.contains(SQL));
    }

    #[test]
    fn people_type_what_is_there_and_what_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let residents = Residents::invent(folder.path()).unwrap();
        let database = Database::make(folder.path(), Encrypted::Yes, Alone::No).unwrap();
        database.fill(&residents, 500).unwrap();
        let connection = database.open().unwrap();
        let found =
            |round| plain::select(&connection, SQL, params![fold(&typed(&residents, round)), LINES]).unwrap().len();
        let counts: Vec<usize> = (0..8).map(found).collect();
        assert!(counts[..7].iter().all(|count| *count > 0), "{counts:?}");
        assert_eq!(counts[7], 0);
    }
}
