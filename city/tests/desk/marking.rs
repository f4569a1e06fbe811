//! What became of the applications: marked one by one or by a table, kept through amendments, told when overdue.

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use homon_city::desk::deliveries::{
    self, Deliveries, MarkError, MarkFault, Marked, Named, Outcome, Place, Wish, Wishes, read_rows,
};
use homon_city::desk::journal;
use homon_city::desk::status::{self, OVERDUE_DAYS, Waiting};
use homon_domain::case::CaseStatus;
use homon_domain::delivery::{Deficiency, DeficiencyKind, Delivery, DeliveryRefused};
use homon_domain::ids::CaseId;
use homon_domain::numbers::ApplicationId;
use uuid::Uuid;

use crate::city::TestCity;
use crate::people::{IVS_NAME, Journey, NUMBER, photo};
use crate::tablet::{Tablet, VISIT};

const SHORT: &str = "0c5ad1c7";

/// Two applications (1-001, 1-002) and one resident to be visited again (1-003).
fn opened_city() -> (TestCity, Tablet) {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    city.deliver(&part.key, &tablet.seal(&part));
    city.open();
    city.set_time("2026-10-20T03:00:00Z");
    (city, tablet)
}

fn wish(number: &str, on: &str, outcome: Outcome) -> Wish {
    let named = Named::Case { visit: SHORT.to_owned(), number: number.parse().unwrap() };
    Wish { named, on: on.parse().unwrap(), outcome }
}

fn one(wish: Wish) -> Wishes {
    vec![(Place::Row(2), Ok(wish))]
}

fn mark(city: &TestCity, wishes: Wishes) -> Result<Marked, MarkError> {
    deliveries::mark(&city.folder, wishes, &city.clock)
}

fn faults(city: &TestCity, wishes: Wishes) -> Vec<(Place, MarkFault)> {
    let before = fs::read(city.folder.desk().deliveries()).ok();
    let entries = journal::state(&city.folder.desk()).unwrap().entries;
    let Err(MarkError::Faults(faults)) = mark(city, wishes) else { panic!("it was marked") };
    assert_eq!(fs::read(city.folder.desk().deliveries()).ok(), before);
    assert_eq!(journal::state(&city.folder.desk()).unwrap().entries, entries);
    faults
}

fn stage(city: &TestCity, sequence: u128) -> Delivery {
    let id = CaseId(Uuid::from_u128(1000 + sequence));
    Deliveries::read(&city.folder.desk()).unwrap().stage_of(id).clone()
}

fn table(rows: &str) -> Wishes {
    read_rows(format!("訪問,受付番号,申請書ID,申請の状況,状況の日付,不備の種類,不備の内容\n{rows}").as_bytes()).unwrap()
}

#[test]
fn an_application_goes_its_way_and_the_journal_tells_it_without_a_name() {
    let (city, _) = opened_city();
    let note = deliveries::read_note("写真が暗い").unwrap();
    let returned = Outcome::Returned(Deficiency { kind: DeficiencyKind::Photo, note: Some(note) });
    for (day, outcome) in
        [Outcome::Submitted, returned, Outcome::Submitted, Outcome::Accepted, Outcome::Issued].into_iter().enumerate()
    {
        let marked = mark(&city, one(wish("1-001", &format!("2026-10-0{}", day + 1), outcome))).unwrap();
        assert_eq!(marked, Marked { made: 1, before: 0 });
    }
    assert_eq!(stage(&city, 1), Delivery::Issued { on: "2026-10-05".parse().unwrap() });
    let read = journal::read(&city.folder.desk()).unwrap();
    let last: Vec<_> = read.entries.iter().skip(3).map(|entry| entry.action.as_str()).collect();
    assert_eq!(last, ["mark-submitted", "mark-returned", "mark-submitted", "mark-accepted", "mark-issued"]);
    let returned = &read.entries[4];
    assert_eq!(returned.visit.unwrap().to_string(), VISIT);
    assert_eq!(returned.case.unwrap().to_string(), "1-001");
    assert_eq!(returned.detail.as_ref().unwrap().as_str(), "photo");
    assert!(!fs::read_to_string(city.folder.desk().journal()).unwrap().contains("暗い"));
}

#[test]
fn a_table_is_taken_whole_or_every_bad_row_is_named() {
    let (city, _) = opened_city();
    let bad = table(&format!(
        "{SHORT},1-001,,申請済,2026-10-01,,\n\
         {SHORT},1-009,,申請済,2026-10-01,,\n\
         {SHORT},1-003,,申請済,2026-10-01,,\n\
         ffffffff,1-001,,申請済,2026-10-01,,\n\
         {SHORT},1月4日,,申請済,2026-10-01,,\n\
         {SHORT},1-002,,済,2026-10-01,,\n\
         {SHORT},1-002,,申請済,,,\n\
         {SHORT},1-002,,受理,2026-10-01,,\n\
         {SHORT},1-002,,申請済,2026-11-01,,\n\
         {SHORT},1-002,,不備,2026-10-01,,\n\
         ,,1.23457E+22,申請済,2026-10-01,,\n\
         ,,00000000000000000000000,申請済,2026-10-01,,\n\
         ,,,申請済,2026-10-01,,\n"
    ));
    let faults = faults(&city, bad);
    let rows: Vec<Place> = faults.iter().map(|(place, _)| *place).collect();
    assert_eq!(rows, (3..=14).map(Place::Row).collect::<Vec<_>>());
    let faults: Vec<MarkFault> = faults.into_iter().map(|(_, fault)| fault).collect();
    assert_eq!(faults[0], MarkFault::NoSuchCase);
    assert_eq!(faults[1], MarkFault::NotComplete(CaseStatus::Revisit));
    assert_eq!(faults[2], MarkFault::NoSuchVisit);
    assert!(matches!(faults[3], MarkFault::Unreadable("受付番号", _)));
    assert!(matches!(faults[4], MarkFault::Unreadable("申請の状況", _)));
    assert_eq!(faults[5], MarkFault::Empty("状況の日付"));
    assert_eq!(faults[6], MarkFault::Refused(DeliveryRefused::WrongStage));
    assert_eq!(faults[7], MarkFault::Future);
    assert_eq!(faults[8], MarkFault::Empty("不備の種類"));
    assert!(matches!(faults[9], MarkFault::Unreadable("申請書ID", _)));
    assert_eq!(faults[10], MarkFault::NobodysNumber);
    assert!(matches!(faults[11], MarkFault::Empty(_)));

    let good = format!(
        "{SHORT},1-001,,申請済,2026/10/1,,\n{SHORT},1-001,,受理,令和8年10月2日,,\n\
         {VISIT},1-002,,申請済,2026-10-01,,\n{SHORT},1-003,,申請前,,,\n,,,,,,\n"
    );
    assert_eq!(mark(&city, table(&good)).unwrap(), Marked { made: 3, before: 0 });
    assert!(matches!(stage(&city, 1), Delivery::Accepted { .. }));
    // Given again, what stands there already changes nothing, and what can't follow is named.
    let again = format!("{SHORT},1-001,,受理,2026-10-02,,\n{SHORT},1-002,,申請済,2026-10-01,,\n");
    assert_eq!(mark(&city, table(&again)).unwrap(), Marked { made: 0, before: 2 });
}

#[test]
fn an_exported_table_in_either_encoding_is_edited_and_given_back() {
    let (city, _) = opened_city();
    let columns = city.root().with_file_name("marks.toml");
    for (encoding, name) in [("utf-8", "first"), ("cp932", "second")] {
        let template = include_str!("../../templates/marks.toml").replace("utf-8", encoding);
        // Names of the register that CP932 lacks stay at home.
        let template = template.replace("[[cases]]\ncolumn = \"name\"\n", "");
        fs::write(&columns, template).unwrap();
        let out = city.root().with_file_name(name);
        let template = homon_city::desk::export::Template::read(&columns).unwrap();
        homon_city::desk::export::export(&city.folder, &out, &template, &city.clock).unwrap();
        let bytes = fs::read(out.join("cases.csv")).unwrap();
        let text = homon_report::encoding::decode(&bytes).unwrap().into_owned();
        assert_eq!(text.matches("申請前").count(), if name == "first" { 2 } else { 0 });
        let edited = text.replace(",申請前,,,", ",申請済,2026-10-01,,");
        let marked = mark(&city, read_rows(edited.as_bytes()).unwrap()).unwrap();
        assert_eq!(marked, if name == "first" { Marked { made: 2, before: 0 } } else { Marked { made: 0, before: 2 } });
    }
    let (cp932, _, _) =
        encoding_rs::SHIFT_JIS.encode("申請書ID,申請の状況,状況の日付\n01234567890123456789012,受理,2026-10-02\n");
    let rows = read_rows(&cp932).unwrap();
    // Both residents of the test have one number: people must say which they mean.
    assert_eq!(faults(&city, rows)[0].1, MarkFault::SeveralCases);
}

#[test]
fn a_file_that_is_no_table_is_refused() {
    for (bytes, says) in [
        (&b"\xff\xfe\x89\x8a"[..], "neither UTF-8 nor CP932"),
        ("訪問,受付番号\n".as_bytes(), "lacks the heading 申請の状況"),
        ("訪問,申請の状況,状況の日付\n".as_bytes(), "lacks the heading 訪問 and 受付番号"),
        ("visit,case,stage,on,訪問\n".as_bytes(), "訪問 stands twice"),
        (b"", "lacks the heading"),
    ] {
        let error = read_rows(bytes).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn an_application_is_found_by_its_number_and_one_that_is_doubtful_is_not() {
    let (city, tablet) = opened_city();
    let other = "7f0e1c1e-5a5b-4f3a-8d3c-1f2e3d4c5b6a".parse().unwrap();
    let mut part = tablet.part_of_visit(other);
    let json = part.cases.values_mut().next().unwrap();
    *json = String::from_utf8(json.clone()).unwrap().replace(NUMBER, "98765432109876543210987").into_bytes();
    city.deliver(&part.key, &tablet.seal(&part));
    assert_eq!(city.open().opened.len(), 1);
    let by_number = |digits: &str| Wish {
        named: Named::Application(ApplicationId::parse(digits).unwrap()),
        on: "2026-10-01".parse().unwrap(),
        outcome: Outcome::Submitted,
    };
    assert_eq!(mark(&city, one(by_number("98765432109876543210987"))).unwrap().made, 1);
    assert_eq!(faults(&city, one(by_number(NUMBER)))[0].1, MarkFault::SeveralCases);
    assert_eq!(status::status(&city.folder, OVERDUE_DAYS, &city.clock).unwrap().applications.unwrap().submitted, 1);
}

#[test]
fn an_amendment_keeps_the_marks_of_its_cases() {
    let (city, tablet) = opened_city();
    mark(&city, table(&format!("{SHORT},1-001,,申請済,2026-10-01,,\n{SHORT},1-002,,申請済,2026-10-01,,\n"))).unwrap();
    // The second seal renames the first resident and takes the second application back.
    let first = Journey::receive(tablet.programme(), "1-001", 1001).complete(IVS_NAME, &photo(1));
    let second = Journey::receive(tablet.programme(), "1-002", 1002).come_again();
    let amended = tablet.part(1, 2, &[first, second], &[("1-001".to_owned(), photo(1))]);
    city.deliver(&amended.key, &tablet.seal(&amended));
    assert_eq!(city.open().opened.len(), 1);
    assert!(matches!(stage(&city, 1), Delivery::Submitted { .. }));
    let status = status::status(&city.folder, OVERDUE_DAYS, &city.clock).unwrap();
    let applications = status.applications.as_ref().unwrap();
    assert_eq!((applications.submitted, applications.received), (1, 0));
    assert_eq!(applications.taken_back, [(VISIT.parse().unwrap(), "1-002".parse().unwrap())]);
    assert!(status.is_outstanding());
    assert!(
        status.to_string().contains("visit 0c5ad1c7 case 1-002: marked, and an amendment took the application back")
    );
    // What was passed on can still come back from the issuing body.
    let returned = Outcome::Returned(Deficiency { kind: DeficiencyKind::Other, note: None });
    mark(&city, one(wish("1-002", "2026-10-03", returned))).unwrap();
}

#[test]
fn what_has_come_no_further_is_told_until_it_has() {
    let (city, _) = opened_city();
    mark(&city, one(wish("1-001", "2026-10-01", Outcome::Submitted))).unwrap();
    let overdue = |days: u16| {
        let applications = status::status(&city.folder, days, &city.clock).unwrap().applications.unwrap();
        applications
            .overdue
            .into_iter()
            .map(|late| (late.case.to_string(), late.waits_for, late.days))
            .collect::<Vec<_>>()
    };
    assert_eq!(overdue(OVERDUE_DAYS), []);
    assert_eq!(overdue(19), [("1-002".to_owned(), Waiting::Submission, 26)]);
    city.set_time("2026-11-01T03:00:00Z");
    let both = [("1-002".to_owned(), Waiting::Submission, 38), ("1-001".to_owned(), Waiting::Acceptance, 31)];
    assert_eq!(overdue(OVERDUE_DAYS), both);
    mark(&city, one(wish("1-001", "2026-10-30", Outcome::Accepted))).unwrap();
    assert_eq!(overdue(OVERDUE_DAYS).len(), 1);
}

#[test]
fn marks_are_there_whole_after_a_kill() {
    let (city, _) = opened_city();
    mark(&city, one(wish("1-001", "2026-10-01", Outcome::Submitted))).unwrap();
    let path = city.folder.desk().deliveries();
    let whole = fs::read(&path).unwrap();
    mark(&city, one(wish("1-001", "2026-10-02", Outcome::Accepted))).unwrap();
    let more = fs::read(&path).unwrap();
    for length in whole.len()..more.len() {
        fs::write(&path, &more[..length]).unwrap();
        assert!(matches!(stage(&city, 1), Delivery::Submitted { .. }), "{length}");
    }
    // The command is given again, as people do after a crash.
    assert_eq!(mark(&city, one(wish("1-001", "2026-10-02", Outcome::Accepted))).unwrap().made, 1);
    assert_eq!(fs::read(&path).unwrap().len(), more.len());
}

fn homon_city(city: &TestCity, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_homon-city"))
        .args(arguments)
        .args(["--dir", city.root().to_str().unwrap()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn the_command_takes_cases_numbers_and_tables() {
    let (city, _) = opened_city();
    let said =
        |output: &Output| String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned();
    let done = homon_city(
        &city,
        &["mark", "submitted", "--visit", SHORT, "--case", "1-001", "--case", "1-002", "--on", "2026-10-01"],
        "",
    );
    assert!(done.status.success() && said(&done) == "2 marked; 0 stood there already.\n", "{}", said(&done));
    let numbers =
        homon_city(&city, &["mark", "accepted", "--ids", "-", "--on", "2026-10-02"], &format!("{NUMBER}\n\nx\n"));
    assert_eq!(numbers.status.code(), Some(1));
    let expected = "nothing was marked\n  row 1: several applications have this 申請書ID; name the visit and the number \
                    instead\n  row 3: 申請書ID can't be read as 23 digits\n";
    assert!(said(&numbers).ends_with(expected), "{}", said(&numbers));
    let returned = ["mark", "returned", "--visit", SHORT, "--case", "1-002", "--on", "2026-10-03"];
    assert_eq!(homon_city(&city, &returned, "").status.code(), Some(2), "a return needs its kind");
    let with_note = [&returned[..], &["--kind", "photo", "--note", "-"]].concat();
    assert!(homon_city(&city, &with_note, "写真が暗い\n").status.success());
    let Delivery::Returned { deficiency, .. } = stage(&city, 2) else { panic!() };
    assert_eq!(deficiency.note.unwrap().as_str(), "写真が暗い");
    let from = ["mark", "--from", "-"];
    let taken = homon_city(&city, &from, &format!("visit,case,stage,on\n{SHORT},1-001,accepted,2026-10-04\n"));
    assert!(taken.status.success(), "{}", said(&taken));
    assert_eq!(homon_city(&city, &["mark"], "").status.code(), Some(2));
    assert_eq!(homon_city(&city, &["mark", "issued"], "").status.code(), Some(1));
}

#[test]
fn nothing_that_was_read_is_repeated_in_a_fault() {
    let (city, _) = opened_city();
    let secret = "見本花子";
    let rows = table(&format!(
        "{secret},{secret},{secret},{secret},{secret},{secret},{secret}\n{SHORT},{secret},,不備,2026-10-01,写真,\n"
    ));
    let error = MarkError::Faults(faults(&city, rows)).to_string();
    assert!(!error.contains(secret), "{error}");
}
