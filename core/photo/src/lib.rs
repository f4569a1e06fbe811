//! Photos: bytes in, a clean portrait or a reason out. Pixels only; depends on none of our crates.
//!
//! A portrait is taken from a camera or a gallery, so its bytes are not trusted: the structure is checked before any
//! pixel is decoded, and what leaves here holds the picture and nothing else.

pub mod activity;
pub mod check;
mod colour;
mod complete;
pub mod crop;
pub mod face;
pub mod finding;
mod framing;
pub mod geometry;
mod huffman;
pub mod landmarks;
pub mod live;
pub mod measure;
pub mod network;
pub mod picture;
mod pixels;
mod portrait;
pub mod profile;
mod reduced;
mod rgb;
pub mod same;
mod segments;
mod upright;

pub use colour::Colours;
pub use portrait::{AcceptedPhoto, FileRules, PhotoRefused, accept_portrait};
pub use upright::Upright;
