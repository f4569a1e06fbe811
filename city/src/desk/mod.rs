//! The desk: enrols tablets, opens what they delivered, exports it, and says what is outstanding.
//!
//! Every function here is one command of `homon-city`, works on the files of a [`folder::CityFolder`], and either
//! changes all that it says or nothing. Who may read what is decided by who has which folder: the intake machine has
//! neither the desk's nor the recovery key. Depends on `homon-domain`, `homon-seal`, `homon-report` and
//! `homon-roster`, and on the intake for the names under which things lie in the store.

pub mod audit;
pub mod authority;
pub mod backup;
pub mod codes;
pub mod deliveries;
pub mod devices;
pub mod drill;
pub mod enrol;
pub mod export;
pub mod folder;
pub mod init;
pub mod joined;
pub mod journal;
pub mod key_files;
pub mod lost;
pub mod mail;
pub mod numbers;
pub mod office;
pub mod open;
pub mod opened;
pub mod programme;
pub mod recover;
pub mod revoke;
pub mod roster;
pub mod rotate;
pub mod server_name;
pub mod serving;
pub mod status;
pub mod towns;

mod activity;
mod answer;
mod arrivals;
mod files;
mod outgoing;
mod places;
mod store;
mod text_table;

pub use activity::ActivityFault;
pub use files::{FileError, save_new};
pub use folder::{CityFolder, DeskFolder, DeskLock};
