//! Programme (業務): one contract of one city, as data. What differs between cities stands here and nowhere in code.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::calendar::OpeningCalendar;
use crate::consent::Explanation;
use crate::evidence::EvidenceRules;
use crate::ids::{Code, SiteCode, StaffCode};
use crate::portrait_rules::{PhotoMeasure, PortraitRules};
use crate::site::{Site, SiteKind};
use crate::staff::{Role, StaffMember};
use crate::text::ReceivedText;
use crate::towns::{Town, is_reading};

/// Whether real residents are received.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Real residents. Needs a hardware key vault on the tablet.
    #[default]
    Real,
    /// Training, demonstration and rehearsal with invented residents.
    Training,
}

/// What is offered (業務内容).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// 訪問型のマイナンバーカード申請サポート.
    VisitApplication,
    /// 会場設置型のマイナンバーカード申請サポート.
    VenueApplication,
    /// 訪問型の電子証明書更新申請サポート (Renewal). Its card journey is not part of this version.
    VisitRenewal,
    /// マイナポータル操作サポート at a ward office's counter. Its journey is not part of this version.
    PortalSupport,
}

impl ServiceKind {
    /// Whether residents apply for a card, so that consent, four attributes and a photo are asked for.
    #[must_use]
    pub fn is_application(self) -> bool {
        matches!(self, Self::VisitApplication | Self::VenueApplication)
    }
}

/// When the applicant's identity is checked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// 申請時来庁方式 (`OnSiteApplication`): now, by city staff; the card then goes to the resident by post.
    OnSiteApplication,
    /// 交付時来庁方式 (`PickupVerification`): when the card is picked up; only the application is made here.
    PickupVerification,
}

/// What the contract plans for a service: one of the two reaches it (「80回以上又は申請者数130人以上」).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// 回数.
    pub visits: u32,
    /// 申請者数.
    pub applicants: u32,
}

/// Who must be there (実施体制).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffingRule {
    /// How many of the contractor's people.
    pub contractors: u8,
    /// Whether an approved site manager must be among them.
    pub site_manager: bool,
    /// Whether the city's staff accompany.
    pub city_staff: bool,
}

impl StaffingRule {
    /// Whether the city may ask for a worker visit by visit, because none is there anyway (Shimonoseki 8(5)).
    #[must_use]
    pub fn can_ask_for_worker(self) -> bool {
        self.contractors == 0
    }
}

/// The terms of one service.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceTerms {
    /// Which service.
    pub kind: ServiceKind,
    /// What is planned over the contract, if anything; work goes on after it is met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// How applications are made; none where none are made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// Who must be there.
    pub staffing: StaffingRule,
    /// Whether the opening calendar binds the service. Shimonoseki 6: not where city staff do not accompany.
    pub bound_to_calendar: bool,
}

/// Which number identifies an application.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberRule {
    /// 申請書ID only.
    ApplicationId,
    /// 個人番号 only.
    IndividualNumber,
    /// Either of the two.
    Either,
}

/// How the desk passes applications on to the issuing body (国への申請方法).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionRoute {
    /// The contractor applies online.
    OnlineByContractor,
    /// The city applies online.
    OnlineByCity,
    /// By post, on paper.
    Paper,
}

/// When the tablet erases a visit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EraseAt {
    /// When the desk has opened and reconciled it.
    Opened,
    /// When the intake holds it; then an *opened* receipt under the same recipients must be fresh.
    Held,
}

/// How long a tablet keeps what it sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// The receipt that erases.
    pub erase_at: EraseAt,
    /// With [`EraseAt::Held`]: how many days an *opened* receipt proves the chain.
    pub opened_receipt_fresh_days: u16,
}

/// Whom residents call (問い合わせ先).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InquiryDesk {
    /// Its name.
    pub name: String,
    /// Its telephone number, as printed.
    pub phone: String,
    /// Its hours, as printed.
    pub hours: String,
}

/// One contract of one city.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    /// How packages and reports name it.
    pub code: Code,
    /// Its name (件名).
    pub name: String,
    /// The municipality in which residents must be registered (対象者).
    pub municipality: String,
    /// Its reading in kana, for the resident's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality_kana: Option<String>,
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
    /// When tablets erase.
    pub retention: Retention,
    /// What is asked of a portrait.
    pub portrait: PortraitRules,
    /// What is offered.
    pub services: Vec<ServiceTerms>,
    /// When it is open.
    pub calendar: OpeningCalendar,
    /// Which evidence of identity suffices.
    pub evidence: EvidenceRules,
    /// The approved explanations.
    pub explanations: Vec<Explanation>,
    /// Who works.
    pub staff: Vec<StaffMember>,
    /// Where.
    pub sites: Vec<Site>,
    /// The municipality's towns, for typing and reading addresses; none where the city gives no table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub towns: Vec<Town>,
}

/// What is wrong with a programme. The city mends it before any tablet is enrolled.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ProgrammeFault {
    /// The contract ends before it begins.
    #[error("contract_until lies before contract_from")]
    ContractReversed,
    /// The list must not be empty.
    #[error("{0} must not be empty")]
    Empty(&'static str),
    /// The same code or kind stands twice in a list.
    #[error("{list}: {code} stands twice")]
    Twice {
        /// Which list.
        list: &'static str,
        /// What stands twice.
        code: String,
    },
    /// A private home has a name, which would be a resident's.
    #[error("sites: {0} is a private home, so it must not have a name")]
    NamedPrivateHome(SiteCode),
    /// A place that the public knows has no name.
    #[error("sites: {0} has no name")]
    UnnamedSite(SiteCode),
    /// An application service does not say how identity is checked.
    #[error("services: {0:?} takes applications, so it needs a method")]
    NoMethod(ServiceKind),
    /// A target asks for nothing.
    #[error("services: {0:?} has a target of zero")]
    ZeroTarget(ServiceKind),
    /// City staff must mark evidence, but the service has none or the programme names none.
    #[error("services: {0:?} checks identity on site, so city staff must accompany and be listed")]
    NobodyMayCheckIdentity(ServiceKind),
    /// What is to be read as kana is not.
    #[error("{at}: {name} has no reading in hiragana or katakana")]
    NoReading {
        /// Where it stands.
        at: &'static str,
        /// Whose reading it is.
        name: String,
    },
    /// A town's name can't stand in an address.
    #[error("towns: a town of {0} has no name that an address can begin with")]
    UnnamedTown(String),
    /// The portrait's limits are reversed or zero.
    #[error("portrait: the smallest must be above zero and not above the largest")]
    PortraitLimits,
    /// No head fits on the print.
    #[error("portrait.print: no face of that height fits on the print")]
    PortraitPrint,
    /// A limit is no score.
    #[error("portrait.checks: a limit of {0:?} is above 100")]
    PortraitScore(PhotoMeasure),
}

impl Programme {
    /// All that is wrong with the programme; empty when it can be used.
    #[must_use]
    pub fn faults(&self) -> Vec<ProgrammeFault> {
        let mut faults = Vec::new();
        if self.contract_until < self.contract_from {
            faults.push(ProgrammeFault::ContractReversed);
        }
        faults.extend(self.empty_lists());
        faults.extend(twice("staff", self.staff.iter().map(|s| s.code.to_string())));
        faults.extend(twice("sites", self.sites.iter().map(|s| s.code.to_string())));
        faults.extend(twice("services", self.services.iter().map(|s| format!("{:?}", s.kind))));
        faults.extend(twice("explanations", self.explanations.iter().map(|e| e.code.to_string())));
        faults.extend(twice("evidence.documents", self.evidence.documents.iter().map(|d| d.code.to_string())));
        faults.extend(self.sites.iter().filter_map(site_fault));
        faults.extend(self.services.iter().flat_map(|terms| self.service_faults(terms)));
        faults.extend(twice("towns", self.towns.iter().map(|t| format!("{} {}", t.postal_code.printed(), t.name))));
        faults.extend(self.town_faults());
        faults.extend(self.portrait_faults());
        faults
    }

    fn town_faults(&self) -> Vec<ProgrammeFault> {
        let unread = |at, name: &str, kana: &str| {
            (!is_reading(kana)).then(|| ProgrammeFault::NoReading { at, name: name.to_owned() })
        };
        let municipality = self.municipality_kana.as_deref();
        let municipality = municipality.and_then(|kana| unread("municipality_kana", &self.municipality, kana));
        let unnamed =
            self.towns.iter().filter(|town| ReceivedText::from_input(&town.name, ReceivedText::SHORT).is_err());
        let unnamed = unnamed.map(|town| ProgrammeFault::UnnamedTown(town.postal_code.printed()));
        let unread = self.towns.iter().filter_map(|town| unread("towns", &town.name, &town.kana));
        municipality.into_iter().chain(unnamed).chain(unread).collect()
    }

    fn portrait_faults(&self) -> Vec<ProgrammeFault> {
        let rules = &self.portrait;
        let file = (!rules.has_file_limits()).then_some(ProgrammeFault::PortraitLimits);
        let print = (!rules.print.is_possible()).then_some(ProgrammeFault::PortraitPrint);
        let scores = rules.checks.faults().map(ProgrammeFault::PortraitScore);
        file.into_iter().chain(print).chain(scores).collect()
    }

    fn empty_lists(&self) -> impl Iterator<Item = ProgrammeFault> {
        [
            ("services", self.services.is_empty()),
            ("staff", self.staff.is_empty()),
            ("sites", self.sites.is_empty()),
            ("explanations", self.explanations.is_empty()),
            // It would suffice without any document.
            ("a combination of evidence.routes", self.evidence.routes.iter().any(|route| route.0.is_empty())),
        ]
        .into_iter()
        .filter_map(|(list, empty)| empty.then_some(ProgrammeFault::Empty(list)))
    }

    fn service_faults(&self, terms: &ServiceTerms) -> Vec<ProgrammeFault> {
        let mut faults = Vec::new();
        if terms.kind.is_application() && terms.method.is_none() {
            faults.push(ProgrammeFault::NoMethod(terms.kind));
        }
        if terms.target.is_some_and(|target| target.visits == 0 || target.applicants == 0) {
            faults.push(ProgrammeFault::ZeroTarget(terms.kind));
        }
        if terms.method == Some(Method::OnSiteApplication) && self.evidence.routes.is_empty() {
            faults.push(ProgrammeFault::Empty("evidence.routes"));
        }
        let city_staff_listed = self.staff.iter().any(|member| member.role == Role::CityStaff);
        if terms.method == Some(Method::OnSiteApplication) && !(terms.staffing.city_staff && city_staff_listed) {
            faults.push(ProgrammeFault::NobodyMayCheckIdentity(terms.kind));
        }
        faults
    }

    /// The terms of a service, if the programme offers it.
    #[must_use]
    pub fn service(&self, kind: ServiceKind) -> Option<&ServiceTerms> {
        self.services.iter().find(|terms| terms.kind == kind)
    }

    /// A member of staff.
    #[must_use]
    pub fn member(&self, code: &StaffCode) -> Option<&StaffMember> {
        self.staff.iter().find(|member| member.code == *code)
    }

    /// A site.
    #[must_use]
    pub fn site(&self, code: &SiteCode) -> Option<&Site> {
        self.sites.iter().find(|site| site.code == *code)
    }

    /// An explanation that the city approved.
    #[must_use]
    pub fn explanation(&self, code: &Code) -> Option<&Explanation> {
        self.explanations.iter().find(|explanation| explanation.code == *code)
    }
}

fn site_fault(site: &Site) -> Option<ProgrammeFault> {
    match (site.kind, &site.name) {
        (SiteKind::PrivateHome, Some(_)) => Some(ProgrammeFault::NamedPrivateHome(site.code.clone())),
        (SiteKind::PrivateHome, None) | (_, Some(_)) => None,
        (_, None) => Some(ProgrammeFault::UnnamedSite(site.code.clone())),
    }
}

fn twice(list: &'static str, codes: impl Iterator<Item = String>) -> Vec<ProgrammeFault> {
    let mut seen = std::collections::BTreeSet::new();
    codes.filter(|code| !seen.insert(code.clone())).map(|code| ProgrammeFault::Twice { list, code }).collect()
}
