//! What the people who keep the intake running may ask, on a listener of its own that no tablet reaches.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use super::http::Shared;
use super::metrics::MEDIA_TYPE;

/// Answers `/metrics` and `/healthz` in plain HTTP until the intake stops.
pub(super) async fn serve(intake: Shared, listener: TcpListener) {
    let stopping = intake.stopping.clone();
    let router = Router::new().route("/metrics", get(metrics)).route("/healthz", get(health)).with_state(intake);
    let serving = axum::serve(listener, router).with_graceful_shutdown(stopping.cancelled_owned());
    if let Err(error) = serving.await {
        tracing::error!(%error, "the metrics are not served any more");
    }
}

async fn metrics(State(intake): State<Shared>) -> Response {
    match intake.metrics.to_text() {
        Ok(text) => ([(CONTENT_TYPE, MEDIA_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn health(State(intake): State<Shared>) -> StatusCode {
    if intake.is_healthy().await { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
