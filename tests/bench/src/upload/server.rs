//! The process that receives: the city's intake, and the plain PUT.

use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;

use homon_city::desk::{CityFolder, serving};
use homon_city::intake;
use homon_domain::platform::SystemClock;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::put;
use super::watch::Watched;
use crate::Result;

/// On the loopback, wherever the system likes.
const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Where a process listens.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Addresses {
    /// The intake.
    pub(crate) intake: SocketAddr,
    /// The plain PUT.
    pub(crate) put: SocketAddr,
}

/// Serves until standard input ends.
pub(super) fn serve(city: &Path, listen: SocketAddr) -> Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let folder = CityFolder::new(city);
        let config = serving::intake_config(&folder, Arc::new(SystemClock))?;
        let (intake, plain) = (TcpListener::bind(listen).await?, TcpListener::bind(ANY_PORT).await?);
        let addresses = Addresses { intake: intake.local_addr()?, put: plain.local_addr()? };
        let acceptor = put::acceptor(&folder.intake_ca(), &folder.server_certificate(), &folder.server_key())?;
        let received = city.join("received");
        std::fs::create_dir_all(&received)?;
        tokio::spawn(put::serve(plain, acceptor, received));
        println!("{}", serde_json::to_string(&addresses)?);
        std::io::stdout().flush()?;
        let ended = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
        intake::serve(config, intake, async move { drop(ended.await) }).await?;
        Ok(())
    })
}

/// The process as its starter sees it. It ends when this is dropped.
pub(crate) struct Serving {
    pub(crate) addresses: Addresses,
    child: Child,
    input: Option<ChildStdin>,
}

impl Serving {
    pub(crate) fn start(city: &Path) -> Result<Self> {
        Self::start_at(city, ANY_PORT)
    }

    /// Where tablets expect it that know its address from their enrolment.
    pub(crate) fn start_at(city: &Path, listen: SocketAddr) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["upload", "serve"])
            .arg(city)
            .arg(listen.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take().ok_or("standard output is piped")?);
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        Ok(Self { addresses: serde_json::from_str(&line)?, child, input })
    }

    pub(crate) fn watched(&self) -> Watched {
        Watched(self.child.id())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
