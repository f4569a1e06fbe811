//! The accept loop: TLS, then HTTP/1.1, one task for each connection.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tracing::field;

use super::expire::expire_for_ever;
use super::http::router;
use super::identity::Peer;
use super::metrics::Counted;
use super::overseer;
use super::state::{Intake, IntakeConfig};
use super::store::StoreError;
use super::tls::{TlsError, server_config};

/// How long a handshake may take, and the headers of a request; also how long a connection may lie idle.
const HANDSHAKE: Duration = Duration::from_secs(10);
const HEADERS: Duration = Duration::from_secs(30);
/// Bytes of a request's headers.
const HEADER_BYTES: usize = 16 << 10;
/// Bytes that a connection buffers.
const BUFFER: usize = 64 << 10;
/// How long a refused client may take to hear why.
const LINGER: Duration = Duration::from_secs(1);
/// How long a stopping intake waits for what is being composed. What is cut off then is finished at the next start.
const GRACE: Duration = Duration::from_secs(30);
/// How long to wait when no connection can be accepted, which is mostly a want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Why an intake could not start.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The certificate, the key or the CA can't be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The store can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where the intake listens.
#[derive(Debug)]
pub struct Listeners {
    /// For tablets: TLS with the city's certificates.
    pub tablets: TcpListener,
    /// For the people who keep it running: `/metrics` and `/healthz` in plain HTTP.
    pub metrics: Option<TcpListener>,
}

impl From<TcpListener> for Listeners {
    fn from(tablets: TcpListener) -> Self {
        Self { tablets, metrics: None }
    }
}

/// As [`ReadyIntake::open`] and [`ReadyIntake::serve`].
///
/// # Errors
/// [`IntakeError`], before the first connection is accepted.
pub async fn serve(
    config: IntakeConfig,
    listeners: impl Into<Listeners>,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), IntakeError> {
    ReadyIntake::open(config).await?.serve(listeners, shutdown).await;
    Ok(())
}

/// An intake whose certificate, keys and store can be used.
pub struct ReadyIntake {
    intake: Arc<Intake>,
    acceptor: TlsAcceptor,
}

impl ReadyIntake {
    /// Reads the certificates and proves the store, before any tablet is let in.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub async fn open(config: IntakeConfig) -> Result<Self, IntakeError> {
        let tls = server_config(&config.ca_pem, &config.certificate_pem, &config.key_pem)?;
        let intake = Arc::new(Intake::open(config)?);
        intake.store.prove().await?;
        Ok(Self { intake, acceptor: TlsAcceptor::from(Arc::new(tls)) })
    }

    /// Serves until `shutdown` is ready; then receives no more, lets work in progress end, and returns.
    pub async fn serve(self, listeners: impl Into<Listeners>, shutdown: impl Future<Output = ()> + Send) {
        let Self { intake, acceptor } = self;
        let router = router(Arc::clone(&intake));
        let Listeners { tablets: listener, metrics } = listeners.into();
        if let Some(metrics) = metrics {
            intake.tasks.spawn(overseer::serve(Arc::clone(&intake), metrics));
        }
        let expiring = Arc::clone(&intake);
        intake.tasks.spawn(async move { expire_for_ever(&expiring).await });
        tokio::select! {
            never = accept(&intake, &listener, &acceptor, &router) => match never {},
            () = shutdown => {}
        }
        drop(listener);
        intake.stopping.cancel();
        intake.tasks.close();
        if tokio::time::timeout(GRACE, intake.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = intake.tasks.len(), "stopped before all work had ended");
        }
    }
}

async fn accept(intake: &Arc<Intake>, listener: &TcpListener, acceptor: &TlsAcceptor, router: &Router) -> Infallible {
    let places = Arc::new(Semaphore::new(intake.limits.connections));
    loop {
        let place = Arc::clone(&places).acquire_owned().await.expect("the semaphore is never closed");
        match listener.accept().await {
            Ok((stream, _)) => {
                let connection = connection(Arc::clone(intake), acceptor.clone(), router.clone(), stream, place);
                intake.tasks.spawn(connection);
            }
            Err(error) => {
                tracing::warn!(%error, "no connection could be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection(
    intake: Arc<Intake>,
    acceptor: TlsAcceptor,
    router: Router,
    stream: TcpStream,
    _place: OwnedSemaphorePermit,
) {
    // Answers are small: without this they wait for the acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    let handshake = tokio::select! {
        handshake = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream).into_fallible()) => handshake,
        () = intake.stopping.cancelled() => return,
    };
    let stream = match handshake {
        Ok(Ok(stream)) => stream,
        Ok(Err((error, stream))) => {
            intake.metrics.failed_handshakes.inc();
            tracing::info!(%error, "a handshake failed");
            return linger(stream).await;
        }
        Err(_) => {
            intake.metrics.failed_handshakes.inc();
            return tracing::info!("a handshake took too long");
        }
    };
    let Some(peer) = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first()).map(Peer::new) else {
        return tracing::error!("a connection without a client certificate got through");
    };
    let counted = peer.device().map(|device| intake.quotas.connect(device));
    if matches!(counted, Some(None)) {
        return tracing::warn!(device = peer.device().map(field::display), "a device has too many connections");
    }
    let _counted = (counted, Counted::by(&intake.metrics.connections));
    let service = TowerToHyperService::new(router.layer(Extension(peer)));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_header_size(HEADER_BYTES)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = intake.stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::info!(%error, "a connection ended early");
    }
}

/// Closes a connection so that the alert just sent arrives: closing it with bytes unread would make the system reset
/// it, and the tablet would see a broken network where it should be told that its certificate is not accepted.
async fn linger(mut stream: TcpStream) {
    let _ = stream.shutdown().await;
    let mut most = (&mut stream).take(BUFFER as u64);
    let _ = tokio::time::timeout(LINGER, tokio::io::copy(&mut most, &mut tokio::io::sink())).await;
}
