//! Removes what lies in the store and will never be finished: uploads on which nothing has moved for too long, and what
//! crashes have left of writes.
//!
//! Several intakes may do it at once, and tablets may come back at the very moment. Nothing here touches a package, a
//! claim or a receipt. An upload of which all bytes have arrived is finished instead, as by anyone who asks for it. A
//! tablet that goes on with an upload just removed is told so, and sends it again: it keeps its bytes until it has the
//! receipt.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use homon_domain::ids::DeviceId;

use super::complete::{Standing, standing};
use super::layout;
use super::metrics::Ended;
use super::problem::Problem;
use super::shelf::{self, Begun};
use super::state::Intake;
use super::store::StoreError;
use super::upload::UploadRecord;

/// How often the store is looked over.
const INTERVAL: Duration = Duration::from_secs(60 * 60);
/// How old a draft must be. The longest write of an object takes minutes.
const DRAFT: TimeDelta = TimeDelta::days(1);

/// What is open in the store.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Open {
    uploads: u64,
    bytes: u64,
}

/// Looks over the store now and then until the intake stops.
pub(super) async fn expire_for_ever(intake: &Intake) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = intake.stopping.cancelled() => return,
            _ = ticks.tick() => {}
        }
        // What was begun is not broken off between two objects: the rest can wait for the next time.
        if let Err(error) = look_over(intake).await {
            tracing::error!(%error, "expired uploads could not be removed");
        }
    }
}

/// Looks over the whole store once.
async fn look_over(intake: &Intake) -> Result<(), StoreError> {
    let now = intake.clock.now();
    let mut open = Open::default();
    for folder in shelf::folders(&intake.store).await? {
        match folder.parse::<DeviceId>() {
            Ok(device) if device.to_string() == folder => look_at_device(intake, device, now, &mut open).await?,
            // Uploads were once kept without their device; a tablet begins such a one anew.
            _ => remove_if_old(intake, &format!("{}/{folder}", layout::UPLOADS), now).await?,
        }
        if intake.stopping.is_cancelled() {
            return Ok(());
        }
    }
    intake.metrics.open_uploads.set(i64::try_from(open.uploads).unwrap_or(i64::MAX));
    intake.metrics.open_bytes.set(i64::try_from(open.bytes).unwrap_or(i64::MAX));
    intake.store.remove_drafts(now - DRAFT).await
}

async fn look_at_device(
    intake: &Intake,
    device: DeviceId,
    now: DateTime<Utc>,
    open: &mut Open,
) -> Result<(), StoreError> {
    for begun in shelf::of_device(&intake.store, device).await? {
        if is_old(intake, begun.changed_at, now) {
            remove(intake, device, &begun, now).await?;
        } else if begun.chunks > 0 {
            open.uploads += 1;
            open.bytes += begun.bytes;
        }
    }
    Ok(())
}

fn is_old(intake: &Intake, changed_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - changed_at >= intake.limits.expire_after
}

/// Removes an upload, unless it moves again or can be finished.
async fn remove(intake: &Intake, device: DeviceId, begun: &Begun, now: DateTime<Utc>) -> Result<(), StoreError> {
    let _turn = intake.turns.take(begun.id.slot()).await;
    // Whoever had the turn may have received more.
    let again = shelf::of_device(&intake.store, device).await?.into_iter().find(|again| again.id == begun.id);
    let Some(begun) = again.filter(|again| is_old(intake, again.changed_at, now)) else { return Ok(()) };
    let Some(record) = UploadRecord::find(&intake.store, &begun.id, device).await? else {
        return begun.id.discard_bytes(&intake.store, device).await;
    };
    match standing(intake, &record).await {
        // Held: the package and its receipt stay, and nobody needs to be told any more how it came about.
        Ok(Standing::Held) => record.discard(&intake.store).await,
        Ok(Standing::Receiving { .. }) | Err(Problem::DigestMismatch | Problem::AlreadyHeldOtherBytes) => {
            record.discard(&intake.store).await?;
            intake.metrics.ended(Ended::Expired);
            tracing::info!(%device, package = %record.package().name(), bytes = begun.bytes, "an upload expired");
            Ok(())
        }
        Err(problem) => {
            tracing::warn!(%device, %problem, "an old upload could not be finished");
            Ok(())
        }
    }
}

async fn remove_if_old(intake: &Intake, folder: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let entries = intake.store.list(folder).await?;
    if entries.iter().all(|entry| is_old(intake, entry.written_at, now)) {
        intake.store.delete_all(folder).await?;
    }
    Ok(())
}
