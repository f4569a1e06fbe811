//! What stands between a shell and the core: calls from Kotlin on the JVM, and the app's own pages drawn there. The JVM's
//! sides stand in `android/desk` and speak as a side does; the tablets that they open are prepared here, before they start.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use chrono::SecondsFormat;
use homon_app::{CaseInput, DeviationInput, Error, Homon, LeavingInput, PlaceInput, VisitStage};
use homon_domain::ids::{PartNumber, VisitId};
use homon_domain::text::ReceivedText;
use homon_support::scenario::VisitScript;
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::Operation;
use super::residents::{Residents, case_id, scenario};
use super::tablet::Tablet;
use crate::Result;

/// How often a call that takes less than the clock can tell is made for one time.
const AT_ONCE: u32 = 200;
/// How many people stand on the board.
const ROWS: usize = 500;
/// The bytes of a photo.
const PHOTO: usize = 3_000_000;
/// How many visits the tablet holds when somebody signs in.
const VISITS: usize = 200;
/// How many cases they have together.
const CASES: usize = 2_000;
/// How many of these are in each visit that was sealed; the others stand on today's board.
const SEALED_CASES: usize = 9;
/// What a shell asks of a text.
const TEXT: &str = "山田 花子";

/// The same calls made in Rust, as the bridge makes them. Two parts: one that answers at once, one that is awaited.
pub(super) fn calls(folder: &Path) -> Result<Operation> {
    let (core, runtime) = core(folder, ROWS)?;
    Ok(Box::new(move |_| {
        let began = Instant::now();
        for _ in 0..AT_ONCE {
            let text = ReceivedText::from_register(std::hint::black_box(TEXT), ReceivedText::LONGEST)?;
            std::hint::black_box(text.needs_font_check());
        }
        let answered = began.elapsed();
        for _ in 0..AT_ONCE {
            runtime.block_on(core.to_its_end(|core| async move { core.is_enrolled().await }))?;
        }
        Ok(vec![answered / AT_ONCE, (began.elapsed() - answered) / AT_ONCE])
    }))
}

/// Two parts: 3 MB given to the core, which refuses them at the first byte; and the same bytes copied once.
pub(super) fn photo(folder: &Path) -> Result<Operation> {
    let (core, runtime) = core(folder, ROWS)?;
    let ((visit, part), case) = (open_visit()?, case_id(0));
    let photo = vec![7_u8; PHOTO];
    Ok(Box::new(move |_| {
        let given = photo.clone();
        let began = Instant::now();
        let refused = runtime
            .block_on(core.to_its_end(move |core| async move { core.check_portrait(visit, part, case, given).await }));
        let checked = began.elapsed();
        if !matches!(refused, Err(Error::FixInput { .. })) {
            return Err("what is no photo was taken for one".into());
        }
        let began = Instant::now();
        std::hint::black_box(photo.to_vec());
        Ok(vec![checked, began.elapsed()])
    }))
}

/// The board in an open visit.
pub(super) fn rows(folder: &Path) -> Result<Operation> {
    let (core, runtime) = core(folder, ROWS)?;
    let (visit, part) = open_visit()?;
    Ok(Box::new(move |_| {
        let began = Instant::now();
        let rows = runtime.block_on(core.to_its_end(move |core| async move { core.board(visit, part).await }))?;
        let taken = began.elapsed();
        if rows.len() != ROWS { Err("cases are missing".into()) } else { Ok(vec![taken]) }
    }))
}

/// The part that every tablet of the bench has open.
fn open_visit() -> Result<(VisitId, PartNumber)> {
    let visit = scenario()?.visits.remove(0);
    Ok((visit.plan.id, visit.parts[0].part))
}

/// A tablet as a shell has it, signed in.
fn core(folder: &Path, cases: usize) -> Result<(Arc<Homon>, Runtime)> {
    let tablet = Tablet::with_cases(folder, &Residents::invent(folder)?, cases)?;
    Ok((Arc::new(tablet.homon), tablet.runtime))
}

/// What a tablet is prepared with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One open visit with many cases.
    Board,
    /// As many visits as a tablet will ever hold, all but one of them sealed.
    Desk,
}

/// A side on the JVM: the program of `android/desk`, on a tablet that is prepared first.
pub(super) fn kotlin(name: &str, folder: &Path, kind: Kind) -> Result<Command> {
    let classes = env::var_os("HOMON_JVM_CLASSES").ok_or("HOMON_JVM_CLASSES is not set: Java and Maven are missing")?;
    let library = env::current_exe()?.parent().ok_or("this program lies in no folder")?.to_owned();
    prepare(folder, kind)?;
    let mut command = Command::new("java");
    command.arg(format!("-Djna.library.path={}", library.display())).arg("-Djava.awt.headless=true").arg("-cp");
    command.arg(classes).arg("app.homon.desk.bench.SidesKt").arg(name).arg(folder).stderr(Stdio::inherit());
    Ok(command)
}

/// Prepares a tablet once, and writes down beside it what a person knows who takes it up.
fn prepare(folder: &Path, kind: Kind) -> Result<()> {
    let note = folder.join("tablet.properties");
    if note.is_file() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let residents = Residents::invent(folder)?;
    let sealed = VISITS - 1;
    let count = if kind == Kind::Board { ROWS } else { CASES - sealed * SEALED_CASES };
    let tablet = Tablet::with_cases(folder, &residents, count)?;
    if kind == Kind::Desk {
        (0..sealed).try_for_each(|index| tablet.runtime.block_on(seal_another(&tablet.homon, index)))?;
    }
    let scenario = scenario()?;
    let staff = &scenario.visits[0].parts[0].staff;
    let names: Vec<_> = (0..ROWS).step_by(40).map(|index| residents.name(index)).collect();
    let facts = [
        ("staff", staff.to_string()),
        ("pin", scenario.pins.get(staff).ok_or("the scenario has no PIN")?.clone()),
        ("now", scenario.begins_at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        ("visit", tablet.visit.to_string()),
        ("part", tablet.part.to_string()),
        ("case", case_id(0).to_string()),
        ("cases", count.to_string()),
        ("visits", if kind == Kind::Board { 1 } else { VISITS }.to_string()),
        ("names", names.join(";")),
        ("text", TEXT.to_owned()),
        ("photo", PHOTO.to_string()),
    ];
    let lines: Vec<_> = facts.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    Ok(fs::write(note, lines.concat())?)
}

/// One more visit on the tablet, worked through to its seal: everybody there declined.
async fn seal_another(homon: &Homon, index: usize) -> Result<()> {
    let VisitScript { mut plan, check_in, deviations, parts } = scenario()?.visits.remove(0);
    plan.id = VisitId(Uuid::from_u128((index as u128 + 1).wrapping_mul(0xA511_E9B3_7F4A_7C15_F39C_C060_5CED_C835)));
    let (visit, part) = (plan.id, parts[0].part);
    let deviations =
        deviations.into_iter().map(|it| DeviationInput { departure: it.departure, reason: it.reason }).collect();
    homon.open_visit(plan, part, check_in, deviations, None).await?;
    for _ in 0..SEALED_CASES {
        let case = homon.receive(visit, part, PlaceInput::default()).await?.case.id;
        let leave = CaseInput::Leave { leaving: LeavingInput::Refused { note: None } };
        homon.case_step(visit, part, case, leave).await?;
    }
    homon.close_visit(visit, part).await?;
    let sealed = homon.seal_visit(visit, part).await?;
    if sealed.status == VisitStage::Sealed { Ok(()) } else { Err("a visit was not sealed".into()) }
}
