//! What views and inputs are made of: the types of the crates below that the use cases take and answer, under one roof, so
//! that whoever shows them needs this crate alone.

pub use homon_domain::activity_photo::ActivityPhoto;
pub use homon_domain::applicant::{Applicant, Contact, ContactOf, RegisterNumber, Sex};
pub use homon_domain::audit::Head;
pub use homon_domain::balance::{Balance, Blocker, Held, People};
pub use homon_domain::birthdate::{BirthDate, BirthDateFault};
pub use homon_domain::calendar::Closed;
pub use homon_domain::case::{
    Case, CaseStatus, Confirmation, Eligibility, IneligibleReason, Leaving, Portrait, RevisitReason, RoundPlace, Stage,
};
pub use homon_domain::case_step::{StepKind, StepRefused};
pub use homon_domain::case_view::{CaseRow, CaseView, Warning};
pub use homon_domain::consent::{Authority, Consent, ConsentAnswers, Explanation, ExpressedBy, Expression};
pub use homon_domain::custody::{Item, ItemKind, Settled, Settlement};
pub use homon_domain::delivery::{Deficiency, DeficiencyKind};
pub use homon_domain::era::Era;
pub use homon_domain::evidence::{
    DocumentClass, DocumentKind, Evidence, EvidenceRules, Route, RouteSum, SeenDocument, Slot, Sufficient,
};
pub use homon_domain::hex;
pub use homon_domain::holidays::Holiday;
pub use homon_domain::hours::Hours;
pub use homon_domain::ids::{
    ActivityPhotoId, CaseId, CaseNumber, Code, DeviceId, MailNumber, PartNumber, RosterId, SealNumber, SiteCode,
    StaffCode, VisitId,
};
pub use homon_domain::mail::DeficiencyNotice;
pub use homon_domain::numbers::{ApplicationId, IndividualNumber, NumberFault, Phone, PhoneFault, QrFault};
pub use homon_domain::package::{PackageName, Subject};
pub use homon_domain::photo_exception::{
    Caller, ChosenException, CoveringGround, Declaration, ExceptionToDeclare, PhotoException,
};
pub use homon_domain::platform::{Clock, KeyAlias, KeyVault, SystemClock, VaultError, VaultKind};
pub use homon_domain::portrait_rules::PhotoMeasure;
pub use homon_domain::problems::Problem;
pub use homon_domain::programme::{
    InquiryDesk, Method, Mode, NumberRule, Programme, ServiceKind, ServiceTerms, StaffingRule, SubmissionRoute, Target,
};
pub use homon_domain::roster::ExpectedResident;
pub use homon_domain::site::{Site, SiteApproval, SiteCondition, SiteKind};
pub use homon_domain::staff::{Role, StaffMember};
pub use homon_domain::tally::Tally;
pub use homon_domain::text::{BadCharacter, ReceivedText, TextFault};
pub use homon_domain::towns::{ReadPiece, TownMatch};
pub use homon_domain::unfinished_id::UnfinishedId;
pub use homon_domain::visit::{
    AmendmentReason, CheckIn, CheckItem, Departure, Deviation, OpenRefused, TakeBackReason, Visit, VisitPlan,
    VisitStatus,
};
pub use homon_domain::written_date::DateFault;
pub use homon_photo::PhotoRefused;
pub use homon_roster::{CellAt, Form, Rule as RosterRule};
pub use homon_store::{Destroyed, Inventory, NotClaimed, Thing};
