//! What the programme says that a screen shows or offers.

use chrono::NaiveDate;
use homon_app::model::{
    Code, DocumentClass, DocumentKind, Explanation, InquiryDesk, Method, NumberRule, ServiceKind, ServiceTerms, Site,
    SiteApproval, SiteCode, SiteKind, StaffingRule, SubmissionRoute, Target,
};

/// Which number identifies an application.
#[uniffi::remote(Enum)]
pub enum NumberRule {
    /// 申請書ID only.
    ApplicationId,
    /// 個人番号 only.
    IndividualNumber,
    /// Either of the two.
    Either,
}

/// How the desk passes applications on to the issuing body (国への申請方法).
#[uniffi::remote(Enum)]
pub enum SubmissionRoute {
    /// The contractor applies online.
    OnlineByContractor,
    /// The city applies online.
    OnlineByCity,
    /// By post, on paper.
    Paper,
}

/// Whom residents call (問い合わせ先).
#[uniffi::remote(Record)]
pub struct InquiryDesk {
    /// Its name.
    pub name: String,
    /// Its telephone number, as printed.
    pub phone: String,
    /// Its hours, as printed.
    pub hours: String,
}

/// The terms of one service.
#[uniffi::remote(Record)]
pub struct ServiceTerms {
    /// Which service.
    pub kind: ServiceKind,
    /// What is planned over the contract, if anything; work goes on after it is met.
    pub target: Option<Target>,
    /// How applications are made; none where none are made.
    pub method: Option<Method>,
    /// Who must be there.
    pub staffing: StaffingRule,
    /// Whether the opening calendar binds the service. Shimonoseki 6: not where city staff do not accompany.
    pub bound_to_calendar: bool,
}

/// What the contract plans for a service: one of the two reaches it (「80回以上又は申請者数130人以上」).
#[uniffi::remote(Record)]
pub struct Target {
    /// 回数.
    pub visits: u32,
    /// 申請者数.
    pub applicants: u32,
}

/// Who must be there (実施体制).
#[uniffi::remote(Record)]
pub struct StaffingRule {
    /// How many of the contractor's people.
    pub contractors: u8,
    /// Whether an approved site manager must be among them.
    pub site_manager: bool,
    /// Whether the city's staff accompany.
    pub city_staff: bool,
}

/// A document that the programme accepts.
#[uniffi::remote(Record)]
pub struct DocumentKind {
    /// How records name it.
    pub code: Code,
    /// How staff and residents call it.
    pub name: String,
    /// What it counts as.
    pub class: DocumentClass,
}

/// The words of an explanation that the city approved (説明文) and the sheet that stays with the resident.
#[uniffi::remote(Record)]
pub struct Explanation {
    /// How records name these words; a change of words is a new code.
    pub code: Code,
    /// The words themselves.
    pub text: String,
    /// The leave-behind sheet: next steps, where the card will go, whom to call.
    pub leave_behind: String,
}

/// A site (実施場所).
#[uniffi::remote(Record)]
pub struct Site {
    /// How packages and reports name the place.
    pub code: SiteCode,
    /// What kind of place it is.
    pub kind: SiteKind,
    /// The public name of the place; none for a private home.
    pub name: Option<String>,
    /// The city's approval, if it was given.
    pub approval: Option<SiteApproval>,
}

/// What kind of place a site is.
#[uniffi::remote(Enum)]
pub enum SiteKind {
    /// 福祉施設・事業所.
    Facility,
    /// 個人宅. Its name and address are a resident's, so they never stand in the programme.
    PrivateHome,
    /// 商業施設等 for 会場設置型.
    Venue,
    /// 区役所 or 市役所.
    WardOffice,
}

/// What the city approved a site under (承認). Shimonoseki 3(2), 7(4), 8(2) and 9(1).
#[uniffi::remote(Record)]
pub struct SiteApproval {
    /// The day of the city's approval.
    pub approved_on: NaiveDate,
    /// Not joined to an event for a political party, a religion or profit.
    pub neutral_event: bool,
    /// The manager of the place agreed.
    pub manager_agreed: bool,
    /// A partition can be set up, so that nobody looks on.
    pub partition_possible: bool,
    /// A line that only the equipment of this work can use is possible.
    pub dedicated_line_possible: bool,
}
