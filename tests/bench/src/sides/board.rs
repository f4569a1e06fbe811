//! Opening a visit's file and listing its board.

use std::path::Path;
use std::time::Instant;

use super::plain::{Alone, Database, Encrypted};
use super::residents::Residents;
use super::tablet::Tablet;
use super::{Operation, plain};
use crate::Result;

/// How many people the visit has received: those of a venue day.
const CASES: usize = 130;

/// `Homon::board` after signing in, when the visit's file is still closed.
pub(super) fn homon(folder: &Path) -> Result<Operation> {
    let tablet = Tablet::with_cases(folder, &Residents::invent(folder)?, CASES)?;
    Ok(Box::new(move |_| {
        tablet.sign_in()?;
        let began = Instant::now();
        let rows = tablet.runtime.block_on(tablet.homon.board(tablet.visit, tablet.part))?;
        let taken = began.elapsed();
        if rows.len() != CASES {
            return Err("cases are missing".into());
        }
        Ok(vec![taken])
    }))
}

/// Two parts: everything, with the JSON read into the same types and turned into the same lines; and without that.
pub(super) fn plain(folder: &Path, encrypted: Encrypted) -> Result<Operation> {
    const SQL: &str =
        "SELECT sequence, id, round_order, status, search_key, body FROM cases ORDER BY round_order, sequence";
    let residents = Residents::invent(folder)?;
    let database = Database::make(folder, encrypted, Alone::No)?;
    database.fill(&residents, CASES)?;
    Ok(Box::new(move |_| {
        let began = Instant::now();
        let connection = database.open()?;
        let texts = plain::select(&connection, SQL, [])?;
        let read = began.elapsed();
        let lines = plain::lines(&texts, &residents.programme)?;
        let all = began.elapsed();
        if lines.len() != CASES {
            return Err("cases are missing".into());
        }
        Ok(vec![all, read])
    }))
}
