//! Cases as the city's desk needs them to apply: one row for a resident. For the city only.
//!
//! 個人番号 has no column, so that no export holds it.

use std::fmt;

use chrono::{DateTime, Utc};
use homon_domain::applicant::{Contact, RegisterNumber};
use homon_domain::case::{Case, CaseStatus, Leaving, Stage};
use homon_domain::consent::{ConsentAnswers, ExpressedBy};
use homon_domain::delivery::{Deficiency, Delivery};
use homon_domain::programme::Programme;
use homon_domain::visit::{Visit, japan_time};

use crate::table::{Cell, Column};
use crate::words;

/// One case, and what it takes to write its row.
#[derive(Clone)]
pub struct CaseRow<'a> {
    /// How the export names the visit.
    pub visit_name: &'a str,
    /// The public name of the site, or its code.
    pub site: &'a str,
    /// The part of the visit in which the resident was received.
    pub visit: &'a Visit,
    /// The case.
    pub case: &'a Case,
    /// Where the photo lies in the export, if there is one.
    pub photo: Option<String>,
    /// The rules of the work: what the documents are called.
    pub programme: &'a Programme,
    /// What became of the application.
    pub delivery: &'a Delivery,
}

impl fmt::Debug for CaseRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaseRow({})", self.case.number)
    }
}

/// How many of the [`columns`] stand in the table where nobody chose others: the first ones.
pub const USUAL: usize = 35;

/// The columns from which a table is chosen.
#[must_use]
pub fn columns<'a>() -> [Column<CaseRow<'a>>; 40] {
    [
        Column { name: "visit", heading: "訪問", cell: |row| Cell::text(row.visit_name) },
        Column { name: "date", heading: "実施日", cell: |row| Cell::Day(row.visit.plan.date) },
        Column { name: "site", heading: "実施場所", cell: |row| Cell::text(row.site) },
        Column { name: "case_number", heading: "受付番号", cell: |row| Cell::text(row.case.number.to_string()) },
        Column { name: "status", heading: "状態", cell: |row| Cell::text(words::status(row.case.status())) },
        Column { name: "reason", heading: "理由", cell: |row| Cell::maybe(reason(row.case)) },
        Column {
            name: "name",
            heading: "氏名",
            cell: |row| Cell::maybe(row.case.applicant.name.as_ref().map(|t| t.as_str())),
        },
        Column {
            name: "kana",
            heading: "フリガナ",
            cell: |row| Cell::maybe(row.case.applicant.kana.as_ref().map(|t| t.as_str())),
        },
        Column {
            name: "address",
            heading: "住所",
            cell: |row| Cell::maybe(row.case.applicant.address.as_ref().map(|t| t.as_str())),
        },
        Column {
            name: "birth_date",
            heading: "生年月日(西暦)",
            cell: |row| Cell::maybe(row.case.applicant.birth_date),
        },
        Column {
            name: "birth_date_era",
            heading: "生年月日(和暦)",
            cell: |row| Cell::maybe(row.case.applicant.birth_date.map(|birth| birth.era_text())),
        },
        Column { name: "sex", heading: "性別", cell: |row| Cell::maybe(row.case.applicant.sex.map(words::sex)) },
        Column {
            name: "number_kind",
            heading: "番号の種類",
            cell: |row| Cell::maybe(row.case.applicant.number.as_ref().map(number_kind)),
        },
        Column { name: "application_id", heading: "申請書ID", cell: |row| Cell::maybe(application_id(row.case)) },
        Column { name: "method", heading: "受付方式", cell: |row| Cell::maybe(row.case.method.map(words::method)) },
        Column { name: "documents", heading: "本人確認書類", cell: documents },
        Column {
            name: "identity_checked_by",
            heading: "本人確認をした市職員",
            cell: |row| Cell::maybe(row.case.evidence.sufficient.as_ref().map(|word| word.by.to_string())),
        },
        Column { name: "photo", heading: "写真ファイル", cell: |row| Cell::maybe(row.photo.as_deref()) },
        Column {
            name: "contact",
            heading: "連絡先",
            cell: |row| Cell::maybe(contact(row).map(|contact| words::contact(&contact.whose))),
        },
        Column {
            name: "contact_phone",
            heading: "連絡先電話番号",
            cell: |row| Cell::maybe(contact(row).map(|contact| contact.phone.as_str())),
        },
        Column {
            name: "contact_hours",
            heading: "連絡のつく時間",
            cell: |row| {
                Cell::maybe(contact(row).and_then(|contact| contact.hours.as_ref()).map(|hours| hours.as_str()))
            },
        },
        Column {
            name: "on_paper",
            heading: "紙申請",
            cell: |row| Cell::text(if row.case.on_paper.is_some() { "紙" } else { "" }),
        },
        Column {
            name: "on_paper_reason",
            heading: "紙申請の理由",
            cell: |row| Cell::maybe(row.case.on_paper.as_ref().map(|reason| reason.as_str())),
        },
        Column {
            name: "pin_envelope",
            heading: "暗証番号設定依頼書の封筒",
            cell: |row| Cell::maybe(row.case.pin_envelope.as_ref().map(|number| number.as_str())),
        },
        Column { name: "custody", heading: "預かり", cell: custody },
        Column { name: "consent", heading: "意思表示", cell: |row| Cell::maybe(answers(row).map(wish)) },
        Column {
            name: "representative",
            heading: "法定代理人",
            cell: |row| Cell::maybe(answers(row).and_then(representative)),
        },
        Column {
            name: "explanation",
            heading: "説明文",
            cell: |row| Cell::maybe(answers(row).map(|answers| answers.explanation.as_str())),
        },
        Column {
            name: "confirmed_at",
            heading: "本人の確認",
            cell: |row| row.case.confirmed.as_ref().map_or(Cell::text(""), |word| time_of_day(word.at)),
        },
        Column {
            name: "room",
            heading: "部屋",
            cell: |row| Cell::maybe(row.case.place.room.as_ref().map(|room| room.as_str())),
        },
        Column { name: "received_at", heading: "受付時刻", cell: |row| time_of_day(row.case.received_at) },
        Column { name: "received_by", heading: "受付者", cell: |row| Cell::text(row.case.received_by.as_str()) },
        Column { name: "service", heading: "業務", cell: |row| Cell::text(words::service(row.case.service)) },
        Column { name: "photo_exception", heading: "写真の例外", cell: photo_exceptions },
        Column {
            name: "photo_exception_declaration",
            heading: "写真の例外の申告",
            cell: |row| Cell::maybe(declaration(row)),
        },
        Column { name: "visit_id", heading: "訪問ID", cell: |row| Cell::text(row.visit.plan.id.to_string()) },
        Column { name: "delivery", heading: "申請の状況", cell: |row| Cell::maybe(delivery(row)) },
        Column {
            name: "delivery_on",
            heading: "状況の日付",
            cell: |row| row.delivery.since().map_or(Cell::text(""), Cell::Day),
        },
        Column {
            name: "deficiency",
            heading: "不備の種類",
            cell: |row| Cell::maybe(deficiency(row).map(|deficiency| words::deficiency(deficiency.kind))),
        },
        Column {
            name: "deficiency_note",
            heading: "不備の内容",
            cell: |row| {
                let note = deficiency(row).and_then(|deficiency| deficiency.note.as_ref());
                Cell::maybe(note.map(|note| note.as_str()))
            },
        },
    ]
}

fn reason(case: &Case) -> Option<String> {
    let Stage::Left { leaving } = &case.stage else { return None };
    match leaving {
        Leaving::Refused { note } | Leaving::Withdrawn { note } => note.as_ref().map(|note| note.as_str().to_owned()),
        Leaving::Ineligible { reason } => Some(words::ineligible(*reason).to_owned()),
        Leaving::Revisit { reason, on: None } => Some(words::revisit(*reason).to_owned()),
        Leaving::Revisit { reason, on: Some(day) } => Some(format!("{}（{day}に再訪問）", words::revisit(*reason))),
    }
}

fn number_kind(number: &RegisterNumber) -> &'static str {
    match number {
        RegisterNumber::ApplicationId(_) => "申請書ID",
        RegisterNumber::IndividualNumber(_) => "個人番号（この表には出しません）",
        RegisterNumber::Unfinished(_) => "申請書ID（入力の途中）",
    }
}

fn application_id(case: &Case) -> Option<&str> {
    match &case.applicant.number {
        Some(RegisterNumber::ApplicationId(id)) => Some(id.expose()),
        _ => None,
    }
}

fn documents(row: &CaseRow<'_>) -> Cell {
    let seen = row.case.evidence.seen.iter();
    let names = seen.map(|seen| match row.programme.evidence.document(&seen.document) {
        Some(kind) => kind.name.as_str(),
        // A document that the programme named when it was seen, and no longer names.
        None => seen.document.as_str(),
    });
    Cell::text(names.collect::<Vec<_>>().join("／"))
}

fn photo_exceptions(row: &CaseRow<'_>) -> Cell {
    let chosen = row.case.photo_exceptions.iter();
    let texts =
        chosen.map(|chosen| format!("{}：{}", words::photo_exception(chosen.exception), chosen.reason.as_str()));
    Cell::text(texts.collect::<Vec<_>>().join("／"))
}

/// What has to be done about the exceptions of an application: for all of them the same.
fn declaration(row: &CaseRow<'_>) -> Option<&'static str> {
    let first = row.case.exceptions_to_declare(row.programme).into_iter().next()?;
    Some(words::declaration(first.declaration))
}

/// Nothing is passed on of a case that ended without an application.
fn delivery(row: &CaseRow<'_>) -> Option<&'static str> {
    let applies = row.case.status() == CaseStatus::Ready || *row.delivery != Delivery::Received;
    applies.then(|| words::delivery(row.delivery))
}

fn deficiency<'a>(row: &CaseRow<'a>) -> Option<&'a Deficiency> {
    match row.delivery {
        Delivery::Returned { deficiency, .. } => Some(deficiency),
        _ => None,
    }
}

fn contact<'a>(row: &CaseRow<'a>) -> Option<&'a Contact> {
    row.case.applicant.contact.as_ref()
}

fn answers<'a>(row: &CaseRow<'a>) -> Option<&'a ConsentAnswers> {
    row.case.consent.as_ref().map(|consent| &consent.answers)
}

fn custody(row: &CaseRow<'_>) -> Cell {
    let items = row.case.custody.iter().map(|item| {
        let settled = item.settled.as_ref().map(|settled| &settled.settlement);
        format!("{}：{}", words::item(item.kind), words::settlement(settled))
    });
    Cell::text(items.collect::<Vec<_>>().join("／"))
}

fn wish(answers: &ConsentAnswers) -> String {
    let who = match answers.by {
        ExpressedBy::Resident => "本人",
        ExpressedBy::LegalRepresentative { .. } => "法定代理人",
    };
    format!("{who}（{}）", words::expression(answers.how))
}

fn representative(answers: &ConsentAnswers) -> Option<String> {
    match &answers.by {
        ExpressedBy::Resident => None,
        ExpressedBy::LegalRepresentative { name, authority, .. } => {
            Some(format!("{}（{}）", name.as_str(), words::authority(*authority)))
        }
    }
}

fn time_of_day(at: DateTime<Utc>) -> Cell {
    Cell::Time(japan_time(at).time())
}
