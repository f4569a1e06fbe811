//! The city's receiving end.
//!
//! [`intake`] is the server to which tablets upload: it can open nothing. [`desk`] enrols tablets, opens what arrived,
//! reconciles it, signs *opened* receipts, exports, and says what is outstanding; the contractor's office opens counts
//! there. They share the names in the store and the registry of tablets, so that they can stand on two machines.
//! The program `homon-city` is a command line over the two.
//!
//! May depend on `homon-domain`, `homon-report`, `homon-roster` and `homon-seal`. Nothing of ours depends on it.

pub mod desk;
pub mod intake;
