//! What a tablet keeps: encrypted files, the keys that open them, and their erasure.
//!
//! | file | key | holds |
//! |---|---|---|
//! | desk file ([`DeskFile`]) | staff PIN *and* vault ([`KeySlots`]) | enrolment, codes, seals, tombstones; nothing of residents |
//! | visit file ([`VisitFile`]), one for each part | its own, wrapped by its own vault key | everything about residents |
//! | roster file ([`RosterFile`]), one for each roster | its own, wrapped by its own vault key | whom a visit expects |
//! | message file ([`MessageFile`]), one for each message | its own, wrapped by its own vault key | what the desk says of a resident |
//!
//! A step is one transaction, durable before it is answered ([`VisitFile::step`]). Each file has a hash-chained audit log
//! ([`AuditEntry`]). Erasure destroys the vault's key first ([`erase_visit`], [`erase_roster`],
//! [`erase_message`]). Damaged files are set aside, never deleted.
//! A part that another tablet hands over gets a file of its own here ([`VisitFile::take`]); one whose key store died is
//! opened with the key that the city gives back ([`OrphanedFile`]).
//! No plaintext touches storage: no temporary file, no draft, no cache. Every file is private to the app's user.
//!
//! Depends on `homon-domain` only, and of it on identifiers, names of packages, the audit chain and the platform's key
//! vault and clock: cases and visits are opaque [`Body`] values here.

mod aead;
mod audit;
mod body;
mod cipher_file;
mod desk;
mod erase;
mod error;
mod files;
mod kept;
mod keys;
mod message;
mod names;
mod orphans;
mod pending;
mod pin;
mod quarantine;
mod root;
mod roster;
mod sealed_file;
mod slots;
mod software_vault;
mod throttle;
mod visit;

pub use body::{Body, Facts};
pub use desk::handovers::TakenPart;
pub use desk::kept::KeptState;
pub use desk::mail::MailRow;
pub use desk::messages::MessageRow;
pub use desk::rosters::RosterRow;
pub use desk::seals::{NewSeal, Receipt, SealRow, SealStatus};
pub use desk::settings::Setting;
pub use desk::tombstones::{Destroyed, Inventory, NotClaimed, Thing, Tombstone};
pub use desk::visits::{PlannedVisit, VisitRow, VisitStage};
pub use desk::{DESK_CHAIN, DeskFile};
pub use erase::kept::{erase_message, erase_roster};
pub use erase::{ErasePermission, erase_visit, resume_erasures};
pub use error::Error;
pub use homon_domain::audit::{AuditEntry, AuditEvent, Head};
pub use keys::FileKey;
pub use message::{MessageFile, NewMessage};
pub use names::StaffNames;
pub use orphans::{OrphanedFile, OrphanedVisit, begin_anew, orphaned_visits};
pub use pending::PendingEnrolment;
pub use pin::{NotAPin, Pin};
pub use root::{Root, desk_alias, message_alias, roster_alias, visit_alias};
pub use roster::{NewRoster, Received, RosterEntry, RosterFile, RosterLine};
pub use sealed_file::SealedFile;
pub use slots::{KeySlots, PinCost, SignInError};
pub use software_vault::SoftwareVault;
pub use visit::reads::{ActivityPhotoFacts, AllCases, Photo, PhotoFacts, VisitReads};
pub use visit::step::{ActivityPhotoWrite, CaseRecord, PhotoWrite, StepWrite};
pub use visit::taking::{PartImport, Taking};
pub use visit::{NewVisitFile, VisitFile, VisitSnapshot};
