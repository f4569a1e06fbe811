//! What a person does with Homon, one file per journey: enrol, sign in, open a visit, receive residents, close, seal,
//! send, erase.
//!
//! The screens' one door to the core. It joins the crates that each know one trade (rules, storage, photos, cards,
//! sealing, upload, tables), owns the async runtime, and answers with views that carry `status`, `problems` and
//! `allowed_actions`. A rule decided in a screen would stand twice; it belongs below, in `homon-domain`. A failure names
//! the next action and no person.
//!
//! May depend on every crate in `core/` and on nothing else of ours. Knows nothing of Android, iOS or uniffi: what the
//! platform owns comes in through `KeyVault`, `Clock` and `CardTransport`.
