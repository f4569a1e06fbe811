//! Whole tables, as Excel gets them, of records in the form in which packages carry them.
#![allow(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use homon_domain::case::Case;
use homon_domain::delivery::{Deficiency, DeficiencyKind, Delivery};
use homon_domain::ids::SealNumber;
use homon_domain::programme::Programme;
use homon_domain::tally::Tally;
use homon_domain::visit::Visit;
use homon_report::{CaseRow, TallyRow, VisitPart, VisitRow, case_table, tally_table, visit_table, write_csv};
use serde_json::{Value, json};

/// Headings and cells side by side, one row after the other: a table of thirty columns can be read no other way.
fn read_aloud(csv: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(csv).unwrap().strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headings = reader.headers().unwrap().clone();
    let lines = |row: csv::StringRecord| {
        let cells = headings.iter().zip(&row).filter(|(_, cell)| !cell.is_empty());
        cells.map(|(heading, cell)| format!("{heading}: {cell}")).collect()
    };
    reader.records().map(|row| lines(row.unwrap())).collect()
}

fn programme() -> Programme {
    serde_json::from_value(json!({
        "code": "mihon", "name": "見本業務", "municipality": "見本市", "mode": "training",
        "contract_from": "2026-04-01", "contract_until": "2027-03-31",
        "number": "either", "submission": "paper",
        "inquiry": { "name": "見本", "phone": "000", "hours": "9時から" },
        "retention": { "erase_at": "opened", "opened_receipt_fresh_days": 1 },
        "portrait": { "min_bytes": 1, "max_bytes": 2, "min_side": 1, "max_side": 2 },
        "services": [], "calendar": { "periods": [] },
        "evidence": { "documents": [{ "code": "pension", "name": "年金の手帳", "class": "b" }] },
        "explanations": [], "staff": [], "sites": []
    }))
    .unwrap()
}

fn visit(part: u8, status: &str, deviations: Value) -> Visit {
    serde_json::from_value(json!({
        "plan": {
            "id": "0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11", "service": "visit_application", "site": "home-01",
            "date": "2026-09-24", "from": "10:00:00", "until": "12:00:00"
        },
        "part": part,
        "check_in": { "staff": ["worker-01"], "checked": [], "city_asked_for_worker": false },
        "deviations": deviations,
        "opened_at": "2026-09-24T01:00:00Z", "opened_by": "worker-01", "status": status,
        "consultations": 2, "remarks": "=はじめに「イコール」", "private_address": "見本県見本市0番地"
    }))
    .unwrap()
}

fn case(number: &str, stage: Value, more: Value) -> Case {
    let mut record = json!({
        "id": uuid::Uuid::from_u128(u128::from(number.as_bytes()[4])), "number": number,
        "service": "visit_application", "method": "on_site_application",
        "received_at": "2026-09-24T01:05:00Z", "received_by": "worker-01", "stage": stage
    });
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(record).unwrap()
}

/// One of each: represented with an own number on paper, interrupted, not resident, to be visited again.
fn cases() -> Vec<Case> {
    let left = |leaving: Value| json!({ "is": "left", "leaving": leaving });
    let represented = json!({
        "consent": {
            "answers": {
                "by": { "who": "legal_representative", "name": "見本 太郎", "authority": "guardian_of_adult", "proof_seen": true },
                "how": "written", "explained_by": "worker-01", "explanation": "visit-1", "leave_behind": true, "doubtful": false
            },
            "at": "2026-09-24T01:06:00Z"
        },
        "applicant": {
            "name": "MIHON HANAKO", "address": "見本県見本市0番地", "birth_date": "1950-01-02", "sex": "male",
            "number": { "kind": "individual_number", "value": "123456789018" },
            "contact": { "whose": { "who": "facility" }, "phone": "0830000000" }
        },
        "evidence": {
            "seen": [
                { "document": "pension", "at": "2026-09-24T01:07:00Z", "by": "worker-01" },
                { "document": "gone-since", "at": "2026-09-24T01:07:00Z", "by": "worker-01" }
            ],
            "sufficient": { "by": "city-01", "at": "2026-09-24T01:08:00Z" }
        },
        "custody": [
            { "kind": "application_form", "received_at": "2026-09-24T01:09:00Z", "received_by": "worker-01" },
            {
                "kind": "card", "received_at": "2026-09-24T01:09:00Z", "received_by": "city-01",
                "settled": {
                    "settlement": { "how": "explained", "reason": "施設の金庫" }, "at": "2026-09-24T01:10:00Z", "by": "city-01"
                }
            }
        ],
        "pin_envelope": "0001", "on_paper": "通信できず", "confirmed": { "at": "2026-09-24T01:11:00Z", "with": "worker-01" },
        "photo_exceptions": [
            {
                "exception": { "kind": "eyes_do_not_open" }, "reason": "右のまぶたが開かない",
                "by": "worker-01", "at": "2026-09-24T01:09:30Z"
            },
            {
                "exception": { "kind": "head_covering", "ground": "medical" }, "reason": "手術の後",
                "by": "worker-01", "at": "2026-09-24T01:09:40Z"
            }
        ]
    });
    let interrupted = json!({
        "place": { "room": "1-2" }, "applicant": { "number": { "kind": "unfinished", "value": "0123" } }
    });
    vec![
        case("1-001", json!({ "is": "ready" }), represented),
        case("1-002", json!({ "is": "draft" }), interrupted),
        case("1-003", left(json!({ "outcome": "ineligible", "reason": "non_resident" })), json!({})),
        case("1-004", left(json!({ "outcome": "revisit", "reason": "isolation", "on": null })), json!({})),
        case("1-005", left(json!({ "outcome": "withdrawn", "note": "また今度" })), json!({})),
    ]
}

#[test]
fn every_kind_of_case_has_its_row_and_none_its_own_number() {
    let (programme, visit, cases) = (programme(), visit(1, "closed", json!([])), cases());
    let row = |case| CaseRow {
        visit_name: "0c5ad1c7",
        site: "home-01",
        visit: &visit,
        case,
        photo: None,
        programme: &programme,
        delivery: &Delivery::Received,
    };
    let rows: Vec<CaseRow<'_>> = cases.iter().map(row).collect();
    assert_eq!(format!("{:?}", rows[0]), "CaseRow(1-001)");
    let mut csv = Vec::new();
    write_csv(&mut csv, &case_table::columns()[..case_table::USUAL], &rows).unwrap();
    assert!(!String::from_utf8_lossy(&csv).contains("123456789018"));
    insta::assert_json_snapshot!(read_aloud(&csv));
}

/// Every rule that can be departed from, with the words in which reports name it.
fn departures() -> Value {
    let departures = [
        json!({ "rule": "outside_contract" }),
        json!({ "rule": "another_day" }),
        json!({ "rule": "outside_hours", "closed": { "reason": "outside_contract" } }),
        json!({ "rule": "outside_hours", "closed": { "reason": "weekend" } }),
        json!({ "rule": "outside_hours", "closed": { "reason": "holiday", "holiday": "marine_day" } }),
        json!({ "rule": "outside_hours", "closed": { "reason": "closure" } }),
        json!({ "rule": "outside_hours", "closed": { "reason": "not_this_sites_day" } }),
        json!({ "rule": "outside_hours", "closed": { "reason": "outside_hours", "open": ["09:00-12:00", "13:00-17:00"] } }),
        json!({ "rule": "site_not_approved" }),
        json!({ "rule": "site_condition", "condition": "neutral_event" }),
        json!({ "rule": "site_condition", "condition": "manager_agreed" }),
        json!({ "rule": "site_condition", "condition": "partition_possible" }),
        json!({ "rule": "site_condition", "condition": "dedicated_line_possible" }),
        json!({ "rule": "too_few_workers", "present": 1, "needed": 2 }),
        json!({ "rule": "no_site_manager" }),
        json!({ "rule": "no_city_staff" }),
        json!({ "rule": "not_checked", "item": "partition" }),
        json!({ "rule": "not_checked", "item": "dedicated_line" }),
        json!({ "rule": "not_checked", "item": "equipment" }),
        json!({ "rule": "not_checked", "item": "disinfection" }),
    ];
    let recorded = |departure| json!({ "departure": departure, "reason": "見本の理由", "by": "worker-01" });
    departures.into_iter().map(recorded).collect()
}

#[test]
fn a_visit_says_what_was_not_kept_and_what_is_odd() {
    let (first, mut second) = (visit(1, "closed", departures()), visit(2, "open", json!([])));
    second.plan.date = "2026-09-25".parse().unwrap();
    let part = |visit: Visit, cases: &[Case]| VisitPart {
        seal: SealNumber::new(3).unwrap(),
        tally: Tally::of(&visit, cases),
        visit,
    };
    let parts = vec![part(second, &[]), part(first, &cases())];
    let row = VisitRow::join("0c5ad1c7".to_owned(), "home-01".to_owned(), parts).unwrap();
    assert_eq!(row.date(), "2026-09-24".parse().unwrap());
    assert!(!row.is_even());
    assert!(VisitRow::join(String::new(), String::new(), Vec::new()).is_none());
    let mut csv = Vec::new();
    write_csv(&mut csv, &visit_table::COLUMNS, [&row]).unwrap();
    insta::assert_json_snapshot!(read_aloud(&csv));
}

#[test]
fn a_tally_holds_no_word_that_anyone_said() {
    let visit = visit(1, "closed", departures());
    let tally = Tally::of(&visit, &cases());
    let row = TallyRow { seal: SealNumber::FIRST, site: "みほん苑".to_owned(), tally };
    let mut csv = Vec::new();
    write_csv(&mut csv, &tally_table::COLUMNS, [&row]).unwrap();
    let text = String::from_utf8(csv.clone()).unwrap();
    for said in ["見本の理由", "また今度", "イコール", "見本県", "太郎", "施設の金庫", "まぶた", "手術"]
    {
        assert!(!text.contains(said), "{said}");
    }
    insta::assert_json_snapshot!(read_aloud(&csv));
}

#[test]
fn what_became_of_an_application_has_its_columns() {
    let (programme, visit, cases) = (programme(), visit(1, "closed", json!([])), cases());
    let on = "2026-10-05".parse().unwrap();
    let note = serde_json::from_value(json!("=写真が暗い")).unwrap();
    let returned = Delivery::Returned { on, deficiency: Deficiency { kind: DeficiencyKind::Photo, note: Some(note) } };
    let row = |case, delivery| CaseRow {
        visit_name: "0c5ad1c7",
        site: "home-01",
        visit: &visit,
        case,
        photo: None,
        programme: &programme,
        delivery,
    };
    let rows = [row(&cases[0], &returned), row(&cases[0], &Delivery::Received), row(&cases[3], &Delivery::Received)];
    let columns = case_table::columns();
    let mut csv = Vec::new();
    write_csv(&mut csv, &columns[case_table::USUAL..], &rows).unwrap();
    insta::assert_snapshot!("deliveries", String::from_utf8(csv).unwrap().replace("\r\n", "\n"));
}

/// A template names columns by these: a name once given is never given to another.
#[test]
fn the_names_of_the_columns_are_frozen() {
    let cases = case_table::columns().map(|column| (column.name, column.heading));
    let visits = visit_table::COLUMNS.map(|column| (column.name, column.heading));
    for names in [&cases[..], &visits[..]] {
        let different: std::collections::BTreeSet<&str> = names.iter().map(|(name, _)| *name).collect();
        assert_eq!(different.len(), names.len(), "a name stands twice");
    }
    insta::assert_debug_snapshot!("columns", (cases, visits));
}
