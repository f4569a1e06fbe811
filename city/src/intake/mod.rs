//! The intake: where tablets deliver sealed packages, and get receipts for them.
//!
//! It speaks tus 1.0.0 over mutual TLS, keeps what arrives byte by byte, and signs a *held* receipt once a package is
//! complete, verified and durable; and it hands out the desk's mail. It can open nothing and decide nothing: it has no
//! key to a package and none of the desk's. All state lies in the store under the names of [`layout`], so a crash or a
//! restart loses nothing that was acknowledged, and several intakes may share one bucket. Depends on `homon-seal` for
//! names and receipts; the desk shares [`layout`], [`registry`] and the store.

pub mod identity;
pub mod layout;
pub mod registry;

pub(crate) mod shelf;

mod checksum;
mod complete;
mod expire;
mod http;
mod limits;
mod mail;
mod memory;
mod metrics;
mod overseer;
mod problem;
mod quota;
mod receipts;
mod receive;
mod serve;
mod state;
mod store;
mod tls;
mod turns;
mod tus;
mod upload;

pub use identity::{device_of_certificate, device_uri};
pub use layout::{MailState, ReceiptKind};
pub use limits::{DeviceLimits, IntakeLimits, LimitsError};
pub use mail::MailTaken;
pub use registry::{DeviceRecord, Registry, RegistryError};
pub use serve::{IntakeError, Listeners, ReadyIntake, serve};
pub use state::IntakeConfig;
pub use store::{Bucket, NotABucket, StoreError, StorePlace};
pub(crate) use store::{Store, wait};
pub use tls::TlsError;
pub use tus::announced;
pub(crate) use upload::UploadRecord;
