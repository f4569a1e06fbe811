//! A city with real certificates on the loopback, tablets of which anyone may hold the key, and the stock tus programs
//! that work against both.
//!
//! May depend on everything of ours; nothing that ships depends on it.

pub mod city;
pub mod stock;
pub mod vault;

/// Whatever went wrong while a test or a bench was prepared: it ends there.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;
