//! Opening the desk file, whose key is there already, and listing its visits.

use std::path::Path;
use std::time::Instant;

use chrono::{DateTime, NaiveDate, TimeDelta};
use homon_domain::ids::{PartNumber, VisitId};
use homon_store::{AuditEvent, DeskFile, Facts, FileKey, PlannedVisit, Root};
use rusqlite::{Connection, params};
use serde_json::json;
use uuid::Uuid;

use super::Operation;
use super::plain::{Alone, Database, Encrypted};
use crate::Result;

/// How many visits the desk file knows.
const VISITS: usize = 200;

/// Three parts: both together, opening, listing. `DeskFile::open` and `DeskFile::visits`, with all columns parsed.
pub(super) fn homon(folder: &Path) -> Result<Operation> {
    let root = Root::open(&folder.join("files"))?;
    let key = FileKey::make()?;
    let at = DateTime::from_timestamp(1_790_000_000, 0).ok_or("it is an instant")?;
    let event = AuditEvent::new(at, &"manager-01".parse()?, "plan".parse()?);
    let mut desk = DeskFile::create(&root, key.clone(), &event)?;
    for index in 0..VISITS {
        let planned = planned(index)?;
        desk.plan_visit(&planned, &event)?;
        desk.put_counts(planned.visit, planned.part, &counts(index)?, &event)?;
    }
    drop(desk);
    Ok(Box::new(move |_| {
        let began = Instant::now();
        let desk = DeskFile::open(&root, key.clone())?;
        let opened = began.elapsed();
        let visits = desk.visits()?;
        let all = began.elapsed();
        if visits.len() != VISITS {
            return Err("visits are missing".into());
        }
        Ok(vec![all, opened, all - opened])
    }))
}

/// The same parts: a connection with its first page, and the same statement with every column read as it is stored.
pub(super) fn plain(folder: &Path, encrypted: Encrypted, alone: Alone) -> Result<Operation> {
    let database = Database::make(folder, encrypted, alone)?;
    fill(&mut database.open()?)?;
    Ok(Box::new(move |_| {
        let began = Instant::now();
        let connection = database.open()?;
        let opened = began.elapsed();
        let visits = list(&connection)?;
        let all = began.elapsed();
        if visits != VISITS {
            return Err("visits are missing".into());
        }
        Ok(vec![all, opened, all - opened])
    }))
}

/// The columns in the order of the statement.
type Visit = (String, u8, String, String, String, String, String, Option<String>, Option<String>, Option<String>);

fn list(connection: &Connection) -> Result<usize> {
    let mut select = connection.prepare_cached(
        "SELECT visit, part, service, site, date, stage, plan, counts, opened_at, closed_at FROM visits
         ORDER BY date, visit, part",
    )?;
    let rows = select.query_map([], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
            row.get(6)?,
            row.get(7)?,
            row.get(8)?,
            row.get(9)?,
        ))
    })?;
    let visits: Vec<Visit> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(visits.len())
}

fn fill(connection: &mut Connection) -> Result<()> {
    let transaction = connection.transaction()?;
    for index in 0..VISITS {
        let planned = planned(index)?;
        transaction.execute(
            "INSERT INTO visits (visit, part, service, site, date, stage, plan, counts)
             VALUES (?1, ?2, ?3, ?4, ?5, 'planned', ?6, ?7)",
            params![
                planned.visit.to_string(),
                planned.part.get(),
                planned.service.as_str(),
                planned.site.as_str(),
                planned.date.to_string(),
                planned.plan.as_json(),
                counts(index)?.as_json(),
            ],
        )?;
    }
    Ok(transaction.commit()?)
}

fn planned(index: usize) -> Result<PlannedVisit> {
    let visit = VisitId(Uuid::from_u128((index as u128 + 1).wrapping_mul(0xA511_E9B3_7F4A_7C15_F39C_C060_5CED_C835)));
    let date = NaiveDate::from_ymd_opt(2026, 9, 1).ok_or("it is a day")? + TimeDelta::days(index as i64 / 4);
    let plan = json!({
        "id": visit, "service": "visit_application", "site": "mihon-home-07", "date": date,
        "from": "13:00:00", "until": "16:00:00"
    });
    Ok(PlannedVisit {
        visit,
        part: PartNumber::FIRST,
        service: "visit_application".parse()?,
        site: "mihon-home-07".parse()?,
        date,
        plan: Facts::of(&plan)?,
    })
}

fn counts(index: usize) -> Result<Facts> {
    let counts = json!({
        "received": 12 + index % 9, "ready": 8 + index % 7, "refused": 1, "withdrawn": 1, "ineligible": 1, "revisit": 1,
        "consultations": index % 5, "on_paper": 1
    });
    Ok(Facts::of(&counts)?)
}
