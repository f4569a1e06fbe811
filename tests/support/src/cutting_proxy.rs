//! A connection that breaks: a relay on loopback that cuts connections after so many bytes, and can be slow.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// A relay to one address. It ends with the process.
pub struct CuttingProxy {
    /// Where it listens.
    pub address: SocketAddr,
    line: Arc<Line>,
}

/// What all connections share.
#[derive(Default)]
struct Line {
    cuts: Mutex<Cuts>,
    /// Bytes carried towards the target.
    carried: AtomicU64,
    /// Bytes in a second towards the target; 0 for as many as there are.
    pace: AtomicU64,
}

/// What is to be cut, and what was.
#[derive(Default)]
struct Cuts {
    due: VecDeque<u64>,
    made: usize,
}

impl CuttingProxy {
    /// Relays to `target`, for now without a cut.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(target: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let line = Arc::<Line>::default();
        let shared = Arc::clone(&line);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let line = Arc::clone(&shared);
                thread::spawn(move || relay(&client, target, &line));
            }
        });
        Ok(Self { address, line })
    }

    /// Each number cuts one connection once it has carried so many bytes towards the target. They are used up in
    /// order; a connection that carries fewer leaves the number to a later one.
    pub fn cut_after(&self, bytes: impl IntoIterator<Item = u64>) {
        self.line.cuts().due.extend(bytes);
    }

    /// From now on each connection carries so many bytes in a second towards the target; 0 for as many as there are.
    pub fn slow_down(&self, bytes_in_a_second: u64) {
        self.line.pace.store(bytes_in_a_second, Ordering::Relaxed);
    }

    /// How many bytes were carried towards the target, over all connections.
    #[must_use]
    pub fn carried(&self) -> u64 {
        self.line.carried.load(Ordering::Relaxed)
    }

    /// How many connections were cut.
    #[must_use]
    pub fn cuts(&self) -> usize {
        self.line.cuts().made
    }
}

impl Line {
    fn cuts(&self) -> MutexGuard<'_, Cuts> {
        self.cuts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps to the pace after so many bytes.
    fn rest(&self, bytes: usize) {
        let pace = self.pace.load(Ordering::Relaxed);
        let nanos = (bytes as u64 * 1_000_000_000).checked_div(pace);
        thread::sleep(Duration::from_nanos(nanos.unwrap_or_default()));
    }
}

impl Cuts {
    fn is_due(&mut self, carried: u64) -> bool {
        let due = self.due.front().is_some_and(|&limit| carried > limit);
        if due {
            self.due.pop_front();
            self.made += 1;
        }
        due
    }
}

fn relay(client: &TcpStream, target: SocketAddr, line: &Line) {
    let Ok(server) = TcpStream::connect(target) else { return };
    let (Ok(mut from_server), Ok(mut to_client)) = (server.try_clone(), client.try_clone()) else { return };
    let back = thread::spawn(move || {
        io::copy(&mut from_server, &mut to_client).ok();
        to_client.shutdown(Shutdown::Write).ok();
    });
    if forward(client, &server, line).is_err() {
        server.shutdown(Shutdown::Both).ok();
        client.shutdown(Shutdown::Both).ok();
    } else {
        server.shutdown(Shutdown::Write).ok();
    }
    back.join().ok();
}

/// `Err` when the connection was cut.
fn forward(mut client: &TcpStream, mut server: &TcpStream, line: &Line) -> Result<(), ()> {
    let mut carried = 0;
    let mut buffer = [0; 16 << 10];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        carried += count as u64;
        if line.cuts().is_due(carried) {
            return Err(());
        }
        if server.write_all(&buffer[..count]).is_err() {
            break;
        }
        line.carried.fetch_add(count as u64, Ordering::Relaxed);
        line.rest(count);
    }
    Ok(())
}
