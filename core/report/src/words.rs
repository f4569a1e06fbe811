//! The Japanese words that tables use for what the domain knows as types.

use homon_domain::applicant::{ContactOf, Sex};
use homon_domain::calendar::Closed;
use homon_domain::case::{CaseStatus, IneligibleReason, RevisitReason};
use homon_domain::consent::{Authority, Expression};
use homon_domain::custody::{ItemKind, Settlement};
use homon_domain::delivery::{DeficiencyKind, Delivery};
use homon_domain::photo_exception::{Caller, CoveringGround, Declaration, PhotoException};
use homon_domain::programme::{Method, ServiceKind};
use homon_domain::site::SiteCondition;
use homon_domain::visit::{CheckItem, Departure};

/// 業務.
#[must_use]
pub fn service(kind: ServiceKind) -> &'static str {
    match kind {
        ServiceKind::VisitApplication => "訪問型申請",
        ServiceKind::VenueApplication => "会場設置型申請",
        ServiceKind::VisitRenewal => "訪問型電子証明書更新",
        ServiceKind::PortalSupport => "マイナポータル操作",
    }
}

/// 受付方式.
#[must_use]
pub fn method(method: Method) -> &'static str {
    match method {
        Method::OnSiteApplication => "申請時来庁方式",
        Method::PickupVerification => "交付時来庁方式",
    }
}

/// 状態 of a case.
#[must_use]
pub fn status(status: CaseStatus) -> &'static str {
    match status {
        CaseStatus::Draft => "入力中",
        CaseStatus::Ready => "完了",
        CaseStatus::Refused => "辞退",
        CaseStatus::Withdrawn => "取下げ",
        CaseStatus::Ineligible => "対象外",
        CaseStatus::Revisit => "再訪問",
    }
}

/// Why a resident is not received.
#[must_use]
pub fn ineligible(reason: IneligibleReason) -> &'static str {
    match reason {
        IneligibleReason::NonResident => "市内に住所がない",
        IneligibleReason::CanComeOrHasProxy => "来庁または代理人の手続ができる",
        IneligibleReason::NotDue => "更新の時期ではない",
        IneligibleReason::HasCard => "カードを持っている",
    }
}

/// Why the team comes again.
#[must_use]
pub fn revisit(reason: RevisitReason) -> &'static str {
    match reason {
        RevisitReason::ConsentInDoubt => "本人の意思がはっきりしない",
        RevisitReason::RepresentativeNeeded => "法定代理人が必要",
        RevisitReason::EvidenceMissing => "本人確認書類が足りない",
        RevisitReason::NotAvailable => "就寝・食事・不在",
        RevisitReason::Unwell => "体調がすぐれない",
        RevisitReason::Isolation => "隔離中",
        RevisitReason::PhotoNotPossible => "写真が撮れない",
        RevisitReason::OutOfTime => "時間切れ",
    }
}

/// 性別.
#[must_use]
pub fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "男",
        Sex::Female => "女",
    }
}

/// Whose line a contact is; a relation with the name.
#[must_use]
pub fn contact(whose: &ContactOf) -> String {
    match whose {
        ContactOf::Own => "本人".to_owned(),
        ContactOf::Relation { name } => format!("親族等 {}", name.as_str()),
        ContactOf::Facility => "施設".to_owned(),
    }
}

/// How a wish was expressed.
#[must_use]
pub fn expression(how: Expression) -> &'static str {
    match how {
        Expression::Spoken => "口頭",
        Expression::Written => "筆談・書面",
        Expression::Gesture => "身ぶり",
    }
}

/// What makes someone a legal representative.
#[must_use]
pub fn authority(authority: Authority) -> &'static str {
    match authority {
        Authority::Parent => "親権者",
        Authority::GuardianOfMinor => "未成年後見人",
        Authority::GuardianOfAdult => "成年後見人",
    }
}

/// What was taken into custody.
#[must_use]
pub fn item(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Letter => "照会書",
        ItemKind::NotificationCard => "通知カード",
        ItemKind::ApplicationForm => "申請書",
        ItemKind::Certificate => "証明書",
        ItemKind::PinRequestEnvelope => "暗証番号設定依頼書（封筒）",
        ItemKind::Card => "マイナンバーカード",
    }
}

/// What became of an item; `None` while it is held.
#[must_use]
pub fn settlement(settlement: Option<&Settlement>) -> String {
    match settlement {
        None => "預かり中".to_owned(),
        Some(Settlement::Returned) => "返却".to_owned(),
        Some(Settlement::HandedToCity) => "市へ引渡し".to_owned(),
        Some(Settlement::Explained { reason }) => format!("その他（{}）", reason.as_str()),
    }
}

/// 写真の例外.
#[must_use]
pub fn photo_exception(exception: PhotoException) -> &'static str {
    match exception {
        PhotoException::LyingDown => "寝たまま撮影",
        PhotoException::WheelchairOrTubes => "車いす・チューブ等の写り込み",
        PhotoException::EyesDoNotOpen => "目が開かない",
        PhotoException::HeadCovering { ground: CoveringGround::Medical } => "頭部を覆うもの（医療上の理由）",
        PhotoException::HeadCovering { ground: CoveringGround::Religious } => "頭部を覆うもの（宗教上の理由）",
    }
}

/// What has to be done about it.
#[must_use]
pub fn declaration(declaration: Declaration) -> &'static str {
    match declaration {
        Declaration::CallWithApplicationId { by: Caller::Contractor } => {
            "オンライン申請：受託者がコールセンターに電話し、理由と申請書IDを伝える"
        }
        Declaration::CallWithApplicationId { by: Caller::City } => {
            "オンライン申請：市がコールセンターに電話し、理由と申請書IDを伝える"
        }
        Declaration::WriteInNameField => "郵送申請：申請書の氏名欄に理由を書く",
        Declaration::CallByCity => "窓口受付：市が市区町村用の窓口に電話する",
    }
}

/// What became of an application.
#[must_use]
pub fn delivery(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Received => "申請前",
        Delivery::Submitted { .. } => "申請済",
        Delivery::Accepted { .. } => "受理",
        Delivery::Returned { .. } => "不備",
        Delivery::Issued { .. } => "交付",
    }
}

/// 不備の種類.
#[must_use]
pub fn deficiency(kind: DeficiencyKind) -> &'static str {
    match kind {
        DeficiencyKind::Photo => "写真",
        DeficiencyKind::Number => "番号",
        DeficiencyKind::Attribute => "記載事項",
        DeficiencyKind::Other => "その他",
    }
}

/// A rule that was not kept.
#[must_use]
pub fn departure(departure: &Departure) -> String {
    match departure {
        Departure::OutsideContract => "契約期間外".to_owned(),
        Departure::AnotherDay => "予定日とちがう日".to_owned(),
        Departure::OutsideHours { closed } => format!("実施時間外（{}）", why_closed(closed)),
        Departure::SiteNotApproved => "実施場所が未承認".to_owned(),
        Departure::SiteCondition { condition } => format!("承認条件：{}", site_condition(*condition)),
        Departure::TooFewWorkers { present, needed } => format!("従事者{present}人（{needed}人以上）"),
        Departure::NoSiteManager => "現場管理責任者がいない".to_owned(),
        Departure::NoCityStaff => "市職員がいない".to_owned(),
        Departure::NotChecked { item } => format!("未確認：{}", check_item(*item)),
    }
}

fn why_closed(closed: &Closed) -> String {
    match closed {
        Closed::OutsideContract => "期間外".to_owned(),
        Closed::Weekend => "土日".to_owned(),
        Closed::Holiday { holiday } => holiday.name().to_owned(),
        Closed::Closure => "休業日".to_owned(),
        Closed::NotThisSitesDay => "この場所の実施日ではない".to_owned(),
        Closed::OutsideHours { open } => {
            let open: Vec<String> = open.iter().map(ToString::to_string).collect();
            format!("実施時間 {}", open.join("、"))
        }
    }
}

fn site_condition(condition: SiteCondition) -> &'static str {
    match condition {
        SiteCondition::NeutralEvent => "特定の政党・宗教・営利の催しと合わせた実施",
        SiteCondition::ManagerAgreed => "管理者の承諾がない",
        SiteCondition::PartitionPossible => "仕切りができない",
        SiteCondition::DedicatedLinePossible => "専用の回線が使えない",
    }
}

fn check_item(item: CheckItem) -> &'static str {
    match item {
        CheckItem::Partition => "仕切り",
        CheckItem::DedicatedLine => "専用の回線",
        CheckItem::Equipment => "写真の道具",
        CheckItem::Disinfection => "消毒",
    }
}
