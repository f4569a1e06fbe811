//! Kills at a moment of choice.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use homon_support::tablet_process::{RunningTablet, Said, TabletProcess};

static KILLS: AtomicUsize = AtomicUsize::new(0);

/// How many processes this test has killed so far.
#[must_use]
pub fn kills() -> usize {
    KILLS.load(Ordering::Relaxed)
}

/// When a process is killed.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// So long after its start.
    SinceStart(Duration),
    /// So long after it has acknowledged so many things.
    SinceAcknowledgement(u64, Duration),
}

/// What a process had said when it ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ended {
    /// Its first acknowledgement.
    pub first: Option<u64>,
    /// Its last acknowledgement.
    pub last: Option<u64>,
    /// Whether it was killed: it can have come to its end before.
    pub killed: bool,
}

/// Starts a tablet with one of its commands and kills it at the moment, unless it comes to its end before.
///
/// # Errors
/// The system's; when the process failed by itself.
pub fn kill_at(tablet: &TabletProcess, command: &[&str], moment: Moment) -> io::Result<Ended> {
    let mut running = tablet.start(command)?;
    let mut ended = Ended::default();
    let (wanted, delay) = match moment {
        Moment::SinceStart(delay) => (0, delay),
        Moment::SinceAcknowledgement(wanted, delay) => (wanted, delay),
    };
    for _ in 0..wanted {
        if !listen(&mut running, &mut ended)? {
            break;
        }
    }
    wait(delay);
    running.kill()?;
    // What it had said before the kill may still be in the pipe.
    while listen(&mut running, &mut ended)? {}
    let status = running.wait()?;
    ended.killed = status.code().is_none();
    KILLS.fetch_add(usize::from(ended.killed), Ordering::Relaxed);
    if ended.killed || status.success() { Ok(ended) } else { Err(io::Error::other("the tablet failed by itself")) }
}

/// Hears one thing; `false` when there is nothing more to hear.
fn listen(running: &mut RunningTablet, ended: &mut Ended) -> io::Result<bool> {
    match running.listen()? {
        Some(Said::Acknowledged(number)) => {
            ended.first.get_or_insert(number);
            ended.last = Some(number);
            Ok(true)
        }
        Some(_) => Ok(true),
        None => Ok(false),
    }
}

/// The system's sleep is too coarse to hit a write.
fn wait(delay: Duration) {
    let until = Instant::now() + delay;
    std::thread::sleep(delay.saturating_sub(Duration::from_millis(1)));
    while Instant::now() < until {
        std::hint::spin_loop();
    }
}
