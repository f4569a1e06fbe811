//! How much the intake accepts, and how patiently: from `intake.toml`, where every line may be left out.

use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::time::Duration;

use chrono::TimeDelta;
use serde::Deserialize;

/// How much is accepted, and how patiently.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IntakeLimits {
    /// Bytes of one upload.
    pub upload_bytes: u64,
    /// How long a body may pause before the connection is given up. What arrived is kept.
    pub stall: Duration,
    /// Connections at a time.
    pub connections: usize,
    /// How long an upload may lie unfinished without another byte before it is removed.
    pub expire_after: TimeDelta,
    /// What one device may have.
    pub device: DeviceLimits,
}

/// What one device may have.
///
/// Connections, uploads at once and bytes in a day are counted by each intake for itself; what lies unfinished is
/// counted in the store, by all of them together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeviceLimits {
    /// Connections at a time.
    pub connections: usize,
    /// Uploads that receive bytes at the same time.
    pub uploads_at_once: usize,
    /// Bytes that lie in the store of uploads that are not finished.
    pub unfinished_bytes: u64,
    /// Bytes received in 24 hours, those that come again included.
    pub bytes_a_day: u64,
}

/// `intake.toml` can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct LimitsError(#[from] toml::de::Error);

impl Default for IntakeLimits {
    /// 4 GiB (a package holds at most 3 GiB), 30 seconds, 512 connections, a week.
    fn default() -> Self {
        Self {
            upload_bytes: 4 << 30,
            stall: Duration::from_secs(30),
            connections: 512,
            expire_after: TimeDelta::days(7),
            device: DeviceLimits::default(),
        }
    }
}

impl Default for DeviceLimits {
    /// 16 connections, 4 uploads, 8 GiB unfinished, 20 GiB a day: several times what a long day of one tablet makes.
    fn default() -> Self {
        Self { connections: 16, uploads_at_once: 4, unfinished_bytes: 8 << 30, bytes_a_day: 20 << 30 }
    }
}

impl IntakeLimits {
    /// Reads what stands in `intake.toml`; the rest is as by default.
    ///
    /// # Errors
    /// [`LimitsError`], which names the line: also for a name that is not known, and for a zero.
    pub fn parse(text: &str) -> Result<Self, LimitsError> {
        let file: File = toml::from_str(text)?;
        let (usual, device) = (Self::default(), DeviceLimits::default());
        let mib = |given: Option<NonZeroU32>, usual: u64| given.map_or(usual, |mib| u64::from(mib.get()) << 20);
        let number = |given: Option<NonZeroUsize>, usual: usize| given.map_or(usual, NonZeroUsize::get);
        Ok(Self {
            upload_bytes: mib(file.upload_mib, usual.upload_bytes),
            stall: file.stall_seconds.map_or(usual.stall, |seconds| Duration::from_secs(seconds.get())),
            connections: number(file.connections, usual.connections),
            expire_after: file.expire_after_days.map_or(usual.expire_after, |days| TimeDelta::days(days.get().into())),
            device: DeviceLimits {
                connections: number(file.device.connections, device.connections),
                uploads_at_once: number(file.device.uploads_at_once, device.uploads_at_once),
                unfinished_bytes: mib(file.device.unfinished_mib, device.unfinished_bytes),
                bytes_a_day: mib(file.device.mib_a_day, device.bytes_a_day),
            },
        })
    }

    /// Bytes of the largest upload that can ever be complete.
    pub(super) fn largest(&self) -> u64 {
        self.upload_bytes.min(self.device.unfinished_bytes).min(self.device.bytes_a_day)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    upload_mib: Option<NonZeroU32>,
    stall_seconds: Option<NonZeroU64>,
    connections: Option<NonZeroUsize>,
    expire_after_days: Option<NonZeroU32>,
    #[serde(default)]
    device: DeviceFile,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct DeviceFile {
    connections: Option<NonZeroUsize>,
    uploads_at_once: Option<NonZeroUsize>,
    unfinished_mib: Option<NonZeroU32>,
    mib_a_day: Option<NonZeroU32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_may_be_left_out() {
        assert_eq!(IntakeLimits::parse("").unwrap(), IntakeLimits::default());
        let some = IntakeLimits::parse("connections = 64\n[device]\nmib_a_day = 3").unwrap();
        let device = DeviceLimits { bytes_a_day: 3 << 20, ..DeviceLimits::default() };
        assert_eq!(some, IntakeLimits { connections: 64, device, ..IntakeLimits::default() });
    }

    #[test]
    fn every_line_counts() {
        let all = "upload_mib = 1\nstall_seconds = 2\nconnections = 3\nexpire_after_days = 4\n\
            [device]\nconnections = 5\nuploads_at_once = 6\nunfinished_mib = 7\nmib_a_day = 8\n";
        let expected = IntakeLimits {
            upload_bytes: 1 << 20,
            stall: Duration::from_secs(2),
            connections: 3,
            expire_after: TimeDelta::days(4),
            device: DeviceLimits {
                connections: 5,
                uploads_at_once: 6,
                unfinished_bytes: 7 << 20,
                bytes_a_day: 8 << 20,
            },
        };
        assert_eq!(IntakeLimits::parse(all).unwrap(), expected);
        assert_eq!(expected.largest(), 1 << 20);
    }

    #[test]
    fn a_mistake_is_named_and_nothing_is_guessed() {
        for (text, named) in [
            ("upload_gib = 4", "upload_gib"),
            ("connections = 0", "connections = 0"),
            ("stall_seconds = \"30 s\"", "stall_seconds"),
            ("[device]\nmib_a_day = -1", "mib_a_day"),
            ("[devices]", "devices"),
        ] {
            let error = IntakeLimits::parse(text).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
