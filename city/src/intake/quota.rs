//! What each device has at the moment and has sent today, as this process has seen it. It protects the others: a device
//! that is out of its mind, or in the wrong hands, must not use up what all of them share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use homon_domain::ids::DeviceId;

use super::limits::DeviceLimits;
use super::problem::Problem;

const DAY: TimeDelta = TimeDelta::days(1);

/// The accounts of all devices.
#[derive(Clone)]
pub(super) struct Quotas {
    limits: DeviceLimits,
    accounts: Arc<Mutex<HashMap<DeviceId, Account>>>,
}

#[derive(Default)]
struct Account {
    connections: usize,
    uploads: usize,
    /// When the day began, and the bytes received in it.
    day: Option<(DateTime<Utc>, u64)>,
}

/// A connection or an upload that counts until dropped.
pub(super) struct Place {
    quotas: Quotas,
    device: DeviceId,
    of: Of,
}

#[derive(Clone, Copy)]
enum Of {
    Connections,
    Uploads,
}

impl Account {
    fn used(&mut self, of: Of) -> &mut usize {
        match of {
            Of::Connections => &mut self.connections,
            Of::Uploads => &mut self.uploads,
        }
    }
}

impl Quotas {
    pub(super) fn new(limits: DeviceLimits) -> Self {
        Self { limits, accounts: Arc::default() }
    }

    /// A place for a connection; `None` when the device has too many.
    pub(super) fn connect(&self, device: DeviceId) -> Option<Place> {
        self.take(device, Of::Connections, self.limits.connections)
    }

    /// A place for an upload that receives bytes.
    ///
    /// # Errors
    /// [`Problem::TooManyAtOnce`].
    pub(super) fn begin(&self, device: DeviceId) -> Result<Place, Problem> {
        self.take(device, Of::Uploads, self.limits.uploads_at_once).ok_or(Problem::TooManyAtOnce)
    }

    fn take(&self, device: DeviceId, of: Of, most: usize) -> Option<Place> {
        let mut accounts = self.accounts();
        let used = accounts.entry(device).or_default().used(of);
        if *used >= most {
            return None;
        }
        *used += 1;
        Some(Place { quotas: self.clone(), device, of })
    }

    /// Counts bytes received. Bytes that are too many are not counted: they are not kept.
    ///
    /// # Errors
    /// [`Problem::TooMuchToday`].
    pub(super) fn spend(&self, device: DeviceId, bytes: usize, now: DateTime<Utc>) -> Result<(), Problem> {
        let mut accounts = self.accounts();
        let account = accounts.entry(device).or_default();
        // A clock that was set back begins a day anew: nobody waits for it to come forward again.
        let today = TimeDelta::zero()..DAY;
        let (began, spent) = account.day.filter(|(began, _)| today.contains(&(now - *began))).unwrap_or((now, 0));
        let spent = spent + bytes as u64;
        if spent > self.limits.bytes_a_day {
            let wait = (began + DAY - now).num_seconds().unsigned_abs();
            return Err(Problem::TooMuchToday { wait });
        }
        account.day = Some((began, spent));
        Ok(())
    }

    fn accounts(&self) -> MutexGuard<'_, HashMap<DeviceId, Account>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(account) = self.quotas.accounts().get_mut(&self.device) {
            let used = account.used(self.of);
            *used = used.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quotas() -> Quotas {
        Quotas::new(DeviceLimits { connections: 2, uploads_at_once: 1, unfinished_bytes: 10, bytes_a_day: 100 })
    }

    #[test]
    fn places_come_back_and_are_each_devices_own() {
        let (quotas, one, other) = (quotas(), DeviceId::make(), DeviceId::make());
        let held = [quotas.connect(one).unwrap(), quotas.connect(one).unwrap()];
        assert!(quotas.connect(one).is_none());
        assert!(quotas.connect(other).is_some());
        let upload = quotas.begin(one).unwrap();
        assert_eq!(quotas.begin(one).err(), Some(Problem::TooManyAtOnce));
        drop((held, upload));
        assert!(quotas.connect(one).is_some() && quotas.begin(one).is_ok());
    }

    #[test]
    fn a_day_begins_with_the_first_byte_and_ends() {
        let (quotas, one, other) = (quotas(), DeviceId::make(), DeviceId::make());
        let morning: DateTime<Utc> = "2026-09-24T00:00:00Z".parse().unwrap();
        let later = |hours| morning + TimeDelta::hours(hours);
        quotas.spend(one, 60, morning).unwrap();
        quotas.spend(one, 40, later(10)).unwrap();
        assert_eq!(quotas.spend(one, 1, later(23)), Err(Problem::TooMuchToday { wait: 3600 }));
        assert_eq!(quotas.spend(other, 100, later(23)), Ok(()));
        assert_eq!(quotas.spend(one, 100, later(24)), Ok(()));
        assert_eq!(quotas.spend(one, 1, later(25)), Err(Problem::TooMuchToday { wait: 23 * 3600 }));
        assert_eq!(quotas.spend(other, 100, later(0)), Ok(()), "a clock that was set back costs nobody a day");
    }
}
