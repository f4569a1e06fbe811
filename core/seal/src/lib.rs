//! The sealed visit package: how one part of a visit leaves the tablet as one file, and what comes back for it.
//!
//! A package is a zip of records and photos with a manifest that the device signed, encrypted in the age v1 format
//! (`docs/package-format.md` is the whole of it, for a reader without this code). Receipts, enrolments and mail are signed
//! tokens of the same kind. Nothing here touches a network, a clock or a file name: callers bring readers and writers.
//! Depends on `homon-domain` only.

pub mod digest;
pub mod ecdsa;
pub mod enrolment;
pub mod entry;
pub mod grant;
pub mod handover;
pub mod hybrid;
pub mod jws;
pub mod keys;
pub mod mail;
pub mod manifest;
pub mod moving_code;
pub mod package;
pub mod reader;
pub mod receipt;
pub mod recipients;
pub mod writer;

#[cfg(test)]
mod c2sp_vectors;
mod certificate;
mod encrypting;
mod entry_reader;
mod header;
mod open_error;
mod outlet;
mod pass;
mod plaintext;
mod shape;
mod stream;

pub use certificate::{device_of_certificate, device_uri};
pub use digest::Sha256Digest;
pub use enrolment::{Enrolment, EnrolmentRecipients, EnrolmentRequest, FormerKeys};
pub use entry::EntryPath;
pub use entry_reader::EntryReader;
pub use grant::{Grant, Granted};
pub use handover::{HandoverRequest, Provenance};
pub use jws::Signer;
pub use keys::{PublicKey, SigningKey};
pub use mail::{Mail, MailError};
pub use manifest::{Closing, Entry, HandedOver, Manifest};
pub use moving_code::{Code, CodeError, CodeReader, Reading};
pub use package::{Limits, PackageKey, PackageName, Subject};
pub use reader::{Examined, OpenError, OpenedPackage};
pub use receipt::{HeldReceipt, OpenedReceipt};
pub use recipients::{Identity, Recipient, Recipients};
pub use writer::{PackageWriter, SealError, Sealed};
