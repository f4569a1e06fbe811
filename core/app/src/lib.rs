//! What a person does with Homon, one file per journey: enrol, sign in, open a visit, receive residents, hand over,
//! close, seal, send, erase; and begin anew when the key store has died.
//!
//! The screens' one door to the core. It joins the crates that each know one trade (rules, storage, photos, cards,
//! sealing, upload, tables), owns the async runtime, and answers with views that carry `status`, `problems` and
//! `allowed_actions`. A rule decided in a screen would stand twice; it belongs below, in `homon-domain`. A failure names
//! the next action and no person.
//!
//! May depend on every crate in `core/` and on nothing else of ours. Knows nothing of Android, iOS or uniffi: what the
//! platform owns comes in through `KeyVault` and `Clock`, and through `CardTransport` once there is a card journey.

mod activity_photos;
mod beside;
mod case_input;
mod cases;
mod certificate_request;
mod checkpoint;
mod codes;
mod desk;
mod enrolment;
mod erasure;
mod error;
mod guide;
mod handover;
mod homon;
mod joining;
mod mail;
mod messages;
pub mod model;
mod photo_report;
mod photo_rules;
mod portraits;
mod practice;
mod prefill;
mod recovery;
mod roster_import;
mod rosters;
mod sealing;
mod sign_in;
mod studio;
mod sync;
mod taking;
mod today;
mod towns;
mod visits;
mod worker;

pub use activity_photos::{ActivityDraft, AreaKind, AreaMark, CoveredArea};
pub use case_input::{
    CaseInput, ConsentInput, ContactInput, LeavingInput, PlaceInput, RepresentativeInput, SettlementInput,
};
pub use codes::codes_of;
pub use enrolment::EnrolmentPreview;
pub use erasure::ErasureCertificate;
pub use error::{Error, Field, Later, Refusal, Result, Rule};
pub use guide::Guide;
pub use handover::HandoverAsk;
pub use homon::{Homon, Platform, hush_panics};
pub use homon_photo::activity::FoundBy;
pub use homon_photo::finding::{Edge, Finding, Side};
pub use homon_photo::geometry::Bounds;
pub use homon_photo::live::{Guidance, Hint};
pub use homon_photo::picture::{NotAPicture, Picture, Plane, Rotation, Samples};
pub use homon_roster::{BadCell, BadRows, Column, ColumnLetter, Duplicate, DuplicateOf, FileFault};
pub use homon_seal::{Code, CodeReader, Reading};
pub use homon_store::{OrphanedVisit, PinCost, SoftwareVault, VisitStage};
pub use homon_upload::CancellationToken;
pub use joining::Invitation;
pub use messages::MessageView;
pub use photo_report::{CheckExtent, FindingWeight, MeasureTaken, PhotoFinding, PortraitReport};
pub use recovery::RecoveryCopy;
pub use roster_import::RosterImport;
pub use rosters::{ExpectedRow, RosterView};
pub use sign_in::KnownStaff;
pub use studio::PhotoModels;
pub use sync::{SyncObserver, SyncProgress, SyncReport};
pub use today::{TodayView, VisitLine};
pub use visits::{DeviationInput, VisitAction, VisitView};
