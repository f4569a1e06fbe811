//! How sealed packages leave the tablet, and how receipts and mail come back.
//!
//! A tus 1.0.0 client on mutual TLS: it trusts the city's CA and nothing else, proves itself with the device's key in
//! hardware, resumes at the byte, uses checksums and ends uploads where a server offers it, and says in its errors what
//! to do next. It verifies no receipt and opens no mail: it hands over what came, and the caller verifies it with
//! `homon-seal`. Depends on `homon-domain` and `homon-seal`.

pub mod endpoint;
pub mod error;
pub mod job;
pub mod mail;
pub mod retry;
pub mod uploader;

mod answer;
mod client_key;
mod offers;
mod part;
mod pin;
mod sending;
mod trouble;
mod tus;

pub use endpoint::{Endpoint, EndpointError};
pub use error::UploadError;
pub use job::UploadJob;
pub use mail::WaitingMail;
pub use retry::Backoff;
pub use tokio_util::sync::CancellationToken;
pub use uploader::{Budget, Progress, ReceiptTokens, Uploader};
