//! Views that the other languages need in another form than the core has them.

use chrono::{DateTime, NaiveDate, Utc};
use homon_app::model::{
    Code, DocumentClass, DocumentKind, EvidenceRules, Explanation, Form, Head, InquiryDesk, MailNumber, Mode,
    NumberRule, RosterId, ServiceTerms, Site, StaffCode, StaffMember, SubmissionRoute, VisitId, hex,
};
use homon_app::{BadCell, ColumnLetter, Duplicate};

/// The programme (業務) that the city enrolled this tablet for, as far as a screen shows it or offers a choice from it. By
/// what the core decides alone (opening calendar, photo rules, retention, the towns themselves) stands in its answers.
#[derive(Clone, uniffi::Record)]
pub struct Programme {
    /// How packages and reports name it.
    pub code: Code,
    /// Its name (件名).
    pub name: String,
    /// The municipality in which residents must be registered (対象者).
    pub municipality: String,
    /// Whether real residents are received.
    pub mode: Mode,
    /// First day of the contract (契約締結日).
    pub contract_from: NaiveDate,
    /// Last day of the contract.
    pub contract_until: NaiveDate,
    /// Which number identifies an application.
    pub number: NumberRule,
    /// How applications are passed on.
    pub submission: SubmissionRoute,
    /// Whom residents call.
    pub inquiry: InquiryDesk,
    /// What is offered.
    pub services: Vec<ServiceTerms>,
    /// The documents of identity that are accepted.
    pub documents: Vec<DocumentKind>,
    /// Which classes of documents suffice together; each of the lists does.
    pub evidence_routes: Vec<Vec<DocumentClass>>,
    /// The approved explanations.
    pub explanations: Vec<Explanation>,
    /// Who works.
    pub staff: Vec<StaffMember>,
    /// Where.
    pub sites: Vec<Site>,
    /// Whether it has a table of towns, so that the beginning of an address finds some.
    pub has_towns: bool,
}

impl From<homon_app::model::Programme> for Programme {
    fn from(programme: homon_app::model::Programme) -> Self {
        let homon_app::model::Programme {
            code,
            name,
            municipality,
            municipality_kana: _,
            mode,
            contract_from,
            contract_until,
            number,
            submission,
            inquiry,
            retention: _,
            portrait: _,
            services,
            calendar: _,
            evidence: EvidenceRules { documents, routes },
            explanations,
            staff,
            sites,
            towns,
        } = programme;
        let evidence_routes = routes.into_iter().map(|route| route.0).collect();
        Self {
            code,
            name,
            municipality,
            mode,
            contract_from,
            contract_until,
            number,
            submission,
            inquiry,
            services,
            documents,
            evidence_routes,
            explanations,
            staff,
            sites,
            has_towns: !towns.is_empty(),
        }
    }
}

/// A message of the desk on the list: about whom it is stands in its file.
#[derive(Clone, uniffi::Record)]
pub struct MessageView {
    /// The number of the mail in which it came, by which it is named.
    pub message: MailNumber,
    /// The visit that it is about.
    pub visit: Option<VisitId>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Who saw to it, and when; none while nobody has.
    pub handled: Option<Handled>,
}

/// Who saw to a message.
#[derive(Clone, uniffi::Record)]
pub struct Handled {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: StaffCode,
}

impl From<homon_app::MessageView> for MessageView {
    fn from(view: homon_app::MessageView) -> Self {
        let homon_app::MessageView { message, visit, received_at, handled } = view;
        Self { message, visit, received_at, handled: handled.map(|(at, by)| Handled { at, by }) }
    }
}

/// What was read of a roster file, and whether it is a roster now. It says where, never what.
#[derive(Clone, uniffi::Record)]
pub struct RosterImport {
    /// What kind of file it was.
    pub form: RosterForm,
    /// How many rows fit.
    pub fit: u32,
    /// Every cell that does not fit.
    pub bad: Vec<BadCell>,
    /// Residents who stand there twice, or on another roster of this tablet. They were taken.
    pub duplicates: Vec<Duplicate>,
    /// Rows in which nothing stands in any column that is read.
    pub passed_over: Vec<u32>,
    /// Columns that are not read.
    pub not_read: Vec<ColumnLetter>,
    /// The roster. None when rows do not fit and were not left out by decision: then nobody was taken.
    pub roster: Option<RosterId>,
}

/// What kind of file a roster was.
#[derive(Clone, uniffi::Enum)]
pub enum RosterForm {
    /// An Excel workbook.
    Workbook,
    /// CSV.
    Text {
        /// In which encoding.
        encoding: String,
    },
}

impl From<homon_app::RosterImport> for RosterImport {
    fn from(import: homon_app::RosterImport) -> Self {
        let homon_app::RosterImport { form, fit, bad, duplicates, passed_over, not_read, roster } = import;
        let form = match form {
            Form::Workbook => RosterForm::Workbook,
            Form::Text(encoding) => RosterForm::Text { encoding: encoding.to_owned() },
        };
        Self { form, fit, bad, duplicates, passed_over, not_read, roster }
    }
}

/// How far the audit log of a visit part has come.
#[derive(Clone, uniffi::Record)]
pub struct AuditHead {
    /// The number of its last entry; 0 when there is none.
    pub seq: u64,
    /// The hash of that entry, as 64 hexadecimal digits.
    pub hash: String,
}

impl From<Head> for AuditHead {
    fn from(Head { seq, hash }: Head) -> Self {
        Self { seq, hash: hex::encode(&hash) }
    }
}
