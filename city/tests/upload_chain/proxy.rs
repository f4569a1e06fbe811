//! A network that misbehaves: forwards TCP to the server, and each connection has its fate.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens to one connection. Bytes are counted from client to server, TLS and all.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    /// Nothing.
    Lives,
    /// Closed after so many bytes.
    CutAfter(u64),
    /// After so many bytes, nothing more passes towards the server.
    DeafAfter(u64),
    /// After so many bytes, nothing more passes either way, and nobody is told.
    SilentAfter(u64),
    /// At most so many bytes a second.
    Slow(u64),
}

/// The proxy, while it is kept.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    target: Mutex<SocketAddr>,
    /// The fates of the next connections, and of all after those.
    fates: Mutex<(VecDeque<Fate>, Fate)>,
    forwarded: AtomicU64,
    connections: AtomicUsize,
}

impl Proxy {
    pub(crate) async fn start(target: SocketAddr, first: impl IntoIterator<Item = Fate>, then: Fate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            target: Mutex::new(target),
            fates: Mutex::new((first.into_iter().collect(), then)),
            forwarded: AtomicU64::new(0),
            connections: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                serving.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(Arc::clone(&serving).connection(client));
            }
        });
        Self { address, shared }
    }

    /// Sends connections from now on to another server.
    pub(crate) fn aim_at(&self, target: SocketAddr) {
        *self.shared.target.lock().unwrap() = target;
    }

    /// Bytes that reached the server's side, TLS and all.
    pub(crate) fn forwarded(&self) -> u64 {
        self.shared.forwarded.load(Ordering::SeqCst)
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn next_fate(&self) -> Fate {
        let mut fates = self.fates.lock().unwrap();
        let then = fates.1;
        fates.0.pop_front().unwrap_or(then)
    }

    async fn connection(self: Arc<Self>, client: TcpStream) {
        let fate = self.next_fate();
        let target = *self.target.lock().unwrap();
        // A server that is down: the client sees its connection closed.
        let Ok(server) = TcpStream::connect(target).await else { return };
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let back = tokio::spawn(async move {
            let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        });
        let mut buffer = vec![0; 8 << 10];
        let mut passed = 0;
        loop {
            let room = match fate {
                Fate::CutAfter(limit) | Fate::DeafAfter(limit) | Fate::SilentAfter(limit) => limit - passed,
                Fate::Lives | Fate::Slow(_) => u64::MAX,
            };
            if room == 0 {
                break;
            }
            let most = buffer.len().min(usize::try_from(room).unwrap_or(usize::MAX));
            let Ok(read @ 1..) = from_client.read(&mut buffer[..most]).await else { break };
            if to_server.write_all(&buffer[..read]).await.is_err() {
                break;
            }
            passed += read as u64;
            self.forwarded.fetch_add(read as u64, Ordering::SeqCst);
            if let Fate::Slow(rate) = fate {
                tokio::time::sleep(Duration::from_secs_f64(read as f64 / rate as f64)).await;
            }
        }
        match fate {
            Fate::SilentAfter(_) => {
                back.abort();
                std::future::pending().await
            }
            Fate::DeafAfter(_) => drop(back.await),
            _ => {
                let _ = to_server.shutdown().await;
                back.abort();
            }
        }
    }
}
