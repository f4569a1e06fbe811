//! A case step: what a person types, made durable.

use std::path::Path;
use std::time::Instant;

use homon_domain::audit::instant;
use homon_domain::case::Case;
use rusqlite::{Connection, TransactionBehavior, params};

use super::Operation;
use super::plain::{Database, Encrypted};
use super::residents::{Residents, case_id, record};
use super::tablet::Tablet;
use crate::Result;

/// How many cases the visit has.
const CASES: usize = 200;

/// `Homon::case_step`: reads the case, applies the rule, writes the case and its audit entry, answers the view.
pub(super) fn homon(folder: &Path) -> Result<Operation> {
    let residents = Residents::invent(folder)?;
    let tablet = Tablet::with_cases(folder, &residents, CASES)?;
    Ok(Box::new(move |round| {
        let typed = residents.typed(round)?;
        let began = Instant::now();
        let step = tablet.homon.case_step(tablet.visit, tablet.part, case_id(round % CASES), typed);
        tablet.runtime.block_on(step)?;
        Ok(vec![began.elapsed()])
    }))
}

/// The same case and an audit row, written in one transaction. What is written was worked out before.
pub(super) fn plain(folder: &Path, encrypted: Encrypted) -> Result<Operation> {
    let residents = Residents::invent(folder)?;
    let database = Database::make(folder, encrypted)?;
    let mut cases = database.fill(&residents, CASES)?;
    let mut connection = database.open()?;
    Ok(Box::new(move |round| {
        let doing = residents.doing();
        let case = cases[round % CASES].after(residents.typed(round)?.step(residents.today())?, doing)?;
        let (record, at) = (record(&case)?, instant::text(doing.at));
        let began = Instant::now();
        write(&mut connection, round, &case, &record, &at)?;
        let taken = began.elapsed();
        cases[round % CASES] = case;
        Ok(vec![taken])
    }))
}

fn write(
    connection: &mut Connection,
    round: usize,
    case: &Case,
    record: &homon_store::CaseRecord,
    at: &str,
) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction
        .prepare_cached(
            "UPDATE cases SET round_order = ?3, status = ?4, search_key = ?5, body = ?6 WHERE sequence = ?1 AND id = ?2",
        )?
        .execute(params![
            record.sequence.get(),
            record.id.to_string(),
            record.round_order,
            record.status.as_str(),
            record.search_key,
            record.body.as_json(),
        ])?;
    transaction
        .prepare_cached(
            "INSERT INTO audit (seq, at, actor, action, visit, case_number, detail, prev, hash)
             VALUES (?1, ?2, 'manager-01', 'set_name', NULL, ?3, ?4, ?5, ?5)",
        )?
        .execute(
            params![i64::try_from(round)? + 1, at, case.number.to_string(), record.status.as_str(), [7_u8; 32],],
        )?;
    Ok(transaction.commit()?)
}
