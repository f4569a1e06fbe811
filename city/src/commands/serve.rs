//! The intake as a process: one line when it is ready, JSON logs on standard error, an end in order.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use homon_city::desk::CityFolder;
use homon_city::desk::serving::intake_config;
use homon_city::intake::{self, IntakeConfig};
use homon_domain::platform::SystemClock;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use super::{Outcome, Ran};

pub(super) fn serve(folder: &CityFolder, listen: SocketAddr) -> Ran {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(io::stderr).init();
    let config = intake_config(folder, Arc::new(SystemClock))?;
    tokio::runtime::Runtime::new()?.block_on(run(config, listen))
}

async fn run(config: IntakeConfig, listen: SocketAddr) -> Ran {
    let stop = stop_asked()?;
    let listener = TcpListener::bind(listen).await.map_err(|error| format!("{listen}: {error}"))?;
    let address = listener.local_addr()?;
    writeln!(io::stdout(), "listening on {address}")?;
    io::stdout().flush()?;
    tracing::info!(%address, "listening");
    intake::serve(config, listener, stop).await?;
    tracing::info!("stopped");
    Ok(Outcome::Done)
}

/// Ready when the process is asked to stop: SIGINT, or SIGTERM from a service manager.
#[cfg(unix)]
fn stop_asked() -> io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ready when the process is asked to stop: Ctrl-C.
#[cfg(not(unix))]
fn stop_asked() -> io::Result<impl Future<Output = ()> + Send> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
