//! The audit log: who did what when, in an order that cannot be changed unnoticed, and free of personal data.
//!
//! [`chain`] is what an entry is and how entries hang together; it knows no database. [`log`] keeps a chain in a
//! table.

pub mod chain;
pub mod log;

pub use chain::{AuditEntry, AuditEvent, Head, verify_jsonl};
