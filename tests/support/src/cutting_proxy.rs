//! A connection that breaks: a relay on loopback that cuts connections after so many bytes.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A relay to one address. It ends with the process.
pub struct CuttingProxy {
    /// Where it listens.
    pub address: SocketAddr,
    cuts: Arc<Mutex<Cuts>>,
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
        let cuts = Arc::<Mutex<Cuts>>::default();
        let shared = Arc::clone(&cuts);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let cuts = Arc::clone(&shared);
                thread::spawn(move || relay(&client, target, &cuts));
            }
        });
        Ok(Self { address, cuts })
    }

    /// Each number cuts one connection once it has carried so many bytes towards the target. They are used up in
    /// order; a connection that carries fewer leaves the number to a later one.
    pub fn cut_after(&self, bytes: impl IntoIterator<Item = u64>) {
        self.cuts.lock().unwrap_or_else(PoisonError::into_inner).due.extend(bytes);
    }

    /// How many connections were cut.
    #[must_use]
    pub fn cuts(&self) -> usize {
        self.cuts.lock().unwrap_or_else(PoisonError::into_inner).made
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

fn relay(client: &TcpStream, target: SocketAddr, cuts: &Mutex<Cuts>) {
    let Ok(server) = TcpStream::connect(target) else { return };
    let (Ok(mut from_server), Ok(mut to_client)) = (server.try_clone(), client.try_clone()) else { return };
    let back = thread::spawn(move || {
        io::copy(&mut from_server, &mut to_client).ok();
        to_client.shutdown(Shutdown::Write).ok();
    });
    if forward(client, &server, cuts).is_err() {
        server.shutdown(Shutdown::Both).ok();
        client.shutdown(Shutdown::Both).ok();
    } else {
        server.shutdown(Shutdown::Write).ok();
    }
    back.join().ok();
}

/// `Err` when the connection was cut.
fn forward(mut client: &TcpStream, mut server: &TcpStream, cuts: &Mutex<Cuts>) -> Result<(), ()> {
    let mut carried = 0;
    let mut buffer = [0; 16 << 10];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        carried += count as u64;
        if cuts.lock().unwrap_or_else(PoisonError::into_inner).is_due(carried) {
            return Err(());
        }
        if server.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    Ok(())
}
