//! Visits: what was agreed, what departs from the rules, how the counts stand.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use homon_app::model::{
    AmendmentReason, Balance, Blocker, CaseNumber, CheckIn, CheckItem, Closed, Departure, Deviation, DeviceId, Held,
    Holiday, Hours, ItemKind, Mode, PartNumber, People, ReceivedText, Role, ServiceKind, SiteCode, SiteCondition,
    StaffCode, StaffMember, TakeBackReason, Tally, Visit, VisitId, VisitPlan, VisitStatus,
};
use homon_app::{
    DeviationInput, Error as HomonError, Invitation, TodayView, VisitAction, VisitLine, VisitStage, VisitView,
};

use crate::types::ids::Counts;

/// What is offered (業務内容).
#[uniffi::remote(Enum)]
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

/// Whether real residents are received.
#[uniffi::remote(Enum)]
pub enum Mode {
    /// Real residents. Needs a hardware key vault on the tablet.
    Real,
    /// Training, demonstration and rehearsal with invented residents.
    Training,
}

/// What was agreed with the site. All tablets of a visit share it; it names no person.
#[uniffi::remote(Record)]
pub struct VisitPlan {
    /// The visit.
    pub id: VisitId,
    /// What is offered.
    pub service: ServiceKind,
    /// Where.
    pub site: SiteCode,
    /// On which day, in Japan.
    pub date: NaiveDate,
    /// From when.
    pub from: NaiveTime,
    /// Until when.
    pub until: NaiveTime,
}

/// What a further tablet needs to know to work on a visit.
#[uniffi::remote(Record)]
pub struct Invitation {
    /// What was agreed with the site, the same on all tablets.
    pub plan: VisitPlan,
    /// The part that the further tablet works on.
    pub part: PartNumber,
}

/// What is checked before the first resident is received.
#[uniffi::remote(Enum)]
pub enum CheckItem {
    /// Nobody can look on (仕切り).
    Partition,
    /// Only the equipment of this work is on the line (専用の回線).
    DedicatedLine,
    /// Background, light and mirror for the photo (写真の道具).
    Equipment,
    /// Table, chairs and equipment were disinfected (消毒).
    Disinfection,
}

/// Who is there and what was checked.
#[uniffi::remote(Record)]
pub struct CheckIn {
    /// Who is there.
    pub staff: Vec<StaffCode>,
    /// What was checked.
    pub checked: Vec<CheckItem>,
    /// For renewal visits: the city asked for a worker (Shimonoseki 8(5)).
    pub city_asked_for_worker: bool,
}

/// A rule that this visit does not keep.
#[uniffi::remote(Enum)]
pub enum Departure {
    /// The contract has not begun or has ended.
    OutsideContract,
    /// The visit is opened on another day than planned.
    AnotherDay,
    /// The calendar is closed at the planned time.
    OutsideHours {
        /// Why it is closed.
        closed: Closed,
    },
    /// The city has not approved the site.
    SiteNotApproved,
    /// The site does not meet a condition of approval.
    SiteCondition {
        /// Which condition.
        condition: SiteCondition,
    },
    /// Fewer of the contractor's people than the contract asks for.
    TooFewWorkers {
        /// How many are there.
        present: u8,
        /// How many are asked for.
        needed: u8,
    },
    /// No approved site manager is there.
    NoSiteManager,
    /// No city staff is there.
    NoCityStaff,
    /// Something was not checked.
    NotChecked {
        /// What.
        item: CheckItem,
    },
}

/// A condition of approval that a site does not meet.
#[uniffi::remote(Enum)]
pub enum SiteCondition {
    /// The event is for a political party, a religion or profit.
    NeutralEvent,
    /// The manager of the place has not agreed.
    ManagerAgreed,
    /// No partition can be set up.
    PartitionPossible,
    /// No dedicated line is possible.
    DedicatedLinePossible,
}

/// Why a session does not fit the calendar.
#[uniffi::remote(Enum)]
pub enum Closed {
    /// Before the first period or after the last.
    OutsideContract,
    /// Saturday or Sunday.
    Weekend,
    /// A national holiday, with its name.
    Holiday {
        /// Which one.
        holiday: Holiday,
    },
    /// A closure of the programme, such as the days around the New Year.
    Closure,
    /// The site has no hours on that day, though others may have.
    NotThisSitesDay,
    /// The site is open on that day, but not from beginning to end of the session.
    OutsideHours {
        /// When it is open, in order.
        open: Vec<Hours>,
    },
}

/// A day on which public offices rest by the Act on National Holidays.
#[uniffi::remote(Enum)]
pub enum Holiday {
    /// 元日, January 1.
    NewYearsDay,
    /// 成人の日, second Monday of January.
    ComingOfAgeDay,
    /// 建国記念の日, February 11 (by government order).
    FoundationDay,
    /// 天皇誕生日, February 23 since 2020.
    EmperorsBirthday,
    /// 春分の日, the vernal equinox.
    VernalEquinoxDay,
    /// 昭和の日, April 29.
    ShowaDay,
    /// 憲法記念日, May 3.
    ConstitutionDay,
    /// みどりの日, May 4.
    GreeneryDay,
    /// こどもの日, May 5.
    ChildrensDay,
    /// 海の日, third Monday of July.
    MarineDay,
    /// 山の日, August 11.
    MountainDay,
    /// 敬老の日, third Monday of September.
    RespectForTheAgedDay,
    /// 秋分の日, the autumnal equinox.
    AutumnalEquinoxDay,
    /// スポーツの日, second Monday of October.
    SportsDay,
    /// 文化の日, November 3.
    CultureDay,
    /// 勤労感謝の日, November 23.
    LaborThanksgivingDay,
    /// 振替休日: the first day after a national holiday on a Sunday that is not one itself (Article 3 (2)).
    Substitute,
    /// 国民の休日: a day between two national holidays (Article 3 (3)).
    Sandwiched,
}

/// A departure with its reason.
#[uniffi::remote(Record)]
pub struct Deviation {
    /// Which rule is not kept.
    pub departure: Departure,
    /// Why.
    pub reason: ReceivedText,
    /// Who recorded it.
    pub by: StaffCode,
}

/// The state of a visit part.
#[uniffi::remote(Enum)]
pub enum VisitStatus {
    /// Residents are received.
    Open,
    /// The balance is right; nothing more is received. Sealing may follow.
    Closed,
}

/// Why a visit part is opened again after it was closed or sealed.
#[uniffi::remote(Enum)]
pub enum AmendmentReason {
    /// Something was recorded wrongly.
    Correction,
    /// Someone came after all, or something was handed in later.
    Addition,
    /// The city asked for it.
    AskedByCity,
}

/// Why a part goes on on the tablet that had handed it over.
#[uniffi::remote(Enum)]
pub enum TakeBackReason {
    /// The other tablet has not taken it, and will not.
    NotTaken,
    /// The other tablet is broken or lost.
    TabletLost,
    /// The city asked for it.
    AskedByCity,
}

/// One part of a visit, as one tablet carries it.
#[uniffi::remote(Record)]
pub struct Visit {
    /// What was agreed.
    pub plan: VisitPlan,
    /// Which part this tablet works on.
    pub part: PartNumber,
    /// Who is there and what was checked.
    pub check_in: CheckIn,
    /// What differs from the rules, with reasons.
    pub deviations: Vec<Deviation>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Who opened it.
    pub opened_by: StaffCode,
    /// Whether residents are still received.
    pub status: VisitStatus,
    /// When it was closed last.
    pub closed_at: Option<DateTime<Utc>>,
    /// Why it was opened again last, if it was. A package sealed after that says so.
    pub amendment: Option<AmendmentReason>,
    /// People who only asked something (相談件数).
    pub consultations: u32,
    /// What the daily report should say beside the counts (特記事項).
    pub remarks: Option<ReceivedText>,
    /// Where a private home is; facilities stand in the programme.
    pub private_address: Option<ReceivedText>,
}

/// A departure and the reason that staff gave for it.
#[uniffi::remote(Record)]
pub struct DeviationInput {
    /// The rule that is not kept.
    pub departure: Departure,
    /// Why.
    pub reason: String,
}

/// A visit part as a screen shows it.
#[uniffi::remote(Record)]
pub struct VisitView {
    /// How far it has come on this tablet.
    pub status: VisitStage,
    /// What keeps it from being closed; empty when it balances.
    pub balance: Balance,
    /// How many photos of the activity are stored.
    pub activity_photos: u32,
    /// What may be done now.
    pub allowed_actions: Vec<VisitAction>,
    /// The record itself.
    pub visit: Visit,
}

/// What may be done with a visit part.
#[uniffi::remote(Enum)]
pub enum VisitAction {
    /// Receive residents and go on with their cases.
    Receive,
    /// Take a photo of the activity.
    Photograph,
    /// Close it.
    Close,
    /// Open it again before it is sealed, or to amend what was sealed but is not held yet.
    Reopen,
    /// Seal it for the city.
    Seal,
    /// Send what is sealed.
    Send,
    /// Hand it over to another tablet.
    HandOver,
    /// Go on with it here, because the other tablet will not.
    TakeBack,
}

/// How far a visit part has come on this tablet.
#[uniffi::remote(Enum)]
pub enum VisitStage {
    /// Known; no file yet.
    Planned,
    /// Residents are received. Also while what was sealed is amended.
    Open,
    /// The counts balance; nothing more is received.
    Closed,
    /// Sealed completely; on its way.
    Sealed,
    /// The city holds it; locked here.
    Held,
    /// It went to another tablet; locked here until the city has it from there.
    HandedOver,
    /// Being erased. The only way on is `VisitStage::Erased`.
    Erasing,
    /// Erased; a tombstone tells of it.
    Erased,
}

/// The balance of a visit part.
#[uniffi::remote(Record)]
pub struct Balance {
    /// Residents.
    pub people: People,
    /// Papers.
    pub papers: Held,
    /// Cards.
    pub cards: Held,
    /// What keeps the visit open; empty when it balances.
    pub blockers: Vec<Blocker>,
}

/// Residents by where their cases stand.
#[uniffi::remote(Record)]
pub struct People {
    /// All who were received.
    pub received: u32,
    /// 完了.
    pub ready: u32,
    /// 辞退.
    pub refused: u32,
    /// 取下げ.
    pub withdrawn: u32,
    /// 対象外.
    pub ineligible: u32,
    /// 再訪問.
    pub revisit: u32,
    /// 入力中: keeps the visit open.
    pub draft: u32,
}

/// Items by what became of them.
#[uniffi::remote(Record)]
pub struct Held {
    /// All that were taken.
    pub taken: u32,
    /// Given back.
    pub returned: u32,
    /// Handed to the city.
    pub handed_to_city: u32,
    /// Neither, for a reason.
    pub explained: u32,
}

/// Something that keeps a visit from being closed.
#[uniffi::remote(Enum)]
pub enum Blocker {
    /// The case is still a draft.
    Draft {
        /// Which case.
        case: CaseNumber,
    },
    /// The item is still held.
    StillHeld {
        /// Whose.
        case: CaseNumber,
        /// What.
        item: ItemKind,
    },
}

/// The counts of one part of a visit. Holds no name, no reason in words, nothing of one resident.
#[uniffi::remote(Record)]
pub struct Tally {
    /// The visit.
    pub visit: VisitId,
    /// The part.
    pub part: PartNumber,
    /// What was offered.
    pub service: ServiceKind,
    /// Where.
    pub site: SiteCode,
    /// On which day, in Japan (実施日).
    pub date: NaiveDate,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Residents by outcome; `ready` is 申請数.
    pub people: People,
    /// Residents not received, by reason.
    pub ineligible: Counts,
    /// Residents to be visited again, by reason.
    pub revisit: Counts,
    /// Applications by method.
    pub on_site: u32,
    /// Applications with identity checked at pickup.
    pub pickup: u32,
    /// Applications made on paper.
    pub on_paper: u32,
    /// People who only asked something (相談件数).
    pub consultations: u32,
    /// Papers by what became of them.
    pub papers: Held,
    /// Cards by what became of them.
    pub cards: Held,
    /// Rules that were not kept; the reasons, which are words, stay in the visit.
    pub departures: Vec<Departure>,
}

/// What the tablet shows first.
#[uniffi::remote(Record)]
pub struct TodayView {
    /// Who is signed in.
    pub staff: StaffMember,
    /// Whether real residents are received.
    pub mode: Mode,
    /// Whether the whole chain of keys has been proven. Until then a plain warning is shown.
    pub chain_proven: bool,
    /// Residents of parts that only this tablet holds as a whole (市に未着), whatever checkpoints the city has. Of a visit
    /// that does not open, those of its last count.
    pub only_here: u32,
    /// Cards that this tablet has in custody (預かり中).
    pub held_cards: u32,
    /// All visit parts, by day.
    pub visits: Vec<VisitLine>,
}

/// One visit part on the list.
#[uniffi::remote(Record)]
pub struct VisitLine {
    /// The visit.
    pub visit: VisitId,
    /// The part that this tablet works on.
    pub part: PartNumber,
    /// What is offered.
    pub service: ServiceKind,
    /// Where.
    pub site: SiteCode,
    /// On which day, in Japan.
    pub date: NaiveDate,
    /// How far it has come.
    pub status: VisitStage,
    /// The counts, once it was closed; they stay when the visit is erased.
    pub tally: Option<Tally>,
    /// How far the city has it while it is unfinished: when the last checkpoint was sealed that the city holds.
    pub checkpoint_at: Option<DateTime<Utc>>,
    /// The tablet that it was handed over to, if it was.
    pub handed_to: Option<DeviceId>,
    /// Why its file does not open, if it does not: damaged, or without its key. Call the city desk.
    pub problem: Option<HomonError>,
}

/// One member of staff, as the city enrolled them.
#[uniffi::remote(Record)]
pub struct StaffMember {
    /// How audit logs, packages and reports name the person.
    pub code: StaffCode,
    /// The name on the name plate.
    pub name: String,
    /// What the person may do.
    pub role: Role,
}

/// What a person may do (業務体制). One person has one role: the Chiba specification allows no second office.
#[uniffi::remote(Enum)]
pub enum Role {
    /// 業務従事者 or 窓口従事者: receives residents.
    Worker,
    /// 現場管理責任者 or 窓口責任者, approved by the city: answers for one place while it is open.
    SiteManager,
    /// 総括責任者: answers for the whole contract.
    GeneralManager,
    /// 市職員: the only one who may mark evidence of identity as sufficient or renew a certificate.
    CityStaff,
}
