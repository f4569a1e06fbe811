//! What all requests share: the store, the devices, the key for *held* receipts. None of it is state of an upload.

use std::sync::Arc;
use std::time::{Duration, Instant};

use homon_domain::ids::DeviceId;
use homon_domain::platform::Clock;
use homon_seal::{PublicKey, SigningKey};
use tokio::sync::{Mutex, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, Span, field};

use super::identity::Peer;
use super::limits::IntakeLimits;
use super::memory::Memory;
use super::metrics::Metrics;
use super::problem::Problem;
use super::quota::Quotas;
use super::store::{Store, StoreError, StorePlace};
use super::turns::Turns;

/// Packages that are composed at once. When all tablets finish together, memory must not follow their number.
const COMPOSING_AT_ONCE: usize = 8;
/// How long an answer about the store's health stands: whoever watches asks every few seconds, and a bucket costs.
const HEALTH_STANDS: Duration = Duration::from_secs(10);
/// How long the store may take to answer. Tablets would wait as long.
const HEALTH_PATIENCE: Duration = Duration::from_secs(5);

/// What an intake needs to run.
pub struct IntakeConfig {
    /// Where devices, uploads, packages and receipts are.
    pub store: StorePlace,
    /// The city's CA, which signed the client certificates.
    pub ca_pem: String,
    /// The intake's own certificate, and what stands between it and the CA.
    pub certificate_pem: String,
    /// The key of that certificate: PKCS#8 in PEM.
    pub key_pem: zeroize::Zeroizing<String>,
    /// The key that signs *held* receipts.
    pub receipt_key: SigningKey,
    /// The keys that signed them before, and whose word still counts.
    pub former_receipt_keys: Vec<PublicKey>,
    /// The city's clock, for receipts.
    pub clock: Arc<dyn Clock>,
    /// How much is accepted.
    pub limits: IntakeLimits,
}

/// A running intake.
pub(super) struct Intake {
    pub(super) store: Store,
    pub(super) turns: Turns,
    /// Places for composing: each takes memory for the parts on their way to the store.
    pub(super) composing: Semaphore,
    pub(super) receipt_key: SigningKey,
    former_receipt_keys: Vec<PublicKey>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limits: IntakeLimits,
    pub(super) memory: Memory,
    pub(super) quotas: Quotas,
    pub(super) metrics: Metrics,
    /// When the store was asked last, and whether it answered.
    health: Mutex<Option<(Instant, bool)>>,
    /// Cancelled when the intake is to stop.
    pub(super) stopping: CancellationToken,
    /// Everything that must end before the intake does.
    pub(super) tasks: TaskTracker,
}

impl Intake {
    /// The keys whose *held* receipts count, the present one first.
    pub(super) fn receipt_keys(&self) -> Vec<PublicKey> {
        [&[self.receipt_key.public_key()], self.former_receipt_keys.as_slice()].concat()
    }

    pub(super) fn open(config: IntakeConfig) -> Result<Self, StoreError> {
        Ok(Self {
            store: Store::open(&config.store)?,
            composing: Semaphore::new(COMPOSING_AT_ONCE),
            turns: Turns::default(),
            receipt_key: config.receipt_key,
            former_receipt_keys: config.former_receipt_keys,
            clock: config.clock,
            limits: config.limits,
            memory: Memory::default(),
            quotas: Quotas::new(config.limits.device),
            metrics: Metrics::new(),
            health: Mutex::new(None),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// The device that is calling, if it may.
    pub(super) async fn admit(&self, peer: Peer) -> Result<DeviceId, Problem> {
        Span::current().record("device", peer.device().map(field::display));
        peer.admit(&self.store).await
    }

    /// Whether the store answers. Asked again after a while only, and by one at a time.
    pub(super) async fn is_healthy(&self) -> bool {
        let mut health = self.health.lock().await;
        if let Some((_, answered)) = health.filter(|(at, _)| at.elapsed() < HEALTH_STANDS) {
            return answered;
        }
        let answered = match tokio::time::timeout(HEALTH_PATIENCE, self.store.check()).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::error!(%error, "the store does not answer");
                false
            }
            Err(_) => {
                tracing::error!("the store takes too long to answer");
                false
            }
        };
        *health = Some((Instant::now(), answered));
        answered
    }

    /// Runs work to its end, even when the connection that asked for it dies and its handler with it.
    pub(super) async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Problem>> + Send + 'static,
    ) -> Result<T, Problem> {
        self.tasks.spawn(work.in_current_span()).await.unwrap_or(Err(Problem::Internal))
    }
}
