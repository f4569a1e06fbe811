//! The intake as a process: a line when it is ready, JSON logs on standard error, an end in order.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use homon_city::desk::CityFolder;
use homon_city::desk::serving::intake_config;
use homon_city::intake::{IntakeConfig, Listeners, ReadyIntake};
use homon_domain::platform::SystemClock;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use super::{Outcome, Ran};

pub(super) fn serve(folder: &CityFolder, listen: SocketAddr, metrics: Option<SocketAddr>) -> Ran {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(io::stderr).init();
    let config = intake_config(folder, Arc::new(SystemClock))?;
    tokio::runtime::Runtime::new()?.block_on(run(config, listen, metrics))
}

async fn run(config: IntakeConfig, listen: SocketAddr, metrics: Option<SocketAddr>) -> Ran {
    let stop = stop_asked()?;
    let intake = ReadyIntake::open(config).await?;
    let tablets = bind(listen).await?;
    let metrics = match metrics {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    if let Some(metrics) = &metrics {
        writeln!(io::stdout(), "metrics on {}", metrics.local_addr()?)?;
    }
    let address = tablets.local_addr()?;
    writeln!(io::stdout(), "listening on {address}")?;
    io::stdout().flush()?;
    tracing::info!(%address, "listening");
    intake.serve(Listeners { tablets, metrics }, stop).await;
    tracing::info!("stopped");
    Ok(Outcome::Done)
}

async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("{address}: {error}"))
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
