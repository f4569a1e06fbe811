//! What the intake counts, for the people who keep it running: no device, no visit, no path that a stranger could fill.

use std::fmt;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use axum::http::Method;
use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// The media type of [`Metrics::to_text`].
pub(super) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Request {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Code {
    code: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct End {
    how: &'static str,
}

/// How an upload ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ended {
    /// Complete, verified, durable, receipted.
    Held,
    /// All bytes had arrived and were others than announced.
    WrongBytes,
    /// Other bytes for the same package took its place.
    Replaced,
    /// The device ended it.
    Terminated,
    /// It had lain there too long.
    Expired,
}

impl Ended {
    fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::WrongBytes => "wrong_bytes",
            Self::Replaced => "replaced",
            Self::Terminated => "terminated",
            Self::Expired => "expired",
        }
    }
}

/// From a millisecond to a quarter of an hour: asking for an offset, and sending a package over a slow line.
#[derive(Clone)]
struct Seconds;

impl MetricConstructor<Histogram> for Seconds {
    fn new_metric(&self) -> Histogram {
        Histogram::new(exponential_buckets(0.001, 4.0, 11))
    }
}

/// All counts of one process.
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    seconds: Family<Route, Histogram, Seconds>,
    refusals: Family<Code, Counter>,
    ended: Family<End, Counter>,
    pub(super) begun: Counter,
    pub(super) received_bytes: Counter,
    pub(super) receipts: Counter,
    pub(super) failed_handshakes: Counter,
    pub(super) connections: Gauge,
    pub(super) receiving: Gauge,
    /// As the last look over the store has found them.
    pub(super) open_uploads: Gauge,
    pub(super) open_bytes: Gauge,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("homon_intake"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(Seconds),
            refusals: Family::default(),
            ended: Family::default(),
            begun: Counter::default(),
            received_bytes: Counter::default(),
            receipts: Counter::default(),
            failed_handshakes: Counter::default(),
            connections: Gauge::default(),
            receiving: Gauge::default(),
            open_uploads: Gauge::default(),
            open_bytes: Gauge::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let all = &mut self.registry;
        all.register("requests", "Requests answered", self.requests.clone());
        let taken = "Time from a request's headers to its answer";
        all.register_with_unit("request", taken, Unit::Seconds, self.seconds.clone());
        all.register("refusals", "Requests refused, by the code of the problem", self.refusals.clone());
        all.register("uploads_begun", "Uploads created", self.begun.clone());
        all.register("uploads_ended", "Uploads that ended, and how", self.ended.clone());
        let bytes = "Bytes of uploads received, those that come again included";
        all.register_with_unit("received", bytes, Unit::Bytes, self.received_bytes.clone());
        all.register("receipts", "Held receipts signed", self.receipts.clone());
        all.register("failed_handshakes", "Connections that ended before TLS stood", self.failed_handshakes.clone());
        all.register("connections", "Connections that stand", self.connections.clone());
        all.register("uploads_receiving", "Uploads that receive bytes now", self.receiving.clone());
        let open = "Uploads in the store that are not held, at the last look";
        all.register("open_uploads", open, self.open_uploads.clone());
        let lying = "Bytes in the store of uploads that are not held, at the last look";
        all.register_with_unit("open_uploads", lying, Unit::Bytes, self.open_bytes.clone());
    }

    /// Counts a request that was answered, with the code of its problem if it was refused.
    pub(super) fn answered(
        &self,
        route: &str,
        method: &Method,
        status: u16,
        refusal: Option<&'static str>,
        taken: Duration,
    ) {
        let route = route.to_owned();
        self.seconds.get_or_create(&Route { route: route.clone() }).observe(taken.as_secs_f64());
        self.requests.get_or_create(&Request { route, method: known(method), status }).inc();
        if let Some(code) = refusal {
            self.refusals.get_or_create(&Code { code }).inc();
        }
    }

    /// Counts an upload that ended.
    pub(super) fn ended(&self, how: Ended) {
        self.ended.get_or_create(&End { how: how.name() }).inc();
    }

    /// Everything, in the text format of Prometheus.
    pub(super) fn to_text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// A client may call a method what it likes; each name would be a series for ever.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counts as long as it lives.
pub(super) struct Counted(Gauge<i64, AtomicI64>);

impl Counted {
    pub(super) fn by(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_frozen() {
        let metrics = Metrics::new();
        metrics.answered("/v1/packages/{id}", &Method::PATCH, 204, None, Duration::from_millis(30));
        metrics.answered("none", &Method::from_bytes(b"YAMADA").unwrap(), 404, Some("not_found"), Duration::ZERO);
        metrics.ended(Ended::Held);
        metrics.ended(Ended::WrongBytes);
        metrics.begun.inc();
        metrics.received_bytes.inc_by(1_500_000);
        metrics.receipts.inc();
        let counted = Counted::by(&metrics.connections);
        insta::assert_snapshot!(sorted(&metrics.to_text().unwrap()));
        drop(counted);
        assert!(metrics.to_text().unwrap().contains("homon_intake_connections 0"));
    }

    /// Series of one family come in no order.
    fn sorted(text: &str) -> String {
        let mut lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("# HELP")).collect();
        lines.sort_unstable();
        lines.join("\n")
    }
}
