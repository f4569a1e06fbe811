//! What another process takes, as the system counts it.

use std::fs;
use std::time::Duration;

use nix::unistd::{SysconfVar, sysconf};

use crate::Result;

/// A process that is looked at from outside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watched(pub(crate) u32);

impl Watched {
    /// Processor time so far, the kernel's for it included. In hundredths of a second, as the system has it.
    pub(crate) fn cpu(self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        // The name stands in parentheses and may hold anything; the numbers behind it are counted from the state.
        let fields: Vec<&str> = stat.rsplit_once(')').ok_or("the kernel does not say")?.1.split_whitespace().collect();
        let ticks =
            |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<u64>().ok()).ok_or("the kernel does not say");
        let in_a_second = sysconf(SysconfVar::CLK_TCK)?.ok_or("the kernel does not say")?;
        Ok(Duration::from_secs_f64((ticks(11)? + ticks(12)?) as f64 / in_a_second as f64))
    }

    /// The most memory that it has held since its start, or since [`Self::forget_peak`]. In megabytes.
    pub(crate) fn peak_megabytes(self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("the kernel does not say")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib * 1024.0 / 1e6)
    }

    /// Lets the peak begin at what is held now.
    pub(crate) fn forget_peak(self) -> Result<()> {
        Ok(fs::write(format!("/proc/{}/clear_refs", self.0), "5")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_can_be_watched() {
        let this = Watched(std::process::id());
        let before = this.cpu().unwrap();
        let busy = std::time::Instant::now();
        while busy.elapsed() < Duration::from_millis(100) {
            std::hint::spin_loop();
        }
        assert!(this.cpu().unwrap() > before);
        let large = vec![1_u8; 80 << 20];
        let peak = this.peak_megabytes().unwrap();
        assert!(peak > 80.0, "{peak}");
        drop(std::hint::black_box(large));
        this.forget_peak().unwrap();
        assert!(this.peak_megabytes().unwrap() < peak - 40.0);
    }
}
