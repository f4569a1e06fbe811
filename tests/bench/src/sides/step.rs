//! A case step: what a person types, made durable.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use homon_app::{Homon, PinCost, Platform, SoftwareVault};
use homon_domain::audit::instant;
use homon_domain::case::Case;
use homon_store::CaseRecord;
use homon_support::tablet::ScriptClock;
use rusqlite::{Connection, TransactionBehavior, params};

use super::Operation;
use super::plain::{Alone, Database, Encrypted};
use super::residents::{Residents, case_id, record, scenario};
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

/// The same case and an audit row, written in one transaction. What is written was worked out before. Two parts: setting
/// the columns that have changed, as ours does, and setting all of them.
pub(super) fn plain(folder: &Path, encrypted: Encrypted) -> Result<Operation> {
    let residents = Residents::invent(folder)?;
    let database = Database::make(folder, encrypted, Alone::No)?;
    let mut cases = database.fill(&residents, CASES)?;
    let mut connection = database.open()?;
    Ok(Box::new(move |round| {
        let doing = residents.doing();
        let (before, typed) = (&cases[round % CASES], residents.typed(round)?.step(residents.today())?);
        let case = before.after(typed, doing)?;
        let (old, new, at) = (record(before)?, record(&case)?, instant::text(doing.at));
        let began = Instant::now();
        write(&mut connection, 2 * round, &case, &new, &changed(&old, &new), &at)?;
        let taken = began.elapsed();
        cases[round % CASES] = case;

        let case = &cases[round % CASES];
        let began = Instant::now();
        write(&mut connection, 2 * round + 1, case, &new, ALL_COLUMNS, &at)?;
        Ok(vec![taken, began.elapsed()])
    }))
}

const ALL_COLUMNS: &str = "round_order = ?3, status = ?4, search_key = ?5, body = ?6";

fn changed(old: &CaseRecord, new: &CaseRecord) -> String {
    let columns = [
        (old.round_order != new.round_order, "round_order = ?3, "),
        (old.status != new.status, "status = ?4, "),
        (old.search_key != new.search_key, "search_key = ?5, "),
    ];
    columns.into_iter().filter_map(|(changed, set)| changed.then_some(set)).chain(["body = ?6"]).collect()
}

fn write(
    connection: &mut Connection,
    number: usize,
    case: &Case,
    record: &CaseRecord,
    set: &str,
    at: &str,
) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.prepare_cached(&format!("UPDATE cases SET {set} WHERE sequence = ?1 AND id = ?2"))?.execute(
        params![
            record.sequence.get(),
            record.id.to_string(),
            record.round_order,
            record.status.as_str(),
            record.search_key,
            record.body.as_json(),
        ],
    )?;
    transaction
        .prepare_cached(
            "INSERT INTO audit (seq, at, actor, action, visit, case_number, detail, prev, hash)
             VALUES (?1, ?2, 'manager-01', 'set_name', NULL, ?3, ?4, ?5, ?5)",
        )?
        .execute(params![
            i64::try_from(number)? + 1,
            at,
            case.number.to_string(),
            record.status.as_str(),
            [7_u8; 32]
        ])?;
    Ok(transaction.commit()?)
}

/// The way to the thread that owns the files, and back, with nothing to do there.
pub(super) fn way(folder: &Path) -> Result<Operation> {
    let clock = Arc::new(ScriptClock::at(scenario()?.begins_at));
    let vault = Arc::new(SoftwareVault::open(&folder.join("vault"))?);
    let platform = Platform { vault, clock, photo_models: None };
    let homon = Homon::open(&folder.join("files"), platform, PinCost::cheap())?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(Box::new(move |_| {
        let began = Instant::now();
        // Nobody is signed in, so there is nothing to close.
        runtime.block_on(homon.pause())?;
        Ok(vec![began.elapsed()])
    }))
}
