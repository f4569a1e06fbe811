//! What all requests share: the store, the devices, the key for *held* receipts. None of it is state of an upload.

use std::sync::Arc;
use std::time::Duration;

use homon_domain::ids::DeviceId;
use homon_domain::platform::Clock;
use homon_seal::{PublicKey, SigningKey};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, Span, field};

use super::identity::Peer;
use super::problem::Problem;
use super::store::{Store, StoreError, StorePlace};
use super::turns::Turns;

/// Packages that are composed at once. When all tablets finish together, memory must not follow their number.
const COMPOSING_AT_ONCE: usize = 8;

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

/// How much is accepted, and how patiently.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IntakeLimits {
    /// Bytes of one upload.
    pub upload_bytes: u64,
    /// How long a body may pause before the connection is given up. What arrived is kept.
    pub stall: Duration,
    /// Connections at a time.
    pub connections: usize,
}

impl Default for IntakeLimits {
    /// 4 GiB (a package holds at most 3 GiB), 30 seconds, 512 connections.
    fn default() -> Self {
        Self { upload_bytes: 4 << 30, stall: Duration::from_secs(30), connections: 512 }
    }
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
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// The device that is calling, if it may.
    pub(super) async fn admit(&self, peer: Peer) -> Result<DeviceId, Problem> {
        Span::current().record("device", peer.device().map(field::display));
        peer.admit(&self.store).await
    }

    /// Runs work to its end, even when the connection that asked for it dies and its handler with it.
    pub(super) async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Problem>> + Send + 'static,
    ) -> Result<T, Problem> {
        self.tasks.spawn(work.in_current_span()).await.unwrap_or(Err(Problem::Internal))
    }
}
